//! Tables of recordings, which `flowsim import` writes.

use std::io;
use std::path::Path;

use indexmap::IndexMap;

use super::exit::Exit;
use super::import::Arguments;
use super::output;
use crate::build::MissingFeature;
use crate::diagnostic::Diagnostic;
use crate::recording::{Choice, Recording, ambiguous, choose};

/// Recordings by their file names, which identify them.
#[derive(Default)]
pub(super) struct Table(IndexMap<String, Recording>);

impl Table {
    /// Returns an empty table if the output is one.
    pub(super) fn of(arguments: &Arguments) -> Result<Option<Self>, Exit> {
        let extension = arguments.out.extension();
        if !extension.is_some_and(|it| it.eq_ignore_ascii_case("parquet")) {
            return Ok(None);
        }
        if arguments.scenario {
            let text = "a table has no scenarios\n\nname a folder with --out DIR";
            output::message("error", text);
            return Err(Exit::Usage);
        }
        if !cfg!(feature = "parquet") {
            output::message("error", &MissingFeature("parquet").to_string());
            return Err(Exit::Usage);
        }
        Ok(Some(Self::default()))
    }

    /// Adds a recording. A second call with the same id would replace the first one, and is
    /// an error unless both are the same call.
    pub(super) fn add(&mut self, recording: Recording) -> Result<(), Box<Diagnostic>> {
        let name = recording.file_name();
        match self.0.get(&name).map(|first| choose(first, &recording)) {
            Some(Choice::First) => {}
            Some(Choice::Neither) => return Err(Box::new(ambiguous(&recording))),
            Some(Choice::Second) | None => {
                self.0.insert(name, recording);
            }
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes the table as Parquet.
    #[cfg(feature = "parquet")]
    pub(super) fn save(&self, path: &Path) -> io::Result<()> {
        use crate::batch::arrow::{recordings_schema, recordings_table};
        use crate::source::Replacement;
        use parquet::arrow::ArrowWriter;
        use parquet::basic::Compression;
        use parquet::file::properties::WriterProperties;

        /// Number of recordings that are converted at a time.
        const ROWS: usize = 256;

        let file = Replacement::begin(path)?;
        let options = WriterProperties::builder().set_compression(Compression::SNAPPY);
        let options = Some(options.build());
        let mut writer = ArrowWriter::try_new(file, recordings_schema(), options)?;
        let recordings: Vec<Recording> = self.0.values().cloned().collect();
        for part in recordings.chunks(ROWS) {
            let table = recordings_table(part).map_err(io::Error::other)?;
            writer.write(&table)?;
        }
        writer.into_inner()?.finish()
    }

    #[cfg(not(feature = "parquet"))]
    pub(super) fn save(&self, _: &Path) -> io::Result<()> {
        Err(io::Error::other(MissingFeature("parquet").to_string()))
    }
}

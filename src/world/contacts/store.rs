//! A file with many contacts, read through an index that is made when it is first needed.
//!
//! The file stays open from then on, so removing or replacing it by another changes
//! nothing for a run that has begun. If its content is changed in place, every lookup from
//! then on fails and says so: a run must not depend on when it looked.

use std::fmt::{self, Debug};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::Span;
use crate::value::Json;
use crate::world::phone::{Country, unreadable};

use super::contact::Contact;
use super::{csv, ndjson};

/// How many faults of a file are told one by one.
const MAX_FAULTS: usize = 20;

/// How a contacts file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::world) enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// A JSON object a line.
    Ndjson,
    /// A table of a database.
    Sqlite {
        /// Its name.
        table: String,
    },
}

impl Format {
    /// Which files can be read.
    pub(in crate::world) const HELP: &str = "contacts are read from `.csv`, `.ndjson`, `.jsonl`, `.sqlite`, `.sqlite3` and `.db`";

    /// By the file's extension; the table is that of a database.
    pub(in crate::world) fn of(name: &str, table: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "sqlite" | "sqlite3" | "db" => Some(Self::Sqlite { table: table.into() }),
            _ => None,
        }
    }

    /// Whether its files have tables.
    pub(in crate::world) fn has_tables(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }
}

/// A contacts file cannot be read; the store's problems say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::world) struct Unavailable;

/// The records of an open file. Errors are texts that name what went wrong.
pub(super) trait Records: Send + Debug {
    /// The last record that the key leads to.
    fn find(&mut self, key: &str) -> Result<Option<Contact>, String>;
}

/// A file with many contacts.
pub(in crate::world) struct Store {
    path: PathBuf,
    format: Format,
    country: Country,
    /// Where the fixtures name the file.
    span: Span,
    state: OnceLock<State>,
}

#[derive(Debug)]
struct State {
    records: Option<Mutex<Box<dyn Records>>>,
    problems: Vec<Diagnostic>,
    /// Why lookups fail since the index was made.
    failure: OnceLock<Diagnostic>,
}

impl Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// The store of a file; nothing is read yet.
    pub(in crate::world) fn new(
        path: PathBuf,
        format: Format,
        country: Country,
        span: Span,
    ) -> Self {
        Self { path, format, country, span, state: OnceLock::new() }
    }

    /// Looks at the beginning of the file only: whether it is there and can hold contacts.
    ///
    /// # Errors
    /// What is wrong, for the user.
    pub(in crate::world) fn probe(&self) -> Result<(), String> {
        let result = match fs::metadata(&self.path) {
            Ok(metadata) if !metadata.is_file() => Err("it is not a file".into()),
            Ok(_) => match &self.format {
                Format::Csv => csv::probe(&self.path),
                Format::Ndjson => ndjson::probe(&self.path),
                Format::Sqlite { table } => probe_sqlite(&self.path, table),
            },
            Err(error) => Err(error.to_string()),
        };
        result.map_err(|reason| self.unreadable(&reason))
    }

    /// Makes the index, unless it is there already.
    pub(in crate::world) fn index(&self) {
        self.state();
    }

    /// The contact that a key leads to.
    pub(super) fn find(&self, key: &str) -> Result<Option<Json>, Unavailable> {
        let state = self.state();
        let records = state.records.as_ref().ok_or(Unavailable)?;
        if state.failure.get().is_some() {
            return Err(Unavailable);
        }
        let found = records.lock().unwrap_or_else(PoisonError::into_inner).find(key);
        match found {
            Ok(contact) => Ok(contact.map(|contact| contact.to_json())),
            Err(reason) => {
                let failure = self.failure(&reason);
                state.failure.get_or_init(|| failure);
                Err(Unavailable)
            }
        }
    }

    /// What was wrong so far.
    pub(super) fn problems(&self) -> Vec<Diagnostic> {
        let Some(state) = self.state.get() else { return Vec::new() };
        state.problems.iter().chain(state.failure.get()).cloned().collect()
    }

    fn state(&self) -> &State {
        self.state.get_or_init(|| {
            let mut faults = Faults::new(&self.path);
            let opened = match &self.format {
                Format::Csv => csv::open(&self.path, self.country, &mut faults),
                Format::Ndjson => ndjson::open(&self.path, self.country, &mut faults),
                Format::Sqlite { table } => {
                    open_sqlite(&self.path, table, self.country, &mut faults)
                }
            };
            let mut problems = faults.into_diagnostics(self.span);
            let records = match opened {
                Ok(records) => Some(Mutex::new(records)),
                Err(reason) => {
                    problems.push(self.failure(&reason));
                    None
                }
            };
            State { records, problems, failure: OnceLock::new() }
        })
    }

    fn unreadable(&self, reason: &str) -> String {
        format!("cannot read the contacts of `{}`: {reason}", self.path.display())
    }

    fn failure(&self, reason: &str) -> Diagnostic {
        Diagnostic::new(Code::FILE_UNREADABLE, self.unreadable(reason)).at(self.span)
    }
}

/// What is wrong with single records; the first few are told one by one.
#[derive(Debug)]
pub(super) struct Faults {
    file: String,
    told: Vec<String>,
    count: usize,
}

impl Faults {
    fn new(path: &Path) -> Self {
        Self { file: path.display().to_string(), told: Vec::new(), count: 0 }
    }

    /// Notes a fault. The closure gives the line and what is wrong there, and is called
    /// only if the fault will be told.
    pub(super) fn add(&mut self, fault: impl FnOnce() -> (u64, String)) {
        self.count += 1;
        if self.told.len() < MAX_FAULTS {
            let (line, message) = fault();
            self.told.push(format!("{}:{line}: {message}", self.file));
        }
    }

    /// Notes telephone numbers that are none.
    pub(super) fn add_numbers(
        &mut self,
        numbers: &[&crate::value::Text],
        line: impl Fn() -> u64,
    ) {
        for number in numbers {
            let message = || unreadable(number);
            self.add(|| (line(), message()));
        }
    }

    fn into_diagnostics(self, span: Span) -> Vec<Diagnostic> {
        let more = self.count - self.told.len();
        let summary =
            (more > 0).then(|| format!("{}: {more} more rows like these", self.file));
        let messages = self.told.into_iter().chain(summary);
        let diagnostic = |message| {
            let mut diagnostic =
                Diagnostic::new(Code::INVALID_FIXTURES, message).at(span);
            diagnostic.severity = Severity::Warning;
            diagnostic.help("what cannot be read is left out; mend or remove it")
        };
        messages.map(diagnostic).collect()
    }
}

#[cfg(feature = "sqlite")]
use super::sqlite::{open as open_sqlite, probe as probe_sqlite};

#[cfg(not(feature = "sqlite"))]
fn without_sqlite<T>() -> Result<T, String> {
    let missing = crate::build::MissingFeature("sqlite");
    Err(format!("{missing}, or export the table as CSV"))
}

#[cfg(not(feature = "sqlite"))]
fn probe_sqlite(_: &Path, _: &str) -> Result<(), String> {
    without_sqlite()
}

#[cfg(not(feature = "sqlite"))]
fn open_sqlite(
    _: &Path,
    _: &str,
    _: Country,
    _: &mut Faults,
) -> Result<Box<dyn Records>, String> {
    without_sqlite()
}

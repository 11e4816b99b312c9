//! Contacts file with an index that is built on first use.
//!
//! The file then stays open, so removing or replacing it does not affect a running test.
//! If its content changes in place, every later lookup fails with a message, so that
//! results do not depend on the time of a lookup.

use std::fmt::{self, Debug};
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, readable};
use crate::value::Json;
use crate::world::phone::Country;

use super::contact::Contact;
use super::records::{Faults, Records};
use super::{csv, ndjson};

/// Format of a contacts file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::world) enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object per line.
    Ndjson,
    /// Table of a database.
    Sqlite {
        /// Name of the table.
        table: String,
    },
}

impl Format {
    /// Help text with the supported files.
    pub(in crate::world) const HELP: &str = "contacts are read from `.csv`, `.ndjson`, `.jsonl`, `.sqlite`, `.sqlite3` and `.db`";

    /// Returns the format for a file's extension; `table` applies to databases.
    pub(in crate::world) fn of(name: &str, table: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "sqlite" | "sqlite3" | "db" => Some(Self::Sqlite { table: table.into() }),
            _ => None,
        }
    }

    /// Returns whether files of this format have tables.
    pub(in crate::world) fn has_tables(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }
}

/// Error for a contacts file that cannot be read; the store's problems have the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::world) struct Unavailable;

/// A contacts file.
pub(in crate::world) struct Store {
    path: PathBuf,
    format: Format,
    country: Country,
    /// Place in the fixtures that names the file.
    span: Span,
    state: OnceLock<State>,
}

#[derive(Debug)]
struct State {
    records: Option<Mutex<Box<dyn Records>>>,
    problems: Vec<Diagnostic>,
    /// Reason why lookups fail since the index was built.
    failure: OnceLock<Diagnostic>,
}

impl Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Creates the store of a file without reading it.
    pub(in crate::world) fn new(
        path: PathBuf,
        format: Format,
        country: Country,
        span: Span,
    ) -> Self {
        Self { path, format, country, span, state: OnceLock::new() }
    }

    /// Checks, by its beginning only, that the file exists and can hold contacts.
    ///
    /// # Errors
    ///
    /// Returns a message for the user if it cannot.
    pub(in crate::world) fn probe(&self) -> Result<(), String> {
        let metadata = readable(&self.path).and_then(|()| fs::metadata(&self.path));
        let result = match metadata {
            Ok(metadata) if !metadata.is_file() => Err("not a file".into()),
            Ok(_) => match &self.format {
                Format::Csv => csv::probe(&self.path),
                Format::Ndjson => ndjson::probe(&self.path),
                Format::Sqlite { table } => probe_sqlite(&self.path, table),
            },
            Err(error) => Err(error.to_string()),
        };
        result.map_err(|reason| self.unreadable(&reason))
    }

    /// Builds the index, unless it exists.
    pub(in crate::world) fn index(&self) {
        self.state();
    }

    /// Returns at most this number of contacts with a key, the last one first.
    pub(super) fn find(&self, key: &str, most: usize) -> Result<Vec<Json>, Unavailable> {
        Ok(self.records(key, most)?.iter().map(Contact::to_json).collect())
    }

    /// Returns the telephone numbers, in E.164, of the last contact with a key.
    pub(super) fn numbers(&self, key: &str) -> Result<Vec<String>, Unavailable> {
        let found = self.records(key, 1)?.pop();
        Ok(found.map_or_else(Vec::new, |it| it.numbers(self.country)))
    }

    fn records(&self, key: &str, most: usize) -> Result<Vec<Contact>, Unavailable> {
        let state = self.state();
        let records = state.records.as_ref().ok_or(Unavailable)?;
        if state.failure.get().is_some() {
            return Err(Unavailable);
        }
        let found =
            records.lock().unwrap_or_else(PoisonError::into_inner).find(key, most);
        match found {
            Ok(contacts) => Ok(contacts),
            Err(reason) => {
                let failure = self.failure(&reason);
                state.failure.get_or_init(|| failure);
                Err(Unavailable)
            }
        }
    }

    /// Returns the problems found so far.
    pub(super) fn problems(&self) -> Vec<Diagnostic> {
        let Some(state) = self.state.get() else { return Vec::new() };
        state.problems.iter().chain(state.failure.get()).cloned().collect()
    }

    fn state(&self) -> &State {
        self.state.get_or_init(|| {
            let mut faults = Faults::new(&self.path);
            let readable = readable(&self.path).map_err(|error| error.to_string());
            let opened = readable.and_then(|()| match &self.format {
                Format::Csv => csv::open(&self.path, self.country, &mut faults),
                Format::Ndjson => ndjson::open(&self.path, self.country, &mut faults),
                Format::Sqlite { table } => {
                    open_sqlite(&self.path, table, self.country, &mut faults)
                }
            });
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

#[cfg(feature = "sqlite")]
use super::sqlite::{open as open_sqlite, probe as probe_sqlite};

#[cfg(not(feature = "sqlite"))]
fn without_sqlite<T>() -> Result<T, String> {
    let missing = crate::build::MissingFeature("sqlite");
    Err(format!("{missing}, or export the table as CSV"))
}

#[cfg(not(feature = "sqlite"))]
fn probe_sqlite(_: &std::path::Path, _: &str) -> Result<(), String> {
    without_sqlite()
}

#[cfg(not(feature = "sqlite"))]
fn open_sqlite(
    _: &std::path::Path,
    _: &str,
    _: Country,
    _: &mut Faults,
) -> Result<Box<dyn Records>, String> {
    without_sqlite()
}

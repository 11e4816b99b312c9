//! Persistent storage of events. Without `--data` there is no journal.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, params};

/// Stores events durably: an event that was appended without an error survives a crash.
pub(in crate::server) trait Journal: Send {
    /// Stores an event about a subject.
    ///
    /// # Errors
    /// The event was not stored; the message gives the reason.
    fn append(&mut self, subject: &str, event: &str) -> Result<(), String>;

    /// Deletes the events about a subject.
    ///
    /// # Errors
    /// The events are still stored.
    fn forget(&mut self, subject: &str) -> Result<(), String>;

    /// Deletes all events.
    ///
    /// # Errors
    /// All events are still stored.
    fn clear(&mut self) -> Result<(), String>;
}

/// The file name of the database in its folder.
const FILE: &str = "flowsim.sqlite3";

/// Stores events in an SQLite database.
#[derive(Debug)]
pub(in crate::server) struct Database(Connection);

impl Database {
    /// Opens the database of a folder and returns the stored events, in order. The folder
    /// is created if it does not exist. No other process can use the database while it is
    /// open.
    ///
    /// # Errors
    /// The database cannot be opened or read; the message gives the reason.
    pub(in crate::server) fn open(folder: &Path) -> Result<(Self, Vec<String>), String> {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
        let path = folder.join(FILE);
        let (name, shown) = (folder.display(), path.display());
        read(&path).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                format!("another server uses {name}; stop it, or use another folder")
            }
            _ => format!("cannot use {shown}: {error}"),
        })
    }
}

fn read(path: &Path) -> rusqlite::Result<(Database, Vec<String>)> {
    let connection = Connection::open(path)?;
    // An answer may be sent as soon as a statement returns, so the event must be on disk
    // by then.
    connection.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         CREATE TABLE IF NOT EXISTS events (
             number INTEGER PRIMARY KEY AUTOINCREMENT,
             subject TEXT NOT NULL,
             event TEXT NOT NULL
         );
         CREATE INDEX IF NOT EXISTS events_by_subject ON events (subject);
         BEGIN IMMEDIATE; COMMIT;",
    )?;
    let mut statement = connection.prepare("SELECT event FROM events ORDER BY number")?;
    let events = statement.query_map([], |row| row.get(0))?;
    let events = events.collect::<rusqlite::Result<Vec<String>>>()?;
    drop(statement);
    Ok((Database(connection), events))
}

impl Journal for Database {
    fn append(&mut self, subject: &str, event: &str) -> Result<(), String> {
        let sql = "INSERT INTO events (subject, event) VALUES (?1, ?2)";
        let insert = self.0.prepare_cached(sql);
        let done = insert.and_then(|mut it| it.execute(params![subject, event]));
        done.map(drop).map_err(|error| error.to_string())
    }

    fn forget(&mut self, subject: &str) -> Result<(), String> {
        let done = self.0.execute("DELETE FROM events WHERE subject = ?1", [subject]);
        done.map(drop).map_err(|error| error.to_string())
    }

    fn clear(&mut self) -> Result<(), String> {
        self.0.execute("DELETE FROM events", []).map(drop).map_err(|it| it.to_string())
    }
}

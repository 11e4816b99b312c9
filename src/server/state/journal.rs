//! Where events are kept so that they survive the end of the process. Without `--data` there
//! is no journal.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, params};

/// Keeps events. Whatever was appended without an error is there after a crash.
pub(in crate::server) trait Journal: Send {
    /// Keeps an event about a subject.
    ///
    /// # Errors
    /// It is not kept; the message says why.
    fn append(&mut self, subject: &str, event: &str) -> Result<(), String>;

    /// Forgets the events about a subject.
    ///
    /// # Errors
    /// They are still there.
    fn forget(&mut self, subject: &str) -> Result<(), String>;

    /// Forgets everything.
    ///
    /// # Errors
    /// Everything is still there.
    fn clear(&mut self) -> Result<(), String>;
}

/// The name of the database in its folder.
const FILE: &str = "flowsim.sqlite3";

/// Keeps events in a database.
#[derive(Debug)]
pub(in crate::server) struct Database(Connection);

impl Database {
    /// Opens the database of a folder, which is made if it is not there, and reads what it
    /// holds, in order. While it is open no other process can use it.
    ///
    /// # Errors
    /// It cannot be opened or read; the message says why.
    pub(in crate::server) fn open(folder: &Path) -> Result<(Self, Vec<String>), String> {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let path = folder.join(FILE);
        let (name, shown) = (folder.display(), path.display());
        read(&path).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => format!(
                "another server uses {name}: stop that one, or name another folder"
            ),
            _ => format!("cannot use {shown}: {error}"),
        })
    }
}

fn read(path: &Path) -> rusqlite::Result<(Database, Vec<String>)> {
    let connection = Connection::open(path)?;
    // An answer may be sent as soon as a statement is done: it has to be on the disk then.
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

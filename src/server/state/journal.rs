//! The journal: events in a database, so that they survive the end of the process. Without
//! `--data` there is no journal.

use std::path::{Path, PathBuf};

use redb::{
    Database, DatabaseError, MultimapTableDefinition, ReadableDatabase, ReadableTable,
    TableDefinition,
};

/// Stores events. An event that was appended without an error survives a crash.
pub(in crate::server) trait Journal: Send {
    /// Appends an event about a subject.
    ///
    /// # Errors
    /// The event was not stored; the message gives the reason.
    fn append(&mut self, subject: &str, event: &str) -> Result<(), String>;

    /// Removes the events about a subject.
    ///
    /// # Errors
    /// The events are still stored.
    fn forget(&mut self, subject: &str) -> Result<(), String>;

    /// Removes all events.
    ///
    /// # Errors
    /// The events are still stored.
    fn clear(&mut self) -> Result<(), String>;
}

/// Name of the database in its folder.
const FILE: &str = "flowsim.redb";

/// Events by their number: the subject and the event as JSON.
const EVENTS: TableDefinition<'_, u64, (&str, &str)> = TableDefinition::new("events");

/// Numbers of the events about a subject.
const BY_SUBJECT: MultimapTableDefinition<'_, &str, u64> =
    MultimapTableDefinition::new("events_by_subject");

/// A journal on disk.
pub(in crate::server) struct DiskJournal {
    path: PathBuf,
    /// `None` after a write failed: `redb` accepts no write after an I/O error until the
    /// file is opened again, which the next write does.
    database: Option<Database>,
    /// Number of the next event.
    next: u64,
}

impl DiskJournal {
    /// Opens the journal in a folder, which is created if it is missing, and returns the
    /// stored events in order. No other process can use the journal while it is open.
    ///
    /// # Errors
    /// The journal cannot be opened or read; the message gives the reason.
    pub(in crate::server) fn open(folder: &Path) -> Result<(Self, Vec<String>), String> {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
        let path = folder.join(FILE);
        let shown = path.display().to_string();
        let database = open(&path).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => format!(
                "another server uses {}: stop that server, or name another folder",
                folder.display()
            ),
            error => format!("cannot use {shown}: {error}"),
        })?;
        let (events, next) =
            read(&database).map_err(|error| format!("cannot use {shown}: {error}"))?;
        Ok((Self { path, database: Some(database), next }, events))
    }

    /// Runs a write. After an error the file is closed and the write has not happened.
    fn write(
        &mut self,
        change: impl FnOnce(&Database) -> Result<(), redb::Error>,
    ) -> Result<(), String> {
        let done = self.database().and_then(change);
        if done.is_err() {
            self.database = None;
        }
        done.map_err(|error| error.to_string())
    }

    /// The open database. One that is opened after a failed write loses what that write may
    /// have left.
    fn database(&mut self) -> Result<&Database, redb::Error> {
        let database = match self.database.take() {
            Some(database) => database,
            None => {
                let database = open(&self.path)?;
                remove_from(&database, self.next)?;
                database
            }
        };
        Ok(self.database.insert(database))
    }
}

fn open(path: &Path) -> Result<Database, DatabaseError> {
    Database::create(path)
}

/// The stored events in order, and the number of the next one.
fn read(database: &Database) -> Result<(Vec<String>, u64), redb::Error> {
    // A reader needs tables: a new database gets them here.
    let write = database.begin_write()?;
    drop((write.open_table(EVENTS)?, write.open_multimap_table(BY_SUBJECT)?));
    write.commit()?;
    let table = database.begin_read()?.open_table(EVENTS)?;
    let mut events = Vec::new();
    let mut next = 0;
    for entry in table.iter()? {
        let (number, event) = entry?;
        next = number.value() + 1;
        events.push(event.value().1.to_owned());
    }
    Ok((events, next))
}

/// Removes the events from a number on.
fn remove_from(database: &Database, first: u64) -> Result<(), redb::Error> {
    let write = database.begin_write()?;
    {
        let mut events = write.open_table(EVENTS)?;
        let mut by_subject = write.open_multimap_table(BY_SUBJECT)?;
        let left: Vec<(u64, String)> = events
            .range(first..)?
            .map(|entry| {
                entry.map(|(at, event)| (at.value(), event.value().0.to_owned()))
            })
            .collect::<Result<_, _>>()?;
        for (number, subject) in left {
            events.remove(number)?;
            by_subject.remove(subject.as_str(), number)?;
        }
    }
    write.commit()?;
    Ok(())
}

impl Journal for DiskJournal {
    fn append(&mut self, subject: &str, event: &str) -> Result<(), String> {
        let number = self.next;
        self.write(|database| {
            // A commit returns when the event is on the disk, so that it can be answered.
            let write = database.begin_write()?;
            write.open_table(EVENTS)?.insert(number, (subject, event))?;
            write.open_multimap_table(BY_SUBJECT)?.insert(subject, number)?;
            write.commit()?;
            Ok(())
        })?;
        self.next += 1;
        Ok(())
    }

    fn forget(&mut self, subject: &str) -> Result<(), String> {
        self.write(|database| {
            let write = database.begin_write()?;
            {
                let mut events = write.open_table(EVENTS)?;
                let mut by_subject = write.open_multimap_table(BY_SUBJECT)?;
                for number in by_subject.remove_all(subject)? {
                    events.remove(number?.value())?;
                }
            }
            write.commit()?;
            Ok(())
        })
    }

    fn clear(&mut self) -> Result<(), String> {
        self.write(|database| {
            let write = database.begin_write()?;
            write.delete_table(EVENTS)?;
            write.delete_multimap_table(BY_SUBJECT)?;
            write.commit()?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn stored(folder: &Path) -> Vec<String> {
        DiskJournal::open(folder).unwrap().1
    }

    #[test]
    fn events_are_read_in_the_order_in_which_they_were_appended() {
        let folder = TempDir::new().unwrap();
        let (mut journal, events) = DiskJournal::open(folder.path()).unwrap();
        assert!(events.is_empty());
        for number in 0..12 {
            journal.append(&format!("s{}", number % 2), &number.to_string()).unwrap();
        }
        journal.forget("s1").unwrap();
        journal.forget("unknown").unwrap();
        drop(journal);
        assert_eq!(stored(folder.path()), ["0", "2", "4", "6", "8", "10"]);
    }

    #[test]
    fn numbers_continue_after_events_were_removed() {
        let folder = TempDir::new().unwrap();
        let (mut journal, _) = DiskJournal::open(folder.path()).unwrap();
        journal.append("a", "1").unwrap();
        journal.clear().unwrap();
        journal.append("b", "2").unwrap();
        journal.append("c", "3").unwrap();
        drop(journal);
        let (mut journal, events) = DiskJournal::open(folder.path()).unwrap();
        assert_eq!(events, ["2", "3"]);
        journal.forget("b").unwrap();
        journal.append("d", "4").unwrap();
        drop(journal);
        assert_eq!(stored(folder.path()), ["3", "4"]);
    }

    #[test]
    fn a_journal_opened_after_a_failed_write_has_no_part_of_it() {
        let folder = TempDir::new().unwrap();
        let (mut journal, _) = DiskJournal::open(folder.path()).unwrap();
        journal.append("a", "1").unwrap();
        // As after a commit that reached the disk although it returned an error.
        journal.append("a", "2").unwrap();
        journal.next -= 1;
        journal.database = None;
        journal.append("b", "3").unwrap();
        journal.forget("a").unwrap();
        drop(journal);
        assert_eq!(stored(folder.path()), ["3"]);
    }

    #[test]
    fn a_file_that_is_not_a_journal_is_reported() {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join(FILE), "not a database").unwrap();
        let error = DiskJournal::open(folder.path()).err().unwrap();
        assert!(error.contains("cannot use"), "{error}");
    }
}

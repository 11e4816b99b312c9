//! The journal: events in a database, so that they survive the end of the process. Without
//! `--data` there is no journal.

use std::fmt::Display;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use redb::{
    Database, DatabaseError, MultimapTableDefinition, ReadableDatabase, ReadableTable,
    TableDefinition, TableError,
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

/// Name of the file with the number after the last stored event. It is written after each
/// change but not flushed, so after a crash of the machine the number may be too small. A
/// database whose events end before this number is damaged: `redb` then continues with an
/// older state.
const NEXT: &str = "flowsim.next";

/// Events by their number: the subject and the event as JSON.
const EVENTS: TableDefinition<'_, u64, (&str, &str)> = TableDefinition::new("events");

/// Numbers of the events about a subject.
const BY_SUBJECT: MultimapTableDefinition<'_, &str, u64> =
    MultimapTableDefinition::new("events_by_subject");

/// The content of a journal when it is opened.
#[derive(Debug)]
pub(in crate::server) struct Stored {
    /// The events, in order.
    pub(in crate::server) events: Vec<String>,
    /// A warning if events were lost.
    pub(in crate::server) warning: Option<String>,
}

/// A journal on disk.
pub(in crate::server) struct DiskJournal {
    path: PathBuf,
    /// The file with the number after the last event.
    noted: File,
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
    pub(in crate::server) fn open(folder: &Path) -> Result<(Self, Stored), String> {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
        let path = folder.join(FILE);
        let shown = path.display().to_string();
        // `redb` panics if the file is shorter than its header states.
        let opened = catch_unwind(|| open(&path));
        let opened = opened.map_err(|_| format!("cannot use {shown}: it is damaged"))?;
        let mut database = opened.map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => format!(
                "another server uses {}; stop it, or use another folder",
                folder.display()
            ),
            error => format!("cannot use {shown}: {error}"),
        })?;
        let cannot_use = |error: &dyn Display| format!("cannot use {shown}: {error}");
        let is_intact = database.check_integrity().map_err(|error| cannot_use(&error))?;
        let (events, next) = read(&database).map_err(|error| cannot_use(&error))?;
        let mut noted = File::options();
        let noted = noted.read(true).write(true).create(true).truncate(false);
        let noted = noted.open(folder.join(NEXT)).map_err(|error| cannot_use(&error))?;
        let missing = number_in(&noted).saturating_sub(next);
        let warning = match missing {
            0 if is_intact => None,
            0 => Some(format!("{shown} was damaged and has been repaired")),
            1 => Some(format!("{shown} was damaged; the last change is lost")),
            _ => {
                Some(format!("{shown} was damaged; the last {missing} changes are lost"))
            }
        };
        let journal = Self { path, noted, database: Some(database), next };
        journal.note_next(next);
        Ok((journal, Stored { events, warning }))
    }

    /// Notes the number after the last event. Without it only the detection of a damaged
    /// database is weaker, so an error has no effect.
    fn note_next(&self, number: u64) {
        let mut file = &self.noted;
        let text = format!("{number:020}\n");
        let _ = file.rewind().and_then(|()| file.write_all(text.as_bytes()));
    }

    /// Notes the number after the last event when events were removed.
    fn note_next_of_rest(&mut self) {
        let next = self.database().and_then(next_number);
        self.note_next(next.unwrap_or(0));
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

/// Bytes of the file that are kept in memory. A server reads events only when it starts.
const CACHE_BYTES: usize = 4 << 20;

fn open(path: &Path) -> Result<Database, DatabaseError> {
    Database::builder().set_cache_size(CACHE_BYTES).create(path)
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

/// Returns the number in a file, or 0.
fn number_in(mut file: &File) -> u64 {
    let mut text = String::new();
    let read = file.read_to_string(&mut text);
    read.ok().and_then(|_| text.trim().parse().ok()).unwrap_or(0)
}

/// Returns the number after the last stored event, or 0.
fn next_number(database: &Database) -> Result<u64, redb::Error> {
    let table = match database.begin_read()?.open_table(EVENTS) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(0),
        table => table?,
    };
    let last = table.last()?;
    Ok(last.map_or(0, |(number, _)| number.value() + 1))
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
        self.note_next(number + 1);
        Ok(())
    }

    fn forget(&mut self, subject: &str) -> Result<(), String> {
        // Before the removal: a number that is too large would be reported as damage.
        self.note_next(0);
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
        })?;
        self.note_next_of_rest();
        Ok(())
    }

    fn clear(&mut self) -> Result<(), String> {
        self.note_next(0);
        // The database is flushed; the number must not be older than that.
        let _ = self.noted.sync_data();
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
        DiskJournal::open(folder).unwrap().1.events
    }

    /// As if the commits of the last events had been damaged: `redb` continues with the
    /// state before them.
    #[test]
    fn lost_events_are_reported() {
        let folder = TempDir::new().unwrap();
        let (mut journal, stored) = DiskJournal::open(folder.path()).unwrap();
        assert_eq!(stored.warning, None);
        for number in 0..3 {
            journal.append("a", &number.to_string()).unwrap();
        }
        journal.write(|database| remove_from(database, 1)).unwrap();
        drop(journal);
        let warning = DiskJournal::open(folder.path()).unwrap().1.warning.unwrap();
        assert!(
            warning.ends_with("was damaged; the last 2 changes are lost"),
            "{warning}"
        );
        assert_eq!(DiskJournal::open(folder.path()).unwrap().1.warning, None);
    }

    #[test]
    fn forgotten_events_are_not_lost() {
        let folder = TempDir::new().unwrap();
        let (mut journal, _) = DiskJournal::open(folder.path()).unwrap();
        for subject in ["a", "b", "b"] {
            journal.append(subject, "1").unwrap();
        }
        journal.forget("b").unwrap();
        drop(journal);
        let (mut journal, stored) = DiskJournal::open(folder.path()).unwrap();
        assert_eq!(stored.warning, None);
        journal.clear().unwrap();
        drop(journal);
        assert_eq!(DiskJournal::open(folder.path()).unwrap().1.warning, None);
    }

    #[test]
    fn events_are_read_in_the_order_in_which_they_were_appended() {
        let folder = TempDir::new().unwrap();
        let (mut journal, stored_before) = DiskJournal::open(folder.path()).unwrap();
        assert!(stored_before.events.is_empty());
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
        let (mut journal, rest) = DiskJournal::open(folder.path()).unwrap();
        assert_eq!(rest.events, ["2", "3"]);
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
    fn a_file_whose_end_is_missing_is_reported() {
        let folder = TempDir::new().unwrap();
        let (mut journal, _) = DiskJournal::open(folder.path()).unwrap();
        journal.append("a", &"x".repeat(500_000)).unwrap();
        drop(journal);
        let file = File::options().write(true).open(folder.path().join(FILE)).unwrap();
        file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        let error = DiskJournal::open(folder.path()).err().unwrap();
        assert!(error.contains("cannot use"), "{error}");
    }

    #[test]
    fn a_file_that_is_not_a_journal_is_reported() {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join(FILE), "not a database").unwrap();
        let error = DiskJournal::open(folder.path()).err().unwrap();
        assert!(error.contains("cannot use"), "{error}");
    }
}

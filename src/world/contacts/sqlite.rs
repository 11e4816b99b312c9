//! Contacts in a table of an SQLite database, opened read-only.
//!
//! The database is queried directly if it has an index for every key column and stores
//! the keys in normalized form. Otherwise the table is read once and the keys are indexed
//! in memory.

use std::collections::VecDeque;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};

use super::contact::{Contact, WITHOUT_KEYS};
use super::index::Index;
use super::records::{Faults, Records};
use super::text::CHANGED;
use crate::diagnostic::nearest;
use crate::value::{Json, Number, Text};
use crate::world::phone::Country;

/// Checks that the table exists and has a key column.
pub(super) fn probe(path: &Path, table: &str) -> Result<(), String> {
    let connection = connect(path)?;
    Table::read(&connection, table).map(drop)
}

/// Opens the table, and indexes it if the database has no suitable index.
pub(super) fn open(
    path: &Path,
    table: &str,
    country: Country,
    faults: &mut Faults,
) -> Result<Box<dyn Records>, String> {
    let connection = connect(path)?;
    let table = Table::read(&connection, table)?;
    if table.can_be_searched(&connection).map_err(text)? {
        return Ok(Box::new(Searched { connection, table, country }));
    }
    let version = data_version(&connection).map_err(text)?;
    let (rowids, index) = table.index(&connection, country, faults).map_err(text)?;
    Ok(Box::new(Indexed { connection, table, country, rowids, index, version }))
}

fn connect(path: &Path) -> Result<Connection, String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(text)
}

fn text(error: rusqlite::Error) -> String {
    error.to_string()
}

/// Returns a number that changes when another connection writes to the database.
fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA data_version", [], |row| row.get(0))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[derive(Debug)]
struct Table {
    /// Quoted name.
    name: String,
    columns: Vec<String>,
}

impl Table {
    fn read(connection: &Connection, name: &str) -> Result<Self, String> {
        let columns =
            names(connection, "SELECT name FROM pragma_table_info(?1)", &[name])?;
        if columns.is_empty() {
            return Err(missing(connection, name));
        }
        let table = Self { name: quoted(name), columns };
        if table.key_columns().next().is_none() && table.column("phones").is_none() {
            let columns = table.columns.join(", ");
            return Err(format!(
                "the table `{name}` has no column `id`, `email`, `phone` or \
                 `phones`; its columns are {columns}"
            ));
        }
        Ok(table)
    }

    fn column(&self, name: &str) -> Option<&str> {
        let is_it = |column: &&String| column.trim().eq_ignore_ascii_case(name);
        self.columns.iter().find(is_it).map(String::as_str)
    }

    /// Returns the columns that hold one key each.
    fn key_columns(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let column = |name: &'static str| self.column(name).map(|column| (name, column));
        ["id", "email", "phone"].into_iter().filter_map(column)
    }

    /// Returns whether the database can look up every key with an index.
    fn can_be_searched(&self, connection: &Connection) -> rusqlite::Result<bool> {
        if self.column("phones").is_some() {
            return Ok(false);
        }
        for (name, column) in self.key_columns() {
            let (table, column) = (&self.name, quoted(column));
            let plan =
                format!("EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE {column} = ?1");
            let detail: String =
                connection.query_row(&plan, [""], |row| row.get("detail"))?;
            if !detail.starts_with("SEARCH") {
                return Ok(false);
            }
            let other_form = match name {
                "phone" => format!(
                    "{column} <> '' AND ({column} NOT GLOB '+[0-9][0-9]*' \
                     OR length({column}) > 16 OR substr({column}, 2) GLOB '*[^0-9]*')"
                ),
                _ => format!("{column} <> lower(trim({column}))"),
            };
            let query = format!("SELECT 1 FROM {table} WHERE {other_form} LIMIT 1");
            if connection.query_row(&query, [], |_| Ok(())).optional()?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns a name of the row number that no column hides.
    fn rowid(&self) -> &'static str {
        let is_free = |name: &&&str| self.column(name).is_none();
        ["rowid", "oid", "_rowid_"].iter().find(is_free).unwrap_or(&"rowid")
    }

    fn index(
        &self,
        connection: &Connection,
        country: Country,
        faults: &mut Faults,
    ) -> rusqlite::Result<(Vec<i64>, Index)> {
        let (mut rowids, mut index) = (Vec::new(), Index::default());
        let query = format!("SELECT *, {} FROM {}", self.rowid(), self.name);
        let mut statement = connection.prepare(&query)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let rowid: i64 = row.get(self.columns.len())?;
            let number = || rowid.unsigned_abs();
            match self.contact(row) {
                Ok(contact) => {
                    let place = rowids.len() as u64;
                    rowids.push(rowid);
                    let unreadable =
                        contact.each_key(country, |key| index.add(key, place));
                    faults.add_numbers(&unreadable, number);
                }
                Err(message) => faults.add(|| (number(), message)),
            }
        }
        index.complete();
        rowids.shrink_to_fit();
        Ok((rowids, index))
    }

    fn contact(&self, row: &Row<'_>) -> Result<Contact, String> {
        let mut contact = Contact::default();
        let mut attributes = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            let value = row.get_ref(index).map_err(text)?;
            match column.trim().to_ascii_lowercase().as_str() {
                "id" => contact.id = filled(value)?,
                "name" => contact.name = filled(value)?,
                "email" => contact.email = filled(value)?,
                "phone" | "phones" => {
                    contact.add_phones(&filled(value)?.unwrap_or_default());
                }
                _ => attributes.push((column.trim().into(), json(value)?)),
            }
        }
        if !contact.has_keys() {
            return Err(WITHOUT_KEYS.into());
        }
        contact.attributes = Json::object(attributes);
        Ok(contact)
    }
}

fn names(
    connection: &Connection,
    query: &str,
    parameters: &[&str],
) -> Result<Vec<String>, String> {
    let mut statement = connection.prepare(query).map_err(text)?;
    let names = statement
        .query_map(rusqlite::params_from_iter(parameters), |row| row.get(0))
        .map_err(text)?;
    names.collect::<Result<_, _>>().map_err(text)
}

fn missing(connection: &Connection, name: &str) -> String {
    let query = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') \
                 AND name NOT LIKE 'sqlite_%' ORDER BY name";
    let tables = match names(connection, query, &[]) {
        Ok(tables) => tables,
        Err(reason) => return reason,
    };
    match nearest(name, tables.iter().map(String::as_str)) {
        Some(near) => format!("no table `{name}`; did you mean `{near}`?"),
        None if tables.is_empty() => {
            format!("no table `{name}`; the database has no tables")
        }
        None => format!("no table `{name}`; the tables are {}", tables.join(", ")),
    }
}

fn filled(value: ValueRef<'_>) -> Result<Option<Text>, String> {
    Ok(match json(value)? {
        Json::Null => None,
        Json::String(text) => {
            Some(text.trim()).filter(|text| !text.is_empty()).map(Text::from)
        }
        number => Some(number.to_string().into()),
    })
}

fn json(value: ValueRef<'_>) -> Result<Json, String> {
    Ok(match value {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(number) => Json::Integer(number),
        // Numbers that JSON cannot represent become null.
        ValueRef::Real(number) => {
            Number::parse(&number.to_string()).map_or(Json::Null, Json::from)
        }
        ValueRef::Text(bytes) => {
            let text =
                std::str::from_utf8(bytes).map_err(|_| "the row is not valid UTF-8")?;
            Json::String(text.into())
        }
        ValueRef::Blob(_) => return Err("the row has a column of type BLOB".into()),
    })
}

/// A table that is queried directly.
#[derive(Debug)]
struct Searched {
    connection: Connection,
    table: Table,
    country: Country,
}

impl Records for Searched {
    fn find(&mut self, key: &str, most: usize) -> Result<Vec<Contact>, String> {
        let mut columns: Vec<_> = self.table.key_columns().collect();
        // Try the most likely column first, to avoid unsuccessful searches.
        columns.sort_by_key(|(name, _)| match *name {
            "phone" => !key.starts_with('+'),
            "email" => !key.contains('@'),
            _ => key.starts_with('+') || key.contains('@'),
        });
        for (_, column) in columns {
            let (table, column) = (&self.table.name, quoted(column));
            let query = format!("SELECT * FROM {table} WHERE {column} = ?1");
            let mut statement = self.connection.prepare_cached(&query).map_err(text)?;
            let mut rows = statement.query([key]).map_err(text)?;
            let mut found = VecDeque::new();
            while let Some(row) = rows.next().map_err(text)? {
                if let Ok(contact) = self.table.contact(row)
                    && contact.has_key(key, self.country)
                {
                    found.push_front(contact);
                    found.truncate(most);
                }
            }
            if !found.is_empty() {
                return Ok(found.into());
            }
        }
        Ok(Vec::new())
    }
}

/// A table with an index in memory.
#[derive(Debug)]
struct Indexed {
    connection: Connection,
    table: Table,
    country: Country,
    /// Row ids; the index stores positions in this list, because row ids can have any
    /// size.
    rowids: Vec<i64>,
    index: Index,
    version: i64,
}

impl Records for Indexed {
    fn find(&mut self, key: &str, most: usize) -> Result<Vec<Contact>, String> {
        if data_version(&self.connection).map_err(text)? != self.version {
            return Err(CHANGED.into());
        }
        let rowid = self.table.rowid();
        let query = format!("SELECT * FROM {} WHERE {rowid} = ?1", self.table.name);
        let mut statement = self.connection.prepare_cached(&query).map_err(text)?;
        let mut found = Vec::new();
        for place in self.index.places(key) {
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            let Some(rowid) = self.rowids.get(place) else { continue };
            let mut rows = statement.query([rowid]).map_err(text)?;
            if let Some(row) = rows.next().map_err(text)?
                && let Ok(contact) = self.table.contact(row)
                && contact.has_key(key, self.country)
            {
                found.push(contact);
                if found.len() == most {
                    break;
                }
            }
        }
        Ok(found)
    }
}

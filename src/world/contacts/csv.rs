//! Contacts in CSV files with a header.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;
use std::str::from_utf8;

use csv::{ByteRecord, Position, Reader, ReaderBuilder};

use super::contact::{Contact, WITHOUT_KEYS};
use super::index::{Index, MAX_PLACE};
use super::records::{Faults, Records};
use super::text::{Limited, MAX_RECORD_BYTES, Stamp};
use crate::value::{Json, Text};
use crate::world::phone::Country;

/// Read buffer for indexing, and for reading one record.
const SCAN_BUFFER: usize = 64 * 1024;
const LOOKUP_BUFFER: usize = 4 * 1024;

/// Maximum number of overlong records before the file is rejected: each of them costs as
/// much reading as a thousand others.
const MAX_LONG_RECORDS: usize = 20;

/// Content of a column.
#[derive(Debug, Clone, PartialEq)]
enum Column {
    Id,
    Name,
    Email,
    Phones,
    Attribute(Text),
}

/// Checks the header.
pub(super) fn probe(path: &Path) -> Result<(), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    read_header(&mut reader(file, LOOKUP_BUFFER), LOOKUP_BUFFER).map(drop)
}

/// Reads the file once and indexes it.
pub(super) fn open(
    path: &Path,
    country: Country,
    faults: &mut Faults,
) -> Result<Box<dyn Records>, String> {
    let text = |error: std::io::Error| error.to_string();
    let file = File::open(path).map_err(text)?;
    let stamp = Stamp::of(&file).map_err(text)?;
    let mut rows = reader(file, SCAN_BUFFER);
    let columns = read_header(&mut rows, SCAN_BUFFER)?;
    let lines = Lines { file: BufReader::new(File::open(path).map_err(text)?) };
    let mut scan = Scan { columns: &columns, country, faults, lines, long_records: 0 };
    let index = scan.run(&mut rows)?;
    let rows = reader(rows.into_inner().into_file(), LOOKUP_BUFFER);
    let record = ByteRecord::new();
    Ok(Box::new(Rows { rows, record, columns, index, stamp, country }))
}

fn reader(file: File, buffer: usize) -> Reader<Limited> {
    let mut limited = Limited::new(file);
    limited.allow_record(buffer);
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(buffer)
        .from_reader(limited)
}

fn read_header(rows: &mut Reader<Limited>, buffer: usize) -> Result<Vec<Column>, String> {
    let mut header = ByteRecord::new();
    rows.get_mut().allow_record(buffer);
    let is_there =
        rows.read_byte_record(&mut header).map_err(|error| error.to_string())?;
    if !is_there {
        return Err("the file is empty; the first line must name the columns".into());
    }
    let names: Result<Vec<&str>, _> = header.iter().map(from_utf8).collect();
    let names = names.map_err(|_| "the header is not valid UTF-8")?;
    columns(&names)
}

fn columns(names: &[&str]) -> Result<Vec<Column>, String> {
    let mut columns = Vec::with_capacity(names.len());
    for name in names {
        let name = name.trim();
        let column = match name.to_ascii_lowercase().as_str() {
            "id" => Column::Id,
            "name" => Column::Name,
            "email" => Column::Email,
            "phone" | "phones" => Column::Phones,
            _ => Column::Attribute(name.into()),
        };
        if column != Column::Phones && columns.contains(&column) {
            return Err(format!("the header has two columns `{name}`"));
        }
        columns.push(column);
    }
    let is_lookup_key =
        |column: &Column| matches!(column, Column::Id | Column::Email | Column::Phones);
    if columns.iter().any(is_lookup_key) {
        return Ok(columns);
    }
    let shown: String = names.join(",").chars().take(60).collect();
    let hint = if names.len() == 1 && shown.contains([';', '\t']) {
        "; columns are separated by commas"
    } else {
        ""
    };
    Err(format!(
        "the header `{shown}` has no column `id`, `email`, `phone` or `phones`{hint}"
    ))
}

/// Reads the contact of a row, without its attributes, which only an answer needs.
fn contact(columns: &[Column], record: &ByteRecord) -> Result<Contact, String> {
    if record.len() != columns.len() {
        let fields = if record.len() == 1 { "field" } else { "fields" };
        let (found, expected) = (record.len(), columns.len());
        return Err(format!("{found} {fields}, but the header has {expected}"));
    }
    let mut contact = Contact::default();
    for (column, field) in columns.iter().zip(record) {
        let Ok(text) = from_utf8(field) else {
            return Err("the row is not valid UTF-8".into());
        };
        let filled = || Some(text.trim()).filter(|text| !text.is_empty()).map(Text::from);
        match column {
            Column::Id => contact.id = filled(),
            Column::Name => contact.name = filled(),
            Column::Email => contact.email = filled(),
            Column::Phones => contact.add_phones(text),
            Column::Attribute(_) => {}
        }
    }
    if contact.has_keys() { Ok(contact) } else { Err(WITHOUT_KEYS.into()) }
}

fn attributes(columns: &[Column], record: &ByteRecord) -> Json {
    let attribute = |(column, field): (&Column, &[u8])| match column {
        Column::Attribute(name) => {
            Some((name.clone(), Json::String(String::from_utf8_lossy(field).into())))
        }
        _ => None,
    };
    Json::object(columns.iter().zip(record).filter_map(attribute))
}

/// State of reading a whole file.
struct Scan<'a> {
    columns: &'a [Column],
    country: Country,
    faults: &'a mut Faults,
    lines: Lines,
    long_records: usize,
}

impl Scan<'_> {
    fn run(&mut self, rows: &mut Reader<Limited>) -> Result<Index, String> {
        let mut index = Index::default();
        let mut record = ByteRecord::new();
        loop {
            let start = rows.position().clone();
            rows.get_mut().allow_record(SCAN_BUFFER);
            match rows.read_byte_record(&mut record) {
                Ok(false) => break,
                Ok(true) => self.add(&start, &record, &mut index)?,
                Err(error) if !rows.get_ref().is_exhausted() => {
                    return Err(error.to_string());
                }
                Err(_) => {
                    let next = self.skip_long_record(&start)?;
                    rows.seek(next).map_err(|error| error.to_string())?;
                }
            }
        }
        index.complete();
        Ok(index)
    }

    fn add(
        &mut self,
        start: &Position,
        record: &ByteRecord,
        index: &mut Index,
    ) -> Result<(), String> {
        let place = start.byte();
        if place > MAX_PLACE {
            return Err("the file is larger than 64 GiB".into());
        }
        let lines = &mut self.lines;
        match contact(self.columns, record) {
            Ok(contact) => {
                let unreadable =
                    contact.each_key(self.country, |key| index.add(key, place));
                if !unreadable.is_empty() {
                    let line = lines.line(start);
                    self.faults.add_numbers(&unreadable, || line);
                }
            }
            Err(message) => self.faults.add(|| (lines.line(start), message)),
        }
        Ok(())
    }

    /// Reports an overlong record; the next one begins at its second line.
    fn skip_long_record(&mut self, start: &Position) -> Result<Position, String> {
        self.long_records += 1;
        if self.long_records > MAX_LONG_RECORDS {
            return Err(
                "too many records are too long; check that the file is CSV".into()
            );
        }
        let line = self.lines.line(start);
        let message = format!(
            "the row is longer than {MAX_RECORD_BYTES} bytes; check for an unclosed quotation mark"
        );
        self.faults.add(|| (line, message));
        let mut next = start.clone();
        next.set_byte(self.lines.end_of_line(start).map_err(|error| error.to_string())?);
        next.set_line(line + 1);
        Ok(next)
    }
}

/// Second view of the file for exact line numbers. The CSV reader's line is one too low
/// after the `\r` of a `\r\n`, or before empty lines.
struct Lines {
    file: BufReader<File>,
}

impl Lines {
    /// Returns the line of the record at a position.
    fn line(&mut self, start: &Position) -> u64 {
        self.skip_breaks(start).map_or(start.line(), |(_, line)| line)
    }

    /// Returns the offset after the first line of the record.
    fn end_of_line(&mut self, start: &Position) -> std::io::Result<u64> {
        let (begin, _) = self.skip_breaks(start)?;
        self.file.seek(SeekFrom::Start(begin))?;
        let length = self.file.skip_until(b'\n')?;
        Ok(begin + length as u64)
    }

    fn skip_breaks(&mut self, start: &Position) -> std::io::Result<(u64, u64)> {
        self.file.seek(SeekFrom::Start(start.byte()))?;
        let (mut offset, mut line) = (start.byte(), start.line());
        loop {
            let buffer = self.file.fill_buf()?;
            let breaks =
                buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let newlines = buffer[..breaks].iter().filter(|byte| **byte == b'\n').count();
            let is_end = breaks < buffer.len() || buffer.is_empty();
            self.file.consume(breaks);
            offset += breaks as u64;
            line += newlines as u64;
            if is_end {
                return Ok((offset, line));
            }
        }
    }
}

/// Rows of an indexed file.
#[derive(Debug)]
struct Rows {
    rows: Reader<Limited>,
    record: ByteRecord,
    columns: Vec<Column>,
    index: Index,
    stamp: Stamp,
    country: Country,
}

impl Records for Rows {
    fn find(&mut self, key: &str, most: usize) -> Result<Vec<Contact>, String> {
        self.stamp.check(self.rows.get_ref().file())?;
        let mut found = Vec::new();
        for place in self.index.places(key) {
            let mut position = Position::new();
            position.set_byte(place);
            // The reader skips a seek to its current position. After a failure its buffer
            // cannot be trusted, so always seek.
            self.rows.get_mut().allow_record(2 * LOOKUP_BUFFER);
            let start = SeekFrom::Start(place);
            self.rows.seek_raw(start, position).map_err(|error| error.to_string())?;
            self.rows
                .read_byte_record(&mut self.record)
                .map_err(|error| error.to_string())?;
            if let Ok(mut contact) = contact(&self.columns, &self.record)
                && contact.has_key(key, self.country)
            {
                contact.attributes = attributes(&self.columns, &self.record);
                found.push(contact);
                if found.len() == most {
                    break;
                }
            }
        }
        Ok(found)
    }
}

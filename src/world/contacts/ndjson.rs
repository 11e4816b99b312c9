//! Contacts in files with one JSON object per line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::str::from_utf8;

use super::contact::{Contact, WITHOUT_KEYS};
use super::index::{Index, MAX_PLACE};
use super::records::{Faults, Records};
use super::text::{MAX_RECORD_BYTES, Stamp};
use crate::value::{Json, JsonObject, Text};
use crate::world::phone::Country;

/// Checks that the file can be opened.
pub(super) fn probe(path: &Path) -> Result<(), String> {
    File::open(path).map(drop).map_err(|error| error.to_string())
}

/// Reads the file once and indexes it.
pub(super) fn open(
    path: &Path,
    country: Country,
    faults: &mut Faults,
) -> Result<Box<dyn Records>, String> {
    let text = |error: io::Error| error.to_string();
    let file = File::open(path).map_err(text)?;
    let stamp = Stamp::of(&file).map_err(text)?;
    let mut lines = BufReader::with_capacity(64 * 1024, file);
    let index = scan(&mut lines, country, faults)?;
    let lines = BufReader::with_capacity(4 * 1024, lines.into_inner());
    Ok(Box::new(Lines { lines, line: Vec::new(), index, stamp, country }))
}

fn scan(
    lines: &mut BufReader<File>,
    country: Country,
    faults: &mut Faults,
) -> Result<Index, String> {
    let mut index = Index::default();
    let mut line = Vec::new();
    let (mut place, mut number) = (0, 0);
    loop {
        let length = read_line(lines, &mut line).map_err(|error| error.to_string())?;
        if length == 0 {
            break;
        }
        number += 1;
        match contact(&line) {
            Ok(Some(contact)) => {
                let unreadable = contact.each_key(country, |key| index.add(key, place));
                faults.add_numbers(&unreadable, || number);
            }
            Ok(None) => {}
            Err(message) => faults.add(|| (number, message)),
        }
        place += length;
        if place > MAX_PLACE {
            return Err("the file is larger than 64 GiB".into());
        }
    }
    index.complete();
    Ok(index)
}

/// Reads a line and returns its full length; keeps at most one byte more than allowed.
fn read_line(lines: &mut BufReader<File>, line: &mut Vec<u8>) -> io::Result<u64> {
    line.clear();
    let kept = lines.by_ref().take(MAX_RECORD_BYTES + 1).read_until(b'\n', line)?;
    let skipped = match line.last() {
        Some(b'\n') | None => 0,
        Some(_) => lines.skip_until(b'\n')?,
    };
    Ok((kept + skipped) as u64)
}

/// Reads the contact of a line; returns `None` if the line is blank.
fn contact(line: &[u8]) -> Result<Option<Contact>, String> {
    if line.len() as u64 > MAX_RECORD_BYTES {
        return Err(format!("the line is longer than {MAX_RECORD_BYTES} bytes"));
    }
    let text = from_utf8(line).map_err(|_| "the line is not valid UTF-8")?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Ok(None);
    }
    let json = Json::parse(text).map_err(|error| format!("{error}"))?;
    let Json::Object(entries) = &json else {
        return Err("the line is not a JSON object".into());
    };
    let contact = read(entries)?;
    if contact.has_keys() { Ok(Some(contact)) } else { Err(WITHOUT_KEYS.into()) }
}

/// Reads a contact. Keys other than those of a contact become attributes, like the
/// columns of a table.
fn read(entries: &JsonObject) -> Result<Contact, String> {
    let mut contact = Contact::default();
    let mut attributes = JsonObject::default();
    for (key, value) in entries {
        match key.as_str() {
            "id" => contact.id = text(key, value)?,
            "name" => contact.name = text(key, value)?,
            "email" => contact.email = text(key, value)?,
            "phone" => contact.phones.extend(text(key, value)?),
            "phones" => match value {
                Json::Array(items) => {
                    for item in items.iter() {
                        contact.phones.extend(text(key, item)?);
                    }
                }
                other => contact.phones.extend(text(key, other)?),
            },
            "attributes" => match value {
                Json::Object(inner) => attributes.extend(inner.as_ref().clone()),
                Json::Null => {}
                _ => return Err("`attributes` is not an object".into()),
            },
            _ => drop(attributes.insert(key.clone(), value.clone())),
        }
    }
    contact.attributes = Json::Object(attributes.into());
    Ok(contact)
}

fn text(key: &str, value: &Json) -> Result<Option<Text>, String> {
    match value {
        Json::Null => Ok(None),
        Json::String(text) => {
            Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(Text::from))
        }
        Json::Integer(_) | Json::Decimal(_) => Ok(Some(value.to_string().into())),
        _ => Err(format!("`{key}` is not a string")),
    }
}

/// Lines of an indexed file.
#[derive(Debug)]
struct Lines {
    lines: BufReader<File>,
    line: Vec<u8>,
    index: Index,
    stamp: Stamp,
    country: Country,
}

impl Records for Lines {
    fn find(&mut self, key: &str, most: usize) -> Result<Vec<Contact>, String> {
        self.stamp.check(self.lines.get_ref())?;
        let mut found = Vec::new();
        for place in self.index.places(key) {
            self.lines
                .seek(SeekFrom::Start(place))
                .and_then(|_| read_line(&mut self.lines, &mut self.line))
                .map_err(|error| error.to_string())?;
            if let Ok(Some(contact)) = contact(&self.line)
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

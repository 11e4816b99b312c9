//! Reader of decision logs and other documents. It reads line by line, because a log may
//! be larger than the memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Take};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use super::Decision;
use super::json::number;
use super::write::{Form, HEADER};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::value::{Json, Text};

/// Maximum length of a line in bytes; it may hold the trace of a long call. Without a
/// limit, an unclosed quotation mark would turn the rest of a table into one field.
const MAX_LINE_BYTES: u64 = 64 * 1024 * 1024;

/// Size of the read buffer for tables, in bytes.
const BUFFER: usize = 64 * 1024;

/// Maximum number of faults reported individually per file.
const MAX_FAULTS: usize = 10;

/// The content of a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A decision.
    Decision(Decision),
    /// Another JSON object.
    Document(Json),
}

/// Reads a table (`.csv`) or JSON, and passes every item to `take`, which may reject it.
/// JSON has an object per line, or one object in the whole file, which may be a search
/// response. Unreadable items are skipped and reported. They are warnings, or errors if
/// the file has no other content.
pub fn read(
    path: &Path,
    take: &mut dyn FnMut(Item) -> Result<(), String>,
) -> Vec<Diagnostic> {
    let mut reading = Reading { take, taken: 0, reported: Vec::new(), faults: 0 };
    let result = open(path).and_then(|file| match Form::of(path) {
        Form::Csv => reading.table(file),
        Form::Ndjson => reading.lines(file),
    });
    let name = path.display();
    let severity = if reading.taken > 0 { Severity::Warning } else { Severity::Error };
    let more = reading.faults - reading.reported.len();
    let summary = (more > 0).then(|| format!("{name}: {more} more like these"));
    let faults =
        reading.reported.iter().map(|(line, fault)| format!("{name}:{line}: {fault}"));
    let mut diagnostics: Vec<Diagnostic> = faults
        .chain(summary)
        .map(|message| {
            let mut diagnostic = Diagnostic::new(Code::INVALID_DECISIONS, message);
            diagnostic.severity = severity;
            diagnostic
        })
        .collect();
    if let Some(last) = diagnostics.last_mut().filter(|it| it.severity != Severity::Error)
    {
        last.help = Some("unreadable entries are skipped; correct or remove them".into());
    }
    if let Err(reason) = result {
        let message = format!("cannot read `{name}`: {reason}");
        diagnostics.push(Diagnostic::new(Code::FILE_UNREADABLE, message));
    }
    diagnostics
}

/// Opens a file, or returns the reason why it cannot be read.
fn open(path: &Path) -> Result<File, String> {
    if path.is_dir() {
        return Err("this is a folder; name the files in it".to_owned());
    }
    File::open(path).map_err(|error| error.to_string())
}

/// State of reading a file.
struct Reading<'t> {
    take: &'t mut dyn FnMut(Item) -> Result<(), String>,
    taken: u64,
    /// First faults, with their lines.
    reported: Vec<(u64, String)>,
    faults: usize,
}

impl Reading<'_> {
    fn take(&mut self, line: u64, found: Result<Item, String>) {
        match found.and_then(|found| (self.take)(found)) {
            Ok(()) => self.taken += 1,
            Err(fault) => {
                self.faults += 1;
                if self.reported.len() < MAX_FAULTS {
                    self.reported.push((line, fault));
                }
            }
        }
    }

    fn lines(&mut self, file: File) -> Result<(), String> {
        let mut lines = BufReader::with_capacity(BUFFER, file);
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            let is_whole =
                read_line(&mut lines, &mut line).map_err(|error| error.to_string())?;
            if line.is_empty() {
                return Ok(());
            }
            number += 1;
            if !is_whole {
                self.take(number, Err(too_long()));
                continue;
            }
            let text = match line_text(&line) {
                Ok(text) => text,
                Err(fault) => {
                    self.take(number, Err(fault));
                    continue;
                }
            };
            if text.is_empty() {
                continue;
            }
            let json = parse(text);
            if json.is_err() && self.taken == 0 && !text.ends_with('}') {
                // This may be the first line of a multi-line document.
                return self.document(number, line, lines);
            }
            self.json(number, json);
        }
    }

    /// Takes an object, the objects of a list, or the hits of a search response.
    fn json(&mut self, line: u64, json: Result<Json, String>) {
        let hits = json.as_ref().ok().and_then(|json| json.get("hits")?.get("hits"));
        match hits.or(json.as_ref().ok()) {
            Some(Json::Array(items)) => {
                for item in items.iter() {
                    self.take(line, found(item.clone()));
                }
            }
            _ => self.take(line, json.and_then(found)),
        }
    }

    /// Reads a document that begins with this line and continues on the following ones.
    /// If they are not one document, each line is read separately.
    fn document(
        &mut self,
        first: u64,
        mut text: Vec<u8>,
        rest: BufReader<File>,
    ) -> Result<(), String> {
        let mut rest = rest.take(MAX_LINE_BYTES);
        rest.read_to_end(&mut text).map_err(|error| error.to_string())?;
        let parsed = line_text(&text).and_then(parse);
        if parsed.is_ok() || rest.limit() == 0 {
            self.json(first, parsed);
            return Ok(());
        }
        for (number, line) in (first..).zip(text.split(|byte| *byte == b'\n')) {
            if !line.trim_ascii().is_empty() {
                self.json(number, line_text(line).and_then(parse));
            }
        }
        Ok(())
    }

    fn table(&mut self, file: File) -> Result<(), String> {
        let problem = |error: csv::Error| error.to_string();
        let allowance = MAX_LINE_BYTES + BUFFER as u64;
        let mut rows = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(BUFFER)
            .from_reader(file.take(allowance));
        let mut row = ByteRecord::new();
        if !rows.read_byte_record(&mut row).map_err(problem)? {
            return Ok(());
        }
        let columns = match Columns::of(&row) {
            Ok(columns) => columns,
            Err(fault) => {
                self.take(1, Err(fault));
                return Ok(());
            }
        };
        loop {
            let file: &mut Take<File> = rows.get_mut();
            file.set_limit(allowance);
            if !rows.read_byte_record(&mut row).map_err(problem)? {
                return Ok(());
            }
            let line = row.position().map_or(0, csv::Position::line);
            if rows.get_ref().limit() == 0 {
                self.take(line, Err(too_long()));
                return Ok(());
            }
            let following = rows.position().line().saturating_sub(line + 1);
            let decision = columns.decision(&row).map(Item::Decision);
            self.take(line, decision.map_err(|fault| unclosed(&row, following, fault)));
        }
    }
}

/// Explains a row that takes up several lines by a quote that is not closed.
fn unclosed(row: &ByteRecord, following: u64, fault: String) -> String {
    let lines = match following {
        1 => "the following line is".to_owned(),
        more => format!("the {more} following lines are"),
    };
    if following > 0 && row.iter().any(|field| field.contains(&b'\n')) {
        return format!("a quote is not closed, so {lines} part of this row");
    }
    fault
}

fn line_text(line: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(line).map_err(|_| "the line is not valid UTF-8")?;
    Ok(text.trim_start_matches('\u{feff}').trim())
}

fn parse(text: &str) -> Result<Json, String> {
    Json::parse(text).map_err(|error| error.to_string())
}

fn too_long() -> String {
    format!("the line is longer than {MAX_LINE_BYTES} bytes")
}

/// Reads a line. Returns whether it was complete.
fn read_line(lines: &mut BufReader<File>, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    lines.by_ref().take(MAX_LINE_BYTES + 1).read_until(b'\n', line)?;
    let is_whole = line.len() as u64 <= MAX_LINE_BYTES;
    if !is_whole && line.last() != Some(&b'\n') {
        lines.skip_until(b'\n')?;
    }
    Ok(is_whole)
}

/// Classifies an object: a decision, alone or as a search hit, or another document.
fn found(json: Json) -> Result<Item, String> {
    let Json::Object(_) = &json else { return Err("not a JSON object".into()) };
    let source = json.get("_source").unwrap_or(&json);
    if !HEADER.iter().any(|key| source.get(key).is_some()) {
        return Ok(Item::Document(json));
    }
    let text = |key: &str| match source.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(number @ (Json::Integer(_) | Json::Decimal(_))) => {
            Ok(Some(Text::from(number.to_string())))
        }
        Some(_) => Err(format!("`{key}` is not a string")),
    };
    let needed = |key: &str| text(key)?.ok_or_else(|| format!("`{key}` is missing"));
    let occupancy = match source.get("queue_occupancy") {
        None | Some(Json::Null) => None,
        Some(other) => {
            let number = number(other).filter(|number| number.is_finite());
            Some(number.ok_or("`queue_occupancy` is not a number")?)
        }
    };
    Ok(Item::Decision(Decision {
        timestamp: text("timestamp")?.unwrap_or_default(),
        flow_instance_id: text("flowInstanceId")?.unwrap_or_default(),
        dtmf: needed("dtmf")?,
        queue_occupancy: occupancy,
        routing_decision: needed("routing_decision")?,
        state: text("state")?.unwrap_or_default(),
    }))
}

/// Column numbers of the entries of a decision. Other columns are ignored.
struct Columns([Option<usize>; HEADER.len()]);

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, String> {
        let names: Vec<&str> = header
            .iter()
            .map(|name| std::str::from_utf8(name).unwrap_or_default())
            .collect();
        let is_named = |name: &str, wanted: &str| {
            name.trim_start_matches('\u{feff}').trim() == wanted
        };
        let places =
            HEADER.map(|wanted| names.iter().position(|name| is_named(name, wanted)));
        for (name, place) in HEADER.iter().zip(&places) {
            if place.is_none() && matches!(*name, "dtmf" | "routing_decision") {
                let shown: String = names.join(",").chars().take(60).collect();
                let separator = match names.as_slice() {
                    [only] if only.contains([';', '\t']) => {
                        "; separate columns by commas"
                    }
                    _ => "",
                };
                return Err(format!(
                    "the header `{shown}` has no column `{name}`{separator}"
                ));
            }
        }
        Ok(Self(places))
    }

    fn decision(&self, row: &ByteRecord) -> Result<Decision, String> {
        let field = |place: &Option<usize>| match place {
            None => Ok(""),
            Some(place) => {
                let bytes =
                    row.get(*place).ok_or("the row has fewer fields than the header")?;
                std::str::from_utf8(bytes).map_err(|_| "the row is not valid UTF-8")
            }
        };
        let [timestamp, instance, dtmf, occupancy, decision, state] = &self.0;
        let occupancy = match field(occupancy)?.trim() {
            "" => None,
            text => {
                let number = text.parse().ok().filter(|number: &f64| number.is_finite());
                Some(number.ok_or("`queue_occupancy` is not a number")?)
            }
        };
        Ok(Decision {
            timestamp: field(timestamp)?.into(),
            flow_instance_id: field(instance)?.into(),
            dtmf: field(dtmf)?.into(),
            queue_occupancy: occupancy,
            routing_decision: field(decision)?.into(),
            state: field(state)?.into(),
        })
    }
}

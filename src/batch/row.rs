//! A row of a batch, and the output for a row with mistakes.

use std::sync::Arc;

use super::finite;
use super::rows::MAX_ROW_BYTES;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::source::{File, Files, Kind, Node, Span, read_json};
use crate::value::write_json_string;

/// A row of input.
#[derive(Debug, Clone, Copy)]
pub struct Row<'b> {
    /// Bytes without the line break; empty if the row is too long.
    pub bytes: &'b [u8],
    /// Whether the row is longer than a row may be.
    pub is_too_long: bool,
}

impl<'b> Row<'b> {
    /// Creates a row.
    pub fn of(bytes: &'b [u8]) -> Self {
        let is_too_long = bytes.len() > MAX_ROW_BYTES;
        Self { bytes: if is_too_long { &[] } else { bytes }, is_too_long }
    }
}

/// A thread's handler of rows.
pub trait RowWorker: Send + 'static {
    /// Appends the output for a row, with its line break. The output depends on nothing
    /// but the row.
    fn row(&mut self, row: Row<'_>, out: &mut String);
}

/// The reason why a row cannot be handled.
#[derive(Debug)]
pub(super) struct RowError {
    /// The id of the row as JSON.
    id: String,
    mistakes: Vec<Mistake>,
}

#[derive(Debug)]
struct Mistake {
    code: Code,
    message: String,
    help: Option<String>,
    column: u32,
}

impl RowError {
    /// Creates the error of a row. Of the diagnostics, only errors are reported.
    pub(super) fn new(id: String, diagnostics: Vec<Diagnostic>, file: &File) -> Self {
        let errors = diagnostics.into_iter().filter(|it| it.severity == Severity::Error);
        let mistakes = errors.map(|it| {
            let own = it.labels.iter().find(|label| label.span.file == file.id());
            let column = own.map_or(1, |it| file.position(it.span.start).column);
            Mistake { code: it.code, message: it.message, help: it.help, column }
        });
        Self { id, mistakes: mistakes.collect() }
    }

    fn single(code: Code, message: String, column: usize) -> Self {
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        let mistake = Mistake { code, message, help: None, column };
        Self { id: NO_ID.to_owned(), mistakes: vec![mistake] }
    }

    /// Appends the row `{"id", "error"}`.
    pub(super) fn write(&self, out: &mut String) {
        out.push_str("{\"id\":");
        out.push_str(&self.id);
        out.push_str(",\"error\":");
        let Some((first, others)) = self.mistakes.split_first() else {
            return out.push_str("null}\n");
        };
        first.write(out);
        if !others.is_empty() {
            // The object of the first mistake continues.
            out.pop();
            out.push_str(",\"more\":[");
            for (index, mistake) in others.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                mistake.write(out);
            }
            out.push_str("]}");
        }
        out.push_str("}\n");
    }
}

impl Mistake {
    fn write(&self, out: &mut String) {
        out.push_str("{\"code\":\"");
        out.push_str(self.code.name());
        out.push_str("\",\"message\":");
        write_json_string(&self.message, out);
        out.push_str(",\"help\":");
        match &self.help {
            Some(help) => write_json_string(help, out),
            None => out.push_str("null"),
        }
        out.push_str(",\"column\":");
        out.push_str(itoa::Buffer::new().format(self.column));
        out.push('}');
    }
}

/// The id of a row without one, as JSON.
pub(super) const NO_ID: &str = "null";

/// A row as a document in memory.
pub(super) fn document(row: Row<'_>) -> Result<Arc<File>, RowError> {
    if row.is_too_long {
        let message = format!("the row is longer than {MAX_ROW_BYTES} bytes");
        return Err(RowError::single(Code::FILE_TOO_LARGE, message, 1));
    }
    let text = std::str::from_utf8(row.bytes).map_err(|error| {
        let message = "the row is not UTF-8 text".to_owned();
        let valid = row.bytes.get(..error.valid_up_to()).unwrap_or_default();
        let column = String::from_utf8_lossy(valid).chars().count() + 1;
        RowError::single(Code::FILE_NOT_TEXT, message, column)
    })?;
    Ok(Files::new().add("row", text))
}

/// Parses a row.
pub(super) fn parse(file: &File) -> Result<Node<'_>, RowError> {
    read_json(file).map_err(|problem| {
        let of_problem = || RowError::new(NO_ID.to_owned(), vec![problem.into()], file);
        finite::error(file).unwrap_or_else(of_problem)
    })
}

/// Returns the id of a row as JSON: a string or a number.
pub(super) fn id(row: &Node<'_>) -> Result<String, Box<Diagnostic>> {
    let Some(node) = row.get("id") else { return Ok(NO_ID.to_owned()) };
    match &node.kind {
        Kind::String(text) => Ok(quoted(text)),
        Kind::Number(text) => Ok(text.to_string()),
        Kind::Null => Ok(NO_ID.to_owned()),
        _ => {
            let message =
                format!("`id` is {}, expected a string or a number", node.describe());
            Err(Box::new(invalid(message, node.span)))
        }
    }
}

/// Returns the properties without repetitions. An object has each key once.
pub(super) fn distinct<T: PartialEq>(fields: Vec<T>) -> Vec<T> {
    let mut distinct = Vec::with_capacity(fields.len());
    for field in fields {
        if !distinct.contains(&field) {
            distinct.push(field);
        }
    }
    distinct
}

/// Returns a string as JSON.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_json_string(text, &mut out);
    out
}

fn invalid(message: String, span: Span) -> Diagnostic {
    Diagnostic::new(Code::INVALID_REQUEST, message).at(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(bytes: &[u8], is_too_long: bool) -> String {
        let mut out = String::new();
        let error = match document(Row { bytes, is_too_long }) {
            Ok(file) => parse(&file).map(|_| ()).expect_err("it is wrong"),
            Err(error) => error,
        };
        error.write(&mut out);
        out
    }

    #[test]
    fn mistakes_have_a_code_and_a_column() {
        insta::assert_snapshot!(error(b"{\"id\": \"a\", ]", false));
        insta::assert_snapshot!(error("{\"é\": \"\u{1}".as_bytes(), false));
        insta::assert_snapshot!(error(b"{\"\xc3\xa9\": \"\xff\"}", false));
        insta::assert_snapshot!(error(b"", true));
    }

    #[test]
    fn the_first_mistake_is_the_error_and_the_others_follow() {
        let file = Files::new().add("row", "{\"a\": 1, \"b\": 2}");
        let at =
            |start| invalid(format!("at {start}"), Span::new(file.id(), start, start));
        let row = RowError::new("7".into(), vec![at(1), at(9).help("remove it")], &file);
        let mut out = String::new();
        row.write(&mut out);
        let expected = concat!(
            r#"{"id":7,"error":{"code":"INVALID_REQUEST","message":"at 1","help":null,"#,
            r#""column":2,"more":[{"code":"INVALID_REQUEST","message":"at 9","#,
            r#""help":"remove it","column":10}]}}"#,
            "\n"
        );
        assert_eq!(out, expected);
    }

    #[test]
    fn ids_are_strings_or_numbers() {
        let id = |text: &str| {
            let file = Files::new().add("row", text);
            id(&read_json(&file).unwrap()).map_err(|it| it.message)
        };
        assert_eq!(id(r#"{"id": "a\"b"}"#), Ok(r#""a\"b""#.into()));
        assert_eq!(
            id(r#"{"id": 12345678901234567890.50}"#),
            Ok("12345678901234567890.50".into())
        );
        assert_eq!(id(r#"{"id": null}"#), Ok("null".into()));
        assert_eq!(id("{}"), Ok("null".into()));
        assert!(id(r#"{"id": [1]}"#).unwrap_err().contains("a string or a number"));
    }
}

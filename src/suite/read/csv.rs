//! Tables in CSV files: `each: calls.csv`.

use std::path::Path;

use csv::ReaderBuilder;

use super::table::MAX_ROWS;
use crate::diagnostic::{Decoder, Diagnostic, nearest};
use crate::source::{Entry, Files, Kind, Node, Span};

/// A column: its name and the type of its values.
struct Column {
    name: String,
    kind: ColumnKind,
}

#[derive(Clone, Copy)]
enum ColumnKind {
    String,
    Number,
    Boolean,
}

/// Names of the types in a header, as in `actions:number`.
const KINDS: [(&str, ColumnKind); 3] = [
    ("string", ColumnKind::String),
    ("number", ColumnKind::Number),
    ("boolean", ColumnKind::Boolean),
];

/// Reads the rows of a file. They have the position of `each`, because the scenario file
/// does not contain them.
pub(super) fn read(
    path: &Path,
    place: Span,
    decoder: &mut Decoder,
) -> Vec<Node<'static>> {
    let file = match Files::new().load(path) {
        Ok(file) => file,
        Err(problem) => {
            let message = Diagnostic::from(problem).message;
            decoder.error(place, message);
            return Vec::new();
        }
    };
    rows(file.text(), place).unwrap_or_else(|(message, help)| {
        let message = format!("{}: {message}", path.display());
        decoder.error(place, message).help = help;
        Vec::new()
    })
}

/// A message and advice.
type Mistake = (String, Option<String>);

fn rows(text: &str, place: Span) -> Result<Vec<Node<'static>>, Mistake> {
    let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
    let plain = |error: csv::Error| (plain(&error), None);
    let columns = columns(reader.headers().map_err(plain)?)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(plain)?;
        if rows.len() == MAX_ROWS {
            return Err((format!("more than {MAX_ROWS} rows"), None));
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cells = columns.iter().zip(record.iter());
        let entries = cells.map(|(column, cell)| {
            let kind = column.value(cell).ok_or_else(|| column.unfit(cell, line))?;
            let value = Node { span: place, kind };
            Ok(Entry { key: column.name.clone().into(), key_span: place, value })
        });
        let entries = entries.collect::<Result<Vec<_>, Mistake>>()?;
        rows.push(Node { span: place, kind: Kind::Object(entries) });
    }
    Ok(rows)
}

fn columns(header: &csv::StringRecord) -> Result<Vec<Column>, Mistake> {
    let mut columns: Vec<Column> = Vec::with_capacity(header.len());
    for cell in header {
        let (name, kind) = match cell.split_once(':') {
            Some((name, kind)) => (name.trim(), kind.trim()),
            None => (cell.trim(), "string"),
        };
        if name.is_empty() {
            return Err(("the header has a column without a name".into(), None));
        }
        if columns.iter().any(|it| it.name == name) {
            return Err((format!("the header has two columns `{name}`"), None));
        }
        let Some((_, kind)) = KINDS.into_iter().find(|(known, _)| *known == kind) else {
            let known = KINDS.map(|(name, _)| name);
            let help = nearest(kind, known).map_or_else(
                || format!("the types are {}", known.join(", ")),
                |near| format!("did you mean `{name}:{near}`?"),
            );
            return Err((
                format!("unknown type `{kind}` of the column `{name}`"),
                Some(help),
            ));
        };
        columns.push(Column { name: name.to_owned(), kind });
    }
    Ok(columns)
}

impl Column {
    /// Returns the value of a cell; an empty cell is null. `None` if it does not fit.
    fn value(&self, cell: &str) -> Option<Kind<'static>> {
        if cell.is_empty() {
            return Some(Kind::Null);
        }
        match self.kind {
            ColumnKind::String => Some(Kind::String(cell.to_owned().into())),
            ColumnKind::Number => {
                let number: serde_json::Number = cell.trim().parse().ok()?;
                Some(Kind::Number(number.to_string().into()))
            }
            ColumnKind::Boolean => cell.trim().parse().ok().map(Kind::Boolean),
        }
    }

    fn unfit(&self, cell: &str, line: u64) -> Mistake {
        let expected = match self.kind {
            ColumnKind::String => "a string",
            ColumnKind::Number => "a number",
            ColumnKind::Boolean => "true or false",
        };
        let message = format!(
            "line {line}: the column `{}` has `{cell}`, expected {expected}",
            self.name
        );
        (message, None)
    }
}

/// Describes an error of the CSV reader.
fn plain(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line} has {len} cells, the header {expected_len}")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn of(text: &str) -> Result<Vec<String>, Mistake> {
        let rows = rows(text, Span::new(FileId(0), 0, 0))?;
        Ok(rows.iter().map(|row| crate::flow::read::json(row).to_string()).collect())
    }

    #[test]
    fn cells_are_strings_unless_the_header_has_a_type() {
        let text = "key,queue, actions : number,vip:boolean\r\n\
                    007,,9,true\r\n\"a, b\",support,-1.5,\r\n";
        let expected = [
            r#"{"key":"007","queue":null,"actions":9,"vip":true}"#,
            r#"{"key":"a, b","queue":"support","actions":-1.5,"vip":null}"#,
        ];
        assert_eq!(of(text).unwrap(), expected);
    }

    #[test]
    fn mistakes_name_the_line_or_the_column() {
        for (text, message) in [
            ("a,b\n1\n", "line 2 has 1 cells, the header 2"),
            ("a,a\n", "the header has two columns `a`"),
            ("a,\n", "the header has a column without a name"),
            ("a:nubmer\n", "unknown type `nubmer` of the column `a`"),
            (
                "x,a:number\n1,2\n1,two\n",
                "line 3: the column `a` has `two`, expected a number",
            ),
            (
                "a:boolean\nyes\n",
                "line 2: the column `a` has `yes`, expected true or false",
            ),
        ] {
            assert_eq!(of(text).unwrap_err().0, message, "{text}");
        }
        let help = of("a:nubmer\n").unwrap_err().1;
        assert_eq!(help.as_deref(), Some("did you mean `a:number`?"));
    }
}

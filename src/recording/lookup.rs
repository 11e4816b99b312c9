//! Lookups of Architect flows that are not questions: rows of data tables, and schedules.
//! Missing data is recognised by the notes in the trace.

use super::derive::Derived;
use super::missing::Missing;
use crate::diagnostic::Code;
use crate::engine::Session;
use crate::trace::{EventKind, Field};
use crate::value::{Json, JsonObject, Text, Value};
use crate::world::{DataTableRow, Fixtures};

/// A row that only the user's own fixtures have.
pub(super) struct FallbackRow {
    table: Text,
    key: Text,
    cells: JsonObject,
}

/// The events of a call that were checked before.
#[derive(Default)]
pub(super) struct Checked {
    events: usize,
    /// Table of a lookup whose key is in a later event.
    table: Option<Text>,
}

/// Returns the first lookup that the recording cannot answer: a row of the fallback, or
/// the missing data. Checks the events since the previous call.
pub(super) fn unknown(
    session: &Session,
    derived: &Derived,
    fallback: &Fixtures,
    checked: &mut Checked,
) -> Option<Result<FallbackRow, Missing>> {
    let symbols = &session.program().symbols;
    let events = session.events().get(checked.events..).unwrap_or_default();
    checked.events = session.events().len();
    for event in events {
        let step = session.steps().get(event.step as usize)?;
        let missing = |what, name: &Text, with| {
            Missing::of(symbols, step.node, what, name.clone(), with)
        };
        match &event.kind {
            EventKind::Input(Field::DataTableName, Value::String(name)) => {
                checked.table = Some(name.clone());
            }
            EventKind::Input(Field::LookupValue, Value::String(key)) => {
                let Some(table) = checked.table.take() else { continue };
                match row(session, derived, fallback, [&table, key]) {
                    Row::Known => {}
                    Row::Fallback(row) => return Some(Ok(row)),
                    Row::Missing => {
                        let with = [("key".into(), Json::String(key.clone()))];
                        let with = Json::object(with);
                        return Some(Err(missing("row of the data table", &table, with)));
                    }
                }
            }
            EventKind::Noted(Code::SCHEDULE_NOT_CHECKED)
                if !derived.ignores_schedules =>
            {
                let what = "state of a schedule";
                return Some(Err(missing(what, &Text::new(), Json::Null)));
            }
            _ => {}
        }
    }
    None
}

/// Source of a row.
enum Row {
    /// The recording has the row, or the row is not needed.
    Known,
    Fallback(FallbackRow),
    Missing,
}

fn row(
    session: &Session,
    derived: &Derived,
    fallback: &Fixtures,
    [table, key]: [&Text; 2],
) -> Row {
    let is_looked_up = derived
        .lookups
        .iter()
        .any(|(known, row)| known.eq_ignore_ascii_case(table) && row == key);
    if is_looked_up || has_row(&derived.fixtures, table, key) {
        return Row::Known;
    }
    match fallback.data_table_row(table, key) {
        Some(DataTableRow::Found(cells)) => {
            unless_there(session, table, key, &cells).map_or(Row::Known, Row::Fallback)
        }
        Some(DataTableRow::NotFound) => Row::Known,
        None => Row::Missing,
    }
}

/// Returns the row, unless this call has already found one.
fn unless_there(
    session: &Session,
    table: &Text,
    key: &Text,
    cells: &[(Text, Value)],
) -> Option<FallbackRow> {
    let mut is_this = false;
    for event in session.events() {
        match &event.kind {
            EventKind::Input(Field::LookupValue, Value::String(value)) => {
                is_this = value == key;
            }
            EventKind::Entry(entry) if is_this && entry.of == Field::FoundOutputs => {
                return None;
            }
            _ => {}
        }
    }
    let cells = cells.iter().skip(1);
    let cells = cells
        .filter(|(_, value)| !value.is_unset())
        .map(|(name, value)| (name.clone(), value.to_json()));
    Some(FallbackRow { table: table.clone(), key: key.clone(), cells: cells.collect() })
}

/// Returns whether a fixtures document has a row.
fn has_row(world: &Json, table: &Text, key: &Text) -> bool {
    let Some(Json::Array(tables)) = world.get("dataTables") else { return false };
    tables.iter().filter(|it| is_called(it, table)).any(|table| match table.get("rows") {
        Some(Json::Array(rows)) => {
            rows.iter().any(|row| row.get("key") == Some(&Json::String(key.clone())))
        }
        _ => false,
    })
}

/// Returns a fixtures document with an additional row.
pub(super) fn with_row(world: &Json, row: &FallbackRow) -> Json {
    let mut document = match world {
        Json::Object(document) => document.as_ref().clone(),
        _ => JsonObject::default(),
    };
    let mut tables = match document.get("dataTables") {
        Some(Json::Array(tables)) => tables.as_ref().clone(),
        _ => Vec::new(),
    };
    let mut cells = JsonObject::default();
    cells.insert("key".into(), Json::String(row.key.clone()));
    cells.extend(row.cells.clone());
    let cells = Json::object(cells);
    match tables.iter_mut().find(|it| is_called(it, &row.table)) {
        Some(Json::Object(table)) => {
            let mut wider = table.as_ref().clone();
            let mut rows = match wider.get("rows") {
                Some(Json::Array(rows)) => rows.as_ref().clone(),
                _ => Vec::new(),
            };
            rows.push(cells);
            wider.insert("rows".into(), Json::array(rows));
            *table = wider.into();
        }
        _ => tables.push(Json::object([
            ("name".into(), Json::String(row.table.clone())),
            ("rows".into(), Json::array([cells])),
        ])),
    }
    document.insert("dataTables".into(), Json::array(tables));
    Json::object(document)
}

fn is_called(table: &Json, name: &str) -> bool {
    ["name", "id"].iter().any(|key| match table.get(key) {
        Some(Json::String(known)) => known.eq_ignore_ascii_case(name),
        _ => false,
    })
}

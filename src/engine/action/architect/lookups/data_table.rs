//! The `dataTableLookup` action: rows of data tables.

use std::sync::Arc;

use super::super::outcome::{Outcome, by_output};
use super::super::values::{expected, note_named, peek_input};
use super::outputs::named_outputs;
use crate::diagnostic::Code;
use crate::engine::state::State;
use crate::flow::VariableId;
use crate::program::architect::{Binding, DataTableLookup};
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, Field};
use crate::value::{EMPTY_STRING, Type, Value};
use crate::world::DataTableCells;

/// Output indexes, in the order of the labels.
const FOUND: u16 = 0;
const NOT_FOUND: u16 = 1;
const FAILURE: u16 = 2;

/// Architect's names of these failures. *Source: Genesys' help on Data Table Lookup.*
const NO_TABLE: &str = "DataTablesTableNotFoundException";
const UNFIT: &str = "DataTablesSyntaxError";

pub(super) fn look_up(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &DataTableLookup,
) -> Outcome {
    let name = &lookup.table;
    let organisation = Arc::clone(&state.conversation.organisation.0);
    let table = organisation.data_table(name);
    if let Some(table) = table {
        let empty = EventKind::Input(Field::DataTableId, EMPTY_STRING);
        state.recorder.note_text(state.step, table.id().clone(), empty);
    }
    let empty = EventKind::Input(Field::DataTableName, EMPTY_STRING);
    state.recorder.note_text(state.step, name.clone(), empty);
    let mut place = Value::NOT_SET;
    let field = Field::LookupValue;
    let key = match peek_input(state, program, &lookup.key, field, &mut place)? {
        Value::String(key) => key,
        unset if unset.is_unset() => {
            return Err(state.not_set(program, "the key of the row", Some(&lookup.key)));
        }
        other => return Err(expected("a String", other)),
    };
    let Some(table) = table else {
        let message = format!("the fixtures have no data table `{name}`");
        if state.is_strict {
            return Err(Failure::new(Code::DATA_TABLE_NOT_FOUND, message));
        }
        state.note(|| EventKind::Noted(Code::DATA_TABLE_NOT_FOUND));
        return fail(state, program, step, lookup, NO_TABLE, &message);
    };
    let Some(cells) = table.cells(key) else { return Ok(by_output(step, NOT_FOUND)) };
    for (name, value) in cells.iter() {
        note_named(state, Field::FoundOutputs, name.clone(), value);
    }
    let mut results = std::mem::take(&mut state.passed);
    if let Err(message) = read(state, program, &lookup.found, cells, &mut results) {
        return fail(state, program, step, lookup, UNFIT, &message);
    }
    for (variable, value) in results.drain(..) {
        state.assign(program, variable, &value)?;
    }
    state.passed = results;
    Ok(by_output(step, FOUND))
}

/// Reads the columns that have variables. A column that the table lacks is NOT_SET.
fn read(
    state: &State,
    program: &Program,
    bindings: &[Binding],
    cells: DataTableCells<'_>,
    results: &mut Vec<(VariableId, Value)>,
) -> Result<(), String> {
    for Binding { name, variable } in bindings {
        let Some(variable) = *variable else { continue };
        let holds = state.type_of(program, variable);
        let value = match cells.get(name) {
            Some(value) if fits(&value, holds) => value.into_owned(),
            Some(value) => Value::decode(&value.to_json(), holds)
                .map_err(|problem| format!("column `{name}`: {problem}"))?,
            None => Value::unset(holds),
        };
        results.push((variable, value));
    }
    Ok(())
}

fn fits(value: &Value, holds: Type) -> bool {
    value.type_of() == holds && !value.is_unset()
}

fn fail(
    state: &mut State,
    program: &Program,
    step: &Step,
    lookup: &DataTableLookup,
    error: &str,
    message: &str,
) -> Outcome {
    let results = lookup.failure.iter().filter_map(|binding| {
        let text = match binding.name.as_str() {
            "errorType" => error,
            "errorMessage" => message,
            _ => return None,
        };
        Some((binding, Value::from(text)))
    });
    let results = results.collect();
    named_outputs(state, program, Field::FailureOutputs, results)?;
    Ok(by_output(step, FAILURE))
}

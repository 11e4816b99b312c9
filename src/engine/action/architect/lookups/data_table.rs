//! The `dataTableLookup` action: rows of data tables.

use super::super::outcome::{Outcome, by_output};
use super::super::values::{expected, input, note_named};
use super::outputs::named_outputs;
use crate::diagnostic::Code;
use crate::engine::state::State;
use crate::program::architect::{Binding, DataTableLookup};
use crate::program::{Program, Step};
use crate::trace::{EventKind, Failure, Field};
use crate::value::{Text, Type, Value};
use crate::world::DataTableRow;

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
    let table = &lookup.table;
    if let Some(id) = state.conversation.organisation.0.data_table_id(table).cloned() {
        state.note(|| EventKind::Input(Field::DataTableId, Value::String(id)));
    }
    state.note(|| EventKind::Input(Field::DataTableName, Value::String(table.clone())));
    let key = match input(state, program, &lookup.key, Field::LookupValue)? {
        Value::String(key) => key,
        unset if unset.is_unset() => {
            return Err(state.not_set(program, "the key of the row", Some(&lookup.key)));
        }
        other => return Err(expected("a String", &other)),
    };
    let columns = match state.conversation.organisation.0.data_table_row(table, &key) {
        Some(DataTableRow::Found(columns)) => columns,
        Some(DataTableRow::NotFound) => return Ok(by_output(step, NOT_FOUND)),
        None => {
            let message = format!("the fixtures have no data table `{table}`");
            if state.is_strict {
                return Err(Failure::new(Code::DATA_TABLE_NOT_FOUND, message));
            }
            state.note(|| EventKind::Noted(Code::DATA_TABLE_NOT_FOUND));
            return fail(state, program, step, lookup, NO_TABLE, &message);
        }
    };
    // The first column is the key. It does not belong to the result.
    for (name, value) in columns.iter().skip(1) {
        note_named(state, Field::FoundOutputs, name.clone(), value);
    }
    let results = match read(state, program, &lookup.found, &columns) {
        Ok(results) => results,
        Err(message) => return fail(state, program, step, lookup, UNFIT, &message),
    };
    for (variable, value) in results {
        state.assign(program, variable, value)?;
    }
    Ok(by_output(step, FOUND))
}

type Results = Vec<(crate::flow::VariableId, Value)>;

/// Reads the columns that have variables. A column that the table lacks is NOT_SET.
fn read(
    state: &State,
    program: &Program,
    bindings: &[Binding],
    columns: &[(Text, Value)],
) -> Result<Results, String> {
    let mut results = Vec::with_capacity(bindings.len());
    for Binding { name, variable } in bindings {
        let Some(variable) = *variable else { continue };
        let holds = state.type_of(program, variable);
        let exact = columns.iter().find(|(column, _)| column == name);
        let found = exact.or_else(|| {
            columns.iter().find(|(column, _)| column.eq_ignore_ascii_case(name))
        });
        let value = match found {
            Some((_, value)) if fits(value, holds) => value.clone(),
            Some((_, value)) => Value::decode(&value.to_json(), holds)
                .map_err(|problem| format!("column `{name}`: {problem}"))?,
            None => Value::unset(holds),
        };
        results.push((variable, value));
    }
    Ok(results)
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

//! Data tables and their rows, from the fixtures.

use serde_json::{Map, Value, json};

use super::directory;
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::value::{Kind, Text, Value as FlowValue};
use crate::world::{DataTableRow, Fixtures};

/// Lists data tables, optionally by `name`.
pub(in crate::server) fn list(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let fixtures = state.fixtures();
    let wanted = asked.query("name");
    let is_wanted = |(_, name): &(&Text, &str)| {
        wanted.is_none_or(|pattern| directory::matches(pattern, name))
    };
    let ids = fixtures.data_tables().filter(is_wanted).map(|(id, _)| id);
    let mut tables: Vec<Value> = ids.map(|id| with_expand(state, asked, id)).collect();
    directory::order(asked, &mut tables)?;
    listing(asked, Page::of(asked)?, &tables, Value::clone)
}

/// Returns a data table.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let fixtures = state.fixtures();
    let table = table(&fixtures, asked)?;
    Ok(Reply::ok(with_expand(state, asked, &table)))
}

/// Returns a table with its schema if `expand` is `schema`. *Source: `getFlowsDatatables` of
/// the platform's SDKs.*
fn with_expand(state: &mut State, asked: &ApiRequest, id: &str) -> Value {
    let mut table = table_json(state, id);
    if !asked.query_all("expand").contains(&"schema")
        && let Value::Object(table) = &mut table
    {
        table.remove("schema");
    }
    table
}

/// Returns the id of the table in the path.
///
/// # Errors
/// 404 if there is no such table.
pub(super) fn table(fixtures: &Fixtures, asked: &ApiRequest) -> Result<Text, ApiError> {
    let wanted = asked.parameter("datatableId");
    let id = fixtures.data_table_id(wanted).cloned();
    id.ok_or_else(|| ApiError::not_found("the data table", wanted))
}

/// Returns the table with an id in the form of the platform.
pub(super) fn table_json(state: &mut State, id: &str) -> Value {
    let fixtures = state.fixtures();
    let name = fixtures.data_tables().find(|(known, _)| *known == id);
    let name = name.map(|(_, name)| name).unwrap_or_default();
    let columns = fixtures.data_table_columns(id).unwrap_or_default();
    let key = columns.first().copied().unwrap_or("key");
    let mut properties = Map::new();
    let schema =
        json!({ "title": key, "type": "string", "minLength": 1, "displayOrder": 0 });
    properties.insert("key".into(), schema);
    for column in fixtures.data_table_column_types(id).into_iter().flatten() {
        let order = properties.len();
        let kind = match column.kind {
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Decimal => "number",
            _ => "string",
        };
        let title = column.title.unwrap_or(column.name);
        let mut schema = json!({ "title": title, "type": kind, "displayOrder": order });
        if let Some(default) = column.default {
            schema["default"] = Value::from(&default.to_json());
        }
        properties.insert(column.name.into(), schema);
    }
    let description = written(state, id, name, "description").filter(|it| *it != "");
    let division = written(state, id, name, "division").filter(|it| it.is_object());
    json!({
        "id": id,
        "name": name,
        "description": description,
        "division": division.cloned().unwrap_or_else(directory::home_division),
        "schema": {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "type": "object",
            "required": ["key"],
            "properties": properties,
            "additionalProperties": false,
        },
        "selfUri": format!("/api/v2/flows/datatables/{id}"),
    })
}

/// Returns what the latest document says about a table under a key.
fn written<'s>(state: &'s State, id: &str, name: &str, key: &str) -> Option<&'s Value> {
    let of_document = |document: &'s Value| match &document["dataTables"] {
        Value::Array(items) => items.iter().rev().find(|item| {
            !item[key].is_null()
                && (item["id"] == id || (item["id"].is_null() && item["name"] == name))
        }),
        Value::Object(items) => items.get(name).or_else(|| items.get(id)),
        _ => None,
    };
    let mut found = state.documents.iter().rev().filter_map(of_document);
    found.find_map(|entry| Some(&entry[key]).filter(|it| !it.is_null()))
}

/// Returns `true` if only keys are requested, which is the platform's default.
fn is_brief(asked: &ApiRequest) -> bool {
    !asked.query("showbrief").is_some_and(|it| it.eq_ignore_ascii_case("false"))
}

/// Lists the rows of a data table, by key in the order `sortOrder`: their keys, or with
/// `showbrief=false` all columns. *Source: the SDKs' `get_flows_datatable_rows`.*
pub(in crate::server) fn rows(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let fixtures = state.fixtures();
    let table = table(&fixtures, asked)?;
    let mut keys = fixtures.data_table_keys(&table).unwrap_or_default();
    keys.sort();
    if directory::is_descending(asked)? {
        keys.reverse();
    }
    listing(asked, Page::of(asked)?, &keys, |key| {
        row_json(&fixtures, &table, key, is_brief(asked)).unwrap_or_default()
    })
}

/// Returns a row of a data table: its key, or with `showbrief=false` all columns.
pub(in crate::server) fn row(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let fixtures = state.fixtures();
    let table = table(&fixtures, asked)?;
    let key = asked.parameter("rowId");
    let row = row_json(&fixtures, &table, key, is_brief(asked));
    row.map(Reply::ok).ok_or_else(|| ApiError::not_found("the row", key))
}

pub(super) fn row_json(
    fixtures: &Fixtures,
    table: &str,
    key: &str,
    is_brief: bool,
) -> Option<Value> {
    let DataTableRow::Found(columns) = fixtures.data_table_row(table, key)? else {
        return None;
    };
    let mut row = Map::new();
    row.insert("key".into(), key.into());
    if !is_brief {
        // An empty cell has no value of the type that the schema gives.
        let filled = |(_, value): &(Text, FlowValue)| !value.is_unset();
        for (name, value) in columns.into_iter().skip(1).filter(filled) {
            row.insert(name.to_string(), Value::from(&value.to_json()));
        }
    }
    Some(Value::Object(row))
}

//! Changes of data tables and of their rows.

use serde_json::{Map, Value, json};

use super::directory::{Section, encoded, merge, merged, remove_object};
use super::tables::{row_json, table, table_json};
use crate::diagnostic::{Code, nearest};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object, describe};
use crate::server::state::State;
use crate::value::Text;
use crate::world::{DataTableRow, Fixtures};

const TABLES: Section =
    Section::merged("dataTables", "DataTable", "/api/v2/flows/datatables");
const TABLE: &str = "the data table";
const ROW: &str = "the row";

/// The types of columns. *Source: the schemas of the platform's data tables.*
const TYPES: [&str; 4] = ["boolean", "integer", "number", "string"];

/// Creates a data table from its `name` and `schema`.
pub(in crate::server) fn create(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    let name = name_of(state, &body, None)?;
    let id = state.fresh_id(TABLES.key).to_string();
    let mut documents = namesakes(state, &name, &id);
    documents.push(definition(&body, &id, &name, "[]")?);
    merge(state, documents, TABLE)?;
    Ok(Reply::ok(table_json(state, &id)).with_reason("created"))
}

/// Replaces the name of a data table and, with a `schema`, its columns. Its rows stay.
/// *Source: Genesys' help on data tables: columns cannot be removed.*
pub(in crate::server) fn replace(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = table(&state.fixtures(), asked)?.to_string();
    let body = asked.object()?;
    let name = name_of(state, &body, Some(&id))?;
    let mut documents = namesakes(state, &name, &id);
    if body.get("schema").is_some() {
        let fixtures = state.fixtures();
        refuse_removal(&fixtures, &id, &columns(&body)?)?;
        let rows = Value::from(rows(&fixtures, &id)).to_string();
        documents.push(json!({ TABLES.key: { &id: null } }).to_string());
        documents.push(definition(&body, &id, &name, &rows)?);
    } else {
        let description = body.text("description")?.unwrap_or_default();
        let entry = json!({ "id": id, "name": name, "description": description });
        documents.push(json!({ TABLES.key: [entry] }).to_string());
    }
    merge(state, documents, TABLE)?;
    Ok(Reply::ok(table_json(state, &id)).with_reason("replaced"))
}

/// Checks that columns include those of a table.
///
/// # Errors
/// 400 if one is missing.
fn refuse_removal(
    fixtures: &Fixtures,
    table: &str,
    columns: &[(String, Value)],
) -> Result<(), ApiError> {
    let known = fixtures.data_table_columns(table).unwrap_or_default();
    let is_missing = |it: &&&str| !columns.iter().any(|(name, _)| name == **it);
    match known.iter().skip(1).find(is_missing) {
        None => Ok(()),
        Some(column) => Err(ApiError::bad(format!(
            "the schema has no column `{column}`; columns of a table cannot be removed"
        ))),
    }
}

/// Deletes a data table with its rows.
pub(in crate::server) fn delete(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = table(&state.fixtures(), asked)?.to_string();
    // It deletes tables in use too, and has no effect without checks of their use.
    let _ = asked.query("force");
    remove_object(state, &TABLES, &id, TABLE)
}

/// Adds a row; its `key` must be new.
pub(in crate::server) fn create_row(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = table(&state.fixtures(), asked)?.to_string();
    let body = asked.object()?;
    let key = body.required("key")?;
    if has_row(&state.fixtures(), &id, key) {
        return Err(ApiError::conflict(format!("the row `{key}` already exists")));
    }
    write_row(state, &id, key, body.0.clone())?;
    answer(state, &id, key)
}

/// Replaces a row. Cells that the body does not give get the default of their column.
pub(in crate::server) fn replace_row(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let (id, key) = known_row(state, asked)?;
    let body = asked.object()?;
    if body.text("key")?.is_some_and(|given| given != key) {
        return Err(ApiError::bad("`key` must be that of the path: a row keeps its key"));
    }
    let fixtures = state.fixtures();
    let mut cells = Map::new();
    for column in fixtures.data_table_columns(&id).unwrap_or_default().iter().skip(1) {
        cells.insert((*column).to_owned(), Value::Null);
    }
    cells.extend(body.0);
    write_row(state, &id, &key, cells)?;
    answer(state, &id, &key)
}

/// Deletes a row.
pub(in crate::server) fn delete_row(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let (id, key) = known_row(state, asked)?;
    let entry = json!({ "id": id, "rows": { key: null } });
    let document = json!({ TABLES.key: [entry] });
    merge(state, vec![document.to_string()], ROW)?;
    Ok(Reply::no_content().with_reason("deleted"))
}

/// Returns the table and the row of the path.
fn known_row(
    state: &mut State,
    asked: &ApiRequest,
) -> Result<(String, String), ApiError> {
    let fixtures = state.fixtures();
    let id = table(&fixtures, asked)?.to_string();
    let key = asked.parameter("rowId");
    if !has_row(&fixtures, &id, key) {
        return Err(ApiError::not_found(ROW, key));
    }
    Ok((id, key.to_owned()))
}

fn has_row(fixtures: &Fixtures, table: &str, key: &str) -> bool {
    matches!(fixtures.data_table_row(table, key), Some(DataTableRow::Found(_)))
}

fn write_row(
    state: &mut State,
    table: &str,
    key: &str,
    mut cells: Map<String, Value>,
) -> Result<(), ApiError> {
    cells.remove("key");
    refuse_columns(&state.fixtures(), table, key, &cells)?;
    let document = row_document(table, key, &cells);
    merge(state, vec![document], ROW).map_err(|refusal| {
        let findings = findings_by_cell(&state.fixtures(), table, key, &cells);
        if findings.is_empty() { refusal } else { refusal.with_details(findings) }
    })
}

/// Checks that a table has the columns of a row. Fixtures can add columns to a table that
/// does not declare them; clients cannot.
///
/// # Errors
/// 400 with all findings if it does not.
fn refuse_columns(
    fixtures: &Fixtures,
    table: &str,
    key: &str,
    cells: &Map<String, Value>,
) -> Result<(), ApiError> {
    let known = fixtures.data_table_columns(table).unwrap_or_default();
    let unknown = cells.keys().filter(|name| !known.contains(&name.as_str()));
    let unknown: Vec<&String> = unknown.collect();
    let Some(first) = unknown.first() else { return Ok(()) };
    let message = |name: &str| format!("the table has no column `{name}`");
    let mut details = findings_by_cell(fixtures, table, key, cells);
    for name in &unknown {
        if !details.iter().any(|it| it["fieldName"] == name.as_str()) {
            details.push(json!({
                "errorCode": Code::INVALID_FIXTURES.name(), "fieldName": name, "entityId": key,
                "message": message(name), "severity": "error",
                "help": nearest(name, known.iter().copied())
                    .map(|near| format!("did you mean `{near}`?")),
            }));
        }
    }
    Err(ApiError::bad(format!("{ROW} is invalid: {}", message(first)))
        .with_details(details))
}

fn row_document(table: &str, key: &str, cells: &Map<String, Value>) -> String {
    let entry = json!({ "id": table, "rows": { key: cells } });
    json!({ TABLES.key: [entry] }).to_string()
}

/// Returns the mistakes in the cells of a row, with the name of the cell. The client does
/// not know the document in which they were found, so its positions are removed.
fn findings_by_cell(
    fixtures: &Fixtures,
    table: &str,
    key: &str,
    cells: &Map<String, Value>,
) -> Vec<Value> {
    let of_cell = |(name, value): (&String, &Value)| {
        let cell = Map::from_iter([(name.clone(), value.clone())]);
        let refused = merged(fixtures, &row_document(table, key, &cell), ROW).err();
        let mut findings = refused.map(|it| it.details).unwrap_or_default();
        for finding in &mut findings {
            finding["fieldName"] = name.as_str().into();
            finding["entityId"] = key.into();
            (finding["line"], finding["column"]) = (Value::Null, Value::Null);
        }
        findings
    };
    cells.iter().flat_map(of_cell).collect()
}

fn answer(state: &mut State, table: &str, key: &str) -> EndpointResult {
    let row = row_json(&state.fixtures(), table, key, false).unwrap_or_default();
    Ok(Reply::ok(row).with_reason(format!("row {} was written", encoded(key))))
}

/// Returns the name of a table. Names that differ in case are different tables.
fn name_of(
    state: &mut State,
    body: &Object,
    id: Option<&str>,
) -> Result<String, ApiError> {
    let name = body.required("name")?.to_owned();
    let fixtures = state.fixtures();
    let mut tables = fixtures.data_tables();
    if tables.any(|(known, it)| it == name && id != Some(known)) {
        return Err(ApiError::conflict(format!("the name `{name}` is already in use")));
    }
    Ok(name)
}

/// Returns documents that give the tables their ids whose names differ only in case.
/// Without them a new table would replace one without an id.
fn namesakes(state: &mut State, name: &str, id: &str) -> Vec<String> {
    let fixtures = state.fixtures();
    let tables = fixtures.data_tables();
    let is_other = |(known, it): &(&Text, &str)| {
        it.to_lowercase() == name.to_lowercase() && *known != id
    };
    let pinned = tables.filter(is_other).map(|(id, name)| {
        json!({ TABLES.key: [{ "id": id.as_str(), "name": name }] }).to_string()
    });
    pinned.collect()
}

/// Returns the fixtures document of a table. Its columns are in order.
fn definition(
    body: &Object,
    id: &str,
    name: &str,
    rows: &str,
) -> Result<String, ApiError> {
    let schema = body.object("schema")?;
    let properties = schema.object("properties")?;
    if properties.get("key").is_none() {
        let message = "the `schema` needs the property `key`, the column of the keys";
        return Err(ApiError::bad(message));
    }
    let key = properties.object("key")?;
    let key = key.text("title")?.unwrap_or("key");
    let columns = columns(body)?.into_iter();
    let columns: Vec<String> =
        columns.map(|(name, spec)| format!("{}:{spec}", Value::from(name))).collect();
    let [id, name, key] = [id, name, key].map(Value::from);
    let description = body.text("description")?.unwrap_or_default();
    let description = Value::from(description);
    Ok(format!(
        "{{\"{}\":[{{\"id\":{id},\"name\":{name},\"description\":{description},\
         \"key\":{key},\"columns\":{{{}}},\"rows\":{rows}}}]}}",
        TABLES.key,
        columns.join(",")
    ))
}

/// Returns the columns of a schema other than the key, in order.
///
/// # Errors
/// 400 if a property is not a column.
fn columns(body: &Object) -> Result<Vec<(String, Value)>, ApiError> {
    let properties = body.object("schema")?.object("properties")?;
    let mut columns = Vec::new();
    for (name, property) in properties.0 {
        let Value::Object(property) = property else {
            let found = describe(&property);
            let message =
                format!("the property `{name}` must be an object, found {found}");
            return Err(ApiError::bad(message));
        };
        let property = Object(property);
        let kind = property.text("type")?.unwrap_or("string").to_owned();
        if !TYPES.contains(&kind.as_str()) {
            let expected = TYPES.join(", ");
            let message = format!(
                "the property `{name}` has the type `{kind}`, expected one of {expected}"
            );
            return Err(ApiError::bad(message));
        }
        if name == "key" {
            continue;
        }
        let order = property.get("displayOrder").and_then(Value::as_u64);
        let mut spec = json!({ "type": kind });
        if let Some(default) = property.get("default") {
            spec["default"] = default.clone();
        }
        if let Some(title) = property.text("title")? {
            spec["title"] = title.into();
        }
        columns.push((order.unwrap_or(u64::MAX), name, spec));
    }
    columns.sort_by_key(|(order, ..)| *order);
    Ok(columns.into_iter().map(|(_, name, spec)| (name, spec)).collect())
}

/// Returns the rows of a table as entries of fixtures.
fn rows(fixtures: &Fixtures, table: &str) -> Vec<Value> {
    let keys = fixtures.data_table_keys(table).unwrap_or_default();
    keys.into_iter().filter_map(|key| row_json(fixtures, table, key, false)).collect()
}

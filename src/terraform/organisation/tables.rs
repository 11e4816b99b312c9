//! Data tables with their rows.

use hcl::{Map, Value};
use serde_json::{Map as JsonMap, Value as Json, json};

use super::{Organisation, Sections, blocks, json_of, missing, put, string};
use crate::terraform::instances::Resource;
use crate::terraform::report::Unknown;

/// The section of a fixtures document.
pub(super) const SECTION: &str = "dataTables";

/// The name of the key column in every table. *Source: the provider.*
const KEY: &str = "key";

pub(super) fn add(organisation: &mut Organisation<'_>, sections: &mut Sections) {
    let mut tables = JsonMap::new();
    for (resource, name) in organisation.all("genesyscloud_architect_datatable") {
        organisation.put_place(&[SECTION, &name], resource);
        let table = table(resource, &name, organisation);
        if !resource.is_data || !table.is_empty() {
            tables.insert(name, Json::Object(table));
        } else {
            tables.entry(name).or_insert(Json::Null);
        }
    }
    add_rows(organisation, &mut tables);
    sections.insert(SECTION.into(), Json::Object(tables));
}

/// Converts a table with its columns.
fn table(
    resource: &Resource,
    name: &str,
    organisation: &mut Organisation<'_>,
) -> JsonMap<String, Json> {
    let (mut table, mut columns, mut order) =
        (JsonMap::new(), JsonMap::new(), Vec::new());
    put(&mut table, "key", json!(key_of(resource)));
    for property in blocks(&resource.values, "properties") {
        let Some(column) = string(property, "name") else {
            if !has_gap(resource, "properties.name") {
                organisation.unknowns.push(missing(resource, "properties.name"));
            }
            continue;
        };
        if column != KEY {
            order.push(column.clone());
            columns.insert(column, column_of(property));
        }
    }
    organisation.columns.insert(name.to_owned(), order);
    put(&mut table, "columns", Json::Object(columns));
    table
}

fn has_gap(resource: &Resource, attribute: &str) -> bool {
    resource.gaps.iter().any(|gap| gap.attribute == attribute)
}

/// Returns the name of the key column: its title.
fn key_of(table: &Resource) -> Option<String> {
    let properties = blocks(&table.values, "properties").into_iter();
    let mut keys = properties.filter(|it| string(it, "name").as_deref() == Some(KEY));
    let key = keys.next()?;
    Some(string(key, "title").unwrap_or_else(|| KEY.into()))
}

fn column_of(property: &Map<String, Value>) -> Json {
    let kind = string(property, "type").unwrap_or_else(|| "string".into());
    let mut spec = JsonMap::new();
    let default = property.get("default").and_then(|it| typed(it, &kind));
    spec.insert("type".into(), json!(kind));
    put(&mut spec, "default", default.unwrap_or(Json::Null));
    Json::Object(spec)
}

/// Returns the default of a column, which Terraform writes as a string. A default of
/// another type stays a string, which the fixtures report.
fn typed(value: &Value, kind: &str) -> Option<Json> {
    let text = super::text(value)?;
    let json = match (kind, &*text) {
        ("boolean", "true") => json!(true),
        ("boolean", "false") => json!(false),
        ("integer" | "number", text) => {
            let number = serde_json::from_str::<serde_json::Number>(text);
            number.map_or_else(|_| json!(text), Json::Number)
        }
        _ => json!(text),
    };
    Some(json)
}

/// Adds the rows to their tables, from all files.
fn add_rows(organisation: &mut Organisation<'_>, tables: &mut JsonMap<String, Json>) {
    let rows = organisation.resources.clone().into_iter();
    for resource in rows.filter(|it| it.kind == "genesyscloud_architect_datatable_row") {
        let known = |key: &str, organisation: &mut Organisation<'_>| {
            let value = string(&resource.values, key);
            if value.is_none() && resource.gaps.iter().all(|it| it.attribute != key) {
                organisation.unknowns.push(missing(resource, key));
            }
            value
        };
        let Some(id) = known("datatable_id", organisation) else { continue };
        let Some(key) = known("key_value", organisation) else { continue };
        let Some(name) = organisation.known(resource, "datatable_id", &id) else {
            continue;
        };
        let Some(cells) = cells(resource, organisation) else { continue };
        let column = organisation.by_address.get(&*id).and_then(|table| key_of(table));
        let table = tables.entry(&name).or_insert(Json::Null);
        if table.is_null() {
            *table = json!({"key": column});
        }
        let mut row = JsonMap::new();
        row.insert(column.unwrap_or_else(|| KEY.into()), json!(key));
        row.extend(cells);
        let Json::Object(table) = table else { continue };
        let list = table.entry("rows").or_insert_with(|| json!([]));
        if let Json::Array(list) = list {
            let index = list.len().to_string();
            list.push(Json::Object(row));
            organisation.put_place(&[SECTION, &name, "rows", &index], resource);
        }
    }
}

/// Returns the cells of a row, or reports them.
fn cells(
    row: &Resource,
    organisation: &mut Organisation<'_>,
) -> Option<JsonMap<String, Json>> {
    let key = "properties_json";
    let Some(value) = row.values.get(key).filter(|it| !it.is_null()) else {
        return (!has_gap(row, key)).then(JsonMap::new);
    };
    if let Some(Json::Object(cells)) = json_of(value) {
        return Some(cells);
    }
    organisation.unknowns.push(Unknown {
        address: format!("{}.{key}", row.address),
        reason: "not a JSON object: use `jsonencode({…})`".into(),
        place: row.place.clone(),
    });
    None
}

//! Data tables with their rows.

use hcl::Value;
use serde_json::{Map as JsonMap, Value as Json, json};

use super::{Organisation, Sections, blocks, json_of, put, string};

pub(super) fn add(organisation: &mut Organisation<'_>, sections: &mut Sections) {
    let mut tables = JsonMap::new();
    for (resource, name) in organisation.all("genesyscloud_architect_datatable") {
        let mut table = JsonMap::new();
        let mut columns = JsonMap::new();
        for property in blocks(&resource.values, "properties") {
            let Some(column) = string(property, "name") else { continue };
            let title = string(property, "title").unwrap_or_else(|| column.clone());
            if column == "key" {
                table.insert("key".into(), json!(title));
                continue;
            }
            let kind = string(property, "type").unwrap_or_else(|| "string".into());
            let mut spec = JsonMap::new();
            spec.insert("type".into(), json!(kind));
            let default = property.get("default").and_then(|it| typed(it, &kind));
            put(&mut spec, "default", default.unwrap_or(Json::Null));
            columns.insert(column, Json::Object(spec));
        }
        put(&mut table, "columns", Json::Object(columns));
        if !resource.is_data || !table.is_empty() {
            tables.insert(name, Json::Object(table));
        } else {
            tables.entry(name).or_insert(Json::Null);
        }
    }
    add_rows(organisation, &mut tables);
    sections.insert("dataTables".into(), Json::Object(tables));
}

/// Returns the default of a column, which Terraform writes as a string.
fn typed(value: &Value, kind: &str) -> Option<Json> {
    let text = super::text(value)?;
    match kind {
        "string" => Some(json!(text)),
        "boolean" => Some(json!(text == "true")),
        _ => serde_json::from_str::<serde_json::Number>(&text).ok().map(Json::Number),
    }
}

/// Adds the rows to their tables, from all files.
fn add_rows(organisation: &mut Organisation<'_>, tables: &mut JsonMap<String, Json>) {
    let rows = organisation.resources.clone().into_iter();
    for resource in rows.filter(|it| it.kind == "genesyscloud_architect_datatable_row") {
        let Some(id) = string(&resource.values, "datatable_id") else { continue };
        let Some(key) = string(&resource.values, "key_value") else { continue };
        let Some(name) = organisation.known(resource, "datatable_id", &id) else {
            continue;
        };
        let cells = resource.values.get("properties_json").and_then(json_of);
        let Some(Json::Object(table)) = tables.get_mut(&name) else { continue };
        let column = table.get("key").and_then(Json::as_str).unwrap_or("key").to_owned();
        let mut row = JsonMap::new();
        row.insert(column, json!(key));
        if let Some(Json::Object(cells)) = cells {
            row.extend(cells);
        }
        let list = table.entry("rows").or_insert_with(|| json!([]));
        if let Json::Array(list) = list {
            list.push(Json::Object(row));
        }
    }
}

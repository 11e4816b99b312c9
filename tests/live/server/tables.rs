//! The schemas of data tables, and the order of their rows. *Source: `ArchitectApi` of the
//! platform's SDKs, and Genesys' help on data tables.*

use serde_json::{Value, json};

use super::support::Local;

const TABLES: &str = "/api/v2/flows/datatables";

/// Returns a schema with the key and these columns.
fn schema(columns: Value) -> Value {
    let mut properties = columns.as_object().cloned().unwrap();
    properties.insert("key".into(), json!({ "title": "Number", "type": "string" }));
    json!({ "type": "object", "properties": properties })
}

/// Creates the table Shops with a row. Returns its path.
fn table(server: &Local) -> String {
    let columns = json!({
        "Size": { "title": "Square metres", "type": "integer", "displayOrder": 1, "default": 3 },
        "Open": { "type": "boolean", "displayOrder": 0 },
    });
    let body = json!({ "name": "Shops", "schema": schema(columns) });
    let made = server.post(TABLES, &body);
    assert_eq!(made.status, 200, "{made:?}");
    let path = made.body["selfUri"].as_str().unwrap().to_owned();
    let row = server.post(&format!("{path}/rows"), &json!({ "key": "1", "Open": true }));
    assert_eq!(row.body, json!({ "key": "1", "Open": true, "Size": 3 }));
    path
}

#[test]
fn columns_have_titles() {
    let server = Local::shared_flow();
    let properties = server.get(&format!("{}?expand=schema", table(&server))).body["schema"]["properties"].clone();
    let titles = ["key", "Open", "Size"].map(|it| properties[it]["title"].clone());
    assert_eq!(titles, ["Number", "Open", "Square metres"].map(Value::from));
}

#[test]
fn a_replaced_table_keeps_its_columns_and_cells() {
    let server = Local::shared_flow();
    let path = table(&server);
    let row = || server.get(&format!("{path}/rows/1?showbrief=false")).body;
    let cells = json!({ "key": "1", "Open": true, "Size": 3 });
    let before = server.get(&format!("{path}?expand=schema")).body;
    let renamed = server.put(&path, &json!({ "name": "Stores" })).body;
    assert_eq!((&renamed["id"], &renamed["name"]), (&before["id"], &json!("Stores")));
    assert_eq!(renamed["schema"], before["schema"]);
    assert_eq!(row(), cells, "without a schema");
    let columns = json!({ "Open": { "type": "boolean" }, "Size": { "type": "integer" },
        "City": { "type": "string" } });
    let body = json!({ "name": "Branches", "schema": schema(columns) });
    let replaced = server.put(&path, &body).body;
    assert_eq!((&replaced["id"], &replaced["name"]), (&before["id"], &json!("Branches")));
    assert_eq!(replaced["schema"]["properties"]["City"]["type"], "string");
    assert_eq!(row(), cells);
    for wrong in [
        schema(json!({ "Open": { "type": "bool" } })),
        schema(json!({ "Open": { "type": "boolean" }, "City": { "type": "string" } })),
        json!({ "properties": { "Open": { "type": "boolean" } } }),
    ] {
        let body = json!({ "name": "Branches", "schema": wrong });
        assert_eq!(server.put(&path, &body).status, 400, "{body}");
    }
    assert_eq!(server.get(&format!("{path}?expand=schema")).body, replaced);
}

#[test]
fn a_table_without_the_key_is_refused() {
    let server = Local::shared_flow();
    let columns = json!({ "properties": { "Open": { "type": "boolean" } } });
    for body in
        [json!({ "name": "Keyless", "schema": columns }), json!({ "name": "None" })]
    {
        let refused = server.post(TABLES, &body);
        assert_eq!(refused.status, 400);
        let message = refused.body["message"].as_str().unwrap();
        assert!(message.contains("the property `key`"), "{message}");
    }
}

#[test]
fn rows_are_sorted_by_key() {
    let server = Local::shared_flow();
    let rows = format!("{}/rows", table(&server));
    for key in ["3", "2"] {
        assert_eq!(server.post(&rows, &json!({ "key": key })).status, 200);
    }
    let keys = |query: &str| {
        let listed = server.get(&format!("{rows}{query}")).body;
        let keys = listed["entities"].as_array().unwrap().iter();
        keys.map(|it| it["key"].as_str().unwrap()).collect::<String>()
    };
    assert_eq!((keys(""), keys("?sortOrder=ascending")), ("123".into(), "123".into()));
    assert_eq!(keys("?sortOrder=descending"), "321");
    assert_eq!(keys("?sortOrder=descending&pageSize=1&pageNumber=2"), "2");
}

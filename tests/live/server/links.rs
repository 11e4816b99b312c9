//! The links of the OpenAPI document, followed from objects that were created.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::support::{Client, Local};

/// Returns the method and the path of each operation, by its id.
fn operations(document: &Value) -> BTreeMap<&str, (&str, &str)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let methods = paths.flat_map(|(path, it)| {
        let methods = it.as_object().unwrap().iter();
        methods.map(move |(method, it)| (path.as_str(), method.as_str(), it))
    });
    methods
        .map(|(path, method, it)| (it["operationId"].as_str().unwrap(), (method, path)))
        .collect()
}

/// Returns the value of a runtime expression after a request.
fn value(expression: &str, path: &BTreeMap<String, String>, answer: &Value) -> String {
    if let Some(name) = expression.strip_prefix("$request.path.") {
        return path[name].clone();
    }
    let pointer = expression.strip_prefix("$response.body#").unwrap();
    let found = answer.pointer(pointer);
    found.unwrap_or_else(|| panic!("{pointer}: {answer}")).as_str().unwrap().to_owned()
}

/// A request that creates an object: its path with the values of the placeholders.
struct Creation {
    path: &'static str,
    placeholders: BTreeMap<String, String>,
    body: Value,
}

fn filled(path: &str, values: &BTreeMap<String, String>) -> String {
    values.iter().fold(path.to_owned(), |path, (name, value)| {
        path.replace(&format!("{{{name}}}"), value)
    })
}

/// Creates an object, follows all links that read, deletes the object, and does not find it
/// any more. Returns the number of links.
fn follow(server: &Client, document: &Value, made: &Creation) -> usize {
    let operations = operations(document);
    let answer = server.post(&filled(made.path, &made.placeholders), &made.body);
    assert!(matches!(answer.status, 200 | 202), "{}: {answer:?}", made.path);
    let links = &document["paths"][made.path]["post"]["responses"]["2XX"]["links"];
    let links = links.as_object().unwrap_or_else(|| panic!("{} has links", made.path));
    let to = |link: &Value| {
        let (method, path) = operations[link["operationId"].as_str().unwrap()];
        let parameters = link["parameters"].as_object().unwrap().iter();
        let values = parameters.map(|(name, expression)| {
            let expression = expression.as_str().unwrap();
            (name.clone(), value(expression, &made.placeholders, &answer.body))
        });
        (method, filled(path, &values.collect()))
    };
    let targets: Vec<(&str, String)> = links.values().map(to).collect();
    let of = |wanted: &str| {
        let wanted = targets.iter().filter(move |(method, _)| *method == wanted);
        wanted.map(|(_, path)| path.clone()).collect::<Vec<_>>()
    };
    let reads = of("get");
    let object = reads.iter().min_by_key(|path| path.len()).unwrap();
    for path in &reads {
        let status = server.get(path).status;
        // The object exists, but it may have no log level, or no version.
        assert!(status == 200 || status == 404 && path != object, "{path}: {status}");
    }
    if of("delete").contains(object) {
        let status = server.delete(object).status;
        assert!(matches!(status, 200 | 204), "{object}: {status}");
        assert_eq!(server.get(object).status, 404, "{object}");
    }
    targets.len()
}

/// The lists in which an object needs only a name.
const NAMED: [&str; 10] = [
    "/api/v2/routing/queues",
    "/api/v2/routing/wrapupcodes",
    "/api/v2/routing/skills",
    "/api/v2/routing/languages",
    "/api/v2/flows/milestones",
    "/api/v2/flows/outcomes",
    "/api/v2/architect/schedulegroups",
    "/api/v2/architect/emergencygroups",
    "/api/v2/architect/ivrs",
    "/api/v2/architect/prompts",
];

#[test]
fn created_objects_are_found_at_their_links() {
    let server = Local::shared_flow();
    let document = server.get("/__flowsim/openapi.json").body;
    let flow = server.flow_id("Inbound_Flow_A");
    let queue = server.get("/api/v2/routing/queues").body["entities"][0]["id"].clone();
    let hour =
        json!({ "name": "Hour", "start": "2026-01-05T08:00", "end": "2026-01-05T09:00" });
    let day = json!({ "interval": "2026-01-05T00:00:00.000Z/2026-01-06T00:00:00.000Z" });
    let columns = json!({ "properties": { "key": { "type": "string" } } });
    let named = NAMED.map(|path| (path, json!({ "name": "Link" })));
    let others = [
        ("/api/v2/flows", json!({ "name": "Link", "type": "INBOUNDCALL" })),
        ("/api/v2/flows/executions", json!({ "flowId": flow })),
        ("/api/v2/flows/datatables", json!({ "name": "Link", "schema": columns })),
        ("/api/v2/architect/schedules", hour),
        ("/api/v2/externalcontacts/contacts", json!({ "firstName": "Di" })),
        ("/api/v2/conversations", json!({ "routing": { "flowId": flow } })),
        ("/api/v2/conversations/calls", json!({ "callFromQueueId": queue })),
        ("/api/v2/conversations/callbacks", json!({ "queueId": queue })),
        ("/api/v2/notifications/channels", json!({})),
        ("/api/v2/analytics/conversations/details/jobs", day),
        ("/__flowsim/instances", json!({ "flowId": flow })),
    ];
    let mut followed = 0;
    for (path, body) in named.into_iter().chain(others) {
        let placeholders = BTreeMap::new();
        followed += follow(&server, &document, &Creation { path, placeholders, body });
    }
    assert!(followed > 70, "{followed}");
}

#[test]
fn parts_of_objects_are_found_at_their_links() {
    let server = Local::shared_flow();
    let document = server.get("/__flowsim/openapi.json").body;
    let made = |path: &str, body: Value| {
        let id = server.post(path, &body).body["id"].clone();
        id.as_str().unwrap().to_owned()
    };
    let schema = json!({ "properties": { "key": { "type": "string" }, "Name": { "type": "string" } } });
    let table = json!({ "name": "Table", "schema": schema });
    let table = made("/api/v2/flows/datatables", table);
    let prompt = made("/api/v2/architect/prompts", json!({ "name": "Prompt" }));
    for (path, placeholder, id, body) in [
        (
            "/api/v2/flows/datatables/{datatableId}/rows",
            "datatableId",
            table,
            json!({ "key": "k", "Name": "n" }),
        ),
        (
            "/api/v2/architect/prompts/{promptId}/resources",
            "promptId",
            prompt,
            json!({ "language": "en-us", "ttsString": "Hi" }),
        ),
    ] {
        let placeholders = BTreeMap::from([(placeholder.to_owned(), id)]);
        let followed = follow(&server, &document, &Creation { path, placeholders, body });
        assert!(followed >= 3, "{path}: {followed}");
    }
}

//! The OpenAPI document, generated from the routing table.

mod links;

use serde_json::{Map, Value, json};

use crate::server::access::Permission;
use crate::server::http::reply::{EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::route::Route;
use crate::server::shared::Server;

/// The schemas of requests and answers. `tests/clients/schemas.py` writes them from the
/// answers of the server.
const SCHEMAS: &str = include_str!("schemas.json");

/// Returns the OpenAPI document of all routes.
pub(in crate::server) fn document(server: &Server, asked: &ApiRequest) -> EndpointResult {
    let schemas = schemas();
    let mut paths: Map<String, Value> = Map::new();
    for route in &server.routes {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        let mut operation = operation(route, &schemas);
        let links = links::links(route, &server.routes, &schemas);
        if !links.is_empty() {
            operation["responses"]["2XX"]["links"] = links.into();
        }
        path[route.method.to_ascii_lowercase()] = operation;
    }
    let body = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "flowsim serve",
            "version": crate::build::VERSION,
            "description": "A local substitute for the Genesys Cloud Platform API. Paths that \
                            are not listed here are answered with 404.",
        },
        "servers": [{ "url": asked.origin() }],
        "paths": paths,
        "components": components(&schemas),
    });
    Ok(Reply::ok(body))
}

/// Returns the schemas of all routes: `routes` has for each of them the names of its query
/// parameters, and the schemas of its request and of its answer.
fn schemas() -> Value {
    serde_json::from_str(SCHEMAS).unwrap_or_default()
}

fn operation(route: &Route, schemas: &Value) -> Value {
    let error = json!({ "$ref": "#/components/responses/Error" });
    let known = &schemas["routes"][route.key()];
    let content = |schema: &Value| {
        let schema = schema.as_object().cloned().unwrap_or_default();
        json!({ "application/json": { "schema": schema } })
    };
    let mut operation = json!({
        "summary": route.summary,
        "operationId": operation_id(route),
        "tags": [tag(route)],
        "responses": {
            "2XX": { "description": "The request succeeded.", "content": content(&known["response"]) },
            "4XX": error,
            "5XX": error,
        },
    });
    if route.method != "GET" {
        let empty = "The request succeeded, and there is nothing to return.";
        operation["responses"]["204"] = json!({ "description": empty });
    }
    if route.path == "/oauth/authorize" {
        operation["responses"]["3XX"] =
            json!({ "description": "The browser continues at `redirect_uri`." });
    }
    let parameters = parameters(route, known);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if matches!(route.method, "POST" | "PUT" | "PATCH") {
        operation["requestBody"] = json!({ "content": content(&known["request"]) });
    }
    if route.permission != Permission::Open {
        operation["security"] = json!([{ "bearer": [] }]);
        let scopes = route.permission.scopes();
        if !scopes.is_empty() {
            operation["x-accepted-scopes"] = json!(scopes);
        }
    }
    operation
}

fn parameters(route: &Route, known: &Value) -> Vec<Value> {
    let in_path = names(route.path).map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    });
    let queries = known["query"].as_array().into_iter().flatten();
    let in_query = queries.filter_map(Value::as_str).map(|name| {
        let schema = match name {
            "pageSize" | "pageNumber" => json!({ "type": "integer", "minimum": 1 }),
            "sortOrder" => json!({ "type": "string", "enum": ["asc", "desc"] }),
            _ => json!({ "type": "string" }),
        };
        json!({ "name": name, "in": "query", "schema": schema })
    });
    in_path.chain(in_query).collect()
}

/// Returns the placeholders in a path.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// Returns the id of an operation, as the SDKs of the platform name its method:
/// `getRoutingQueueMembers` for `GET /api/v2/routing/queues/{queueId}/members`. A segment
/// before a placeholder names one object.
fn operation_id(route: &Route) -> String {
    // `/oauth/token` has a second path.
    let own = route.path.strip_prefix("/api/v2/").filter(|it| !it.starts_with("oauth"));
    let parts = own.unwrap_or(route.path).split(['/', '.']);
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let mut id = route.method.to_ascii_lowercase();
    if parts.is_empty() {
        id.push_str("Root");
    }
    let is_placeholder = |part: &&str| part.starts_with('{');
    for (index, part) in parts.iter().enumerate().filter(|(_, it)| !is_placeholder(it)) {
        let word = part.trim_matches('_');
        let is_one = parts.get(index + 1).is_some_and(is_placeholder);
        let one = if is_one { singular(word) } else { word.to_owned() };
        push_word(&mut id, &one);
        if is_one && one == word {
            // The word has no singular: the placeholder distinguishes one from all.
            let placeholder = parts.get(index + 1).copied().unwrap_or_default();
            push_word(&mut id, placeholder.trim_matches(['{', '}']));
        }
    }
    id
}

/// Appends a word with a capital letter.
fn push_word(id: &mut String, word: &str) {
    let (first, rest) = word.split_at(word.len().min(1));
    id.push_str(&first.to_ascii_uppercase());
    id.push_str(rest);
}

/// Returns the group of an operation, as the SDKs of the platform name their classes.
fn tag(route: &Route) -> &'static str {
    let path = route.path.strip_prefix("/api/v2/").unwrap_or(route.path);
    match path.split('/').next().unwrap_or_default() {
        "flows" | "architect" => "Architect",
        "conversations" => "Conversations",
        "analytics" => "Analytics",
        "externalcontacts" => "External Contacts",
        "routing" => "Routing",
        "users" => "Users",
        "scripts" => "Scripts",
        "presence" | "presencedefinitions" | "systempresences" => "Presence",
        "groups" => "Groups",
        "notifications" => "Notifications",
        "organizations" => "Organization",
        "tokens" => "Tokens",
        "authorization" => "Authorization",
        "integrations" => "Integrations",
        "oauth" => "OAuth",
        _ if route.path.starts_with("/oauth/") => "OAuth",
        _ => "Flowsim",
    }
}

fn singular(word: &str) -> String {
    let sibilants = ["sses", "xes", "ches"];
    if let Some(stem) = word.strip_suffix("ies") {
        format!("{stem}y")
    } else if sibilants.iter().any(|end| word.ends_with(end)) {
        word.strip_suffix("es").unwrap_or(word).to_owned()
    } else if word.ends_with("ss") {
        word.to_owned()
    } else {
        word.strip_suffix('s').unwrap_or(word).to_owned()
    }
}

fn components(schemas: &Value) -> Value {
    let mut components = json!({
        "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
        "responses": {
            "Error": {
                "description": "The request failed.",
                "content": {
                    "application/json": { "schema": { "$ref": "#/components/schemas/ErrorBody" } },
                },
            },
        },
        "schemas": {
            "ErrorBody": {
                "type": "object",
                "required": ["message", "code", "status", "contextId", "details", "errors"],
                "properties": {
                    "message": { "type": "string" },
                    "code": { "type": "string" },
                    "status": { "type": "integer" },
                    "contextId": { "type": "string" },
                    "details": { "type": "array", "items": {} },
                    "errors": { "type": "array", "items": {} },
                },
            },
        },
    });
    let shared = schemas["schemas"].as_object().into_iter().flatten();
    for (name, schema) in shared {
        components["schemas"][name] = schema.clone();
    }
    components
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::routes::endpoints;

    #[test]
    fn every_route_has_its_schemas() {
        let schemas = schemas();
        let known = schemas["routes"].as_object().unwrap();
        let mut expected: Vec<String> = endpoints().map(|it| it.route.key()).collect();
        let mut found: Vec<String> = known.keys().cloned().collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "run tests/clients/schemas.py");
    }

    #[test]
    fn operations_have_the_names_of_the_platform() {
        let ids: Vec<String> = endpoints().map(|it| operation_id(&it.route)).collect();
        for known in [
            "getFlow",
            "postFlowsExecutions",
            "getFlowsDatatablesDivisionviews",
            "putFlowsDatatableRow",
            "getRoutingQueueMembers",
            "patchConversationsCallParticipantAttributes",
            "getUserPresencesPurecloud",
            "getAnalyticsBotflowReportingturns",
            "getScriptsPublished",
            "getScriptsPublishedScriptId",
            "deleteArchitectEmergencygroup",
            "getFlowsimInstanceScenario",
            "postOauthToken",
        ] {
            assert!(ids.iter().any(|id| id == known), "{known}");
        }
        assert_eq!(singular("entities"), "entity");
        assert_eq!(singular("boxes"), "box");
        assert_eq!(singular("address"), "address");
    }

    #[test]
    fn lists_have_pages_and_entities() {
        let schemas = schemas();
        let flows = &schemas["routes"]["GET /api/v2/flows"];
        let resolved = |schema: &Value| {
            let shared = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next());
            shared.map_or(schema.clone(), |name| schemas["schemas"][name].clone())
        };
        let list = resolved(&flows["response"]);
        let entity = resolved(&list["properties"]["entities"]["items"]);
        assert_eq!(entity["properties"]["id"]["type"], "string");
        let query = flows["query"].as_array().unwrap();
        assert!(query.contains(&json!("pageSize")), "{query:?}");
    }
}

//! The OpenAPI document, generated from the routing table.

use serde_json::{Map, Value, json};

use crate::server::access::Permission;
use crate::server::http::reply::{EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::route::Route;
use crate::server::shared::Server;

/// Returns the OpenAPI document of all routes.
pub(in crate::server) fn document(server: &Server, asked: &ApiRequest) -> EndpointResult {
    let mut paths: Map<String, Value> = Map::new();
    for route in &server.routes {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_ascii_lowercase()] = operation(route);
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
        "components": components(),
    });
    Ok(Reply::ok(body))
}

fn operation(route: &Route) -> Value {
    let error = json!({ "$ref": "#/components/responses/Error" });
    let mut operation = json!({
        "summary": route.summary,
        "operationId": operation_id(route),
        "responses": {
            "2XX": { "description": "The request succeeded.", "content": { "application/json": {} } },
            "4XX": error,
            "5XX": error,
        },
    });
    let parameters: Vec<Value> = names(route.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if matches!(route.method, "POST" | "PUT" | "PATCH") {
        operation["requestBody"] = json!({ "content": { "application/json": {} } });
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

/// Returns the placeholders in a path.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn operation_id(route: &Route) -> String {
    let parts = route.path.split(['/', '.']).filter(|part| !part.is_empty());
    let parts = parts.map(|part| part.trim_matches(['{', '}', '_']));
    let parts: Vec<&str> = parts.collect();
    format!("{}_{}", route.method.to_ascii_lowercase(), parts.join("_"))
}

fn components() -> Value {
    json!({
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
                    "details": { "type": "array" },
                    "errors": { "type": "array" },
                },
            },
        },
    })
}

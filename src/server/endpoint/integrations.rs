//! Data actions: the fixtures answer their requests.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::directory::{encoded, filter, id_of, list, one};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::server::state::instance::value_of;
use crate::value::{Text, derived_id};
use crate::world::{Answer, Question, Response};

const PATH: &str = "/api/v2/integrations/actions";
const INTEGRATIONS: &str = "/api/v2/integrations";

/// A data action of the fixtures.
#[derive(Debug, Clone, Default)]
struct DataAction {
    id: String,
    /// The name, or else the id.
    name: String,
    /// The answers, as they are written.
    answers: Vec<Value>,
}

/// Returns the data actions of the fixtures, by id. A later document replaces an action
/// with the same id, or with the same name if one of the two has no id.
fn actions(state: &State) -> Vec<DataAction> {
    let mut all: Vec<DataAction> = Vec::new();
    for document in &state.documents {
        let mut add = |id: Option<&str>, name: Option<&str>, answers: &Value| {
            let Some(name) = name.or(id) else { return };
            let id = id.map_or_else(|| id_of("DataAction", name), str::to_owned);
            all.retain(|it| it.id != id && it.name != name);
            let answers =
                answers.as_array().cloned().unwrap_or_else(|| vec![answers.clone()]);
            all.push(DataAction { id, name: name.to_owned(), answers });
        };
        match &document["dataActions"] {
            Value::Object(items) => {
                for (key, answers) in items {
                    add(Some(key), Some(key), answers);
                }
            }
            Value::Array(items) => {
                for item in items {
                    let answers = item.get("answers").unwrap_or(item);
                    add(item["id"].as_str(), item["name"].as_str(), answers);
                }
            }
            _ => {}
        }
    }
    all
}

fn action(state: &State, asked: &ApiRequest) -> Result<DataAction, ApiError> {
    let id = asked.parameter("actionId");
    let mut all = actions(state).into_iter();
    all.find(|it| it.id == id).ok_or_else(|| ApiError::not_found("the data action", id))
}

fn integration() -> Value {
    let id = derived_id("Integration:fixtures");
    json!({
        "id": id.as_str(),
        "name": "Fixtures",
        "integrationType": { "id": "custom-rest-actions", "name": "Web Services Data Actions" },
        "intendedState": "ENABLED",
        "reportedState": { "code": "ACTIVE" },
        "selfUri": format!("{INTEGRATIONS}/{id}"),
    })
}

/// Lists integrations: the one that has all data actions.
pub(in crate::server) fn integrations(
    _: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let mut found = vec![integration()];
    filter::by_any(asked, "ids", &mut found, |it, id| it["id"] == id);
    filter::by_any(asked, "integrationType", &mut found, |it, kind| {
        it["integrationType"]["id"] == kind || it["integrationType"]["name"] == kind
    });
    filter::by_any(asked, "reportedState", &mut found, |it, state| {
        let own = it["reportedState"]["code"].as_str();
        own.is_some_and(|own| own.eq_ignore_ascii_case(state))
    });
    list(asked, found)
}

/// Returns an integration.
pub(in crate::server) fn get_integration(
    _: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    one(vec![integration()], "the integration", asked.parameter("integrationId"))
}

impl DataAction {
    fn to_json(&self, has_contract: bool) -> Value {
        let mut body = json!({
            "id": self.id,
            "name": self.name,
            "integrationId": integration()["id"],
            "category": "Fixtures",
            "secure": false,
            "version": 1,
            "selfUri": format!("{PATH}/{}", encoded(&self.id)),
        });
        if has_contract {
            body["contract"] = self.contract();
        }
        body
    }

    /// Returns the contract, as far as the answers show it: the inputs that they name, and
    /// the keys of successful answers.
    fn contract(&self) -> Value {
        let inputs = self.answers.iter().filter_map(|it| it["when"].as_object());
        let is_success =
            |it: &&Value| it["status"].as_i64().is_none_or(|it| (200..300).contains(&it));
        let outputs = self.answers.iter().filter(is_success);
        let outputs = outputs.filter_map(|it| it["output"].as_object());
        json!({
            "input": { "inputSchema": schema(inputs) },
            "output": { "successSchema": schema(outputs) },
        })
    }
}

/// Returns the JSON schema of objects with the keys of some examples.
fn schema<'v>(examples: impl Iterator<Item = &'v Map<String, Value>>) -> Value {
    let mut properties: BTreeMap<&str, Value> = BTreeMap::new();
    for (key, value) in examples.flatten() {
        let known = properties.entry(key).or_insert_with(|| json!({}));
        if known.get("type").is_none() && !value.is_null() {
            *known = of_example(value);
        }
    }
    json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "properties": properties,
        "additionalProperties": true,
    })
}

fn of_example(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(number) if number.is_f64() => json!({ "type": "number" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::String(_) => json!({ "type": "string" }),
        Value::Array(items) => {
            json!({ "type": "array", "items": items.first().map(of_example).unwrap_or(json!({})) })
        }
        Value::Object(entries) => schema(std::iter::once(entries)),
    }
}

/// Lists data actions. `expand=contract` adds their contracts.
pub(in crate::server) fn list_actions(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let has_contract = asked.query_all("expand").contains(&"contract");
    let all = actions(state);
    let mut found = all.iter().map(|it| it.to_json(has_contract)).collect();
    filter::by_any(asked, "ids", &mut found, |action, id| action["id"] == id);
    if let Some(category) = asked.query("category") {
        let is = |name: &str| name.eq_ignore_ascii_case(category);
        found.retain(|action| action["category"].as_str().is_some_and(is));
    }
    if let Some(is_secure) = filter::flag(asked, "secure")? {
        found.retain(|action| action["secure"] == is_secure);
    }
    list(asked, found)
}

/// Returns a data action with its contract.
pub(in crate::server) fn get_action(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    Ok(Reply::ok(action(state, asked)?.to_json(true)))
}

/// Runs a data action with inputs. Its list of answers is used one by one, until the
/// fixtures are replaced.
fn respond(state: &mut State, asked: &ApiRequest) -> Result<Response, ApiError> {
    let action = action(state, asked)?;
    let inputs = asked.object_or_empty()?.0;
    let inputs: Vec<_> = inputs
        .iter()
        .map(|(name, value)| (Text::from(name.as_str()), value_of(value)))
        .collect();
    let fixtures = state.fixtures();
    let question = Question::DataAction {
        id: Some(&action.id),
        name: Some(&action.name),
        inputs: &inputs,
    };
    match fixtures.answer(&question, &mut state.control.answers) {
        Answer::Response(response) => Ok(response),
        _ => {
            let message = format!(
                "no answer of the fixtures for `{}` fits these inputs",
                action.name
            );
            Err(ApiError::new(400, "bad.request", message))
        }
    }
}

/// Runs a data action. Returns its output.
pub(in crate::server) fn execute(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let response = respond(state, asked)?;
    let output = Value::from(&response.output);
    if response.is_success() {
        return Ok(Reply::ok(output).with_reason("answered by the fixtures"));
    }
    let message = format!("the fixtures answer with status {}", response.status);
    let refusal = ApiError::new(response.status, "integration.action.failed", message);
    Err(refusal.with_details(vec![
        json!({ "errorCode": response.status.to_string(), "output": output }),
    ]))
}

/// Tests a data action: returns the steps of its run, also if it fails. *Source: the SDKs'
/// `TestExecutionResult`.*
pub(in crate::server) fn test(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let response = match respond(state, asked) {
        Err(refusal) if refusal.status == 404 => return Err(refusal),
        response => response,
    };
    let inputs = asked.object_or_empty()?.0;
    let (is_success, result, error) = match &response {
        Ok(response) => {
            let error =
                json!({ "status": response.status, "message": "the request failed" });
            let error = if response.is_success() { Value::Null } else { error };
            (response.is_success(), Value::from(&response.output), error)
        }
        Err(refusal) => {
            let error = json!({ "status": refusal.status, "message": refusal.message });
            (false, Value::Null, error)
        }
    };
    let step = |number: u32, name: &str, success: bool, result: &Value, error: &Value| json!({ "step": number, "name": name, "success": success, "result": result, "error": error });
    let operations = [
        step(1, "validate input", true, &Value::Object(inputs), &Value::Null),
        step(2, "execute", is_success, &result, &error),
    ];
    Ok(Reply::ok(json!({
        "success": is_success,
        "operations": operations,
        "error": error,
        "finalResult": result,
    })))
}

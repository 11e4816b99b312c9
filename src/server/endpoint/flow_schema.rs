//! The JSON schemas of a flow's inputs and outputs, from its variables.
//!
//! *Source: `Flow.inputSchema` and `Flow.outputSchema` of the platform's SDKs, which do not
//! describe them further. The keys here are the names of variables as `inputData` and
//! `outputData` of executions have them: `Flow.name`.*

use serde_json::{Map, Value, json};

use crate::flow::architect::Variable;
use crate::server::state::flow::{Model, StoredFlow};
use crate::value::{Kind, Type};

/// Adds `inputSchema` and `outputSchema` of the published version, or else of the newest.
/// Draft flows do not declare variables.
pub(super) fn add(flow: &StoredFlow, body: &mut Value) {
    let version = flow.published().or_else(|| flow.newest());
    let Some(Model::Architect(model)) = version.map(|it| &it.model) else { return };
    let schema = |is_part: fn(&Variable) -> bool| {
        let variables = model.variables.iter().filter(|it| is_part(it));
        let properties: Map<String, Value> = variables
            .map(|it| (it.name.value.to_string(), of_type(it.value_type)))
            .collect();
        json!({ "type": "object", "properties": properties })
    };
    body["inputSchema"] = schema(|it| it.is_input);
    body["outputSchema"] = schema(|it| it.is_output);
}

/// Returns the schema of a type. Values that JSON does not have are strings.
fn of_type(of: Type) -> Value {
    let one = match of.kind {
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Decimal | Kind::Currency => json!({ "type": "number" }),
        Kind::DateTime => json!({ "type": "string", "format": "date-time" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Any | Kind::NotSet | Kind::Json => json!({}),
        _ => json!({ "type": "string" }),
    };
    match of.is_collection {
        true => json!({ "type": "array", "items": one }),
        false => one,
    }
}

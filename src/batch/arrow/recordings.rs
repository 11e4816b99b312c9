//! Recordings as a table with typed columns, `flowsim.recordings/1`.

use std::sync::Arc;

use ::arrow::array::RecordBatch;
use ::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use ::arrow::error::ArrowError;
use serde_json::{Value, json};

use super::write::decoded;
use crate::recording::{Derived, RecordedAnswer, Recording, derive};
use crate::trace::observation::{Observation, ObservedStep};
use crate::value::Text;
use crate::world::{Answer, Input, QueueAnswer};

/// Value of the key `schema` in the metadata of the table.
pub const RECORDINGS_SCHEMA: &str = "flowsim.recordings/1";

/// Returns the schema of the table. `docs/recordings.md` describes the columns.
pub fn recordings_schema() -> SchemaRef {
    let flow = [("id", text()), ("name", text()), ("version", text()), ("type", text())];
    let outcome = [
        ("status", text()),
        ("exitReason", text()),
        ("error", text()),
        ("elapsedMs", whole()),
    ];
    let columns = [
        ("id", text()),
        ("kind", text()),
        ("recordedAt", time()),
        ("flow", record(&flow)),
        ("entry", entry_type()),
        ("inputs", list(text())),
        ("answers", list(answer_type())),
        ("path", list(step_type())),
        ("outcome", record(&outcome)),
        ("row", text()),
    ];
    let schema = Schema::new(fields(&columns));
    Arc::new(schema.with_metadata([("schema".into(), RECORDINGS_SCHEMA.into())].into()))
}

fn entry_type() -> DataType {
    let named = || list(record(&[("name", text()), ("value", text())]));
    record(&[
        ("flow", text()),
        ("node", text()),
        ("at", time()),
        ("timeoutMs", whole()),
        ("language", text()),
        ("context", named()),
        ("variables", named()),
    ])
}

fn answer_type() -> DataType {
    record(&[
        ("question", text()),
        ("flow", text()),
        ("node", text()),
        ("name", text()),
        ("inputs", text()),
        ("answer", text()),
        ("status", whole()),
        ("latencyMs", whole()),
        ("value", text()),
    ])
}

fn step_type() -> DataType {
    record(&[
        ("flow", text()),
        ("id", text()),
        ("name", text()),
        ("kind", text()),
        ("output", text()),
        ("startMs", whole()),
    ])
}

/// Returns recordings as rows of the table.
///
/// # Errors
/// A time is outside of the range of the table.
pub fn recordings_table(recordings: &[Recording]) -> Result<RecordBatch, ArrowError> {
    let rows = recordings.iter().map(|it| row(it).to_string() + "\n");
    decoded(&rows.collect::<String>(), recordings.len(), &recordings_schema())
}

fn text() -> DataType {
    DataType::Utf8
}

fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

fn whole() -> DataType {
    DataType::Int64
}

fn list(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new("item", item, true)))
}

fn record(columns: &[(&str, DataType)]) -> DataType {
    DataType::Struct(fields(columns))
}

fn fields(columns: &[(&str, DataType)]) -> Fields {
    columns.iter().map(|(name, it)| Field::new(*name, it.clone(), true)).collect()
}

fn row(recording: &Recording) -> Value {
    let observation = recording.observation();
    let derived = derive(recording);
    let flow = &recording.flow;
    let of_flow = json!({
        "id": flow.id.as_deref(),
        "name": flow.name.as_deref(),
        "version": flow.version.as_deref(),
        "type": flow.kind.as_deref(),
    });
    json!({
        "id": recording.id.as_str(),
        "kind": recording.kind.name(),
        "recordedAt": recording.recorded_at.as_deref(),
        "flow": of_flow,
        "entry": entry(&derived),
        "inputs": derived.inputs.iter().map(Input::to_string).collect::<Vec<_>>(),
        "answers": derived.answers.iter().map(answer).collect::<Vec<_>>(),
        "path": observation.as_ref().map(|it| it.steps.iter().map(step).collect::<Vec<_>>()),
        "outcome": observation.as_ref().map(outcome),
        "row": recording.to_json().to_string(),
    })
}

fn entry(derived: &Derived) -> Value {
    let named = |(name, value): &(Text, crate::value::Value)| json!({"name": name.as_str(), "value": value.to_json().to_string()});
    json!({
        "flow": derived.flow.as_ref().or(derived.flow_name.as_ref()).map(Text::as_str),
        "node": derived.node.as_deref(),
        "at": derived.at.map(|at| at.to_string()),
        "timeoutMs": derived.timeout_ms,
        "language": derived.language.as_deref(),
        "context": derived.context.iter().map(named).collect::<Vec<_>>(),
        "variables": derived.given(None).map(named).collect::<Vec<_>>(),
    })
}

fn step(step: &ObservedStep) -> Value {
    json!({
        "flow": step.flow.as_deref(),
        "id": step.id.as_deref(),
        "name": step.name.as_deref(),
        "kind": step.kind.as_str(),
        "output": step.path_name.as_ref().or(step.path.as_ref()).map(Text::as_str),
        "startMs": step.start_ms,
    })
}

fn outcome(observation: &Observation) -> Value {
    json!({
        "status": observation.status.as_deref(),
        "exitReason": observation.exit_reason.as_deref(),
        "error": observation.error.as_ref().and_then(|error| error.code.as_deref()),
        "elapsedMs": observation.elapsed_ms,
    })
}

fn answer(recorded: &RecordedAnswer) -> Value {
    let (kind, status, latency_ms, value) = given(&recorded.answer);
    let inputs = recorded
        .inputs
        .as_ref()
        .map(|inputs| crate::value::Json::object(inputs.clone()).to_string());
    json!({
        "question": recorded.about.name(),
        "flow": recorded.flow.as_deref(),
        "node": recorded.node.as_str(),
        "name": recorded.name.as_deref(),
        "inputs": inputs,
        "answer": kind,
        "status": status,
        "latencyMs": latency_ms,
        "value": value,
    })
}

/// Returns the kind of an answer, its HTTP status, its duration and its contents.
fn given(answer: &Answer) -> (&'static str, Option<u16>, Option<i64>, Option<String>) {
    let simple = |kind, value: Option<String>| (kind, None, None, value);
    match answer {
        Answer::Input(input) => simple("input", Some(input.to_string())),
        Answer::Contact(Some(contact)) => simple("contact", Some(contact.to_string())),
        Answer::Contacts(contacts) => {
            let contacts = crate::value::Json::array(contacts.iter().cloned());
            simple("contacts", Some(contacts.to_string()))
        }
        Answer::Response(response) => (
            "response",
            Some(response.status),
            Some(response.latency_ms),
            Some(response.output.to_string()),
        ),
        Answer::Failed(reason) => simple("failed", Some(reason.to_string())),
        Answer::NotMocked => simple("missing", None),
        Answer::Statistics(Some(statistics)) => {
            simple("statistics", Some(statistics.to_string()))
        }
        Answer::Contact(None) | Answer::Statistics(None) => simple("notFound", None),
        Answer::Queue(queue) => simple(
            match queue {
                QueueAnswer::Accepted { .. } => "accepted",
                QueueAnswer::Unchecked => "unchecked",
                QueueAnswer::NotFound => "notFound",
                QueueAnswer::SkillMismatch { .. } => "skillMismatch",
            },
            None,
        ),
        Answer::Action(action) => {
            let outputs = crate::value::Json::object(action.outputs.iter().cloned());
            ("action", None, Some(action.latency_ms), Some(outputs.to_string()))
        }
    }
}

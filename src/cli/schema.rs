//! `flowsim schema`

use std::io;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::output;
use crate::engine::CONTEXT_FIELDS;
use crate::suite::expectation_schemas;
use crate::value::{Json, JsonObject, Text};

const SCENARIO: &str = include_str!("schemas/scenario.json");
pub(super) const FIXTURES: &str = include_str!("schemas/fixtures.json");
const CONFIG: &str = include_str!("schemas/config.json");
const REQUEST: &str = include_str!("schemas/request.json");
const CALL: &str = include_str!("schemas/call.json");
const TRACE: &str = include_str!("schemas/trace.json");
const RECORDING: &str = include_str!("schemas/recording.json");
const FINDINGS: &str = include_str!("schemas/findings.json");
const RUN: &str = include_str!("schemas/run.json");
const COVERAGE: &str = include_str!("schemas/coverage.json");
const HEATMAP: &str = include_str!("schemas/heatmap.json");
const DIFF: &str = include_str!("schemas/diff.json");
const COMPARISON: &str = include_str!("schemas/comparison.json");
const COMPARISONS: &str = include_str!("schemas/comparisons.json");
const BATCH: &str = include_str!("schemas/batch.json");
const CONFORMANCE: &str = include_str!("schemas/conformance.json");
const EXPLORATION: &str = include_str!("schemas/exploration.json");

/// Key under which a schema holds its definitions.
const DEFINITIONS: &str = "definitions";

/// Print the JSON Schema of a document that flowsim reads or writes, for editors and
/// programs.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Document that the schema describes
    #[arg(value_enum)]
    document: Document,
}

/// Documents with a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Document {
    /// Scenario files, run by `flowsim test`
    Scenario,
    /// Fixtures documents, read with --fixtures
    Fixtures,
    /// The project file, `flowsim.toml`
    Config,
    /// Simulation requests, read by `flowsim run --request`
    Request,
    /// Rows of `flowsim batch run`
    Call,
    /// Recordings, written by `flowsim record`, `import` and `redact`
    Recording,
    /// Output of `flowsim run --format json`
    Trace,
    /// Output of `flowsim check --format json`
    Findings,
    /// A line of `flowsim test --report json=FILE`
    Run,
    /// Output of `flowsim test --coverage-out FILE`
    Coverage,
    /// Output of `flowsim heatmap --format json`
    Heatmap,
    /// Output of `flowsim diff --format json`
    Diff,
    /// Output of `flowsim compare --format json` for one recording
    Comparison,
    /// Output of `flowsim compare --format json` for several recordings
    Comparisons,
    /// A line of the output of `flowsim batch`
    Batch,
    /// Output of `flowsim conformance --format json`
    Conformance,
    /// Output of `flowsim explore --format json`
    Exploration,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    match arguments.document {
        Document::Scenario => output::result(&scenario())?,
        Document::Fixtures => output::result(FIXTURES)?,
        Document::Config => output::result(&with_context(CONFIG))?,
        Document::Request => output::result(&with_context(REQUEST))?,
        Document::Call => output::result(&call())?,
        Document::Recording => output::result(RECORDING)?,
        Document::Trace => output::result(TRACE)?,
        Document::Findings => output::result(FINDINGS)?,
        Document::Run => output::result(RUN)?,
        Document::Coverage => output::result(COVERAGE)?,
        Document::Heatmap => output::result(HEATMAP)?,
        Document::Diff => output::result(DIFF)?,
        Document::Comparison => output::result(COMPARISON)?,
        Document::Comparisons => output::result(&comparisons())?,
        Document::Batch => output::result(BATCH)?,
        Document::Conformance => output::result(&conformance())?,
        Document::Exploration => output::result(EXPLORATION)?,
    }
    Ok(Exit::Success)
}

/// Returns the schema of scenario files. It includes the definitions of the fixtures
/// schema, because scenario files contain fixtures. Where both define a name, the
/// scenario definition wins: in a table, `${name}` may replace a number.
pub(super) fn scenario() -> String {
    let mut scenario = object(&with_context(SCENARIO));
    if let Some(Json::Object(definitions)) = scenario.get_mut(DEFINITIONS) {
        let definitions = Arc::make_mut(definitions);
        let mut expect = members(definitions.get("expect"));
        let keys = expectation_schemas();
        let keys =
            keys.map(|(key, schema)| (Text::from(key), Json::object(object(schema))));
        expect.insert("properties".into(), Json::object(keys));
        definitions.insert("expect".into(), Json::object(expect));
    }
    with_definitions(scenario, members(object(FIXTURES).get(DEFINITIONS)))
}

/// Returns the schema of a row that is a call. Its keys are those of a test.
fn call() -> String {
    with_definitions(object(CALL), members(object(&scenario()).get(DEFINITIONS)))
}

/// Returns the schema of several comparisons, with the definitions of a comparison and of
/// findings.
fn comparisons() -> String {
    let mut definitions = members(object(FINDINGS).get(DEFINITIONS));
    let mut comparison = object(COMPARISON);
    definitions.extend(members(comparison.get(DEFINITIONS)));
    comparison.retain(|key, _| ["type", "required", "properties"].contains(&&**key));
    definitions.insert("comparison".into(), Json::object(comparison));
    with_definitions(object(COMPARISONS), definitions)
}

/// Returns the schema of the conformance table, with the definitions of a comparison.
fn conformance() -> String {
    let mut comparison = object(COMPARISON);
    let mut definitions = members(comparison.get(DEFINITIONS));
    comparison.retain(|key, _| ["type", "required", "properties"].contains(&&**key));
    definitions.insert("comparison".into(), Json::object(comparison));
    with_definitions(object(CONFORMANCE), definitions)
}

/// Adds the definitions of other schemas to a schema; its own definitions win.
fn with_definitions(mut schema: JsonObject, others: JsonObject) -> String {
    let mut definitions = members(schema.get(DEFINITIONS));
    for (name, other) in others {
        definitions.entry(name).or_insert(other);
    }
    schema.insert(DEFINITIONS.into(), Json::object(definitions));
    let text = serde_json::to_string_pretty(&Json::object(schema));
    text.expect("JSON can be written") + "\n"
}

/// Returns a schema with the fields of contexts: as the properties of every object with
/// the key `context`.
fn with_context(schema: &str) -> String {
    let fields = CONTEXT_FIELDS.iter().map(|field| {
        let meaning = (Text::from("description"), Json::String(field.meaning.into()));
        (Text::from(field.name), Json::object([meaning]))
    });
    let mut schema = object(schema);
    add_context(&mut schema, &Json::object(fields));
    let text = serde_json::to_string_pretty(&Json::object(schema));
    text.expect("JSON can be written") + "\n"
}

/// Adds the fields to the schemas of contexts at any depth of a schema, which is part of
/// flowsim.
fn add_context(schema: &mut JsonObject, fields: &Json) {
    for (key, value) in schema.iter_mut() {
        let Json::Object(members) = value else { continue };
        let members = Arc::make_mut(members);
        if key == "context" && members.contains_key("description") {
            members.insert("properties".into(), fields.clone());
        } else {
            add_context(members, fields);
        }
    }
}

fn object(text: &str) -> JsonObject {
    members(Json::parse(text).ok().as_ref())
}

fn members(json: Option<&Json>) -> JsonObject {
    match json {
        Some(Json::Object(members)) => (**members).clone(),
        _ => JsonObject::default(),
    }
}

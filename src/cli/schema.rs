//! `flowsim schema`

use std::io;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::output;
use crate::value::{Json, JsonObject};

const SCENARIO: &str = include_str!("schemas/scenario.json");
const FIXTURES: &str = include_str!("schemas/fixtures.json");
const REQUEST: &str = include_str!("schemas/request.json");
const TRACE: &str = include_str!("schemas/trace.json");
const RECORDING: &str = include_str!("schemas/recording.json");
const FINDINGS: &str = include_str!("schemas/findings.json");
const RUN: &str = include_str!("schemas/run.json");
const COVERAGE: &str = include_str!("schemas/coverage.json");
const HEATMAP: &str = include_str!("schemas/heatmap.json");
const DIFF: &str = include_str!("schemas/diff.json");
const COMPARISON: &str = include_str!("schemas/comparison.json");
const COMPARISONS: &str = include_str!("schemas/comparisons.json");

/// Where a schema holds those that it refers to.
const DEFINITIONS: &str = "definitions";

/// Print the JSON Schema of what flowsim reads or prints, for editors and programs.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The document that the schema describes
    #[arg(value_enum)]
    document: Document,
}

/// What there are schemas of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Document {
    /// Scenario files: what `flowsim test` runs
    Scenario,
    /// Fixtures documents: --fixtures
    Fixtures,
    /// Simulation requests: `flowsim run --request`
    Request,
    /// Recordings: what `flowsim import` and `flowsim redact` write
    Recording,
    /// What `flowsim run --format json` prints
    Trace,
    /// What `flowsim check --format json` prints
    Findings,
    /// A line of what `flowsim test --report json=FILE` writes
    Run,
    /// What `flowsim test --coverage-out FILE` writes
    Coverage,
    /// What `flowsim heatmap --format json` prints
    Heatmap,
    /// What `flowsim diff --format json` prints
    Diff,
    /// What `flowsim compare --format json` prints of one recording
    Comparison,
    /// What `flowsim compare --format json` prints of several
    Comparisons,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    match arguments.document {
        Document::Scenario => output::result(&scenario())?,
        Document::Fixtures => output::result(FIXTURES)?,
        Document::Request => output::result(REQUEST)?,
        Document::Recording => output::result(RECORDING)?,
        Document::Trace => output::result(TRACE)?,
        Document::Findings => output::result(FINDINGS)?,
        Document::Run => output::result(RUN)?,
        Document::Coverage => output::result(COVERAGE)?,
        Document::Heatmap => output::result(HEATMAP)?,
        Document::Diff => output::result(DIFF)?,
        Document::Comparison => output::result(COMPARISON)?,
        Document::Comparisons => output::result(&comparisons())?,
    }
    Ok(Exit::Success)
}

/// Scenario files hold fixtures, so their schema holds that of fixtures. Where both define
/// the same name, it is that of scenario files: in a table, `${name}` may stand for a number.
fn scenario() -> String {
    with_definitions(SCENARIO, members(object(FIXTURES).get(DEFINITIONS)))
}

/// Several comparisons hold what one is, and findings.
fn comparisons() -> String {
    let mut definitions = members(object(FINDINGS).get(DEFINITIONS));
    let mut comparison = object(COMPARISON);
    definitions.extend(members(comparison.get(DEFINITIONS)));
    comparison.retain(|key, _| ["type", "required", "properties"].contains(&&**key));
    definitions.insert("comparison".into(), Json::object(comparison));
    with_definitions(COMPARISONS, definitions)
}

/// A schema with the definitions of others, besides its own.
fn with_definitions(schema: &str, others: JsonObject) -> String {
    let mut schema = object(schema);
    let mut definitions = members(schema.get(DEFINITIONS));
    for (name, other) in others {
        definitions.entry(name).or_insert(other);
    }
    schema.insert(DEFINITIONS.into(), Json::object(definitions));
    let text = serde_json::to_string_pretty(&Json::object(schema));
    text.expect("JSON can be written") + "\n"
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

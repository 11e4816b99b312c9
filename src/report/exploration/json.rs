//! The JSON of an exploration: `flowsim.exploration/1`.

use indexmap::IndexMap;
use serde::Serialize;

use super::mutants::JsonMutants;
use super::properties::JsonProperty;
use super::{Additions, Counts, Reported, SuiteSummary, id, inputs, reason};
use crate::diagnostic;
use crate::explore::{Decided, Exploration, Finding, Verdict, Witness};
use crate::flow::{FlowId, SymbolTable};
use crate::source::Files;
use crate::value::{DateTime, Json, Text, Value};

/// Name and version of the JSON form.
const SCHEMA: &str = "flowsim.exploration/1";

/// Returns the JSON form, with a final line break.
pub fn render_json(
    exploration: &Exploration,
    additions: &Additions<'_>,
    symbols: &SymbolTable,
    files: &Files,
) -> String {
    let all: Vec<&Decided> = exploration.goals.iter().collect();
    let goals = |has_output: bool| {
        let goals = all.iter().filter(move |it| it.output.is_some() == has_output);
        goals.map(|goal| JsonGoal::of(goal, additions, symbols)).collect()
    };
    let paths = exploration.paths.iter().map(|path| JsonPath {
        input: inputs(&path.witness),
        call: JsonCall::of((path.start, path.at), &path.witness, additions, symbols),
        status: path.status.name(),
        nodes: path.nodes.iter().map(|node| id(*node, symbols)).collect(),
    });
    let document = JsonExploration {
        schema: SCHEMA,
        complete: exploration.is_complete,
        budget: JsonBudget { used: exploration.used, limit: exploration.budget },
        states: exploration.states,
        counts: Counts::of(&all),
        nodes: goals(false),
        outputs: goals(true),
        paths: paths.collect(),
        suite: additions.suite.as_ref().map(JsonSuite::of),
        mutants: additions
            .mutants
            .as_ref()
            .map(|it| JsonMutants::of(it, additions, symbols, files)),
        properties: additions.properties.as_ref().map(|checked| {
            let each = checked.iter();
            each.map(|it| JsonProperty::of(it, additions, symbols)).collect()
        }),
        findings: additions.findings.as_ref().map(|found| {
            let diagnostics = found.iter().map(|it| &it.diagnostic);
            let findings = diagnostic::each_finding(diagnostics, files);
            let each = found.iter().zip(findings);
            each.map(|(it, finding)| JsonFinding::of(it, finding, additions, symbols))
                .collect()
        }),
    };
    let text = serde_json::to_string_pretty(&document);
    text.expect("JSON can be written") + "\n"
}

#[derive(Serialize)]
struct JsonExploration<'e> {
    schema: &'static str,
    complete: bool,
    budget: JsonBudget,
    states: usize,
    counts: Counts,
    nodes: Vec<JsonGoal<'e>>,
    outputs: Vec<JsonGoal<'e>>,
    paths: Vec<JsonPath<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suite: Option<JsonSuite<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mutants: Option<JsonMutants<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Vec<JsonProperty<'e>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<JsonFinding<'e>>>,
}

/// A finding of `flowsim.findings/1`, with a call that shows it.
#[derive(Serialize)]
struct JsonFinding<'e> {
    #[serde(flatten)]
    finding: diagnostic::Finding<'e>,
    input: Option<Vec<String>>,
    call: Option<JsonCall<'e>>,
}

impl<'e> JsonFinding<'e> {
    fn of(
        it: &'e Reported<'e>,
        finding: diagnostic::Finding<'e>,
        additions: &Additions<'e>,
        symbols: &'e SymbolTable,
    ) -> Self {
        let Finding { start, at, witness, .. } = it.finding;
        let call = |witness| JsonCall::of((*start, *at), witness, additions, symbols);
        Self {
            finding,
            input: witness.as_ref().map(inputs),
            call: witness.as_ref().map(call),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonSuite<'e> {
    tests: usize,
    lower_bound: usize,
    new: usize,
    kept: usize,
    removed: usize,
    not_replayed: usize,
    files: &'e [String],
}

impl<'e> JsonSuite<'e> {
    fn of(suite: &'e SuiteSummary) -> Self {
        Self {
            tests: suite.new + suite.kept,
            lower_bound: suite.lower_bound,
            new: suite.new,
            kept: suite.kept,
            removed: suite.removed,
            not_replayed: suite.not_replayed,
            files: &suite.files,
        }
    }
}

#[derive(Serialize)]
struct JsonBudget {
    used: u64,
    limit: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonGoal<'e> {
    flow: Text,
    node_id: &'e str,
    node_name: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'e str>,
    verdict: &'static str,
    reason: Option<String>,
    input: Option<Vec<String>>,
    call: Option<JsonCall<'e>>,
}

impl<'e> JsonGoal<'e> {
    fn of(
        goal: &'e Decided,
        additions: &Additions<'e>,
        symbols: &'e SymbolTable,
    ) -> Self {
        let node = symbols.node(goal.node);
        let (input, call) = match &goal.verdict {
            Verdict::Reachable(witness) => (
                Some(inputs(witness)),
                Some(JsonCall::of((goal.start, goal.at), witness, additions, symbols)),
            ),
            _ => (None, None),
        };
        Self {
            flow: symbols.flow_reference(node.flow),
            node_id: &node.id,
            node_name: &node.name,
            path: goal.output.as_deref(),
            verdict: goal.verdict.name(),
            reason: Some(reason(goal)).filter(|reason| !reason.is_empty()),
            input,
            call,
        }
    }
}

/// The call of a witness, apart from its inputs.
#[derive(Serialize)]
pub(super) struct JsonCall<'e> {
    flow: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixtures: Option<&'e Json>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    variables: IndexMap<&'e str, Json>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    context: IndexMap<&'e str, Json>,
}

impl<'e> JsonCall<'e> {
    pub(super) fn of(
        (flow, at): (FlowId, Option<DateTime>),
        witness: &'e Witness,
        additions: &Additions<'e>,
        symbols: &'e SymbolTable,
    ) -> Self {
        Self {
            flow: symbols.flow_key(flow),
            context: values(additions.context, &witness.context),
            variables: values(additions.variables, &witness.variables),
            at: at.map(|at| at.to_string()),
            seed: witness.seed,
            fixtures: witness.fixtures.as_ref(),
        }
    }
}

/// The given values, and those of the witness over them.
fn values<'e>(
    given: &'e [(Text, Value)],
    found: &'e [(Text, Json)],
) -> IndexMap<&'e str, Json> {
    let given = given.iter().map(|(name, value)| (name.as_str(), value.to_json()));
    let found = found.iter().map(|(name, value)| (name.as_str(), value.clone()));
    given.chain(found).collect()
}

#[derive(Serialize)]
struct JsonPath<'e> {
    input: Vec<String>,
    call: JsonCall<'e>,
    status: &'static str,
    nodes: Vec<&'e str>,
}

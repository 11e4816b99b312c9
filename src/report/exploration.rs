//! Explorations: text for the terminal, Markdown, and JSON.

use std::fmt::Write;

use indexmap::IndexMap;
use serde::Serialize;

use super::words::plural;
use crate::diagnostic::visible::one_line;
use crate::explore::{Decided, Exploration, Path, Verdict, Witness};
use crate::flow::{FlowId, NodeId, SymbolTable};
use crate::value::{DateTime, Json, Text};

/// Name and version of the JSON form.
const SCHEMA: &str = "flowsim.exploration/1";

/// Renders the verdicts as text: for each flow, everything that is not reachable, then the
/// reachable nodes with the inputs that lead there, then the complete calls.
pub fn render_text(exploration: &Exploration, symbols: &SymbolTable) -> String {
    let mut out = String::new();
    for (flow, goals) in by_flow(exploration, symbols) {
        let name = one_line(&symbols.flow(flow).name);
        let _ = writeln!(out, "{name}: {}", Counts::of(&goals).sentence());
        for word in ["unreachable", "undecided"] {
            for (reason, labels) in by_reason(&goals, word, symbols) {
                let _ = writeln!(out, "  {word}: {}", one_line(&reason));
                for label in labels {
                    let _ = writeln!(out, "    {label}");
                }
            }
        }
        let mut is_first = true;
        for goal in &goals {
            if let (Verdict::Reachable(witness), None) = (&goal.verdict, &goal.output) {
                let (label, flags) = (label(goal, symbols), flags(witness, goal.at));
                if std::mem::take(&mut is_first) {
                    out.push_str("  reachable\n");
                }
                let _ = writeln!(out, "    {label}: {flags}");
            }
        }
        out.push('\n');
    }
    for path in &exploration.paths {
        let (flags, status) = (flags(&path.witness, path.at), path.status.name());
        let _ = writeln!(out, "{flags}: {status}: {}", steps(path, symbols).join(" > "));
    }
    if !exploration.paths.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}", summary(exploration));
    out
}

/// Groups the goals with a verdict by its reason, in the order of the goals.
fn by_reason(
    goals: &[&Decided],
    verdict: &str,
    symbols: &SymbolTable,
) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for goal in goals.iter().filter(|it| it.verdict.name() == verdict) {
        if is_implied(goal, goals) {
            continue;
        }
        let (reason, label) = (reason(goal), label(goal, symbols));
        match groups.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, labels)) => labels.push(label),
            None => groups.push((reason, vec![label])),
        }
    }
    groups
}

/// Renders the verdicts as Markdown, with a table for each flow.
pub fn render_markdown(exploration: &Exploration, symbols: &SymbolTable) -> String {
    let mut out = format!("**{}**\n", summary(exploration));
    for (flow, goals) in by_flow(exploration, symbols) {
        let name = &symbols.flow(flow).name;
        let _ = write!(out, "\n### {}\n\n", cell(name));
        out.push_str(
            "| action | output | verdict | inputs or reason |\n|---|---|---|---|\n",
        );
        for goal in goals.iter().filter(|goal| !is_implied(goal, &goals)) {
            let explanation = match &goal.verdict {
                Verdict::Reachable(witness) => flags(witness, goal.at),
                _ => reason(goal),
            };
            let node = &symbols.node(goal.node).name;
            let output = goal.output.as_deref().unwrap_or_default();
            let verdict = goal.verdict.name();
            let _ = writeln!(
                out,
                "| {} | {} | {verdict} | {} |",
                cell(node),
                cell(output),
                cell(&explanation)
            );
        }
    }
    if !exploration.paths.is_empty() {
        out.push_str("\n### Calls\n\n| inputs | status | actions |\n|---|---|---|\n");
    }
    for path in &exploration.paths {
        let (flags, status) = (flags(&path.witness, path.at), path.status.name());
        let steps = steps(path, symbols).join(" > ");
        let _ = writeln!(out, "| {} | {status} | {} |", cell(&flags), cell(&steps));
    }
    out
}

/// Escapes a string for a cell of a table.
fn cell(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;")
}

fn summary(exploration: &Exploration) -> String {
    let goals: Vec<&Decided> = exploration.goals.iter().collect();
    let counts = Counts::of(&goals).sentence();
    let states = plural(exploration.states, "state");
    let used = exploration.used;
    let end = match exploration.is_complete {
        true => "complete",
        false => "not complete",
    };
    format!("{counts}; {states}, {used} questions answered, {end}")
}

/// Groups the verdicts by flow, in the order of the flows.
fn by_flow<'e>(
    exploration: &'e Exploration,
    symbols: &SymbolTable,
) -> Vec<(FlowId, Vec<&'e Decided>)> {
    let mut flows: Vec<(FlowId, Vec<&Decided>)> = Vec::new();
    for goal in &exploration.goals {
        let flow = symbols.node(goal.node).flow;
        match flows.iter_mut().find(|(known, _)| *known == flow) {
            Some((_, goals)) => goals.push(goal),
            None => flows.push((flow, vec![goal])),
        }
    }
    flows.sort_by_key(|(flow, _)| *flow);
    flows
}

/// Whether the verdict about an output follows from that about its node.
fn is_implied(goal: &Decided, goals: &[&Decided]) -> bool {
    goal.output.is_some()
        && !matches!(goal.verdict, Verdict::Reachable(_))
        && goals.iter().any(|it| {
            it.node == goal.node
                && it.output.is_none()
                && !matches!(it.verdict, Verdict::Reachable(_))
        })
}

fn label(goal: &Decided, symbols: &SymbolTable) -> String {
    let node = symbols.node(goal.node);
    let mut label = format!("{} ({})", one_line(&node.name), one_line(&node.node_type));
    if let Some(output) = &goal.output {
        let _ = write!(label, ", output `{}`", one_line(output));
    }
    label
}

fn reason(goal: &Decided) -> String {
    match &goal.verdict {
        Verdict::Reachable(_) => String::new(),
        Verdict::Unreachable(reason) | Verdict::Undecided(reason) => reason.to_string(),
    }
}

/// Returns the inputs as flags of `flowsim run`.
fn flags(witness: &Witness, at: Option<DateTime>) -> String {
    let flags = witness.inputs.iter().map(|input| {
        let input = one_line(&input.to_string());
        match input.contains([' ', '#', '*']) {
            true => format!("--input '{input}'"),
            false => format!("--input {input}"),
        }
    });
    let at = at.map(|at| format!("--at {at}"));
    let given = |flag: &'static str, entries: &[(Text, Json)]| {
        let entries = entries.iter().map(move |(name, value)| {
            let value = one_line(&value.to_string()).replace('\'', "'\\''");
            format!("{flag} '{}={value}'", one_line(name))
        });
        entries.collect::<Vec<_>>()
    };
    let variables = given("--var", &witness.variables);
    let context = witness.context.iter().map(|(name, value)| {
        let value = match value {
            Json::String(text) => text.to_string(),
            other => other.to_string(),
        };
        let value = one_line(&value).replace('\'', "'\\''");
        format!("--context '{}={value}'", one_line(name))
    });
    let mut flags =
        flags.chain(at).chain(variables).chain(context).collect::<Vec<_>>().join(" ");
    if flags.is_empty() {
        flags.push_str("no input");
    }
    if let Some(fixtures) = &witness.fixtures {
        let _ = write!(flags, ", with fixtures {}", one_line(&fixtures.to_string()));
    }
    flags
}

fn steps(path: &Path, symbols: &SymbolTable) -> Vec<String> {
    path.nodes.iter().map(|node| one_line(&symbols.node(*node).name)).collect()
}

/// Returns the JSON form, with a final line break.
pub fn render_json(exploration: &Exploration, symbols: &SymbolTable) -> String {
    let all: Vec<&Decided> = exploration.goals.iter().collect();
    let goals = |has_output: bool| {
        let goals = all.iter().filter(move |it| it.output.is_some() == has_output);
        goals.map(|goal| JsonGoal::of(goal, symbols)).collect()
    };
    let paths = exploration.paths.iter().map(|path| JsonPath {
        input: inputs(&path.witness),
        call: JsonCall::of(path.start, path.at, &path.witness, symbols),
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
    };
    let text = serde_json::to_string_pretty(&document);
    text.expect("JSON can be written") + "\n"
}

fn inputs(witness: &Witness) -> Vec<String> {
    witness.inputs.iter().map(ToString::to_string).collect()
}

fn id(node: NodeId, symbols: &SymbolTable) -> &str {
    &symbols.node(node).id
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
}

#[derive(Serialize)]
struct JsonBudget {
    used: u64,
    limit: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonGoal<'e> {
    flow: &'e str,
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
    fn of(goal: &'e Decided, symbols: &'e SymbolTable) -> Self {
        let node = symbols.node(goal.node);
        let (input, call) = match &goal.verdict {
            Verdict::Reachable(witness) => (
                Some(inputs(witness)),
                Some(JsonCall::of(goal.start, goal.at, witness, symbols)),
            ),
            _ => (None, None),
        };
        Self {
            flow: &symbols.flow(node.flow).name,
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
struct JsonCall<'e> {
    flow: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixtures: Option<&'e Json>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    variables: IndexMap<&'e str, &'e Json>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    context: IndexMap<&'e str, &'e Json>,
}

impl<'e> JsonCall<'e> {
    fn of(
        flow: FlowId,
        at: Option<DateTime>,
        witness: &'e Witness,
        symbols: &'e SymbolTable,
    ) -> Self {
        Self {
            flow: &symbols.flow(flow).id,
            at: at.map(|at| at.to_string()),
            fixtures: witness.fixtures.as_ref(),
            variables: entries(&witness.variables),
            context: entries(&witness.context),
        }
    }
}

fn entries(entries: &[(Text, Json)]) -> IndexMap<&str, &Json> {
    entries.iter().map(|(name, value)| (name.as_str(), value)).collect()
}

#[derive(Serialize)]
struct JsonPath<'e> {
    input: Vec<String>,
    call: JsonCall<'e>,
    status: &'static str,
    nodes: Vec<&'e str>,
}

/// Numbers of goals by verdict.
#[derive(Serialize)]
struct Counts {
    reachable: usize,
    unreachable: usize,
    undecided: usize,
}

impl Counts {
    fn of(goals: &[&Decided]) -> Self {
        let count = |name| goals.iter().filter(|it| it.verdict.name() == name).count();
        Self {
            reachable: count("reachable"),
            unreachable: count("unreachable"),
            undecided: count("undecided"),
        }
    }

    fn sentence(&self) -> String {
        let Self { reachable, unreachable, undecided } = self;
        format!("{reachable} reachable, {unreachable} unreachable, {undecided} undecided")
    }
}

//! Explorations: text for the terminal, Markdown, JSON, and a page.

mod html;
mod json;
mod mutants;
mod properties;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use indexmap::IndexMap;
use serde::Serialize;

use super::words::plural;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::visible::one_line;
use crate::explore::{Checked, Decided, Exploration, Finding, Path, Verdict, Witness};
use crate::flow::{FlowId, NodeId, SymbolTable};
use crate::value::{DateTime, Json, Text, Value};

pub use html::render_html;
pub use json::render_json;
pub use mutants::{MutantSummary, Survivor};

/// Everything that a report shows in addition to the verdicts.
#[derive(Debug, Default)]
pub struct Additions<'a> {
    /// The given context fields of the calls.
    pub context: &'a [(Text, Value)],
    /// The given variables of the calls.
    pub variables: &'a [(Text, Value)],
    /// The written tests, if they were requested.
    pub suite: Option<SuiteSummary>,
    /// The mutants, if they were requested.
    pub mutants: Option<MutantSummary>,
    /// The properties with their verdicts, if there are any to check.
    pub properties: Option<Vec<Checked>>,
    /// The findings, if they were requested.
    pub findings: Option<Vec<Reported<'a>>>,
}

/// A finding of an exploration as a diagnostic.
#[derive(Debug)]
pub struct Reported<'a> {
    /// The diagnostic.
    pub diagnostic: Diagnostic,
    finding: &'a Finding,
}

/// Returns findings as diagnostics, sorted by position. The help has a call that shows the
/// finding.
pub fn reported<'a>(found: &'a [Finding], symbols: &SymbolTable) -> Vec<Reported<'a>> {
    let reported = found.iter().map(|finding| {
        let node = symbols.node(finding.node);
        let diagnostic = Diagnostic::new(finding.code, finding.message.clone())
            .at(node.span)
            .flow(symbols.flow(node.flow).name.to_string())
            .node(node.id.to_string())
            .naming_node();
        let diagnostic = match &finding.witness {
            Some(witness) => {
                let flags = flags(witness, finding.at);
                diagnostic.help(format!("a call that shows it: {flags}"))
            }
            None => diagnostic,
        };
        Reported { diagnostic, finding }
    });
    let mut reported: Vec<Reported<'_>> = reported.collect();
    reported.sort_by_key(|it| {
        let span = it.diagnostic.labels.first().map(|label| label.span);
        (span.map(|span| (span.file, span.start)), it.finding.code)
    });
    reported
}

/// Tests that an exploration wrote.
#[derive(Debug, Default, Clone)]
pub struct SuiteSummary {
    /// The number of tests that were added.
    pub new: usize,
    /// The number of tests of earlier explorations that were kept.
    pub kept: usize,
    /// The number of tests of earlier explorations that failed and were removed.
    pub removed: usize,
    /// The number of tests that failed before, of all that count.
    pub failed: usize,
    /// The number of calls that had another result as a test, and were not written.
    pub not_replayed: usize,
    /// The number of actions and outputs that the exploration reached.
    pub goals: usize,
    /// The number of calls that reach all of them at least.
    pub lower_bound: usize,
    /// The files that changed.
    pub files: Vec<String>,
}

impl SuiteSummary {
    fn sentence(&self) -> String {
        let Self { new, kept, removed, goals, lower_bound, .. } = self;
        let tests = plural(new + kept, "explored test");
        let mut text = format!(
            "{tests}: {new} new, {kept} kept, {removed} removed; {goals} actions and \
             outputs are reachable, and need at least {}",
            plural(*lower_bound, "call")
        );
        if self.not_replayed > 0 {
            let calls = plural(self.not_replayed, "call");
            let _ = write!(text, "; {calls} did not replay as a test");
        }
        let others = self.failed.saturating_sub(self.removed);
        if others > 0 {
            let verbs = if others == 1 { "fails, and does" } else { "fail, and do" };
            let tests = plural(others, "other test");
            let _ = write!(text, "; {tests} {verbs} not count");
        }
        text
    }
}

/// Renders the verdicts as text: for each flow, everything that is not reachable, then the
/// reachable nodes with the inputs that lead there, then the complete calls.
pub fn render_text(
    exploration: &Exploration,
    additions: &Additions<'_>,
    symbols: &SymbolTable,
) -> String {
    let mut out = String::new();
    for (flow, goals) in by_flow(exploration, symbols) {
        let name = one_line(&symbols.flow_reference(flow));
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
    out.push_str(&paths_text(exploration, symbols));
    out.push_str(&properties::text(additions, symbols));
    if let Some(suite) = &additions.suite {
        for file in &suite.files {
            let _ = writeln!(out, "changed {}", one_line(file));
        }
        let _ = writeln!(out, "{}\n", suite.sentence());
    }
    if let Some(summary) = &additions.mutants {
        out.push_str(&mutants::text(summary, symbols));
    }
    let _ = writeln!(out, "{}", summary(exploration));
    out
}

/// Renders the complete calls as text.
fn paths_text(exploration: &Exploration, symbols: &SymbolTable) -> String {
    let mut out = String::new();
    for path in &exploration.paths {
        let (flags, status) = (flags(&path.witness, path.at), path.status.name());
        let _ = writeln!(out, "{flags}: {status}: {}", steps(path, symbols).join(" > "));
    }
    if !exploration.paths.is_empty() {
        out.push('\n');
    }
    out
}

/// Groups the goals with a verdict by its reason, in the order of the goals.
fn by_reason(
    goals: &[&Decided],
    verdict: &str,
    symbols: &SymbolTable,
) -> Vec<(String, Vec<String>)> {
    let mut groups: IndexMap<String, Vec<String>> = IndexMap::new();
    for goal in stated(goals).filter(|it| it.verdict.name() == verdict) {
        groups.entry(reason(goal)).or_default().push(label(goal, symbols));
    }
    groups.into_iter().collect()
}

/// Renders the verdicts as Markdown, with a table for each flow.
pub fn render_markdown(
    exploration: &Exploration,
    additions: &Additions<'_>,
    symbols: &SymbolTable,
) -> String {
    let mut out = format!("**{}**\n", summary(exploration));
    if let Some(summary) = &additions.mutants {
        out.push_str(&mutants::markdown(summary, symbols));
    }
    out.push_str(&properties::markdown(additions, symbols));
    out.push_str(&findings_table(additions));
    if let Some(suite) = &additions.suite {
        let _ = write!(out, "\n{}\n", cell(&suite.sentence()));
    }
    for (flow, goals) in by_flow(exploration, symbols) {
        let name = &symbols.flow_reference(flow);
        let _ = write!(out, "\n### {}\n\n", cell(name));
        out.push_str(
            "| action | output | verdict | inputs or reason |\n|---|---|---|---|\n",
        );
        for goal in stated(&goals) {
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
    out.push_str(&paths_table(exploration, symbols));
    out
}

/// Renders the findings as a table, if there are any.
fn findings_table(additions: &Additions<'_>) -> String {
    let mut out = String::new();
    if let Some(found) = additions.findings.as_ref().filter(|found| !found.is_empty()) {
        out.push_str("\n### Findings\n\n| code | finding | call |\n|---|---|---|\n");
        for it in found {
            let (code, message) = (it.finding.code.name(), &it.diagnostic.message);
            let witness = it.finding.witness.as_ref();
            let call = witness.map(|witness| flags(witness, it.finding.at));
            let call = call.unwrap_or_default();
            let _ = writeln!(out, "| {code} | {} | {} |", cell(message), cell(&call));
        }
    }
    out
}

/// Renders the complete calls as a table, if there are any.
fn paths_table(exploration: &Exploration, symbols: &SymbolTable) -> String {
    let mut out = String::new();
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
    let end = match (exploration.is_complete, exploration.is_stopped) {
        (true, _) => "complete",
        (false, true) => "stopped before the end",
        (false, false) => "not complete",
    };
    format!("{counts}; {states}, {used} questions answered, {end}")
}

/// Groups the verdicts by flow, in the order of the flows.
fn by_flow<'e>(
    exploration: &'e Exploration,
    symbols: &SymbolTable,
) -> Vec<(FlowId, Vec<&'e Decided>)> {
    let mut flows: BTreeMap<FlowId, Vec<&Decided>> = BTreeMap::new();
    for goal in &exploration.goals {
        flows.entry(symbols.node(goal.node).flow).or_default().push(goal);
    }
    flows.into_iter().collect()
}

/// Returns the goals without the outputs whose verdict follows from that of their node.
fn stated<'g>(goals: &'g [&'g Decided]) -> impl Iterator<Item = &'g Decided> {
    let is_open = |goal: &Decided| !matches!(goal.verdict, Verdict::Reachable(_));
    let nodes = goals.iter().filter(|goal| goal.output.is_none() && is_open(goal));
    let nodes: BTreeSet<NodeId> = nodes.map(|goal| goal.node).collect();
    let is_implied = move |goal: &Decided| {
        goal.output.is_some() && is_open(goal) && nodes.contains(&goal.node)
    };
    goals.iter().copied().filter(move |goal| !is_implied(goal))
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
    let seed = witness.seed.map(|seed| format!("--seed {seed}"));
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
    let mut flags = flags
        .chain(at)
        .chain(seed)
        .chain(variables)
        .chain(context)
        .collect::<Vec<_>>()
        .join(" ");
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

fn inputs(witness: &Witness) -> Vec<String> {
    witness.inputs.iter().map(ToString::to_string).collect()
}

fn id(node: NodeId, symbols: &SymbolTable) -> &str {
    &symbols.node(node).id
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

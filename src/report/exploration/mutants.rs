//! Mutants that tests did not notice.

use std::fmt::Write;

use serde::Serialize;

use super::json::JsonCall;
use super::{Additions, cell, flags, inputs};
use crate::diagnostic::visible::one_line;
use crate::explore::mutants::Detection;
use crate::flow::{NodeId, SymbolTable};
use crate::source::Files;
use crate::suite::Partition;
use crate::value::Text;

/// The results of mutation testing.
#[derive(Debug, Default)]
pub struct MutantSummary {
    /// The share of the mutants that were tried; `None` if all were.
    pub partition: Option<Partition>,
    /// The number of mutants in which a test failed.
    pub killed: usize,
    /// The number of mutants in which a call exceeded the limit of actions.
    pub timeouts: usize,
    /// The number of mutants in which all tests passed.
    pub survived: usize,
    /// The number of mutants that no test can notice.
    pub equivalent: usize,
    /// The mutants in which all tests passed.
    pub list: Vec<Survivor>,
}

/// A mutant in which all tests passed.
#[derive(Debug)]
pub struct Survivor {
    /// The node.
    pub node: NodeId,
    /// The kind of change.
    pub kind: &'static str,
    /// The change in words.
    pub change: String,
    /// The number of tests that execute the node.
    pub tests: usize,
    /// A call that would notice it.
    pub detection: Detection,
}

impl MutantSummary {
    fn noticed(&self) -> usize {
        self.killed + self.timeouts
    }

    /// Whether the tests noticed at least this share of the mutants, in percent.
    pub fn is_at_least(&self, percent: usize) -> bool {
        let all = self.noticed() + self.survived;
        self.noticed() * 100 >= percent * all
    }

    /// The number of mutants that survived at nodes that no known call reaches.
    fn unreached(&self) -> usize {
        self.list.iter().filter(|it| it.detection == Detection::Unreached).count()
    }

    fn sentence(&self) -> String {
        let Self { killed, timeouts, survived, equivalent, .. } = self;
        let unreached = self.unreached();
        let all = self.noticed() + survived;
        let tenths = (self.noticed() * 1_000).checked_div(all).unwrap_or(1_000);
        let share = self.partition.map(|it| format!(" of {it}")).unwrap_or_default();
        format!(
            "mutants{share}: {killed} killed, {timeouts} timeouts, {survived} survived \
             ({unreached} where no known call leads), {equivalent} equivalent; score {}.{} %",
            tenths / 10,
            tenths % 10
        )
    }
}

fn advice(survivor: &Survivor) -> String {
    let tests = match survivor.tests {
        0 => "no test executes it".to_owned(),
        1 => "1 test executes it".to_owned(),
        count => format!("{count} tests execute it"),
    };
    match &survivor.detection {
        Detection::Call(_, at, witness) => {
            format!("{tests}; a call that notices it: {}", flags(witness, *at))
        }
        Detection::Unreachable => "no call reaches it".to_owned(),
        Detection::Equivalent => "no call can notice it".to_owned(),
        Detection::Unreached => "no known call reaches it".to_owned(),
        Detection::Unknown => format!("{tests}; no known call notices it"),
    }
}

/// Returns whether a mutant in which all tests passed counts.
fn status(survivor: &Survivor) -> &'static str {
    match survivor.detection {
        Detection::Unreachable | Detection::Equivalent => "equivalent",
        _ => "survived",
    }
}

/// Returns the name of a node, after that of its flow if there are several flows.
fn place(node: NodeId, symbols: &SymbolTable) -> String {
    let label = symbols.node(node);
    match symbols.flows.len() {
        1 => label.name.to_string(),
        _ => format!("{}: {}", symbols.flow_reference(label.flow), label.name),
    }
}

/// Renders the survivors and the score as text.
pub(super) fn text(summary: &MutantSummary, symbols: &SymbolTable) -> String {
    let mut out = String::new();
    for it in &summary.list {
        let place = place(it.node, symbols);
        let (name, change) = (one_line(&place), one_line(&it.change));
        let (status, advice) = (status(it), advice(it));
        let _ = writeln!(out, "{status}: {name}: {}: {change}\n  {advice}", it.kind);
    }
    let _ = writeln!(out, "{}\n", summary.sentence());
    out
}

/// Renders the survivors and the score as Markdown.
pub(super) fn markdown(summary: &MutantSummary, symbols: &SymbolTable) -> String {
    let mut out = format!("\n{}\n", summary.sentence());
    if !summary.list.is_empty() {
        out.push_str("\n| action | change | tests |\n|---|---|---|\n");
    }
    for it in &summary.list {
        let name = cell(&place(it.node, symbols));
        let change = cell(&format!("{}: {}", it.kind, it.change));
        let _ = writeln!(out, "| {name} | {change} | {} |", cell(&advice(it)));
    }
    out
}

#[derive(Serialize)]
pub(super) struct JsonMutants<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    partition: Option<String>,
    killed: usize,
    survived: usize,
    timeouts: usize,
    equivalent: usize,
    unreached: usize,
    list: Vec<JsonSurvivor<'e>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonSurvivor<'e> {
    flow: Text,
    node_id: &'e str,
    node_name: &'e str,
    file: String,
    line: u32,
    kind: &'static str,
    change: &'e str,
    status: &'static str,
    tests: usize,
    input: Option<Vec<String>>,
    call: Option<JsonCall<'e>>,
}

impl<'e> JsonMutants<'e> {
    pub(super) fn of(
        summary: &'e MutantSummary,
        additions: &Additions<'e>,
        symbols: &'e SymbolTable,
        files: &Files,
    ) -> Self {
        let list = summary.list.iter();
        let list = list.map(|it| JsonSurvivor::of(it, additions, symbols, files));
        Self {
            partition: summary.partition.map(|it| it.to_string()),
            killed: summary.killed,
            survived: summary.survived,
            timeouts: summary.timeouts,
            equivalent: summary.equivalent,
            unreached: summary.unreached(),
            list: list.collect(),
        }
    }
}

impl<'e> JsonSurvivor<'e> {
    fn of(
        it: &'e Survivor,
        additions: &Additions<'e>,
        symbols: &'e SymbolTable,
        files: &Files,
    ) -> Self {
        let node = symbols.node(it.node);
        let (input, call) = match &it.detection {
            Detection::Call(start, at, witness) => (
                Some(inputs(witness)),
                Some(JsonCall::of((*start, *at), witness, additions, symbols)),
            ),
            _ => (None, None),
        };
        Self {
            flow: symbols.flow_reference(node.flow),
            node_id: &node.id,
            node_name: &node.name,
            file: files.get(node.span.file).path().to_string_lossy().replace('\\', "/"),
            line: files.position(node.span).line,
            kind: it.kind,
            change: &it.change,
            status: status(it),
            tests: it.tests,
            input,
            call,
        }
    }
}

//! Coverage report, which refers to flows and nodes by name and position.

use indexmap::IndexMap;

use super::catalogue::Entry;
use super::count::{Coverage, sum};
use super::kind::Kind;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Files, Span};
use crate::value::Text;

/// Coverage of a set of flows. Flows are ordered by name and id, so that the same counts
/// give the same report regardless of the order in which they were merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Number of counted calls.
    pub calls: u64,
    /// Coverage of each flow.
    pub flows: Vec<FlowReport>,
}

/// Coverage of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowReport {
    /// Id, or the name of a flow without an id.
    pub id: Text,
    /// Name.
    pub name: Text,
    /// Type as written.
    pub flow_type: Text,
    /// File of the flow, with forward slashes.
    pub file: Text,
    /// First line of the flow, from 1.
    pub line: u32,
    /// Number of times that calls entered the flow.
    pub count: u64,
    /// Nodes, in document order.
    pub nodes: Vec<NodeReport>,
}

impl Report {
    /// Returns the name of a flow; its name and type, such as `Main (workflow)`, or else
    /// its id, if other flows have the name.
    pub fn shown_name(&self, flow: &FlowReport) -> Text {
        let is_single = |is_it: &dyn Fn(&FlowReport) -> bool| {
            self.flows.iter().filter(|it| is_it(it)).take(2).count() < 2
        };
        if is_single(&|it| it.name == flow.name) {
            return flow.name.clone();
        }
        if is_single(&|it| it.name == flow.name && it.flow_type == flow.flow_type) {
            return ecow::eco_format!("{} ({})", flow.name, flow.flow_type);
        }
        flow.id.clone()
    }
}

/// Coverage of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeReport {
    /// Id.
    pub id: Text,
    /// Kind of the node; `None` if the node itself is not counted, such as the beginning
    /// of a flow, which may play a prompt.
    pub kind: Option<Kind>,
    /// Line of the node, from 1.
    pub line: u32,
    /// Number of visits.
    pub count: u64,
    /// Other counted items of the node.
    pub parts: Vec<PartReport>,
}

/// A counted part of a node: a path, a condition outcome, a prompt…
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartReport {
    /// Kind of the part.
    pub kind: Kind,
    /// Name within the node.
    pub name: Text,
    /// Text from the document: the condition, the prompt, or the key of a choice.
    pub text: Option<Text>,
    /// Number of visits.
    pub count: u64,
}

/// Covered share of a kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Number of covered items.
    pub covered: usize,
    /// Total number of items.
    pub total: usize,
}

impl Share {
    /// Returns the percentage, rounded down, so that 100 means all. An empty share is 100
    /// %.
    pub fn percent(self) -> u8 {
        let percent = (self.covered * 100).checked_div(self.total).unwrap_or(100);
        u8::try_from(percent).unwrap_or(100)
    }

    fn count(&mut self, count: u64) {
        self.total += 1;
        self.covered += usize::from(count > 0);
    }
}

impl Report {
    /// Creates the report of a program whose flows were loaded from these files.
    pub fn of(coverage: &Coverage, files: &Files) -> Self {
        let catalogue = &coverage.catalogue;
        let mut parts: IndexMap<u32, Vec<(&Entry, u64)>> = IndexMap::new();
        for (entry, count) in catalogue.items.iter().zip(&coverage.counts) {
            if let Some(node) = entry.node {
                parts.entry(node.0).or_default().push((entry, *count));
            }
        }
        let line = |span: Span| files.position(span).line;
        let flows = catalogue.flows.iter().map(|flow| FlowReport {
            id: flow.id.clone(),
            name: flow.name.clone(),
            flow_type: flow.flow_type.clone(),
            file: flow.span.map(|span| path(span, files)).unwrap_or_default(),
            line: flow.span.map_or(1, line),
            count: coverage.counts.get(flow.item as usize).copied().unwrap_or_default(),
            nodes: flow
                .nodes
                .iter()
                .filter_map(|(node, id, span)| {
                    let parts = parts.get(&node.0)?;
                    Some(node_report(id.clone(), line(*span), parts))
                })
                .collect(),
        });
        let mut report = Self { calls: coverage.calls, flows: flows.collect() };
        report.sort();
        report
    }

    fn sort(&mut self) {
        self.flows.sort_by(|one, other| key(one).cmp(&key(other)));
    }

    /// Merges another report. The order does not matter. Covered items stay covered no
    /// matter how often a report is merged.
    ///
    /// # Errors
    /// The nodes or counted parts of a flow differ between the reports. Nothing is merged
    /// in this case. Different files and lines, and flows in only one of the reports, are
    /// allowed.
    pub fn merge(&mut self, other: Self) -> Result<(), Vec<Diagnostic>> {
        let mut flows = by_identity(std::mem::take(&mut self.flows));
        let others = by_identity(other.flows);
        let differences: Vec<Diagnostic> = others
            .iter()
            .filter_map(|(identity, flow)| difference(flows.get(identity)?, flow))
            .collect();
        if differences.is_empty() {
            self.calls = sum(self.calls, other.calls);
            for (identity, flow) in others {
                match flows.get_mut(&identity) {
                    Some(known) => known.merge(flow),
                    None => {
                        flows.insert(identity, flow);
                    }
                }
            }
        }
        self.flows = flows.into_values().collect();
        self.sort();
        if differences.is_empty() { Ok(()) } else { Err(differences) }
    }

    /// Returns the covered share of a kind in all flows.
    pub fn share(&self, kind: Kind) -> Share {
        self.shares()[kind.index()]
    }

    /// Returns the covered share of each kind, in the order of [`Kind::ALL`].
    pub fn shares(&self) -> [Share; Kind::ALL.len()] {
        let mut shares = [Share::default(); Kind::ALL.len()];
        self.flows.iter().for_each(|flow| flow.count_into(&mut shares));
        shares
    }
}

impl FlowReport {
    /// Returns the covered share of each kind, in the order of [`Kind::ALL`].
    pub fn shares(&self) -> [Share; Kind::ALL.len()] {
        let mut shares = [Share::default(); Kind::ALL.len()];
        self.count_into(&mut shares);
        shares
    }

    fn count_into(&self, shares: &mut [Share; Kind::ALL.len()]) {
        shares[Kind::Flows.index()].count(self.count);
        for node in &self.nodes {
            if let Some(kind) = node.kind {
                shares[kind.index()].count(node.count);
            }
            for part in &node.parts {
                shares[part.kind.index()].count(part.count);
            }
        }
    }

    /// Merges the counts of the same flow.
    fn merge(&mut self, other: Self) {
        // The smaller of two positions, so that the order does not matter.
        if (&other.file, other.line) < (&self.file, self.line) {
            self.file = other.file;
            self.line = other.line;
        }
        self.count = sum(self.count, other.count);
        for (node, more) in self.nodes.iter_mut().zip(other.nodes) {
            node.line = node.line.min(more.line);
            node.count = sum(node.count, more.count);
            let (of_calls, rest) = more.parts.into_iter().partition::<Vec<_>, _>(is_call);
            let own = node.parts.iter_mut().filter(|part| !is_call(part));
            for (part, more) in own.zip(rest) {
                part.count = sum(part.count, more.count);
            }
            for call in of_calls {
                match node.parts.iter_mut().find(|part| is_call(part)) {
                    Some(part) => part.count = sum(part.count, call.count),
                    None => node.parts.push(call),
                }
            }
        }
    }
}

fn is_call(part: &PartReport) -> bool {
    part.kind == Kind::Calls
}

/// Identity of a flow across reports: id, type, and a number for duplicates.
type Identity = (Text, Text, usize);

fn by_identity(flows: Vec<FlowReport>) -> IndexMap<Identity, FlowReport> {
    let mut found = IndexMap::with_capacity(flows.len());
    for flow in flows {
        let mut identity = (flow.id.clone(), flow.flow_type.clone(), 0);
        while found.contains_key(&identity) {
            identity.2 += 1;
        }
        found.insert(identity, flow);
    }
    found
}

fn key(flow: &FlowReport) -> (&Text, &Text, &Text) {
    (&flow.name, &flow.id, &flow.flow_type)
}

fn path(span: Span, files: &Files) -> Text {
    let path = files.get(span.file).path().to_string_lossy();
    path.chars().map(|c| if std::path::is_separator(c) { '/' } else { c }).collect()
}

fn node_report(id: Text, line: u32, parts: &[(&Entry, u64)]) -> NodeReport {
    let mut report = NodeReport {
        id,
        kind: None,
        line,
        count: 0,
        parts: Vec::with_capacity(parts.len()),
    };
    for (entry, count) in parts {
        let Some(name) = &entry.name else {
            report.kind = Some(entry.kind);
            report.count = *count;
            continue;
        };
        report.parts.push(PartReport {
            kind: entry.kind,
            name: name.clone(),
            text: entry.text.clone(),
            count: *count,
        });
    }
    report
}

/// Describes the difference between two reports of a flow. A callee may be loaded in only
/// one of them.
fn difference(one: &FlowReport, other: &FlowReport) -> Option<Diagnostic> {
    let found = if one.name != other.name {
        format!("it is named `{}` in one and `{}` in the other", one.name, other.name)
    } else if let Some(node) = first_difference(one, other) {
        format!("the node `{node}` differs or is only in one of them")
    } else {
        return None;
    };
    let message =
        format!("two versions of the flow `{}` were counted: {found}", one.name);
    let help = "run all parts of the suite on the same version of the flows";
    Some(Diagnostic::new(Code::COVERAGE_MISMATCH, message).help(help).flow(&*one.id))
}

fn first_difference<'r>(one: &'r FlowReport, other: &'r FlowReport) -> Option<&'r Text> {
    let pairs = one.nodes.iter().zip(&other.nodes);
    let found = { pairs }.find(|(one, other)| differ(one, other));
    let common = one.nodes.len().min(other.nodes.len());
    let rest = one.nodes.get(common).or(other.nodes.get(common));
    found.map(|(node, _)| node).or(rest).map(|node| &node.id)
}

fn differ(one: &NodeReport, other: &NodeReport) -> bool {
    let callees = callee(one).zip(callee(other));
    one.id != other.id
        || one.kind != other.kind
        || !own_parts(one).eq(own_parts(other))
        || callees.is_some_and(|(one, other)| one != other)
}

fn own_parts(node: &NodeReport) -> impl Iterator<Item = (Kind, &Text, Option<&Text>)> {
    let parts = node.parts.iter().filter(|part| !is_call(part));
    parts.map(|part| (part.kind, &part.name, part.text.as_ref()))
}

fn callee(node: &NodeReport) -> Option<&Text> {
    node.parts.iter().find(|part| is_call(part)).map(|part| &part.name)
}

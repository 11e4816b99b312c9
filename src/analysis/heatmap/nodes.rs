//! Number of visits of each node, and of each path taken from there.

use std::collections::BTreeMap;

use super::heat::Heat;
use crate::analysis::decisions::json::{count, items, text};
use crate::flow::write::{Arrow, Graph};
use crate::trace::observation::Observation;
use crate::value::{Json, Text};

/// Id suffix of the step that begins a further round of a loop.
const NEXT_ROUND: &str = ", next round";

/// The id and graph of a flow whose document is available.
pub type FlowGraph = (String, Graph);

/// Counts by flow and node.
#[derive(Debug, Clone, Default)]
pub struct Nodes {
    /// Number of counted calls.
    pub calls: u64,
    /// Counts of each flow, by id.
    pub flows: BTreeMap<Text, FlowHeat>,
}

/// Counts of a flow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlowHeat {
    /// Name, if known.
    pub name: Option<Text>,
    /// Counts of each node, by id.
    pub nodes: BTreeMap<Text, NodeHeat>,
}

/// Counts of a node.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeHeat {
    /// Name.
    pub name: Text,
    /// Type of the node, or a type derived from its coverage kind.
    pub node_type: Text,
    /// Number of visits.
    pub count: u64,
    /// Number of visits known from coverage, which has no data about jumps and calls.
    pub covered: u64,
    /// Taken paths with their target, if known.
    pub taken_paths: BTreeMap<(Text, Option<Text>), u64>,
}

impl NodeHeat {
    /// Returns the count of each path, regardless of its target.
    pub fn paths(&self) -> BTreeMap<&str, u64> {
        let mut paths = BTreeMap::new();
        for ((path, _), count) in &self.taken_paths {
            add(paths.entry(path.as_str()).or_default(), *count);
        }
        paths
    }
}

impl Nodes {
    /// Returns whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.calls == 0
    }

    /// Adds a trace or a simulation response.
    pub(super) fn add_trace(&mut self, document: &Json) {
        add(&mut self.calls, 1);
        if let Some(flow) = document.get("flow")
            && let (Some(id), Some(name)) = (text(flow, "id"), text(flow, "name"))
        {
            self.flows.entry(id.into()).or_default().name = Some(name.into());
        }
        let steps = document.get("steps").or_else(|| document.get("trace"));
        for step in items(steps) {
            let (Some(flow), Some(id)) = (text(step, "flowId"), text(step, "nodeId"))
            else {
                continue;
            };
            let flow = self.flows.entry(flow.into()).or_default();
            let node = flow.nodes.entry(id.into()).or_default();
            add(&mut node.count, 1);
            node.name = text(step, "nodeName").unwrap_or(id).into();
            node.node_type = text(step, "nodeType").unwrap_or_default().into();
            if let Some(path) = text(step, "path") {
                let way = (label(path), text(step, "next").map(Text::from));
                add(node.taken_paths.entry(way).or_default(), 1);
            }
        }
    }

    /// Adds the actions and paths of a call that was observed elsewhere.
    pub(super) fn add_observation(&mut self, call: &Observation) {
        add(&mut self.calls, 1);
        let begun = call.flow.id.as_ref().or(call.flow.name.as_ref());
        if let (Some(id), Some(name)) = (&call.flow.id, &call.flow.name) {
            self.flows.entry(id.clone()).or_default().name = Some(name.clone());
        }
        for step in call.steps.iter().filter(|step| step.is_action) {
            // Steps without the id of their flow have its name.
            let is_first = step.flow.is_none() || step.flow == call.flow.name;
            let flow = if is_first { begun } else { step.flow.as_ref() };
            let (Some(flow), Some(id)) = (flow, &step.id) else { continue };
            let flow = self.flows.entry(flow.clone()).or_default();
            let node = flow.nodes.entry(id.clone()).or_default();
            add(&mut node.count, 1);
            node.name = step.name.as_ref().unwrap_or(id).clone();
            node.node_type = event_type(&step.kind);
            if let Some(path) = &step.path {
                add(node.taken_paths.entry((label(path), None)).or_default(), 1);
            }
        }
    }

    /// Adds a coverage document, which does not contain the targets of paths.
    pub(super) fn add_coverage(&mut self, document: &Json) {
        add(&mut self.calls, count(document, "calls"));
        for covered in items(document.get("flows")) {
            let Some(id) = text(covered, "id") else { continue };
            let flow = self.flows.entry(id.into()).or_default();
            flow.name = text(covered, "name").map(Text::from);
            for covered in items(covered.get("nodes")) {
                let Some(id) = text(covered, "id") else { continue };
                let node = flow.nodes.entry(id.into()).or_default();
                let visits = count(covered, "count");
                add(&mut node.count, visits);
                add(&mut node.covered, visits);
                let kind = text(covered, "kind").unwrap_or_default();
                if node.name.is_empty() {
                    node.name = id.into();
                }
                if node.node_type.is_empty() {
                    node.node_type = type_of(kind).into();
                }
                // A task leads only to its first action.
                if kind == "tasks" && visits > 0 {
                    add(
                        node.taken_paths.entry(("next".into(), None)).or_default(),
                        visits,
                    );
                }
                let parts = items(covered.get("parts"));
                let is_way = |part: &&Json| {
                    matches!(text(part, "kind"), Some("paths" | "choices"))
                };
                for part in parts.filter(is_way) {
                    let times = count(part, "count");
                    if let (Some(path), true) = (text(part, "name"), times > 0) {
                        add(
                            node.taken_paths.entry((path.into(), None)).or_default(),
                            times,
                        );
                    }
                }
            }
        }
    }

    /// Returns the counts for a flow's graph.
    pub fn heat(&self, flow: &str, graph: &Graph) -> Heat {
        let nothing = FlowHeat::default();
        let flow = self.flows.get(flow).unwrap_or(&nothing);
        let id =
            |vertex: usize| graph.vertices.get(vertex).and_then(|it| it.id.as_deref());
        let vertices = graph.vertices.iter().map(|vertex| {
            let id = vertex.id.as_deref()?;
            Some(flow.nodes.get(id).map_or(0, |node| node.count))
        });
        let arrows = graph.arrows.iter().map(|arrow| {
            let (from, to) = (id(arrow.from)?, id(arrow.to)?);
            let between =
                |other: &&Arrow| (other.from, other.to) == (arrow.from, arrow.to);
            let is_only = graph.arrows.iter().filter(between).count() == 1;
            let round = format!("{from}{NEXT_ROUND}");
            let ways = [from, &round].into_iter().filter_map(|id| flow.nodes.get(id));
            let ways = ways.flat_map(|node| &node.taken_paths);
            let covered = flow.nodes.get(from).map_or(0, |node| node.covered);
            if arrow.is_jump && covered > 0 {
                return None;
            }
            let taken = ways.filter(|((path, next), _)| match next {
                Some(next) => {
                    leads_to(next, to) && (is_only || is_path(path, arrow, graph))
                }
                None => is_path(path, arrow, graph),
            });
            Some(taken.fold(0, |sum: u64, (_, count)| sum.saturating_add(*count)))
        });
        Heat { vertices: vertices.collect(), arrows: arrows.collect() }
    }
}

/// Adds without overflow, because documents may contain any number.
fn add(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more);
}

/// Returns the action type of an event: `actionPlayAudio` is `playAudio`.
fn event_type(kind: &Text) -> Text {
    let name = kind.strip_prefix("action").unwrap_or(kind);
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// Returns whether a step is the node, or begins a further round of it.
fn leads_to(next: &str, node: &str) -> bool {
    next == node || next.strip_suffix(NEXT_ROUND) == Some(node)
}

/// Converts the path id in traces of Architect flows to its label: `__NOT_FOUND__`
/// becomes `notFound`.
fn label(path: &str) -> Text {
    let inner = path.strip_prefix("__").and_then(|path| path.strip_suffix("__"));
    let Some(inner) = inner else { return path.into() };
    let mut label = String::new();
    let mut is_first_of_word = false;
    for character in inner.chars() {
        match character {
            '_' => is_first_of_word = true,
            _ if std::mem::take(&mut is_first_of_word) => label.push(character),
            _ => label.extend(character.to_lowercase()),
        }
    }
    label.into()
}

/// Returns the node type for a coverage kind.
fn type_of(kind: &str) -> &'static str {
    match kind {
        "tasks" => "task",
        "menus" => "menu",
        "errorHandlers" => "errorHandling",
        _ => "",
    }
}

/// Returns whether a path corresponds to an arrow. At a menu, the path is the name of the
/// arrow's target. An arrow without a label represents all outputs without a separate
/// arrow.
fn is_path(path: &str, arrow: &Arrow, graph: &Graph) -> bool {
    let vertex = |index: usize| graph.vertices.get(index);
    if vertex(arrow.from).is_some_and(|from| from.kind == "menu") && !arrow.is_jump {
        return vertex(arrow.to).is_some_and(|to| to.name == path);
    }
    if !arrow.label.is_empty() {
        return path == arrow.label;
    }
    let mut others = graph.arrows.iter().filter(|other| other.from == arrow.from);
    path == "next" || path != "error" && others.all(|other| other.label != path)
}

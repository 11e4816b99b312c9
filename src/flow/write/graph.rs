//! A flow as a graph: units as clusters, actions as vertices, and arrows for the paths of
//! calls.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::flow::Action as DraftAction;
use crate::flow::architect::{
    Action, ArchitectFlow, Output, Setting, Settings, StepId, Unit, step_ids,
};
use crate::flow::kinds::{ActionSpec, LOOP_BODY, Operation, Support};
use crate::flow::model::{Flow, Node, PathKind};
use crate::source::nested;

/// A flow as a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The name of the flow.
    pub name: String,
    /// The vertices.
    pub vertices: Vec<Vertex>,
    /// The units of an Architect flow. Other vertices belong to no cluster.
    pub clusters: Vec<Cluster>,
    /// The arrows between vertices.
    pub arrows: Vec<Arrow>,
}

/// An action, or the beginning of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vertex {
    /// The id of the node in runs. The task of a choice has none.
    pub id: Option<String>,
    /// The author's name for it.
    pub name: String,
    /// The kind of action or unit.
    pub kind: String,
    /// The number that Architect shows for the action. In flows whose document lacks such
    /// numbers, the place in the drawing, from 1.
    pub number: Option<i64>,
    /// The condition of a decision, or the value that a switch compares; empty for others.
    pub condition: String,
    /// Whether a call starts here.
    pub is_start: bool,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The name of the unit.
    pub name: String,
    /// The vertices of the unit, by their index in the graph.
    pub vertices: std::ops::Range<usize>,
}

/// A path from one vertex to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// The vertex where it begins.
    pub from: usize,
    /// The vertex where it ends.
    pub to: usize,
    /// The outcome for which it is taken; empty for the ordinary path.
    pub label: String,
    /// The condition of a case, or the value that it is compared with; empty for others.
    pub condition: String,
    /// Whether it leads from one unit to another: a jump or a call.
    pub is_jump: bool,
}

impl Graph {
    /// Builds the graph of a draft flow: nodes and paths.
    pub fn of_draft(flow: &Flow) -> Self {
        let start = flow.start.as_ref().map(|start| &start.node);
        let vertices = flow.nodes.values().map(|node| Vertex {
            id: Some(node.id.to_string()),
            name: node.name.as_ref().unwrap_or(&node.id).to_string(),
            kind: node.node_type.to_string(),
            number: None,
            condition: String::new(),
            is_start: start == Some(&node.id),
        });
        let paths = flow.nodes.values().enumerate().flat_map(|(from, node)| {
            node.paths.iter().filter_map(move |path| {
                let to = flow.nodes.get_index_of(&path.target.node)?;
                let (label, condition) = (label(&path.kind), condition(node, &path.kind));
                Some(Arrow { from, to, label, condition, is_jump: false })
            })
        });
        let mut vertices: Vec<Vertex> = vertices.collect();
        number(&mut vertices);
        Self {
            name: flow.name.to_string(),
            vertices,
            clusters: Vec::new(),
            arrows: paths.collect(),
        }
    }

    /// Builds the graph of an Architect flow for drawings: it begins with the unit in which
    /// calls start, and its vertices are numbered.
    pub fn of_architect(flow: &ArchitectFlow) -> Self {
        let mut graph = Self::in_document_order(flow);
        graph.begin_with_start();
        let begins = |index| graph.clusters.iter().any(|it| it.vertices.start == index);
        let mut actions = graph.vertices.iter().enumerate().filter(|it| !begins(it.0));
        if actions.any(|(_, action)| action.number.is_none()) {
            number(&mut graph.vertices);
        }
        graph
    }

    /// Builds the graph of an Architect flow in the order of its document. Each unit begins with a separate vertex, to
    /// which jumps and calls lead.
    pub(super) fn in_document_order(flow: &ArchitectFlow) -> Self {
        let mut drawing = Drawing { units: &flow.units, ..Drawing::default() };
        let start = flow.start.as_ref().and_then(|start| start.unit.as_ref());
        for unit in &flow.units {
            drawing.unit(unit, start == Some(&unit.key));
        }
        let beginnings: IndexMap<&str, usize, FxBuildHasher> = flow
            .units
            .iter()
            .zip(&drawing.clusters)
            .map(|(unit, cluster)| (unit.key.as_str(), cluster.vertices.start))
            .collect();
        for (from, key) in drawing.jumps {
            if let Some(to) = beginnings.get(key) {
                let (label, condition) = (String::new(), String::new());
                drawing.arrows.push(Arrow {
                    from,
                    to: *to,
                    label,
                    condition,
                    is_jump: true,
                });
            }
        }
        for (vertex, id) in drawing.vertices.iter_mut().zip(ids(flow)) {
            vertex.id = id;
        }
        Self {
            name: flow.name.value.to_string(),
            vertices: drawing.vertices,
            clusters: drawing.clusters,
            arrows: drawing.arrows,
        }
    }

    /// Moves the unit in which calls start before the others.
    fn begin_with_start(&mut self) {
        let begins = |it: &Cluster| {
            self.vertices.get(it.vertices.start).is_some_and(|first| first.is_start)
        };
        let Some(place) = self.clusters.iter().position(begins) else { return };
        let start = self.clusters.remove(place);
        let (from, count) = (start.vertices.start, start.vertices.len());
        // Units before it move to the right by its length.
        let moved = |index: usize| match index {
            index if start.vertices.contains(&index) => index - from,
            index if index < from => index + count,
            index => index,
        };
        self.vertices
            .get_mut(..start.vertices.end)
            .unwrap_or_default()
            .rotate_right(count);
        for cluster in &mut self.clusters {
            let vertices = &cluster.vertices;
            let first = moved(vertices.start);
            cluster.vertices = first..first + vertices.len();
        }
        self.clusters.insert(0, Cluster { name: start.name, vertices: 0..count });
        for arrow in &mut self.arrows {
            (arrow.from, arrow.to) = (moved(arrow.from), moved(arrow.to));
        }
        self.arrows.sort_by_key(|arrow| (arrow.is_jump, arrow.from >= count));
    }
}

/// Numbers the vertices in their order, from 1.
fn number(vertices: &mut [Vertex]) {
    for (vertex, number) in vertices.iter_mut().zip(1..) {
        vertex.number = Some(number);
    }
}

/// Returns the condition of a path of a draft node.
fn condition(node: &Node, path: &PathKind) -> String {
    let (DraftAction::If(decision), PathKind::Condition(number)) = (&node.action, path)
    else {
        return String::new();
    };
    let index = usize::from(*number).checked_sub(1);
    let condition = index.and_then(|index| decision.conditions.get(index));
    condition.map_or_else(String::new, |condition| condition.value.0.to_string())
}

/// Returns a setting as text: an expression as written, or a literal.
fn text_of(setting: Option<&Setting>) -> String {
    match setting {
        Some(Setting::Expression(text, _) | Setting::Variable(text)) => text.to_string(),
        Some(Setting::Literal(json)) => json.to_string(),
        _ => String::new(),
    }
}

/// Returns the condition of a decision, or the value that a switch compares.
fn condition_of(action: &Action) -> String {
    let name = match action.operation() {
        Some(Operation::Decision) => "condition",
        Some(Operation::Switch) => "value",
        _ => return String::new(),
    };
    text_of(action.settings.get(name).map(|setting| &setting.value))
}

/// Returns the ids of all vertices, as in runs.
fn ids(flow: &ArchitectFlow) -> impl Iterator<Item = Option<String>> {
    let (ids, _) = step_ids(flow);
    ids.into_iter().filter_map(|id| match id {
        StepId::Node(id) => Some(Some(id.to_string())),
        StepId::Choice => Some(None),
        StepId::Flow(_) | StepId::NextRound(_) => None,
    })
}

fn label(kind: &PathKind) -> String {
    match kind {
        PathKind::Next => String::new(),
        PathKind::Error => "error".into(),
        PathKind::Condition(number) => format!("condition {number}"),
        PathKind::Default => "default".into(),
    }
}

/// A graph under construction.
#[derive(Default)]
struct Drawing<'f> {
    /// All units of the flow.
    units: &'f [Unit],
    vertices: Vec<Vertex>,
    clusters: Vec<Cluster>,
    arrows: Vec<Arrow>,
    /// The vertices that refer to units, with the keys of these units.
    jumps: Vec<(usize, &'f str)>,
    /// The enclosing loops, the innermost last.
    loops: Vec<Loop>,
    /// The conditions of cases, by the vertex and the label of the output.
    conditions: IndexMap<(usize, String), String, FxBuildHasher>,
}

/// A loop whose body is being drawn.
struct Loop {
    vertex: usize,
    /// The arrows that leave the loop from its body.
    exits: Open,
}

/// The start vertices and labels of arrows whose target is the next action.
type Open = Vec<(usize, String)>;

/// Recurses with the nesting of the actions.
impl<'f> Drawing<'f> {
    fn unit(&mut self, unit: &'f Unit, is_start: bool) {
        let first = self.vertices.len();
        let (name, kind) = (unit.name.to_string(), unit.kind.name().into());
        let (number, condition) = (None, String::new());
        self.vertices.push(Vertex { id: None, name, kind, number, condition, is_start });
        self.references(first, &unit.settings);
        self.actions(&unit.actions, vec![(first, String::new())]);
        for choice in &unit.choices {
            let key = choice.digit.as_ref().map(|digit| digit.value.to_string());
            let label = key.or_else(|| choice.is_default.then(|| "default".into()));
            let open = vec![(first, label.unwrap_or_default())];
            self.actions(std::slice::from_ref(&choice.action), open);
        }
        let vertices = first..self.vertices.len();
        self.clusters.push(Cluster { name: unit.name.to_string(), vertices });
    }

    /// Draws a sequence of actions. Returns the open arrows after it.
    fn actions(&mut self, actions: &'f [Action], mut open: Open) -> Open {
        for action in actions {
            let vertex = self.vertices.len();
            let kind = action.kind.value.to_string();
            let name =
                action.name.as_ref().map_or_else(|| kind.clone(), |it| it.to_string());
            self.vertices.push(Vertex {
                id: None,
                name,
                kind,
                number: action.tracking_id,
                condition: condition_of(action),
                is_start: false,
            });
            for way in open.drain(..) {
                self.arrow(way, vertex);
            }
            self.references(vertex, &action.settings);
            open = self.after_action(action, vertex);
        }
        open
    }

    fn after_action(&mut self, action: &'f Action, vertex: usize) -> Open {
        match (action.operation(), self.loops.last_mut()) {
            (Some(Operation::LoopNext), Some(around)) => {
                let to = around.vertex;
                self.arrow((vertex, String::new()), to);
            }
            (Some(Operation::LoopExit), Some(around)) => {
                around.exits.push((vertex, String::new()));
            }
            (Some(operation), _) if operation.repeats() => {
                return self.after_loop(action, vertex);
            }
            _ => {}
        }
        let mut open = self.outputs(action, vertex);
        if action.spec().is_some_and(ActionSpec::ends) {
            return Open::new();
        }
        open.extend(self.unwritten(action).map(|label| (vertex, label.to_owned())));
        open
    }

    /// Returns the outputs that the document leaves out. At these, a call continues after
    /// the action.
    fn unwritten(&self, action: &'f Action) -> impl Iterator<Item = &'f str> {
        let calls = action.operation() == Some(Operation::CallTask);
        let task = action.settings.get("targetTaskRef").filter(|_| calls);
        let task = task.and_then(|it| match &it.value {
            Setting::Unit(task) => task.unit.as_ref(),
            _ => None,
        });
        let task = self.units.iter().find(|unit| Some(&unit.key) == task);
        // Without any output in the document, one arrow represents all outputs.
        let task = task.filter(|_| !action.outputs.is_empty());
        let declared = task.into_iter().flat_map(|task| &task.output_paths);
        let declared = declared.map(|output| output.value.as_str());
        let known = known_outputs(action).into_iter();
        let known = known.filter(move |label| {
            task.is_none_or(|task| task.output_paths.iter().all(|it| it.value != *label))
        });
        declared.chain(known).filter(|label| !has_output(action, label))
    }

    /// Draws a loop. Its body leads back to it, and then the flow continues after the
    /// loop.
    fn after_loop(&mut self, action: &'f Action, vertex: usize) -> Open {
        let mut open: Open =
            self.unwritten(action).map(|label| (vertex, label.to_owned())).collect();
        for output in &action.outputs {
            let is_body = output.label.eq_ignore_ascii_case(LOOP_BODY);
            if output.value.is_some() || !is_body {
                open.extend(self.output(output, vertex));
                continue;
            }
            self.loops.push(Loop { vertex, exits: Open::new() });
            for way in self.output(output, vertex) {
                self.arrow(way, vertex);
            }
            open.extend(self.loops.pop().map(|it| it.exits).unwrap_or_default());
        }
        open
    }

    /// Draws the actions of the outputs. Returns the open arrows after them.
    fn outputs(&mut self, action: &'f Action, vertex: usize) -> Open {
        let mut open = Open::new();
        for output in &action.outputs {
            open.extend(self.output(output, vertex));
        }
        open
    }

    fn output(&mut self, output: &'f Output, vertex: usize) -> Open {
        let condition = text_of(output.value.as_ref().map(|value| &value.value));
        if !condition.is_empty() {
            self.conditions.insert((vertex, output.label.to_string()), condition);
        }
        let way = vec![(vertex, output.label.to_string())];
        nested(|| self.actions(&output.actions, way))
    }

    fn arrow(&mut self, way: (usize, String), to: usize) {
        let condition = self.conditions.get(&way).cloned().unwrap_or_default();
        let (from, label) = way;
        self.arrows.push(Arrow { from, to, label, condition, is_jump: false });
    }

    /// Records the units that settings refer to.
    fn references(&mut self, vertex: usize, settings: &'f Settings) {
        for (_, setting) in &settings.entries {
            match &setting.value {
                Setting::Unit(reference) => {
                    self.jumps.extend(reference.unit.as_deref().map(|key| (vertex, key)));
                }
                Setting::Group(settings) => self.references(vertex, settings),
                _ => {}
            }
        }
    }
}

/// Returns the known outputs of an action's kind, without those that a task declares. An
/// empty name represents continuing after the action, or all outputs if the document has
/// none.
fn known_outputs(action: &Action) -> Vec<&'static str> {
    let kind = action.spec().filter(|_| !action.outputs.is_empty());
    let Some(kind) = kind else { return vec![""] };
    let is_taken = |label: &&str| match *label {
        // Without an emergency group there is no emergency.
        "emergency" => action.settings.get("emergencyGroup").is_some(),
        // The body of a loop is drawn with its actions.
        LOOP_BODY => false,
        // A bot that gives up without such an output ends in error.
        label => kind.support() != Support::Question || !GIVEN_UP.contains(&label),
    };
    let after = kind.continues_after().then_some("").into_iter();
    after.chain(kind.outputs.iter().copied().filter(is_taken)).collect()
}

/// Outputs of questions that exist only if the author enables them.
const GIVEN_UP: [&str; 4] = ["maxNoInputs", "maxNoMatches", "noIntent", "knowledge"];

fn has_output(action: &Action, label: &str) -> bool {
    action.outputs.iter().any(|it| it.label.eq_ignore_ascii_case(label))
}

#[cfg(test)]
impl Graph {
    /// Creates a graph for tests from the ids of its vertices, which starts at `a`, and
    /// from arrows: from, to, label, and whether it is a jump.
    pub(crate) fn sketch(names: &[&str], arrows: &[(usize, usize, &str, bool)]) -> Self {
        let vertex = |name: &&str| Vertex {
            id: Some((*name).into()),
            name: (*name).into(),
            kind: "say".into(),
            number: None,
            condition: String::new(),
            is_start: *name == "a",
        };
        let arrow = |&(from, to, label, is_jump): &(usize, usize, &str, bool)| Arrow {
            from,
            to,
            label: label.into(),
            condition: String::new(),
            is_jump,
        };
        Self {
            name: "f".into(),
            vertices: names.iter().map(vertex).collect(),
            clusters: Vec::new(),
            arrows: arrows.iter().map(arrow).collect(),
        }
    }
}

//! A flow as a graph: units as clusters, actions as vertices, and arrows where a call may go.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::flow::architect::{
    Action, ArchitectFlow, Setting, Settings, StepId, Unit, step_ids,
};
use crate::flow::model::{Flow, PathKind};

/// A flow as a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The name of the flow.
    pub name: String,
    /// The vertices.
    pub vertices: Vec<Vertex>,
    /// What belongs together: the units of a flow of Architect. A vertex of no cluster
    /// stands by itself.
    pub clusters: Vec<Cluster>,
    /// The ways between vertices.
    pub arrows: Vec<Arrow>,
}

/// An action, or the beginning of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vertex {
    /// The id that the node has in runs. The task of a choice has none.
    pub id: Option<String>,
    /// The name that its author gave it.
    pub name: String,
    /// What it does.
    pub kind: String,
    /// Whether a call starts here.
    pub is_start: bool,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Its vertices, by their order in the graph.
    pub vertices: std::ops::Range<usize>,
}

/// A way from one vertex to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// When it is taken; empty for the ordinary way.
    pub label: String,
    /// Whether it leads from one unit to another: a jump or a call.
    pub is_jump: bool,
}

impl Graph {
    /// The graph of a flow of the draft dialect: nodes and paths.
    pub fn of_draft(flow: &Flow) -> Self {
        let start = flow.start.as_ref().map(|start| &start.node);
        let vertices = flow.nodes.values().map(|node| Vertex {
            id: Some(node.id.to_string()),
            name: node.name.as_ref().unwrap_or(&node.id).to_string(),
            kind: node.node_type.to_string(),
            is_start: start == Some(&node.id),
        });
        let paths = flow.nodes.values().enumerate().flat_map(|(from, node)| {
            node.paths.iter().filter_map(move |path| {
                let to = flow.nodes.get_index_of(&path.target.node)?;
                Some(Arrow { from, to, label: label(&path.kind), is_jump: false })
            })
        });
        Self {
            name: flow.name.to_string(),
            vertices: vertices.collect(),
            clusters: Vec::new(),
            arrows: paths.collect(),
        }
    }

    /// The graph of a flow of Architect. Each unit begins with a vertex of its own, which
    /// jumps and calls lead to.
    pub fn of_architect(flow: &ArchitectFlow) -> Self {
        let mut drawing = Drawing::default();
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
                let label = String::new();
                drawing.arrows.push(Arrow { from, to: *to, label, is_jump: true });
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
}

/// The ids of all vertices, as they are in runs.
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

/// The kinds behind which nothing is drawn: they never go on.
const FINAL: [&str; 13] = [
    "disconnect",
    "returnToAgent",
    "jumpToTask",
    "jumpToMenu",
    "changeState",
    "endTask",
    "endState",
    "endFlow",
    "endWorkflow",
    "loopExit",
    "loopNext",
    "exitBotFlow",
    "exitWorkitemFlow",
];

/// A graph that is being drawn.
#[derive(Default)]
struct Drawing<'f> {
    vertices: Vec<Vertex>,
    clusters: Vec<Cluster>,
    arrows: Vec<Arrow>,
    /// The vertices that refer to units, and the keys of these.
    jumps: Vec<(usize, &'f str)>,
}

/// The ways that lead to the next action: from which vertex, with which label.
type Open = Vec<(usize, String)>;

/// As deep as the document is nested, which is bounded when it is read.
impl<'f> Drawing<'f> {
    fn unit(&mut self, unit: &'f Unit, is_start: bool) {
        let first = self.vertices.len();
        let (name, kind) = (unit.name.to_string(), unit.kind.name().into());
        self.vertices.push(Vertex { id: None, name, kind, is_start });
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

    /// Draws actions one behind the other, and gives the ways that lead on behind them.
    fn actions(&mut self, actions: &'f [Action], mut open: Open) -> Open {
        for action in actions {
            let vertex = self.vertices.len();
            let kind = action.kind.value.to_string();
            let name =
                action.name.as_ref().map_or_else(|| kind.clone(), |it| it.to_string());
            self.vertices.push(Vertex { id: None, name, kind, is_start: false });
            for (from, label) in open.drain(..) {
                self.arrows.push(Arrow { from, to: vertex, label, is_jump: false });
            }
            self.references(vertex, &action.settings);
            open = self.behind(action, vertex);
        }
        open
    }

    fn behind(&mut self, action: &'f Action, vertex: usize) -> Open {
        let mut open = Open::new();
        for output in &action.outputs {
            let way = vec![(vertex, output.label.to_string())];
            open.extend(self.actions(&output.actions, way));
        }
        let has = |label: &str| action.outputs.iter().any(|it| it.label == label);
        let goes_on = match &*action.kind.value {
            "decision" => !(has("yes") && has("no")),
            "switch" => !has("default"),
            // The body of a loop comes back to it, and then the loop goes on.
            "loop" => {
                for (from, label) in open.drain(..) {
                    self.arrows.push(Arrow { from, to: vertex, label, is_jump: false });
                }
                true
            }
            kind if FINAL.contains(&kind) => return Open::new(),
            _ => action.outputs.is_empty() || !has("failure") && !has("failed"),
        };
        if goes_on {
            open.push((vertex, String::new()));
        }
        open
    }

    /// Notes the units that settings refer to.
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

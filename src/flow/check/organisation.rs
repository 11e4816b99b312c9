//! The loaded flows together: which flow each call means, and what follows for the callers.

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::adjacency::Adjacency;
use super::graph::Graph;
use super::spelling::Spelling;
use crate::flow::action::{Action, CallFlow, EndType};
use crate::flow::model::Flow;

/// Names, by what they stand for.
type Index<'f> = IndexMap<&'f str, usize, FxBuildHasher>;

/// Everything that the findings look at.
pub(super) struct Organisation<'f> {
    /// The flows, in the order in which they were loaded.
    pub(super) graphs: Vec<Graph<'f>>,
    /// The calls of each flow, in the order of its nodes.
    pub(super) calls: Vec<Vec<Call<'f>>>,
    /// Whether a flow, or one that it calls, waits for the caller; also if that is unknown.
    pub(super) waits: Vec<bool>,
    /// Whether a flow, or one that it calls, can end the whole conversation; also if that
    /// is unknown.
    pub(super) disconnects: Vec<bool>,
    /// Whether a flow shares variables with something unknown.
    pub(super) shares_with_unknown: Vec<bool>,
    /// Every variable that some flow sets or hands over.
    pub(super) variables: IndexSet<&'f str, FxBuildHasher>,
    /// Finds what was meant.
    pub(super) spelling: Spelling,
    by_id: Index<'f>,
    by_name: Index<'f>,
}

/// A node that calls a flow.
pub(super) struct Call<'f> {
    /// The index of the node.
    pub(super) node: usize,
    pub(super) call: &'f CallFlow,
    pub(super) callee: Callee,
}

/// Which flow a call means, as a run resolves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Callee {
    /// This one.
    Flow(usize),
    /// This one, but it must not be called.
    NotPublished(usize),
    /// One by its id, another by its name.
    Ambiguous { by_id: usize, by_name: usize },
    /// None that is loaded.
    Unknown,
}

impl Callee {
    /// The one flow that is meant, whether or not it may be called.
    pub(super) fn flow(self) -> Option<usize> {
        match self {
            Self::Flow(flow) | Self::NotPublished(flow) => Some(flow),
            Self::Ambiguous { .. } | Self::Unknown => None,
        }
    }
}

impl<'f> Organisation<'f> {
    pub(super) fn new(flows: &'f [Flow]) -> Self {
        let spelling = Spelling::new();
        let mut organisation = Self {
            graphs: flows.iter().map(|flow| Graph::new(flow, &spelling)).collect(),
            calls: Vec::with_capacity(flows.len()),
            waits: Vec::new(),
            disconnects: Vec::new(),
            shares_with_unknown: Vec::new(),
            variables: variables(flows),
            spelling,
            by_id: Index::default(),
            by_name: Index::default(),
        };
        for (index, flow) in flows.iter().enumerate() {
            organisation.by_id.entry(flow.key()).or_insert(index);
            organisation.by_name.entry(&flow.name).or_insert(index);
        }
        organisation.calls =
            flows.iter().map(|flow| organisation.calls_of(flow)).collect();
        organisation.ask_callees();
        organisation
    }

    /// A loaded flow.
    pub(super) fn flow(&self, index: usize) -> &'f Flow {
        self.graphs[index].flow
    }

    /// The first flow of this id; one without an id is known by its name.
    pub(super) fn by_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The first flow of this name.
    pub(super) fn by_name(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The ids and names of all flows, and how many they are.
    pub(super) fn flow_names(&self) -> (usize, impl Iterator<Item = &'f str>) {
        let names = self.by_id.keys().chain(self.by_name.keys());
        (self.by_id.len() + self.by_name.len(), names.copied())
    }

    fn calls_of(&self, flow: &'f Flow) -> Vec<Call<'f>> {
        let nodes = flow.nodes.values().enumerate();
        let calls = nodes.filter_map(|(node, it)| match &it.action {
            Action::CallFlow(call) => {
                Some(Call { node, call, callee: self.callee(call) })
            }
            _ => None,
        });
        calls.collect()
    }

    /// `flowId` wins over `flowName`; if both mean loaded flows, it has to be the same one.
    fn callee(&self, call: &CallFlow) -> Callee {
        let id = call.flow_id.as_ref().map(|id| self.by_id(&id.value));
        let name = call.flow_name.as_ref().map(|name| self.by_name(&name.value));
        match (id, name) {
            (Some(Some(by_id)), Some(Some(by_name))) if by_id != by_name => {
                Callee::Ambiguous { by_id, by_name }
            }
            (Some(Some(flow)), _) | (None, Some(Some(flow))) => {
                if self.flow(flow).is_published {
                    Callee::Flow(flow)
                } else {
                    Callee::NotPublished(flow)
                }
            }
            _ => Callee::Unknown,
        }
    }

    /// What a flow does by calling others.
    fn ask_callees(&mut self) {
        let count = self.graphs.len();
        let callees =
            |flow: usize| self.calls[flow].iter().filter_map(|it| it.callee.flow());
        let calls = Adjacency::new(count, callees);
        let callers = calls.reversed();
        // Both ways: a variable may be set by a caller as well as by a called flow.
        let relatives = Adjacency::new(count, |flow| {
            calls.edges(flow).iter().chain(callers.edges(flow)).copied()
        });
        let waits = |flow: &usize| {
            self.does_unknown(*flow, |_| true)
                || self.has(*flow, |action| matches!(action, Action::Gather(_)))
        };
        let disconnects = |flow: &usize| {
            let ends = |action: &Action| match action {
                Action::End(end) => end.end_type == EndType::Disconnect,
                _ => false,
            };
            self.does_unknown(*flow, |_| true) || self.has(*flow, ends)
        };
        let shares = |flow: &usize| self.does_unknown(*flow, |call| !call.is_isolated());
        let waits = callers.reachable((0..count).filter(waits));
        let disconnects = callers.reachable((0..count).filter(disconnects));
        let shares = relatives.reachable((0..count).filter(shares));
        (self.waits, self.disconnects, self.shares_with_unknown) =
            (waits, disconnects, shares);
    }

    /// Whether nobody knows what some node of the flow does; of nodes that call something
    /// unknown only those count that are `meant`.
    fn does_unknown(&self, flow: usize, meant: impl Fn(&CallFlow) -> bool) -> bool {
        self.calls[flow].iter().any(|it| it.callee.flow().is_none() && meant(it.call))
            || self.has(flow, |action| matches!(action, Action::Unknown))
    }

    fn has(&self, flow: usize, is: impl Fn(&Action) -> bool) -> bool {
        self.flow(flow).nodes.values().any(|node| is(&node.action))
    }
}

/// Every variable that a Set node sets, or that is handed to a called flow or back.
fn variables(flows: &[Flow]) -> IndexSet<&str, FxBuildHasher> {
    let mut variables = IndexSet::default();
    for action in
        flows.iter().flat_map(|flow| flow.nodes.values()).map(|node| &node.action)
    {
        match action {
            Action::Set(set) => {
                variables
                    .extend(set.assignments.iter().map(|it| it.variable.value.as_str()));
            }
            Action::CallFlow(call) => {
                let inputs = call.inputs.iter().flatten().map(|(name, _)| name);
                let outputs = call.outputs.iter().flatten().map(|(name, _)| name);
                variables.extend(inputs.chain(outputs).map(|name| name.value.as_str()));
            }
            _ => {}
        }
    }
    variables
}

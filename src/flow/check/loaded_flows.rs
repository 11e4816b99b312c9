//! All loaded flows together: the target of each call, and the consequences for the
//! callers.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::adjacency::Adjacency;
use super::graph::Graph;
use super::spelling::Spelling;
use crate::flow::action::{Action, CallFlow, EndType};
use crate::flow::link::{Callee, Links, Names};
use crate::flow::model::Flow;

/// The data that the findings need.
pub(super) struct LoadedFlows<'f> {
    /// The flows, in the order in which they were loaded.
    pub(super) graphs: Vec<Graph<'f>>,
    /// The calls of each flow, in the order of its nodes.
    pub(super) calls: Vec<Vec<Call<'f>>>,
    /// Whether a flow, or one that it calls, waits for the caller. Also true if this is
    /// unknown.
    pub(super) takes_input: Vec<bool>,
    /// Whether a flow, or one that it calls, can end the whole conversation. Also true if
    /// this is unknown.
    pub(super) disconnects: Vec<bool>,
    /// Whether a flow shares variables with an unknown flow.
    pub(super) shares_with_unknown: Vec<bool>,
    /// Every variable that a flow sets or passes.
    pub(super) variables: IndexSet<&'f str, FxBuildHasher>,
    /// Finds similar names.
    pub(super) spelling: Spelling,
    /// The flows by id and name.
    pub(super) names: Names<'f>,
}

/// A node that calls a flow.
pub(super) struct Call<'f> {
    /// The index of the node.
    pub(super) node: usize,
    pub(super) call: &'f CallFlow,
    pub(super) callee: Callee,
}

impl<'f> LoadedFlows<'f> {
    pub(super) fn new(flows: &'f [Flow]) -> Self {
        let spelling = Spelling::new();
        let names = Names::new(flows);
        let mut organisation = Self {
            graphs: flows.iter().map(|flow| Graph::new(flow, &spelling)).collect(),
            calls: calls(flows, &Links::by(&names, flows)),
            takes_input: Vec::new(),
            disconnects: Vec::new(),
            shares_with_unknown: Vec::new(),
            variables: variables(flows),
            spelling,
            names,
        };
        organisation.derive_from_callees();
        organisation
    }

    /// A loaded flow.
    pub(super) fn flow(&self, index: usize) -> &'f Flow {
        self.graphs[index].flow
    }

    /// Computes the properties of flows that depend on the flows they call.
    fn derive_from_callees(&mut self) {
        let count = self.graphs.len();
        let callees =
            |flow: usize| self.calls[flow].iter().filter_map(|it| it.callee.flow());
        let calls = Adjacency::new(count, callees);
        let callers = calls.reversed();
        // Both directions, because a caller as well as a called flow may set a variable.
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
        (self.takes_input, self.disconnects, self.shares_with_unknown) =
            (waits, disconnects, shares);
    }

    /// Whether a node of the flow has unknown behaviour. Calls of unknown flows count
    /// only if `counts` accepts them.
    fn does_unknown(&self, flow: usize, counts: impl Fn(&CallFlow) -> bool) -> bool {
        self.calls[flow].iter().any(|it| it.callee.flow().is_none() && counts(it.call))
            || self.has(flow, |action| matches!(action, Action::Unknown))
    }

    fn has(&self, flow: usize, is: impl Fn(&Action) -> bool) -> bool {
        self.flow(flow).nodes.values().any(|node| is(&node.action))
    }
}

/// Returns the calls of each flow.
fn calls<'f>(flows: &'f [Flow], links: &Links) -> Vec<Vec<Call<'f>>> {
    let of_flow = |(index, flow): (usize, &'f Flow)| {
        let nodes = flow.nodes.values().enumerate();
        let calls = nodes.filter_map(|(node, it)| match &it.action {
            Action::CallFlow(call) => {
                Some(Call { node, call, callee: links.meant(index, node) })
            }
            _ => None,
        });
        calls.collect()
    };
    flows.iter().enumerate().map(of_flow).collect()
}

/// Returns every variable that a Set node sets, or that is passed to or from a called
/// flow.
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

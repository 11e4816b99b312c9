//! Which flow a call means.

use indexmap::IndexMap;

use crate::diagnostic::Code;
use crate::flow::{Action, CallFlow, Flow, FlowId};

/// The calls of all flows, linked.
pub(super) struct Links {
    /// By flow and the index of the node; only nodes that call.
    targets: Vec<IndexMap<usize, Result<FlowId, Code>>>,
}

impl Links {
    /// Links every call. `flowId` wins over `flowName`; if both are given and mean
    /// different flows, the call is ambiguous.
    pub(super) fn new(flows: &[Flow]) -> Self {
        let mut by_id = IndexMap::new();
        let mut by_name = IndexMap::new();
        for (index, flow) in flows.iter().enumerate() {
            by_id.entry(flow.key().as_str()).or_insert(FlowId::new(index));
            by_name.entry(flow.name.as_str()).or_insert(FlowId::new(index));
        }
        let link = |call: &CallFlow| {
            let id =
                call.flow_id.as_ref().map(|id| by_id.get(id.value.as_str()).copied());
            let name = call
                .flow_name
                .as_ref()
                .map(|name| by_name.get(name.value.as_str()).copied());
            match (id, name) {
                (Some(Some(id)), Some(Some(name))) if id != name => {
                    Err(Code::FLOW_AMBIGUOUS)
                }
                (Some(Some(flow)), _) | (None, Some(Some(flow))) => {
                    if flows[flow.index()].is_published {
                        Ok(flow)
                    } else {
                        Err(Code::FLOW_NOT_PUBLISHED)
                    }
                }
                _ => Err(Code::FLOW_NOT_FOUND),
            }
        };
        let calls = |flow: &Flow| {
            let nodes = flow.nodes.values().enumerate();
            nodes
                .filter_map(|(index, node)| match &node.action {
                    Action::CallFlow(call) => Some((index, link(call))),
                    _ => None,
                })
                .collect()
        };
        Self { targets: flows.iter().map(calls).collect() }
    }

    /// The flow that a node calls, or why there is none.
    pub(super) fn target(&self, flow: usize, node: usize) -> Result<FlowId, Code> {
        self.targets[flow].get(&node).copied().unwrap_or(Err(Code::FLOW_NOT_FOUND))
    }

    /// The flow that a node calls, if it calls one.
    pub(super) fn callee(&self, flow: usize, node: usize) -> Option<FlowId> {
        self.targets[flow].get(&node).copied().and_then(Result::ok)
    }
}

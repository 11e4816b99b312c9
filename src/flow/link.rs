//! Resolves calls to flows, with one rule for the checks and for programs.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::action::{Action, CallFlow};
use super::ids::FlowId;
use super::model::Flow;
use crate::diagnostic::Code;

/// The loaded flows, by id and by name.
pub(crate) struct Names<'f> {
    by_id: IndexMap<&'f str, usize, FxBuildHasher>,
    by_name: IndexMap<&'f str, usize, FxBuildHasher>,
}

impl<'f> Names<'f> {
    pub(crate) fn new(flows: &'f [Flow]) -> Self {
        let mut names = Self { by_id: IndexMap::default(), by_name: IndexMap::default() };
        for (index, flow) in flows.iter().enumerate() {
            names.by_id.entry(flow.key()).or_insert(index);
            names.by_name.entry(&flow.name).or_insert(index);
        }
        names
    }

    /// Returns the first flow with this id. A flow without an id has its name as id.
    pub(crate) fn by_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Returns the first flow with this name.
    pub(crate) fn by_name(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Returns the number of ids and names of all flows, and the ids and names.
    pub(crate) fn all(&self) -> (usize, impl Iterator<Item = &'f str>) {
        let names = self.by_id.keys().chain(self.by_name.keys());
        (self.by_id.len() + self.by_name.len(), names.copied())
    }

    /// Resolves a call. `flowId` takes precedence over `flowName`; if both identify
    /// loaded flows, they must identify the same flow.
    fn callee(&self, call: &CallFlow, flows: &[Flow]) -> Callee {
        let id = call.flow_id.as_ref().map(|id| self.by_id(&id.value));
        let name = call.flow_name.as_ref().map(|name| self.by_name(&name.value));
        match (id, name) {
            (Some(Some(by_id)), Some(Some(by_name))) if by_id != by_name => {
                Callee::Ambiguous { by_id, by_name }
            }
            (Some(Some(flow)), _) | (None, Some(Some(flow))) => {
                if flows[flow].is_published {
                    Callee::Flow(flow)
                } else {
                    Callee::NotPublished(flow)
                }
            }
            _ => Callee::Unknown,
        }
    }
}

/// The flow that a call identifies, by its index among the loaded flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callee {
    /// This flow.
    Flow(usize),
    /// This flow, but it must not be called.
    NotPublished(usize),
    /// One flow by id, another by name.
    Ambiguous { by_id: usize, by_name: usize },
    /// No loaded flow.
    Unknown,
}

impl Callee {
    /// Returns the identified flow, whether or not it may be called.
    pub(crate) fn flow(self) -> Option<usize> {
        match self {
            Self::Flow(flow) | Self::NotPublished(flow) => Some(flow),
            Self::Ambiguous { .. } | Self::Unknown => None,
        }
    }

    /// Returns the called flow, or the code of the call's failure.
    fn target(self) -> Result<FlowId, Code> {
        match self {
            Self::Flow(flow) => Ok(FlowId::new(flow)),
            Self::NotPublished(_) => Err(Code::FLOW_NOT_PUBLISHED),
            Self::Ambiguous { .. } => Err(Code::FLOW_AMBIGUOUS),
            Self::Unknown => Err(Code::FLOW_NOT_FOUND),
        }
    }
}

/// The resolved calls of all flows.
pub(crate) struct Links {
    /// The called flows, by flow and by index of the calling node.
    callees: Vec<IndexMap<usize, Callee, FxBuildHasher>>,
}

impl Links {
    /// Resolves every call of flows that were loaded together.
    pub(crate) fn new(flows: &[Flow]) -> Self {
        Self::by(&Names::new(flows), flows)
    }

    /// Does the same with existing names.
    pub(crate) fn by(names: &Names<'_>, flows: &[Flow]) -> Self {
        let callees = |flow: &Flow| {
            let nodes = flow.nodes.values().enumerate();
            nodes
                .filter_map(|(index, node)| match &node.action {
                    Action::CallFlow(call) => Some((index, names.callee(call, flows))),
                    _ => None,
                })
                .collect()
        };
        Self { callees: flows.iter().map(callees).collect() }
    }

    /// Returns the result for the call of a node; [`Callee::Unknown`] if the node does
    /// not call a flow.
    pub(crate) fn meant(&self, flow: usize, node: usize) -> Callee {
        self.callees[flow].get(&node).copied().unwrap_or(Callee::Unknown)
    }

    /// Returns the flow that a node calls, or the code of the call's failure.
    pub(crate) fn target(&self, flow: usize, node: usize) -> Result<FlowId, Code> {
        self.meant(flow, node).target()
    }

    /// Returns the flow that a node calls, if any.
    pub(crate) fn callee(&self, flow: usize, node: usize) -> Option<FlowId> {
        self.target(flow, node).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::read;
    use crate::source::{Files, read_document};

    /// Returns the target of a call with these properties, among four flows: `a` named
    /// Alpha, `b` named Beta, one named Gamma without an id, and `d` named Delta, which
    /// is not published.
    fn target(properties: &str) -> Result<usize, Code> {
        let text = format!(
            r#"[{{"id": "a", "name": "Alpha", "startNode": "Call", "nodes": {{
                    "Call": {{"type": "Flow", "properties": {properties}}}}}}},
                {{"id": "b", "name": "Beta", "nodes": {{}}}},
                {{"name": "Gamma", "nodes": {{}}}},
                {{"id": "d", "name": "Delta", "published": false, "nodes": {{}}}}]"#
        );
        let file = Files::new().add("flows.json", text);
        let flows = read::read(&read_document(&file).unwrap(), &mut Vec::new());
        Links::new(&flows).target(0, 0).map(FlowId::index)
    }

    #[test]
    fn a_call_names_a_flow_by_id_or_by_name() {
        assert_eq!(target(r#"{"flowId": "b"}"#), Ok(1));
        assert_eq!(target(r#"{"flowName": "Beta"}"#), Ok(1));
        assert_eq!(target(r#"{"flowId": "b", "flowName": "Beta"}"#), Ok(1));
        assert_eq!(target(r#"{"flowId": null, "flowName": "Beta"}"#), Ok(1));
        assert_eq!(target(r#"{"flowId": "a"}"#), Ok(0));
    }

    #[test]
    fn a_flow_without_an_id_is_known_by_its_name() {
        assert_eq!(target(r#"{"flowId": "Gamma"}"#), Ok(2));
        assert_eq!(target(r#"{"flowId": "Beta"}"#), Err(Code::FLOW_NOT_FOUND));
    }

    #[test]
    fn the_id_wins_unless_the_name_means_another_flow() {
        let unknown_name = r#"{"flowId": "b", "flowName": "Nobody"}"#;
        assert_eq!(target(unknown_name), Ok(1));
        let unknown_id = r#"{"flowId": "nobody", "flowName": "Beta"}"#;
        assert_eq!(target(unknown_id), Err(Code::FLOW_NOT_FOUND));
        let two = r#"{"flowId": "b", "flowName": "Gamma"}"#;
        assert_eq!(target(two), Err(Code::FLOW_AMBIGUOUS));
    }

    #[test]
    fn unpublished_flows_are_not_called() {
        assert_eq!(target(r#"{"flowId": "d"}"#), Err(Code::FLOW_NOT_PUBLISHED));
        assert_eq!(target(r#"{"flowName": "Delta"}"#), Err(Code::FLOW_NOT_PUBLISHED));
    }
}

//! Ids of local flows for calls that were recorded elsewhere.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::flow::{FlowId, NodeId};
use crate::program::Program;
use crate::trace::execution::node_id;
use crate::trace::observation::{Observation, ObservedStep};
use crate::value::{Json, JsonObject, Text};

/// The local flows, by which the flows and nodes of recorded calls are found as `flowsim
/// compare` finds them: a flow by its id, or else by its type and name, and a node by its
/// id, or else by Architect's number or by its name.
#[derive(Debug)]
pub struct LocalFlows {
    program: Arc<Program>,
    by_id: FxHashMap<(FlowId, Text), NodeId>,
    by_number: FxHashMap<(FlowId, i64), NodeId>,
    by_name: FxHashMap<(FlowId, Text), NodeId>,
    /// Whether several flows have one id: flows without an id have their name.
    has_namesakes: bool,
}

impl LocalFlows {
    /// Indexes the nodes of a program.
    pub fn new(program: Arc<Program>) -> Self {
        let (mut by_id, mut by_number) = (FxHashMap::default(), FxHashMap::default());
        let mut by_name = FxHashMap::default();
        let symbols = &program.symbols;
        for (index, label) in symbols.nodes.iter().enumerate() {
            let (node, flow) = (NodeId::new(index), label.flow);
            by_id.entry((flow, label.id.clone())).or_insert(node);
            by_id.entry((flow, node_id(symbols, node))).or_insert(node);
            by_name.entry((flow, label.name.clone())).or_insert(node);
            if let Some(number) = label.tracking_id {
                by_number.entry((flow, number)).or_insert(node);
            }
        }
        let mut ids = FxHashSet::default();
        let has_namesakes = !symbols.flows.iter().all(|label| ids.insert(&label.id));
        Self { program, by_id, by_number, by_name, has_namesakes }
    }

    /// Gives the flows and nodes of a call their local ids. Others keep their own.
    pub fn adopt(&self, call: &mut Observation) {
        let began = self.entry(call);
        let (id, name) = (call.flow.id.clone(), call.flow.name.clone());
        for step in &mut call.steps {
            let is_first = step.flow.is_none() || step.flow == name || step.flow == id;
            let of_step = step.flow.as_ref().filter(|_| !is_first);
            let flow = of_step.map_or(began, |name| self.program.flow(name));
            // Numbers and names belong to a flow; this one may be another.
            let is_by_id = step.flow.is_none();
            if let Some(flow) = flow {
                self.adopt_step(step, flow, is_by_id);
            }
        }
        if let Some(flow) = began {
            let label = self.program.symbols.flow(flow);
            call.flow.id = Some(self.program.symbols.flow_key(flow));
            call.flow.name = Some(label.name.clone());
        }
    }

    /// Gives the steps of a simulation response the ids of their local flows. `began` is the
    /// id or name of the flow in which the call began, as far as the recording has it. The
    /// first step of another flow has its name.
    pub fn adopt_response(&self, response: &mut Json, began: Option<&Text>) {
        let Json::Object(response) = response else { return };
        let response = Arc::make_mut(response);
        let Some(Json::Array(steps)) = response.get_mut("trace") else { return };
        let mut known: Vec<(Json, Option<Json>)> = Vec::new();
        for step in Arc::make_mut(steps) {
            let Json::Object(step) = step else { continue };
            let Some(id) = step.get("flowId").cloned() else { continue };
            let found = known.iter().find(|(flow, _)| *flow == id);
            let local = match found {
                Some((_, local)) => local.clone(),
                None => {
                    let began = began.filter(|_| known.is_empty());
                    let local = self.flow_of_step(step, began);
                    known.push((id, local.clone()));
                    local
                }
            };
            if let Some(local) = local {
                Arc::make_mut(step).insert("flowId".into(), local);
            }
        }
    }

    /// Gives the flows of a trace different ids if they have the same id and different
    /// types. The first step of a flow has its type.
    pub fn adopt_trace(&self, trace: &mut Json) {
        let Json::Object(trace) = trace else { return };
        if !self.has_namesakes {
            return;
        }
        let trace = Arc::make_mut(trace);
        let began = trace.get_mut("flow").and_then(|flow| {
            let Json::Object(flow) = flow else { return None };
            let key = self.key(flow, ["id", "type"])?;
            Some((Arc::make_mut(flow).insert("id".into(), key.clone())?, key))
        });
        let mut running: Vec<(Json, Json)> = began.into_iter().collect();
        let Some(Json::Array(steps)) = trace.get_mut("steps") else { return };
        for step in Arc::make_mut(steps) {
            let Json::Object(step) = step else { continue };
            let Some(id) = step.get("flowId").cloned() else { continue };
            if let Some(key) = self.key(step, ["flowId", "nodeType"]) {
                running.retain(|(known, _)| *known != id);
                running.push((id.clone(), key));
            }
            if let Some((_, key)) = running.iter().find(|(known, _)| *known == id) {
                Arc::make_mut(step).insert("flowId".into(), key.clone());
            }
        }
    }

    /// Returns the key of the flow with the id and the type that an object has.
    fn key(&self, object: &JsonObject, [id, kind]: [&str; 2]) -> Option<Json> {
        let (Json::String(id), Json::String(kind)) = (object.get(id)?, object.get(kind)?)
        else {
            return None;
        };
        let symbols = &self.program.symbols;
        let mut labels = symbols.flows.iter();
        let index = labels.position(|label| {
            label.id == *id && label.flow_type.eq_ignore_ascii_case(kind)
        })?;
        Some(Json::String(symbols.flow_key(FlowId::new(index))))
    }

    /// Returns the id of the local flow of the first step of a flow.
    fn flow_of_step(&self, step: &JsonObject, began: Option<&Text>) -> Option<Json> {
        let text = |key: &str| match step.get(key) {
            Some(Json::String(text)) => Some(text.as_str()),
            _ => None,
        };
        let symbols = &self.program.symbols;
        let by_id = text("flowId").and_then(|id| self.program.flow(id));
        let began = || began.and_then(|name| self.program.flow(name));
        let named = || {
            let flow = self.program.flow(text("nodeName")?)?;
            let is_type =
                |it: &str| symbols.flow(flow).flow_type.eq_ignore_ascii_case(it);
            text("nodeType").is_some_and(is_type).then_some(flow)
        };
        let flow = by_id.or_else(began).or_else(named)?;
        Some(Json::String(symbols.flow_key(flow)))
    }

    /// Returns the flow in which a call began.
    fn entry(&self, call: &Observation) -> Option<FlowId> {
        let flow = &call.flow;
        let symbols = &self.program.symbols;
        let of_type = |name: &Text| {
            let kind = flow.flow_type.as_ref()?;
            let mut labels = symbols.flows.iter();
            let index = labels.position(|label| {
                label.name == *name && label.flow_type.eq_ignore_ascii_case(kind)
            })?;
            Some(FlowId::new(index))
        };
        let known = |name: &Option<Text>| self.program.flow(name.as_ref()?);
        let named = || flow.name.as_ref().and_then(of_type);
        known(&flow.id).or_else(named).or_else(|| known(&flow.name))
    }

    fn adopt_step(&self, step: &mut ObservedStep, flow: FlowId, is_by_id: bool) {
        let symbols = &self.program.symbols;
        if !is_by_id {
            step.flow = Some(symbols.flow_key(flow));
        }
        let by_id = || self.by_id.get(&(flow, step.id.clone()?));
        let number = step.tracking_id.filter(|_| !is_by_id);
        let by_number = || self.by_number.get(&(flow, number?));
        let name = step.name.clone().filter(|_| !is_by_id);
        let by_name = || self.by_name.get(&(flow, name.clone()?));
        // A turn belongs to its action, which is counted.
        let begins = step.kind.starts_with("started");
        if !step.is_action && !begins {
            return;
        }
        let Some(node) = by_id().or_else(by_number).or_else(by_name) else { return };
        let label = symbols.node(*node);
        step.id = Some(label.id.clone());
        step.name = Some(label.name.clone());
        step.kind = label.node_type.clone();
        step.is_action = true;
    }
}

//! The numbered names of a program, and the symbol table that maps the numbers back to
//! names.

use indexmap::IndexMap;

use super::layout::{ContextId, Layout};
use crate::expr::draft::Reference;
use crate::flow::{
    Action, Flow, FlowId, FlowLabel, Node, NodeLabel, ReferenceId, SymbolTable, TextId,
};
use crate::value::Text;

/// Names that are numbered across all flows, in the order of their first occurrence.
#[derive(Default)]
pub(super) struct Names {
    pub(super) strings: IndexMap<Text, ()>,
    pub(super) references: IndexMap<Text, ()>,
    pub(super) contexts: IndexMap<Text, ContextId>,
}

impl Names {
    pub(super) fn text(&mut self, text: &Text) -> TextId {
        TextId::new(number(&mut self.strings, text))
    }

    pub(super) fn reference(&mut self, reference: &Reference) -> ReferenceId {
        let name = match reference.segments.as_slice() {
            [only] => only.clone(),
            segments => segments.join(".").into(),
        };
        ReferenceId::new(number(&mut self.references, &name))
    }

    pub(super) fn context(&mut self, name: &Text) -> ContextId {
        if let Some(id) = self.contexts.get(name) {
            return *id;
        }
        let id = ContextId(u32::try_from(self.contexts.len()).unwrap_or(u32::MAX));
        self.contexts.insert(name.clone(), id);
        id
    }
}

fn number(names: &mut IndexMap<Text, ()>, name: &Text) -> usize {
    match names.get_index_of(name) {
        Some(index) => index,
        None => names.insert_full(name.clone(), ()).0,
    }
}

/// Builds the symbol table.
pub(super) fn symbol_table(
    flows: &[Flow],
    layouts: &[Layout],
    names: &mut Names,
) -> SymbolTable {
    let flow_label = |flow: &Flow| FlowLabel {
        id: flow.key().clone(),
        name: flow.name.clone(),
        flow_type: flow.flow_type.clone(),
        version: flow.version.clone(),
    };
    let node_label = |flow: FlowId, node: &Node| NodeLabel {
        flow,
        id: node.id.clone(),
        name: node.name.clone().unwrap_or_else(|| node.id.clone()),
        node_type: node.node_type.clone(),
        span: node.span,
        conditions: match &node.action {
            Action::If(decision) => {
                decision.conditions.iter().map(|item| item.value.0.clone()).collect()
            }
            _ => Vec::new(),
        },
        outputs: Vec::new(),
        output_keys: Vec::new(),
        key: None,
        tracking_id: None,
    };
    SymbolTable {
        flows: flows.iter().map(flow_label).collect(),
        nodes: flows
            .iter()
            .enumerate()
            .flat_map(|(index, flow)| {
                flow.nodes.values().map(move |node| node_label(FlowId::new(index), node))
            })
            .collect(),
        variables: layouts.iter().flat_map(Layout::names).cloned().collect(),
        variable_keys: IndexMap::default(),
        strings: std::mem::take(&mut names.strings).into_keys().collect(),
        references: std::mem::take(&mut names.references).into_keys().collect(),
    }
}

//! The variables of a program. Flows that call each other share variables, so the names
//! of all of them form one layout. An isolated call starts a new layout for the called
//! flow.

use indexmap::IndexMap;

use crate::expr::draft::Reference;
use crate::flow::{Action, Flow, Links, VariableId};
use crate::value::Text;

/// The id of a group of flows that share variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayoutId(pub u32);

impl LayoutId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The id of a field of a call's context, such as `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContextId(pub u32);

impl ContextId {
    /// The index of the id.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The variables of a group of flows; their ids are consecutive.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The first id.
    pub first: u32,
    names: IndexMap<Text, ()>,
}

impl Layout {
    /// Creates the layout of these names.
    pub(super) fn of(first: u32, names: impl Iterator<Item = Text>) -> Self {
        Self { first, names: names.map(|name| (name, ())).collect() }
    }

    /// The number of variables.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no variables.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Returns the variable with this name.
    pub fn variable(&self, name: &str) -> Option<VariableId> {
        let index = self.names.get_index_of(name)?;
        Some(VariableId(self.first + u32::try_from(index).ok()?))
    }

    /// The names, in the order of the ids.
    pub fn names(&self) -> impl Iterator<Item = &Text> {
        self.names.keys()
    }

    fn add(&mut self, name: &Text) {
        if !self.names.contains_key(name) {
            self.names.insert(name.clone(), ());
        }
    }
}

/// All layouts, and the layout of each flow.
pub(super) struct Layouts {
    pub(super) layouts: Vec<Layout>,
    pub(super) of_flow: Vec<LayoutId>,
}

/// Groups the flows and collects the names of each group.
pub(super) fn lay_out(flows: &[Flow], links: &Links) -> Layouts {
    let of_flow = groups(flows, links);
    let count = of_flow.iter().map(|id| id.index() + 1).max().unwrap_or(0);
    let mut layouts = vec![Layout::default(); count];
    // Assigned names come first: `{a.b}` is the variable `a.b` if a flow sets one.
    for (index, flow) in flows.iter().enumerate() {
        for (node, action) in flow.nodes.values().map(|node| &node.action).enumerate() {
            let callee = links.callee(index, node).map(|flow| of_flow[flow.index()]);
            add_assigned(action, of_flow[index], callee, &mut layouts);
        }
    }
    for (index, flow) in flows.iter().enumerate() {
        let layout = &mut layouts[of_flow[index].index()];
        for node in flow.nodes.values() {
            node.action.each_reference(&mut |reference| {
                if !is_output(flow, reference) && joined(layout, reference).is_none() {
                    layout.add(&reference.segments[0]);
                }
            });
        }
    }
    let mut first = 0;
    for layout in &mut layouts {
        layout.first = first;
        first += u32::try_from(layout.len()).unwrap_or(u32::MAX);
    }
    Layouts { layouts, of_flow }
}

/// Whether a reference names an output of a node of the flow.
pub(super) fn is_output(flow: &Flow, reference: &Reference) -> bool {
    reference.segments.len() > 1 && flow.nodes.contains_key(&reference.segments[0])
}

/// Returns the variable whose dotted name is the whole reference, if there is one.
pub(super) fn joined(layout: &Layout, reference: &Reference) -> Option<VariableId> {
    if reference.segments.len() == 1 {
        return None;
    }
    layout.variable(&reference.segments.join("."))
}

fn add_assigned(
    action: &Action,
    own: LayoutId,
    callee: Option<LayoutId>,
    layouts: &mut [Layout],
) {
    match action {
        Action::Set(set) => {
            let layout = &mut layouts[own.index()];
            set.assignments.iter().for_each(|item| layout.add(&item.variable.value));
        }
        Action::CallFlow(call) => {
            for (name, called) in call.outputs.iter().flatten() {
                layouts[own.index()].add(&name.value);
                if let Some(callee) = callee {
                    layouts[callee.index()].add(&called.value);
                }
            }
            if let Some(callee) = callee {
                let inputs = call.inputs.iter().flatten();
                inputs.for_each(|(name, _)| layouts[callee.index()].add(&name.value));
            }
        }
        _ => {}
    }
}

/// Joins flows that call each other with shared variables (union-find), and numbers the
/// groups by their first flow.
fn groups(flows: &[Flow], links: &Links) -> Vec<LayoutId> {
    let mut parents: Vec<usize> = (0..flows.len()).collect();
    for (caller, flow) in flows.iter().enumerate() {
        for (node, action) in flow.nodes.values().map(|node| &node.action).enumerate() {
            let Action::CallFlow(call) = action else { continue };
            if let Some(callee) =
                links.callee(caller, node).filter(|_| !call.is_isolated())
            {
                let (one, other) =
                    (root(&mut parents, caller), root(&mut parents, callee.index()));
                parents[one.max(other)] = one.min(other);
            }
        }
    }
    let mut numbers: IndexMap<usize, ()> = IndexMap::new();
    (0..flows.len())
        .map(|flow| {
            let (index, _) = numbers.insert_full(root(&mut parents, flow), ());
            LayoutId(u32::try_from(index).unwrap_or(u32::MAX))
        })
        .collect()
}

fn root(parents: &mut [usize], mut flow: usize) -> usize {
    while parents[flow] != flow {
        parents[flow] = parents[parents[flow]];
        flow = parents[flow];
    }
    flow
}

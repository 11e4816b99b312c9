//! Compiles the model of flows to a program.

use indexmap::IndexMap;

use super::Program;
use super::architect;
use super::layout::{Layout, LayoutId, Layouts, is_output, joined, lay_out};
use super::names::{Names, symbol_table};
use super::step::{Operand, OutputId, Place, Response, Speech, Step, Unit};
use crate::expr::draft::{Form, Reference, Template};
use crate::flow::architect::ArchitectFlow;
use crate::flow::{Flow, FlowId, Links, Node, NodeId, PathKind, SymbolTable, VariableId};
use crate::value::Text;

impl Program {
    /// Compiles flows that were loaded together and whose findings do not forbid running
    /// them. A reference that leads nowhere ends the flow.
    pub fn compile(flows: &[Flow]) -> Self {
        Self::compile_all(flows, &[])
    }

    /// Compiles draft flows and Architect flows that were loaded together.
    pub fn compile_all(flows: &[Flow], architect: &[ArchitectFlow]) -> Self {
        let links = Links::new(flows);
        let Layouts { layouts, of_flow } = lay_out(flows, &links);
        let mut names = Names::default();
        let mut program = Self {
            symbols: SymbolTable::default(),
            units: Vec::with_capacity(flows.len()),
            steps: Vec::with_capacity(flows.iter().map(|flow| flow.nodes.len()).sum()),
            layouts,
            contexts: IndexMap::new(),
            nodes: Vec::with_capacity(flows.len()),
            sequences: Vec::new(),
            built_in_first: 0,
            in_queue_flows: Vec::new(),
        };
        for (index, flow) in flows.iter().enumerate() {
            let compiler = Compiler {
                flow,
                id: FlowId::new(index),
                first_node: program.steps.len(),
                layouts: &program.layouts,
                layout: &program.layouts[of_flow[index].index()],
                of_flow: &of_flow,
                links: &links,
                names: &mut names,
                outputs: outputs_of(flow),
            };
            program.units.push(compiler.unit());
            program.nodes.push(compiler.node_names());
            let steps = compiler.steps();
            program.steps.extend(steps);
        }
        program.symbols = symbol_table(flows, &program.layouts, &mut names);
        program.contexts = names.contexts;
        architect::add(&mut program, architect);
        program
    }
}

/// The outputs that templates of the flow read: fields by index of the node.
type Outputs = IndexMap<usize, IndexMap<Text, OutputId>>;

fn outputs_of(flow: &Flow) -> Outputs {
    let mut outputs = Outputs::new();
    for node in flow.nodes.values() {
        node.action.each_reference(&mut |reference| {
            if is_output(flow, reference)
                && let Some(index) = flow.nodes.get_index_of(&reference.segments[0])
            {
                let fields = outputs.entry(index).or_default();
                if !fields.contains_key(&reference.segments[1]) {
                    fields.insert(reference.segments[1].clone(), OutputId(0));
                }
            }
        });
    }
    // Numbered node by node, so that the slots of a node are consecutive.
    outputs.sort_unstable_keys();
    let slots = outputs.values_mut().flat_map(IndexMap::values_mut);
    for (slot, number) in slots.zip(0..) {
        slot.0 = number;
    }
    outputs
}

/// Compiles one flow.
pub(super) struct Compiler<'c> {
    flow: &'c Flow,
    pub(super) id: FlowId,
    first_node: usize,
    pub(super) layouts: &'c [Layout],
    pub(super) layout: &'c Layout,
    pub(super) of_flow: &'c [LayoutId],
    pub(super) links: &'c Links,
    names: &'c mut Names,
    outputs: Outputs,
}

impl Compiler<'_> {
    fn unit(&self) -> Unit {
        let start = self.flow.start.as_ref();
        Unit {
            start: start.and_then(|target| self.node_id(&target.node)),
            layout: self.of_flow[self.id.index()],
            output_count: self.output_count(),
            outputs: self.output_names(),
            is_published: self.flow.is_published,
            architect: None,
        }
    }

    fn output_count(&self) -> u32 {
        let count: usize = self.outputs.values().map(IndexMap::len).sum();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn output_names(&self) -> Box<[(NodeId, Text)]> {
        let outputs = self.outputs.iter().flat_map(|(node, fields)| {
            let node = NodeId::new(self.first_node + node);
            fields.keys().map(move |field| (node, field.clone()))
        });
        outputs.collect()
    }

    fn node_id(&self, name: &Text) -> Option<NodeId> {
        let index = self.flow.nodes.get_index_of(name)?;
        Some(NodeId::new(self.first_node + index))
    }

    fn node_names(&self) -> IndexMap<Text, NodeId> {
        let ids = (self.first_node..).map(NodeId::new);
        self.flow.nodes.keys().cloned().zip(ids).collect()
    }

    fn steps(mut self) -> Vec<Step> {
        let flow = self.flow;
        flow.nodes
            .values()
            .enumerate()
            .map(|(index, node)| self.step(index, node))
            .collect()
    }

    fn step(&mut self, index: usize, node: &Node) -> Step {
        let outputs = match self.outputs.get(&index) {
            Some(fields) => {
                let first = fields.first().map_or(0, |(_, slot)| slot.0);
                (first, first + u32::try_from(fields.len()).unwrap_or(0))
            }
            None => (0, 0),
        };
        Step {
            action: self.action(index, node),
            next: self.target(node, &PathKind::Next),
            error: self.target(node, &PathKind::Error),
            flow: self.id,
            outputs,
            is_beginning: false,
            targets: Box::default(),
        }
    }

    pub(super) fn target(&self, node: &Node, kind: &PathKind) -> Option<NodeId> {
        self.node_id(&node.target(kind)?.node)
    }

    pub(super) fn output(&self, node: usize, field: &str) -> Option<OutputId> {
        self.outputs.get(&node)?.get(field).copied()
    }

    pub(super) fn response(&self, node: usize) -> Response {
        let fields = self.outputs.get(&node).into_iter().flatten();
        Response { fields: fields.map(|(field, slot)| (field.clone(), *slot)).collect() }
    }

    pub(super) fn speech(&mut self, template: &Template<Reference>) -> Speech {
        match template.as_constant() {
            Some(text) => Speech::Constant(self.names.text(text)),
            None => Speech::Template(self.template(template)),
        }
    }

    pub(super) fn template(
        &mut self,
        template: &Template<Reference>,
    ) -> Template<Operand> {
        template.resolve(&mut |reference| self.operand(reference))
    }

    pub(super) fn form(&mut self, form: &Form<Reference>) -> Form<Operand> {
        form.resolve(&mut |reference| self.operand(reference))
    }

    pub(super) fn operand(&mut self, reference: &Reference) -> Operand {
        let (place, depth) = self.place(reference);
        Operand {
            place,
            path: reference.segments[depth..].into(),
            reference: self.names.reference(reference),
        }
    }

    /// Returns the place of the value, and the number of segments of the reference that
    /// identify it.
    fn place(&mut self, reference: &Reference) -> (Place, usize) {
        let segments = &reference.segments;
        if is_output(self.flow, reference) {
            let index = self.flow.nodes.get_index_of(&segments[0]);
            if let Some(slot) = index.and_then(|index| self.output(index, &segments[1])) {
                return (Place::Output(slot), 2);
            }
        }
        let (variable, name, depth) = match joined(self.layout, reference) {
            Some(variable) => {
                (Some(variable), Text::from(segments.join(".")), segments.len())
            }
            None => (self.layout.variable(&segments[0]), segments[0].clone(), 1),
        };
        let context = self.names.context(&name);
        // The layout contains every name that a template mentions.
        let variable = variable.unwrap_or(VariableId(self.layout.first));
        (Place::Variable(variable, context), depth)
    }
}

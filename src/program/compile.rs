//! From the model to the program.

use indexmap::IndexMap;

use super::Program;
use super::layout::{ContextId, Layout, Layouts, is_output, joined, lay_out};
use super::step::{
    Assignment, Branch, CallFlow, Contact, DataAction, Gather, If, Isolation, Operand,
    OutputId, Place, Response, Route, Speech, Statistics, Step, StepAction, Unit,
    Webhook,
};
use crate::diagnostic::Code;
use crate::expr::draft::{Form, Reference, Template};
use crate::flow::{
    Action, EndType, Flow, FlowId, FlowLabel, Legend, Links, Node, NodeId, NodeLabel,
    PathKind, ReferenceId, TextId, VariableId,
};
use crate::value::Text;

impl Program {
    /// Compiles flows that were loaded together and have no finding that forbids to run
    /// them. A reference that leads nowhere ends the flow.
    pub fn compile(flows: &[Flow]) -> Self {
        let links = Links::new(flows);
        let Layouts { layouts, of_flow } = lay_out(flows, &links);
        let mut names = Names::default();
        let mut program = Self {
            legend: Legend::default(),
            units: Vec::with_capacity(flows.len()),
            steps: Vec::with_capacity(flows.iter().map(|flow| flow.nodes.len()).sum()),
            layouts,
            contexts: IndexMap::new(),
            nodes: Vec::with_capacity(flows.len()),
        };
        for (index, flow) in flows.iter().enumerate() {
            let first_node = program.steps.len();
            let layout = of_flow[index];
            let compiler = Compiler {
                flow,
                id: FlowId::new(index),
                first_node,
                layouts: &program.layouts,
                layout: &program.layouts[layout.index()],
                of_flow: &of_flow,
                links: &links,
                names: &mut names,
                outputs: outputs_of(flow),
            };
            let output_count = compiler.output_count();
            let unit = Unit {
                start: flow
                    .start
                    .as_ref()
                    .and_then(|target| compiler.node_id(&target.node)),
                layout,
                output_count,
                is_published: flow.is_published,
            };
            let nodes = compiler.node_names();
            let steps = compiler.steps();
            program.units.push(unit);
            program.nodes.push(nodes);
            program.steps.extend(steps);
        }
        program.legend = legend(flows, &program.layouts, &mut names);
        program.contexts = names.contexts;
        program
    }
}

fn legend(flows: &[Flow], layouts: &[Layout], names: &mut Names) -> Legend {
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
    };
    Legend {
        flows: flows.iter().map(flow_label).collect(),
        nodes: flows
            .iter()
            .enumerate()
            .flat_map(|(index, flow)| {
                flow.nodes.values().map(move |node| node_label(FlowId::new(index), node))
            })
            .collect(),
        variables: layouts.iter().flat_map(Layout::names).cloned().collect(),
        texts: std::mem::take(&mut names.texts).into_keys().collect(),
        references: std::mem::take(&mut names.references).into_keys().collect(),
    }
}

/// Names that are numbered through all flows, in the order in which they are met.
#[derive(Default)]
struct Names {
    texts: IndexMap<Text, ()>,
    references: IndexMap<Text, ()>,
    contexts: IndexMap<Text, ContextId>,
}

impl Names {
    fn text(&mut self, text: &Text) -> TextId {
        TextId::new(number(&mut self.texts, text))
    }

    fn reference(&mut self, reference: &Reference) -> ReferenceId {
        let name = match reference.segments.as_slice() {
            [only] => only.clone(),
            segments => segments.join(".").into(),
        };
        ReferenceId::new(number(&mut self.references, &name))
    }

    fn context(&mut self, name: &Text) -> ContextId {
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

/// The outputs that templates of the flow read: by index of the node, the fields.
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
    // Numbered node by node, so that the slots of a node are a run.
    outputs.sort_unstable_keys();
    let slots = outputs.values_mut().flat_map(IndexMap::values_mut);
    for (slot, number) in slots.zip(0..) {
        slot.0 = number;
    }
    outputs
}

struct Compiler<'c> {
    flow: &'c Flow,
    id: FlowId,
    first_node: usize,
    layouts: &'c [Layout],
    layout: &'c Layout,
    of_flow: &'c [super::LayoutId],
    links: &'c Links,
    names: &'c mut Names,
    outputs: Outputs,
}

impl Compiler<'_> {
    fn output_count(&self) -> u32 {
        let count: usize = self.outputs.values().map(IndexMap::len).sum();
        u32::try_from(count).unwrap_or(u32::MAX)
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
        }
    }

    fn target(&self, node: &Node, kind: &PathKind) -> Option<NodeId> {
        self.node_id(&node.target(kind)?.node)
    }

    fn action(&mut self, index: usize, node: &Node) -> StepAction {
        match &node.action {
            Action::Say(say) => StepAction::Say(self.speech(&say.text)),
            Action::Gather(gather) => {
                StepAction::Gather(Box::new(self.gather(index, gather)))
            }
            Action::Set(set) => {
                let assignments = set.assignments.iter();
                StepAction::Set(
                    assignments.filter_map(|item| self.assignment(item)).collect(),
                )
            }
            Action::If(decision) => {
                StepAction::If(Box::new(self.decision(index, node, decision)))
            }
            Action::CallFlow(call) => {
                StepAction::CallFlow(Box::new(self.call(index, call)))
            }
            Action::Route(route) => StepAction::Route(Box::new(Route {
                queue_id: route.queue_id.as_ref().map(|text| self.speech(text)),
                queue_name: route.queue_name.as_ref().map(|text| self.speech(text)),
                skills: route.skills.iter().map(|text| self.speech(text)).collect(),
                priority: route.priority,
            })),
            Action::GetExternalContact(lookup) => {
                let key = match &lookup.lookup_value {
                    Some(value) => self.template(value),
                    None => Template::Whole(self.operand(&lookup.lookup_key)),
                };
                let response = self.response(index);
                let on_not_found = lookup.on_not_found;
                StepAction::GetExternalContact(Box::new(Contact {
                    key,
                    on_not_found,
                    response,
                }))
            }
            Action::DataAction(call) => StepAction::DataAction(Box::new(DataAction {
                action_id: call.action_id.clone(),
                action_name: call.action_name.clone(),
                inputs: self.inputs(&call.inputs),
                timeout_ms: call.timeout_ms,
                response: self.response(index),
            })),
            Action::QueueStatistics(statistics) => {
                let queue_id = self.speech(&statistics.queue_id);
                let response = self.response(index);
                StepAction::QueueStatistics(Box::new(Statistics { queue_id, response }))
            }
            Action::Webhook(webhook) => StepAction::Webhook(Box::new(Webhook {
                webhook_id: webhook.webhook_id.clone(),
                url: webhook.url.as_ref().map(|url| self.speech(url)),
                body: self.form(&webhook.body),
                timeout_ms: webhook.timeout_ms,
                response: self.response(index),
            })),
            Action::End(end) => StepAction::End(end.end_type),
            Action::Unknown => StepAction::End(EndType::Error),
        }
    }

    fn gather(&mut self, index: usize, gather: &crate::flow::Gather) -> Gather {
        Gather {
            prompt: gather.prompt.as_ref().map(|prompt| self.speech(prompt)),
            min_digits: gather.min_digits,
            max_digits: gather.max_digits,
            timeout_ms: gather.timeout_ms,
            inter_digit_timeout_ms: gather.inter_digit_timeout_ms,
            valid_digits: gather.valid_digits.clone(),
            terminating_key: gather.terminating_key,
            digits: self.output(index, "digits"),
        }
    }

    fn assignment(&mut self, item: &crate::flow::Assignment) -> Option<Assignment> {
        Some(Assignment {
            variable: self.layout.variable(&item.variable.value)?,
            variable_type: item.variable_type,
            value: self.form(&item.value),
        })
    }

    fn decision(&mut self, index: usize, node: &Node, decision: &crate::flow::If) -> If {
        let mut seen: Vec<&Reference> = Vec::new();
        let mut branches = Vec::with_capacity(decision.conditions.len());
        for (condition, number) in decision.conditions.iter().zip(1..=u16::MAX) {
            let condition = &condition.value.1;
            let mut reads = Vec::new();
            condition.each_reference(&mut |reference| {
                if !seen.contains(&reference) {
                    seen.push(reference);
                    reads.push(reference);
                }
            });
            branches.push(Branch {
                reads: reads
                    .into_iter()
                    .map(|reference| self.operand(reference))
                    .collect(),
                condition: condition.resolve(&mut |reference| self.operand(reference)),
                target: self.target(node, &PathKind::Condition(number)),
            });
        }
        If {
            branches: branches.into(),
            default: self.target(node, &PathKind::Default),
            condition: self.output(index, "condition"),
        }
    }

    fn call(&mut self, index: usize, call: &crate::flow::CallFlow) -> CallFlow {
        let target = self.links.target(self.id.index(), index);
        let isolation = call.is_isolated().then(|| self.isolation(call, target));
        CallFlow { target, timeout_ms: call.timeout_ms, isolation }
    }

    fn isolation(
        &mut self,
        call: &crate::flow::CallFlow,
        target: Result<FlowId, Code>,
    ) -> Isolation {
        let none = Isolation { inputs: Box::default(), outputs: Box::default() };
        let Ok(target) = target else { return none };
        let called = &self.layouts[self.of_flow[target.index()].index()];
        let input = |(name, value): &(crate::flow::Written<Text>, Form<Reference>)| {
            Some((called.variable(&name.value)?, self.form(value)))
        };
        let inputs = call.inputs.iter().flatten().filter_map(input).collect();
        let variables = |own: &Text, theirs: &Text| -> Option<(VariableId, VariableId)> {
            Some((self.layout.variable(own)?, called.variable(theirs)?))
        };
        let outputs = call.outputs.iter().flatten();
        let outputs = outputs
            .filter_map(|(own, theirs)| variables(&own.value, &theirs.value))
            .collect();
        Isolation { inputs, outputs }
    }

    fn inputs(
        &mut self,
        inputs: &[(Text, Form<Reference>)],
    ) -> Box<[(Text, Form<Operand>)]> {
        inputs.iter().map(|(name, value)| (name.clone(), self.form(value))).collect()
    }

    fn output(&self, node: usize, field: &str) -> Option<OutputId> {
        self.outputs.get(&node)?.get(field).copied()
    }

    fn response(&self, node: usize) -> Response {
        let fields = self.outputs.get(&node).into_iter().flatten();
        Response { fields: fields.map(|(field, slot)| (field.clone(), *slot)).collect() }
    }

    fn speech(&mut self, template: &Template<Reference>) -> Speech {
        match template.as_constant() {
            Some(text) => Speech::Constant(self.names.text(text)),
            None => Speech::Template(self.template(template)),
        }
    }

    fn template(&mut self, template: &Template<Reference>) -> Template<Operand> {
        template.resolve(&mut |reference| self.operand(reference))
    }

    fn form(&mut self, form: &Form<Reference>) -> Form<Operand> {
        form.resolve(&mut |reference| self.operand(reference))
    }

    fn operand(&mut self, reference: &Reference) -> Operand {
        let (place, depth) = self.place(reference);
        Operand {
            place,
            path: reference.segments[depth..].into(),
            reference: self.names.reference(reference),
        }
    }

    /// Where the value is, and how many segments of the reference say so.
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
        // Every name that a template mentions was laid out before.
        let variable = variable.unwrap_or(VariableId(self.layout.first));
        (Place::Variable(variable, context), depth)
    }
}

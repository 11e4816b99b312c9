//! Compiles the model of Architect flows to steps.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::control::name_in;
use super::menu::Menus;
use super::names::{Names, Scope};
use super::plan::{Plan, UnitPlan, number, plan};
use super::source::{Source, Traced, source};
use super::{Action, FlowKind, FlowPart, Variables};
use crate::expr::architect::{BUILT_INS, Read};
use crate::flow::architect::{
    self, ActionIds, ArchitectFlow, Setting, StepId, Unit, UnitKind,
};
use crate::flow::kinds::{LOOP_BODY, Operation, called_types, in_queue_type};
use crate::flow::{FlowId, NodeId, NodeLabel, ReferenceId, SequenceId, VariableId};
use crate::program::Program;
use crate::program::step::{Step, StepAction};
use crate::source::{Span, nested};
use crate::value::{Kind, Text, Type};

/// Adds Architect flows to a program that already has the flows of the draft dialect.
pub(in crate::program) fn add(program: &mut Program, flows: &[ArchitectFlow]) {
    program.built_in_first = number(program.symbols.variables.len());
    if flows.is_empty() {
        return;
    }
    let built_ins = BUILT_INS.iter().map(|known| Text::from(known.name));
    program.symbols.variables.extend(built_ins);
    let mut plans = Vec::with_capacity(flows.len());
    for flow in flows {
        plans.push(plan(program, flow));
    }
    for (flow, plan) in flows.iter().zip(&plans) {
        compile_flow(program, flow, plan, &plans, flows);
        if flow.flow_kind() == FlowKind::InQueue {
            program.in_queue_flows.push(plan.id);
        }
    }
}

fn compile_flow(
    program: &mut Program,
    flow: &ArchitectFlow,
    plan: &Plan,
    plans: &[Plan],
    flows: &[ArchitectFlow],
) {
    let none = Scope::default();
    let (step_ids, further_ids) = architect::step_ids(flow);
    let mut compiler = Compiler {
        program,
        flow,
        plan,
        plans,
        flows,
        task: &none,
        hidden: 0,
        loops: Vec::new(),
        step_ids: step_ids.into_iter(),
        further_ids,
        menus: Menus::default(),
        references: IndexMap::default(),
    };
    let begin = compiler.begin_flow();
    for (unit, of_unit) in flow.units.iter().zip(&plan.units) {
        compiler.unit(unit, of_unit);
    }
    compiler.finish_menus();
    compiler.task = &none;
    let part = compiler.flow_part(begin);
    let unit = &mut program.units[plan.id.index()];
    unit.start = Some(begin);
    unit.architect = Some(Box::new(part));
}

/// Compiles one flow.
pub(super) struct Compiler<'c> {
    pub(super) program: &'c mut Program,
    pub(super) flow: &'c ArchitectFlow,
    plan: &'c Plan,
    plans: &'c [Plan],
    flows: &'c [ArchitectFlow],
    /// The variables of the task that is being compiled.
    task: &'c Scope,
    /// The id of the next hidden variable.
    hidden: u32,
    /// The loops around the action: the first step of the next round, and the step after
    /// the loop.
    loops: Vec<(NodeId, Option<NodeId>)>,
    /// The ids of the remaining steps, and a generator of ids for actions whose author
    /// gave none.
    step_ids: std::vec::IntoIter<StepId>,
    further_ids: ActionIds,
    pub(super) menus: Menus,
    /// The ids of the names that conditions of the flow read.
    references: IndexMap<Text, ReferenceId, FxBuildHasher>,
}

impl<'c> Compiler<'c> {
    fn begin_flow(&mut self) -> NodeId {
        let greeting = self.flow.settings.get("initialGreeting");
        let greeting = greeting
            .map(|greeting| self.source(Some(&greeting.value), Type::one(Kind::Audio)));
        let name = self.flow.name.value.clone();
        let kind = self.flow.flow_type.clone();
        let at = self.push(&name, &kind, self.flow.span, Vec::new());
        self.set(at, Action::BeginFlow(greeting), None, Vec::new());
        at
    }

    /// Compiles what belongs to the flow itself, after its tasks, menus and states.
    fn flow_part(&mut self, begin: NodeId) -> FlowPart {
        let on_error = self.error_handling();
        let bot_events = self.bot_events();
        let mut variables = self.plan.variables.clone();
        self.fill_initial(&mut variables, self.flow.variables.iter());
        let nature = self.flow.flow_kind();
        FlowPart {
            begin,
            start: self.start(),
            recurring: self.recurring(),
            variables,
            on_error,
            bot_events,
            nature,
            in_queue_type: in_queue_type(&self.flow.flow_type),
            language: self.flow.default_language.clone(),
            languages: self.flow.languages.clone(),
            hold_prompt: (nature == FlowKind::InQueue).then(|| self.hold_prompt()),
            wrapup_code: self.wrapup_code(),
        }
    }

    fn unit(&mut self, unit: &Unit, plan: &'c UnitPlan) {
        self.task = &plan.scope;
        self.hidden = plan.hidden;
        let mut variables = plan.variables.clone();
        let of_choices = architect::variables_of_choices(unit);
        self.fill_initial(&mut variables, unit.variables.iter().chain(&of_choices));
        let kind = match unit.kind {
            UnitKind::Task => "task",
            UnitKind::Menu => "menu",
            UnitKind::State => "state",
            UnitKind::Bot => "bot",
        };
        let begin = self.push(&unit.name, kind, unit.span, Vec::new());
        self.program.symbols.nodes[begin.index()].key = Some(unit.key.clone());
        if unit.kind == UnitKind::Menu {
            self.menu(unit, plan.sequence, begin);
        } else {
            let first = self.sequence(&unit.actions, None);
            self.set(begin, Action::BeginSequence, first, Vec::new());
        }
        let sequence = &mut self.program.sequences[plan.sequence.index()];
        sequence.begin = begin;
        sequence.variables = variables;
    }

    fn fill_initial<'v>(
        &self,
        variables: &mut Variables,
        declared: impl Iterator<Item = &'v architect::Variable>,
    ) {
        for declared in declared {
            let Some((id, holds)) = self.variable(&declared.name.value) else { continue };
            let index = id.0.wrapping_sub(variables.first) as usize;
            if let Some(variable) = variables.list.get_mut(index) {
                let initial = declared.initial.as_ref().map(|initial| &initial.value);
                variable.initial = self.source(initial, holds);
            }
        }
    }

    /// Compiles a sequence of actions. Returns the first step, or `after` if the sequence
    /// is empty.
    pub(super) fn sequence(
        &mut self,
        actions: &[architect::Action],
        after: Option<NodeId>,
    ) -> Option<NodeId> {
        let first = self.next_id();
        for (index, action) in actions.iter().enumerate() {
            let next = match index + 1 == actions.len() {
                true => after,
                false => Some(NodeId::new(self.program.steps.len() + size(action))),
            };
            self.action(action, next);
        }
        if actions.is_empty() { after } else { Some(first) }
    }

    pub(super) fn next_id(&self) -> NodeId {
        NodeId::new(self.program.steps.len())
    }

    fn action(&mut self, action: &architect::Action, next: Option<NodeId>) {
        let at = self.push(action.title(), &action.kind.value, action.span, Vec::new());
        let operation = action.operation().unwrap_or(Operation::External);
        let next = match operation {
            _ if operation.repeats() => return self.looped(action, at, next),
            Operation::LoopNext => self.loops.last().map(|around| around.0),
            Operation::LoopExit => self.loops.last().and_then(|around| around.1),
            _ => next,
        };
        let (compiled, names) = self.compile(action, operation);
        let targets = self.outputs(action, &names, next, None);
        self.set(at, compiled, next, targets);
        self.label(at, names, action);
    }

    /// Compiles a loop to two steps: the first counts the rounds, or asks, and begins the
    /// first round, the second begins each further round.
    fn looped(&mut self, action: &architect::Action, at: NodeId, next: Option<NodeId>) {
        let ([first, further], names) = match action.operation() {
            Some(Operation::Ask(_)) => self.anything_else(action),
            _ => {
                let (rounds, names) = self.rounds(action);
                ([Action::Loop(rounds.clone()), Action::NextRound(rounds)], names)
            }
        };
        let again = architect::next_round(action);
        let again = self.push(&again, architect::NEXT_ROUND, action.span, Vec::new());
        let targets = self.outputs(action, &names, next, Some(again));
        self.set(at, first, next, targets.clone());
        self.set(again, further, next, targets);
        for at in [at, again] {
            self.label(at, names.clone(), action);
        }
    }

    /// Returns the first step of every output, in the order of `names`. After the last
    /// action of an output, the call continues after the action, or at the next `round`
    /// of a loop if the output is its body. An output without actions leads there
    /// directly.
    fn outputs(
        &mut self,
        action: &architect::Action,
        names: &[Text],
        next: Option<NodeId>,
        round: Option<NodeId>,
    ) -> Vec<Option<NodeId>> {
        let mut targets: Vec<Option<NodeId>> = names.iter().map(|_| next).collect();
        if let (Some(_), Some(body)) = (round, targets.first_mut()) {
            *body = round;
        }
        let cases = action.outputs.iter().filter(|it| it.value.is_some()).count();
        let mut next_case = names.len() - cases.min(names.len());
        for output in &action.outputs {
            // A case of a loop may have any name, even that of another output.
            let is_case = round.is_some() && output.value.is_some();
            let is_body = !is_case && output.label.eq_ignore_ascii_case(LOOP_BODY);
            let body = round.filter(|_| is_body);
            self.loops.extend(body.map(|round| (round, next)));
            let target = nested(|| self.sequence(&output.actions, body.or(next)));
            self.loops.truncate(self.loops.len() - usize::from(body.is_some()));
            let named =
                names.iter().position(|name| name.eq_ignore_ascii_case(&output.label));
            let index = if is_case { Some(next_case) } else { named };
            next_case += usize::from(is_case);
            if let Some(place) = index.and_then(|index| targets.get_mut(index)) {
                *place = target;
            }
        }
        targets
    }

    /// Adds a step. Its action is set later, when the steps of its outputs are known.
    pub(super) fn push(
        &mut self,
        name: &str,
        kind: &str,
        span: Span,
        outputs: Vec<Text>,
    ) -> NodeId {
        let at = self.next_id();
        let id = self.step_id(name);
        self.program.nodes[self.plan.id.index()].insert(id.clone(), at);
        self.program.symbols.nodes.push(NodeLabel {
            flow: self.plan.id,
            id,
            name: name.into(),
            node_type: kind.into(),
            span,
            conditions: Vec::new(),
            outputs,
            output_keys: Vec::new(),
            key: None,
            tracking_id: None,
        });
        self.program.steps.push(Step {
            action: StepAction::Architect(Box::new(Action::GoTo)),
            next: None,
            error: None,
            flow: self.plan.id,
            outputs: (0, 0),
            is_beginning: false,
            targets: Box::default(),
        });
        at
    }

    fn step_id(&mut self, name: &str) -> Text {
        let written = self.step_ids.find_map(|id| match id {
            StepId::Flow(id) | StepId::Node(id) | StepId::NextRound(id) => Some(id),
            StepId::Choice => None,
        });
        written.unwrap_or_else(|| self.further_ids.next(name))
    }

    pub(super) fn set(
        &mut self,
        at: NodeId,
        action: Action,
        next: Option<NodeId>,
        targets: Vec<Option<NodeId>>,
    ) {
        let step = &mut self.program.steps[at.index()];
        step.set_action(StepAction::Architect(Box::new(action)));
        step.next = next;
        step.targets = targets.into();
    }

    fn label(&mut self, at: NodeId, outputs: Vec<Text>, action: &architect::Action) {
        let label = &mut self.program.symbols.nodes[at.index()];
        label.output_keys =
            outputs.iter().map(|name| action.output_key(name).cloned()).collect();
        label.outputs = outputs;
        if let StepAction::Architect(action) = &self.program.steps[at.index()].action {
            label.conditions = action.conditions();
        }
        label.key.clone_from(&action.key);
        label.tracking_id = action.tracking_id;
    }

    /// Returns the id of the first of two new hidden variables of the task.
    pub(super) fn hidden_pair(&mut self) -> VariableId {
        let id = VariableId(self.hidden);
        self.hidden += 2;
        id
    }

    fn names(&self) -> Names<'c> {
        Names {
            task: self.task,
            flow: &self.plan.scope,
            built_in_first: self.program.built_in_first,
            suggests: false,
        }
    }

    /// Compiles a value for a place of this type.
    pub(super) fn source(&self, setting: Option<&Setting>, holds: Type) -> Source {
        source(setting, holds, &mut self.names())
    }

    /// Compiles a value whose operands the trace shows. `known` has the operands of the
    /// earlier values of the action, and gets those of this one.
    pub(super) fn traced(
        &mut self,
        setting: Option<&Setting>,
        holds: Type,
        known: &mut Vec<Read>,
    ) -> Traced {
        let source = self.source(setting, holds);
        let reads = match &source {
            Source::Expression(expression) => expression.reads(),
            _ => Vec::new(),
        };
        let mut operands = Vec::new();
        for read in reads {
            if !known.contains(&read) {
                operands.push((self.reference(&read), read.clone()));
                known.push(read);
            }
        }
        Traced { source, operands: operands.into() }
    }

    /// Returns the id of the name of a variable or property.
    fn reference(&mut self, read: &Read) -> ReferenceId {
        let name = read.name(&self.program.symbols.variables);
        let references = &mut self.program.symbols.references;
        *self.references.entry(name).or_insert_with_key(|name| {
            references.push(name.clone());
            ReferenceId::new(references.len() - 1)
        })
    }

    /// Compiles the value of a setting of an action.
    pub(super) fn setting(
        &self,
        action: &architect::Action,
        name: &str,
        holds: Type,
    ) -> Source {
        self.source(action.settings.get(name).map(|written| &written.value), holds)
    }

    /// Returns the variable with this full name, and its type.
    pub(super) fn variable(&self, name: &str) -> Option<(VariableId, Type)> {
        self.names().named(name)
    }

    /// Returns the variable to which a setting binds a result.
    pub(super) fn bound_variable(&self, setting: &Setting) -> Option<VariableId> {
        match setting {
            Setting::Variable(name) => self.variable(name).map(|(id, _)| id),
            _ => None,
        }
    }

    /// Returns the variable that receives the result with this name.
    pub(super) fn output(
        &self,
        action: &architect::Action,
        name: &str,
    ) -> Option<VariableId> {
        self.bound_variable(&action.settings.get(name)?.value)
    }

    /// Returns the task, menu or state that the flow starts with.
    fn start(&self) -> Option<SequenceId> {
        self.sequence_of(self.flow.start.as_ref()?.unit.as_deref()?)
    }

    /// Returns the recurring state of an in-queue flow for messages or e-mails: its state
    /// in which it does not start.
    fn recurring(&self) -> Option<SequenceId> {
        if self.flow.flow_kind() != FlowKind::InQueue {
            return None;
        }
        let start = self.flow.start.as_ref().and_then(|start| start.unit.as_ref());
        let mut units = self.flow.units.iter().zip(&self.plan.units);
        let other = units.find(|(unit, _)| {
            unit.kind == UnitKind::State && start.is_none_or(|start| unit.key != *start)
        });
        other.map(|(_, plan)| plan.sequence)
    }

    /// Returns the task, menu or state with this key.
    pub(super) fn sequence_of(&self, key: &str) -> Option<SequenceId> {
        let unit = self.flow.units.iter().position(|unit| unit.key == key)?;
        Some(self.plan.units.get(unit)?.sequence)
    }

    /// Returns the task, menu or state with this name.
    pub(super) fn sequence_named(&self, name: &str) -> Option<SequenceId> {
        let unit = self.flow.units.iter().position(|unit| unit.name == name)?;
        Some(self.plan.units.get(unit)?.sequence)
    }

    /// Returns the names of the output paths that a task declares.
    pub(super) fn paths_of(&self, sequence: SequenceId) -> Vec<Text> {
        let of_task = |plan: &UnitPlan| plan.sequence == sequence;
        let unit = self.plan.units.iter().position(of_task);
        let unit = unit.and_then(|index| self.flow.units.get(index));
        let paths = unit.map_or(&[][..], |unit| unit.output_paths.as_slice());
        paths.iter().map(|path| path.value.clone()).collect()
    }

    /// Returns a variable of another task of the flow.
    pub(super) fn variable_of(
        &self,
        sequence: SequenceId,
        name: &str,
    ) -> Option<(VariableId, Type)> {
        let plan = self.plan.units.iter().find(|plan| plan.sequence == sequence)?;
        plan.scope.declared(name)
    }

    /// Returns the common module with this name.
    pub(super) fn module(&self, name: &str) -> Option<FlowId> {
        let is_named =
            |flow: &&ArchitectFlow| flow.is_module() && flow.name.value == name;
        let index = self.flows.iter().position(|flow| is_named(&flow))?;
        Some(self.plans.get(index)?.id)
    }

    /// Returns the flow with this name, preferring this type if several flows have the
    /// name. Common modules are excluded.
    pub(super) fn flow_of_type(&self, name: &str, flow_type: &str) -> Option<FlowId> {
        let named = || {
            self.flows.iter().zip(self.plans).filter(|(flow, _)| {
                !flow.is_module() && flow.name.value.eq_ignore_ascii_case(name)
            })
        };
        let of_type = named().find(|(flow, _)| flow.flow_type == flow_type);
        of_type.or_else(|| named().next()).map(|(_, plan)| plan.id)
    }

    /// Returns the loaded bot or voice flow that a setting of an action names.
    pub(super) fn called_flow(
        &self,
        action: &architect::Action,
        setting: &str,
    ) -> Option<FlowId> {
        let name = name_in(&action.settings, setting)?;
        called_types(setting).iter().find_map(|flow_type| {
            let mut flows = self.flows.iter().zip(self.plans);
            let found = flows.find(|(flow, _)| {
                flow.flow_type == *flow_type && flow.name.value.eq_ignore_ascii_case(name)
            })?;
            Some(found.1.id)
        })
    }

    /// Returns the in-queue flow with this name, for the medium of the flow.
    pub(super) fn in_queue_flow(&self, name: &str) -> Option<FlowId> {
        let mut flows = self.flows.iter().zip(self.plans);
        let wanted = in_queue_type(&self.flow.flow_type);
        let named = flows.find(|(flow, _)| {
            flow.flow_kind() == FlowKind::InQueue
                && wanted.is_none_or(|wanted| flow.flow_type.eq_ignore_ascii_case(wanted))
                && flow.name.value.eq_ignore_ascii_case(name)
        });
        named.map(|(_, plan)| plan.id)
    }

    /// Returns a variable of another flow.
    pub(super) fn variable_of_flow(
        &self,
        flow: FlowId,
        name: &str,
    ) -> Option<(VariableId, Type)> {
        self.plans.iter().find(|plan| plan.id == flow)?.scope.declared(name)
    }
}

/// Returns the number of steps of an action, including the actions inside it.
fn size(action: &architect::Action) -> usize {
    let mut size = 0;
    let mut open = vec![action];
    while let Some(action) = open.pop() {
        size += 1 + usize::from(action.operation().is_some_and(Operation::repeats));
        open.extend(action.outputs.iter().flat_map(|output| &output.actions));
    }
    size
}

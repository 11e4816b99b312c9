//! Origins of the values that decisions read: the steps that set them, the services that
//! answered, or the actions that failed to.

use super::history::{History, failure_text, service_text, shown};
use super::reach::divergence;
use super::targets;
use crate::expr::architect::Read;
use crate::expr::draft::{Form, Template};
use crate::flow::{NodeId, VariableId};
use crate::program::architect::{Action, Loop, Source};
use crate::program::{Operand, Place, StepAction};
use crate::trace::{Event, EventKind, Field, PathTaken, Step, Subject};
use crate::value::{Text, Value};

/// Maximum depth of the explanation of a value's parts.
const MAX_DEPTH: usize = 3;

impl<'h> History<'h> {
    /// Adds the operands of an If's conditions.
    pub(super) fn operands_of_if(&self, step: usize, lines: &mut Vec<Text>) {
        let Some(node) = self.steps.get(step).map(|step| step.node) else { return };
        let StepAction::If(decision) = &self.compiled(node).action else { return };
        for (index, event) in self.events.iter().enumerate() {
            let EventKind::Read(reference, value) = &event.kind else { continue };
            if event.step as usize != step {
                continue;
            }
            let reads = decision.branches.iter().flat_map(|branch| &branch.reads);
            let operand =
                reads.map(|read| &read.operand).find(|it| it.reference == *reference);
            let name = self.program.symbols.reference(*reference);
            let origin = operand.map_or_else(Origin::default, |operand| {
                self.origin_of_operand(operand, node, Some(value), index, 0)
            });
            origin.push_lines(&format!("`{name}` = {}", shown(value)), lines);
        }
    }

    /// Adds the values that a decision's condition or a switch's cases read, and where
    /// the variables were set.
    pub(super) fn operands_of_sources(&self, step: usize, lines: &mut Vec<Text>) {
        let Some(node) = self.steps.get(step).map(|step| step.node) else { return };
        let StepAction::Architect(action) = &self.compiled(node).action else {
            return;
        };
        let operands: Vec<_> = match &**action {
            Action::Decision(decision) => decision.condition.operands.iter().collect(),
            Action::Switch(switch) => {
                let traced = switch.value.iter().chain(&switch.cases);
                traced.flat_map(|traced| &traced.operands).collect()
            }
            Action::Loop(Loop { until: Some(until), .. })
            | Action::NextRound(Loop { until: Some(until), .. }) => {
                until.iter().flat_map(|traced| &traced.operands).collect()
            }
            _ => return,
        };
        for (index, event) in self.events.iter().enumerate() {
            let EventKind::Read(reference, value) = &event.kind else { continue };
            if event.step as usize != step {
                continue;
            }
            let read = operands.iter().find(|(id, _)| id == reference);
            let origin = read.map_or_else(Origin::default, |(_, read)| {
                self.origin_of_read(read, value, index)
            });
            let name = self.program.symbols.reference(*reference);
            origin.push_lines(&format!("`{name}` = {}", shown(value)), lines);
        }
    }

    /// Returns the origin of the value of a variable or of one of its properties.
    fn origin_of_read(&self, read: &Read, value: &Value, before: usize) -> Origin {
        let id = VariableId(read.slot);
        match self.assigned(id, before) {
            // The same variable of another run of the task.
            Some((_, other)) if read.path.is_empty() && other != value => {
                Origin::default()
            }
            Some((index, other)) if other.is_unset() => {
                let step = self.events.get(index).map(|event| event.step as usize);
                match step.filter(|step| !self.begins(*step)) {
                    Some(_) => self.origin_of_assignment(id, index, 0),
                    None => self.origin_of_unset(id, before),
                }
            }
            Some((index, _)) => self.origin_of_assignment(id, index, 0),
            None if value.is_unset() => self.origin_of_unset(id, before),
            None => Origin::default(),
        }
    }

    /// Explains why no step set a variable: the last action that could have set it failed
    /// or took another output.
    fn origin_of_unset(&self, id: VariableId, before: usize) -> Origin {
        let end = self.events.get(before).map_or(self.steps.len(), |it| it.step as usize);
        let steps = self.steps.get(..end).unwrap_or(self.steps);
        let may_set = |step: &Step| self.program.may_set(step.node, id);
        if let Some(step) = steps.iter().rposition(may_set) {
            return Origin::new(format!("not set: {}", self.outcome_of(step)));
        }
        // No such action was reached.
        let nodes = targets::setting(self.program, id);
        match divergence(*self, &nodes, 0).filter(|step| *step < end) {
            Some(step) => Origin::new(format!("never set: {}", self.outcome_of(step))),
            None => Origin::new("never set"),
        }
    }

    /// Describes the failure or the output of a step.
    fn outcome_of(&self, step: usize) -> String {
        let place = self.place(step);
        let output = self.output(step);
        let branch = match self.steps.get(step).map(|step| step.path) {
            Some(PathTaken::Condition(number)) => Some(format!("condition {number}")),
            Some(PathTaken::Default) => Some("default".to_owned()),
            _ => output.map(|output| format!("`{output}`")),
        };
        match (self.failure_words(step), branch) {
            (Some(failure), None) => format!("{place} failed: {failure}"),
            (Some(failure), Some(branch)) => {
                format!("{place} took {branch}, because {failure}")
            }
            (None, Some(branch)) => format!("{place} took {branch}"),
            (None, None) => format!("{place} did not set it"),
        }
    }

    /// Adds a variable with its last assigned value.
    fn push_variable(
        &self,
        id: VariableId,
        before: usize,
        depth: usize,
        lines: &mut Vec<Text>,
    ) {
        let name = self.program.symbols.variable(id);
        match self.assigned(id, before) {
            Some((index, value)) => {
                let origin = self.origin_of_assignment(id, index, depth);
                origin.push_lines(&format!("`{name}` = {}", shown(value)), lines);
            }
            None => lines.push(format!("  `{name}` was not set in the call").into()),
        }
    }

    /// Returns the last assignment of a variable before an event.
    pub(super) fn assigned(
        &self,
        id: VariableId,
        before: usize,
    ) -> Option<(usize, &'h Value)> {
        let events = self.events.get(..before).unwrap_or(self.events);
        events.iter().enumerate().rev().find_map(|(index, event)| match &event.kind {
            EventKind::Assigned(variable, value) if *variable == id => {
                Some((index, value))
            }
            _ => None,
        })
    }

    /// Explains a variable's value if it was assigned in this event.
    pub(super) fn set_at(&self, id: VariableId, event: usize) -> Vec<Text> {
        let Some(EventKind::Assigned(_, value)) =
            self.events.get(event).map(|it| &it.kind)
        else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        let name = self.program.symbols.variable(id);
        let origin = self.origin_of_assignment(id, event, 0);
        origin.push_lines(&format!("`{name}` = {}", shown(value)), &mut lines);
        // These lines are not nested below a condition.
        lines.iter().map(|line| line.strip_prefix("  ").unwrap_or(line).into()).collect()
    }

    /// Explains the values that a step set.
    pub(super) fn values_set(&self, step: usize) -> Vec<Text> {
        let of_step = |event: &&(usize, &Event)| event.1.step as usize == step;
        let events: Vec<_> = self.events.iter().enumerate().collect();
        let set = events.iter().filter(of_step).filter_map(|(index, event)| match &event
            .kind
        {
            EventKind::Assigned(id, _) => Some(self.set_at(*id, *index)),
            _ => None,
        });
        set.flatten().collect()
    }

    /// Returns the origin of a value that was read. `value` is `None` if the trace lacks
    /// it.
    fn origin_of_operand(
        &self,
        operand: &Operand,
        reader: NodeId,
        value: Option<&Value>,
        before: usize,
        depth: usize,
    ) -> Origin {
        match operand.place {
            Place::Variable(id, _) => match self.assigned(id, before) {
                // The same variable of another run of the flow.
                Some((_, other))
                    if operand.path.is_empty() && value.is_some_and(|it| it != other) =>
                {
                    Origin::default()
                }
                Some((index, _)) => self.origin_of_assignment(id, index, depth),
                None => match value {
                    Some(value) if value.is_unset() => self.origin_of_unset(id, before),
                    Some(_) => Origin::new(self.initial_origin(id, before)),
                    None => Origin::default(),
                },
            },
            Place::Output(output) => {
                let flow = self.program.symbols.node(reader).flow;
                let is_source = |step: &Step| {
                    let (first, end) = self.compiled(step.node).outputs;
                    self.compiled(step.node).flow == flow
                        && (first..end).contains(&output.0)
                };
                let end = self.events.get(before).map(|event| event.step as usize);
                let steps = self.steps.get(..end.unwrap_or(self.steps.len()));
                let found = steps.unwrap_or_default().iter().rposition(is_source);
                found.map_or_else(Origin::default, |step| {
                    self.origin_of_output(step, value)
                })
            }
        }
    }

    /// Describes the origin of a variable that no step assigned.
    fn initial_origin(&self, id: VariableId, before: usize) -> String {
        let name = self.program.symbols.variable(id);
        let events = self.events.get(..before).unwrap_or(self.events);
        let passed = events.iter().rev().find(|event| match &event.kind {
            EventKind::Requested(asked) => {
                asked.subject == Subject::Flow && asked.inputs.get(name).is_some()
            }
            _ => false,
        });
        match passed {
            Some(event) => format!("passed at {}", self.place(event.step as usize)),
            None => "set at the start of the call".into(),
        }
    }

    fn origin_of_output(&self, step: usize, value: Option<&Value>) -> Origin {
        let place = self.place(step);
        let has_contact = self.facts(step).any(|fact| {
            matches!(fact, EventKind::Answered(answer) if answer.get("contact").is_some())
        });
        let is_lookup = self.facts(step).any(|fact| {
            matches!(fact, EventKind::Requested(asked) if asked.subject == Subject::Contact)
        });
        if is_lookup && !has_contact && value.is_some_and(Value::is_unset) {
            return Origin::new(format!("no contact was found at {place}"));
        }
        if let Some(failure) = self.failure(step) {
            return Origin::new(format!("{place} failed: {}", failure_text(failure)));
        }
        let is_key = |fact: &EventKind| matches!(fact, EventKind::Collected(_));
        let text = match self.service_called_in(step) {
            Some(service) => format!("answered by {service} at {place}"),
            None if self.facts(step).any(is_key) => format!("pressed at {place}"),
            None => format!("from {place}"),
        };
        Origin::new(text)
    }

    /// Returns the service that a step called.
    fn service_called_in(&self, step: usize) -> Option<String> {
        self.facts(step).find_map(|fact| match fact {
            EventKind::Requested(asked) if asked.subject != Subject::Flow => {
                Some(service_text(asked))
            }
            EventKind::Input(Field::DataAction, Value::String(name)) => {
                Some(format!("data action `{name}`"))
            }
            _ => None,
        })
    }

    /// Returns where a variable was set, by which service, and the parts of its value.
    fn origin_of_assignment(&self, id: VariableId, event: usize, depth: usize) -> Origin {
        let Some(step) = self.events.get(event).map(|event| event.step as usize) else {
            return Origin::default();
        };
        let place = self.place(step);
        if self.begins(step) {
            return Origin::new(self.initial_or_passed(id, step));
        }
        if self.is_unset_by(event) {
            let text = match self.has_failed(step) || self.has_decided(step) {
                true => format!("not set: {}", self.outcome_of(step)),
                false => format!("left not set at {place}"),
            };
            return Origin::new(text);
        }
        let mut origin = match self.service_called_in(step) {
            Some(service) => Origin::new(format!("answered by {service} at {place}")),
            None => {
                // The failure that led to this step explains its value.
                let before = self.leading_to(step).filter(|it| self.led_by_failure(*it));
                let after = before.map(|it| format!(", after {}", self.outcome_of(it)));
                Origin::new(format!("set at {place}{}", after.unwrap_or_default()))
            }
        };
        if depth < MAX_DEPTH
            && let Some(node) = self.steps.get(step).map(|step| step.node)
        {
            self.parts_of(id, node, event, depth + 1, &mut origin.parts);
        }
        origin
    }

    /// Returns whether a step failed and led elsewhere than after a success.
    fn led_by_failure(&self, step: usize) -> bool {
        let Some(taken) = self.steps.get(step).filter(|_| self.has_failed(step)) else {
            return false;
        };
        let compiled = self.compiled(taken.node);
        let others = compiled.targets.iter().enumerate().filter(|(index, _)| {
            !matches!(taken.path, PathTaken::Output(own) if usize::from(own) == *index)
        });
        compiled.next != taken.next && others.into_iter().all(|(_, it)| *it != taken.next)
    }

    fn is_unset_by(&self, event: usize) -> bool {
        self.events.get(event).is_some_and(
            |event| matches!(&event.kind, EventKind::Assigned(_, value) if value.is_unset()),
        )
    }

    /// Returns whether an event sets the initial value of a variable.
    pub(super) fn is_initial(&self, event: usize) -> bool {
        self.events.get(event).is_some_and(|event| self.begins(event.step as usize))
    }

    /// Returns whether a step begins an Architect flow or task, and sets initial values.
    fn begins(&self, step: usize) -> bool {
        let node = self.steps.get(step).map(|step| step.node);
        node.is_some_and(|node| self.compiled(node).is_beginning())
    }

    /// Describes the origin of a value with which a flow or task begins.
    fn initial_or_passed(&self, id: VariableId, step: usize) -> String {
        let name = self.program.symbols.variable(id);
        let caller = step.checked_sub(1).filter(|caller| {
            self.facts(*caller).any(|fact| {
                matches!(fact, EventKind::Entry(entry)
                    if entry.of == Field::Inputs && is_input(&entry.name, name))
            })
        });
        match caller {
            Some(caller) => format!("passed at {}", self.place(caller)),
            None => "initial value".into(),
        }
    }

    /// Adds the values from which an assignment was computed.
    fn parts_of(
        &self,
        id: VariableId,
        node: NodeId,
        event: usize,
        depth: usize,
        lines: &mut Vec<Text>,
    ) {
        match &self.compiled(node).action {
            StepAction::Set(assignments) => {
                let own = assignments.iter().filter(|it| it.variable == id);
                for assignment in own {
                    self.parts_of_form(&assignment.value, node, event, depth, lines);
                }
            }
            StepAction::Architect(action) => {
                let Action::UpdateData(statements) = &**action else { return };
                let own = statements.iter().filter(|it| it.variable.as_ref() == Ok(&id));
                for part in own.flat_map(|statement| variables_of(&statement.value)) {
                    if part != id {
                        self.push_variable(part, event, depth, lines);
                    }
                }
            }
            _ => {}
        }
    }

    fn parts_of_form(
        &self,
        form: &Form<Operand>,
        node: NodeId,
        event: usize,
        depth: usize,
        lines: &mut Vec<Text>,
    ) {
        let value = match (form, self.events.get(event).map(|event| &event.kind)) {
            // The only operand with a known value: that of the variable.
            (Form::Template(Template::Whole(_)), Some(EventKind::Assigned(_, value))) => {
                Some(value)
            }
            _ => None,
        };
        form.each_reference(&mut |operand| {
            let name = self.program.symbols.reference(operand.reference);
            let origin = self.origin_of_operand(operand, node, value, event, depth);
            origin.push_lines(&format!("`{name}`"), lines);
        });
    }
}

/// Returns whether a passed value is that of a variable; the scope may be left out.
fn is_input(passed: &str, variable: &str) -> bool {
    let bare = variable.split_once('.').map_or(variable, |(_, bare)| bare);
    [variable, bare].iter().any(|name| passed.eq_ignore_ascii_case(name))
}

/// Origin of a value, and of the parts from which it was computed.
#[derive(Default)]
struct Origin {
    text: String,
    parts: Vec<Text>,
}

impl Origin {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), parts: Vec::new() }
    }

    /// Adds a line for the value, and its parts below it, indented by one level.
    fn push_lines(self, value: &str, lines: &mut Vec<Text>) {
        if self.text.is_empty() {
            lines.push(format!("  {value}").into());
        } else {
            lines.push(format!("  {value} ({})", self.text).into());
        }
        lines.extend(self.parts.into_iter().map(|part| format!("  {part}").into()));
    }
}

/// Returns the variables that a value is computed from.
fn variables_of(source: &Source) -> Vec<VariableId> {
    match source {
        Source::Expression(expression) => {
            expression.variables().into_iter().map(VariableId).collect()
        }
        Source::List(_, items) => items.iter().flat_map(variables_of).collect(),
        Source::ByLanguage(values) => {
            let alternates = values.alternates.iter().map(|(_, source)| source);
            let all = std::iter::once(&values.default).chain(alternates);
            all.flat_map(variables_of).collect()
        }
        Source::Constant(_) | Source::Named(..) | Source::Broken(_) => Vec::new(),
    }
}

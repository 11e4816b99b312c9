//! Explanations of a call: which step decided, on which condition, and where the values
//! that it read came from.

use std::fmt::Write;

use super::matcher::quoted;
use crate::expr::draft::{Form, Template};
use crate::flow::{NodeId, NodeLabel, VariableId};
use crate::program::architect::{Action, Source};
use crate::program::{self, Operand, Place, Program, StepAction};
use crate::trace::{
    Event, EventKind, Failure, Field, PathTaken, Request, Step, Subject, Trace,
};
use crate::value::{Json, Text, Value, shortened};

/// Maximum length of a displayed value, in characters.
const MAX_SHOWN: usize = 120;

/// Maximum depth of the explanation of a value's parts.
const MAX_DEPTH: usize = 3;

/// Steps and events of a finished or running call.
#[derive(Clone, Copy)]
pub(super) struct History<'h> {
    pub(super) program: &'h Program,
    pub(super) steps: &'h [Step],
    pub(super) events: &'h [Event],
}

/// Describes a step of a call, such as ``step 7 `CheckResult` (If)``. Numbers start at 1.
pub(crate) fn place_of_step(trace: &Trace, program: &Program, step: usize) -> String {
    History::of(trace, program).place(step)
}

impl<'h> History<'h> {
    /// Returns the complete history of a call.
    pub(super) fn of(trace: &'h Trace, program: &'h Program) -> Self {
        Self { program, steps: &trace.steps, events: &trace.events }
    }

    /// Returns a node as it was compiled.
    pub(super) fn compiled(&self, node: NodeId) -> &'h program::Step {
        &self.program.steps[node.index()]
    }

    /// Returns the label of the node of a step.
    pub(super) fn label(&self, step: usize) -> Option<&'h NodeLabel> {
        self.steps.get(step).map(|step| self.program.symbols.node(step.node))
    }

    /// Describes a step, such as `step 7 `CheckResult` (If)`. Numbers start at 1.
    pub(super) fn place(&self, step: usize) -> String {
        match self.label(step) {
            Some(label) => {
                format!("step {} `{}` ({})", step + 1, label.id, label.node_type)
            }
            None => format!("step {}", step + 1),
        }
    }

    /// Returns the events of a step.
    pub(super) fn facts(&self, step: usize) -> impl Iterator<Item = &'h EventKind> {
        let events = self.events.iter();
        events.filter(move |event| event.step as usize == step).map(|event| &event.kind)
    }

    /// Returns the prompts that the caller heard, in order, with their steps.
    pub(super) fn prompts(&self) -> impl Iterator<Item = (usize, &'h Text)> {
        let symbols = &self.program.symbols;
        self.events.iter().filter_map(|event| match &event.kind {
            EventKind::Prompted(phrase) => {
                Some((event.step as usize, phrase.text(symbols)))
            }
            _ => None,
        })
    }

    /// Returns the index of the last step.
    pub(super) fn last_step(&self) -> Option<usize> {
        self.steps.len().checked_sub(1)
    }

    /// Returns the index of the last event that matches, and its step.
    pub(super) fn last(
        &self,
        matches: impl Fn(&EventKind) -> bool,
    ) -> Option<(usize, usize)> {
        let index = self.events.iter().rposition(|event| matches(&event.kind))?;
        Some((index, self.events.get(index)?.step as usize))
    }

    /// Returns the last step before the given one that chose between several paths. Steps
    /// that only continued to the next one are skipped.
    pub(super) fn decision_before(&self, step: usize) -> Option<usize> {
        (0..step.min(self.steps.len())).rev().find(|index| self.has_decided(*index))
    }

    fn has_decided(&self, step: usize) -> bool {
        match self.steps.get(step).map(|step| step.path) {
            Some(PathTaken::Condition(_) | PathTaken::Default | PathTaken::Error) => true,
            Some(PathTaken::Output(_)) => {
                self.label(step).is_some_and(|label| label.outputs.len() > 1)
            }
            // A menu that took none of its choices.
            Some(_) => self.rounds(step).next().is_some(),
            None => false,
        }
    }

    /// Returns the step that led to this one: the preceding step, or, after a called flow
    /// or task, the call.
    pub(super) fn leading_to(&self, step: usize) -> Option<usize> {
        let before = step.checked_sub(1)?;
        let depth = |index: usize| self.steps.get(index).map(|step| step.depth);
        let Some(own) = depth(step) else { return Some(before) };
        if depth(before).is_some_and(|other| other <= own) {
            return Some(before);
        }
        (0..step).rev().find(|index| depth(*index) == Some(own))
    }

    /// Explains the path that a step took: the path, and below it the values that the
    /// condition read and their origins. One line each.
    pub(super) fn reason(&self, step: usize) -> Vec<Text> {
        let Some(taken) = self.steps.get(step) else { return Vec::new() };
        let mut lines = vec![self.outcome(step, taken).into()];
        match taken.path {
            PathTaken::Condition(_) | PathTaken::Default => {
                self.operands_of_if(step, &mut lines);
            }
            PathTaken::Output(_) => self.operands_of_sources(step, &mut lines),
            _ => {}
        }
        let rounds = self.rounds(step);
        lines.extend(rounds.map(|(name, why)| format!("  {name}: {why}").into()));
        lines
    }

    /// Returns the result of each failed attempt at a menu.
    fn rounds(&self, step: usize) -> impl Iterator<Item = (&'h Text, &'h Text)> {
        self.facts(step).filter_map(|fact| match fact {
            EventKind::Entry(entry) if entry.of == Field::Reason => match &entry.value {
                Value::String(why) => Some((&entry.name, why)),
                _ => None,
            },
            _ => None,
        })
    }

    fn outcome(&self, step: usize, taken: &Step) -> String {
        let place = self.place(step);
        match taken.path {
            PathTaken::Condition(number) => {
                let text = self.condition(step, number);
                format!("{place} took condition {number}, because {text} is true")
            }
            PathTaken::Default => self.default_taken(step),
            PathTaken::Error => match self.failure(step) {
                Some(failure) => format!("{place} failed: {}", failure_text(failure)),
                None => format!("{place} failed"),
            },
            PathTaken::Output(index) => self.output_taken(step, index),
            PathTaken::Next => match taken.next {
                Some(next) => {
                    let next = &self.program.symbols.node(next).id;
                    format!("{place} continued to `{next}`")
                }
                None => format!("{place} continued, but no node follows"),
            },
            PathTaken::None => match self.failure(step) {
                Some(failure) => format!("{place} failed: {}", failure_text(failure)),
                None if self.is_cut_off(step) => {
                    format!("{place} was cut off: its time ran out")
                }
                None if self.has_entered(step) => {
                    format!("{place} called a flow or task")
                }
                None => format!("{place} was the end"),
            },
        }
    }

    fn default_taken(&self, step: usize) -> String {
        let place = self.place(step);
        let numbers = 1..=u16::try_from(self.conditions(step)).unwrap_or(0);
        let conditions: Vec<String> =
            numbers.map(|number| self.condition(step, number)).collect();
        match conditions.as_slice() {
            [] => format!("{place} took default"),
            [only] => format!("{place} took default, because {only} is false"),
            all => {
                let all = all.join(", ");
                format!("{place} took default, because none of {all} is true")
            }
        }
    }

    fn output_taken(&self, step: usize, index: u16) -> String {
        let place = self.place(step);
        let label = self.label(step);
        let output = label.and_then(|label| label.outputs.get(usize::from(index)));
        let output =
            output.map_or("an unnamed output".to_owned(), |name| format!("`{name}`"));
        let mut line = format!("{place} took {output}");
        let action = self.steps.get(step).map(|step| &self.compiled(step.node).action);
        if let Some(StepAction::Architect(action)) = action
            && let Action::Decision(decision) = &**action
            && let Source::Expression(expression) = &decision.condition
        {
            let truth = self.condition_value(step, index == 0);
            let _ = write!(line, ", because `{}` is {truth}", expression.text());
        } else if let Some(failure) = self.failure(step) {
            let _ = write!(line, ", because {}", failure_text(failure));
        }
        line
    }

    /// Returns the words for the value of a decision's condition. A value that is not set
    /// is not true.
    fn condition_value(&self, step: usize, is_true: bool) -> &'static str {
        let is_unset = self.facts(step).any(|fact| {
            matches!(fact, EventKind::Input(Field::Condition, value) if value.is_unset())
        });
        match (is_true, is_unset) {
            (true, _) => "true",
            (false, true) => "not set",
            (false, false) => "false",
        }
    }

    fn conditions(&self, step: usize) -> usize {
        self.label(step).map_or(0, |label| label.conditions.len())
    }

    fn condition(&self, step: usize, number: u16) -> String {
        let text = self
            .label(step)
            .and_then(|label| label.conditions.get(usize::from(number).checked_sub(1)?));
        text.map_or_else(|| format!("condition {number}"), |text| format!("`{text}`"))
    }

    /// Returns the last failure of a step.
    pub(super) fn failure(&self, step: usize) -> Option<&'h Failure> {
        let failures = self.facts(step).filter_map(|fact| match fact {
            EventKind::Failed(failure) => Some(&**failure),
            _ => None,
        });
        failures.last()
    }

    fn is_cut_off(&self, step: usize) -> bool {
        self.facts(step).any(|fact| *fact == EventKind::TimedOut)
    }

    /// Returns whether the next step runs inside a flow or task that this step called.
    pub(super) fn has_entered(&self, step: usize) -> bool {
        let depth = |index: usize| self.steps.get(index).map(|step| step.depth);
        depth(step + 1) > depth(step)
    }

    /// Adds the operands of an If's conditions.
    fn operands_of_if(&self, step: usize, lines: &mut Vec<Text>) {
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
    fn operands_of_sources(&self, step: usize, lines: &mut Vec<Text>) {
        let Some(node) = self.steps.get(step).map(|step| step.node) else { return };
        let StepAction::Architect(action) = &self.compiled(node).action else {
            return;
        };
        for fact in self.facts(step) {
            if let EventKind::Input(field @ (Field::Value | Field::Case(_)), value) = fact
            {
                lines.push(format!("  {} = {}", field.name(), shown(value)).into());
            }
        }
        let sources: Vec<&Source> = match &**action {
            Action::Decision(decision) => vec![&decision.condition],
            Action::Switch(switch) => switch.value.iter().chain(&switch.cases).collect(),
            _ => return,
        };
        let before = self.events.iter().position(|event| event.step as usize == step);
        let before = before.unwrap_or(self.events.len());
        let mut seen = Vec::new();
        for id in sources.into_iter().flat_map(variables_of) {
            if !seen.contains(&id) {
                seen.push(id);
                self.push_variable(id, before, 0, lines);
            }
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
                    Some(value) if value.is_unset() => Origin::new("never set"),
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
                found.map_or_else(Origin::default, |step| self.origin_of_output(step))
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

    fn origin_of_output(&self, step: usize) -> Origin {
        let place = self.place(step);
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
        let mut origin = match self.service_called_in(step) {
            Some(service) => Origin::new(format!("answered by {service} at {place}")),
            None => Origin::new(format!("set at {place}")),
        };
        if depth < MAX_DEPTH
            && let Some(node) = self.steps.get(step).map(|step| step.node)
        {
            self.parts_of(id, node, event, depth + 1, &mut origin.parts);
        }
        origin
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

/// Describes an external service that was called.
pub(super) fn service_text(asked: &Request) -> String {
    let what = match asked.subject {
        Subject::Contact => "external contact",
        Subject::DataAction => "data action",
        Subject::QueueStatistics => "statistics of queue",
        Subject::Webhook => "webhook",
        Subject::Flow => "flow",
    };
    format!("{what} `{}`", asked.name)
}

/// Describes a failure.
pub(super) fn failure_text(failure: &Failure) -> String {
    format!("{} {}", failure.code, failure.message)
}

/// Formats a value for one line; long values are cut.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => cut(&quoted(text)),
        other => shown_json(&other.to_json()),
    }
}

/// Formats JSON for one line; long values are cut.
pub(super) fn shown_json(json: &Json) -> String {
    match json {
        Json::Null => "not set".into(),
        other => cut(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    shortened(text, MAX_SHOWN).into_owned()
}

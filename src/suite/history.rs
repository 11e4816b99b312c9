//! What happened in a call, asked for reasons: which step decided, on what condition, and
//! where the values that it read came from.

use std::fmt::Write;

use super::matcher::quoted;
use crate::expr::draft::{Form, Template};
use crate::flow::{NodeId, NodeLabel, VariableId};
use crate::program::architect::{Action, Source};
use crate::program::{self, Operand, Place, Program, StepAction};
use crate::trace::{Asked, Event, Fact, Failure, Field, PathTaken, Step, Subject, Trace};
use crate::value::{Json, Text, Value};

/// How many characters of a value a line shows.
const MAX_SHOWN: usize = 120;

/// How far back the values that a value is made of are told.
const MAX_DEPTH: usize = 3;

/// The steps and events of a call that is over or goes on.
#[derive(Clone, Copy)]
pub(super) struct History<'h> {
    pub(super) program: &'h Program,
    pub(super) steps: &'h [Step],
    pub(super) events: &'h [Event],
}

impl<'h> History<'h> {
    /// Everything that happened in a call.
    pub(super) fn of(trace: &'h Trace, program: &'h Program) -> Self {
        Self { program, steps: &trace.steps, events: &trace.events }
    }

    /// A node as it was compiled.
    pub(super) fn compiled(&self, node: NodeId) -> &'h program::Step {
        &self.program.steps[node.index()]
    }

    /// What the node of a step is called.
    pub(super) fn label(&self, step: usize) -> Option<&'h NodeLabel> {
        self.steps.get(step).map(|step| self.program.legend.node(step.node))
    }

    /// The step as it is told: `step 7 `CheckResult` (If)`. People count from 1.
    pub(super) fn place(&self, step: usize) -> String {
        match self.label(step) {
            Some(label) => {
                format!("step {} `{}` ({})", step + 1, label.id, label.node_type)
            }
            None => format!("step {}", step + 1),
        }
    }

    /// What happened in a step.
    pub(super) fn facts(&self, step: usize) -> impl Iterator<Item = &'h Fact> {
        let events = self.events.iter();
        events.filter(move |event| event.step as usize == step).map(|event| &event.fact)
    }

    /// What the caller heard, in order, and the steps that said it.
    pub(super) fn said(&self) -> impl Iterator<Item = (usize, &'h Text)> {
        let legend = &self.program.legend;
        self.events.iter().filter_map(|event| match &event.fact {
            Fact::Said(phrase) => Some((event.step as usize, phrase.text(legend))),
            _ => None,
        })
    }

    /// The last step.
    pub(super) fn last_step(&self) -> Option<usize> {
        self.steps.len().checked_sub(1)
    }

    /// The index of the last event that is so, and its step.
    pub(super) fn last(&self, is_so: impl Fn(&Fact) -> bool) -> Option<(usize, usize)> {
        let index = self.events.iter().rposition(|event| is_so(&event.fact))?;
        Some((index, self.events.get(index)?.step as usize))
    }

    /// The step that decided where a step led: the one itself where the flow only went on,
    /// or of those before it the last from which there was more than one way.
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

    /// The step that led to this one: the one before it, or, behind a flow or task that was
    /// called, the call.
    pub(super) fn leading_to(&self, step: usize) -> Option<usize> {
        let before = step.checked_sub(1)?;
        let depth = |index: usize| self.steps.get(index).map(|step| step.depth);
        let Some(own) = depth(step) else { return Some(before) };
        if depth(before).is_some_and(|other| other <= own) {
            return Some(before);
        }
        (0..step).rev().find(|index| depth(*index) == Some(own))
    }

    /// Why a step went where it went: what it took, and below that what its condition read
    /// and where that came from. One line each.
    pub(super) fn reason(&self, step: usize) -> Vec<Text> {
        let Some(taken) = self.steps.get(step) else { return Vec::new() };
        let mut lines = vec![self.way(step, taken).into()];
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

    /// What came of each time that a menu was played in vain.
    fn rounds(&self, step: usize) -> impl Iterator<Item = (&'h Text, &'h Text)> {
        self.facts(step).filter_map(|fact| match fact {
            Fact::Entry(entry) if entry.of == Field::Reason => match &entry.value {
                Value::String(why) => Some((&entry.name, why)),
                _ => None,
            },
            _ => None,
        })
    }

    fn way(&self, step: usize, taken: &Step) -> String {
        let place = self.place(step);
        match taken.path {
            PathTaken::Condition(number) => {
                let text = self.condition(step, number);
                format!("{place} took condition {number}, because {text} is true")
            }
            PathTaken::Default => {
                let numbers = 1..=u16::try_from(self.conditions(step)).unwrap_or(0);
                let texts: Vec<String> =
                    numbers.map(|number| self.condition(step, number)).collect();
                match texts.as_slice() {
                    [] => format!("{place} took default"),
                    [only] => format!("{place} took default, because {only} is false"),
                    all => format!(
                        "{place} took default, because none is true of {}",
                        all.join(", ")
                    ),
                }
            }
            PathTaken::Error => match self.failure(step) {
                Some(failure) => format!("{place} failed: {}", told(failure)),
                None => format!("{place} failed"),
            },
            PathTaken::Output(index) => self.output_taken(step, index),
            PathTaken::Next => match taken.next {
                Some(next) => {
                    let next = &self.program.legend.node(next).id;
                    format!("{place} went on to `{next}`")
                }
                None => format!("{place} went on, and nothing is behind it"),
            },
            PathTaken::None => match self.failure(step) {
                Some(failure) => format!("{place} failed: {}", told(failure)),
                None if self.is_cut_off(step) => {
                    format!("{place} was cut off, its time was over")
                }
                None if self.has_entered(step) => format!("{place} ran what it calls"),
                None => format!("{place} was the end"),
            },
        }
    }

    fn output_taken(&self, step: usize, index: u16) -> String {
        let place = self.place(step);
        let label = self.label(step);
        let output = label.and_then(|label| label.outputs.get(usize::from(index)));
        let output = output.map_or("the way behind it", Text::as_str);
        let mut line = format!("{place} took `{output}`");
        let action = self.steps.get(step).map(|step| &self.compiled(step.node).action);
        if let Some(StepAction::Architect(action)) = action
            && let Action::Decision(decision) = &**action
            && let Source::Expression(expression) = &decision.condition
        {
            let truth = index == 0;
            let _ = write!(line, ", because `{}` is {truth}", expression.text());
        } else if let Some(failure) = self.failure(step) {
            let _ = write!(line, ", because {}", told(failure));
        }
        line
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

    /// What failed in a step, last.
    pub(super) fn failure(&self, step: usize) -> Option<&'h Failure> {
        let failures = self.facts(step).filter_map(|fact| match fact {
            Fact::Failed(failure) => Some(&**failure),
            _ => None,
        });
        failures.last()
    }

    fn is_cut_off(&self, step: usize) -> bool {
        self.facts(step).any(|fact| *fact == Fact::CutOff)
    }

    /// Whether the step after it runs within what it calls.
    pub(super) fn has_entered(&self, step: usize) -> bool {
        let depth = |index: usize| self.steps.get(index).map(|step| step.depth);
        depth(step + 1) > depth(step)
    }

    /// What the conditions of an If read.
    fn operands_of_if(&self, step: usize, lines: &mut Vec<Text>) {
        let Some(node) = self.steps.get(step).map(|step| step.node) else { return };
        let StepAction::If(decision) = &self.compiled(node).action else { return };
        for (index, event) in self.events.iter().enumerate() {
            let Fact::Read(reference, value) = &event.fact else { continue };
            if event.step as usize != step {
                continue;
            }
            let reads = decision.branches.iter().flat_map(|branch| &branch.reads);
            let operand =
                reads.map(|read| &read.operand).find(|it| it.reference == *reference);
            let name = self.program.legend.reference(*reference);
            let origin = operand.map_or_else(Origin::default, |operand| {
                self.origin_of_operand(operand, node, Some(value), index, 0)
            });
            origin.tell(&format!("`{name}` = {}", shown(value)), lines);
        }
    }

    /// What the condition of a decision, or the cases of a switch, read. The trace has their
    /// values, and of variables where they were set.
    fn operands_of_sources(&self, step: usize, lines: &mut Vec<Text>) {
        let Some(node) = self.steps.get(step).map(|step| step.node) else { return };
        let StepAction::Architect(action) = &self.compiled(node).action else {
            return;
        };
        for fact in self.facts(step) {
            if let Fact::Input(field @ (Field::Value | Field::Case(_)), value) = fact {
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
        let mut told = Vec::new();
        for id in sources.into_iter().flat_map(variables_of) {
            if !told.contains(&id) {
                told.push(id);
                self.tell_variable(id, before, 0, lines);
            }
        }
    }

    /// A variable of Architect with the value that it was given last.
    fn tell_variable(
        &self,
        id: VariableId,
        before: usize,
        depth: usize,
        lines: &mut Vec<Text>,
    ) {
        let name = self.program.legend.variable(id);
        match self.assigned(id, before) {
            Some((index, value)) => {
                let origin = self.origin_of_assignment(id, index, depth);
                origin.tell(&format!("`{name}` = {}", shown(value)), lines);
            }
            None => lines.push(format!("  `{name}` was not set in the call").into()),
        }
    }

    /// The last time before an event that a variable was set.
    pub(super) fn assigned(
        &self,
        id: VariableId,
        before: usize,
    ) -> Option<(usize, &'h Value)> {
        let events = self.events.get(..before).unwrap_or(self.events);
        events.iter().enumerate().rev().find_map(|(index, event)| match &event.fact {
            Fact::Assigned(variable, value) if *variable == id => Some((index, value)),
            _ => None,
        })
    }

    /// Where a variable got its value, if it was in this event.
    pub(super) fn set_at(&self, id: VariableId, event: usize) -> Vec<Text> {
        let Some(Fact::Assigned(_, value)) = self.events.get(event).map(|it| &it.fact)
        else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        let name = self.program.legend.variable(id);
        let origin = self.origin_of_assignment(id, event, 0);
        origin.tell(&format!("`{name}` = {}", shown(value)), &mut lines);
        // They stand for themselves, below no condition.
        lines.iter().map(|line| line.strip_prefix("  ").unwrap_or(line).into()).collect()
    }

    /// Where a value that was read came from; the value, if the trace has it.
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
                    Some(_) => Origin::new(self.brought(id, before)),
                    None => Origin::default(),
                },
            },
            Place::Output(output) => {
                let flow = self.program.legend.node(reader).flow;
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

    /// What set a variable that no step assigned.
    fn brought(&self, id: VariableId, before: usize) -> String {
        let name = self.program.legend.variable(id);
        let events = self.events.get(..before).unwrap_or(self.events);
        let passed = events.iter().rev().find(|event| match &event.fact {
            Fact::Asked(asked) => {
                asked.subject == Subject::Flow && asked.inputs.get(name).is_some()
            }
            _ => false,
        });
        match passed {
            Some(event) => format!("passed at {}", self.place(event.step as usize)),
            None => "brought by the call".into(),
        }
    }

    fn origin_of_output(&self, step: usize) -> Origin {
        let place = self.place(step);
        let is_key = |fact: &Fact| matches!(fact, Fact::Collected(_));
        let told = match self.asked_in(step) {
            Some(who) => format!("answered by {who} at {place}"),
            None if self.facts(step).any(is_key) => format!("pressed at {place}"),
            None => format!("from {place}"),
        };
        Origin::new(told)
    }

    /// Whom a step asked.
    fn asked_in(&self, step: usize) -> Option<String> {
        self.facts(step).find_map(|fact| match fact {
            Fact::Asked(asked) if asked.subject != Subject::Flow => Some(who(asked)),
            Fact::Input(Field::DataAction, Value::String(name)) => {
                Some(format!("data action `{name}`"))
            }
            _ => None,
        })
    }

    /// Where a variable was set, by whom, and what its value was made of.
    fn origin_of_assignment(&self, id: VariableId, event: usize, depth: usize) -> Origin {
        let Some(step) = self.events.get(event).map(|event| event.step as usize) else {
            return Origin::default();
        };
        let place = self.place(step);
        let mut origin = match self.asked_in(step) {
            Some(who) => Origin::new(format!("answered by {who} at {place}")),
            None => Origin::new(format!("set at {place}")),
        };
        if depth < MAX_DEPTH
            && let Some(node) = self.steps.get(step).map(|step| step.node)
        {
            self.parts_of(id, node, event, depth + 1, &mut origin.parts);
        }
        origin
    }

    /// The values that an assignment was made of.
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
                        self.tell_variable(part, event, depth, lines);
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
        let value = match (form, self.events.get(event).map(|event| &event.fact)) {
            // The only one whose value is known: it is the variable's.
            (Form::Template(Template::Whole(_)), Some(Fact::Assigned(_, value))) => {
                Some(value)
            }
            _ => None,
        };
        form.each_reference(&mut |operand| {
            let name = self.program.legend.reference(operand.reference);
            let origin = self.origin_of_operand(operand, node, value, event, depth);
            origin.tell(&format!("`{name}`"), lines);
        });
    }
}

/// Where a value came from, and below that what it was made of.
#[derive(Default)]
struct Origin {
    told: String,
    parts: Vec<Text>,
}

impl Origin {
    fn new(told: impl Into<String>) -> Self {
        Self { told: told.into(), parts: Vec::new() }
    }

    /// Adds the line of the value, and its parts below it, one level in.
    fn tell(self, what: &str, lines: &mut Vec<Text>) {
        if self.told.is_empty() {
            lines.push(format!("  {what}").into());
        } else {
            lines.push(format!("  {what} ({})", self.told).into());
        }
        lines.extend(self.parts.into_iter().map(|part| format!("  {part}").into()));
    }
}

/// The variables that a value is computed of.
fn variables_of(source: &Source) -> Vec<VariableId> {
    match source {
        Source::Expression(expression) => {
            expression.variables().into_iter().map(VariableId).collect()
        }
        Source::List(_, items) => items.iter().flat_map(variables_of).collect(),
        Source::Constant(_) | Source::Named(..) | Source::Broken(_) => Vec::new(),
    }
}

/// Somebody outside of the flow, in words.
pub(super) fn who(asked: &Asked) -> String {
    let what = match asked.subject {
        Subject::Contact => "the contacts, for",
        Subject::DataAction => "data action",
        Subject::QueueStatistics => "the statistics of queue",
        Subject::Webhook => "webhook",
        Subject::Flow => "flow",
    };
    format!("{what} `{}`", asked.name)
}

/// A failure in words.
pub(super) fn told(failure: &Failure) -> String {
    format!("{} {}", failure.code, failure.message)
}

/// A value on a line, a long one cut.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => cut(&quoted(text)),
        other => shown_json(&other.to_json()),
    }
}

/// The same of JSON.
pub(super) fn shown_json(json: &Json) -> String {
    match json {
        Json::Null => "not set".into(),
        other => cut(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.into(),
    }
}

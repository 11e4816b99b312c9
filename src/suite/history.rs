//! Explanations of a call: which step decided, on which condition, and where the values
//! that it read came from.

use std::fmt::Write;

use super::event_index::EventIndex;
use super::reach::{FAILURES, Nodes, divergence};
use crate::analysis::matcher::quoted;
use crate::flow::kinds::{Operation, operation_of};
use crate::flow::{NodeId, NodeLabel};
use crate::program::{self, Program};
use crate::trace::{
    Event, EventKind, Failure, Field, PathTaken, Request, Step, Subject, Trace,
};
use crate::value::{Json, Text, Value, shortened};

/// Maximum length of a displayed value, in characters.
const MAX_SHOWN: usize = 120;

/// Steps and events of a finished or running call.
#[derive(Clone, Copy)]
pub(super) struct History<'h> {
    pub(super) program: &'h Program,
    pub(super) steps: &'h [Step],
    pub(super) events: &'h [Event],
    pub(super) index: &'h EventIndex,
}

/// Describes a step of a call, such as ``step 7 `CheckResult` (If)``. Numbers start at 1.
pub(crate) fn place_of_step(trace: &Trace, program: &Program, step: usize) -> String {
    History::of(trace, program, &EventIndex::default()).place(step)
}

impl<'h> History<'h> {
    /// Returns the complete history of a call.
    pub(super) fn of(
        trace: &'h Trace,
        program: &'h Program,
        index: &'h EventIndex,
    ) -> Self {
        Self { program, steps: &trace.steps, events: &trace.events, index }
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
        let (events, positions) = (self.events, self.index.of_step(self.events, step));
        positions.iter().map(|position| &events[*position as usize].kind)
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
    /// that only continued to the next one are skipped, and so are those of flows and tasks
    /// that had returned, unless there is no other.
    pub(super) fn decision_before(&self, end: usize) -> Option<usize> {
        let end = end.min(self.steps.len());
        let mut least = self.steps.get(end).map_or(u16::MAX, |step| step.depth);
        let open = (0..end).rev().filter(|index| {
            let depth = self.depth(*index);
            let is_open = depth <= least;
            least = least.min(depth);
            is_open
        });
        open.into_iter()
            .find(|index| self.has_chosen(*index))
            .or_else(|| (0..end).rev().find(|index| self.has_chosen(*index)))
    }

    /// Returns whether a step took one of several paths, other than that of a success.
    fn has_chosen(&self, step: usize) -> bool {
        self.has_decided(step) && self.output(step).is_none_or(|name| name != "success")
    }

    /// Returns the name of the output that a step took.
    pub(super) fn output(&self, step: usize) -> Option<&'h Text> {
        match self.steps.get(step)?.path {
            PathTaken::Output(index) => self.label(step)?.outputs.get(usize::from(index)),
            _ => None,
        }
    }

    fn depth(&self, step: usize) -> u16 {
        self.steps.get(step).map_or(0, |step| step.depth)
    }

    /// Returns whether a step failed, also if the flow handled it.
    pub(super) fn has_failed(&self, step: usize) -> bool {
        if self.failure(step).is_some() {
            return true;
        }
        self.output(step).is_some_and(|name| FAILURES.contains(&name.as_str()))
    }

    /// Returns the last failed action before a step, if it did not succeed later. Input
    /// that a caller did not make is not a failure of an action, and neither is a failure
    /// in a called flow that had returned.
    fn failure_before(&self, end: usize) -> Option<usize> {
        let first = self.label(0)?.flow;
        let last = self.label(end.checked_sub(1)?)?.flow;
        let step = (0..end).rev().find(|step| {
            let flow = self.label(*step).map(|label| label.flow);
            let is_own = flow == Some(first) || flow == Some(last);
            is_own && self.has_failed(*step) && !self.listens(*step)
        })?;
        let node = self.steps.get(step)?.node;
        let mut later = step + 1..self.steps.len();
        let is_repaired = later.any(|other| {
            self.steps.get(other).is_some_and(|other| other.node == node)
                && !self.has_failed(other)
        });
        (!is_repaired).then_some(step)
    }

    /// Explains the last failed action of the call, if it did not succeed later.
    pub(super) fn cause_of_failure(&self) -> (Option<usize>, Vec<Text>) {
        match self.failure_before(self.steps.len()) {
            Some(step) => (Some(step), self.reason(step)),
            None => (None, Vec::new()),
        }
    }

    fn listens(&self, step: usize) -> bool {
        self.label(step).is_some_and(|label| {
            matches!(&*label.node_type, "Gather" | "menu")
                || operation_of(&label.node_type).is_some_and(Operation::listens)
        })
    }

    /// Explains why a call did not get to one of the wanted nodes from the step `from` on,
    /// or why it got to its end: the step, and the reasons.
    pub(super) fn cause(
        &self,
        end: usize,
        wanted: Option<(&Nodes, usize)>,
    ) -> (Option<usize>, Vec<Text>) {
        let diverged = wanted.and_then(|(nodes, from)| divergence(*self, nodes, from));
        if let Some(step) = diverged {
            return (Some(step), self.reason(step));
        }
        let decided = self.decision_before(end);
        let failed = self.failure_before(end).filter(|step| Some(*step) != decided);
        let steps = failed.into_iter().chain(decided);
        (decided.or(failed), steps.flat_map(|step| self.reason(step)).collect())
    }

    /// Returns whether a step took one of several paths.
    pub(super) fn has_decided(&self, step: usize) -> bool {
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
        if matches!(taken.path, PathTaken::Output(_) | PathTaken::Error) {
            lines.extend(self.decision_inside(step));
        }
        let rounds = self.rounds(step);
        lines.extend(rounds.map(|(name, why)| format!("  {name}: {why}").into()));
        lines
    }

    /// Explains the last decision in the flow or task that a step called.
    fn decision_inside(&self, step: usize) -> Vec<Text> {
        if !self.has_entered(step) {
            return Vec::new();
        }
        let depth = self.depth(step);
        let mut after = step + 1..self.steps.len();
        let end = after.find(|index| self.depth(*index) <= depth);
        let decided = self.decision_before(end.unwrap_or(self.steps.len()));
        decided.filter(|inside| *inside > step).map_or(Vec::new(), |it| self.reason(it))
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
                None if self.listens(step) => format!("{place} was the last step"),
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
        let looked_up = self.facts(step).find_map(|fact| match fact {
            EventKind::Input(
                Field::FindName | Field::FindId | Field::LookupValue | Field::SearchTerm,
                value,
            ) => Some(value),
            _ => None,
        });
        if let Some(value) = looked_up {
            let _ = write!(line, " for {}", shown(value));
        }
        if let Some(because) =
            label.and_then(|label| self.condition_met(step, label, index))
        {
            let _ = write!(line, ", because {because}");
        } else if let Some(failure) = self.failure_words(step) {
            let _ = write!(line, ", because {failure}");
        }
        line
    }

    /// Describes the conditions that led to an output, if the step evaluated any.
    fn condition_met(
        &self,
        step: usize,
        label: &NodeLabel,
        output: u16,
    ) -> Option<String> {
        let evaluated = self.facts(step).filter_map(|fact| match fact {
            EventKind::Input(Field::Condition | Field::Case(_), value) => Some(value),
            _ => None,
        });
        let last = evaluated.last()?;
        Some(match label.condition_of(output) {
            Some((condition, true)) => format!("`{condition}` is true"),
            Some((condition, _)) if last.is_unset() => {
                format!("`{condition}` is not set")
            }
            Some((condition, _)) => format!("`{condition}` is false"),
            None => {
                let conditions = label.conditions.iter().filter(|it| !it.is_empty());
                let all: Vec<_> = conditions.map(|it| format!("`{it}`")).collect();
                format!("none of {} is true", all.join(", "))
            }
        })
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

    /// Describes the failure of a step, or the error that it passed to the flow.
    pub(super) fn failure_words(&self, step: usize) -> Option<String> {
        if let Some(failure) = self.failure(step) {
            return Some(failure_text(failure));
        }
        if !self.has_failed(step) {
            return None;
        }
        let words = self.facts(step).filter_map(|fact| match fact {
            EventKind::Entry(entry)
                if entry.of.is_output() && entry.name.starts_with("error") =>
            {
                match &entry.value {
                    Value::String(text) => Some(text.as_str()),
                    _ => None,
                }
            }
            _ => None,
        });
        let words: Vec<&str> = words.collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn is_cut_off(&self, step: usize) -> bool {
        self.facts(step).any(|fact| *fact == EventKind::TimedOut)
    }

    /// Returns whether the next step runs inside a flow or task that this step called.
    pub(super) fn has_entered(&self, step: usize) -> bool {
        let depth = |index: usize| self.steps.get(index).map(|step| step.depth);
        depth(step + 1) > depth(step)
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

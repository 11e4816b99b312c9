//! Moments of a property, with the names resolved in a program.

use super::order::{Ending, Happening};
use super::{Event, Moment};
use crate::analysis::coverage::Goals;
use crate::analysis::matcher::Range;
use crate::flow::NodeId;
use crate::program::Program;
use crate::trace::{EventKind, Field, Step, Subject};
use crate::value::{Text, Value};

/// A moment that is compared with what happens in a call.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Whether each node may be the action of the moment.
    nodes: Vec<bool>,
    what: What,
    /// Indices of the conditions that must hold.
    conditions: Vec<usize>,
    elapsed_ms: Option<Range>,
}

#[derive(Debug)]
enum What {
    /// The conditions hold before an action or at the end of the call.
    State,
    /// The action starts.
    Start,
    /// One of these goals is reached, by number.
    Output(Vec<bool>),
    /// The action starts, and is answered by fixtures under its name.
    External,
    /// An event.
    Event(Event),
}

/// The state of a call at an occurrence.
#[derive(Clone, Copy)]
pub(super) struct Now<'n> {
    pub(super) program: &'n Program,
    pub(super) goals: &'n Goals,
    /// Whether each condition holds.
    pub(super) conditions: &'n [bool],
    /// The start of the current step, in milliseconds since the start of the call.
    pub(super) clock_ms: i64,
}

/// An occurrence, which moments are compared with.
#[derive(Clone, Copy)]
pub(super) enum Occurrence<'o> {
    /// An action is about to start, or the call has ended.
    Check,
    Happening(Happening<'o>),
}

impl Wanted {
    /// Resolves a moment. `first` is the index of its first condition.
    pub(super) fn of(
        moment: &Moment,
        program: &Program,
        goals: &Goals,
        first: usize,
    ) -> Self {
        let labels = program.symbols.nodes.iter();
        let is_own = |label: &crate::flow::NodeLabel| {
            let names = &moment.actions;
            let kind = moment.kind.as_ref();
            (names.is_empty() || names.iter().any(|it| label.is_called(&it.value)))
                && kind.is_none_or(|it| it.value.eq_ignore_ascii_case(&label.node_type))
        };
        let nodes = labels.map(is_own).collect();
        let what = match &moment.event {
            None if moment.is_state() => What::State,
            None => What::Start,
            Some(Event::Output(name)) => What::Output(outputs(goals, &name.value)),
            Some(Event::Call(name)) if is_external(program, &name.value) => {
                What::External
            }
            Some(event) => What::Event(event.clone()),
        };
        let conditions = (first..).take(moment.conditions.len()).collect();
        let mut wanted = Self { nodes, what, conditions, elapsed_ms: moment.elapsed_ms };
        if let Some(Event::Call(name)) = &moment.event
            && matches!(wanted.what, What::External)
        {
            wanted.only_named(program, &name.value);
        }
        wanted
    }

    /// Keeps the nodes that fixtures answer under this name.
    fn only_named(&mut self, program: &Program, name: &str) {
        for (index, is_own) in self.nodes.iter_mut().enumerate() {
            *is_own &= is_answered_as(program, NodeId::new(index), name);
        }
    }

    /// Whether the conditions hold now.
    pub(super) fn holds(&self, now: Now<'_>) -> bool {
        self.conditions.iter().all(|it| now.conditions[*it])
            && self.elapsed_ms.is_none_or(|range| range.contains(now.clock_ms))
    }

    /// Whether the moment is now.
    pub(super) fn is_now(&self, occurrence: Occurrence<'_>, now: Now<'_>) -> bool {
        self.has_happened(occurrence, now) && self.holds(now)
    }

    fn has_happened(&self, occurrence: Occurrence<'_>, now: Now<'_>) -> bool {
        let is_own = |step: &Step| self.nodes[step.node.index()];
        match (&self.what, occurrence) {
            (What::State, Occurrence::Check) => true,
            (
                What::Start | What::External,
                Occurrence::Happening(Happening::Start(_, step)),
            ) => is_own(step),
            (What::Output(wanted), Occurrence::Happening(Happening::Output(_, step))) => {
                let mut is_taken = false;
                now.goals.each_reached(std::slice::from_ref(step), &mut |goal| {
                    is_taken |= wanted.get(goal).copied().unwrap_or_default();
                });
                is_taken && is_own(step)
            }
            (
                What::Event(event),
                Occurrence::Happening(Happening::Event(_, step, kind)),
            ) => is_own(step) && is_event(event, step, kind, now.program),
            (What::Event(event), Occurrence::Happening(Happening::End(end))) => {
                is_end(event, end)
            }
            _ => false,
        }
    }

    /// Whether the moment may be at a step of this node. The end of a call may be at any.
    pub(super) fn may_be_at(&self, program: &Program, node: NodeId) -> bool {
        let step = &program.steps[node.index()];
        match &self.what {
            What::State => true,
            What::Event(Event::Status(_) | Event::Error(_)) => true,
            What::Event(Event::Call(name)) => {
                let mut names = step.service_names();
                self.nodes[node.index()]
                    && (names.any(|it| it == &name.value) || names.next().is_none())
            }
            _ => self.nodes[node.index()],
        }
    }

    /// Whether the moment is a prompt, whose words the path of a call does not depend on.
    pub(super) fn is_prompt(&self) -> bool {
        matches!(self.what, What::Event(Event::Prompt(_)))
    }

    /// The smallest time from which on the clock makes no difference to the moment.
    pub(super) fn last_ms(&self) -> i64 {
        let range = self.elapsed_ms.unwrap_or_default();
        range.min.into_iter().chain(range.max).max().map_or(0, |it| it.saturating_add(1))
    }
}

fn outputs(goals: &Goals, name: &str) -> Vec<bool> {
    let mut wanted = vec![false; goals.count()];
    for goal in goals.all() {
        let is_it = goal.output.is_some_and(|it| it.eq_ignore_ascii_case(name));
        wanted[goal.number] = is_it;
    }
    wanted
}

/// Whether fixtures answer an action of the program under this name.
fn is_external(program: &Program, name: &str) -> bool {
    let nodes = (0..program.steps.len()).map(NodeId::new);
    nodes.into_iter().any(|node| is_answered_as(program, node, name))
}

fn is_answered_as(program: &Program, node: NodeId, name: &str) -> bool {
    let label = program.symbols.node(node);
    program.steps[node.index()].is_external_call()
        && [&label.name, &label.id, &label.node_type].iter().any(|it| **it == name)
}

fn is_event(event: &Event, step: &Step, kind: &EventKind, program: &Program) -> bool {
    match (event, kind) {
        (Event::Prompt(text), EventKind::Prompted(phrase)) => {
            text.matches(phrase.text(&program.symbols))
        }
        (Event::Routing(wanted), EventKind::Routed(routing)) => {
            wanted.matches(routing, &program.symbols)
        }
        (Event::Transfer(target), EventKind::Transferred(transfer)) => {
            target.matches(&transfer.name)
                || transfer.id.as_ref().is_some_and(|id| target.matches(id))
        }
        (Event::Call(name), EventKind::Requested(request)) => {
            request.subject != Subject::Flow
                && is_service(&name.value, &request.name, step, program)
        }
        (
            Event::Call(name),
            EventKind::Input(Field::DataAction, Value::String(found)),
        ) => is_service(&name.value, found, step, program),
        _ => false,
    }
}

/// Whether a request to a service has this name.
fn is_service(wanted: &Text, found: &Text, step: &Step, program: &Program) -> bool {
    let mut names = program.steps[step.node.index()].service_names();
    wanted == found || names.any(|name| name == wanted)
}

fn is_end(event: &Event, end: Ending) -> bool {
    match event {
        Event::Status(status) => *status == end.status,
        Event::Error(code) => {
            end.error.is_some_and(|it| it.name().eq_ignore_ascii_case(code))
        }
        _ => false,
    }
}

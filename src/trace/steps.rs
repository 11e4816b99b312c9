//! Steps of a trace with their events.

use super::event::{Event, EventKind, Step, Trace};

/// A trace with its events grouped by step, in linear time.
pub(super) struct Grouped<'t> {
    trace: &'t Trace,
    late: Vec<&'t Event>,
}

impl<'t> Grouped<'t> {
    /// Scans the events once.
    pub(super) fn new(trace: &'t Trace) -> Self {
        Self { trace, late: late_events(&trace.events) }
    }

    /// Calls `visit` for each step with its index and its events, in order. The results of
    /// an iterator are too large for registers; storing and loading them took a fifth of
    /// the time of writing a trace.
    #[inline]
    pub(super) fn each(&self, mut visit: impl FnMut(usize, &'t Step, &Events<'_>)) {
        let mut rest = self.rest();
        for (index, step) in self.trace.steps.iter().enumerate() {
            visit(index, step, &rest.take_step(index));
        }
    }

    /// Returns the steps with their events, in order.
    pub(super) fn steps(&self) -> Vec<(&'t Step, Events<'_>)> {
        let mut rest = self.rest();
        let steps = self.trace.steps.iter().enumerate();
        steps.map(|(index, step)| (step, rest.take_step(index))).collect()
    }

    fn rest(&self) -> Rest<'_> {
        let (events, late) = (self.trace.events.as_slice(), self.late.as_slice());
        Rest { events, late, has_late: !late.is_empty() }
    }
}

/// The events of the steps that were not visited yet.
struct Rest<'g> {
    events: &'g [Event],
    late: &'g [&'g Event],
    /// Whether the trace has late events. They are among `events` too.
    has_late: bool,
}

impl<'g> Rest<'g> {
    /// Removes the events of the step with this index, which must be the lowest one left,
    /// and returns them.
    #[inline(always)]
    fn take_step(&mut self, index: usize) -> Events<'g> {
        let late = if self.has_late { self.take_late(index) } else { &[] };
        let is_own = |event: &&Event| event.step as usize == index;
        let count = self.events.iter().take_while(is_own).count();
        let (run, rest) = self.events.split_at(count);
        self.events = rest;
        Events { run, late }
    }

    /// Removes and returns the late events of a step, and removes those of earlier steps
    /// before its other events.
    fn take_late(&mut self, index: usize) -> &'g [&'g Event] {
        let is_earlier = |event: &&Event| (event.step as usize) < index;
        let skipped = self.events.iter().take_while(is_earlier).count();
        self.events = &self.events[skipped..];
        let is_past = |event: &&&Event| event.step as usize <= index;
        let count = self.late.iter().take_while(is_past).count();
        let (late, rest) = self.late.split_at(count);
        self.late = rest;
        late
    }
}

/// Events of one step. They are nearly always contiguous; only a call to another flow can
/// have more after those of that flow.
#[derive(Clone, Copy)]
pub(super) struct Events<'g> {
    run: &'g [Event],
    late: &'g [&'g Event],
}

impl<'g> Events<'g> {
    /// Returns all facts, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'g EventKind> + use<'g> {
        self.first().chain(self.late())
    }

    /// Returns the fact of a step that has one.
    #[inline]
    pub(super) fn only(&self) -> Option<&'g EventKind> {
        match (self.run, self.late) {
            ([event], []) => Some(&event.kind),
            _ => None,
        }
    }

    /// Returns the facts before those of a called flow.
    pub(super) fn first(&self) -> impl Iterator<Item = &'g EventKind> + use<'g> {
        self.run.iter().map(|event| &event.kind)
    }

    /// Returns the facts after those of a called flow.
    pub(super) fn late(&self) -> impl Iterator<Item = &'g EventKind> + use<'g> {
        self.late.iter().map(|event| &event.kind)
    }
}

/// Returns the events that follow an event of a later step, or are separated from the
/// others of their step; sorted by step.
fn late_events(events: &[Event]) -> Vec<&Event> {
    let mut latest = 0;
    let mut is_interrupted = false;
    let mut late: Vec<&Event> = Vec::new();
    for event in events {
        if event.step > latest {
            (latest, is_interrupted) = (event.step, false);
        } else if event.step < latest || is_interrupted {
            is_interrupted = true;
            late.push(event);
        }
    }
    late.sort_by_key(|event| event.step);
    late
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::flow::{FlowId, NodeId, VariableId};
    use crate::trace::{PathTaken, Status};
    use crate::value::{DateTime, Value};

    /// Creates a trace with the given number of steps, and events that belong to
    /// `owners`.
    fn trace(step_count: usize, owners: &[u32]) -> Trace {
        let step = Step {
            node: NodeId(0),
            depth: 0,
            path: PathTaken::None,
            next: None,
            start_ms: 0,
            end_ms: 0,
        };
        let fact =
            |number: i64| EventKind::Assigned(VariableId(0), Value::Integer(number));
        Trace {
            flow: FlowId(0),
            status: Status::Completed,
            failure: None,
            failed_at: None,
            start: DateTime::MIN,
            elapsed_ms: 0,
            actions: 0,
            steps: vec![step; step_count],
            events: owners
                .iter()
                .zip(0..)
                .map(|(&step, number)| Event { step, kind: fact(number) })
                .collect(),
            variables: Vec::new(),
            built_ins: Vec::new(),
            other_variables: Vec::new(),
        }
    }

    #[test]
    fn events_after_a_called_flow_are_late() {
        let trace = trace(3, &[0, 1, 2, 2, 1, 0]);
        let grouped = Grouped::new(&trace);
        let counts: Vec<_> = grouped
            .steps()
            .into_iter()
            .map(|(_, events)| (events.first().count(), events.late().count()))
            .collect();
        assert_eq!(counts, [(1, 1), (1, 1), (2, 0)]);
    }

    proptest! {
        #[test]
        fn every_step_gets_its_events_in_order(owners in prop::collection::vec(0..6_u32, 0..40)) {
            let trace = trace(6, &owners);
            for (index, (_, events)) in Grouped::new(&trace).steps().into_iter().enumerate() {
                let expected: Vec<_> = trace.events_of(index).collect();
                prop_assert_eq!(events.iter().collect::<Vec<_>>(), expected);
            }
        }
    }
}

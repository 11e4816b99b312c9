//! Motions backwards.

use std::sync::Arc;

use super::breakpoint::Breakpoint;
use super::machine::{Debugger, Motion, Stop};
use crate::engine::Session;
use crate::flow::NodeId;
use crate::program::Program;
use crate::timeline::Timeline;
use crate::world::Question;

impl Debugger {
    /// Moves backwards up to a stop.
    pub fn back(&mut self, motion: Motion) -> Stop {
        self.motion = motion;
        self.breakpoints.iter().for_each(Breakpoint::recount);
        let stop = match motion {
            Motion::Continue => self.reverse(),
            motion => {
                let depth = self.timeline.session().depth();
                let program = Arc::clone(&self.program);
                let found = self.timeline.go_back_to(|timeline| {
                    let session = timeline.session();
                    let is_there = match motion {
                        Motion::Over => session.depth() <= depth,
                        Motion::Out => session.depth() < depth,
                        Motion::Into | Motion::Continue => true,
                    };
                    is_there && is_stopping_place(session, &program)
                });
                if found { Stop::Done } else { Stop::Begin }
            }
        };
        self.breakpoints.iter().for_each(Breakpoint::recount);
        stop
    }

    /// Goes back to the last stop. Actions with plain breakpoints and recorded events are
    /// found in the trace; only conditions need the values of that time.
    fn reverse(&mut self) -> Stop {
        let event = self.last_event();
        let step = self.last_step();
        let found = match self.breakpoints.iter().all(Breakpoint::is_plain) {
            true => self.reverse_to((event.as_ref().map(|it| it.0), step)),
            false => self.reverse_with_conditions(event.as_ref().map(|it| it.0)),
        };
        if !found {
            self.timeline.go_to(0);
            return Stop::Begin;
        }
        let program = Arc::clone(&self.program);
        let event = event.filter(|(index, _)| {
            self.timeline.session().events().len() <= *index && self.hits().is_empty()
        });
        match event {
            Some((_, stop)) => {
                // A request to a system outside is not a place to stop.
                if !self.is_stopping_place() {
                    let is_place =
                        |it: &Timeline<_>| is_stopping_place(it.session(), &program);
                    self.timeline.go_back_to(is_place);
                }
                stop
            }
            None => match self.hits() {
                ids if ids.is_empty() => Stop::Difference,
                ids => Stop::Breakpoint(ids),
            },
        }
    }

    /// Goes before the later one of an event and a step. Returns `false` without both.
    fn reverse_to(&mut self, (event, step): (Option<usize>, Option<usize>)) -> bool {
        if let Some(event) = event {
            self.timeline.go_before_event(event);
        }
        match step {
            Some(step) if event.is_none() || step >= self.executed() => {
                self.timeline.go_before_step(step);
            }
            _ => {}
        }
        event.is_some() || step.is_some()
    }

    /// Goes back to the last position before an event, or before a step at which a
    /// breakpoint stops.
    fn reverse_with_conditions(&mut self, event: Option<usize>) -> bool {
        let breakpoints = self.breakpoints.clone();
        let differing = self.difference.as_ref().map(|it| it.step);
        self.timeline.go_back_to(|timeline| {
            let session = timeline.session();
            if event.is_some_and(|event| session.events().len() <= event) {
                return true;
            }
            let Some(node) = session.next_node() else { return false };
            differing == Some(session.steps().len())
                || breakpoints.iter().any(|it| stops(it, session, node))
        })
    }

    fn executed(&self) -> usize {
        self.timeline.session().steps().len()
    }

    /// The breakpoints that stop before the next action.
    fn hits(&self) -> Vec<u32> {
        let session = self.timeline.session();
        let Some(node) = session.next_node() else { return Vec::new() };
        let hits = self.breakpoints.iter().filter(|it| stops(it, session, node));
        hits.map(|it| it.id).collect()
    }

    /// Finds the last event of the trace at which a motion stops.
    fn last_event(&self) -> Option<(usize, Stop)> {
        let events = self.timeline.session().events().iter().enumerate().rev();
        let mut stops = events.filter_map(|(index, event)| {
            Some((index, self.stop_of_events(std::slice::from_ref(event))?))
        });
        stops.next()
    }

    /// Finds the last step of the trace before which a motion stops without a condition.
    fn last_step(&self) -> Option<usize> {
        let differing = self.difference.as_ref().map(|it| it.step);
        let plain = || self.breakpoints.iter().filter(|it| it.is_plain());
        // Without anything to find, a long trace need not be searched.
        if differing.is_none() && plain().next().is_none() {
            return None;
        }
        let mut is_stop = vec![false; self.program.steps.len()];
        for node in plain().flat_map(|it| &it.nodes) {
            is_stop[node.index()] = true;
        }
        let mut steps = self.timeline.session().steps().iter().enumerate().rev();
        let found = steps.find(|(index, step)| {
            is_stop[step.node.index()] || differing == Some(*index)
        });
        found.map(|(index, _)| index)
    }
}

/// Whether a step stops here: before an action, or while the caller is asked.
pub(super) fn is_stopping_place(session: &Session, program: &Program) -> bool {
    match session.next_node() {
        Some(node) => !program.steps[node.index()].is_beginning(),
        None => matches!(session.question(), Some(Question::Input(_))),
    }
}

/// Whether a breakpoint stops before the next node, and does not only print a message. The
/// number of executions is counted anew, because the past of the call changes.
fn stops(breakpoint: &Breakpoint, session: &Session, node: NodeId) -> bool {
    breakpoint.recount();
    breakpoint.is_hit(session, node) && breakpoint.message(session).is_none()
}

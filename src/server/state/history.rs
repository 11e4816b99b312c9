//! The events of an instance so far, and the attributes of its participant.

use std::collections::VecDeque;
use std::sync::Arc;

use super::instance::{Instance, Progress};
use super::moves::Move;
use crate::engine::Session;
use crate::trace::{Event, EventKind, Step};
use crate::value::Text;

impl Instance {
    /// Compares the flow's clock with the server's when the conversation has entered a
    /// queue for the first time.
    pub(super) fn find_queue(&mut self, now: i64) {
        if self.ahead_ms.is_some() {
            return;
        }
        let (steps, events) = self.history();
        let new = events.get(self.searched..).unwrap_or_default();
        let entered = new.iter().find(|it| matches!(it.kind, EventKind::Routed(_)));
        let entered = entered.map(|event| self.time_of(steps, event));
        self.searched = events.len();
        self.ahead_ms = entered.map(|entered| entered.saturating_sub(now).max(0));
    }

    /// Returns the steps and the events so far.
    pub(in crate::server) fn history(&self) -> (&[Step], &[Event]) {
        match &self.progress {
            Progress::Waiting(session) => (session.steps(), session.events()),
            Progress::Over { trace, .. } => (&trace.steps, &trace.events),
        }
    }

    /// Returns the program that the ids in the history refer to.
    pub(in crate::server) fn program(&self) -> &crate::program::Program {
        match &self.progress {
            Progress::Waiting(session) => session.program(),
            Progress::Over { program, .. } => program,
        }
    }

    /// Returns the time of an event, in milliseconds since 1970.
    pub(in crate::server) fn time_of(&self, steps: &[Step], event: &Event) -> i64 {
        let step = steps.get(event.step as usize);
        let began_at = self.started_at.saturating_add(self.held_ms);
        began_at.saturating_add(step.map_or(0, |step| step.start_ms))
    }

    /// Returns the time up to which the flow's events have happened when the server's
    /// clock shows `now`. Until the conversation enters a queue, all of them have.
    pub(in crate::server) fn horizon(&self, now: i64) -> i64 {
        self.ahead_ms.map_or(i64::MAX, |ahead| now.saturating_add(ahead))
    }

    /// Returns the attributes of the participant.
    pub(in crate::server) fn attributes(&self) -> Vec<(Text, Text)> {
        match &self.progress {
            Progress::Waiting(session) => copied(session),
            Progress::Over { .. } => self.attributes.clone(),
        }
    }

    /// Sets an attribute of the participant; `None` removes it.
    pub(in crate::server) fn set_attribute(&mut self, name: &str, value: Option<Text>) {
        self.moves.push(Move::Attribute(name.into(), value.clone()));
        match &mut self.progress {
            Progress::Waiting(session) => session.set_participant_data(name, value),
            Progress::Over { next, .. } => {
                self.attributes.retain(|(known, _)| known != name);
                if let Some(value) = &value {
                    self.attributes.push((name.into(), value.clone()));
                }
                if let Some(session) = next {
                    session.set_participant_data(name, value);
                }
            }
        }
    }

    /// Ends the flow because the conversation has left it: an agent has taken it, or it was
    /// transferred.
    pub(in crate::server) fn leave(&mut self) {
        match &mut self.progress {
            Progress::Over { next, .. } => *next = None,
            Progress::Waiting(session) => {
                let program = Arc::clone(session.program());
                self.attributes = copied(session);
                let Some(trace) = session.trace_so_far().map(Arc::new) else { return };
                let (is_disconnected, next) = (false, None);
                self.progress = Progress::Over { trace, program, is_disconnected, next };
            }
        }
        self.pending = VecDeque::new();
        self.outgoing = None;
    }
}

/// Returns a copy of the attributes of a session's participant.
pub(super) fn copied(session: &Session) -> Vec<(Text, Text)> {
    let all = session.participant_data();
    all.map(|(name, value)| (name.clone(), value.clone())).collect()
}

//! The events of an instance so far, and the attributes of its participant.

use std::collections::VecDeque;
use std::sync::Arc;

use super::instance::{Instance, Progress};
use super::moves::Move;
use crate::engine::Session;
use crate::trace::{Event, Step};
use crate::value::Text;

impl Instance {
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
    pub(in crate::server) fn leave(&mut self, now: i64) {
        self.note_leaving(now);
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

//! Records the trace during a call.

use std::iter::once_with;

use crate::flow::NodeId;
use crate::trace::{Event, EventKind, PathTaken, Step};

/// The steps and events so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Recorder {
    pub(super) steps: Vec<Step>,
    pub(super) events: Vec<Event>,
}

impl Recorder {
    /// Clears the record and reserves the capacity that the previous call needed.
    pub(super) fn clear(&mut self, room: Capacity) {
        self.steps.clear();
        self.events.clear();
        if self.steps.capacity() < room.steps {
            self.steps = Vec::with_capacity(room.steps);
        }
        if self.events.capacity() < room.events {
            self.events = Vec::with_capacity(room.events);
        }
    }

    #[inline]
    pub(super) fn begin(&mut self, node: NodeId, depth: u16, now: i64) -> u32 {
        // A call starts at most `max_actions` steps, which is a 32-bit number.
        #[expect(clippy::cast_possible_truncation, reason = "see above")]
        let index = self.steps.len() as u32;
        let path = PathTaken::None;
        self.steps.extend(once_with(|| Step {
            node,
            depth,
            path,
            next: None,
            start_ms: now,
            end_ms: now,
        }));
        index
    }

    /// Records an event. The closure builds the event in place: moving it from the stack
    /// would cost more than the rest of a step.
    #[inline(always)]
    pub(super) fn note(&mut self, step: u32, fact: impl FnOnce() -> EventKind) {
        self.events.extend(once_with(|| Event { step, kind: fact() }));
    }

    #[inline]
    pub(super) fn finish(
        &mut self,
        step: u32,
        path: PathTaken,
        next: Option<NodeId>,
        now: i64,
    ) {
        let step = &mut self.steps[step as usize];
        step.path = path;
        step.next = next;
        step.end_ms = now;
    }
}

/// The number of steps and events that a trace had.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Capacity {
    pub(super) steps: usize,
    pub(super) events: usize,
}

impl PartialEq for Capacity {
    /// Always equal: the reserved capacity does not affect a call.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

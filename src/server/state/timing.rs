//! The times of an instance's events on the server's clock.
//!
//! A flow runs to its next question at once, and its own durations (waits, prompts, the
//! latency of data actions) advance only its own clock. So the flow's clock can be ahead of
//! the server's. On the server's clock, an event before the first queue happens when the
//! server has processed it, at the latest. From the first queue on, time passes on the
//! server's clock: a later event happens as soon as that clock has reached it.

use super::event::Origin;
use super::instance::{Instance, Progress};
use crate::trace::EventKind;

/// The times of a flow's events on the server's clock.
#[derive(Debug, Clone)]
pub(super) struct Timing {
    /// The stretches of the flow, in order.
    stretches: Vec<Stretch>,
    /// The time by which the flow's clock was ahead of the server's when the conversation
    /// first entered a queue, in milliseconds.
    ahead_ms: Option<i64>,
    /// The server's clock when the participant hung up.
    hung_up_at: Option<i64>,
    /// The server's clock when the conversation left the flow before its end.
    left_at: Option<i64>,
}

/// Events in a row whose times are computed in the same way.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// The number of events up to the end of the stretch.
    events: usize,
    /// The server's clock at the start of the flow's clock.
    began_at: i64,
    /// The latest time of the events.
    latest: i64,
}

impl Stretch {
    fn time(self, elapsed_ms: i64) -> i64 {
        self.began_at.saturating_add(elapsed_ms).min(self.latest)
    }
}

impl Timing {
    /// Creates the timing of a flow that has just begun.
    pub(super) fn new(is_in_queue: bool) -> Self {
        Self {
            stretches: Vec::new(),
            ahead_ms: is_in_queue.then_some(0),
            hung_up_at: None,
            left_at: None,
        }
    }

    /// Records that the participant hung up.
    pub(super) fn hang_up(&mut self, now: i64) {
        self.hung_up_at = Some(now);
    }

    fn noted(&self) -> usize {
        self.stretches.last().map_or(0, |it| it.events)
    }

    /// Adds a stretch, or extends the last one if its times are computed in the same way.
    fn add(&mut self, stretch: Stretch) {
        let same = |it: &&mut Stretch| {
            (it.began_at, it.latest) == (stretch.began_at, stretch.latest)
        };
        match self.stretches.last_mut().filter(same) {
            Some(last) => last.events = stretch.events,
            None => self.stretches.push(stretch),
        }
    }
}

impl Instance {
    /// Returns the server's clock at the start of the flow's clock: its start, later by the
    /// time during which the flow's clock did not run, and earlier by the time for which
    /// it was ahead when the conversation entered a queue.
    pub(super) fn began_at(&self) -> i64 {
        let began_at = self.started_at.saturating_add(self.held_ms);
        began_at.saturating_sub(self.timing.ahead_ms.unwrap_or(0))
    }

    /// Returns `true` if the conversation has entered a queue.
    pub(super) fn has_entered_queue(&self) -> bool {
        self.timing.ahead_ms.is_some()
    }

    /// Determines the times of the events since the last call.
    pub(super) fn note_times(&mut self, now: i64) {
        let (steps, events) = self.history();
        let (noted, all) = (self.timing.noted(), events.len());
        // An execution has no participant who could wait in a queue.
        let may_wait = self.origin != Origin::Execution && !self.has_entered_queue();
        let mut new = events.iter().enumerate().skip(noted);
        let entered = new.find(|(_, it)| may_wait && is_routed(&it.kind));
        let entered = entered.map(|(index, event)| {
            let step = steps.get(event.step as usize);
            (index + 1, step.map_or(0, |step| step.start_ms))
        });
        let began_at = self.began_at();
        if let Some((events, elapsed_ms)) = entered {
            self.timing.add(Stretch { events, began_at, latest: now });
            let ahead_ms = began_at.saturating_add(elapsed_ms).saturating_sub(now);
            self.timing.ahead_ms = Some(ahead_ms.max(0));
        }
        let latest = if self.has_entered_queue() { i64::MAX } else { now };
        let began_at = self.began_at();
        self.timing.add(Stretch { events: all, began_at, latest });
    }

    /// Returns the time of the event with an index on the server's clock, in milliseconds
    /// since 1970. In a queue it may be in the future.
    pub(in crate::server) fn time_of(&self, index: usize) -> i64 {
        let (steps, events) = self.history();
        let step = events.get(index).and_then(|it| steps.get(it.step as usize));
        let elapsed_ms = step.map_or(0, |step| step.start_ms);
        let all = &self.timing.stretches;
        let stretch = all.get(all.partition_point(|it| it.events <= index));
        let unknown = || self.began_at().saturating_add(elapsed_ms);
        stretch.map_or_else(unknown, |it| it.time(elapsed_ms))
    }

    /// Returns the time on the server's clock when the flow's clock showed the given number
    /// of milliseconds, as far as the flow has run.
    pub(in crate::server) fn time_at(&self, elapsed_ms: i64) -> i64 {
        let last = self.timing.stretches.last();
        let unknown = || self.began_at().saturating_add(elapsed_ms);
        last.map_or_else(unknown, |it| it.time(elapsed_ms))
    }

    /// Records that the conversation leaves the flow, unless the flow has ended before.
    pub(super) fn note_leaving(&mut self, now: i64) {
        if self.ended_at(now).is_none() {
            self.timing.left_at = Some(now);
        }
    }

    /// Returns the server's clock when the flow ends by itself; `None` while it waits for
    /// something that has not happened yet, and if the conversation has left it. In a queue
    /// it may be in the future.
    pub(in crate::server) fn ends_at(&self) -> Option<i64> {
        let Progress::Over { trace, .. } = &self.progress else { return None };
        if self.timing.left_at.is_some() {
            return None;
        }
        let at = self.time_at(trace.elapsed_ms);
        Some(self.timing.hung_up_at.map_or(at, |hung_up| at.min(hung_up)))
    }

    /// Returns the server's clock when the flow ended, or when the conversation left it;
    /// `None` if neither has happened when the server's clock shows `now`.
    pub(in crate::server) fn ended_at(&self, now: i64) -> Option<i64> {
        self.timing.left_at.or_else(|| self.ends_at()).filter(|at| *at <= now)
    }

    /// Returns `true` if the flow has ended when the server's clock shows `now`. A flow in a
    /// queue may have run to an end that this clock has not reached.
    pub(in crate::server) fn is_over(&self, now: i64) -> bool {
        !self.is_running() && self.ended_at(now).is_some()
    }
}

fn is_routed(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Routed(_))
}

//! The order of everything that happens in a part of a call.
//!
//! A trace has the steps in the order of their start, and the events in the order of time.
//! An output is taken when the action that it leads to starts. After an action that ran
//! another flow or task, its results come after the actions of that flow or task.

use crate::diagnostic::Code;
use crate::program::Program;
use crate::trace::{Event, EventKind, PathTaken, Status, Step, Trace};

/// A part of a call, up to a question or to the end.
#[derive(Debug, Clone, Copy)]
pub struct Record<'r> {
    /// The steps. Those that started in an earlier part and are still open come first.
    pub steps: &'r [Step],
    /// For each step that started in an earlier part, whether it took its output there.
    pub earlier: &'r [bool],
    /// The events of this part.
    pub events: &'r [Event],
    /// The end of the call, if the part ends with it.
    pub end: Option<Ending>,
}

/// The end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// The status.
    pub status: Status,
    /// The code of the error, if there is one.
    pub error: Option<Code>,
    /// The duration of the call, in milliseconds.
    pub elapsed_ms: i64,
}

impl<'r> Record<'r> {
    /// Returns the record of a whole call, or of its last part if steps started earlier.
    pub fn of_trace(trace: &'r Trace, earlier: &'r [bool]) -> Self {
        let end = Ending {
            status: trace.status,
            error: trace.failure.as_ref().map(|failure| failure.code),
            elapsed_ms: trace.elapsed_ms,
        };
        Self { steps: &trace.steps, earlier, events: &trace.events, end: Some(end) }
    }

    /// Visits everything that happens, in order.
    pub(super) fn each(&self, program: &Program, visit: &mut impl FnMut(Happening<'r>)) {
        let mut player = Player {
            record: *self,
            next: self.earlier.len(),
            outputs: self.outputs(program),
            visit,
        };
        for event in self.events {
            player.event(program, event);
        }
        player.start_up_to(self.steps.len());
        player.take_outputs(usize::MAX);
        if let Some(end) = self.end {
            (player.visit)(Happening::End(end));
        }
    }

    /// Returns the outputs that were taken in this part, as the number of the step before
    /// which each was taken and its own step, in the order of time.
    fn outputs(&self, program: &Program) -> Vec<(usize, usize)> {
        let mut outputs = Vec::new();
        for (index, step) in self.steps.iter().enumerate() {
            let is_earlier = self.earlier.get(index).copied().unwrap_or_default();
            if step.path == PathTaken::None || is_earlier {
                continue;
            }
            let at = match program.steps[step.node.index()].runs_others() {
                true => self.target_of(index),
                false => Some((index + 1).max(self.earlier.len())),
            };
            outputs.extend(at.map(|at| (at, index)));
        }
        outputs.sort_by_key(|(at, step)| (*at, std::cmp::Reverse(*step)));
        outputs
    }

    /// Returns the step at which the call continued after a step that ran others.
    fn target_of(&self, index: usize) -> Option<usize> {
        let step = &self.steps[index];
        let next = step.next?;
        let first = (index + 1).max(self.earlier.len());
        let later = self.steps.iter().enumerate().skip(first);
        let is_target = |it: &Step| it.node == next && it.depth == step.depth;
        let found = later.into_iter().find(|(_, it)| is_target(it));
        Some(found.map_or(self.steps.len(), |(place, _)| place))
    }
}

/// Something that happens in a call. Steps are numbered within the record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Happening<'r> {
    /// A step starts.
    Start(usize, &'r Step),
    /// A step takes its output.
    Output(usize, &'r Step),
    /// An event of a step.
    Event(usize, &'r Step, &'r EventKind),
    /// The call ends.
    End(Ending),
}

/// Visits what happens in a record.
struct Player<'r, 'v, V> {
    record: Record<'r>,
    /// The next step to start.
    next: usize,
    outputs: Vec<(usize, usize)>,
    visit: &'v mut V,
}

impl<'r, V: FnMut(Happening<'r>)> Player<'r, '_, V> {
    fn event(&mut self, program: &Program, event: &'r Event) {
        let index = event.step as usize;
        let Some(step) = self.record.steps.get(index) else { return };
        self.start_up_to(index + 1);
        let is_result = match &event.kind {
            EventKind::Assigned(..) | EventKind::Failed(_) => true,
            EventKind::Entry(entry) => entry.of.is_output(),
            _ => false,
        };
        if is_result
            && program.steps[step.node.index()].runs_others()
            && let Some(target) = self.record.target_of(index)
        {
            self.start_up_to(target);
        }
        (self.visit)(Happening::Event(index, step, &event.kind));
    }

    /// Starts the steps before this one.
    fn start_up_to(&mut self, end: usize) {
        while self.next < end.min(self.record.steps.len()) {
            let index = self.next;
            self.take_outputs(index);
            (self.visit)(Happening::Start(index, &self.record.steps[index]));
            self.next += 1;
        }
    }

    /// Takes the outputs before the start of a step.
    fn take_outputs(&mut self, before: usize) {
        let count = self.outputs.iter().take_while(|(at, _)| *at <= before).count();
        for (_, index) in self.outputs.drain(..count) {
            (self.visit)(Happening::Output(index, &self.record.steps[index]));
        }
    }
}

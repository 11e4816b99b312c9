//! The snapshots of a timeline.

use crate::engine::Snapshot;

/// The number of snapshots after which every second one is dropped.
const MOST: usize = 512;

/// The number of moves between two snapshots of a short call.
const SHORTEST: u32 = 64;

/// Snapshots by position. There is always one of the position 0.
#[derive(Debug, Clone)]
pub(super) struct Snapshots<R> {
    taken: Vec<(u32, Snapshot, R)>,
    /// The number of moves between two snapshots.
    distance: u32,
}

impl<R> Snapshots<R> {
    pub(super) fn new(first: Snapshot, respondent: R) -> Self {
        Self { taken: vec![(0, first, respondent)], distance: SHORTEST }
    }

    /// Whether a snapshot of this position is missing.
    pub(super) fn is_due(&self, position: u32) -> bool {
        position.is_multiple_of(self.distance)
            && self.taken.last().is_some_and(|last| last.0 < position)
    }

    /// Adds the snapshot of a position after all others.
    pub(super) fn add(&mut self, position: u32, snapshot: Snapshot, respondent: R) {
        self.taken.push((position, snapshot, respondent));
        if self.taken.len() > MOST {
            self.distance = self.distance.saturating_mul(2);
            let distance = self.distance;
            self.taken.retain(|(position, ..)| position.is_multiple_of(distance));
        }
    }

    /// Returns the last snapshot up to a position, and drops those after it. Continuing
    /// from there takes them again.
    pub(super) fn last_up_to(&mut self, position: u32) -> (u32, &Snapshot, &R) {
        let end = self.taken.partition_point(|(at, ..)| *at <= position).max(1);
        self.taken.truncate(end);
        let (at, snapshot, respondent) = &self.taken[end - 1];
        (*at, snapshot, respondent)
    }

    /// The position of the last snapshot before a step.
    pub(super) fn before_step(&self, step: usize) -> u32 {
        let end = self.taken.partition_point(|(_, it, _)| it.steps() <= step).max(1);
        self.taken[end - 1].0
    }

    /// The position of the last snapshot before an event.
    pub(super) fn before_event(&self, event: usize) -> u32 {
        let end = self.taken.partition_point(|(_, it, _)| it.events() <= event).max(1);
        self.taken[end - 1].0
    }
}

//! The end of an exploration that its host stops: what was found is still replayed and
//! reported, but only for a moment.

use std::cell::Cell;

/// The work that an exploration may do after its host stopped it, in replayed actions.
const WORK_AFTER_STOP: u64 = 100_000;

/// The work of starting a replay, in actions.
const WORK_PER_REPLAY: u64 = 100;

/// The number of replays after which the host is asked again. Asking may take longer than a
/// replay.
const REPLAYS_PER_LOOK: u32 = 16;

/// Asks the host whether an exploration continues.
pub(super) struct Patience<'p> {
    watch: &'p dyn Fn(u64) -> bool,
    used: Cell<u64>,
    is_over: Cell<bool>,
    /// The number of replays.
    replays: Cell<u32>,
    /// The work that is left after the end.
    left: Cell<u64>,
}

impl<'p> Patience<'p> {
    /// `watch` gets the number of answered questions, and returns whether the exploration
    /// continues.
    pub(super) fn new(watch: &'p dyn Fn(u64) -> bool) -> Self {
        let (used, is_over, replays) = (Cell::new(0), Cell::new(false), Cell::new(0));
        Self { watch, used, is_over, replays, left: Cell::new(WORK_AFTER_STOP) }
    }

    /// Asks after this number of answered questions. Returns whether the exploration
    /// continues.
    pub(super) fn continues(&self, used: u64) -> bool {
        self.used.set(used);
        !self.is_over()
    }

    /// Returns whether the host stopped the exploration.
    pub(super) fn is_over(&self) -> bool {
        if !self.is_over.get() {
            self.is_over.set(!(self.watch)(self.used.get()));
        }
        self.is_over.get()
    }

    /// Returns whether the host was found to have stopped the exploration.
    pub(super) fn is_known_to_be_over(&self) -> bool {
        self.is_over.get()
    }

    /// Returns whether a call may be replayed.
    pub(super) fn allows_replay(&self) -> bool {
        !self.is_over.get() || self.left.get() > 0
    }

    /// Notes that a call was replayed.
    pub(super) fn replayed(&self, actions: usize) {
        let replays = self.replays.get().wrapping_add(1);
        self.replays.set(replays);
        if replays.is_multiple_of(REPLAYS_PER_LOOK) {
            self.is_over();
        }
        if self.is_over.get() {
            let actions = u64::try_from(actions).unwrap_or(u64::MAX);
            let work = actions.saturating_add(WORK_PER_REPLAY);
            self.left.set(self.left.get().saturating_sub(work));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replays_end_a_moment_after_the_stop() {
        let is_stopped = Cell::new(false);
        let watch = |_| !is_stopped.get();
        let patience = Patience::new(&watch);
        patience.replayed(1_000_000);
        assert!(patience.continues(7) && patience.allows_replay());
        is_stopped.set(true);
        assert!(!patience.continues(8) && patience.allows_replay());
        patience.replayed(1_000_000);
        assert!(!patience.allows_replay());
    }

    #[test]
    fn replays_ask_the_host_from_time_to_time() {
        let count = Cell::new(0);
        let watch = |_| {
            count.set(count.get() + 1);
            count.get() < 2
        };
        let patience = Patience::new(&watch);
        for _ in 0..2 * REPLAYS_PER_LOOK {
            assert!(!patience.is_known_to_be_over());
            patience.replayed(1);
        }
        assert!(patience.is_known_to_be_over() && patience.allows_replay());
        assert_eq!(count.get(), 2);
    }
}

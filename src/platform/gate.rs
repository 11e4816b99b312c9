//! How many requests there may be, at a time and in a second.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;

/// Lets requests through, one after the other.
#[derive(Debug)]
pub(super) struct Gate {
    state: Mutex<State>,
    left: Condvar,
    most: usize,
    gap: Duration,
}

#[derive(Debug, Default)]
struct State {
    inside: usize,
    /// When the next may go, on the clock's own time.
    next: Duration,
}

/// The right to make one request; it ends with this value.
#[derive(Debug)]
pub(super) struct Pass<'g>(&'g Gate);

impl Gate {
    /// A gate for so many requests at a time, and so many a second.
    pub(super) fn new(concurrency: usize, rate: f64) -> Self {
        let gap = Duration::try_from_secs_f64(1.0 / rate).unwrap_or_default();
        Self {
            state: Mutex::default(),
            left: Condvar::new(),
            most: concurrency.max(1),
            gap,
        }
    }

    /// Waits until there may be one request more.
    pub(super) fn enter(&self, clock: &dyn Clock) -> Pass<'_> {
        let is_full = |state: &mut State| state.inside >= self.most;
        let waited = self.left.wait_while(self.lock(), is_full);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.inside += 1;
        let now = clock.elapsed();
        let turn = state.next.max(now);
        state.next = turn + self.gap;
        drop(state);
        let pass = Pass(self);
        if turn > now {
            clock.sleep(turn - now);
        }
        pass
    }

    /// Lets nobody through for a while: the service asked for it.
    pub(super) fn hold(&self, clock: &dyn Clock, duration: Duration) {
        let mut state = self.lock();
        state.next = state.next.max(clock.elapsed() + duration);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.lock().inside -= 1;
        self.0.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::TestClock;
    use super::*;

    #[test]
    fn requests_keep_their_distance() {
        let (gate, clock) = (Gate::new(1, 4.0), TestClock::default());
        for expected in [0, 250, 500] {
            drop(gate.enter(&clock));
            assert_eq!(clock.elapsed().as_millis(), expected);
        }
        // Time that passed meanwhile counts, but is not saved up.
        clock.sleep(Duration::from_secs(10));
        let began = clock.elapsed();
        drop(gate.enter(&clock));
        assert_eq!(clock.elapsed(), began);
        drop(gate.enter(&clock));
        assert_eq!(clock.elapsed(), began + Duration::from_millis(250));
    }

    #[test]
    fn a_gate_that_is_held_lets_nobody_through() {
        let (gate, clock) = (Gate::new(2, 1000.0), TestClock::default());
        gate.hold(&clock, Duration::from_secs(7));
        drop(gate.enter(&clock));
        assert_eq!(clock.elapsed(), Duration::from_secs(7));
    }

    #[test]
    fn no_more_than_so_many_are_inside() {
        let (gate, clock) = (Gate::new(3, f64::INFINITY), TestClock::default());
        let most = Mutex::new(0);
        std::thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    let _pass = gate.enter(&clock);
                    let inside = gate.lock().inside;
                    let mut most = most.lock().unwrap();
                    *most = inside.max(*most);
                });
            }
        });
        assert!((1..=3).contains(&*most.lock().unwrap()));
        assert_eq!(gate.lock().inside, 0);
    }
}

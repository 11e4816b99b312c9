//! Limits on parallel requests and on requests per second.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Clock;

/// Limiter of requests.
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
    /// Earliest time of the next request, in the clock's running time.
    next: Duration,
}

/// Permission for one request; it ends when the value is dropped.
#[derive(Debug)]
pub(super) struct Pass<'g>(&'g Gate);

impl Gate {
    /// Creates a gate for `concurrency` parallel requests and `rate` requests per second.
    pub(super) fn new(concurrency: usize, rate: f64) -> Self {
        let gap = Duration::try_from_secs_f64(1.0 / rate).unwrap_or_default();
        Self {
            state: Mutex::default(),
            left: Condvar::new(),
            most: concurrency.max(1),
            gap,
        }
    }

    /// Waits until one more request is allowed.
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

    /// Blocks all requests for a while, as requested by the service.
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
        // Elapsed time counts, but does not accumulate.
        clock.sleep(Duration::from_secs(10));
        let began = clock.elapsed();
        drop(gate.enter(&clock));
        assert_eq!(clock.elapsed(), began);
        drop(gate.enter(&clock));
        assert_eq!(clock.elapsed(), began + Duration::from_millis(250));
    }

    #[test]
    fn a_held_gate_blocks_requests() {
        let (gate, clock) = (Gate::new(2, 1000.0), TestClock::default());
        gate.hold(&clock, Duration::from_secs(7));
        drop(gate.enter(&clock));
        assert_eq!(clock.elapsed(), Duration::from_secs(7));
    }

    #[test]
    fn parallel_requests_are_limited() {
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

//! Clocks that drive a client.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::value::DateTime;

/// Source of time and waiting. Running programs use [`SystemClock`].
pub trait Clock: Send + Sync {
    /// Returns the wall-clock time, for records.
    fn now(&self) -> DateTime;

    /// Returns the running time of the clock, for measurements. It never decreases.
    fn elapsed(&self) -> Duration;

    /// Waits; returns early if the work is stopped.
    fn sleep(&self, duration: Duration);

    /// Returns whether the work is stopped; no new request is started then.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Stop signal for workers; clones share the signal.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Stops the work and wakes all sleepers.
    pub fn stop(&self) {
        let (is_stopped, changed) = &*self.0;
        *is_stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Returns whether the work is stopped.
    pub fn is_stopped(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, duration: Duration) {
        let (is_stopped, changed) = &*self.0;
        let guard = is_stopped.lock().unwrap_or_else(PoisonError::into_inner);
        // The callers check whether it was stopped or timed out.
        let _ = changed.wait_timeout_while(guard, duration, |is_stopped| !*is_stopped);
    }
}

/// Clock of the machine.
#[derive(Debug)]
pub struct SystemClock {
    began: Instant,
    stop: Stop,
}

impl SystemClock {
    /// Creates a clock whose sleepers wake when the work is stopped.
    #[expect(clippy::disallowed_methods, reason = "live services run in real time")]
    pub fn new(stop: Stop) -> Self {
        Self { began: Instant::now(), stop }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "recordings contain their time")]
    fn now(&self) -> DateTime {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        DateTime::from_milliseconds(milliseconds).unwrap_or(DateTime::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        self.stop.wait(duration);
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }
}

/// Clock that advances only when `sleep` is called.
#[cfg(test)]
#[derive(Debug, Default)]
pub(super) struct TestClock(Mutex<Duration>);

#[cfg(test)]
impl Clock for TestClock {
    fn now(&self) -> DateTime {
        let milliseconds = i64::try_from(self.elapsed().as_millis()).unwrap();
        DateTime::from_milliseconds(milliseconds).unwrap()
    }

    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) {
        *self.0.lock().unwrap() += duration;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleepers_wake_when_the_work_stops() {
        let stop = Stop::default();
        let clock = SystemClock::new(stop.clone());
        assert!(!clock.is_stopped() && clock.now() > DateTime::MIN);
        stop.stop();
        clock.sleep(Duration::from_secs(600));
        assert!(clock.is_stopped() && clock.elapsed() < Duration::from_secs(60));
    }
}

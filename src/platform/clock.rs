//! Time, as whoever drives a client gives it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::value::DateTime;

/// What time it is, and how to wait. Of a running program that is [`SystemClock`].
pub trait Clock: Send + Sync {
    /// The time of day, for what is written down.
    fn now(&self) -> DateTime;

    /// How long the clock runs, for what is measured. Never goes back.
    fn elapsed(&self) -> Duration;

    /// Waits; shorter if the work is to stop.
    fn sleep(&self, duration: Duration);

    /// Whether the work is to stop: nothing new is asked then.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Tells workers that they are to stop; copies are the same one.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Stops the work and wakes whoever sleeps.
    pub fn stop(&self) {
        let (is_stopped, changed) = &*self.0;
        *is_stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self, duration: Duration) {
        let (is_stopped, changed) = &*self.0;
        let guard = is_stopped.lock().unwrap_or_else(PoisonError::into_inner);
        // Whether it was stopped or the time is over is asked for afterwards.
        let _ = changed.wait_timeout_while(guard, duration, |is_stopped| !*is_stopped);
    }
}

/// The time of the machine.
#[derive(Debug)]
pub struct SystemClock {
    began: Instant,
    stop: Stop,
}

impl SystemClock {
    /// A clock whose sleepers wake when the work is stopped.
    #[expect(clippy::disallowed_methods, reason = "live services run in real time")]
    pub fn new(stop: Stop) -> Self {
        Self { began: Instant::now(), stop }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "a recording says when it was made")]
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

/// A clock that goes on when somebody sleeps, and only then.
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
    fn who_sleeps_wakes_when_the_work_stops() {
        let stop = Stop::default();
        let clock = SystemClock::new(stop.clone());
        assert!(!clock.is_stopped() && clock.now() > DateTime::MIN);
        stop.stop();
        clock.sleep(Duration::from_secs(600));
        assert!(clock.is_stopped() && clock.elapsed() < Duration::from_secs(60));
    }
}

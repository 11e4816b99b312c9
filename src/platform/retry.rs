//! Retries of requests.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use super::clock::Clock;
use super::failure::Failure;
use crate::value::DateTime;

/// Maximum waiting time that a service may request, so that one header cannot block a run
/// for long.
const LONGEST: Duration = Duration::from_secs(300);

/// Repeats a request until it succeeds, fails permanently, or reaches the maximum number
/// of attempts.
pub(super) fn retry<T>(
    attempts: usize,
    clock: &dyn Clock,
    seed: u64,
    mut request: impl FnMut() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut waits = waits(attempts, seed);
    loop {
        if clock.is_stopped() {
            return Err(Failure::Stopped);
        }
        let failure = match request() {
            Ok(answer) => return Ok(answer),
            Err(failure) => failure,
        };
        let wait = if failure.is_temporary() { waits.next() } else { None };
        let Some(wait) = wait else { return Err(failure) };
        clock.sleep(wait.max(failure.retry_after().unwrap_or_default()));
    }
}

/// Returns the pauses between attempts: exponential backoff with jitter.
pub(super) fn waits(attempts: usize, seed: u64) -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(Duration::from_secs(30))
        .with_factor(2.0)
        .with_max_times(attempts.saturating_sub(1))
        .with_jitter()
        .with_jitter_seed(seed)
        .build()
}

/// Parses `Retry-After`: seconds, or a date.
pub(super) fn retry_after(header: &str, now: DateTime) -> Option<Duration> {
    let header = header.trim();
    let wait = if let Ok(seconds) = header.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let date =
            jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(header).ok()?;
        let wait = date.as_millisecond().saturating_sub(now.milliseconds());
        Duration::from_millis(u64::try_from(wait).unwrap_or_default())
    };
    Some(wait.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::super::clock::TestClock;
    use super::*;

    fn refused(status: u16, retry_after: Option<Duration>) -> Failure {
        let body = Box::default();
        Failure::Refused { request: String::new(), status, body, retry_after }
    }

    #[test]
    fn waits_double_and_have_jitter() {
        let clock = TestClock::default();
        let mut times = Vec::new();
        let result: Result<(), _> = retry(4, &clock, 7, || {
            times.push(clock.elapsed().as_millis());
            Err(refused(503, None))
        });
        assert_eq!(result, Err(refused(503, None)));
        assert_eq!(times.len(), 4);
        let waits: Vec<u128> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        for (wait, least) in waits.iter().zip([500, 1000, 2000]) {
            assert!((least..=2 * least).contains(wait), "{waits:?}");
        }
        assert!(waits.iter().any(|wait| wait % 500 != 0), "{waits:?}");
    }

    #[test]
    fn the_service_says_how_long_to_wait() {
        let clock = TestClock::default();
        let mut attempts = 0;
        let result = retry(3, &clock, 7, || {
            attempts += 1;
            let wait = Some(Duration::from_secs(90));
            if attempts < 2 { Err(refused(429, wait)) } else { Ok(attempts) }
        });
        assert_eq!(result, Ok(2));
        assert_eq!(clock.elapsed(), Duration::from_secs(90));
    }

    #[test]
    fn permanent_failures_are_not_retried() {
        let mut attempts = 0;
        let result: Result<(), _> = retry(9, &TestClock::default(), 7, || {
            attempts += 1;
            Err(refused(400, None))
        });
        assert_eq!((result, attempts), (Err(refused(400, None)), 1));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = DateTime::parse("2015-10-21T07:27:30Z").unwrap();
        let seconds = |header| retry_after(header, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("7"), Some(7));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:28:00 GMT"), Some(30));
        assert_eq!(seconds("Wed, 21 Oct 2015 07:20:00 GMT"), Some(0));
        assert_eq!(seconds("86400"), Some(300));
        assert_eq!((seconds("soon"), seconds("-1")), (None, None));
    }
}

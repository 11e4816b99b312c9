//! Webhooks: posts to a service of the flow's author, with retries.

use std::time::Duration;

use super::clock::Clock;
use super::failure::Failure;
use super::retry::{retry_after, waits};
use super::wire::{PlatformRequest, Reply, Wire};

/// Maximum size of a response, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// A request with its timeouts and retries.
#[derive(Debug, Clone)]
pub struct PostRequest {
    /// Address of the service.
    pub address: String,
    /// JSON to send.
    pub body: String,
    /// Headers to send, in addition to those of every request.
    pub headers: Vec<(String, String)>,
    /// Timeout of one attempt.
    pub timeout: Duration,
    /// Timeout of all attempts with the pauses between them.
    pub deadline: Option<Duration>,
    /// Maximum number of attempts.
    pub attempts: usize,
}

/// Response with any status. Redirects count as responses: they are not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostResponse {
    /// HTTP status.
    pub status: u16,
    /// Body of the response, possibly empty.
    pub body: String,
}

/// Progress of one attempt.
#[derive(Debug)]
pub enum Attempt<'a> {
    /// The attempt begins.
    Begins,
    /// The attempt ended.
    Ended {
        /// Duration of the attempt.
        took: Duration,
        /// Result of the attempt.
        result: &'a Result<PostResponse, Failure>,
    },
}

/// Posts until there is a final response, or attempts or time run out. A request is
/// retried if the service refuses the connection, does not respond, or responds with 408,
/// 429 or 500 and above. `Retry-After` is respected.
///
/// # Errors
///
/// Returns the last failure if there was no response.
pub fn post(
    posting: &PostRequest,
    clock: &dyn Clock,
    seed: u64,
    mut report: impl FnMut(Attempt<'_>),
) -> Result<PostResponse, Failure> {
    let began = clock.elapsed();
    let left = |clock: &dyn Clock| match posting.deadline {
        Some(deadline) => deadline.saturating_sub(clock.elapsed() - began),
        None => Duration::MAX,
    };
    let mut waits = waits(posting.attempts, seed);
    loop {
        if clock.is_stopped() {
            return Err(Failure::Stopped);
        }
        report(Attempt::Begins);
        let timeout = posting.timeout.min(left(clock)).max(Duration::from_millis(1));
        let asked_at = clock.elapsed();
        let reply = once(posting, timeout);
        let wait = wanted_wait(&reply, clock);
        let result = reply.map(|it| PostResponse { status: it.status, body: it.body });
        let took = clock.elapsed().saturating_sub(asked_at);
        report(Attempt::Ended { took, result: &result });
        let next = if is_temporary(&result) { waits.next() } else { None };
        let Some(next) = next.map(|next| next.max(wait)) else { return result };
        if next >= left(clock) {
            return result;
        }
        clock.sleep(next);
    }
}

fn once(posting: &PostRequest, timeout: Duration) -> Result<Reply, Failure> {
    // One connection per request, because requests to one service are rare. No proxy:
    // requests to this machine must stay on it.
    let wire = Wire::new(timeout, None, false).at_most(MOST_BYTES);
    let wire = wire.with_headers(posting.headers.clone());
    let body = Some(("application/json", posting.body.as_str()));
    wire.ask(&PlatformRequest { method: "POST", address: &posting.address, body }, None)
}

/// Returns the waiting time that the service requests.
fn wanted_wait(reply: &Result<Reply, Failure>, clock: &dyn Clock) -> Duration {
    let header = reply.as_ref().ok().and_then(|reply| reply.retry_after.as_deref());
    header.and_then(|header| retry_after(header, clock.now())).unwrap_or_default()
}

fn is_temporary(result: &Result<PostResponse, Failure>) -> bool {
    match result {
        Ok(answer) => matches!(answer.status, 408 | 429 | 500..),
        Err(failure) => failure.is_temporary(),
    }
}

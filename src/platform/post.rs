//! Webhooks: posting to a service of the author's own, again if it cannot answer now.

use std::time::Duration;

use super::clock::Clock;
use super::failure::Failure;
use super::retry::{retry_after, waits};
use super::wire::{Asked, Reply, Wire};

/// The largest answer that is read, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// What is posted, and how much patience there is.
#[derive(Debug, Clone)]
pub struct Posting {
    /// Where to.
    pub address: String,
    /// What is sent: JSON.
    pub body: String,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How long all of them may take, with the pauses between them.
    pub deadline: Option<Duration>,
    /// How many attempts there may be.
    pub attempts: usize,
}

/// An answer, of any status. Redirects are answers too: they are not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// The text; empty if there is none.
    pub body: String,
}

/// How one attempt went, or that it begins.
#[derive(Debug)]
pub enum Attempt<'a> {
    /// It begins.
    Begins,
    /// It is over.
    Ended {
        /// How long it took.
        took: Duration,
        /// What came of it.
        result: &'a Result<Posted, Failure>,
    },
}

/// Posts until there is an answer that stays, or patience is at an end: a service that
/// refuses the connection, is silent, or answers 408, 429 or from 500 on is asked again.
/// `Retry-After` is heeded.
///
/// # Errors
/// There was no answer at last.
pub fn post(
    posting: &Posting,
    clock: &dyn Clock,
    seed: u64,
    mut tell: impl FnMut(Attempt<'_>),
) -> Result<Posted, Failure> {
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
        tell(Attempt::Begins);
        let timeout = posting.timeout.min(left(clock)).max(Duration::from_millis(1));
        let asked_at = clock.elapsed();
        let reply = once(posting, timeout);
        let wait = wanted_wait(&reply, clock);
        let result = reply.map(|it| Posted { status: it.status, body: it.body });
        let took = clock.elapsed().saturating_sub(asked_at);
        tell(Attempt::Ended { took, result: &result });
        let next = if is_temporary(&result) { waits.next() } else { None };
        let Some(next) = next.map(|next| next.max(wait)) else { return result };
        if next >= left(clock) {
            return result;
        }
        clock.sleep(next);
    }
}

fn once(posting: &Posting, timeout: Duration) -> Result<Reply, Failure> {
    // One connection each: whoever is asked seldom is asked afresh. No proxy: what is on this
    // machine stays there.
    let wire = Wire::new(timeout, None, false).at_most(MOST_BYTES);
    let body = Some(("application/json", posting.body.as_str()));
    wire.ask(&Asked { method: "POST", address: &posting.address, body }, None)
}

/// How long the service wants to be left alone.
fn wanted_wait(reply: &Result<Reply, Failure>, clock: &dyn Clock) -> Duration {
    let header = reply.as_ref().ok().and_then(|reply| reply.retry_after.as_deref());
    header.and_then(|header| retry_after(header, clock.now())).unwrap_or_default()
}

fn is_temporary(result: &Result<Posted, Failure>) -> bool {
    match result {
        Ok(answer) => matches!(answer.status, 408 | 429 | 500..),
        Err(failure) => failure.is_temporary(),
    }
}

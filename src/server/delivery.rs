//! Delivery of webhook calls, on their own threads and without the lock on the
//! organisation.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedReceiver;

use super::calls::Job;
use super::shared::Server;
use super::state::outgoing::{CallResult, Cause, Outgoing};
use crate::platform::{Attempt, Failure, PostRequest, PostResponse, SystemClock, post};
use crate::value::Json;

/// Maximum number of concurrent calls; further calls wait.
const MAX_CALLS: usize = 32;

/// Makes calls as long as the server runs.
pub(super) async fn make(server: Arc<Server>, mut jobs: UnboundedReceiver<Job>) {
    let slots = Arc::new(Semaphore::new(MAX_CALLS));
    while let Some(job) = jobs.recv().await {
        let Ok(permit) = Arc::clone(&slots).acquire_owned().await else { return };
        let server = Arc::clone(&server);
        tokio::task::spawn_blocking(move || {
            make_one(&server, &job);
            drop(permit);
        });
    }
}

fn make_one(server: &Server, job: &Job) {
    let calls = &server.calls;
    if !job.is_awaited(&server.state()) {
        let reason = "the instance no longer waits for the call".to_owned();
        return calls.abandon(job, reason);
    }
    let clock = SystemClock::new(calls.stop.clone());
    let on_attempt = |attempt: Attempt<'_>| {
        calls.attempted(job, &attempt);
        server.changes.announce();
    };
    let answer = post(&posting(&job.outgoing), &clock, job.number, on_attempt);
    if answer == Err(Failure::Stopped) {
        // If the instance is stored on disk, the call is repeated at the next start.
        return;
    }
    let (outcome, result) = result(answer, &job.outgoing.cause);
    let mut state = server.state();
    calls.end(&mut state, job, outcome, result);
    server.settle(&mut state);
    server.changes.announce();
}

fn posting(outgoing: &Outgoing) -> PostRequest {
    let webhook = &outgoing.webhook;
    let (timeout, deadline) = match outgoing.cause {
        Cause::Collected(_) => (Duration::from_millis(webhook.timeout_ms), None),
        Cause::Node { timeout_ms } => {
            let all = Duration::from_millis(timeout_ms.unsigned_abs());
            (all, Some(all))
        }
    };
    let (address, body) = (webhook.url.clone(), outgoing.body.to_string());
    let headers = webhook.headers_for(&body);
    let attempts = webhook.attempts;
    PostRequest { address, body, headers, timeout, deadline, attempts }
}

/// Returns the outcome for the log and the result for the waiting instance. Only webhook
/// nodes receive the output of an answer.
fn result(
    answer: Result<PostResponse, Failure>,
    cause: &Cause,
) -> (&'static str, CallResult) {
    let PostResponse { status, body } = match answer {
        Ok(answer) => answer,
        Err(Failure::TimedOut { .. }) => return ("timedOut", CallResult::TimedOut),
        Err(failure) => {
            let reason = failure.diagnostic().message;
            return ("failed", CallResult::Failed { reason });
        }
    };
    let is_success = (200..300).contains(&status);
    let outcome = if is_success { "answered" } else { "failed" };
    let text = body.strip_prefix('\u{feff}').unwrap_or(&body).trim();
    let is_read = matches!(cause, Cause::Node { .. }) && !text.is_empty();
    match Json::parse(text) {
        Ok(_) if is_read => {
            (outcome, CallResult::Answered { status, output: text.to_owned() })
        }
        Err(problem) if is_read && is_success => {
            ("failed", CallResult::Failed { reason: format!("the answer is {problem}") })
        }
        _ => (outcome, CallResult::Answered { status, output: "{}".to_owned() }),
    }
}

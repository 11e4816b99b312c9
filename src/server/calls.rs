//! Webhook calls. They run on their own threads, without the lock on the organisation,
//! and are logged.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::state::State;
use super::state::event::Event;
use super::state::instance::moment;
use super::state::outgoing::{CallResult, Cause, Outgoing};
use super::{Server, beginning};
use crate::platform::{
    Attempt, Failure, PostRequest, PostResponse, Stop, SystemClock, post,
};
use crate::value::{Json, Text};

/// Maximum number of concurrent calls; further calls wait.
const MAX_CALLS: usize = 32;
/// Maximum number of open calls, including those that wait.
const MAX_OPEN: usize = 10_000;
/// Maximum number of finished calls in the log; the oldest are dropped first.
const MAX_NOTED: usize = 1_000;

/// A call that is waiting to be made.
#[derive(Debug)]
pub(super) struct Job {
    /// The call's number in the log.
    number: u64,
    /// The id of the instance that waits for the call.
    instance: Text,
    resets: u64,
    outgoing: Outgoing,
}

impl Job {
    /// Returns `true` if the instance still waits for this call.
    fn is_awaited(&self, state: &State) -> bool {
        let instance = state.instances.get(&self.instance);
        let call = instance.and_then(|instance| instance.outgoing.as_ref());
        state.resets == self.resets
            && call.is_some_and(|call| call.number == self.outgoing.number)
    }
}

/// The webhook calls of a server.
pub(super) struct Calls {
    log: Mutex<Log>,
    jobs: UnboundedSender<Job>,
    /// Cancels running calls when the server stops.
    stop: Stop,
}

#[derive(Debug, Default)]
struct Log {
    calls: VecDeque<LoggedCall>,
    count: u64,
    /// Number of calls without an outcome.
    open: usize,
}

/// A call in the log.
#[derive(Debug)]
struct LoggedCall {
    number: u64,
    instance: Text,
    /// The server's clock when the call began, in milliseconds since 1970.
    at: i64,
    node: Text,
    is_of_node: bool,
    url: String,
    body: String,
    attempts: Vec<Value>,
    /// Whether an attempt is running at this moment.
    is_asking: bool,
    /// The outcome; `None` while the call is open.
    outcome: Option<&'static str>,
    /// The reason, if the call failed.
    error: Option<String>,
}

impl LoggedCall {
    fn to_json(&self) -> Value {
        json!({
            "number": self.number,
            "at": moment(self.at),
            "flowInstanceId": self.instance.as_str(),
            "node": self.node.as_str(),
            "cause": if self.is_of_node { "webhookNode" } else { "keysCollected" },
            "url": self.url,
            "body": self.body,
            "attempts": self.attempts,
            "outcome": self.outcome.unwrap_or("open"),
            "error": self.error,
        })
    }
}

impl Calls {
    /// Creates an empty log. New calls are sent to `jobs`.
    pub(super) fn new(jobs: UnboundedSender<Job>) -> Self {
        Self { log: Mutex::default(), jobs, stop: Stop::default() }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the calls that instances have begun to wait for.
    pub(super) fn begin(&self, state: &mut State) {
        loop {
            let calls = state.take_calls();
            if calls.is_empty() {
                return;
            }
            for (instance, outgoing) in calls {
                let number = self.log().begin(&instance, &outgoing);
                let resets = state.resets;
                let job = Job { number, instance, resets, outgoing };
                if self.log().open > MAX_OPEN {
                    let reason = format!("{MAX_OPEN} calls are already open");
                    self.end(state, &job, "failed", CallResult::Failed { reason });
                } else {
                    // Fails only while the server is stopping, when no more calls are
                    // made.
                    let _ = self.jobs.send(job);
                }
            }
        }
    }

    /// Records the outcome of a call and resumes the instance.
    fn end(
        &self,
        state: &mut State,
        job: &Job,
        outcome: &'static str,
        result: CallResult,
    ) {
        let mut error = match &result {
            CallResult::Failed { reason } => Some(reason.clone()),
            _ => None,
        };
        if job.is_awaited(state) {
            let (id, call) = (job.instance.to_string(), job.outgoing.number);
            if let Err(refusal) = state.commit(Event::WebhookCalled { id, call, result })
            {
                error = Some(refusal.message);
            }
        }
        self.log().end(job.number, outcome, error);
    }

    /// Returns the logged calls, the oldest first.
    pub(super) fn to_json(&self) -> Vec<Value> {
        self.log().calls.iter().map(LoggedCall::to_json).collect()
    }

    /// Returns `true` if an attempt of the call that this instance waits for is running.
    pub(super) fn is_asking(&self, instance: &str) -> bool {
        self.log().calls.iter().any(|call| call.instance == *instance && call.is_asking)
    }

    /// Cancels running calls and prevents new ones.
    pub(super) fn stop(&self) {
        self.stop.stop();
    }
}

impl Log {
    fn begin(&mut self, instance: &Text, outgoing: &Outgoing) -> u64 {
        self.count += 1;
        self.calls.push_back(LoggedCall {
            number: self.count,
            instance: instance.clone(),
            at: outgoing.asked_at,
            node: outgoing.node.clone(),
            is_of_node: matches!(outgoing.cause, Cause::Node { .. }),
            url: outgoing.webhook.shown().to_owned(),
            body: beginning(&outgoing.body.to_string()).to_owned(),
            attempts: Vec::new(),
            is_asking: false,
            outcome: None,
            error: None,
        });
        self.open += 1;
        self.count
    }

    fn end(&mut self, number: u64, outcome: &'static str, error: Option<String>) {
        self.open -= 1;
        self.change(number, |noted| {
            noted.outcome = Some(outcome);
            noted.error = error;
        });
        if self.calls.len() - self.open > MAX_NOTED
            && let Some(oldest) = self.calls.iter().position(|it| it.outcome.is_some())
        {
            self.calls.remove(oldest);
        }
    }

    fn change(&mut self, number: u64, change: impl FnOnce(&mut LoggedCall)) {
        if let Some(call) = self.calls.iter_mut().find(|call| call.number == number) {
            change(call);
        }
    }
}

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
        return calls.log().end(job.number, "failed", Some(reason));
    }
    let clock = SystemClock::new(calls.stop.clone());
    let on_attempt = |attempt: Attempt<'_>| {
        calls.log().change(job.number, |noted| note(noted, &attempt));
    };
    let answer = post(&posting(&job.outgoing), &clock, job.number, on_attempt);
    if answer == Err(Failure::Stopped) {
        // If the instance is stored on disk, the call is repeated at the next start.
        return;
    }
    let (outcome, result) = result(answer, &job.outgoing.cause);
    let mut state = server.state();
    calls.end(&mut state, job, outcome, result);
    calls.begin(&mut state);
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
    PostRequest { address, body, timeout, deadline, attempts: webhook.attempts }
}

fn note(noted: &mut LoggedCall, attempt: &Attempt<'_>) {
    noted.is_asking = matches!(attempt, Attempt::Begins);
    let Attempt::Ended { took, result } = attempt else { return };
    let number = noted.attempts.len() + 1;
    let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    noted.attempts.push(match result {
        Ok(PostResponse { status, body }) => json!({
            "number": number, "status": status, "answer": beginning(body), "durationMs": took,
        }),
        Err(failure) => json!({
            "number": number, "error": failure.diagnostic().message, "durationMs": took,
        }),
    });
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

//! Webhook calls: those that are open, and the log.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::request_log::beginning;
use super::state::State;
use super::state::event::Event;
use super::state::instance::moment;
use super::state::outgoing::{CallResult, Cause, Outgoing};
use crate::platform::{Attempt, PostResponse, Stop};
use crate::value::Text;

/// Maximum number of open calls, including those that wait.
const MAX_OPEN: usize = 10_000;
/// Maximum number of finished calls in the log; the oldest are dropped first.
const MAX_NOTED: usize = 1_000;

/// A call that is waiting to be made.
#[derive(Debug)]
pub(super) struct Job {
    /// The call's number in the log.
    pub(super) number: u64,
    /// The id of the instance that waits for the call.
    instance: Text,
    resets: u64,
    /// The call.
    pub(super) outgoing: Outgoing,
}

impl Job {
    /// Returns `true` if the instance still waits for this call.
    pub(super) fn is_awaited(&self, state: &State) -> bool {
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
    pub(super) stop: Stop,
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

    /// Records an attempt of a call.
    pub(super) fn attempted(&self, job: &Job, attempt: &Attempt<'_>) {
        self.log().change(job.number, |logged| note(logged, attempt));
    }

    /// Records that a call was not made.
    pub(super) fn abandon(&self, job: &Job, reason: String) {
        self.log().end(job.number, "failed", Some(reason));
    }

    /// Records the outcome of a call and resumes the instance.
    pub(super) fn end(
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

//! Test control: faults, inputs for the next simulation, and the request log.

use std::collections::VecDeque;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::http::reply::ApiError;
use super::state::instance::moment;
use crate::world::Input;

/// Maximum number of requests in the log; the oldest are dropped first.
pub(super) const MAX_LOGGED: usize = 1_000;
/// Maximum number of faults for one route, and of routes with faults.
pub(super) const MAX_FAULTS: usize = 1_000;

/// The settings of tests, and the request log.
#[derive(Debug, Default)]
pub(super) struct Control {
    faults: IndexMap<String, VecDeque<Fault>>,
    /// The participant's inputs for the next simulation.
    pub(super) inputs: Vec<Input>,
    log: VecDeque<Logged>,
    logged: u64,
}

/// A request and its answer.
#[derive(Debug, Clone)]
pub(super) struct Logged {
    /// The id of the request.
    pub(super) id: String,
    /// The server's clock, in milliseconds since 1970.
    pub(super) at: i64,
    /// The method and the path with its query.
    pub(super) method: String,
    pub(super) uri: String,
    /// The bodies of the request and of the answer, shortened to the logged length.
    pub(super) asked: String,
    pub(super) answered: String,
    /// The HTTP status.
    pub(super) status: u16,
    /// The reason for this answer.
    pub(super) why: String,
}

impl Logged {
    /// Writes the log entry, with the number of the request.
    fn to_json(&self, number: u64) -> Value {
        json!({
            "number": number,
            "id": self.id,
            "at": moment(self.at),
            "method": self.method,
            "uri": self.uri,
            "body": self.asked,
            "status": self.status,
            "why": self.why,
            "answer": self.answered,
        })
    }
}

/// A filter on the request log.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogFilter {
    pub(super) status: Option<Status>,
    /// Only requests before the one with this number.
    pub(super) before: Option<u64>,
    /// Maximum number of requests, the newest ones.
    pub(super) most: usize,
}

/// One status, or all statuses with the same first digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    One(u16),
    Class(u16),
}

impl Status {
    /// Reads `409` or `4xx`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let hundred = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX"));
        match hundred {
            Some(hundred) => hundred.parse().ok().map(Self::Class),
            None => text.parse().ok().map(Self::One),
        }
    }

    fn fits(self, status: u16) -> bool {
        match self {
            Self::One(one) => one == status,
            Self::Class(hundred) => hundred == status / 100,
        }
    }
}

/// A fault that replaces the answer to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The HTTP status; below 300 the request is handled as usual.
    pub(super) status: u16,
    /// The value of the `Retry-After` header, in seconds.
    pub(super) retry_after: Option<u64>,
    /// The message in the error body.
    pub(super) message: Option<String>,
    /// Delay of the answer, in milliseconds of the wall clock.
    pub(super) delay_ms: u64,
}

/// Maximum delay of an answer, in milliseconds.
const MAX_DELAY_MS: u64 = 60_000;

impl Fault {
    /// Reads a status, or `{status, retryAfter?, message?, delayMs?}`.
    pub(super) fn read(value: &Value) -> Result<Self, ApiError> {
        let object = json!({ "status": value });
        let value = if value.is_number() { &object } else { value };
        let status = value["status"].as_u64().and_then(|it| u16::try_from(it).ok());
        let status = status.filter(|status| (200..600).contains(status));
        let Some(status) = status else {
            let message = "a fault must be a status from 200 to 599, or an object with \
                           `status` and optionally `retryAfter`, `message` and `delayMs`";
            return Err(ApiError::bad(message));
        };
        Ok(Self {
            status,
            retry_after: value["retryAfter"].as_u64(),
            message: value["message"].as_str().map(str::to_owned),
            delay_ms: value["delayMs"].as_u64().unwrap_or(0).min(MAX_DELAY_MS),
        })
    }

    /// Returns the error answer of this fault, or `None` if the request is handled as
    /// usual.
    pub(super) fn refusal(&self) -> Option<ApiError> {
        if self.status < 300 {
            return None;
        }
        let (code, message) = match self.status {
            401 => ("bad.credentials", "Invalid login credentials."),
            403 => ("missing.permissions", "Unable to perform the requested action."),
            404 => ("not.found", "The requested resource was not found."),
            409 => ("conflict", "The resource is in use by another user."),
            429 => ("too.many.requests.retry.after", "Rate limit exceeded."),
            503 => ("service.unavailable", "The service is not available."),
            500.. => ("internal.server.error", "An internal server error occurred."),
            _ => ("bad.request", "The request was refused."),
        };
        let message = self.message.clone().unwrap_or_else(|| message.to_owned());
        let refusal = ApiError::new(self.status, code, message);
        Some(ApiError { retry_after: self.retry_after, ..refusal })
    }
}

impl Control {
    /// Sets the faults for the next requests of a route.
    pub(super) fn set_faults(&mut self, route: String, faults: Vec<Fault>) {
        if faults.is_empty() {
            self.faults.shift_remove(&route);
        } else if self.faults.len() < MAX_FAULTS || self.faults.contains_key(&route) {
            self.faults.insert(route, faults.into_iter().take(MAX_FAULTS).collect());
        }
    }

    /// Takes the next fault that is set for one of the keys: the request's path or its
    /// route.
    pub(super) fn next_fault(&mut self, keys: [&str; 2]) -> Option<Fault> {
        let key = keys.into_iter().find(|key| self.faults.contains_key(*key))?;
        let faults = self.faults.get_mut(key)?;
        let fault = faults.pop_front();
        if faults.is_empty() {
            self.faults.shift_remove(key);
        }
        fault
    }

    /// Adds a request and its answer to the log. Returns the log entry.
    pub(super) fn note(&mut self, request: Logged) -> Value {
        self.logged += 1;
        let noted = request.to_json(self.logged);
        self.log.push_back(request);
        if self.log.len() > MAX_LOGGED {
            self.log.pop_front();
        }
        noted
    }

    /// Counts the logged requests by the first digit of their status: `2xx`.
    pub(super) fn counts(&self) -> IndexMap<String, usize> {
        let mut counts: IndexMap<String, usize> =
            (2..=5).map(|hundred| (format!("{hundred}xx"), 0)).collect();
        for entry in &self.log {
            *counts.entry(format!("{}xx", entry.status / 100)).or_default() += 1;
        }
        counts
    }

    /// Returns the newest requests that match the filter, the oldest first.
    pub(super) fn log(&self, wanted: &LogFilter) -> Vec<Value> {
        let newest = self.log.iter().rev().zip(0..);
        let entries = newest.map(|(entry, later)| (entry, self.logged - later));
        let entries = entries.filter(|(entry, number)| {
            wanted.before.is_none_or(|before| *number < before)
                && wanted.status.is_none_or(|status| status.fits(entry.status))
        });
        let write = |(entry, number): (&Logged, u64)| entry.to_json(number);
        let mut newest: Vec<Value> = entries.take(wanted.most).map(write).collect();
        newest.reverse();
        newest
    }

    /// Takes the request log, leaving an empty one.
    pub(super) fn take_log(&mut self) -> (VecDeque<Logged>, u64) {
        (std::mem::take(&mut self.log), self.logged)
    }

    /// Restores a request log that [`Self::take_log`] returned.
    pub(super) fn restore_log(&mut self, (log, logged): (VecDeque<Logged>, u64)) {
        (self.log, self.logged) = (log, logged);
    }
}

//! Test control: faults, stubs, inputs for the next simulation, and the request log.

use std::collections::VecDeque;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::codes::Codes;
use super::fault::Faults;
use super::state::instance::moment;
use super::stub::Stubs;
use crate::world::{AnswerProgress, Input};

/// Maximum number of requests in the log; the oldest are dropped first.
pub(super) const MAX_LOGGED: usize = 1_000;

/// The settings of tests, and the request log.
#[derive(Debug, Default)]
pub(super) struct Control {
    /// The faults for the next requests.
    pub(super) faults: Faults,
    /// The prepared answers.
    pub(super) stubs: Stubs,
    /// Progress of `execute` requests through the prepared answers of data actions.
    pub(super) answers: AnswerProgress,
    /// The participant's inputs for the next simulation.
    pub(super) inputs: Vec<Input>,
    /// The codes of logins.
    pub(super) codes: Codes,
    log: VecDeque<Logged>,
    logged: u64,
    /// Requests of each token in a minute of the server's clock: the minute and the count.
    requests: IndexMap<String, (i64, u64)>,
}

/// Maximum number of tokens whose requests are counted; the oldest are dropped first.
const MAX_COUNTED: usize = 10_000;

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
    pub(super) fn to_json(&self, number: u64) -> Value {
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

impl Control {
    /// Clears the request log. The numbers of requests continue.
    pub(super) fn clear_log(&mut self) -> usize {
        std::mem::take(&mut self.log).len()
    }

    /// Adds a request and its answer to the log. Returns its number.
    pub(super) fn note(&mut self, request: Logged) -> u64 {
        self.logged += 1;
        if self.log.len() >= MAX_LOGGED {
            self.log.pop_front();
        }
        self.log.push_back(request);
        self.logged
    }

    /// Counts a request of a token. Returns the number of its requests in this minute.
    pub(super) fn count_request(&mut self, token: &str, minute: i64) -> u64 {
        if !self.requests.contains_key(token) {
            if self.requests.len() >= MAX_COUNTED {
                self.requests.shift_remove_index(0);
            }
            self.requests.insert(token.to_owned(), (minute, 0));
        }
        let Some((known, count)) = self.requests.get_mut(token) else { return 0 };
        if *known != minute {
            (*known, *count) = (minute, 0);
        }
        *count += 1;
        *count
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

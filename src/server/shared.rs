//! The server: the organisation and everything else that all connections share.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::calls::Calls;
use super::changes::Changes;
use super::control::Logged;
use super::http::reply::{ApiError, Reply};
use super::http::request::ApiRequest;
use super::notifications::publish;
use super::request_log::{LogOutput, MAX_LOGGED_BYTES, beginning, is_observation, uri};
use super::route::Route;
use super::sites::Sites;
use super::state::State;
use super::writers::Writers;
use crate::value::derived_id;

/// State that all connections share.
pub(super) struct Server {
    state: Mutex<State>,
    requests: AtomicU64,
    /// The webhook calls.
    pub(super) calls: Calls,
    /// The changes, which pages follow.
    pub(super) changes: Changes,
    /// The locks on variables.
    pub(super) writers: Writers,
    /// All routes of the Platform API.
    pub(super) routes: Vec<Route>,
    /// Whether the state is stored on disk, so that handling a request may block.
    pub(super) is_persistent: bool,
    /// The host name of the server, and the pages that may use it.
    pub(super) sites: Sites,
    /// The output of the request log.
    log: Option<LogOutput>,
}

impl Server {
    /// Creates a server that has answered no request.
    pub(super) fn new(
        state: State,
        calls: Calls,
        routes: Vec<Route>,
        sites: Sites,
        log: Option<LogOutput>,
    ) -> Self {
        let is_persistent = state.is_persistent();
        Self {
            state: Mutex::new(state),
            requests: AtomicU64::new(0),
            calls,
            changes: Changes::default(),
            writers: Writers::default(),
            routes,
            is_persistent,
            sites,
            log,
        }
    }

    /// Locks the organisation.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the webhook calls that instances wait for, publishes what has changed, and
    /// keeps the counts of queues up to date.
    pub(super) fn settle(&self, state: &mut State) {
        self.calls.begin(state);
        publish(state);
        state.count_many_changes();
    }

    /// Returns the id of the next request.
    pub(super) fn next_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        derived_id(&format!("Request:{number}")).to_string()
    }

    /// Answers input that is not HTTP.
    pub(super) fn malformed(&self, status: u16) -> (String, Reply) {
        let asked = ApiRequest { id: self.next_id(), ..ApiRequest::default() };
        let (code, message) = match status {
            414 => ("uri.too.long", "the path and query are too long"),
            431 => ("headers.too.large", "the headers are too large"),
            _ => ("bad.request", "the request line or the headers are not HTTP/1.1"),
        };
        let reply = ApiError::new(status, code, message).into_reply(&asked.id);
        self.note(&asked, &reply);
        (asked.id, reply)
    }

    /// Logs a request and its answer.
    pub(super) fn note(&self, asked: &ApiRequest, reply: &Reply) {
        // The log omits requests that only observe, and the values of secrets.
        if is_observation(asked) {
            return;
        }
        let is_secret =
            asked.path.ends_with("/oauth/token") || asked.path == "/__flowsim/webhooks";
        let answered = reply.text();
        let answered = if is_secret { "" } else { beginning(&answered) };
        let answered = answered.to_owned();
        let body = asked.body.get(..MAX_LOGGED_BYTES).unwrap_or(&asked.body);
        let body = if is_secret { &[] } else { body };
        let uri = uri(asked, is_secret);
        let mut entry = Logged {
            id: asked.id.clone(),
            at: 0,
            method: asked.method.clone(),
            uri,
            asked: String::from_utf8_lossy(body).into_owned(),
            answered,
            status: reply.status,
            why: reply.why.clone(),
        };
        let mut state = self.state();
        entry.at = state.clock;
        let line = self.log.as_ref().map(|log| (log, entry.clone()));
        let number = state.control.note(entry);
        drop(state);
        self.changes.announce();
        if let Some((log, entry)) = line {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            // The client gets its answer even if the log cannot be written.
            let _ = writeln!(log, "{}", entry.to_json(number));
        }
    }
}

//! Faults: errors and delays that a test sets for the next requests.

use std::collections::VecDeque;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::http::reply::{ApiError, Reply};
use super::http::request::{ApiRequest, Object};
use super::route::Route;
use crate::world::{Broken, RequestPattern};

/// Maximum number of faults for one route, and of routes with faults.
pub(super) const MAX_FAULTS: usize = 1_000;
/// Maximum number of requests that a fault is counted for.
const MAX_COUNT: u64 = 1_000_000;
/// Maximum delay of an answer, in milliseconds.
const MAX_DELAY_MS: u64 = 60_000;
const KEYS: [&str; 6] =
    ["status", "retryAfter", "message", "delayMs", "count", "connection"];

/// The faults of all routes.
#[derive(Debug, Default)]
pub(super) struct Faults(IndexMap<String, (RequestPattern, VecDeque<Fault>)>);

/// A fault that replaces the answer to requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The HTTP status; below 300 the request is handled as usual.
    status: u16,
    /// The value of the `Retry-After` header, in seconds.
    retry_after: Option<u64>,
    /// The message in the error body.
    message: Option<String>,
    /// Delay of the answer, in milliseconds of the wall clock.
    delay_ms: u64,
    /// Number of requests; `None` for all until the fault is removed.
    count: Option<u64>,
    /// Failure of the connection.
    broken: Option<Broken>,
}

impl Fault {
    /// Reads a status, or `{status, retryAfter?, message?, delayMs?, count?,
    /// connection?}`.
    ///
    /// # Errors
    /// 400 if a key is unknown, or has an unexpected value.
    pub(super) fn read(value: &Value) -> Result<Self, ApiError> {
        let entries = match value {
            Value::Number(_) => Object::from_iter([("status".to_owned(), value.clone())]),
            Value::Object(entries) => Object(entries.clone()),
            _ => return Err(invalid()),
        };
        entries.only("a fault", &KEYS)?;
        let broken = entries.text("connection")?.map(|name| {
            let names = Broken::names().join("`, `");
            Broken::from_name(name)
                .ok_or_else(|| ApiError::bad(format!("`connection` must be `{names}`")))
        });
        let status = match (entries.get("status"), &broken) {
            (None, Some(_)) => 200,
            (status, _) => status
                .and_then(Value::as_u64)
                .and_then(|it| u16::try_from(it).ok())
                .filter(|status| (200..600).contains(status))
                .ok_or_else(invalid)?,
        };
        let count = match entries.get("count") {
            Some(Value::String(text)) if text == "always" => None,
            _ => Some(entries.whole("count", 1..=MAX_COUNT)?.unwrap_or(1)),
        };
        Ok(Self {
            status,
            retry_after: entries.whole("retryAfter", 0..=86_400)?,
            message: entries.text("message")?.map(str::to_owned),
            delay_ms: entries.whole("delayMs", 0..=MAX_DELAY_MS)?.unwrap_or(0),
            count,
            broken: broken.transpose()?,
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

    /// Adds the delay and the failure of the connection to an answer, and the reason.
    pub(super) fn spoil(&self, reply: &mut Reply, key: &str) {
        reply.delay_ms += self.delay_ms;
        reply.broken = self.broken.or(reply.broken);
        reply.why = format!("a fault was set for {key}: {}", reply.why);
    }

    fn to_json(&self) -> Value {
        let count = self.count.map_or_else(|| "always".into(), Value::from);
        let names = Broken::names();
        let mut names = names.iter();
        json!({
            "status": self.status,
            "retryAfter": self.retry_after,
            "message": self.message,
            "delayMs": self.delay_ms,
            "count": count,
            "connection": names.find(|name| Broken::from_name(name) == self.broken && self.broken.is_some()),
        })
    }
}

fn invalid() -> ApiError {
    ApiError::bad(
        "a fault must be a status from 200 to 599, or an object with `status` and \
         optionally `retryAfter`, `message`, `delayMs`, `count` and `connection`",
    )
}

impl Faults {
    /// Sets the faults for the next requests of a route; an empty list removes them.
    pub(super) fn set(&mut self, route: RequestPattern, faults: Vec<Fault>) {
        if faults.is_empty() {
            self.0.shift_remove(route.text());
        } else if self.0.len() < MAX_FAULTS || self.0.contains_key(route.text()) {
            let faults = faults.into_iter().take(MAX_FAULTS).collect();
            self.0.insert(route.text().to_owned(), (route, faults));
        }
    }

    /// Takes the next fault for a request, and the route that it was set for. Faults for
    /// its path come before those for its route, and these before those with wildcards.
    pub(super) fn next(
        &mut self,
        asked: &ApiRequest,
        route: Option<&Route>,
    ) -> Option<(Fault, String)> {
        if self.0.is_empty() {
            return None;
        }
        let own = format!("{} {}", asked.method, asked.path);
        let of_route = route.map(Route::key);
        let exact = [Some(own.as_str()), of_route.as_deref()].into_iter().flatten();
        let exact =
            exact.filter(|key| self.0.contains_key(*key)).map(str::to_owned).next();
        let key = exact.or_else(|| {
            let mut patterns = self.0.values().map(|(pattern, _)| pattern);
            let fits = |it: &&RequestPattern| {
                (route.is_none() || it.text().contains('*'))
                    && it.fits(&asked.method, &asked.path, &asked.query)
            };
            patterns.find(fits).map(|it| it.text().to_owned())
        })?;
        let (_, faults) = self.0.get_mut(&key)?;
        let fault = faults.front()?.clone();
        if let Some(count) = faults.front_mut().and_then(|it| it.count.as_mut()) {
            *count -= 1;
            if *count == 0 {
                faults.pop_front();
            }
        }
        if faults.is_empty() {
            self.0.shift_remove(&key);
        }
        Some((fault, key))
    }

    /// Returns the faults that are still set, by route.
    pub(super) fn to_json(&self) -> Value {
        let list = |faults: &VecDeque<Fault>| {
            faults.iter().map(Fault::to_json).collect::<Value>()
        };
        self.0.iter().map(|(key, (_, it))| (key.clone(), list(it))).collect()
    }
}

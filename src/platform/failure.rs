//! What can go wrong with a live service, and how its user is told.

use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic};
use crate::value::Json;

/// Why the service did not give what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No connection, or one that broke.
    Unreachable {
        /// What was asked: `GET https://…/api/v2/flows/1`.
        request: String,
        /// Why.
        reason: String,
        /// Whether it may be otherwise a little later.
        is_temporary: bool,
    },
    /// No whole answer in time.
    TimedOut {
        /// What was asked.
        request: String,
    },
    /// The service said no.
    Refused {
        /// What was asked.
        request: String,
        /// The status of the answer.
        status: u16,
        /// What it says.
        body: Box<ErrorBody>,
        /// How long the service wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// The answer is not what was agreed upon.
    Unexpected {
        /// What was asked.
        request: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// The service did a part of what was asked, and had no time for the rest.
    Busy,
    /// The work was stopped before.
    Stopped,
}

/// The body of an error, as the platform writes them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorBody {
    /// `message`, or `error_description` of the login, or `reason` of Elasticsearch.
    pub message: Option<String>,
    /// `code`, or `error` of the login, or `type` of Elasticsearch.
    pub code: Option<String>,
    /// `contextId`: what Genesys asks for when it is to look into something.
    pub context_id: Option<String>,
    /// What `details` and `errors` say in addition.
    pub details: Vec<String>,
}

impl ErrorBody {
    /// Reads a body; of one that is none there is nothing to tell.
    pub(super) fn read(body: &str) -> Self {
        let Ok(json) = Json::parse(body) else { return Self::default() };
        let list = |key| match json.get(key) {
            Some(Json::Array(items)) => items.iter().filter_map(detail).collect(),
            _ => Vec::new(),
        };
        let mut details: Vec<String> = list("details");
        details.extend(list("errors"));
        // Elasticsearch has everything in an object.
        let error = |key| json.get("error").and_then(|error| text(error, key));
        let message = text(&json, "message").or_else(|| error("reason"));
        Self {
            message: message.or_else(|| text(&json, "error_description")),
            code: text(&json, "code")
                .or_else(|| text(&json, "error"))
                .or_else(|| error("type")),
            context_id: text(&json, "contextId"),
            details,
        }
    }
}

impl ErrorBody {
    /// The same with other texts.
    pub(super) fn map(self, text: impl Fn(String) -> String) -> Self {
        Self {
            message: self.message.map(&text),
            code: self.code.map(&text),
            context_id: self.context_id.map(&text),
            details: self.details.into_iter().map(text).collect(),
        }
    }
}

/// What one of `details` or `errors` says.
fn detail(item: &Json) -> Option<String> {
    let place = text(item, "fieldName").or_else(|| text(item, "entityName"));
    let said = text(item, "message").or_else(|| text(item, "errorCode"));
    match (place, said) {
        (Some(place), Some(said)) => Some(format!("{place}: {said}")),
        (place, said) => said.or(place),
    }
}

fn text(json: &Json, key: &str) -> Option<String> {
    match json.get(key)? {
        Json::String(text) => Some(shortened(text)),
        _ => None,
    }
}

/// As much of somebody else's text as a message takes.
fn shortened(text: &str) -> String {
    const MOST: usize = 400;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

impl Failure {
    /// Whether the same request may succeed a little later.
    pub(super) fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { is_temporary, .. } => *is_temporary,
            Self::TimedOut { .. } | Self::Busy => true,
            Self::Refused { status, .. } => {
                matches!(status, 408 | 409 | 429 | 500 | 502..=599)
            }
            Self::Unexpected { .. } | Self::Stopped => false,
        }
    }

    /// How long the service wants to be left alone.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether every other request will fail likewise.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Stopped => true,
            Self::Refused { status, .. } => *status == 401,
            Self::TimedOut { .. } | Self::Busy | Self::Unexpected { .. } => false,
        }
    }

    /// What its user is told.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::Unreachable { request, reason, .. } => {
                let message = format!("no connection for {request}: {reason}");
                Diagnostic::new(Code::PLATFORM_UNREACHABLE, message)
                    .help("check the address, the network, and `HTTPS_PROXY`")
            }
            Self::TimedOut { request } => {
                let message = format!("no answer in time to {request}");
                Diagnostic::new(Code::PLATFORM_UNREACHABLE, message)
                    .help("give it longer with --timeout-ms")
            }
            Self::Refused { request, status, body, .. } => {
                refused(request, *status, body)
            }
            Self::Unexpected { request, reason } => {
                let message = format!("the answer to {request} {reason}");
                Diagnostic::new(Code::PLATFORM_ANSWER, message)
            }
            Self::Busy => {
                let message = "the service had no time for all that it was asked";
                Diagnostic::new(Code::PLATFORM_REFUSED, message)
            }
            Self::Stopped => Diagnostic::new(Code::PLATFORM_UNREACHABLE, "interrupted"),
        }
    }
}

fn refused(request: &str, status: u16, body: &ErrorBody) -> Diagnostic {
    let mut message = format!("the service answered {status} to {request}");
    if let Some(code) = &body.code {
        message += &format!(", `{code}`");
    }
    if let Some(said) = &body.message {
        message += &format!(": {said}");
    }
    for detail in &body.details {
        message += &format!("; {detail}");
    }
    if let Some(id) = &body.context_id {
        message += &format!(" (contextId {id})");
    }
    let diagnostic = Diagnostic::new(Code::PLATFORM_REFUSED, message);
    match status {
        400 | 401 if request.contains("/oauth/") => diagnostic
            .help("check GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET and the region"),
        401 if request.ends_with("/_bulk") => diagnostic.help(
            "check ELASTICSEARCH_API_KEY, or ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD",
        ),
        403 if request.ends_with("/_bulk") => {
            diagnostic.help("the user or key needs the right to write into the index")
        }
        429 if request.ends_with("/_bulk") => diagnostic,
        401 => diagnostic.help("the service does not take the token that it gave"),
        403 => diagnostic.help("give a role with the permission to the OAuth client"),
        429 => diagnostic.help("ask more slowly with --rate"),
        _ => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_status(status: u16) -> Failure {
        let body = Box::default();
        Failure::Refused { request: "GET /".into(), status, body, retry_after: None }
    }

    #[test]
    fn what_may_pass_is_told_from_what_stays() {
        for status in [408, 409, 429, 500, 502, 503, 504] {
            assert!(of_status(status).is_temporary(), "{status}");
        }
        for status in [400, 401, 403, 404, 405, 413, 501] {
            assert!(!of_status(status).is_temporary(), "{status}");
        }
    }

    #[test]
    fn errors_of_the_platform_are_told_whole() {
        let body = r#"{"message": "No.", "code": "missing.permission", "status": 403,
            "contextId": "c-1", "details": [{"fieldName": "flowId", "errorCode": "bad"}],
            "errors": [{"message": "and that"}, {"x": 1}, 3]}"#;
        let failure = Failure::Refused {
            request: "POST /api".into(),
            status: 403,
            body: Box::new(ErrorBody::read(body)),
            retry_after: None,
        };
        let diagnostic = failure.diagnostic();
        assert_eq!(
            diagnostic.message,
            "the service answered 403 to POST /api, `missing.permission`: No.; flowId: bad; \
             and that (contextId c-1)"
        );
        assert!(diagnostic.help.unwrap().contains("permission"));
    }

    #[test]
    fn bodies_that_are_none_say_nothing() {
        for body in ["", "<html>", "[]", "3", r#"{"message": 3}"#] {
            assert_eq!(ErrorBody::read(body), ErrorBody::default(), "{body}");
        }
        let long = format!(r#"{{"message": "{}"}}"#, "ä".repeat(1000));
        assert_eq!(ErrorBody::read(&long).message.unwrap().chars().count(), 401);
    }
}

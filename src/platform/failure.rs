//! Failures of a live service, and their diagnostics.

use std::time::Duration;

use crate::diagnostic::{Code, Diagnostic};
use crate::value::{Json, shortened};

/// Maximum number of characters of external text in a message.
const MOST_EXTERNAL: usize = 400;

/// Reason why a request to the service failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No connection, or a broken connection.
    Unreachable {
        /// The request: `GET https://…/api/v2/flows/1`.
        request: String,
        /// Cause of the failure.
        reason: String,
        /// Whether a later attempt may succeed.
        is_temporary: bool,
    },
    /// No complete response in time.
    TimedOut {
        /// The request.
        request: String,
    },
    /// The service rejected the request.
    Refused {
        /// The request.
        request: String,
        /// HTTP status of the response.
        status: u16,
        /// Error body of the response.
        body: Box<ErrorBody>,
        /// Waiting time that the service requests.
        retry_after: Option<Duration>,
    },
    /// The response does not have the expected form.
    Unexpected {
        /// The request.
        request: String,
        /// Problem of the response.
        reason: String,
    },
    /// The service processed a part of the request and was too busy for the rest.
    Busy,
    /// The work was stopped before the request.
    Stopped,
}

/// Error body in the platform's format.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorBody {
    /// `message`, or `error_description` of the login, or `reason` of Elasticsearch.
    pub message: Option<String>,
    /// `code`, or `error` of the login, or `type` of Elasticsearch.
    pub code: Option<String>,
    /// `contextId`, needed by Genesys support for investigations.
    pub context_id: Option<String>,
    /// Additional messages of `details` and `errors`.
    pub details: Vec<String>,
}

impl ErrorBody {
    /// Reads a body; returns an empty value if it is not an error body.
    pub(super) fn read(body: &str) -> Self {
        let Ok(json) = Json::parse(body) else { return Self::default() };
        let list = |key| match json.get(key) {
            Some(Json::Array(items)) => items.iter().filter_map(detail).collect(),
            _ => Vec::new(),
        };
        let mut details: Vec<String> = list("details");
        details.extend(list("errors"));
        // Elasticsearch nests the error in an object.
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
    /// Applies a function to all strings.
    pub(super) fn map(self, text: impl Fn(String) -> String) -> Self {
        Self {
            message: self.message.map(&text),
            code: self.code.map(&text),
            context_id: self.context_id.map(&text),
            details: self.details.into_iter().map(text).collect(),
        }
    }
}

/// Returns the message of an item of `details` or `errors`.
fn detail(item: &Json) -> Option<String> {
    let place = text(item, "fieldName").or_else(|| text(item, "entityName"));
    let message = text(item, "message").or_else(|| text(item, "errorCode"));
    match (place, message) {
        (Some(place), Some(message)) => Some(format!("{place}: {message}")),
        (place, message) => message.or(place),
    }
}

fn text(json: &Json, key: &str) -> Option<String> {
    match json.get(key)? {
        Json::String(text) => Some(shortened(text, MOST_EXTERNAL).into_owned()),
        _ => None,
    }
}

impl Failure {
    /// Returns whether the same request may succeed later.
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

    /// Returns the waiting time that the service requests.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Returns whether every other request would fail, too.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Stopped => true,
            Self::Refused { status, .. } => *status == 401,
            Self::TimedOut { .. } | Self::Busy | Self::Unexpected { .. } => false,
        }
    }

    /// Returns the diagnostic for the user.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Self::Unreachable { request, reason, .. } => {
                let message = format!("no connection for {request}: {reason}");
                Diagnostic::new(Code::PLATFORM_UNREACHABLE, message)
                    .help("check the address, the network, and `HTTPS_PROXY`")
            }
            Self::TimedOut { request } => {
                let message = format!("no response in time to {request}");
                Diagnostic::new(Code::PLATFORM_UNREACHABLE, message)
                    .help("increase the timeout with --timeout-ms")
            }
            Self::Refused { request, status, body, .. } => {
                refused(request, *status, body)
            }
            Self::Unexpected { request, reason } => {
                let message = format!("the response to {request} {reason}");
                Diagnostic::new(Code::PLATFORM_ANSWER, message)
            }
            Self::Busy => {
                let message = "the service was too busy for the whole request";
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
    if let Some(text) = &body.message {
        message += &format!(": {text}");
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
        401 => diagnostic.help("the service rejects the token that it issued"),
        403 => diagnostic.help("grant the OAuth client a role with the permission"),
        429 => diagnostic.help("lower the request rate with --rate"),
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
    fn temporary_failures_are_distinguished() {
        for status in [408, 409, 429, 500, 502, 503, 504] {
            assert!(of_status(status).is_temporary(), "{status}");
        }
        for status in [400, 401, 403, 404, 405, 413, 501] {
            assert!(!of_status(status).is_temporary(), "{status}");
        }
    }

    #[test]
    fn errors_of_the_platform_are_reported_completely() {
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
    fn other_bodies_are_ignored() {
        for body in ["", "<html>", "[]", "3", r#"{"message": 3}"#] {
            assert_eq!(ErrorBody::read(body), ErrorBody::default(), "{body}");
        }
        let long = format!(r#"{{"message": "{}"}}"#, "ä".repeat(1000));
        assert_eq!(ErrorBody::read(&long).message.unwrap().chars().count(), 401);
    }
}

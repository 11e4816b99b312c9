//! Answers of endpoints, and how they are written as HTTP.

use std::borrow::Cow;

use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// The result of an endpoint.
pub(in crate::server) type EndpointResult = Result<Reply, ApiError>;

/// An answer.
#[derive(Debug, Clone)]
pub(in crate::server) struct Reply {
    /// The HTTP status.
    pub(in crate::server) status: u16,
    /// The body.
    pub(in crate::server) body: Body,
    /// The reason for this answer, for the request log.
    pub(in crate::server) why: String,
    /// Seconds after which the client may retry.
    pub(in crate::server) retry_after: Option<u64>,
    /// The methods that the path supports, for a 405 answer.
    pub(in crate::server) allow: Option<String>,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub(in crate::server) enum Body {
    /// No body.
    Empty,
    /// JSON.
    Json(Value),
    /// JSON that is already serialized.
    Serialized(String),
    /// A downloaded file, and its media type.
    File(&'static str, String),
    /// An HTML page, and its content security policy.
    Page { policy: String, html: String },
}

impl Reply {
    /// Creates an answer with a JSON body.
    pub(in crate::server) fn of(status: u16, body: Value) -> Self {
        let body = Body::Json(body);
        Self { status, body, why: String::new(), retry_after: None, allow: None }
    }

    /// Creates a 200 answer.
    pub(in crate::server) fn ok(body: Value) -> Self {
        Self::of(200, body)
    }

    /// Creates a 200 answer from JSON that is already serialized.
    pub(in crate::server) fn serialized(text: String) -> Self {
        Self { body: Body::Serialized(text), ..Self::of(200, Value::Null) }
    }

    /// Creates a 200 answer with a file.
    pub(in crate::server) fn file(media_type: &'static str, text: String) -> Self {
        Self { body: Body::File(media_type, text), ..Self::of(200, Value::Null) }
    }

    /// Creates a 200 answer with an HTML page.
    pub(in crate::server) fn page(policy: String, html: String) -> Self {
        Self { body: Body::Page { policy, html }, ..Self::of(200, Value::Null) }
    }

    /// Creates a 204 answer.
    pub(in crate::server) fn no_content() -> Self {
        Self { body: Body::Empty, ..Self::of(204, Value::Null) }
    }

    /// Sets the reason for the request log.
    pub(in crate::server) fn with_reason(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// Returns the body as text. Pages yield an empty text, as they only show data of
    /// other endpoints.
    pub(in crate::server) fn text(&self) -> Cow<'_, str> {
        match &self.body {
            Body::Empty | Body::Page { .. } => "".into(),
            Body::Json(value) => value.to_string().into(),
            Body::Serialized(text) | Body::File(_, text) => text.into(),
        }
    }

    /// Converts the answer to HTTP. Every answer carries the id of its request.
    pub(in crate::server) fn into_response(self, request_id: &str) -> Response<HttpBody> {
        let mut page_policy = None;
        let (media_type, text) = match self.body {
            Body::Empty => (None, String::new()),
            Body::Json(value) => (Some(JSON), value.to_string()),
            Body::Serialized(text) => (Some(JSON), text),
            Body::File(media_type, text) => (Some(media_type), text),
            Body::Page { policy, html } => {
                page_policy = Some(policy);
                (Some(HTML), html)
            }
        };
        let mut response = Response::new(HttpBody::from(text));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        let headers = response.headers_mut();
        if let Some(media_type) = media_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        if let Some(policy) = page_policy {
            protect(headers, &policy);
        }
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(CORRELATION_ID, id);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // The unread rest of the body would be taken for the next request.
        if matches!(self.status, 408 | 413) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(Ok(methods)) = self.allow.map(|it| HeaderValue::from_str(&it)) {
            headers.insert(header::ALLOW, methods);
        }
        response
    }
}

/// Sets the headers that protect a page: what it may load and run, no embedding in other
/// pages, and no guessing of its media type.
fn protect(headers: &mut HeaderMap, policy: &str) {
    let policy = format!("{policy}; frame-ancestors 'none'");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = |text| HeaderValue::from_static(text);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::REFERRER_POLICY, fixed("same-origin"));
    headers.insert(header::CACHE_CONTROL, fixed("no-store"));
    headers.insert(header::VARY, fixed("Accept"));
}

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";

/// The header in which the platform returns the id of a request.
pub(super) const CORRELATION_ID: HeaderName =
    HeaderName::from_static("inin-correlation-id");

/// An error answer, in the format of the platform.
#[derive(Debug, Clone)]
pub(in crate::server) struct ApiError {
    /// The HTTP status.
    pub(in crate::server) status: u16,
    /// The platform's code: `not.found`.
    pub(in crate::server) code: &'static str,
    /// The message.
    pub(in crate::server) message: String,
    /// The findings, one by one.
    pub(in crate::server) details: Vec<Value>,
    /// Seconds after which the client may retry.
    pub(in crate::server) retry_after: Option<u64>,
}

impl ApiError {
    /// Creates an error answer.
    pub(in crate::server) fn new(
        status: u16,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let message = message.into();
        Self { status, code, message, details: Vec::new(), retry_after: None }
    }

    /// 400: the request is invalid.
    pub(in crate::server) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "bad.request", message)
    }

    /// 404: no such entity exists.
    pub(in crate::server) fn not_found(what: &str, id: &str) -> Self {
        Self::new(404, "not.found", format!("{what} `{id}` was not found"))
    }

    /// 409: the current state does not permit the request.
    pub(in crate::server) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "conflict", message)
    }

    /// 429: the server holds the maximum number of such entities.
    pub(in crate::server) fn full(what: &str, limit: usize) -> Self {
        let message = format!("the server holds at most {limit} {what}");
        Self::new(429, "limit.exceeded", message)
    }

    /// 500: the change could not be stored and was not made.
    pub(in crate::server) fn not_stored(message: impl Into<String>) -> Self {
        Self::new(500, "internal.server.error", message)
    }

    /// Adds the findings.
    pub(in crate::server) fn with_details(mut self, details: Vec<Value>) -> Self {
        self.details = details;
        self
    }

    /// Converts the error to an answer, in the shape of all errors of the platform.
    pub(in crate::server) fn into_reply(self, request_id: &str) -> Reply {
        let body = json!({
            "message": self.message,
            "code": self.code,
            "status": self.status,
            "contextId": request_id,
            "details": self.details,
            "errors": [],
        });
        let retry_after = self.retry_after;
        Reply { retry_after, why: self.message, ..Reply::of(self.status, body) }
    }
}

//! What endpoints answer, and how it is written.

use std::borrow::Cow;

use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// What an endpoint comes to.
pub(in crate::server) type Answered = Result<Reply, Refusal>;

/// An answer.
#[derive(Debug, Clone)]
pub(in crate::server) struct Reply {
    /// The HTTP status.
    pub(in crate::server) status: u16,
    /// What it says.
    pub(in crate::server) body: Body,
    /// Why this was the answer, for the request log.
    pub(in crate::server) why: String,
    /// After how many seconds the client may ask again.
    pub(in crate::server) retry_after: Option<u64>,
    /// The methods that the path has, where that is the answer.
    pub(in crate::server) allow: Option<String>,
}

/// What an answer says.
#[derive(Debug, Clone)]
pub(in crate::server) enum Body {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Value),
    /// JSON that is written already.
    Written(String),
    /// A file that was asked for, and its media type.
    File(&'static str, String),
    /// A page for browsers, and what it may load and run.
    Page { policy: String, html: String },
}

impl Reply {
    /// An answer with a body.
    pub(in crate::server) fn of(status: u16, body: Value) -> Self {
        let body = Body::Json(body);
        Self { status, body, why: String::new(), retry_after: None, allow: None }
    }

    /// 200.
    pub(in crate::server) fn ok(body: Value) -> Self {
        Self::of(200, body)
    }

    /// 200 with JSON that is written already.
    pub(in crate::server) fn written(text: String) -> Self {
        Self { body: Body::Written(text), ..Self::of(200, Value::Null) }
    }

    /// 200 with a file.
    pub(in crate::server) fn file(media_type: &'static str, text: String) -> Self {
        Self { body: Body::File(media_type, text), ..Self::of(200, Value::Null) }
    }

    /// 200 with a page for browsers.
    pub(in crate::server) fn page(policy: String, html: String) -> Self {
        Self { body: Body::Page { policy, html }, ..Self::of(200, Value::Null) }
    }

    /// 204.
    pub(in crate::server) fn nothing() -> Self {
        Self { body: Body::Empty, ..Self::of(204, Value::Null) }
    }

    /// Says why.
    pub(in crate::server) fn because(mut self, why: impl Into<String>) -> Self {
        self.why = why.into();
        self
    }

    /// What it says, as it is written; nothing of a page, which says what others do.
    pub(in crate::server) fn text(&self) -> Cow<'_, str> {
        match &self.body {
            Body::Empty | Body::Page { .. } => "".into(),
            Body::Json(value) => value.to_string().into(),
            Body::Written(text) | Body::File(_, text) => text.into(),
        }
    }

    /// As HTTP. Every answer carries the id of its request.
    pub(in crate::server) fn into_response(self, request_id: &str) -> Response<HttpBody> {
        let mut frame = None;
        let (media_type, text) = match self.body {
            Body::Empty => (None, String::new()),
            Body::Json(value) => (Some(JSON), value.to_string()),
            Body::Written(text) => (Some(JSON), text),
            Body::File(media_type, text) => (Some(media_type), text),
            Body::Page { policy, html } => {
                frame = Some(policy);
                (Some(HTML), html)
            }
        };
        let mut response = Response::new(HttpBody::from(text));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        let headers = response.headers_mut();
        if let Some(media_type) = media_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        if let Some(policy) = frame {
            protect(headers, &policy);
        }
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(CORRELATION_ID, id);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // What of the body was not read stands in the way of the next request.
        if matches!(self.status, 408 | 413) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(Ok(methods)) = self.allow.map(|it| HeaderValue::from_str(&it)) {
            headers.insert(header::ALLOW, methods);
        }
        response
    }
}

/// What keeps a page from obeying anybody else: what it may run, that no other page shows it
/// inside itself, and that it is what it says.
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

/// The header in which the platform answers the id of a request.
pub(super) const CORRELATION_ID: HeaderName =
    HeaderName::from_static("inin-correlation-id");

/// A request that was not done, in the platform's words.
#[derive(Debug, Clone)]
pub(in crate::server) struct Refusal {
    /// The HTTP status.
    pub(in crate::server) status: u16,
    /// The platform's code: `not.found`.
    pub(in crate::server) code: &'static str,
    /// What was wrong.
    pub(in crate::server) message: String,
    /// Everything that was found, one by one.
    pub(in crate::server) details: Vec<Value>,
    /// After how many seconds the client may ask again.
    pub(in crate::server) retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal.
    pub(in crate::server) fn new(
        status: u16,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let message = message.into();
        Self { status, code, message, details: Vec::new(), retry_after: None }
    }

    /// 400: the request makes no sense.
    pub(in crate::server) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "bad.request", message)
    }

    /// 404: there is none.
    pub(in crate::server) fn not_found(what: &str, id: &str) -> Self {
        Self::new(404, "not.found", format!("{what} `{id}` was not found"))
    }

    /// 409: not now.
    pub(in crate::server) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "conflict", message)
    }

    /// 429: the server holds as much as it may.
    pub(in crate::server) fn full(what: &str, limit: usize) -> Self {
        let message = format!("the server holds no more than {limit} {what}");
        Self::new(429, "limit.exceeded", message)
    }

    /// 500: what was asked for could not be kept, and was not done.
    pub(in crate::server) fn not_kept(message: impl Into<String>) -> Self {
        Self::new(500, "internal.server.error", message)
    }

    /// Adds what was found.
    pub(in crate::server) fn with_details(mut self, details: Vec<Value>) -> Self {
        self.details = details;
        self
    }

    /// The answer, in the shape that all of the platform's errors have.
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

//! Answers of endpoints, and how they are written as HTTP.

use std::borrow::Cow;

use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use twox_hash::XxHash64;

use super::compression::{accepts_gzip, compressed};
use super::request::ApiRequest;
use crate::world::Broken;

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
    /// Delay of the answer, in milliseconds of the wall clock.
    pub(in crate::server) delay_ms: u64,
    /// Failure of the connection that the client sees.
    pub(in crate::server) broken: Option<Broken>,
    /// Further headers; those of the same name replace the standard ones.
    pub(in crate::server) headers: Vec<(String, String)>,
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
    /// Text without a declared media type.
    Text(String),
    /// A downloaded file, and its media type.
    File(&'static str, String),
    /// An HTML page, and its content security policy.
    Page { policy: String, html: String },
}

impl Reply {
    /// Creates an answer with a JSON body.
    pub(in crate::server) fn of(status: u16, body: Value) -> Self {
        let body = Body::Json(body);
        let (why, headers) = (String::new(), Vec::new());
        Self { status, body, why, retry_after: None, delay_ms: 0, broken: None, headers }
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

    /// Adds the tag of the content to the answer of a read. If the client has content with
    /// this tag, the answer is 304 without a body.
    pub(in crate::server) fn with_tag(mut self, asked: &ApiRequest) -> Self {
        let is_read = matches!(asked.method.as_str(), "GET" | "HEAD");
        let is_json = matches!(self.body, Body::Json(_) | Body::Serialized(_));
        let is_tagged =
            self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("etag"));
        if !is_read || !is_json || self.status != 200 || is_tagged {
            return self;
        }
        let text = self.text().into_owned();
        let tag = format!("\"{:016x}\"", XxHash64::oneshot(0, text.as_bytes()));
        let known = asked.header("if-none-match").unwrap_or_default();
        let is_known = known
            .split(',')
            .map(|it| it.trim().trim_start_matches("W/"))
            .any(|it| it == tag || it == "*");
        (self.status, self.body) = match is_known {
            true => (304, Body::Empty),
            false => (200, Body::Serialized(text)),
        };
        self.with_header("etag", &tag)
    }

    /// Adds a header.
    pub(in crate::server) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the body as text. Pages yield an empty text, as they only show data of
    /// other endpoints.
    pub(in crate::server) fn text(&self) -> Cow<'_, str> {
        match &self.body {
            Body::Empty | Body::Page { .. } => "".into(),
            Body::Json(value) => value.to_string().into(),
            Body::Serialized(text) | Body::Text(text) | Body::File(_, text) => {
                text.into()
            }
        }
    }

    /// Converts the answer to HTTP, compressed if the client accepts it.
    pub(in crate::server) fn into_response_to(
        self,
        asked: &ApiRequest,
    ) -> Response<HttpBody> {
        self.respond(&asked.id, accepts_gzip(asked))
    }

    /// Converts the answer to HTTP. Every answer carries the id of its request.
    pub(in crate::server) fn into_response(self, request_id: &str) -> Response<HttpBody> {
        self.respond(request_id, false)
    }

    fn respond(self, request_id: &str, is_compressed: bool) -> Response<HttpBody> {
        let (media_type, text, page_policy) = self.body.into_parts();
        let mut response = Response::new(HttpBody::empty());
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or_default();
        if let Some(broken) = self.broken {
            response.extensions_mut().insert(broken);
        }
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
        add(headers, &self.headers);
        let bytes = if is_compressed {
            headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
            compressed(text, headers)
        } else {
            text.into_bytes()
        };
        *response.body_mut() = HttpBody::from(bytes);
        response
    }
}

impl Body {
    /// Returns the media type, the text, and the security policy of a page.
    fn into_parts(self) -> (Option<&'static str>, String, Option<String>) {
        match self {
            Self::Empty => (None, String::new(), None),
            Self::Json(value) => (Some(JSON), value.to_string(), None),
            Self::Serialized(text) => (Some(JSON), text, None),
            Self::Text(text) => (None, text, None),
            Self::File(media_type, text) => (Some(media_type), text, None),
            Self::Page { policy, html } => (Some(HTML), html, Some(policy)),
        }
    }
}

/// Adds headers. The first one of a name replaces the standard one.
fn add(headers: &mut HeaderMap, more: &[(String, String)]) {
    let mut given: Vec<HeaderName> = Vec::new();
    for (name, value) in more {
        let name = HeaderName::try_from(name.as_str());
        let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) else {
            continue;
        };
        if given.contains(&name) {
            headers.append(name, value);
        } else {
            headers.insert(name.clone(), value);
            given.push(name);
        }
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

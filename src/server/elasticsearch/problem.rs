//! Errors in the format of Elasticsearch.

use serde_json::{Value, json};

use crate::server::http::reply::{ApiError, Reply};

/// The result of a request.
pub(super) type EndpointResult = Result<Reply, Problem>;

/// The reason for which a request failed.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// The HTTP status.
    pub(super) status: u16,
    /// The name of the exception.
    kind: &'static str,
    /// The message.
    reason: String,
    /// The index that the error is about.
    index: Option<String>,
    /// Seconds after which the client may retry.
    retry_after: Option<u64>,
}

impl Problem {
    pub(super) fn new(
        status: u16,
        kind: &'static str,
        reason: impl Into<String>,
    ) -> Self {
        Self { status, kind, reason: reason.into(), index: None, retry_after: None }
    }

    /// 400: the request is invalid or not supported.
    pub(super) fn illegal(reason: impl Into<String>) -> Self {
        Self::new(400, "illegal_argument_exception", reason)
    }

    /// 400: the body is invalid.
    pub(super) fn parsing(reason: impl Into<String>) -> Self {
        Self::new(400, "parsing_exception", reason)
    }

    /// 404: the index does not exist.
    pub(super) fn no_index(name: &str) -> Self {
        let reason = format!("no such index [{name}]");
        Self::new(404, "index_not_found_exception", reason).about(name)
    }

    /// Converts an error of the server to the format of Elasticsearch.
    pub(super) fn of(refusal: ApiError) -> Self {
        let kind = match refusal.status {
            400 => "illegal_argument_exception",
            403 => "security_exception",
            404 => "resource_not_found_exception",
            408 => "timeout_exception",
            409 => "version_conflict_engine_exception",
            413 => "content_too_long_exception",
            429 => "es_rejected_execution_exception",
            503 => "unavailable_shards_exception",
            _ => "exception",
        };
        let retry_after = refusal.retry_after;
        Self { retry_after, ..Self::new(refusal.status, kind, refusal.message) }
    }

    /// Sets the index that the error is about.
    pub(super) fn about(mut self, index: &str) -> Self {
        self.index = Some(index.to_owned());
        self
    }

    /// Returns the cause, as items of a bulk answer contain it.
    pub(super) fn cause(&self) -> Value {
        let mut cause = json!({ "type": self.kind, "reason": self.reason });
        if let Some(index) = &self.index {
            cause["index"] = json!(index);
            cause["index_uuid"] = json!("_na_");
            if self.status == 404 {
                cause["resource.type"] = json!("index_or_alias");
                cause["resource.id"] = json!(index);
            }
        }
        cause
    }

    pub(super) fn into_reply(self) -> Reply {
        let mut error = self.cause();
        error["root_cause"] = json!([self.cause()]);
        let body = json!({ "error": error, "status": self.status });
        let reply = Reply::of(self.status, body);
        Reply { retry_after: self.retry_after, why: self.reason, ..reply }
    }
}

//! One HTTP request and its response.

use std::io::ErrorKind;
use std::time::Duration;

use ureq::http::{Request, Response};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body, Error};

use super::certificate::{Certificates, roots};
use super::failure::Failure;

/// Maximum size of a response, so that its recording is a readable file.
pub(super) const MOST_BYTES: u64 = crate::source::MAX_FILE_BYTES / 4;

/// Connections of a client.
#[derive(Debug)]
pub(super) struct Wire {
    agent: Agent,
    /// Maximum size of a response, in bytes.
    most_bytes: u64,
    /// Further headers of all requests.
    headers: Vec<(String, String)>,
}

/// A request.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlatformRequest<'a> {
    pub(super) method: &'a str,
    pub(super) address: &'a str,
    /// Content type and text of the body.
    pub(super) body: Option<(&'a str, &'a str)>,
}

/// A response.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) location: Option<String>,
    pub(super) body: String,
}

impl PlatformRequest<'_> {
    /// Returns the request for messages. The part after `?` is omitted, because it may
    /// contain a signature.
    pub(super) fn shown(&self) -> String {
        let address = self.address.split(['?', '#']).next().unwrap_or_default();
        format!("{} {address}", self.method)
    }
}

impl Wire {
    /// Creates connections with a timeout. Unencrypted services are on this machine, so
    /// requests to them must not go through a proxy.
    pub(super) fn new(
        timeout: Duration,
        certificates: Option<&Certificates>,
        is_encrypted: bool,
    ) -> Self {
        let tls = TlsConfig::builder().root_certs(roots(certificates)).build();
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(is_encrypted)
            // Redirects are checked before they are followed, because they may lead to a
            // host that must not receive the token.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout))
            .timeout_connect(Some(timeout.min(Duration::from_secs(10))))
            .user_agent(concat!("flowsim/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls);
        if !is_encrypted {
            config = config.proxy(None);
        }
        Self {
            agent: config.build().new_agent(),
            most_bytes: MOST_BYTES,
            headers: Vec::new(),
        }
    }

    /// Sets the maximum size of a response.
    pub(super) fn at_most(self, most_bytes: u64) -> Self {
        Self { most_bytes, ..self }
    }

    /// Sets further headers of all requests.
    pub(super) fn with_headers(self, headers: Vec<(String, String)>) -> Self {
        Self { headers, ..self }
    }

    /// Sends a request once.
    pub(super) fn ask(
        &self,
        asked: &PlatformRequest<'_>,
        authorization: Option<&str>,
    ) -> Result<Reply, Failure> {
        let sent = self.send(asked, authorization);
        let mut response = sent.map_err(|error| failure(asked, &error))?;
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let (retry_after, location) = (header("retry-after"), header("location"));
        if let Some(encoding) = header("content-encoding").filter(|it| it != "identity") {
            let reason = format!("is compressed, with `{encoding}`");
            return Err(Failure::Unexpected { request: asked.shown(), reason });
        }
        let status = response.status().as_u16();
        let read = response.body_mut().with_config().limit(self.most_bytes).read_to_vec();
        let bytes = read.map_err(|error| failure(asked, &error))?;
        let body = String::from_utf8(bytes).map_err(|_| Failure::Unexpected {
            request: asked.shown(),
            reason: "is not UTF-8 text".to_owned(),
        })?;
        Ok(Reply { status, retry_after, location, body })
    }

    fn send(
        &self,
        asked: &PlatformRequest<'_>,
        authorization: Option<&str>,
    ) -> Result<Response<Body>, Error> {
        let mut request = Request::builder()
            .method(asked.method)
            .uri(asked.address)
            .header("Accept", "application/json");
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match asked.body {
            Some((kind, text)) => {
                self.agent.run(request.header("Content-Type", kind).body(text)?)
            }
            None => self.agent.run(request.body(())?),
        }
    }
}

/// Converts a transport error to a failure.
fn failure(asked: &PlatformRequest<'_>, error: &Error) -> Failure {
    let request = asked.shown();
    let unreachable = |reason: String, is_temporary| Failure::Unreachable {
        request: asked.shown(),
        reason,
        is_temporary,
    };
    match error {
        Error::Timeout(_) => Failure::TimedOut { request },
        Error::Io(error) => match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Failure::TimedOut { request },
            ErrorKind::InvalidData => unreachable(error.to_string(), false),
            ErrorKind::UnexpectedEof => {
                unreachable("the response is incomplete".to_owned(), true)
            }
            _ => unreachable(error.to_string(), true),
        },
        Error::HostNotFound => unreachable("unknown host".to_owned(), true),
        Error::ConnectionFailed => unreachable("connection refused".to_owned(), true),
        Error::Protocol(error) => unreachable(error.to_string(), true),
        Error::BodyExceedsLimit(most) => {
            let reason = format!("is larger than {most} bytes");
            Failure::Unexpected { request, reason }
        }
        // Do not show the header, which contains the token.
        Error::Http(_) => unreachable("the request is invalid".to_owned(), false),
        other => unreachable(other.to_string(), false),
    }
}

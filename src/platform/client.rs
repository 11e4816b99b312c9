//! HTTP client of a service.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::body::{parse, required};
use super::certificate::Certificates;
use super::clock::Clock;
use super::failure::{ErrorBody, Failure};
use super::gate::Gate;
use super::retry::{retry, retry_after};
use super::secret::{Credentials, Secret};
use super::service::{Service, check};
use super::token::{Token, Tokens};
use super::wire::{PlatformRequest, Reply, Wire};
use crate::value::Json;

/// Characters that are percent-encoded inside a path segment.
const NOT_IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// Maximum number of redirects of a download.
const MOST_REDIRECTS: usize = 5;

/// Settings of a client.
#[derive(Debug, Clone)]
pub struct Options {
    /// Maximum number of attempts per request.
    pub attempts: usize,
    /// Maximum number of requests per second.
    pub rate: f64,
    /// Maximum number of parallel requests.
    pub concurrency: usize,
    /// Timeout of a request.
    pub timeout: Duration,
    /// Additional trusted certificate authorities.
    pub certificates: Option<Certificates>,
}

impl Default for Options {
    /// Uses half of the 300 requests per minute that Genesys Cloud allows per token.
    fn default() -> Self {
        Self {
            attempts: 5,
            rate: 2.5,
            concurrency: 4,
            timeout: Duration::from_secs(30),
            certificates: None,
        }
    }
}

/// Client of one service. It can be shared by threads.
pub struct Client {
    service: Service,
    credentials: Credentials,
    attempts: usize,
    clock: Arc<dyn Clock>,
    wire: Wire,
    gate: Gate,
    tokens: Tokens,
    /// Secrets that no message and no recording may contain: all credentials ever sent.
    secrets: Mutex<Vec<Secret>>,
    requests: AtomicU64,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Creates a client.
    pub fn new(
        service: Service,
        credentials: Credentials,
        options: &Options,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let secrets = vec![credentials.client_secret.clone(), pair(&credentials)];
        let is_encrypted = service.api.starts_with("https:");
        Self {
            wire: Wire::new(options.timeout, options.certificates.as_ref(), is_encrypted),
            gate: Gate::new(options.concurrency, options.rate),
            tokens: Tokens::default(),
            secrets: Mutex::new(secrets),
            requests: AtomicU64::new(0),
            attempts: options.attempts,
            service,
            credentials,
            clock,
        }
    }

    /// Returns the service.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Returns the clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// `POST /api/v2/architect/simulations`: simulates a call of a flow. *Source: the
    /// lookup tutorial.*
    ///
    /// # Errors
    ///
    /// Returns an error if the service does not respond with an object.
    pub fn simulate(&self, request: &Json) -> Result<Json, Failure> {
        let simulated = self.post("/api/v2/architect/simulations", request)?;
        Ok(self.without_secrets(simulated))
    }

    /// `GET /api/v2/flows/{id}`: returns the service's description of a flow.
    ///
    /// # Errors
    ///
    /// Returns an error if the service does not respond with an object.
    pub fn flow(&self, id: &str) -> Result<Json, Failure> {
        Ok(self.without_secrets(self.get(&format!("/api/v2/flows/{}", segment(id)))?))
    }

    pub(super) fn get(&self, path: &str) -> Result<Json, Failure> {
        self.api("GET", path, None)
    }

    pub(super) fn post(&self, path: &str, body: &Json) -> Result<Json, Failure> {
        self.api("POST", path, Some(body))
    }

    fn api(
        &self,
        method: &str,
        path: &str,
        body: Option<&Json>,
    ) -> Result<Json, Failure> {
        let address = format!("{}{path}", self.service.api);
        let text = body.map(ToString::to_string);
        let body = text.as_deref().map(|text| ("application/json", text));
        let asked = PlatformRequest { method, address: &address, body };
        let reply = self.repeat(|| self.with_token(&asked))?;
        if let Some(location) = &reply.location
            && is_redirect(reply.status)
        {
            let shown =
                PlatformRequest { method: "to", address: location, body: None }.shown();
            let reason = format!(
                "is a redirect {shown}; check that the address is that of the API"
            );
            return Err(Failure::Unexpected { request: asked.shown(), reason });
        }
        let json = parse(&asked.shown(), &reply.body)?;
        if matches!(json, Json::Object(_)) {
            return Ok(json);
        }
        let reason = "is not a JSON object".to_owned();
        Err(Failure::Unexpected { request: asked.shown(), reason })
    }

    /// Downloads a document from the address that the service gave for it. Only the API
    /// itself receives the token; the storage of documents does not.
    ///
    /// # Errors
    ///
    /// Returns an error if the document is missing or is not JSON.
    pub fn download(&self, address: &str) -> Result<Json, Failure> {
        let mut address = self.absolute(address);
        for _ in 0..MOST_REDIRECTS {
            let asked = PlatformRequest { method: "GET", address: &address, body: None };
            if let Err(reason) = check(&address) {
                let request = asked.shown();
                return Err(Failure::Unexpected {
                    request,
                    reason: format!("leads to an invalid address: {reason}"),
                });
            }
            let reply = self.repeat(|| match self.service.owns(&address) {
                true => self.with_token(&asked),
                false => self.once(&asked, None),
            })?;
            match reply.location {
                Some(location) if is_redirect(reply.status) => {
                    address = self.absolute(&location);
                }
                _ => {
                    let document = parse(&asked.shown(), &reply.body)?;
                    return Ok(self.without_secrets(document));
                }
            }
        }
        let request = format!("GET {}", address.split('?').next().unwrap_or_default());
        Err(Failure::Unexpected { request, reason: "has too many redirects".into() })
    }

    fn absolute(&self, address: &str) -> String {
        match address.starts_with('/') && !address.starts_with("//") {
            true => format!("{}{address}", self.service.api),
            false => address.to_owned(),
        }
    }

    fn repeat<T>(
        &self,
        request: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let seed =
            self.clock.now().milliseconds().unsigned_abs() ^ number.rotate_left(32);
        retry(self.attempts, &*self.clock, seed, request)
    }

    /// Sends a request with the token, and repeats it once with a new token if the token
    /// is rejected.
    fn with_token(&self, asked: &PlatformRequest<'_>) -> Result<Reply, Failure> {
        let token = self.token(None)?;
        match self.once(asked, Some(&token)) {
            Err(Failure::Refused { status: 401, .. }) => {
                let token = self.token(Some(token.number))?;
                self.once(asked, Some(&token))
            }
            result => result,
        }
    }

    /// Sends a request once, after waiting for the rate limit. Any error status is a
    /// failure.
    fn once(
        &self,
        asked: &PlatformRequest<'_>,
        token: Option<&Token>,
    ) -> Result<Reply, Failure> {
        let bearer = token.map(|token| format!("Bearer {}", token.secret.expose()));
        let reply = self.exchange(asked, bearer.as_deref())?;
        self.accept(asked, reply)
    }

    fn exchange(
        &self,
        asked: &PlatformRequest<'_>,
        authorization: Option<&str>,
    ) -> Result<Reply, Failure> {
        let _pass = self.gate.enter(&*self.clock);
        if self.clock.is_stopped() {
            return Err(Failure::Stopped);
        }
        self.wire.ask(asked, authorization)
    }

    fn accept(
        &self,
        asked: &PlatformRequest<'_>,
        reply: Reply,
    ) -> Result<Reply, Failure> {
        if reply.status < 400 {
            return Ok(reply);
        }
        let header = reply.retry_after.as_deref();
        let wait = header.and_then(|header| retry_after(header, self.clock.now()));
        if let Some(wait) = wait {
            self.gate.hold(&*self.clock, wait);
        }
        Err(Failure::Refused {
            request: asked.shown(),
            status: reply.status,
            body: Box::new(ErrorBody::read(&reply.body).map(|text| self.hidden(text))),
            retry_after: wait,
        })
    }

    /// Removes secrets from a string of the service for use in messages. Data for further
    /// requests is not changed: a secret may be part of an id by coincidence.
    pub(super) fn hidden(&self, text: String) -> String {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().fold(text, |text, secret| secret.hidden_in(&text))
    }

    /// Removes secrets from a document of the service for use in files.
    fn without_secrets(&self, document: Json) -> Json {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().fold(document, |document, secret| secret.hidden_in_json(&document))
    }

    fn token(&self, refused: Option<u64>) -> Result<Token, Failure> {
        self.tokens.get(&*self.clock, refused, || self.fetch_token())
    }

    /// `POST /oauth/token`: requests a token with the client's credentials.
    fn fetch_token(&self) -> Result<(Secret, Duration), Failure> {
        let pair = pair(&self.credentials);
        let address = format!("{}/oauth/token", self.service.login);
        let body = ("application/x-www-form-urlencoded", "grant_type=client_credentials");
        let asked =
            PlatformRequest { method: "POST", address: &address, body: Some(body) };
        let reply = self.exchange(&asked, Some(&format!("Basic {}", pair.expose())))?;
        let reply = self.accept(&asked, reply)?;
        let request = asked.shown();
        let json = parse(&request, &reply.body)?;
        let token = required(&request, &json, "access_token")?;
        if !token.chars().all(|character| character.is_ascii_graphic()) {
            let reason = "contains a token with invalid characters".to_owned();
            return Err(Failure::Unexpected { request, reason });
        }
        // A token without a lifetime is renewed when it is rejected.
        let lifetime = match json.get("expires_in") {
            Some(Json::Integer(seconds)) => u64::try_from(*seconds).unwrap_or_default(),
            _ => 3600,
        };
        let token = Secret::new(token);
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.push(token.clone());
        Ok((token, Duration::from_secs(lifetime.min(86_400))))
    }
}

/// Encodes the client credentials for the login.
fn pair(Credentials { client_id, client_secret }: &Credentials) -> Secret {
    Secret::new(BASE64.encode(format!("{client_id}:{}", client_secret.expose())))
}

fn is_redirect(status: u16) -> bool {
    (300..400).contains(&status)
}

/// Encodes a string as one path segment.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_PATHS).to_string()
}

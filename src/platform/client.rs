//! Asking a service.

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
use super::wire::{Asked, Reply, Wire};
use crate::value::Json;

/// What is written in another way inside a path.
const NOT_IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// How many addresses a download may lead to, one after the other.
const MOST_REDIRECTS: usize = 5;

/// How a client behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often a request is made at most.
    pub attempts: usize,
    /// How many requests there may be in a second.
    pub rate: f64,
    /// How many requests there may be at a time.
    pub concurrency: usize,
    /// How long an answer may take.
    pub timeout: Duration,
    /// Whom to trust besides the authorities that everybody trusts.
    pub certificates: Option<Certificates>,
}

impl Default for Options {
    /// Half of the 300 requests a minute that Genesys Cloud allows a token.
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

/// A client of one service. All threads may use it at once.
pub struct Client {
    service: Service,
    credentials: Credentials,
    attempts: usize,
    clock: Arc<dyn Clock>,
    wire: Wire,
    gate: Gate,
    tokens: Tokens,
    /// What no message and no recording may hold: all that was ever sent as a proof.
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
    /// A client that has asked nothing yet.
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

    /// The service that it asks.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// The clock that it goes by.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// `POST /api/v2/architect/simulations`: makes a call of a flow. *Source: seed 003.*
    ///
    /// # Errors
    /// The service did not give an object.
    pub fn simulate(&self, request: &Json) -> Result<Json, Failure> {
        let simulated = self.post("/api/v2/architect/simulations", request)?;
        Ok(self.without_secrets(simulated))
    }

    /// `GET /api/v2/flows/{id}`: what the service says of a flow.
    ///
    /// # Errors
    /// The service did not give an object.
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
        let asked = Asked { method, address: &address, body };
        let reply = self.repeat(|| self.with_token(&asked))?;
        if let Some(location) = &reply.location
            && is_redirect(reply.status)
        {
            let shown = Asked { method: "to", address: location, body: None }.shown();
            let reason = format!("is a redirect {shown}; is the address the API's?");
            return Err(Failure::Unexpected { request: asked.shown(), reason });
        }
        let json = parse(&asked.shown(), &reply.body)?;
        if matches!(json, Json::Object(_)) {
            return Ok(json);
        }
        let reason = "is no JSON object".to_owned();
        Err(Failure::Unexpected { request: asked.shown(), reason })
    }

    /// Fetches a document from the address that the service gave for it. Only the API itself
    /// sees the token; who stores its documents does not.
    ///
    /// # Errors
    /// It is not there, or is no JSON.
    pub fn download(&self, address: &str) -> Result<Json, Failure> {
        let mut address = self.absolute(address);
        for _ in 0..MOST_REDIRECTS {
            let asked = Asked { method: "GET", address: &address, body: None };
            if let Err(reason) = check(&address) {
                let request = asked.shown();
                return Err(Failure::Unexpected {
                    request,
                    reason: format!("leads astray: {reason}"),
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
        Err(Failure::Unexpected {
            request,
            reason: "is one redirect after the other".into(),
        })
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

    /// Asks with the token, and once more with a new one if it is not taken.
    fn with_token(&self, asked: &Asked<'_>) -> Result<Reply, Failure> {
        let token = self.token(None)?;
        match self.once(asked, Some(&token)) {
            Err(Failure::Refused { status: 401, .. }) => {
                let token = self.token(Some(token.number))?;
                self.once(asked, Some(&token))
            }
            result => result,
        }
    }

    /// Asks once, when it is this request's turn. Any status of an error is a failure.
    fn once(&self, asked: &Asked<'_>, token: Option<&Token>) -> Result<Reply, Failure> {
        let bearer = token.map(|token| format!("Bearer {}", token.secret.expose()));
        let reply = self.exchange(asked, bearer.as_deref())?;
        self.accept(asked, reply)
    }

    fn exchange(
        &self,
        asked: &Asked<'_>,
        authorization: Option<&str>,
    ) -> Result<Reply, Failure> {
        let _pass = self.gate.enter(&*self.clock);
        if self.clock.is_stopped() {
            return Err(Failure::Stopped);
        }
        self.wire.ask(asked, authorization)
    }

    fn accept(&self, asked: &Asked<'_>, reply: Reply) -> Result<Reply, Failure> {
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

    /// A text of the service as messages may have it. What is used stays as it came: a
    /// secret may be part of an id by chance.
    pub(super) fn hidden(&self, text: String) -> String {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().fold(text, |text, secret| secret.hidden_in(&text))
    }

    /// A document of the service as files may have it.
    fn without_secrets(&self, document: Json) -> Json {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.iter().fold(document, |document, secret| secret.hidden_in_json(&document))
    }

    fn token(&self, refused: Option<u64>) -> Result<Token, Failure> {
        self.tokens.get(&*self.clock, refused, || self.fetch_token())
    }

    /// `POST /oauth/token` with the client's own credentials.
    fn fetch_token(&self) -> Result<(Secret, Duration), Failure> {
        let pair = pair(&self.credentials);
        let address = format!("{}/oauth/token", self.service.login);
        let body = ("application/x-www-form-urlencoded", "grant_type=client_credentials");
        let asked = Asked { method: "POST", address: &address, body: Some(body) };
        let reply = self.exchange(&asked, Some(&format!("Basic {}", pair.expose())))?;
        let reply = self.accept(&asked, reply)?;
        let request = asked.shown();
        let json = parse(&request, &reply.body)?;
        let token = required(&request, &json, "access_token")?;
        if !token.chars().all(|character| character.is_ascii_graphic()) {
            let reason = "holds a token that cannot be sent".to_owned();
            return Err(Failure::Unexpected { request, reason });
        }
        // A token without a time is renewed when it is refused.
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

/// What the login takes for a client.
fn pair(Credentials { client_id, client_secret }: &Credentials) -> Secret {
    Secret::new(BASE64.encode(format!("{client_id}:{}", client_secret.expose())))
}

fn is_redirect(status: u16) -> bool {
    (300..400).contains(&status)
}

/// A text as one segment of a path.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, NOT_IN_PATHS).to_string()
}

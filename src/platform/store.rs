//! Upload of decisions to Elasticsearch or a compatible store.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::body::parse;
use super::client::Options;
use super::clock::Clock;
use super::failure::{ErrorBody, Failure};
use super::retry::{retry, retry_after};
use super::secret::Secret;
use super::service::{check, check_unencrypted};
use super::wire::{PlatformRequest, Reply, Wire};
use crate::analysis::decisions::{Decision, bulk};
use crate::value::Json;

/// Maximum number of different rejection reasons that are kept.
const MAX_TOLD: usize = 10;

/// Credentials for writing documents. They are never shown.
#[derive(Debug, Clone)]
pub enum StoreCredentials {
    /// API key, encoded as issued by the store.
    ApiKey(Secret),
    /// User and password.
    Basic(String, Secret),
}

/// A document store.
pub struct Store {
    address: String,
    index: String,
    authorization: Option<Secret>,
    secrets: Vec<Secret>,
    attempts: usize,
    clock: Arc<dyn Clock>,
    wire: Wire,
}

/// Result of an upload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shipped {
    /// Number of new documents.
    pub created: u64,
    /// Number of documents that already existed.
    pub there: u64,
    /// Number of rejected documents.
    pub refused: u64,
    /// Reasons of the first rejections.
    pub reasons: Vec<String>,
}

/// Result for one document.
enum Item {
    Created,
    There,
    /// The store is busy; retry later.
    Busy,
    Refused(String),
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Store")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Creates a store for an index at an address.
    ///
    /// # Errors
    ///
    /// Returns an error if the address is invalid, or if credentials would be sent to it
    /// unencrypted.
    pub fn new(
        url: &str,
        index: &str,
        credentials: Option<&StoreCredentials>,
        options: &Options,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let address = url.trim().trim_end_matches('/');
        // Unencrypted addresses are allowed, but credentials are not sent to them.
        let uri = match credentials {
            Some(_) => check(address)?,
            None => check_unencrypted(address)?,
        };
        if uri.query().is_some() {
            return Err(format!("`{url}` has a query; write the address without it"));
        }
        let (authorization, secrets) = match credentials {
            None => (None, Vec::new()),
            Some(StoreCredentials::ApiKey(key)) => {
                let header = format!("ApiKey {}", key.expose());
                (Some(Secret::new(header)), vec![key.clone()])
            }
            Some(StoreCredentials::Basic(user, password)) => {
                let pair = BASE64.encode(format!("{user}:{}", password.expose()));
                let header = Secret::new(format!("Basic {pair}"));
                (Some(header), vec![password.clone(), Secret::new(pair)])
            }
        };
        let is_encrypted = address.starts_with("https:");
        Ok(Self {
            wire: Wire::new(options.timeout, options.certificates.as_ref(), is_encrypted),
            address: address.to_owned(),
            index: index.to_owned(),
            attempts: options.attempts,
            authorization,
            secrets,
            clock,
        })
    }

    /// Uploads decisions; `first` is the number of the first one in its log. Documents
    /// that the store was too busy for are retried, and so is the whole batch if there is
    /// no response. Ids are derived from the log, so retries create no duplicates.
    ///
    /// # Errors
    ///
    /// Returns an error if the store cannot be reached or rejects the request.
    pub fn ship(
        &self,
        decisions: &[Decision],
        first: u64,
        shipped: &mut Shipped,
    ) -> Result<(), Failure> {
        let mut open: Vec<(u64, &Decision)> = (first..).zip(decisions).collect();
        let seed = self.clock.now().milliseconds().unsigned_abs() ^ first.rotate_left(32);
        let sent = retry(self.attempts, &*self.clock, seed, || {
            let items = self.send(&open)?;
            let mut busy = Vec::new();
            for (decision, item) in open.iter().zip(items) {
                match item {
                    Item::Created => shipped.created += 1,
                    Item::There => shipped.there += 1,
                    Item::Refused(reason) => shipped.refuse(1, reason),
                    Item::Busy => busy.push(*decision),
                }
            }
            open = busy;
            if open.is_empty() { Ok(()) } else { Err(Failure::Busy) }
        });
        if sent == Err(Failure::Busy) {
            let count = u64::try_from(open.len()).unwrap_or(u64::MAX);
            shipped.refuse(count, "the store was too busy".to_owned());
            return Ok(());
        }
        sent
    }

    fn send(&self, decisions: &[(u64, &Decision)]) -> Result<Vec<Item>, Failure> {
        if self.clock.is_stopped() {
            return Err(Failure::Stopped);
        }
        let lines = decisions.iter();
        let lines = lines.map(|(number, decision)| {
            bulk(std::slice::from_ref(*decision), *number, &self.index)
        });
        let body: String = lines.collect();
        let address = format!("{}/_bulk", self.address);
        let body = Some(("application/x-ndjson", body.as_str()));
        let asked = PlatformRequest { method: "POST", address: &address, body };
        let authorization = self.authorization.as_ref().map(Secret::expose);
        let reply = self.accept(&asked, self.wire.ask(&asked, authorization)?)?;
        let answer = parse(&asked.shown(), &reply.body)?;
        let items = match answer.get("items") {
            Some(Json::Array(items)) if items.len() == decisions.len() => items,
            _ => {
                let reason = "does not contain a result for every document".to_owned();
                return Err(Failure::Unexpected { request: asked.shown(), reason });
            }
        };
        Ok(items.iter().map(|item| self.read(item)).collect())
    }

    fn accept(
        &self,
        asked: &PlatformRequest<'_>,
        reply: Reply,
    ) -> Result<Reply, Failure> {
        match reply.status {
            200..300 => Ok(reply),
            300..400 => {
                let reason = "is a redirect; check that the address is that of the store"
                    .to_owned();
                Err(Failure::Unexpected { request: asked.shown(), reason })
            }
            status => {
                let header = reply.retry_after.as_deref();
                let body = ErrorBody::read(&reply.body).map(|text| self.hidden(text));
                Err(Failure::Refused {
                    request: asked.shown(),
                    status,
                    body: Box::new(body),
                    retry_after: header.and_then(|it| retry_after(it, self.clock.now())),
                })
            }
        }
    }

    /// Removes secrets from text of the store.
    fn hidden(&self, text: String) -> String {
        self.secrets.iter().fold(text, |text, secret| secret.hidden_in(&text))
    }

    /// Parses a result such as `{"index": {"status": 201, …}}`.
    fn read(&self, item: &Json) -> Item {
        let about = item.get("index").unwrap_or(&Json::Null);
        match about.get("status") {
            Some(Json::Integer(201)) => Item::Created,
            Some(Json::Integer(200)) => Item::There,
            Some(Json::Integer(408 | 429 | 502..=504)) => Item::Busy,
            status => {
                let text = |key: &str| match about.get("error").and_then(|it| it.get(key))
                {
                    Some(Json::String(text)) => self.hidden(text.to_string()),
                    _ => "no reason given".to_owned(),
                };
                let status = status.map_or_else(|| "?".to_owned(), ToString::to_string);
                Item::Refused(format!("{status}, `{}`: {}", text("type"), text("reason")))
            }
        }
    }
}

impl Shipped {
    fn refuse(&mut self, count: u64, reason: String) {
        self.refused += count;
        if self.reasons.len() < MAX_TOLD && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}

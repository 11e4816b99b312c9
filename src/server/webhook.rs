//! Webhooks: the user's own services that are called, and their addresses.

use axum::http::{HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use super::http::reply::ApiError;
use crate::platform::check_webhook;

/// Default time limit for the answer of a registered service, in milliseconds.
const TIMEOUT_MS: u64 = 30_000;
/// Maximum time limit, in milliseconds.
const MAX_TIMEOUT_MS: u64 = 300_000;
/// Default number of attempts to call a service.
const ATTEMPTS: usize = 3;
/// Maximum number of attempts.
const MAX_ATTEMPTS: u64 = 10;
/// Maximum number of headers of a service.
const MAX_HEADERS: usize = 50;
/// Headers that the server sets itself.
const OWN_HEADERS: [&str; 8] = [
    "accept",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "user-agent",
    SIGNATURE,
];
/// The header with the signature of the body. *Source: the platform's help on open
/// messaging: its notifications are signed with a secret token.*
const SIGNATURE: &str = "x-hub-signature-256";
/// Maximum number of registered services.
const MAX_WEBHOOKS: usize = 1_000;

/// A service that is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Webhook {
    /// The address.
    pub(super) url: String,
    /// Time limit for an answer, in milliseconds. Webhook nodes set their own.
    pub(super) timeout_ms: u64,
    /// Maximum number of attempts.
    pub(super) attempts: usize,
    /// Headers of each request. Keys are among them, so they are not written to `--data`.
    #[serde(skip)]
    pub(super) headers: IndexMap<String, String>,
    /// The secret with which bodies are signed. It is not written to `--data`.
    #[serde(skip)]
    pub(super) secret: Option<String>,
}

/// The services that are called.
#[derive(Debug, Clone, Default)]
pub struct Webhooks {
    /// The registered services, by the id or name of a flow or the id of a webhook.
    registered: IndexMap<String, Webhook>,
    /// The hosts that may be called in addition to this machine.
    hosts: Vec<String>,
}

impl Webhook {
    fn at(url: &str) -> Self {
        let (url, headers, secret) = (url.to_owned(), IndexMap::new(), None);
        Self { url, timeout_ms: TIMEOUT_MS, attempts: ATTEMPTS, headers, secret }
    }

    /// Returns the headers of a request with a body: those that were registered, and the
    /// signature.
    pub(super) fn headers_for(&self, body: &str) -> Vec<(String, String)> {
        let mut headers: Vec<(String, String)> =
            self.headers.iter().map(|(name, it)| (name.clone(), it.clone())).collect();
        if let Some(secret) = &self.secret
            && let Ok(mut keyed) = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        {
            keyed.update(body.as_bytes());
            let signature = STANDARD.encode(keyed.finalize().into_bytes());
            headers.push((SIGNATURE.to_owned(), format!("sha256={signature}")));
        }
        headers
    }

    /// Returns the address without its query, which may contain a secret.
    pub(super) fn shown(&self) -> &str {
        self.url.split(['?', '#']).next().unwrap_or_default()
    }
}

impl Webhooks {
    /// Permits calls of services on another host.
    pub fn allow(&mut self, host: &str) {
        self.hosts.push(host.trim_matches(['[', ']']).to_owned());
        self.hosts.push(host.to_owned());
        self.hosts.dedup();
    }

    /// Registers a service from `NAME=URL`. `NAME` is the id or name of a flow, or the id
    /// of a webhook.
    ///
    /// # Errors
    /// The text has another form, or the address may not be called.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let Some((name, url)) = text.split_once('=').filter(|(name, _)| !name.is_empty())
        else {
            return Err(format!("`{text}` is not a webhook; write FLOW=URL"));
        };
        check_webhook(url, &self.hosts)?;
        self.registered.insert(name.to_owned(), Webhook::at(url));
        Ok(())
    }

    /// Reads the services of a document: `{"NAME": "URL"}`, or an object with `url`
    /// instead of the URL.
    pub(super) fn read(
        &self,
        document: &serde_json::Map<String, Value>,
    ) -> Result<IndexMap<String, Webhook>, ApiError> {
        if document.len() > MAX_WEBHOOKS {
            return Err(ApiError::full("webhooks", MAX_WEBHOOKS));
        }
        let mut read = IndexMap::new();
        for (name, value) in document {
            let webhook = read_one(value)
                .map_err(|reason| ApiError::bad(format!("`{name}`: {reason}")))?;
            check_webhook(&webhook.url, &self.hosts)
                .map_err(|reason| ApiError::bad(format!("`{name}`: {reason}")))?;
            read.insert(name.clone(), webhook);
        }
        Ok(read)
    }

    /// Returns the same permitted hosts with other services.
    pub(super) fn with(&self, registered: IndexMap<String, Webhook>) -> Self {
        Self { registered, hosts: self.hosts.clone() }
    }

    /// Returns the registered services, by name.
    pub(super) fn registered(&self) -> &IndexMap<String, Webhook> {
        &self.registered
    }

    /// Returns the service to call when a flow with one of these names has collected
    /// keys.
    pub(super) fn of_flow(&self, names: &[&str]) -> Option<(&str, &Webhook)> {
        let found = names.iter().find_map(|name| self.registered.get_key_value(*name))?;
        Some((found.0, found.1))
    }

    /// Returns the service that a webhook node calls: the one registered by the node's
    /// id, otherwise the node's own address if it may be called.
    pub(super) fn of_node(&self, id: Option<&str>, url: Option<&str>) -> Option<Webhook> {
        let registered = id.and_then(|id| self.registered.get(id)).cloned();
        let own = || url.filter(|url| check_webhook(url, &self.hosts).is_ok());
        registered.or_else(|| own().map(Webhook::at))
    }
}

fn read_one(value: &Value) -> Result<Webhook, String> {
    let entries = match value {
        Value::String(url) => return Ok(Webhook::at(url)),
        Value::Object(entries) => entries,
        _ => return Err("expected an address or an object with `url`".to_owned()),
    };
    let known = ["url", "timeoutMs", "attempts", "headers", "secret"];
    if let Some(key) = entries.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("unknown key `{key}`; expected one of {}", known.join(", ")));
    }
    let number = |key: &str, most: u64, default: u64| match entries.get(key) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value
            .as_u64()
            .filter(|it| (1..=most).contains(it))
            .ok_or_else(|| format!("`{key}` must be a whole number from 1 to {most}")),
    };
    let url = entries.get("url").and_then(Value::as_str).ok_or("`url` is missing")?;
    let attempts = number("attempts", MAX_ATTEMPTS, ATTEMPTS as u64)?;
    let secret = match entries.get("secret") {
        None | Some(Value::Null) => None,
        Some(Value::String(secret)) if !secret.is_empty() => Some(secret.clone()),
        Some(_) => return Err("`secret` must be a string".to_owned()),
    };
    Ok(Webhook {
        url: url.to_owned(),
        timeout_ms: number("timeoutMs", MAX_TIMEOUT_MS, TIMEOUT_MS)?,
        attempts: usize::try_from(attempts).unwrap_or(ATTEMPTS),
        headers: read_headers(entries.get("headers"))?,
        secret,
    })
}

/// Reads the headers of a service: an object of strings.
fn read_headers(value: Option<&Value>) -> Result<IndexMap<String, String>, String> {
    let entries = match value {
        None | Some(Value::Null) => return Ok(IndexMap::new()),
        Some(Value::Object(entries)) => entries,
        Some(_) => return Err("`headers` must be an object of strings".to_owned()),
    };
    if entries.len() > MAX_HEADERS {
        return Err(format!("`headers` can have at most {MAX_HEADERS} entries"));
    }
    let header = |(name, value): (&String, &Value)| {
        let value = value.as_str().ok_or_else(|| format!("`{name}` must be a string"))?;
        if HeaderName::try_from(name.as_str()).is_err() {
            return Err(format!("`{name}` is not the name of a header"));
        }
        if OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Err(format!("the server sets the header `{name}` itself"));
        }
        if HeaderValue::from_str(value).is_err() {
            return Err(format!("the value of the header `{name}` is invalid"));
        }
        Ok((name.clone(), value.to_owned()))
    };
    entries.iter().map(header).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_permitted_hosts_are_called() {
        let mut webhooks = Webhooks::default();
        for url in ["http://127.0.0.1:5000/x", "https://localhost", "http://[::1]:1/"] {
            assert!(webhooks.of_node(None, Some(url)).is_some(), "{url}");
        }
        let others = [
            "http://example.com/x",
            "http://127.0.0.1.example.com",
            "http://127.0.0.1@example.com/",
            "http://example.com#127.0.0.1",
            "http://0.0.0.0/",
            "file:///etc/passwd",
            "localhost:5000",
            "",
        ];
        for url in others {
            assert!(webhooks.of_node(None, Some(url)).is_none(), "{url}");
        }
        webhooks.allow("Example.com");
        assert!(webhooks.of_node(None, Some("http://example.com/x")).is_some());
        assert!(webhooks.of_node(None, Some("http://www.example.com/x")).is_none());
    }

    #[test]
    fn headers_that_break_the_request_are_refused() {
        let read = |headers: Value| {
            let document =
                serde_json::json!({ "url": "http://localhost", "headers": headers });
            read_one(&document)
        };
        let read_ones = read(serde_json::json!({ "X-Key": "a", "Authorization": "b" }));
        assert_eq!(read_ones.unwrap().headers.len(), 2);
        for wrong in [
            serde_json::json!(["X-Key"]),
            serde_json::json!({ "X-Key": 7 }),
            serde_json::json!({ "X Key": "a" }),
            serde_json::json!({ "": "a" }),
            serde_json::json!({ "X-Key": "a\r\nHost: b" }),
            serde_json::json!({ "Content-Length": "7" }),
            serde_json::json!({ "X-Hub-Signature-256": "mine" }),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_are_not_written_to_files() {
        let mut webhook = Webhook::at("http://localhost");
        webhook.secret = Some("s3cret".to_owned());
        webhook.headers.insert("X-Api-Key".to_owned(), "k-1".to_owned());
        let written = serde_json::to_string(&webhook).unwrap();
        assert!(!written.contains("s3cret") && !written.contains("k-1"), "{written}");
        let read: Webhook = serde_json::from_str(&written).unwrap();
        assert_eq!(read, Webhook::at("http://localhost"));
    }

    /// *Source: RFC 4231, test case 2, whose digest in base64 follows here.*
    #[test]
    fn bodies_are_signed_with_the_secret() {
        let mut webhook = Webhook::at("http://localhost");
        assert_eq!(webhook.headers_for("x"), []);
        webhook.secret = Some("Jefe".to_owned());
        let headers = webhook.headers_for("what do ya want for nothing?");
        let signature = "sha256=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        assert_eq!(headers, [(SIGNATURE.to_owned(), signature.to_owned())]);
    }

    #[test]
    fn a_service_registered_by_id_overrides_the_address_of_a_node() {
        let mut webhooks = Webhooks::default();
        webhooks.add("crm=http://localhost:1/a?key=b=c").unwrap();
        let found = webhooks.of_node(Some("crm"), Some("http://localhost:2/")).unwrap();
        assert_eq!(
            (found.url.as_str(), found.shown()),
            ("http://localhost:1/a?key=b=c", "http://localhost:1/a")
        );
        for wrong in ["crm", "=http://localhost", "crm=ftp://localhost", "crm=http://a.b"]
        {
            assert!(webhooks.add(wrong).is_err(), "{wrong}");
        }
    }
}

//! Webhooks: which services of the author's own are called, and where they are.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::http::answer::Refusal;
use crate::platform::check_webhook;

/// How long a registered service may take for an answer, unless something else is said, in
/// milliseconds.
const TIMEOUT_MS: u64 = 30_000;
/// The most that can be said.
const MAX_TIMEOUT_MS: u64 = 300_000;
/// How often a service is called until it answers.
const ATTEMPTS: usize = 3;
/// The most that can be said.
const MAX_ATTEMPTS: u64 = 10;
/// How many services can be registered.
const MAX_WEBHOOKS: usize = 1_000;

/// A service that is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Webhook {
    /// Its address.
    pub(super) url: String,
    /// How long it may take for an answer, in milliseconds. Nodes say that themselves.
    pub(super) timeout_ms: u64,
    /// How often it is called until it answers.
    pub(super) attempts: usize,
}

/// The services that are called.
#[derive(Debug, Clone, Default)]
pub struct Webhooks {
    /// By the id or name of a flow, or the id of a webhook.
    registered: IndexMap<String, Webhook>,
    /// The hosts that may be called beside this machine.
    hosts: Vec<String>,
}

impl Webhook {
    fn at(url: &str) -> Self {
        Self { url: url.to_owned(), timeout_ms: TIMEOUT_MS, attempts: ATTEMPTS }
    }

    /// The address without its query, which may be a secret.
    pub(super) fn shown(&self) -> &str {
        self.url.split(['?', '#']).next().unwrap_or_default()
    }
}

impl Webhooks {
    /// Lets services on another host be called.
    pub fn allow(&mut self, host: &str) {
        self.hosts.push(host.trim_matches(['[', ']']).to_owned());
        self.hosts.push(host.to_owned());
        self.hosts.dedup();
    }

    /// Registers a service: `NAME=URL`, of a flow by its id or name, or of a webhook by its id.
    ///
    /// # Errors
    /// It is not written so, or the address is not one that is called.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let Some((name, url)) = text.split_once('=').filter(|(name, _)| !name.is_empty())
        else {
            return Err(format!("`{text}` is no webhook; write FLOW=URL"));
        };
        check_webhook(url, &self.hosts)?;
        self.registered.insert(name.to_owned(), Webhook::at(url));
        Ok(())
    }

    /// Reads what is to be registered: `{"NAME": "URL"}`, or an object with `url` in its place.
    pub(super) fn read(
        &self,
        document: &serde_json::Map<String, Value>,
    ) -> Result<IndexMap<String, Webhook>, Refusal> {
        if document.len() > MAX_WEBHOOKS {
            return Err(Refusal::full("webhooks", MAX_WEBHOOKS));
        }
        let mut read = IndexMap::new();
        for (name, value) in document {
            let webhook = read_one(value)
                .map_err(|reason| Refusal::bad(format!("`{name}`: {reason}")))?;
            check_webhook(&webhook.url, &self.hosts)
                .map_err(|reason| Refusal::bad(format!("`{name}`: {reason}")))?;
            read.insert(name.clone(), webhook);
        }
        Ok(read)
    }

    /// The same hosts with other services.
    pub(super) fn with(&self, registered: IndexMap<String, Webhook>) -> Self {
        Self { registered, hosts: self.hosts.clone() }
    }

    /// What is registered, by name.
    pub(super) fn registered(&self) -> &IndexMap<String, Webhook> {
        &self.registered
    }

    /// The service that is called when keys were collected in a flow that goes by one of
    /// these names.
    pub(super) fn of_flow(&self, names: &[&str]) -> Option<(&str, &Webhook)> {
        let found = names.iter().find_map(|name| self.registered.get_key_value(*name))?;
        Some((found.0, found.1))
    }

    /// The service that a node calls: the one that is registered by its id, or the one at
    /// its own address, if that may be called.
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
        _ => return Err("write an address, or an object with `url`".to_owned()),
    };
    let known = ["url", "timeoutMs", "attempts"];
    if let Some(key) = entries.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(format!("there is no `{key}`, only {}", known.join(", ")));
    }
    let number = |key: &str, most: u64, default: u64| match entries.get(key) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value
            .as_u64()
            .filter(|it| (1..=most).contains(it))
            .ok_or_else(|| format!("`{key}` must be a whole number from 1 to {most}")),
    };
    let url = entries.get("url").and_then(Value::as_str).ok_or("it needs a `url`")?;
    let attempts = number("attempts", MAX_ATTEMPTS, ATTEMPTS as u64)?;
    Ok(Webhook {
        url: url.to_owned(),
        timeout_ms: number("timeoutMs", MAX_TIMEOUT_MS, TIMEOUT_MS)?,
        attempts: usize::try_from(attempts).unwrap_or(ATTEMPTS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_hosts_that_were_named_are_called() {
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
    fn what_is_registered_by_its_id_wins_over_the_address_of_a_node() {
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

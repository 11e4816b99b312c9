//! HAR files: recorded HTTP traffic between a browser or proxy and the platform.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::{Importer, describe, is_execution, is_simulation};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::recording::document::Origin;
use crate::source::{Files, Node, read_json};
use crate::value::Text;

/// Path of simulation requests.
const SIMULATIONS: &str = "/api/v2/architect/simulations";

/// Path of execution documents, and of links to them.
const INSTANCES: &str = "/api/v2/flows/instances";

impl Importer<'_> {
    pub(super) fn har(&mut self, node: &Node<'_>) {
        let entries = node.get("log").and_then(|log| log.get("entries"));
        let Some(entries) = entries else { return };
        let before = (self.found.len(), self.diagnostics.len());
        for entry in entries.items() {
            self.entry(entry);
        }
        if before == (self.found.len(), self.diagnostics.len()) {
            let count = entries.items().len();
            let message = format!(
                "none of the {count} requests in this HAR file is a simulation or an \
                 execution document"
            );
            let diagnostic = Diagnostic::new(Code::INVALID_RECORDING, message);
            self.diagnostics.push(diagnostic.at(entries.span).help(describe::EXPECTED));
        }
    }

    fn entry(&mut self, entry: &Node<'_>) {
        let url = entry.get("request").and_then(|it| it.get("url"));
        let url = url.and_then(Node::as_str).unwrap_or_default();
        let is_simulations = path_of(url).ends_with(SIMULATIONS);
        let is_relevant = is_simulations || path_of(url).contains(INSTANCES);
        let content = entry.get("response").and_then(|it| it.get("content"));
        let Some(content) = content else { return };
        let Some(body) = body(content) else {
            if is_relevant && content.get("text").is_some() {
                self.warn(content, "the response is not readable text");
            }
            return;
        };
        let mut files = Files::new();
        let file = files.add("body.json", body);
        let Ok(response) = read_json(&file) else {
            if is_relevant {
                self.warn(content, "the response is not JSON");
            }
            return;
        };
        let before = self.diagnostics.len();
        if is_execution(&response) {
            self.execution(&response, "har", None);
            if let Some((_, recording)) = self.found.last_mut() {
                recording.source.base_url = base_of(url).map(Text::from);
            }
        } else if is_simulations && is_simulation(&response) {
            self.simulated(entry, &response, url);
        }
        // Positions in a body are meaningless for the user, so the position of the entry
        // is used.
        for diagnostic in self.diagnostics.iter_mut().skip(before) {
            diagnostic.labels.clear();
            *diagnostic = diagnostic.clone().at(content.span);
        }
    }

    /// Imports a simulation with its request and time.
    fn simulated(&mut self, entry: &Node<'_>, response: &Node<'_>, url: &str) {
        let at = entry.get("startedDateTime").and_then(Node::as_str).map(Text::from);
        let posted = entry.get("request").and_then(|it| it.get("postData"));
        let posted = posted.and_then(|it| it.get("text")).and_then(Node::as_str);
        let mut files = Files::new();
        let posted = files.add("request.json", posted.unwrap_or("null"));
        let request = read_json(&posted).ok();
        let base_url = base_of(url).map(Text::from);
        let origin = Origin { base_url, ..Origin::default() };
        self.simulation(response, request.as_ref(), "har", origin, at);
    }

    fn warn(&mut self, content: &Node<'_>, message: &str) {
        let diagnostic = Diagnostic::new(Code::INVALID_RECORDING, message);
        let severity = Severity::Warning;
        self.diagnostics.push(Diagnostic { severity, ..diagnostic }.at(content.span));
    }
}

/// Returns the text of a response, which may be encoded as base64.
fn body(content: &Node<'_>) -> Option<String> {
    let text = content.get("text").and_then(Node::as_str)?;
    let encoding = content.get("encoding").and_then(Node::as_str);
    if !encoding.is_some_and(|it| it.eq_ignore_ascii_case("base64")) {
        return Some(text.to_owned());
    }
    String::from_utf8(BASE64_STANDARD.decode(text.trim()).ok()?).ok()
}

/// Returns an address without its query and fragment.
fn path_of(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/')
}

/// Returns the service of an address: `https://api.mypurecloud.de`.
fn base_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    url.get(..scheme.len() + 3 + host.len())
}

//! Reader of recordings with positions for diagnostics.

use super::document::{Kind, Origin, RecordedFlow, Recording, Redaction, SCHEMA};
use crate::diagnostic::{Code, Decoder, Diagnostic, Severity, nearest};
use crate::source::{Kind as NodeKind, Node};
use crate::value::{DateTime, Text};

const KEYS: [&str; 9] = [
    "schema",
    "kind",
    "id",
    "recordedAt",
    "source",
    "flow",
    "request",
    "response",
    "redactions",
];

impl Recording {
    /// Reads a recording; `None` if there is an error.
    pub fn read(document: &Node<'_>) -> (Option<Self>, Vec<Diagnostic>) {
        let mut decoder = Decoder::new(Code::INVALID_RECORDING);
        let found = read(document, &mut decoder);
        let diagnostics = decoder.into_diagnostics();
        let is_error = |it: &Diagnostic| it.severity == Severity::Error;
        let is_wrong = diagnostics.iter().any(is_error);
        (found.filter(|_| !is_wrong), diagnostics)
    }
}

fn read(document: &Node<'_>, decoder: &mut Decoder) -> Option<Recording> {
    if !has_schema(document, decoder) {
        return None;
    }
    let object = decoder.object("a recording", document, &KEYS)?;
    let kind = kind(object, decoder);
    let id = required(object, "id", decoder);
    let response = object.get("response").filter(|node| !node.is_null());
    if response.is_none() {
        let message = "a recording needs a `response`, the recorded answer".to_owned();
        decoder.error(object.span, message);
    }
    let response = response.map(|node| json_object("`response`", node, decoder));
    let request = object.get("request").filter(|node| !node.is_null());
    let request = request.map(|node| json_object("`request`", node, decoder));
    // Everything is read before returning, so that all mistakes are reported.
    let recorded_at = recorded_at(object, decoder);
    let (source, flow) = (source(object, decoder), flow(object, decoder));
    let redactions = redactions(object, decoder);
    let request = match request {
        Some(request) => Some(request?),
        None => None,
    };
    let (kind, id, response) = (kind?, id?, response??);
    Some(Recording { kind, id, recorded_at, source, flow, request, response, redactions })
}

/// Returns whether the document is a recording of a supported version.
fn has_schema(document: &Node<'_>, decoder: &mut Decoder) -> bool {
    let schema = document.get("schema");
    let text = schema.and_then(Node::as_str);
    if text == Some(SCHEMA) {
        return true;
    }
    let span = schema.unwrap_or(document).span;
    let (message, help) = match text {
        Some(other) if other.starts_with("flowsim.recording/") => (
            format!("the recording has the version `{other}`, expected `{SCHEMA}`"),
            "use the newer flowsim that wrote it, or record again".to_owned(),
        ),
        Some(other) => (
            format!("this is not a recording: its `schema` is `{other}`"),
            format!("a recording begins with {{\"schema\": \"{SCHEMA}\"}}"),
        ),
        None => (
            "this is not a recording: it has no `schema`".to_owned(),
            "`flowsim import` creates recordings from saved responses".to_owned(),
        ),
    };
    decoder.error(span, message).help = Some(help);
    false
}

fn kind(object: &Node<'_>, decoder: &mut Decoder) -> Option<Kind> {
    let text = required(object, "kind", decoder)?;
    let known = Kind::ALL.into_iter().find(|kind| kind.name() == text);
    if known.is_none() {
        let span = object.get("kind").unwrap_or(object).span;
        let names = Kind::ALL.map(Kind::name);
        let help = match nearest(&text, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("expected one of {}", names.join(", ")),
        };
        let message = format!("unknown recording kind `{text}`");
        decoder.error(span, message).help = Some(help);
    }
    known
}

/// Reads a required string.
fn required(object: &Node<'_>, key: &str, decoder: &mut Decoder) -> Option<Text> {
    let is_there = object.get(key).is_some_and(|node| !node.is_null());
    let text = decoder.text(object, key);
    let is_text = |node: &Node<'_>| {
        matches!(node.kind, NodeKind::String(_) | NodeKind::Number(_) | NodeKind::Null)
    };
    if text.is_none() && (!is_there || object.get(key).is_some_and(is_text)) {
        let span = object.get(key).unwrap_or(object).span;
        decoder.error(span, format!("a recording needs `{key}`"));
    }
    text
}

/// Reads an object; `None` is an error that was reported.
fn json_object(
    what: &str,
    node: &Node<'_>,
    decoder: &mut Decoder,
) -> Option<crate::value::Json> {
    if !matches!(node.kind, NodeKind::Object(_)) {
        decoder.unexpected(what, node, "an object");
        return None;
    }
    Some(decoder.json(node))
}

fn recorded_at(object: &Node<'_>, decoder: &mut Decoder) -> Option<Text> {
    let text = decoder.text(object, "recordedAt")?;
    if DateTime::parse(&text).is_none() {
        let span = object.get("recordedAt").unwrap_or(object).span;
        let message =
            format!("`recordedAt` is `{text}`, expected a date and time with its zone");
        decoder.error(span, message).help =
            Some("write it as 2026-08-10T14:50:33.547Z".into());
    }
    Some(text)
}

fn source(object: &Node<'_>, decoder: &mut Decoder) -> Origin {
    let keys = ["baseUrl", "file", "format"];
    let source = object.get("source").filter(|node| !node.is_null());
    let Some(source) = source.and_then(|node| decoder.object("`source`", node, &keys))
    else {
        return Origin::default();
    };
    Origin {
        base_url: decoder.text(source, "baseUrl"),
        file: decoder.text(source, "file"),
        format: decoder.text(source, "format"),
    }
}

fn flow(object: &Node<'_>, decoder: &mut Decoder) -> RecordedFlow {
    let keys = ["id", "name", "version", "type"];
    let flow = object.get("flow").filter(|node| !node.is_null());
    let Some(flow) = flow.and_then(|node| decoder.object("`flow`", node, &keys)) else {
        return RecordedFlow::default();
    };
    RecordedFlow {
        id: decoder.text(flow, "id"),
        name: decoder.text(flow, "name"),
        version: decoder.text(flow, "version"),
        kind: decoder.text(flow, "type"),
    }
}

fn redactions(object: &Node<'_>, decoder: &mut Decoder) -> Vec<Redaction> {
    let Some(list) = object.get("redactions").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    if !matches!(list.kind, NodeKind::Array(_)) {
        decoder.unexpected("`redactions`", list, "a list");
    }
    let items = list.items().iter();
    let read = items.filter_map(|item| {
        let item = decoder.object("a redaction", item, &["kind", "count", "names"])?;
        let count = decoder.whole(item, "count", 0..=i64::MAX, 0);
        let names = names(item, decoder);
        Some(Redaction { kind: required(item, "kind", decoder)?, count, names })
    });
    read.collect()
}

/// Reads the names of redacted variables.
fn names(item: &Node<'_>, decoder: &mut Decoder) -> Vec<Text> {
    let Some(list) = item.get("names").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    let names: Option<Vec<Text>> =
        list.items().iter().map(|name| name.as_str().map(Text::from)).collect();
    match names.filter(|_| matches!(list.kind, NodeKind::Array(_))) {
        Some(names) => names,
        None => {
            decoder.unexpected("`names`", list, "a list of strings");
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Files, read_json};

    fn messages(text: &str) -> Vec<String> {
        let mut files = Files::new();
        let file = files.add("a.recording.json", text);
        let (found, diagnostics) = Recording::read(&read_json(&file).unwrap());
        assert_eq!(found.is_some(), diagnostics.is_empty());
        let messages = diagnostics.into_iter().map(|it| {
            assert_eq!(it.code, Code::INVALID_RECORDING);
            let at = files.position(it.labels[0].span);
            let help = it.help.map(|help| format!(" ({help})")).unwrap_or_default();
            format!("{}:{}: {}{help}", at.line, at.column, it.message)
        });
        messages.collect()
    }

    #[test]
    fn all_mistakes_are_reported_with_their_places() {
        let text = r#"{
  "schema": "flowsim.recording/1", "kind": "executions", "ids": "a",
  "recordedAt": "yesterday", "source": {"files": "x"},
  "flow": [], "response": 5, "redactions": [{"count": -1}]
}"#;
        insta::assert_snapshot!(messages(text).join("\n"));
    }

    #[test]
    fn other_documents_and_versions_are_distinguished() {
        let texts = [
            r#"{"schema": "flowsim.recording/2", "kind": "new"}"#,
            r#"{"schema": "flowsim.trace/1"}"#,
            r#"{"flow": {"execution": []}}"#,
            "[]",
        ];
        let messages: Vec<String> = texts.into_iter().flat_map(messages).collect();
        insta::assert_snapshot!(messages.join("\n"));
    }
}

//! Flows and nodes. The actions of nodes are read by the other modules.

use indexmap::IndexMap;

use super::actions;
use super::properties::Reader;
use super::repeated_keys;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::action::Action;
use crate::flow::model::{Flow, Node, Path, PathKind, Target};
use crate::flow::read::json;
use crate::source::{Entry, Kind, Node as Document, Span};
use crate::value::{Json, Text};

/// Whether a document is a flow of the draft dialect: an object with `draft` or `nodes`.
pub fn is_flow(document: &Document<'_>) -> bool {
    let has_nodes = |node: &Document<'_>| node.get("nodes").is_some();
    has_nodes(document) || document.get("draft").is_some()
}

/// Reads a flow. Problems go to `diagnostics`, and everything readable is read.
pub fn read_flow(document: &Document<'_>, diagnostics: &mut Vec<Diagnostic>) -> Flow {
    let body = match document.get("draft") {
        Some(draft) if matches!(draft.kind, Kind::Object(_)) => draft,
        _ => document,
    };
    let id = text_of(document, "id");
    let name =
        text_of(document, "name").or_else(|| id.clone()).unwrap_or_else(|| "flow".into());
    let key = id.clone().unwrap_or_else(|| name.clone());
    let mut reader = Reader::new(&key, diagnostics);
    check_types(document, &mut reader);
    let start = start_of(body, document.span, &mut reader);
    let nodes = read_nodes(body, &mut reader);
    reader.leave();
    check_edges(body, &nodes, &mut reader);
    repeated_keys::find(document, &mut reader);
    reader.finish();
    let known = ["id", "name", "type", "version", "published", "active", "draft"];
    let of_body = ["startNode", "nodes", "edges"];
    let is_known = |key: &str| known.contains(&key) || of_body.contains(&key);
    Flow {
        id,
        name,
        flow_type: text_of(document, "type").unwrap_or_default(),
        version: version_of(document),
        is_published: !is_false(document, "published") && !is_false(document, "active"),
        span: document.span,
        start,
        nodes,
        other: others(document.entries(), is_known),
    }
}

/// Checks the types of the flow's own keys. An id that is a number would be ignored, and
/// no other flow could call the flow by it.
fn check_types(document: &Document<'_>, reader: &mut Reader<'_>) {
    let is_string = |node: &Document<'_>| node.as_str().is_some();
    let is_boolean = |node: &Document<'_>| matches!(node.kind, Kind::Boolean(_));
    for key in ["id", "name", "type", "published", "active"] {
        let Some(node) = document.get(key).filter(|node| !node.is_null()) else {
            continue;
        };
        let (is_right, expected) = match key {
            "published" | "active" => (is_boolean(node), "true or false"),
            _ => (is_string(node), "a string"),
        };
        if !is_right {
            let found = node.describe();
            let message = format!("`{key}` of a flow must be {expected}, found {found}");
            reader.invalid(node.span, message, "");
        }
    }
}

fn text_of(document: &Document<'_>, key: &str) -> Option<Text> {
    document.get(key)?.as_str().filter(|text| !text.is_empty()).map(Text::from)
}

fn version_of(document: &Document<'_>) -> Option<Text> {
    match &document.get("version")?.kind {
        Kind::String(text) | Kind::Number(text) => Some(Text::from(&**text)),
        // The form that the platform uses: `{id: "3.0", …}`.
        Kind::Object(_) => text_of(document.get("version")?, "id"),
        _ => None,
    }
}

fn is_false(document: &Document<'_>, key: &str) -> bool {
    document.get(key).is_some_and(|node| node.kind == Kind::Boolean(false))
}

fn others(
    entries: &[Entry<'_>],
    is_known: impl Fn(&str) -> bool,
) -> IndexMap<Text, Json> {
    let unknown = entries.iter().filter(|entry| !is_known(&entry.key));
    unknown.map(|entry| (Text::from(&*entry.key), json(&entry.value))).collect()
}

fn start_of(body: &Document<'_>, flow: Span, reader: &mut Reader<'_>) -> Option<Target> {
    let start = body.get("startNode");
    if let Some(target) = start.and_then(target_of) {
        return Some(target);
    }
    let span = start.map_or(flow, |node| node.span);
    let message = match start {
        Some(node) => {
            format!("`startNode` must be the id of a node, found {}", node.describe())
        }
        None => "the flow has no `startNode`".into(),
    };
    let help = "name the node that a call starts at";
    reader.report(Diagnostic::new(Code::INVALID_PROPERTY, message).at(span).help(help));
    None
}

/// Returns the id that a handler points to: a string, or an object with `nextNode`.
pub(super) fn target_of(node: &Document<'_>) -> Option<Target> {
    let text = match &node.kind {
        Kind::Object(_) => return target_of(node.get("nextNode")?),
        Kind::String(text) if !text.is_empty() => text,
        _ => return None,
    };
    Some(Target { node: Text::from(&**text), span: node.span })
}

fn read_nodes(body: &Document<'_>, reader: &mut Reader<'_>) -> IndexMap<Text, Node> {
    let mut nodes = IndexMap::new();
    let Some(document) = body.get("nodes") else { return nodes };
    match &document.kind {
        Kind::Object(entries) => {
            nodes.reserve(entries.len());
            for entry in entries {
                let own = entry.value.get("id");
                if let Some(own) = own.filter(|own| own.as_str() != Some(&*entry.key)) {
                    reader.report(mismatch(entry, own));
                }
                let key = Text::from(&*entry.key);
                add(
                    read_node(&key, entry.key_span, &entry.value, reader),
                    &mut nodes,
                    reader,
                );
            }
        }
        Kind::Array(items) => {
            nodes.reserve(items.len());
            items.iter().for_each(|item| read_listed(item, &mut nodes, reader));
        }
        _ => {
            let message = format!(
                "`nodes` must be an object keyed by node id, or a list of nodes; found {}",
                document.describe()
            );
            let diagnostic = Diagnostic::new(Code::INVALID_PROPERTY, message);
            reader.report(diagnostic.at(document.span));
        }
    }
    nodes
}

/// Reads a node in a list.
fn read_listed(
    item: &Document<'_>,
    nodes: &mut IndexMap<Text, Node>,
    reader: &mut Reader<'_>,
) {
    let id = item.get("id");
    let Some((id, text)) = id.and_then(|id| Some((id, id.as_str()?))) else {
        reader.leave();
        let message = "a node in a list needs an `id`";
        let place = id.map_or(item.span, |id| id.span);
        reader.report(Diagnostic::new(Code::INVALID_PROPERTY, message).at(place));
        return;
    };
    add(read_node(&Text::from(text), id.span, item, reader), nodes, reader);
}

fn mismatch(entry: &Entry<'_>, own: &Document<'_>) -> Diagnostic {
    let diagnostic = |message: String| Diagnostic::new(Code::NODE_ID_MISMATCH, message);
    let diagnostic = match own.as_str() {
        Some(own) => {
            let key = &entry.key;
            diagnostic(format!("the node has the key `{key}`, but the `id` `{own}`"))
                .naming_node()
        }
        None => {
            let found = own.describe();
            diagnostic(format!("the `id` of a node must be a string, found {found}"))
        }
    };
    diagnostic
        .at(own.span)
        .label(entry.key_span, "other nodes refer to it by this key")
        .help("make both the same; the key takes precedence")
        .node(&*entry.key)
}

fn add(node: Node, nodes: &mut IndexMap<Text, Node>, reader: &mut Reader<'_>) {
    let span = node.span;
    let id = node.id.clone();
    if let Some(earlier) = nodes.insert(id.clone(), node) {
        let message = format!("two nodes have the id `{id}`; the last one counts");
        reader.report(
            Diagnostic::new(Code::INVALID_PROPERTY, message)
                .at(span)
                .label(earlier.span, "the first one")
                .help("give one of them another id"),
        );
    }
}

/// Reads a node. A node that is not an object is reported and kept as an unknown node, so
/// that references to it are not reported too.
fn read_node(
    id: &Text,
    span: Span,
    document: &Document<'_>,
    reader: &mut Reader<'_>,
) -> Node {
    reader.enter(id);
    if !matches!(document.kind, Kind::Object(_)) {
        let message = format!("a node must be an object, found {}", document.describe());
        reader.report(Diagnostic::new(Code::INVALID_PROPERTY, message).at(document.span));
        return Node {
            id: id.clone(),
            name: None,
            node_type: Text::new(),
            span,
            action: Action::Unknown,
            paths: Vec::new(),
            other_properties: IndexMap::new(),
            other: IndexMap::new(),
        };
    }
    let mut paths = Vec::new();
    let (action, other_properties) = actions::read(document, span, &mut paths, reader);
    read_handlers(document, &mut paths, reader);
    let known = ["id", "name", "type", "properties", "onComplete", "onError"];
    Node {
        id: id.clone(),
        name: text_of(document, "name"),
        node_type: text_of(document, "type").unwrap_or_default(),
        span,
        action,
        paths,
        other_properties,
        other: others(document.entries(), |key| known.contains(&key)),
    }
}

/// Reads `onComplete` and `onError`. An error goes to `onError`, or else to
/// `onComplete.onError`.
fn read_handlers(
    document: &Document<'_>,
    paths: &mut Vec<Path>,
    reader: &mut Reader<'_>,
) {
    let complete = document.get("onComplete");
    if let Some(target) = complete.and_then(|node| handler("onComplete", node, reader)) {
        paths.push(Path { kind: PathKind::Next, target });
    }
    let within = complete.and_then(|complete| complete.get("onError"));
    let within = within.and_then(|node| handler("onError", node, reader));
    let own = document.get("onError").and_then(|node| handler("onError", node, reader));
    if let (Some(own), Some(within)) = (&own, &within)
        && own.node != within.node
    {
        reader.report(
            Diagnostic::new(
                Code::CONFLICTING_ERROR_TARGETS,
                format!("an error goes to `{}`, not to `{}`", own.node, within.node),
            )
            .at(own.span)
            .label(within.span, "this target is never used")
            .help("keep one, or make both the same; `onError` takes precedence"),
        );
    }
    if let Some(target) = own.or(within) {
        paths.push(Path { kind: PathKind::Error, target });
    }
}

/// Returns the target of a handler. A handler with a null, empty or missing id counts as
/// absent. Any other value is reported.
pub(super) fn handler(
    name: &str,
    document: &Document<'_>,
    reader: &mut Reader<'_>,
) -> Option<Target> {
    let target = target_of(document);
    if target.is_some() {
        return target;
    }
    let mut innermost = document;
    while let Some(next) = innermost.get("nextNode") {
        innermost = next;
    }
    let is_absent =
        matches!(innermost.kind, Kind::Null | Kind::Object(_) | Kind::String(_));
    if !is_absent {
        let found = innermost.describe();
        let message = format!("`{name}` must be the id of a node, found {found}");
        reader.invalid(innermost.span, message, "");
    }
    None
}

/// Checks the edges, which repeat the handlers. A difference means that one of both is
/// wrong.
fn check_edges(
    body: &Document<'_>,
    nodes: &IndexMap<Text, Node>,
    reader: &mut Reader<'_>,
) {
    let Some(edges) = body.get("edges") else { return };
    let listed = edges.items().iter();
    for edge in listed.chain(edges.entries().iter().map(|entry| &entry.value)) {
        let end = |keys: [&str; 3]| keys.iter().find_map(|key| target_of(edge.get(key)?));
        let from = end(["from", "source", "sourceNode"]);
        let to = end(["to", "target", "targetNode"]);
        let (Some(from), Some(to)) = (from, to) else { continue };
        let known = nodes.get(&from.node).is_some_and(|node| {
            node.paths.iter().any(|path| path.target.node == to.node)
        });
        if known {
            continue;
        }
        let message = format!("no handler of `{}` leads to `{}`", from.node, to.node);
        let mut diagnostic = Diagnostic::new(Code::INVALID_PROPERTY, message)
            .at(edge.span)
            .help("edges are only cross-checked; calls follow the handlers of the nodes");
        diagnostic.severity = crate::diagnostic::Severity::Warning;
        reader.report(diagnostic);
    }
}

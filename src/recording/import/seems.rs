//! What a document seems to be that cannot be imported.

use crate::source::{Kind, Node};

/// What can be imported.
pub(super) const EXPECTED: &str = "what can be imported: a simulation response {\"status\": …, \"trace\": […]}, alone or as \
     {\"request\": …, \"response\": …}; an execution document {\"flow\": {…, \"execution\": […]}}; \
     a HAR file; events of the topic v2.flow.execution.data.{flowId}";

/// Which keys tell what a document is, first match first.
const KNOWN: [(&[&str], &str); 12] = [
    (&["access_token"], "it seems to be the answer to a request for a token"),
    (&["flowSequenceItemList"], "it seems to be a flow of Architect, no run of one"),
    (&["draft"], "it seems to be a draft flow, no run of one"),
    (&["nodes"], "it seems to be a flow, no run of one"),
    (&["tests"], "it seems to be a scenario file"),
    (
        &["downloadUri"],
        "it says where an execution document can be downloaded; take what is there",
    ),
    (&["jobState"], "it seems to be the state of a job, whose result is elsewhere"),
    (&["message", "status"], "it seems to be an error of the platform"),
    (&["openapi"], "it seems to be the description of an API"),
    (&["swagger"], "it seems to be the description of an API"),
    (&["entities"], "it is a list of the platform, with no execution documents in it"),
    (&["flow"], "its `flow` has no `execution`"),
];

/// What it seems to be, for a message.
pub(super) fn like(node: &Node<'_>) -> String {
    if !matches!(node.kind, Kind::Object(_)) {
        return format!("it is {}", node.describe());
    }
    if let Some(schema) = node.get("schema").and_then(Node::as_str) {
        return format!("it is a document of the schema `{schema}`");
    }
    let entities = node.get("entities").map(Node::items).unwrap_or_default();
    if let Some(first) = entities.first() {
        return like(first);
    }
    let has = |keys: &[&str]| keys.iter().all(|key| node.get(key).is_some());
    if let Some((_, told)) = KNOWN.iter().find(|(keys, _)| has(keys)) {
        return (*told).to_owned();
    }
    let keys: Vec<String> =
        node.entries().iter().take(5).map(|it| format!("`{}`", it.key)).collect();
    match keys.as_slice() {
        [] => "it is an empty object".to_owned(),
        keys => format!("it is an object with the keys {}", keys.join(", ")),
    }
}

//! Descriptions of documents that cannot be imported.

use crate::source::{Kind, Node};

/// Description of the supported documents.
pub(super) const EXPECTED: &str = "supported files: a simulation response {\"status\": …, \"trace\": […]}, alone or as \
     {\"request\": …, \"response\": …}; an execution document {\"flow\": {…, \"execution\": […]}}; \
     a HAR file; events of the topic v2.flow.execution.data.{flowId}; a trace of a draft flow";

/// Keys that identify a document; the first match counts.
const KNOWN: [(&[&str], &str); 12] = [
    (&["access_token"], "it seems to be the response to a token request"),
    (&["flowSequenceItemList"], "it seems to be an Architect flow, not a run of one"),
    (&["draft"], "it seems to be a draft flow, not a run of one"),
    (&["nodes"], "it seems to be a flow, not a run of one"),
    (&["tests"], "it seems to be a scenario file"),
    (
        &["downloadUri"],
        "it contains the link to an execution document; import that document",
    ),
    (&["jobState"], "it seems to be the state of a job, whose result is elsewhere"),
    (&["message", "status"], "it seems to be an error of the platform"),
    (&["openapi"], "it seems to be the description of an API"),
    (&["swagger"], "it seems to be the description of an API"),
    (&["entities"], "it is a list from the platform without execution documents"),
    (&["flow"], "its `flow` has no `execution`"),
];

/// Describes a document, for a message.
pub(super) fn like(node: &Node<'_>) -> String {
    if !matches!(node.kind, Kind::Object(_)) {
        return format!("it is {}", node.describe());
    }
    if let Some(schema) = node.get("schema").and_then(Node::as_str) {
        return format!("its schema is `{schema}`");
    }
    let entities = node.get("entities").map(Node::items).unwrap_or_default();
    if let Some(first) = entities.first() {
        return like(first);
    }
    let has = |keys: &[&str]| keys.iter().all(|key| node.get(key).is_some());
    if let Some((_, description)) = KNOWN.iter().find(|(keys, _)| has(keys)) {
        return (*description).to_owned();
    }
    let keys: Vec<String> =
        node.entries().iter().take(5).map(|it| format!("`{}`", it.key)).collect();
    match keys.as_slice() {
        [] => "it is an empty object".to_owned(),
        keys => format!("it is an object with the keys {}", keys.join(", ")),
    }
}

//! Keys that occur more than once in an object. Repeated ids of nodes are a separate
//! finding.

use super::properties::Reader;
use crate::flow::read::repeated_key;
use crate::source::{Node, repeated};

/// Reports the repeated keys of a flow. Recurses as deep as the document is nested.
pub(super) fn find(document: &Node<'_>, reader: &mut Reader<'_>) {
    for item in document.items() {
        find(item, reader);
    }
    let entries = document.entries();
    for pair in repeated(entries) {
        reader.report(repeated_key(pair));
    }
    for entry in entries {
        if entry.key == "nodes" {
            entry.value.items().iter().for_each(|node| find(node, reader));
            entry.value.entries().iter().for_each(|node| find(&node.value, reader));
        } else {
            find(&entry.value, reader);
        }
    }
}

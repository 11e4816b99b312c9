//! Keys that stand in an object more than once. Ids of nodes have a finding of their own.

use super::properties::Reader;
use crate::flow::read::repeated_key;
use crate::source::{Node, repeated};

/// Warns of them in a flow. As deep as a document may be.
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

//! Keys that stand in an object more than once. Ids of nodes have a finding of their own.

use std::collections::BTreeMap;

use super::properties::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Entry, Node};

/// Warns of them in a flow. As deep as a document may be.
pub(super) fn find(document: &Node<'_>, reader: &mut Reader<'_>) {
    for item in document.items() {
        find(item, reader);
    }
    let entries = document.entries();
    in_object(entries, reader);
    for entry in entries {
        if entry.key == "nodes" {
            entry.value.items().iter().for_each(|node| find(node, reader));
            entry.value.entries().iter().for_each(|node| find(&node.value, reader));
        } else {
            find(&entry.value, reader);
        }
    }
}

fn in_object(entries: &[Entry<'_>], reader: &mut Reader<'_>) {
    let mut seen: BTreeMap<&str, &Entry<'_>> = BTreeMap::new();
    for entry in entries {
        let Some(earlier) = seen.insert(&entry.key, entry) else { continue };
        let message = format!("`{}` stands here twice; the last one counts", entry.key);
        reader.report(
            Diagnostic::new(Code::REPEATED_KEY, message)
                .at(entry.key_span)
                .label(earlier.key_span, "the first one")
                .help("remove one of them"),
        );
    }
}

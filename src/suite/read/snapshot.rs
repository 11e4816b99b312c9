//! Snapshots, and replacements in them.

use std::path::Path;

use super::matcher::expression;
use crate::diagnostic::Decoder;
use crate::source::{Kind, Node};
use crate::suite::scenario::{Case, Replacement};
use crate::suite::snapshot::Places;

const KEYS: [&str; 1] = ["replace"];
const RULE_KEYS: [&str; 2] = ["matches", "with"];

/// Reads `snapshots: {replace: [{matches, with}]}` of a scenario file.
pub(super) fn replacements(
    document: &Node<'_>,
    decoder: &mut Decoder,
) -> Vec<Replacement> {
    let Some(node) = document.get("snapshots").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    let object = decoder.object("`snapshots`", node, &KEYS);
    let list = object.and_then(|it| it.get("replace")).filter(|list| !list.is_null());
    let Some(list) = list else { return Vec::new() };
    let Kind::Array(items) = &list.kind else {
        decoder.unexpected("`replace`", list, "a list of `{matches, with}`");
        return Vec::new();
    };
    items.iter().filter_map(|item| replacement(item, decoder)).collect()
}

fn replacement(node: &Node<'_>, decoder: &mut Decoder) -> Option<Replacement> {
    decoder.object("a replacement", node, &RULE_KEYS)?;
    let is_empty = |it: &Node<'_>| it.as_str().is_some_and(|it| it.trim().is_empty());
    let matches = node.get("matches").filter(|it| !it.is_null() && !is_empty(it));
    let with = node.get("with").filter(|it| !it.is_null());
    let (Some(matches), Some(with)) = (matches, with) else {
        let message = "a replacement needs `matches` and `with`".to_owned();
        decoder.error(node.span, message);
        return None;
    };
    let matches = expression(matches, decoder)?;
    // An empty replacement deletes the match.
    let with = match &with.kind {
        Kind::String(text) | Kind::Number(text) => (&**text).into(),
        _ => {
            decoder.unexpected("`with`", with, "a string");
            return None;
        }
    };
    Some(Replacement { matches, with })
}

/// Assigns a path to each snapshot.
pub(super) fn place(cases: &mut [Case], scenario: &Path, decoder: &mut Decoder) {
    let names = cases.iter().filter_map(|case| Some(&case.snapshot.as_ref()?.name));
    let mut places = Places::new(scenario, names);
    for case in cases {
        let Some(snapshot) = &mut case.snapshot else { continue };
        match places.take(&snapshot.name) {
            Some(path) => snapshot.path = path,
            None => {
                let message = format!("two tests have the snapshot `{}`", snapshot.name);
                let help = "give each a unique name; in a table, include a value of the \
                            row, as in \"key ${key}\"";
                decoder.error(snapshot.span, message).help = Some(help.into());
            }
        }
    }
}

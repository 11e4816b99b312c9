//! Tests that replay a recorded call.

use std::path::PathBuf;

use crate::analysis::comparison::{Pattern, Rules};
use crate::diagnostic::Decoder;
use crate::source::{Kind, Node};
use crate::suite::scenario::RecordedCall;

/// Keys that such a test cannot have, because the recording determines the start of the
/// call and the caller's input. The recording answers before any fixtures, so unused
/// fixtures mean nothing.
const RECORDED: [&str; 12] = [
    "node",
    "context",
    "variables",
    "at",
    "timeoutMs",
    "maxActions",
    "seed",
    "strict",
    "stopAtQueue",
    "unusedFixtures",
    "input",
    "script",
];

const COMPARE_KEYS: [&str; 3] = ["ignore", "timeMs", "number"];

/// Returns whether a test replays a recorded call.
pub(super) fn is_in(test: &Node<'_>) -> bool {
    test.get("recording").is_some()
}

/// Returns whether a key of the defaults applies to a test. A replay starts as recorded,
/// including the flow, unless the test itself overrides it.
pub(super) fn takes_default(test: &Node<'_>, key: &str) -> bool {
    match is_in(test) {
        true => key != "flow" && !RECORDED.contains(&key),
        false => key != "compare",
    }
}

/// Reads `recording: PATH` with `compare: {ignore, timeMs, number}`. The path stays as
/// written.
pub(super) fn read(test: &Node<'_>, decoder: &mut Decoder) -> Option<RecordedCall> {
    let Some(recording) = test.get("recording") else {
        if let Some(compare) = test.get("compare").filter(|node| !node.is_null()) {
            let message = "`compare` needs a `recording` to compare the call with";
            decoder.error(compare.span, message.into());
        }
        return None;
    };
    for key in RECORDED {
        if let Some(node) = test.get(key).filter(|node| !node.is_null()) {
            let message = format!("a test with a `recording` cannot set `{key}`");
            let help = "remove it; the call is replayed as recorded";
            decoder.error(node.span, message).help = Some(help.into());
        }
    }
    let rules = rules(test.get("compare"), decoder);
    let expected = "the path of a recording, relative to this file";
    let Some(path) = recording.as_str().map(str::trim) else {
        decoder.unexpected("`recording`", recording, expected);
        return None;
    };
    if path.is_empty() {
        decoder
            .error(recording.span, format!("`recording` is empty, expected {expected}"));
        return None;
    }
    Some(RecordedCall { path: PathBuf::from(path), span: recording.span, rules })
}

/// Reads the comparison rules. The caller's input is the recorded one.
fn rules(compare: Option<&Node<'_>>, decoder: &mut Decoder) -> Rules {
    let mut rules = Rules { caller_is_replayed: true, ..Rules::default() };
    let Some(compare) = compare.filter(|node| !node.is_null()) else { return rules };
    if decoder.object("`compare`", compare, &COMPARE_KEYS).is_none() {
        return rules;
    }
    if let Some(ignore) = compare.get("ignore").filter(|node| !node.is_null()) {
        let items = match &ignore.kind {
            Kind::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(ignore),
        };
        for item in items {
            match item.as_str().map(Pattern::parse) {
                Some(Ok(pattern)) => rules.ignored.push(pattern),
                Some(Err(problem)) => {
                    decoder.error(item.span, problem.to_string());
                }
                None => decoder.unexpected("`ignore`", item, "a JSON pointer (a string)"),
            }
        }
    }
    for key in ["timeMs", "number"] {
        let Some(node) = compare.get(key).filter(|node| !node.is_null()) else {
            continue;
        };
        let Kind::Number(number) = &node.kind else {
            decoder.unexpected(&format!("`{key}`"), node, "a number");
            continue;
        };
        if let Err(problem) = rules.tolerate(&format!("{key}={number}")) {
            decoder.error(node.span, problem.to_string());
        }
    }
    rules
}

//! Tests of a scenario file.

use std::path::PathBuf;
use std::sync::Arc;

use super::expect::SharedExpectations;
use super::{expect, recording, script};
use crate::analysis::property::Properties;
use crate::diagnostic::Decoder;
use crate::engine::{Limits, misspelt_context_field};
use crate::flow::Spanned;
use crate::source::{Kind, Node};
use crate::suite::scenario::{Case, Expectation, Forbidden, Snapshot, Start, Turn};
use crate::value::{DateTime, Text, Value};
use crate::world::Input;

/// Keys of the defaults of a file.
pub(super) const DEFAULT_KEYS: [&str; 16] = [
    "flow",
    "node",
    "context",
    "variables",
    "at",
    "timeoutMs",
    "maxActions",
    "seed",
    "strict",
    "stopAtQueue",
    "fixtures",
    "tags",
    "compare",
    "unusedFixtures",
    "unusedInputs",
    "diagnostics",
];

/// Keys that only a test may have.
const OWN_KEYS: [&str; 11] = [
    "name",
    "skip",
    "expectFailure",
    "recording",
    "input",
    "script",
    "expect",
    "snapshot",
    "error",
    "calls",
    "each",
];

/// Keys of the defaults that are merged with those of a test.
pub(super) const MERGED_KEYS: [&str; 5] =
    ["context", "variables", "fixtures", "tags", "compare"];

/// Longest duration that a test may set, a hundred days in milliseconds.
const MAX_MS: i64 = 8_640_000_000;

pub(super) fn read(
    node: &Node<'_>,
    row: Option<u32>,
    alike: &SharedExpectations,
    properties: &Properties,
    decoder: &mut Decoder,
) -> Option<Case> {
    let reported = decoder.diagnostic_count();
    let keys = [&OWN_KEYS[..], &DEFAULT_KEYS].concat();
    decoder.object("a test", node, &keys)?;
    let Some(name) = decoder.text(node, "name") else {
        decoder.error(node.span, "a test needs a `name`".into());
        return None;
    };
    let script = script::read(node.get("script"), decoder);
    let mut expectations = expect::read(node, alike, decoder);
    expectations.extend(flags(node, decoder));
    let snapshot = snapshot(node, &name, decoder);
    // A mistake in the expectations is reported already and removes them, so that a
    // warning about a test without expectations would be wrong.
    let has_mistakes = decoder.diagnostic_count() > reported;
    let mut case = Case {
        name,
        row,
        span: node.get("name").map_or(node.span, |name| name.span),
        extent: node.span,
        tags: decoder.strings(node, "tags"),
        skip: reason(node, "skip", "skipped", decoder).map(|it| it.value),
        expect_failure: reason(node, "expectFailure", "no reason given", decoder),
        recording: recording::read(node, decoder),
        start: start(node, decoder),
        fixtures: fixtures(node, decoder),
        inputs: inputs(node, decoder),
        script,
        expectations,
        snapshot,
        properties: Arc::clone(properties),
    };
    if node.get("script").is_some_and(|script| !script.is_null()) {
        case.inputs = inputs_of_script(node, &case.script, decoder);
    }
    if !has_mistakes && !recording::is_in(node) && properties.is_empty() {
        warn_of_missing_expectations(&case, decoder);
    }
    Some(case)
}

/// Returns the caller input of a script, and reports an additional `input`.
fn inputs_of_script(
    node: &Node<'_>,
    script: &[Spanned<Turn>],
    decoder: &mut Decoder,
) -> Vec<Input> {
    if let Some(input) = node.get("input") {
        let message = "a test with a `script` cannot have an `input`".to_owned();
        decoder.error(input.span, message).help =
            Some("write the caller's input as turns of the script".into());
    }
    let does = script.iter().filter_map(|turn| match &turn.value {
        Turn::Does(input) => Some(input.clone()),
        _ => None,
    });
    does.collect()
}

fn warn_of_missing_expectations(case: &Case, decoder: &mut Decoder) {
    let has_no_expectations = case.expectations.iter().all(|it| it.value.always_holds());
    if has_no_expectations && case.script.is_empty() && case.snapshot.is_none() {
        // Without the test name, so that the rows of a table report one warning together.
        let message = "this test has no expectations".to_owned();
        let help = "add `expect`, a `script` or `snapshot: true`";
        decoder.warning(case.span, message, help);
    }
}

/// Reads a key that takes a reason, or `true` without one.
fn reason(
    node: &Node<'_>,
    key: &str,
    default: &str,
    decoder: &mut Decoder,
) -> Option<Spanned<Text>> {
    let reason = node.get(key)?;
    let value: Text = match &reason.kind {
        Kind::Boolean(false) | Kind::Null => return None,
        Kind::Boolean(true) => default.into(),
        Kind::String(text) => (&**text).into(),
        _ => {
            decoder.unexpected(&format!("`{key}`"), reason, "the reason, a string");
            return None;
        }
    };
    Some(Spanned { value, span: reason.span })
}

pub(super) fn start(node: &Node<'_>, decoder: &mut Decoder) -> Start {
    let written = |key: &str, decoder: &mut Decoder| {
        let value = decoder.text(node, key)?;
        Some(Spanned { value, span: node.get(key)?.span })
    };
    let at = written("at", decoder).and_then(|at| {
        let time = DateTime::parse(&at.value);
        if time.is_none() {
            let message = format!("`at` is `{}`, expected a date and time", at.value);
            decoder.error(at.span, message).help =
                Some("write it as 2026-01-05T09:00:00Z".into());
        }
        time
    });
    let whole = |key: &str, most: i64, decoder: &mut Decoder| {
        let is_there = node.get(key).is_some_and(|node| !node.is_null());
        is_there.then(|| decoder.whole(node, key, 0..=most, 0))
    };
    let max_actions = whole("maxActions", i64::from(Limits::MOST_ACTIONS), decoder);
    Start {
        flow: written("flow", decoder),
        node: written("node", decoder),
        context: values(node, "context", decoder),
        variables: values(node, "variables", decoder),
        at,
        timeout_ms: whole("timeoutMs", MAX_MS, decoder),
        max_actions: max_actions.and_then(|count| u32::try_from(count).ok()),
        seed: whole("seed", i64::MAX, decoder).unwrap_or(0).unsigned_abs(),
        is_strict: flag(node, "strict", decoder),
        stops_at_queue: flag(node, "stopAtQueue", decoder),
    }
}

fn flag(node: &Node<'_>, key: &str, decoder: &mut Decoder) -> bool {
    match node.get(key).map(|node| (node, &node.kind)) {
        None | Some((_, Kind::Null)) => false,
        Some((_, Kind::Boolean(truth))) => *truth,
        Some((node, _)) => {
            decoder.unexpected(&format!("`{key}`"), node, "true or false");
            false
        }
    }
}

fn values(node: &Node<'_>, key: &str, decoder: &mut Decoder) -> Vec<(Text, Value)> {
    let Some(node) = node.get(key).filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    if !matches!(node.kind, Kind::Object(_)) {
        decoder.unexpected(&format!("`{key}`"), node, "an object of names and values");
    }
    let mut values = Vec::new();
    for entry in node.entries() {
        // Entries of the project file are placed at the whole document; they are reported in
        // that file.
        if key == "context"
            && entry.key_span != entry.value.span
            && let Some(near) = misspelt_context_field(&entry.key)
        {
            let message = format!("unknown context field `{}`", entry.key);
            decoder.warning(entry.key_span, message, &format!("did you mean `{near}`?"));
        }
        let value = Value::from(decoder.json(&entry.value));
        values.push((Text::from(&*entry.key), value));
    }
    values
}

/// Reads fixtures of the test alone, which are an object.
pub(super) fn fixtures(node: &Node<'_>, decoder: &mut Decoder) -> Option<Node<'static>> {
    let fixtures = node.get("fixtures").filter(|node| !node.is_null())?;
    if !matches!(fixtures.kind, Kind::Object(_)) {
        let expected = "an object; fixture files belong to the scenario file";
        decoder.unexpected("`fixtures`", fixtures, expected);
        return None;
    }
    Some(fixtures.to_static())
}

/// Reads `input: ["1", null, …]`; a single input may be written without a list.
pub(super) fn inputs(node: &Node<'_>, decoder: &mut Decoder) -> Vec<Input> {
    let Some(input) = node.get("input") else { return Vec::new() };
    let items = match &input.kind {
        Kind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(input),
    };
    let mut inputs = Vec::with_capacity(items.len());
    for item in items {
        match Input::read(item) {
            Ok(input) => inputs.push(input),
            Err(problem) => decoder.add(problem),
        }
    }
    inputs
}

fn snapshot(node: &Node<'_>, name: &Text, decoder: &mut Decoder) -> Option<Snapshot> {
    let snapshot = node.get("snapshot")?;
    // The path is set when all names are known.
    let named = |name: Text| Snapshot { name, path: PathBuf::new(), span: snapshot.span };
    match &snapshot.kind {
        Kind::Boolean(false) | Kind::Null => None,
        Kind::Boolean(true) => Some(named(name.clone())),
        Kind::String(name) if !name.trim().is_empty() => Some(named(name.trim().into())),
        _ => {
            decoder.unexpected("`snapshot`", snapshot, "true, or a name");
            None
        }
    }
}

/// Reads `unusedFixtures: forbid` and similar keys.
fn flags(node: &Node<'_>, decoder: &mut Decoder) -> Vec<Arc<Spanned<Expectation>>> {
    const FLAGS: [(&str, Forbidden); 3] = [
        ("unusedFixtures", Forbidden::NoUnusedFixtures),
        ("unusedInputs", Forbidden::NoUnusedInputs),
        ("diagnostics", Forbidden::NoDiagnostics),
    ];
    let mut expectations = Vec::new();
    for (key, flag) in FLAGS {
        let Some(node) = node.get(key).filter(|node| !node.is_null()) else { continue };
        match node.as_str() {
            Some("forbid") => {
                let value = Expectation::Forbidden(flag);
                expectations.push(Arc::new(Spanned { value, span: node.span }));
            }
            Some("allow") => {}
            _ => decoder.unexpected(&format!("`{key}`"), node, "`forbid` or `allow`"),
        }
    }
    expectations
}

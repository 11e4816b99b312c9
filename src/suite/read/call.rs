//! Calls without expectations: rows of a batch.

use super::case;
use crate::analysis::property::Properties;
use crate::diagnostic::{Code, Decoder, Diagnostic, Severity};
use crate::engine::context_problem;
use crate::source::Node;
use crate::suite::scenario::Case;

/// Keys of a call. They have the meaning that they have in a test.
const KEYS: [&str; 12] = [
    "id",
    "flow",
    "node",
    "context",
    "variables",
    "input",
    "at",
    "timeoutMs",
    "maxActions",
    "seed",
    "strict",
    "stopAtQueue",
];

/// Key of the fixtures that only this call has.
const FIXTURES: &str = "fixtures";

/// Reads a call as a case without expectations.
///
/// # Errors
/// Returns all mistakes.
pub(crate) fn read_call(node: &Node<'_>) -> Result<Case, Vec<Diagnostic>> {
    let mut decoder = Decoder::new(Code::INVALID_REQUEST);
    decoder.unique_keys(node);
    let keys = [&KEYS[..], &[FIXTURES]].concat();
    let mut case = decoder.object("a call", node, &keys).map(|node| Case {
        name: "call".into(),
        row: None,
        span: node.span,
        extent: node.span,
        tags: Vec::new(),
        skip: None,
        expect_failure: None,
        recording: None,
        start: case::start(node, &mut decoder),
        fixtures: case::fixtures(node, &mut decoder),
        inputs: case::inputs(node, &mut decoder),
        script: Vec::new(),
        expectations: Vec::new(),
        snapshot: None,
        properties: Properties::default(),
    });
    if let Some(Case { start, .. }) = &mut case {
        // A null is a missing key, as everywhere in a row: a table with a column for each
        // name has one wherever a row lacks the name.
        start.context.retain(|(_, value)| !value.is_unset());
        start.variables.retain(|(_, value)| !value.is_unset());
    }
    for (name, value) in case.iter().flat_map(|it| &it.start.context) {
        if let Some(message) = context_problem(name, value) {
            let field = node.get("context").and_then(|it| it.get(name));
            decoder.error(field.unwrap_or(node).span, message);
        }
    }
    let diagnostics = decoder.into_diagnostics();
    match case {
        Some(case) if !diagnostics.iter().any(|it| it.severity == Severity::Error) => {
            Ok(case)
        }
        _ => Err(diagnostics),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Files, read_json};

    fn read(text: &str) -> Result<Case, Vec<String>> {
        let mut files = Files::new();
        let file = files.add("row", text);
        read_call(&read_json(&file).unwrap()).map_err(|diagnostics| {
            let messages = diagnostics.into_iter().map(|it| {
                assert_eq!(it.code, Code::INVALID_REQUEST);
                let column = files.position(it.labels[0].span).column;
                format!("{column}: {}", it.message)
            });
            messages.collect()
        })
    }

    #[test]
    fn a_call_has_the_keys_of_a_test() {
        let call = read(
            r#"{"id": 7, "flow": "Main", "node": "n", "context": {"from": "+1"},
            "variables": {"n": 1}, "input": ["1", null], "at": "2026-03-01T09:00:00Z",
            "timeoutMs": 9, "maxActions": 5, "seed": 3, "strict": true,
            "stopAtQueue": true, "fixtures": {"queues": []}}"#,
        )
        .unwrap();
        let start = call.start;
        assert_eq!(start.flow.unwrap().value, "Main");
        assert_eq!(
            (start.timeout_ms, start.max_actions, start.seed),
            (Some(9), Some(5), 3)
        );
        assert!(start.is_strict && start.stops_at_queue && call.fixtures.is_some());
        assert_eq!(
            (start.context.len(), start.variables.len(), call.inputs.len()),
            (1, 1, 2)
        );
        assert!(read("{}").is_ok());
    }

    #[test]
    fn a_null_is_a_missing_key() {
        let call = read(
            r#"{"variables": {"a": null, "b": {"c": null}}, "context": {"from": null},
            "at": null, "seed": null}"#,
        )
        .unwrap();
        let names: Vec<_> =
            call.start.variables.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["b"]);
        assert!(call.start.context.is_empty());
    }

    #[test]
    fn whole_numbers_may_have_a_point() {
        let call = read(r#"{"timeoutMs": 9.0, "maxActions": 5e1, "seed": 3.0}"#);
        let start = call.unwrap().start;
        let numbers = (start.timeout_ms, start.max_actions, start.seed);
        assert_eq!(numbers, (Some(9), Some(50), 3));
        assert!(read(r#"{"seed": 3.5}"#).unwrap_err()[0].contains("`seed` is 3.5"));
    }

    #[test]
    fn every_mistake_is_reported_with_its_place() {
        let mistakes = read(
            r#"{"flw": "a", "input": [true], "context": {"answerAfterMs": "soon"}, "at": 5}"#,
        );
        insta::assert_snapshot!(mistakes.unwrap_err().join("\n"));
        assert_eq!(read("[]").unwrap_err(), ["1: a call is a list, expected an object"]);
    }
}

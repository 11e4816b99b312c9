//! Comparisons of execution documents with the conformance kit: a table for the terminal,
//! and JSON.

use std::fmt::Write;

use serde::Serialize;

use super::words::path_of;
use crate::analysis::comparison::Comparison;
use crate::conformance::{Conformance, Outcome, Policy, Row};
use crate::diagnostic::visible::one_line;

/// Name and version of the JSON form.
const SCHEMA: &str = "flowsim.conformance/1";

const HEADS: [&str; 2] = ["call", "confidence"];

/// Renders a table: the call, how sure flowsim's expectation is, and the result with the
/// policy to set.
pub fn render_text(conformance: &Conformance) -> String {
    let width = |cell: fn(&Row) -> &str, head: &str| {
        let widths = conformance.rows.iter().map(|row| cell(row).chars().count());
        widths.max().unwrap_or_default().max(head.chars().count())
    };
    let name = width(|row| &row.call, HEADS[0]);
    let confidence = width(|row| &row.confidence, HEADS[1]);
    let mut text = format!("{:name$}  {:confidence$}  result\n", HEADS[0], HEADS[1]);
    for row in &conformance.rows {
        let (call, sure) = (one_line(&row.call), one_line(&row.confidence));
        let mut lines = result(row).into_iter();
        let first = lines.next().unwrap_or_default();
        let _ = writeln!(text, "{call:name$}  {sure:confidence$}  {first}");
        for line in lines {
            let _ = writeln!(text, "{:name$}  {:confidence$}  {line}", "", "");
        }
    }
    text.push('\n');
    for other in &conformance.unmatched {
        let path = one_line(&path_of(&other.path));
        let _ = writeln!(text, "not compared: {path}: {}", one_line(&other.reason));
    }
    let Counts { calls, same, different, missing, .. } = Counts::of(conformance);
    let _ = writeln!(
        text,
        "{calls} calls: {same} same, {different} different, {missing} without a document"
    );
    text
}

fn result(row: &Row) -> Vec<String> {
    let (comparison, policy) = match &row.outcome {
        Outcome::Missing => return vec!["no document".into()],
        Outcome::Same => return vec!["same".into()],
        Outcome::Different { comparison, policy } => (comparison, policy),
    };
    // The first sentence names the place; the others explain changes of a flow.
    let first = |text: &str| match text.split_once(". ") {
        Some((first, _)) => one_line(first) + ".",
        None => one_line(text),
    };
    let cause = comparison.cause.as_ref().map(|cause| first(&cause.text));
    let cause = cause.unwrap_or_else(|| "the call runs differently".into());
    let advice = match policy {
        Some(Policy { key, value }) => format!("set `policies: {{{key}: {value}}}`"),
        None => "no policy explains it; please report it".into(),
    };
    vec![format!("different: {cause}"), advice]
}

/// Returns the JSON form, with a final line break.
pub fn render_json(conformance: &Conformance) -> String {
    let rows = conformance.rows.iter().map(|row| {
        let (result, comparison, policy) = match &row.outcome {
            Outcome::Missing => ("missing", None, None),
            Outcome::Same => ("same", None, None),
            Outcome::Different { comparison, policy } => {
                ("different", Some(&**comparison), *policy)
            }
        };
        JsonRow {
            call: &row.call,
            flow: &row.flow,
            confidence: &row.confidence,
            document: row.document.as_deref().map(path_of),
            result,
            policy: policy.map(|Policy { key, value }| JsonPolicy { key, value }),
            comparison,
        }
    });
    let unmatched = conformance
        .unmatched
        .iter()
        .map(|it| JsonUnmatched { document: path_of(&it.path), reason: &it.reason });
    let document = JsonConformance {
        schema: SCHEMA,
        calls: rows.collect(),
        unmatched: unmatched.collect(),
        summary: Counts::of(conformance),
    };
    let text = serde_json::to_string_pretty(&document);
    text.expect("JSON can be written") + "\n"
}

#[derive(Serialize)]
struct JsonConformance<'c> {
    schema: &'static str,
    calls: Vec<JsonRow<'c>>,
    unmatched: Vec<JsonUnmatched<'c>>,
    summary: Counts,
}

#[derive(Serialize)]
struct JsonRow<'c> {
    call: &'c str,
    flow: &'c str,
    confidence: &'c str,
    document: Option<String>,
    result: &'static str,
    policy: Option<JsonPolicy>,
    comparison: Option<&'c Comparison>,
}

#[derive(Serialize)]
struct JsonPolicy {
    key: &'static str,
    value: &'static str,
}

#[derive(Serialize)]
struct JsonUnmatched<'c> {
    document: String,
    reason: &'c str,
}

/// Numbers of calls by result.
#[derive(Serialize)]
struct Counts {
    calls: usize,
    same: usize,
    different: usize,
    missing: usize,
    unmatched: usize,
}

impl Counts {
    fn of(conformance: &Conformance) -> Self {
        let count = |is: fn(&Outcome) -> bool| {
            conformance.rows.iter().filter(|row| is(&row.outcome)).count()
        };
        Self {
            calls: conformance.rows.len(),
            same: count(|it| matches!(it, Outcome::Same)),
            different: count(|it| matches!(it, Outcome::Different { .. })),
            missing: count(|it| matches!(it, Outcome::Missing)),
            unmatched: conformance.unmatched.len(),
        }
    }
}

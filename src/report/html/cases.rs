//! Tests of a run for the script of the page.

use std::path::Path;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use serde::Serialize;

use crate::diagnostic::visible::one_line;
use crate::report::Explain;
use crate::report::explain::cause;
use crate::report::property_cases::{PropertyCase, PropertyResult};
use crate::report::words::{explanation, file_of, name_of, shown_path};
use crate::runner::{CaseId, CaseResult, Outcome};
use crate::source::Files;
use crate::suite::Mismatch;

/// Maximum number of lines per difference.
const MOST_LINES: usize = 400;

/// Maximum number of characters per line.
const MOST_TEXT: usize = 2_000;

/// All tests.
#[derive(Debug, Default, Serialize)]
pub(super) struct Tests {
    files: IndexSet<String>,
    tests: Vec<Test>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<Property>,
    /// Assigned anchors with the number of uses.
    #[serde(skip)]
    anchors: IndexMap<String, usize>,
}

/// A test. Fields that do not apply are omitted.
#[derive(Debug, Serialize)]
struct Test {
    /// Anchor: the part after `#test-` in the address.
    id: String,
    file: usize,
    line: u32,
    name: String,
    outcome: &'static str,
    command: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<usize>,
    /// Reason why it was skipped or failed as expected, could not run, or panicked.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mismatches: Vec<Difference>,
}

/// A property of a scenario file. Fields that do not apply are omitted.
#[derive(Debug, Serialize)]
struct Property {
    file: String,
    name: String,
    result: &'static str,
    /// The reason why it is not checked, or the message of the call that breaks it.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    /// Index of the first test whose call breaks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<usize>,
}

/// A mismatch between expectation and result.
#[derive(Debug, Serialize)]
struct Difference {
    line: u32,
    subject: String,
    message: String,
    /// Lines prefixed with `-`, `+` or a space.
    lines: Vec<String>,
    cause: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u32>,
}

impl Tests {
    /// Adds a test with the index of its call.
    pub(super) fn add(
        &mut self,
        result: &CaseResult,
        call: Option<usize>,
        explain: Explain,
        files: &Files,
    ) {
        let file = file_of(&result.id);
        let id = self.anchor(result, &file);
        let (mut mismatches, mut reason) = (Vec::new(), String::new());
        match &result.outcome {
            Outcome::Passed => {}
            Outcome::Failed(found) => {
                mismatches = found.iter().map(|it| Difference::of(it, files)).collect();
            }
            Outcome::ExpectedFailure { reason: text, mismatches: found } => {
                reason = one_line(text);
                mismatches = found.iter().map(|it| Difference::of(it, files)).collect();
            }
            Outcome::Skipped(text) => reason = one_line(text),
            Outcome::Broken(_) | Outcome::Panicked(_) => {
                reason = explanation(result, explain, files);
            }
        }
        self.tests.push(Test {
            id,
            file: self.files.insert_full(file).0,
            line: result.id.line,
            name: name_of(&result.id),
            outcome: result.outcome.name(),
            command: one_line(&result.command()),
            tags: result.tags.iter().map(|tag| one_line(tag)).collect(),
            call,
            reason,
            mismatches,
        });
    }

    /// Adds the properties with their results.
    pub(super) fn add_properties(&mut self, all: Vec<(Arc<Path>, PropertyCase)>) {
        for (path, case) in all {
            let (result, reason, test) = match case.result {
                PropertyResult::Kept => ("kept", String::new(), None),
                PropertyResult::NotChecked(why) => ("not checked", why.into(), None),
                PropertyResult::Broken(broken) => {
                    let id = anchor_of(&broken.id, &file_of(&broken.id));
                    let test = self.tests.iter().position(|test| test.id == id);
                    ("broken", broken.message, test)
                }
            };
            let (file, name) = (shown_path(&path), one_line(&case.name));
            self.properties.push(Property { file, name, result, reason, test });
        }
    }

    /// Returns file, line and row, so that an address is stable between runs.
    fn anchor(&mut self, result: &CaseResult, file: &str) -> String {
        let anchor = anchor_of(&result.id, file);
        let count = self.anchors.entry(anchor.clone()).or_default();
        *count += 1;
        if *count > 1 { format!("{anchor}~{count}") } else { anchor }
    }
}

fn anchor_of(id: &CaseId, file: &str) -> String {
    match id.row {
        Some(row) => format!("{file}:{}:{row}", id.line),
        None => format!("{file}:{}", id.line),
    }
}

impl Difference {
    fn of(mismatch: &Mismatch, files: &Files) -> Self {
        let mut lines: Vec<String> = mismatch.difference();
        if let Some(more @ 1..) = lines.len().checked_sub(MOST_LINES) {
            lines.truncate(MOST_LINES);
            lines.push(format!("  … {more} more lines"));
        }
        Self {
            line: files.position(mismatch.span).line,
            subject: one_line(&mismatch.subject),
            message: shortened(&mismatch.message),
            lines: lines.iter().map(|it| shortened(it)).collect(),
            cause: cause(mismatch).iter().map(|it| shortened(it)).collect(),
            step: mismatch.step,
        }
    }
}

/// Returns the beginning of the text on one line.
fn shortened(text: &str) -> String {
    one_line(&crate::value::shortened(text, MOST_TEXT))
}

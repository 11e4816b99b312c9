//! The platform's own document, compared with itself and with a copy in which one branch
//! takes another output.

use std::fs;

use flowsim::analysis::comparison::{CauseKind, DifferenceKind, Rules, Verdict, compare};
use flowsim::source::{Files, read_document};
use flowsim::trace::execution::{self, ExecutionDocument};
use flowsim::trace::observation::Observation;

use crate::shared::shared;

fn read(text: &str) -> ExecutionDocument {
    let mut files = Files::new();
    let file = files.add("run.json", text);
    let mut diagnostics = Vec::new();
    let document = read_document(&file).unwrap();
    execution::read(&document, &mut diagnostics).unwrap()
}

/// Returns the real document.
fn real() -> ExecutionDocument {
    let path = shared("executions/inbound-call-transfer.json");
    read(&fs::read_to_string(path).unwrap())
}

#[test]
#[ignore = "needs ../shared/data"]
fn the_real_document_equals_itself_written_by_us() {
    let document = real();
    let one = Observation::of_document(&document);
    let two = Observation::of_document(&read(&document.to_text()));
    let found = compare(&one, &two, &Rules::default());
    assert_eq!(found.verdict, Verdict::Equal);
    assert_eq!(found.ignored, []);
    let (_, queue) = one.destination().unwrap();
    assert_eq!(queue, "CXaC Queue");
    assert_eq!(one.exit_reason.as_deref(), Some("TRANSFER"));
    assert_eq!(one.elapsed_ms, Some(20_123));
    let keys: Vec<_> = one
        .steps
        .iter()
        .flat_map(|step| step.of(flowsim::trace::observation::AttributeKind::Caller))
        .map(|attribute| attribute.value.clone().unwrap().to_string())
        .collect();
    assert_eq!(keys, ["\"1\"", "\"3\""]);
}

#[test]
#[ignore = "needs ../shared/data"]
fn a_branch_of_the_real_document_with_another_output_is_reported() {
    let document = real();
    let one = Observation::of_document(&document);
    let mut changed = document.clone();
    let events = changed.execution.as_mut().unwrap();
    // The switch of the second menu takes the default output, and the steps after it
    // differ.
    let switch = events.iter().rposition(|event| event.name == "actionSwitch").unwrap();
    events[switch].output_path_id = Some("__DEFAULT__".into());
    events[switch].output_path_name = None;
    events[switch + 1].action_id = Some("another".into());
    events[switch + 1].action_name = Some("Another".into());
    events[switch + 1].tracking_id = None;
    let two = Observation::of_document(&changed);
    let found = compare(&one, &two, &Rules::default());
    assert_eq!(found.verdict, Verdict::Different);
    let first = found.first_difference.unwrap();
    assert_eq!(first.kind, DifferenceKind::Path);
    assert_eq!(
        first.pointer,
        format!("/flow/execution/{switch}/actionSwitch/outputPathId")
    );
    assert_eq!(first.recorded, Some("Case 4".into()));
    assert_eq!(first.local, Some("__DEFAULT__".into()));
    assert_eq!(found.path_diverges_at, Some(first.step.unwrap() + 1));
    let cause = found.cause.unwrap();
    assert_eq!(cause.kind, CauseKind::Condition);
    assert!(cause.text.contains("`Case 4`"), "{}", cause.text);
}

#[test]
#[ignore = "needs ../shared/data"]
fn another_key_of_the_real_caller_is_followed_to_the_branch() {
    let document = real();
    let one = Observation::of_document(&document);
    let text = document.to_text().replace("\"value\": \"3\",", "\"value\": \"2\",");
    let text = text.replace("|1|3", "|1|2");
    let mut changed = read(&text);
    let events = changed.execution.as_mut().unwrap();
    let switch = events.iter().rposition(|event| event.name == "actionSwitch").unwrap();
    events[switch].output_path_id = Some("another".into());
    events[switch].output_path_name = Some("Case 3".into());
    events[switch + 1].action_id = Some("another".into());
    events[switch + 1].action_name = Some("Another".into());
    events[switch + 1].tracking_id = None;
    let found = compare(&one, &Observation::of_document(&changed), &Rules::default());
    let cause = found.cause.unwrap();
    assert_eq!(cause.kind, CauseKind::CallerInput, "{}", cause.text);
    assert!(cause.text.contains("it took `Case 4` in the recording"), "{}", cause.text);
    assert!(cause.text.contains("received \"3\" from the caller"), "{}", cause.text);
}

//! Recordings that differ in form from the local call but describe the same call.

use flowsim::analysis::comparison::{DifferenceKind, Verdict};
use flowsim::recording::{Recording, RedactionKinds, Redactor};
use flowsim::report::comparison::render_text;
use flowsim::value::Json;
use serde_json::{Map, Value};

use super::stage::{Caller, Stage};
use crate::recordings::calls::{ARCHITECT, Calls, DRAFTS};

/// Records the calls of bundled flows, changes the recordings, and asserts that their
/// replays are equal. At least the given number of recordings must be changed.
fn assert_equal(
    least: usize,
    of: &[(&str, Calls)],
    change: impl Fn(&Recording) -> Recording,
) {
    let mut changed = 0;
    for (organisation, calls) in of {
        let stage = Stage::bundled(organisation);
        for (flow, context, inputs) in *calls {
            let recording = stage.record(&Caller { flow, context, inputs, at: None });
            let other = change(&recording);
            changed += usize::from(other.write() != recording.write());
            let comparison = stage.compare(&other).comparison;
            let told = render_text(&comparison, false);
            let verdict = comparison.verdict;
            assert_eq!(verdict, Verdict::Equal, "{flow} {context:?} {inputs:?}\n{told}");
        }
    }
    assert!(changed >= least, "only {changed} recordings were changed");
}

/// Replaces the JSON text of the response in a recording.
fn with_text(recording: &Recording, change: impl Fn(String) -> String) -> Recording {
    let text = change(recording.response.to_string());
    Recording { response: Json::parse(&text).unwrap(), ..recording.clone() }
}

/// Replaces every object in the response of a recording.
fn with_objects(
    recording: &Recording,
    change: &dyn Fn(Map<String, Value>) -> Map<String, Value>,
) -> Recording {
    with_text(recording, |text| {
        walk(serde_json::from_str(&text).unwrap(), change).to_string()
    })
}

fn walk(
    value: Value,
    change: &dyn Fn(Map<String, Value>) -> Map<String, Value>,
) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|it| walk(it, change)).collect(),
        Value::Object(entries) => {
            let entries =
                entries.into_iter().map(|(key, value)| (key, walk(value, change)));
            Value::Object(change(entries.collect()))
        }
        other => other,
    }
}

#[test]
fn ids_of_other_runs() {
    // Every run has its own ids: of the execution, of each step, of the conversation.
    assert_equal(20, ARCHITECT, |recording| {
        with_objects(recording, &|mut object| {
            for key in ["executionId", "conversationId"] {
                if let Some(Value::String(id)) = object.get_mut(key) {
                    *id = id.chars().rev().collect();
                }
            }
            object
        })
    });
}

#[test]
fn flows_published_under_other_ids() {
    // A copy of a flow has other ids of actions and variables, but the same names.
    assert_equal(20, ARCHITECT, |recording| {
        with_objects(recording, &|mut object| {
            for key in ["actionId", "variableId", "taskId", "menuId", "flowVersion"] {
                if let Some(Value::String(id)) = object.get_mut(key) {
                    *id = id.chars().rev().collect();
                }
            }
            object
        })
    });
}

#[test]
fn missing_fields() {
    let without = |keys: &'static [&'static str]| {
        move |mut object: Map<String, Value>| {
            keys.iter().for_each(|key| drop(object.remove(*key)));
            object
        }
    };
    assert_equal(20, DRAFTS, |recording| {
        with_objects(recording, &without(&["startMs", "depth", "nodeName", "elapsedMs"]))
    });
    assert_equal(20, ARCHITECT, |recording| {
        let keys = &["queuedAudioFlushed", "tools", "trackingId", "division"];
        with_objects(recording, &without(keys))
    });
}

#[test]
fn keys_in_another_order() {
    for of in [DRAFTS, ARCHITECT] {
        assert_equal(20, of, |recording| Recording {
            response: reversed(&recording.response),
            ..recording.clone()
        });
    }
}

fn reversed(json: &Json) -> Json {
    match json {
        Json::Array(items) => Json::array(items.iter().map(reversed)),
        Json::Object(entries) => {
            let entries = entries.iter().rev();
            Json::object(entries.map(|(key, value)| (key.clone(), reversed(value))))
        }
        other => other.clone(),
    }
}

#[test]
fn numbers_in_other_notations() {
    let stage = Stage::bundled("payment-journey");
    let (context, inputs) = (&[("from", "+15551239000")], &["1", "4242"]);
    let caller = Caller { flow: "Main_Line", context, inputs, at: None };
    let recording = stage.record(&caller);
    let text = recording.response.to_string();
    assert!(text.contains(":84.5,"), "{text}");
    let other = with_text(&recording, |text| text.replace(":84.5,", ":8.450e1,"));
    let comparison = stage.compare(&other).comparison;
    let told = render_text(&comparison, false);
    assert_eq!(comparison.verdict, Verdict::Equal, "{told}");
}

#[test]
fn other_times() {
    // Steps take time on the platform, so later steps are further off.
    assert_equal(20, ARCHITECT, |recording| {
        // The default choice of a menu is recognized by its time.
        if recording.flow.name.as_deref() == Some("Alder Clinic Main Line") {
            return recording.clone();
        }
        with_text(recording, |text| {
            let mut pieces = text.split(".000Z\"");
            let mut later = pieces.next().unwrap().to_owned();
            for (index, piece) in pieces.enumerate() {
                later += &format!(".{:03}Z\"{piece}", (index / 4).min(999));
            }
            later
        })
    });
    assert_equal(20, DRAFTS, |recording| {
        with_objects(recording, &|mut object| {
            for key in ["startMs", "elapsedMs"] {
                if let Some(Value::Number(number)) = object.get_mut(key) {
                    *number = (number.as_i64().unwrap() * 2 + 17).into();
                }
            }
            object
        })
    });
}

fn redactor() -> Redactor {
    let wanted = RedactionKinds {
        phone_numbers: true,
        names: true,
        emails: true,
        variables: Vec::new(),
    };
    Redactor::new(wanted, b"a key")
}

#[test]
fn redacted_callers() {
    let redact = |recording: &Recording| redactor().redact(recording);
    assert_equal(8, DRAFTS, redact);
    assert_equal(10, ARCHITECT, redact);
}

#[test]
fn prompts_with_redacted_names() {
    let (context, inputs) = (&[("from", "+15550000000")], &["-", "3"]);
    let caller = Caller { flow: "Main_Line", context, inputs, at: None };
    let recording = Stage::bundled("payment-journey").record(&caller);
    let recording = redactor().redact(&recording);
    assert!(!recording.redactions.is_empty());
    let changed = Stage::changed("payment-journey", "main_line.json", |text| {
        text.replace("Hello {customer_name}.", "Good day {customer_name}.")
    });
    let comparison = changed.compare(&recording).comparison;
    let first = comparison.first_difference.unwrap();
    assert_eq!(first.kind, DifferenceKind::Prompt);
    assert_eq!(first.node_id.as_deref(), Some("Menu"));
}

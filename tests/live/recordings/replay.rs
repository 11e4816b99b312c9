//! Calls of every bundled flow, recorded and made again of nothing but the recording.

use flowsim::recording::{derive, replay};
use flowsim::value::{Json, JsonObject};
use flowsim::world::Fixtures;

use super::calls::{ARCHITECT, DRAFTS};
use super::{Organisation, recording};

#[test]
fn calls_of_architects_flows_come_out_the_same() {
    let mut count = 0;
    for (name, calls) in ARCHITECT {
        let organisation = Organisation::load(name);
        for (flow, context, inputs) in *calls {
            let original = organisation.play(flow, context, inputs);
            let document = organisation.document(&original);
            let derived = derive(&recording(&document));
            let (_, problems) = derived.fixtures(&Fixtures::default());
            assert_eq!(problems, [], "{flow} {inputs:?}\n{}", derived.fixtures);
            let again =
                replay(&organisation.program, &derived, &Fixtures::default()).unwrap();
            let told = format!("{flow} {context:?} {inputs:?}\n{}", derived.fixtures);
            assert_eq!(again.missing, None, "{told}");
            assert_same(&organisation.document(&again.trace), &document, &told);
            assert_eq!(again.unused, [], "{told}");
            count += 1;
        }
    }
    assert!(count > 20);
}

/// Compares texts line by line, and shows where they differ.
fn assert_same(left: &str, right: &str, told: &str) {
    let (left, right): (Vec<_>, Vec<_>) =
        (left.lines().collect(), right.lines().collect());
    let differs =
        (0..left.len().max(right.len())).find(|it| left.get(*it) != right.get(*it));
    let Some(at) = differs else { return };
    let around = |lines: &[&str]| {
        let lines = lines.iter().skip(at.saturating_sub(12)).take(24);
        lines.copied().collect::<Vec<_>>().join("\n")
    };
    panic!("{told}\nours:\n{}\nrecorded:\n{}", around(&left), around(&right));
}

fn pretty(response: &Json) -> String {
    serde_json::to_string_pretty(&without_times(response)).unwrap()
}

/// A response without what it does not tell itself: how long what took.
fn without_times(response: &Json) -> Json {
    let Json::Object(entries) = response else { return response.clone() };
    let mut entries: JsonObject = entries.as_ref().clone();
    entries.shift_remove("elapsedMs");
    Json::object(entries)
}

#[test]
fn simulations_of_draft_flows_come_out_the_same() {
    let mut count = 0;
    for (name, calls) in DRAFTS {
        let organisation = Organisation::load(name);
        for (flow, context, inputs) in *calls {
            let original = organisation.play(flow, context, inputs);
            let response = organisation.simulation(&original);
            let context =
                context.iter().map(|(key, value)| ((*key).into(), (*value).into()));
            let request = Json::object([
                ("flowId".into(), (*flow).into()),
                ("context".into(), Json::object(context)),
                ("timeout".into(), Json::Integer(600_000)),
            ]);
            let pair = Json::object([
                ("request".into(), request),
                ("response".into(), response.clone()),
            ]);
            let derived = derive(&recording(&pair.to_string()));
            let again =
                replay(&organisation.program, &derived, &Fixtures::default()).unwrap();
            let told = format!("{flow} {inputs:?}\n{pair}\n{:?}", derived.answers);
            assert_eq!(again.missing, None, "{told}");
            let again = organisation.simulation(&again.trace);
            assert_same(&pretty(&again), &pretty(&response), &told);
            count += 1;
        }
    }
    assert!(count > 20);
}

#[test]
fn what_the_recording_cannot_answer_is_told() {
    let organisation = Organisation::load("swift-parcels");
    let context = [("to", "+15557770200"), ("from", "+15551234567")];
    let original = organisation.play("Swift Parcels Router", &context, &["100200#", "1"]);
    let mut derived = derive(&recording(&organisation.document(&original)));

    // The caller would be asked for a parcel, and the recording has no keys.
    let answers = std::mem::take(&mut derived.answers);
    let silent = replay(&organisation.program, &derived, &Fixtures::default()).unwrap();
    let missing = silent.missing.unwrap();
    assert_eq!((missing.what, missing.flow.as_str()), ("input", "Ask for Digits"));
    assert!(missing.to_string().contains("no further keys"), "{missing}");
    assert!(!silent.trace.steps.is_empty());

    // The parcel is not asked for in the recording, nor known to the fixtures…
    derived.answers = answers;
    derived.answers.retain(|it| it.about != flowsim::recording::About::DataAction);
    let asked = replay(&organisation.program, &derived, &Fixtures::default()).unwrap();
    let missing = asked.missing.unwrap();
    assert_eq!((missing.what, missing.name.as_str()), ("data action", "Get Parcel"));
    assert_eq!(missing.with.to_string(), r#"{"parcel":"100200"}"#);
    // … but to those of the user.
    let known = replay(&organisation.program, &derived, &organisation.fixtures).unwrap();
    assert_eq!(known.missing, None);
    assert_eq!(organisation.document(&known.trace), organisation.document(&original));

    // Another number was called: its row is nowhere, or in the user's table.
    for variable in &mut derived.variables {
        if variable.0.starts_with("Call.CalledAddress") {
            variable.1 = "+15557770201".into();
        }
    }
    let fixtures = Fixtures::default();
    let mut lost = derived.clone();
    lost.fixtures = Json::object([]);
    let lost = replay(&organisation.program, &lost, &fixtures).unwrap().missing.unwrap();
    assert_eq!(
        (lost.what, lost.name.as_str()),
        ("row of the data table", "Parcel Lines")
    );
    let found = replay(&organisation.program, &derived, &organisation.fixtures).unwrap();
    assert_eq!(found.missing, None);
    let routed = found.trace.routing().unwrap().queue_name.as_ref().unwrap();
    let routed = routed.text(&organisation.program.legend);
    assert_eq!(routed, "Parcels Business");
}

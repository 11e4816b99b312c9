//! What must be equal although it is not the same.

use flowsim::analysis::comparison::{
    Comparison, DifferenceKind, Pattern, Rules, Verdict, compare,
};
use flowsim::trace::execution::{Event, ExecutionDocument, Variable};
use flowsim::trace::observation::{Aspect, Observation};
use flowsim::value::Json;

use super::stage::{clinic, shared};

#[track_caller]
fn equal(one: &Observation, two: &Observation, rules: &Rules) -> Comparison {
    let there = compare(one, two, rules);
    assert_eq!(there.differences, []);
    assert_eq!(there.verdict, Verdict::Equal);
    assert_eq!(compare(two, one, rules).verdict, Verdict::Equal);
    there
}

#[track_caller]
fn different(one: &Observation, two: &Observation, rules: &Rules) -> Comparison {
    let there = compare(one, two, rules);
    assert_eq!(there.verdict, Verdict::Different);
    assert_eq!(compare(two, one, rules).verdict, Verdict::Different);
    there
}

/// A document of one decision behind one assignment.
fn document(value: Json) -> ExecutionDocument {
    let set = Event::action("actionUpdateData", "a1", "Set")
        .run("r1")
        .begin("2026-08-10T14:50:33.547Z")
        .assign([Variable::new("v1", "Flow.X", value)]);
    let decision = Event::action("actionDecision", "a2", "Open?")
        .run("r2")
        .begin("2026-08-10T14:50:34.547Z")
        .with_input("condition", true.into())
        .leave("__YES__");
    ExecutionDocument {
        start: Some("2026-08-10T14:50:33.500Z".into()),
        execution: Some(vec![set, decision]),
        ..ExecutionDocument::default()
    }
}

fn observe(value: &str) -> Observation {
    Observation::of_document(&document(Json::parse(value).unwrap()))
}

fn rules() -> Rules {
    Rules::default()
}

#[test]
fn a_simulation_response_has_no_ends_and_no_times() {
    let flows = shared(&[]);
    let local = flows.call(&["1"]);
    let response = flows.simulation(&["1"]);
    equal(&Observation::of_simulation(&response).unwrap(), &local, &rules());

    let Json::Array(trace) = response.get("trace").unwrap() else { panic!("no list") };
    let is_kept = |step: &&Json| step.get("nodeType") != Some(&"End".into());
    let bare = |step: &Json| {
        let keys = ["nodeId", "nodeName", "nodeType"];
        Json::object(keys.map(|key| (key.into(), step.get(key).unwrap().clone())))
    };
    let steps = trace.iter().filter(is_kept).map(bare);
    let response = Json::object([
        ("status".into(), "completed".into()),
        ("trace".into(), Json::array(steps)),
    ]);
    let recorded = Observation::of_simulation(&response).unwrap();
    let found = equal(&recorded, &local, &rules());
    let reasons: Vec<&str> = found.ignored.iter().map(|it| it.reason.as_str()).collect();
    assert!(reasons.contains(&"steps that only the local run can know"), "{reasons:?}");
    // What it does know is compared.
    different(&recorded, &flows.call(&["2"]), &rules());
}

#[test]
fn what_is_no_response_is_not_observed() {
    assert_eq!(Observation::of_simulation(&Json::Null), None);
    assert_eq!(Observation::of_simulation(&Json::object([])), None);
}

#[test]
fn runs_and_times_are_those_of_the_run() {
    let one = document("x".into());
    let mut two = one.clone();
    two.execution_id = Some("another".into());
    two.start = Some("2027-01-01T00:00:00.000Z".into());
    for event in two.execution.as_mut().unwrap() {
        event.execution_id = Some("another".into());
        event.date_time = Some("2027-01-01T00:00:09.000Z".into());
    }
    let (one, two) = (Observation::of_document(&one), Observation::of_document(&two));
    equal(&one, &two, &rules());
    let close = Rules { time_ms: Some(10_000), ..rules() };
    equal(&one, &two, &close);
    let narrow = Rules { time_ms: Some(500), ..rules() };
    let found = different(&one, &two, &narrow);
    assert_eq!(found.differences[0].kind, DifferenceKind::Time);
}

#[test]
fn steps_may_carry_other_ids() {
    let one = clinic(&[]).document(&["1", "1", "1"]);
    let mut two = one.clone();
    for (index, step) in two.steps.iter_mut().enumerate() {
        step.id = step.id.as_ref().map(|id| format!("{index}-{id}").into());
    }
    equal(&one, &two, &rules());
}

#[test]
fn a_side_may_know_less() {
    let one = clinic(&[]).document(&["1", "1", "1"]);
    for aspect in Aspect::ALL {
        let mut two = one.clone();
        two.known = two.known.without(aspect);
        for step in &mut two.steps {
            step.facets.retain(|facet| facet.aspect != aspect);
        }
        equal(&one, &two, &rules());
    }
    let mut two = one.clone();
    for step in &mut two.steps {
        (step.path, step.start_ms, step.depth, step.flow) = (None, None, None, None);
    }
    two.elapsed_ms = None;
    equal(&one, &two, &rules());
}

#[test]
fn a_truncated_document_ends_early() {
    let one = clinic(&[]).document(&["1", "1", "1"]);
    let mut two = one.clone();
    two.steps.truncate(one.steps.len() / 2);
    different(&one, &two, &rules());
    two.is_truncated = true;
    let found = compare(&two, &one, &rules());
    let kinds: Vec<_> = found.differences.iter().map(|it| it.kind).collect();
    assert!(!kinds.contains(&DifferenceKind::InsertedStep), "{kinds:?}");
}

#[test]
fn values_are_the_same_in_other_words() {
    let same = [
        ("1", "1.0"),
        ("{\"a\": 1, \"b\": [2]}", "{\"b\": [2.00], \"a\": 1}"),
        ("{\"a\": 1, \"b\": null}", "{\"a\": 1}"),
        ("{\"valueIsTooLarge\": true}", "\"anything\""),
        ("{\"valueIsRedacted\": true}", "7"),
        ("{\"id\": \"q1\", \"name\": \"Old\"}", "{\"id\": \"q1\", \"name\": \"New\"}"),
        (
            "{\"e164\": \"+15551234567\", \"uri\": \"tel:+15551234567\"}",
            "\"+15551234567\"",
        ),
        ("{\"e164\": null, \"raw\": \"720\", \"uri\": \"tel:720\"}", "\"tel:720\""),
    ];
    for (one, two) in same {
        equal(&observe(one), &observe(two), &rules());
    }
    let other = [
        ("1", "\"1\""),
        ("1", "2"),
        ("true", "\"true\""),
        ("[1, 2]", "[2, 1]"),
        ("null", "\"\""),
        ("\"a\"", "\"A\""),
        ("{\"a\": 1}", "{\"a\": 1, \"b\": 2}"),
        ("{\"e164\": \"+15551234567\"}", "\"+15551234568\""),
        ("{\"id\": \"q1\", \"name\": \"A\"}", "{\"id\": \"q2\", \"name\": \"B\"}"),
    ];
    for (one, two) in other {
        different(&observe(one), &observe(two), &rules());
    }
}

#[test]
fn rules_make_more_the_same() {
    let text = Rules { text_numbers: true, ..rules() };
    equal(&observe("1"), &observe("\"1\""), &text);
    different(&observe("1"), &observe("\"01\""), &text);

    let mut close = rules();
    close.tolerate("number=0.5").unwrap();
    equal(&observe("10"), &observe("10.5"), &close);
    different(&observe("10"), &observe("10.6"), &close);

    let mut time = rules();
    time.tolerate("timeMs=1000").unwrap();
    let (one, two) = ("\"2026-08-10T14:50:33.547Z\"", "\"2026-08-10T14:50:34Z\"");
    equal(&observe(one), &observe(two), &time);
    different(&observe(one), &observe(two), &rules());

    let redacted = Rules { redacted: |text| text.starts_with("caller-"), ..rules() };
    equal(&observe("\"caller-7\""), &observe("\"Ada\""), &redacted);
    different(&observe("\"Bo\""), &observe("\"Ada\""), &redacted);
}

#[test]
fn what_is_ignored_is_told() {
    let ignored = vec![Pattern::parse("/flow/**/statements/*/value").unwrap()];
    let rules = Rules { ignored, ..rules() };
    let found = equal(&observe("\"a\""), &observe("\"b\""), &rules);
    assert_eq!(found.ignored[0].reason, "rule /flow/**/statements/*/value");
    assert_eq!(found.ignored[0].count, 1);
    let found = compare(&observe("\"a\""), &observe("\"b\""), &Rules::default());
    let pointer = "/flow/execution/0/actionUpdateData/statements/0/value";
    assert_eq!(found.differences[0].pointer, pointer);
}

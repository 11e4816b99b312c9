//! Execution documents: read and written without loss, ours and the platform's.

#![expect(clippy::unwrap_used, reason = "a document that cannot be read fails the test")]

use std::collections::BTreeSet;
use std::fs;

use flowsim::diagnostic::{Code, Diagnostic, Severity, Style, render_text};
use flowsim::source::{Files, ProblemKind, read_document};
use flowsim::trace::execution::{
    AudioItem, Characteristic, Event, ExecutionDocument, Identity, Parameter, Playback,
    Variable, read,
};
use flowsim::value::Json;
use proptest::prelude::*;
use serde_json::Value;

const OURS: &str = include_str!("../../fixtures/executions/parcel-desk.json");

fn read_text(text: &str) -> (Option<ExecutionDocument>, Vec<Diagnostic>, Files) {
    let mut files = Files::new();
    let file = files.add("run.json", text);
    let mut diagnostics = Vec::new();
    let document = read(&read_document(&file).unwrap(), &mut diagnostics);
    (document, diagnostics, files)
}

fn read_clean(text: &str) -> ExecutionDocument {
    let (document, diagnostics, _) = read_text(text);
    assert_eq!(diagnostics, []);
    document.unwrap()
}

/// The same document again, indented as we write it, and read by nobody of ours.
fn indented(text: &str) -> String {
    let json: Value = serde_json::from_str(text).unwrap();
    serde_json::to_string_pretty(&json).unwrap() + "\n"
}

fn shared(name: &str) -> String {
    fs::read_to_string(crate::shared::shared("executions").join(name)).unwrap()
}

#[test]
fn our_document_comes_back_byte_by_byte() {
    let document = read_clean(OURS);
    assert_eq!(document.to_text(), OURS);
    assert_eq!(read_clean(&document.to_text()), document);
}

#[test]
fn our_document_says_what_happened() {
    let document = read_clean(OURS);
    assert_eq!(document.flow_name.as_deref(), Some("Parcel desk"));
    assert_eq!(document.flow_type.as_deref(), Some("inboundcall"));
    assert_eq!(document.logs(Characteristic::Variables), Some(true));
    assert_eq!(document.is_truncated, Some(false));
    assert_eq!(document.other["region"], Json::from("harbour-1"));
    let path: Vec<String> = document
        .events()
        .map(|(depth, event)| {
            let key = event.key();
            let way = key.output_path_id.map(|_| {
                event.output_path_name.as_deref().or(key.output_path_id).unwrap()
            });
            let what = event.action_name.as_deref().or(event.task_name.as_deref());
            let parts = [Some(key.name), what, way];
            let parts: Vec<_> = parts.into_iter().flatten().collect();
            "  ".repeat(depth) + &parts.join(" | ")
        })
        .collect();
    insta::assert_snapshot!("parcel_desk", path.join("\n"));
}

#[test]
fn fields_hold_what_the_platform_says() {
    let document = read_clean(OURS);
    let event = |name: &str| document.events().find(|(_, it)| it.name == name).unwrap().1;
    let shown = |variables: &Option<Vec<Variable>>| -> Vec<(String, String)> {
        let variables = variables.as_deref().unwrap().iter();
        let shown = |it: &Variable| it.shown().map_or("hidden".into(), Json::to_string);
        variables.map(|it| (it.name.as_deref().unwrap().into(), shown(it))).collect()
    };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        shown(&event("actionUpdateData").statements),
        [pair("Flow.Depot", "\"Harbour\""), pair("Task.Weight", "2.5")]
    );
    assert_eq!(
        shown(&event("actionWeighParcel").output_variables),
        [pair("Task.Weight", "2.75"), pair("Task.Card", "hidden")]
    );
    assert_eq!(event("actionWeighParcel").other["outputPathId"], Json::Null);
    assert_eq!(event("actionWeighParcel").output_path_id, None);
    let caller = &event("startedCommonModule").variables.as_deref().unwrap()[0];
    let e164 = caller.value.as_ref().unwrap().get("e164");
    assert_eq!(e164, Some(&Json::from("+441632960118")));
    let cells: Vec<_> = event("actionDataTableLookup").outputs();
    assert_eq!(cells[0], Parameter::new("Shelf", "C7".into()));
    assert_eq!(cells[1], Parameter::new("Fragile", true.into()));
    let pressed: Vec<_> =
        document.events().filter_map(|(_, event)| event.pressed()).collect();
    assert_eq!(pressed, ["4711"]);
    let AudioItem::Prompt { name, .. } = &event("actionPlayAudio").played()[0] else {
        panic!("the welcome is a prompt");
    };
    assert_eq!(name, "Prompt.Welcome");
    let decision = event("actionDecision");
    let id = decision.action_id.as_deref().unwrap();
    assert_eq!(decision.key().identity, Some(Identity::Id(id)));
    assert_eq!(decision.tracking_id, Some(15));
}

/// Every way to make an event gives what the reader finds in the same text.
#[test]
fn documents_can_be_made() {
    let played = Playback {
        items: vec![AudioItem::Blank { milliseconds: 100 }],
        can_barge_in: true,
        date_time: "2026-03-02T08:15:01.000Z".into(),
    };
    let turn = Event::turn("Get.CollectInput.Action", &played)
        .press("1", "2026-03-02T08:15:02.000Z");
    let variable = || [Variable::new("v", "Task.V", 1.into())];
    let events = vec![
        Event::task("startedTask", "t", "Start").run("r").declare(variable()),
        Event::action("actionCollectInput", "a", "Ask")
            .track(10)
            .begin("2026-03-02T08:15:01.000Z")
            .leave("__SUCCESS__")
            .with_input("max", 1.into())
            .with_inputs("attributes", [Parameter::with_id("i", "I", Json::Null)])
            .with_output("inputData", "1".into())
            .with_outputs("attributes", [Parameter::new("O", true.into())])
            .output(variable())
            .nest([turn]),
        Event::action("actionSwitch", "b", "Which?").leave_by("case", "Case 1"),
        Event::action("actionUpdateData", "c", "Set").assign(variable()).play(&played),
        Event::new("endedFlow").with("flowExitReason", "DISCONNECT".into()),
    ];
    let document = ExecutionDocument {
        flow_name: Some("Made".into()),
        execution: Some(events),
        ..ExecutionDocument::default()
    };
    let document = document.log(&Characteristic::ALL).in_division("home");
    let text = document.to_text();
    insta::assert_snapshot!("made", text);
    assert_eq!(read_clean(&text), document);
    assert_eq!(document.division_id(), Some("home"));
}

#[test]
#[ignore = "needs ../shared/data"]
fn a_document_of_the_platform_comes_back_as_it_is() {
    let text = shared("inbound-call-transfer.json");
    let document = read_clean(&text);
    let written = document.to_text();
    let as_value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(as_value(&written), as_value(&text));
    // The order of the keys is the platform's too; only white space differs.
    let compact = document.to_json().to_string();
    assert_eq!(compact, text.trim_end());
    assert_eq!(document.events().count(), 135);
    assert_eq!(document.events().map(|(depth, _)| depth).max(), Some(2));
    // Nothing that has a field was left beside the fields.
    let others: BTreeSet<_> = document
        .events()
        .flat_map(|(_, event)| event.other.keys().map(|key| key.as_str()))
        .collect();
    let expected = [
        "audio",
        "context",
        "endingOutputPath",
        "flowExitReason",
        "fromParticipant",
        "languageTag",
        "purpose",
        "queuedAudioFlushed",
        "targetTask",
        "toParticipant",
        "tools",
        "ttsEngineId",
        "ttsVoiceId",
        "untilCases",
    ];
    assert_eq!(others, BTreeSet::from(expected));
    assert!(document.other.is_empty() && document.beside.is_empty());
    let pressed: Vec<_> = document.events().filter_map(|(_, it)| it.pressed()).collect();
    assert_eq!(pressed, ["1", "3"]);
}

#[test]
#[ignore = "needs ../shared/data"]
fn events_of_the_platform_have_known_names() {
    let (text, types) =
        (shared("inbound-call-transfer.json"), shared("event-types.json"));
    let types: Value = serde_json::from_str(&types).unwrap();
    let known: BTreeSet<&str> = ["actionTypes", "seen_in_real_trace"]
        .iter()
        .flat_map(|key| types[key].as_array().unwrap())
        .map(|name| name.as_str().unwrap())
        .collect();
    let document = read_clean(&text);
    let unknown: Vec<_> = document
        .events()
        .map(|(_, event)| event.name.as_str())
        .filter(|name| !known.contains(name))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let text = r#"{"flow": {
  "flowName": 5,
  "flowId": null,
  "flowVersion": "1.0", "flowVersion": "2.0",
  "execution": [
    {"turn": {}, "endedFlow": {}},
    {},
    "turn",
    {"startedTask": []},
    {"actionX": {"actionId": 7, "trackingId": 1.5, "variables": [1], "execution": {}}},
    {"actionY": {"inputData": [], "statements": [{"value": 1e60, "variableId": false}]}}
  ]
}}"#;
    let (document, diagnostics, files) = read_text(text);
    insta::assert_snapshot!(
        "broken",
        render_text(&diagnostics, &files, Style::default())
    );
    let document = document.unwrap();
    let names: Vec<_> = document.events().map(|(_, it)| it.name.as_str()).collect();
    assert_eq!(names, ["turn", "endedFlow", "actionX", "actionY"]);
    let kept =
        r#"{"actionX":{"actionId":7,"execution":{},"trackingId":1.5,"variables":[1]}}"#;
    assert_eq!(document.events().nth(2).unwrap().1.to_json().to_string(), kept);
}

#[test]
fn other_documents_are_refused() {
    for text in
        ["{}", "[]", "5", "null", "\"flow\"", "{\"flow\": []}", "{\"flow\": null}"]
    {
        let (document, diagnostics, _) = read_text(text);
        assert_eq!(document, None, "{text}");
        assert_eq!(diagnostics.len(), 1, "{text}");
        assert_eq!(diagnostics[0].code, Code::INVALID_EXECUTION);
        assert_eq!(diagnostics[0].severity, Severity::Error);
    }
    let (document, diagnostics, _) = read_text("{\"flow\": {}}");
    assert_eq!(document, Some(ExecutionDocument::default()));
    assert_eq!(diagnostics[0].severity, Severity::Warning);
}

#[test]
fn nesting_and_the_number_of_findings_are_limited() {
    let nested = |levels: usize| {
        let open = "{\"a\":{\"execution\":[".repeat(levels);
        let close = "]}}".repeat(levels);
        format!("{{\"flow\":{{\"execution\":[{open}{close}]}}}}")
    };
    let document = read_clean(&nested(41));
    assert_eq!(document.events().last().unwrap().0, 40);
    assert_eq!(document.to_text(), indented(&nested(41)));
    let mut files = Files::new();
    let file = files.add("deep.json", nested(100_000));
    assert_eq!(read_document(&file).unwrap_err().kind, ProblemKind::TooLarge);

    let many = format!("{{\"flow\":{{\"execution\":[{}1]}}}}", "1,".repeat(10_000));
    let (_, diagnostics, _) = read_text(&many);
    assert!(diagnostics.len() < 200, "{}", diagnostics.len());
    assert!(diagnostics.last().unwrap().message.contains("9901 more"), "{diagnostics:?}");
}

/// Some JSON that looks like parts of a document, with every key in every wrong place.
fn anything() -> impl Strategy<Value = Value> {
    let keys = prop::sample::select(vec![
        "flow",
        "execution",
        "turn",
        "actionId",
        "trackingId",
        "variables",
        "value",
        "variableId",
        "inputData",
        "flowName",
        "isSecure",
        "statements",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..4).prop_map(|entries| {
                let entries = entries.into_iter().map(|(key, it)| (key.to_owned(), it));
                Value::Object(entries.collect())
            }),
        ]
    })
}

proptest! {
    /// Whatever stands in a document is kept, or an error says that it is not.
    #[test]
    fn nothing_is_lost_without_a_word(execution in anything(), name in anything()) {
        let json = serde_json::json!({
            "flow": {"execution": execution, "flowName": name}, "beside": 1,
        });
        let (document, diagnostics, _) = read_text(&json.to_string());
        let written = document.unwrap().to_text();
        let is_whole = diagnostics.iter().all(|it| it.severity != Severity::Error);
        if is_whole {
            prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), json);
        }
        let again = read_text(&written).0.unwrap();
        prop_assert_eq!(again.to_text(), written);
    }
}

//! `flowsim diff`: the changes between two versions of flows.

#![expect(clippy::unwrap_used, reason = "a flow that cannot be read fails the test")]

use std::path::Path;
use std::process::Command;

use flowsim::analysis::diff::{Diff, diff};
use flowsim::flow::read::{Loaded, load_text};
use flowsim::report::diff::{render_markdown, render_text};
use flowsim::source::Files;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::shared::shared;

const OLD: &str = "fixtures/diff/old";
const NEW: &str = "fixtures/diff/new";

fn flowsim(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    let output =
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn load(text: &str) -> Loaded {
    let mut files = Files::new();
    let file = files.add("flow.yaml", text);
    let loaded = load_text(&file, &[], &mut files);
    assert!(loaded.diagnostics.is_empty(), "{:?}\n{text}", loaded.diagnostics);
    loaded
}

fn between(old: &str, new: &str) -> Diff {
    diff(&load(old), &load(new))
}

/// Returns the non-empty lists of the only flow, except `ignored`.
fn changes(diff: &Diff) -> Value {
    let document: Value = serde_json::from_str(&diff.to_json()).unwrap();
    let [flow] = document["flows"].as_array().unwrap().as_slice() else {
        panic!("one flow has changed: {document}")
    };
    let entries = flow.as_object().unwrap().iter();
    let lists = entries.filter(|(key, value)| {
        *key != "ignored" && value.as_array().is_some_and(|list| !list.is_empty())
    });
    Value::Object(lists.map(|(key, value)| (key.clone(), value.clone())).collect())
}

#[test]
fn a_draft_flow_is_compared() {
    let (old, new) = (format!("{OLD}/clinic.json"), format!("{NEW}/clinic.json"));
    let (code, out, error) = flowsim(&["diff", &old, &new]);
    assert_eq!((code, &*error), (Some(1), ""));
    insta::assert_snapshot!("diff_draft", out);
    let (_, out, _) = flowsim(&["diff", &old, &new, "--format", "json"]);
    insta::assert_snapshot!("diff_draft_json", out);
}

#[test]
fn a_flow_in_archy_yaml_is_compared() {
    let (old, new) = (format!("{OLD}/library.yaml"), format!("{NEW}/library.yaml"));
    let (code, out, error) = flowsim(&["diff", &old, &new]);
    assert_eq!((code, &*error), (Some(1), ""));
    insta::assert_snapshot!("diff_archy", out);
    let (_, out, _) = flowsim(&["diff", &old, &new, "--format", "json"]);
    insta::assert_snapshot!("diff_archy_json", out);
}

#[test]
fn folders_are_compared_flow_by_flow() {
    let (code, out, _) = flowsim(&["diff", OLD, NEW, "--format", "markdown"]);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!("diff_markdown", out);
    let flows = "fixtures/shared-flow/flows";
    let folder = tempfile::tempdir().unwrap();
    for name in ["inbound_b.json", "shared_module.json"] {
        let text = std::fs::read_to_string(Path::new(flows).join(name)).unwrap();
        let text = match name {
            "inbound_b.json" => text.replacen("\"id\": \"", "\"id\": \"f", 1),
            _ => text,
        };
        let text = text.replace("Inbound_Flow_B", "Front_Line");
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let (code, out, _) = flowsim(&["diff", flows, folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!("diff_folders", out);
}

#[test]
fn exit_codes_distinguish_equal_different_and_unreadable_flows() {
    let (code, out, error) = flowsim(&["diff", OLD, OLD]);
    assert_eq!((code, &*out, &*error), (Some(0), "no differences\n", ""));
    let broken = "fixtures/broken/expression_syntax.json";
    let (code, out, error) = flowsim(&["diff", OLD, broken]);
    assert_eq!((code, &*out), (Some(3), ""));
    assert!(error.contains("error[EXPRESSION_SYNTAX]"), "{error}");
    assert_eq!(flowsim(&["diff", OLD]).0, Some(2));
    assert_eq!(flowsim(&["diff", OLD, "no/such/file"]).0, Some(3));
}

#[test]
fn placeholders_have_values_in_both_versions() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (old, new) = (path("old.yaml"), path("new.yaml"));
    std::fs::write(&old, "inboundCall:\n  name: \"{{line}}\"\n  tasks: []\n").unwrap();
    std::fs::write(&new, "inboundCall:\n  name: Sales\n  tasks: []\n").unwrap();
    let (code, out, _) = flowsim(&["diff", &old, &new]);
    assert_eq!(code, Some(1));
    assert!(out.contains("renamed from line"), "{out}");
    assert_eq!(flowsim(&["diff", &old, &new, "--set", "line=Sales"]).0, Some(0));
    let (code, out, _) = flowsim(&["diff", &old, &new, "--set", "line=Help"]);
    assert_eq!(code, Some(1));
    assert!(out.contains("renamed from Help"), "{out}");
}

#[test]
fn strings_of_a_flow_cannot_control_the_terminal() {
    let flow = |text: &str| {
        let text = format!("{text}\u{1b}]0;x\u{7}\u{202e}`");
        draft(&[node("Say", &json!({"sayText": text}), "End")]).to_string()
    };
    let diff = between(&flow("a"), &flow("b"));
    for text in [render_text(&diff, false), render_markdown(&diff)] {
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
        assert!(text.contains("␛]0;x"), "{text}");
    }
}

#[test]
fn volatile_values_are_not_differences() {
    let old = r#"{"id": "1", "name": "F", "type": "inbound", "version": "1",
        "draft": {"startNode": "A", "nodes": {
          "A": {"type": "Say", "properties": {"sayText": "Hi"}, "onComplete": {"nextNode": "E"},
            "trackingId": 1},
          "E": {"type": "End"}}}}"#;
    let new = r#"{"name": "F", "version": "2", "type": "inbound", "modifiedDate": "today",
        "manifest": {"queue": []}, "id": "2",
        "draft": {"nodes": {
          "E": {"type": "end", "properties": {"endType": "normal"}},
          "A": {"onComplete": {"nextNode": "E"}, "type": "playPrompt", "trackingId": 2,
            "properties": {"sayText": "Hi"}, "uiMetaData": {"x": 1}}},
          "startNode": "A"}}"#;
    let found = between(old, new);
    assert!(found.is_empty(), "{found:?}");
    let ignored = &found.flows[0].ignored;
    let ignored: Vec<&str> = ignored.iter().map(|it| it.property.as_str()).collect();
    let volatile =
        ["modifiedDate", "manifest", "id", "version", "trackingId", "uiMetaData"];
    assert!(volatile.iter().all(|it| ignored.contains(it)), "{ignored:?}");
}

#[test]
fn the_notation_of_an_expression_is_not_a_difference() {
    let flow = |condition: &str| archy(&[&decide("Ask", condition)]);
    let old = flow("Call.Ani==\"a b\" OR Length(Call.Ani)>1+2");
    let new = flow("(call.ani == \"a b\") or (length( Call.Ani ) > (1 + 2))");
    assert!(between(&old, &new).is_empty());
    let spaces_count = flow("Call.Ani==\"a  b\" OR Length(Call.Ani)>1+2");
    assert!(!between(&old, &spaces_count).is_empty());
    // Neither of them can be compiled.
    let unknown = |text: &str| flow(&format!("{text}(Flow.nothing , 1)==true"));
    assert!(between(&unknown("Fn"), &unknown("Fn ")).is_empty());
    assert!(!between(&unknown("Fn"), &unknown("Fm")).is_empty());
}

/// An export keeps the audio of each language in one place.
#[test]
fn audio_is_compared_by_language() {
    let audio = |text: &str| {
        json!({"text": format!("ToAudioTTS(\"{text}\")"), "type": "aud",
            "uiMetaData": {"mode": 0}})
    };
    let flow = |default: &str, spanish: &str| {
        let cases = json!([{"langCode": "es-US", "audioExpression": audio(spanish)}]);
        json!({"name": "F", "type": "inboundcall", "initialSequence": "t",
            "flowSequenceItemList": [{"id": "t", "name": "Main", "__type": "Task",
                "startAction": "a", "actionList": [
                    {"id": "a", "name": "Play", "__type": "PlayAudioAction",
                     "prompts": {"defaultAudio": audio(default), "cases": cases}}]}]})
        .to_string()
    };
    assert!(between(&flow("Hello", "Hola"), &flow("Hello", "Hola")).is_empty());
    let found = changes(&between(&flow("Hello", "Hola"), &flow("Hello", "Buenas")));
    let Some([change]) = found["changedPrompts"].as_array().map(Vec::as_slice) else {
        panic!("{found}")
    };
    assert_eq!(change["property"], "audio.es-us");
    assert_eq!(found.as_object().unwrap().len(), 1, "{found}");
}

#[test]
fn the_id_of_a_called_flow_may_change() {
    let flows = |id: &str, calls: &str| {
        format!(
            r#"[{{"id": "{id}", "name": "Module", "type": "common", "nodes":
              {{"E": {{"type": "End"}}}}, "startNode": "E"}},
            {{"id": "m", "name": "Main", "type": "inbound", "startNode": "C", "nodes": {{
              "C": {{"type": "Flow", "properties": {{"flowId": "{calls}"}},
                "onComplete": {{"nextNode": "E"}}, "onError": {{"nextNode": "E"}}}},
              "E": {{"type": "End"}}}}}}]"#
        )
    };
    assert!(between(&flows("a", "a"), &flows("b", "b")).is_empty());
    assert!(!between(&flows("a", "a"), &flows("b", "m")).is_empty());
}

#[test]
#[ignore = "needs ../shared/data"]
fn an_export_equals_the_yaml_it_was_created_from() {
    let root = shared("flows");
    let presence = "GenesysCloudBlueprints__update-gc-presence-on-communicate-call-activity-blueprint";
    let cache = "GenesysCloudBlueprints__design-architect-flow-data-actions-for-resiliency/blueprint/src";
    for (archy, export) in [
        (
            format!("{presence}/Set_GC_User_to_Available.yaml"),
            format!("{presence}/Set_GC_User_to_Available.i3WorkFlow"),
        ),
        (
            format!("{presence}/Set_GC_User_to_Busy.yaml"),
            format!("{presence}/Set_GC_User_to_Busy.i3WorkFlow"),
        ),
        (
            format!("{cache}/CacheExampleFlow.yaml"),
            format!("{cache}/CacheExample.i3InboundFlow"),
        ),
    ] {
        let [archy, export] =
            [archy, export].map(|it| root.join(it).display().to_string());
        for (old, new) in [(&archy, &export), (&export, &archy)] {
            let (code, out, error) = flowsim(&["diff", old, new]);
            assert_eq!(code, Some(0), "{old}\n{out}{error}");
        }
    }
}

/// Builds a draft flow with the nodes `N0`, `N1`…, and `End`.
fn draft(nodes: &[Value]) -> Value {
    let nodes =
        nodes.iter().enumerate().map(|(at, node)| (format!("N{at}"), node.clone()));
    let end = ("End".to_owned(), json!({"type": "End"}));
    let nodes: serde_json::Map<String, Value> = nodes.chain([end]).collect();
    json!({"id": "f", "name": "F", "type": "inbound",
        "draft": {"startNode": "N0", "nodes": nodes}})
}

fn node(node_type: &str, properties: &Value, next: &str) -> Value {
    json!({"type": node_type, "properties": properties,
        "onComplete": {"nextNode": next}, "onError": {"nextNode": "End"}})
}

/// Generates a node of a type that determines how a test changes it.
fn any_node(count: usize) -> impl Strategy<Value = Value> {
    (0..4_usize, 0..count, "[a-z]{1,8}").prop_map(|(kind, next, word)| {
        let next = format!("N{next}");
        match kind {
            0 => node("Say", &json!({"sayText": format!("Hello {word}")}), &next),
            1 => node("Route", &json!({"queueName": word}), &next),
            2 => node("Gather", &json!({"promptText": word, "maxDigits": 1}), &next),
            _ => {
                let condition =
                    json!({"expression": format!("{{x}} == '{word}'"), "nextNode": next});
                let properties = json!({"conditions": [condition], "defaultNextNode": "End"});
                json!({"type": "If", "properties": properties, "onError": {"nextNode": "End"}})
            }
        }
    })
}

fn any_draft() -> impl Strategy<Value = (Vec<Value>, usize)> {
    let nodes = (1..12_usize)
        .prop_flat_map(|count| prop::collection::vec(any_node(count), count..=count));
    nodes.prop_flat_map(|nodes| {
        let count = nodes.len();
        (Just(nodes), 0..count)
    })
}

fn disconnect(name: &str) -> String {
    format!("- disconnect:\n    name: {name}\n")
}

fn say(name: &str, text: &str) -> String {
    format!("- playAudio:\n    name: {name}\n    audio:\n      tts: {text}\n")
}

fn route(name: &str, queue: &str) -> String {
    format!(
        "- transferToAcd:\n    name: {name}\n    targetQueue:\n      lit:\n        name: {queue}\n"
    )
}

fn decide(name: &str, condition: &str) -> String {
    let condition = Value::from(condition);
    let yes = indented(&disconnect(&format!("{name} yes")), 10);
    format!(
        "- decision:\n    name: {name}\n    condition:\n      exp: {condition}\n    outputs:\n      \"yes\":\n        actions:\n{yes}"
    )
}

fn jump(name: &str, task: &str) -> String {
    format!(
        "- jumpToTask:\n    name: {name}\n    targetTaskRef: /inboundCall/tasks/task[{task}]\n"
    )
}

fn indented(text: &str, by: usize) -> String {
    text.lines().map(|line| format!("{:by$}{line}\n", "")).collect()
}

/// Builds a flow with a task that has these actions, and two other tasks.
fn archy(actions: &[&str]) -> String {
    let actions = indented(&actions.concat(), 10);
    let other = |name: &str| {
        let actions = indented(&disconnect("Bye"), 10);
        format!(
            "    - task:\n        name: {name}\n        refId: {name}\n        actions:\n{actions}"
        )
    };
    format!(
        "inboundCall:\n  name: F\n  startUpRef: /inboundCall/tasks/task[Main]\n  tasks:\n    - task:\n        name: Main\n        refId: Main\n        actions:\n{actions}{}{}",
        other("One"),
        other("Two")
    )
}

/// Builds an action of this kind, with the given word in its prompt or setting.
fn action(kind: usize, name: &str, word: &str) -> String {
    match kind {
        0 => say(name, word),
        1 => route(name, word),
        2 => decide(name, &format!("Call.Ani == \"{word}\"")),
        _ => jump(name, if word.len().is_multiple_of(2) { "One" } else { "Two" }),
    }
}

const LISTS: [&str; 4] =
    ["changedPrompts", "changedRouting", "changedConditions", "rewired"];

/// The keys of an object.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

proptest! {
    #[test]
    fn a_flow_does_not_differ_from_itself((nodes, _) in any_draft()) {
        let flow = draft(&nodes).to_string();
        let found = between(&flow, &flow);
        prop_assert!(found.is_empty() && found.flows.is_empty(), "{:?}", found);
    }

    #[test]
    fn the_only_change_in_a_node_is_named((nodes, at) in any_draft()) {
        let mut changed = nodes.clone();
        let node = &mut changed[at];
        let (list, new) = match node["type"].as_str().unwrap() {
            "Say" => ("changedPrompts", &mut node["properties"]["sayText"]),
            "Gather" => ("changedPrompts", &mut node["properties"]["promptText"]),
            "Route" => ("changedRouting", &mut node["properties"]["queueName"]),
            _ => ("changedConditions", &mut node["properties"]["conditions"][0]["expression"]),
        };
        *new = match list {
            "changedConditions" => json!("{x} == 'SOMETHING'"),
            _ => json!("SOMETHING"),
        };
        let new = new.clone();
        let found = changes(&between(&draft(&nodes).to_string(), &draft(&changed).to_string()));
        prop_assert_eq!(keys(&found), [list]);
        let [change] = found[list].as_array().unwrap().as_slice() else { panic!("{found}") };
        prop_assert_eq!(&change["node"], &json!(format!("N{at}")));
        prop_assert_eq!(&change["new"], &new);
    }

    #[test]
    fn a_path_with_another_target_is_named((nodes, at) in any_draft()) {
        let mut changed = nodes.clone();
        let target = match changed[at]["type"] == "If" {
            true => &mut changed[at]["properties"]["conditions"][0]["nextNode"],
            false => &mut changed[at]["onComplete"]["nextNode"],
        };
        let old = std::mem::replace(target, json!("End"));
        let found = changes(&between(&draft(&nodes).to_string(), &draft(&changed).to_string()));
        prop_assert_eq!(keys(&found), ["rewired"]);
        let change = &found["rewired"][0];
        prop_assert_eq!(&change["node"], &json!(format!("N{at}")));
        prop_assert_eq!((&change["old"], &change["new"]), (&old, &json!("End")));
    }

    #[test]
    fn an_added_or_removed_node_is_named((nodes, _) in any_draft(), word in "[a-z]{1,8}") {
        let mut more = nodes.clone();
        more.push(node("Webhook", &json!({"url": word, "body": null}), "End"));
        let (less, more) = (draft(&nodes).to_string(), draft(&more).to_string());
        let name = json!(format!("N{}", nodes.len()));
        for (old, new, list) in [(&less, &more, "addedNodes"), (&more, &less, "removedNodes")] {
            let found = changes(&between(old, new));
            prop_assert_eq!(keys(&found), [list]);
            prop_assert_eq!(&found[list][0]["node"], &name);
        }
    }

    #[test]
    fn the_only_change_in_an_action_is_named(
        kinds in prop::collection::vec((0..4_usize, "[a-z]{1,6}"), 1..9),
        at in any::<prop::sample::Index>(),
        are_named_alike in any::<bool>(),
    ) {
        let at = at.index(kinds.len());
        let name = |index: usize| if are_named_alike { "It".into() } else { format!("A{index}") };
        let actions: Vec<String> = kinds.iter().enumerate()
            .map(|(index, (kind, word))| action(*kind, &name(index), word)).collect();
        let flow = |actions: &[String]| {
            archy(&actions.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let old = flow(&actions);
        let same = between(&old, &old);
        prop_assert!(same.is_empty() && same.flows.is_empty(), "{:?}", same);

        let (kind, word) = &kinds[at];
        let mut changed = actions.clone();
        changed[at] = action(*kind, &name(at), &format!("{word}x"));
        let found = changes(&between(&old, &flow(&changed)));
        prop_assert_eq!(keys(&found), [LISTS[*kind]], "{}", found);
        prop_assert_eq!(found[LISTS[*kind]].as_array().unwrap().len(), 1, "{}", found);

        let mut fewer = actions.clone();
        let gone = fewer.remove(at);
        let count = if gone.starts_with("- decision") { 2 } else { 1 };
        for (one, other, list) in [(&actions, &fewer, "removedNodes"), (&fewer, &actions, "addedNodes")] {
            if fewer.is_empty() { continue; }
            let found = changes(&between(&flow(one), &flow(other)));
            if !are_named_alike {
                prop_assert_eq!(keys(&found), [list], "{}", found);
            }
            prop_assert_eq!(found[list].as_array().unwrap().len(), count, "{}", found);
        }

        let mut moved = actions.clone();
        let first = moved.remove(0);
        moved.push(first);
        if !are_named_alike && actions.len() > 2 {
            let found = changes(&between(&old, &flow(&moved)));
            prop_assert_eq!(keys(&found), ["movedNodes"], "{}", found);
            prop_assert_eq!(&found["movedNodes"][0]["node"], &json!("A0"));
            prop_assert_eq!(found["movedNodes"].as_array().unwrap().len(), 1);
        }
    }
}

/// All flows of a folder are new if the other one is empty, as before the first flow.
#[test]
fn a_folder_without_flows_is_compared() {
    let empty = tempfile::tempdir().unwrap();
    let empty = empty.path().to_str().unwrap();
    let (code, out, err) = flowsim(&["diff", empty, NEW]);
    assert_eq!((code, &*err), (Some(1), ""), "{out}");
    let (code, ..) = flowsim(&["diff", NEW, empty]);
    assert_eq!(code, Some(1));
    let (code, ..) = flowsim(&["diff", empty, empty]);
    assert_eq!(code, Some(3));
}

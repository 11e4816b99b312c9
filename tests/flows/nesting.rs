//! Flows whose actions are nested deep, and documents that only nest.

#![expect(clippy::unwrap_used, reason = "a flow that cannot be read fails the test")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use flowsim::analysis::diff::diff;
use flowsim::diagnostic::{Code, Severity};
use flowsim::engine::{Call, Session, play};
use flowsim::flow::check::check_architect;
use flowsim::flow::read::{Loaded, load_text};
use flowsim::flow::write::{Graph, model};
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::world::{FixtureHost, Fixtures};

use crate::cpu_time::cpu_time;

/// The nesting of the actions.
const DEPTH: usize = 5_000;

/// A stack that is too small for one frame per action.
const SMALL_STACK: usize = 512 * 1024;

/// Runs a test in a thread with a small stack.
pub(crate) fn with_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(SMALL_STACK).spawn(run).unwrap();
    thread.join().unwrap();
}

fn load(name: &str, text: &str) -> Loaded {
    let mut files = Files::new();
    let file = files.add(Path::new(name), text);
    load_text(&file, &[], &mut files)
}

/// Uses a flow in every way, and returns the number of actions that a call starts.
fn use_flow(name: &str, text: &str) -> usize {
    let loaded = load(name, text);
    let wrong: Vec<_> = loaded.diagnostics.iter().take(3).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let findings = check_architect(&loaded.architect);
    assert!(findings.iter().all(|it| it.severity < Severity::Error), "{findings:?}");
    assert!(diff(&loaded, &loaded).is_empty());
    let [flow] = loaded.architect.as_slice() else { panic!("one flow") };
    let mut actions = 0;
    flow.each_action(&mut |_, _| actions += 1);
    let graph = Graph::of_architect(flow);
    assert!(graph.vertices.len() > actions);
    assert!(model(flow).to_string().contains("Last"));
    let program = Arc::new(Program::compile_all(&[], &loaded.architect));
    let call = Call::new(program.flow(&program.symbols.flows[0].id).unwrap());
    let mut session = Session::start(Arc::clone(&program), &call);
    let fixtures = Fixtures::default();
    let trace = play(&mut session, &call, &mut FixtureHost::new(&fixtures, &[]));
    let heard: Vec<_> = trace.prompts(&program.symbols).collect();
    assert_eq!(heard, ["Arrived"]);
    assert_eq!(flow.clone(), *flow);
    actions
}

fn exported(text: &str, code: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    format!("{{\"text\":{text},\"type\":\"{code}\",\"uiMetaData\":{{\"mode\":0}}}}")
}

/// Builds an export with one task.
fn export(task: &str) -> String {
    format!(
        "{{\"name\":\"F\",\"type\":\"inboundcall\",\"initialSequence\":\"t\",\
         \"flowSequenceItemList\":[{{\"id\":\"t\",\"name\":\"Main\",\"__type\":\"Task\",{task}}}]}}"
    )
}

fn last(id: usize) -> String {
    format!(
        "\"id\":\"a{id}\",\"name\":\"Last\",\"__type\":\"PlayAudioAction\",\
         \"prompts\":{{\"defaultAudio\":{}}}",
        exported("ToAudioTTS(\"Arrived\")", "aud")
    )
}

/// Each decision is in the output `no` of the decision before it.
#[test]
fn an_export_of_nested_outputs_is_read_checked_and_run() {
    with_a_small_stack(|| {
        let decision = |id: usize| {
            format!(
                "{{\"id\":\"a{id}\",\"name\":\"D\",\"__type\":\"DecisionAction\",\"expression\":{},\
                 \"paths\":[{{\"outputId\":\"__NO__\",\"label\":\"No\",\"nextActionId\":\"a{}\"}}]}}",
                exported("1 == 2", "bln"),
                id + 1
            )
        };
        let actions: Vec<String> = (0..DEPTH).map(decision).collect();
        let last = last(DEPTH);
        let task = format!(
            "\"startAction\":\"a0\",\"actionList\":[{},{{{last}}}]",
            actions.join(",")
        );
        assert_eq!(use_flow("f.json", &export(&task)), DEPTH + 1);
    });
}

/// Each action is in the place of the reference to it.
#[test]
fn an_export_of_embedded_actions_is_read_checked_and_run() {
    with_a_small_stack(|| {
        for (open, close) in [
            ("\"nextAction\":{", "}"),
            ("\"paths\":[{\"outputId\":\"__NO__\",\"nextActionId\":{", "}}]"),
        ] {
            let decision = |id: usize| {
                format!(
                    "\"id\":\"a{id}\",\"name\":\"D\",\"__type\":\"DecisionAction\",\
                     \"expression\":{},{open}",
                    exported("1 == 2", "bln")
                )
            };
            let actions: String = (0..DEPTH).map(decision).collect();
            let closed = close.repeat(DEPTH);
            let task = format!(
                "\"startAction\":{{{actions}{}{closed}}},\"actionList\":[]",
                last(DEPTH)
            );
            assert_eq!(use_flow("f.json", &export(&task)), DEPTH + 1);
        }
    });
}

/// Archy's form in JSON has no indentation, so it can be nested deeper than YAML.
#[test]
fn nested_outputs_of_archy_are_read_checked_and_run() {
    with_a_small_stack(|| {
        let open = "{\"decision\":{\"name\":\"D\",\"condition\":{\"exp\":\"1 == 2\"},\
                    \"outputs\":{\"no\":{\"actions\":[";
        let last = "{\"playAudio\":{\"name\":\"Last\",\"audio\":{\"tts\":\"Arrived\"}}}";
        let text = format!(
            "{{\"inboundCall\":{{\"name\":\"F\",\"startUpRef\":\"/inboundCall/tasks/task[Main_1]\",\
             \"tasks\":[{{\"task\":{{\"name\":\"Main\",\"refId\":\"Main_1\",\"actions\":[{}{last}{}]}}}}]}}}}",
            open.repeat(DEPTH),
            "]}}}}".repeat(DEPTH)
        );
        assert_eq!(use_flow("f.json", &text), DEPTH + 1);
    });
}

#[test]
fn nested_outputs_in_yaml_are_read_checked_and_run() {
    with_a_small_stack(|| {
        const LEVELS: usize = 300;
        let mut text = String::from(
            "inboundCall:\n name: F\n startUpRef: /inboundCall/tasks/task[Main_1]\n \
             tasks:\n - task:\n    name: Main\n    refId: Main_1\n    actions:\n",
        );
        for level in 0..LEVELS {
            let indent = " ".repeat(4 + level * 6);
            text += &format!(
                "{indent}- decision:\n{indent}   name: D\n{indent}   condition: {{exp: 1 == 2}}\n\
                 {indent}   outputs:\n{indent}    no:\n{indent}      actions:\n"
            );
        }
        let indent = " ".repeat(4 + LEVELS * 6);
        text +=
            &format!("{indent}- playAudio: {{name: Last, audio: {{tts: Arrived}}}}\n");
        assert_eq!(use_flow("f.yaml", &text), LEVELS + 1);
    });
}

/// The tree of a long sum is three levels deeper for each plus sign. Real exports have
/// such trees.
#[test]
fn the_tree_of_a_long_expression_may_be_deep() {
    with_a_small_stack(|| {
        let literal =
            |text: &str| format!("{{\"lit\":{{\"text\":\"{text}\",\"type\":\"str\"}}}}");
        let mut tree = literal("a");
        let mut text = String::from("\"a\"");
        for _ in 0..200 {
            tree = format!("{{\"+\":{{\"operands\":[{tree},{}]}}}}", literal("b"));
            text += " + \"b\"";
        }
        let written = serde_json::to_string(&text).unwrap();
        let audio = format!(
            "{{\"text\":{written},\"type\":\"str\",\"config\":{tree},\"uiMetaData\":{{\"mode\":0}}}}"
        );
        let task = format!(
            "\"startAction\":\"a\",\"actionList\":[{{\"id\":\"a\",\"__type\":\"EndTaskAction\",\
             \"note\":{audio}}}]"
        );
        let loaded = load("f.json", &export(&task));
        assert_eq!(loaded.diagnostics, []);
        let other = export(&task).replacen("\"text\":\"b\"", "\"text\":\"c\"", 1);
        let codes: Vec<Code> =
            load("f.json", &other).diagnostics.iter().map(|it| it.code).collect();
        assert_eq!(codes, [Code::EXPRESSION_MISMATCH]);
    });
}

#[test]
fn documents_that_only_nest_end_in_a_diagnostic_quickly() {
    with_a_small_stack(|| {
        let begun = cpu_time();
        let million = 1_000_000;
        for (name, text) in [
            ("f.json", "[".repeat(million)),
            ("f.json", "{\"a\":".repeat(million)),
            ("f.json", "{\"actions\":".repeat(million)),
            ("f.json", "{\"nextAction\":".repeat(million)),
            ("f.json", format!("{}1{}", "[".repeat(million), "]".repeat(million))),
            ("f.yaml", "[".repeat(million)),
            ("f.yaml", "- ".repeat(million)),
            ("f.yaml", format!("inboundCall: {}", "{actions: ".repeat(million))),
        ] {
            let loaded = load(name, &text);
            assert!(!loaded.diagnostics.is_empty(), "{name} {text:.20}");
        }
        let taken = cpu_time() - begun;
        assert!(taken < Duration::from_secs(30), "{taken:?}");
    });
}

/// Keys for sequences of actions have no meaning in a value, which stays limited.
#[test]
fn values_of_a_flow_stay_limited() {
    with_a_small_stack(|| {
        let nested = |key: &str, count: usize| {
            format!("{}1{}", format!("{{\"{key}\":").repeat(count), "}".repeat(count))
        };
        let archy = |value: &str| {
            format!(
                "{{\"inboundCall\":{{\"name\":\"F\",\"startUpRef\":\"/inboundCall/tasks/task[Main_1]\",\
                 \"settingsX\":{value},\"tasks\":[{{\"task\":{{\"name\":\"Main\",\"refId\":\"Main_1\",\
                 \"actions\":[]}}}}]}}}}"
            )
        };
        for key in ["lit", "actions", "operands", "nextAction"] {
            for flow in [
                archy(&nested(key, 20_000)),
                export(&format!("\"x\":{}", nested(key, 20_000))),
            ] {
                let loaded = load("f.json", &flow);
                check_architect(&loaded.architect);
                loaded.architect.iter().for_each(|flow| drop(model(flow)));
            }
        }
        let loaded = load("f.json", &archy(&nested("lit", 150)));
        assert_eq!(loaded.diagnostics[0].code, Code::FILE_TOO_LARGE);
        // A draft flow has no sequences of actions.
        let draft = format!(
            "{{\"name\":\"F\",\"type\":\"inbound\",\"draft\":{{\"startNode\":\"E\",\
             \"nodes\":{{\"E\":{{\"type\":\"End\",\"properties\":{}}}}}}}}}",
            nested("actions", 20_000)
        );
        assert_eq!(load("f.json", &draft).diagnostics[0].code, Code::FILE_TOO_LARGE);
    });
}

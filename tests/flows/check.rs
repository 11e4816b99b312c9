//! Findings of the checker in flows, from the file to the text for people.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flowsim::diagnostic::{Code, Diagnostic, Style, render_text, sort};
use flowsim::flow::check::{check, check_architect, forbids_running};
use flowsim::flow::read::load;
use flowsim::source::{Files, read_json};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cpu_time::cpu_time;
use crate::laws::laws;
use crate::nesting::with_a_small_stack;

/// The codes that have a file named after them under `fixtures/broken`.
const WITH_FIXTURE: [Code; 25] = [
    Code::REPEATED_KEY,
    Code::JSON_SYNTAX,
    Code::YAML_SYNTAX,
    Code::NOT_A_FLOW,
    Code::NO_FLOWS,
    Code::DUPLICATE_FLOW,
    Code::DANGLING_REFERENCE,
    Code::EXPRESSION_SYNTAX,
    Code::NODE_ID_MISMATCH,
    Code::UNKNOWN_NODE_TYPE,
    Code::UNKNOWN_FLOW,
    Code::FLOW_AMBIGUOUS,
    Code::FLOW_NOT_PUBLISHED,
    Code::FLOW_CALL_CYCLE,
    Code::MISSING_ON_COMPLETE,
    Code::MISSING_ON_ERROR,
    Code::NO_DEFAULT_BRANCH,
    Code::UNREACHABLE_NODE,
    Code::NO_PATH_TO_END,
    Code::LOOP_WITHOUT_INPUT,
    Code::PLACEHOLDER_VALUE,
    Code::CONFLICTING_ERROR_TARGETS,
    Code::VARIABLE_NEVER_SET,
    Code::UNKNOWN_PROPERTY,
    Code::INVALID_PROPERTY,
];

/// The codes that only explorations report; `tests/calls/explore_findings.rs` tests them.
const OF_EXPLORATIONS: [Code; 7] = [
    Code::DEAD_END,
    Code::ENDLESS_CALL,
    Code::UNHANDLED_ERROR,
    Code::UNHANDLED_FAILURE,
    Code::READ_BEFORE_SET,
    Code::REPEATED_PROMPT,
    Code::SILENT_DISCONNECT,
];

/// The codes that only Architect flows have; their files are Archy YAML.
const OF_ARCHITECT: [Code; 17] = [
    Code::UNSET_PLACEHOLDER,
    Code::UNKNOWN_FUNCTION,
    Code::UNKNOWN_VARIABLE,
    Code::UNKNOWN_MEMBER,
    Code::WRONG_ARGUMENTS,
    Code::WRONG_TYPE,
    Code::NESTED_COMMON_MODULE,
    Code::DUPLICATE_CHOICE,
    Code::UNKNOWN_ACTION,
    Code::UNAVAILABLE_ACTION,
    Code::UNAVAILABLE_VARIABLE,
    Code::MISSING_SETTING,
    Code::LIMIT_EXCEEDED,
    Code::UNKNOWN_VALUE,
    Code::OPEN_PATH,
    Code::UNKNOWN_INPUT,
    Code::UNKNOWN_OUTPUT,
];

/// The codes of files that the tests create: large files, or files that are not text.
const WITHOUT_FIXTURE: [Code; 5] = [
    Code::FILE_UNREADABLE,
    Code::FILE_NOT_TEXT,
    Code::FILE_TOO_LARGE,
    Code::FILE_EMPTY,
    // It is about files of Terraform; `tests/suites/terraform.rs` has some.
    Code::TERRAFORM_SYNTAX,
];

fn findings(paths: &[PathBuf]) -> (Vec<Diagnostic>, Files) {
    let mut files = Files::new();
    let loaded = load(paths, &[], &mut files);
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(check(&loaded.flows));
    diagnostics.extend(check_architect(&loaded.architect));
    sort(&mut diagnostics);
    (diagnostics, files)
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<Code> {
    diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

/// Returns the findings of a document that is not in a file.
fn findings_in(document: &Value) -> Vec<Diagnostic> {
    let mut files = Files::new();
    let file = files.add("flow.json", document.to_string());
    let mut diagnostics = Vec::new();
    let document = read_json(&file).expect("a printed document can be read");
    let flows = flowsim::flow::read::read(&document, &mut diagnostics);
    diagnostics.extend(check(&flows));
    sort(&mut diagnostics);
    diagnostics
}

/// Formats each finding as `CODE at "text"`.
fn places(diagnostics: &[Diagnostic], files: &Files) -> Vec<String> {
    let place = |diagnostic: &Diagnostic| {
        let span = diagnostic.labels[0].span;
        let text = &files.get(span.file).text()[span.start as usize..span.end as usize];
        format!("{} at {text}", diagnostic.code)
    };
    diagnostics.iter().map(place).collect()
}

fn fixture(code: Code) -> PathBuf {
    let is_yaml = code == Code::YAML_SYNTAX || OF_ARCHITECT.contains(&code);
    let ending = if is_yaml { "yaml" } else { "json" };
    Path::new("fixtures/broken").join(format!("{}.{ending}", code.name().to_lowercase()))
}

#[test]
fn every_finding_reads_well() {
    for code in WITH_FIXTURE.into_iter().chain(OF_ARCHITECT) {
        let (diagnostics, files) = findings(&[fixture(code)]);
        assert!(codes(&diagnostics).contains(&code), "{code}");
        let text = render_text(&diagnostics, &files, Style::default());
        insta::assert_snapshot!(code.name().to_lowercase(), text);
    }
}

#[test]
fn every_finding_has_a_fixture_and_every_fixture_a_finding() {
    let of_runs = [
        Code::INVALID_FIXTURES,
        Code::INVALID_PROJECT,
        Code::INVALID_REQUEST,
        Code::INVALID_LAUNCH,
        Code::INVALID_EXECUTION,
        Code::INVALID_SCENARIO,
        Code::INVALID_COVERAGE,
        Code::INVALID_RUN,
        Code::INVALID_SUMMARY,
        Code::INVALID_DECISIONS,
        Code::INVALID_RECORDING,
        Code::PLATFORM_UNREACHABLE,
        Code::PLATFORM_REFUSED,
        Code::PLATFORM_ANSWER,
        Code::COVERAGE_MISMATCH,
    ];
    // Codes that only exports can have are tested in `tests/config.rs`.
    let of_exports = [Code::EXPRESSION_MISMATCH];
    let of_checks = Code::all()
        .take_while(|code| *code != Code::NO_INPUT)
        .chain([Code::FLOW_AMBIGUOUS, Code::FLOW_NOT_PUBLISHED])
        .filter(|code| !of_runs.contains(code) && !of_exports.contains(code))
        .filter(|code| !OF_EXPLORATIONS.contains(code));
    for code in of_checks {
        let is_known = [&WITH_FIXTURE[..], &OF_ARCHITECT, &WITHOUT_FIXTURE]
            .iter()
            .any(|codes| codes.contains(&code));
        assert!(is_known, "{code} has no fixture");
    }
    let found =
        fs::read_dir("fixtures/broken").unwrap().map(|entry| entry.unwrap().path());
    for path in found {
        let mut codes = WITH_FIXTURE.iter().chain(&OF_ARCHITECT);
        let is_known = codes.any(|code| fixture(*code) == path);
        assert!(is_known, "{} has no code", path.display());
    }
}

#[test]
fn broken_files_have_different_findings() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let deep = "[".repeat(1_000_000);
    for (path, code) in [
        (folder.path().join("missing.json"), Code::FILE_UNREADABLE),
        (
            write("binary.json", &[0x7f, b'E', b'L', b'F', 0xff, 0xfe]),
            Code::FILE_NOT_TEXT,
        ),
        (write("empty.json", b" \n"), Code::FILE_EMPTY),
        (write("deep.json", deep.as_bytes()), Code::FILE_TOO_LARGE),
        (write("prose.json", b"This is a flow, honestly."), Code::JSON_SYNTAX),
    ] {
        let (diagnostics, files) = findings(std::slice::from_ref(&path));
        assert_eq!(codes(&diagnostics), [code], "{}", path.display());
        assert!(forbids_running(&diagnostics[0]));
        assert!(!render_text(&diagnostics, &files, Style::default()).is_empty());
    }
}

/// Returns the findings of a file with this name and content.
fn findings_of(name: &str, text: &str) -> (Vec<Diagnostic>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, text).expect("the file is written");
    let (diagnostics, files) = findings(&[path]);
    let text = render_text(&diagnostics, &files, Style::default());
    (diagnostics, text)
}

#[test]
fn duplicate_keys_in_architect_flows_are_warnings() {
    let archy = "inboundCall:\n  name: A\n  startUpRef: /inboundCall/tasks/task[M_1]\n  \
                 tasks:\n    - task:\n        name: M\n        refId: M_1\n        \
                 actions:\n          - disconnect: {name: x, name: y}\n";
    let config = r#"{"name": "A", "type": "inboundcall", "initialSequence": "1",
        "flowSequenceItemList": [], "division": "x", "division": "y",
        "commonModules": [{"model": {"name": "B", "type": "commonmodule", "type": "commonmodule",
            "initialSequence": "2", "flowSequenceItemList": []}}]}"#;
    let root = format!("{archy}{archy}");
    for (name, text, keys) in [
        ("a.yaml", archy, &["name"][..]),
        ("b.yaml", &root, &["inboundCall", "name", "name"]),
        ("a.json", config, &["division", "type"]),
    ] {
        let (diagnostics, text) = findings_of(name, text);
        let of_keys =
            codes(&diagnostics).iter().filter(|it| **it == Code::REPEATED_KEY).count();
        assert_eq!(of_keys, keys.len(), "{text}");
        for key in keys {
            let told = format!("warning[REPEATED_KEY]: duplicate key `{key}`");
            assert!(text.contains(&told), "{text}");
        }
        assert!(text.contains("in flow `A`"), "{text}");
    }
}

/// A doubled key has one finding, wherever it is.
#[test]
fn a_doubled_key_is_reported_once() {
    let archy = "inboundCall:\n  name: A\n  startUpRef: /inboundCall/tasks/task[t]\n  \
                 variables:\n    - stringVariable: {name: Flow.A, initialValue: {noValue: true}}\n  \
                 tasks:\n    - task:\n        name: T\n        refId: t\n        actions:\n          \
                 - updateData:\n              name: U\n              statements:\n                \
                 - string:\n                    variable: Flow.A\n                    \
                 variable: Flow.A\n                    value: {lit: x}\n          \
                 - disconnect: {name: D}\n";
    let draft = r#"{"id": "a", "name": "A", "type": "inbound", "draft": {"startNode": "S",
        "nodes": {"S": {"type": "End", "properties": {"odd": 1, "odd": 2}}}}}"#;
    for (name, text, other) in
        [("a.yaml", archy, None), ("a.json", draft, Some(Code::UNKNOWN_PROPERTY))]
    {
        let (diagnostics, text) = findings_of(name, text);
        let mut found = codes(&diagnostics);
        found.sort_by_key(|code| code.name());
        let mut expected: Vec<Code> =
            other.into_iter().chain([Code::REPEATED_KEY]).collect();
        expected.sort_by_key(|code| code.name());
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn a_misspelt_flow_type_is_reported_with_a_suggestion() {
    let (diagnostics, text) = findings_of("a.yaml", "inboundCal:\n  name: A\n");
    assert_eq!(codes(&diagnostics), [Code::NOT_A_FLOW], "{text}");
    assert!(text.contains("unknown flow type `inboundCal`"), "{text}");
    assert!(text.contains("did you mean `inboundCall`?"), "{text}");
}

#[test]
fn one_broken_file_does_not_hide_the_others() {
    let paths = [fixture(Code::JSON_SYNTAX), fixture(Code::MISSING_ON_ERROR)];
    let found = codes(&findings(&paths).0);
    let expected = [Code::JSON_SYNTAX, Code::MISSING_ON_ERROR, Code::MISSING_ON_ERROR];
    assert_eq!(found, expected);
}

/// An inbound flow of the shared-flow tutorial, as its full script writes it: two nodes
/// have no error handler, and the queue is a placeholder.
fn inbound(name: &str) -> Value {
    let say = |id: &str, text: &str| {
        let properties = json!({"sayText": text, "sayLanguage": "en-US"});
        let next = json!({"nextNode": "EndFlow"});
        json!({"id": id, "type": "Say", "properties": properties, "onComplete": next})
    };
    let handlers = |mut node: Value, next: &str, error: &str| {
        node["onComplete"] = json!({"nextNode": next, "onError": error});
        node["onError"] = json!({"nextNode": error});
        node
    };
    let call = json!({"id": "CallShared", "type": "Flow",
        "properties": {"flowId": "shared", "flowName": null, "timeoutSeconds": 300}});
    let route = json!({"id": "RouteToAgent", "type": "Route",
        "properties": {"queueId": "YOUR_QUEUE_ID", "skillRequirements": []}});
    let expression = "{shared_module_result} == '1'";
    let check = json!({"conditions": [{"expression": expression, "nextNode": "RouteToAgent"}],
        "defaultNextNode": "PlayGoodbye"});
    let nodes = json!({
        "CallShared": handlers(call, "CheckResult", "HandleError"),
        "CheckResult": {"id": "CheckResult", "type": "If", "properties": check},
        "RouteToAgent": handlers(route, "PlayGoodbye", "PlayGoodbye"),
        "PlayGoodbye": say("PlayGoodbye", "Thanks."),
        "HandleError": say("HandleError", "That went wrong."),
        "EndFlow": {"id": "EndFlow", "type": "End", "properties": {"endType": "normal"}},
    });
    json!({"name": name, "type": "inbound", "outbound": {}, "inbound": {"enabled": true},
        "draft": {"startNode": "CallShared", "nodes": nodes, "edges": {}}})
}

#[test]
fn the_flows_of_the_seed_have_the_expected_warnings() {
    let shared =
        fs::read_to_string("fixtures/shared-flow/flows/shared_module.json").unwrap();
    let mut shared: Value = serde_json::from_str(&shared).unwrap();
    shared["id"] = "shared".into();
    let flows = json!([shared, inbound("Inbound_Flow_A"), inbound("Inbound_Flow_B")]);
    let found = findings_in(&flows);
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.code.name(), one.flow.as_deref(), one.node.as_deref()))
        .collect();
    let of_flow = |flow| {
        [
            ("MISSING_ON_ERROR", Some(flow), Some("HandleError")),
            ("MISSING_ON_ERROR", Some(flow), Some("PlayGoodbye")),
            ("PLACEHOLDER_VALUE", Some(flow), Some("RouteToAgent")),
        ]
    };
    assert_eq!(found, [of_flow("Inbound_Flow_A"), of_flow("Inbound_Flow_B")].concat());
}

#[test]
fn the_bundled_flows_have_no_findings() {
    let (found, files) = findings(&[PathBuf::from("fixtures/shared-flow/flows")]);
    assert_eq!(places(&found, &files), Vec::<String>::new());
}

#[test]
fn a_called_flow_that_is_not_loaded_is_one_finding() {
    let (found, files) =
        findings(&[PathBuf::from("fixtures/shared-flow/flows/inbound_a.json")]);
    let expected = "UNKNOWN_FLOW at \"0d2c9a1e-5a0f-4c43-9d0e-6d1a6d1f7a01\"";
    assert_eq!(places(&found, &files), [expected]);
}

#[test]
fn a_call_that_may_hang_up_is_a_path_to_the_end() {
    let end = |kind: &str| json!({"type": "End", "properties": {"endType": kind}});
    let menu = |kind: &str| {
        let call = json!({"type": "Flow", "properties": {"flowName": "Talk"},
            "onComplete": {"nextNode": "Call"}, "onError": {"nextNode": "Call"}});
        let ask = json!({"type": "Gather", "properties": {"promptText": "Yes?"},
            "onComplete": {"nextNode": "End"}, "onError": {"nextNode": "End"}});
        json!([
            {"name": "Menu", "startNode": "Call", "nodes": {"Call": call}},
            {"name": "Talk", "startNode": "Ask", "nodes": {"Ask": ask, "End": end(kind)}},
        ])
    };
    assert_eq!(codes(&findings_in(&menu("disconnect"))), []);
    assert_eq!(codes(&findings_in(&menu("normal"))), [Code::NO_PATH_TO_END]);
}

#[test]
fn many_findings_of_a_kind_are_counted() {
    let node = json!({"type": "Say", "properties": {"sayText": "Hello"},
        "onComplete": {"nextNode": "End"}});
    let mut nodes: serde_json::Map<String, Value> =
        (0..500).map(|index| (format!("Hello{index}"), node.clone())).collect();
    nodes.insert("End".into(), json!({"type": "End"}));
    let flow = json!({"name": "Choir", "startNode": "Hello0", "nodes": nodes});
    let found = findings_in(&flow);
    let of_kind = |code| found.iter().filter(|one| one.code == code).collect::<Vec<_>>();
    let missing = of_kind(Code::MISSING_ON_ERROR);
    assert_eq!(missing.len(), 101);
    assert_eq!(missing[100].message, "400 more like this, starting here");
    assert_eq!(of_kind(Code::UNREACHABLE_NODE).len(), 101);
    assert_eq!(found.len(), 202);
}

/// The connections between the nodes of a generated flow.
#[derive(Clone, Copy)]
enum Shape {
    Chain,
    Circle,
}

fn made_flow(count: usize, shape: Shape) -> String {
    let mut text = String::from(r#"{"name": "Made", "startNode": "Node0", "nodes": {"#);
    for index in 0..count {
        let next = match shape {
            Shape::Circle => (index + 1) % count,
            Shape::Chain => (index + 1).min(count - 1),
        };
        let node = match (shape, index + 1 == count) {
            (Shape::Chain, true) => r#""type": "End""#.to_owned(),
            _ => format!(
                r#""type": "Set", "properties": {{"setVars": [{{"key": "v{index}",
                "value": {{"type": "string", "value": "{{v{next}}} and {{from}}"}}}}]}},
                "onComplete": {{"nextNode": "Node{next}"}}, "onError": {{"nextNode": "Node0"}}"#
            ),
        };
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, r#"{comma}"Node{index}": {{"id": "Node{index}", {node}}}"#);
    }
    text + "}}"
}

#[test]
fn long_chains_and_cycles_are_checked() {
    for (shape, expected) in [
        (Shape::Chain, vec![Code::LOOP_WITHOUT_INPUT, Code::VARIABLE_NEVER_SET]),
        (Shape::Circle, vec![Code::NO_PATH_TO_END, Code::LOOP_WITHOUT_INPUT]),
    ] {
        with_a_small_stack(move || {
            let text = made_flow(10_000, shape);
            let mut files = Files::new();
            let file = files.add("made.json", text);
            let document = read_json(&file).unwrap();
            let mut diagnostics = Vec::new();
            let flows = flowsim::flow::read::read(&document, &mut diagnostics);
            diagnostics.extend(check(&flows));
            assert_eq!(codes(&diagnostics), expected);
        });
    }
}

/// Flows that call each other in a chain, and one that closes the cycle.
#[test]
fn long_chains_of_calls_are_checked() {
    const COUNT: usize = 8_000;
    let flow = |index: usize| {
        let callee = format!("Flow{}", (index + 1) % COUNT);
        let call = json!({"type": "Flow", "properties": {"flowName": callee},
            "onComplete": {"nextNode": "End"}, "onError": {"nextNode": "End"}});
        let nodes = json!({"Call": call, "End": {"type": "End"}});
        json!({"name": format!("Flow{index}"), "startNode": "Call", "nodes": nodes})
    };
    with_a_small_stack(move || {
        let found = findings_in(&(0..COUNT).map(flow).collect());
        assert_eq!(codes(&found), [Code::FLOW_CALL_CYCLE]);
        let message = &found[0].message;
        assert!(message.contains("7992 more → `Flow7999` → `Flow0`"), "{message}");
    });
}

/// Everything in the flow is wrong, so that every check reports and every suggestion is
/// computed.
#[test]
fn a_large_flow_that_is_all_wrong_is_checked_fast() {
    let node = |index: usize| {
        let text = format!("{{variable{index}}} {{Nodes{index}.digits}}");
        let node = json!({"type": "Say", "properties": {"sayText": text},
            "onComplete": {"nextNode": format!("Nodes{index}")}});
        (format!("Node{index}"), node)
    };
    let nodes: serde_json::Map<String, Value> = (0..10_000).map(node).collect();
    let flow = json!({"name": "Wrong", "startNode": "Nowhere", "nodes": nodes});
    let started = cpu_time();
    let found = findings_in(&flow);
    assert!(cpu_time() - started < Duration::from_secs(10));
    assert!(found.len() < 1000, "{}", found.len());
}

const WORDS: &str = "A|B|C|End|If|Flow|Say|Set|Gather|Route|normal|{A.digits}|{x} == '1'|{C|x|f||
    {B.contact.name} {x}|YOUR_ID_HERE|GetExternalContactAction|DataAction|Webhook|disconnect";

const KEYS: &str = "id|name|type|draft|flows|startNode|nodes|edges|published|properties|onComplete|\
    onError|nextNode|sayText|promptText|setVars|key|value|conditions|expression|defaultNextNode|\
    flowId|flowName|inputs|outputs|queueId|lookupKey|lookupValue|body|url|from|to|A|B|C";

fn one_of(words: &'static str) -> impl Strategy<Value = String> + Clone {
    prop::sample::select(
        words.split('|').map(str::trim).map(str::to_owned).collect::<Vec<_>>(),
    )
}

/// A document with the structure of flows, and meaningful keys and values.
fn shaped() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        8 => one_of(WORDS).prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        let entries = prop::collection::vec((one_of(KEYS), inner.clone()), 0..6);
        prop_oneof![
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
            4 => entries.prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// A valid node, or one in which a part is replaced.
fn node() -> impl Strategy<Value = Value> {
    let kind = prop::sample::select(vec![
        "Say",
        "Gather",
        "Set",
        "If",
        "Flow",
        "Route",
        "GetExternalContactAction",
        "DataAction",
        "GetQueueStats",
        "Webhook",
        "End",
        "Sai",
    ]);
    let id = || prop::sample::select(vec!["A", "B", "C", "D", "Z"]);
    let text = || {
        prop::sample::select(vec!["{A.digits}", "{x}", "{A.x} {y}", "hello", "f", "g"])
    };
    let mended = (kind, id(), id(), id(), text(), text()).prop_map(|(kind, a, b, c, s, t)| {
        json!({"type": kind, "onComplete": {"nextNode": a}, "onError": {"nextNode": b},
            "properties": {"sayText": s, "promptText": s, "queueId": s, "actionId": t,
                "flowName": t, "setVars": [{"key": "x", "value": s}], "defaultNextNode": c,
                "conditions": [{"expression": "{x} == '1'", "nextNode": a}], "url": s}})
    });
    prop_oneof![6 => mended, 1 => shaped()]
}

fn organisation() -> impl Strategy<Value = Value> {
    let nodes = prop::collection::vec(
        (prop::sample::select(vec!["A", "B", "C", "D"]), node()),
        0..6,
    );
    let flow = (nodes, prop::sample::select(vec!["A", "B", "Z"]), any::<bool>())
        .prop_map(|(nodes, start, is_published)| {
            let nodes: serde_json::Map<String, Value> =
                nodes.into_iter().map(|(id, node)| (id.to_owned(), node)).collect();
            json!({"startNode": start, "nodes": nodes, "published": is_published})
        });
    prop::collection::vec(flow, 1..4).prop_map(|mut flows| {
        for (flow, name) in flows.iter_mut().zip(["f", "g", "f"]) {
            flow["name"] = name.into();
        }
        Value::from(flows)
    })
}

laws! {
    times 2;

    #[test]
    fn no_document_makes_it_panic(document in prop_oneof![shaped(), organisation()]) {
        let started = cpu_time();
        let mut files = Files::new();
        let file = files.add("flow.json", document.to_string());
        let mut diagnostics = Vec::new();
        let document = read_json(&file).unwrap();
        let flows = flowsim::flow::read::read(&document, &mut diagnostics);
        diagnostics.extend(check(&flows));
        for diagnostic in &diagnostics {
            prop_assert!(!diagnostic.message.is_empty());
            prop_assert!(!diagnostic.labels.is_empty(), "{:?}", diagnostic);
        }
        let text = render_text(&diagnostics, &files, Style::default());
        prop_assert_eq!(text.is_empty(), diagnostics.is_empty());
        prop_assert_eq!(check(&flows), check(&flows));
        prop_assert!(cpu_time() - started < Duration::from_secs(5));
    }

    /// A flow that is reported as runnable really is.
    #[test]
    fn flows_without_forbidding_findings_have_all_their_targets(document in organisation()) {
        let mut files = Files::new();
        let file = files.add("flow.json", document.to_string());
        let mut diagnostics = Vec::new();
        let flows = flowsim::flow::read::read(&read_json(&file).unwrap(), &mut diagnostics);
        diagnostics.extend(check(&flows));
        if diagnostics.iter().any(forbids_running) {
            return Ok(());
        }
        for flow in &flows {
            prop_assert!(flow.nodes.contains_key(&flow.start.as_ref().unwrap().node));
            for path in flow.nodes.values().flat_map(|node| &node.paths) {
                prop_assert!(flow.nodes.contains_key(&path.target.node));
            }
        }
    }
}

/// However broken a document is, the number of findings stays small enough to read.
#[test]
fn a_large_number_of_mistakes_is_summarized() {
    let nodes: serde_json::Map<String, Value> =
        (0..5_000).map(|number| (format!("n{number}"), json!(number))).collect();
    for document in [
        json!(vec![1; 5_000]),
        json!({"id": "f", "name": "F", "startNode": "n0", "nodes": nodes}),
    ] {
        let diagnostics = findings_in(&document);
        assert!(diagnostics.len() < 110, "{}", diagnostics.len());
        let more = diagnostics.iter().find(|it| it.message.contains("more like this"));
        assert_eq!(
            more.map(|it| it.message.as_str()),
            Some("4900 more like this, starting here")
        );
    }
}

#[test]
fn properties_of_a_flow_have_a_type() {
    let with = |key: &str, value: Value| {
        let mut flow = json!({"id": "f", "name": "F", "type": "inbound", "startNode": "A",
            "nodes": {"A": {"type": "End"}}});
        flow[key] = value;
        findings_in(&flow).into_iter().map(|it| it.message).collect::<Vec<_>>()
    };
    for key in ["id", "name", "type"] {
        let message = format!("`{key}` of a flow must be a string, found a number");
        assert_eq!(with(key, json!(5)), [message]);
        assert!(with(key, Value::Null).is_empty());
    }
    for key in ["published", "active"] {
        let message = format!("`{key}` of a flow must be true or false, found a string");
        assert_eq!(with(key, json!("false")), [message]);
        assert!(with(key, json!(true)).is_empty());
    }
}

#[test]
fn skills_are_a_list() {
    let flow = json!({"id": "f", "name": "F", "startNode": "R", "nodes": {
        "R": {"type": "Route", "properties": {"queueId": "q", "skillRequirements": "spanish"},
              "onComplete": {"nextNode": "E"}, "onError": {"nextNode": "E"}},
        "E": {"type": "End"}}});
    let messages: Vec<String> =
        findings_in(&flow).into_iter().map(|it| it.message).collect();
    assert_eq!(messages, ["`skillRequirements` must be a list, found a string"]);
}

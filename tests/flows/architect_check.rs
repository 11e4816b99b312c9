//! Findings of the checker in Architect flows.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use flowsim::diagnostic::{Code, Diagnostic, Style, render_text, sort};
use flowsim::flow::check::check_architect;
use flowsim::flow::read::load;
use flowsim::source::Files;

use crate::shared::shared;

fn findings(paths: &[PathBuf]) -> (Vec<Diagnostic>, Files) {
    let mut files = Files::new();
    let loaded = load(paths, &[], &mut files);
    let mut diagnostics = loaded.diagnostics;
    diagnostics.extend(check_architect(&loaded.architect));
    sort(&mut diagnostics);
    (diagnostics, files)
}

/// Returns the findings of a document, each with its code, the text that it points at,
/// and its node.
fn found_in(text: &str) -> Vec<(Code, String, Option<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flow.yaml");
    fs::write(&path, text).unwrap();
    let (diagnostics, files) = findings(&[path]);
    let entry = |it: Diagnostic| {
        let place = files.text(it.labels[0].span).to_owned();
        (it.code, place, it.node)
    };
    diagnostics.into_iter().map(entry).collect()
}

/// Builds a call flow with one task that has these actions. A closing action is added if
/// it is missing.
fn with_actions(actions: &str) -> String {
    let is_closed =
        ["disconnect", "endFlow", "endTask"].iter().any(|end| actions.contains(end));
    let end = if is_closed { "" } else { "- disconnect: {name: The end}" };
    let actions: String = actions
        .lines()
        .chain(end.lines())
        .map(|line| format!("            {line}\n"))
        .collect();
    format!(
        "inboundCall:
  name: F
  startUpRef: /inboundCall/tasks/task[Main_1]
  variables:
    - stringVariable: {{name: Flow.text}}
    - integerVariable: {{name: Flow.count}}
    - queueVariable: {{name: Flow.queue}}
  tasks:
    - task:
        name: Main
        refId: Main_1
        actions:
{actions}"
    )
}

fn codes(text: &str) -> Vec<Code> {
    found_in(text).into_iter().map(|(code, ..)| code).collect()
}

/// Findings whose code another dialect shares.
#[test]
fn findings_of_shared_codes_read_well() {
    for name in ["unreachable", "unknown_module"] {
        let path = Path::new("fixtures/architect").join(format!("{name}.yaml"));
        let (diagnostics, files) = findings(&[path]);
        let text = render_text(&diagnostics, &files, Style::default());
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn an_expression_is_reported_at_its_position() {
    let found = found_in(&with_actions(
        "- decision:
    name: Often?
    condition:
      exp: Flow.count > 3 and Flow.cuont < 9",
    ));
    let expected =
        (Code::UNKNOWN_VARIABLE, "Flow.cuont".to_owned(), Some("Often?".to_owned()));
    assert_eq!(found, [expected]);
}

#[test]
fn names_ignore_case_and_slots_need_no_declaration() {
    let actions = "- updateData:
    name: U
    statements:
      - string: {variable: flow.TEXT, value: {exp: 'Append(call.ani, Slot.city)'}}
      - integer: {variable: Flow.count, value: {exp: FLOW.count + 1}}";
    assert_eq!(codes(&with_actions(actions)), []);
}

#[test]
fn a_value_must_have_the_type_of_its_setting() {
    for (action, code) in [
        ("- transferToAcd: {name: T, targetQueue: {exp: Flow.queue}}", None),
        (
            "- transferToAcd: {name: T, targetQueue: {exp: GetCurrentDateTimeUtc()}}",
            Some(Code::WRONG_TYPE),
        ),
        ("- wait: {name: W, duration: {exp: \"MakeDuration(0, 0, 1, 0, 0)\"}}", None),
        ("- wait: {name: W, duration: {exp: Flow.queue}}", Some(Code::WRONG_TYPE)),
        ("- playAudio: {name: P, audio: {exp: Flow.text}}", None),
        ("- playAudio: {name: P, audio: {exp: Flow.queue}}", Some(Code::WRONG_TYPE)),
    ] {
        assert_eq!(codes(&with_actions(action)), Vec::from_iter(code), "{action}");
    }
}

/// Files of CX as Code are templates of flows.
#[test]
fn a_template_is_not_a_mistake_of_the_flow() {
    let actions = "- playAudio: {name: P, audio: {exp: \"Flow.{{greeting}}\"}}";
    // Its name takes the place of the value.
    let found = codes(&with_actions(actions));
    assert_eq!(found, [Code::UNSET_PLACEHOLDER, Code::UNKNOWN_VARIABLE]);
}

#[test]
fn a_transfer_continues_when_it_fails() {
    let behind = |first: &str| {
        codes(&with_actions(&format!("- {first}\n- disconnect: {{name: B}}")))
    };
    assert_eq!(behind("transferToAcd: {name: A, targetQueue: {exp: Flow.queue}}"), []);
    assert_eq!(behind("disconnect: {name: A}"), [Code::UNREACHABLE_NODE]);
    assert_eq!(behind("endTask: {name: A}"), [Code::UNREACHABLE_NODE]);
}

#[test]
fn a_decision_continues_unless_both_outputs_end() {
    let with_no = |no: &str| {
        codes(&with_actions(&format!(
            "- decision:
    name: D
    condition: {{lit: true}}
    outputs:
      \"yes\": {{actions: [{{disconnect: {{name: A}}}}]}}
{no}
- disconnect: {{name: Z}}"
        )))
    };
    assert_eq!(with_no(""), []);
    assert_eq!(with_no("      \"no\": {actions: []}"), []);
    let ends = "      \"no\": {actions: [{disconnect: {name: B}}]}";
    assert_eq!(with_no(ends), [Code::UNREACHABLE_NODE]);
}

#[test]
fn modules_that_are_loaded_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let module =
        "commonModule: {name: Greet, startUpTaskActions: [{endTask: {name: E}}]}";
    fs::write(folder.path().join("module.yaml"), module).unwrap();
    let caller = |name: &str| {
        let action = "- callCommonModule: {name: C, commonModule: {NAME: {ver_latestPublished: {}}}}";
        fs::write(
            folder.path().join("caller.yaml"),
            with_actions(&action.replace("NAME", name)),
        )
        .unwrap();
        let (diagnostics, _) = findings(&[folder.path().to_owned()]);
        diagnostics.into_iter().map(|it| (it.code, it.help)).collect::<Vec<_>>()
    };
    assert_eq!(caller("Greet"), []);
    let near = Some("did you mean `Greet`?".to_owned());
    assert_eq!(caller("Gret"), [(Code::UNKNOWN_FLOW, near)]);
}

#[test]
fn a_statement_has_the_type_of_its_variable() {
    let with = |statement: &str, variable: &str| {
        codes(&with_actions(&format!(
            "- updateData: {{name: U, statements: [{{{statement}: {{variable: {variable}, value: {{noValue: true}}}}}}]}}"
        )))
    };
    assert_eq!(with("string", "flow.TEXT"), []);
    assert_eq!(with("integer", "Flow.count"), []);
    assert_eq!(with("queue", "Flow.queue"), []);
    assert_eq!(with("string", "Flow.count"), [Code::WRONG_TYPE]);
    assert_eq!(with("integerCollection", "Flow.count"), [Code::WRONG_TYPE]);
    // Undeclared names have their own finding, and so have unknown types.
    assert_eq!(with("string", "Flow.cuont"), [Code::UNKNOWN_VARIABLE]);
    assert_eq!(with("wrench", "Flow.count"), [Code::UNKNOWN_PROPERTY]);
}

/// The outputs of all actions, not only those of Update Data.
#[test]
fn a_result_has_the_type_of_its_variable() {
    for (action, code) in [
        ("findQueue: {name: A, findResult: {var: Flow.queue}}", None),
        ("findQueue: {name: A, findResult: {var: Flow.text}}", Some(Code::WRONG_TYPE)),
        (
            "getParticipantData: {name: A, attributes: [{attribute: {name: {lit: a}, variable: Flow.count}}]}",
            Some(Code::WRONG_TYPE),
        ),
        ("loop: {name: A, currentIndex: {var: Flow.count}, loopCount: {lit: 2}}", None),
        (
            "loop: {name: A, currentIndex: {var: Flow.text}, loopCount: {lit: 2}}",
            Some(Code::WRONG_TYPE),
        ),
        (
            "evaluateScheduleGroup: {name: A, inServiceSchedules: {var: Flow.count}}",
            Some(Code::WRONG_TYPE),
        ),
        (
            "dataTableLookup: {name: A, failureOutputs: {errorType: {var: Flow.count}}}",
            Some(Code::WRONG_TYPE),
        ),
    ] {
        let found = codes(&with_actions(&format!("- {action}")));
        let types = found.iter().filter(|code| **code == Code::WRONG_TYPE);
        assert_eq!(types.copied().collect::<Vec<_>>(), Vec::from_iter(code), "{action}");
    }
}

const BOT: &str = "digitalBot:
  name: F
  startUpRef: /digitalBot/bots/bot[Start_1]
  variables:
    - stringCollectionVariable: {name: Slot.All, initialValue: {lit: [{lit: a}, {lit: b}]}}
  bots: [{bot: {name: Start, refId: Start_1, actions: [{jumpToTask: {name: J, targetTaskRef: '/digitalBot/tasks/task[T_2]'}}]}}]
  tasks:
    - task:
        name: T
        refId: T_2
        actions:
          - ";

#[test]
fn a_slot_of_a_question_is_not_a_collection() {
    let ask = "askForSlot: {name: A, slot: {name: All}, question: {lit: Q}}
          - exitBotFlow: {name: E}
";
    let found = found_in(&format!("{BOT}{ask}"));
    assert_eq!(found, [(Code::WRONG_TYPE, "All".into(), Some("A".into()))]);
}

/// Outputs that are not switched on are never taken.
#[test]
fn a_question_is_closed_by_the_outputs_that_it_takes() {
    let with_no = |no: &str| {
        codes(&format!(
            "{BOT}askForBoolean:
              name: A
              question: {{lit: Q}}
              outputs:
                \"yes\": {{actions: [{{exitBotFlow: {{name: E}}}}]}}
                \"no\": {{actions: [{no}]}}
                maxNoInputs: {{enabled: false, actions: []}}
"
        ))
    };
    assert_eq!(with_no("{exitBotFlow: {name: N}}"), []);
    assert_eq!(with_no(""), [Code::OPEN_PATH]);
}

#[test]
fn an_action_is_at_a_place_where_it_has_an_effect() {
    let within = |actions: &str| {
        codes(&with_actions(&format!(
            "- loop:
    name: L
    loopCount: {{lit: 2}}
    outputs: {{loop: {{actions: [{actions}]}}}}
- loopNext: {{name: N}}"
        )))
    };
    let found = within("{loopExit: {name: X}}");
    assert_eq!(found, [Code::UNAVAILABLE_ACTION, Code::UNREACHABLE_NODE]);
    let state = "inboundShortMessage:
  name: F
  startUpRef: /inboundShortMessage/states/state[S_1]
  states: [{state: {name: S, refId: S_1, actions: [{endTask: {name: E}}]}}]
";
    assert_eq!(codes(state), [Code::UNAVAILABLE_ACTION]);
}

/// A suggestion exists in flows of the type.
#[test]
fn a_suggested_variable_exists_in_the_flow() {
    let flow = "inboundShortMessage:
  name: F
  startUpRef: /inboundShortMessage/states/state[S_1]
  states: [{state: {name: S, refId: S_1, actions: [{sendResponse: {name: R, messageBody: {exp: ToString(Call.CurrentQueu)}}}]}}]
";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flow.yaml");
    fs::write(&path, flow).unwrap();
    let (diagnostics, _) = findings(&[path]);
    let help = diagnostics[0].help.clone().unwrap_or_default();
    assert!(!help.contains("Call.CurrentQueue"), "{help}");
}

#[test]
fn a_voice_survey_names_its_form() {
    let flow = "voiceSurvey:
  name: F
  surveyForm: {lit: {name: Form}}
  startUpRef: /voiceSurvey/bots/bot[B_1]
  bots: [{bot: {name: B, refId: B_1, actions: [{exitBotFlow: {name: E}}]}}]
";
    assert!(!codes(flow).contains(&Code::UNKNOWN_PROPERTY), "{:?}", found_in(flow));
}

const GREETING: &str = "commonModule:
  name: Greet
  variables:
    - stringVariable: {name: Common.who, isInput: true}
    - booleanVariable: {name: Common.loud, isInput: true}
    - booleanVariable: {name: Common.done, isOutput: true}
    - stringVariable: {name: Common.own}
  startUpTaskActions: [{endTask: {name: E}}]
";

/// Returns the findings for a call of the module above with these bindings.
fn of_call(bindings: &str) -> Vec<(Code, Option<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let action = format!(
        "- callCommonModule: {{name: C, commonModule: {{greet: {{ver_latestPublished: {{{bindings}}}}}}}}}"
    );
    fs::write(folder.path().join("module.yaml"), GREETING).unwrap();
    fs::write(folder.path().join("caller.yaml"), with_actions(&action)).unwrap();
    let (diagnostics, _) = findings(&[folder.path().to_owned()]);
    diagnostics.into_iter().map(|it| (it.code, it.help)).collect()
}

const HELPER: &str = "digitalBot:
  name: Helper
  startUpRef: /digitalBot/bots/bot[B_1]
  variables:
    - integerVariable: {name: Slot.Amount, isInput: true}
    - stringVariable: {name: Flow.own}
    - booleanVariable: {name: Flow.done, isOutput: true}
  bots: [{bot: {name: B, refId: B_1, actions: [{exitBotFlow: {name: E}}]}}]
";

/// Returns the findings for a call of the bot above with these bindings.
fn of_bot(bindings: &str) -> Vec<(Code, Option<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let action = format!(
        "- callBotFlow: {{name: C, botFlow: {{helper: {{ver_latestPublished: {{{bindings}}}}}}}}}"
    );
    fs::write(folder.path().join("bot.yaml"), HELPER).unwrap();
    fs::write(folder.path().join("caller.yaml"), with_actions(&action)).unwrap();
    let (diagnostics, _) = findings(&[folder.path().to_owned()]);
    diagnostics.into_iter().map(|it| (it.code, it.help)).collect()
}

#[test]
fn bindings_of_a_loaded_bot_must_match_its_declarations() {
    assert_eq!(of_bot("inputs: {slot.amount: {exp: Flow.count}}"), []);
    // Slots exist without a declaration.
    assert_eq!(of_bot("inputs: {Slot.Other: {exp: Flow.text}}"), []);
    let help = |text: &str| Some(text.to_owned());
    assert_eq!(
        of_bot("inputs: {Flow.own: {exp: Flow.text}}"),
        [(Code::UNKNOWN_INPUT, help("make it an input of the bot"))]
    );
    assert_eq!(
        of_bot("outputs: {Flow.dnoe: {var: Flow.text}}"),
        [(Code::UNKNOWN_OUTPUT, help("did you mean `Flow.done`?"))]
    );
    assert_eq!(
        of_bot("outputs: {Flow.done: {var: Flow.text}}"),
        [(Code::WRONG_TYPE, help("use a variable of the type Boolean"))]
    );
    assert_eq!(
        of_bot("inputs: {Slot.Amount: {exp: Flow.queue}}"),
        [(Code::WRONG_TYPE, None)]
    );
}

#[test]
fn bindings_of_a_module_must_match_its_declarations() {
    let help = |text: &str| Some(text.to_owned());
    assert_eq!(of_call("inputs: {common.WHO: {exp: Flow.text}}"), []);
    assert_eq!(of_call("inputs: {Common.who: {lit: Ada}}"), []);
    // An Integer is converted to a String implicitly.
    assert_eq!(of_call("inputs: {Common.who: {exp: Flow.count}}"), []);
    assert_eq!(
        of_call("inputs: {Common.loud: {exp: Flow.queue}}"),
        [(Code::WRONG_TYPE, None)]
    );
    assert_eq!(
        of_call("inputs: {Common.woh: {exp: Flow.text}}"),
        [(Code::UNKNOWN_INPUT, help("did you mean `Common.who`?"))]
    );
    assert_eq!(
        of_call("inputs: {Common.own: {exp: Flow.text}}"),
        [(Code::UNKNOWN_INPUT, help("make it an input of the module"))]
    );
    assert_eq!(
        of_call("outputs: {Common.own: {var: Flow.text}}"),
        [(Code::UNKNOWN_OUTPUT, help("make it an output of the module"))]
    );
    assert_eq!(of_call("outputs: {Common.done: {noValue: true}}"), []);
    assert_eq!(
        of_call("outputs: {Common.done: {var: Flow.text}}"),
        [(Code::WRONG_TYPE, help("use a variable of the type Boolean"))]
    );
}

#[test]
fn inputs_of_a_task_must_match_its_declarations() {
    let with = |kind: &str, name: &str, value: &str| {
        codes(&format!(
            "{}    - task:
        name: Other
        refId: Other_2
        variables: [{{stringVariable: {{name: Task.x}}}}, {{integerVariable: {{name: Task.n}}}}]
        actions: [{{endTask: {{name: E, outputPath: {{name: default}}}}}}]
",
            with_actions(&format!(
                "- callTask:
    name: C
    targetTaskRef: /inboundCall/tasks/task[Other_2]
    taskInputs: [{{{kind}: {{name: {name}, value: {{exp: {value}}}}}}}]"
            ))
        ))
    };
    assert_eq!(with("string", "task.X", "Flow.text"), []);
    assert_eq!(with("integer", "Task.n", "Flow.count"), []);
    assert_eq!(with("string", "Task.y", "Flow.text"), [Code::UNKNOWN_INPUT]);
    assert_eq!(with("integer", "Task.x", "Flow.count"), [Code::WRONG_TYPE]);
    assert_eq!(with("integer", "Task.n", "Flow.queue"), [Code::WRONG_TYPE]);
}

/// Actions under an unknown output never run.
#[test]
fn an_action_has_the_outputs_of_its_kind() {
    let end = "{actions: [{disconnect: {name: D}}]}";
    let codes = |action: &str, outputs: &str| {
        let of_action = format!("- {action}: {{name: A, outputs: {{{outputs}}}}}");
        let told = found_in(&with_actions(&of_action)).into_iter();
        told.filter(|(code, ..)| *code == Code::UNKNOWN_OUTPUT)
            .map(|(_, place, _)| place)
            .collect::<Vec<_>>()
    };
    assert_eq!(codes("callData", &format!("sucess: {end}")), ["sucess"]);
    assert_eq!(codes("decision", &format!("yes: {end}, maybe: {end}")), ["maybe"]);
    assert_eq!(codes("playAudio", &format!("success: {end}")), ["success"]);
    assert_eq!(codes("callData", &format!("Success: {end}, timeout: {end}")), [""; 0]);
    assert_eq!(codes("transferToAcd", &format!("failure: {end}")), [""; 0]);
    // The intents of a bot are outputs. The outputs of unknown kinds are not checked.
    assert_eq!(codes("callLexBot", &format!("Book a room: {end}")), [""; 0]);
    assert_eq!(codes("doSomethingNew", &format!("done: {end}")), [""; 0]);
}

#[test]
fn an_error_goes_to_a_unit_of_the_flow() {
    let with = |handling: &str| {
        let section = format!(
            "  settingsErrorHandling: {{errorHandling: {{{handling}}}}}\n  tasks:"
        );
        let flow = with_actions("- disconnect: {name: D}").replace("  tasks:", &section);
        codes(&flow)
    };
    assert_eq!(with("disconnect: {none: true}"), []);
    assert_eq!(with("task: {targetTaskRef: '/inboundCall/tasks/task[Main_1]'}"), []);
    assert_eq!(with("task: {name: Main}"), []);
    assert_eq!(with("task: {lit: {name: Main}}"), []);
    for missing in [
        "task: {targetTaskRef: '/inboundCall/tasks/task[Mian_1]'}",
        "menu: {targetMenuRef: '/inboundCall/menus/menu[Main_1]'}",
        "task: {name: Mian}",
        "task: {lit: {name: Mian}}",
        "menu: {name: Main}",
    ] {
        assert_eq!(with(missing), [Code::DANGLING_REFERENCE], "{missing}");
    }
}

#[test]
fn kinds_that_only_look_unknown_are_accepted() {
    // Settings blocks, variables and outputs have keys that are not kinds of actions.
    let actions = "- dataTableLookup:
    name: L
    lookupValue: {lit: x}
    dataTable: {disconect: {foundOutputs: {playAudoi: {noValue: true}}}}
    outputs: {found: {actions: []}}
- callBridge: {name: B}
- endFlow: {name: E}";
    assert_eq!(codes(&with_actions(actions)), []);
    let misspelt = codes(&with_actions("- Disconnect: {name: D}"));
    assert_eq!(misspelt, [Code::UNKNOWN_ACTION]);
}

/// A folder of flows may contain other YAML: fixtures, tests, pipelines, templates.
#[test]
fn a_folder_skips_files_that_are_not_flows() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("fixtures.yaml", "queues: [{id: q}]"),
        ("calls.test.yaml", "flows: [../flows]\ntests: []"),
        ("empty.yml", ""),
        ("chart.yaml", "name: {{ .Values.name }}"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let (diagnostics, _) = findings(&[folder.path().to_owned()]);
    let codes: Vec<Code> = diagnostics.iter().map(|it| it.code).collect();
    assert_eq!(codes, [Code::NO_FLOWS]);
    let template = "inboundCall:\n  name: {{ name }}\n";
    fs::write(folder.path().join("flow.yaml"), template).unwrap();
    let (diagnostics, _) = findings(&[folder.path().to_owned()]);
    let codes: Vec<Code> = diagnostics.iter().map(|it| it.code).collect();
    assert_eq!(codes, [Code::UNSET_PLACEHOLDER]);
}

fn flowsim(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::cargo_bin("flowsim").unwrap().args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn both_dialects_are_checked_together() {
    let paths = [
        "fixtures/broken/duplicate_choice.yaml",
        "fixtures/broken/no_default_branch.json",
    ];
    let (code, out, _) = flowsim(&["check", paths[0], paths[1], "--format", "json"]);
    assert_eq!(code, Some(1));
    assert!(
        out.contains("DUPLICATE_CHOICE") && out.contains("NO_DEFAULT_BRANCH"),
        "{out}"
    );
}

/// Every finding in flows that real organisations published has been examined. Examine a
/// new one before adding it to these counts.
#[test]
#[ignore = "needs ../shared/data"]
fn real_flows_have_the_expected_findings() {
    let (diagnostics, _) = findings(&[shared("flows")]);
    let count = |code: Code| diagnostics.iter().filter(|it| it.code == code).count();
    for (code, expected) in EXPECTED {
        assert_eq!(count(code), expected, "{code}");
    }
    let known = |it: &&Diagnostic| EXPECTED.iter().any(|(code, _)| *code == it.code);
    let others: Vec<_> = diagnostics.iter().filter(|it| !known(it)).collect();
    assert!(others.is_empty(), "{others:?}");
}

/// The number of findings of each code in the real flows, and the reason.
const EXPECTED: [(Code, usize); 6] = [
    // The same flow as YAML and as an export, in two versions, or inside the export of
    // another. One is a template in two versions.
    (Code::DUPLICATE_FLOW, 8),
    // A start-up task uses nine variables that its document does not declare.
    (Code::UNKNOWN_VARIABLE, 50),
    // Menus of call flows that start with a task, without a path to the menu.
    (Code::UNREACHABLE_NODE, 4),
    // Names of placeholders in the place of a common module and of a property.
    (Code::UNKNOWN_FLOW, 1),
    (Code::UNKNOWN_MEMBER, 1),
    // Templates whose placeholders have no value here.
    (Code::UNSET_PLACEHOLDER, 17),
];

const TEMPLATE: &str = "inboundCall:\n  name: \"{{flow_name}}\"\n  startUpRef: ./tasks/task[a]\n  \
    tasks:\n    - task:\n        name: A\n        refId: a\n        actions:\n          - \
    {{last_action}}: {name: \"Bye ${name}\"}\n";

#[test]
fn placeholders_are_filled_in_before_the_text_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (flow, values) = (path("flow.yaml"), path("values.yaml"));
    fs::write(&flow, TEMPLATE).unwrap();
    fs::write(&values, "flow_name: From the file\nlast_action: disconnect\n").unwrap();

    let (code, out, _) = flowsim(&["check", &flow, "--deny", "unset-placeholders"]);
    assert_eq!(code, Some(3), "{out}");
    assert!(
        out.contains("2 placeholders have no value: flow_name, last_action"),
        "{out}"
    );
    assert!(out.contains("flow.yaml:2:10"), "{out}");

    let set = ["--set", "flow_name=Main", "--set", "last_action=disconnect"];
    let (code, out, err) = flowsim(&[&["check", &flow], &set[..]].concat());
    assert_eq!((code, out.as_str()), (Some(0), ""), "{err}");

    let given = ["graph", &flow, "--set-from", &values, "--set", "flow_name=Main"];
    let (code, out, err) = flowsim(&given);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("Main") && out.contains("Bye"), "{out}");
    let (_, out, _) = flowsim(&["graph", &flow, "--set-from", &values]);
    assert!(out.contains("From the file"), "{out}");
}

#[test]
fn files_of_placeholders_are_objects_of_strings() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (flow, values) = (path("flow.yaml"), path("values.json"));
    fs::write(&flow, TEMPLATE).unwrap();
    for (text, message) in [
        ("[1]", "expected an object of names and values, found a list"),
        ("{\"a\": [1]}", "expected a string, a number, true or false, found a list"),
    ] {
        fs::write(&values, text).unwrap();
        let (code, _, err) = flowsim(&["check", &flow, "--set-from", &values]);
        assert_eq!(code, Some(3));
        assert!(err.contains(message), "{err}");
    }
    fs::write(&values, format!("{{{}\"k\": {{}}}}", "\"k\": {}, ".repeat(5_000)))
        .unwrap();
    let (code, _, err) = flowsim(&["check", &flow, "--set-from", &values]);
    assert_eq!(code, Some(3));
    assert!(err.contains("4901 more like this, starting here"), "{err}");
    let (code, _, err) = flowsim(&["check", &flow, "--set-from", "missing.yaml"]);
    assert_eq!(code, Some(3));
    assert!(err.contains("FILE_UNREADABLE"), "{err}");
    let (code, ..) = flowsim(&["check", &flow, "--set", "flow_name"]);
    assert_eq!(code, Some(2));
}

/// Archy YAML has no ids; a flow is identified by its type and name.
#[test]
fn a_flow_is_loaded_once() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let one = write("one.yaml", &with_actions("- disconnect: {name: Bye}"));
    let other = with_actions("- playAudio: {name: Hello, audio: {tts: Hello}}");
    let two = write("two.yaml", &other);
    let (diagnostics, _) = findings(&[one.clone(), two.clone()]);
    assert_eq!(diagnostics[0].code, Code::DUPLICATE_FLOW, "{diagnostics:?}");
    for command in ["check", "run"] {
        let arguments = [command.as_ref(), one.as_os_str(), two.as_os_str()];
        let output = Command::cargo_bin("flowsim").unwrap().args(arguments).output();
        let output = output.unwrap();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8(told).unwrap();
        assert_eq!(output.status.code(), Some(if command == "run" { 3 } else { 1 }));
        assert!(told.contains("two flows of the type `inboundCall` share the name `F`"));
    }
    // A flow with another type or name is another flow.
    let email = other.replace("inboundCall", "inboundEmail");
    let named = other.replacen("name: F", "name: G", 1);
    let others = [one, write("email.yaml", &email), write("named.yaml", &named)];
    let (diagnostics, _) = findings(&others);
    assert!(diagnostics.iter().all(|it| it.code != Code::DUPLICATE_FLOW));
}

/// Messages omit the name of a flow that has none.
#[test]
fn a_flow_without_a_name_is_not_named() {
    let flow = with_actions("- playAudio: {name: A, audio: {exp: Nothing}}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flow.yaml");
    fs::write(&path, flow.replacen("name: F", "name: ''", 1)).unwrap();
    let (diagnostics, files) = findings(&[path]);
    let text = render_text(&diagnostics, &files, Style::default());
    assert!(text.contains("in node `A`") && !text.contains("flow ``"), "{text}");
}

//! Our own runs as execution documents: the order and nesting of events, and the ids,
//! values and outputs in them.

#![expect(clippy::unwrap_used, reason = "a run that cannot be made fails the test")]

use std::fs;
use std::process::{Command, Output};

use flowsim::source::{Files, read_document};
use flowsim::trace::execution::{AudioItem, Event, ExecutionDocument, read};
use flowsim::value::is_uuid;

fn flowsim(flows: &[&str], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (index, flow) in flows.iter().enumerate() {
        fs::write(folder.path().join(format!("{index}.yaml")), flow).unwrap();
    }
    Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .arg("run")
        .arg(folder.path())
        .args(["--format", "execution"])
        .args(arguments)
        .output()
        .unwrap()
}

/// Returns the document of a run, which must be readable without findings.
fn run_with(flows: &[&str], arguments: &[&str]) -> ExecutionDocument {
    let output = flowsim(flows, arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let mut files = Files::new();
    let file = files.add("run.json", &text);
    let mut diagnostics = Vec::new();
    let document = read(&read_document(&file).unwrap(), &mut diagnostics).unwrap();
    assert_eq!(diagnostics, []);
    assert_eq!(document.to_text(), text);
    document
}

fn run(flows: &[&str]) -> ExecutionDocument {
    run_with(flows, &["--flow", "Main"])
}

/// Lists all events, indented by depth, with the output that each took.
fn outline(document: &ExecutionDocument) -> Vec<String> {
    let shown = |(depth, event): (usize, &Event)| {
        let name = event.action_name.as_ref().or(event.task_name.as_ref());
        let words = [Some(&event.name), name, event.output_path_name.as_ref()];
        let fixed = event.output_path_id.as_ref().filter(|id| id.starts_with("__"));
        let words: Vec<&str> =
            words.into_iter().chain([fixed]).flatten().map(|it| it.as_str()).collect();
        format!("{}{}", "  ".repeat(depth), words.join(" | "))
    };
    document.events().map(shown).collect()
}

fn event<'d>(document: &'d ExecutionDocument, name: &str) -> &'d Event {
    document.events().map(|(_, event)| event).find(|event| event.name == name).unwrap()
}

const TASKS: &str = r#"
inboundCall:
  name: Main
  defaultLanguage: en-us
  startUpRef: "/inboundCall/tasks/task[Begin_10]"
  variables:
    - stringVariable: {name: Flow.Long, initialValue: {noValue: true}}
  tasks:
    - task:
        name: Begin
        refId: Begin_10
        variables:
          - integerVariable: {name: Task.Sum, initialValue: {lit: 0}}
        actions:
          - updateData:
              name: Set
              refId: Set_11
              statements:
                - string: {variable: Flow.Long, value: {exp: 'Append("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789", "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789", "0123456789012345678901234567890123456789012345678901234567890")'}}
                - integer: {variable: Task.Sum, value: {exp: Task.Sum + 2}}
          - callTask:
              name: Called
              targetTaskRef: "/inboundCall/tasks/task[Sub_20]"
              taskInputs:
                - integer: {name: Task.In, value: {exp: Task.Sum}}
              outputs:
                Odd:
                  actions: []
          - jumpToTask:
              name: On
              targetTaskRef: "/inboundCall/tasks/task[End_30]"
    - task:
        name: Sub
        refId: Sub_20
        variables:
          - integerVariable: {name: Task.In, initialValue: {lit: 7}, isInput: true}
        outputPaths:
          - {name: Odd}
        actions:
          - switch:
              name: Which?
              evaluate:
                firstTrue:
                  default: {actions: []}
                  cases:
                    - case: {value: {exp: Task.In > 2}, actions: []}
                    - case: {value: {exp: Task.In > 1}, actions: []}
                    - case: {value: {exp: Task.In > 0}, actions: []}
          - endTask: {name: Back, outputPath: {name: Odd}}
    - task:
        name: End
        refId: End_30
        actions:
          - playAudio: {name: Bye, audio: {tts: Goodbye.}}
          - disconnect: {name: Hang up}
"#;

#[test]
fn tasks_start_and_end_where_the_call_enters_and_leaves_them() {
    assert_eq!(
        outline(&run(&[TASKS])),
        [
            "startedFlow",
            "startedTask | Begin",
            "actionUpdateData | Set",
            "actionCallTask | Called | Odd",
            "  startedTask | Sub",
            "  actionSwitch | Which? | Case 2",
            "  actionEndTask | Back",
            "  endedTask",
            "actionJumpToTask | On",
            "endedTask",
            "startedTask | End",
            "actionPlayAudio | Bye",
            "actionDisconnect | Hang up",
            "endedTask",
            "endedFlow",
        ]
    );
}

#[test]
fn actions_have_ids_numbers_and_values() {
    let document = run(&[TASKS]);
    let set = event(&document, "actionUpdateData");
    assert_eq!(set.tracking_id, Some(11));
    assert!(set.action_id.as_deref().is_some_and(is_uuid));
    let statements = set.statements.as_deref().unwrap();
    let names: Vec<_> = statements.iter().map(|it| it.name.as_deref().unwrap()).collect();
    assert_eq!(names, ["Flow.Long", "Task.Sum"]);
    assert_eq!(statements[0].shown(), None, "the text has 261 characters");
    assert_eq!(statements[1].shown(), Some(&2.into()));

    let called = event(&document, "actionCallTask");
    let [input] = &called.inputs()[..] else { panic!("one input") };
    assert_eq!((&*input.name, &input.value), ("Task.In", &2.into()));
    let sub = &called.nested()[0].variables.as_deref().unwrap()[0];
    assert_eq!((input.id.as_ref(), sub.shown()), (sub.id.as_ref(), Some(&2.into())));
    let back = event(&document, "actionEndTask");
    let path = back.other["endingOutputPath"].clone();
    assert_eq!(path.get("outputPathName"), Some(&"Odd".into()));
    assert_eq!(
        path.get("outputPathId"),
        called.output_path_id.as_deref().map(Into::into).as_ref()
    );

    let cases = event(&document, "actionSwitch");
    let looked_at: Vec<_> =
        cases.inputs().into_iter().map(|case| (case.name, case.value)).collect();
    let expected = [("Case 1", false), ("Case 2", true)];
    assert_eq!(looked_at, expected.map(|(name, is)| (name.into(), is.into())));
    assert_eq!(cases.inputs()[1].id, cases.output_path_id);

    let jump = event(&document, "actionJumpToTask");
    let started = document.events().filter(|(_, it)| it.name == "startedTask").last();
    assert_eq!(
        jump.other["targetTask"].get("taskId"),
        started.unwrap().1.task_id.as_deref().map(Into::into).as_ref()
    );
    let played = event(&document, "actionPlayAudio").played();
    assert_eq!(played, [AudioItem::Speech { text: "Goodbye.".into() }]);
    let ended = event(&document, "endedFlow");
    assert_eq!(ended.other["flowExitReason"], "FLOW_DISCONNECT".into());
}

#[test]
fn the_frame_describes_the_run() {
    let document =
        run_with(&[TASKS], &["--flow", "Main", "--at", "2026-03-02T08:15:00.5Z"]);
    assert_eq!(document.flow_name.as_deref(), Some("Main"));
    assert_eq!(document.flow_type.as_deref(), Some("inboundcall"));
    assert_eq!(document.start.as_deref(), Some("2026-03-02T08:15:00.500Z"));
    assert!(document.flow_id.as_deref().is_some_and(is_uuid));
    let started = event(&document, "startedFlow");
    assert_eq!(started.other["languageTag"], "en-us".into());
    let variables = started.variables.as_deref().unwrap();
    let named = |name: &str| {
        let found = variables.iter().find(|it| it.name.as_deref() == Some(name)).unwrap();
        (found.id.as_deref().unwrap(), found.value.clone().unwrap())
    };
    assert_eq!(named("Flow.Long").1, flowsim::value::Json::Null);
    assert_eq!(named("Call.Language"), ("__INTERACTION_LANGUAGE__", "en-us".into()));
    let time = "2026-03-02T08:15:00.500Z".into();
    assert_eq!(named("Flow.StartDateTimeUtc"), ("__FLOW_START_TIME__", time));
    assert_eq!(run(&[TASKS]).execution_id, run(&[TASKS]).execution_id);
    assert_ne!(run(&[TASKS]).execution_id, document.execution_id);
}

const LOOP: &str = r#"
inboundCall:
  name: Main
  startUpRef: "/inboundCall/tasks/task[Begin_10]"
  tasks:
    - task:
        name: Begin
        refId: Begin_10
        variables:
          - integerVariable: {name: Task.Round, initialValue: {lit: 0}}
          - stringVariable: {name: Task.Back, initialValue: {noValue: true}}
        actions:
          - loop:
              name: Rounds
              currentIndex: {var: Task.Round}
              loopCount: {lit: 2}
              outputs:
                loop:
                  actions:
                    - callCommonModule:
                        name: Module
                        commonModule:
                          Echo:
                            ver_latestPublished:
                              inputs: {Common.In: {exp: ToString(Task.Round)}}
                              outputs: {Common.Out: {var: Task.Back}}
"#;

fn module(actions: &str) -> String {
    format!(
        "commonModule:
  name: Echo
  variables:
    - stringVariable: {{name: Common.In, initialValue: {{noValue: true}}, isInput: true}}
    - stringVariable: {{name: Common.Out, initialValue: {{noValue: true}}, isOutput: true}}
  startUpTaskActions:
{actions}"
    )
}

const BACK: &str = r#"
    - updateData:
        name: Echo
        statements:
          - string: {variable: Common.Out, value: {exp: 'Append("<", Common.In, ">")'}}
    - endTask: {name: End, outputPath: {name: default}}
"#;

#[test]
fn rounds_of_loops_are_events_and_modules_are_inside_their_call() {
    let document = run(&[LOOP, &module(BACK)]);
    let call = [
        "actionCallCommonModule | Module",
        "  startedCommonModule",
        "  startedTask | Common Module Task",
        "  actionUpdateData | Echo",
        "  actionEndTask | End",
        "  endedTask",
        "  endedCommonModule",
    ];
    let mut expected =
        vec!["startedFlow", "startedTask | Begin", "actionLoop | Rounds | __LOOP__"];
    expected.extend(call);
    expected.push("eventLoop | __LOOP__");
    expected.extend(call);
    expected.extend(["eventLoop | __DEFAULT__", "endedTask", "endedFlow"]);
    assert_eq!(outline(&document), expected);

    let looped = event(&document, "actionLoop");
    let round = event(&document, "eventLoop");
    let run = looped.execution_id.as_deref().unwrap();
    assert_eq!(round.other["context"].get("executionId"), Some(&run.into()));
    assert_eq!(round.variables.as_deref().unwrap()[0].shown(), Some(&1.into()));

    let call = event(&document, "actionCallCommonModule");
    let module = call.input_data.as_ref().unwrap().get("commonModule").unwrap();
    assert_eq!(module.get("flowName"), Some(&"Echo".into()));
    let [output] = &call.outputs()[..] else { panic!("one output") };
    assert_eq!((&*output.name, &output.value), ("Common.Out", &"<0>".into()));
    let theirs = &call.nested()[0].variables.as_deref().unwrap()[1];
    assert_eq!((output.id.as_ref(), "Common.Out"), (theirs.id.as_ref(), &*output.name));
    let own = &call.output_variables.as_deref().unwrap()[0];
    assert_eq!(
        (own.name.as_deref(), own.shown()),
        (Some("Task.Back"), Some(&"<0>".into()))
    );
}

#[test]
fn a_module_that_does_not_return_has_no_end_event() {
    let document = run(&[LOOP, &module("    - disconnect: {name: Hang up}\n")]);
    assert_eq!(
        outline(&document)[3..],
        [
            "actionCallCommonModule | Module",
            "  startedCommonModule",
            "  startedTask | Common Module Task",
            "  actionDisconnect | Hang up",
            "  endedTask",
            "endedTask",
            "endedFlow",
        ]
    );
    let call = event(&document, "actionCallCommonModule");
    assert_eq!(call.output_variables.as_deref(), Some(&[][..]));
}

#[test]
fn an_error_is_recorded_with_its_action() {
    let flow = TASKS.replace("Task.Sum + 2", "ToInt(\"x\") / 0");
    let document = run_without_checks(&flow);
    let set = event(&document, "actionUpdateData");
    assert!(set.other["error"].get("message").is_some());
    let ended = event(&document, "endedFlow");
    assert_eq!(ended.other["flowExitReason"], "FLOW_ERROR_DISCONNECT".into());
}

/// Like [`run`], for a flow that may fail.
fn run_without_checks(flow: &str) -> ExecutionDocument {
    let output = flowsim(&[flow], &[]);
    assert_eq!(output.status.code(), Some(1));
    let mut files = Files::new();
    let file = files.add("run.json", String::from_utf8(output.stdout).unwrap());
    read(&read_document(&file).unwrap(), &mut Vec::new()).unwrap()
}

#[test]
fn draft_flows_have_no_execution_documents() {
    let output = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .args(["run", "fixtures/order-status/flows", "--format", "execution"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("only Architect flows have execution documents"), "{error}");
}

#[test]
fn calls_that_are_nested_too_deep_are_left_out() {
    let flow = r#"
inboundCall:
  name: Main
  startUpRef: "/inboundCall/tasks/task[Begin_10]"
  tasks:
    - task:
        name: Begin
        refId: Begin_10
        variables:
          - integerVariable: {name: Task.Left, initialValue: {lit: DEPTH}, isInput: true}
        actions:
          - decision:
              name: On?
              condition: {exp: Task.Left > 0}
              outputs:
                yes:
                  actions:
                    - callTask:
                        name: Deeper
                        targetTaskRef: "/inboundCall/tasks/task[Begin_10]"
                        taskInputs:
                          - integer: {name: Task.Left, value: {exp: Task.Left - 1}}
"#;
    let depth = |count: &str| {
        let flow = flow.replace("DEPTH", count);
        let document = run_with(&[&flow], &["--max-depth", "1000"]);
        let deepest = document.events().map(|(depth, _)| depth).max().unwrap();
        (deepest, document.is_truncated)
    };
    assert_eq!(depth("32"), (32, Some(false)));
    assert_eq!(depth("33"), (32, Some(true)));
    assert_eq!(depth("900"), (32, Some(true)));
}

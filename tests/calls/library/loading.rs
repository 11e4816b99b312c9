//! Loading of projects.

use flowsim::{Call, ErrorKind, Project, Severity};

use super::{END, bundled, draft, shared};

#[test]
fn flows_are_listed_in_the_order_of_loading() {
    let project = shared();
    let flows: Vec<_> =
        project.flows().map(|it| (it.name().to_owned(), it.nodes().count())).collect();
    let expected = [
        ("Inbound_Flow_A", 6),
        ("Inbound_Flow_B", 6),
        ("Shared_Module_Language_Select", 5),
    ];
    assert_eq!(flows, expected.map(|(name, count)| (name.to_owned(), count)));
    assert_eq!(project.flows().next().unwrap().flow_type(), "inbound");
}

#[test]
fn a_flow_that_cannot_run_is_an_error_with_places() {
    let path = bundled("broken").join("dangling_reference.json");
    let error = Project::load([&path]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Load);
    assert_eq!(error.diagnostics().len(), 4, "{error}");
    let first = &error.diagnostics()[0];
    assert_eq!((first.code(), first.severity()), ("DANGLING_REFERENCE", Severity::Error));
    assert!(first.file().unwrap().ends_with("dangling_reference.json"));
    assert!(first.line().unwrap() > 1 && first.column().unwrap() > 1);
    assert!(first.help().unwrap().starts_with("did you mean"));
    assert!(first.explanation().contains("What to do"));
    let text = error.to_string();
    assert!(text.starts_with("error[DANGLING_REFERENCE]: "), "{text}");
    assert!(text.contains("dangling_reference.json:") && text.contains("^^^"), "{text}");
    assert_eq!(format!("{error:?}"), text);
}

#[test]
fn all_errors_of_flows_and_fixtures_are_reported_at_once() {
    let project = Project::builder()
        .flows("no/such/flow.json")
        .flow_text("empty.json", "")
        .fixtures_text("fixtures.yaml", "queues: 3")
        .load();
    let error = project.unwrap_err();
    let codes: Vec<_> = error.diagnostics().iter().map(|it| it.code()).collect();
    assert_eq!(codes, ["FILE_UNREADABLE", "FILE_EMPTY", "INVALID_FIXTURES"]);
}

#[test]
fn invalid_fixtures_are_an_error_although_the_flows_load() {
    let project = draft(END).fixtures_text("answers.yaml", "queues: 3").load();
    let error = project.unwrap_err();
    assert_eq!(error.diagnostics().len(), 1, "{error}");
    assert_eq!(error.diagnostics()[0].file().as_deref(), Some("answers.yaml"));
}

#[test]
fn placeholders_have_values_or_are_reported() {
    let text = "\
inboundCall:
  name: Bakery
  startUpRef: /inboundCall/tasks/task[hello]
  tasks:
    - task:
        name: Hello
        refId: hello
        actions:
          - playAudio: {name: Greet, audio: {tts: 'Welcome to {{town}}.'}}
          - disconnect: {name: Bye}
";
    let bakery = || Project::builder().flow_text("bakery.yaml", text);
    let unset = bakery().load().unwrap();
    assert_eq!(unset.diagnostics()[0].code(), "UNSET_PLACEHOLDER");
    let trace = unset.run(&Call::default()).unwrap();
    assert_eq!(trace.prompts(), ["Welcome to town."]);
    let project = bakery().set("town", "Bath").load().unwrap();
    let trace = project.run(&Call::default()).unwrap();
    assert_eq!(trace.prompts(), ["Welcome to Bath."]);
    assert!(trace.to_execution_json().is_some());
}

#[test]
fn checks_report_findings_that_do_not_prevent_calls() {
    let nodes = format!(
        r#"{{"id": "Route", "type": "Route", "properties": {{"queueId": "suport"}},
            "onComplete": {{"nextNode": "End"}}, "onError": {{"nextNode": "End"}}}}, {END},
           {{"id": "Lost", "type": "End", "properties": {{"endType": "normal"}}}}"#
    );
    let codes = |project: &Project| {
        project.check().iter().map(|it| it.code()).collect::<Vec<_>>()
    };
    let project = draft(&nodes).load().unwrap();
    assert_eq!(project.diagnostics().len(), 0);
    assert_eq!(codes(&project), ["UNREACHABLE_NODE"]);
    let queues = "queues: [{id: support, name: Support}]";
    let project = draft(&nodes).fixtures_text("queues.yaml", queues).load().unwrap();
    let found = codes(&project);
    assert!(found.contains(&"QUEUE_NOT_FOUND"), "{found:?}");
}

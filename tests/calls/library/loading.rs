//! Loading of projects.

use flowsim::{Call, ErrorKind, Project, Severity, Suite, SuiteOptions};

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

/// A project whose queue and greeting come from Terraform.
fn project_file() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let flow = "inboundCall:
  name: Main
  startUpRef: ./tasks/task[main]
  tasks:
    - task:
        name: main
        refId: main
        actions:
          - playAudio: {name: Greet, audio: {tts: \"{{greeting}}\"}}
          - transferToAcd: {name: Route, targetQueue: {lit: {name: Sales}}}
          - disconnect: {name: End}
";
    let terraform =
        "resource \"genesyscloud_routing_queue\" \"sales\" { name = \"Sales\" }
resource \"genesyscloud_flow\" \"main\" {
  filepath      = \"../flows/main.yaml\"
  substitutions = { greeting = \"Hello.\" }
}
";
    let settings = "flows = [\"flows\"]\nterraform = [\"terraform\"]\ntests = [\".\"]\n\
                    [profile.other]\nset = {greeting = \"Good day.\"}\n";
    let tests = "tests:\n  - {name: greets, expect: {prompts: [Hello.]}}\n";
    for (path, text) in [
        ("flows/main.yaml", flow),
        ("terraform/main.tf", terraform),
        ("flowsim.toml", settings),
        ("main.test.yaml", tests),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn a_project_file_names_flows_fixtures_and_terraform() {
    let folder = project_file();
    let file = folder.path().join("flowsim.toml");
    let builder = || Project::builder().project_file(&file);
    let prompts = |project: Project| {
        let trace = project.run(&Call::default()).unwrap();
        assert_eq!(trace.routing().unwrap().queue_name(), Some("Sales"));
        trace.prompts().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(prompts(builder().load().unwrap()), ["Hello."]);
    assert_eq!(prompts(builder().profile("other").load().unwrap()), ["Good day."]);
    assert_eq!(prompts(builder().set("greeting", "Hi.").load().unwrap()), ["Hi."]);
    // The fixtures of Terraform count: a second queue is unknown without them.
    assert_eq!(builder().load().unwrap().check().len(), 0);
    let wrong = builder().profile("none").load().unwrap_err();
    assert_eq!(wrong.diagnostics()[0].code(), "INVALID_PROJECT");
    let gone = Project::builder().project_file("no/flowsim.toml").load().unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::Load);
}

#[test]
fn a_project_file_names_tests() {
    let folder = project_file();
    let suite = Suite::of_project(folder.path().join("flowsim.toml")).unwrap();
    let result = suite.run(&SuiteOptions::default()).unwrap();
    assert_eq!((result.passed(), result.failed()), (1, 0), "{result}");
    let gone = Suite::of_project(folder.path().join("gone.toml")).unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::Load);
}

#[test]
fn a_project_without_flows_is_an_error() {
    let error = Project::builder().load().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("no flows to load"));
}

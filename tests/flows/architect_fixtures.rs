//! Findings of `flowsim check` about Architect flows and fixtures, and cases without
//! findings.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;

use assert_cmd::Command;
use flowsim::analysis::architect_against_fixtures;
use flowsim::diagnostic::{Code, Diagnostic, Severity};
use flowsim::flow::read::load;
use flowsim::source::Files;
use flowsim::world::Fixtures;

/// Returns the findings of a flow with a fixtures document, and the text that each points
/// at.
fn found(flow: &str, fixtures: &str) -> Vec<(Diagnostic, String)> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("flow.yaml"), flow).unwrap();
    fs::write(path("fixtures.yaml"), fixtures).unwrap();
    let mut files = Files::new();
    let loaded = load(&[path("flow.yaml")], &[], &mut files);
    assert_eq!(loaded.diagnostics, []);
    let (fixtures, wrong) = Fixtures::load(&[path("fixtures.yaml")], &mut files);
    assert_eq!(wrong, []);
    let findings = architect_against_fixtures(&loaded.architect, &fixtures);
    findings
        .into_iter()
        .map(|it| {
            let text = files.text(it.labels[0].span).to_owned();
            (it, text)
        })
        .collect()
}

/// Builds a call flow with one task that has these actions.
fn with_actions(actions: &str) -> String {
    let actions: String =
        actions.lines().map(|line| format!("            {line}\n")).collect();
    format!(
        "inboundCall:
  name: F
  startUpRef: /inboundCall/tasks/task[Main_1]
  settingsErrorHandling: {{errorHandling: {{queue: {{targetQueue: {{lit: {{name: Sales}}}}}}}}}}
  variables:
    - queueVariable: {{name: Flow.queue, initialValue: {{lit: {{name: Sales}}}}}}
    - stringVariable: {{name: Flow.text}}
    - promptVariable: {{name: Flow.prompt}}
  tasks:
    - task:
        name: Main
        refId: Main_1
        actions:
{actions}"
    )
}

const EVERYTHING: &str = "
queues: [{id: s, name: Sales}]
users: [{id: a, name: Ada, email: ada@example.com}]
skills: [Sailing]
languageSkills: [Dutch]
groups: [Crew]
wrapupCodes: [Done]
schedules: [Nights]
scheduleGroups: [Hours]
emergencyGroups: [Flood]
prompts: [Welcome]
dataTables: {Routes: {key: number, rows: [{number: '1', city: Delft}]}}
dataActions: {Get Order: {status: 200}}
";

/// An action for each setting that can name an entity; `NAME` is the name.
const PLACES: [(&str, &str, &str); 21] = [
    ("transferToAcd: {targetQueue: {lit: {name: NAME}}}", "Sales", "queue"),
    ("transferToAcd: {targetQueue: {exp: ToQueue(\"NAME\")}}", "Sales", "queue"),
    (
        "updateData: {statements: [{queue: {variable: Flow.queue, value: {lit: {name: NAME}}}}]}",
        "Sales",
        "queue",
    ),
    ("findQueue: {findName: {lit: NAME}}", "Sales", "queue"),
    ("createCallback: {queue: {lit: {name: NAME}}}", "Sales", "queue"),
    ("transferToAcd: {languageSkill: {lit: {name: NAME}}}", "Dutch", "language skill"),
    (
        "transferToAcd: {acdSkills: [{acdSkill: {skill: {lit: {name: NAME}}}}]}",
        "Sailing",
        "skill",
    ),
    ("setSkills: {acdSkills: {lit: [{lit: {name: NAME}}]}}", "Sailing", "skill"),
    ("transferToUser: {targetUser: {lit: {name: NAME}}}", "Ada", "user"),
    (
        "decision: {condition: {exp: IsSet(FindUser(\"NAME\"))}}",
        "ADA@example.com",
        "user",
    ),
    ("transferToGroup: {targetGroup: {lit: {name: NAME}}}", "Crew", "group"),
    ("setWrapupCode: {wrapupCode: {lit: {name: NAME}}}", "Done", "wrap-up code"),
    (
        "evaluateSchedule: {evaluationType: {schedule: {selectedSchedule: {lit: {name: NAME}}}}}",
        "Nights",
        "schedule",
    ),
    (
        "evaluateScheduleGroup: {scheduleGroup: {lit: {name: NAME}}}",
        "hours",
        "schedule group",
    ),
    (
        "evaluateScheduleGroup: {emergencyGroup: {lit: {name: NAME}, name: NAME}}",
        "Flood",
        "emergency group",
    ),
    ("playAudio: {audio: {prompt: Prompt.NAME}}", "Welcome", "user prompt"),
    (
        "playAudio: {audio: {exp: 'Append(Prompt.NAME, ToAudioTTS(\"x\"))'}}",
        "Welcome",
        "user prompt",
    ),
    ("holdMusic: {prompt: {lit: {name: Prompt.NAME}}}", "Welcome", "user prompt"),
    (
        "updateData: {statements: [{prompt: {variable: Flow.prompt, value: {lit: {name: NAME}}}}]}",
        "Welcome",
        "user prompt",
    ),
    (
        "callData: {category: {C: {dataAction: {NAME: {inputs: {a: {lit: b}}}}}}}",
        "Get Order",
        "data action",
    ),
    (
        "dataTableLookup: {lookupValue: {lit: x}, dataTable: {NAME: {foundOutputs: {city: {var: Flow.text}}}}}",
        "Routes",
        "data table",
    ),
];

#[test]
fn a_name_is_looked_up_in_every_setting() {
    for (action, name, what) in PLACES {
        let flow =
            |name: &str| with_actions(&format!("- {}", action.replace("NAME", name)));
        assert_eq!(found(&flow(name), EVERYTHING), [], "{action}");
        let found = found(&flow("Nowhere"), EVERYTHING);
        let [(finding, text)] = found.as_slice() else { panic!("{action}: {found:?}") };
        assert_eq!(finding.message, format!("the fixtures have no {what} `Nowhere`"));
        assert!(text.contains("Nowhere"), "{action} points at {text}");
        assert_eq!(finding.severity, Severity::Warning);
        assert_eq!(finding.flow.as_deref(), Some("F"));
        let kind = action.split(':').next();
        assert_eq!(finding.node.as_deref(), kind, "an action without a name");
    }
}

#[test]
fn findings_read_well() {
    let folder = "fixtures/architect/lost_names";
    let output = Command::cargo_bin("flowsim")
        .unwrap()
        .args(["check", &format!("{folder}.yaml"), "--fixtures"])
        .arg(format!("{folder}.fixtures.yaml"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "these are warnings");
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

/// Fixtures that define only data actions do not cause findings about queues.
#[test]
fn kinds_that_the_fixtures_do_not_define_are_not_checked() {
    for (action, ..) in PLACES {
        let flow = with_actions(&format!("- {}", action.replace("NAME", "Nowhere")));
        assert_eq!(found(&flow, "webhooks: {w: {}}"), [], "{action}");
    }
}

#[test]
fn a_similar_name_is_suggested() {
    let flow =
        with_actions("- transferToAcd: {name: T, targetQueue: {lit: {name: Slaes}}}");
    let found = found(&flow, EVERYTHING);
    let [(finding, _)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(finding.code, Code::QUEUE_NOT_FOUND);
    assert_eq!(finding.help.as_deref(), Some("did you mean `Sales`?"));
}

#[test]
fn the_flow_itself_and_its_variables_name_queues_too() {
    let flow = with_actions("- disconnect: {name: D}");
    let found = found(&flow, "queues: [{name: Support}]");
    let nodes: Vec<_> = found.iter().map(|(it, _)| it.node.as_deref()).collect();
    assert_eq!(nodes, [Some("Flow.queue"), None]);
}

#[test]
fn a_column_is_looked_up_in_its_table() {
    let lookup = |column: &str| {
        with_actions(&format!(
            "- dataTableLookup: {{name: L, lookupValue: {{lit: x}}, dataTable: {{Routes: \
             {{foundOutputs: {{{column}: {{var: Flow.text}}}}}}}}}}"
        ))
    };
    assert_eq!(found(&lookup("City"), EVERYTHING), []);
    assert_eq!(found(&lookup("number"), EVERYTHING), []);
    let wrong = found(&lookup("citty"), EVERYTHING);
    let [(finding, _)] = wrong.as_slice() else { panic!("{wrong:?}") };
    let message = "data table `Routes` has no column `citty` in the fixtures";
    assert_eq!(
        (finding.code, finding.message.as_str()),
        (Code::NOT_IN_FIXTURES, message)
    );
    assert_eq!(finding.help.as_deref(), Some("did you mean `city`?"));
    // If only the name of a table is known, any column is accepted.
    assert_eq!(found(&lookup("citty"), "dataTables: [Routes]"), []);
}

/// Built-in names, names that are computed during the call, and strings that only look
/// like names.
#[test]
fn other_names_than_those_of_the_organisation_are_ignored() {
    for action in [
        "playAudio: {audio: {prompt: PromptSystem.error}}",
        "playAudio: {audio: {exp: PromptSystem.error}}",
        "transferToAcd: {targetQueue: {exp: ToQueue(Flow.text)}}",
        "transferToAcd: {targetQueue: {noValue: true}}",
        "findQueueById: {findId: {lit: 12}}",
        "findQueue: {findName: {exp: Flow.text}}",
        "playAudio: {audio: {tts: Prompt.Nowhere}}",
        "setParticipantData: {attributes: [{attribute: {name: {lit: queue}, value: {lit: Nowhere}}}]}",
        "decision: {condition: {exp: ToInt(\"12\") == 12}}",
        "callData: {category: {C: {dataAction: {Get Order: {inputs: {queue: {lit: Nowhere}}}}}}}",
    ] {
        let flow = with_actions(&format!("- {action}"));
        assert_eq!(found(&flow, EVERYTHING), [], "{action}");
    }
}

/// If none of the names that a large flow needs is defined, the report stays readable.
#[test]
fn many_findings_are_counted() {
    let actions: Vec<String> = (0..300)
        .map(|number| {
            format!("- transferToAcd: {{targetQueue: {{lit: {{name: N{number}}}}}}}")
        })
        .collect();
    let found = found(&with_actions(&actions.join("\n")), EVERYTHING);
    assert_eq!(found.len(), 101);
    let last = &found[100].0.message;
    assert_eq!(last, "200 more like this, starting here");
}

/// Returns the findings of a lookup of one column into `Flow.text`, a String.
fn of_column(columns: &str) -> Vec<(Diagnostic, String)> {
    let lookup = "- dataTableLookup: {name: L, lookupValue: {lit: x}, dataTable: {Routes: \
                  {foundOutputs: {city: {var: Flow.text}}}}}";
    found(&with_actions(lookup), &format!("queues: [Sales]\ndataTables: {columns}"))
}

#[test]
fn a_variable_has_the_type_of_its_column() {
    for fits in [
        "{Routes: {columns: {city: string}}}",
        // The type follows from the cells.
        "{Routes: {rows: [{key: x, city: true}]}}",
        // The key is a string.
        "{Routes: {key: city, columns: {other: boolean}}}",
    ] {
        assert_eq!(of_column(fits), [], "{fits}");
    }
    for (declared, name) in
        [("boolean", "Boolean"), ("integer", "Integer"), ("number", "Decimal")]
    {
        let found = of_column(&format!("{{Routes: {{columns: {{City: {declared}}}}}}}"));
        let [(finding, text)] = found.as_slice() else { panic!("{found:?}") };
        let message = format!(
            "`Flow.text` has the type String, but the column `city` of the data table \
             `Routes` has the type {name}"
        );
        assert_eq!(finding.message, message);
        assert_eq!((finding.code, finding.severity), (Code::WRONG_TYPE, Severity::Error));
        assert_eq!(finding.help, Some(format!("use a variable of the type {name}")));
        assert_eq!(finding.node.as_deref(), Some("L"));
        assert!(text.contains("Flow.text"), "{text}");
    }
}

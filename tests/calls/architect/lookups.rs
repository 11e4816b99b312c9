//! Data actions, data tables, objects of the organisation, external contacts, pauses.

use flowsim::trace::{Field, Status};
use flowsim::world::{Answer, Host, Question};

use super::support::{Run, call_flow, run, stage};

const VARIABLES: [&str; 10] = [
    "string text",
    "string code",
    "string message",
    "integer count",
    "integer status",
    "boolean yes",
    "json json",
    "stringCollection names",
    "integerCollection ids",
    "decimal rate",
];

/// Runs a call of the data action `Get` with these settings in addition to its name.
fn data_action(settings: &str, fixtures: &str) -> Run {
    let action = format!(
        "- callData:\n    name: It\n    timeout: {{lit: {{seconds: 5}}}}\n    category:\n      \
         Cat:\n        dataAction:\n          Get:\n            {settings}\n            \
         failureOutputs: {{errorCode: {{var: Flow.code}}, status: {{var: Flow.status}}, \
         userMessage: {{var: Flow.message}}}}\n    outputs:\n      success: {{actions: [{{playAudio: \
         {{name: S, audio: {{tts: done}}}}}}]}}"
    );
    run(&call_flow(&VARIABLES, &action), fixtures, &[])
}

#[test]
fn a_data_action_returns_its_results() {
    let run = data_action(
        "inputs: {id: {lit: c-1}, n: {exp: 1 + 1}, nothing: {noValue: true}}
            successOutputs: {name: {var: Flow.text}, total: {var: Flow.count}, ok: {var: Flow.yes}, \
        raw: {var: Flow.json}, agents.name: {var: Flow.names}, agents.id: {var: Flow.ids}, \
        rates.usd: {var: Flow.rate}, unused: {noValue: true}}",
        "dataActions:
  Get:
    - when: {id: c-1, n: 2, nothing: null}
      output:
        {name: 7, total: 3, ok: true, raw: {a: [1]}, rates: {usd: 2}, unused: x,
         agents: [{name: Ann, id: 1}, {name: Bob, id: 2}]}",
    );
    assert_eq!(run.output("It"), "success");
    assert_eq!(run.prompts(), ["done"]);
    for (name, value) in [
        ("text", "\"7\""),
        ("count", "3"),
        ("yes", "true"),
        ("json", "{\"a\":[1]}"),
        ("names", "[\"Ann\",\"Bob\"]"),
        ("ids", "[1,2]"),
        ("rate", "2.0"),
        ("code", "null"),
    ] {
        assert_eq!(run.variable(&format!("Flow.{name}")), value, "{name}");
    }
    assert_eq!(run.values(Field::DataAction), ["Get"]);
    assert_eq!(run.values(Field::Inputs), ["id = c-1", "n = 2", "nothing = null"]);
    assert_eq!(run.values(Field::SuccessOutputs).last().unwrap(), "unused = x");
    assert_eq!(run.trace.elapsed_ms, 0);
}

#[test]
fn a_single_item_becomes_a_collection_and_missing_values_are_not_set() {
    let run = data_action(
        "successOutputs: {name: {var: Flow.names}, total: {var: Flow.count}, \
         list.id: {var: Flow.ids}}",
        "dataActions: {Get: {output: {name: Ann, list: [{id: 1}, {}, {id: null}]}}}",
    );
    assert_eq!(run.variable("Flow.names"), "[\"Ann\"]");
    assert_eq!(run.variable("Flow.count"), "null");
    assert_eq!(run.variable("Flow.ids"), "[1,null,null]");
}

#[test]
fn a_failure_contains_the_message_of_the_body() {
    let run = data_action(
        "successOutputs: {name: {var: Flow.text}}",
        "dataActions: {Get: {status: 404, output: {code: not.found, message: Nobody, name: x}}}",
    );
    assert_eq!(run.output("It"), "failure");
    assert_eq!(run.variable("Flow.code"), "\"not.found\"");
    assert_eq!(run.variable("Flow.status"), "404");
    assert_eq!(run.variable("Flow.message"), "\"Nobody\"");
    assert_eq!(run.variable("Flow.text"), "null");
    assert_eq!(run.codes(), Vec::<&str>::new());
    assert_eq!(run.trace.status, Status::Completed);

    let run = data_action(
        "inputs: {}",
        "dataActions: {Get: {status: 500, output: {errorCode: e, userMessage: u, status: 1}}}",
    );
    assert_eq!(run.variable("Flow.code"), "\"e\"");
    assert_eq!(run.variable("Flow.status"), "1");
    assert_eq!(run.values(Field::FailureOutputs).len(), 3);

    let run = data_action("inputs: {}", "dataActions: {Get: {status: 503, output: [1]}}");
    assert_eq!(run.variable("Flow.code"), "null");
    assert_eq!(run.variable("Flow.status"), "503");
}

#[test]
fn an_answer_of_a_wrong_type_is_a_failure() {
    let run = data_action(
        "successOutputs: {name: {var: Flow.text}, total: {var: Flow.count}}",
        "dataActions: {Get: {output: {name: x, total: many}}}",
    );
    assert_eq!(run.output("It"), "failure");
    assert_eq!(run.variable("Flow.code"), "\"WRONG_TYPE\"");
    let message = run.variable("Flow.message");
    let problem = "output `total`: expected a whole number between \
                   ±999,999,999,999,999, found \"many\"";
    assert_eq!(serde_json::from_str::<String>(&message).unwrap(), problem);
    assert_eq!(run.variable("Flow.text"), "null");
    assert_eq!(run.codes(), ["WRONG_TYPE"]);
    assert!(
        run.text().contains(&format!("note: WRONG_TYPE {problem}")),
        "{}",
        run.text()
    );
    let noted = &run.json()["diagnostics"][0];
    let noted = ["code", "message"].map(|key| noted[key].as_str());
    assert_eq!(noted, [Some("WRONG_TYPE"), Some(problem)]);
}

#[test]
fn without_an_answer_it_fails() {
    let run = data_action("inputs: {}", "dataActions: {Other: {}}");
    assert_eq!(run.output("It"), "failure");
    assert_eq!(run.variable("Flow.code"), "\"DATA_ACTION_NOT_MOCKED\"");
    let message = "\"the fixtures have no answer for data action `Get`\"";
    assert_eq!(run.variable("Flow.message"), message);
    assert_eq!(run.variable("Flow.status"), "null");
    assert_eq!(run.codes(), ["DATA_ACTION_NOT_MOCKED"]);
    assert_eq!(run.trace.status, Status::Completed);

    let action =
        "- callData: {name: It, category: {Cat: {dataAction: {Get: {none: true}}}}}";
    let strict = stage(call_flow(&[], action)).strict().run();
    assert_eq!(strict.output("It"), "error");
    assert_eq!(strict.codes(), ["DATA_ACTION_NOT_MOCKED"]);
    assert_eq!(strict.trace.status, Status::Error);
}

#[test]
fn a_data_action_takes_its_time() {
    for (latency, output, elapsed) in
        [(5_000, "success", 5_000), (5_001, "timeout", 5_000), (0, "success", 0)]
    {
        let fixtures = format!("dataActions: {{Get: {{latencyMs: {latency}}}}}");
        let run = data_action("inputs: {}", &fixtures);
        assert_eq!(run.output("It"), output, "{latency}");
        assert_eq!(run.trace.elapsed_ms, elapsed, "{latency}");
        assert_eq!(run.variable("Flow.status"), "null");
    }
}

#[test]
fn without_a_timeout_it_has_a_minute() {
    let action =
        "- callData: {name: It, category: {Cat: {dataAction: {Get: {none: true}}}}}";
    for (latency, output) in [(60_000, "success"), (60_001, "timeout")] {
        let fixtures = format!("dataActions: {{Get: {{latencyMs: {latency}}}}}");
        let run = run(&call_flow(&[], action), &fixtures, &[]);
        assert_eq!(run.output("It"), output, "{latency}");
        assert_eq!(run.trace.elapsed_ms, 60_000);
    }
}

/// During long data actions, the caller hears the prompt of the action, or else that of
/// the flow.
#[test]
fn the_caller_hears_a_waiting_prompt() {
    for (own, latency, said) in [
        ("", 1_001, vec!["Please wait."]),
        ("", 1_000, vec![]),
        ("processingPrompt: {noValue: true}, ", 9_000, vec![]),
        ("processingPrompt: {lit: {name: Prompt.Own}}, ", 9_000, vec!["Mine."]),
    ] {
        let action = format!(
            "- callData: {{name: It, {own}category: {{Cat: {{dataAction: {{Get: {{none: true}}}}}}}}}}"
        );
        let defaults = "inboundCall:
  settingsActionDefaults: {callData: {processingPrompt: {prompt: PromptSystem.processing}}}";
        let text =
            call_flow(&[], &action).replace("inboundCall:\n", &format!("{defaults}\n"));
        let fixtures = format!(
            "dataActions: {{Get: {{latencyMs: {latency}}}}}
systemPrompts: {{processing: {{tts: Please wait.}}}}
prompts: {{Own: {{tts: Mine.}}}}"
        );
        let run = run(&text, &fixtures, &[]);
        assert_eq!(run.prompts(), said, "{own} {latency}");
        assert_eq!(run.trace.elapsed_ms, latency);
        assert_eq!(run.output("It"), "success");
    }
}

const TABLES: &str = "dataTables:
  Routes:
    key: Number
    columns: {Queue: string, Priority: integer, Open: boolean, Rate: number}
    rows:
      - {Number: \"1\", Queue: Sales, Priority: 3, Open: true, Rate: 2}
      - {Number: \"2\", Queue: many}";

fn look_up(key: &str, table: &str, columns: &str) -> Run {
    let action = format!(
        "- dataTableLookup:
    name: It
    lookupValue: {{exp: '{key}'}}
    dataTable:
      {table}:
        foundOutputs: {{{columns}}}
        failureOutputs: {{errorType: {{var: Flow.code}}, errorMessage: {{var: Flow.message}}}}
    outputs:
      notFound: {{actions: [{{playAudio: {{name: N, audio: {{tts: nobody}}}}}}]}}"
    );
    run(&call_flow(&VARIABLES, &action), TABLES, &[])
}

#[test]
fn a_row_returns_its_columns() {
    let columns = "Queue: {var: Flow.text}, Priority: {var: Flow.count}, \
                   Open: {var: Flow.yes}, rate: {var: Flow.rate}, Missing: {var: Flow.message}";
    let run = look_up("\"1\"", "routes", columns);
    assert_eq!(run.output("It"), "found");
    for (name, value) in [
        ("text", "\"Sales\""),
        ("count", "3"),
        ("yes", "true"),
        ("rate", "2.0"),
        ("message", "null"),
    ] {
        assert_eq!(run.variable(&format!("Flow.{name}")), value, "{name}");
    }
    assert_eq!(run.values(Field::DataTableName), ["routes"]);
    assert_eq!(run.values(Field::LookupValue), ["1"]);
    let found = ["Queue = Sales", "Priority = 3", "Open = true", "Rate = 2.0"];
    assert_eq!(run.values(Field::FoundOutputs), found);
}

#[test]
fn cells_without_a_value_are_not_set() {
    let run = look_up("\"2\"", "Routes", "Priority: {var: Flow.count}");
    assert_eq!(
        (run.output("It"), run.variable("Flow.count").as_str()),
        ("found", "null")
    );
}

#[test]
fn no_row_no_table_no_key() {
    let run = look_up("\"3\"", "Routes", "Queue: {var: Flow.text}");
    assert_eq!((run.output("It"), run.prompts()), ("notFound", vec!["nobody"]));
    assert_eq!(run.variable("Flow.text"), "null");

    let run = look_up("\"1\"", "Roots", "Queue: {var: Flow.text}");
    assert_eq!(run.output("It"), "failure");
    assert_eq!(run.variable("Flow.code"), "\"DataTablesTableNotFoundException\"");
    let message = "\"the fixtures have no data table `Roots`\"";
    assert_eq!(run.variable("Flow.message"), message);
    assert_eq!(run.codes(), ["DATA_TABLE_NOT_FOUND"]);

    let run = look_up("\"2\"", "Routes", "Queue: {var: Flow.count}");
    assert_eq!(run.output("It"), "failure");
    assert_eq!(run.variable("Flow.code"), "\"DataTablesSyntaxError\"");

    let run = look_up("ToString(NOT_SET)", "Routes", "");
    assert_eq!((run.output("It"), run.codes()), ("error", vec!["NOT_SET_NOT_ALLOWED"]));
}

/// The variable is left unchanged if nothing is found.
#[test]
fn a_variable_keeps_its_value_if_nothing_is_found() {
    let actions = "- updateData: {name: U, statements: [{string: {variable: Flow.text, value: {lit: old}}}]}
- dataTableLookup:
    name: It
    lookupValue: {lit: none}
    dataTable: {Routes: {foundOutputs: {Queue: {var: Flow.text}}}}";
    let run = run(&call_flow(&VARIABLES, actions), TABLES, &[]);
    assert_eq!(run.variable("Flow.text"), "\"old\"");
}

const ORGANISATION: &str = "queues: [{id: q-1, name: Sales}]
users:
  - {id: u-1, name: Ann, email: ann@example.com}
  - {id: u-2, name: Bob}
skills: [{id: s-1, name: Billing}]
languageSkills: [{id: l-1, name: Spanish}]
groups: [{id: g-1, name: Supervisors}]
schedules: [{id: d-1, name: Weekdays}]
scheduleGroups: [{id: h-1, name: Hours}]
emergencyGroups: [{id: e-1, name: Fire}]
prompts: [{id: p-1, name: Greeting}]
systemPrompts: [{id: y-1, name: music}]";

#[test]
fn objects_are_found_by_name_or_id() {
    for (action, variable, key, id) in [
        ("findQueue", "queue", "findName: {lit: sales}", Some("q-1")),
        ("findQueue", "queue", "findName: {lit: q-1}", None),
        ("findQueue", "queue", "findName: {lit: ''}", None),
        ("findQueue", "queue", "findName: {exp: ToString(NOT_SET)}", None),
        ("findQueueById", "queue", "findId: {lit: Q-1}", Some("q-1")),
        ("findQueueById", "queue", "findId: {lit: Sales}", None),
        ("findUser", "user", "findName: {lit: ANN@example.com}", Some("u-1")),
        ("findUser", "user", "findName: {lit: Ann}", None),
        ("findUserById", "user", "findId: {lit: u-2}", Some("u-2")),
        ("findSkill", "skill", "findName: {lit: Billing}", Some("s-1")),
        ("findLanguageSkill", "languageSkill", "findName: {lit: Spanish}", Some("l-1")),
        ("findGroup", "group", "findName: {lit: Supervisors}", Some("g-1")),
        ("findSchedule", "schedule", "findName: {lit: Weekdays}", Some("d-1")),
        ("findScheduleGroup", "scheduleGroup", "findName: {lit: Hours}", Some("h-1")),
        ("findEmergencyGroup", "emergencyGroup", "findName: {lit: Fire}", Some("e-1")),
        ("findEmergencyGroup", "emergencyGroup", "findName: {lit: x}", None),
        ("findUserPrompt", "prompt", "findName: {lit: Prompt.Greeting}", Some("p-1")),
        ("findUserPrompt", "prompt", "findName: {lit: music}", None),
        ("findSystemPrompt", "prompt", "findName: {lit: music}", Some("y-1")),
    ] {
        let variables = [format!("{variable} found"), "string id".into()];
        let variables = variables.each_ref().map(String::as_str);
        let actions = format!(
            "- {action}:
    name: It
    {key}
    findResult: {{var: Flow.found}}
    outputs:
      found: {{actions: [{{updateData: {{name: U, statements: [{{string: {{variable: Flow.id, value: {{exp: Flow.found.id}}}}}}]}}}}]}}"
        );
        let run = run(&call_flow(&variables, &actions), ORGANISATION, &[]);
        let output = if id.is_some() { "found" } else { "notFound" };
        assert_eq!(run.output("It"), output, "{action} {key}");
        let id = id.map_or("null".into(), |id| format!("\"{id}\""));
        assert_eq!(run.variable("Flow.id"), id, "{action} {key}");
        assert_eq!(run.codes(), Vec::<&str>::new());
    }
}

#[test]
fn several_users_are_found_in_order() {
    for (ids, output, names) in [
        ("MakeList(\"u-2\", \"u-1\")", "found", "[\"Bob\",\"Ann\"]"),
        (
            "MakeList(\"u-2\", \"x\", ToString(NOT_SET))",
            "partiallyFound",
            "[\"Bob\",null,null]",
        ),
        ("MakeList(\"x\")", "notFound", "[]"),
        ("MakeEmptyList(\"\")", "notFound", "[]"),
    ] {
        let action = format!(
            "- findUsersById: {{name: It, findIds: {{exp: '{ids}'}}, findResult: {{var: Flow.found}}}}"
        );
        let run = run(&call_flow(&["userCollection found"], &action), ORGANISATION, &[]);
        assert_eq!(run.output("It"), output, "{ids}");
        let found = run.trace.variable(&run.program.symbols, "Flow.found").unwrap();
        let found: serde_json::Value =
            serde_json::from_str(&found.to_json().to_string()).unwrap();
        let found = found.as_array().unwrap().iter().map(|user| user["name"].clone());
        let found = serde_json::Value::Array(found.collect());
        assert_eq!(found.to_string(), names, "{ids}");
    }
}

#[test]
fn only_fifty_users_are_found() {
    let ids = vec!["\"u-1\""; 51].join(", ");
    let action = format!(
        "- findUsersById: {{name: It, findIds: {{exp: 'MakeList({ids})'}}, findResult: {{var: Flow.found}}}}"
    );
    let run = run(&call_flow(&["userCollection found"], &action), ORGANISATION, &[]);
    assert_eq!(run.output("It"), "partiallyFound");
    assert!(run.variable("Flow.found").ends_with("},null]"));
}

const CONTACTS: &str = "contacts:
  - id: c-1
    name: Ada King Lovelace
    email: ada@example.com
    phone: \"+15557770100\"
    attributes:
      tier: gold
      Title: Countess
      cellPhone: +1 (555) 777-0100
      surveyOptOut: maybe
      address: {city: London}
  - {id: c-2, name: Plato, attributes: {firstName: P, personalEmail: p@example.com}}";

fn contact(key: &str, read: &str) -> Run {
    let actions = format!(
        "- getExternalContact:
    name: It
    externalId: {{exp: '{key}'}}
    externalResult: {{var: Flow.found}}
    outputs:
      found: {{actions: [{{updateData: {{name: U, statements: [{{string: {{variable: Flow.text, value: {{exp: '{read}'}}}}}}]}}}}]}}"
    );
    run(&call_flow(&["externalContact found", "string text"], &actions), CONTACTS, &[])
}

#[test]
fn a_contact_has_its_properties() {
    for (read, expected) in [
        ("Flow.found.id", "\"c-1\""),
        ("Flow.found.firstName", "\"Ada King\""),
        ("Flow.found.lastName", "\"Lovelace\""),
        ("Flow.found.title", "\"Countess\""),
        ("Flow.found.workEmail", "\"ada@example.com\""),
        ("Flow.found.personalEmail", "null"),
        ("Flow.found.cellPhone.e164", "\"+15557770100\""),
        ("Flow.found.cellPhone.display", "\"+1 (555) 777-0100\""),
        ("Flow.found.address.city", "\"London\""),
        ("ToString(Flow.found.surveyOptOut)", "null"),
    ] {
        let run = contact("\"C-1\"", read);
        assert_eq!(run.output("It"), "found", "{read}");
        assert_eq!(run.variable("Flow.text"), expected, "{read}");
    }
    for (read, expected) in [
        ("Flow.found.firstName", "\"P\""),
        ("Flow.found.lastName", "null"),
        ("Flow.found.workEmail", "null"),
        ("Flow.found.personalEmail", "\"p@example.com\""),
    ] {
        assert_eq!(contact("\"c-2\"", read).variable("Flow.text"), expected, "{read}");
    }
}

#[test]
fn a_contact_is_fetched_by_its_id_only() {
    for key in ["\"c-3\"", "\"ada@example.com\"", "\" \"", "ToString(NOT_SET)"] {
        let run = contact(key, "Flow.found.id");
        assert_eq!(run.output("It"), "notFound", "{key}");
        assert_eq!(run.values(Field::ExternalResult), Vec::<String>::new());
    }
}

#[test]
fn contacts_are_searched_by_every_key() {
    for (term, output, count) in [
        ("c-1", "matchExact", 1),
        ("ADA@example.com", "matchExact", 1),
        // Source: Genesys' help on Search External Contacts.
        ("\\\"ada@example.com\\\"", "matchExact", 1),
        ("tel:+15557770100", "matchExact", 1),
        ("Lovelace", "notFound", 0),
        ("", "notFound", 0),
    ] {
        let action = format!(
            "- searchExternalContacts:
    name: It
    searchTerm: {{lit: \"{term}\"}}
    externalResults: {{var: Flow.found}}"
        );
        let run =
            run(&call_flow(&["externalContactCollection found"], &action), CONTACTS, &[]);
        assert_eq!(run.output("It"), output, "{term}");
        let found = run.variable("Flow.found");
        assert_eq!(found.matches("\"id\":\"c-1\"").count(), count, "{term}");
    }
}

/// Source: Genesys' help on Search External Contacts. Contacts in files count too.
#[test]
fn a_search_may_find_several_contacts() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let csv = write(
        "a.csv",
        "id,name,phone\nc-1,Ada,+15557770100\nc-2,Bo,+15557770100\nc-3,Cy,+15557770101\n",
    );
    let lines = write(
        "b.ndjson",
        "{\"id\": \"c-4\", \"phone\": \"+15557770100\"}\n{\"id\": \"C-1\", \"name\": \"Ada Byron\", \"phone\": \"+15557770100\"}\n",
    );
    let action = "- searchExternalContacts:
    name: It
    searchTerm: {lit: '+15557770100'}
    externalResults: {var: Flow.found}";
    let flow = call_flow(&["externalContactCollection found"], action);
    let ids = |contacts: &str| {
        let run = run(&flow, &format!("contacts:\n{contacts}"), &[]);
        let found: serde_json::Value =
            serde_json::from_str(&run.variable("Flow.found")).unwrap();
        let ids = found.as_array().into_iter().flatten();
        let ids: Vec<String> =
            ids.map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        (run.output("It").to_owned(), ids.join(" "))
    };
    let several = |ids: &str| ("matchMultiple".to_owned(), ids.to_owned());
    assert_eq!(ids(&format!("- file: {csv}\n")), several("c-1 c-2"));
    let both = format!("- file: {csv}\n- file: {lines}\n");
    // The later contact with the same id replaces the earlier one.
    assert_eq!(ids(&both), several("c-2 c-4 C-1"));
    let listed = "- {id: a, phone: '+15557770100'}\n- {id: b, phone: (555) 777-0100}\n";
    assert_eq!(ids(listed), several("a b"));
}

struct Unreadable;

impl Host for Unreadable {
    fn answer(&mut self, _question: &Question<'_>) -> Answer {
        Answer::NotMocked
    }
}

#[test]
fn contacts_that_cannot_be_read_are_an_error() {
    for action in [
        "- getExternalContact: {name: It, externalId: {lit: c-1}}",
        "- searchExternalContacts: {name: It, searchTerm: {lit: c-1}}",
    ] {
        let run = stage(call_flow(&[], action)).answered_by(&mut Unreadable);
        assert_eq!(
            (run.output("It"), run.codes()),
            ("error", vec!["CONTACTS_UNREADABLE"])
        );
    }
}

/// The outputs that appear in execution documents.
#[test]
fn outputs_have_the_ids_of_the_platform() {
    let action = "- searchExternalContacts: {name: It, searchTerm: {lit: c-1}}";
    let run = run(&call_flow(&[], action), CONTACTS, &[]);
    let json = run.json().to_string();
    assert!(json.contains("\"path\":\"__MATCH_EXACT__\""), "{json}");
}

fn wait(duration: &str, trim: bool, flow_type: &str) -> Run {
    let action = format!(
        "- wait: {{name: It, duration: {{exp: '{duration}'}}, trimDurationNearMaxRunningTime: {{lit: {trim}}}}}
- wait: {{name: Then, duration: {{lit: {{seconds: 1}}}}, trimDurationNearMaxRunningTime: {{lit: true}}}}"
    );
    run(&call_flow(&[], &action).replace("inboundCall", flow_type), "", &[])
}

#[test]
fn a_pause_moves_the_clock() {
    const HOUR: i64 = 3_600_000;
    for (duration, trim, flow_type, output, elapsed) in [
        ("MakeDuration(0, 0, 0, 5, 0)", false, "inboundCall", "next", 6_000),
        ("MakeDuration(0, 0, 0, -5, 0)", false, "inboundCall", "next", 1_000),
        ("MakeDuration(4, 0, 0, 0, 0)", true, "inboundCall", "next", 72 * HOUR),
        ("MakeDuration(4, 0, 0, 0, 0)", false, "inboundCall", "error", 72 * HOUR),
        ("MakeDuration(3, 0, 0, 0, 0)", false, "inboundCall", "next", 72 * HOUR),
        ("MakeDuration(0, 2, 0, 0, 0)", false, "surveyInvite", "error", HOUR),
        ("ToDuration(NOT_SET)", false, "inboundCall", "error", 0),
    ] {
        let run = wait(duration, trim, flow_type);
        assert_eq!(run.output("It"), output, "{duration}");
        assert_eq!(run.trace.elapsed_ms, elapsed, "{duration} {trim}");
    }
    let codes = |duration| wait(duration, false, "inboundCall").codes().join(" ");
    assert_eq!(codes("MakeDuration(4, 0, 0, 0, 0)"), "OUT_OF_RANGE");
    assert_eq!(codes("ToDuration(NOT_SET)"), "NOT_SET_NOT_ALLOWED");
}

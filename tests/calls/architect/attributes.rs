//! Attributes of participants.

use flowsim::value::{Json, Value};

use super::support::{call_flow, run, stage};

fn flow(actions: &str) -> String {
    call_flow(&["string a, initialValue: {lit: before}", "string b"], actions)
}

const SET: &str = "- setParticipantData:
    name: Set
    attributes:
      - attribute: {name: {lit: tier}, value: {exp: '\"go\" + \"ld\"'}}
      - attribute: {name: {lit: tier2}, value: {lit: silver}}";

const GET: &str = "- getParticipantData:
    name: Get
    attributes:
      - attribute: {name: {lit: tier}, variable: Flow.a}
      - attribute: {name: {lit: Tier}, variable: Flow.b}";

#[test]
fn attributes_are_read_by_their_exact_names() {
    let run = run(&flow(&format!("{SET}\n{GET}")), "", &[]);
    assert_eq!(run.end(), "completed");
    assert_eq!(run.variable("Flow.a"), "\"gold\"");
    assert_eq!(run.variable("Flow.b"), "null");
    let expected = [
        "> attributes tier = gold",
        "> attributes tier2 = silver",
        "< attributes tier = gold",
        "< attributes Tier = ",
    ];
    assert_eq!(run.entries(), expected);
    assert_eq!(run.codes(), Vec::<&str>::new());
}

#[test]
fn an_attribute_that_was_never_set_is_not_set() {
    let run = run(&flow(GET), "", &[]);
    assert_eq!(run.variable("Flow.a"), "null");
}

#[test]
fn not_set_removes_an_attribute() {
    let unset = "- setParticipantData:
    name: Unset
    attributes:
      - attribute: {name: {lit: tier}, value: {noValue: true}}";
    let run = run(&flow(&format!("{SET}\n{unset}\n{GET}")), "", &[]);
    assert_eq!(run.variable("Flow.a"), "null");
}

#[test]
fn an_attribute_needs_a_name() {
    let unnamed = "- setParticipantData:
    name: Set
    attributes:
      - attribute: {name: {noValue: true}, value: {lit: x}}";
    assert_eq!(run(&flow(unnamed), "", &[]).end(), "error NOT_SET_NOT_ALLOWED");
}

#[test]
fn the_context_of_a_call_provides_attributes() {
    let run = stage(flow(GET)).context(&[("participantData.tier", "iron")]).run();
    assert_eq!(run.variable("Flow.a"), "\"iron\"");
    let json = Json::object([("tier".into(), Json::Integer(7))]);
    let run = stage(flow(GET)).context(&[("participantData", Value::Json(json))]).run();
    assert_eq!(run.variable("Flow.a"), "\"7\"");
}

fn conversation(kind: &str, id: &str, item: &str) -> String {
    format!(
        "- {kind}:
    name: {kind}
    conversationId: {id}
    participantId: {{noValue: true}}
    attributes:
      - attribute: {{name: {{lit: tier}}, {item}}}"
    )
}

#[test]
fn a_run_without_an_id_is_the_named_conversation() {
    let set = conversation("setConversationData", "{lit: c-9}", "value: {lit: gold}");
    let run = run(&flow(&format!("{set}\n{GET}")), "", &[]);
    assert_eq!(run.variable("Flow.a"), "\"gold\"");
    assert_eq!(run.output("setConversationData"), "success");
}

#[test]
fn another_conversation_has_its_own_attributes() {
    let set = conversation("setConversationData", "{lit: c-9}", "value: {lit: gold}");
    let of_other = conversation("getConversationData", "{lit: c-9}", "variable: Flow.b");
    let actions = format!("{set}\n{GET}\n{of_other}");
    let run = stage(flow(&actions)).context(&[("conversationId", "c-1")]).run();
    assert_eq!(run.variable("Flow.a"), "null");
    assert_eq!(run.variable("Flow.b"), "\"gold\"");
    assert_eq!(run.output("getConversationData"), "found");
}

#[test]
fn conversation_data_without_any_attribute_is_not_found() {
    let get = conversation("getConversationData", "{lit: c-9}", "variable: Flow.a");
    let run = run(&flow(&get), "", &[]);
    assert_eq!(run.output("getConversationData"), "notFound");
    assert_eq!(run.variable("Flow.a"), "null");
}

#[test]
fn conversation_data_needs_a_conversation() {
    let set = conversation("setConversationData", "{noValue: true}", "value: {lit: x}");
    let run = run(&flow(&set), "", &[]);
    assert_eq!(run.end(), "completed");
    assert_eq!(run.output("setConversationData"), "failure");
}

fn bot_that_sets(actions: &str) -> String {
    format!(
        "digitalBot:
  name: F
  startUpRef: /digitalBot/bots/bot[Start_1]
  variables: [{{integerVariable: {{name: Flow.i}}}}]
  settingsErrorHandling: {{errorEventHandover: {{lit: Sorry.}}}}
  bots:
    - bot:
        name: Start
        refId: Start_1
        actions:
{}",
        super::support::indented(actions, 10)
    )
}

/// *Source: Genesys' help on Set Participant Data, in its note on bot flows.*
#[test]
fn a_bot_sets_a_limited_amount_of_participant_data() {
    let rounds = |count: u32, name: &str| {
        let attribute =
            format!("{{attribute: {{name: {{exp: '{name}'}}, value: {{lit: v}}}}}}");
        let set = format!("setParticipantData: {{name: Set, attributes: [{attribute}]}}");
        let looped = format!(
            "- loop: {{name: L, currentIndex: {{var: Flow.i}}, loopCount: {{lit: {count}}}, outputs: {{loop: {{actions: [{{{set}}}]}}}}}}"
        );
        run(&bot_that_sets(&looped), "", &[])
    };
    let different = "ToString(Flow.i)";
    assert_eq!(rounds(50, different).end(), "completed");
    let run_too_often = rounds(51, "\"same\"");
    assert_eq!(run_too_often.end(), "error PARTICIPANT_DATA_LIMIT");
    assert_eq!(run_too_often.prompts(), ["Sorry."]);
    let many = |count: usize| {
        let items = (0..count).map(|index| {
            format!("{{attribute: {{name: {{lit: a{index}}}, value: {{lit: v}}}}}}")
        });
        let items = items.collect::<Vec<_>>().join(", ");
        let set = format!("- setParticipantData: {{name: Set, attributes: [{items}]}}");
        run(&bot_that_sets(&set), "", &[]).end()
    };
    assert_eq!(
        (many(50), many(51)),
        ("completed".into(), "error PARTICIPANT_DATA_LIMIT".into())
    );
    let long = |length: usize| {
        let value = "x".repeat(length);
        let item =
            format!("{{attribute: {{name: {{lit: a}}, value: {{lit: {value}}}}}}}");
        let set = format!("- setParticipantData: {{name: Set, attributes: [{item}]}}");
        (
            run(&bot_that_sets(&set), "", &[]).end(),
            run(&call_flow(&[], &set), "", &[]).end(),
        )
    };
    assert_eq!(long(256).0, "completed");
    assert_eq!(long(257), ("error PARTICIPANT_DATA_LIMIT".into(), "completed".into()));
}

/// Both reasons for `notFound` set the variables to NOT_SET.
#[test]
fn conversation_data_that_is_not_found_is_not_set() {
    for id in ["{lit: c-9}", "{noValue: true}"] {
        let get = conversation("getConversationData", id, "variable: Flow.a");
        let run = run(&flow(&get), "", &[]);
        assert_eq!(run.output("getConversationData"), "notFound", "{id}");
        assert_eq!(run.variable("Flow.a"), "null", "{id}");
    }
}

/// A variable never holds a value of another type.
#[test]
fn a_result_is_converted_to_the_type_of_its_variable() {
    let get = |value: &str| {
        let actions = format!(
            "- setParticipantData: {{name: S, attributes: [{{attribute: {{name: {{lit: n}}, value: {{lit: '{value}'}}}}}}]}}
- getParticipantData: {{name: G, attributes: [{{attribute: {{name: {{lit: n}}, variable: Flow.n}}}}]}}"
        );
        stage(call_flow(&["integer n"], &actions))
    };
    let fits = get("7").run();
    assert_eq!((fits.end(), fits.variable("Flow.n")), ("completed".into(), "7".into()));
    let other = get("abc").run();
    assert_eq!(other.end(), "error WRONG_TYPE");
    assert_eq!(other.variable("Flow.n"), "null");
    let queue =
        "- findQueue: {name: F, findName: {lit: Sales}, findResult: {var: Flow.s}}";
    let found = stage(call_flow(&["string s"], queue));
    let found = found.world("queues: [Sales]").run();
    assert_eq!(found.end(), "error WRONG_TYPE");
    let rounds = "- loop:
    name: L
    loopCount: {lit: 2}
    currentIndex: {var: Flow.s}
    outputs: {loop: {actions: []}}";
    let rounds = stage(call_flow(&["string s"], rounds)).run();
    assert_eq!(
        (rounds.end(), rounds.variable("Flow.s")),
        ("completed".into(), "\"1\"".into())
    );
}

/// Strings with a value of the type are read, whatever the type.
#[test]
fn results_of_a_data_action_may_be_strings() {
    let action = "- callData:
    name: C
    category: {X: {dataAction: {Y: {successOutputs: {n: {var: Flow.n}, ok: {var: Flow.ok}, p: {var: Flow.p}}}}}}";
    let flow = call_flow(&["integer n", "boolean ok", "phoneNumber p"], action);
    let world = "dataActions: {Y: {output: {n: '3', ok: 'true', p: '+13178723000'}}}";
    let run = run(&flow, world, &[]);
    assert_eq!(run.output("C"), "success");
    assert_eq!(
        (run.variable("Flow.n"), run.variable("Flow.ok")),
        ("3".into(), "true".into())
    );
    assert!(
        run.variable("Flow.p").contains("+13178723000"),
        "{}",
        run.variable("Flow.p")
    );
}

#[test]
fn an_initial_value_that_cannot_be_computed_is_noted() {
    let flow = call_flow(
        &["integer n, initialValue: {exp: 'ToInt(\"abc\")'}"],
        "- disconnect: {name: D}",
    );
    let run = run(&flow, "", &[]);
    assert_eq!((run.end(), run.codes()), ("completed".into(), vec!["CONVERSION_FAILED"]));
    assert_eq!(run.variable("Flow.n"), "null");
}

/// Returns the number of notes, and the number of variables that are NOT_SET.
fn failed_initials(variables: &[String]) -> (usize, usize) {
    let declared: Vec<&str> = variables.iter().map(String::as_str).collect();
    let run = run(&call_flow(&declared, "- disconnect: {name: D}"), "", &[]);
    let names = (0..variables.len()).map(|index| run.variable(&format!("Flow.v{index}")));
    let unset = names.filter(|value| value == "null" || value == "[]").count();
    let codes = run.codes().into_iter();
    (codes.filter(|code| *code == "CONVERSION_FAILED").count(), unset)
}

/// A second evaluation would draw other random numbers.
#[test]
fn an_initial_value_with_a_random_number_is_noted_if_it_failed() {
    let variables = (0..24).map(|index| {
        let random = "If(RandomInt(2) == 0, ToInt(\"abc\"), 7)";
        format!("integer v{index}, initialValue: {{exp: '{random}'}}")
    });
    let (notes, unset) = failed_initials(&variables.collect::<Vec<_>>());
    assert_eq!(notes, unset);
    assert!((1..24).contains(&unset), "{unset}");
}

#[test]
fn an_initial_value_of_a_collection_that_cannot_be_computed_is_noted() {
    let list = "MakeList(ToInt(\"abc\"))";
    let variable = format!("integer v0, initialValue: {{exp: '{list}'}}");
    let flow = call_flow(&[&variable], "- disconnect: {name: D}")
        .replace("integerVariable", "integerCollection");
    let run = run(&flow, "", &[]);
    assert_eq!(run.variable("Flow.v0"), "[]");
    assert_eq!(run.codes(), ["CONVERSION_FAILED"]);
}

/// A variable has no value yet when the initial values before it are computed.
#[test]
fn an_initial_value_that_reads_a_later_variable_is_noted() {
    let variables = [
        "integer v0, initialValue: {exp: 'If(IsNotSetOrEmpty(Flow.v1), ToInt(\"abc\"), 1)'}",
        "string v1, initialValue: {lit: '7'}",
    ];
    let run = run(&call_flow(&variables, "- disconnect: {name: D}"), "", &[]);
    let (value, codes) = (run.variable("Flow.v0"), run.codes());
    assert_eq!((value.as_str(), codes.len()), ("null", 1), "{codes:?}");
}

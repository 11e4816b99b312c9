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

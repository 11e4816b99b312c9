//! Attributes of participants.

use flowsim::engine::Call;
use flowsim::program::Program;
use flowsim::value::{Json, Value};

use super::conversations::{Run, run, run_with};

fn flow(actions: &str) -> String {
    let actions: String =
        actions.lines().map(|line| format!("            {line}\n")).collect();
    format!(
        "inboundCall:
  name: F
  startUpRef: /inboundCall/tasks/task[Main_1]
  variables:
    - stringVariable: {{name: Flow.a, initialValue: {{lit: before}}}}
    - stringVariable: {{name: Flow.b}}
  tasks:
    - task:
        name: Main
        refId: Main_1
        actions:
{actions}"
    )
}

fn with_context(actions: &str, context: &[(&str, Value)]) -> Run {
    run_with(&flow(actions), "", &[], |call: Call, program: &Program| {
        context
            .iter()
            .fold(call, |call, (name, value)| call.context(program, name, value.clone()))
    })
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
fn attributes_that_were_set_are_got_by_their_exact_names() {
    let run = run(&flow(&format!("{SET}\n{GET}")), "", &[]);
    assert!(run.is_completed());
    assert_eq!(run.variable("Flow.a").as_deref(), Some("gold"));
    assert_eq!(run.variable("Flow.b"), None);
    let expected = [
        "> attributes tier = gold",
        "> attributes tier2 = silver",
        "< attributes tier = gold",
        "< attributes Tier = ",
    ];
    assert_eq!(run.entries(), expected);
    assert_eq!(run.notes(), Vec::<&str>::new());
}

#[test]
fn an_attribute_that_nobody_set_is_not_set() {
    let run = run(&flow(GET), "", &[]);
    assert_eq!(run.variable("Flow.a"), None);
}

#[test]
fn not_set_removes_an_attribute() {
    let unset = "- setParticipantData:
    name: Unset
    attributes:
      - attribute: {name: {lit: tier}, value: {noValue: true}}";
    let run = run(&flow(&format!("{SET}\n{unset}\n{GET}")), "", &[]);
    assert_eq!(run.variable("Flow.a"), None);
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
fn the_context_of_a_call_gives_attributes() {
    let run = with_context(GET, &[("participantData.tier", Value::from("iron"))]);
    assert_eq!(run.variable("Flow.a").as_deref(), Some("iron"));
    let json = Json::object([("tier".into(), Json::Integer(7))]);
    let run = with_context(GET, &[("participantData", Value::Json(json))]);
    assert_eq!(run.variable("Flow.a").as_deref(), Some("7"));
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
fn a_run_without_an_id_is_the_conversation_that_is_named() {
    let set = conversation("setConversationData", "{lit: c-9}", "value: {lit: gold}");
    let run = run(&flow(&format!("{set}\n{GET}")), "", &[]);
    assert_eq!(run.variable("Flow.a").as_deref(), Some("gold"));
    assert_eq!(run.output("setConversationData"), Some("success"));
}

#[test]
fn another_conversation_has_attributes_of_its_own() {
    let set = conversation("setConversationData", "{lit: c-9}", "value: {lit: gold}");
    let of_other = conversation("getConversationData", "{lit: c-9}", "variable: Flow.b");
    let actions = format!("{set}\n{GET}\n{of_other}");
    let run = with_context(&actions, &[("conversationId", Value::from("c-1"))]);
    assert_eq!(run.variable("Flow.a"), None);
    assert_eq!(run.variable("Flow.b").as_deref(), Some("gold"));
    assert_eq!(run.output("getConversationData"), Some("found"));
}

#[test]
fn conversation_data_without_any_attribute_is_not_found() {
    let get = conversation("getConversationData", "{lit: c-9}", "variable: Flow.a");
    let run = run(&flow(&get), "", &[]);
    assert_eq!(run.output("getConversationData"), Some("notFound"));
    assert_eq!(run.variable("Flow.a"), None);
}

#[test]
fn conversation_data_needs_a_conversation() {
    let set = conversation("setConversationData", "{noValue: true}", "value: {lit: x}");
    let run = run(&flow(&set), "", &[]);
    assert!(run.is_completed());
    assert_eq!(run.output("setConversationData"), Some("failure"));
}

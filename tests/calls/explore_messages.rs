//! Exploration of flows that run again: for the next message of a conversation, or while it
//! waits in a queue.

use std::sync::Arc;

use flowsim::engine::{Call, Session};
use flowsim::world::{FixtureHost, Fixtures, Host, Input};
use serde_json::json;

use crate::explore::{OPTIONS, explored, program_of, verdict};

/// A flow that answers the second message in another way, if it is a flow of messages or
/// e-mails.
fn counting(flow_type: &str, reply: &str) -> serde_json::Value {
    let second = json!({reply: {"name": "Again", "messageBody": {"lit": "again"}}});
    json!({flow_type: {
        "name": "Counter",
        "startUpRef": format!("/{flow_type}/states/state[I]"),
        "defaultLanguage": "en-us",
        "supportedLanguages": {"en-us": {"none": true}},
        "variables": [{"integerVariable": {"name": "Flow.Count", "initialValue": {"lit": 0}}}],
        "states": [{"state": {"name": "I", "refId": "I", "actions": [
            {"updateData": {"name": "Up", "statements": [
                {"integer": {"variable": "Flow.Count", "value": {"exp": "Flow.Count + 1"}}}]}},
            {"decision": {"name": "Second", "condition": {"exp": "Flow.Count == 2"},
                "outputs": {"yes": {"actions": [second]}}}},
            {"endState": {"name": "End"}},
        ]}}],
    }})
}

#[test]
fn a_further_message_may_reach_more() {
    for (flow_type, reply) in
        [("inboundShortMessage", "sendResponse"), ("inboundEmail", "sendAutoReply")]
    {
        let program = program_of(&counting(flow_type, reply));
        let exploration = explored(&program, OPTIONS);
        let found = verdict(&exploration, &program, "Second", Some("yes"));
        assert!(found.contains("no further message was tried"), "{flow_type}: {found}");
        let reached = verdict(&exploration, &program, "Second", Some("no"));
        assert!(
            !reached.contains("unreachable") && !reached.contains("undecided"),
            "{reached}"
        );
    }
}

#[test]
fn the_recurring_state_of_a_queue_can_be_reached() {
    let flow = json!({"inqueueShortMessage": {
        "name": "Room",
        "startUpRef": "/inqueueShortMessage/startUpState",
        "defaultLanguage": "en-us",
        "supportedLanguages": {"en-us": {"none": true}},
        "variables": [{"integerVariable": {"name": "Flow.N", "initialValue": {"lit": 0}}}],
        "startUpState": {"name": "Start", "refId": "S", "actions": [
            {"sendResponse": {"name": "Hold", "messageBody": {"lit": "please wait"}}},
            {"endState": {"name": "End"}}]},
        "periodicState": {"name": "Period", "refId": "P", "actions": [
            {"updateData": {"name": "Up", "statements": [
                {"integer": {"variable": "Flow.N", "value": {"exp": "Flow.N + 1"}}}]}},
            {"decision": {"name": "Long", "condition": {"exp": "Flow.N > 3"},
                "outputs": {"yes": {"actions": [{"disconnect": {"name": "Sorry"}}]}}}},
            {"endState": {"name": "Next"}}]},
    }});
    let program = program_of(&flow);
    for is_fixed in [true, false] {
        let options = flowsim::explore::Options { is_fixed, ..OPTIONS };
        let exploration = explored(&program, options);
        for (node, output) in [("Up", None), ("Long", Some("yes")), ("Sorry", None)] {
            let found = verdict(&exploration, &program, node, output);
            assert!(!found.contains("no path leads here"), "{node}: {found}");
            assert!(is_fixed || found.starts_with("undecided"), "{node}: {found}");
        }
    }
}

/// The second message is handed to a queue, after a data action.
#[test]
fn a_routed_conversation_has_ended_also_without_its_history() {
    let mut flow = counting("inboundShortMessage", "sendResponse");
    let actions = &mut flow["inboundShortMessage"]["states"][0]["state"]["actions"];
    let second = &mut actions[1]["decision"]["outputs"]["yes"]["actions"];
    *second = json!([
        {"callData": {"name": "Get", "category": {"C": {"dataAction": {"Get": {"inputs": {}}}}}}},
        {"transferToAcd": {"name": "To", "targetQueue": {"lit": {"name": "Sales"}}}},
    ]);
    let hello =
        json!({"sendResponse": {"name": "Hello", "messageBody": {"lit": "hello"}}});
    let end = actions.as_array_mut().unwrap().pop().unwrap();
    actions.as_array_mut().unwrap().extend([vec![hello; 12], vec![end]].concat());
    let program = program_of(&flow);
    let call = Call::new(program.flow("Counter").unwrap()).takes_messages(true);
    let (fixtures, inputs) = (Fixtures::default(), [Input::Speech("again".into())]);
    let mut host = FixtureHost::new(&fixtures, &inputs);
    let mut session = Session::start(Arc::clone(&program), &call);
    let mut messages = 0;
    while let Some(answer) = session.question().map(|question| host.answer(&question)) {
        match session.awaits_message() {
            Some(_) => messages += 1,
            None => session.forget_history(1_000),
        }
        session.resume(answer);
    }
    assert_eq!(messages, 1, "the queue has the conversation");
}

//! Exploration proves that an output cannot be taken although not every call was tried.

use flowsim::explore::Options;
use serde_json::{Value, json};

use crate::explore::{
    OPTIONS, decision, disconnect, explored, flow, program_of, task, update, verdict,
};

const FREE: Options = Options { is_fixed: false, ..OPTIONS };

/// A decision that depends on the number of the caller, so that the search is not complete.
fn open(yes: &[Value]) -> Value {
    decision("Open?", "Replace(Call.Ani, \"a\", \"\") == \"banana\"", yes, &[])
}

#[test]
fn a_condition_on_constants_of_the_flow_is_decided() {
    let after = [disconnect("Never"), disconnect("Nor this")];
    let actions = [
        open(&[update("Five", "Flow.a", "5")]),
        decision("Seven?", "Flow.a == 7", &after, &[disconnect("Always")]),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    let of = |node: &str, output: Option<&str>| verdict(&free, &program, node, output);
    assert!(of("Open?", Some("yes")).starts_with("undecided"));
    assert_eq!(
        of("Seven?", Some("yes")),
        "unreachable: the condition does not lead here: `Flow.a` is only NOT_SET or `0` or `5`"
    );
    let behind = "unreachable: only outputs that no call takes lead here";
    assert_eq!(of("Never", None), behind);
    assert_eq!(of("Seven?", Some("no")), "reachable ");
}

/// A value that comes from outside may be any.
#[test]
fn a_condition_on_other_values_is_not_decided() {
    let again = json!({"updateData": {"name": "Copy", "statements": [
        {"string": {"variable": "Flow.keys", "value": {"exp": "Call.Ani"}}},
    ]}});
    let compared = "Replace(Flow.keys, \"b\", \"\") == \"bob\"";
    let actions =
        [open(&[again]), decision("Which?", compared, &[disconnect("Perhaps")], &[])];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    let perhaps = verdict(&free, &program, "Perhaps", None);
    assert!(perhaps.starts_with("undecided"), "{perhaps}");
}

/// Every output of a switch that some values of its variable lead to may be taken.
#[test]
fn the_cases_of_a_switch_are_decided_one_by_one() {
    let case = |value: i64, node: &str| {
        json!({"case": {
            "value": {"exp": format!("Flow.a == {value}")},
            "actions": [disconnect(node)],
        }})
    };
    let switch = json!({"switch": {"name": "Which?", "evaluate": {"firstTrue": {
        "default": {"actions": [disconnect("Other")]},
        "cases": [case(5, "Five"), case(6, "Six"), case(5, "Five again")],
    }}}});
    let actions = [open(&[update("Set", "Flow.a", "5")]), switch];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    let of = |node: &str| verdict(&free, &program, node, None);
    assert!(of("Five").starts_with("undecided"));
    for node in ["Six", "Five again"] {
        assert_eq!(of(node), "unreachable: only outputs that no call takes lead here");
    }
    assert_eq!(of("Other"), "reachable ");
}

/// A draft If fails only by a value that is neither true nor false, and a Set only by a value
/// that it computes.
#[test]
fn a_comparison_and_a_constant_do_not_fail() {
    for (condition, is_proved) in [("{choice} == '1'", true), ("{choice}", false)] {
        let draft = json!({"name": "Line", "type": "inbound", "draft": {
            "startNode": "If",
            "nodes": {
                "If": {"id": "If", "type": "If",
                    "properties": {
                        "conditions": [{"expression": condition, "nextNode": "Set"}],
                        "defaultNextNode": "Set",
                    },
                    "onError": {"nextNode": "Sorry"}},
                "Set": {"id": "Set", "type": "Set",
                    "properties": {"setVars": [
                        {"key": "done", "value": {"type": "string", "value": "yes"}},
                    ]},
                    "onComplete": {"nextNode": "End"},
                    "onError": {"nextNode": "Sorry"}},
                "Sorry": {"id": "Sorry", "type": "Say", "properties": {"text": "Sorry."},
                    "onComplete": {"nextNode": "End"}},
                "End": {"id": "End", "type": "EndFlow", "properties": {}},
            },
        }});
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("flow.json");
        std::fs::write(&path, draft.to_string()).expect("a file");
        let loaded =
            flowsim::flow::read::load(&[path], &[], &mut flowsim::source::Files::new());
        let program =
            flowsim::program::Program::compile_all(&loaded.flows, &loaded.architect);
        let program = std::sync::Arc::new(program);
        let free = explored(&program, FREE);
        let error = verdict(&free, &program, "If", Some("error"));
        let sorry = verdict(&free, &program, "Sorry", None);
        let proof = "unreachable: the action does not fail";
        assert_eq!(verdict(&free, &program, "Set", Some("error")), proof);
        assert_eq!(error == proof, is_proved, "{condition}: {error}");
        assert_eq!(sorry.starts_with("unreachable"), is_proved, "{condition}: {sorry}");
    }
}

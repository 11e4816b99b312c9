//! Exploration with free answers of the organisation: lookups, transfers, and values that
//! calls have when they start. Every call that is reported runs again here.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::path::Path;
use std::sync::Arc;

use flowsim::engine::{Call, Session, play};
use flowsim::explore::{Decided, Exploration, Options, Verdict, Witness, queued_flows};
use flowsim::flow::FlowId;
use flowsim::program::Program;
use flowsim::source::{Files, read_json};
use flowsim::trace::Trace;
use flowsim::value;
use flowsim::world::{FixtureHost, Fixtures, Input};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::explore::{
    OPTIONS, decision, disconnect, explored, flow, program_of, task, update, verdict,
};
use crate::laws::laws;

const FREE: Options = Options { is_fixed: false, ..OPTIONS };

fn fixtures_of(document: &str) -> Fixtures {
    let mut files = Files::new();
    let file = files.add("fixtures.json", document.to_owned());
    let (fixtures, problems) = Fixtures::read(&read_json(&file).unwrap(), Path::new(""));
    assert!(problems.is_empty(), "{problems:?}");
    fixtures
}

fn played(program: &Arc<Program>, call: &Call, fixtures: &Fixtures) -> Trace {
    let mut host = FixtureHost::new(fixtures, &[]);
    play(&mut Session::start(Arc::clone(program), call), call, &mut host)
}

/// Plays a witness as `flowsim run` does.
fn replayed(program: &Arc<Program>, witness: &Witness) -> Trace {
    let document = witness.fixtures.as_ref().map_or("{}".into(), ToString::to_string);
    let fixtures = Arc::new(fixtures_of(&document));
    let mut call = Call::new(FlowId::new(0)).in_organisation(Arc::clone(&fixtures));
    for (name, json) in &witness.variables {
        call = call.variable(program, name, value::Value::from(json.clone()));
    }
    for (name, json) in &witness.context {
        call = call.context(program, name, value::Value::from(json.clone()));
    }
    let inputs: &[Input] = &witness.inputs;
    let mut host = FixtureHost::new(&fixtures, inputs);
    play(&mut Session::start(Arc::clone(program), &call), &call, &mut host)
}

/// Checks that every call that is reported reaches its action.
fn replay_all(program: &Arc<Program>, exploration: &Exploration) {
    for goal in &exploration.goals {
        if let Decided { verdict: Verdict::Reachable(witness), output: None, .. } = goal {
            let trace = replayed(program, witness);
            let is_there = trace.steps.iter().any(|step| step.node == goal.node);
            assert!(is_there, "{} {witness:?}", program.symbols.node(goal.node).name);
        }
    }
}

fn find_queue(name: &str, found: &[Value], not_found: &[Value]) -> Value {
    json!({"findQueue": {
        "name": name,
        "findName": {"lit": "Support"},
        "findResult": {"noValue": true},
        "outputs": {"found": {"actions": found}, "notFound": {"actions": not_found}},
    }})
}

fn transfer(name: &str, failure: &[Value]) -> Value {
    json!({"transferToAcd": {
        "name": name,
        "targetQueue": {"lit": {"name": "Support"}},
        "outputs": {"failure": {"actions": failure}},
    }})
}

/// *Source: Genesys' help on Find Queue, whose outputs are found and not found.*
#[test]
fn both_outcomes_of_a_lookup_are_tried() {
    let actions = [
        find_queue("Find", &[disconnect("There")], &[disconnect("Missing")]),
        disconnect("End"),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    assert_eq!(verdict(&free, &program, "There", None), "reachable ");
    assert_eq!(verdict(&free, &program, "Missing", None), "reachable ");
    let end = verdict(&free, &program, "End", None);
    assert_eq!(end, "unreachable: the only state of the flow does not lead here");
    replay_all(&program, &free);
    let fixed = explored(&program, OPTIONS);
    assert!(verdict(&fixed, &program, "There", None).starts_with("unreachable"));
}

/// The organisation does not change during a call.
#[test]
fn a_queue_that_was_found_is_found_again() {
    let again = find_queue("Again", &[disconnect("Twice")], &[disconnect("Lost")]);
    let actions = [find_queue("Find", &[again], &[]), disconnect("End")];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    assert_eq!(verdict(&free, &program, "Twice", None), "reachable ");
    let lost = verdict(&free, &program, "Lost", None);
    assert_eq!(lost, "unreachable: none of the 2 states of the flow leads here");
    replay_all(&program, &free);
}

/// *Source: Genesys' help on Transfer to ACD, whose output is failure.*
#[test]
fn a_transfer_to_a_queue_may_fail() {
    let actions = [transfer("Transfer", &[disconnect("Sorry")])];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    assert_eq!(verdict(&free, &program, "Sorry", None), "reachable ");
    replay_all(&program, &free);
}

/// *Source: Genesys' help on Get Participant Data.*
#[test]
fn attributes_of_the_participant_are_tried() {
    let get = json!({"getParticipantData": {
        "name": "Get",
        "attributes": [{"attribute": {
            "name": {"lit": "tier"}, "variable": "Flow.keys",
        }}],
    }});
    let gold = decision("Gold?", "Flow.keys == \"gold\"", &[disconnect("Gold")], &[]);
    let program = program_of(&flow(&[task(0, &[get, gold, disconnect("End")])], &[]));
    let free = explored(&program, FREE);
    assert_eq!(verdict(&free, &program, "Gold", None), "reachable ");
    assert_eq!(verdict(&free, &program, "End", None), "reachable ");
    replay_all(&program, &free);
}

/// Values are tried together, and the call that is shown has only those that it needs.
#[test]
fn a_call_has_only_the_values_that_it_needs() {
    let get = json!({"getParticipantData": {
        "name": "Get",
        "attributes": [{"attribute": {
            "name": {"lit": "tier"}, "variable": "Flow.keys",
        }}],
    }});
    let text = "Append(Call.RemoteName, ToString(Call.PositionInQueue))";
    let take = json!({"updateData": {"name": "Take", "statements": [
        {"string": {"variable": "Flow.keys", "value": {"exp": text}}},
    ]}});
    let is_known = "IsSet(Flow.keys) and Length(Append(Flow.keys, \"x\")) > 1";
    let known = decision("Known?", is_known, &[take], &[]);
    let program = program_of(&flow(&[task(0, &[get, known, disconnect("End")])], &[]));
    let free = explored(&program, FREE);
    let mut goals = free.goals.iter();
    let is_it = |it: &&Decided| program.symbols.node(it.node).name == "Take";
    let Verdict::Reachable(witness) = &goals.find(is_it).unwrap().verdict else {
        panic!("the action is not reached");
    };
    assert_eq!(witness.variables, []);
    let names: Vec<_> = witness.context.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["participantData.tier"]);
    replay_all(&program, &free);
}

/// An answer for an action of the fixtures also decides lookups and transfers to queues.
#[test]
fn fixtures_decide_the_outcome_of_a_lookup() {
    let actions = [
        find_queue("Find", &[transfer("Transfer", &[disconnect("Sorry")])], &[]),
        disconnect("End"),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let names = |document: &str| {
        let fixtures = Arc::new(fixtures_of(document));
        let call = Call::new(FlowId::new(0)).in_organisation(Arc::clone(&fixtures));
        let trace = played(&program, &call, &fixtures);
        let names =
            trace.steps.iter().map(|step| program.symbols.node(step.node).name.clone());
        names.skip(2).map(|name| name.to_string()).collect::<Vec<_>>().join(" > ")
    };
    assert_eq!(names("{}"), "Find > End");
    let queues = r#"{"queues": [{"id": "s", "name": "Support"}]}"#;
    assert_eq!(names(queues), "Find > Transfer");
    let missing = r#"{"queues": [{"id": "s", "name": "Support"}],
        "actions": {"findQueue": {"path": "notFound"}}}"#;
    assert_eq!(names(missing), "Find > End");
    let failed = r#"{"actions": {"Find": {}, "Line/Transfer": {"path": "failure"}}}"#;
    assert_eq!(names(failed), "Find > Transfer > Sorry");
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let is_known = decision("Known?", "Call.Ani == \"tel:+1\"", &[disconnect("A")], &[]);
    let actions = [is_known, find_queue("Find", &[disconnect("B")], &[])];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let one = explored(&program, FREE);
    let two = explored(&program, Options { jobs: 3, ..FREE });
    assert_eq!(one.goals, two.goals);
    assert_eq!((one.used, one.states), (two.used, two.states));
}

/// The classes of a value are tried in every combination, so what none of them reaches is
/// unreachable.
#[test]
fn comparisons_of_the_values_of_a_call_are_solved() {
    let copy = json!({"updateData": {"name": "Copy", "statements": [
        {"string": {"variable": "Flow.keys", "value": {"exp": "Call.Ani"}}},
    ]}});
    let both = "Flow.keys == \"a\" and Call.RemoteName == \"b\"";
    let neither = "Flow.keys == \"a\" and Call.RemoteName == \"b\" and Call.Ani != \"a\"";
    let actions = [
        copy,
        decision("Both?", both, &[update("Count", "Flow.a", "1")], &[]),
        decision("Other?", neither, &[disconnect("Never")], &[]),
        decision("Set?", "IsSet(Flow.keys)", &[disconnect("Set")], &[]),
        disconnect("Unset"),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    for node in ["Count", "Set", "Unset"] {
        assert_eq!(verdict(&free, &program, node, None), "reachable ", "{node}");
    }
    let never = verdict(&free, &program, "Never", None);
    assert_eq!(never, "unreachable: the call asks nothing, and does not lead here");
    assert!(free.is_complete);
    replay_all(&program, &free);
}

/// A lookup that reads fewer columns of a row has an outcome, too.
#[test]
fn a_row_that_was_found_is_found_again() {
    let look_up = |name: &str, column: &str, found: &[Value]| {
        json!({"dataTableLookup": {
            "name": name,
            "lookupValue": {"lit": "key"},
            "dataTable": {"Routes": {
                "foundOutputs": {column: {"var": "Flow.keys"}},
                "failureOutputs": {
                    "errorType": {"noValue": true}, "errorMessage": {"noValue": true},
                },
            }},
            "outputs": {"found": {"actions": found}},
        }})
    };
    let is_x = decision("X?", "Flow.keys == \"x\"", &[disconnect("X")], &[]);
    let again = look_up("Again", "Queue", &[disconnect("Found")]);
    let actions = [look_up("Look up", "Queue", &[is_x, again]), disconnect("End")];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    for node in ["X", "Found", "End"] {
        assert_eq!(verdict(&free, &program, node, None), "reachable ", "{node}");
    }
    replay_all(&program, &free);
}

/// A value that is used in another way than in tests has no classes.
#[test]
fn a_value_without_classes_that_is_not_found_is_undecided() {
    let reversed = "Replace(Call.Ani, \"a\", \"\") == \"banana\"";
    let actions =
        [decision("Odd?", reversed, &[disconnect("Odd")], &[]), disconnect("End")];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    let expected = "undecided: only one value was tried for the data that `Odd?` reads";
    assert_eq!(verdict(&free, &program, "Odd", None), expected);
    assert!(!free.is_complete);
}

/// `<` orders strings as people do, so strings between two constants are not tried.
#[test]
fn the_order_of_strings_is_not_solved() {
    let actions = [decision(
        "Between?",
        "Call.Ani > \"b\" and Call.Ani < \"c\"",
        &[disconnect("Between")],
        &[],
    )];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    let verdict = verdict(&free, &program, "Between", None);
    assert!(!verdict.starts_with("unreachable"), "{verdict}");
}

/// Parts, lengths and case of a value divide it into classes.
#[test]
fn tests_of_the_values_of_a_call_are_solved() {
    let mut actions = Vec::new();
    for (name, condition) in [
        ("Length", "Length(Call.Ani) == 17"),
        ("Case", "Upper(Left(Call.Ani, 3)) == \"SIP\" and Contains(Call.Ani, \"sip\")"),
        (
            "Both",
            "Contains(Call.Ani, \"a1\") and Right(Call.Ani, 2) == \"1b\" and Length(Call.Ani) == 3",
        ),
        (
            "None",
            "Contains(Call.Ani, \"a1\") and Right(Call.Ani, 2) == \"1b\" and Length(Call.Ani) == 2",
        ),
        ("Lost", "Upper(Call.Ani) == \"sip\""),
    ] {
        let yes = [update(&format!("{name} yes"), "Flow.a", "1")];
        actions.push(decision(name, condition, &yes, &[]));
    }
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    for name in ["Length yes", "Case yes", "Both yes"] {
        assert_eq!(verdict(&free, &program, name, None), "reachable ", "{name}");
    }
    for name in ["None yes", "Lost yes"] {
        let verdict = verdict(&free, &program, name, None);
        assert!(verdict.starts_with("unreachable"), "{name}: {verdict}");
    }
    assert!(free.is_complete);
    replay_all(&program, &free);
}

/// *Source: Genesys' help on Call Data Action: results of its contract fill variables.*
#[test]
fn conditions_on_results_of_a_data_action_are_solved() {
    let data = json!({"callData": {
        "name": "Ask", "timeout": {"lit": {"minutes": 1}},
        "category": {"Web": {"dataAction": {"Balance": {
            "inputs": {},
            "successOutputs": {
                "amount": {"var": "Flow.a"}, "state": {"var": "Flow.keys"},
            },
            "failureOutputs": {},
        }}}},
        "outputs": {"success": {"actions": []}},
    }});
    let mut actions = vec![data];
    for (name, condition) in [
        ("High", "Flow.a - 10 > 250 and Flow.keys == \"open\""),
        ("Exact", "Flow.a * 3 == 21"),
        ("Never", "Flow.a * 3 == 22"),
        ("Start", "Left(Flow.keys, 2) == \"op\" and Flow.keys != \"open\""),
    ] {
        let yes = [update(&format!("{name} yes"), "Flow.b", "1")];
        actions.push(decision(name, condition, &yes, &[]));
    }
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let free = explored(&program, FREE);
    for name in ["High yes", "Exact yes", "Start yes"] {
        assert_eq!(verdict(&free, &program, name, None), "reachable ", "{name}");
    }
    let never = verdict(&free, &program, "Never yes", None);
    assert_eq!(never, "unreachable: the only state of the flow does not lead here");
    assert!(free.is_complete);
    replay_all(&program, &free);
}

/// *Source: Genesys' help on Evaluate Schedule Group: without a group, it is closed.*
#[test]
fn a_schedule_group_that_is_not_set_is_closed() {
    let evaluate = json!({"evaluateScheduleGroup": {
        "name": "Open?",
        "evaluate": {"now": true},
        "scheduleGroup": {"noValue": true},
        "emergencyGroup": {"noValue": true},
        "outputs": {
            "open": {"actions": [disconnect("There")]},
            "closed": {"actions": [disconnect("Away")]},
        },
    }});
    let program = program_of(&flow(&[task(0, &[evaluate])], &[]));
    let free = explored(&program, FREE);
    assert_eq!(verdict(&free, &program, "Away", None), "reachable ");
    let there = verdict(&free, &program, "There", None);
    assert_eq!(there, "unreachable: the call asks nothing, and does not lead here");
    replay_all(&program, &free);
}

/// Conditions on the values of a call: comparisons with constants, parts, lengths, case,
/// emptiness, copies, and some that have no classes.
fn condition() -> impl Strategy<Value = String> {
    let variable = select(vec!["Call.Ani", "Call.RemoteName", "Flow.keys"]);
    let test = (variable, 0..12_usize).prop_map(|(variable, test)| match test {
        0 => format!("{variable} == \"x\""),
        1 => format!("{variable} != \"y\""),
        2 => format!("IsSet({variable})"),
        3 => format!("IsNotSetOrEmpty({variable})"),
        4 => format!("\"z\" == {variable}"),
        5 => format!("Length({variable}) == 3"),
        6 => format!("Length({variable}) * 2 > 3"),
        7 => format!("Contains(Upper({variable}), \"X\")"),
        8 => format!("Left({variable}, 1) == \"a\""),
        9 => format!("Right({variable}, 2) == \"bc\""),
        10 => format!("Trim({variable}) == \"\""),
        _ => format!("Reverse({variable}) == \"cba\""),
    });
    let operator = select(vec!["and", "or"]);
    (test.clone(), operator, test, any::<bool>()).prop_map(|(one, operator, two, no)| {
        let both = format!("({one} {operator} {two})");
        if no { format!("!{both}") } else { both }
    })
}

laws! {
    part 8;

    /// Verdicts agree with all calls over a set of values: what one of them reaches is not
    /// unreachable, and what is reachable is reached by its witness.
    #[test]
    fn verdicts_agree_with_all_values(conditions in prop::collection::vec(condition(), 1..5)) {
        let copy = json!({"updateData": {"name": "Copy", "statements": [
            {"string": {"variable": "Flow.keys", "value": {"exp": "Call.Ani"}}},
        ]}});
        let mut nested = vec![disconnect("Deep")];
        let mut actions = vec![copy];
        for (place, text) in conditions.iter().enumerate() {
            let count = update(&format!("Count {place}"), "Flow.a", "1");
            nested.insert(0, count.clone());
            nested = vec![decision(&format!("Nested {place}"), text, &nested, &[])];
            actions.push(decision(&format!("If {place}"), text, &[count], &[]));
            actions.push(find_queue(&format!("Find {place}"), &nested, &[]));
        }
        let program = program_of(&flow(&[task(0, &actions)], &[]));
        let free = explored(&program, FREE);
        replay_all(&program, &free);
        let mut seen = vec![false; program.steps.len()];
        let values = [None, Some(""), Some("x"), Some("y"), Some("z"), Some("abc"), Some("q")];
        let queues = fixtures_of(r#"{"queues": [{"id": "s", "name": "Support"}]}"#);
        for fixtures in [Arc::new(Fixtures::default()), Arc::new(queues)] {
            for (ani, name) in values.iter().flat_map(|one| values.map(|two| (one, two))) {
                let mut call = Call::new(FlowId::new(0)).in_organisation(Arc::clone(&fixtures));
                for (variable, value) in [("Call.Ani", *ani), ("Call.RemoteName", name)] {
                    if let Some(value) = value {
                        call = call.variable(&program, variable, value.into());
                    }
                }
                for step in played(&program, &call, &fixtures).steps {
                    seen[step.node.index()] = true;
                }
            }
        }
        for goal in free.goals.iter().filter(|goal| goal.output.is_none()) {
            let is_seen = seen[goal.node.index()];
            let name = &program.symbols.node(goal.node).name;
            prop_assert!(
                !is_seen || !matches!(goal.verdict, Verdict::Unreachable(_)),
                "{name} {conditions:?} {:?}", goal.verdict
            );
        }
    }
}

/// A flow that transfers to a queue, and an in-queue flow.
fn waiting() -> Arc<Program> {
    let folder = tempfile::tempdir().unwrap();
    let line = flow(&[task(0, &[transfer("Transfer", &[])])], &[]);
    std::fs::write(folder.path().join("line.yaml"), line.to_string()).unwrap();
    let room = "fixtures/northlight-power/flows/waiting-room.yaml";
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join(room);
    let paths = [folder.path().join("line.yaml"), room];
    let loaded = flowsim::flow::read::load(&paths, &[], &mut Files::new());
    assert_eq!(loaded.architect.len(), 2, "{:?}", loaded.diagnostics);
    Arc::new(Program::compile_all(&loaded.flows, &loaded.architect))
}

/// A queue that the fixtures do not define may have any in-queue flow, so a call starts
/// there.
#[test]
fn calls_start_in_in_queue_flows_that_no_queue_names() {
    let program = waiting();
    let names = |document: &str| -> Vec<String> {
        let found = queued_flows(&program, &fixtures_of(document));
        let name = |flow| program.symbols.flow(flow).name.to_string();
        found.into_iter().map(name).collect()
    };
    assert_eq!(names("{}"), ["Northlight Waiting Room"]);
    let named = r#"{"queues": [{"id": "q", "name": "Q", "inQueueFlow": "Northlight Waiting Room"}]}"#;
    assert!(names(named).is_empty());
    let default =
        r#"{"organization": {"defaultInQueueFlow": "northlight waiting ROOM"}}"#;
    assert!(names(default).is_empty());

    let flow = queued_flows(&program, &Fixtures::default())[0];
    let call = Call::new(flow);
    let options = Options { budget: 3_000, ..FREE };
    let found =
        flowsim::explore::explore(&program, &[call], &Fixtures::default(), options);
    let found = found.unwrap();
    let is_own = |it: &&Decided| program.symbols.node(it.node).flow == flow;
    let mut own = found.goals.iter().filter(is_own).map(|it| &it.verdict);
    assert!(own.any(|it| matches!(it, Verdict::Reachable(_))));
}

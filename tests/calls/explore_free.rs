//! Exploration with free answers of the organisation: lookups, transfers, and values that
//! calls have when they start. Every call that is reported runs again here.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::path::Path;
use std::sync::Arc;

use flowsim::engine::{Call, Session, play};
use flowsim::explore::{Decided, Exploration, Options, Verdict, Witness};
use flowsim::flow::FlowId;
use flowsim::program::Program;
use flowsim::source::{Files, read_json};
use flowsim::trace::Trace;
use flowsim::value;
use flowsim::world::{FixtureHost, Fixtures, Input};
use serde_json::{Value, json};

use crate::explore::{
    OPTIONS, decision, disconnect, explored, flow, program_of, task, verdict,
};

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
    assert_eq!(lost, "unreachable: the only state of the flow does not lead here");
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

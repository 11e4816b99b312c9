//! Exploration of flows that use random numbers: every number that makes a difference gets
//! a seed, and calls with these seeds are played here.

use std::collections::BTreeSet;
use std::sync::Arc;

use flowsim::engine::{Session, play};
use flowsim::explore::{Exploration, Options, Verdict};
use flowsim::program::Program;
use flowsim::world::{FixtureHost, Fixtures};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::explore::{
    OPTIONS, call, collect, decision, disconnect, explored, flow, program_of, task,
    update, verdict,
};
use crate::laws::laws;

const FREE: Options = Options { is_fixed: false, ..OPTIONS };

/// The seeds of the calls that are made.
const SEEDS: u64 = 3_000;

/// Returns the names of the nodes that a call with a seed executes.
fn nodes(
    program: &Arc<Program>,
    seed: u64,
    inputs: &[flowsim::world::Input],
) -> BTreeSet<String> {
    let call = call().seed(seed);
    let fixtures = Fixtures::default();
    let mut session = Session::start(Arc::clone(program), &call);
    let trace = play(&mut session, &call, &mut FixtureHost::new(&fixtures, inputs));
    let name = |node| program.symbols.node(node).name.to_string();
    trace.steps.iter().map(|step| name(step.node)).collect()
}

/// Checks that every call that is reported reaches its action.
fn replay_all(program: &Arc<Program>, exploration: &Exploration) {
    for goal in &exploration.goals {
        let Verdict::Reachable(witness) = &goal.verdict else { continue };
        let name = program.symbols.node(goal.node).name.to_string();
        let seed = witness.seed.unwrap_or(0);
        assert!(nodes(program, seed, &witness.inputs).contains(&name), "{name} {seed}");
    }
}

fn is_unreachable(exploration: &Exploration, program: &Program, node: &str) -> bool {
    verdict(exploration, program, node, None).starts_with("unreachable")
}

#[test]
fn every_random_number_that_makes_a_difference_is_tried() {
    let actions = [
        update("Draw", "Flow.a", "RandomInt(1, 1000)"),
        decision("One?", "Flow.a == 1", &[disconnect("One")], &[]),
        decision("Most?", "Flow.a > 999", &[disconnect("Most")], &[]),
        decision("More?", "Flow.a > 1000", &[disconnect("More")], &[]),
        disconnect("Other"),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    for options in [FREE, OPTIONS] {
        let found = explored(&program, options);
        for node in ["One", "Most", "Other"] {
            assert_eq!(verdict(&found, &program, node, None), "reachable ", "{node}");
        }
        assert!(is_unreachable(&found, &program, "More"));
        assert!(found.is_complete);
        replay_all(&program, &found);
    }
}

/// A loop draws several numbers. Not all of their sequences are tried.
#[test]
fn random_numbers_of_a_loop_prove_nothing() {
    let again = json!({"jumpToTask": {"name": "Again", "targetTaskRef": "/inboundCall/tasks/task[t0]"}});
    let hit = [update("Hit", "Flow.b", "Flow.b + 1")];
    let actions = [
        update("Round", "Flow.a", "Flow.a + 1"),
        decision("Hit?", "RandomInt(1, 1000) == 1", &hit, &[]),
        decision("Thrice?", "Flow.b == 3", &[disconnect("Thrice")], &[]),
        decision("Over?", "Flow.a == 3", &[disconnect("Over")], &[again]),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let found = explored(&program, FREE);
    let expected = "undecided: not all random numbers of `Hit?` were tried";
    assert_eq!(verdict(&found, &program, "Thrice", None), expected);
    assert!(!found.is_complete);
    replay_all(&program, &found);
}

/// A question is not a dead end if another random number leads to the end of the call.
#[test]
fn a_random_dead_end_is_not_one_of_the_flow() {
    let again = json!({"jumpToTask": {"name": "Again", "targetTaskRef": "/inboundCall/tasks/task[t1]"}});
    let stay = [collect("Stay"), again];
    let first = [
        collect("Ask"),
        decision("Out?", "RandomInt(1, 2) == 1", &[disconnect("Out")], &[]),
        json!({"jumpToTask": {"name": "On", "targetTaskRef": "/inboundCall/tasks/task[t1]"}}),
    ];
    let program = program_of(&flow(&[task(0, &first), task(1, &stay)], &[]));
    let found = explored(&program, FREE);
    for node in ["Out", "Stay"] {
        assert!(verdict(&found, &program, node, None).starts_with("reachable"), "{node}");
    }
    let is_ask =
        |it: &flowsim::explore::DeadEnd| program.symbols.node(it.node).name == "Ask";
    assert!(!found.dead_ends.iter().any(is_ask), "{:?}", found.dead_ends);
}

/// A decision that compares a random number.
fn drawn(number: usize, (low, size, limit): (i64, i64, i64), operator: &str) -> Value {
    let condition =
        format!("RandomInt({low}, {}) {operator} {}", low + size, low + limit);
    let count = update(&format!("Yes {number}"), "Flow.a", "Flow.a + 1");
    decision(&format!("Drawn {number}?"), &condition, &[count], &[])
}

laws! {
    part 8;

    /// Verdicts agree with the calls with many seeds.
    #[test]
    fn verdicts_agree_with_many_seeds(
        draws in prop::collection::vec(
            ((-3..4_i64, 0..12_i64, -1..13_i64), prop::sample::select(vec!["==", "<", ">=", "!="])),
            1..4,
        ),
        target in 0..4_i64,
    ) {
        let mut actions: Vec<Value> =
            draws.iter().enumerate().map(|(number, (draw, operator))| drawn(number, *draw, operator)).collect();
        actions.push(decision("Target?", &format!("Flow.a == {target}"), &[disconnect("Target")], &[]));
        actions.push(disconnect("End"));
        let program = program_of(&flow(&[task(0, &actions)], &[]));
        let found = explored(&program, FREE);
        replay_all(&program, &found);
        let mut reached = BTreeSet::new();
        for seed in 0..SEEDS {
            reached.extend(nodes(&program, seed, &[]));
        }
        for goal in found.goals.iter().filter(|it| it.output.is_none()) {
            let name = program.symbols.node(goal.node).name.to_string();
            match &goal.verdict {
                Verdict::Unreachable(reason) => {
                    prop_assert!(!reached.contains(&name), "{}: {}", name, reason);
                }
                Verdict::Reachable(_) => {}
                Verdict::Undecided(reason) => {
                    // Three numbers may have too many sequences for a proof.
                    prop_assert!(draws.len() > 2, "{}: {}", name, reason);
                }
            }
        }
    }
}

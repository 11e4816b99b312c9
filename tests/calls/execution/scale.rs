//! Large flows, many calls, and endless loops.

use std::fmt::Write;
use std::sync::Arc;

use flowsim::engine::{Session, play};
use flowsim::explore::{self, Verdict};
use flowsim::flow::read;
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::trace::JsonWriter;
use flowsim::world::{FixtureHost, Fixtures, Input};
use rayon::prelude::*;
use serde_json::json;

use super::support::*;
use crate::cpu_time::cpu_time;

#[test]
fn an_endless_loop_ends_at_the_action_limit() {
    let stage = main_flow([set("Again", &[("n:increment", json!(1))]).to("Again")]);
    let played = stage.run();
    assert_eq!(played.end(), "error ACTION_LIMIT_EXCEEDED at Again");
    assert_eq!(played.variable("n"), "10000");
}

/// Builds a flow with the given number of nodes in a chain.
fn long_flow(count: usize) -> String {
    let mut text =
        String::from(r#"{"name": "long", "draft": {"startNode": "N0", "nodes": {"#);
    for index in 0..count {
        let next = index + 1;
        let _ = write!(
            text,
            r#""N{index}": {{"id": "N{index}", "type": "Set", "properties": {{"setVars":
            [{{"key": "n", "value": {{"type": "increment", "value": 1}}}}]}}, "onComplete": {{"nextNode": "N{next}"}}}},"#
        );
    }
    let _ = write!(text, r#""N{count}": {{"type": "End"}}}}}}}}"#);
    text
}

#[test]
fn a_flow_of_a_hundred_thousand_nodes_loads_and_runs_in_seconds() {
    let start = cpu_time();
    let stage = Stage::read(&long_flow(100_000));
    assert!(stage.findings.is_empty());
    let (call, inputs) = stage.call().actions(200_000).prepare(&[]);
    let mut session = Session::start(Arc::clone(&stage.program), &call);
    let trace =
        play(&mut session, &call, &mut FixtureHost::new(&stage.fixtures, &inputs));
    let name = &stage.program.symbols;
    assert_eq!(
        trace.variable(name, "n").map(ToString::to_string).as_deref(),
        Some("100000")
    );
    assert_eq!((trace.steps.len(), trace.actions), (100_001, 100_001));
    let mut out = String::new();
    JsonWriter::new(name).write(&trace, &mut out);
    assert!(out.ends_with('}'));
    // Takes seconds without optimisation; quadratic growth would take minutes.
    let took = cpu_time() - start;
    assert!(took.as_secs() < 60, "{took:?}");
}

/// A call without questions is played once for all of its actions.
#[test]
fn a_flow_of_twenty_thousand_nodes_is_explored_in_seconds() {
    let start = cpu_time();
    let stage = Stage::read(&long_flow(20_000));
    let (call, _) = stage.call().actions(40_000).prepare(&[]);
    let options =
        explore::Options { budget: 100, jobs: 1, is_fixed: true, most_paths: 0 };
    let found = explore::explore(&stage.program, &[call], &stage.fixtures, options);
    let goals = found.unwrap().goals;
    assert!(goals.len() > 20_000);
    assert!(goals.iter().any(|it| matches!(it.verdict, Verdict::Reachable(_))));
    // Quadratic growth would take minutes.
    let took = cpu_time() - start;
    assert!(took.as_secs() < 30, "{took:?}");
}

#[test]
fn a_thousand_flows_that_call_each_other_in_a_chain_load_and_run() {
    let flows = (0..1_000).map(|index| {
        let next = json!({"flowId": format!("f{}", index + 1)});
        flow(&format!("f{index}"), [call_flow("Call", next).to("Bye"), end("Bye")])
    });
    let stage = stage(flows.chain([flow("f1000", [end("Deepest")])]));
    let played = stage.call_to("f0").depth(2_000).run();
    assert_eq!((played.end().as_str(), played.trace.steps.len()), ("completed", 2_001));
    assert_eq!(stage.call_to("f0").run().end(), "error FLOW_DEPTH_EXCEEDED at Call");
}

fn shared_flow() -> (Arc<Program>, Fixtures) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shared-flow");
    let mut files = Files::new();
    let loaded = read::load(&[format!("{folder}/flows").into()], &[], &mut files);
    let (fixtures, problems) =
        Fixtures::load(&[format!("{folder}/fixtures.yaml").into()], &mut files);
    assert!(loaded.diagnostics.is_empty() && problems.is_empty());
    (Arc::new(Program::compile(&loaded.flows)), fixtures)
}

/// Makes the call with this number, of one of three kinds. Returns its JSON.
fn one_of_many(program: &Arc<Program>, fixtures: &Fixtures, number: usize) -> String {
    let flow = program.flow("Inbound_Flow_A").expect("a flow");
    let call = flowsim::engine::Call::new(flow);
    let inputs = match number % 3 {
        0 => vec![Input::Keys("1".into())],
        1 => vec![Input::parse(&format!("2@{}", number % 10_000)).expect("timed keys")],
        _ => vec![],
    };
    let mut session = Session::start(Arc::clone(program), &call);
    let trace = play(&mut session, &call, &mut FixtureHost::new(fixtures, &inputs));
    let mut out = String::new();
    JsonWriter::new(&program.symbols).write(&trace, &mut out);
    out
}

#[test]
fn ten_thousand_runs_on_two_threads_equal_ten_thousand_on_one() {
    let (program, fixtures) = shared_flow();
    let run = |number: usize| one_of_many(&program, &fixtures, number);
    let one: Vec<String> = (0..10_000).map(run).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let two: Vec<String> =
        pool.install(|| (0..10_000).into_par_iter().map(run).collect());
    assert!(one == two);
}

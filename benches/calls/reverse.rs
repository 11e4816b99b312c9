//! The time of *reverse continue* to the last write of a variable in a call of 1,000,000
//! actions: random targets, from near the end to the beginning of the call.

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, SamplingMode};
use flowsim::debugger::{Debugger, Motion, Stop, Target};
use flowsim::engine::{Call, Limits};
use flowsim::flow::FlowId;
use flowsim::timeline::Scripted;
use flowsim::world::Fixtures;

use crate::fixtures::program_from;

/// The number of targets.
const TARGETS: usize = 100;

/// The number of actions of the call.
const ACTIONS: usize = 1_000_000;

pub(crate) fn reverse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("timeline");
    // One target in each sample.
    group.sample_size(TARGETS).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(1));
    group.measurement_time(Duration::from_millis(1));
    let mut times = Vec::new();
    group.bench_function("reverse continue to the last write", |bencher| {
        let end = at_end();
        bencher.iter_custom(|count| {
            let mut sum = Duration::ZERO;
            for _ in 0..count {
                let time = time(&end, (times.len() * 37) % TARGETS);
                times.push(time);
                sum += time;
            }
            sum
        });
    });
    group.finish();
    times.sort_unstable();
    if let Some(time) = times.get(times.len() * 99 / 100) {
        let (least, most) = (times[0], times[times.len() - 1]);
        eprintln!("{} targets: {least:?} to {most:?}, p99 {time:?}", times.len());
    }
}

/// Goes back from the end of a call to the write of a variable, and returns the time.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn time(end: &Debugger, target: usize) -> Duration {
    let mut debugger = end.clone();
    let variable = debugger.variable(0, &name(target)).expect("is set");
    debugger.set_watched(vec![variable]);
    let before = debugger.timeline().position();
    let start = Instant::now();
    let stop = debugger.back(Motion::Continue);
    let time = start.elapsed();
    assert_eq!(stop, Stop::Variable(variable));
    let session = debugger.timeline().session();
    let node = session.next_node().expect("is before an action");
    assert_eq!(session.program().symbols.node(node).id, name(target));
    assert!(debugger.timeline().position() < before);
    time
}

fn name(target: usize) -> String {
    format!("target{target}")
}

/// Runs the call to its last action.
fn at_end() -> Debugger {
    let program = program_from(&flow());
    let limits = Limits { max_actions: Limits::MOST_ACTIONS, ..Limits::default() };
    let call = Call::new(FlowId(0)).limits(limits);
    let fixtures = Arc::new(Fixtures::default());
    let mut debugger = Debugger::begin(Target {
        program,
        call,
        respondent: Scripted::new(Arc::clone(&fixtures), []),
        fixtures,
        difference: None,
        start: None,
        diagnostics: Vec::new(),
    });
    let last = debugger.program().node(FlowId(0), "Done").expect("is a node");
    let owner = flowsim::debugger::Owner::Names;
    debugger.add_breakpoint(owner, vec![last], &Default::default()).expect("is a node");
    let stop = debugger.start(false);
    assert!(matches!(stop, Stop::Breakpoint(_)), "{stop:?}");
    debugger.retain_breakpoints(|_| false);
    let actions = debugger.timeline().session().steps().len();
    assert!(actions > ACTIONS - 1_000 && actions < ACTIONS, "{actions}");
    debugger
}

/// Returns a flow that counts to random numbers, one after the other, and sets a variable
/// at each of them.
fn flow() -> String {
    // Two actions for each round, and one for each target.
    let rounds = (ACTIONS - 2 * TARGETS) / 2;
    let mut seed: u64 = 1;
    let random = (0..TARGETS).map(|_| {
        // *Source: Marsaglia, "Xorshift RNGs", 2003.*
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % rounds as u64).expect("is small")
    });
    let mut targets: Vec<usize> = random.collect();
    targets.sort_unstable();
    targets.dedup();
    targets.resize(TARGETS, rounds);
    if let Some(last) = targets.last_mut() {
        *last = rounds;
    }
    let mut nodes = String::new();
    for (index, target) in targets.iter().enumerate() {
        let (name, following) = (name(index), index + 1);
        let next =
            if following < TARGETS { format!("Count{following}") } else { "Done".into() };
        let _ = write!(
            nodes,
            r#"{{"id": "Count{index}", "type": "Set", "onComplete": {{"nextNode": "If{index}"}}, "properties":
                {{"setVars": [{{"key": "round", "value": {{"type": "increment", "value": 1}}}}]}}}},
            {{"id": "If{index}", "type": "If", "properties": {{
                "conditions": [{{"expression": "{{round}} >= {target}", "nextNode": "{name}"}}],
                "defaultNextNode": "Count{index}"}}}},
            {{"id": "{name}", "type": "Set", "onComplete": {{"nextNode": "{next}"}}, "properties":
                {{"setVars": [{{"key": "{name}", "value": {{"type": "number", "value": {index}}}}}]}}}},"#
        );
    }
    format!(
        r#"{{"name": "Targets", "startNode": "Count0", "nodes": [{nodes}
            {{"id": "Done", "type": "End", "properties": {{"endType": "normal"}}}}]}}"#
    )
}

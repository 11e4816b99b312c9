//! Mutants of the bundled flows that are reported as equivalent: no known call
//! distinguishes them from the flow.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::path::Path;
use std::sync::Arc;

use flowsim::analysis::requests::{ExternalRequest, external_requests};
use flowsim::engine::Call;
use flowsim::explore::mutants::{Detection, Detector, Mutant, mutants};
use flowsim::explore::suite::{SuiteCall, found_calls, suite_call};
use flowsim::explore::{Options, Witness, explore, queued_flows};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::{Files, read_document};
use flowsim::trace::{EventKind, Trace};
use flowsim::value;
use flowsim::world::Fixtures;
use serde_json::json;

use crate::explore::{decision, disconnect, flow, program_of, task};

const OPTIONS: Options =
    Options { budget: 4_000, jobs: 2, is_fixed: false, most_paths: 300 };

/// Returns what other people and systems notice of a call.
fn noticed(trace: &Trace) -> String {
    let steps = trace.steps.iter().map(|it| (it.node, it.path));
    let prompts = trace.events.iter().filter_map(|event| match &event.kind {
        EventKind::Prompted(phrase) => Some(phrase),
        _ => None,
    });
    let failure = trace.failure.as_ref().map(|it| it.code);
    format!(
        "{:?} {failure:?} {} {:?} {:?} {:?} {:?}",
        trace.status,
        trace.elapsed_ms,
        trace.routing(),
        trace.transfer(),
        steps.collect::<Vec<_>>(),
        prompts.collect::<Vec<_>>()
    )
}

/// The flows, calls and fixtures of a bundled organisation.
fn organisation(name: &str) -> (Arc<Program>, Vec<Call>, Fixtures) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let mut files = Files::new();
    let loaded = load(&[folder.join("flows")], &[], &mut files);
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let path = folder.join("fixtures.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let file = files.add("fixtures.yaml", text);
    let (fixtures, problems) = Fixtures::read(&read_document(&file).unwrap(), &folder);
    assert!(problems.is_empty(), "{problems:?}");
    let shared = Arc::new(fixtures.clone());
    let mut flows = program.entry_flows();
    flows.extend(queued_flows(&program, &fixtures));
    let call = |flow| Call::new(flow).in_organisation(Arc::clone(&shared));
    let calls = flows.into_iter().map(call).collect();
    (program, calls, fixtures)
}

#[test]
fn no_known_call_distinguishes_an_equivalent_mutant() {
    let mut count = 0;
    for name in ["parcel-line", "alder-clinic", "northlight-power", "payment-journey"] {
        let (program, calls, fixtures) = organisation(name);
        let options = Options { budget: 1_000, ..OPTIONS };
        let exploration = explore(&program, &calls, &fixtures, options).unwrap();
        let detector = Detector::new(&program, &calls, &fixtures, &exploration, false);
        let played = |program: &Arc<Program>| -> Vec<SuiteCall> {
            found_calls(program, &calls, &fixtures, &exploration)
        };
        let known = played(&program);
        assert!(known.len() > 5, "{name}: {}", known.len());
        for mutant in mutants(&program) {
            let changed = mutant.program(&program);
            let detection = detector.detect(&mutant, &changed);
            if !matches!(detection, Detection::Equivalent | Detection::Unreachable) {
                continue;
            }
            count += 1;
            let node = &program.symbols.node(mutant.node).name;
            for (one, other) in known.iter().zip(played(&changed)) {
                // A value that nothing reads is only seen among the variables.
                let has_same_values = one.trace.variables == other.trace.variables
                    || mutant.kind == "changed value";
                assert!(has_same_values, "{name}: {node}: {}", mutant.change);
                let (one, other) = (noticed(&one.trace), noticed(&other.trace));
                assert_eq!(one, other, "{name}: {node}: {}", mutant.change);
            }
        }
    }
    assert!(count >= 15, "{count} equivalent mutants");
}

/// Every output has a known call, but none with the string that the mutant changes.
#[test]
fn variations_of_known_calls_detect_mutants() {
    let condition = "Contains(Flow.ani, \"anonymous\") or Contains(Flow.ani, \"unknown\") \
                     or Reverse(Flow.ani) == \"pis\"";
    let actions = [decision("Blocked?", condition, &[disconnect("Gone")], &[])];
    let mut flow = flow(&[task(0, &actions)], &[]);
    let variables = flow["inboundCall"]["variables"].as_array_mut().unwrap();
    variables.push(json!({"stringVariable": {
        "name": "Flow.ani", "initialValue": {"noValue": true}, "isInput": true,
    }}));
    let program = program_of(&flow);
    let calls = [Call::new(program.entry_flows()[0])];
    let fixtures = Fixtures::default();
    let exploration = explore(&program, &calls, &fixtures, OPTIONS).unwrap();
    let is_changed = |it: &&Mutant| it.change.contains("`unknown`");
    let all = mutants(&program);
    let mutant = all.iter().find(is_changed).unwrap();
    let changed = mutant.program(&program);
    let detection = |is_fixed: bool| {
        let detector = Detector::new(&program, &calls, &fixtures, &exploration, is_fixed);
        detector.detect(mutant, &changed)
    };
    let Detection::Call(start, at, witness) = detection(false) else {
        panic!("{:?}", detection(false));
    };
    let known = found_calls(&program, &calls, &fixtures, &exploration);
    assert!(known.iter().all(|it| it.witness != witness), "{witness:?}");
    let played = |program: &Arc<Program>| {
        noticed(&suite_call(program, &calls, &fixtures, (start, at), &witness).trace)
    };
    assert_ne!(played(&program), played(&changed), "{witness:?}");
    assert_eq!(detection(true), Detection::Unknown);
}

/// An input of the flow that is an Integer.
fn input(name: &str) -> serde_json::Value {
    json!({"integerVariable": {
        "name": format!("Flow.{name}"), "initialValue": {"noValue": true}, "isInput": true,
    }})
}

/// No usual value is near the boundary; the changed condition is solved.
#[test]
fn solved_calls_detect_mutants() {
    let condition = "Flow.hours * 60 + Flow.minutes > 54321";
    let actions = [decision("Too long?", condition, &[disconnect("Gone")], &[])];
    let mut flow = flow(&[task(0, &actions)], &[]);
    let variables = flow["inboundCall"]["variables"].as_array_mut().unwrap();
    variables.extend(["hours", "minutes"].map(input));
    let program = program_of(&flow);
    let calls = [Call::new(program.entry_flows()[0])];
    let fixtures = Fixtures::default();
    let exploration = explore(&program, &calls, &fixtures, OPTIONS).unwrap();
    let detector = Detector::new(&program, &calls, &fixtures, &exploration, false);
    for mutant in mutants(&program) {
        let changed = mutant.program(&program);
        let detection = detector.detect(&mutant, &changed);
        let Detection::Call(start, at, witness) = &detection else {
            panic!("{}: {detection:?}", mutant.change);
        };
        let played = |program: &Arc<Program>| {
            noticed(&suite_call(program, &calls, &fixtures, (*start, *at), witness).trace)
        };
        assert_ne!(played(&program), played(&changed), "{}: {witness:?}", mutant.change);
    }
    let fixed = Detector::new(&program, &calls, &fixtures, &exploration, true);
    let all = mutants(&program);
    let near = all.iter().find(|it| it.change.starts_with("`54322`")).unwrap();
    assert_eq!(fixed.detect(near, &near.program(&program)), Detection::Unknown);
}

#[test]
fn requests_of_data_actions_have_their_inputs() {
    let data = json!({"callData": {
        "name": "Report",
        "timeout": {"lit": {"seconds": 8}},
        "category": {"Shops": {"dataAction": {"Report": {
            "inputs": {"hours": {"exp": "Flow.hours * 3"}},
        }}}},
    }});
    let mut flow = flow(&[task(0, &[data, disconnect("End")])], &[]);
    flow["inboundCall"]["variables"].as_array_mut().unwrap().push(input("hours"));
    let one = program_of(&flow);
    let action = &mut flow["inboundCall"]["tasks"][0]["task"]["actions"][0]["callData"];
    action["category"]["Shops"]["dataAction"]["Report"]["inputs"] =
        json!({"hours": {"exp": "Flow.hours * 4"}});
    let other = program_of(&flow);
    let requested = |program: &Arc<Program>| {
        let call = Call::new(program.entry_flows()[0]);
        let call = call.variable(program, "Flow.hours", 2.into());
        let (fixtures, calls) = (Fixtures::default(), [call]);
        let place = (calls[0].flow(), None);
        let witness = Witness::default();
        external_requests(&suite_call(program, &calls, &fixtures, place, &witness).trace)
    };
    let hours = |hours: i64| {
        let inputs = value::Json::object([("hours".into(), value::Json::Integer(hours))]);
        vec![ExternalRequest { name: "Report".into(), inputs }]
    };
    assert_eq!((requested(&one), requested(&other)), (hours(6), hours(8)));
}

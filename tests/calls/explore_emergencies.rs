//! Exploration with emergency groups: people switch them on and off, so both states are
//! tried, whichever the fixtures have. Every call that is reported is played again here.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::path::Path;
use std::sync::Arc;

use flowsim::engine::{Session, play};
use flowsim::explore::{Exploration, Options, Verdict, Witness, explore};
use flowsim::program::Program;
use flowsim::source::{Files, read_json};
use flowsim::world::{FixtureHost, Fixtures};
use serde_json::{Value, json};

use crate::explore::{OPTIONS, call, disconnect, flow, program_of, task, verdict};

const FREE: Options = Options { is_fixed: false, ..OPTIONS };

fn fixtures_of(emergency: bool) -> Fixtures {
    let document = json!({
        "schedules": {"Weekdays": {
            "start": "2026-01-05T08:00", "end": "2026-01-05T17:00",
            "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        }},
        "scheduleGroups": {"Hours": {"timeZone": "UTC", "openSchedules": ["Weekdays"]}},
        "emergencyGroups": {"Storm": {"enabled": emergency}},
    });
    let mut files = Files::new();
    let file = files.add("fixtures.json", document.to_string());
    let (fixtures, problems) = Fixtures::read(&read_json(&file).unwrap(), Path::new(""));
    assert!(problems.is_empty(), "{problems:?}");
    fixtures
}

fn after(name: &str) -> Value {
    json!({"actions": [disconnect(name)]})
}

fn hours() -> Value {
    json!({"evaluateScheduleGroup": {
        "name": "Hours?",
        "evaluate": {"now": true},
        "scheduleGroup": {"lit": {"name": "Hours"}},
        "emergencyGroup": {"lit": {"name": "Storm"}},
        "outputs": {
            "open": after("Open"), "closed": after("Closed"),
            "holiday": after("Holiday"), "emergency": after("Emergency"),
        },
    }})
}

fn storm() -> Value {
    json!({"evaluateSchedule": {
        "name": "Storm?",
        "evaluationType": {"emergencyGroup": {
            "selectedEmergencyGroup": {"lit": {"name": "Storm"}},
        }},
        "outputs": {"active": after("Active"), "inactive": after("Inactive")},
    }})
}

fn searched(
    program: &Arc<Program>,
    fixtures: &Fixtures,
    options: Options,
) -> Exploration {
    let organisation = Arc::new(fixtures.clone());
    let calls = [call().in_organisation(organisation)];
    explore(program, &calls, fixtures, options).unwrap()
}

fn over(fixtures: &Fixtures, witness: &Witness) -> Fixtures {
    let Some(document) = &witness.fixtures else { return fixtures.clone() };
    let mut files = Files::new();
    let file = files.add("witness.json", document.to_string());
    let (fixtures, problems) = fixtures.merged(&read_json(&file).unwrap(), Path::new(""));
    assert!(problems.is_empty(), "{problems:?}");
    fixtures
}

/// Checks that each action is reached, and by the call that is reported for it.
fn assert_reached(program: &Arc<Program>, fixtures: &Fixtures, names: &[&str]) {
    let exploration = searched(program, fixtures, FREE);
    for name in names {
        let is_it = |node| &*program.symbols.node(node).name == *name;
        let found = exploration.goals.iter().find(|it| is_it(it.node));
        let goal = found.unwrap_or_else(|| panic!("no action {name}"));
        let Verdict::Reachable(witness) = &goal.verdict else {
            panic!("{name}: {}", verdict(&exploration, program, name, None));
        };
        let fixtures = Arc::new(over(fixtures, witness));
        let mut own = call().in_organisation(Arc::clone(&fixtures));
        if let Some(at) = goal.at {
            own = own.at(at);
        }
        let mut host = FixtureHost::new(&fixtures, &witness.inputs);
        let trace = play(&mut Session::start(Arc::clone(program), &own), &own, &mut host);
        let is_there = trace.steps.iter().any(|step| step.node == goal.node);
        assert!(is_there, "{name} {witness:?}");
    }
}

#[test]
fn both_states_of_an_emergency_group_are_tried() {
    let hours = program_of(&flow(&[task(0, &[hours()])], &[]));
    let storm = program_of(&flow(&[task(0, &[storm()])], &[]));
    for is_active in [false, true] {
        let fixtures = fixtures_of(is_active);
        assert_reached(&hours, &fixtures, &["Emergency", "Open", "Closed"]);
        assert_reached(&storm, &fixtures, &["Active", "Inactive"]);
    }
}

/// With `--fixed` the state of the fixtures is the only one.
#[test]
fn a_fixed_emergency_group_has_one_state() {
    let program = program_of(&flow(&[task(0, &[hours()])], &[]));
    let fixed = searched(&program, &fixtures_of(false), OPTIONS);
    let decided = verdict(&fixed, &program, "Emergency", None);
    assert!(decided.starts_with("unreachable"), "{decided}");
}

//! Exploration: verdicts about actions and outputs, compared with all calls up to a length.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use flowsim::analysis::coverage::Goals;
use flowsim::engine::{Call, Limits, Session, play};
use flowsim::explore::suite::suite;
use flowsim::explore::{Decided, Exploration, Options, Verdict, explore};
use flowsim::flow::{FlowId, read::load};
use flowsim::program::Program;
use flowsim::source::Files;
use flowsim::world::{FixtureHost, Fixtures, Input};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::laws::laws;
use crate::shared::shared;

pub(crate) const OPTIONS: Options =
    Options { budget: 50_000, jobs: 1, is_fixed: true, most_paths: 0 };

/// The largest number of actions in a generated call, so that endless loops end soon.
pub(crate) const MAX_ACTIONS: u32 = 200;

/// The number of inputs up to which all calls are made.
pub(crate) const MOST_INPUTS: usize = 4;

/// The inputs of the calls that are made: every constant of the flows, another key, and
/// silence.
pub(crate) const INPUTS: [&str; 4] = ["1", "2", "3", "-"];

pub(crate) fn program_of(flow: &Value) -> Arc<Program> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flow.yaml");
    fs::write(&path, flow.to_string()).unwrap();
    let loaded = load(&[path], &[], &mut Files::new());
    assert_eq!(loaded.architect.len(), 1, "{:?}", loaded.diagnostics);
    Arc::new(Program::compile_all(&loaded.flows, &loaded.architect))
}

pub(crate) fn call() -> Call {
    let limits = Limits { max_actions: MAX_ACTIONS, ..Limits::default() };
    Call::new(FlowId::new(0)).limits(limits)
}

pub(crate) fn explored(program: &Arc<Program>, options: Options) -> Exploration {
    explore(program, &[call()], &Fixtures::default(), options).unwrap()
}

/// Returns the verdict about a node, or about one of its outputs.
pub(crate) fn verdict(
    exploration: &Exploration,
    program: &Program,
    node: &str,
    output: Option<&str>,
) -> String {
    let is_it = |it: &&Decided| {
        program.symbols.node(it.node).name == node && it.output.as_deref() == output
    };
    let found = exploration.goals.iter().find(is_it);
    match &found.unwrap_or_else(|| panic!("no goal {node} {output:?}")).verdict {
        Verdict::Reachable(witness) => {
            let inputs: Vec<String> =
                witness.inputs.iter().map(ToString::to_string).collect();
            format!("reachable {}", inputs.join(" "))
        }
        other @ (Verdict::Unreachable(reason) | Verdict::Undecided(reason)) => {
            format!("{}: {reason}", other.name())
        }
    }
}

/// A flow with these tasks and menus; the first task is the start.
pub(crate) fn flow(tasks: &[Value], menus: &[Value]) -> Value {
    let integer = |name: &str| json!({"integerVariable": {"name": name, "initialValue": {"lit": 0}}});
    json!({"inboundCall": {
        "name": "Line",
        "startUpRef": "/inboundCall/tasks/task[t0]",
        "defaultLanguage": "en-us",
        "supportedLanguages": {"en-us": {"defaultLanguageSkill": {"noValue": true}}},
        "variables": [
            integer("Flow.a"),
            integer("Flow.b"),
            {"stringVariable": {"name": "Flow.keys", "initialValue": {"noValue": true}}},
        ],
        "tasks": tasks,
        "menus": menus,
    }})
}

pub(crate) fn task(index: usize, actions: &[Value]) -> Value {
    json!({"task": {"name": format!("Task {index}"), "refId": format!("t{index}"), "actions": actions}})
}

pub(crate) fn collect(name: &str) -> Value {
    json!({"collectInput": {
        "name": name,
        "inputData": {"var": "Flow.keys"},
        "digits": {"exact": 1},
        "inputAudio": {"tts": "A digit."},
        "outputs": {"success": {"actions": []}, "failure": {"actions": []}},
    }})
}

pub(crate) fn update(name: &str, variable: &str, expression: &str) -> Value {
    json!({"updateData": {"name": name, "statements": [
        {"integer": {"variable": variable, "value": {"exp": expression}}},
    ]}})
}

pub(crate) fn decision(
    name: &str,
    condition: &str,
    yes: &[Value],
    no: &[Value],
) -> Value {
    json!({"decision": {"name": name, "condition": {"exp": condition},
        "outputs": {"yes": {"actions": yes}, "no": {"actions": no}}}})
}

pub(crate) fn jump(name: &str, task: usize) -> Value {
    json!({"jumpToTask": {"name": name, "targetTaskRef": format!("/inboundCall/tasks/task[t{task}]")}})
}

pub(crate) fn call_task(name: &str, task: usize) -> Value {
    json!({"callTask": {"name": name, "targetTaskRef": format!("/inboundCall/tasks/task[t{task}]")}})
}

pub(crate) fn disconnect(name: &str) -> Value {
    json!({"disconnect": {"name": name}})
}

/// An action that assigns to an undeclared variable always fails, so nothing continues after
/// it, whatever its error handling does.
#[test]
fn an_action_that_always_fails_has_no_next_action() {
    let actions = [
        update("Wrong", "Flow.unknown", "1"),
        decision("More?", "Flow.a == 0", &[disconnect("Never")], &[]),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let exploration = explored(&program, Options { is_fixed: false, ..OPTIONS });
    let verdict =
        |node: &str, output: Option<&str>| verdict(&exploration, &program, node, output);
    assert_eq!(verdict("Wrong", None), "reachable ");
    let proof = "unreachable: no path leads here";
    assert_eq!(verdict("Never", None), proof);
    assert_eq!(verdict("More?", Some("yes")), proof);
    assert!(verdict("Wrong", Some("next")).starts_with("unreachable"));
}

/// An expression that does not compile is a runtime error of each call.
#[test]
fn a_decision_with_an_invalid_condition_takes_no_output() {
    let actions = [decision("Wrong?", "Flow.a ==", &[disconnect("Never")], &[])];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let exploration = explored(&program, Options { is_fixed: false, ..OPTIONS });
    let verdict =
        |node: &str, output: Option<&str>| verdict(&exploration, &program, node, output);
    assert_eq!(verdict("Wrong?", None), "reachable ");
    assert_eq!(verdict("Wrong?", Some("yes")), "unreachable: the action always fails");
    assert_eq!(verdict("Wrong?", Some("no")), "unreachable: the action always fails");
    assert_eq!(verdict("Never", None), "unreachable: no path leads here");
}

/// A data action evaluates its inputs first, so that it has no result if one is invalid.
#[test]
fn a_data_action_with_an_invalid_input_has_no_result() {
    let data = |name: &str, input: &str| {
        json!({"callData": {
            "name": name,
            "timeout": {"lit": {"seconds": 8}},
            "category": {"Shops": {"dataAction": {"Get State": {
                "inputs": {"keys": {"exp": input}},
            }}}},
            "outputs": {"success": {"actions": [disconnect(&format!("After {name}"))]}},
        }})
    };
    for (input, is_valid) in [("Flow.keys.unknown", false), ("Flow.keys", true)] {
        let program = program_of(&flow(&[task(0, &[data("Ask", input)])], &[]));
        let exploration = explored(&program, Options { is_fixed: false, ..OPTIONS });
        let of = |node: &str, output: Option<&str>| {
            let verdict = verdict(&exploration, &program, node, output);
            verdict.split([' ', ':']).next().map(str::to_owned)
        };
        assert_eq!(of("Ask", None).as_deref(), Some("reachable"));
        let expected = Some(if is_valid { "reachable" } else { "unreachable" });
        for output in ["success", "failure", "timeout"] {
            assert_eq!(of("Ask", Some(output)).as_deref(), expected, "{output}");
        }
        assert_eq!(of("After Ask", None).as_deref(), expected);
    }
}

#[test]
fn every_goal_gets_the_verdict_with_its_reason() {
    let flow = flow(
        &[task(
            0,
            &[
                collect("Ask"),
                decision(
                    "One?",
                    "Flow.keys == \"1\"",
                    &[update("Count", "Flow.a", "Flow.a + 1")],
                    &[],
                ),
                decision("Thrice?", "Flow.a == 3", &[disconnect("Thrice")], &[]),
                decision("Negative?", "Flow.a < 0", &[disconnect("Never")], &[]),
                jump("Again", 0),
                disconnect("After the jump"),
            ],
        )],
        &[],
    );
    let program = program_of(&flow);
    let exploration = explored(&program, OPTIONS);
    let verdict =
        |node: &str, output: Option<&str>| verdict(&exploration, &program, node, output);
    assert_eq!(verdict("Ask", None), "reachable ");
    assert_eq!(verdict("Ask", Some("failure")), "reachable ");
    assert_eq!(verdict("Count", None), "reachable 1");
    assert_eq!(verdict("Thrice", None), "reachable 1 1 1");
    let proof = "unreachable: none of the 3 states of the flow leads here";
    assert_eq!(verdict("Never", None), proof);
    assert_eq!(verdict("Negative?", Some("yes")), proof);
    assert_eq!(verdict("After the jump", None), "unreachable: no path leads here");
    assert!(exploration.is_complete);
}

#[test]
fn a_variable_that_is_not_read_again_makes_no_states() {
    let counter = |condition: &str| {
        let actions = [
            collect("Ask"),
            update("Count", "Flow.a", "Flow.a + 1"),
            decision("Many?", condition, &[disconnect("Many")], &[]),
            jump("Again", 0),
        ];
        program_of(&flow(&[task(0, &actions)], &[]))
    };
    let unread = explored(&counter("Flow.b > 3"), OPTIONS);
    assert_eq!((unread.states, unread.is_complete), (1, true));
    let budget = Options { budget: 300, ..OPTIONS };
    let program = counter("Flow.a > 5000");
    let read = explored(&program, budget);
    assert_eq!((read.used, read.is_complete), (300, false));
    let expected = "undecided: the budget ended before all answers were tried at `Ask`";
    assert_eq!(verdict(&read, &program, "Many", None), expected);
}

/// Conditions on an entry divide all entries into classes, and one of each is tried.
#[test]
fn entries_of_many_digits_are_solved() {
    let mut ask = collect("Ask");
    ask["collectInput"]["digits"] = json!({"range": {"min": 2, "max": 9}});
    let mut actions = vec![ask];
    for (name, condition) in [
        ("Known", "Flow.keys == \"48151623\""),
        ("Large", "ToInt(Flow.keys) * 2 > 1500"),
        ("Odd", "Left(Flow.keys, 2) == \"47\" and Length(Flow.keys) == 4"),
        (
            "Tight",
            "ToInt(Flow.keys) > 750 and ToInt(Flow.keys) < 752 and Length(Flow.keys) > 5",
        ),
        ("Long", "Length(Flow.keys) == 12"),
        ("Between", "ToInt(Flow.keys) > 750 and ToInt(Flow.keys) < 751"),
    ] {
        let known = decision(
            name,
            condition,
            &[update(&format!("{name} yes"), "Flow.a", "1")],
            &[],
        );
        actions.push(known);
    }
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let exploration = explored(&program, OPTIONS);
    let verdict = |node| verdict(&exploration, &program, node, None);
    assert_eq!(verdict("Known yes"), "reachable 48151623");
    assert_eq!(verdict("Large yes"), "reachable 751");
    assert_eq!(verdict("Odd yes"), "reachable 4700");
    assert_eq!(verdict("Tight yes"), "reachable 000751");
    for name in ["Long yes", "Between yes"] {
        let proof = "unreachable: the only state of the flow does not lead here";
        assert_eq!(verdict(name), proof, "{name}");
    }
    assert!(exploration.is_complete);
}

#[test]
fn an_entry_that_is_used_in_another_way_is_not_tried_wholly() {
    let mut ask = collect("Ask");
    ask["collectInput"]["digits"] = json!({"range": {"min": 1, "max": 9}});
    let reversed = "Reverse(Flow.keys) == \"12\" and Length(Flow.keys) == 3";
    let actions = [ask, decision("Odd?", reversed, &[disconnect("Odd")], &[])];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let exploration = explored(&program, OPTIONS);
    let expected = "undecided: not all entries were tried at `Ask`";
    assert_eq!(verdict(&exploration, &program, "Odd", None), expected);
    assert!(!exploration.is_complete);
}

#[test]
fn digits_that_are_not_read_are_tried_once_per_length() {
    let mut ask = collect("Ask");
    ask["collectInput"]["digits"] = json!({"range": {"min": 1, "max": 9}});
    let program = program_of(&flow(&[task(0, &[ask, disconnect("End")])], &[]));
    let exploration = explored(&program, OPTIONS);
    assert!(exploration.is_complete);
    // Nine lengths, silence, and hanging up.
    assert_eq!(exploration.used, 11);
}

#[test]
fn data_from_outside_is_tried_unless_it_is_fixed() {
    let actions = [
        decision("Known number?", "Call.Ani == \"tel:+1\"", &[disconnect("Friend")], &[]),
        disconnect("End"),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let fixed = explored(&program, OPTIONS);
    let proof = "unreachable: the call asks nothing, and does not lead here";
    assert_eq!(verdict(&fixed, &program, "Friend", None), proof);
    let free = explored(&program, Options { is_fixed: false, ..OPTIONS });
    assert_eq!(verdict(&free, &program, "Friend", None), "reachable ");
    let is_friend = |it: &&Decided| program.symbols.node(it.node).name == "Friend";
    let friend = free.goals.iter().find(is_friend).unwrap();
    let Verdict::Reachable(witness) = &friend.verdict else { panic!("{friend:?}") };
    let [(name, value)] = witness.variables.as_slice() else { panic!("{witness:?}") };
    assert_eq!((name.as_str(), value.to_string()), ("Call.Ani", "\"tel:+1\"".to_owned()));
}

/// *Source: Genesys' help on Call Data Action, which has the outputs success, failure and
/// timeout.*
/// The error of a called flow comes after it, when the caller answered too late.
#[test]
fn an_output_that_a_slow_caller_takes_is_not_disproved() {
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shared-flow/flows");
    let loaded = load(&[flows], &[], &mut Files::new());
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let call = Call::new(program.flow("Inbound_Flow_A").unwrap());
    let exploration = explore(&program, &[call], &Fixtures::default(), OPTIONS).unwrap();
    assert_eq!(
        verdict(&exploration, &program, "CallShared", Some("error")),
        "undecided: the time of the answer at `GatherInput` matters"
    );
}

#[test]
fn every_outcome_of_a_data_action_is_tried() {
    let outputs = json!({
        "success": {"actions": [
            decision("Open?", "Flow.isOpen", &[disconnect("Open")], &[disconnect("Shut")]),
        ]},
        "failure": {"actions": [disconnect("Failed")]},
        "timeout": {"actions": [disconnect("Late")]},
    });
    let data = json!({"callData": {
        "name": "Is it open?",
        "timeout": {"lit": {"seconds": 8}},
        "category": {"Shops": {"dataAction": {"Get State": {
            "inputs": {"keys": {"exp": "Flow.keys"}},
            "successOutputs": {"open": {"var": "Flow.isOpen"}},
        }}}},
        "outputs": outputs,
    }});
    let mut flow = flow(&[task(0, &[collect("Ask"), data])], &[]);
    let variables = flow["inboundCall"]["variables"].as_array_mut().unwrap();
    let unset = json!({"noValue": true});
    variables
        .push(json!({"booleanVariable": {"name": "Flow.isOpen", "initialValue": unset}}));
    let program = program_of(&flow);
    let free = explored(&program, Options { is_fixed: false, ..OPTIONS });
    for node in ["Open", "Shut", "Failed", "Late"] {
        let verdict = verdict(&free, &program, node, None);
        assert!(verdict.starts_with("reachable"), "{node}: {verdict}");
    }
    let open = free.goals.iter().find(|it| program.symbols.node(it.node).name == "Open");
    let Verdict::Reachable(witness) = &open.unwrap().verdict else { unreachable!() };
    assert_eq!(
        witness.fixtures.as_ref().unwrap().to_string(),
        r#"{"dataActions":{"Get State":[{"status":200,"output":{"open":true}}]}}"#
    );
    assert!(free.is_complete);
    let fixed = explored(&program, OPTIONS);
    let verdict = verdict(&fixed, &program, "Open", None);
    assert!(verdict.starts_with("unreachable"), "{verdict}");
}

#[test]
fn the_limit_of_actions_is_a_reason() {
    let mut flow = flow(&[task(0, &[collect("Ask"), jump("Again", 0)])], &[]);
    flow["inboundCall"]["settingsErrorHandling"] = json!({"errorHandling": {"disconnect": {"none": true}}, "preHandlingAudio": {"tts": "Sorry."}});
    let program = program_of(&flow);
    let exploration = explored(&program, OPTIONS);
    let expected =
        "undecided: only a call that exceeds the limit of actions may lead here";
    assert_eq!(verdict(&exploration, &program, "Error Handling", None), expected);
}

/// Only a call of a task that was made can return.
#[test]
fn a_call_of_a_task_that_is_never_made_is_unreachable() {
    let never = decision("Never?", "Flow.a == 7", &[call_task("Not made", 1)], &[]);
    let first = task(0, &[collect("Ask"), never, call_task("Made", 1), jump("Again", 0)]);
    let mut flow = flow(&[first, task(1, &[update("Note", "Flow.b", "1")])], &[]);
    flow["inboundCall"]["settingsErrorHandling"] = json!({"errorHandling": {"disconnect": {"none": true}}, "preHandlingAudio": {"tts": "Sorry."}});
    let program = program_of(&flow);
    let exploration = explored(&program, OPTIONS);
    for (node, output, expected) in [
        ("Made", None, "reachable"),
        ("Not made", None, "unreachable"),
        ("Not made", Some("default"), "unreachable"),
        ("Error Handling", None, "undecided"),
    ] {
        let verdict = verdict(&exploration, &program, node, output);
        assert!(verdict.starts_with(expected), "{node}: {verdict}");
    }
}

fn condition() -> impl Strategy<Value = String> {
    prop_oneof![
        (select(&["Flow.a", "Flow.b"][..]), select(&["==", ">", "!="][..]), 0..4)
            .prop_map(|(name, operator, value)| format!("{name} {operator} {value}")),
        Just("Flow.a == Flow.b".to_owned()),
        (1..3).prop_map(|key| format!("Flow.keys == \"{key}\"")),
        Just("IsNotSetOrEmpty(Flow.keys)".to_owned()),
    ]
}

/// An action of the first task; the others are called or jumped to.
fn action(depth: u32) -> BoxedStrategy<Value> {
    let expression =
        select(&["Flow.a + 1", "Flow.b + 1", "0", "2", "Flow.a", "Flow.b"][..]);
    let variable = select(&["Flow.a", "Flow.b"][..]);
    let leaf = prop_oneof![
        3 => Just(collect("Ask")),
        3 => (variable, expression).prop_map(|(variable, it)| update("Set", variable, it)),
        1 => (0..2_usize).prop_map(|index| jump("Jump", index)),
        1 => Just(disconnect("Disconnect")),
        1 => Just(json!({"endTask": {"name": "End"}})),
        1 => Just(json!({"playAudio": {"name": "Play", "audio": {"exp": "ToAudioTTS(Flow.keys)"}}})),
        1 => Just(json!({"callTask": {"name": "Call", "targetTaskRef": "/inboundCall/tasks/task[t2]"}})),
        1 => Just(json!({"jumpToMenu": {"name": "To the menu", "targetMenuRef": "/inboundCall/menus/menu[m0]"}})),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || prop::collection::vec(action(depth - 1), 0..3);
    let choice = (condition(), inner(), inner())
        .prop_map(|(condition, yes, no)| decision("Decide", &condition, &yes, &no));
    prop_oneof![2 => leaf, 2 => choice].boxed()
}

fn menu(first: &[Value], second: &[Value]) -> Value {
    let choice = |digit: u32, actions: &[Value]| {
        json!({"menuTask": {"name": format!("Choice {digit}"), "dtmf": format!("digit_{digit}"),
            "task": {"actions": actions}}})
    };
    json!({"menu": {"name": "Menu", "refId": "m0", "audio": {"tts": "1 or 2."},
        "settingsMenu": {"repeatCount": {"lit": 2}},
        "choices": [choice(1, first), choice(2, second)]}})
}

/// A flow of three tasks and a menu. Every action has a different name.
pub(crate) fn generated() -> impl Strategy<Value = Value> {
    let actions = || prop::collection::vec(action(2), 1..5);
    let few = || prop::collection::vec(action(0), 0..3);
    (actions(), actions(), few(), few(), few()).prop_map(
        |(first, second, called, one, other)| {
            let tasks = [task(0, &first), task(1, &second), task(2, &called)];
            let mut flow = flow(&tasks, &[menu(&one, &other)]);
            number(&mut flow["inboundCall"]["tasks"], &mut 0);
            number(&mut flow["inboundCall"]["menus"], &mut 1000);
            flow
        },
    )
}

/// Adds a number to the name of every action.
pub(crate) fn number(value: &mut Value, next: &mut u32) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| number(item, next)),
        Value::Object(entries) => {
            let is_action =
                entries.contains_key("name") && !entries.contains_key("refId");
            for (key, value) in entries.iter_mut() {
                if key == "name" && is_action {
                    *next += 1;
                    *value = json!(format!("{} {next}", value.as_str().unwrap()));
                } else {
                    number(value, next);
                }
            }
        }
        _ => {}
    }
}

/// A condition on an entry of digits.
fn entry_condition() -> impl Strategy<Value = String> {
    let order = || select(&["==", "!=", "<", ">="][..]);
    let test = prop_oneof![
        (order(), 0..1_100)
            .prop_map(|(order, it)| format!("ToInt(Flow.keys) {order} {it}")),
        (order(), 0..5).prop_map(|(order, it)| format!("Length(Flow.keys) {order} {it}")),
        (0..3, 0..12)
            .prop_map(|(count, it)| format!("Left(Flow.keys, {count}) == \"{it}\"")),
        (0..3, 0..12)
            .prop_map(|(count, it)| format!("Right(Flow.keys, {count}) != \"{it}\"")),
        (0..30).prop_map(|it| format!("Contains(Flow.keys, \"{it}\")")),
        (0..1_100).prop_map(|it| format!("Flow.keys == \"{it}\"")),
        (0..3, 0..10).prop_map(|(from, it)| format!(
            "Substring(Flow.keys, {from}, 1) == \"{it}\""
        )),
    ];
    (test.clone(), select(&["and", "or"][..]), test)
        .prop_map(|(one, word, two)| format!("{one} {word} {two}"))
}

laws! {
    part 12;

    /// Every entry of up to three digits is played: what one of them reaches is reachable,
    /// and everything else is unreachable.
    #[test]
    fn verdicts_agree_with_all_entries(conditions in prop::collection::vec(entry_condition(), 1..24)) {
        let mut ask = collect("Ask");
        ask["collectInput"]["digits"] = json!({"range": {"min": 1, "max": 3}});
        let mut actions = vec![ask];
        for (place, pair) in conditions.chunks(2).enumerate() {
            let inner = [update(&format!("Count {place}"), "Flow.a", "1")];
            let nested = match pair.get(1) {
                Some(second) => vec![decision(&format!("Second {place}"), second, &inner, &[])],
                None => inner.to_vec(),
            };
            actions.push(decision(&format!("First {place}"), &pair[0], &nested, &[]));
        }
        let program = program_of(&flow(&[task(0, &actions)], &[]));
        let exploration = explored(&program, OPTIONS);
        prop_assert!(exploration.is_complete, "{:?}", conditions);
        let goals = Goals::of(&program);
        let mut seen = vec![false; goals.count()];
        let mut session = Session::start(Arc::clone(&program), &call());
        let fixtures = Fixtures::default();
        let entries = (0..10).map(|it| format!("{it}"))
            .chain((0..100).map(|it| format!("{it:02}")))
            .chain((0..1_000).map(|it| format!("{it:03}")))
            .chain(["-".to_owned()]);
        for entry in entries {
            let input = [Input::parse(&entry).unwrap()];
            let mut host = FixtureHost::new(&fixtures, &input);
            let trace = play(&mut session, &call(), &mut host);
            goals.each_reached(&trace.steps, &mut |goal| seen[goal] = true);
        }
        let numbers: BTreeMap<_, _> = goals.all()
            .map(|goal| ((goal.node, goal.output.map(str::to_owned)), goal.number)).collect();
        for decided in &exploration.goals {
            let output = decided.output.as_ref().map(ToString::to_string);
            let is_seen = seen[numbers[&(decided.node, output)]];
            let is_reachable = matches!(decided.verdict, Verdict::Reachable(_));
            let name = &program.symbols.node(decided.node).name;
            prop_assert_eq!(is_seen, is_reachable, "{} {:?} {:?}", name, decided.output, conditions);
        }
    }
}

/// Returns the goals that calls with at most [`MOST_INPUTS`] inputs reach, with the smallest
/// number of inputs.
pub(crate) fn reached(program: &Arc<Program>, goals: &Goals) -> BTreeMap<usize, usize> {
    let fixtures = Fixtures::default();
    let mut session = Session::start(Arc::clone(program), &call());
    let mut found = BTreeMap::new();
    let inputs = INPUTS.map(|input| Input::parse(input).unwrap());
    let mut scripts: Vec<Vec<Input>> = vec![Vec::new()];
    for length in 0..=MOST_INPUTS {
        for script in &scripts {
            let mut host = FixtureHost::new(&fixtures, script);
            let trace = play(&mut session, &call(), &mut host);
            goals.each_reached(&trace.steps, &mut |goal| {
                found.entry(goal).or_insert(length);
            });
        }
        let longer = scripts.iter().flat_map(|script| {
            inputs
                .iter()
                .map(move |input| [&script[..], std::slice::from_ref(input)].concat())
        });
        scripts = longer.collect();
    }
    found
}

/// No short inputs end a call from a dead end, before the limit of actions.
fn check_dead_ends(
    program: &Arc<Program>,
    exploration: &Exploration,
) -> Result<(), TestCaseError> {
    let fixtures = Fixtures::default();
    let mut session = Session::start(Arc::clone(program), &call());
    for dead_end in &exploration.dead_ends {
        for (one, other) in INPUTS.iter().flat_map(|one| INPUTS.map(|it| (one, it))) {
            let further = [*one, other].map(|input| Input::parse(input).unwrap());
            let inputs = [&dead_end.witness.inputs[..], &further].concat();
            let mut host = FixtureHost::new(&fixtures, &inputs);
            let trace = play(&mut session, &call(), &mut host);
            let place = &program.symbols.node(dead_end.node).name;
            prop_assert!(trace.actions >= MAX_ACTIONS, "{place} {inputs:?}");
        }
    }
    Ok(())
}

/// A suite reaches what the exploration reached, and is not smaller than its lower bound.
fn check_suite(
    program: &Arc<Program>,
    goals: &Goals,
    exploration: &Exploration,
) -> Result<(), TestCaseError> {
    let (calls, fixtures) = ([call()], Fixtures::default());
    let suite = suite(program, &calls, &fixtures, exploration, &BTreeSet::new());
    let mut reached = BTreeSet::new();
    for call in &suite.calls {
        goals.each_reached(&call.trace.steps, &mut |goal| {
            reached.insert(goal);
        });
    }
    reached.retain(|number| goals.all().any(|goal| goal.number == *number));
    let is_reachable = |it: &&Decided| matches!(it.verdict, Verdict::Reachable(_));
    let wanted = exploration.goals.iter().filter(is_reachable).count();
    prop_assert_eq!(suite.goals, wanted);
    prop_assert!(reached.len() >= wanted, "{} of {}", reached.len(), wanted);
    prop_assert!(suite.lower_bound <= suite.calls.len());
    prop_assert!(suite.lower_bound > 0);
    Ok(())
}

proptest! {
    /// The verdicts agree with all calls up to a length, and the witnesses are as short.
    #[test]
    fn verdicts_agree_with_all_short_calls(flow in generated()) {
        let program = program_of(&flow);
        let goals = Goals::of(&program);
        let exploration = explored(&program, Options { budget: 4_000, ..OPTIONS });
        let reached = reached(&program, &goals);
        let numbers = goals.all().map(|goal| ((goal.node, goal.output.map(str::to_owned)), goal.number));
        let numbers: BTreeMap<_, _> = numbers.collect();
        for decided in &exploration.goals {
            let output = decided.output.as_ref().map(ToString::to_string);
            let number = numbers[&(decided.node, output)];
            let place = format!(
                "{} {:?}: {:?}", program.symbols.node(decided.node).name, decided.output, decided.verdict
            );
            let shortest = reached.get(&number).copied();
            match &decided.verdict {
                Verdict::Reachable(witness) => {
                    let length = witness.inputs.len();
                    prop_assert!(
                        shortest.map_or(length > MOST_INPUTS, |shortest| length <= shortest),
                        "{place}, in fact {shortest:?}"
                    );
                    if length <= MOST_INPUTS {
                        prop_assert_eq!(shortest, Some(length), "{}", place);
                    }
                }
                Verdict::Unreachable(_) => prop_assert_eq!(shortest, None, "{}", place),
                Verdict::Undecided(_) => {}
            }
        }
        check_suite(&program, &goals, &exploration)?;
        check_dead_ends(&program, &exploration)?;
        let parallel = explored(&program, Options { budget: 4_000, jobs: 3, ..OPTIONS });
        prop_assert_eq!(parallel.goals, exploration.goals);
    }
}

/// *Source: the RERS Challenge 2018, problem 10, and its published solution.*
#[test]
#[ignore = "needs ../shared/data"]
fn the_verdicts_about_a_published_problem_are_right() {
    let flow = shared("explore/rers-2018-problem10.yaml");
    let solution = shared("explore/rers-2018-problem10.expected.json");
    let solution: Value =
        serde_json::from_str(&fs::read_to_string(solution).unwrap()).unwrap();
    let printed = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .args(["explore", "--format", "json"])
        .arg(flow)
        .output()
        .unwrap();
    let exploration: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let nodes = exploration["nodes"].as_array().unwrap();
    let labels = solution["labels"].as_object().unwrap();
    assert_eq!(labels.len(), 100);
    for (label, known) in labels {
        let node = nodes.iter().find(|node| node["nodeName"] == **label).unwrap();
        let is_reachable = known["reachable"].as_bool().unwrap();
        let expected = if is_reachable { "reachable" } else { "unreachable" };
        assert_eq!(node["verdict"], expected, "{node}");
        if let Some(way) = known["way"].as_array() {
            assert!(node["input"].as_array().unwrap().len() <= way.len(), "{node}");
        }
    }
}

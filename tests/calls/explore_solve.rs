//! Exploration solves conditions that no usual value fulfils. Every call that is reported is
//! played again here.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::path::Path;
use std::sync::Arc;

use flowsim::engine::{Call, Session, play};
use flowsim::explore::{Decided, Options, Verdict};
use flowsim::flow::FlowId;
use flowsim::program::Program;
use flowsim::source::{Files, read_json};
use flowsim::value;
use flowsim::world::{FixtureHost, Fixtures};
use serde_json::{Value, json};

use crate::explore::{OPTIONS, decision, disconnect, explored, program_of};

const FREE: Options = Options { is_fixed: false, ..OPTIONS };

/// Something that gives a variable its value.
enum From {
    /// An entry with this number of digits.
    Entry(u32, u32),
    /// A result of the data action Fetch.
    Result,
    /// An attribute of the participant.
    Attribute,
    /// The caller of the flow.
    Input,
}

use From::{Attribute, Entry, Input, Result};

/// A variable: its name, the type as Archy writes it, and its origin.
type Given = (&'static str, &'static str, From);

fn variable((name, kind, from): &Given) -> Value {
    let initial = match kind.contains("Collection") {
        true => json!({"exp": "MakeEmptyList(ToString(1))"}),
        false => json!({"noValue": true}),
    };
    let initial = match *kind {
        "integerCollection" => json!({"exp": "MakeEmptyList(1)"}),
        _ => initial,
    };
    json!({format!("{kind}Variable"): {
        "name": format!("Flow.{name}"),
        "initialValue": initial,
        "isInput": matches!(from, Input),
    }})
}

/// The actions that give values to the variables. One data action has all results.
fn actions(given: &[Given]) -> Vec<Value> {
    let mut actions = Vec::new();
    let mut results = serde_json::Map::new();
    for (name, _, from) in given {
        let own = json!({"var": format!("Flow.{name}")});
        match from {
            Entry(min, max) => actions.push(json!({"collectInput": {
                "name": format!("Ask {name}"),
                "inputData": own,
                "digits": {"range": {"min": min, "max": max}},
                "inputAudio": {"tts": "Digits, please."},
            }})),
            Result => drop(results.insert((*name).to_owned(), own)),
            Attribute => actions.push(json!({"getParticipantData": {
                "name": format!("Get {name}"),
                "attributes": [{"attribute": {
                    "name": {"lit": name},
                    "variable": format!("Flow.{name}"),
                }}],
            }})),
            Input => {}
        }
    }
    if !results.is_empty() {
        actions.push(json!({"callData": {
            "name": "Fetch",
            "timeout": {"lit": {"minutes": 1}},
            "category": {"Web": {"dataAction": {"Fetch": {
                "inputs": {}, "successOutputs": results,
            }}}},
        }}));
    }
    actions
}

fn flow(given: &[Given], more: &[Value], condition: &str) -> Value {
    let yes = [disconnect("Yes")];
    let mut actions = actions(given);
    actions.extend(more.iter().cloned());
    actions.push(decision("Which?", condition, &yes, &[disconnect("No")]));
    json!({"inboundCall": {
        "name": "Line",
        "startUpRef": "/inboundCall/tasks/task[t0]",
        "defaultLanguage": "en-us",
        "supportedLanguages": {"en-us": {"defaultLanguageSkill": {"noValue": true}}},
        "variables": given.iter().map(variable).collect::<Vec<_>>(),
        "tasks": [{"task": {"name": "Task 0", "refId": "t0", "actions": actions}}],
    }})
}

/// Whether the call of a verdict executes its action, played as `flowsim run` does.
fn is_replayed(program: &Arc<Program>, goal: &Decided) -> bool {
    let Verdict::Reachable(witness) = &goal.verdict else { return false };
    let document = witness.fixtures.as_ref().map_or("{}".into(), ToString::to_string);
    let file = Files::new().add("fixtures.json", document);
    let (fixtures, problems) = Fixtures::read(&read_json(&file).unwrap(), Path::new(""));
    assert!(problems.is_empty(), "{problems:?}");
    let mut call = Call::new(FlowId::new(0));
    if let Some(at) = goal.at {
        call = call.at(at);
    }
    for (name, json) in &witness.variables {
        call = call.variable(program, name, value::Value::from(json.clone()));
    }
    for (name, json) in &witness.context {
        call = call.context(program, name, value::Value::from(json.clone()));
    }
    let mut host = FixtureHost::new(&fixtures, &witness.inputs);
    let trace = play(&mut Session::start(Arc::clone(program), &call), &call, &mut host);
    trace.steps.iter().any(|step| step.node == goal.node)
}

/// Checks that both outputs of a decision are reached, and that their calls replay.
fn assert_solved(given: &[Given], more: &[Value], condition: &str) {
    let program = program_of(&flow(given, more, condition));
    let exploration = explored(&program, FREE);
    for name in ["Yes", "No"] {
        let is_it = |it: &&Decided| {
            program.symbols.node(it.node).name == name && it.output.is_none()
        };
        let goal = exploration.goals.iter().find(is_it);
        let goal = goal.unwrap_or_else(|| panic!("{condition}: no goal {name}"));
        assert!(is_replayed(&program, goal), "{condition}: {name} {:?}", goal.verdict);
    }
}

#[test]
fn results_and_entries_are_solved() {
    let solve = |given: &[Given], condition: &str| assert_solved(given, &[], condition);
    for condition in [
        "ToInt(Flow.s) > 41",
        "ToDecimal(Flow.s) * 60 - 90 < 0",
        "ToDecimal(Flow.s) > 1000.5",
        "ToDuration(Flow.s) >= MakeDuration(0, 2, 0, 0, 0)",
        "Reverse(Flow.s) == \"abc\"",
        "FindString(Flow.s, \"-\") == 3",
        "Count(Split(Flow.s, \";\")) == 3",
        "GetAt(Split(Flow.s, \";\"), 1) == \"vip\"",
    ] {
        solve(&[("s", "string", Result)], condition);
    }
    for condition in ["Flow.i / 60 == 5", "Flow.i % 7 == 3"] {
        solve(&[("i", "integer", Result)], condition);
    }
    let three: [Given; 3] =
        [("i", "integer", Result), ("j", "integer", Result), ("k", "integer", Result)];
    solve(&three, "Flow.i > Flow.j and Flow.j > Flow.k and Flow.k > 5");
    solve(&[("i", "integer", Input), ("j", "integer", Input)], "Flow.i - Flow.j > 10");
    let texts: [Given; 2] = [("s", "string", Result), ("t", "string", Result)];
    solve(&texts, "Flow.s + \"-\" + Flow.t == \"gold-card\"");
    let stored: [Given; 2] =
        [("pin", "string", Attribute), ("own", "string", Entry(4, 6))];
    solve(&stored, "IsSet(Flow.pin) and Flow.pin == Flow.own and Length(Flow.own) == 5");
    let ani: [Given; 1] = [("own", "string", Entry(4, 4))];
    solve(&ani, "IsSet(Call.Ani) and Right(ToString(Call.Ani), 4) == Flow.own");
}

#[test]
fn lists_amounts_and_documents_are_solved() {
    let solve = |given: &[Given], condition: &str| assert_solved(given, &[], condition);
    let list: [Given; 1] = [("l", "stringCollection", Result)];
    solve(&list, "Count(Flow.l) > 3");
    solve(&list, "Count(Flow.l) > 1 and GetAt(Flow.l, 1) == \"gold\"");
    let both: [Given; 2] =
        [("s", "string", Entry(3, 3)), ("l", "stringCollection", Result)];
    solve(&both, "FindFirst(Flow.l, Flow.s) >= 0");
    let money: [Given; 1] = [("m", "currency", Result)];
    solve(&money, "Flow.m > MakeCurrency(100, \"USD\")");
    solve(&[("j", "json", Result)], "ToInt(Flow.j.balance) > 100");
    let when: [Given; 1] = [("w", "dateTime", Result)];
    solve(&when, "Year(Flow.w) < 2000");
    solve(&when, "DayOfWeek(Flow.w) == 1");
    let soon =
        "DateTimeDiff(Flow.w, GetCurrentDateTimeUtc()) < MakeDuration(3, 0, 0, 0, 0)";
    solve(&when, soon);
}

/// The start of a call decides about conditions on the clock.
#[test]
fn start_times_are_solved() {
    for condition in [
        "Hour(GetCurrentDateTimeUtc()) < 8",
        "DayOfWeek(GetCurrentDateTimeUtc()) == 7",
        "Month(GetCurrentDateTimeUtc()) == 12 and Day(GetCurrentDateTimeUtc()) == 25",
    ] {
        assert_solved(&[], &[], condition);
    }
}

/// The wanted value is followed back through assignments.
#[test]
fn computed_values_are_solved() {
    let update = |name: &str, expression: &str| {
        json!({"updateData": {"name": format!("Set {name}"), "statements": [
            {"integer": {"variable": format!("Flow.{name}"), "value": {"exp": expression}}},
        ]}})
    };
    let given: [Given; 4] = [
        ("list", "stringCollection", Result),
        ("ids", "stringCollection", Result),
        ("minutes", "integer", Input),
        ("place", "integer", Input),
    ];
    let more = [
        update("place", "FindFirst(Flow.ids, \"holiday\")"),
        update("minutes", "ToInt(ToDecimal(GetAt(Flow.list, Flow.place)) * 60)"),
    ];
    assert_solved(&given, &more, "Flow.minutes - 61 < 0 and Flow.minutes > 10");
}

/// With `--fixed`, nothing but the given answers counts.
#[test]
fn fixed_values_are_not_solved() {
    let program = program_of(&flow(&[], &[], "Hour(GetCurrentDateTimeUtc()) < 8"));
    let exploration = explored(&program, OPTIONS);
    let yes = exploration.goals.iter().find(|it| it.output.as_deref() == Some("yes"));
    assert!(matches!(yes.unwrap().verdict, Verdict::Unreachable(_)));
}

/// An output that is not solved is undecided, not unreachable.
#[test]
fn a_condition_that_is_not_solved_is_undecided() {
    let given: [Given; 1] = [("s", "string", Result)];
    let program =
        program_of(&flow(&given, &[], "Replace(Flow.s, \"a\", \"\") == \"banana\""));
    let exploration = explored(&program, FREE);
    let yes = exploration.goals.iter().find(|it| it.output.as_deref() == Some("yes"));
    assert!(matches!(yes.unwrap().verdict, Verdict::Undecided(_)));
}

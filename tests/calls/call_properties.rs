//! Properties of calls: verdicts, compared with all calls up to a length. *Source:
//! docs/scenarios.md and docs/exploration.md.*

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use flowsim::analysis::property::{Monitor, Property, Rule};
use flowsim::engine::{Call, Session, play};
use flowsim::explore::{Options, PropertyVerdict, properties};
use flowsim::program::Program;
use flowsim::source::{Files, read_json};
use flowsim::suite::{ProjectDefaults, read};
use flowsim::trace::Trace;
use flowsim::world::{FixtureHost, Fixtures, Input};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::explore::{
    INPUTS, MOST_INPUTS, OPTIONS, call, call_task, collect, decision, disconnect, flow,
    generated, program_of, task, update,
};
use crate::laws::laws;

/// Reads properties as a scenario file has them.
fn read_properties(list: &Value) -> Vec<Arc<Property>> {
    let document = json!({"flows": ".", "properties": list}).to_string();
    let mut files = Files::new();
    let file = files.add("a.test.json", document);
    let document = read_json(&file).unwrap();
    let (suite, problems) =
        read(&document, Path::new("a.test.json"), &ProjectDefaults::default());
    assert!(problems.is_empty(), "{problems:?}");
    suite.properties.to_vec()
}

fn named(mut property: Value) -> Value {
    property["name"] = json!("it");
    property
}

/// Returns the verdict about a property.
fn checked(
    program: &Arc<Program>,
    property: &Value,
    options: Options,
) -> PropertyVerdict {
    let property = read_properties(&json!([named(property.clone())])).remove(0);
    let pairs = [(property, call())];
    let checked = properties(program, &pairs, &Fixtures::default(), options).unwrap();
    checked[0].verdict.clone()
}

/// Returns the verdict in words.
fn verdict(program: &Arc<Program>, property: &Value) -> String {
    match checked(program, property, OPTIONS) {
        PropertyVerdict::Refuted(_, witness) => {
            let inputs: Vec<String> =
                witness.inputs.iter().map(ToString::to_string).collect();
            format!("refuted {}", inputs.join(" ")).trim_end().to_owned()
        }
        PropertyVerdict::Proved(_) => "proved".into(),
        PropertyVerdict::Undecided(reason) => format!("undecided: {reason}"),
    }
}

/// The caller enters a digit. 1 runs the task that authenticates; every digit but 3 leads to
/// the end with a goodbye.
fn line() -> Arc<Program> {
    let say = |name: &str, text: &str| json!({"playAudio": {"name": name, "audio": {"tts": text}}});
    let actions = [
        collect("Ask"),
        decision("One?", "Flow.keys == \"1\"", &[call_task("Authenticate", 1)], &[]),
        decision("Three?", "Flow.keys == \"3\"", &[disconnect("Rude")], &[]),
        say("Sales", "Sales here."),
        say("Goodbye", "Thank you."),
        disconnect("End"),
    ];
    let own =
        [update("Check", "Flow.a", "Flow.a + 1"), json!({"endTask": {"name": "Done"}})];
    program_of(&flow(&[task(0, &actions), task(1, &own)], &[]))
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list")]
fn every_kind_of_property_gets_its_verdict() {
    let program = line();
    let sales = json!({"prompts": {"contains": "sales"}});
    let sales_of = json!({"prompts": {"matches": "(?i)sales"}});
    for (property, expected) in [
        // No path reaches the sales team without authentication.
        (json!({"never": sales_of, "before": {"action": "Authenticate"}}), "refuted"),
        (json!({"never": sales, "before": "Authenticate"}), "proved"),
        (json!({"never": "Rude", "before": "Authenticate"}), "refuted 3"),
        (json!({"never": "Rude", "after": "Authenticate"}), "proved"),
        (json!({"never": "Check", "before": "Authenticate"}), "proved"),
        (
            json!({"never": "Authenticate", "after": {"action": "Ask", "output": "failure"}}),
            "proved",
        ),
        (
            json!({"never": "Authenticate", "after": {"action": "Ask", "output": "success"}}),
            "refuted 1",
        ),
        (json!({"eventually": "Goodbye"}), "refuted 3"),
        (json!({"eventually": {"kind": "disconnect"}}), "proved"),
        (
            json!({"eventually": {"kind": "disconnect"}, "includeHangUps": true}),
            "refuted hangup",
        ),
        (json!({"eventually": "Goodbye", "after": "Authenticate"}), "proved"),
        (
            json!({"eventually": "Sales", "before": "Goodbye", "after": "Authenticate"}),
            "proved",
        ),
        (
            json!({"eventually": "Goodbye", "before": "Sales", "after": "Authenticate"}),
            "refuted 1",
        ),
        (
            json!({"eventually": "Goodbye", "after": "Authenticate", "within": {"actions": 5}}),
            "proved",
        ),
        (
            json!({"eventually": "Goodbye", "after": "Authenticate", "within": {"actions": 4}}),
            "refuted 1",
        ),
        (json!({"always": {"variables": {"Flow.a": {"max": 1}}}}), "proved"),
        (json!({"always": {"variables": {"Flow.a": 0}}}), "refuted 1"),
        (json!({"always": {"variables": {"Flow.a": 0}}, "when": "Rude"}), "proved"),
        (json!({"always": {"variables": {"Flow.a": 1}}, "when": sales_of}), "refuted"),
        (json!({"never": {"action": "Sales", "variables": {"Flow.a": 1}}}), "refuted 1"),
        (
            json!({"never": {"kind": "disconnect", "variables": {"Flow.keys": "7"}}}),
            "refuted 7",
        ),
        (json!({"never": {"status": "error"}}), "refuted hangup"),
        (json!({"never": {"error": "CALLER_HUNG_UP"}, "after": "Rude"}), "proved"),
    ] {
        assert_eq!(verdict(&program, &property), expected, "{property}");
    }
}

/// A caller who is silent comes back to the question until the limit of actions.
#[test]
fn an_endless_call_refutes_what_has_to_come() {
    let jump = json!({"jumpToTask": {"name": "Again",
        "targetTaskRef": "/inboundCall/tasks/task[t0]"}});
    let actions = [
        collect("Ask"),
        decision("One?", "Flow.keys == \"1\"", &[disconnect("End")], &[]),
        decision(
            "Silent?",
            "IsNotSetOrEmpty(Flow.keys)",
            std::slice::from_ref(&jump),
            &[],
        ),
        disconnect("Other"),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let end = json!({"eventually": {"action": ["End", "Other"]}});
    assert_eq!(verdict(&program, &end), "refuted");
    // With another answer the call ends; only a caller who presses 2 for ever prevents it.
    let mut actions = actions;
    actions[2] = decision("Two?", "Flow.keys == \"2\"", &[jump], &[]);
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    assert_eq!(verdict(&program, &end), "proved");
}

/// The limit of actions may end a call between a moment and the one that has to follow it,
/// at any place of a round.
#[test]
fn the_limit_of_actions_breaks_only_a_long_wait() {
    let jump = json!({"jumpToTask": {"name": "Again",
        "targetTaskRef": "/inboundCall/tasks/task[t1]"}});
    let round = [
        update("Mark", "Flow.a", "1"),
        collect("Ask"),
        decision("One?", "Flow.keys == \"1\"", &[disconnect("End")], &[]),
        jump.clone(),
    ];
    let asked = json!({"kind": "collectInput"});
    let prefixes = 0..round.len();
    for property in [
        json!({"eventually": "One?", "after": asked, "within": {"actions": 2}}),
        json!({"eventually": "One?", "after": asked}),
        json!({"eventually": "Mark", "after": "Again"}),
    ] {
        for length in prefixes.clone() {
            let mut before = vec![update("Before", "Flow.a", "2"); length];
            before.push(jump.clone());
            let tasks = [task(0, &before), task(1, &round)];
            let program = program_of(&flow(&tasks, &[]));
            assert_eq!(verdict(&program, &property), "proved", "{property} {length}");
            let property = read_properties(&json!([named(property.clone())])).remove(0);
            let monitor = Monitor::new(&property, &program, call().flow());
            assert!(!is_broken(&program, &monitor, &[]), "{property:?} {length}");
        }
    }
}

/// A call may start with other attributes, unless everything is fixed.
#[test]
fn attributes_of_the_participant_are_observed() {
    let set = json!({"setParticipantData": {"name": "Mark", "attributes": [
        {"attribute": {"name": {"lit": "checked"}, "value": {"lit": "yes"}}},
    ]}});
    let actions = [
        collect("Ask"),
        decision("One?", "Flow.keys == \"1\"", &[set], &[]),
        disconnect("End"),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let checked_only =
        json!({"always": {"participantData": {"checked": "yes"}}, "when": "End"});
    assert_eq!(verdict(&program, &checked_only), "refuted");
    let never_no = json!({"never": {"participantData": {"checked": "no"}}});
    assert_eq!(verdict(&program, &never_no), "proved");
    let open = checked(&program, &never_no, Options { is_fixed: false, ..OPTIONS });
    assert!(matches!(open, PropertyVerdict::Undecided(_)), "{open:?}");
}

/// A time may be exceeded by a caller who answers late, which is not tried.
#[test]
fn a_time_is_not_proved() {
    let program = line();
    let within =
        |seconds: u32| json!({"eventually": "Sales", "within": {"seconds": seconds}});
    let after = |mut property: Value| {
        property["after"] = json!("Authenticate");
        property
    };
    let undecided = "undecided: the time of the answer at `Ask` matters";
    assert_eq!(verdict(&program, &after(within(5))), undecided);
    assert_eq!(verdict(&program, &within(1)), "refuted");
}

#[test]
fn the_number_of_threads_makes_no_difference() {
    let program = line();
    let property = json!({"never": "Rude", "before": "Authenticate"});
    let one = checked(&program, &property, OPTIONS);
    assert_eq!(checked(&program, &property, Options { jobs: 3, ..OPTIONS }), one);
}

/// Properties about the actions of generated flows.
fn patterns() -> Vec<Value> {
    let at_least = |variable: &str, min: u32| json!({variable: {"min": min}});
    vec![
        json!({"never": {"kind": "disconnect"}, "after": {"kind": "callTask"}}),
        json!({"never": {"kind": "updateData"}, "before": {"kind": "collectInput"}}),
        json!({"never": {"kind": "decision", "variables": at_least("Flow.a", 2)}}),
        json!({"never": {"kind": "collectInput", "output": "failure"},
            "after": {"kind": "collectInput", "output": "success"}}),
        json!({"never": {"prompts": {"matches": "[2]"}}}),
        json!({"always": {"variables": {"Flow.a": {"max": 2}}}}),
        json!({"always": {"variables": {"Flow.b": 0}}, "when": {"kind": "disconnect"}}),
        json!({"eventually": {"kind": "disconnect"}}),
        json!({"eventually": {"kind": "decision"}, "after": {"kind": "collectInput"},
            "within": {"actions": 2}}),
        json!({"eventually": {"kind": "callTask"}, "before": {"kind": "jumpToMenu"}}),
        json!({"eventually": {"status": "completed"}, "after": {"kind": "updateData"}}),
    ]
}

/// Plays all calls with at most [`MOST_INPUTS`] inputs.
fn all_calls(program: &Arc<Program>) -> Vec<(usize, Trace)> {
    let fixtures = Fixtures::default();
    let mut session = Session::start(Arc::clone(program), &call());
    let inputs = INPUTS.map(|input| Input::parse(input).unwrap());
    let mut scripts: Vec<Vec<Input>> = vec![Vec::new()];
    let mut traces = Vec::new();
    for length in 0..=MOST_INPUTS {
        for script in &scripts {
            let mut host = FixtureHost::new(&fixtures, script);
            traces.push((length, play(&mut session, &call(), &mut host)));
        }
        let longer = scripts.iter().flat_map(|script| {
            inputs
                .iter()
                .map(move |input| [&script[..], std::slice::from_ref(input)].concat())
        });
        scripts = longer.collect();
    }
    traces
}

fn is_broken(program: &Arc<Program>, monitor: &Monitor, inputs: &[Input]) -> bool {
    let mut session = Session::start(Arc::clone(program), &call());
    let fixtures = Fixtures::default();
    let mut host = FixtureHost::new(&fixtures, inputs);
    let trace = play(&mut session, &call(), &mut host);
    monitor.broken_by(&call(), &trace).is_some()
}

/// Returns the inputs without each of them.
fn fewer(inputs: &[Input]) -> impl Iterator<Item = Vec<Input>> {
    (0..inputs.len()).map(|index| {
        let (before, after) = inputs.split_at(index);
        [before, &after[1..]].concat()
    })
}

/// Compares the verdicts with all short calls.
fn agree(flow: &Value) -> Result<(), TestCaseError> {
    let program = program_of(flow);
    let call: Call = call();
    let calls = all_calls(&program);
    let list = patterns().into_iter().zip(1..).map(|(mut property, number)| {
        property["name"] = json!(number);
        property
    });
    let list: Vec<Value> = list.collect();
    for property in read_properties(&json!(list)) {
        let monitor = Monitor::new(&property, &program, call.flow());
        let mut broken = calls.iter();
        let shortest =
            broken.find(|(_, trace)| monitor.broken_by(&call, trace).is_some());
        let shortest = shortest.map(|(length, _)| *length);
        let options = Options { budget: 4_000, ..OPTIONS };
        let pairs = [(Arc::clone(&property), call.clone())];
        let checked =
            properties(&program, &pairs, &Fixtures::default(), options).unwrap();
        let verdict = &checked[0].verdict;
        let place = format!("{property:?}: {verdict:?}, in fact {shortest:?}");
        match verdict {
            PropertyVerdict::Refuted(_, witness) => {
                let is_broken = |inputs: &[Input]| is_broken(&program, &monitor, inputs);
                prop_assert!(is_broken(&witness.inputs), "{place}");
                let is_short = shortest.is_none_or(|most| witness.inputs.len() <= most);
                let is_endless = matches!(property.rule, Rule::Eventually(_));
                let mut fewer = fewer(&witness.inputs);
                let is_minimal = !fewer.any(|inputs| is_broken(&inputs));
                prop_assert!(is_short || is_endless || is_minimal, "{place}");
            }
            PropertyVerdict::Proved(_) => prop_assert!(shortest.is_none(), "{place}"),
            PropertyVerdict::Undecided(_) => {}
        }
    }
    Ok(())
}

laws! {
    // A case takes 0.1 s. 250 flows, with `PROPTEST_CASES=1000`, take half a minute.
    part 4;

    #[test]
    fn verdicts_agree_with_all_short_calls(flow in generated()) {
        agree(&flow)?;
    }
}

const FLOW: &str = "fixtures/architect/findings.yaml";

/// Explores a flow with the properties of a file.
fn explore(list: &Value, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.test.json");
    fs::write(&path, json!({"properties": list}).to_string()).unwrap();
    Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .args(["explore", FLOW, "--max-actions", "1000", "--properties"])
        .arg(&path)
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_refuted_property_is_shown_with_its_call() {
    let list = json!([
        {"name": "nobody is stuck", "never": "Stuck"},
        {"name": "a dead action", "never": "Never"},
    ]);
    let printed = explore(&list, &["--format", "json"]);
    assert_eq!(printed.status.code(), Some(1));
    let exploration: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let found = &exploration["properties"];
    assert_eq!(found[0]["verdict"], "refuted");
    assert_eq!(found[0]["input"], json!(["4"]));
    assert_eq!(found[1]["verdict"], "proved", "{found}");
    assert_eq!(found[1]["input"], Value::Null);
    let text = String::from_utf8(explore(&list, &[]).stdout).unwrap();
    assert!(text.contains("property refuted: nobody is stuck"), "{text}");
    assert!(text.contains("a call that breaks it: --input 4"), "{text}");
    assert!(text.contains("2 properties: 1 proved, 1 refuted, 0 undecided"), "{text}");
    let text =
        String::from_utf8(explore(&list, &["--format", "markdown"]).stdout).unwrap();
    assert!(text.contains("| nobody is stuck | "), "{text}");
}

#[test]
fn mistakes_in_properties_are_reported() {
    for (property, expected) in [
        (json!({"never": "Stukc"}), "no loaded flow has the action `Stukc`"),
        (json!({"never": {"kind": "disconect"}}), "did you mean `disconnect`?"),
        (
            json!({"never": {"action": "Look up", "output": "sucess"}}),
            "did you mean `success`?",
        ),
        (
            json!({"always": {"variables": {"Flow.missing": 1}}}),
            "the variable `Flow.missing`",
        ),
        (
            json!({"never": "Stuck", "flow": "Elsewhere"}),
            "there is no flow called `Elsewhere`",
        ),
        (json!({"never": "Stuck", "eventually": "Stuck"}), "needs one of `never`"),
        (json!({"always": "Stuck"}), "`always` needs conditions that last"),
        (json!({"never": {"routing": null}}), "`routing` is null"),
        (json!({"never": {"prompts": "a", "transfer": "b"}}), "a moment has one event"),
        (
            json!({"never": "Stuck", "within": {"actions": 1}}),
            "`within` requires `eventually`",
        ),
        (
            json!({"eventually": "Stuck", "within": {"actions": 1, "seconds": 1}}),
            "needs one of `actions`",
        ),
        (json!({"never": "Stuck", "when": "Stuck"}), "`when` requires `always`"),
        (json!({"never": {}}), "`never` needs a key"),
        (json!({"never": 5}), "`never` is a number"),
        (json!({"nevr": "Stuck"}), "did you mean `never`?"),
    ] {
        let printed = explore(&json!([named(property.clone())]), &[]);
        let text = String::from_utf8_lossy(&printed.stderr);
        assert_eq!(printed.status.code(), Some(3), "{property}: {text}");
        assert!(text.contains(expected), "{property}: {text}");
    }
    let printed = explore(&json!([{"never": "Stuck"}]), &[]);
    let text = String::from_utf8_lossy(&printed.stderr);
    assert!(text.contains("a property needs a `name`"), "{text}");
}

/// `flowsim test` checks the properties for the call of every test.
#[test]
fn a_test_fails_if_its_call_breaks_a_property() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.test.json");
    let flow = fs::canonicalize(FLOW).unwrap();
    let document = json!({
        "flows": flow,
        "properties": [{"name": "nobody adds", "never": "Add"}],
        "tests": [{"name": "three", "input": "3"}, {"name": "one", "input": "1"}],
    });
    fs::write(&path, document.to_string()).unwrap();
    let printed = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .arg("test")
        .arg(&path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&printed.stdout);
    assert_eq!(printed.status.code(), Some(1), "{text}");
    assert!(
        text.contains("the property `nobody adds` does not hold: broken at step"),
        "{text}"
    );
    assert!(text.contains("1 failed"), "{text}");
    assert!(text.contains("1 passed"), "{text}");
}

/// A variable that the first flow lacks is that of an in-queue flow.
#[test]
fn a_property_names_variables_of_other_flows_of_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.test.json");
    let organisation = fs::canonicalize("fixtures/northlight-power").unwrap();
    let rounds = |most: u32| {
        let always = json!({"variables": {"Flow.Round": {"max": most}}});
        let when = json!({"action": "Music"});
        json!({"name": format!("{most} rounds"), "always": always, "when": when})
    };
    let document = json!({
        "flows": organisation.join("flows"),
        "fixtures": organisation.join("fixtures.yaml"),
        "defaults": {"flow": "Northlight Outage Line"},
        "properties": [rounds(6), rounds(7)],
        "tests": [{"name": "nine", "input": "9"}],
    });
    fs::write(&path, document.to_string()).unwrap();
    let printed = Command::new(env!("CARGO_BIN_EXE_flowsim"))
        .arg("test")
        .arg(&path)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&printed.stdout);
    assert!(text.contains("the property `6 rounds` does not hold"), "{text}");
    assert!(!text.contains("the property `7 rounds` does not hold"), "{text}");
}

/// A bot repeats its question within one action; every other silence leads back to it.
#[test]
fn a_wait_that_ends_and_begins_in_one_action_is_another_wait() {
    let say = |text: &str| json!({"communicate": {"name": "Say", "communication": {"lit": text}}});
    let jump = json!({"jumpToTask": {"name": "Again",
        "targetTaskRef": "/digitalBot/tasks/task[T]"}});
    let ask = json!({"askForSlot": {"name": "Ask", "slot": {"name": "Amount"},
        "question": {"lit": "How much?"},
        "outputs": {"maxNoInputs": {"actions": [jump]},
            "maxNoMatches": {"actions": [say("Sorry.")]}}}});
    let begin = json!({"jumpToTask": {"name": "Begin",
        "targetTaskRef": "/digitalBot/tasks/task[T]"}});
    let program = program_of(&json!({"digitalBot": {
        "name": "F",
        "startUpRef": "/digitalBot/bots/bot[B]",
        "defaultLanguage": "en-us",
        "variables": [{"integerVariable": {"name": "Slot.Amount"}}],
        "settingsUserInput": {"noMatchesMax": {"lit": 1}, "noInputsMax": {"lit": 1},
            "noMatchApology": {"lit": "Sorry."}, "noInputApology": {"lit": "Sorry."}},
        "bots": [{"bot": {"name": "B", "refId": "B", "actions": [begin]}}],
        "tasks": [{"task": {"name": "T", "refId": "T", "actions": [ask, say("Sorry.")]}}],
    }}));
    let property =
        json!({"eventually": {"prompts": "Sorry."}, "after": {"prompts": "How much?"}});
    assert_eq!(verdict(&program, &property), "proved");
}

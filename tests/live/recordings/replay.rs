//! Calls of every bundled flow, recorded and replayed with nothing but the recording.

use std::sync::Arc;
use std::time::Duration;

use flowsim::engine::{Call, Limits};
use flowsim::recording::{derive, replay, replay_call};
use flowsim::value::{Json, JsonObject};
use flowsim::world::Fixtures;

use super::calls::{ARCHITECT, DRAFTS};
use super::{Organisation, recording};
use crate::cpu_time::cpu_time;

#[test]
fn calls_of_architect_flows_replay_identically() {
    let mut count = 0;
    for (name, calls) in ARCHITECT {
        let organisation = Organisation::load(name);
        for (flow, context, inputs) in *calls {
            let original = organisation.play(flow, context, inputs);
            let document = organisation.document(&original);
            let derived = derive(&recording(&document));
            let (_, problems) = derived.fixtures(&Fixtures::default());
            assert_eq!(problems, [], "{flow} {inputs:?}\n{}", derived.fixtures);
            let again =
                replay(&organisation.program, &derived, &Fixtures::default()).unwrap();
            let told = format!("{flow} {context:?} {inputs:?}\n{}", derived.fixtures);
            assert_eq!(again.missing, None, "{told}");
            assert_same(&organisation.document(&again.trace), &document, &told);
            assert_eq!(again.unused, [], "{told}");
            count += 1;
        }
    }
    assert!(count > 20);
}

/// Compares strings line by line, and shows the differences.
fn assert_same(left: &str, right: &str, told: &str) {
    let (left, right): (Vec<_>, Vec<_>) =
        (left.lines().collect(), right.lines().collect());
    let differs =
        (0..left.len().max(right.len())).find(|it| left.get(*it) != right.get(*it));
    let Some(at) = differs else { return };
    let around = |lines: &[&str]| {
        let lines = lines.iter().skip(at.saturating_sub(12)).take(24);
        lines.copied().collect::<Vec<_>>().join("\n")
    };
    panic!("{told}\nours:\n{}\nrecorded:\n{}", around(&left), around(&right));
}

fn pretty(response: &Json) -> String {
    serde_json::to_string_pretty(&without_times(response)).unwrap()
}

/// Removes the parts of a response that it does not define itself: the durations.
fn without_times(response: &Json) -> Json {
    let Json::Object(entries) = response else { return response.clone() };
    let mut entries: JsonObject = entries.as_ref().clone();
    entries.shift_remove("elapsedMs");
    Json::object(entries)
}

#[test]
fn simulations_of_draft_flows_replay_identically() {
    let mut count = 0;
    for (name, calls) in DRAFTS {
        let organisation = Organisation::load(name);
        for (flow, context, inputs) in *calls {
            let original = organisation.play(flow, context, inputs);
            let response = organisation.simulation(&original);
            let context =
                context.iter().map(|(key, value)| ((*key).into(), (*value).into()));
            let request = Json::object([
                ("flowId".into(), (*flow).into()),
                ("context".into(), Json::object(context)),
                ("timeout".into(), Json::Integer(600_000)),
            ]);
            let pair = Json::object([
                ("request".into(), request),
                ("response".into(), response.clone()),
            ]);
            let derived = derive(&recording(&pair.to_string()));
            let again =
                replay(&organisation.program, &derived, &Fixtures::default()).unwrap();
            let told = format!("{flow} {inputs:?}\n{pair}\n{:?}", derived.answers);
            assert_eq!(again.missing, None, "{told}");
            let again = organisation.simulation(&again.trace);
            assert_same(&pretty(&again), &pretty(&response), &told);
            count += 1;
        }
    }
    assert!(count > 20);
}

#[test]
fn missing_answers_of_a_recording_are_reported() {
    let organisation = Organisation::load("swift-parcels");
    let context = [("to", "+15557770200"), ("from", "+15551234567")];
    let original = organisation.play("Swift Parcels Router", &context, &["100200#", "1"]);
    let mut derived = derive(&recording(&organisation.document(&original)));

    // The flow requests a parcel number, and the recording has no keys.
    let answers = std::mem::take(&mut derived.answers);
    let silent = replay(&organisation.program, &derived, &Fixtures::default()).unwrap();
    let missing = silent.missing.unwrap();
    assert_eq!((missing.what, missing.flow.as_str()), ("input", "Ask for Digits"));
    assert!(missing.to_string().contains("no further keys"), "{missing}");
    assert!(!silent.trace.steps.is_empty());

    // The lookup of the parcel is not in the recording, nor in these fixtures…
    derived.answers = answers;
    derived.answers.retain(|it| it.about != flowsim::recording::Subject::DataAction);
    let asked = replay(&organisation.program, &derived, &Fixtures::default()).unwrap();
    let missing = asked.missing.unwrap();
    assert_eq!((missing.what, missing.name.as_str()), ("data action", "Get Parcel"));
    assert_eq!(missing.with.to_string(), r#"{"parcel":"100200"}"#);
    // … but in those of the user.
    let known = replay(&organisation.program, &derived, &organisation.fixtures).unwrap();
    assert_eq!(known.missing, None);
    assert_eq!(organisation.document(&known.trace), organisation.document(&original));

    // Another number was called. Its row is missing, or in the user's table.
    for variable in &mut derived.variables {
        if variable.0.starts_with("Call.CalledAddress") {
            variable.1 = "+15557770201".into();
        }
    }
    let fixtures = Fixtures::default();
    let mut lost = derived.clone();
    lost.fixtures = Json::object([]);
    let lost = replay(&organisation.program, &lost, &fixtures).unwrap().missing.unwrap();
    assert_eq!(
        (lost.what, lost.name.as_str()),
        ("row of the data table", "Parcel Lines")
    );
    let found = replay(&organisation.program, &derived, &organisation.fixtures).unwrap();
    assert_eq!(found.missing, None);
    let routed = found.trace.routing().unwrap().queue_name.as_ref().unwrap();
    let routed = routed.text(&organisation.program.symbols);
    assert_eq!(routed, "Parcels Business");
}

/// A workflow that asks a data action `ROUNDS` times. The replay of a simulation tries the
/// answers of a data action, to find the one that leads to the recorded step.
const POLLING: &str = "workflow:
  name: Poll
  startUpRef: /workflow/tasks/task[Poll]
  defaultLanguage: en-us
  supportedLanguages:
    en-us: {defaultLanguageSkill: {noValue: true}}
  variables:
  - integerVariable: {name: Flow.Count, initialValue: {lit: 0}}
  - stringVariable: {name: Flow.State, initialValue: {noValue: true}}
  tasks:
  - task:
      name: Poll
      refId: Poll
      actions:
      - updateData:
          name: Count
          statements:
          - integer: {variable: Flow.Count, value: {exp: Flow.Count + 1}}
      - callData:
          name: Ask
          category:
            Shop:
              dataAction:
                Get State:
                  inputs: {number: {exp: Flow.Count}}
                  successOutputs: {state: {var: Flow.State}}
      - decision:
          name: Done?
          condition: {exp: Flow.Count >= ROUNDS}
          outputs:
            'yes': {actions: [{endWorkflow: {name: End}}]}
            'no':
              actions:
              - jumpToTask: {name: Again, targetTaskRef: '/workflow/tasks/task[Poll]'}
";

/// Replays the simulation of a workflow that asks a data action the given number of times.
/// Returns the computing time.
fn replayed(rounds: u32) -> Duration {
    const FIXTURES: &str = "dataActions: {Get State: {output: {state: open}}}";
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("flows")).unwrap();
    let flow = POLLING.replace("ROUNDS", &rounds.to_string());
    std::fs::write(folder.path().join("flows/poll.yaml"), flow).unwrap();
    std::fs::write(folder.path().join("fixtures.yaml"), FIXTURES).unwrap();
    let organisation = Organisation::of(folder.path());
    let program = &organisation.program;
    let limits = Limits { max_actions: 100_000, ..Limits::default() };
    let call = Call::new(program.flow("Poll").unwrap()).limits(limits);
    let call = call.in_organisation(Arc::clone(&organisation.fixtures));
    let original = organisation.play_call(&call, &[]);
    let saved = organisation.simulation(&original).to_string();
    let derived = derive(&recording(&saved));
    let call = derived.call(program).unwrap().limits(limits);
    let start = cpu_time();
    let again = replay_call(&call, program, &derived, &Fixtures::default(), &mut |_| {});
    let took = cpu_time() - start;
    assert_eq!((again.missing, again.unused), (None, Vec::new()));
    assert_eq!(again.trace.steps.len(), original.steps.len());
    took
}

#[test]
fn the_time_of_a_replay_grows_with_the_number_of_questions() {
    let (few, many) = (replayed(750), replayed(3_000));
    // Four times as many questions took ten times as long while each one copied the trace.
    assert!(many < few * 8, "{few:?} for 750 questions, {many:?} for 3,000");
}

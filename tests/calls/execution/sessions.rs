//! A run is a pure function of its inputs, and a session is a value.

use std::sync::Arc;

use flowsim::engine::{Progress, Session, play};
use flowsim::trace::JsonWriter;
use flowsim::world::{Answer, FixtureHost, Host, Input, Question};
use serde_json::json;

use super::support::*;

fn menu() -> Stage {
    let main = flow("main", [
        say("Hello", "Hello.").to("Ask"),
        gather("Ask", json!({"promptText": "One or two?", "maxDigits": 2})).to("Get").or("Bye"),
        node("Get", "DataAction", json!({"actionId": "a", "inputs": {"key": "{Ask.digits}"}})).to("Call").or("Bye"),
        call_flow("Call", json!({"flowId": "sub", "inputs": {"key": "{Ask.digits}"}, "outputs": {"got": "got"}}))
            .to("Route"),
        node("Route", "Route", json!({"queueId": "q{got}"})).to("Bye"),
        end("Bye"),
    ]);
    let sub = flow(
        "sub",
        [
            gather("More", json!({})).to("Keep").or("Keep"),
            set("Keep", &[("got", json!("{key}{More.digits}"))]).to("Bye"),
            end("Bye"),
        ],
    );
    stage([main, sub])
        .with("dataActions: {a: [{output: {n: 1}}, {output: {n: 2}, latencyMs: 70}]}")
}

fn json_of(stage: &Stage, trace: &flowsim::trace::Trace) -> String {
    let mut out = String::new();
    JsonWriter::new(&stage.program.legend).write(trace, &mut out);
    out
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let text = || {
        let stage = menu();
        let played = stage.press(&["12", "7@900"]);
        json_of(&stage, &played.trace)
    };
    assert_eq!(text(), text());
}

#[test]
fn a_session_that_starts_over_gives_the_same_as_a_new_one() {
    let stage = menu();
    let (call, inputs) = stage.call().prepare(&["12", "7@900"]);
    let mut host = FixtureHost::new(&stage.fixtures, &inputs);
    let mut session = Session::start(Arc::clone(&stage.program), &call);
    let first = play(&mut session, &call, &mut host);
    let (other, silence) = stage.call().variable("Ask", "1").prepare(&[]);
    host.restart(&silence);
    assert_ne!(play(&mut session, &other, &mut host), first);
    host.restart(&inputs);
    assert_eq!(play(&mut session, &call, &mut host), first);
}

#[test]
fn a_session_that_started_over_equals_a_new_one() {
    let stage = menu();
    let (call, inputs) = stage.call().prepare(&["12", "7"]);
    let new = Session::start(Arc::clone(&stage.program), &call);
    let mut used = new.clone();
    play(&mut used, &call, &mut FixtureHost::new(&stage.fixtures, &inputs));
    used.restart(&call);
    assert_eq!(used, new);
}

#[test]
fn sessions_that_got_different_answers_differ() {
    let stage = menu();
    let (call, _) = stage.call().prepare(&[]);
    let mut one = Session::start(Arc::clone(&stage.program), &call);
    let mut other = one.clone();
    assert_eq!(one, other);
    one.resume(Answer::Input(Input::Keys("12".into())));
    other.resume(Answer::Input(Input::Keys("13".into())));
    assert_ne!(one, other);
}

#[test]
fn a_session_waits_at_every_question_and_tells_its_clock_and_what_was_heard() {
    let stage = menu();
    let (call, inputs) = stage.call().prepare(&["12", "7@900"]);
    let mut host = FixtureHost::new(&stage.fixtures, &inputs);
    let mut session = Session::start(Arc::clone(&stage.program), &call);
    let mut seen = Vec::new();
    while let Some(question) = session.question() {
        seen.push((session.clock_ms(), session.heard().count(), kind(&question)));
        assert_eq!(session.progress(), Progress::Waiting);
        assert!(session.take_trace().is_none());
        let answer = host.answer(&session.question().unwrap());
        session.resume(answer);
    }
    assert_eq!(session.progress(), Progress::Finished);
    let expected =
        [(0, 2, "input"), (0, 2, "data action"), (0, 2, "input"), (900, 2, "queue")];
    assert_eq!(seen, expected);
    assert!(session.take_trace().is_some());
}

fn kind(question: &Question<'_>) -> &'static str {
    match question {
        Question::Input(_) => "input",
        Question::DataAction { .. } => "data action",
        Question::Queue { .. } => "queue",
        _ => "other",
    }
}

#[test]
fn a_question_about_input_says_what_the_node_takes() {
    let properties = json!({"maxDigits": 4, "minDigits": 2, "timeoutSeconds": 8, "interDigitTimeoutSeconds": 2,
        "validDigits": "123", "terminatingKey": "#"});
    let stage = main_flow([gather("Ask", properties).to("Bye").or("Bye"), end("Bye")]);
    let (call, _) = stage.call().prepare(&[]);
    let session = Session::start(Arc::clone(&stage.program), &call);
    let Some(Question::Input(asked)) = session.question() else { panic!("no question") };
    assert_eq!((asked.node, asked.min_digits, asked.max_digits), ("Ask", 2, 4));
    assert_eq!((asked.timeout_ms, asked.inter_digit_timeout_ms), (8_000, 2_000));
    assert_eq!((asked.valid_digits, asked.terminating_key), ("123", Some('#')));
}

#[test]
fn an_answer_that_does_not_fit_the_question_counts_as_none() {
    let stage = menu();
    let (call, _) = stage.call().prepare(&[]);
    let mut session = Session::start(Arc::clone(&stage.program), &call);
    session.resume(Answer::NotMocked);
    let trace = session.take_trace().unwrap();
    let played = Played::new(&stage.program, trace);
    assert_eq!((played.error_of("Ask"), played.elapsed()), ("NO_INPUT", 5_000));
}

#[test]
fn after_the_end_an_answer_changes_nothing() {
    let stage = main_flow([end("Bye")]);
    let (call, _) = stage.call().prepare(&[]);
    let mut session = Session::start(Arc::clone(&stage.program), &call);
    let before = session.clone();
    assert_eq!(session.resume(Answer::Input(Input::HangUp)), Progress::Finished);
    assert_eq!(session, before);
    assert!(session.take_trace().is_some() && session.take_trace().is_none());
    assert_eq!(session.resume(Answer::NotMocked), Progress::Finished);
}

#[test]
fn the_clock_of_a_call_starts_where_the_call_says() {
    let stage = main_flow([end("Bye")]);
    assert_eq!(stage.run().trace.start.to_string(), "2026-01-05T09:00:00Z");
}

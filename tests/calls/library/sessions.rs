//! Calls that are answered step by step.

use std::time::Duration;

use flowsim::{Answer, Call, Question, Status, Value};

use super::{END, call, draft, shared};

#[test]
fn a_session_answered_from_fixtures_is_the_same_call() {
    let project = shared();
    let made = call().input("1");
    let mut session = project.session(&made).unwrap();
    while !session.is_over() {
        session.answer_from_fixtures();
    }
    assert_eq!(session.trace(), project.run(&made).unwrap());
    assert_eq!((session.question(), session.next_input()), (None, None));
    let error = session.answer("1").unwrap_err();
    assert_eq!(error.to_string(), "the call is over; no answer is requested");
}

#[test]
fn a_clone_continues_independently() {
    let mut one = shared().session(&call()).unwrap();
    let Some(Question::Input { node, min_digits, max_digits, choices, .. }) =
        one.next_input()
    else {
        panic!("{one:?}")
    };
    assert_eq!((&*node, min_digits, max_digits, choices.len()), ("GatherInput", 1, 1, 0));
    assert_eq!(one.prompts().len(), 2);
    let mut two = one.clone();
    one.answer("1").unwrap();
    two.answer("2").unwrap();
    let Some(Question::Queue { id, .. }) = one.question() else { panic!("{one:?}") };
    assert_eq!(id.as_deref(), Some("support"));
    one.answer(Answer::accepted()).unwrap();
    assert!(one.is_over() && two.is_over());
    assert!(one.trace().routing().is_some() && two.trace().routing().is_none());
    assert_eq!(two.variable("shared_module_result").unwrap(), "2");
}

#[test]
fn an_answer_must_fit_the_question() {
    let mut session = shared().session(&call()).unwrap();
    session.next_input();
    let error = session.answer(Answer::accepted()).unwrap_err();
    let message = "the answer does not fit: the flow requests the caller's input";
    assert_eq!(error.to_string(), message);
    assert!(session.answer("no key").is_err());
    assert!(session.answer(Answer::unprepared()).is_err());
    assert!(!session.is_over());
    session.answer("-").unwrap();
}

#[test]
fn data_actions_are_answered_with_responses() {
    let action = r#"{"id": "Ask", "type": "DataAction", "properties": {
            "actionName": "Lookup", "inputs": {"order": "{order}"}},
        "onComplete": {"nextNode": "Tell"}, "onError": {"nextNode": "End"}},
        {"id": "Tell", "type": "Say", "properties": {"sayText": "It is {Ask.state}."},
        "onComplete": {"nextNode": "End"}, "onError": {"nextNode": "End"}}"#;
    let project = draft(&format!("{action}, {END}")).load().unwrap();
    let mut session = project.session(&Call::default().variable("order", 7)).unwrap();
    let Some(Question::DataAction { name, inputs, .. }) = session.question() else {
        panic!("{session:?}")
    };
    assert_eq!(name.as_deref(), Some("Lookup"));
    assert_eq!((&*inputs[0].0, inputs[0].1.to_string().as_str()), ("order", "7"));
    let body = Value::object([("state", "late".into())]);
    let answer = Answer::response(200, body).latency(Duration::from_millis(40));
    session.answer(answer).unwrap();
    assert_eq!(
        (session.prompts(), session.elapsed().as_millis()),
        (vec!["It is late."], 40)
    );
}

#[test]
fn a_waiting_session_has_a_trace_and_variables_can_be_set() {
    let mut session = shared().session(&call()).unwrap();
    session.next_input();
    assert_eq!(session.trace().path(), ["CallShared", "SayHello", "GatherInput"]);
    session.set_variable("note", "kept");
    session.answer("2").unwrap();
    let trace = session.trace();
    assert_eq!(trace.status(), Status::Completed);
    assert_eq!(trace.variable("note").unwrap(), "kept");
}

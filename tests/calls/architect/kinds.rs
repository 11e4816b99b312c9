//! How every kind of action is treated.

#![expect(clippy::unwrap_used, reason = "data that cannot be read fails the test")]

use std::fmt::Write;
use std::fs;
use std::sync::Arc;

use flowsim::engine::{Call, Session};
use flowsim::world::{Answer, Input, Question};

use super::support::{call_flow, compile};
use crate::shared::shared;

/// What an action without settings asks of the world.
fn treatment(kind: &str) -> &'static str {
    let program = compile(&call_flow(&[], &format!("- {kind}: {{name: A}}")));
    let call = Call::new(program.flow("F").unwrap());
    let mut session = Session::start(Arc::clone(&program), &call);
    let mut treatment = "runs";
    while let Some(question) = session.question() {
        let answer = match question {
            Question::Input(_) => {
                treatment = "listens";
                Answer::Input(Input::HangUp)
            }
            Question::Action { .. } => {
                treatment = "is asked for";
                Answer::NotMocked
            }
            _ => {
                treatment = "asks the world";
                Answer::NotMocked
            }
        };
        session.resume(answer);
    }
    treatment
}

#[test]
#[ignore = "needs ../shared/data"]
fn every_kind_runs_or_is_asked_for() {
    let text = fs::read_to_string(shared("actions.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut listing = String::new();
    for class in document["actions"].as_object().unwrap().keys() {
        let Some(name) = class.strip_prefix("ArchAction") else { continue };
        let mut letters = name.chars();
        let first = letters.next().unwrap().to_ascii_lowercase();
        let kind: String = [first].into_iter().chain(letters).collect();
        let _ = writeln!(listing, "{kind}: {}", treatment(&kind));
    }
    insta::assert_snapshot!(listing);
}

//! The page for authors of flows, `docs/dialect.md`, held to what it says.

use flowsim::diagnostic::Code;

use super::support::*;

const PAGE: &str = include_str!("../../../docs/dialect.md");

#[test]
fn the_first_flow_of_the_page_runs() {
    let text = PAGE.split("```json\n").nth(1).and_then(|rest| rest.split("```").next());
    let stage = Stage::read(text.unwrap());
    assert!(stage.findings.is_empty(), "{:?}", stage.findings);
    assert_eq!(stage.press(&["1"]).path(), "Ask Hours Bye");
    assert_eq!(stage.press(&["-"]).path(), "Ask Bye");
}

#[test]
fn every_code_of_the_page_exists_and_every_error_of_a_run_is_on_it() {
    let is_code = |text: &&str| {
        text.contains('_') && text.chars().all(|c| c.is_ascii_uppercase() || c == '_')
    };
    let named: Vec<&str> = PAGE.split('`').filter(is_code).collect();
    assert!(named.len() > 30);
    for name in &named {
        assert!(Code::from_name(name).is_some(), "there is no code {name}");
    }
    let errors = "NO_INPUT INTER_DIGIT_TIMEOUT NO_MATCH CONTACT_NOT_FOUND LOOKUP_KEY_MISSING \
        DATA_ACTION_TIMEOUT DATA_ACTION_FAILED DATA_ACTION_NOT_MOCKED WEBHOOK_TIMEOUT \
        WEBHOOK_FAILED WEBHOOK_NOT_MOCKED QUEUE_NOT_FOUND SKILL_MISMATCH FLOW_NOT_FOUND \
        FLOW_NOT_PUBLISHED FLOW_AMBIGUOUS FLOW_TIMEOUT FLOW_DEPTH_EXCEEDED \
        ACTION_LIMIT_EXCEEDED EXPRESSION_ERROR SIMULATION_TIMEOUT CALLER_HUNG_UP";
    for error in errors.split(' ') {
        assert!(named.contains(&error), "the page does not tell about {error}");
    }
}

//! Runs of ours as execution documents: what happens in which order, what is put into what,
//! and which ids, values and ways stand there.

#![expect(clippy::unwrap_used, reason = "a run that cannot be made fails the test")]

use std::process::Command;
use std::sync::Arc;

use flowsim::engine::{Call, Session, play};
use flowsim::flow::{check, read};
use flowsim::program::Program;
use flowsim::source::{Files, read_document};
use flowsim::trace::execution::{self, AudioItem, Event, ExecutionDocument, of_trace};
use flowsim::value::{Json, is_uuid};
use flowsim::world::{FixtureHost, Fixtures};

/// Runs the first of these flows.
fn run(flows: &[&str]) -> ExecutionDocument {
    let mut files = Files::new();
    let mut diagnostics = Vec::new();
    let mut architect = Vec::new();
    for (index, text) in flows.iter().enumerate() {
        let file = files.add(format!("{index}.yaml"), *text);
        let document = read_document(&file).unwrap();
        let loaded = read::read_any(&document, &mut diagnostics);
        architect.extend(loaded.architect);
    }
    assert!(!diagnostics.iter().any(check::forbids_running), "{diagnostics:?}");
    let program = Arc::new(Program::compile_all(&[], &architect));
    let call = Call::new(program.entry_flows()[0]);
    let mut session = Session::start(Arc::clone(&program), &call);
    let fixtures = Fixtures::default();
    let trace = play(&mut session, &call, &mut FixtureHost::new(&fixtures, &[]));
    of_trace(&trace, &program.legend)
}

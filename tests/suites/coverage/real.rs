//! Flows of real organisations: coverage works for all of their contents.

#![expect(clippy::print_stderr, reason = "what is skipped or counted has to be seen")]

use std::sync::Arc;

use flowsim::analysis::coverage::{Coverage, Kind, Report, read, render_json};
use flowsim::engine::{Call, Session, play};
use flowsim::flow::FlowId;
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::report::coverage::render_lcov;
use flowsim::source::{Files, read_json};
use flowsim::world::{FixtureHost, Fixtures, Input};

use super::stage::shares;
use crate::shared::shared;

#[test]
#[ignore = "needs ../shared/data"]
fn real_flows_can_be_counted() {
    let folder = shared("flows");
    let mut files = Files::new();
    let loaded = load(&[folder], &[], &mut files);
    let program = Arc::new(Program::compile_all(&loaded.flows, &loaded.architect));
    let mut coverage = Coverage::new(&program);
    let fixtures = Fixtures::default();
    let inputs: Vec<Input> = ["1", "2", "3", "1", "9"]
        .iter()
        .map(|keys| Input::parse(keys).unwrap())
        .collect();
    for flow in (0..program.units.len()).map(FlowId::new) {
        for inputs in [&inputs[..], &inputs[1..], &[]] {
            let call = Call::new(flow);
            let mut session = Session::start(Arc::clone(&program), &call);
            let mut host = FixtureHost::new(&fixtures, inputs);
            coverage.add(&play(&mut session, &call, &mut host));
        }
    }
    let report = Report::of(&coverage, &files);
    eprintln!("{} calls: {}", report.calls, shares(&report));
    for (kind, share) in Kind::ALL.into_iter().zip(report.shares()) {
        assert!(share.covered <= share.total, "{}", kind.name());
    }
    assert!(report.share(Kind::Nodes).covered > 0);
    assert!(report.flows.iter().all(|flow| flow.count > 0), "every flow was called");
    let text = render_json(&report);
    let file = Files::new().add("coverage.json", &*text);
    let (again, diagnostics) = read(&read_json(&file).unwrap());
    assert_eq!(diagnostics, []);
    assert_eq!(again, report);
    assert!(render_lcov(&report).ends_with("end_of_record\n"));
}

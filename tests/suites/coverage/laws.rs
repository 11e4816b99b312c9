//! Properties of all counts: the order does not matter, and coverage never exceeds the
//! total.

#![expect(clippy::unwrap_used, reason = "a test panics where it fails")]

use std::sync::LazyLock;

use flowsim::analysis::coverage::{
    Coverage, Kind, OtherProgram, Report, read, render_json,
};
use flowsim::flow::{NodeId, TextId};
use flowsim::report::coverage::{render_lcov, render_summary, render_uncovered};
use flowsim::source::{Files, read_json};
use flowsim::trace::{Event, EventKind, Field, PathTaken, Phrase, Step, Trace};
use flowsim::value::Value;
use proptest::prelude::*;

use super::architect::{CLOCK, DESK};
use super::draft::FLOWS;
use super::stage::Stage;

/// All flows of this folder, and different calls of them.
static POOL: LazyLock<(Stage, Vec<Trace>)> = LazyLock::new(|| {
    let stage = Stage::new(&[FLOWS, DESK, CLOCK]);
    let calls: [(&str, &[&str]); 11] = [
        ("main", &["1"]),
        ("main", &["2"]),
        ("main", &["-"]),
        ("main", &["7"]),
        ("greet", &[]),
        ("Desk", &["1", "2"]),
        ("Desk", &["2"]),
        ("Desk", &["*"]),
        ("Desk", &["-", "5"]),
        ("Desk", &["1", "1", "hangup"]),
        ("Clock", &[]),
    ];
    let traces = calls.iter().map(|(flow, inputs)| stage.call(flow, inputs)).collect();
    (stage, traces)
});

fn coverage(calls: &[usize]) -> Coverage {
    let (stage, traces) = &*POOL;
    let mut coverage = Coverage::new(&stage.program);
    calls.iter().for_each(|call| coverage.add(&traces[*call]));
    coverage
}

fn report(coverage: &Coverage) -> Report {
    POOL.0.report(coverage)
}

fn calls() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..POOL.1.len(), 0..12)
}

fn merged(one: &Report, other: &Report) -> Report {
    let mut merged = one.clone();
    merged.merge(other.clone()).unwrap();
    merged
}

/// Returns which items are covered, without their counts.
fn covered(report: &Report) -> Vec<bool> {
    let nodes = report.flows.iter().flat_map(|flow| &flow.nodes);
    let of_nodes = nodes.flat_map(|node| {
        std::iter::once(node.count > 0).chain(node.parts.iter().map(|it| it.count > 0))
    });
    report.flows.iter().map(|flow| flow.count > 0).chain(of_nodes).collect()
}

fn assert_possible(report: &Report) {
    for (kind, share) in Kind::ALL.into_iter().zip(report.shares()) {
        assert!(share.covered <= share.total, "{}: {share:?}", kind.name());
        assert!(share.percent() <= 100);
        assert_eq!(share.percent() == 100, share.covered == share.total);
    }
}

/// Every kind is covered in part by some call, so that the properties are not vacuous.
#[test]
fn the_pool_covers_something_of_every_kind() {
    let all: Vec<usize> = (0..POOL.1.len()).collect();
    let report = report(&coverage(&all));
    for kind in Kind::ALL {
        assert!(report.share(kind).covered > 0, "{}", kind.name());
    }
}

#[test]
fn counts_of_different_programs_cannot_be_merged() {
    let mut here = coverage(&[0]);
    let other = Stage::new(&[FLOWS]);
    assert_eq!(here.merge(&Coverage::new(&other.program)), Err(OtherProgram));
    assert_eq!(report(&here), report(&coverage(&[0])));
    // The same flows compiled again are the same program.
    let again = Stage::new(&[FLOWS, DESK, CLOCK]);
    assert_eq!(here.merge(&Coverage::new(&again.program)), Ok(()));
}

proptest! {
    #[test]
    fn calls_count_the_same_in_any_order(
        (calls, shuffled) in calls().prop_flat_map(|calls| {
            (Just(calls.clone()), Just(calls).prop_shuffle())
        })
    ) {
        let one = report(&coverage(&calls));
        let other = report(&coverage(&shuffled));
        prop_assert_eq!(render_json(&one), render_json(&other));
        prop_assert_eq!(render_lcov(&one), render_lcov(&other));
        prop_assert_eq!(render_summary(&one), render_summary(&other));
        assert_possible(&one);
    }

    #[test]
    fn parts_add_up_to_the_whole(a in calls(), b in calls()) {
        let whole: Vec<usize> = a.iter().chain(&b).copied().collect();
        let whole = render_json(&report(&coverage(&whole)));
        let mut in_threads = coverage(&a);
        in_threads.merge(&coverage(&b)).unwrap();
        prop_assert_eq!(&render_json(&report(&in_threads)), &whole);
        let reports = merged(&report(&coverage(&a)), &report(&coverage(&b)));
        prop_assert_eq!(render_json(&reports), whole);
    }

    #[test]
    fn merging_is_commutative_and_associative(a in calls(), b in calls(), c in calls()) {
        let [a, b, c] = [a, b, c].map(|calls| report(&coverage(&calls)));
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        prop_assert_eq!(covered(&merged(&a, &a)), covered(&a));
        prop_assert_eq!(merged(&a, &Report::default()), a.clone());
        prop_assert_eq!(merged(&Report::default(), &a), a);
    }

    #[test]
    fn a_parsed_document_equals_the_report(calls in calls()) {
        let report = report(&coverage(&calls));
        let text = render_json(&report);
        let mut files = Files::new();
        let file = files.add("coverage.json", &*text);
        let (again, diagnostics) = read(&read_json(&file).unwrap());
        prop_assert_eq!(diagnostics, []);
        prop_assert_eq!(render_json(&again), text);
        prop_assert_eq!(again, report);
    }

    /// Traces that no session produces, of nodes that do not exist.
    #[test]
    fn coverage_never_exceeds_the_total(steps in prop::collection::vec(step(), 0..40)) {
        let (stage, traces) = &*POOL;
        let facts = [
            EventKind::Prompted(Phrase::Constant(TextId(0))),
            EventKind::Prompted(Phrase::Made("Help".into())),
            EventKind::Input(Field::Case(0), Value::NOT_SET),
            EventKind::Input(Field::Case(2), Value::NOT_SET),
            EventKind::Input(Field::Case(u16::MAX), Value::NOT_SET),
        ];
        let events = (0..50).flat_map(|step| {
            facts.iter().map(move |fact| Event { step, kind: fact.clone() })
        });
        let trace = Trace { steps, events: events.collect(), ..traces[0].clone() };
        let mut coverage = Coverage::new(&stage.program);
        coverage.add(&trace);
        let report = report(&coverage);
        assert_possible(&report);
        prop_assert!(render_uncovered(&report).len() < 10_000);
    }
}

fn step() -> impl Strategy<Value = Step> {
    let path = prop_oneof![
        Just(PathTaken::None),
        Just(PathTaken::Next),
        Just(PathTaken::Error),
        Just(PathTaken::Default),
        prop_oneof![0..4u16, Just(u16::MAX)].prop_map(PathTaken::Condition),
        prop_oneof![0..4u16, Just(u16::MAX)].prop_map(PathTaken::Output),
    ];
    let node = || prop_oneof![0..40u32, Just(u32::MAX)].prop_map(NodeId);
    (node(), 0..4u16, path, prop::option::of(node())).prop_map(
        |(node, depth, path, next)| Step {
            node,
            depth,
            path,
            next,
            start_ms: 0,
            end_ms: 0,
        },
    )
}

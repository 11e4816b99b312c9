//! Exploration of flows that compute with numbers: what no values lead to is unreachable,
//! although the states of the flow have no end.

use flowsim::analysis::coverage::Goals;
use flowsim::explore::{Options, Verdict};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::explore::{
    OPTIONS, call_task, collect, decision, disconnect, explored, flow, jump, number,
    program_of, reached, task, update, verdict,
};

/// Every call has another value of `Flow.a`, but it is always between 10 and 30, or above
/// 100.
#[test]
fn ranges_of_numbers_are_a_proof() {
    let actions = [
        collect("Ask"),
        update("Key", "Flow.b", "ToInt(Flow.keys)"),
        decision(
            "One?",
            "Flow.b == 1",
            &[update("Small", "Flow.a", "(Flow.a * 7 + 3) % 11 + 20")],
            &[update("Large", "Flow.a", "Flow.a % 1000 + 1101")],
        ),
        decision("Middle?", "Flow.a > 30 and Flow.a < 100", &[disconnect("Middle")], &[]),
        decision("Huge?", "Flow.a > 2099", &[disconnect("Huge")], &[]),
        jump("Again", 0),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let exploration = explored(&program, Options { budget: 400, ..OPTIONS });
    let of = |node: &str| verdict(&exploration, &program, node, None);
    assert_eq!(of("Middle"), "unreachable: no values of the variables lead here");
    assert!(of("Huge").starts_with("undecided"), "{}", of("Huge"));
    assert!(of("Small").starts_with("reachable"));
}

/// A counter that also goes down has no largest value. It does not matter to the other
/// variable.
#[test]
fn counters_are_left_out() {
    let actions = [
        collect("Ask"),
        update("Key", "Flow.b", "ToInt(Flow.keys)"),
        decision(
            "One?",
            "Flow.b == 1",
            &[update("Up", "Flow.a", "Flow.a + 2")],
            &[update("Down", "Flow.a", "Flow.a - 1")],
        ),
        decision("Exact?", "Flow.a == 50", &[update("Set", "Flow.b", "77")], &[]),
        decision("Both?", "Flow.b == 1 and Flow.b == 77", &[disconnect("Both")], &[]),
        decision("Other?", "Flow.b > 9 and Flow.b < 77", &[disconnect("Other")], &[]),
        jump("Again", 0),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let exploration = explored(&program, Options { budget: 100, ..OPTIONS });
    let of = |node: &str| verdict(&exploration, &program, node, None);
    assert_eq!(of("Both"), "unreachable: no values of the variables lead here");
    // `ToInt` of an entry may be any number here.
    assert!(of("Other").starts_with("undecided"), "{}", of("Other"));
    assert!(of("Set").starts_with("undecided"), "{}", of("Set"));
}

/// An entry of two digits that becomes a number is divided into classes by what is asked
/// about the number.
#[test]
fn entries_that_become_numbers_have_classes() {
    let mut ask = collect("Ask");
    ask["collectInput"]["digits"] = json!({"exact": 2});
    let actions =
        [ask, update("Key", "Flow.b", "ToInt(Flow.keys)"), call_task("Call", 1)];
    let known = [
        decision("Ten?", "Flow.b == 10", &[disconnect("Ten")], &[]),
        decision("Many?", "Flow.b * 2 > 194", &[disconnect("Many")], &[]),
        decision("Too many?", "Flow.b > 99", &[disconnect("Too many")], &[]),
    ];
    let program = program_of(&flow(&[task(0, &actions), task(1, &known)], &[]));
    let exploration = explored(&program, OPTIONS);
    let of = |node: &str| verdict(&exploration, &program, node, None);
    assert_eq!(of("Ten"), "reachable 10");
    assert_eq!(of("Many"), "reachable 98");
    assert!(of("Too many").starts_with("unreachable"));
    assert!(exploration.used < 12, "{}", exploration.used);
    assert!(exploration.is_complete);
}

/// A number that becomes a string again has no classes: `07` and `7` are the same number.
#[test]
fn a_number_that_becomes_a_string_has_no_classes() {
    let mut ask = collect("Ask");
    ask["collectInput"]["digits"] = json!({"range": {"min": 1, "max": 9}});
    let actions = [
        ask,
        update("Key", "Flow.b", "ToInt(Flow.keys)"),
        decision(
            "Odd?",
            "Left(ToString(Flow.b), 2) == \"71\"",
            &[disconnect("Odd")],
            &[],
        ),
        decision("Never?", "Length(ToString(Flow.b)) == 12", &[disconnect("Never")], &[]),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let exploration = explored(&program, Options { is_fixed: false, ..OPTIONS });
    let of = |node: &str| verdict(&exploration, &program, node, None);
    assert!(of("Odd").starts_with("reachable"), "{}", of("Odd"));
    assert!(of("Never").starts_with("undecided"), "{}", of("Never"));
}

/// A task that calls itself has several values of its variables at once.
#[test]
fn tasks_that_call_themselves_are_not_decided() {
    let actions = [
        collect("Ask"),
        update("Count", "Flow.a", "Flow.a * 3 % 1000 + 1001"),
        decision("Low?", "Flow.a < 0", &[disconnect("Low")], &[]),
        call_task("Again", 0),
    ];
    let program = program_of(&flow(&[task(0, &actions)], &[]));
    let exploration = explored(&program, Options { budget: 20, ..OPTIONS });
    let low = verdict(&exploration, &program, "Low", None);
    assert!(low.starts_with("undecided"), "{low}");
}

fn condition() -> impl Strategy<Value = String> {
    let side = select(&["Flow.a", "Flow.b", "Flow.a - Flow.b", "Flow.b % 4"][..]);
    let order = select(&["==", "!=", "<", ">="][..]);
    let test = (side, order, -4..12_i32)
        .prop_map(|(side, order, it)| format!("{side} {order} {it}"));
    let word = select(&["and", "or"][..]);
    (test.clone(), word, test)
        .prop_map(|(one, word, two)| format!("({one}) {word} ({two})"))
}

fn action(depth: u32) -> BoxedStrategy<Value> {
    let value = select(
        &[
            "Flow.a + 1",
            "Flow.b - 2",
            "(Flow.a * Flow.b + 3) % 7",
            "Flow.b % 5 - 9",
            "ToInt(Flow.a / 2)",
            "If(Flow.b > 3, Flow.a, 2)",
            "ToInt(Flow.keys)",
            "4",
            "Flow.a",
        ][..],
    );
    let variable = select(&["Flow.a", "Flow.b"][..]);
    let leaf = prop_oneof![
        4 => Just(collect("Ask")),
        5 => (variable, value).prop_map(|(variable, it)| update("Set", variable, it)),
        1 => (0..2_usize).prop_map(|index| jump("Jump", index)),
        1 => Just(disconnect("Disconnect")),
        1 => Just(json!({"endTask": {"name": "End"}})),
        1 => Just(call_task("Call", 2)),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || prop::collection::vec(action(depth - 1), 0..3);
    let choice = (condition(), inner(), inner())
        .prop_map(|(condition, yes, no)| decision("Decide", &condition, &yes, &no));
    prop_oneof![2 => leaf, 3 => choice].boxed()
}

/// A flow of three tasks; the third is called and calls none.
fn generated() -> impl Strategy<Value = Value> {
    let actions = || prop::collection::vec(action(2), 1..5);
    let called = prop::collection::vec(action(1), 0..3);
    (actions(), actions(), called).prop_map(|(first, second, called)| {
        let is_call = |it: &Value| it.to_string().contains("callTask");
        let called: Vec<Value> = called.into_iter().filter(|it| !is_call(it)).collect();
        let mut flow = flow(&[task(0, &first), task(1, &second), task(2, &called)], &[]);
        number(&mut flow["inboundCall"]["tasks"], &mut 0);
        flow
    })
}

proptest! {
    /// No call reaches what is unreachable, however small the budget is.
    #[test]
    fn no_short_call_reaches_what_is_unreachable(flow in generated(), budget in 1..40_u64) {
        let program = program_of(&flow);
        let goals = Goals::of(&program);
        let exploration = explored(&program, Options { budget, ..OPTIONS });
        let reached = reached(&program, &goals);
        for goal in goals.all() {
            let decided = exploration.goals.iter().find(|it| {
                it.node == goal.node && it.output.as_deref() == goal.output
            });
            if reached.contains_key(&goal.number) {
                let verdict = &decided.expect("every goal has a verdict").verdict;
                prop_assert!(
                    !matches!(verdict, Verdict::Unreachable(_)),
                    "{} {:?}: {verdict:?}", program.symbols.node(goal.node).name, goal.output
                );
            }
        }
    }
}

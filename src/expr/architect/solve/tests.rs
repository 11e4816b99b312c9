//! Tests of the solver: the expressions are evaluated again with the values that it found.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::super::names::Declarations;
use super::super::trial::Empty;
use super::*;
use crate::value::Kind;

/// Variables by slot.
#[derive(Default)]
struct Variables(BTreeMap<u32, Value>);

impl Scope for Variables {
    fn variable(&self, slot: u32) -> &Value {
        self.0.get(&slot).unwrap_or(&Value::NOT_SET)
    }

    fn environment(&self) -> &dyn Environment {
        &Empty
    }
}

/// Variables of most kinds, without values.
const DECLARED: [(&str, Type); 14] = [
    ("Flow.i", Type::one(Kind::Integer)),
    ("Flow.j", Type::one(Kind::Integer)),
    ("Flow.k", Type::one(Kind::Integer)),
    ("Flow.d", Type::one(Kind::Decimal)),
    ("Flow.e", Type::one(Kind::Decimal)),
    ("Flow.s", Type::one(Kind::String)),
    ("Flow.t", Type::one(Kind::String)),
    ("Flow.b", Type::one(Kind::Boolean)),
    ("Flow.when", Type::one(Kind::DateTime)),
    ("Flow.length", Type::one(Kind::Duration)),
    ("Flow.money", Type::one(Kind::Currency)),
    ("Flow.json", Type::one(Kind::Json)),
    ("Flow.list", Type::many(Kind::String)),
    ("Flow.numbers", Type::many(Kind::Integer)),
];

/// Compiles a condition. Returns it with variables that have no values.
fn condition(text: &str) -> (Expression, Variables) {
    let mut names = Declarations::new();
    let mut variables = Variables::default();
    for (name, holds) in DECLARED {
        let slot = names.declare(name, holds);
        variables.0.insert(slot, Value::unset(holds));
    }
    let compiled = Expression::compile(text, &mut names, None);
    let compiled = compiled.unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    (compiled, variables)
}

/// Solves a condition, and evaluates it with each solution. Returns the number of them.
fn solved(text: &str, wanted: bool) -> usize {
    let (expression, variables) = condition(text);
    let found = solve(&[(&expression, Value::Boolean(wanted))], &variables);
    for changes in &found {
        let mut changed = Variables(variables.0.clone());
        let mut now = None;
        for (slot, value) in changes {
            match slot {
                &CLOCK => now = Some(value.clone()),
                slot => drop(changed.0.insert(*slot, value.clone())),
            }
        }
        if now.is_none() {
            let value = expression.evaluate(&changed);
            let is_true = matches!(value, Ok(Value::Boolean(true)));
            assert_eq!(is_true, wanted, "{text} {changes:?} {value:?}");
        }
    }
    found.len()
}

/// Conditions that flows have.
const USUAL: &[&str] = &[
    "Flow.i > 41",
    "Flow.i + Flow.j > 100",
    "Flow.i - Flow.j >= 250",
    "Flow.i * Flow.j == 77",
    "Flow.i % 7 == 3",
    "Flow.i / 60 == 5",
    "-Flow.i > 7",
    "Flow.i > Flow.j and Flow.j > Flow.k and Flow.k > 5",
    "Flow.i == 4 or Flow.s == \"x\"",
    "!(Flow.i == 4) and Flow.b",
    "If(Flow.i > 5, Flow.s, \"none\") == \"gold\"",
    "Round(Flow.d) == 7",
    "Flow.d - Flow.e < 0",
    "ToInt(Flow.s) > 41",
    "ToDecimal(Flow.s) * 60 - 90 < 0",
    "ToInt(Flow.s) * 60 - Flow.i < -30",
    "ToInt(ToDecimal(GetAt(Flow.list, 2)) * 60) - 61 < 0",
    "Flow.s == Flow.t",
    "Flow.s + \"-\" + Flow.t == \"gold-card\"",
    "Append(Flow.s, Flow.t) == \"goldcard\"",
    "Flow.s > \"M\"",
    "Compare(Flow.s, \"M\") < 0",
    "Reverse(Flow.s) == \"abc\"",
    "Lower(Trim(Flow.s)) == \"yes\"",
    "Left(Flow.s, 3) == \"317\"",
    "Right(Flow.s, 4) == Flow.t",
    "ToInt(Substring(Flow.s, 2, 2)) > 12",
    "Replace(Flow.s, \"-\", \"\") == \"12345678\"",
    "FindString(Flow.s, \"-\") == 3",
    "Length(Flow.s) == 12",
    "Contains(Flow.s, \"vip\")",
    "Count(Split(Flow.s, \";\")) == 3",
    "GetAt(Split(Flow.s, \";\"), 1) == \"vip\"",
    "Count(Flow.list) > 3",
    "Count(Flow.list) > 1 and GetAt(Flow.list, 1) == \"gold\"",
    "FindFirst(Flow.list, Flow.s) >= 0",
    "Count(Flow.numbers) > 0 and Sum(Flow.numbers) > 50",
    "ToInt(Flow.json.balance) > 100",
    "ToString(Flow.json.status) == \"open\"",
    "Flow.money > MakeCurrency(100, \"USD\")",
    "Flow.length > MakeDuration(0, 0, 10, 0, 0)",
    "ToDuration(Flow.s) >= MakeDuration(0, 2, 0, 0, 0)",
    "Year(Flow.when) < 2000",
    "DayOfWeek(Flow.when) == 1 or DayOfWeek(Flow.when) == 7",
    "AddDays(Flow.when, 30) > GetCurrentDateTimeUtc()",
    "DateTimeDiff(Flow.when, GetCurrentDateTimeUtc()) < MakeDuration(3, 0, 0, 0, 0)",
    "Left(ToPhoneNumber(Flow.s).e164, 3) == \"+49\"",
    "ToDateTime(Flow.s) < GetCurrentDateTimeUtc()",
    "IsSet(Flow.s) and !IsNotSetOrEmpty(Flow.t)",
];

#[test]
fn both_results_of_usual_conditions_are_found() {
    for text in USUAL {
        assert!(solved(text, true) > 0, "{text} is true");
        assert!(solved(text, false) > 0, "{text} is false");
    }
}

#[test]
fn the_clock_is_a_variable() {
    for text in [
        "Hour(GetCurrentDateTimeUtc()) < 8",
        "DayOfWeek(GetCurrentDateTimeUtc()) == 7",
        "Month(GetCurrentDateTimeUtc()) == 12 and Day(GetCurrentDateTimeUtc()) == 25",
    ] {
        let (expression, variables) = condition(text);
        let found = solve(&[(&expression, true.into())], &variables);
        let clocks = |changes: &Changes| matches!(changes[..], [(CLOCK, _)]);
        assert!(found.first().is_some_and(clocks), "{text}: {found:?}");
    }
}

#[test]
fn small_changes_come_first() {
    let (expression, variables) = condition("Flow.i > 41");
    let found = solve(&[(&expression, true.into())], &variables);
    assert_eq!(found[0], [(0, Value::Integer(42))]);
}

#[test]
fn nothing_is_found_for_a_contradiction() {
    for text in ["Flow.i > 5 and Flow.i < 3", "Length(Flow.s) < 0", "false"] {
        assert_eq!(solved(text, true), 0, "{text}");
    }
}

#[test]
fn several_expressions_are_solved_together() {
    let (one, variables) = condition("Flow.i > 10");
    let (two, _) = condition("Flow.i % 4 == 3");
    let wanted = [(&one, true.into()), (&two, true.into())];
    let found = solve(&wanted, &variables);
    let first = found.first().and_then(|it| it.first());
    let Some((0, Value::Integer(number))) = first else { panic!("{found:?}") };
    assert!(*number > 10 && number % 4 == 3, "{number}");
}

/// Returns the variants of an expression for which no difference is found. Each difference
/// that is found is evaluated again.
fn without_difference(text: &str) -> Vec<String> {
    let (expression, variables) = condition(text);
    let variants = expression.variants().into_iter();
    let same = variants.filter(|(words, variant)| {
        let found = solve_difference(&expression, variant, &variables);
        for changes in &found {
            let changed = Changed { scope: &variables, changes };
            let (one, other) =
                (expression.evaluate(&changed), variant.evaluate(&changed));
            match (one, other) {
                (Ok(one), Ok(other)) => assert_ne!(one, other, "{text}: {words}"),
                (one, other) => assert_ne!(one.is_ok(), other.is_ok(), "{text}: {words}"),
            }
        }
        found.is_empty()
    });
    same.map(|(words, _)| words).collect()
}

#[test]
fn expressions_differ_from_their_variants() {
    for text in [
        "Flow.i > 10",
        "Flow.i >= 5 and Flow.j < Flow.k",
        "Flow.i * 60 + Flow.j > 5400",
        "Flow.s == \"gold\" or Contains(Flow.t, \"unknown\")",
        "if(Flow.i > 3, if(Flow.b, \"a\", \"b\"), \"c\")",
        "if(Flow.i == 1, Append(\"T\", ToString(Flow.j)), Append(\"S\", Flow.s))",
        "Append(\"PT\", ToString(Flow.i / 60), \"H\")",
        "!(Flow.b and Length(Flow.s) > 4)",
    ] {
        assert_eq!(without_difference(text), Vec::<String>::new(), "{text}");
    }
}

/// No value makes `5401` different from `5400`.
#[test]
fn equal_expressions_have_no_difference() {
    let (one, variables) = condition("Flow.i * 60 > 5400");
    let (other, _) = condition("Flow.i * 60 > 5401");
    assert_eq!(solve_difference(&one, &other, &variables), Vec::<Changes>::new());
}

fn term() -> impl Strategy<Value = String> {
    let variable = select(vec!["Flow.i", "Flow.j", "Flow.k"]).prop_map(str::to_owned);
    let number = (1..20_i64).prop_map(|number| format!("({number})"));
    prop_oneof![3 => variable, 1 => number].prop_recursive(3, 12, 2, |inner| {
        (inner.clone(), select(vec!["+", "-", "*", "%"]), inner)
            .prop_map(|(left, operator, right)| format!("({left} {operator} {right})"))
    })
}

proptest! {
    /// Every solution is true, and sums that can have any value are solved.
    #[test]
    fn solutions_are_true(
        left in term(),
        shape in select(vec!["<", "<=", ">", ">=", "==", "!="]),
        right in term(),
        wanted in any::<bool>(),
    ) {
        solved(&format!("{left} {shape} {right}"), wanted);
        let sum = format!("Flow.i + {} {shape} 7", right.replace("Flow.i", "3"));
        if !sum.contains('%') {
            prop_assert!(solved(&sum, wanted) > 0, "{sum}");
        }
    }
}

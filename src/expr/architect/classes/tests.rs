//! Examples of classes agree with all values.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::environment::{Directory, Environment, Policies, UnknownOrganization};
use super::super::evaluate::Scope;
use super::super::expression::Expression;
use super::super::names::Declarations;
use super::*;
use crate::expr::laws::laws;
use crate::value::{MAX_INTEGER, Type};

/// An organisation that may ignore the case of strings.
struct Given {
    value: Value,
    policies: Policies,
}

impl Scope for Given {
    fn variable(&self, _slot: u32) -> &Value {
        &self.value
    }

    fn environment(&self) -> &dyn Environment {
        self
    }
}

impl Environment for Given {
    fn directory(&self) -> &dyn Directory {
        self
    }

    fn now(&self) -> DateTime {
        DateTime::MIN
    }

    fn random(&self) -> u64 {
        0
    }
}

impl Directory for Given {
    fn policies(&self) -> Policies {
        self.policies
    }

    fn by_id(&self, kind: Kind, id: &str) -> Option<Value> {
        UnknownOrganization.by_id(kind, id)
    }

    fn by_name(&self, kind: Kind, name: &str) -> Option<Value> {
        UnknownOrganization.by_name(kind, name)
    }

    fn user_prompt(&self, name: &str) -> Option<Value> {
        UnknownOrganization.user_prompt(name)
    }

    fn system_prompt(&self, name: &str) -> Option<Value> {
        UnknownOrganization.system_prompt(name)
    }

    fn default_language(&self) -> Text {
        UnknownOrganization.default_language()
    }

    fn supported_languages(&self) -> Vec<Text> {
        UnknownOrganization.supported_languages()
    }

    fn exchange_rate(&self, from: &str, to: &str) -> Option<Decimal> {
        UnknownOrganization.exchange_rate(from, to)
    }

    fn detect_language(&self, text: &str) -> Option<Text> {
        UnknownOrganization.detect_language(text)
    }
}

const OTHER: &str = "any other value";

fn compiled(text: &str, kind: Kind) -> Expression {
    let mut names = Declarations::new();
    names.declare("Flow.a", Type::one(kind));
    Expression::compile(text, &mut names, None)
        .unwrap_or_else(|it| panic!("{text} {it:?}"))
}

fn observed(texts: &[String], kind: Kind, ignores_case: bool) -> Option<Observations> {
    let mut observations = Observations::new(kind, ignores_case);
    let only =
        texts.iter().all(|text| compiled(text, kind).observe(0, &mut observations));
    only.then_some(observations)
}

/// Returns the results of conditions for a value, with codes of failures.
fn results(
    texts: &[String],
    kind: Kind,
    ignores_case: bool,
    value: &Value,
) -> Vec<String> {
    let policies =
        Policies { equality_ignores_case: ignores_case, ..Policies::default() };
    let given = Given { value: value.clone(), policies };
    let result = |text: &String| match compiled(text, kind).evaluate(&given) {
        Ok(value) => format!("{value:?}"),
        Err(failure) => failure.code().name().to_owned(),
    };
    texts.iter().map(result).collect()
}

fn examples(text: &str, kind: Kind) -> String {
    let observations = observed(&[text.to_owned()], kind, false);
    let examples = observations.and_then(|it| it.examples(OTHER));
    examples.map_or("none".into(), |it| Json::array(it).to_string())
}

#[test]
fn every_class_of_strings_has_an_example() {
    for (text, expected) in [
        (r#"Flow.a == "gold""#, r#"["gold","any other value",""]"#),
        (
            r#"Contains(Flow.a, "ab") and Length(Flow.a) == 2"#,
            r#"["a","aa","aab","ab","any other value",""]"#,
        ),
        (r#"Left(Flow.a, 1) == "x""#, r#"["x","any other value",""]"#),
        (r#"Right(Flow.a, 2) == "xy""#, r#"["xy","any other value",""]"#),
        (r#"Substring(Flow.a, 1, 1) == "5""#, r#"["55","any other value",""]"#),
        (r#"Upper(Trim(Flow.a)) == "YES""#, r#"["YES","any other value",""]"#),
        ("Length(Flow.a) * 2 + 1 > 4", r#"["a","aa","any other value",""]"#),
        ("IsNotSetOrEmpty(Trim(Flow.a))", r#"[" ","any other value",""]"#),
        ("Flow.a == NOT_SET", r#"["any other value",""]"#),
        (r#"Flow.a < "b""#, "none"),
        (r#"Reverse(Flow.a) == "b""#, "none"),
        (r#"Contains(Flow.a, Flow.a)"#, "none"),
        ("Length(Flow.a) > 100000", "none"),
        (r#"Lower(Flow.a) == "σ""#, "none"),
        ("ToInt(Flow.a) > 5", "none"),
    ] {
        assert_eq!(examples(text, Kind::String), expected, "{text}");
    }
}

/// *Source: Genesys' expression catalogue on ToPhoneNumber.*
#[test]
fn blank_strings_are_not_telephone_numbers() {
    let kind = Kind::String;
    let mut observations = Observations::new(kind, false);
    let number = compiled("ToPhoneNumber(Left(Flow.a, 2))", kind);
    assert!(number.observe_presence(0, &mut observations));
    assert!(!number.observe(0, &mut Observations::new(kind, false)));
    let examples = observations.examples(OTHER).map(|it| Json::array(it).to_string());
    assert_eq!(examples.unwrap(), r#"[" ","any other value",""]"#);
    for value in ["", " ", "\u{2003}", "a", " a", "  a", "+1", "x y"] {
        let text = ["IsSet(ToPhoneNumber(Left(Flow.a, 2)))".to_owned()];
        let is_blank = value.chars().take(2).all(char::is_whitespace);
        let found = results(&text, kind, false, &Value::from(value));
        assert_eq!(found, [format!("{:?}", Value::Boolean(!is_blank))], "{value:?}");
    }
}

/// A policy makes `==` ignore the case of strings, but not a switch.
#[test]
fn cases_of_a_switch_distinguish_the_case_of_strings() {
    let mut observations = Observations::new(Kind::String, true);
    let gold = Value::from("gold");
    let variable = compiled("Flow.a", Kind::String);
    assert!(variable.observe_equality(&gold, 0, &mut observations));
    let count = |it: &Observations| it.examples(OTHER).unwrap().len();
    assert_eq!(count(&observations), 3);
    let equal = compiled("Flow.a == \"gold\"", Kind::String);
    assert!(equal.observe(0, &mut observations));
    // The string as it is, with other letters, any other string, and the empty one.
    assert_eq!(count(&observations), 4);
}

#[test]
fn every_class_of_numbers_and_times_has_an_example() {
    for (text, kind, expected) in [
        ("Flow.a > 5", Kind::Integer, "[0,4,5,6]"),
        (
            "2 * Flow.a == 5",
            Kind::Integer,
            "[-500000000000001,-500000000000000,-499999999999999,-499999999999998,0,1,2,3,4,\
             499999999999998,499999999999999,500000000000000,500000000000001]",
        ),
        ("Flow.a * Flow.a > 4", Kind::Integer, "none"),
        ("Flow.a % 2 == 0", Kind::Integer, "none"),
        ("Flow.a >= 2.5", Kind::Integer, "[0,1,2,3,4]"),
        ("Flow.a >= 2.5", Kind::Decimal, "[-1.0,0.0,1.25,2.5,3.5]"),
        ("Flow.a + 1 > 2.5", Kind::Decimal, "none"),
        (
            "Flow.a < MakeDuration(0, 0, 1, 0)",
            Kind::Duration,
            r#"["PT0S","PT59.999S","PT1M","PT1M0.001S"]"#,
        ),
    ] {
        assert_eq!(examples(text, kind), expected, "{text}");
    }
}

const WORDS: [&str; 10] = ["", "a", "A", "ab", "ba", "aB", "1", " a", "a ", "ß"];

fn term() -> BoxedStrategy<String> {
    let leaf = Just("Flow.a".to_owned()).boxed();
    leaf.prop_recursive(3, 3, 1, |inner| {
        prop_oneof![
            (
                select(&["Upper", "Lower", "Trim", "LTrim", "RTrim", "ToString"][..]),
                inner.clone()
            )
                .prop_map(|(name, text)| format!("{name}({text})")),
            (select(&["Left", "Right"][..]), inner.clone(), 0..4)
                .prop_map(|(name, text, count)| format!("{name}({text}, {count})")),
            (inner, 0..3, 0..3).prop_map(|(text, from, count)| {
                format!("Substring({text}, {from}, {count})")
            }),
        ]
    })
    .boxed()
}

fn string_condition() -> impl Strategy<Value = String> {
    let orders = || select(&["==", "!=", "<", "<=", ">", ">="][..]);
    prop_oneof![
        (term(), select(&["==", "!="][..]), select(&WORDS[..]))
            .prop_map(|(text, order, word)| format!("{text} {order} \"{word}\"")),
        (term(), select(&WORDS[..]))
            .prop_map(|(text, word)| format!("Contains({text}, \"{word}\")")),
        (term(), select(&WORDS[..]), any::<bool>())
            .prop_map(|(text, word, it)| format!("Contains({text}, \"{word}\", {it})")),
        (term(), orders(), -1..4)
            .prop_map(|(text, order, count)| format!("Length({text}) {order} {count}")),
        (term(), orders(), 0..5).prop_map(|(text, order, count)| format!(
            "3 - Length({text}) * 2 {order} {count}"
        )),
        term().prop_map(|text| format!("IsNotSetOrEmpty({text})")),
    ]
}

/// A condition that may combine others.
fn condition(
    of: impl Strategy<Value = String> + 'static,
) -> impl Strategy<Value = String> {
    of.boxed().prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            (inner.clone(), select(&["and", "or"][..]), inner.clone())
                .prop_map(|(one, word, two)| format!("({one} {word} {two})")),
            inner.prop_map(|one| format!("!({one})")),
        ]
    })
}

laws! {
    times 4;

    /// Every string has the same results as an example.
    #[test]
    fn examples_of_strings_represent_all(
        texts in prop::collection::vec(condition(string_condition()), 1..4),
        ignores_case in any::<bool>(),
        values in prop::collection::vec("[aAbB1 \tßſKé]{0,5}", 40),
    ) {
        let kind = Kind::String;
        let observations = observed(&texts, kind, ignores_case);
        if let Some(examples) = observations.and_then(|it| it.examples(OTHER)) {
            let of = |value: &Value| results(&texts, kind, ignores_case, value);
            let known: Vec<Vec<String>> = examples.into_iter().map(|it| of(&Value::from(it))).collect();
            for value in values {
                let found = of(&Value::from(value.as_str()));
                prop_assert!(known.contains(&found), "{texts:?} {value:?}");
            }
        }
    }

    /// Every entry of digits has the same results as an example.
    #[test]
    fn examples_of_entries_represent_all(
        tests in prop::collection::vec((0..7_usize, select(&["==", ">", "<="][..]), 0..1_300_i64), 1..4),
        values in prop::collection::vec("[0-9]{2,4}", 40),
    ) {
        let text = |(form, order, number): &(usize, &str, i64)| match form {
            0 => format!("ToInt(Flow.a) {order} {number}"),
            1 => format!("ToInt(Flow.a) * 2 - 7 {order} {number}"),
            2 => format!("Flow.a == \"{number}\""),
            3 => format!("Left(Flow.a, 2) == \"{}\"", number % 100),
            4 => format!("Contains(Flow.a, \"{}\")", number % 50),
            5 => format!("Length(Flow.a) {order} {}", number % 6),
            _ => format!("Right(Flow.a, 3) != \"{number}\""),
        };
        let texts: Vec<String> = tests.iter().map(text).collect();
        let observations = observed(&texts, Kind::String, false).unwrap();
        let of = |value: &str| results(&texts, Kind::String, false, &Value::from(value));
        let examples = observations.entries(2, 4).unwrap();
        let known: Vec<Vec<String>> = examples.iter().map(|it| of(it)).collect();
        prop_assert!(examples.iter().all(|it| (2..=4).contains(&it.len())));
        for value in values {
            prop_assert!(known.contains(&of(&value)), "{texts:?} {value:?}");
        }
    }

    /// Every whole number has the same results as an example.
    #[test]
    fn examples_of_numbers_represent_all(
        tests in prop::collection::vec(
            (-4..5_i64, -9..9_i64, select(&["==", ">", "<=", "!="][..]), -20..20_i64), 1..4,
        ),
        near in prop::collection::vec(-30..30_i64, 30),
        far in prop::collection::vec(-MAX_INTEGER..MAX_INTEGER, 10),
    ) {
        let text = |(factor, offset, order, number): &(i64, i64, &str, i64)| {
            format!("({factor}) * Flow.a + ({offset}) {order} ({number})")
        };
        let texts: Vec<String> = tests.iter().map(text).collect();
        let observations = observed(&texts, Kind::Integer, false).unwrap();
        let of = |value: i64| results(&texts, Kind::Integer, false, &Value::Integer(value));
        let mut known = Vec::new();
        for example in observations.examples(OTHER).unwrap() {
            let Json::Integer(number) = example else { panic!("{example:?}") };
            known.push(of(number));
        }
        for value in near.into_iter().chain(far).chain([MAX_INTEGER, -MAX_INTEGER]) {
            prop_assert!(known.contains(&of(value)), "{texts:?} {value}");
        }
    }
}

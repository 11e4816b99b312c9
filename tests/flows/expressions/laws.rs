//! Properties that hold for all values.

use flowsim::expr::architect::{Expression, MAX_LENGTH, canonical, parse};
use flowsim::value::{
    DateTime, Decimal, Duration, Kind, MAX_INTEGER, Number, Type, Value,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::world::World;
use crate::laws::laws;

fn decimal() -> impl Strategy<Value = Value> {
    ("-?[0-9]{1,12}", "[0-9]{1,8}").prop_map(|(whole, fraction)| {
        Value::Decimal(Decimal::parse(&format!("{whole}.{fraction}")).unwrap())
    })
}

fn integer() -> impl Strategy<Value = i64> {
    prop_oneof![-1000_i64..1000, -MAX_INTEGER..=MAX_INTEGER]
}

fn duration() -> impl Strategy<Value = Duration> {
    (-3_000_000_000_000_i64..3_000_000_000_000)
        .prop_map(|milliseconds| Duration::from_milliseconds(milliseconds).unwrap())
}

fn moment() -> impl Strategy<Value = DateTime> {
    (-2_000_000_000_000_i64..4_000_000_000_000)
        .prop_map(|milliseconds| DateTime::from_milliseconds(milliseconds).unwrap())
}

/// Three values of one ordered type.
fn comparable() -> impl Strategy<Value = [Value; 3]> {
    let small = |value: BoxedStrategy<Value>| [value.clone(), value.clone(), value];
    prop_oneof![
        small((-3_i64..3).prop_map(Value::Integer).boxed()),
        small(decimal().boxed()),
        small(prop_oneof![(-3_i64..3).prop_map(Value::Integer), decimal()].boxed()),
        small("[aAbBéÉ1 -]{0,4}".prop_map(|text| Value::from(text.as_str())).boxed()),
        small(duration().prop_map(Value::Duration).boxed()),
        small(moment().prop_map(Value::DateTime).boxed()),
    ]
}

fn holds(world: &mut World, text: &str) -> bool {
    match world.value(text) {
        Ok(Value::Boolean(truth)) => truth,
        other => panic!("{text} gives {other:?}"),
    }
}

proptest! {
    #[test]
    fn comparison_is_a_total_order(values in comparable()) {
        let [a, b, c] = values;
        let mut world =
            World::default().with("Flow.a", a).with("Flow.b", b).with("Flow.c", c);
        let mut holds = |text: &str| holds(&mut world, text);
        let order = [holds("Flow.a < Flow.b"), holds("Flow.b < Flow.a")];
        prop_assert!(order != [true, true]);
        prop_assert_eq!(holds("Flow.a <= Flow.b"), !order[1]);
        prop_assert_eq!(holds("Flow.a > Flow.b"), order[1]);
        prop_assert_eq!(holds("Flow.a >= Flow.b"), !order[0]);
        if order == [false, false] {
            prop_assert!(holds("Flow.a == Flow.b"));
        }
        if holds("Flow.a <= Flow.b") && holds("Flow.b <= Flow.c") {
            prop_assert!(holds("Flow.a <= Flow.c"));
        }
    }

    #[test]
    fn appending_is_associative(a in ".{0,30}", b in ".{0,30}", c in ".{0,30}") {
        let mut world = World::default()
            .with("Flow.a", Value::from(a.as_str()))
            .with("Flow.b", Value::from(b.as_str()))
            .with("Flow.c", Value::from(c.as_str()));
        let left = world.value("Append(Append(Flow.a, Flow.b), Flow.c)").unwrap();
        let right = world.value("Append(Flow.a, Append(Flow.b, Flow.c))").unwrap();
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(&left, &Value::string(format!("{a}{b}{c}")));
        let sum = world.value("Flow.a + Flow.b + Flow.c").unwrap();
        prop_assert_eq!(&left, &sum);
    }

    #[test]
    fn strings_consist_of_their_parts(text in ".{0,40}", at in 0_i64..45) {
        let mut world = World::default()
            .with("Flow.text", Value::from(text.as_str()))
            .with("Flow.at", Value::Integer(at));
        for law in [
            "Left(Flow.text, Flow.at) + Substring(Flow.text, Flow.at, 1000) == Flow.text",
            "Length(Left(Flow.text, Flow.at)) <= Flow.at",
            "Reverse(Reverse(Flow.text)) == Flow.text",
            "Length(Reverse(Flow.text)) == Length(Flow.text)",
            "Contains(Flow.text, Left(Flow.text, Flow.at))",
            "ToString(Split(Flow.text, \"a\"), \"a\") == Flow.text",
            "Replace(Flow.text, \"a\", \"a\") == Flow.text",
            "Trim(Flow.text) == RTrim(LTrim(Flow.text))",
            "Count(Split(Flow.text, \"\")) == Length(Flow.text) or Flow.text == \"\"",
            "Compare(Flow.text, Flow.text) == 0",
        ] {
            prop_assert!(holds(&mut world, law), "{}", law);
        }
    }

    #[test]
    fn times_are_counted_without_loss(start in moment(), span in duration()) {
        let mut world = World::default()
            .with("Flow.start", Value::DateTime(start))
            .with("Flow.span", Value::Duration(span));
        for law in [
            "DateTimeDiff(Flow.start + Flow.span, Flow.start) == Flow.span",
            "AddDuration(Flow.start, Flow.span) == AddSeconds(Flow.start, ToInt(ToInt(Flow.span) / 1000))",
            "Flow.start + Flow.span - Flow.span == Flow.start",
            "ToDateTime(ToString(Flow.start)) == Flow.start",
            "ToDuration(ToString(Flow.span)) == Flow.span",
            "ToDuration(ToInt(Flow.span)) == Flow.span",
            "AddDays(Flow.start, 1) == AddHours(Flow.start, 24)",
            "DayOfWeek(AddDays(Flow.start, 7)) == DayOfWeek(Flow.start)",
            "Flow.span + -Flow.span == MakeDuration(0, 0, 0, 0)",
        ] {
            prop_assert!(holds(&mut world, law), "{}", law);
        }
    }

    #[test]
    fn numbers_are_converted_without_loss(whole in integer(), fraction in decimal()) {
        let mut world = World::default()
            .with("Flow.whole", Value::Integer(whole))
            .with("Flow.number", fraction);
        for law in [
            "ToInt(ToString(Flow.whole)) == Flow.whole",
            "ToInt(ToDecimal(Flow.whole)) == Flow.whole",
            "ToDecimal(ToString(Flow.number)) == Flow.number",
            "Flow.whole - Flow.whole == 0",
            "-(-Flow.whole) == Flow.whole",
            "~(~Flow.whole) == Flow.whole",
            "Floor(Flow.number) <= Flow.number and Flow.number <= Ceiling(Flow.number)",
            "Ceiling(Flow.number) - Floor(Flow.number) <= 1",
            "Flow.number + Flow.whole - Flow.whole == Flow.number",
            "(Flow.number % 7) + Flow.number - (Flow.number % 7) == Flow.number",
            "ToDecimal(ToCurrency(Flow.number)) == Flow.number",
            "Sum(Flow.whole, NOT_SET) == Flow.whole",
        ] {
            prop_assert!(holds(&mut world, law), "{}", law);
        }
    }

    #[test]
    fn lists_keep_their_items(items in prop::collection::vec(integer(), 1..8), at in 0_usize..8) {
        let list: Vec<String> = items.iter().map(|item| format!("{item}")).collect();
        let made = format!("MakeList({})", list.join(", "));
        let mut world = World::default();
        let count = world.value(&format!("Count({made})")).unwrap();
        prop_assert_eq!(count, Value::Integer(i64::try_from(items.len()).unwrap()));
        let item = world.value(&format!("{made}[{at}]"));
        prop_assert_eq!(item.ok(), items.get(at).map(|item| Value::Integer(*item)));
        let first = world.value(&format!("{made}[FindFirst({made}, {})]", items[0])).unwrap();
        prop_assert_eq!(first, Value::Integer(items[0]));
    }
}

/// Expressions of a type, with parentheses and blanks in various places.
fn expression(depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![
        // Numbers fit most operators, so that most expressions are valid.
        8 => "[0-9]{1,5}",
        4 => Just("Flow.whole".to_owned()),
        2 => "[0-9]{1,3}\\.[0-9]{0,3}",
        1 => "\"[a-z \\\\\\\\]{0,5}\"".prop_filter("escapes", |text| parse(text).is_ok()),
        1 => Just("flow.TEXT".to_owned()),
        1 => Just("Flow.truth".to_owned()),
        1 => Just("Flow.list".to_owned()),
        1 => Just("Flow.queue.name".to_owned()),
        1 => Just("Flow.queue.\"name\"".to_owned()),
        1 => Just("NOT_SET".to_owned()),
        1 => Just("true".to_owned()),
    ];
    leaf.prop_recursive(depth, 40, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+", "-", "*", "/", "%", "^", "&", "|", "==", "!=", "<", "<=", ">", ">=", " and ",
            " OR ", " or ",
        ]);
        let call = prop::sample::select(vec![
            "Append", "length", "If", "MakeList", "Sum", "ToString", "Count", "AreEqual",
        ]);
        prop_oneof![
            4 => (inner.clone(), operator, inner.clone(), " {0,2}")
                .prop_map(|(left, operator, right, blank)| format!("{left}{blank}{operator}{blank}{right}")),
            1 => inner.clone().prop_map(|inner| format!("({inner})")),
            1 => inner.clone().prop_map(|inner| format!("!{inner}")),
            1 => inner.clone().prop_map(|inner| format!("-{inner}")),
            1 => inner.clone().prop_map(|inner| format!("Flow.list[{inner}]")),
            1 => (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(condition, yes, no)| format!("{condition} ? {yes} : {no}")),
            3 => (call, prop::collection::vec(inner, 1..4))
                .prop_map(|(name, given)| format!("{name}({})", given.join(", "))),
        ]
    })
    .boxed()
}

fn variables() -> World {
    World::default()
        .with("Flow.whole", Value::Integer(7))
        .with("Flow.text", Value::from("seven"))
        .with("Flow.truth", Value::Boolean(true))
        .with("Flow.list", Value::unset(Type::many(Kind::Integer)))
        .with("Flow.queue", Value::unset(Type::one(Kind::Queue)))
}

laws! {
    times 8;

    /// The canonical text represents the same expression, and is itself canonical.
    #[test]
    fn canonical_text_is_idempotent(text in expression(5)) {
        let mut world = variables();
        let Ok(written) = canonical(&text, &mut world.names, None) else { return Ok(()) };
        let again = canonical(&written, &mut world.names, None);
        prop_assert_eq!(again.as_ref(), Ok(&written), "{}", text);
        prop_assert_eq!(world.value(&written), world.value(&text), "{} {}", text, written);
    }

    /// Equal expressions and variables always produce equal values.
    #[test]
    fn evaluation_is_a_pure_function(text in expression(4)) {
        let mut world = variables();
        let Ok(expression) = Expression::compile(&text, &mut world.names, None) else {
            return Ok(());
        };
        let first = expression.evaluate(&world);
        prop_assert_eq!(&first, &expression.evaluate(&world));
        prop_assert_eq!(&first, &expression.clone().evaluate(&world));
        if let Ok(value) = first {
            let holds = expression.result_type();
            let is_of_type = value.type_of() == holds
                || holds.kind == Kind::NotSet
                || holds == Type::ANY;
            prop_assert!(is_of_type, "{}: {} is no {}", text, value.type_of(), holds);
        }
    }

    #[test]
    fn no_input_panics(text in "[a-zA-Z0-9_$.,()\\[\\]\"\\\\+*/%^&|~!<>=?:; \n\u{e9}\u{4e2d}-]{0,60}") {
        let _ = Expression::compile(&text, &mut variables().names, None);
        let _ = variables().value(&text);
    }
}

laws! {
    part 3;

    #[test]
    fn no_long_input_panics_or_hangs(piece in "[a-z0-9.,()\\[\\]\"+!~^?: -]{1,12}", count in 1_usize..6_000) {
        let text: String = piece.repeat(count).chars().take(MAX_LENGTH + 10).collect();
        let _ = variables().value(&text);
    }
}

/// A string of a hundred thousand letters, written in a few hundred.
const LONG: &str = "Replace(Replace(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"a\", \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"), \"a\", \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")";

/// Each of these needed gigabytes or half a minute when only the size of single strings
/// was limited.
#[test]
fn the_total_size_of_results_is_bounded() {
    let mut world = World::default();
    let call = |name: &str, argument: &str| {
        let arguments = vec![argument; MAX_LENGTH / (argument.len() + 2) - 1];
        format!("{name}({})", arguments.join(", "))
    };
    for text in [
        call("Sum", &format!("FindFirst(Split({LONG}, \"\"), \"b\")")),
        call("Sum", &format!("Count(Split({LONG}, \"\"))")),
        call("MakeList", LONG),
        call("Append", &format!("ToAudioTTS({LONG})")),
        call("MakeCommunication", LONG),
        call("AreEqual", &format!("ToJson(Split({LONG}, \"\"))")),
    ] {
        assert!(text.len() <= MAX_LENGTH);
        let message = world.value(&text).unwrap_err();
        assert!(message.starts_with("RESULT_TOO_LARGE"), "{message}\n{}", &text[..80]);
    }
    let halves = format!("Count(Split({LONG}, \"\")) + Length({LONG} + {LONG})");
    assert_eq!(world.value(&halves), Ok(Value::Integer(3 * 47 * 47 * 47)));
}

/// A message or Audio that a flow inserts into itself doubles each time.
#[test]
fn doubling_values_are_bounded() {
    for (start, double) in [
        ("ToAudioTTS(\"hello\")", "Flow.it + Flow.it"),
        ("ToAudioTTS(\"hello\")", "Append(Flow.it, Flow.it)"),
        ("MakeCommunication(\"hello\")", "MakeCommunication(Flow.it, Flow.it)"),
        ("MakeCommunication(MakeList(\"hello\"))", "MakeCommunication(Flow.it, Flow.it)"),
        ("\"hello\"", "Flow.it + Flow.it"),
        (
            "JsonParse(\"{}\")",
            "SetJsonObjectProperty(SetJsonObjectProperty(Flow.it, \"a\", Flow.it), \"b\", Flow.it)",
        ),
    ] {
        let mut it = World::default().value(start).unwrap();
        let mut times = 0;
        let message = loop {
            match World::default().with("Flow.it", it.clone()).value(double) {
                Ok(doubled) => it = doubled,
                Err(message) => break message,
            }
            times += 1;
            assert!(times < 25, "{double}");
        };
        assert!(message.starts_with("RESULT_TOO_LARGE"), "{double}: {message}");
    }
}

/// Long chains and deep nests that are within the limits or just beyond them.
#[test]
fn deep_expressions_are_evaluated_or_refused() {
    let mut world = World::default();
    let chain = |length: usize| vec!["1"; length].join(" + ");
    for length in [250, 300, 4_096] {
        let value = i64::try_from(length).unwrap();
        assert_eq!(world.value(&chain(length)), Ok(Value::Integer(value)));
    }
    assert!(world.value(&chain(30_000)).unwrap_err().starts_with("EXPRESSION_SYNTAX"));
    let nest = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(world.value(&nest(60)), Ok(Value::Integer(1)));
    assert!(world.value(&nest(20_000)).unwrap_err().starts_with("EXPRESSION_SYNTAX"));
    for piece in ["!", "~", "-", "f(", "[", "a.", "1^", "1?1:", "\"", "a["] {
        let text = piece.repeat(MAX_LENGTH / piece.len());
        assert!(
            world.value(&text).unwrap_err().starts_with("EXPRESSION_SYNTAX"),
            "{piece}"
        );
    }
    for piece in ["1^", "!", "~", "-", "1+", "true?1:", "true and ", "1 or "] {
        let text = piece.repeat(MAX_LENGTH / piece.len() - 1) + "1";
        assert!(
            world.value(&text).unwrap_err().starts_with("EXPRESSION_SYNTAX"),
            "{piece}"
        );
    }
    assert_eq!(world.value(&("1^".repeat(256) + "1")), world.value("1.0"));
    assert!(world.value(&("1^".repeat(4_097) + "1")).is_err());
    assert!(world.value(&"1".repeat(MAX_LENGTH)).is_err());
    let calls = format!("{}1{}", "Sum(1, ".repeat(60), ")".repeat(60));
    assert_eq!(world.value(&calls), Ok(Value::Integer(61)));
}

/// The deepest permitted trees of every shape, on the stack of a thread.
#[test]
fn a_small_stack_is_enough() {
    let wrapped = |open: &str, inner: &str, close: &str, count: usize| {
        format!("{}{inner}{}", open.repeat(count), close.repeat(count))
    };
    let deep = [
        "1^".repeat(256) + "1",
        "!".repeat(256) + "true",
        "~".repeat(256) + "1",
        "true and ".repeat(256) + "true",
        "false or ".repeat(256) + "true",
        "1 + ".repeat(256) + "1",
        "\"a\" + ".repeat(256) + "\"b\"",
        wrapped("(!", "true", ")", 63),
        wrapped("If(Flow.truth, ", &("1".to_owned() + &" + 1".repeat(190)), ", 2)", 62),
        wrapped("(true and ", &("true".to_owned() + &" and true".repeat(190)), ")", 62),
        wrapped("Append(\"a\", ToString(", "1", "))", 31),
        wrapped("(Flow.truth ? ", "1", " : 2)", 62),
        "Flow.json".to_owned() + &"[\"a\"]".repeat(256),
        "MakeList(Flow.json)[0]".to_owned() + &".a".repeat(250),
        wrapped("SetJsonObjectProperty(JsonParse(\"{}\"), \"a\", ", "1", ")", 62),
        wrapped("If(MakeList(", "true", ")[0], true, false)", 31),
    ];
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let evaluated = small.spawn(move || {
        let json = Value::unset(Type::one(Kind::Json));
        let mut world = variables().with("Flow.json", json);
        for text in deep {
            let value = world.value(&text);
            let is_computed = match &value {
                Ok(_) => true,
                Err(message) => message.starts_with("NOT_SET_NOT_ALLOWED"),
            };
            assert!(is_computed, "{text}\n{value:?}");
            assert!(canonical(&text, &mut world.names, None).is_ok(), "{text}");
        }
    });
    evaluated.unwrap().join().unwrap();
}

/// Chains of operators, and their canonical text, which has as many parentheses.
#[test]
fn long_chains_are_evaluated_on_a_small_stack() {
    let chains = [
        "true and ".repeat(4_096) + "true",
        "false or ".repeat(4_096) + "true",
        "Flow.count + ".repeat(4_096) + "1",
        "\"a\" + ".repeat(4_096) + "\"b\"",
        "Flow.truth ? true : ".repeat(3_200) + "true",
        "1 ^ ".repeat(4_096) + "1",
        "!(".repeat(4_096) + "true" + &")".repeat(4_096),
    ];
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let evaluated = small.spawn(move || {
        let mut world = variables().with("Flow.count", Value::Integer(2));
        for text in chains {
            let start: String = text.chars().take(20).collect();
            let value = world.value(&text);
            let is_refused = value.as_ref().is_err_and(|it| it.starts_with("EXPRESSION"));
            assert!(!is_refused, "{start}: {value:?}");
            let names = &mut world.names;
            let written = canonical(&text, names, None);
            let written = written.map_err(|them| them[0].message.clone()).unwrap();
            if written.len() <= MAX_LENGTH {
                let again = canonical(&written, names, None);
                assert_eq!(again.as_ref(), Ok(&written), "{start}");
            }
            let compiled = Expression::compile(&text, names, None).unwrap();
            assert_eq!(compiled.clone().variables(), compiled.variables(), "{start}");
            assert!(format!("{compiled:?}").len() > 100, "{start}");
        }
    });
    evaluated.unwrap().join().unwrap();
}

#[test]
fn number_literals_have_their_exact_value() {
    let mut world = World::default();
    for (text, value) in [("1.", "1"), (".5", "0.5"), ("007", "7"), ("1.50", "1.5")] {
        let found = world.value(text).unwrap();
        let expected = Number::parse(value).unwrap();
        assert!(Number::of(&found).unwrap().compare(&expected).is_eq(), "{text}");
    }
}

/// Literals of a type.
fn literal(kind: Kind) -> BoxedStrategy<String> {
    let texts = |texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        prop::sample::select(texts).boxed()
    };
    match kind {
        Kind::Boolean => texts(&["true", "false", "ToBool(NOT_SET)"]),
        Kind::Integer => {
            texts(&["0", "1", "-1", "7", "999999999999999", "ToInt(NOT_SET)"])
        }
        Kind::Decimal => texts(&["0.0", "1.5", "-2.25", "0.1", "ToDecimal(NOT_SET)"]),
        _ => texts(&["\"\"", "\"a\"", "\"B é\"", "\"1\"", "ToString(NOT_SET)"]),
    }
}

/// An expression with holes, `{0}`, and the type of each hole.
fn form() -> impl Strategy<Value = (&'static str, Vec<Kind>)> {
    use Kind::{Boolean as B, Decimal as D, Integer as I, String as S};
    prop::sample::select(vec![
        ("{0} + {1} * {2}", vec![I, I, I]),
        ("{0} / {1} - {2}", vec![D, I, D]),
        ("{0} % {1} == {2}", vec![I, I, I]),
        ("{0} ^ {1}", vec![I, I]),
        ("{0} & {1} | ~{2}", vec![I, I, I]),
        ("-({0}) < {1}", vec![I, D]),
        ("{0} and {1} or !{2}", vec![B, B, B]),
        ("!({0} or {1}) and {2}", vec![B, B, B]),
        ("{0} ? {1} : {2}", vec![B, S, S]),
        ("If({0} and {1} > {2}, {1}, {2})", vec![B, I, I]),
        ("{0} < {1} or {0} == {1}", vec![S, S]),
        ("{0} != {1}", vec![B, B]),
        ("Append({0}, {1}) + {2}", vec![S, S, S]),
        ("Substring({0}, {1}, {2})", vec![S, I, I]),
        ("Length({0}) > {1}", vec![S, I]),
        ("Count(MakeList({0}, {1})) + {0}", vec![I, I]),
        ("MakeList({0}, {1})[{2}]", vec![S, S, I]),
        ("FindFirst(MakeList({0}, {1}), {2})", vec![I, I, I]),
        ("Sum({0}, {1}, {2})", vec![I, I, I]),
        ("Average({0}, {1})", vec![D, D]),
        ("Round({0} * {1}, {2})", vec![D, D, I]),
        ("ToInt({0}) + ToInt({1})", vec![S, B]),
        ("ToString({0}) + ToString({1})", vec![D, I]),
        ("MakeCurrency({0}, \"USD\") + MakeCurrency({1}, \"EUR\")", vec![D, D]),
        ("ToCurrency({0}).amount", vec![S]),
        ("MakeDuration({0}, {1}, 0, 0) < MakeDuration({1}, {0}, 0, 0)", vec![I, I]),
        ("AddDays(MakeDateTime(2020, 2, 29), {0})", vec![I]),
        ("Split({0}, {1})", vec![S, S]),
        ("Replace({0}, {1}, {2})", vec![S, S, S]),
        ("Contains({0}, {1}, {2})", vec![S, S, B]),
        ("AreEqual({2}, {0}, {1})", vec![S, S, B]),
        ("JsonParse({0})", vec![S]),
        ("IsNotSetOrEmpty({0}) or IsSet({1})", vec![S, I]),
    ])
}

laws! {
    times 16;

    /// Constant folding produces the same results as evaluation at run time, including
    /// failures.
    #[test]
    fn constant_folding_changes_no_result(
        (form, literals) in form().prop_flat_map(|(form, kinds)| {
            let literals: Vec<_> = kinds.into_iter().map(literal).collect();
            (Just(form), literals)
        }),
    ) {
        let (mut constant, mut variable) = (form.to_owned(), form.to_owned());
        let mut world = World::default();
        for (index, text) in literals.iter().enumerate() {
            let hole = format!("{{{index}}}");
            constant = constant.replace(&hole, text);
            variable = variable.replace(&hole, &format!("Flow.v{index}"));
            let value = World::default().value(text).unwrap();
            world = world.with(&format!("Flow.v{index}"), value);
        }
        let folded = match Expression::compile(&constant, &mut world.names, None) {
            Ok(folded) => folded.evaluate(&world),
            // Literals are checked against the limits before anything is computed.
            Err(problems) => {
                let code = problems[0].code.name();
                prop_assert!(["OUT_OF_RANGE", "DIVISION_BY_ZERO"].contains(&code), "{}", constant);
                return Ok(());
            }
        };
        let computed = Expression::compile(&variable, &mut world.names, None).unwrap().evaluate(&world);
        let kind = |failure: flowsim::expr::architect::Failure| {
            (failure.code(), failure.message().to_owned())
        };
        prop_assert_eq!(folded.map_err(kind), computed.map_err(kind), "{}", constant);
    }
}

/// The properties above mean little if hardly any generated expression is valid.
#[test]
fn enough_random_expressions_are_valid() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = expression(5);
    let mut sensible = 0;
    for _ in 0..1_000 {
        let text = strategy.new_tree(&mut runner).unwrap().current();
        let is_operation = text.contains(['(', '+', '=', '<', '?', '!', '[']);
        let is_sensible = canonical(&text, &mut variables().names, None).is_ok();
        sensible += u32::from(is_operation && is_sensible);
    }
    assert!(sensible > 75, "only {sensible} of 1000");
}

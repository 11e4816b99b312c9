//! Error messages about types and arguments.

use crate::diagnostic::{Code, nearest};
use crate::value::{Kind, Number, Type, Value, properties_of};

use super::functions::functions;
use super::overloads;
use super::problem::Problem;
use super::signature::{Category, Function, Overload, Parameter};
use super::tree::Place;

/// The error for a call that fits no overload.
pub(super) fn no_overload(
    function: &'static Function,
    given: &[Type],
    place: Place,
) -> Problem {
    let is_operator = function.category == Category::Operators;
    if let ("[", true, [index, base]) = (function.name, is_operator, given) {
        let message = format!(
            "`[ ]` takes the index of an item after a collection or JSON, or the name of a \
             property, found {index} after {base}"
        );
        return Problem::new(Code::WRONG_ARGUMENTS, place, message);
    }
    let overloads: Vec<String> = function.overloads.iter().map(parameters).collect();
    let message = format!(
        "{} takes {}, found {}",
        function.shown(),
        alternatives(&overloads),
        list(given)
    );
    let problem = Problem::new(Code::WRONG_ARGUMENTS, place, message);
    let advice = conversion(function, given)
        .or_else(|| not_any(function, given))
        .or_else(|| same_type(function));
    let examples = (!is_operator)
        .then(|| format!("run `flowsim functions {}` for examples", function.name));
    match (advice, examples) {
        (Some(advice), Some(examples)) => {
            problem.with_help(format!("{advice}; {examples}"))
        }
        (Some(help), None) | (None, Some(help)) => problem.with_help(help),
        (None, None) => problem,
    }
}

/// The advice to convert one value, if the call then fits an overload. A Decimal does not
/// become an Integer, because it would lose its fraction.
fn conversion(function: &'static Function, given: &[Type]) -> Option<String> {
    const CONVERSIONS: [(&str, Kind); 3] = [
        ("ToString", Kind::String),
        ("ToDecimal", Kind::Decimal),
        ("ToInt", Kind::Integer),
    ];
    let fits = |place: usize, kind: Kind| {
        let mut types = given.to_vec();
        types[place] = Type::one(kind);
        overloads::accepts(function, &types)
    };
    let possible = |place: usize| {
        let of = given[place];
        let possible = CONVERSIONS.iter().filter(move |(name, kind)| {
            let loses = *kind == Kind::Integer && of.kind == Kind::Decimal;
            let exists = !of.is_collection
                && of != Type::one(*kind)
                && super::functions::function(name)
                    .is_some_and(|it| overloads::takes(it, of));
            exists && !loses && fits(place, *kind)
        });
        possible.map(|(name, _)| *name).collect::<Vec<_>>()
    };
    // Each place is tried with all values, and there may be thousands of them.
    let places = (0..given.len().min(ORDINALS.len())).map(|it| (it, possible(it)));
    let found: Vec<_> = places.filter(|(_, names)| !names.is_empty()).collect();
    // A conversion to a String never fails.
    let (place, names) =
        found.iter().find(|(_, names)| names[0] == "ToString").or(found.first())?;
    let names = match &names[..] {
        ["ToString", ..] => "`ToString`".to_owned(),
        [one] => format!("`{one}`"),
        several => format!("`{}`", several.join("` or `")),
    };
    Some(format!("convert the {} value with {names}", ORDINALS[*place]))
}

/// The places of values that advice can name.
const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];

/// The advice for values that `Any` excludes.
fn not_any(function: &Function, given: &[Type]) -> Option<String> {
    let wanted = || function.overloads.iter().flat_map(|overload| overload.parameters);
    let is_any = |is_collection: bool| {
        wanted()
            .any(|parameter| parameter.wanted == Type { kind: Kind::Any, is_collection })
    };
    if !is_any(false) && !is_any(true) {
        return None;
    }
    let is_comparison =
        matches!(function.name, "==" | "!=" | "AreEqual" | "Find" | "FindFirst");
    if given.iter().any(|given| given.kind == Kind::Audio) {
        return Some(match is_comparison {
            true => "Audio cannot be compared".to_owned(),
            false => "`Any` is every type except Audio".to_owned(),
        });
    }
    let is_collection = |given: &Type| given.is_collection;
    (!is_any(true) && given.iter().any(is_collection))
        .then(|| "`Any` is a single value; a collection is `Any[]`".to_owned())
}

/// The advice for values of different types.
fn same_type(function: &Function) -> Option<String> {
    let is_operator = function.category == Category::Operators;
    takes_several_of_one_type(function).then(|| match is_operator {
        true => "both sides must have the same type".to_owned(),
        false => "all `Any` arguments must have the same type".to_owned(),
    })
}

fn takes_several_of_one_type(function: &Function) -> bool {
    function.overloads.iter().any(|overload| {
        let any = overload.parameters.iter().filter(|it| it.wanted.kind == Kind::Any);
        any.map(|parameter| if parameter.is_repeatable { 2 } else { 1 }).sum::<u8>() > 1
    })
}

/// The error for an unknown function.
pub(super) fn unknown_function(name: &str, place: Place) -> Problem {
    let problem =
        Problem::new(Code::UNKNOWN_FUNCTION, place, format!("unknown function `{name}`"));
    let known = functions().map(|function| function.name);
    if name.eq_ignore_ascii_case("not") {
        return problem.with_help("write `!`, as in `!(Flow.a or Flow.b)`");
    }
    problem.with_help(match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "run `flowsim functions` to list all functions".to_owned(),
    })
}

/// The help for a word that is not a variable.
pub(super) fn instead_of_word(word: &str) -> &'static str {
    const LITERALS: [(&str, &str); 6] = [
        ("null", "write `NOT_SET`"),
        ("nil", "write `NOT_SET`"),
        ("none", "write `NOT_SET`"),
        ("not_set", "write `NOT_SET`, in capitals"),
        ("true", "write `true`, in lower case"),
        ("false", "write `false`, in lower case"),
    ];
    let found = LITERALS.iter().find(|(other, _)| word.eq_ignore_ascii_case(other));
    found.map_or(
        "use double quotes for strings, and a scope for variables: `Flow.name`",
        |(_, help)| help,
    )
}

/// The types that an overload takes: `(String, String, Boolean)`.
pub fn parameters(overload: &Overload) -> String {
    let types = overload.parameters.iter().map(|parameter| {
        let more = if parameter.is_repeatable { "…" } else { "" };
        format!("{}{more}", parameter.wanted)
    });
    format!("({})", types.collect::<Vec<_>>().join(", "))
}

fn list(types: &[Type]) -> String {
    if types.is_empty() {
        return "no arguments".to_owned();
    }
    let names: Vec<String> = types.iter().map(Type::to_string).collect();
    format!("({})", names.join(", "))
}

fn alternatives(texts: &[String]) -> String {
    match texts {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The error for an unknown property.
pub(super) fn unknown_member(base: Type, name: &str, place: Place) -> Problem {
    let properties = properties_of(base.kind);
    let message = format!("{base} has no property `{name}`");
    let problem = Problem::new(Code::UNKNOWN_MEMBER, place, message);
    if base.is_collection {
        return problem.with_help("select an item first, as in `[0]`");
    }
    let names: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    match nearest(name, names.iter().copied()) {
        Some(near) => problem.with_help(format!("did you mean `{near}`?")),
        None if names.is_empty() => problem,
        None => problem.with_help(format!("its properties are {}", names.join(", "))),
    }
}

/// The problem of a name that a group of constants lacks.
pub(super) fn unknown_constant(
    group: &str,
    names: &[&str],
    name: &str,
    place: Place,
) -> Problem {
    let message = format!("`{group}` has no `{name}`");
    let problem = Problem::new(Code::UNKNOWN_VARIABLE, place, message);
    match nearest(name, names.iter().copied()) {
        Some(near) => problem.with_help(format!("did you mean `{near}`?")),
        None if names.is_empty() => problem,
        None => problem.with_help(format!("its constants are {}", names.join(", "))),
    }
}

/// The message for a value that the parameter refuses. Returns `None` if the value is
/// valid.
pub(super) fn refusal(parameter: &Parameter, value: &Value) -> Option<String> {
    let name = parameter.name;
    if parameter.refuses_zero && is_zero(value) {
        return Some(format!("{name} must not be zero"));
    }
    let (least, most) = parameter.range?;
    let number = Number::of(value).filter(|_| !matches!(value, Value::String(_)))?;
    let is_below = number.compare(&Number::Integer(least)).is_lt();
    let is_above = number.compare(&Number::Integer(most)).is_gt();
    if is_below && most == i64::MAX {
        Some(format!("{name} must be at least {least}, found {value}"))
    } else if is_below || is_above {
        Some(format!("{name} must be between {least} and {most}, found {value}"))
    } else {
        None
    }
}

/// The code for a refused value. Division by zero has a separate code.
pub(super) fn refusal_code(function: &Function, value: &Value) -> Code {
    let is_division = is_zero(value) && matches!(function.name, "/" | "%");
    if is_division { Code::DIVISION_BY_ZERO } else { Code::OUT_OF_RANGE }
}

/// Whether a number is zero.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Integer(number) => *number == 0,
        Value::Decimal(number) => number.is_zero(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::expression::Expression;
    use super::super::names::Declarations;

    fn help(text: &str) -> String {
        let problems =
            Expression::compile(text, &mut Declarations::new(), None).unwrap_err();
        problems[0].help.clone().unwrap_or_default()
    }

    #[test]
    fn help_names_the_conversion_that_is_missing() {
        for (text, expected) in [
            (
                "Sum(1, 2.5)",
                "convert the first value with `ToDecimal`; run `flowsim functions Sum` for examples",
            ),
            (
                "Round(5)",
                "convert the first value with `ToDecimal`; run `flowsim functions Round` for examples",
            ),
            (r#""Call " + 1"#, "convert the second value with `ToString`"),
            (
                r#"JsonParse("1") + 1"#,
                "convert the first value with `ToDecimal` or `ToInt`",
            ),
            (r#"JsonParse("1") == "1""#, "convert the first value with `ToString`"),
            ("GetCurrentDateTimeUtc() == 5", "both sides must have the same type"),
        ] {
            assert_eq!(help(text), expected, "{text}");
        }
    }

    #[test]
    fn help_says_what_any_excludes() {
        for (text, expected) in [
            (r#"ToAudioTTS("x") == ToAudioTTS("x")"#, "Audio cannot be compared"),
            (
                "IsSet(MakeList(1))",
                "`Any` is a single value; a collection is `Any[]`; run `flowsim functions IsSet` \
                 for examples",
            ),
            (
                r#"MakeList(ToAudioTTS("x"))"#,
                "`Any` is every type except Audio; run `flowsim functions MakeList` for examples",
            ),
        ] {
            assert_eq!(help(text), expected, "{text}");
        }
    }
}

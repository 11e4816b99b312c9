//! Examples in checkable form, a JSON object a line: `{"expr": text, "expect": {"kind": …}}`.
//!
//! The kinds: `Number` (value, type), `String`, `Boolean`, `DateTime` (value), `Duration`
//! (seconds), `Currency` (amount, code), `Audio` (value: what an English caller hears),
//! `NotSet`, `error` (of ours: code).

use std::path::Path;

use flowsim::value::{Decimal, Number, Value};
use serde_json::Value as Json;

use super::world::{World, shared};

/// Genesys' examples that cannot hold, each with its reason in `docs/expressions.md`.
const WRONG: &[&str] = &[
    // A word of the description, "eleven hours", is missing in the checkable form.
    "MakeDuration(0, 10, 30, 0) + MakeDuration(1, 1, 15, 30)",
    // "four hours" is missing in the checkable form.
    "Average(MakeDuration(0, 8, 0, 0), MakeDuration(0, 0, 0, 0), MakeDuration(0, -4, 0, 0), \
     MakeDuration(0, 14, 0, 0))",
    "Average(MakeList(MakeDuration(0, 8, 0, 0), MakeDuration(0, 0, 0, 0), \
     MakeDuration(0, -4, 0, 0), MakeDuration(0, 14, 0, 0)))",
    // Hour 2, minute 11 and second 15 are asked for; the example says 02:15:15.
    "GetDayOfWeekOccurrence(1, 20, 2017, 2, 11, 15)",
    // The first item is the number that is sought; the example says 1.
    "FindFirst(MakeList(ToPhoneNumber(\"sip:john.doe@company.com\"), \
     ToPhoneNumber(\"sips:john.doe@company.com\")), ToPhoneNumber(\"sip:john.doe@company.com\"))",
];

#[test]
#[ignore = "needs ../shared/data"]
fn the_examples_of_genesys_hold() {
    let text = shared("cases.jsonl");
    hold(&text, WRONG);
}

#[test]
fn our_own_examples_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/expressions");
    let text = std::fs::read_to_string(folder.join("examples.jsonl")).unwrap();
    hold(&text, &[]);
}

/// Evaluates every example of a file and lists those that do not hold. One that is known to
/// be wrong must not hold either: then its reason has gone.
fn hold(text: &str, wrong: &[&str]) {
    let (mut total, mut held) = (0, 0);
    let mut surprises = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let case: Json = serde_json::from_str(line).unwrap();
        let expression = case["expr"].as_str().unwrap();
        let found = World::default().value(expression);
        let holds = is_as_expected(&found, &case["expect"]);
        total += 1;
        held += usize::from(holds);
        if !holds {
            eprintln!("does not hold: {expression}");
        }
        if holds == wrong.contains(&expression) {
            let expected = &case["expect"];
            surprises.push(format!(
                "{expression}\n    expected {expected}\n    found {found:?}"
            ));
        }
    }
    eprintln!("{held} of {total} examples hold");
    assert!(
        surprises.is_empty(),
        "{held} of {total} examples hold\n{}",
        surprises.join("\n")
    );
}

fn is_as_expected(found: &Result<Value, String>, expected: &Json) -> bool {
    let found = match found {
        Ok(found) => found,
        Err(message) => {
            let code = expected["code"].as_str().unwrap_or_default();
            return expected["kind"] == "error" && message.starts_with(code);
        }
    };
    let value = expected["value"].as_str();
    match expected["kind"].as_str().unwrap() {
        "Number" => is_number(found, value.unwrap(), expected["type"].as_str()),
        "String" => matches!(found, Value::String(text) if Some(text.as_str()) == value),
        "Boolean" => *found == Value::Boolean(expected["value"].as_bool().unwrap()),
        "DateTime" => {
            matches!(found, Value::DateTime(time) if Some(time.to_string().as_str()) == value)
        }
        "Duration" => {
            let milliseconds = expected["seconds"].as_f64().unwrap() * 1000.0;
            matches!(found, Value::Duration(duration)
                if (duration.milliseconds() as f64 - milliseconds).abs() < 0.5)
        }
        "Currency" => {
            let amount = Decimal::parse(expected["amount"].as_str().unwrap());
            let code = expected["code"].as_str();
            matches!(found, Value::Currency(found)
                if found.amount == amount && found.code.as_deref() == code)
        }
        "Audio" => {
            matches!(found, Value::Audio(_))
                && found.to_json() == flowsim::value::Json::from(value.unwrap())
        }
        "NotSet" => matches!(found, Value::NotSet(_)),
        _ => false,
    }
}

/// A number that is written with a point is a Decimal, whatever the example's type says: the
/// catalogue's own table gives Decimal for `2 ^ 3`, whose example is typed Integer.
fn is_number(found: &Value, expected: &str, kind: Option<&str>) -> bool {
    let is_decimal = expected.contains('.') || kind == Some("Decimal");
    let is_kind = match found {
        Value::Integer(_) => !is_decimal || kind.is_none(),
        Value::Decimal(_) => is_decimal || kind.is_none(),
        _ => return false,
    };
    let expected = Number::parse(expected).unwrap();
    is_kind && Number::of(found).unwrap().compare(&expected).is_eq()
}

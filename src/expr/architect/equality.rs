//! Equality, as used by `==`, `AreEqual`, `Find`, `FindFirst`, and the functions that remove
//! or replace items.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::value::{Decimal, Json, Kind, Number, Object, Value};

use super::environment::Policies;

/// Whether two values of comparable types are equal. NOT_SET equals NOT_SET. Numbers are
/// compared by value, telephone numbers by number, collections item by item, and objects
/// with an id by the id.
pub(super) fn equal(left: &Value, right: &Value, policies: Policies) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => {
            left == right
                || policies.equality_ignores_case && equal_ignoring_case(left, right)
        }
        (Value::Integer(left), Value::Integer(right)) => left == right,
        (
            Value::Integer(_) | Value::Decimal(_),
            Value::Integer(_) | Value::Decimal(_),
        ) => Number::of(left).zip(Number::of(right)).is_some_and(|(left, right)| {
            left.compare(&right) == std::cmp::Ordering::Equal
        }),
        (Value::Collection(left), Value::Collection(right)) => {
            let mut pairs = left.items.iter().zip(&right.items);
            left.items.len() == right.items.len()
                && pairs.all(|(left, right)| equal(left, right, policies))
        }
        (Value::Object(left), Value::Object(right)) => {
            equal_objects(left, right, policies)
        }
        (Value::Json(left), Value::Json(right)) => equal_json(left, right),
        _ if left.is_unset() || right.is_unset() => left.is_unset() && right.is_unset(),
        _ => left == right,
    }
}

/// Whether two strings are equal, ignoring case.
pub(super) fn equal_ignoring_case(left: &str, right: &str) -> bool {
    let lower =
        |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
    lower(left) == lower(right)
}

/// Compares the values as members of lists, where a string never equals a number. At the
/// top level, the draft dialect treats `"1"` as 1.
fn equal_json(left: &Json, right: &Json) -> bool {
    let member = |json: &Json| Value::Json(Json::array([json.clone()]));
    crate::value::equal(&member(left), &member(right))
}

fn equal_objects(left: &Object, right: &Object, policies: Policies) -> bool {
    let same = |name: &str| match (left.properties.get(name), right.properties.get(name))
    {
        (Some(left), Some(right)) if !left.is_unset() => {
            Some(equal(left, right, policies))
        }
        _ => None,
    };
    left.kind == right.kind
        && match (address(left), address(right)) {
            (Some(left), Some(right)) => left == right,
            _ => same("id").unwrap_or(left == right),
        }
}

/// The part of a telephone number that counts for equality: its digits with the dialling
/// code, so that `+1317…` equals `1317…`; else its SIP address; else its text.
#[derive(PartialEq, Hash)]
enum Address<'a> {
    Telephone(String),
    Sip(&'a str),
    Other(&'a str),
}

fn address(object: &Object) -> Option<Address<'_>> {
    let text = |name: &str| match object.properties.get(name) {
        Some(Value::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let holds = |name: &str| object.properties.get(name) == Some(&Value::Boolean(true));
    if object.kind != Kind::PhoneNumber {
        None
    } else if let Some(number) = text("e164") {
        Some(Address::Telephone(number.trim_start_matches('+').to_owned()))
    } else if holds("isTel") {
        let code = text("dialingCode").unwrap_or_default();
        Some(Address::Telephone(format!("{code}{}", text("subscriberNumber")?)))
    } else if holds("isSip") {
        text("uri").map(Address::Sip)
    } else {
        text("raw").or_else(|| text("uri")).map(Address::Other)
    }
}

/// A number that is the same for equal values, whatever the policies.
pub(super) fn hash(value: &Value) -> u64 {
    let mut state = FxHasher::default();
    if value.is_unset() {
        return state.finish();
    }
    match value {
        Value::String(text) => hash_text(text, &mut state),
        Value::Integer(number) => Decimal::from(*number).hash(&mut state),
        Value::Decimal(number) => number.hash(&mut state),
        Value::DateTime(time) => time.hash(&mut state),
        Value::Date(date) => date.hash(&mut state),
        Value::Time(time) => time.hash(&mut state),
        Value::Duration(duration) => duration.hash(&mut state),
        Value::Currency(currency) => {
            currency.amount.hash(&mut state);
            currency.code.hash(&mut state);
        }
        Value::Object(object) => hash_object(object, &mut state),
        Value::Json(json) => hash_json(json).hash(&mut state),
        Value::Collection(items) => {
            items.items.iter().for_each(|item| hash(item).hash(&mut state));
        }
        Value::Boolean(truth) => truth.hash(&mut state),
        // Functions with `Any` refuse Audio, and Communications are few.
        Value::NotSet(_) | Value::Audio(_) | Value::Communication(_) => {}
    }
    state.finish()
}

/// Without case, because the policies may ignore it.
fn hash_text(text: &str, state: &mut FxHasher) {
    text.chars().flat_map(char::to_lowercase).for_each(|letter| letter.hash(state));
}

fn hash_object(object: &Object, state: &mut FxHasher) {
    let id = object.properties.get("id").filter(|id| !id.is_unset());
    if let Some(address) = address(object) {
        address.hash(state);
    } else if let Some(id) = id {
        hash(id).hash(state);
    } else {
        let members = object.properties.iter();
        sum(members.map(|(name, value)| hash_member(name, hash(value)))).hash(state);
    }
}

fn hash_json(json: &Json) -> u64 {
    let mut state = FxHasher::default();
    match json {
        Json::Null => {}
        Json::Boolean(truth) => truth.hash(&mut state),
        Json::Integer(number) => Decimal::from(*number).hash(&mut state),
        Json::Decimal(number) => number.hash(&mut state),
        Json::String(text) => text.hash(&mut state),
        Json::Array(items) => {
            items.iter().for_each(|item| hash_json(item).hash(&mut state));
        }
        Json::Object(object) => {
            let members = object.iter();
            sum(members.map(|(name, json)| hash_member(name, hash_json(json))))
                .hash(&mut state);
        }
    }
    state.finish()
}

fn hash_member(name: &str, value: u64) -> u64 {
    let mut state = FxHasher::default();
    (name, value).hash(&mut state);
    state.finish()
}

/// The order of members does not count, so their hashes are added.
fn sum(hashes: impl Iterator<Item = u64>) -> u64 {
    hashes.fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::super::trial::assert_results;

    #[test]
    fn json_of_other_types_differs() {
        assert_results(&[
            (r#"JsonParse("1") == JsonParse("\"1\"")"#, "false"),
            (r#"JsonParse("true") == JsonParse("\"true\"")"#, "false"),
            (r#"JsonParse("[1]") == JsonParse("[\"1\"]")"#, "false"),
            (r#"JsonParse("1") == JsonParse("1.0")"#, "true"),
            (r#"JsonParse("\"a\"") == JsonParse("\"a\"")"#, "true"),
            (
                r#"JsonParse("{\"a\": 1, \"b\": 2}") == JsonParse("{\"b\": 2, \"a\": 1}")"#,
                "true",
            ),
            (r#"JsonParse("null") == JsonParse("null")"#, "true"),
            (r#"JsonParse("null") == NOT_SET"#, "true"),
            (r#"JsonParse("null") == JsonParse("0")"#, "false"),
        ]);
    }
}

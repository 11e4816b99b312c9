//! Literals that several types write in the same form.

use super::architect::Setting;
use crate::value::{
    Decimal, Duration, Json, JsonObject, Kind, Number, Text, Type, Value, properties_of,
};

/// Reads `{seconds: 5}`, `{minutes: 1}`, `{ms: 300}`. Several units add up.
pub(crate) fn duration(json: &Json) -> Option<Duration> {
    let Json::Object(units) = json else { return None };
    // Nearly all durations are whole numbers, which need no decimals.
    let whole = units.iter().try_fold(0_i64, |sum, (unit, count)| match count {
        Json::Integer(count) => sum.checked_add(count.checked_mul(length_of(unit)?)?),
        _ => None,
    });
    match whole {
        Some(milliseconds) => Duration::from_milliseconds(milliseconds),
        None => exact_duration(units),
    }
}

/// Returns the length of a unit in milliseconds.
fn length_of(unit: &str) -> Option<i64> {
    Some(match unit {
        "ms" | "milliseconds" => 1,
        "seconds" => 1_000,
        "minutes" => 60_000,
        "hours" => 3_600_000,
        "days" => 86_400_000,
        _ => return None,
    })
}

fn exact_duration(units: &JsonObject) -> Option<Duration> {
    let mut milliseconds = Decimal::zero();
    for (unit, count) in units.iter() {
        let of_unit = length_of(unit)?;
        let count = match Number::of(&Value::Json(count.clone()))? {
            Number::Integer(count) => Decimal::from(count),
            Number::Decimal(count) => count,
        };
        let added = count.checked_mul(&Decimal::from(of_unit))?;
        milliseconds = milliseconds.checked_add(&added)?;
    }
    Duration::from_milliseconds(milliseconds.truncate()?)
}

/// Returns the value of a literal of this type.
///
/// # Errors
/// Fails if a value of this type has another form. The message names both.
pub(crate) fn value_of(json: &Json, holds: Type) -> Result<Value, String> {
    let value = match holds.kind {
        Kind::Duration => duration(json).map(Value::Duration),
        // A literal of type JSON is a string that contains JSON.
        Kind::Json => match json {
            Json::String(text) => Json::parse(text).ok().map(Value::Json),
            other => Some(Value::Json(other.clone())),
        },
        _ => None,
    };
    value.map_or_else(|| Value::decode(json, holds), Ok)
}

/// Returns the reason why a literal is not a value of this type.
pub(super) fn problem(json: &Json, holds: Type) -> Option<String> {
    if let (Json::Array(items), true) = (json, holds.is_collection) {
        let one = Type::one(holds.kind);
        return items.iter().find_map(|item| problem(unwrapped(item), one));
    }
    let is_converted =
        matches!(json, Json::String(_)) && conversion(holds.kind).is_some();
    if is_converted || name_of(json, holds.kind).is_some() {
        return None;
    }
    value_of(json, holds).err()
}

/// Returns the function that converts a literal of a type that has no other literals.
/// *Source: exports, whose literals of these types are a number and an address.*
pub(crate) fn conversion(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::PhoneNumber => Some("ToPhoneNumber"),
        Kind::EmailAddress => Some("MakeEmailAddress"),
        _ => None,
    }
}

/// Unwraps an item of a list of literals: `{lit: 1}`.
pub(crate) fn unwrapped(json: &Json) -> &Json {
    json.get("lit").unwrap_or(json)
}

/// Kinds whose literals are not names of objects.
const PLAIN: [Kind; 9] = [
    Kind::Any,
    Kind::String,
    Kind::Json,
    Kind::Currency,
    Kind::Audio,
    Kind::Communication,
    Kind::PhoneNumber,
    Kind::Duration,
    Kind::DateTime,
];

/// Returns the name in `{name: Support}`. If the type admits only objects of the
/// organisation, a plain string is a name too.
pub(crate) fn name_of(json: &Json, kind: Kind) -> Option<&Text> {
    match json.get("name") {
        Some(Json::String(name)) if !matches!(kind, Kind::Json | Kind::Any) => Some(name),
        _ => match json {
            Json::String(name) if is_object(kind) && !PLAIN.contains(&kind) => Some(name),
            _ => None,
        },
    }
}

/// Whether a literal of this kind is the name of an object of the organisation.
pub(super) fn names_object(kind: Kind) -> bool {
    is_object(kind) && !PLAIN.contains(&kind)
}

fn is_object(kind: Kind) -> bool {
    !properties_of(kind).is_empty()
}

/// Returns the number of a literal: that of an Integer, or the milliseconds of a
/// duration.
pub(super) fn count(setting: &Setting) -> Option<i64> {
    match setting {
        Setting::Literal(Json::Integer(count)) => Some(*count),
        Setting::Literal(json @ Json::Object(_)) => {
            duration(json).map(|duration| duration.milliseconds())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whole_durations_are_exact(
            counts in prop::collection::vec(
                prop_oneof![-90_i64..90, any::<i64>()],
                0..4,
            ),
            units in Just(["ms", "seconds", "hours", "days"]),
        ) {
            let counts = units.iter().zip(counts);
            let entries = counts.map(|(unit, count)| (Text::from(*unit), Json::Integer(count)));
            let json = Json::object(entries);
            let Json::Object(units) = &json else { unreachable!("it is an object") };
            prop_assert_eq!(duration(&json), exact_duration(units));
        }
    }

    #[test]
    fn durations_add_up() {
        let read = |text: &str| duration(&Json::parse(text).unwrap());
        let milliseconds = |text: &str| read(text).map(|it| it.milliseconds());
        assert_eq!(milliseconds(r#"{"minutes": 1, "seconds": 5}"#), Some(65_000));
        assert_eq!(milliseconds(r#"{"seconds": 0.5, "ms": 1}"#), Some(501));
        assert_eq!(milliseconds("{}"), Some(0));
        assert_eq!(milliseconds(r#"{"weeks": 1}"#), None);
        assert_eq!(milliseconds(r#"{"days": 9223372036854775807}"#), None);
    }
}

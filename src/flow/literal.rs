//! Literals that several types write in the same form.

use super::architect::Setting;
use crate::value::{Decimal, Duration, Json, Number, Value};

/// Reads `{seconds: 5}`, `{minutes: 1}`, `{ms: 300}`. Several units add up.
pub(crate) fn duration(json: &Json) -> Option<Duration> {
    let Json::Object(units) = json else { return None };
    let mut milliseconds = Decimal::zero();
    for (unit, count) in units.iter() {
        let of_unit: i64 = match unit.as_str() {
            "ms" | "milliseconds" => 1,
            "seconds" => 1_000,
            "minutes" => 60_000,
            "hours" => 3_600_000,
            "days" => 86_400_000,
            _ => return None,
        };
        let count = match Number::of(&Value::Json(count.clone()))? {
            Number::Integer(count) => Decimal::from(count),
            Number::Decimal(count) => count,
        };
        let added = count.checked_mul(&Decimal::from(of_unit))?;
        milliseconds = milliseconds.checked_add(&added)?;
    }
    Duration::from_milliseconds(milliseconds.truncate()?)
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

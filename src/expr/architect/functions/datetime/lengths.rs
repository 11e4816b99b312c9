//! Implementations of the functions that create and round Durations.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::{Collection, Duration, Kind, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::limits;

const MILLISECONDS: [i64; 5] = [86_400_000, 3_600_000, 60_000, 1000, 1];

pub(super) fn make_duration(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let mut total = Some(0_i64);
    for (place, factor) in (0..arguments.values().len()).zip(MILLISECONDS) {
        let part = arguments.integer(place)?.checked_mul(factor);
        total = total.zip(part).and_then(|(total, part)| total.checked_add(part));
    }
    limits::duration(arguments, total.and_then(Duration::from_milliseconds))
}

pub(super) fn difference(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Duration(arguments.datetime(0)?.since(arguments.datetime(1)?)))
}

/// Undocumented: the lower bound may be negative.
pub(super) fn range(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (middle, offset) = (arguments.duration(0)?, arguments.duration(1)?);
    let items = vec![
        limits::duration(arguments, middle.checked_sub(offset))?,
        limits::duration(arguments, middle.checked_add(offset))?,
    ];
    Ok(Value::Collection(Arc::new(Collection { kind: Kind::Duration, items })))
}

/// The values that `RoundUp` announces for short waits. Longer waits are rounded to
/// multiples of the last value.
const SHORT_WAITS: [i64; 4] = [30_000, 60_000, 120_000, 300_000];

pub(super) fn round_up(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let length = arguments.duration(0)?.milliseconds();
    let spoken = SHORT_WAITS.into_iter().find(|choice| *choice >= length);
    let rounded = spoken.or_else(|| multiple(length, SHORT_WAITS[SHORT_WAITS.len() - 1]));
    limits::duration(arguments, rounded.and_then(Duration::from_milliseconds))
}

pub(super) fn round_up_to_interval(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let length = arguments.duration(0)?.milliseconds();
    let rounded = multiple(length, interval(arguments)?);
    limits::duration(arguments, rounded.and_then(Duration::from_milliseconds))
}

/// NOT_SET items are skipped.
pub(super) fn round_up_to_choice(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let length = arguments.duration(0)?;
    let choices = arguments.items(2)?.iter().filter_map(|item| match item {
        Value::Duration(choice) if *choice >= length => Some(*choice),
        _ => None,
    });
    match choices.min() {
        Some(choice) => Ok(Value::Duration(choice)),
        None => round_up_to_interval(arguments),
    }
}

/// Fails if the interval is not positive, because it has no multiples to round up to.
fn interval(arguments: &Arguments<'_>) -> Result<i64, Failure> {
    let interval = arguments.duration(1)?;
    if interval > Duration::ZERO {
        return Ok(interval.milliseconds());
    }
    let mut message =
        format!("{} must be greater than 0, not ", arguments.parameter_name(1));
    interval.write(&mut message);
    Err(arguments.fail(Code::OUT_OF_RANGE, &message))
}

/// The smallest multiple of an interval that is not less than a length.
fn multiple(length: i64, interval: i64) -> Option<i64> {
    let whole = length.div_euclid(interval);
    let count = if length.rem_euclid(interval) == 0 { whole } else { whole + 1 };
    count.checked_mul(interval)
}

#[cfg(test)]
mod tests {
    use super::super::super::super::trial::assert_results;

    #[test]
    fn durations() {
        assert_results(&[
            ("MakeDuration(-10, 0, 30, 10, 500)", r#""-P9DT23H29M49.5S""#),
            ("MakeDuration(-10, 0, -30, 0)", r#""-P10DT30M""#),
            ("MakeDuration(System.MaxInt, 0, 0, 0)", "RESULT_TOO_LARGE"),
            ("MakeDuration(System.MaxInt, System.MinInt, 0, 0)", "RESULT_TOO_LARGE"),
            (
                "DateTimeDiff(System.MaxDateTime, System.MinDateTime)",
                r#""P146461DT23H59M59.999S""#,
            ),
        ]);
    }

    #[test]
    fn rounding() {
        assert_results(&[
            ("RoundUp(MakeDuration(0, 0, 2, 35))", r#""PT5M""#),
            ("RoundUp(MakeDuration(0, 0, 0, 37))", r#""PT1M""#),
            ("RoundUp(MakeDuration(0, 0, 5, 0))", r#""PT5M""#),
            ("RoundUp(MakeDuration(0, 0, 22, 30))", r#""PT25M""#),
            ("RoundUp(MakeDuration(0, 0, 0, 0))", r#""PT30S""#),
            ("RoundUp(MakeDuration(0, 0, 0, 30, 1))", r#""PT1M""#),
            ("RoundUp(System.MaxDuration)", "RESULT_TOO_LARGE"),
            ("RoundUp(MakeDuration(0, 0, 2, 35), MakeDuration(0, 0, 3, 0))", r#""PT3M""#),
            ("RoundUp(MakeDuration(0, 0, 5, 0), MakeDuration(0, 0, 5, 0))", r#""PT5M""#),
            (
                "RoundUp(MakeDuration(0, 0, 0, -5), MakeDuration(0, 0, 0, 2))",
                r#""-PT4S""#,
            ),
            (
                "RoundUp(MakeDuration(0, 0, 5, 0), MakeDuration(0, 0, 0, 0))",
                "OUT_OF_RANGE",
            ),
            (
                "RoundUp(MakeDuration(0, 0, 2, 35), MakeDuration(0, 0, 5, 0), MakeList(MakeDuration(0, 0, 4, 0), MakeDuration(0, 0, 1, 0), MakeDuration(0, 0, 2, 30)))",
                r#""PT4M""#,
            ),
            (
                "RoundUp(MakeDuration(0, 0, 22, 35), MakeDuration(0, 0, 5, 0), MakeList(MakeDuration(0, 0, 1, 0), MakeDuration(0, 0, 15, 0)))",
                r#""PT25M""#,
            ),
            (
                "RoundUp(MakeDuration(0, 0, 2, 0), MakeDuration(0, 0, 5, 0), MakeList(ToDuration(NOT_SET)))",
                r#""PT5M""#,
            ),
            (
                "Range(MakeDuration(0, 0, 1, 0), MakeDuration(0, 0, 2, 0))",
                r#"["-PT1M","PT3M"]"#,
            ),
            ("Range(System.MaxDuration, MakeDuration(0, 0, 0, 1))", "RESULT_TOO_LARGE"),
        ]);
    }
}

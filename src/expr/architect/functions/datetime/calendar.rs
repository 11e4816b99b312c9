//! Implementations of the calendar functions.

use crate::diagnostic::Code;
use crate::value::{Date, DateTime, Duration, Time, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::limits;

const MILLISECONDS_A_DAY: i64 = 86_400_000;

pub(super) fn day(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    part(arguments, |date, _| date.day.into())
}

pub(super) fn month(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    part(arguments, |date, _| date.month.into())
}

pub(super) fn year(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    part(arguments, |date, _| date.year.into())
}

pub(super) fn hour(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    part(arguments, |_, time| time.hour.into())
}

pub(super) fn minute(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    part(arguments, |_, time| time.minute.into())
}

pub(super) fn second(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    part(arguments, |_, time| time.second.into())
}

fn part(
    arguments: &Arguments<'_>,
    read: fn(Date, Time) -> i64,
) -> Result<Value, Failure> {
    let moment = arguments.datetime(0)?;
    Ok(Value::Integer(read(moment.date(), moment.time())))
}

pub(super) fn day_of_week(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let date = arguments.datetime(0)?.date();
    Ok(Value::Integer(date.day_of_week().into()))
}

/// Returns the week number by ISO 8601: weeks begin on Monday, and the first week
/// contains the year's first Thursday. The catalogue does not specify this, but its
/// example agrees.
pub(super) fn week_number(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Integer(arguments.datetime(0)?.date().week_number().into()))
}

pub(super) fn make_datetime(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (year, month) = (arguments.integer(0)?, arguments.integer(1)?);
    let day = arguments.integer(2)?;
    let Some(date) = date(year, month, day) else {
        let length = date(year, month, 1).map_or(31, Date::days_in_month);
        let message = format!("{year}-{month:02} has {length} days, found day {day}");
        return Err(arguments.fail(Code::OUT_OF_RANGE, &message));
    };
    let time = time_of_day(arguments, 3)?;
    limits::datetime(arguments, DateTime::from_parts(date, time))
}

/// Returns `None` if the month has no such day. Year and month are within their limits.
fn date(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)
}

/// Reads the time of day from three arguments, starting at this place. Missing arguments
/// mean midnight.
fn time_of_day(arguments: &Arguments<'_>, place: usize) -> Result<Time, Failure> {
    // The parameters guarantee the limits.
    let part = |place| -> Result<i8, Failure> {
        let number = arguments.optional(place, Arguments::integer)?.unwrap_or(0);
        Ok(i8::try_from(number).unwrap_or_default())
    };
    let (hour, minute, second) = (part(place)?, part(place + 1)?, part(place + 2)?);
    Ok(Time { hour, minute, second, millisecond: 0 })
}

pub(super) fn add_days(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    add(arguments, MILLISECONDS_A_DAY)
}

pub(super) fn add_hours(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    add(arguments, 3_600_000)
}

pub(super) fn add_minutes(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    add(arguments, 60_000)
}

pub(super) fn add_seconds(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    add(arguments, 1000)
}

fn add(arguments: &Arguments<'_>, milliseconds: i64) -> Result<Value, Failure> {
    let start = arguments.datetime(0)?.milliseconds();
    let added = arguments.integer(1)?.checked_mul(milliseconds);
    let sum = added.and_then(|added| start.checked_add(added));
    limits::datetime(arguments, sum.and_then(DateTime::from_milliseconds))
}

pub(super) fn add_months(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let later = arguments.datetime(0)?.add_months(arguments.integer(1)?);
    limits::datetime(arguments, later)
}

pub(super) fn add_years(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let later = arguments.datetime(0)?.add_years(arguments.integer(1)?);
    limits::datetime(arguments, later)
}

/// Adds the whole seconds of a Duration. *Source: Genesys' expression catalogue: fractional
/// seconds are not added.*
pub(super) fn add_duration(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let milliseconds = arguments.duration(1)?.milliseconds();
    let whole = Duration::from_milliseconds(milliseconds - milliseconds % 1_000);
    let later = whole.and_then(|whole| arguments.datetime(0).ok()?.checked_add(whole));
    limits::datetime(arguments, later)
}

pub(super) fn occurrence_in_year(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    occurrence(arguments, None, 3)
}

pub(super) fn occurrence_in_month(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    occurrence(arguments, Some(arguments.integer(3)?), 4)
}

fn occurrence(
    arguments: &Arguments<'_>,
    month: Option<i64>,
    time_place: usize,
) -> Result<Value, Failure> {
    let (day_of_week, occurrence) = (arguments.integer(0)?, arguments.integer(1)?);
    let time = time_of_day(arguments, time_place)?;
    match Date::nth_day_of_week(day_of_week, occurrence, arguments.integer(2)?, month) {
        Some(date) => limits::datetime(arguments, DateTime::from_parts(date, time)),
        None => Ok(arguments.not_set()),
    }
}

pub(super) fn now(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::DateTime(arguments.environment().now()))
}

#[cfg(test)]
mod tests {
    use super::super::super::super::trial::assert_results;

    #[test]
    fn durations_are_added_in_whole_seconds() {
        assert_results(&[
            (
                "AddDuration(MakeDateTime(2020, 1, 1), MakeDuration(0, 0, 0, 1, 700))",
                "\"2020-01-01T00:00:01Z\"",
            ),
            (
                "AddDuration(MakeDateTime(2020, 1, 1), -MakeDuration(0, 0, 0, 1, 700))",
                "\"2019-12-31T23:59:59Z\"",
            ),
            (
                "AddDuration(System.MaxDateTime, MakeDuration(1, 0, 0, 0))",
                "RESULT_TOO_LARGE",
            ),
        ]);
    }

    #[test]
    fn dates() {
        assert_results(&[
            ("MakeDateTime(2009, 2, 29)", "OUT_OF_RANGE"),
            ("MakeDateTime(2008, 2, 29)", r#""2008-02-29T00:00:00Z""#),
            ("MakeDateTime(1799, 1, 1)", "OUT_OF_RANGE"),
            ("MakeDateTime(2000, 13, 1)", "OUT_OF_RANGE"),
            ("MakeDateTime(2200, 12, 31, 23, 59, 59)", r#""2200-12-31T23:59:59Z""#),
            ("MakeDateTime(2000, 1, 1, 24, 0, 0)", "OUT_OF_RANGE"),
            ("MakeDateTime(2000, 1, ToInt(NOT_SET))", "NOT_SET_NOT_ALLOWED"),
            ("AddDays(MakeDateTime(2000, 1, 1), System.MaxInt)", "RESULT_TOO_LARGE"),
            ("AddSeconds(System.MaxDateTime, 1)", "RESULT_TOO_LARGE"),
            ("AddMonths(MakeDateTime(2000, 3, 31), -1)", r#""2000-02-29T00:00:00Z""#),
            (
                "AddMonths(MakeDateTime(2000, 1, 31, 6, 30, 15), 12)",
                r#""2001-01-31T06:30:15Z""#,
            ),
            ("AddMonths(MakeDateTime(1800, 1, 1), -1)", "RESULT_TOO_LARGE"),
            ("AddMonths(MakeDateTime(1800, 1, 1), System.MaxInt)", "RESULT_TOO_LARGE"),
            ("AddYears(MakeDateTime(2000, 2, 29), System.MinInt)", "RESULT_TOO_LARGE"),
            ("AddMonths(ToDateTime(-1), 0)", r#""1969-12-31T23:59:59Z""#),
            ("DayOfWeek(MakeDateTime(2026, 11, 22))", "1"),
            ("WeekNum(System.MaxDateTime)", "1"),
            ("WeekNum(System.MinDateTime)", "1"),
            ("Month(ToDateTime(NOT_SET))", "NOT_SET_NOT_ALLOWED"),
            ("GetDayOfWeekOccurrence(1, 0, 2017)", "OUT_OF_RANGE"),
            ("GetDayOfWeekOccurrence(8, 1, 2017)", "OUT_OF_RANGE"),
            ("GetDayOfWeekOccurrence(1, 6, 2017, 4)", "OUT_OF_RANGE"),
            ("GetDayOfWeekOccurrence(1, -53, 2017)", r#""2017-01-01T00:00:00Z""#),
            ("GetDayOfWeekOccurrence(2, -53, 2017)", "NOT_SET DateTime"),
            (
                "GetDayOfWeekOccurrence(4, -1, 2200, 12, 23, 59, 59)",
                r#""2200-12-31T23:59:59Z""#,
            ),
            ("GetCurrentDateTimeUtc()", r#""2026-01-05T09:00:00Z""#),
        ]);
    }
}

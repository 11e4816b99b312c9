//! Bodies that go by the calendar.

use crate::diagnostic::Code;
use crate::value::{Date, DateTime, Time, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::limits;
use super::days;

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
    Ok(Value::Integer(days::day_of_week(days::of(date))))
}

/// By ISO 8601: weeks begin on Monday, and the first is the one with the year's first
/// Thursday. The catalogue does not say, and its example fits.
pub(super) fn week_number(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::Integer(days::week_number(arguments.datetime(0)?.date())))
}

pub(super) fn make_datetime(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (year, month) = (arguments.integer(0)?, arguments.integer(1)?);
    let day = arguments.integer(2)?;
    let length = days::length_of_month(year, month);
    if day < 1 || day > length {
        let message = format!("{year}-{month:02} has {length} days, not {day}");
        return Err(arguments.fail(Code::OUT_OF_RANGE, &message));
    }
    let time = time_of_day(arguments, 3)?;
    limits::datetime(arguments, moment(days::first_of_month(year, month) + day - 1, time))
}

/// The milliseconds of the day that three arguments give, the first of them at this place;
/// 0 if they are not given.
fn time_of_day(arguments: &Arguments<'_>, place: usize) -> Result<i64, Failure> {
    let part = |place| Ok(arguments.optional(place, Arguments::integer)?.unwrap_or(0));
    let (hour, minute, second) = (part(place)?, part(place + 1)?, part(place + 2)?);
    Ok(((hour * 60 + minute) * 60 + second) * 1000)
}

fn moment(day: i64, milliseconds: i64) -> Option<DateTime> {
    let midnight = day.checked_mul(MILLISECONDS_A_DAY)?;
    DateTime::from_milliseconds(midnight.checked_add(milliseconds)?)
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
    add_whole_months(arguments, Some(arguments.integer(1)?))
}

pub(super) fn add_years(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    add_whole_months(arguments, arguments.integer(1)?.checked_mul(12))
}

fn add_whole_months(
    arguments: &Arguments<'_>,
    months: Option<i64>,
) -> Result<Value, Failure> {
    let start = arguments.datetime(0)?;
    let time = start.milliseconds().rem_euclid(MILLISECONDS_A_DAY);
    let day = months.and_then(|months| days::months_later(start.date(), months));
    limits::datetime(arguments, day.and_then(|day| moment(day, time)))
}

pub(super) fn occurrence_in_year(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let year = arguments.integer(2)?;
    let first = days::first_of_month(year, 1);
    occurrence(arguments, first, days::first_of_month(year + 1, 1) - 1, 3)
}

pub(super) fn occurrence_in_month(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (year, month) = (arguments.integer(2)?, arguments.integer(3)?);
    let first = days::first_of_month(year, month);
    occurrence(arguments, first, first + days::length_of_month(year, month) - 1, 4)
}

fn occurrence(
    arguments: &Arguments<'_>,
    first: i64,
    last: i64,
    time_place: usize,
) -> Result<Value, Failure> {
    let (day_of_week, occurrence) = (arguments.integer(0)?, arguments.integer(1)?);
    let time = time_of_day(arguments, time_place)?;
    match days::occurrence(day_of_week, occurrence, first..=last) {
        Some(day) => limits::datetime(arguments, moment(day, time)),
        None => Ok(arguments.not_set()),
    }
}

pub(super) fn now(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    Ok(Value::DateTime(arguments.surroundings().now()))
}

#[cfg(test)]
mod tests {
    use super::super::super::super::trial::hold;

    #[test]
    fn dates() {
        hold(&[
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

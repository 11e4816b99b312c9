//! Days as numbers, counted from the start of 1970: the arithmetic of the calendar.
//!
//! Years beyond the limits of a `DateTime` are computed too; whoever makes one checks them.

use std::ops::RangeInclusive;

use crate::value::Date;

/// The number of a day.
pub(super) fn of(date: Date) -> i64 {
    first_of_month(date.year.into(), date.month.into()) + i64::from(date.day) - 1
}

/// The first day of a month of the Gregorian calendar.
pub(super) fn first_of_month(year: i64, month: i64) -> i64 {
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days_before_month = (153 * month + 2) / 5;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + days_before_month - DAYS_BEFORE_1970
}

/// From March of the year 0.
const DAYS_BEFORE_1970: i64 = 719_468;

/// How many days a month has.
pub(super) fn length_of_month(year: i64, month: i64) -> i64 {
    let next = if month == 12 {
        first_of_month(year + 1, 1)
    } else {
        first_of_month(year, month + 1)
    };
    next - first_of_month(year, month)
}

/// Sunday is 1, Saturday 7.
pub(super) fn day_of_week(day: i64) -> i64 {
    // 1970 began on a Thursday.
    (day + 4).rem_euclid(7) + 1
}

/// The number of the ISO 8601 week in which a day lies.
pub(super) fn week_number(date: Date) -> i64 {
    let day = of(date);
    let days_after_monday = (day_of_week(day) + 5).rem_euclid(7);
    let thursday = day - days_after_monday + 3;
    let year = i64::from(date.year);
    let starts = [year + 1, year, year - 1].map(|year| first_of_month(year, 1));
    let start = starts.into_iter().find(|start| *start <= thursday);
    (thursday - start.unwrap_or(thursday)) / 7 + 1
}

/// The same day of the month so many months later, or the last that the month has. Nothing
/// if that is beyond all limits.
pub(super) fn months_later(date: Date, months: i64) -> Option<i64> {
    let total =
        (i64::from(date.year) * 12 + i64::from(date.month) - 1).checked_add(months)?;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    let day = i64::from(date.day).min(length_of_month_within(year, month)?);
    Some(first_of_month(year, month) + day - 1)
}

fn length_of_month_within(year: i64, month: i64) -> Option<i64> {
    (1800..=2200).contains(&year).then(|| length_of_month(year, month))
}

/// The first (1), second (2), last (-1) day of the week among some days.
pub(super) fn occurrence(
    wanted: i64,
    occurrence: i64,
    among: RangeInclusive<i64>,
) -> Option<i64> {
    let (first, last) = (*among.start(), *among.end());
    let day = if occurrence > 0 {
        first + (wanted - day_of_week(first)).rem_euclid(7) + 7 * (occurrence - 1)
    } else {
        last - (day_of_week(last) - wanted).rem_euclid(7) + 7 * (occurrence + 1)
    };
    among.contains(&day).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::DateTime;

    /// `value::DateTime` counts with another library.
    #[test]
    fn every_day_has_the_number_that_its_time_has() {
        let (mut day, mut length) = (of(Date::new(1800, 1, 1).unwrap()), 0);
        while let Some(time) = DateTime::from_milliseconds(day * 86_400_000) {
            let date = time.date();
            assert_eq!(of(date), day, "{date}");
            length = if date.day == 1 { 1 } else { length + 1 };
            assert_eq!(i64::from(date.day), length);
            assert!(length <= length_of_month(date.year.into(), date.month.into()));
            day += 1;
        }
        assert_eq!(day, of(Date::new(2200, 12, 31).unwrap()) + 1);
    }

    #[test]
    fn weeks() {
        for (text, week, weekday) in [
            ("2009-12-31", 53, 5),
            ("2010-01-03", 53, 1),
            ("2010-01-04", 1, 2),
            ("2018-12-31", 1, 2),
            ("2021-01-01", 53, 6),
            ("2026-11-21", 47, 7),
            ("2200-12-31", 1, 4),
        ] {
            let date = Date::parse(text).unwrap();
            assert_eq!(week_number(date), week, "{text}");
            assert_eq!(day_of_week(of(date)), weekday, "{text}");
        }
    }
}

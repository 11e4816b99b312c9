//! Dates in English words.

use super::number::cardinal;
use super::{Date, DateFormat, ordinal};

const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Formats a date in words.
pub(in crate::value) fn words(date: Date, format: DateFormat) -> String {
    match format {
        DateFormat::LongYear => format!("{} {}", day_and_month(date), long_year(date)),
        DateFormat::ShortYear => format!("{} {}", day_and_month(date), short_year(date)),
        DateFormat::ShortMonthAndDay => day_and_month(date),
        DateFormat::DayOfWeekOnly => day_of_week(date).into(),
        DateFormat::DayOnly => ordinal::words(date.day.into()),
        DateFormat::MonthOnly => month(date).into(),
        DateFormat::ShortYearOnly => short_year(date),
        DateFormat::LongYearOnly => long_year(date),
    }
}

/// `Thursday November thirtieth`
fn day_and_month(date: Date) -> String {
    let day = ordinal::words(date.day.into());
    format!("{} {} {day}", day_of_week(date), month(date))
}

fn day_of_week(date: Date) -> &'static str {
    let index = usize::try_from(date.day_of_week() - 1).unwrap_or_default();
    DAYS.get(index).copied().unwrap_or_default()
}

fn month(date: Date) -> &'static str {
    let index = usize::try_from(date.month - 1).unwrap_or_default();
    MONTHS.get(index).copied().unwrap_or_default()
}

/// `nineteen hundred eighty nine`, `two thousand fourteen`
fn long_year(date: Date) -> String {
    let (century, rest) = centuries(date);
    if century.is_multiple_of(10) {
        return cardinal(century * 100 + rest);
    }
    let century = cardinal(century);
    if rest == 0 {
        format!("{century} hundred")
    } else {
        format!("{century} hundred {}", cardinal(rest))
    }
}

/// `nineteen eighty nine`, `twenty fourteen`; in the first years of a century in the
/// usual wording: `nineteen oh five`, `two thousand five`.
fn short_year(date: Date) -> String {
    match centuries(date) {
        (_, 0) => long_year(date),
        (century, 1..=9) if century.is_multiple_of(10) => long_year(date),
        (century, rest @ 1..=9) => format!("{} oh {}", cardinal(century), cardinal(rest)),
        (century, rest) => format!("{} {}", cardinal(century), cardinal(rest)),
    }
}

fn centuries(date: Date) -> (u64, u64) {
    let year = u64::try_from(date.year).unwrap_or_default();
    (year / 100, year % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years() {
        for (year, long, short) in [
            (1800, "eighteen hundred", "eighteen hundred"),
            (1905, "nineteen hundred five", "nineteen oh five"),
            (1999, "nineteen hundred ninety nine", "nineteen ninety nine"),
            (2000, "two thousand", "two thousand"),
            (2005, "two thousand five", "two thousand five"),
            (2026, "two thousand twenty six", "twenty twenty six"),
            (2100, "twenty one hundred", "twenty one hundred"),
            (2200, "twenty two hundred", "twenty two hundred"),
        ] {
            let date = Date::new(year, 1, 1).unwrap();
            assert_eq!(words(date, DateFormat::LongYearOnly), long);
            assert_eq!(words(date, DateFormat::ShortYearOnly), short);
        }
    }
}

//! Calendar arithmetic: months, years, weeks and days of the week.

use jiff::Span;
use jiff::civil;

use super::{Date, DateTime, Time};

/// A day of the week: Sunday is 1, Saturday 7. *Source: Genesys' expression catalogue.*
const DAYS_OF_THE_WEEK: std::ops::RangeInclusive<i64> = 1..=7;

impl DateTime {
    /// Creates a time from a date and a time of day in UTC.
    pub fn from_parts(date: Date, time: Time) -> Option<Self> {
        let date = civil::Date::new(date.year, date.month, date.day).ok()?;
        let nanosecond = i32::from(time.millisecond).checked_mul(1_000_000)?;
        let moment = date.at(time.hour, time.minute, time.second, nanosecond);
        let moment = moment.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Self::from_milliseconds(moment.timestamp().as_millisecond())
    }

    /// Adds months; negative numbers subtract. If the resulting month has no such day,
    /// the result is its last day. Returns `None` if out of range.
    pub fn add_months(self, months: i64) -> Option<Self> {
        self.add(Span::new().try_months(months).ok()?)
    }

    /// Adds years; negative numbers subtract. 29 February becomes 28 February in other
    /// than leap years. Returns `None` if out of range.
    pub fn add_years(self, years: i64) -> Option<Self> {
        self.add(Span::new().try_years(years).ok()?)
    }

    fn add(self, span: Span) -> Option<Self> {
        let date = civil_date(self.date())?.checked_add(span).ok()?;
        Self::from_parts(Date::new(date.year(), date.month(), date.day())?, self.time())
    }
}

impl Date {
    /// The day of the week: Sunday is 1, Saturday 7. *Source: Genesys' expression
    /// catalogue.*
    pub fn day_of_week(self) -> i8 {
        civil_date(self).map_or(1, |date| date.weekday().to_sunday_one_offset())
    }

    /// The number of days in the month.
    pub fn days_in_month(self) -> i8 {
        civil_date(self).map_or(31, civil::Date::days_in_month)
    }

    /// The week of the year by ISO 8601: weeks begin on Monday, and the first week has a
    /// Thursday in January, so 1 January may be in week 53. Genesys does not document its
    /// rule. Its only example, week 53 of 2009-12-31, also fits weeks that begin on
    /// Sunday.
    pub fn week_number(self) -> i8 {
        civil_date(self).map_or(1, |date| date.iso_week_date().week())
    }

    /// The nth occurrence of a day of the week (Sunday is 1) in a year, or in a month of
    /// the year. Negative numbers count from the end. Returns `None` if there is no such
    /// occurrence, day, month or year.
    pub fn nth_day_of_week(
        day_of_week: i64,
        occurrence: i64,
        year: i64,
        month: Option<i64>,
    ) -> Option<Self> {
        let year = i16::try_from(year).ok()?;
        let (first_month, last_month) = match month {
            Some(month) => (i8::try_from(month).ok()?, i8::try_from(month).ok()?),
            None => (1, 12),
        };
        let first = civil_date(Self::new(year, first_month, 1)?)?;
        let last = civil::Date::new(year, last_month, 1).ok()?.last_of_month();
        if !DAYS_OF_THE_WEEK.contains(&day_of_week) || occurrence == 0 {
            return None;
        }
        let wanted = i8::try_from(day_of_week).ok()?;
        let (start, days) = if occurrence > 0 {
            let gap = wanted - first.weekday().to_sunday_one_offset();
            (first, i64::from(gap.rem_euclid(7)) + weeks(occurrence.checked_sub(1)?)?)
        } else {
            let gap = last.weekday().to_sunday_one_offset() - wanted;
            (last, weeks(occurrence.checked_add(1)?)? - i64::from(gap.rem_euclid(7)))
        };
        let found = start.checked_add(Span::new().try_days(days).ok()?).ok()?;
        let is_within = (first..=last).contains(&found);
        let found = is_within.then_some(found)?;
        Self::new(found.year(), found.month(), found.day())
    }
}

/// The number of days in the given number of weeks. Returns `None` if a year has fewer
/// weeks.
fn weeks(number: i64) -> Option<i64> {
    (-53..=53).contains(&number).then(|| number * 7)
}

fn civil_date(date: Date) -> Option<civil::Date> {
    civil::Date::new(date.year, date.month, date.day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> DateTime {
        DateTime::parse(text).unwrap()
    }

    fn printed(moment: Option<DateTime>) -> Option<String> {
        moment.map(|moment| moment.to_string())
    }

    #[test]
    fn parts_make_a_moment() {
        let time = moment("2009-01-10T06:30:00.250Z");
        assert_eq!(DateTime::from_parts(time.date(), time.time()), Some(time));
        for limit in [DateTime::MIN, DateTime::MAX] {
            assert_eq!(DateTime::from_parts(limit.date(), limit.time()), Some(limit));
        }
    }

    #[test]
    fn months_and_years_end_with_their_last_day() {
        for (text, months, expected) in [
            ("2009-01-10T06:30:00Z", 3, Some("2009-04-10T06:30:00Z")),
            ("2009-01-31T06:30:00Z", 1, Some("2009-02-28T06:30:00Z")),
            ("2008-03-31T06:30:00Z", -1, Some("2008-02-29T06:30:00Z")),
            ("2009-12-31T23:59:59.999Z", 2, Some("2010-02-28T23:59:59.999Z")),
            ("2009-01-31", 0, Some("2009-01-31T00:00:00Z")),
            ("1800-01-31", -1, None),
            ("2200-12-01", 1, None),
            ("2009-01-01", i64::MAX, None),
            ("2009-01-01", i64::MIN, None),
        ] {
            let found = printed(moment(text).add_months(months));
            assert_eq!(found.as_deref(), expected, "{text} {months}");
        }
        for (text, years, expected) in [
            ("2009-01-10T06:30:00Z", 3, Some("2012-01-10T06:30:00Z")),
            ("2008-02-29", 1, Some("2009-02-28T00:00:00Z")),
            ("2008-02-29", -4, Some("2004-02-29T00:00:00Z")),
            ("2008-02-29", 193, None),
            ("2008-02-29", i64::MIN, None),
        ] {
            let found = printed(moment(text).add_years(years));
            assert_eq!(found.as_deref(), expected, "{text} {years}");
        }
    }

    #[test]
    fn days_and_weeks() {
        for (text, day, week) in [
            ("2009-12-31", 5, 53),
            ("2010-01-01", 6, 53),
            ("2010-01-04", 2, 1),
            ("2014-11-05", 4, 45),
            ("2017-01-01", 1, 52),
            ("2018-12-31", 2, 1),
            ("1800-01-04", 7, 1),
            ("2010-01-03", 1, 53),
            ("2021-01-01", 6, 53),
            ("2026-11-21", 7, 47),
            ("2200-12-31", 4, 1),
        ] {
            let date = Date::parse(text).unwrap();
            assert_eq!((date.day_of_week(), date.week_number()), (day, week), "{text}");
        }
    }

    #[test]
    fn occurrences_of_days_of_the_week() {
        for (day, occurrence, year, month, expected) in [
            (1, 10, 2017, None, Some("2017-03-05")),
            (6, -1, 2017, None, Some("2017-12-29")),
            (2, 53, 2017, None, None),
            (1, 53, 2017, None, Some("2017-12-31")),
            (1, -53, 2017, None, Some("2017-01-01")),
            (1, 20, 2017, None, Some("2017-05-14")),
            (3, 53, 2017, None, None),
            (1, 2, 2017, Some(4), Some("2017-04-09")),
            (6, -1, 2017, Some(2), Some("2017-02-24")),
            (6, -2, 2017, Some(2), Some("2017-02-17")),
            (3, 5, 2017, Some(4), None),
            (3, -5, 2017, Some(4), None),
            (3, 5, 2015, Some(4), None),
            (7, 1, 2017, Some(4), Some("2017-04-01")),
            (1, -1, 2017, Some(4), Some("2017-04-30")),
            (1, 0, 2017, None, None),
            (0, 1, 2017, None, None),
            (8, 1, 2017, None, None),
            (1, 1, 2017, Some(13), None),
            (1, 1, 2017, Some(0), None),
            (1, 1, 1799, None, None),
            (1, 1, i64::MAX, None, None),
            (1, i64::MIN, 2017, None, None),
            (1, i64::MAX, 2017, None, None),
        ] {
            let found = Date::nth_day_of_week(day, occurrence, year, month);
            let found = found.map(|date| date.to_string());
            assert_eq!(found.as_deref(), expected, "{day} {occurrence} {year} {month:?}");
        }
    }
}

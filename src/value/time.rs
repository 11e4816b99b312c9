//! Points in time, dates, and times of day.

use std::fmt;

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

use super::Duration;

/// A point in time in UTC, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(i64);

impl DateTime {
    /// 1800-01-01T00:00:00Z. *Source: Architect's limits.*
    pub const MIN: Self = Self(-5_364_662_400_000);
    /// 2200-12-31T23:59:59.999Z. *Source: Architect's limits.*
    pub const MAX: Self = Self(7_289_654_399_999);

    /// Converts a Unix timestamp in milliseconds. Returns `None` if out of range.
    pub const fn from_milliseconds(milliseconds: i64) -> Option<Self> {
        let is_within = milliseconds >= Self::MIN.0 && milliseconds <= Self::MAX.0;
        if is_within { Some(Self(milliseconds)) } else { None }
    }

    /// Milliseconds since the start of 1970.
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    /// Parses RFC 3339: `2009-01-10T06:30:00-07:00`. The default offset is UTC, and the
    /// default time is midnight.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.contains('[') {
            return None; // the library ignores a suffix such as `[Europe/Berlin]`
        }
        let time = text.parse::<Timestamp>().ok().or_else(|| {
            let civil = text.parse::<civil::DateTime>().ok()?;
            Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
        })?;
        let whole = time.round(
            jiff::TimestampRound::new()
                .smallest(Unit::Millisecond)
                .mode(jiff::RoundMode::Floor),
        );
        Self::from_milliseconds(whole.ok()?.as_millisecond())
    }

    /// Parses a string in the form that Architect documents for `ToDateTime`:
    /// `YYYY-MM-DDThh:mm:ss` and `Z` or an offset such as `-07:00`, at most 18 hours.
    /// Undocumented: the offset or the whole time may be missing, and seconds may have a
    /// fraction; [`DateTime::parse`] says what this means.
    pub fn parse_exact(text: &str) -> Option<Self> {
        if is_exact(text) { Self::parse(text) } else { None }
    }

    /// Adds a duration. Returns `None` if out of range.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        Self::from_milliseconds(self.0.checked_add(duration.milliseconds())?)
    }

    /// Subtracts a duration. Returns `None` if out of range.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        Self::from_milliseconds(self.0.checked_sub(duration.milliseconds())?)
    }

    /// The duration from another time to this one; negative if the other is later.
    pub fn since(self, other: Self) -> Duration {
        // Both are within the limits, so their difference is within the limits of
        // durations.
        Duration::from_milliseconds(self.0 - other.0).unwrap_or_default()
    }

    /// The date in UTC.
    pub fn date(self) -> Date {
        let civil = self.civil();
        Date { year: civil.year(), month: civil.month(), day: civil.day() }
    }

    /// The time of day in UTC.
    pub fn time(self) -> Time {
        let civil = self.civil();
        Time {
            hour: civil.hour(),
            minute: civil.minute(),
            second: civil.second(),
            millisecond: civil.millisecond(),
        }
    }

    /// Appends `2009-01-10T06:30:00Z`, with milliseconds if they are not zero.
    pub fn write(self, out: &mut String) {
        self.date().write(out);
        out.push('T');
        self.time().write(out);
        out.push('Z');
    }

    fn civil(self) -> civil::DateTime {
        // The limits are within those of the library, so the fallback is never used.
        let time = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        TimeZone::UTC.to_datetime(time)
    }
}

/// Whether a string has the form `YYYY-MM-DD[Thh:mm:ss[.f][Z|±hh:mm]]`. The library accepts
/// many more, a second 60 and offsets of 25 hours.
fn is_exact(text: &str) -> bool {
    let Some((date, rest)) = text.split_at_checked("2009-01-10".len()) else {
        return false;
    };
    if rest.is_empty() {
        return has_form(date, "0000-00-00");
    }
    let Some((time, rest)) = rest.split_at_checked("T06:30:00".len()) else {
        return false;
    };
    let fraction = rest.strip_prefix('.').map_or(rest, |rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 { "." } else { &rest[digits..] }
    });
    has_form(date, "0000-00-00")
        && has_form(time, "T00:00:00")
        && !time.ends_with("60")
        && is_offset(fraction)
}

/// Whether this is nothing, `Z`, or an offset of at most 18 hours.
fn is_offset(text: &str) -> bool {
    let is_signed = has_form(text, "+00:00") || has_form(text, "-00:00");
    text.is_empty() || text == "Z" || is_signed && text[1..] <= *"18:00"
}

/// Whether a string has the characters of a form, in which `0` is any digit.
fn has_form(text: &str, form: &str) -> bool {
    let is_same = |(given, wanted): (u8, u8)| match wanted {
        b'0' => given.is_ascii_digit(),
        wanted => given == wanted,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(is_same)
}

impl fmt::Display for DateTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        formatter.write_str(&text)
    }
}

/// A date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// 1800 to 2200
    pub year: i16,
    /// 1 to 12
    pub month: i8,
    /// 1 to 31
    pub day: i8,
}

impl Date {
    /// Creates a date. Returns `None` if it does not exist in the calendar or is out of
    /// range.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        let exists = civil::Date::new(year, month, day).is_ok();
        (exists && (1800..=2200).contains(&year)).then_some(Self { year, month, day })
    }

    /// Parses `2009-01-10`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_date_alone = text.len() == "2009-01-10".len();
        let date = text.parse::<civil::Date>().ok().filter(|_| is_date_alone)?;
        Self::new(date.year(), date.month(), date.day())
    }

    /// Appends `2009-01-10`.
    pub fn write(self, out: &mut String) {
        write_digits(self.year, 4, out);
        out.push('-');
        write_digits(self.month, 2, out);
        out.push('-');
        write_digits(self.day, 2, out);
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        formatter.write_str(&text)
    }
}

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// 0 to 23
    pub hour: i8,
    /// 0 to 59
    pub minute: i8,
    /// 0 to 59
    pub second: i8,
    /// 0 to 999
    pub millisecond: i16,
}

impl Time {
    /// Creates a time of day. Returns `None` if a part is out of range.
    pub fn new(hour: i8, minute: i8, second: i8, millisecond: i16) -> Option<Self> {
        let nanosecond = i32::from(millisecond).checked_mul(1_000_000)?;
        civil::Time::new(hour, minute, second, nanosecond).ok()?;
        Some(Self { hour, minute, second, millisecond })
    }

    /// Parses `06:30`, `06:30:00` or `06:30:00.250`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_time_alone = text.as_bytes().get(2) == Some(&b':');
        let time = text.parse::<civil::Time>().ok().filter(|_| is_time_alone)?;
        Self::new(time.hour(), time.minute(), time.second(), time.millisecond())
    }

    /// Appends `06:30:00`, with milliseconds if they are not zero.
    pub fn write(self, out: &mut String) {
        write_digits(self.hour, 2, out);
        out.push(':');
        write_digits(self.minute, 2, out);
        out.push(':');
        write_digits(self.second, 2, out);
        if self.millisecond != 0 {
            out.push('.');
            write_digits(self.millisecond, 3, out);
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        formatter.write_str(&text)
    }
}

/// Appends a number with leading zeros. Traces contain the time of every action, so this
/// does not use the formatter of the standard library.
fn write_digits(number: impl Into<i16>, length: u32, out: &mut String) {
    let number = number.into().unsigned_abs();
    for place in (0..length).rev() {
        let digit = u32::from(number / 10_u16.pow(place) % 10);
        out.push(char::from_digit(digit, 10).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsing_and_printing() {
        for (text, printed) in [
            ("2009-01-10T06:30:00Z", "2009-01-10T06:30:00Z"),
            ("2009-01-10T06:30:00-07:00", "2009-01-10T13:30:00Z"),
            ("2009-01-10T06:30:00", "2009-01-10T06:30:00Z"),
            ("2009-01-10 06:30:00.25", "2009-01-10T06:30:00.250Z"),
            (" 2009-01-10 ", "2009-01-10T00:00:00Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
            ("2009-01-10T06:30:00.9999Z", "2009-01-10T06:30:00.999Z"),
            ("1800-01-01T00:00:00Z", "1800-01-01T00:00:00Z"),
            ("2200-12-31T23:59:59.999Z", "2200-12-31T23:59:59.999Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
        ] {
            let time = DateTime::parse(text).map(|time| time.to_string());
            assert_eq!(time.as_deref(), Some(printed), "{text}");
        }
    }

    #[test]
    fn invalid_times() {
        for text in [
            "",
            "now",
            "06:30",
            "2009-13-01",
            "2023-02-29",
            "2009-01-10T25:00:00Z",
            "1799-12-31T23:59:59Z",
            "2201-01-01",
            "2009-01-10T06:30:00[Europe/Berlin]",
            "2009-01-10T06:30:00+99:99",
            "2009-01-10T06:30:00Zjunk",
            "1e5",
        ] {
            assert_eq!(DateTime::parse(text), None, "{text}");
        }
    }

    /// *Source: Genesys' expression catalogue on ToDateTime.*
    #[test]
    fn times_in_the_documented_form() {
        for (text, printed) in [
            ("2009-01-10T06:30:00Z", "2009-01-10T06:30:00Z"),
            ("2009-01-10T06:30:00-07:00", "2009-01-10T13:30:00Z"),
            ("2009-01-10T06:30:00+18:00", "2009-01-09T12:30:00Z"),
            ("2009-01-10T06:30:00.25+00:30", "2009-01-10T06:00:00.250Z"),
            ("2009-01-10T06:30:00", "2009-01-10T06:30:00Z"),
            ("2009-01-10T06:30:00.1234567", "2009-01-10T06:30:00.123Z"),
            ("2009-01-10", "2009-01-10T00:00:00Z"),
        ] {
            let time = DateTime::parse_exact(text).map(|time| time.to_string());
            assert_eq!(time.as_deref(), Some(printed), "{text}");
        }
        for text in [
            "2009-01-10T06:30:60Z",
            "2009-01-10T24:00:00Z",
            "2009-01-10T06:30:00+25:00",
            "2009-01-10T06:30:00+18:01",
            "2009-01-10T06:30:00+05:60",
            "2009-01-10T06:30:00-0700",
            "2009-01-10T06:30:00+07",
            "2009-01-10 06:30:00Z",
            " 2009-01-10T06:30:00Z",
            "2009-01-10T06:30:00 Z",
            "2009-01-10T06:30Z",
            "20090110T063000Z",
            "2009-01-10t06:30:00Z",
            "2009-01-10T06:30:00z",
            "2009-01-10T06:30:00.Z",
            "2009-01-10T06:30:00,5Z",
            "2009-02-30",
            "+002009-01-10T06:30:00Z",
            "2009-01-1é",
            "",
        ] {
            assert_eq!(DateTime::parse_exact(text), None, "{text}");
        }
    }

    #[test]
    fn arithmetic_stays_within_the_limits() {
        let hour = Duration::parse("PT1H").unwrap();
        let time = DateTime::parse("2003-06-01T00:00:00Z").unwrap();
        let later = time.checked_add(hour).unwrap();
        assert_eq!(later.to_string(), "2003-06-01T01:00:00Z");
        assert_eq!(later.since(time), hour);
        assert_eq!(later.checked_sub(hour), Some(time));
        assert_eq!(DateTime::MAX.checked_add(hour), None);
        assert_eq!(DateTime::MIN.checked_sub(hour), None);
        assert_eq!(DateTime::MAX.checked_add(Duration::MAX), None);
        assert_eq!(DateTime::MAX.since(DateTime::MIN).milliseconds(), 12_654_316_799_999);
    }

    #[test]
    fn days_and_times_of_day() {
        let time = DateTime::parse("2009-01-10T06:30:00.250Z").unwrap();
        assert_eq!(time.date().to_string(), "2009-01-10");
        assert_eq!(time.time().to_string(), "06:30:00.250");
        assert_eq!(Date::parse("2009-01-10"), Some(time.date()));
        assert_eq!(Time::parse("06:30:00.250"), Some(time.time()));
        assert_eq!(Time::parse("06:30"), Time::new(6, 30, 0, 0));
        assert_eq!(Date::new(2023, 2, 29), None);
        assert_eq!(Date::new(1799, 12, 31), None);
        assert_eq!(Time::new(24, 0, 0, 0), None);
        assert_eq!(Time::new(0, 0, 0, 1000), None);
        assert_eq!(Date::parse("2009-01-10T06:30"), None);
        assert_eq!(Time::parse("2009-01-10T06:30"), None);
    }
}

//! Points in time, days, times of day, and durations.

use std::fmt::{self, Write};

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

use super::MAX_INTEGER;

const MILLISECONDS_A_DAY: i64 = 86_400_000;

/// A point in time in UTC, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(i64);

impl DateTime {
    /// 1800-01-01T00:00:00Z. *Source: Architect's limits.*
    pub const MIN: Self = Self(-5_364_662_400_000);
    /// 2200-12-31T23:59:59.999Z. *Source: Architect's limits.*
    pub const MAX: Self = Self(7_289_654_399_999);

    /// The time so many milliseconds after the start of 1970, if it is within the limits.
    pub const fn from_milliseconds(milliseconds: i64) -> Option<Self> {
        let is_within = milliseconds >= Self::MIN.0 && milliseconds <= Self::MAX.0;
        if is_within { Some(Self(milliseconds)) } else { None }
    }

    /// Milliseconds since the start of 1970.
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339: `2009-01-10T06:30:00-07:00`. Without an offset the time is in UTC,
    /// without a time it is midnight.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
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

    /// The time a duration later, if it is within the limits.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        Self::from_milliseconds(self.0.checked_add(duration.0)?)
    }

    /// The time a duration earlier, if it is within the limits.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        Self::from_milliseconds(self.0.checked_sub(duration.0)?)
    }

    /// How long after another time this is; negative if before.
    pub fn since(self, other: Self) -> Duration {
        Duration(self.0 - other.0)
    }

    /// The day in UTC.
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

    /// Appends `2009-01-10T06:30:00Z`, with milliseconds if there are any.
    pub fn write(self, out: &mut String) {
        self.date().write(out);
        out.push('T');
        self.time().write(out);
        out.push('Z');
    }

    fn civil(self) -> civil::DateTime {
        // The limits are within those of the library, so the fallback is never taken.
        let time = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        TimeZone::UTC.to_datetime(time)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        formatter.write_str(&text)
    }
}

/// A day.
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
    /// A day of the calendar.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        let exists = civil::Date::new(year, month, day).is_ok();
        (exists && (1800..=2200).contains(&year)).then_some(Self { year, month, day })
    }

    /// Reads `2009-01-10`.
    pub fn parse(text: &str) -> Option<Self> {
        let date = text.trim().parse::<civil::Date>().ok()?;
        Self::new(date.year(), date.month(), date.day())
    }

    /// Appends `2009-01-10`.
    pub fn write(self, out: &mut String) {
        let _ = write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day);
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
    /// A time of day.
    pub fn new(hour: i8, minute: i8, second: i8, millisecond: i16) -> Option<Self> {
        let nanosecond = i32::from(millisecond).checked_mul(1_000_000)?;
        civil::Time::new(hour, minute, second, nanosecond).ok()?;
        Some(Self { hour, minute, second, millisecond })
    }

    /// Reads `06:30`, `06:30:00`, `06:30:00.250`.
    pub fn parse(text: &str) -> Option<Self> {
        let time = text.trim().parse::<civil::Time>().ok()?;
        Self::new(time.hour(), time.minute(), time.second(), time.millisecond())
    }

    /// Appends `06:30:00`, with milliseconds if there are any.
    pub fn write(self, out: &mut String) {
        let _ = write!(out, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second);
        if self.millisecond != 0 {
            let _ = write!(out, ".{:03}", self.millisecond);
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

/// A length of time in milliseconds, within ±[`MAX_INTEGER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

impl Duration {
    /// No time.
    pub const ZERO: Self = Self(0);
    /// The longest. *Source: Architect's limits.*
    pub const MAX: Self = Self(MAX_INTEGER);
    /// The longest negative one.
    pub const MIN: Self = Self(-MAX_INTEGER);

    /// So many milliseconds, if they are within the limits.
    pub fn from_milliseconds(milliseconds: i64) -> Option<Self> {
        let duration = Self(milliseconds);
        (Self::MIN..=Self::MAX).contains(&duration).then_some(duration)
    }

    /// The length in milliseconds.
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    /// The sum.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_milliseconds(self.0.checked_add(other.0)?)
    }

    /// The difference.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_milliseconds(self.0.checked_sub(other.0)?)
    }

    /// Reads ISO 8601 (`PT1H15M30.250S`, `-P1DT3H`) and what Architect writes into its
    /// documents (`P0D0H0M3S0F`, where `F` counts milliseconds). Digits beyond milliseconds
    /// are dropped. Years and months have no fixed length and are refused.
    ///
    /// By hand: `jiff` knows no `F`, and its hours end below Architect's longest duration.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, text) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let mut rest = text.strip_prefix(['P', 'p'])?;
        let mut total = 0i64;
        let mut previous = 0;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(['T', 't']) {
                if previous >= TIME_MARK || after.is_empty() {
                    return None;
                }
                previous = TIME_MARK;
                rest = after;
                continue;
            }
            let (rank, milliseconds, after) = read_component(rest)?;
            if rank <= previous {
                return None;
            }
            previous = rank;
            total = total.checked_add(milliseconds)?;
            rest = after;
        }
        let is_empty = previous == 0;
        if is_empty { None } else { Self::from_milliseconds(sign * total) }
    }

    /// Appends ISO 8601: `PT1H`, `-P9DT18H30M`, `PT0.25S`, `PT0S`.
    pub fn write(self, out: &mut String) {
        let total = self.0.abs();
        let (days, rest) = (total / MILLISECONDS_A_DAY, total % MILLISECONDS_A_DAY);
        out.push_str(if self.0 < 0 { "-P" } else { "P" });
        if days > 0 {
            let _ = write!(out, "{days}D");
        }
        if rest > 0 || days == 0 {
            out.push('T');
        }
        let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
        let (seconds, milliseconds) = (rest / 1000 % 60, rest % 1000);
        if hours > 0 {
            let _ = write!(out, "{hours}H");
        }
        if minutes > 0 {
            let _ = write!(out, "{minutes}M");
        }
        if milliseconds > 0 {
            let text = format!("{seconds}.{milliseconds:03}");
            out.push_str(text.trim_end_matches('0'));
            out.push('S');
        } else if seconds > 0 || total == 0 {
            let _ = write!(out, "{seconds}S");
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        formatter.write_str(&text)
    }
}

/// Where `T` stands among the components of a duration.
const TIME_MARK: u8 = 3;

/// Reads a number and its letter: the letter's place in the order, and its milliseconds.
fn read_component(text: &str) -> Option<(u8, i64, &str)> {
    let is_part = |character: char| character.is_ascii_digit() || character == '.';
    let length = text.find(|character| !is_part(character))?;
    let (number, rest) = text.split_at(length);
    let mut characters = rest.chars();
    let (rank, unit) = match characters.next()?.to_ascii_uppercase() {
        'W' => (1, 7 * MILLISECONDS_A_DAY),
        'D' => (2, MILLISECONDS_A_DAY),
        'H' => (4, 3_600_000),
        'M' => (5, 60_000),
        'S' => (6, 1000),
        'F' => (7, 1),
        _ => return None,
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if unit == 1000 => (whole, read_thousandths(fraction)?),
        Some(_) => return None,
        None => (number, 0),
    };
    let milliseconds = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    Some((rank, milliseconds.checked_add(fraction)?, characters.as_str()))
}

/// The first three digits of a fraction.
fn read_thousandths(fraction: &str) -> Option<i64> {
    let is_digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let digits = fraction.bytes().chain(*b"000").take(3);
    let thousandths =
        digits.fold(0, |sum, byte| sum * 10 + i64::from(byte.wrapping_sub(b'0')));
    (is_digits && !fraction.is_empty()).then_some(thousandths)
}

//! Lengths of time.

use std::fmt::{self, Write};

use super::MAX_INTEGER;

const MILLISECONDS_A_SECOND: i64 = 1000;
const MILLISECONDS_A_MINUTE: i64 = 60_000;
const MILLISECONDS_AN_HOUR: i64 = 3_600_000;
const MILLISECONDS_A_DAY: i64 = 86_400_000;

/// A length of time in milliseconds, within ±[`MAX_INTEGER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

impl Duration {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// The maximum duration. *Source: Architect's limits.*
    pub const MAX: Self = Self(MAX_INTEGER);
    /// The minimum duration, which is negative.
    pub const MIN: Self = Self(-MAX_INTEGER);

    /// Creates a duration from milliseconds. Returns `None` if out of range.
    pub fn from_milliseconds(milliseconds: i64) -> Option<Self> {
        let duration = Self(milliseconds);
        (Self::MIN..=Self::MAX).contains(&duration).then_some(duration)
    }

    /// The length in milliseconds.
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    /// The sum. Returns `None` if out of range.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_milliseconds(self.0.checked_add(other.0)?)
    }

    /// The difference. Returns `None` if out of range.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_milliseconds(self.0.checked_sub(other.0)?)
    }

    /// Parses ISO 8601 (`PT1H15M30.250S`, `-P1DT3H`) and the notation of Architect's
    /// documents (`P0D0H0M3S0F`, where `F` counts milliseconds). Digits beyond
    /// milliseconds are dropped. Years and months have no fixed length and are refused.
    ///
    /// This is a custom parser, because `jiff` does not support `F`, and its maximum
    /// number of hours is below Architect's longest duration.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, text) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let components = text.strip_prefix(['P', 'p'])?;
        let total = if components.ends_with(['F', 'f']) {
            read_components(components, &ARCHITECT_UNITS)?
        } else if let Some((days, times)) = components.split_once(['T', 't']) {
            let days =
                if days.is_empty() { 0 } else { read_components(days, &DAY_UNITS)? };
            days.checked_add(read_components(times, &TIME_UNITS)?)?
        } else {
            read_components(components, &DAY_UNITS)?
        };
        Self::from_milliseconds(sign * total)
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
        let (hours, rest) = (rest / MILLISECONDS_AN_HOUR, rest % MILLISECONDS_AN_HOUR);
        let (minutes, rest) =
            (rest / MILLISECONDS_A_MINUTE, rest % MILLISECONDS_A_MINUTE);
        let (seconds, milliseconds) =
            (rest / MILLISECONDS_A_SECOND, rest % MILLISECONDS_A_SECOND);
        if hours > 0 {
            let _ = write!(out, "{hours}H");
        }
        if minutes > 0 {
            let _ = write!(out, "{minutes}M");
        }
        if milliseconds > 0 {
            let _ = write!(out, "{seconds}.{milliseconds:03}");
            out.truncate(out.trim_end_matches('0').len());
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

/// The letter of a unit and its milliseconds.
type UnitOfTime = (char, i64);

const DAY_UNITS: [UnitOfTime; 2] =
    [('W', 7 * MILLISECONDS_A_DAY), ('D', MILLISECONDS_A_DAY)];

const TIME_UNITS: [UnitOfTime; 3] = [
    ('H', MILLISECONDS_AN_HOUR),
    ('M', MILLISECONDS_A_MINUTE),
    ('S', MILLISECONDS_A_SECOND),
];

const ARCHITECT_UNITS: [UnitOfTime; 5] = [
    ('D', MILLISECONDS_A_DAY),
    ('H', MILLISECONDS_AN_HOUR),
    ('M', MILLISECONDS_A_MINUTE),
    ('S', MILLISECONDS_A_SECOND),
    ('F', 1),
];

/// Adds one or more numbers with units. The units must be in order, each at most once.
fn read_components(mut text: &str, units: &[UnitOfTime]) -> Option<i64> {
    let mut units = units.iter();
    let mut total = 0i64;
    loop {
        let length = text.find(|letter: char| letter.is_ascii_alphabetic())?;
        let (number, rest) = text.split_at(length);
        let (letter, rest) = rest.split_at(1);
        let unit = units
            .find(|unit| letter.eq_ignore_ascii_case(unit.0.encode_utf8(&mut [0; 4])))?;
        total = total.checked_add(read_quantity(number, unit.1)?)?;
        if rest.is_empty() {
            return Some(total);
        }
        text = rest;
    }
}

/// The milliseconds of a quantity. Only seconds may have a fraction.
fn read_quantity(number: &str, unit: i64) -> Option<i64> {
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if unit == MILLISECONDS_A_SECOND => {
            (whole, read_thousandths(fraction)?)
        }
        Some(_) => return None,
        None => (number, 0),
    };
    let is_digits = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
    let whole = if is_digits { whole.parse::<i64>().ok()? } else { return None };
    whole.checked_mul(unit)?.checked_add(fraction)
}

/// The first three digits of a fraction.
fn read_thousandths(fraction: &str) -> Option<i64> {
    let is_digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let digits = fraction.bytes().chain(*b"000").take(3);
    let thousandths =
        digits.fold(0, |sum, byte| sum * 10 + i64::from(byte.wrapping_sub(b'0')));
    (is_digits && !fraction.is_empty()).then_some(thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsing_and_printing() {
        for (text, milliseconds, printed) in [
            ("PT1H", 3_600_000, "PT1H"),
            ("PT60M", 3_600_000, "PT1H"),
            ("P1DT3H", 97_200_000, "P1DT3H"),
            ("-P1DT3H", -97_200_000, "-P1DT3H"),
            ("PT1H15M30.250567S", 4_530_250, "PT1H15M30.25S"),
            ("P1W", 604_800_000, "P7D"),
            ("PT0S", 0, "PT0S"),
            ("-PT0S", 0, "PT0S"),
            ("pt0.5s", 500, "PT0.5S"),
            ("P0D0H0M3S0F", 3000, "PT3S"),
            ("P0D0H0M0S1500F", 1500, "PT1.5S"),
            ("P1D2H3M4S5F", 93_784_005, "P1DT2H3M4.005S"),
            ("PT10M0.1S", 600_100, "PT10M0.1S"),
            ("PT100S", 100_000, "PT1M40S"),
        ] {
            let duration = Duration::parse(text).unwrap();
            assert_eq!(duration.milliseconds(), milliseconds, "{text}");
            assert_eq!(duration.to_string(), printed);
        }
    }

    #[test]
    fn invalid_durations() {
        for text in [
            "",
            "P",
            "PT",
            "P1DT",
            "1H",
            "P1H",
            "P1M",
            "P1Y",
            "P1Y2M",
            "PT1M1H",
            "PT1H1H",
            "PT1.5H",
            "PT.5S",
            "PT1.S",
            "PT-1S",
            "PT+1S",
            "P D",
            "PTS",
            "PT1",
            "--PT1S",
            "P1DT1F",
            "PT1é",
            "P99999999999999999999D",
            "P9223372036854775807W",
            "PT1000000000000S",
        ] {
            assert_eq!(Duration::parse(text), None, "{text}");
        }
    }

    #[test]
    fn limits() {
        assert_eq!(Duration::MAX.to_string(), "P11574074DT1H46M39.999S");
        assert_eq!(Duration::parse("P11574074DT1H46M39.999S"), Some(Duration::MAX));
        assert_eq!(Duration::parse("P11574074DT1H46M40S"), None);
        let millisecond = Duration::from_milliseconds(1).unwrap();
        assert_eq!(Duration::MAX.checked_add(millisecond), None);
        assert_eq!(Duration::MIN.checked_sub(millisecond), None);
        assert_eq!(Duration::MIN.checked_add(Duration::MAX), Some(Duration::ZERO));
        assert_eq!(Duration::from_milliseconds(i64::MIN), None);
    }
}

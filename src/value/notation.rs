//! The notation of decimal numbers.

use std::fmt;

use fastnum::U256;

use super::decimal::{Decimal, MAX_DIGITS, MAX_FRACTION_DIGITS};

/// A parsed number: the coefficient times ten to the power of the exponent.
pub(super) struct Notation {
    pub(super) is_negative: bool,
    /// Without trailing zeros.
    pub(super) coefficient: U256,
    pub(super) exponent: i16,
}

impl Notation {
    /// Parses a number, in time linear in its length. Returns `None` if the text is not a
    /// number, or has more digits or a smaller exponent than a decimal may have.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (is_negative, rest) = split_sign(text);
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_number = is_digits(whole) && is_digits(fraction);
        if !is_number || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let (coefficient, zeros) = read_digits(whole.bytes().chain(fraction.bytes()))?;
        if coefficient.is_zero() {
            return Some(Self { is_negative: false, coefficient, exponent: 0 });
        }
        let shift = i64::try_from(zeros).ok()? - i64::try_from(fraction.len()).ok()?;
        let exponent = i16::try_from(exponent.checked_add(shift)?).ok()?;
        (exponent >= -MAX_FRACTION_DIGITS).then_some(Self {
            is_negative,
            coefficient,
            exponent,
        })
    }
}

/// Reads digits as a whole number without its trailing zeros, and counts those zeros.
fn read_digits(digits: impl Iterator<Item = u8>) -> Option<(U256, usize)> {
    let mut coefficient = Coefficient { high: U256::ZERO, low: 0, scale: 1 };
    let mut count = 0;
    let mut zeros = 0;
    for digit in digits {
        if digit == b'0' {
            zeros += usize::from(count > 0);
            continue;
        }
        count += zeros + 1;
        if count > MAX_DIGITS {
            return None;
        }
        for _ in 0..zeros {
            coefficient.push(0)?;
        }
        coefficient.push(u64::from(digit - b'0'))?;
        zeros = 0;
    }
    Some((coefficient.finish()?, zeros))
}

/// A whole number built digit by digit, eighteen digits at a time in one machine word.
struct Coefficient {
    high: U256,
    low: u64,
    scale: u64,
}

impl Coefficient {
    fn push(&mut self, digit: u64) -> Option<()> {
        if self.scale == 1_000_000_000_000_000_000 {
            self.high = self.finish()?;
            (self.low, self.scale) = (0, 1);
        }
        self.low = self.low * 10 + digit;
        self.scale *= 10;
        Some(())
    }

    fn finish(&self) -> Option<U256> {
        self.high.checked_mul_digit(self.scale)?.checked_add_digit(self.low)
    }
}

/// Reads an exponent. A huge one is replaced by a large one, which is refused later or
/// makes no difference to zero.
fn read_exponent(text: &str) -> Option<i64> {
    let (is_negative, digits) = split_sign(text.strip_prefix('+').unwrap_or(text));
    let is_signed_twice = is_negative && text.starts_with('+');
    if digits.is_empty() || !is_digits(digits) || is_signed_twice {
        return None;
    }
    let size = digits.parse::<i32>().map_or(i64::from(i32::MAX), i64::from);
    Some(if is_negative { -size } else { size })
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Decimal {
    /// Appends the plain notation with at least the given number of fraction digits, and
    /// at least one.
    pub fn write(&self, fraction_digits: usize, out: &mut String) {
        let (coefficient, exponent) = self.parts();
        if self.is_negative() {
            out.push('-');
        }
        let fraction_digits = fraction_digits.max(1);
        with_digits(coefficient, |digits| {
            write_plain(digits, exponent, fraction_digits, out);
        });
    }

    /// The plain notation, rounded to exactly the given number of digits after the point,
    /// half away from zero, at most 400: the result of `ToString` with a number of
    /// places. With 0 places there is no point.
    pub fn rounded_text(&self, places: u32) -> String {
        let places = places.min(MAX_FRACTION_DIGITS.unsigned_abs().into());
        let mut text = String::new();
        self.round(places).write(usize::try_from(places).unwrap_or_default(), &mut text);
        if places == 0 {
            text.truncate(text.find('.').unwrap_or(text.len()));
        }
        text
    }

    /// Appends a JSON number that parses to a decimal of the same value: `5.0`, `0.25`,
    /// or `1e30`, `2.5e-9` if the plain notation would be long.
    pub fn write_json(&self, out: &mut String) {
        let (coefficient, exponent) = self.parts();
        let magnitude = i64::from(coefficient.decimal_digits()) + i64::from(exponent);
        if (-5..=21).contains(&magnitude) {
            return self.write(1, out);
        }
        if self.is_negative() {
            out.push('-');
        }
        with_digits(coefficient, |digits| {
            let (head, tail) = digits.split_at(1);
            out.push_str(head);
            if !tail.is_empty() {
                out.push('.');
                out.push_str(tail);
            }
        });
        out.push('e');
        out.push_str(itoa::Buffer::new().format(magnitude - 1));
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(1, &mut text);
        formatter.write_str(&text)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Passes the digits of a number to a function, without allocation if they are few.
fn with_digits(number: U256, write: impl FnOnce(&str)) {
    match number.to_u64() {
        Ok(few) => write(itoa::Buffer::new().format(few)),
        Err(_) => write(&number.to_string()),
    }
}

/// Appends digits times ten to the power of the exponent, in plain notation.
fn write_plain(digits: &str, exponent: i16, fraction_digits: usize, out: &mut String) {
    let zeros =
        |count: usize, out: &mut String| out.extend(std::iter::repeat_n('0', count));
    let shift = usize::from(exponent.unsigned_abs());
    if exponent >= 0 {
        out.push_str(digits);
        zeros(shift, out);
        out.push('.');
        return zeros(fraction_digits, out);
    }
    match digits.len().checked_sub(shift).filter(|whole| *whole > 0) {
        Some(whole) => {
            out.push_str(&digits[..whole]);
            out.push('.');
            out.push_str(&digits[whole..]);
        }
        None => {
            out.push_str("0.");
            zeros(shift - digits.len(), out);
            out.push_str(digits);
        }
    }
    zeros(fraction_digits.saturating_sub(shift), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations() {
        for (text, plain, json) in [
            ("5", "5.0", "5.0"),
            ("-5.00", "-5.0", "-5.0"),
            ("007", "7.0", "7.0"),
            ("1.", "1.0", "1.0"),
            (".25", "0.25", "0.25"),
            ("-0.0e5", "0.0", "0.0"),
            ("0e999999999999999999999", "0.0", "0.0"),
            ("1E+3", "1000.0", "1000.0"),
            ("1234567890.5", "1234567890.5", "1234567890.5"),
            (
                "100000000000000000000",
                "100000000000000000000.0",
                "100000000000000000000.0",
            ),
            ("1e21", "1000000000000000000000.0", "1e21"),
            ("-1.25e-9", "-0.00000000125", "-1.25e-9"),
            ("0.000001", "0.000001", "0.000001"),
        ] {
            let number = Decimal::parse(text).unwrap();
            let mut out = String::new();
            number.write_json(&mut out);
            assert_eq!(
                (number.to_string().as_str(), out.as_str()),
                (plain, json),
                "{text}"
            );
        }
    }

    #[test]
    fn invalid_numbers() {
        for text in [
            "", "-", ".", "-.", "+1", "--1", "1e", "1e+", "1e+-1", "1e-+1", "e1", ".e1",
            "1.2.3", "1_000", "1,5", " 1", "0x10", "NaN", "Infinity", "١", "1e1.5",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_beyond_the_limits_are_refused() {
        let forty = "1".repeat(40);
        assert_eq!(Decimal::parse(&forty).unwrap().to_string(), format!("{forty}.0"));
        assert_eq!(Decimal::parse(&"1".repeat(41)), None);
        assert_eq!(
            Decimal::parse(&format!("0.{}1", "0".repeat(399))).unwrap(),
            Decimal::parse("1e-400").unwrap()
        );
        for text in [
            "1e41",
            "1.1e40",
            "1e-401",
            "1e999999999",
            "1e-999999999",
            "1e99999999999999999999",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn long_strings_are_parsed_in_linear_time() {
        let zeros = "0".repeat(1_000_000);
        assert_eq!(
            Decimal::parse(&format!("{zeros}1.5{zeros}")).unwrap().to_string(),
            "1.5"
        );
        assert_eq!(
            Decimal::parse(&format!("1{zeros}e-1000000")).unwrap().to_string(),
            "1.0"
        );
        assert_eq!(
            Decimal::parse(&format!("0.{zeros}1e1000001")).unwrap().to_string(),
            "1.0"
        );
        assert_eq!(Decimal::parse(&"9".repeat(1_000_000)), None);
        assert_eq!(Decimal::parse(&format!("1e{zeros}1")).unwrap().to_string(), "10.0");
    }

    #[test]
    fn fraction_digits_are_filled_up() {
        let text = |number: &str, digits| {
            let mut out = String::new();
            Decimal::parse(number).unwrap().write(digits, &mut out);
            out
        };
        assert_eq!(text("4.5", 2), "4.50");
        assert_eq!(text("-1", 3), "-1.000");
        assert_eq!(text("4.567", 2), "4.567");
        assert_eq!(text("7", 0), "7.0");
    }
}

//! Decimal numbers of up to 40 digits.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use fastnum::D256;
use fastnum::decimal::{Context, RoundingMode, Sign};

/// How many significant digits a decimal has at most; its magnitude is at most 10 to this
/// power. *Source: Architect's limits.*
pub const MAX_DIGITS: usize = 40;

/// How many digits may follow the decimal point. Architect names no such limit; this one
/// lets every number that a JSON writer makes of a binary float be read, and keeps the
/// plain notation printable.
const MAX_FRACTION_DIGITS: i64 = 400;

/// Half away from zero, and never a panic: the library traps overflow unless told not to.
const CONTEXT: Context =
    Context::default().with_rounding_mode(RoundingMode::HalfUp).without_traps();

/// A decimal number. Equality, order and hash go by value: `5.0` is `5.00`.
#[derive(Clone)]
pub struct Decimal(Arc<D256>);

impl Decimal {
    /// Zero.
    pub fn zero() -> Self {
        Self::from(0)
    }

    /// Reads `12`, `-1.5`, `1.`, `.5`, `1e-3`. Refuses what is no number, has more than
    /// [`MAX_DIGITS`] significant digits, or is out of range.
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, exponent) = Notation::read(text)?.canonical()?;
        let number = D256::from_str(&format!("{digits}e{exponent}"), CONTEXT).ok()?;
        Self::settle(number)
    }

    /// The sum.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        Self::settle(self.0.add(*other.0))
    }

    /// The difference.
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        Self::settle(self.0.sub(*other.0))
    }

    /// The product.
    pub fn checked_mul(&self, other: &Self) -> Option<Self> {
        Self::settle(self.0.mul(*other.0))
    }

    /// The quotient.
    pub fn checked_div(&self, other: &Self) -> Option<Self> {
        if other.is_zero() { None } else { Self::settle(self.0.div(*other.0)) }
    }

    /// The remainder, with the sign of the dividend.
    pub fn checked_rem(&self, other: &Self) -> Option<Self> {
        if other.is_zero() { None } else { Self::settle(self.0.rem(*other.0)) }
    }

    /// The power.
    pub fn checked_pow(&self, exponent: &Self) -> Option<Self> {
        Self::settle(self.0.pow(*exponent.0))
    }

    /// The number without its fraction, if it fits.
    pub fn truncate(&self) -> Option<i64> {
        self.0.trunc().to_i64().ok()
    }

    /// The largest whole number that is not larger.
    pub fn floor(&self) -> Self {
        Self::settle(self.0.floor()).unwrap_or_else(|| self.clone())
    }

    /// The smallest whole number that is not smaller.
    pub fn ceil(&self) -> Self {
        Self::settle(self.0.ceil()).unwrap_or_else(|| self.clone())
    }

    /// Rounded to so many digits after the point, half away from zero.
    pub fn round(&self, places: u32) -> Self {
        let places = i16::try_from(places).unwrap_or(i16::MAX);
        if self.0.fractional_digits_count() <= places {
            return self.clone();
        }
        Self::settle(self.0.round(places)).unwrap_or_else(|| self.clone())
    }

    /// The number with its sign turned.
    #[must_use]
    pub fn negate(&self) -> Self {
        Self::canonical(self.0.neg())
    }

    /// Whether this is zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether this is less than zero.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Whether there is no fraction.
    pub fn is_whole(&self) -> bool {
        self.0.fractional_digits_count() <= 0
    }

    /// Appends the plain notation with at least so many fraction digits.
    pub fn write(&self, fraction_digits: usize, out: &mut String) {
        let digits = self.0.digits().to_string();
        if self.is_negative() {
            out.push('-');
        }
        write_plain(&digits, self.exponent(), fraction_digits, out);
    }

    /// Appends a JSON number that reads back as a decimal of the same value: `5.0`, `0.25`,
    /// and `1e30`, `2.5e-9` where the plain notation would be long.
    pub fn write_json(&self, out: &mut String) {
        let digits = self.0.digits().to_string();
        let count = i64::try_from(digits.len()).unwrap_or(i64::MAX);
        let first = count + self.exponent() - 1;
        if (-7..21).contains(&first) {
            return self.write(1, out);
        }
        if self.is_negative() {
            out.push('-');
        }
        let (head, tail) = digits.split_at(1);
        out.push_str(head);
        if !tail.is_empty() {
            out.push('.');
            out.push_str(tail);
        }
        out.push('e');
        out.push_str(itoa::Buffer::new().format(first));
    }

    /// The power of ten that the digits count.
    fn exponent(&self) -> i64 {
        -i64::from(self.0.fractional_digits_count())
    }

    /// Rounds to what a decimal may hold; nothing if it is too large.
    fn settle(number: D256) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let number = number.reduce();
        let surplus = number.digits_count().saturating_sub(MAX_DIGITS);
        let scale = i64::from(number.fractional_digits_count());
        let keep = (scale - i64::try_from(surplus).ok()?).min(MAX_FRACTION_DIGITS);
        let number = match i16::try_from(keep) {
            Ok(keep) if i64::from(keep) < scale => number.round(keep).reduce(),
            _ => number,
        };
        let limit = D256::from_parts(1u8.into(), 40, Sign::Plus, CONTEXT);
        if number.abs() > limit { None } else { Some(Self::canonical(number)) }
    }

    fn canonical(number: D256) -> Self {
        let number = number.reduce();
        if number.is_zero() {
            return Self(Arc::new(D256::from_parts(0u8.into(), 0, Sign::Plus, CONTEXT)));
        }
        let exponent = -i32::from(number.fractional_digits_count());
        Self(Arc::new(D256::from_parts(
            number.digits(),
            exponent,
            number.sign(),
            CONTEXT,
        )))
    }
}

impl Default for Decimal {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self::canonical(D256::from_i64(value).with_ctx(CONTEXT))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.is_negative().hash(state);
        self.exponent().hash(state);
        self.0.digits().hash(state);
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

/// Appends digits times ten to the exponent without using an exponent.
fn write_plain(digits: &str, exponent: i64, fraction_digits: usize, out: &mut String) {
    let zeros =
        |count: usize, out: &mut String| out.extend(std::iter::repeat_n('0', count));
    let shift = usize::try_from(exponent.unsigned_abs()).unwrap_or(0);
    let mut written = 0;
    if exponent >= 0 {
        out.push_str(digits);
        zeros(shift, out);
        out.push('.');
    } else if digits.len() > shift {
        let (whole, fraction) = digits.split_at(digits.len() - shift);
        out.push_str(whole);
        out.push('.');
        out.push_str(fraction);
        written = shift;
    } else {
        out.push_str("0.");
        zeros(shift - digits.len(), out);
        out.push_str(digits);
        written = shift;
    }
    zeros(fraction_digits.saturating_sub(written), out);
}

/// The parts of a number as it is written.
struct Notation<'t> {
    is_negative: bool,
    whole: &'t str,
    fraction: &'t str,
    exponent: i64,
}

impl<'t> Notation<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let (is_negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let has_digits = !whole.is_empty() || !fraction.is_empty();
        (has_digits && all_digits(whole) && all_digits(fraction)).then_some(Self {
            is_negative,
            whole,
            fraction,
            exponent,
        })
    }

    /// The significant digits with their sign, and the power of ten that they count.
    fn canonical(&self) -> Option<(String, i64)> {
        let mut digits = String::with_capacity(MAX_DIGITS + 1);
        let mut pending_zeros = 0usize;
        for digit in self.whole.chars().chain(self.fraction.chars()) {
            if digit == '0' {
                pending_zeros += usize::from(!digits.is_empty());
                continue;
            }
            if digits.len() + pending_zeros >= MAX_DIGITS {
                return None;
            }
            digits.extend(std::iter::repeat_n('0', pending_zeros));
            pending_zeros = 0;
            digits.push(digit);
        }
        if digits.is_empty() {
            return Some(("0".into(), 0));
        }
        let fraction = i64::try_from(self.fraction.len()).ok()?;
        let zeros = i64::try_from(pending_zeros).ok()?;
        let exponent = self.exponent.checked_sub(fraction)?.checked_add(zeros)?;
        let in_range = (-MAX_FRACTION_DIGITS..=40).contains(&exponent);
        if self.is_negative {
            digits.insert(0, '-');
        }
        in_range.then_some((digits, exponent))
    }
}

/// An exponent; one beyond any use becomes the largest, which the range check refuses.
fn read_exponent(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<i64>().unwrap_or(i64::MAX / 2);
    Some(if is_negative { -size } else { size })
}

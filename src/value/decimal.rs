//! Decimal numbers of up to 40 digits.
//!
//! `fastnum` does the arithmetic. The table compares it with its alternatives, in
//! nanoseconds per operation, on numbers of 40 digits and of 3 (release build, results
//! rounded to 40 digits):
//!
//! | | parse | add | multiply | divide | compare | print | packages | bytes |
//! |---|---|---|---|---|---|---|---|---|
//! | `fastnum` 0.7.5 | 120, 23 | 199, 93 | 450, 87 | 599, 574 | 14 | 212, 79 | 4 | 40 |
//! | `bigdecimal` 0.4.11 | 249, 93 | 584, 296 | 848, 251 | 19030, 5722 | 9 | 199, 94 | 5 | 40 |
//! | `dashu-float` 0.6.2 | 282, 154 | 662, 228 | 645, 129 | 743, 383 | 126 | 278, 92 | 7 | 40 |
//!
//! In this module, with 512 bits, sharing and rounding, `fastnum` 0.7.4 takes 270, 115 to
//! parse, 350, 190 to add, 420, 185 to multiply, 1220, 650 to divide, 195, 14 to print.
//! All build in 4 to 5 seconds. `fastnum` has these limits. It panics unless its traps
//! are off ([`CONTEXT`]). 256 bits hold 77 digits, fewer than a product of two numbers of
//! 40, so sums, products and quotients are computed in 512 bits and rounded once. Its
//! remainder is wrong for large quotients, so this module computes it from integers. Its
//! power panics beyond its range, so whole powers are computed here, too (`power.rs`).

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use fastnum::decimal::{Context, RoundingMode, Sign};
use fastnum::{D256, D512, U256};

use super::notation::Notation;

/// The maximum number of significant digits of a decimal. Its magnitude is at most 10 to
/// this power. *Source: Architect's limits.*
pub const MAX_DIGITS: usize = 40;

/// The maximum number of digits after the decimal point. Architect documents no such
/// limit. This one accepts every number that a JSON writer produces from a small binary
/// float, and bounds the plain notation.
pub(super) const MAX_FRACTION_DIGITS: i16 = 400;

/// Rounds half away from zero and never panics: by default, the library traps overflow.
pub(super) const CONTEXT: Context =
    Context::default().with_rounding_mode(RoundingMode::HalfUp).without_traps();

/// A decimal number. Equality, order and hash are by value: `5.0` equals `5.00`.
///
/// Shared, so that a `Value` stays small. Kept without trailing zeros, so that equal
/// numbers have equal parts.
#[derive(Clone)]
pub struct Decimal(Arc<D256>);

impl Decimal {
    /// Zero.
    pub fn zero() -> Self {
        Self::from(0)
    }

    /// Parses `12`, `-1.5`, `1.`, `.5` or `1e-3`. Returns `None` if the text is not a
    /// number, has more than [`MAX_DIGITS`] significant digits or 400 after the point, or
    /// exceeds 10 to the 40.
    pub fn parse(text: &str) -> Option<Self> {
        let notation = Notation::read(text)?;
        let sign = if notation.is_negative { Sign::Minus } else { Sign::Plus };
        Self::from_parts(notation.coefficient, notation.exponent, sign)
    }

    /// The sum. Returns `None` if it exceeds a decimal. Like every result it is rounded
    /// to [`MAX_DIGITS`] digits, half away from zero.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        self.combine(other, D256::add, D512::add)
    }

    /// The difference. Returns `None` if it exceeds a decimal.
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.combine(other, D256::sub, D512::sub)
    }

    /// The product. Returns `None` if it exceeds a decimal.
    pub fn checked_mul(&self, other: &Self) -> Option<Self> {
        self.combine(other, D256::mul, D512::mul)
    }

    /// The quotient. Returns `None` if it exceeds a decimal or the divisor is zero.
    pub fn checked_div(&self, other: &Self) -> Option<Self> {
        if other.is_zero() { None } else { self.combine(other, D256::div, D512::div) }
    }

    /// The exact remainder, with the sign of the dividend. Returns `None` if the divisor
    /// is zero.
    pub fn checked_rem(&self, other: &Self) -> Option<Self> {
        let (mut rest, mut divisor) = (self.0.digits(), other.0.digits());
        if divisor.is_zero() {
            return None;
        }
        let shift = self.exponent() - other.exponent();
        if shift < 0 {
            let shift = u32::from(shift.unsigned_abs());
            let scale = U256::checked_power_of_ten(shift);
            match scale.and_then(|scale| divisor.checked_mul(scale)) {
                Some(scaled) => divisor = scaled,
                None => return Some(self.clone()), // the divisor is far larger
            }
        }
        let mut shift = u32::from(shift.max(0).unsigned_abs());
        rest = rest.checked_rem(divisor)?;
        while shift > 0 {
            let step = shift.min(MAX_SCALING);
            rest = rest.checked_mul(U256::power_of_ten(step))?.checked_rem(divisor)?;
            shift -= step;
        }
        Self::from_parts(rest, self.exponent().min(other.exponent()), self.0.sign())
    }

    /// The number without its fraction. Returns `None` if it exceeds an `i64`.
    pub fn truncate(&self) -> Option<i64> {
        self.0.trunc().to_i64().ok()
    }

    /// Rounds down to a whole number.
    #[must_use]
    pub fn floor(&self) -> Self {
        self.reshaped(D256::floor)
    }

    /// Rounds up to a whole number.
    #[must_use]
    pub fn ceil(&self) -> Self {
        self.reshaped(D256::ceil)
    }

    /// Rounds to the given number of digits after the point, half away from zero.
    #[must_use]
    pub fn round(&self, places: u32) -> Self {
        match i16::try_from(places) {
            Ok(places) if places < self.0.fractional_digits_count() => {
                self.reshaped(|number| number.round(places))
            }
            _ => self.clone(),
        }
    }

    /// The number with the opposite sign.
    #[must_use]
    pub fn negate(&self) -> Self {
        self.reshaped(D256::neg)
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether the number is less than zero.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Whether the number has no fraction.
    pub fn is_whole(&self) -> bool {
        self.0.fractional_digits_count() <= 0
    }

    /// Compares with an integer.
    pub(super) fn compare_integer(&self, integer: i64) -> Ordering {
        self.0.as_ref().cmp(&D256::from_i64(integer))
    }

    /// The digits as a whole number, and its power of ten.
    pub(super) fn parts(&self) -> (U256, i16) {
        (self.0.digits(), self.exponent())
    }

    pub(super) fn number(&self) -> D256 {
        *self.0
    }

    fn exponent(&self) -> i16 {
        self.0.fractional_digits_count().saturating_neg()
    }

    /// Computes with 512 bits, which hold the exact result, unless both numbers are short
    /// enough for 256 bits.
    fn combine(
        &self,
        other: &Self,
        narrow: fn(D256, D256) -> D256,
        wide: fn(D512, D512) -> D512,
    ) -> Option<Self> {
        if self.0.digits_count().max(other.0.digits_count()) <= SHORT_DIGITS {
            Self::settle(narrow(*self.0, *other.0))
        } else {
            Self::settle(wide(self.0.resize(), other.0.resize()))
        }
    }

    /// Applies a function that adds no digits.
    fn reshaped(&self, change: impl FnOnce(D256) -> D256) -> Self {
        Self::settle(change(*self.0)).unwrap_or_else(|| self.clone())
    }

    /// Rounds to the limits of a decimal. Returns `None` if the number is too large.
    pub(super) fn settle<const WORDS: usize>(
        number: fastnum::decimal::Decimal<WORDS>,
    ) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let number = number.reduce();
        let scale = number.fractional_digits_count();
        let surplus =
            i16::try_from(number.digits_count().saturating_sub(MAX_DIGITS)).ok()?;
        let keep = scale.checked_sub(surplus)?.min(MAX_FRACTION_DIGITS);
        let number: D256 =
            if keep < scale { number.round(keep).resize() } else { number.resize() };
        let exponent = number.fractional_digits_count().checked_neg()?;
        Self::from_parts(number.digits(), exponent, number.sign())
    }

    /// Creates a decimal; the only constructor. The result has no trailing zeros, zero
    /// has no sign, and the magnitude is at most 10 to the 40.
    fn from_parts(coefficient: U256, exponent: i16, sign: Sign) -> Option<Self> {
        if coefficient.is_zero() {
            return Some(Self(Arc::new(D256::ZERO.with_ctx(CONTEXT))));
        }
        let number =
            D256::from_parts(coefficient, i32::from(exponent), sign, CONTEXT).reduce();
        let digits = i64::try_from(number.digits_count()).ok()?;
        let magnitude = digits - i64::from(number.fractional_digits_count());
        let is_limit = magnitude == 41 && number.digits().is_one();
        (magnitude <= 40 || is_limit).then(|| Self(Arc::new(number)))
    }
}

/// For numbers of at most this length, 256 bits suffice: the first 77 digits of sums,
/// products and quotients round to the same 40 digits as the exact result.
const SHORT_DIGITS: usize = 30;

/// The maximum power of ten by which a number of 40 digits can be multiplied within 256
/// bits.
const MAX_SCALING: u32 = 36;

impl Default for Decimal {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self(Arc::new(D256::from_i64(value).with_ctx(CONTEXT).reduce()))
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
        self.parts().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    fn printed(number: Option<Decimal>) -> Option<String> {
        number.map(|number| number.to_string())
    }

    #[test]
    fn results_are_rounded_once_half_away_from_zero() {
        let third = decimal("1").checked_div(&decimal("-3")).unwrap();
        assert_eq!(third.to_string(), "-0.3333333333333333333333333333333333333333");
        // The exact results have 80 digits; rounding them to 77 first would round up.
        let large = decimal("1234567890123456789012345678901234567890");
        let below_half = decimal("0.4999999999999999999999999999999999999999");
        assert_eq!(large.checked_add(&below_half).unwrap(), large);
        let left = decimal("9.999999999999999999999999999999999999999");
        let square = left.checked_mul(&left).unwrap();
        assert_eq!(square.to_string(), "99.99999999999999999999999999999999999998");
        let half = decimal("0.5");
        let up = decimal("1234567890123456789012345678901234567891");
        assert_eq!(large.checked_add(&half).unwrap(), up);
        assert_eq!(large.negate().checked_sub(&half).unwrap(), up.negate());
    }

    #[test]
    fn numbers_beyond_the_limits_are_refused() {
        let largest = decimal("1e40");
        assert_eq!(largest.checked_add(&decimal("0.1")), Some(largest.clone()));
        assert_eq!(largest.checked_add(&decimal("10")), None);
        assert_eq!(largest.checked_mul(&decimal("-1.1")), None);
        assert_eq!(decimal("1").checked_div(&decimal("1e-41")), None);
        assert_eq!(decimal("1").checked_div(&Decimal::zero()), None);
        assert_eq!(decimal("1").checked_rem(&Decimal::zero()), None);
    }

    #[test]
    fn too_small_numbers_become_zero() {
        let smallest = decimal("1e-400");
        assert_eq!(smallest.checked_mul(&decimal("0.5")), Some(smallest.clone()));
        assert_eq!(smallest.checked_mul(&decimal("-0.4")), Some(Decimal::zero()));
        assert_eq!(printed(decimal("-0.4").checked_mul(&smallest)).unwrap(), "0.0");
    }

    #[test]
    fn remainders_are_exact_and_signed_like_the_dividend() {
        for (left, right, rest) in [
            ("37.9", "9", "1.9"),
            ("-7", "3", "-1.0"),
            ("7", "-3", "1.0"),
            ("6", "3", "0.0"),
            ("-6", "3", "0.0"),
            ("1e-200", "7", "1e-200"),
            ("1e40", "3e-400", "1e-400"),
            (
                "794489265769676765946199327273322882554e1",
                "-9999999999999999999999999999e-41",
                "2735277180913096767659461993e-41",
            ),
        ] {
            let expected = Some(decimal(rest));
            assert_eq!(
                decimal(left).checked_rem(&decimal(right)),
                expected,
                "{left} % {right}"
            );
        }
    }

    #[test]
    fn rounding() {
        for (text, places, rounded) in [
            ("3.225", 2, "3.23"),
            ("3.225", 1, "3.2"),
            ("-3.614", 0, "-4.0"),
            ("-0.5", 0, "-1.0"),
            ("-0.4", 0, "0.0"),
            ("3.2", 28, "3.2"),
            ("1e30", 0, "1000000000000000000000000000000.0"),
        ] {
            assert_eq!(decimal(text).round(places).to_string(), rounded);
        }
        assert_eq!(decimal("-3.2").floor().to_string(), "-4.0");
        assert_eq!(decimal("-3.2").ceil().to_string(), "-3.0");
        assert_eq!(decimal("-5.7").truncate(), Some(-5));
        assert_eq!(decimal("9223372036854775807.9").truncate(), Some(i64::MAX));
        assert_eq!(decimal("9223372036854775808").truncate(), None);
    }

    #[test]
    fn equality_hash_and_order_are_by_value() {
        use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
        let hash = |number: &Decimal| {
            BuildHasherDefault::<DefaultHasher>::default().hash_one(number)
        };
        for (left, right) in
            [("5.0", "5.00"), ("-0", "0"), ("100", "1e2"), ("0.10", "1e-1")]
        {
            let (left, right) = (decimal(left), decimal(right));
            assert_eq!(left, right);
            assert_eq!(hash(&left), hash(&right));
        }
        assert_eq!(Decimal::from(1200), decimal("1.2e3"));
        assert_eq!(hash(&Decimal::from(1200)), hash(&decimal("1.2e3")));
        assert!(decimal("-1") < decimal("-0.9") && decimal("9e-9") < decimal("0.1"));
        assert!(
            decimal("5").is_whole()
                && decimal("100").is_whole()
                && !decimal("0.1").is_whole()
        );
    }
}

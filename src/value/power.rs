//! Powers of decimals.

use fastnum::{D512, U256};

use super::Decimal;
use super::decimal::CONTEXT;

/// The power of ten beyond which a number cannot return to the range of decimals, either
/// by repeated multiplication or by the fractional part of an exponent.
const MAX_MAGNITUDE: i32 = 2000;

impl Decimal {
    /// The power. It is exact and then rounded if the exponent is whole; otherwise the
    /// last digit may be off by one. Returns `None` if the result exceeds a decimal or is
    /// not a real number. Fractional exponents take up to a few milliseconds.
    pub fn checked_pow(&self, exponent: &Self) -> Option<Self> {
        if exponent.is_zero() {
            return Some(Self::from(1));
        }
        if self.is_zero() {
            return (!exponent.is_negative()).then(Self::zero);
        }
        if self.is_negative() && !exponent.is_whole() {
            return None;
        }
        let size = exponent.number().abs();
        let (whole, fraction) = (size.trunc(), size.sub(size.trunc()));
        let scale = u32::from(whole.fractional_digits_count().unsigned_abs());
        let times = whole.digits().checked_mul(U256::checked_power_of_ten(scale)?)?;
        let power = match whole_power(self.number().resize(), times) {
            Power::Near(power) => power,
            // The reciprocal of a number far above the range is far below it.
            Power::FarAbove if exponent.is_negative() => return Some(Self::zero()),
            Power::FarBelow if !exponent.is_negative() => return Some(Self::zero()),
            Power::FarAbove | Power::FarBelow => return None,
        };
        // A base is between 1e-400 and 1e40, so such a small exponent changes no digit.
        let is_tiny = magnitude(&fraction.resize()) < -80;
        let root = if is_tiny || fraction.is_zero() {
            D512::ONE
        } else {
            self.number().pow(fraction).resize()
        };
        let power = power.mul(root.with_ctx(CONTEXT));
        let one = D512::ONE.with_ctx(CONTEXT);
        Self::settle(if exponent.is_negative() { one.div(power) } else { power })
    }
}

/// A power, as far as it matters for the result.
enum Power {
    Near(D512),
    FarAbove,
    FarBelow,
}

/// Raises a number to a whole power, by squaring.
fn whole_power(base: D512, times: U256) -> Power {
    let mut power = D512::ONE.with_ctx(CONTEXT);
    let mut square = base;
    for bit in 0..times.bits() {
        if times.bit(bit) {
            power = power.mul(square);
        }
        let is_last = bit + 1 == times.bits();
        let far = magnitude(if is_last { &power } else { &square });
        if far.abs() > MAX_MAGNITUDE {
            return if far > 0 { Power::FarAbove } else { Power::FarBelow };
        }
        if !is_last {
            square = square.mul(square);
        }
    }
    Power::Near(power)
}

/// The number of digits before the point; negative for zeros after it.
fn magnitude(number: &D512) -> i32 {
    let digits = i32::try_from(number.digits_count()).unwrap_or(i32::MAX);
    digits - i32::from(number.fractional_digits_count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn powers() {
        for (base, exponent, power) in [
            ("2", "3", Some("8.0")),
            ("5.5", "3", Some("166.375")),
            ("2", "-1", Some("0.5")),
            ("0", "0", Some("1.0")),
            ("0", "-1", None),
            ("-8", "3", Some("-512.0")),
            ("-8", "0.5", None),
            ("100", "2.5", Some("100000.0")),
            ("2", "0.5", Some("1.41421356237309504880168872420969807857")),
            ("-1", "9999999999999999999999999999999999999999", Some("-1.0")),
            ("-1", "1e40", Some("1.0")),
            ("10", "40", Some("10000000000000000000000000000000000000000.0")),
            ("10", "41", None),
            ("1e-400", "-1", None),
            ("0.1", "-33000", None),
            ("-2", "1e40", None),
            ("-2", "-1e40", Some("0.0")),
            ("0", "1e40", Some("0.0")),
            ("9", "1e-300", Some("1.0")),
            ("1e-400", "0.1", Some("0.0000000000000000000000000000000000000001")),
            ("4", "-1.5", Some("0.125")),
            ("3", "80", Some("147808829414345923316083210206383297601.0")),
            (
                "1.0000000001",
                "99999999999",
                Some("22026.46578159083704488298243228033395074"),
            ),
            (
                "0.9999999999999999999999999999999999999999",
                "1e40",
                Some("0.3678794411714423215955237701614608674458"),
            ),
            ("0.5", "1e40", Some("0.0")),
        ] {
            let found = decimal(base)
                .checked_pow(&decimal(exponent))
                .map(|power| power.to_string());
            assert_eq!(found.as_deref(), power, "{base} ^ {exponent}");
        }
    }
}

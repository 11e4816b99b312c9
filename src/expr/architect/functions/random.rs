//! Random numbers.

use crate::diagnostic::Code;
use crate::value::{Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, Varying, one, overload};

/// The maximum number of draws. Draws that would favour some numbers are repeated.
/// Architect's numbers are so small that nearly every draw is accepted, so only a source
/// that is not random reaches this limit.
const DRAWS: u32 = 128;

// Real flows use it; its documentation is not public.
pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "RandomInt",
    category: Category::Mathematical,
    summary: "Returns a random Integer between two bounds, both included; the lower bound is 0 if only one is given. The same seed of a run gives the same numbers.",
    example: ("RandomInt(7, 7)", "7"),
    overloads: &[
        overload(
            &[one("low", Kind::Integer), one("high", Kind::Integer)],
            Type::one(Kind::Integer),
            random_integer,
        )
        .varying(Varying::Random),
        overload(
            &[one("high", Kind::Integer)],
            Type::one(Kind::Integer),
            random_integer_from_zero,
        )
        .varying(Varying::Random),
    ],
}];

fn random_integer(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    between(arguments, arguments.integer(0)?, arguments.integer(1)?)
}

/// *Source: published flows, which use it for percentages: `RandomInt(99)`.*
fn random_integer_from_zero(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    between(arguments, 0, arguments.integer(0)?)
}

/// Undocumented: both bounds are included, and a lower bound above the upper one is an
/// error.
fn between(arguments: &Arguments<'_>, low: i64, high: i64) -> Result<Value, Failure> {
    if low > high {
        let message = format!("the lower bound {low} is above the upper bound {high}");
        return Err(arguments.fail(Code::OUT_OF_RANGE, &message));
    }
    let offset = below(high.abs_diff(low) + 1, || arguments.environment().random());
    Ok(Value::Integer(low.saturating_add_unsigned(offset)))
}

/// Returns the number between two bounds that 64 random bits give; `None` if these bits
/// are rejected, so that further bits are drawn, or if the lower bound is the larger one.
pub(in crate::expr::architect) fn of_bits(low: i64, high: i64, bits: u64) -> Option<i64> {
    let limit = if low > high { return None } else { high.abs_diff(low) + 1 };
    let product = u128::from(bits) * u128::from(limit);
    let is_kept = product & u128::from(u64::MAX) >= u128::from(surplus(limit));
    let offset = u64::try_from(product >> 64).unwrap_or(0);
    is_kept.then(|| low.saturating_add_unsigned(offset))
}

/// The number of products that are rejected for each number.
fn surplus(limit: u64) -> u64 {
    limit.wrapping_neg() % limit
}

/// Returns a uniformly distributed number from 0 up to (excluding) the limit. The upper
/// half of a 128-bit product is the number; its lower half identifies the draws to
/// reject. *Source: Lemire, Fast Random Integer Generation in an Interval, 2019.*
fn below(limit: u64, mut random: impl FnMut() -> u64) -> u64 {
    let surplus = surplus(limit);
    let mut product = u128::from(random()) * u128::from(limit);
    for _ in 0..DRAWS {
        if product & u128::from(u64::MAX) >= u128::from(surplus) {
            break;
        }
        product = u128::from(random()) * u128::from(limit);
    }
    u64::try_from(product >> 64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::{assert_results, evaluated_in};
    use super::super::known::TestOrganization;
    use super::*;

    #[test]
    fn bounds() {
        assert_results(&[
            ("RandomInt(-5, 5)", "-5"),
            ("RandomInt(System.MinInt, System.MaxInt)", "-999999999999999"),
            ("RandomInt(0)", "0"),
            ("RandomInt(-1)", "OUT_OF_RANGE"),
            ("RandomInt(2, 1)", "OUT_OF_RANGE"),
            ("RandomInt(NOT_SET, 1)", "NOT_SET_NOT_ALLOWED"),
        ]);
        let largest = "RandomInt(System.MinInt, System.MaxInt)";
        assert_eq!(evaluated_in(largest, &TestOrganization), "999999999999999");
    }

    #[test]
    fn bits_give_the_number_that_a_call_draws() {
        assert_eq!(of_bits(1, 100, 0), None);
        assert_eq!(of_bits(1, 100, u64::MAX / 100 + 1), Some(2));
        assert_eq!(of_bits(1, 100, u64::MAX), Some(100));
        assert_eq!(of_bits(7, 7, 5), Some(7));
        assert_eq!(of_bits(2, 1, 5), None);
    }

    /// Every number must be equally frequent among all possible draws of a small word;
    /// draws that would favour some numbers are repeated.
    #[test]
    fn numbers_are_equally_frequent() {
        let third = u64::MAX / 3;
        let mut draws = [0, third, 2 * third, u64::MAX].into_iter();
        let next = |draws: &mut std::array::IntoIter<u64, 4>| {
            below(3, || draws.next().expect("a draw"))
        };
        // 2^64 is one more than a multiple of 3, so the draw 0 must be rejected.
        assert_eq!(next(&mut draws), 0);
        assert_eq!(draws.len(), 2);
        assert_eq!(next(&mut draws), 1);
        assert_eq!(next(&mut draws), 2);
        assert_eq!(below(u64::MAX, || 0), 0);
        assert_eq!(below(1, || u64::MAX), 0);
    }
}

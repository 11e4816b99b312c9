//! Chance.

use crate::diagnostic::Code;
use crate::value::{Kind, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, one, overload};

/// How often random bits are drawn again that would favour some numbers. With numbers as
/// small as Architect's nearly all bits will do: only bits that are not random reach this.
const DRAWS: u32 = 128;

// Real flows use it; its documentation is not public.
pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "RandomInt",
    category: Category::Mathematical,
    summary: "Gives a random Integer between two, both included. The same seed of a run gives the same numbers.",
    example: ("RandomInt(7, 7)", "7"),
    overloads: &[overload(
        &[one("low", Kind::Integer), one("high", Kind::Integer)],
        Type::one(Kind::Integer),
        random_integer,
    )
    .reading_surroundings()],
}];

/// Not documented: that both bounds are included, and that bounds the wrong way round are an
/// error.
fn random_integer(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (low, high) = (arguments.integer(0)?, arguments.integer(1)?);
    if low > high {
        let message = format!("there is no number from {low} to {high}");
        return Err(arguments.fail(Code::OUT_OF_RANGE, &message));
    }
    let offset = below(high.abs_diff(low) + 1, || arguments.surroundings().random());
    Ok(Value::Integer(low.saturating_add_unsigned(offset)))
}

/// A number from 0 up to a limit, each equally probable: a product of 128 bits of which the
/// upper half is the number, and the lower half tells the draws that are one too many.
/// *Source: Lemire, Fast Random Integer Generation in an Interval, 2019.*
fn below(limit: u64, mut random: impl FnMut() -> u64) -> u64 {
    let surplus = limit.wrapping_neg() % limit;
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
    use super::super::super::trial::{evaluated_in, hold};
    use super::super::known::Known;
    use super::*;

    #[test]
    fn bounds() {
        hold(&[
            ("RandomInt(-5, 5)", "-5"),
            ("RandomInt(System.MinInt, System.MaxInt)", "-999999999999999"),
            ("RandomInt(2, 1)", "OUT_OF_RANGE"),
            ("RandomInt(NOT_SET, 1)", "NOT_SET_NOT_ALLOWED"),
        ]);
        let largest = "RandomInt(System.MinInt, System.MaxInt)";
        assert_eq!(evaluated_in(largest, &Known), "999999999999999");
    }

    /// Of all possible draws of a small word each number would get as many; here every draw
    /// that would give one too many to some is drawn again.
    #[test]
    fn no_number_is_favoured() {
        let third = u64::MAX / 3;
        let mut draws = [0, third, 2 * third, u64::MAX].into_iter();
        let next = |draws: &mut std::array::IntoIter<u64, 4>| {
            below(3, || draws.next().expect("a draw"))
        };
        // 2^64 is one more than a multiple of 3, so that the draw 0 is one too many.
        assert_eq!(next(&mut draws), 0);
        assert_eq!(draws.len(), 2);
        assert_eq!(next(&mut draws), 1);
        assert_eq!(next(&mut draws), 2);
        assert_eq!(below(u64::MAX, || 0), 0);
        assert_eq!(below(1, || u64::MAX), 0);
    }
}

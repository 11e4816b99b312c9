//! The currencies of ISO 4217 and their symbols.

use crate::diagnostic::Code;

use super::super::arguments::Arguments;
use super::super::failure::Failure;

/// Fails if the code is not an ISO 4217 code.
pub(super) fn require_code(arguments: &Arguments<'_>, code: &str) -> Result<(), Failure> {
    match is_code(code) {
        true => Ok(()),
        false => Err(arguments.fail(Code::CONVERSION_FAILED, &refusal(code))),
    }
}

/// The message for a string that is not an ISO 4217 code.
pub(in crate::expr::architect) fn refusal(code: &str) -> String {
    let upper = code.trim().to_ascii_uppercase();
    let advice = if is_code(&upper) { format!("; write {upper}") } else { String::new() };
    let shown: String = code.chars().take(20).collect();
    format!("`{shown}` is not an ISO 4217 currency code{advice}")
}

/// Whether a string is an ISO 4217 code, in capitals.
pub(in crate::expr::architect) fn is_code(code: &str) -> bool {
    code.len() == 3 && CODES.split_ascii_whitespace().any(|known| known == code)
}

/// The symbol of a currency, or its code if it has no distinct symbol.
pub(super) fn symbol(code: &str) -> &str {
    let found = SYMBOLS.iter().find(|(known, _)| *known == code);
    found.map_or(code, |(_, symbol)| symbol)
}

/// All ISO 4217 codes, including those withdrawn since 2010, without metals, bond units
/// and test codes.
const CODES: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN \
    BWP BYN BYR BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EEK \
    EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR \
    IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL \
    LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR \
    NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE \
    SLL SOS SRD SSP STD STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN \
    UYI UYU UYW UZS VED VEF VES VND VUV WST XAF XCD XCG XDR XOF XPF YER ZAR ZMK ZMW ZWG ZWL";

/// The symbols used in the currency's home country. Genesys documents only `$` for USD
/// and `€` for EUR.
const SYMBOLS: &[(&str, &str)] = &[
    ("AFN", "؋"),
    ("ARS", "$"),
    ("AUD", "$"),
    ("AZN", "₼"),
    ("BDT", "৳"),
    ("BOB", "Bs"),
    ("BRL", "R$"),
    ("CAD", "$"),
    ("CLP", "$"),
    ("CNY", "¥"),
    ("COP", "$"),
    ("CRC", "₡"),
    ("CUP", "$"),
    ("CZK", "Kč"),
    ("DKK", "kr."),
    ("DOP", "$"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("GEL", "₾"),
    ("GHS", "₵"),
    ("GIP", "£"),
    ("GTQ", "Q"),
    ("HKD", "$"),
    ("HNL", "L"),
    ("HUF", "Ft"),
    ("IDR", "Rp"),
    ("ILS", "₪"),
    ("INR", "₹"),
    ("ISK", "kr."),
    ("JMD", "$"),
    ("JPY", "¥"),
    ("KHR", "៛"),
    ("KPW", "₩"),
    ("KRW", "₩"),
    ("KZT", "₸"),
    ("LAK", "₭"),
    ("LKR", "₨"),
    ("MNT", "₮"),
    ("MUR", "₨"),
    ("MXN", "$"),
    ("MYR", "RM"),
    ("NGN", "₦"),
    ("NIO", "C$"),
    ("NOK", "kr"),
    ("NPR", "₨"),
    ("NZD", "$"),
    ("PEN", "S/"),
    ("PHP", "₱"),
    ("PKR", "₨"),
    ("PLN", "zł"),
    ("PYG", "₲"),
    ("RUB", "₽"),
    ("SEK", "kr"),
    ("SGD", "$"),
    ("THB", "฿"),
    ("TRY", "₺"),
    ("TTD", "$"),
    ("TWD", "$"),
    ("UAH", "₴"),
    ("USD", "$"),
    ("UYU", "$"),
    ("VND", "₫"),
    ("ZAR", "R"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_belongs_to_a_code() {
        for (code, symbol) in SYMBOLS {
            assert!(is_code(code), "{code}");
            assert!(!symbol.is_empty(), "{code}");
        }
        for text in ["", "US", "usd", "USD EUR", "AED ", "XXX"] {
            assert!(!is_code(text), "{text}");
        }
    }

    #[test]
    fn a_currency_without_a_symbol_shows_its_code() {
        assert_eq!(symbol("GBP"), "£");
        assert_eq!(symbol("CHF"), "CHF");
    }
}

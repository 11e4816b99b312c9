//! Parsing of telephone numbers, as by `ToPhoneNumber`.

use std::sync::Arc;

use super::{Kind, Object, Text, Type, Value};

/// Parses a `PhoneNumber`. Returns `None` if the string is blank.
///
/// The first digits are read as the dialling code even without a `+`: for `7205550123` it
/// is 7. *Source: an execution that Genesys recorded.* An address that is neither a
/// telephone number nor SIP has only its text, `raw`. The scheme of `sips:` is `sip`, as
/// documented in the catalogue.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let address = text.trim();
    if address.is_empty() {
        return None;
    }
    let (scheme, rest) = split_scheme(address);
    let parts = match scheme.as_str() {
        "sip" | "sips" => {
            Parts { scheme: Some("sip"), uri: Some(address.into()), ..Parts::default() }
        }
        "" | "tel" => digits(rest).map_or_else(Parts::default, |digits| Parts {
            uri: Some(format!("tel:{rest}").into()),
            ..Parts::of_digits(&digits)
        }),
        _ => Parts::default(),
    };
    Some(parts.into_value(text))
}

#[derive(Default)]
struct Parts {
    scheme: Option<&'static str>,
    dialing_code: Option<Text>,
    subscriber_number: Option<Text>,
    e164: Option<Text>,
    uri: Option<Text>,
}

impl Parts {
    /// Splits digits, which begin with `+` if the number is global.
    fn of_digits(number: &str) -> Self {
        let digits = number.strip_prefix('+').unwrap_or(number);
        let code_length = dialing_code_length(digits);
        let (code, subscriber) = digits.split_at(code_length);
        Self {
            scheme: Some("tel"),
            dialing_code: (!code.is_empty()).then(|| code.into()),
            subscriber_number: Some(subscriber.into()),
            e164: number.starts_with('+').then(|| number.into()),
            ..Self::default()
        }
    }

    fn into_value(self, raw: &str) -> Value {
        let text = |text: Option<Text>| {
            text.map_or(Value::NotSet(Type::one(Kind::String)), Value::String)
        };
        let (is_sip, is_tel) = (self.scheme == Some("sip"), self.scheme == Some("tel"));
        let is_global = self.e164.is_some();
        let properties = [
            ("dialingCode".into(), text(self.dialing_code)),
            ("e164".into(), text(self.e164)),
            ("subscriberNumber".into(), text(self.subscriber_number)),
            ("isGlobal".into(), is_global.into()),
            ("isSip".into(), is_sip.into()),
            ("isTel".into(), is_tel.into()),
            ("raw".into(), raw.into()),
            ("scheme".into(), text(self.scheme.map(Text::from))),
            ("uri".into(), text(self.uri)),
        ];
        let properties = properties.into_iter().collect();
        Value::Object(Arc::new(Object { kind: Kind::PhoneNumber, properties }))
    }
}

/// Splits an address into its scheme in lower case, which may be empty, and the rest.
fn split_scheme(address: &str) -> (String, &str) {
    match address.split_once(':') {
        Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphabetic()) => {
            (scheme.to_ascii_lowercase(), rest)
        }
        _ => (String::new(), address),
    }
}

/// Returns the digits of a telephone number with its `+`, without separators and
/// parameters. Returns `None` if it contains any other characters.
fn digits(number: &str) -> Option<String> {
    let number = number.split(';').next().unwrap_or_default();
    let is_separator =
        |c: char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}');
    let digits: String = number.chars().filter(|c| !is_separator(*c)).collect();
    let plain = digits.strip_prefix('+').unwrap_or(&digits);
    let is_number = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(digits)
}

/// Returns the length of the country code at the start of the digits. Returns 0 if the
/// digits cannot begin with a country code, or if no digits would follow it. *Source: the
/// list of ITU-T E.164.*
fn dialing_code_length(digits: &str) -> usize {
    const TWO_DIGIT_CODES: &[&str] = &[
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44",
        "45", "46", "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58",
        "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91",
        "92", "93", "94", "95", "98",
    ];
    let length = match digits.as_bytes().first() {
        None | Some(b'0') => 0,
        Some(b'1' | b'7') => 1,
        _ if TWO_DIGIT_CODES.iter().any(|code| digits.starts_with(code)) => 2,
        _ => 3,
    };
    if length < digits.len() { length } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let mut out = String::new();
        parse(text).unwrap().write_json(&mut out);
        out
    }

    #[test]
    fn a_number_without_plus_matches_the_genesys_recording() {
        assert_eq!(
            json("7205550123"),
            r#"{"dialingCode":"7","e164":null,"subscriberNumber":"205550123","isGlobal":false,"isSip":false,"isTel":true,"raw":"7205550123","scheme":"tel","uri":"tel:7205550123"}"#
        );
    }

    #[test]
    fn global_numbers() {
        for (text, uri) in [
            ("+13178723000", "tel:+13178723000"),
            ("tel:+1 (317) 872-3000", "tel:+1 (317) 872-3000"),
            ("+1 (317) 872-3000", "tel:+1 (317) 872-3000"),
            ("TEL:+1.317.872.3000;ext=5", "tel:+1.317.872.3000;ext=5"),
        ] {
            let number = parse(text).unwrap();
            let property = |name| number.property(name).unwrap().to_string();
            assert_eq!(property("dialingCode"), "1", "{text}");
            assert_eq!(property("e164"), "+13178723000", "{text}");
            assert_eq!(property("subscriberNumber"), "3178723000", "{text}");
            assert_eq!(property("isGlobal"), "true", "{text}");
            assert_eq!(property("uri"), uri, "{text}");
            assert_eq!(property("raw"), text);
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(
            json("sips:john.doe@example.com"),
            r#"{"dialingCode":null,"e164":null,"subscriberNumber":null,"isGlobal":false,"isSip":true,"isTel":false,"raw":"sips:john.doe@example.com","scheme":"sip","uri":"sips:john.doe@example.com"}"#
        );
        for text in ["anonymous", "mailto:a@b.c", "+", "tel:", "tel:+1a", ":"] {
            let number = parse(text).unwrap();
            assert_eq!(number.property("isTel"), Some(false.into()), "{text}");
            assert_eq!(number.property("isSip"), Some(false.into()), "{text}");
            assert_eq!(number.to_string(), text);
        }
        assert_eq!(parse(" "), None);
    }

    #[test]
    fn dialing_codes() {
        for (number, length) in [
            ("31755551212", 2),
            ("4930123456", 2),
            ("353123456", 3),
            ("88016789", 3),
            ("0612345678", 0),
            ("1", 0),
            ("49", 0),
            ("911", 2),
            ("", 0),
        ] {
            assert_eq!(dialing_code_length(number), length, "{number}");
        }
    }
}

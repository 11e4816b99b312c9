//! Phone numbers in E.164, the form used for comparison.

use std::borrow::Cow;

use crate::build::MissingFeature;
use crate::value::dialing_code;

/// Maximum number of digits. *Source: ITU-T E.164.*
const MAX_DIGITS: usize = 15;

/// Maximum length of a phone number, including punctuation and extension.
const MAX_LENGTH: usize = 60;

/// Country whose number format is assumed for numbers without a country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country([u8; 2]);

impl Country {
    /// The United States.
    pub const US: Self = Self(*b"US");

    /// Returns the country of an ISO 3166 code such as `GB`, ignoring case.
    pub fn from_code(code: &str) -> Option<Self> {
        let upper = code.to_ascii_uppercase();
        dialing_code(&upper)?;
        upper.as_bytes().try_into().ok().map(Self)
    }

    fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Default for Country {
    fn default() -> Self {
        Self::US
    }
}

/// Returns the number as `+` and digits; `None` if the text is not a phone number.
///
/// For a number with a country code only the punctuation is removed, so that tests can
/// use numbers that no network would connect (`+1 555 …`).
pub fn e164(text: &str, country: Country) -> Option<Cow<'_, str>> {
    let text = text.trim();
    if text.len() > MAX_LENGTH {
        return None;
    }
    let number = text.strip_prefix("tel:").unwrap_or(text);
    match international(number) {
        Form::Canonical => Some(Cow::Borrowed(number)),
        Form::Punctuated => Some(number.chars().filter(|c| is_dialled(*c)).collect()),
        Form::Other => national(text, country).map(Cow::Owned),
        Form::Nothing => None,
    }
}

/// Returns whether text may be a phone number. The check is cheap; [`e164`] rejects false
/// positives.
pub(super) fn may_be_number(text: &str) -> bool {
    text.len() <= MAX_LENGTH
        && text.bytes().filter(u8::is_ascii_digit).count() >= 2
        && text.chars().next().is_some_and(|c| c.is_ascii_digit() || "+(t＋".contains(c))
}

enum Form {
    Canonical,
    Punctuated,
    /// Needs the library.
    Other,
    Nothing,
}

fn is_dialled(character: char) -> bool {
    character == '+' || character.is_ascii_digit()
}

fn international(number: &str) -> Form {
    let Some(rest) = number.strip_prefix('+') else { return Form::Other };
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let punctuation = |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/');
    let is_plain = rest.bytes().all(|byte| byte.is_ascii_digit() || punctuation(byte));
    match digits {
        // Letters, extensions, and the trunk prefix of `+44 (0)20…`.
        _ if !is_plain || rest.contains("(0") => Form::Other,
        2..=MAX_DIGITS if digits == rest.len() => Form::Canonical,
        2..=MAX_DIGITS => Form::Punctuated,
        _ => Form::Nothing,
    }
}

fn national(text: &str, country: Country) -> Option<String> {
    if !may_be_number(text) {
        return None;
    }
    north_american(text, country).or_else(|| of_library(text, country))
}

/// Reads ten digits, with or without a 1 in front, where the country code is 1: the format
/// that needs no table of the world's numbering plans.
fn north_american(text: &str, country: Country) -> Option<String> {
    let is_punctuation =
        |byte: u8| matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/');
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || is_punctuation(byte));
    if !is_plain || dialing_code(country.code()) != Some("1") {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let number = if digits.len() == 11 { digits.strip_prefix('1')? } else { &digits };
    let is_number = number.len() == 10 && number.as_bytes()[0] >= b'2';
    is_number.then(|| format!("+1{number}"))
}

#[cfg(feature = "phone")]
fn of_library(text: &str, country: Country) -> Option<String> {
    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

    let region = Region::from_code(country.code()).ok()?;
    let number = PHONE_NUMBER_UTIL.parse(text, Some(region)).ok()?;
    Some(PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
}

#[cfg(not(feature = "phone"))]
fn of_library(_: &str, _: Country) -> Option<String> {
    None
}

/// The message for a string that [`e164`] could not read.
pub fn unreadable(text: &str) -> String {
    if cfg!(feature = "phone") || !may_be_number(text) {
        return format!("`{text}` is not a phone number");
    }
    let missing = MissingFeature("phone");
    format!("`{text}` may be a phone number in a national format, but {missing}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn us(text: &str) -> Option<String> {
        e164(text, Country::US).map(Cow::into_owned)
    }

    #[test]
    fn numbers_with_a_country_code_lose_their_punctuation() {
        for text in [
            "+15557770100",
            "+1 (555) 777-0100",
            "tel:+1-555-777-0100",
            " +1.555.777.0100 ",
        ] {
            assert_eq!(us(text).as_deref(), Some("+15557770100"), "{text}");
        }
    }

    #[test]
    fn numbers_without_one_take_the_default_country() {
        for text in ["5557770100", "(555) 777-0100", "1 555 777 0100"] {
            assert_eq!(us(text).as_deref(), Some("+15557770100"), "{text}");
        }
        assert_eq!(Country::from_code("UK"), None);
    }

    #[test]
    fn other_strings_are_not_numbers() {
        for text in
            ["", "+", "+1", "c-1", "ada@example.com", "+1234567890123456", "anonymous"]
        {
            assert_eq!(us(text), None, "{text}");
        }
        assert_eq!(us(&"1".repeat(10_000)), None);
    }

    #[cfg(not(feature = "phone"))]
    #[test]
    fn a_build_without_the_library_names_the_feature() {
        let british = Country::from_code("gb").unwrap();
        assert_eq!(e164("020 7946 0958", british), None);
        assert!(unreadable("020 7946 0958").contains("feature `phone`"));
        assert_eq!(unreadable("none"), "`none` is not a phone number");
    }

    proptest! {
        #[test]
        fn ten_digits_are_a_north_american_number(text in "(1[ -]?)?[(]?[2-9][0-9]{2}[)]?[ .-]?[0-9]{3}[ -]?[0-9]{4}") {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let ten = &digits[digits.len() - 10..];
            prop_assert_eq!(us(&text), Some(format!("+1{ten}")));
        }

        #[test]
        fn no_text_panics_and_a_result_stays_as_it_is(text in "\\PC{0,40}|[+(]?[0-9 ()-]{1,20}") {
            if let Some(number) = us(&text) {
                prop_assert!(number.starts_with('+'));
                prop_assert_eq!(us(&number), Some(number.clone()));
            }
        }
    }
}

//! Telephone numbers in English words.

use super::Text;
use super::number::digit_words;

/// The digits in words, after `plus` if the number starts with a plus sign.
pub(super) fn words(number: &str) -> String {
    let digits = digit_words(number);
    if number.trim_start().starts_with('+') { format!("plus {digits}") } else { digits }
}

/// The digits as they are dialled inside the country: `0755551212` for `+31755551212`.
/// Returns a text that is not a telephone number unchanged, and `None` for a country outside
/// the North American plan if this build lacks the feature `phone`.
pub(super) fn dialled_inside(e164: &str) -> Option<Text> {
    match e164.strip_prefix("+1") {
        Some(rest) if rest.len() == 10 && rest.bytes().all(|it| it.is_ascii_digit()) => {
            Some(rest.into())
        }
        _ => national(e164),
    }
}

#[cfg(not(feature = "phone"))]
fn national(e164: &str) -> Option<Text> {
    let is_number = e164.starts_with('+') && e164.len() > 2;
    if is_number { None } else { Some(e164.into()) }
}

#[cfg(feature = "phone")]
fn national(e164: &str) -> Option<Text> {
    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

    /// Length of the longest telephone number, with punctuation and extension.
    const MAX_LENGTH: usize = 60;

    if e164.len() > MAX_LENGTH {
        return Some(e164.into());
    }
    Some(match PHONE_NUMBER_UTIL.parse(e164, None) {
        Ok(number) => {
            let national = number.format_as(PhoneNumberFormat::National);
            national.chars().filter(char::is_ascii_digit).collect()
        }
        Err(_) => e164.into(),
    })
}

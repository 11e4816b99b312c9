//! Telephone numbers in English words.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::Text;
use super::number::digit_words;

/// The code by which a country is dialled, `31` for `NL`. The country is written as in ISO
/// 3166, in capitals. *Source: Google's libphonenumber.*
pub fn dialing_code(country: &str) -> Option<String> {
    let region = Region::from_code(country).ok()?;
    let code = PHONE_NUMBER_UTIL.get_country_code_for_region(region)?;
    (code > 0).then(|| code.to_string())
}

/// The digits, after `plus` if the number starts with a plus sign.
pub(super) fn words(number: &str) -> String {
    let digits = digit_words(number);
    if number.trim_start().starts_with('+') { format!("plus {digits}") } else { digits }
}

/// The longest text that may be a telephone number, punctuation and extension included.
const MAX_LENGTH: usize = 60;

/// The digits as they are dialled inside the country: of `+31755551212` it is `0755551212`.
/// What the library does not know as a number stays as it is.
pub(super) fn dialled_inside(e164: &str) -> Text {
    if e164.len() > MAX_LENGTH {
        return e164.into();
    }
    match PHONE_NUMBER_UTIL.parse(e164, None) {
        Ok(number) => {
            let national = number.format_as(PhoneNumberFormat::National);
            national.chars().filter(char::is_ascii_digit).collect()
        }
        Err(_) => e164.into(),
    }
}

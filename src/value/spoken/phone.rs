//! Telephone numbers in English words.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use super::Text;
use super::number::digit_words;

/// The dialling code of a country, such as `31` for `NL`. The country is an ISO 3166 code
/// in capitals. *Source: Google's libphonenumber.*
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

/// The maximum length of a telephone number, including punctuation and extension.
const MAX_LENGTH: usize = 60;

/// The digits as dialled inside the country: for `+31755551212`, `0755551212`. A number
/// that the library does not recognize stays as it is.
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

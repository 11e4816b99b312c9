//! Phone numbers in E.164, the form used for comparison.

use std::borrow::Cow;

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

/// Maximum number of digits. *Source: ITU-T E.164.*
const MAX_DIGITS: usize = 15;

/// Maximum length of a phone number, including punctuation and extension.
const MAX_LENGTH: usize = 60;

/// Regions whose numbers `libphonenumber` can parse. They are listed here because asking
/// the library takes ten milliseconds at the start; a test compares the list.
const REGIONS: &str = "\
    AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM \
    BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY \
    CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH \
    GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC \
    MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA \
    SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK \
    TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA \
    ZM ZW";

/// Country whose number format is assumed for numbers without a country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country(Region);

impl Country {
    /// The United States.
    pub const US: Self = Self(Region::US);

    /// Returns the country with an ISO 3166 code such as `GB`, ignoring case.
    pub fn from_code(code: &str) -> Option<Self> {
        let upper = code.to_ascii_uppercase();
        let is_known = REGIONS.split(' ').any(|region| region == upper);
        if is_known { Region::from_code(&upper).ok().map(Self) } else { None }
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
    let number = PHONE_NUMBER_UTIL.parse(text, Some(country.0)).ok()?;
    Some(PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
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
        assert_eq!(us("+44 (0)20 7946 0958").as_deref(), Some("+442079460958"));
        assert_eq!(us("tel:+1-555-777-0100;ext=12").as_deref(), Some("+15557770100"));
        assert_eq!(us("+1 555 777 0100 x12").as_deref(), Some("+15557770100"));
    }

    #[test]
    fn numbers_without_one_take_the_default_country() {
        for text in ["5557770100", "(555) 777-0100", "1 555 777 0100"] {
            assert_eq!(us(text).as_deref(), Some("+15557770100"), "{text}");
        }
        let british = Country::from_code("gb").unwrap();
        assert_eq!(e164("020 7946 0958", british).as_deref(), Some("+442079460958"));
        let german = Country::from_code("DE").unwrap();
        assert_eq!(e164("030 123456", german).as_deref(), Some("+4930123456"));
    }

    #[test]
    fn other_text_is_not_a_number() {
        for text in
            ["", "+", "+1", "c-1", "ada@example.com", "+1234567890123456", "anonymous"]
        {
            assert_eq!(us(text), None, "{text}");
        }
        assert_eq!(us(&"1".repeat(10_000)), None);
    }

    #[test]
    fn the_regions_are_those_of_the_library() {
        let mut known: Vec<String> = PHONE_NUMBER_UTIL
            .get_supported_regions()
            .map(|region| region.to_string())
            .filter(|code| code.len() == 2)
            .collect();
        known.sort();
        assert_eq!(REGIONS, known.join(" "));
        assert_eq!(Country::from_code("UK"), None);
    }

    proptest! {
        #[test]
        fn no_text_panics_and_a_result_stays_as_it_is(text in "\\PC{0,40}|[+(]?[0-9 ()-]{1,20}") {
            if let Some(number) = us(&text) {
                prop_assert!(number.starts_with('+'));
                prop_assert_eq!(us(&number), Some(number.clone()));
            }
        }
    }
}

//! Numbers in English words.

use super::{Number, NumberFormat};

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];

/// The names of the powers of a thousand, the largest first.
const SCALES: [(u64, &str); 4] = [
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1000, "thousand"),
];

/// The number of digits from which a Decimal is read digit by digit. *Source: Genesys'
/// expression catalogue.*
const TRILLION_DIGITS: usize = 13;

/// The maximum length of a whole number with words. It covers all Integers.
const MAX_WORD_DIGITS: usize = 18;

/// The maximum number of digits read after the point.
const MAX_PLACES: u32 = 400;

/// Formats a number in words.
pub(super) fn words(
    number: &Number,
    format: NumberFormat,
    places: Option<u32>,
) -> String {
    let limit = match number {
        Number::Integer(_) => MAX_WORD_DIGITS,
        Number::Decimal(_) => TRILLION_DIGITS - 1,
    };
    let parts = Parts::of(number).cut(places);
    let in_digits = format == NumberFormat::Digits || parts.whole.len() > limit;
    let whole =
        if in_digits { digit_words(&parts.whole) } else { whole_words(&parts.whole) };
    let sign = if parts.is_negative { "negative " } else { "" };
    if parts.fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole} point {}", digit_words(&parts.fraction))
    }
}

/// Reads each digit separately. All other characters are silent.
pub(super) fn digit_words(digits: &str) -> String {
    let digits = digits.chars().filter_map(|digit| digit.to_digit(10));
    let words =
        digits.filter_map(|digit| UNITS.get(usize::try_from(digit).ok()?).copied());
    words.collect::<Vec<_>>().join(" ")
}

/// Formats a number like `one hundred twenty three`: no hyphens, no `and`.
pub(super) fn cardinal(mut number: u64) -> String {
    let mut words = Vec::new();
    if number == 0 {
        return UNITS[0].into();
    }
    for (scale, name) in SCALES {
        if number >= scale {
            words.extend([cardinal(number / scale), name.into()]);
            number %= scale;
        }
    }
    if number >= 100 {
        words.extend([cardinal(number / 100), "hundred".into()]);
        number %= 100;
    }
    if number >= 20 {
        words.push(below(&TENS, number / 10).into());
        number %= 10;
    }
    if number > 0 {
        words.push(below(&UNITS, number).into());
    }
    words.join(" ")
}

/// Formats an integer with its sign.
pub(super) fn signed(number: i64) -> String {
    let sign = if number < 0 { "negative " } else { "" };
    format!("{sign}{}", cardinal(number.unsigned_abs()))
}

/// `one minute`, `two minutes`
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", cardinal(number), if number == 1 { one } else { many })
}

/// The digits of a number as written: `5`, `-0.25`.
pub(super) fn digits_of(number: &Number) -> String {
    let parts = Parts::of(number);
    let sign = if parts.is_negative { "-" } else { "" };
    let point = if parts.fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{}", parts.whole, parts.fraction)
}

/// A number, split into the parts that are read separately.
pub(super) struct Parts {
    pub(super) is_negative: bool,
    /// The digits before the point, at least `0`.
    pub(super) whole: String,
    /// The digits after the point. Empty if the number is whole.
    pub(super) fraction: String,
}

impl Parts {
    pub(super) fn of(number: &Number) -> Self {
        let text = match number {
            Number::Integer(number) => number.to_string(),
            Number::Decimal(number) => number.to_string(),
        };
        let (is_negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.as_str()),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0').into();
        Self { is_negative, whole: whole.into(), fraction }
    }

    /// Cuts or fills the number to exactly the given number of digits after the point. A
    /// resulting zero has no sign.
    pub(super) fn cut(mut self, places: Option<u32>) -> Self {
        if let Some(places) = places {
            let places = usize::try_from(places.min(MAX_PLACES)).unwrap_or_default();
            self.fraction.truncate(places);
            let missing = places - self.fraction.len();
            self.fraction.push_str(&"0".repeat(missing));
        }
        let is_zero = |digits: &str| digits.bytes().all(|digit| digit == b'0');
        self.is_negative &= !(is_zero(&self.whole) && is_zero(&self.fraction));
        self
    }
}

/// The words of a whole number, or its digits if it is too long for words.
pub(super) fn whole_words(digits: &str) -> String {
    match digits.parse::<u64>() {
        Ok(number) if digits.len() <= MAX_WORD_DIGITS => cardinal(number),
        _ => digit_words(digits),
    }
}

fn below(words: &[&'static str], number: u64) -> &'static str {
    let index = usize::try_from(number).unwrap_or_default();
    words.get(index).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Decimal, MAX_INTEGER};

    fn read(text: &str, places: Option<u32>) -> String {
        words(&Number::parse(text).unwrap(), NumberFormat::AsNumber, places)
    }

    #[test]
    fn cardinals() {
        for (number, words) in [
            (0, "zero"),
            (13, "thirteen"),
            (20, "twenty"),
            (42, "forty two"),
            (100, "one hundred"),
            (1_000_000, "one million"),
            (1_001_019, "one million one thousand nineteen"),
            (700_000_000_000, "seven hundred billion"),
        ] {
            assert_eq!(cardinal(number), words);
        }
        let largest = read(&MAX_INTEGER.to_string(), None);
        assert!(
            largest.starts_with("nine hundred ninety nine trillion nine"),
            "{largest}"
        );
        assert_eq!(signed(-5), "negative five");
        assert!(signed(i64::MIN).starts_with("negative nine million two hundred"));
    }

    #[test]
    fn decimals_of_a_trillion_and_more_are_digits() {
        let below = read("999999999999.5", None);
        assert!(below.starts_with("nine hundred ninety nine billion"), "{below}");
        assert!(below.ends_with("nine hundred ninety nine point five"), "{below}");
        let trillion = Number::Decimal(Decimal::parse("1e12").unwrap());
        let zeros = " zero".repeat(12);
        assert_eq!(words(&trillion, NumberFormat::AsNumber, None), format!("one{zeros}"));
        let largest = read("1e40", None);
        assert_eq!(largest, format!("one{}", " zero".repeat(40)));
    }

    #[test]
    fn numbers_cut_to_zero_have_no_sign() {
        assert_eq!(read("-0.009", Some(2)), "zero point zero zero");
        assert_eq!(read("-0.019", Some(2)), "negative zero point zero one");
        assert_eq!(read("-0.9", Some(0)), "zero");
        assert_eq!(read("1.5", Some(u32::MAX)).matches("zero").count(), 399);
    }

    #[test]
    fn integers_with_places_have_zeros() {
        assert_eq!(read("5", Some(2)), "five point zero zero");
        assert_eq!(digits_of(&Number::parse("-0.250").unwrap()), "-0.25");
        assert_eq!(digits_of(&Number::parse("500.0").unwrap()), "500");
    }
}

//! Ordinal numbers in English words.

use super::number::{cardinal, signed};

/// `first`, `two hundred and first`; outside 1 to 999 the plain number. *Source: Genesys'
/// expression catalogue.*
pub(super) fn words(number: i64) -> String {
    match u64::try_from(number) {
        Ok(place @ 1..=999) => place_words(place),
        _ => signed(number),
    }
}

fn place_words(place: u64) -> String {
    match (place / 100, place % 100) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => format!("{} hundredth", cardinal(hundreds)),
        (hundreds, rest) => {
            format!("{} hundred and {}", cardinal(hundreds), below_hundred(rest))
        }
    }
}

fn below_hundred(place: u64) -> String {
    let irregular = match place {
        1 => "first",
        2 => "second",
        3 => "third",
        5 => "fifth",
        8 => "eighth",
        9 => "ninth",
        12 => "twelfth",
        21..=99 if !place.is_multiple_of(10) => {
            let tens = cardinal(place / 10 * 10);
            return format!("{tens} {}", below_hundred(place % 10));
        }
        _ => {
            let word = cardinal(place);
            return match word.strip_suffix('y') {
                Some(stem) => format!("{stem}ieth"),
                None => format!("{word}th"),
            };
        }
    };
    irregular.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        for (number, text) in [
            (2, "second"),
            (4, "fourth"),
            (8, "eighth"),
            (12, "twelfth"),
            (20, "twentieth"),
            (23, "twenty third"),
            (40, "fortieth"),
            (99, "ninety ninth"),
            (112, "one hundred and twelfth"),
            (999, "nine hundred and ninety ninth"),
            (1000, "one thousand"),
            (0, "zero"),
        ] {
            assert_eq!(words(number), text);
        }
    }
}

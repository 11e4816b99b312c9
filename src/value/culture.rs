//! The dictionary order of strings.
//!
//! *Source: Genesys' examples of `Compare`, where `hello` comes before `Hello`.* The
//! order is the root order of the Unicode Collation Algorithm in CLDR: letters before
//! accents before case, lower case first. Measured (release build):
//!
//! | | binary | clean build | packages | a comparison |
//! |---|---|---|---|---|
//! | `icu_collator` 2.4, chosen | +1.27 MB | 15.6 s | 49 | 84 ns |
//! | `feruca` 0.13 | +1.84 MB | 10.5 s | 18 | 37 ns |
//!
//! `feruca` has no order that ignores case, which decided the choice.

use std::cmp::Ordering;
use std::sync::OnceLock;

use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{Collator, CollatorBorrowed};

/// Compares two strings. If case is ignored, strings that differ only in case are equal;
/// otherwise only identical strings are.
pub fn compare_culturally(left: &str, right: &str, ignore_case: bool) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    let ordering = match collator(ignore_case) {
        Some(collator) => collator.compare(left, right),
        None => left.cmp(right),
    };
    if ignore_case { ordering } else { ordering.then_with(|| left.cmp(right)) }
}

/// Returns the collator. The library has its data built in, so this is always `Some`.
fn collator(ignore_case: bool) -> Option<&'static CollatorBorrowed<'static>> {
    static COLLATORS: OnceLock<[Option<CollatorBorrowed<'static>>; 2]> = OnceLock::new();
    let collators = COLLATORS.get_or_init(|| {
        [Strength::Tertiary, Strength::Secondary].map(|strength| {
            let mut options = CollatorOptions::default();
            options.strength = Some(strength);
            Collator::try_new(Default::default(), options).ok()
        })
    });
    collators[usize::from(ignore_case)].as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_in_dictionary_order() {
        for (less, more) in [
            ("hello", "Hello"),
            ("Hel", "Hello"),
            ("10", "2"),
            ("a", "B"),
            ("", "a"),
            ("cote", "coté"),
            ("coté", "côte"),
            ("zebra", "Zürich"),
            ("résumé", "Résumé"),
        ] {
            assert_eq!(
                compare_culturally(less, more, false),
                Ordering::Less,
                "{less} {more}"
            );
            assert_eq!(
                compare_culturally(more, less, false),
                Ordering::Greater,
                "{more} {less}"
            );
        }
    }

    #[test]
    fn case_may_be_ignored() {
        assert_eq!(compare_culturally("hello", "HELLO", true), Ordering::Equal);
        assert_eq!(compare_culturally("Hel", "hello", true), Ordering::Less);
        assert_eq!(compare_culturally("é", "e", true), Ordering::Greater);
    }

    #[test]
    fn only_identical_strings_are_equal() {
        // A character that the order ignores still distinguishes strings.
        assert_ne!(compare_culturally("a\u{ad}b", "ab", false), Ordering::Equal);
    }
}

//! Replacements that are derived from the original value and a key.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::value::Text;

/// Prefix of replaced values of chosen variables.
const REDACTED: &str = "redacted-";

/// Domain of replaced addresses. *Source: RFC 2606.*
const EXAMPLE_DOMAIN: &str = "@example.com";

/// Prefix of the user in a replaced address.
const USER: &str = "user-";

/// Smallest replacement number, and the count of replacement numbers.
const LEAST_NUMBER: i64 = 900_000_000;
const NUMBERS: i64 = 100_000_000;

/// Letters of replaced names, in alternation, and the length of a word.
const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
const VOWELS: &[u8] = b"aeiou";
const LETTERS: usize = 8;

/// Creates replacements; the same value always has the same one.
#[derive(Debug, Clone)]
pub(super) struct Pseudonyms {
    keyed: Hmac<Sha256>,
}

impl Pseudonyms {
    pub(super) fn new(key: &[u8]) -> Self {
        // Keys of any length are accepted; those longer than a block are hashed.
        let keyed = Hmac::new_from_slice(key).expect("HMAC takes keys of every length");
        Self { keyed }
    }

    /// Returns the keyed hash of a value of a kind.
    fn bytes(&self, kind: &str, value: &str) -> [u8; 32] {
        let mut keyed = self.keyed.clone();
        keyed.update(kind.as_bytes());
        keyed.update(&[0]);
        keyed.update(value.as_bytes());
        keyed.finalize().into_bytes().into()
    }

    fn integer(&self, kind: &str, value: &str) -> u64 {
        let bytes = self.bytes(kind, value);
        bytes.iter().take(8).fold(0, |all, byte| (all << 8) | u64::from(*byte))
    }

    fn hexadecimal(&self, kind: &str, value: &str) -> String {
        let mut text = String::new();
        for byte in self.bytes(kind, value).iter().take(6) {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// Returns ten digits of a North American number that is not in use: area codes with
    /// a nine in the middle are reserved for a longer numbering plan.
    pub(super) fn fictitious_number(&self, digits: &str) -> String {
        let mut rest = self.integer("phoneNumber", digits);
        let mut take = |count: u64| {
            let digit = rest % count;
            rest /= count;
            digit
        };
        let area = (take(8) + 2) * 100 + 90 + take(10);
        let line = (take(8) + 2) * 1_000_000 + take(1_000_000);
        format!("{area:03}{line:07}")
    }

    /// Returns an address at `example.com`.
    pub(super) fn address(&self, address: &str) -> String {
        if is_fictitious_address(address) {
            return address.to_owned();
        }
        let user = self.hexadecimal("email", &address.to_lowercase());
        format!("{USER}{user}{EXAMPLE_DOMAIN}")
    }

    /// Returns the replacement of the user part of a telephone address that is not a
    /// number.
    pub(super) fn user(&self, user: &str) -> String {
        let is_done =
            user.strip_prefix(USER).is_some_and(|rest| rest.len() == 12 && is_hex(rest));
        if is_done {
            return user.to_owned();
        }
        format!("{USER}{}", self.hexadecimal("user", &user.to_lowercase()))
    }

    /// Returns a name with the same number of words. The same word always has the same
    /// replacement, so that a first name is also recognised in the full name.
    pub(super) fn name(&self, name: &str) -> Text {
        let words = name.split_whitespace().map(|word| self.word(word));
        words.collect::<Vec<_>>().join(" ").into()
    }

    fn word(&self, word: &str) -> String {
        let bytes = self.bytes("name", &word.to_lowercase());
        let letters = bytes.iter().take(LETTERS).enumerate().map(|(index, byte)| {
            let of = if index % 2 == 0 { CONSONANTS } else { VOWELS };
            let letter = of.get(usize::from(*byte) % of.len()).copied();
            char::from(letter.unwrap_or(b'a'))
        });
        let mut word: String = letters.collect();
        if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        word
    }

    /// Returns the replacement of a string in a chosen variable.
    pub(super) fn value(&self, value: &str) -> Text {
        if value.is_empty() || value.starts_with(REDACTED) {
            return value.into();
        }
        format!("{REDACTED}{}", self.hexadecimal("variable", value)).into()
    }

    /// Returns the replacement of keys in a chosen variable: the same number of keys. Digits
    /// are replaced by digits, the first one by one that is not a zero unless it is.
    pub(super) fn keys(&self, keys: &str) -> Text {
        let mut replaced = String::with_capacity(keys.len());
        let mut hash = self.bytes("keys", keys);
        for (index, key) in keys.chars().enumerate() {
            let at = index % hash.len();
            if index > 0 && at == 0 {
                hash = self.bytes("keys", &replaced);
            }
            let byte = hash.get(at).copied().unwrap_or_default();
            replaced.push(match key {
                '1'..='9' if index == 0 => char::from(b'1' + byte % 9),
                '0'..='9' if index > 0 => char::from(b'0' + byte % 10),
                other => other,
            });
        }
        replaced.into()
    }

    /// Returns the replacement of a number in a chosen variable: nine digits, beginning
    /// with a nine.
    pub(super) fn number(&self, number: &str) -> i64 {
        match number.parse() {
            Ok(known) if (LEAST_NUMBER..LEAST_NUMBER + NUMBERS).contains(&known) => known,
            _ => {
                let hash = self.integer("variable", number);
                LEAST_NUMBER + i64::try_from(hash >> 1).unwrap_or(0) % NUMBERS
            }
        }
    }
}

/// Returns whether ten digits are a [fictitious number](Pseudonyms::fictitious_number).
pub(super) fn is_fictitious_number(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 10 && bytes.get(1) == Some(&b'9') && bytes.first() >= Some(&b'2')
}

fn is_fictitious_address(address: &str) -> bool {
    let user = address.strip_suffix(EXAMPLE_DOMAIN);
    let user = user.and_then(|user| user.strip_prefix(USER));
    user.is_some_and(|rest| rest.len() == 12 && is_hex(rest))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns whether a whole string may be a replacement.
pub(super) fn is_replacement(text: &str) -> bool {
    let is_user = |text: &str| {
        let rest = text.strip_prefix(USER).or_else(|| text.strip_prefix(REDACTED));
        rest.is_some_and(|rest| rest.len() == 12 && is_hex(rest))
    };
    let is_name = |text: &str| {
        let mut words = text.split_whitespace().peekable();
        words.peek().is_some() && words.all(is_fictitious_word)
    };
    is_user(text) || is_fictitious_address(text) || is_name(text)
}

fn is_fictitious_word(word: &str) -> bool {
    let is_capital = word.starts_with(|first: char| first.is_ascii_uppercase());
    let letters = word.bytes().enumerate();
    let mut fit = letters.map(|(index, letter)| {
        let of = if index % 2 == 0 { CONSONANTS } else { VOWELS };
        of.contains(&letter.to_ascii_lowercase())
    });
    is_capital && word.len() == LETTERS && fit.all(|fits| fits)
}

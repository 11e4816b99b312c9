//! Telephone numbers and e-mail addresses: search and replacement in strings.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::pseudonym::{Pseudonyms, is_fictitious_number};
use crate::value::{Json, JsonObject};

/// Number of trailing digits that identify a telephone number. The digits before them
/// vary: a country code, nothing, or a zero.
const IDENTIFYING_DIGITS: usize = 9;

/// Minimum number of digits of a number in a field for numbers.
const MIN_DIGITS: usize = 5;

static EMAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let address = r"[a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}";
    Regex::new(&format!(r"(?i)(?P<sip>\bsips?:)?{address}")).ok()
});

/// Numbers in strings. Ids and times, which also contain digits, are matched first and
/// skipped.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let forms = [
        r"(?P<other>(?i:\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b)",
        r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?",
        r"\d+\.\d+\.\d+\.\d+)",
        r"(?P<sip>\bsips?:)(?P<user>[^@\s;<>]+)(?P<host>@)",
        r"(?:\btel:)?(?P<number>\+\d(?:[ ().-]{0,2}\d){5,14}",
        r"|\(\d{2,5}\)[ -]?\d{3,4}[ -]?\d{3,6}",
        r"|\b\d{3}[-. ]\d{3}[-. ]\d{4}",
        r"|\b0\d{1,4}[ /-]\d{4,9}",
        r"|\b\d{10,15})(?P<more>\d*)",
    ];
    let [guid, time, address, sip, rest @ ..] = forms;
    let pattern = format!("{guid}|{time}|{address}|{sip}|{}", rest.concat());
    Regex::new(&pattern).ok()
});

/// Replaces personal data.
pub(super) struct Person<'p> {
    pseudonyms: &'p Pseudonyms,
    /// Identifying digits of the numbers found in the document.
    known: BTreeSet<String>,
}

impl<'p> Person<'p> {
    pub(super) fn new(pseudonyms: &'p Pseudonyms) -> Self {
        Self { pseudonyms, known: BTreeSet::new() }
    }

    /// Replaces the e-mail addresses in a string.
    pub(super) fn emails(&self, text: &str) -> String {
        let Some(email) = EMAIL.as_ref().filter(|_| text.contains('@')) else {
            return text.to_owned();
        };
        let replaced = email.replace_all(text, |found: &Captures<'_>| {
            let address = found.get(0).map_or("", |it| it.as_str());
            // A telephone address, whose host does not identify the person.
            if found.name("sip").is_some() {
                return address.to_owned();
            }
            self.pseudonyms.address(address)
        });
        replaced.into_owned()
    }

    /// Remembers the numbers in a string, so that they are also found in other notations.
    pub(super) fn learn_numbers(&mut self, text: &str) {
        let Some(number) = NUMBER.as_ref() else { return };
        for found in number.captures_iter(text) {
            for part in ["number", "user"] {
                if let Some(found) = found.name(part) {
                    self.learn_number(found.as_str());
                }
            }
        }
    }

    /// Remembers a number.
    pub(super) fn learn_number(&mut self, text: &str) {
        let identifying = identifying(&digits_of(text));
        let is_done = is_replaced(&digits_of(text));
        if identifying.len() == IDENTIFYING_DIGITS && !is_done {
            self.known.insert(identifying);
        }
    }

    /// Replaces the numbers in a string.
    pub(super) fn numbers(&self, text: &str) -> String {
        let Some(number) = NUMBER.as_ref() else { return text.to_owned() };
        if text.bytes().filter(u8::is_ascii_digit).count() < MIN_DIGITS
            && !text.contains("sip")
        {
            return text.to_owned();
        }
        let mut new = String::with_capacity(text.len());
        let mut from = 0;
        for found in number.captures_iter(text) {
            let Some(all) = found.get(0) else { continue };
            new.push_str(
                &self.known_digits(text.get(from..all.start()).unwrap_or_default()),
            );
            from = all.end();
            if let Some(user) = found.name("user") {
                new.push_str(found.name("sip").map_or("", |it| it.as_str()));
                new.push_str(&self.sip_user(user.as_str()));
                new.push('@');
            } else if let Some(number) = found.name("number") {
                new.push_str(text.get(all.start()..number.start()).unwrap_or_default());
                let more = found.name("more").is_some_and(|it| !it.is_empty());
                if more {
                    let rest = text.get(number.start()..all.end()).unwrap_or_default();
                    new.push_str(&self.known_digits(rest));
                } else {
                    new.push_str(&self.number(number.as_str()));
                }
            } else {
                new.push_str(all.as_str());
            }
        }
        new.push_str(&self.known_digits(text.get(from..).unwrap_or_default()));
        new
    }

    /// Replaces a string that is known to be a number, in any notation. A string without
    /// a number is unchanged.
    pub(super) fn whole_number(&self, text: &str) -> String {
        let is_plain = |it: char| it.is_ascii_digit() || "+ ().-/".contains(it);
        let digits = digits_of(text);
        if digits.len() >= MIN_DIGITS && text.chars().all(is_plain) {
            return self.number(text);
        }
        text.to_owned()
    }

    /// Replaces the digits of an integer.
    pub(super) fn digits(&self, digits: &str) -> String {
        if self.known.iter().any(|known| digits.ends_with(known.as_str())) {
            return self.number(digits);
        }
        digits.to_owned()
    }

    fn sip_user(&self, user: &str) -> String {
        let digits = digits_of(user).len();
        let is_number = digits >= MIN_DIGITS
            && user.chars().all(|it| it.is_ascii_digit() || "+-.()".contains(it));
        if is_number { self.number(user) } else { self.pseudonyms.user(user) }
    }

    /// Returns the replacement of a number, with the same punctuation if it has the same
    /// length.
    fn number(&self, text: &str) -> String {
        let digits = digits_of(text);
        if is_replaced(&digits) {
            return text.to_owned();
        }
        let fictitious = self.pseudonyms.fictitious_number(&identifying(&digits));
        let is_international = text.starts_with('+');
        let wanted = match digits.len() {
            _ if is_international => format!("1{fictitious}"),
            11.. => format!("1{fictitious}"),
            count => fictitious
                .get(fictitious.len().saturating_sub(count)..)
                .unwrap_or("")
                .into(),
        };
        if wanted.len() != digits.len() {
            return format!("{}{wanted}", if is_international { "+" } else { "" });
        }
        let mut wanted = wanted.chars();
        let fill = |it: char| {
            if it.is_ascii_digit() { wanted.next().unwrap_or(it) } else { it }
        };
        text.chars().map(fill).collect()
    }

    /// Replaces the digits of known numbers everywhere in a string.
    fn known_digits(&self, text: &str) -> String {
        let mut new = text.to_owned();
        if text.bytes().filter(u8::is_ascii_digit).count() < IDENTIFYING_DIGITS {
            return new;
        }
        for known in &self.known {
            let fictitious = self.pseudonyms.fictitious_number(known);
            let (first, rest) = fictitious.split_at_checked(1).unwrap_or_default();
            let mut replaced = String::with_capacity(new.len());
            let mut pieces = new.split(known.as_str());
            replaced.push_str(pieces.next().unwrap_or_default());
            for piece in pieces {
                // The first digit of the area code precedes the identifying digits.
                if replaced.ends_with(|it: char| it.is_ascii_digit()) {
                    replaced.pop();
                    replaced.push_str(first);
                }
                replaced.push_str(rest);
                replaced.push_str(piece);
            }
            new = replaced;
        }
        new
    }

    /// Makes the parts of a number consistent: the platform writes the country code and
    /// the rest next to the whole number.
    pub(super) fn fix_number_parts(&self, old: &JsonObject, new: &mut JsonObject) {
        let text = |object: &JsonObject, key: &str| match object.get(key) {
            Some(Json::String(text)) => Some(text.clone()),
            _ => None,
        };
        let (Some(was), Some(now)) = (text(old, "raw"), text(new, "raw")) else { return };
        if was == now || !new.contains_key("dialingCode") {
            return;
        }
        let digits = digits_of(&now);
        let code = text(old, "dialingCode").map_or(0, |code| code.len());
        if let Some((code, rest)) = digits.split_at_checked(code) {
            if old.get("dialingCode") != Some(&Json::Null) {
                new.insert("dialingCode".into(), Json::from(code));
            }
            if old.get("subscriberNumber") != Some(&Json::Null) {
                new.insert("subscriberNumber".into(), Json::from(rest));
            }
        }
    }
}

/// Returns whether a string is the replacement of a telephone number.
pub(super) fn is_replaced_number(text: &str) -> bool {
    let plain = text.strip_prefix("tel:").unwrap_or(text);
    let is_plain = |it: char| it.is_ascii_digit() || "+ ().-/".contains(it);
    plain.chars().all(is_plain) && is_replaced(&digits_of(plain))
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn identifying(digits: &str) -> String {
    digits
        .get(digits.len().saturating_sub(IDENTIFYING_DIGITS)..)
        .unwrap_or_default()
        .to_owned()
}

/// Returns whether digits are those of a replacement.
fn is_replaced(digits: &str) -> bool {
    match digits.len() {
        11 => digits.strip_prefix('1').is_some_and(is_fictitious_number),
        _ => is_fictitious_number(digits),
    }
}

//! Entries of the caller. Their replacements are keys too, so that the call can be replayed.

use std::collections::BTreeSet;

use super::{MIN_LOOKED_FOR, Place, each_of_object};
use crate::value::{Json, Text};

/// Names of values that are keys of the caller, or objects with them. *Source: turns of
/// execution documents; requests and results of simulations.*
const KEYS: [&str; 3] = ["dtmf", "digits", "heard"];

/// Collects the entries that are long enough to be searched for in other strings. A shorter
/// one does not identify a caller.
pub(super) fn collect(json: &Json, place: &Place<'_>, entries: &mut BTreeSet<Text>) {
    match json {
        Json::Object(object) => each_of_object(object, place, |_, value, place| {
            collect(value, &place, entries);
        }),
        Json::Array(items) => {
            items.iter().for_each(|item| collect(item, place, entries));
        }
        Json::String(text)
            if KEYS.iter().any(|it| [place.name, place.within].contains(it)) =>
        {
            // The terminating key is not a part of the result.
            let ended = text.trim_end_matches(['#', '*']);
            for entry in [text.as_str(), ended] {
                if entry.len() >= MIN_LOOKED_FOR && is_entry(entry) {
                    entries.insert(entry.into());
                }
            }
        }
        _ => {}
    }
}

fn is_entry(text: &str) -> bool {
    let is_key = |key: char| key.is_ascii_digit() || matches!(key, '*' | '#');
    text.chars().all(is_key) && text.contains(|key: char| key.is_ascii_digit())
}

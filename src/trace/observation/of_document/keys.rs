//! Times of the caller's keys, derived from the turns of a document.
//!
//! A document contains the time when a prompt was played and the time when the input was
//! complete. Input is complete with its last key, with the terminating key, or after the
//! inter-digit timeout. The settings of the action determine which one applied. *The
//! timeout rules are those of `collectInput`; a key that was accepted is assumed to have
//! been in time.*

use crate::trace::execution::Event;
use crate::value::{DateTime, Json, Number, Text};
use crate::world::{Input, Keystroke};

/// Settings of an action that collects input, as far as the document has them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Settings {
    min: usize,
    max: Option<usize>,
    first_ms: Option<i64>,
    next_ms: Option<i64>,
    terminator: Option<char>,
}

impl Settings {
    pub(super) fn of(event: &Event) -> Self {
        let data = event.input_data.as_ref();
        let value = |key: &str| data.and_then(|data| data.get(key));
        let count = |key| match value(key) {
            Some(Json::Integer(count)) => usize::try_from(*count).ok(),
            _ => None,
        };
        let length = |key| match value(key) {
            Some(Json::String(text)) => milliseconds(text),
            _ => None,
        };
        Self {
            min: count("min").unwrap_or(1),
            max: count("max"),
            first_ms: length("noEntryTimeout"),
            next_ms: length("interDigitTimeout"),
            terminator: match value("terminatingDtmf") {
                Some(Json::String(key)) => key.chars().next_back(),
                _ => None,
            },
        }
    }

    /// Returns the input of a caller who pressed these keys and was done after the given
    /// time in milliseconds.
    pub(super) fn input(&self, pressed: &str, done_ms: i64) -> Input {
        let keys: Vec<char> = pressed
            .chars()
            .map(|key| key.to_ascii_uppercase())
            .filter(|key| matches!(key, '0'..='9' | '*' | '#' | 'A'..='D'))
            .collect();
        let Some(last) = keys.last() else { return Input::Silence };
        let is_full = self.max.is_some_and(|max| keys.len() >= max);
        let is_done = is_full || !last.is_ascii_digit() || self.max.is_none();
        let mut keys = keys;
        let mut pressed_ms = done_ms;
        if !is_done {
            match (self.next_ms, self.terminator) {
                (Some(next_ms), _) if done_ms >= next_ms => pressed_ms -= next_ms,
                (_, Some(terminator)) if keys.len() >= self.min => keys.push(terminator),
                _ => {}
            }
        }
        // Prompts take time on the platform but none here. Since the key was accepted, it
        // is moved into the timeout.
        let patience = self.first_ms.unwrap_or(i64::MAX);
        let first_ms = pressed_ms.clamp(0, patience.max(0));
        let strokes = keys.iter().enumerate().map(|(index, key)| Keystroke {
            key: *key,
            after_ms: match index {
                0 => u32::try_from(first_ms).unwrap_or(u32::MAX),
                _ => 0,
            },
        });
        Input::Timed(strokes.collect())
    }
}

/// Returns the start of a turn's prompt, and the time of the caller's answer.
pub(super) fn times(turn: &Event) -> (Option<DateTime>, Option<DateTime>) {
    let time = |key: &str| {
        let time = turn.other.get(key)?.get("dateTime")?;
        match time {
            Json::String(text) => DateTime::parse(text),
            _ => None,
        }
    };
    (time("toParticipant"), time("fromParticipant"))
}

/// Parses `P0D0H0M3S0F`, where `F` counts milliseconds.
fn milliseconds(text: &Text) -> Option<i64> {
    let mut rest = text.strip_prefix('P')?;
    let mut total: i64 = 0;
    for (unit, length) in
        [('D', 86_400_000), ('H', 3_600_000), ('M', 60_000), ('S', 1000), ('F', 1)]
    {
        let (number, after) = rest.split_once(unit)?;
        let count = match Number::parse_json(number)? {
            Number::Integer(count) => count,
            Number::Decimal(_) => return None,
        };
        total = total.checked_add(count.checked_mul(length)?)?;
        rest = after;
    }
    rest.is_empty().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(max: usize, terminator: Option<char>) -> Settings {
        let (first_ms, next_ms) = (Some(3000), Some(1500));
        Settings { min: 1, max: Some(max), first_ms, next_ms, terminator }
    }

    fn input(settings: Settings, pressed: &str, done_ms: i64) -> String {
        settings.input(pressed, done_ms).to_string()
    }

    #[test]
    fn an_entry_ends_with_its_last_key_or_the_lack_of_one() {
        assert_eq!(input(settings(1, None), "1", 900), "1@900");
        assert_eq!(input(settings(3, None), "417", 900), "4@900,1@0,7@0");
        assert_eq!(input(settings(4, Some('#')), "12", 900), "1@900,2@0,#@0");
        assert_eq!(input(settings(4, Some('#')), "12", 2000), "1@500,2@0");
        assert_eq!(input(settings(4, None), "1", 1600), "1@100");
        assert_eq!(input(settings(4, None), "*", 1600), "*@1600");
        assert_eq!(input(settings(4, None), "", 1600), "-");
    }

    #[test]
    fn accepted_keys_were_in_time() {
        assert_eq!(input(settings(1, None), "1", 10_062), "1@3000");
        assert_eq!(input(settings(1, None), "1", -5), "1@0");
    }

    #[test]
    fn durations_have_the_format_of_the_platform() {
        assert_eq!(milliseconds(&"P0D0H0M1S500F".into()), Some(1500));
        assert_eq!(milliseconds(&"P1D2H3M4S5F".into()), Some(93_784_005));
        for wrong in ["", "P", "PT3S", "P0D0H0M1S", "P0D0H0M1.5S0F", "P0D0H0M1S0Fx"] {
            assert_eq!(milliseconds(&wrong.into()), None, "{wrong}");
        }
    }
}

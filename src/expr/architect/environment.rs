//! The environment of an expression: the organisation, the clock, the random number
//! generator.

use std::cell::Cell;

use crate::value::{DateTime, Decimal, Kind, Text, Value};

/// The organisation in which an expression is evaluated. Find functions search it.
///
/// Names are compared ignoring case, as in Architect. A name that matches more than one
/// object finds none.
pub trait Directory {
    /// The object of this kind with this id: a queue, user, skill, language skill, group,
    /// schedule, schedule group, emergency group or wrap-up code.
    fn by_id(&self, kind: Kind, id: &str) -> Option<Value>;

    /// The only object of this kind with this name; for a user, with this e-mail address.
    fn by_name(&self, kind: Kind, name: &str) -> Option<Value>;

    /// The only user with this name.
    fn user_by_name(&self, _name: &str) -> Option<Value> {
        None
    }

    /// The user prompt with this name.
    fn user_prompt(&self, name: &str) -> Option<Value>;

    /// The system prompt with this name.
    fn system_prompt(&self, name: &str) -> Option<Value>;

    /// The IETF tag of the flow's default language.
    fn default_language(&self) -> Text;

    /// The IETF tags of the flow's languages.
    fn supported_languages(&self) -> Vec<Text>;

    /// The value of one unit of `from` in units of `to`, both as ISO 4217 codes.
    fn exchange_rate(&self, from: &str, to: &str) -> Option<Decimal>;

    /// The language of a string as a two-letter code.
    fn detect_language(&self, text: &str) -> Option<Text>;

    /// The decisions about behaviour that Genesys does not document.
    fn policies(&self) -> Policies {
        Policies::default()
    }
}

/// Decisions about behaviour that Genesys does not document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policies {
    /// Whether `==` and `!=` ignore the case of strings. By default they do not, like
    /// `Compare` and `Contains`.
    pub equality_ignores_case: bool,
    /// Whether an item beyond the end of a collection is NOT_SET instead of an error.
    pub missing_items_are_not_set: bool,
    /// Whether a condition of a decision or a switch that is NOT_SET is an error. By
    /// default it is not true: a decision takes `no`.
    pub conditions_must_be_set: bool,
    /// Whether a bot gives up at its maximum number of failed attempts. By default it
    /// gives up when the number exceeds the maximum.
    pub bots_stop_at_maximum: bool,
    /// Whether an estimated wait time below one minute is announced as it is. By default
    /// it counts as one minute.
    pub short_waits_are_exact: bool,
    /// Whether the cases of a Loop Until action are evaluated before its first round too.
    /// By default they are evaluated after each round.
    pub until_cases_come_first: bool,
    /// Whether a transfer to a queue fails if no agent has the skills. By default the
    /// conversation waits in the queue.
    pub skill_mismatch_fails: bool,
    /// Whether a flow that lacks the language of the conversation keeps it. By default it
    /// continues in its own default language.
    pub keeps_unsupported_language: bool,
    /// Whether the caller is in the menu again after the last attempt to dial an
    /// extension there. By default the call is disconnected.
    pub failed_extensions_return: bool,
    /// Whether speech in a language that no engine speaks is played. By
    /// default it is silent.
    pub unsupported_speech_is_spoken: bool,
}

/// The organisation, the clock and the random number generator, for functions that are
/// not pure.
pub trait Environment {
    /// The organisation.
    fn directory(&self) -> &dyn Directory;

    /// The time of the virtual clock.
    fn now(&self) -> DateTime;

    /// The next 64 random bits of the run.
    fn random(&self) -> u64;
}

/// An organisation without any known objects; its language is `en-us`.
#[derive(Debug, Clone, Copy, Default)]
pub struct UnknownOrganization;

impl Directory for UnknownOrganization {
    fn by_id(&self, _kind: Kind, _id: &str) -> Option<Value> {
        None
    }

    fn by_name(&self, _kind: Kind, _name: &str) -> Option<Value> {
        None
    }

    fn user_prompt(&self, _name: &str) -> Option<Value> {
        None
    }

    fn system_prompt(&self, _name: &str) -> Option<Value> {
        None
    }

    fn default_language(&self) -> Text {
        "en-us".into()
    }

    fn supported_languages(&self) -> Vec<Text> {
        vec!["en-us".into()]
    }

    fn exchange_rate(&self, _from: &str, _to: &str) -> Option<Decimal> {
        None
    }

    fn detect_language(&self, _text: &str) -> Option<Text> {
        None
    }
}

/// A deterministic random number generator: a seed produces the same numbers on every
/// machine.
///
/// The algorithm is SplitMix64. Only a flow's `RandomInt` depends on the quality of the
/// numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RandomNumbers(Cell<u64>);

impl RandomNumbers {
    /// Creates a generator from a seed.
    pub fn from_seed(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    /// The next 64 bits.
    pub fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

//! What an expression knows besides its variables: the organisation, the clock, chance.

use std::cell::Cell;

use crate::value::{DateTime, Decimal, Kind, Text, Value};

/// The organisation in which an expression is evaluated: what its Find functions find.
///
/// Names are compared without regard to case, as Architect does. Nothing is found where a
/// name fits more than one.
pub trait Directory {
    /// The object of this kind with this id: a queue, user, skill, language skill, group,
    /// schedule, schedule group, emergency group or wrap-up code.
    fn by_id(&self, kind: Kind, id: &str) -> Option<Value>;

    /// The one object of this kind with this name; for a user, with this e-mail address.
    fn by_name(&self, kind: Kind, name: &str) -> Option<Value>;

    /// The user prompt with this name.
    fn user_prompt(&self, name: &str) -> Option<Value>;

    /// The system prompt with this name.
    fn system_prompt(&self, name: &str) -> Option<Value>;

    /// The IETF tag of the flow's default language.
    fn default_language(&self) -> Text;

    /// The IETF tags of the flow's languages.
    fn supported_languages(&self) -> Vec<Text>;

    /// How much of `to` one unit of `from` is worth, both as ISO 4217 codes.
    fn exchange_rate(&self, from: &str, to: &str) -> Option<Decimal>;

    /// The language of a text as a two-letter code.
    fn detect_language(&self, text: &str) -> Option<Text>;

    /// How the questions that Genesys leaves open are decided.
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
}

/// The organisation, the clock and chance, for functions that are not pure.
pub trait Surroundings {
    /// The organisation.
    fn directory(&self) -> &dyn Directory;

    /// The time of the virtual clock.
    fn now(&self) -> DateTime;

    /// The next 64 random bits of the run.
    fn random(&self) -> u64;
}

/// An organisation of which nothing is known; its language is `en-us`.
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

/// Chance that repeats: the same seed gives the same numbers on every machine.
///
/// The numbers are those of SplitMix64. Nothing depends on their quality but a flow's
/// `RandomInt`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chance(Cell<u64>);

impl Chance {
    /// The numbers that follow from a seed.
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

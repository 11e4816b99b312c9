//! What texts and values are compared with.

use crate::value::{Json, Text};

/// What a text is compared with. White space is folded before anything is compared.
#[derive(Debug, Clone)]
pub enum TextMatcher {
    /// It is this.
    Equals(Text),
    /// It has this in it.
    Contains(Text),
    /// A regular expression fits somewhere in it.
    Matches(regex::Regex),
    /// It is much like this: 1 is the same, 0 has nothing in common.
    Similar {
        /// The text.
        text: Text,
        /// How much it has to be like it.
        min: f64,
    },
}

/// What a value is compared with.
#[derive(Debug, Clone)]
pub enum ValueMatcher {
    /// It is this; numbers are compared by value, objects in any order of their keys.
    Equals(Json),
    /// It is a text that fits.
    Text(TextMatcher),
    /// It is an object in which these members fit; others may be there.
    Members(Vec<(Text, ValueMatcher)>),
    /// It is a number between these.
    Number(Range),
    /// It is set, or it is NOT_SET.
    IsSet(bool),
}

/// A range of whole numbers, both ends inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// The least.
    pub min: Option<i64>,
    /// The most.
    pub max: Option<i64>,
}

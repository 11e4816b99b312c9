//! The meaning of names in an expression.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::diagnostic::nearest;
use crate::value::{Text, Type};

use super::built_in;
use super::tree::Segment;

/// A resolved variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The slot of the variable in a [`Scope`](super::Scope).
    pub slot: u32,
    /// The type of its value.
    pub value_type: Type,
    /// The name as declared.
    pub name: Text,
    /// The number of segments of the dotted name that belong to the variable. The rest
    /// are properties.
    pub length: usize,
}

/// A source of the variables that an expression may use.
pub trait Names {
    /// Finds the variable at the beginning of a dotted name, ignoring case.
    fn variable(&mut self, name: &[Segment<'_>]) -> Option<Variable>;

    /// Finds a known name with a similar spelling.
    fn suggestion(&self, name: &str) -> Option<Text>;
}

/// Variables in the order of declaration; the first has slot 0.
///
/// Architect's built-in variables, such as `Call.Ani`, need no declaration. Each gets a
/// slot at its first use.
#[derive(Debug, Clone, Default)]
pub struct Declarations {
    variables: IndexMap<Text, (Text, Type), FxBuildHasher>,
}

impl Declarations {
    /// Creates an empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a variable by its full name, such as `Flow.count`, and returns its slot.
    /// A second declaration of the same name changes the type.
    pub fn declare(&mut self, name: &str, holds: Type) -> u32 {
        let key = Text::from(name.to_lowercase());
        let (slot, _) = self.variables.insert_full(key, (name.into(), holds));
        u32::try_from(slot).unwrap_or(u32::MAX)
    }

    /// The slot and type of a declared or used name.
    pub fn get(&self, name: &str) -> Option<(u32, Type)> {
        let (slot, _, (_, holds)) =
            self.variables.get_full(name.to_lowercase().as_str())?;
        Some((u32::try_from(slot).ok()?, *holds))
    }

    /// All names and types, ordered by slot.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, Type)> {
        self.variables.values().map(|(name, holds)| (name, *holds))
    }

    /// The number of slots.
    pub fn len(&self) -> usize {
        self.variables.len()
    }

    /// Whether there are no slots.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    fn declared(&self, key: &str, length: usize) -> Option<Variable> {
        let (slot, _, (name, holds)) = self.variables.get_full(key)?;
        let slot = u32::try_from(slot).ok()?;
        Some(Variable { slot, value_type: *holds, name: name.clone(), length })
    }
}

/// The maximum number of segments: a scope and a word.
const MAX_SEGMENTS: usize = 2;

fn push_lower_case(text: &str, key: &mut String) {
    if text.is_ascii() {
        let start = key.len();
        key.push_str(text);
        if let Some(new) = key.get_mut(start..) {
            new.make_ascii_lowercase();
        }
    } else {
        key.extend(text.chars().flat_map(char::to_lowercase));
    }
}

impl Names for Declarations {
    fn variable(&mut self, name: &[Segment<'_>]) -> Option<Variable> {
        let mut key = String::with_capacity(32);
        for (index, segment) in name.iter().enumerate().take(MAX_SEGMENTS) {
            if index > 0 {
                key.push('.');
            }
            push_lower_case(&segment.text, &mut key);
            // Names of one word are rare, so they are tried last.
            if index > 0
                && let Some(found) = self.declared(&key, index + 1)
            {
                return Some(found);
            }
        }
        let first = name.first().map_or(0, |segment| segment.text.len());
        let short = key.get(..first).unwrap_or_default();
        if let Some(found) = self.declared(short, 1) {
            return Some(found);
        }
        let found = built_in::variable(&key)?;
        let slot = self.declare(found.name, found.value_type);
        let (holds, name) = (found.value_type, found.name.into());
        Some(Variable { slot, value_type: holds, name, length: MAX_SEGMENTS })
    }

    fn suggestion(&self, name: &str) -> Option<Text> {
        let declared = self.variables.values().map(|(name, _)| name.as_str());
        nearest(name, declared.chain(built_in::names())).map(Text::from)
    }
}

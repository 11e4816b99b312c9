//! What the names of an expression stand for.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::diagnostic::nearest;
use crate::value::{Text, Type};

use super::built_in;
use super::tree::Segment;

/// What a variable is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// The number under which a [`Scope`](super::Scope) knows it.
    pub slot: u32,
    /// What it holds.
    pub holds: Type,
    /// Its name as it was declared.
    pub name: Text,
    /// How many segments of a dotted name it takes; the others are properties.
    pub length: usize,
}

/// Whoever knows the variables that an expression may name.
pub trait Names {
    /// The variable that a dotted name begins with. Case does not matter.
    fn variable(&mut self, name: &[Segment<'_>]) -> Option<Variable>;

    /// A name that is spelt almost so.
    fn suggestion(&self, name: &str) -> Option<Text>;
}

/// Variables in the order in which they were declared; the first has slot 0.
///
/// Architect's own variables, such as `Call.Ani`, need no declaration: each takes a slot when
/// it is first named.
#[derive(Debug, Clone, Default)]
pub struct Declarations {
    variables: IndexMap<Text, (Text, Type), FxBuildHasher>,
}

impl Declarations {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a variable by its whole name, `Flow.count`. Gives its slot; a second
    /// declaration of the same name changes the type.
    pub fn declare(&mut self, name: &str, holds: Type) -> u32 {
        let key = Text::from(name.to_lowercase());
        let (slot, _) = self.variables.insert_full(key, (name.into(), holds));
        u32::try_from(slot).unwrap_or(u32::MAX)
    }

    /// The slot and type of a name that was declared or used.
    pub fn get(&self, name: &str) -> Option<(u32, Type)> {
        let (slot, _, (_, holds)) =
            self.variables.get_full(name.to_lowercase().as_str())?;
        Some((u32::try_from(slot).ok()?, *holds))
    }

    /// All names and types by slot.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, Type)> {
        self.variables.values().map(|(name, holds)| (name, *holds))
    }

    /// How many slots there are.
    pub fn len(&self) -> usize {
        self.variables.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    fn declared(&self, key: &str, length: usize) -> Option<Variable> {
        let (slot, _, (name, holds)) = self.variables.get_full(key)?;
        let slot = u32::try_from(slot).ok()?;
        Some(Variable { slot, holds: *holds, name: name.clone(), length })
    }
}

/// A variable's name is its scope and a word.
const LONGEST_NAME: usize = 2;

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
        for (index, segment) in name.iter().enumerate().take(LONGEST_NAME) {
            if index > 0 {
                key.push('.');
            }
            push_lower_case(&segment.text, &mut key);
            // Names of one word are rare: they are tried when there is no longer one.
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
        let slot = self.declare(found.name, found.holds);
        let (holds, name) = (found.holds, found.name.into());
        Some(Variable { slot, holds, name, length: LONGEST_NAME })
    }

    fn suggestion(&self, name: &str) -> Option<Text> {
        let declared = self.variables.values().map(|(name, _)| name.as_str());
        nearest(name, declared.chain(built_in::names())).map(Text::from)
    }
}

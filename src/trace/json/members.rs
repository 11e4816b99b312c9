//! Members of an object whose names may be repeated.

use std::hash::Hash;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::Separator;
use crate::value::Value;

/// Maximum number of members that are compared one by one, which is faster than hashing
/// them. Nearly all objects have fewer.
const FEW: usize = 16;

/// Values by name, in the order of the first occurrence of each name. The last value of a
/// name counts.
pub(super) struct Members<'v, Name> {
    /// The first [`FEW`] have different names.
    entries: Vec<(Name, &'v Value)>,
}

impl<Name> Default for Members<'_, Name> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<'v, Name: Eq + Hash> Members<'v, Name> {
    /// Adds a value.
    pub(super) fn add(&mut self, name: Name, value: &'v Value) {
        let known = match self.entries.len() {
            0..FEW => self.entries.iter_mut().find(|(known, _)| *known == name),
            _ => None,
        };
        match known {
            Some(known) => known.1 = value,
            None => {
                if self.entries.is_empty() {
                    self.entries.reserve_exact(FEW);
                }
                self.entries.push((name, value));
            }
        }
    }

    /// Whether there are no values.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Appends the members, which `write_member` writes, and the closing brace of their
    /// object.
    pub(super) fn write(
        self,
        out: &mut String,
        write_member: impl Fn(&Name, &Value, &mut String),
    ) {
        let mut separator = Separator::default();
        let mut write = |name: &Name, value: &Value| {
            separator.before(out);
            write_member(name, value, out);
        };
        if self.entries.len() < FEW {
            self.entries.iter().for_each(|(name, value)| write(name, value));
        } else {
            let distinct: IndexMap<Name, &Value, FxBuildHasher> =
                self.entries.into_iter().collect();
            distinct.iter().for_each(|(name, value)| write(name, value));
        }
        out.push('}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(names: &[usize]) -> String {
        let values: Vec<Value> = (0..).map(Value::Integer).take(names.len()).collect();
        let mut members = Members::default();
        names.iter().zip(&values).for_each(|(name, value)| members.add(*name, value));
        let mut out = String::new();
        members.write(&mut out, |name, value, out| {
            *out += &format!("{name}:");
            value.write_json(out);
        });
        out
    }

    #[test]
    fn the_last_value_of_a_name_is_at_its_first_place() {
        assert_eq!(written(&[]), "}");
        assert_eq!(written(&[7, 8, 7, 9, 8]), "7:2,8:4,9:3}");
    }

    #[test]
    fn many_members_are_distinct_too() {
        let names: Vec<usize> = (0..40).map(|index| index % 20).collect();
        let expected: Vec<String> =
            (20..40).map(|it| format!("{}:{it}", it - 20)).collect();
        assert_eq!(written(&names), expected.join(",") + "}");
        let repeated = [&[3; 50][..], &[4, 3]].concat();
        assert_eq!(written(&repeated), "3:51,4:50}");
    }
}

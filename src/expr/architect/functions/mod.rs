//! All functions and operators, one file per category.
//!
//! A function is an entry in the table of its category, with a body below. The table
//! defines names, types, permitted NOT_SET values and numeric limits; all of them are
//! checked before the body is called. *Source, unless stated otherwise: Genesys'
//! expression catalogue.*

mod audio;
mod cast;
mod comparison;
pub(super) mod currencies;
mod datetime;
mod digital;
mod email;
mod financial;
mod json;
#[cfg(test)]
mod known;
mod language;
mod limits;
mod list;
mod list_changes;
pub(super) mod logical;
mod mathematical;
pub(super) mod operators;
mod organization_cast;
mod random;
mod search;
mod statistical;
pub(super) mod text;
mod totals;

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::signature::Function;

pub(super) use random::of_bits;

const CATEGORIES: &[&[Function]] = &[
    text::FUNCTIONS,
    datetime::FUNCTIONS,
    mathematical::FUNCTIONS,
    random::FUNCTIONS,
    statistical::FUNCTIONS,
    logical::FUNCTIONS,
    comparison::FUNCTIONS,
    list::FUNCTIONS,
    list_changes::FUNCTIONS,
    cast::FUNCTIONS,
    audio::CASTS,
    organization_cast::FUNCTIONS,
    audio::PLAYBACK,
    financial::FUNCTIONS,
    email::FUNCTIONS,
    language::FUNCTIONS,
    search::FUNCTIONS,
    json::FUNCTIONS,
    digital::FUNCTIONS,
];

/// All functions, in the order of their categories. Operators are not included.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    CATEGORIES.iter().flat_map(|category| category.iter())
}

/// All operators, in the order of precedence, the tightest first.
pub fn operators() -> impl Iterator<Item = &'static Function> {
    operators::OPERATORS.iter().copied()
}

/// Finds the function of this name, ignoring case.
pub fn function(name: &str) -> Option<&'static Function> {
    static BY_NAME: OnceLock<FxHashMap<String, &'static Function>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| {
        functions()
            .map(|function| (function.name.to_ascii_lowercase(), function))
            .collect()
    });
    let mut buffer = [0; LONGEST_NAME];
    let lower_case = buffer.get_mut(..name.len())?;
    lower_case.copy_from_slice(name.as_bytes());
    lower_case.make_ascii_lowercase();
    by_name.get(std::str::from_utf8(lower_case).ok()?).copied()
}

/// The maximum length of a function name.
const LONGEST_NAME: usize = 32;

#[cfg(test)]
mod tests {
    use super::super::trial::assert_results;
    use super::{functions, operators};

    #[test]
    fn the_functions_of_a_category_follow_each_other() {
        let mut order: Vec<_> = functions().map(|function| function.category).collect();
        order.dedup();
        let mut distinct = order.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(order.len(), distinct.len(), "{order:?}");
    }

    #[test]
    fn examples_have_the_documented_results() {
        for function in functions().chain(operators()) {
            assert_results(&[function.example]);
        }
    }
}

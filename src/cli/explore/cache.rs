//! Results of mutants that a later run needs not find again, in `.flowsim/mutants.txt`.
//!
//! A result is found by the key of everything that decides it, so that a change of a flow, a
//! test or the fixtures makes it useless instead of wrong. The first line has the form and a
//! hash of the other lines: a damaged file counts as missing.

use std::fmt::{self, Write};
use std::str::FromStr;

use indexmap::IndexMap;

use super::digest::{Digest, Key};
use crate::cli::state::StateFile;

/// Name of the file.
const NAME: &str = "mutants.txt";

/// The form of the file. It changes with the meaning of the results.
const FORM: &str = "flowsim.mutants-cache/2";

/// The largest number of results that a run does not use and that stay in the file, those of
/// other flows and shares.
const MOST_UNUSED: usize = 100_000;

/// The result of a test in a mutant, or of the search for a call that detects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// The test passed.
    Passed,
    /// The test failed.
    Failed,
    /// The call of the test exceeded the limit of actions.
    Limit,
    /// The call with this number, of those that may reach the mutant, detects it.
    Call(usize),
    /// The variation with the second number of the call with the first number detects it.
    Varied(usize, usize),
    /// The call with this number detects it with other values.
    Solved(usize),
    /// No known call reaches the mutant.
    Unreached,
    /// No known call detects the mutant.
    Unknown,
}

/// The results of earlier runs, and of this one.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// `None` if nothing is remembered.
    file: Option<StateFile>,
    earlier: IndexMap<Key, Known>,
    used: IndexMap<Key, Known>,
}

impl Cache {
    /// Reads the results of earlier runs. `project` is the project file.
    pub(super) fn read(project: Option<&std::path::Path>) -> Self {
        let file = StateFile::new(project, NAME);
        let earlier = file.read().and_then(|text| parse(&text)).unwrap_or_default();
        Self { file: Some(file), earlier, used: IndexMap::new() }
    }

    /// Returns a known result.
    pub(super) fn get(&self, key: Key) -> Option<Known> {
        self.used.get(&key).or_else(|| self.earlier.get(&key)).copied()
    }

    /// Adds results that this run used.
    pub(super) fn add(&mut self, used: impl IntoIterator<Item = (Key, Known)>) {
        self.used.extend(used);
    }

    /// Writes the results of this run, followed by those that it did not use. Results that
    /// another process has written since are kept.
    pub(super) fn write(&self) {
        let Some(file) = &self.file else { return };
        let before = file.read();
        let now = before.as_deref().and_then(parse).unwrap_or_default();
        let mut all = self.used.clone();
        let most = all.len() + MOST_UNUSED;
        for (key, known) in self.earlier.iter().chain(&now) {
            if all.len() < most {
                all.entry(*key).or_insert(*known);
            }
        }
        let text = text_of(&all);
        if before.as_deref() != Some(&*text) && !all.is_empty() {
            file.write(&text);
        }
    }
}

fn text_of(results: &IndexMap<Key, Known>) -> String {
    let mut lines = String::new();
    for (key, known) in results {
        let _ = writeln!(lines, "{key} {known}");
    }
    format!("{FORM} {}\n{lines}", hash(&lines))
}

/// Returns the results in a file. Returns `None` if any part of it was changed.
fn parse(text: &str) -> Option<IndexMap<Key, Known>> {
    let (first, lines) = text.split_once('\n')?;
    let (form, written) = first.split_once(' ')?;
    if form != FORM || written != hash(lines).to_string() {
        return None;
    }
    let result = |line: &str| {
        let (key, known) = line.split_once(' ')?;
        Some((Key::parse(key)?, known.parse().ok()?))
    };
    lines.lines().map(result).collect()
}

fn hash(lines: &str) -> Key {
    let mut digest = Digest::new(FORM);
    digest.text(lines);
    digest.finish()
}

impl fmt::Display for Known {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => formatter.write_str("passed"),
            Self::Failed => formatter.write_str("failed"),
            Self::Limit => formatter.write_str("limit"),
            Self::Call(number) => write!(formatter, "{number}"),
            Self::Varied(number, place) => write!(formatter, "{number}.{place}"),
            Self::Solved(number) => write!(formatter, "{number}!"),
            Self::Unreached => formatter.write_str("unreached"),
            Self::Unknown => formatter.write_str("unknown"),
        }
    }
}

impl FromStr for Known {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "passed" => Self::Passed,
            "failed" => Self::Failed,
            "limit" => Self::Limit,
            "unreached" => Self::Unreached,
            "unknown" => Self::Unknown,
            numbers if numbers.ends_with('!') => {
                Self::Solved(numbers.trim_end_matches('!').parse()?)
            }
            numbers => match numbers.split_once('.') {
                Some((number, place)) => Self::Varied(number.parse()?, place.parse()?),
                None => Self::Call(numbers.parse()?),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Digest::new(name).finish()
    }

    fn results() -> IndexMap<Key, Known> {
        let all = [
            Known::Passed,
            Known::Failed,
            Known::Limit,
            Known::Call(17),
            Known::Varied(3, 14),
            Known::Solved(5),
            Known::Unreached,
            Known::Unknown,
        ];
        all.into_iter().map(|it| (key(&it.to_string()), it)).collect()
    }

    #[test]
    fn every_result_is_read_as_it_was_written() {
        assert_eq!(parse(&text_of(&results())), Some(results()));
    }

    /// No change of a byte, and no missing end, gives other results.
    #[test]
    fn a_damaged_file_counts_as_missing() {
        let text = text_of(&results());
        for place in 0..text.len() {
            assert_eq!(parse(&text[..place]), None, "{place}");
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1;
            let damaged = String::from_utf8(bytes).unwrap();
            assert_eq!(parse(&damaged), None, "{damaged}");
        }
        assert_eq!(parse(&format!("{text}{} passed\n", key("more"))), None);
        assert_eq!(parse(&text.replacen("/2 ", "/3 ", 1)), None);
    }

    fn open(folder: &std::path::Path) -> Cache {
        Cache::read(Some(&folder.join("flowsim.toml")))
    }

    #[test]
    fn results_of_other_runs_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, mut other) = (open(folder.path()), open(folder.path()));
        one.add([(key("a"), Known::Failed)]);
        one.write();
        other.add([(key("b"), Known::Call(1))]);
        other.write();
        let both = open(folder.path());
        assert_eq!(both.get(key("a")), Some(Known::Failed));
        assert_eq!(both.get(key("b")), Some(Known::Call(1)));
        assert_eq!(both.get(key("c")), None);
        let ignored = folder.path().join(".flowsim/.gitignore");
        assert_eq!(std::fs::read_to_string(ignored).unwrap(), "*\n");
    }

    #[test]
    fn nothing_is_written_without_a_file() {
        let mut cache = Cache::default();
        cache.add([(key("a"), Known::Failed)]);
        cache.write();
        assert_eq!(cache.get(key("a")), Some(Known::Failed));
    }
}

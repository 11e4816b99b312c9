//! Tests of a string as finite automata, and one example for each combination of their
//! outcomes.
//!
//! Every test reads the characters of the string once, from the first to the last, and
//! remembers a few small numbers. So the tests run side by side over all strings at once:
//! two beginnings that leave every test in the same state continue in the same way. What a
//! complete walk through these states does not find, no string has.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::value::Text;

use super::super::functions::text::{BLANKS, fold};

/// The largest number of states of the tests.
const MOST_STATES: usize = 20_000;

/// The largest number of combinations of outcomes.
pub(super) const MOST_CLASSES: usize = 64;

/// The state of a comparison that failed.
const FAILED: u32 = u32::MAX;

/// A change of a string, character by character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Converts the case.
    Case(Case),
    /// Keeps this number of characters from the beginning.
    Keep(u32),
    /// Drops this number of characters from the beginning.
    Drop(u32),
    /// Drops blanks from the beginning.
    TrimStart,
}

/// A conversion of case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Case {
    Upper,
    Lower,
    /// As searches do that ignore case.
    Fold,
}

impl Case {
    /// Converts a character. The result may have several characters.
    pub(super) fn convert(self, character: char) -> Vec<char> {
        match self {
            Self::Upper => character.to_uppercase().collect(),
            Self::Lower => character.to_lowercase().collect(),
            Self::Fold => vec![fold(character)],
        }
    }

    fn convert_all(self, text: &str) -> Vec<char> {
        text.chars().flat_map(|character| self.convert(character)).collect()
    }
}

/// A question about the changed string, with finitely many outcomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Check {
    /// Whether it equals this string, also if blanks at the end are dropped.
    Equals { text: Vec<char>, trims_end: bool },
    /// Whether it ends with this string.
    EndsWith(Vec<char>),
    /// Whether it contains this string.
    Contains(Vec<char>),
    /// Whether its length is smaller than this number, equal, or larger; with `trims_end`
    /// without blanks at the end.
    Length { count: u32, trims_end: bool },
    /// Whether it consists of white space.
    Blank,
    /// Whether the number that its digits write is smaller than this one, equal, or larger.
    Number(Vec<char>),
}

/// A test of a string: changes, then a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Test {
    pub(super) changes: Vec<Change>,
    pub(super) check: Check,
}

impl Test {
    /// A test that ignores case in the same way as this conversion.
    pub(super) fn ignoring_case(mut self, case: Case) -> Self {
        if let Check::Equals { text, .. } | Check::Contains(text) = &mut self.check {
            *text = case.convert_all(&text.iter().collect::<String>());
        }
        self.changes.push(Change::Case(case));
        self
    }

    /// The conversions of case. Only one is supported.
    pub(super) fn cases(&self) -> impl Iterator<Item = Case> {
        self.changes.iter().filter_map(|change| match change {
            Change::Case(case) => Some(*case),
            _ => None,
        })
    }

    /// The characters that the question distinguishes.
    fn characters(&self) -> &[char] {
        match &self.check {
            Check::Equals { text, .. }
            | Check::EndsWith(text)
            | Check::Contains(text) => text,
            Check::Number(_) => &DIGITS,
            Check::Length { .. } | Check::Blank => &[],
        }
    }

    fn trims(&self) -> bool {
        self.changes.contains(&Change::TrimStart)
            || matches!(
                self.check,
                Check::Equals { trims_end: true, .. }
                    | Check::Length { trims_end: true, .. }
            )
    }

    /// The size of its state: one number for each change, and two for the question.
    fn size(&self) -> usize {
        self.changes.len() + 2
    }

    /// Reads a character that the first changes have let through.
    fn read(&self, place: usize, state: &mut [u32], character: char) {
        let Some(change) = self.changes.get(place) else {
            return self.check.read(&mut state[place..], character);
        };
        let seen = &mut state[place];
        match change {
            Change::Case(case) => {
                for converted in case.convert(character) {
                    self.read(place + 1, state, converted);
                }
            }
            Change::Keep(count) if *seen < *count => {
                *seen += 1;
                self.read(place + 1, state, character);
            }
            Change::Keep(_) => {}
            Change::Drop(count) if *seen < *count => *seen += 1,
            Change::Drop(_) => self.read(place + 1, state, character),
            Change::TrimStart if *seen == 0 && BLANKS.contains(&character) => {}
            Change::TrimStart => {
                *seen = 1;
                self.read(place + 1, state, character);
            }
        }
    }

    fn outcome(&self, state: &[u32]) -> u8 {
        self.check.outcome(&state[self.changes.len()..])
    }
}

const DIGITS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

impl Check {
    /// Reads a character. `state` has two numbers.
    fn read(&self, state: &mut [u32], character: char) {
        let at = state[0];
        match self {
            Self::Equals { text, trims_end } => {
                state[0] = compared(text, *trims_end, at, character);
            }
            Self::EndsWith(text) => state[0] = advanced(text, at, character),
            Self::Contains(text) if at as usize == text.len() => {}
            Self::Contains(text) => state[0] = advanced(text, at, character),
            Self::Length { count, trims_end } => {
                let limit = |length: u32| length.min(count + 1);
                if *trims_end && BLANKS.contains(&character) {
                    state[1] = limit(state[1] + 1);
                } else {
                    state[0] = limit(at + state[1] + 1);
                    state[1] = 0;
                }
            }
            Self::Blank => state[0] |= u32::from(!character.is_whitespace()),
            Self::Number(digits) => number(digits, state, character),
        }
    }

    fn outcome(&self, state: &[u32]) -> u8 {
        let at = state[0];
        let order = |order: std::cmp::Ordering| (order as i8 + 1).unsigned_abs();
        match self {
            Self::Equals { text, .. } => {
                let length = length(text);
                u8::from(at == length || at == length + 1)
            }
            Self::EndsWith(text) | Self::Contains(text) => u8::from(at == length(text)),
            Self::Blank => u8::from(at == 0),
            Self::Length { count, .. } => order(at.cmp(count)),
            Self::Number(digits) => {
                let by_digit = match state[1] {
                    0 => std::cmp::Ordering::Equal,
                    1 => std::cmp::Ordering::Less,
                    _ => std::cmp::Ordering::Greater,
                };
                order(at.cmp(&length(digits)).then(by_digit))
            }
        }
    }
}

fn length(text: &[char]) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX - 2)
}

/// The number of characters of the text that were read. One more means blanks after it.
fn compared(text: &[char], trims_end: bool, at: u32, character: char) -> u32 {
    let is_blank = trims_end && BLANKS.contains(&character);
    match text.get(at as usize) {
        Some(expected) if *expected == character => at + 1,
        None if is_blank && at != FAILED => length(text) + 1,
        _ => FAILED,
    }
}

/// The length of the longest end of what was read that begins the text.
fn advanced(text: &[char], at: u32, character: char) -> u32 {
    let mut read: Vec<char> = text[..at as usize].to_vec();
    read.push(character);
    let longest = read.len().min(text.len());
    let fits = |count: &usize| text[..*count] == read[read.len() - count..];
    let count = (0..=longest).rev().find(fits).unwrap_or(0);
    u32::try_from(count).unwrap_or(0)
}

/// Counts the digits without leading zeros, and compares them from the left.
fn number(digits: &[char], state: &mut [u32], character: char) {
    if state[0] == 0 && character == '0' {
        return;
    }
    if let Some(expected) = digits.get(state[0] as usize)
        && state[1] == 0
    {
        state[1] = match character.cmp(expected) {
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Less => 1,
            std::cmp::Ordering::Greater => 2,
        };
    }
    state[0] = (state[0] + 1).min(length(digits) + 1);
}

/// Returns an example of each combination of outcomes that strings have: first special
/// ones in alphabetical order, then any other one, then the empty one. Returns `None` if
/// there are too many combinations or states. `other` is the example of its combination.
pub(super) fn strings(tests: &[Test], other: &str) -> Option<Vec<Text>> {
    let mut tests = tests.to_vec();
    let is_empty = Check::Length { count: 0, trims_end: false };
    tests.push(Test { changes: Vec::new(), check: is_empty });
    let walk =
        Walk { tests: &tests, alphabet: &alphabet(&tests)?, min: 0, max: u32::MAX };
    let mut found = walk.examples()?;
    let of_other = walk.outcomes_of(other);
    for (outcomes, example) in &mut found {
        if *outcomes == of_other {
            *example = other.into();
        }
    }
    let mut texts: Vec<Text> = found.into_iter().map(|(_, text)| text).collect();
    texts.sort_by_key(|text| (text.is_empty(), text == other, text.clone()));
    Some(texts)
}

/// Returns an example of each combination of outcomes that entries of digits have, with a
/// length between two limits.
pub(super) fn entries(tests: &[Test], min: u32, max: u32) -> Option<Vec<Text>> {
    let used: BTreeSet<char> = tests
        .iter()
        .flat_map(Test::characters)
        .copied()
        .filter(char::is_ascii_digit)
        .collect();
    let other = "1234567890".chars().find(|digit| !used.contains(digit));
    let alphabet: Vec<char> = other.into_iter().chain(used).collect();
    let walk = Walk { tests, alphabet: &alphabet, min, max };
    Some(walk.examples()?.into_iter().map(|(_, text)| text).collect())
}

/// Returns one character of each kind that the tests distinguish. Returns `None` if they
/// distinguish letters that `Lower` converts differently at the end of a word.
fn alphabet(tests: &[Test]) -> Option<Vec<char>> {
    let known: BTreeSet<char> =
        tests.iter().flat_map(Test::characters).copied().collect();
    let cases: BTreeSet<Case> = tests.iter().flat_map(Test::cases).collect();
    if cases.contains(&Case::Lower) && (known.contains(&'σ') || known.contains(&'ς')) {
        return None;
    }
    let trims = tests.iter().any(Test::trims);
    let finds_space = tests.iter().any(|test| test.check == Check::Blank);
    let kind = |character: char| -> Vec<Vec<char>> {
        let masked = |letters: Vec<char>| -> Vec<char> {
            let mask = |letter| if known.contains(&letter) { letter } else { char::MAX };
            letters.into_iter().map(mask).collect()
        };
        let mut kind = vec![masked(vec![character])];
        kind.extend(cases.iter().map(|case| masked(case.convert(character))));
        let of_space = [
            trims && BLANKS.contains(&character),
            finds_space && character.is_whitespace(),
        ];
        let mark = |is_it: bool| if is_it { vec![' '] } else { Vec::new() };
        kind.extend(of_space.map(mark));
        kind
    };
    let plain = ('a'..='z').chain('A'..='Z').chain('0'..='9').chain('!'..='/');
    let mut candidates: Vec<char> =
        known.iter().copied().chain(plain).chain(BLANKS).collect();
    // A character that no test knows, and that has no case; white space that is not
    // trimmed.
    candidates.extend(['\u{4e00}', '\u{2003}']);
    if !cases.is_empty() {
        candidates.extend(letters());
    }
    let mut kinds: IndexSet<Vec<Vec<char>>, FxBuildHasher> = IndexSet::default();
    candidates.retain(|character| kinds.insert(kind(*character)));
    Some(candidates)
}

/// The characters that a conversion of case changes.
fn letters() -> &'static [char] {
    static LETTERS: OnceLock<Vec<char>> = OnceLock::new();
    LETTERS.get_or_init(|| {
        let changes = |character: &char| {
            let cases = [Case::Upper, Case::Lower, Case::Fold];
            cases.iter().any(|case| case.convert(*character) != [*character])
        };
        ('\0'..=char::MAX).filter(changes).collect()
    })
}

/// A walk through all states of the tests.
struct Walk<'w> {
    tests: &'w [Test],
    alphabet: &'w [char],
    min: u32,
    max: u32,
}

impl Walk<'_> {
    /// Returns the outcomes that strings have, each with one of the shortest examples.
    fn examples(&self) -> Option<Vec<(Vec<u8>, Text)>> {
        let mut states: IndexSet<Vec<u32>, FxBuildHasher> = IndexSet::default();
        let mut before: Vec<(usize, char)> = vec![(usize::MAX, ' ')];
        let mut found: Vec<(Vec<u8>, usize)> = Vec::new();
        let size: usize = self.tests.iter().map(Test::size).sum();
        states.insert(vec![0; size + 1]);
        let mut index = 0;
        while let Some(state) = states.get_index(index).cloned() {
            let length = state[size];
            let outcomes = self.outcomes(&state);
            let is_new = !found.iter().any(|(known, _)| *known == outcomes);
            if length >= self.min && is_new {
                found.push((outcomes, index));
            }
            for character in self.alphabet.iter().filter(|_| length < self.max) {
                let mut next = state.clone();
                self.read(&mut next, *character);
                if states.insert(next) {
                    before.push((index, *character));
                }
            }
            if states.len() > MOST_STATES || found.len() > MOST_CLASSES {
                return None;
            }
            index += 1;
        }
        let example = |(outcomes, index)| (outcomes, example(&before, index));
        Some(found.into_iter().map(example).collect())
    }

    fn read(&self, state: &mut [u32], character: char) {
        let mut first = 0;
        for test in self.tests {
            let size = test.size();
            test.read(0, &mut state[first..first + size], character);
            first += size;
        }
        // The length only counts if it is limited.
        state[first] += u32::from(self.max < u32::MAX);
    }

    fn outcomes(&self, state: &[u32]) -> Vec<u8> {
        let mut first = 0;
        let of = |test: &Test| {
            let own = &state[first..first + test.size()];
            first += test.size();
            test.outcome(own)
        };
        self.tests.iter().map(of).collect()
    }

    fn outcomes_of(&self, text: &str) -> Vec<u8> {
        let size: usize = self.tests.iter().map(Test::size).sum();
        let mut state = vec![0; size + 1];
        text.chars().for_each(|character| self.read(&mut state, character));
        self.outcomes(&state)
    }
}

/// Returns the string that leads to a state. `before` has for each state the previous one
/// and the character between them.
fn example(before: &[(usize, char)], mut index: usize) -> Text {
    let mut letters = Vec::new();
    while let Some((previous, letter)) = before.get(index)
        && *previous != usize::MAX
    {
        letters.push(*letter);
        index = *previous;
    }
    letters.into_iter().rev().collect()
}

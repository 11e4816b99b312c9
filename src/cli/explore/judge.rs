//! The result of one mutant: the tests that execute its node, and the search for a call that
//! detects it. Known results are not found again.

use std::cell::OnceCell;
use std::sync::Arc;

use super::cache::{Cache, Known};
use super::digest::Key;
use super::keys::both;
use super::mutants::Test;
use crate::diagnostic::Code;
use crate::explore::mutants::{Detection, Detector, Mutant, Searched};
use crate::program::Program;
use crate::runner::{OneByOne, Planned};

/// Everything that judges mutants.
pub(super) struct Judge<'j> {
    pub(super) program: &'j Arc<Program>,
    pub(super) tests: &'j [Test<'j>],
    pub(super) detector: Detector<'j>,
    /// For each flow the known calls that may enter it, and the key of a search among them;
    /// `None` if results are not remembered.
    pub(super) searches: Option<Vec<(Vec<usize>, Key)>>,
    pub(super) cache: &'j Cache,
}

/// The result of the tests in a mutant.
#[derive(Debug)]
pub(super) enum Found {
    Killed,
    Timeout,
    Survived(Detection),
}

/// A judged mutant.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) found: Found,
    /// The number of tests that execute its node.
    pub(super) tests: usize,
    /// The results that it used.
    pub(super) used: Vec<(Key, Known)>,
}

/// A mutant whose tests run.
struct Trial<'t> {
    judge: &'t Judge<'t>,
    mutant: &'t Mutant,
    /// The changed program, made when the first call plays.
    changed: OnceCell<Arc<Program>>,
    used: Vec<(Key, Known)>,
}

impl Judge<'_> {
    /// Runs the tests that execute the node of a mutant until one fails. If none does, looks
    /// for a call that detects it.
    pub(super) fn judged(&self, mutant: &Mutant, key: Option<Key>) -> Judged {
        let (changed, used) = (OnceCell::new(), Vec::new());
        let mut trial = Trial { judge: self, mutant, changed, used };
        let near = self.tests.iter().filter(|test| test.nodes.contains(&mutant.node));
        let near: Vec<&Test<'_>> = near.collect();
        let found = trial
            .failure(&near, key)
            .unwrap_or_else(|| Found::Survived(trial.detection(key)));
        Judged { found, tests: near.len(), used: trial.used }
    }
}

impl Trial<'_> {
    /// Returns the result of the first test that fails.
    fn failure(&mut self, tests: &[&Test<'_>], mutant: Option<Key>) -> Option<Found> {
        let mut runner = OneByOne::default();
        for test in tests {
            let key = mutant.zip(test.key).map(|(mutant, test)| both(mutant, test));
            let known = key.and_then(|key| self.judge.cache.get(key));
            let known = known
                .filter(|it| matches!(it, Known::Passed | Known::Failed | Known::Limit));
            let known =
                known.unwrap_or_else(|| played(&mut runner, test, self.changed()));
            self.used.extend(key.map(|key| (key, known)));
            match known {
                Known::Failed => return Some(Found::Killed),
                Known::Limit => return Some(Found::Timeout),
                _ => {}
            }
        }
        None
    }

    /// Returns the result of the search for a call that detects the mutant.
    fn detection(&mut self, mutant: Option<Key>) -> Detection {
        let detector = &self.judge.detector;
        if let Some(proved) = detector.proved(self.mutant) {
            return proved;
        }
        let flow = self.judge.program.symbols.node(self.mutant.node).flow;
        let searches = self.judge.searches.as_ref().and_then(|it| it.get(flow.index()));
        let (Some((among, key)), Some(mutant)) = (searches, mutant) else {
            return detector.detect(self.mutant, self.changed());
        };
        let key = both(mutant, *key);
        let known = self.judge.cache.get(key);
        let known = known.and_then(|known| searched(known, among));
        let found = known.unwrap_or_else(|| {
            detector.search(self.mutant, self.changed(), among.iter().copied())
        });
        self.used.extend(remembered(found, among).map(|known| (key, known)));
        detector.detection(self.mutant, found)
    }

    fn changed(&self) -> &Arc<Program> {
        self.changed.get_or_init(|| self.mutant.program(self.judge.program))
    }
}

/// Runs a test in a mutant.
fn played(runner: &mut OneByOne, test: &Test<'_>, program: &Arc<Program>) -> Known {
    let program = Ok(Arc::clone(program));
    let result = runner.run(&Planned { program, ..test.planned.clone() });
    if !result.outcome.is_failure() {
        return Known::Passed;
    }
    let failure = result.trace.as_ref().and_then(|trace| trace.failure.as_ref());
    match failure.is_some_and(|it| it.code == Code::ACTION_LIMIT_EXCEEDED) {
        true => Known::Limit,
        false => Known::Failed,
    }
}

/// Returns the result of a search from the cache, which has the place among these calls.
fn searched(known: Known, among: &[usize]) -> Option<Searched> {
    match known {
        Known::Call(place) => among.get(place).copied().map(Searched::Found),
        Known::Varied(place, variation) => {
            Some(Searched::Varied(among.get(place).copied()?, variation))
        }
        Known::Solved(place) => among.get(place).copied().map(Searched::Solved),
        Known::Unreached => Some(Searched::Unreached),
        Known::Unknown => Some(Searched::Unknown),
        Known::Passed | Known::Failed | Known::Limit => None,
    }
}

/// Returns the result of a search as the cache has it.
fn remembered(found: Searched, among: &[usize]) -> Option<Known> {
    let place = |number: usize| among.iter().position(|it| *it == number);
    match found {
        Searched::Found(number) => place(number).map(Known::Call),
        Searched::Varied(number, variation) => {
            place(number).map(|place| Known::Varied(place, variation))
        }
        Searched::Solved(number) => place(number).map(Known::Solved),
        Searched::Unreached => Some(Known::Unreached),
        Searched::Unknown => Some(Known::Unknown),
    }
}

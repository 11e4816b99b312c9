//! Which tests are run, with what they need.

use std::cmp::Reverse;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::event::{CaseId, CaseResult, Outcome};
use super::load::{Library, Loaded};
use super::place::{CaseAt, CaseLines};
use crate::diagnostic::{Diagnostic, Severity};
use crate::program::Program;
use crate::recording::Recording;
use crate::source::{FileId, Files, Span};
use crate::suite::{Case, Selection, SuiteFile};
use crate::value::Text;
use crate::world::Fixtures;

/// A test that is run.
#[derive(Debug, Clone)]
pub struct Planned<'l> {
    /// Which it is.
    pub id: CaseId,
    /// The test.
    pub case: &'l Case,
    /// Its file.
    pub suite: &'l SuiteFile,
    /// The flows that it runs in.
    pub program: Loaded<Program>,
    /// The fixtures of its file.
    pub fixtures: Loaded<Fixtures>,
    /// The recording of the call, if it makes a recorded one again.
    pub recording: Option<Loaded<Recording>>,
}

/// The tests of a run, in order.
#[derive(Debug, Clone, Default)]
pub struct Plan<'l> {
    /// Those that are wanted and in the share of this machine.
    pub cases: Vec<Planned<'l>>,
    /// Scenario files that do not load, whatever is selected: nobody knows which tests are
    /// in them.
    pub broken: Vec<Broken>,
    /// What is to be said of scenario files.
    pub diagnostics: &'l [Diagnostic],
    /// How many tests there are in all, in the files that load.
    pub found: usize,
    /// In how many such files.
    pub files: usize,
}

/// A scenario file that does not load.
#[derive(Debug, Clone)]
pub struct Broken {
    /// How many tests of the plan stand before it.
    pub before: usize,
    /// The test that it is told as, which could not be run.
    pub result: CaseResult,
}

/// What the test is called that stands for a scenario file which does not load.
const LOADS: &str = "the scenario file loads";

impl<'l> Plan<'l> {
    /// Chooses tests. Of files that have a place in `places` only the tests that stand
    /// there, of others all.
    pub fn new(
        library: &'l Library,
        selection: &Selection,
        places: &[CaseAt],
        files: &Files,
    ) -> Self {
        Chooser::new(selection, places).next(library, files)
    }
}

/// Chooses tests of a library that grows.
#[derive(Debug)]
pub(super) struct Chooser<'s> {
    selection: &'s Selection,
    places: &'s [CaseAt],
    /// How many tests were wanted up to now, those of other shares too.
    wanted: u64,
    /// How much of the library was looked at.
    suites: usize,
    diagnostics: usize,
}

impl<'s> Chooser<'s> {
    pub(super) fn new(selection: &'s Selection, places: &'s [CaseAt]) -> Self {
        Self { selection, places, wanted: 0, suites: 0, diagnostics: 0 }
    }

    /// The tests that are wanted of what came since the last time.
    pub(super) fn next<'l>(&mut self, library: &'l Library, files: &Files) -> Plan<'l> {
        let suites = library.suites.get(self.suites..).unwrap_or_default();
        let diagnostics = library.diagnostics.get(self.diagnostics..).unwrap_or_default();
        self.suites = library.suites.len();
        self.diagnostics = library.diagnostics.len();
        let mut plan = Plan { diagnostics, files: suites.len(), ..Plan::default() };
        for suite in suites {
            let of_file = Suite::new(suite, library, self.places, files);
            for (index, case) in suite.cases.iter().enumerate() {
                plan.found += 1;
                let is_wanted =
                    of_file.is_at(index) && self.selection.wants(&suite.path, case);
                if !is_wanted {
                    continue;
                }
                if self.selection.shares(self.wanted, &suite.path, case) {
                    plan.cases.push(of_file.planned(case, files));
                }
                self.wanted += 1;
            }
        }
        plan.broken = broken(diagnostics, &plan.cases, files);
        plan
    }
}

/// A scenario file whose tests are chosen from.
struct Suite<'l> {
    suite: &'l SuiteFile,
    path: Arc<Path>,
    library: &'l Library,
    program: Loaded<Program>,
    fixtures: Loaded<Fixtures>,
    /// Whether each test stands where tests are wanted; nothing if all are.
    is_at: Option<Vec<bool>>,
    /// The names that several tests have, and whether these are the rows of one table.
    shared: Shared<'l>,
}

impl<'l> Suite<'l> {
    fn new(
        suite: &'l SuiteFile,
        library: &'l Library,
        places: &[CaseAt],
        files: &Files,
    ) -> Self {
        let mut of_file = places.iter().filter(|it| it.file == suite.path).peekable();
        let is_at = of_file.peek().is_some().then(|| {
            let mut is_at = vec![false; suite.cases.len()];
            let file = suite.cases.first().map(|case| files.get(case.span.file));
            let lines = file.map(|file| CaseLines::of(&suite.cases, file));
            let lines = lines.unwrap_or_default();
            let wanted = of_file.filter_map(|place| lines.at(place.line, place.row));
            wanted.flatten().for_each(|index| is_at[index] = true);
            is_at
        });
        Self {
            suite,
            path: suite.path.as_path().into(),
            library,
            program: library.program(suite, files),
            fixtures: library.fixtures(suite, files),
            is_at,
            shared: shared(&suite.cases),
        }
    }

    fn is_at(&self, index: usize) -> bool {
        self.is_at.as_ref().is_none_or(|is_at| is_at[index])
    }

    /// What people call the test at a line: by its name, and by row or line too if others
    /// have the same one.
    fn title(&self, case: &Case, line: u32) -> Text {
        let name = &case.name;
        match (self.shared.get(name), case.row) {
            (None, _) => name.clone(),
            (Some(true), Some(row)) => format!("{name} (row {row})").into(),
            (Some(_), Some(row)) => format!("{name} (line {line}, row {row})").into(),
            (Some(_), None) => format!("{name} (line {line})").into(),
        }
    }

    fn planned(&self, case: &'l Case, files: &Files) -> Planned<'l> {
        let line = files.position(case.span).line;
        Planned {
            id: CaseId {
                file: Arc::clone(&self.path),
                name: case.name.clone(),
                title: self.title(case, line),
                row: case.row,
                span: case.span,
                line,
            },
            case,
            suite: self.suite,
            program: self.program.clone(),
            fixtures: self.fixtures.clone(),
            recording: self.library.recording(case),
        }
    }
}

/// Names of tests.
type Shared<'l> = IndexMap<&'l Text, bool, FxBuildHasher>;

/// The names that several of these tests have, and whether all of a name stand at one place.
fn shared(cases: &[Case]) -> Shared<'_> {
    let mut named: IndexMap<&Text, (Span, usize, bool), FxBuildHasher> =
        IndexMap::default();
    for case in cases {
        let (first, count, is_one) =
            named.entry(&case.name).or_insert((case.span, 0, true));
        *count += 1;
        *is_one &= *first == case.span;
    }
    let several = named.into_iter().filter(|(_, (_, count, _))| *count > 1);
    several.map(|(name, (.., is_one))| (name, is_one)).collect()
}

/// The scenario files that do not load, with everything that is wrong with them.
fn broken(
    diagnostics: &[Diagnostic],
    cases: &[Planned<'_>],
    files: &Files,
) -> Vec<Broken> {
    let mut by_file: IndexMap<FileId, Vec<Diagnostic>> = IndexMap::new();
    for diagnostic in diagnostics {
        if let Some(label) = diagnostic.labels.first() {
            by_file.entry(label.span.file).or_default().push(diagnostic.clone());
        }
    }
    by_file.sort_unstable_keys();
    let broken = by_file.into_iter().filter_map(|(file, them)| {
        let before = cases.partition_point(|planned| planned.id.span.file < file);
        Some(Broken { before, result: does_not_load(them, files)? })
    });
    broken.collect()
}

fn does_not_load(mut diagnostics: Vec<Diagnostic>, files: &Files) -> Option<CaseResult> {
    // The first one is told alone where there is little room.
    diagnostics.sort_by_key(|it| Reverse(it.severity));
    let error = diagnostics.iter().find(|it| it.severity == Severity::Error)?;
    let span = error.labels.first()?.span;
    let file: Arc<Path> = files.get(span.file).path().into();
    let line = files.position(span).line;
    Some(CaseResult {
        id: CaseId {
            file,
            name: LOADS.into(),
            title: LOADS.into(),
            row: None,
            span,
            line,
        },
        tags: Vec::new(),
        outcome: Outcome::Broken(diagnostics),
        program: None,
        trace: None,
        snapshot: None,
        took: Duration::ZERO,
        is_file: true,
    })
}

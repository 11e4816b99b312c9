//! Selection of the tests to run, with everything they need.

use std::cmp::Reverse;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::event::{CaseId, CaseResult, Outcome};
use super::load::{Library, Loaded};
use super::place::{CaseLines, CasePosition};
use crate::diagnostic::{Diagnostic, Severity};
use crate::program::Program;
use crate::recording::Recording;
use crate::source::{FileId, Files, Span};
use crate::suite::{Case, Selection, SuiteFile};
use crate::value::Text;
use crate::world::Fixtures;

/// A test that will run.
#[derive(Debug, Clone)]
pub struct Planned<'l> {
    /// Identity of the test.
    pub id: CaseId,
    /// The test.
    pub case: &'l Case,
    /// Scenario file of the test.
    pub suite: &'l SuiteFile,
    /// Compiled flows of the file.
    pub program: Loaded<Program>,
    /// Fixtures of the file.
    pub fixtures: Loaded<Fixtures>,
    /// Recording of the call, if the test replays one.
    pub recording: Option<Loaded<Recording>>,
}

/// Tests of a run, in order.
#[derive(Debug, Clone, Default)]
pub struct Plan<'l> {
    /// Selected tests in the share of this machine.
    pub cases: Vec<Planned<'l>>,
    /// Scenario files that do not load. They are always included because their tests are
    /// unknown.
    pub broken: Vec<Broken>,
    /// Diagnostics of scenario files.
    pub diagnostics: &'l [Diagnostic],
    /// Total number of tests in the files that load.
    pub found: usize,
    /// Number of files that load.
    pub files: usize,
}

/// A scenario file that does not load.
#[derive(Debug, Clone)]
pub struct Broken {
    /// Number of tests of the plan that precede the file.
    pub before: usize,
    /// Result that represents the file as a test that could not run.
    pub result: CaseResult,
}

/// Name of the test that represents a scenario file which does not load.
const LOADS: &str = "the scenario file loads";

impl<'l> Plan<'l> {
    /// Selects tests. Files with an entry in `places` contribute only the tests at these
    /// places; all other files contribute every test.
    pub fn new(
        library: &'l Library,
        selection: &Selection,
        places: &[CasePosition],
        files: &Files,
    ) -> Self {
        Chooser::new(selection, places).next(library, files)
    }
}

/// Selects tests of a growing library.
#[derive(Debug)]
pub(super) struct Chooser<'s> {
    selection: &'s Selection,
    places: &'s [CasePosition],
    /// Number of selected tests so far, including those of other shares.
    wanted: u64,
    /// Number of items of the library that were processed.
    suites: usize,
    diagnostics: usize,
}

impl<'s> Chooser<'s> {
    pub(super) fn new(selection: &'s Selection, places: &'s [CasePosition]) -> Self {
        Self { selection, places, wanted: 0, suites: 0, diagnostics: 0 }
    }

    /// Selects from the tests that were added since the last call.
    pub(super) fn next<'l>(&mut self, library: &'l Library, files: &Files) -> Plan<'l> {
        let suites = library.suites.get(self.suites..).unwrap_or_default();
        let diagnostics = library.diagnostics.get(self.diagnostics..).unwrap_or_default();
        self.suites = library.suites.len();
        self.diagnostics = library.diagnostics.len();
        let mut plan = Plan { diagnostics, files: suites.len(), ..Plan::default() };
        for suite in suites {
            let of_file = Suite::new(suite, library, self.places, files);
            let path = self.selection.path_in_project(&suite.path);
            for (index, case) in suite.cases.iter().enumerate() {
                plan.found += 1;
                let is_wanted =
                    of_file.is_at(index) && self.selection.wants(&suite.path, case);
                if !is_wanted {
                    continue;
                }
                if self.selection.shares(self.wanted, &path, case) {
                    plan.cases.push(of_file.planned(case, files));
                }
                self.wanted += 1;
            }
        }
        plan.broken = broken(diagnostics, &plan.cases, files);
        plan
    }
}

/// A scenario file from which tests are selected.
struct Suite<'l> {
    suite: &'l SuiteFile,
    path: Arc<Path>,
    library: &'l Library,
    program: Loaded<Program>,
    fixtures: Loaded<Fixtures>,
    /// Whether each test is at a requested place; `None` if no places are requested.
    is_at: Option<Vec<bool>>,
    /// Names that several tests have, and whether these tests are rows of one table.
    shared: Shared<'l>,
}

impl<'l> Suite<'l> {
    fn new(
        suite: &'l SuiteFile,
        library: &'l Library,
        places: &[CasePosition],
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

    /// Returns the displayed name of a test: its name, plus the row or line if others
    /// have the same name.
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

/// Names that several tests share.
type Shared<'l> = IndexMap<&'l Text, bool, FxBuildHasher>;

/// Returns the names that several tests share, and whether all tests of a name are at one
/// position.
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

/// Returns the scenario files that do not load, with all their diagnostics.
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
    // Errors come first because compact output shows only one diagnostic.
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
        properties: Vec::new(),
        took: Duration::ZERO,
        is_file_result: true,
        flags: Text::new(),
        reported: None,
    })
}

//! Which tests are run, with what they need.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

use super::event::{CaseId, CaseResult, Outcome};
use super::load::{Library, Loaded};
use crate::diagnostic::{Diagnostic, Severity};
use crate::program::Program;
use crate::recording::Recording;
use crate::source::{File, FileId, Files, read_document};
use crate::suite::{self, Case, Selection, SuiteFile};
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

/// A place in a scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAt {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1: one of the test's, or another one before the next test.
    pub line: u32,
    /// The number of the row of its table, from 1; nothing for all of them.
    pub row: Option<u32>,
}

/// What there is at a place in a scenario file that loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// No test is at that line or before it; the line of the first one, if there is one.
    NoTest(Option<u32>),
    /// A test, and how many rows its table has; none without a table.
    Test(usize),
}

impl CaseAt {
    /// What is there. Nothing if the file does not load.
    pub fn found(&self, file: &File) -> Option<Found> {
        let document = read_document(file).ok()?;
        let (suite, diagnostics) = suite::read(&document, file.path());
        if diagnostics.iter().any(|it| it.severity == Severity::Error) {
            return None;
        }
        let lines = Lines::of(&suite.cases, file);
        let Some(nearness) = nearest(&lines, self.line) else {
            return Some(Found::NoTest(lines.iter().map(|it| it.first).min()));
        };
        let is_there = |lines: &Lines| lines.nearness(self.line) == Some(nearness);
        let there = suite.cases.iter().zip(&lines).filter(|(_, lines)| is_there(lines));
        let rows = there.filter_map(|(case, _)| case.row).max().unwrap_or(0);
        Some(Found::Test(usize::try_from(rows).ok()?))
    }
}

/// The lines of a test.
#[derive(Debug, Clone, Copy)]
struct Lines {
    /// That of its name, which reports print.
    name: u32,
    first: u32,
    last: u32,
}

/// How near a test is to a line: the greatest is the test at that line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// It begins before it, at this line.
    Before(u32),
    /// It begins at this line, and the line is one of its own.
    Within(u32),
    /// It is known by the line.
    Name,
}

impl Lines {
    fn of(cases: &[Case], file: &File) -> Vec<Self> {
        let line = |offset| file.position(offset).line;
        let lines = cases.iter().map(|Case { span, extent, .. }| Self {
            name: line(span.start),
            first: line(extent.start),
            last: line(extent.end.saturating_sub(1)),
        });
        lines.collect()
    }

    fn nearness(&self, line: u32) -> Option<Nearness> {
        match () {
            () if self.name == line => Some(Nearness::Name),
            () if (self.first..=self.last).contains(&line) => {
                Some(Nearness::Within(self.first))
            }
            () if self.first < line => Some(Nearness::Before(self.first)),
            () => None,
        }
    }
}

/// How near those tests are that are nearest to a line. On one line may be several.
fn nearest(lines: &[Lines], line: u32) -> Option<Nearness> {
    lines.iter().filter_map(|lines| lines.nearness(line)).max()
}

/// A place among the tests of its file.
#[derive(Debug, Clone, Copy)]
struct At {
    line: u32,
    /// That of the tests there; nothing if there are none.
    nearness: Option<Nearness>,
    row: Option<u32>,
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
                    of_file.is_at(index, case) && self.selection.wants(&suite.path, case);
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
    /// Where tests are wanted; nothing if all are.
    at: Option<Vec<At>>,
    /// The lines of each test, if that matters.
    lines: Vec<Lines>,
}

impl<'l> Suite<'l> {
    fn new(
        suite: &'l SuiteFile,
        library: &'l Library,
        places: &[CaseAt],
        files: &Files,
    ) -> Self {
        let is_named = |place: &&CaseAt| place.file == suite.path;
        let lines = match suite.cases.first() {
            Some(first) if places.iter().any(|place| is_named(&place)) => {
                Lines::of(&suite.cases, files.get(first.span.file))
            }
            _ => Vec::new(),
        };
        let at = places.iter().filter(is_named).map(|&CaseAt { line, row, .. }| At {
            line,
            nearness: nearest(&lines, line),
            row,
        });
        let at: Vec<At> = at.collect();
        Self {
            suite,
            path: suite.path.as_path().into(),
            library,
            program: library.program(suite, files),
            fixtures: library.fixtures(suite, files),
            lines,
            at: (!at.is_empty()).then_some(at),
        }
    }

    fn is_at(&self, index: usize, case: &Case) -> bool {
        let Some(at) = &self.at else { return true };
        let lines = &self.lines[index];
        let is_it = |At { line, nearness, row }: &At| {
            let nearness_here = lines.nearness(*line);
            nearness_here.is_some()
                && nearness_here == *nearness
                && (row.is_none() || *row == case.row)
        };
        at.iter().any(is_it)
    }

    fn planned(&self, case: &'l Case, files: &Files) -> Planned<'l> {
        Planned {
            id: CaseId {
                file: Arc::clone(&self.path),
                name: case.name.clone(),
                row: case.row,
                span: case.span,
                line: files.position(case.span).line,
            },
            case,
            suite: self.suite,
            program: self.program.clone(),
            fixtures: self.fixtures.clone(),
            recording: self.library.recording(case),
        }
    }
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
        id: CaseId { file, name: LOADS.into(), row: None, span, line },
        tags: Vec::new(),
        outcome: Outcome::Broken(diagnostics),
        program: None,
        trace: None,
        snapshot: None,
        took: Duration::ZERO,
        is_file: true,
    })
}

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

/// A place in a scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseAt {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1: that of the test, or another one before the next test.
    pub line: u32,
    /// The number of the row of its table, from 1; nothing for all of them.
    pub row: Option<u32>,
}

impl CaseAt {
    /// How many rows the table of the test there has, none without a table. Nothing if the
    /// file does not load.
    pub fn rows(&self, file: &File) -> Option<usize> {
        let document = read_document(file).ok()?;
        let (suite, diagnostics) = suite::read(&document, file.path());
        if diagnostics.iter().any(|it| it.severity == Severity::Error) {
            return None;
        }
        let line = |case: &Case| file.position(case.span.start).line;
        let starts: Vec<u32> = suite.cases.iter().map(line).collect();
        let start = start_at(&starts, self.line);
        let there = suite.cases.iter().zip(&starts).filter(|(_, at)| **at == start);
        let rows = there.filter_map(|(case, _)| case.row).max().unwrap_or(0);
        usize::try_from(rows).ok()
    }
}

/// The test at a line is the last one that begins there or before.
fn start_at(starts: &[u32], line: u32) -> u32 {
    starts.iter().copied().filter(|start| *start <= line).max().unwrap_or(0)
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
                    plan.cases.push(of_file.planned(index, case));
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
    /// The line of each test.
    starts: Vec<u32>,
    /// What people call each.
    titles: Vec<Text>,
    /// The lines that tests are wanted at, and which rows of their tables; nothing if all
    /// tests are.
    at: Option<Vec<(u32, Option<u32>)>>,
}

impl<'l> Suite<'l> {
    fn new(
        suite: &'l SuiteFile,
        library: &'l Library,
        places: &[CaseAt],
        files: &Files,
    ) -> Self {
        let starts: Vec<u32> =
            suite.cases.iter().map(|case| files.position(case.span).line).collect();
        let of_file = places.iter().filter(|place| place.file == suite.path);
        let at = of_file.map(|place| (start_at(&starts, place.line), place.row));
        let at: Vec<_> = at.collect();
        Self {
            suite,
            path: suite.path.as_path().into(),
            library,
            program: library.program(suite, files),
            fixtures: library.fixtures(suite, files),
            titles: titles(&suite.cases, &starts),
            starts,
            at: (!at.is_empty()).then_some(at),
        }
    }

    fn is_at(&self, index: usize, case: &Case) -> bool {
        let is_it = |(line, row): &(u32, Option<u32>)| {
            *line == self.starts[index] && (row.is_none() || *row == case.row)
        };
        self.at.as_ref().is_none_or(|at| at.iter().any(is_it))
    }

    fn planned(&self, index: usize, case: &'l Case) -> Planned<'l> {
        Planned {
            id: CaseId {
                file: Arc::clone(&self.path),
                name: case.name.clone(),
                title: self.titles[index].clone(),
                row: case.row,
                span: case.span,
                line: self.starts[index],
            },
            case,
            suite: self.suite,
            program: self.program.clone(),
            fixtures: self.fixtures.clone(),
            recording: self.library.recording(case),
        }
    }
}

/// What people call the tests of a file that begin at these lines: by their names, and those
/// that have the same one by row or line too.
fn titles(cases: &[Case], starts: &[u32]) -> Vec<Text> {
    /// The tests of a name.
    struct Named {
        count: usize,
        line: u32,
        is_at_one_line: bool,
    }
    let mut named: IndexMap<&Text, Named> = IndexMap::new();
    for (case, &line) in cases.iter().zip(starts) {
        let first = Named { count: 0, line, is_at_one_line: true };
        let named = named.entry(&case.name).or_insert(first);
        named.count += 1;
        named.is_at_one_line &= named.line == line;
    }
    let title = |(case, line): (&Case, &u32)| {
        let name = &case.name;
        match (named.get(name).filter(|it| it.count > 1), case.row) {
            (None, _) => name.clone(),
            (Some(Named { is_at_one_line: true, .. }), Some(row)) => {
                format!("{name} (row {row})").into()
            }
            (Some(_), Some(row)) => format!("{name} (line {line}, row {row})").into(),
            (Some(_), None) => format!("{name} (line {line})").into(),
        }
    };
    cases.iter().zip(starts).map(title).collect()
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

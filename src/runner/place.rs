//! Positions in scenario files, and the tests at them.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{File, Span, read_document};
use crate::suite::{self, Case, ProjectDefaults};

/// A position in a scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePosition {
    /// Scenario file.
    pub file: PathBuf,
    /// Line, from 1: a line of the test, or one between it and the next test.
    pub line: u32,
    /// Row number in the table of the test, from 1; `None` means all rows.
    pub row: Option<u32>,
}

/// Positions of the tests of a scenario file.
#[derive(Debug, Clone, Default)]
pub struct CaseLines {
    /// Lines of each test.
    lines: Vec<Lines>,
    /// Row number of each test.
    rows: Vec<Option<u32>>,
}

impl CaseLines {
    /// Reads the tests of a file; `None` if it does not load.
    pub fn read(file: &File) -> Option<Self> {
        let document = read_document(file).ok()?;
        let (suite, diagnostics) =
            suite::read(&document, file.path(), &ProjectDefaults::default());
        let is_error = |it: &Diagnostic| it.severity == Severity::Error;
        (!diagnostics.iter().any(is_error)).then(|| Self::of(&suite.cases, file))
    }

    /// Finds the lines of tests that were read from the file.
    pub(super) fn of(cases: &[Case], file: &File) -> Self {
        let line = |offset| file.position(offset).line;
        let mut lines: Vec<Lines> = Vec::with_capacity(cases.len());
        let mut before: Option<(Span, Span)> = None;
        for Case { span, extent, .. } in cases {
            // The rows of a table have the same position.
            let known = lines.last().filter(|_| before == Some((*span, *extent)));
            lines.push(known.copied().unwrap_or_else(|| Lines {
                name: line(span.start),
                first: line(extent.start),
                last: line(extent.end.saturating_sub(1)),
            }));
            before = Some((*span, *extent));
        }
        Self { lines, rows: cases.iter().map(|case| case.row).collect() }
    }

    /// Returns the line on which the first test begins.
    pub fn first(&self) -> Option<u32> {
        self.lines.iter().map(|lines| lines.first).min()
    }

    /// Returns the number of rows in the table of the test at a line, which is 0 without
    /// a table. Returns `None` if no test is there.
    pub fn rows_at(&self, line: u32) -> Option<usize> {
        let rows = self.at(line, None)?.filter_map(|index| self.rows[index]);
        usize::try_from(rows.max().unwrap_or(0)).ok()
    }

    /// Returns the indices of the tests nearest to a line. Several tests may share a
    /// line. Returns `None` if there is no test.
    pub(super) fn at(
        &self,
        line: u32,
        row: Option<u32>,
    ) -> Option<impl Iterator<Item = usize>> {
        let nearest = self.lines.iter().filter_map(|it| it.nearness(line)).max()?;
        let all = self.lines.iter().zip(&self.rows).enumerate();
        Some(all.filter_map(move |(index, (lines, own))| {
            let is_there = lines.nearness(line) == Some(nearest);
            (is_there && (row.is_none() || *own == row)).then_some(index)
        }))
    }
}

/// Lines of a test.
#[derive(Debug, Clone, Copy)]
struct Lines {
    /// Line of its name, which reports print.
    name: u32,
    first: u32,
    last: u32,
}

/// Nearness of a test to a line; the test with the greatest value is at that line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// The test begins before the line, at this one.
    Before(u32),
    /// The test begins at this line and contains the line.
    Within(u32),
    /// The name of the test is on the line.
    Name,
}

impl Lines {
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

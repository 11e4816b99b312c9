//! Places in scenario files, and the tests there.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{File, Span, read_document};
use crate::suite::{self, Case};

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

/// Where the tests of a scenario file stand.
#[derive(Debug, Clone, Default)]
pub struct CaseLines {
    /// Of each test.
    lines: Vec<Lines>,
    /// The number of the row that each test is of.
    rows: Vec<Option<u32>>,
}

impl CaseLines {
    /// The tests of a file. Nothing if it does not load.
    pub fn read(file: &File) -> Option<Self> {
        let document = read_document(file).ok()?;
        let (suite, diagnostics) = suite::read(&document, file.path());
        let is_error = |it: &Diagnostic| it.severity == Severity::Error;
        (!diagnostics.iter().any(is_error)).then(|| Self::of(&suite.cases, file))
    }

    /// The same of tests that were read from it.
    pub(super) fn of(cases: &[Case], file: &File) -> Self {
        let line = |offset| file.position(offset).line;
        let mut lines: Vec<Lines> = Vec::with_capacity(cases.len());
        let mut before: Option<(Span, Span)> = None;
        for Case { span, extent, .. } in cases {
            // The rows of a table stand at one place.
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

    /// The line that the first test begins at.
    pub fn first(&self) -> Option<u32> {
        self.lines.iter().map(|lines| lines.first).min()
    }

    /// How many rows the table of the test at a line has, none without a table. Nothing if
    /// no test is there.
    pub fn rows_at(&self, line: u32) -> Option<usize> {
        let rows = self.at(line, None)?.filter_map(|index| self.rows[index]);
        usize::try_from(rows.max().unwrap_or(0)).ok()
    }

    /// The tests at a line, by their number; those that are nearest to it. On one line may
    /// be several. Nothing if there are none.
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

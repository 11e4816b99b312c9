//! Excerpts: the few source lines printed with a diagnostic, cut to fit the screen and
//! safe to print.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::Label;
use super::place::Place;
use super::visible;
use crate::source::{File, FileId, Files};

/// The maximum number of labels shown per diagnostic.
pub(super) const MAX_LABELS: usize = 16;

/// Labels of one file that are more than this many lines apart get separate excerpts.
const MAX_GAP: u32 = 100;

/// Some lines of a file, with their marked ranges.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The place of the first label.
    pub(super) place: Place,
    /// The number of the first line.
    pub(super) first_line: usize,
    /// The lines. Between two marked lines, only a single unmarked line keeps its text.
    pub(super) source: String,
    /// The marked ranges. Empty if the file is empty.
    pub(super) marks: Vec<Mark>,
}

/// A marked range.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The index of the mark's label.
    pub(super) label: usize,
    /// The range of bytes in [`Excerpt::source`].
    pub(super) range: Range<usize>,
}

/// Builds the excerpts for the labels, for a screen of `width` columns. The first label
/// is in the first excerpt.
pub(super) fn excerpts(labels: &[Label], files: &Files, width: usize) -> Vec<Excerpt> {
    let mut sections: Vec<Section> = Vec::new();
    for (index, label) in labels.iter().enumerate().take(MAX_LABELS) {
        let row = Row::of(index, label, files, width);
        let place = || Place::of(label.span, files);
        let text = files.get(label.span.file).text();
        match sections.iter_mut().find(|section| section.accepts(&row, text, width)) {
            Some(section) => section.add(row),
            None => sections.push(Section { place: place(), rows: vec![row] }),
        }
    }
    sections.into_iter().map(|section| section.draw(files, width)).collect()
}

/// An excerpt under construction.
struct Section {
    place: Place,
    rows: Vec<Row>,
}

/// A line with marks.
struct Row {
    file: FileId,
    line: u32,
    /// The part of the line that is shown, in bytes of the file.
    window: Range<usize>,
    /// The marked ranges, in bytes of the file.
    marks: Vec<Mark>,
}

impl Row {
    /// The line in which the label starts. A label that ends in a later line is cut at
    /// the end of this line.
    fn of(index: usize, label: &Label, files: &Files, width: usize) -> Self {
        let file = files.get(label.span.file);
        let line = file.position(label.span.start).line;
        let span = file.line(line);
        let bounds = span.start as usize..span.end as usize;
        let start = within(file, label.span.start, &bounds);
        let end = within(file, label.span.end, &bounds).max(start);
        let window = window(file.text(), bounds, start, width);
        let marks = vec![Mark { label: index, range: start..end }];
        Self { file: file.id(), line, window, marks }
    }

    /// Whether the other row's mark could hide the start of the first label's mark. Of
    /// two overlapping marks, the shorter is drawn over the longer. If a mark is wider
    /// than the screen, the renderer leaves out its middle. A mark that encloses the
    /// whole first mark does no harm if it fits on the screen even when every character
    /// is a tab.
    fn primary_start_hidden_by(&self, other: &Self, text: &str, width: usize) -> bool {
        let Some(primary) = self.marks.iter().find(|mark| mark.label == 0) else {
            return false;
        };
        let primary = self.columns(&primary.range, text);
        let other = self.columns(&other.marks[0].range, text);
        let covers_start = (other.start..=other.end).contains(&primary.start);
        let encloses = primary.end <= other.end && primary.len() < other.len();
        let fits = other.len() <= width / 4;
        covers_start && !(encloses && fits)
    }

    /// Converts a range of the file to screen columns, counted from the start of the
    /// window. Some characters, such as combining accents, have no width.
    fn columns(&self, range: &Range<usize>, text: &str) -> Range<usize> {
        let column = |at: usize| {
            let before = text.get(self.window.start..at).unwrap_or_default();
            before.chars().map(|it| visible::sign(it).width().unwrap_or(1)).sum::<usize>()
        };
        column(range.start)..column(range.end)
    }
}

impl Section {
    /// Whether the section can show the row. The row must be near. If the section already
    /// shows its line, the mark must start in the shown part.
    fn accepts(&self, row: &Row, text: &str, width: usize) -> bool {
        let start = row.marks[0].range.start;
        if self.rows[0].file != row.file {
            return false;
        }
        match self.rows.iter().find(|shown| shown.line == row.line) {
            Some(shown) => {
                (shown.window.start..=shown.window.end).contains(&start)
                    && !shown.primary_start_hidden_by(row, text, width)
            }
            None => {
                self.rows.iter().any(|shown| shown.line.abs_diff(row.line) <= MAX_GAP)
            }
        }
    }

    fn add(&mut self, row: Row) {
        match self.rows.iter_mut().find(|shown| shown.line == row.line) {
            Some(shown) => shown.marks.extend(row.marks),
            None => self.rows.push(row),
        }
    }

    fn draw(mut self, files: &Files, width: usize) -> Excerpt {
        self.rows.sort_by_key(|row| row.line);
        let file = files.get(self.rows[0].file);
        let first_line = self.rows[0].line;
        let mut excerpt = Excerpt {
            place: self.place,
            first_line: first_line as usize,
            source: String::new(),
            marks: Vec::new(),
        };
        if file.text().is_empty() {
            return excerpt;
        }
        let mut line = first_line;
        for row in &self.rows {
            let gap = row.line - line;
            while line < row.line {
                excerpt.source.push('\n');
                line += 1;
                if gap == 2 && line < row.line {
                    excerpt.write(file, &unmarked(file, line, width));
                }
            }
            excerpt.write(file, row);
        }
        excerpt
    }
}

/// Creates the row of a line between two marked ones.
fn unmarked(file: &File, line: u32, width: usize) -> Row {
    let span = file.line(line);
    let bounds = span.start as usize..span.end as usize;
    let window = window(file.text(), bounds.clone(), bounds.start, width);
    Row { file: file.id(), line, window, marks: Vec::new() }
}

impl Excerpt {
    /// Appends the shown part of a line, character by character, and its marks.
    fn write(&mut self, file: &File, row: &Row) {
        let bounds = file.line(row.line);
        let first = self.source.len();
        if row.window.start > bounds.start as usize {
            self.source.push('…');
        }
        let start = self.source.len();
        let moved = |mark: &Mark| Mark { label: mark.label, range: start..start };
        let mut marks: Vec<Mark> = row.marks.iter().map(moved).collect();
        let text = &file.text()[row.window.clone()];
        for (at, character) in text.char_indices() {
            let at = row.window.start + at;
            self.source.push(if character == '\t' {
                '\t'
            } else {
                visible::sign(character)
            });
            for (mark, wanted) in marks.iter_mut().zip(&row.marks) {
                if at < wanted.range.start {
                    mark.range.start = self.source.len();
                }
                if at < wanted.range.end.max(wanted.range.start) {
                    mark.range.end = self.source.len();
                }
            }
        }
        if row.window.end < bounds.end as usize {
            self.source.push('…');
        }
        // The renderer ignores an empty last line.
        if self.source.len() == first {
            self.source.push(' ');
        }
        self.marks.extend(marks);
    }
}

/// Clamps the offset to the bounds and moves it to the start of its character.
fn within(file: &File, offset: u32, bounds: &Range<usize>) -> usize {
    let mut offset = (offset as usize).clamp(bounds.start, bounds.end);
    while !file.text().is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Returns the part of a line that is kept: a screen's width before the place and two
/// after it. The renderer selects from this part, so it never receives a line of ten
/// megabytes.
fn window(text: &str, line: Range<usize>, place: usize, width: usize) -> Range<usize> {
    let before = text[line.start..place].char_indices().rev().nth(width);
    let start = before.map_or(line.start, |(at, _)| line.start + at);
    let after = text[place..line.end].char_indices().nth(2 * width);
    let end = after.map_or(line.end, |(at, _)| place + at);
    start..end
}

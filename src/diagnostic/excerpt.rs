//! The few lines of a source that are shown with a diagnostic, cut to what fits on a
//! screen and safe to print.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::Label;
use super::place::Place;
use super::visible;
use crate::source::{File, FileId, Files};

/// How many labels of one diagnostic are shown.
pub(super) const MAX_LABELS: usize = 16;

/// Labels of one file that are further apart than this many lines get excerpts of their own.
const MAX_GAP: u32 = 100;

/// Some lines of a file and what is marked in them.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// Where its first label is.
    pub(super) place: Place,
    /// The number of the first line.
    pub(super) first_line: usize,
    /// The lines. Of those between two marked ones only a single one has its text.
    pub(super) source: String,
    /// What is marked; nothing if the file has no text.
    pub(super) marks: Vec<Mark>,
}

/// A marked range.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The index of its label.
    pub(super) label: usize,
    /// The bytes of [`Excerpt::source`].
    pub(super) range: Range<usize>,
}

/// What to show for these labels on a screen of so many columns. The first excerpt is that
/// of the first label.
pub(super) fn excerpts(labels: &[Label], files: &Files, width: usize) -> Vec<Excerpt> {
    let mut sections: Vec<Section> = Vec::new();
    for (index, label) in labels.iter().enumerate().take(MAX_LABELS) {
        let row = Row::of(index, label, files, width);
        let place = || Place::of(label.span, files);
        let text = files.get(label.span.file).text();
        match sections.iter_mut().find(|section| section.takes(&row, text, width)) {
            Some(section) => section.add(row),
            None => sections.push(Section { place: place(), rows: vec![row] }),
        }
    }
    sections.into_iter().map(|section| section.draw(files, width)).collect()
}

/// An excerpt in the making.
struct Section {
    place: Place,
    rows: Vec<Row>,
}

/// A line that has marks.
struct Row {
    file: FileId,
    line: u32,
    /// The part of the line that is shown, in bytes of the file.
    window: Range<usize>,
    /// Likewise.
    marks: Vec<Mark>,
}

impl Row {
    /// The line in which the label starts; a label that ends in a later line is shown to
    /// the end of this one.
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

    /// Whether the other's mark could hide where the mark of the first label begins: of
    /// marks that overlap the shorter one is drawn over the longer, and in one that is wider
    /// than the screen the renderer leaves out the middle. One that holds the whole mark and
    /// fits, were it all tabs, does no harm.
    fn loses_its_head_to(&self, other: &Self, text: &str, width: usize) -> bool {
        let Some(primary) = self.marks.iter().find(|mark| mark.label == 0) else {
            return false;
        };
        let primary = self.columns(&primary.range, text);
        let other = self.columns(&other.marks[0].range, text);
        let covers_the_head = (other.start..=other.end).contains(&primary.start);
        let is_around = primary.end <= other.end && primary.len() < other.len();
        let fits = other.len() <= width / 4;
        covers_the_head && !(is_around && fits)
    }

    /// A range of the file in columns of the screen, counted from where the window begins.
    /// Some signs, such as accents that stand alone, have no width.
    fn columns(&self, range: &Range<usize>, text: &str) -> Range<usize> {
        let column = |at: usize| {
            let before = text.get(self.window.start..at).unwrap_or_default();
            before.chars().map(|it| visible::sign(it).width().unwrap_or(1)).sum::<usize>()
        };
        column(range.start)..column(range.end)
    }
}

impl Section {
    /// Whether the row can be shown here: it is near and, if its line is shown already, in
    /// the part of the line that is.
    fn takes(&self, row: &Row, text: &str, width: usize) -> bool {
        let start = row.marks[0].range.start;
        if self.rows[0].file != row.file {
            return false;
        }
        match self.rows.iter().find(|shown| shown.line == row.line) {
            Some(shown) => {
                (shown.window.start..=shown.window.end).contains(&start)
                    && !shown.loses_its_head_to(row, text, width)
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

/// A line between two marked ones.
fn unmarked(file: &File, line: u32, width: usize) -> Row {
    let span = file.line(line);
    let bounds = span.start as usize..span.end as usize;
    let window = window(file.text(), bounds.clone(), bounds.start, width);
    Row { file: file.id(), line, window, marks: Vec::new() }
}

impl Excerpt {
    /// Adds the shown part of a line, sign by sign, and its marks.
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
        // The renderer overlooks an empty last line.
        if self.source.len() == first {
            self.source.push(' ');
        }
        self.marks.extend(marks);
    }
}

/// The offset, moved into the bounds and to the start of its character.
fn within(file: &File, offset: u32, bounds: &Range<usize>) -> usize {
    let mut offset = (offset as usize).clamp(bounds.start, bounds.end);
    while !file.text().is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The part of a line that is kept: a screen's width before the place and two behind it.
/// The renderer chooses from that; what it must not get is a line of ten megabytes.
fn window(text: &str, line: Range<usize>, place: usize, width: usize) -> Range<usize> {
    let before = text[line.start..place].char_indices().rev().nth(width);
    let start = before.map_or(line.start, |(at, _)| line.start + at);
    let behind = text[place..line.end].char_indices().nth(2 * width);
    let end = behind.map_or(line.end, |(at, _)| place + at);
    start..end
}

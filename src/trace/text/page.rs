//! Page layout: columns, lines and colours.

use super::outline::{Guides, guides};
use super::piece::{Ink, Line, Piece, lay_out, shortened_to_width, width_of};
use super::row::Row;

/// Maximum width of the node column; longer labels overflow.
const MAX_LABEL: usize = 40;

/// Maximum width of the type column.
const MAX_TYPE: usize = 18;

/// Maximum width of a type before it is truncated.
const MAX_LONG_TYPE: usize = 30;

/// Minimum width of a shown name.
const MIN_NAME: usize = 4;

/// Minimum width for events; on a narrower terminal they start below the node.
const MIN_ROOM: usize = 30;

/// Text written so far.
pub(super) struct Page {
    pub(super) text: String,
    /// Current line.
    line: Line,
    color: bool,
    width: usize,
}

/// Widths of the columns.
struct Columns {
    number: usize,
    time: usize,
    label: usize,
    /// Column in which the events begin.
    story: usize,
    /// Whether the events begin in the first line of the row.
    is_beside: bool,
}

impl Page {
    /// Creates an empty page.
    pub(super) fn new(color: bool, width: usize) -> Self {
        Self { text: String::new(), line: Line::new(), color, width }
    }

    /// Appends text to the current line.
    pub(super) fn put(&mut self, ink: Ink, text: &str) {
        self.line.push((ink, text.into()));
    }

    /// Ends the line, without trailing blanks.
    pub(super) fn end_line(&mut self) {
        while let Some((_, text)) = self.line.last_mut() {
            text.truncate(text.trim_end_matches(' ').len());
            if !text.is_empty() {
                break;
            }
            self.line.pop();
        }
        for (ink, text) in self.line.drain(..) {
            if self.color && ink != Ink::Plain && !text.is_empty() {
                let style = ink.style();
                self.text.push_str(&format!("{style}{text}{style:#}"));
            } else {
                self.text.push_str(&text);
            }
        }
        self.text.push('\n');
    }

    fn pad(&mut self, from: usize, to: usize) {
        self.put(Ink::Plain, &" ".repeat(to.saturating_sub(from)));
    }

    /// Writes pieces after a key, which has its own column.
    pub(super) fn write_entry(&mut self, key: &str, column: usize, pieces: &[Piece]) {
        let room = self.width.saturating_sub(column).max(MIN_ROOM);
        for (index, line) in lay_out(pieces, room, room).into_iter().enumerate() {
            let key = if index == 0 { key } else { "" };
            self.put(Ink::Faint, key);
            self.pad(width_of(key), column);
            self.line.extend(line);
            self.end_line();
        }
    }

    /// Writes the rows of the tree.
    pub(super) fn write_rows(&mut self, rows: &[Row]) {
        let guides = guides(rows.iter().map(|row| row.level));
        let columns = self.columns(rows, &guides);
        for (index, (row, guides)) in rows.iter().zip(&guides).enumerate() {
            let is_open = rows.get(index + 1).is_some_and(|next| next.level > row.level);
            self.write_row(row, *guides, is_open, &columns);
        }
    }

    fn columns(&self, rows: &[Row], guides: &[Guides]) -> Columns {
        let numbers = rows.iter().map(|row| number_text(row).len());
        let number = numbers.max().unwrap_or(0);
        let times = rows.iter().map(|row| time_text(row).len());
        let time = number + 2 + times.max().unwrap_or(0);
        let labels = rows.iter().zip(guides).map(|(row, guides)| {
            let parts = self.label_parts(row, width_of(&guides.branch()));
            width_of(&guides.branch())
                + parts.iter().map(|part| width_of(&part.1)).sum::<usize>()
        });
        let label = widest(labels, self.label_width());
        let node_type = widest(rows.iter().map(|row| width_of(&row.node_type)), MAX_TYPE);
        let story = time + 2 + label + 2 + node_type + 2;
        let is_beside = self.width.saturating_sub(story) >= MIN_ROOM;
        Columns {
            number,
            time,
            label,
            story: if is_beside { story } else { time + 6 },
            is_beside,
        }
    }

    /// Returns the maximum width of the node column.
    fn label_width(&self) -> usize {
        MAX_LABEL.min(self.width / 4)
    }

    fn write_row(&mut self, row: &Row, guides: Guides, is_open: bool, columns: &Columns) {
        let (number, time) = (number_text(row), time_text(row));
        self.pad(number.len(), columns.number);
        self.put(Ink::Faint, &number);
        self.pad(columns.number + time.len(), columns.time);
        self.put(Ink::Faint, &time);
        self.put(Ink::Plain, "  ");
        let branch = guides.branch();
        self.put(Ink::Faint, &branch);
        let mut used = columns.time + 2 + width_of(&branch);
        for (ink, text) in &self.label_parts(row, width_of(&branch)) {
            self.put(*ink, text);
            used += width_of(text);
        }
        let type_column = columns.time + 2 + columns.label + 2;
        if !row.node_type.is_empty() {
            let column = type_column.max(used + 2);
            self.pad(used, column);
            let room = self.width.saturating_sub(column).min(MAX_LONG_TYPE);
            let node_type = shortened_to_width(&row.node_type, room);
            self.put(Ink::Faint, &node_type);
            used = column + width_of(&node_type);
        }
        self.write_story(row, guides, is_open, columns, used);
    }

    /// Writes the events; `used` is the current column of the row's first line.
    fn write_story(
        &mut self,
        row: &Row,
        guides: Guides,
        is_open: bool,
        columns: &Columns,
        used: usize,
    ) {
        let trunk = guides.trunk(is_open);
        let trunk = trunk.trim_end();
        let below = columns.story.max(columns.time + 2 + width_of(trunk) + 2);
        let room = self.width.saturating_sub(below).max(MIN_ROOM);
        let beside = columns.story.max(used + 2);
        let first_room = match columns.is_beside {
            true => self.width.saturating_sub(beside),
            false => 0,
        };
        for (index, line) in
            lay_out(&row.pieces, first_room, room).into_iter().enumerate()
        {
            if index == 0 {
                self.pad(used, beside);
            } else {
                self.pad(0, columns.time + 2);
                self.put(Ink::Faint, trunk);
                self.pad(columns.time + 2 + width_of(trunk), below);
            }
            self.line.extend(line);
            self.end_line();
        }
    }

    /// Returns the id, and as much of the name as fits.
    fn label_parts(&self, row: &Row, branch: usize) -> Line {
        let (ink, id) = &row.label;
        if self.width == usize::MAX {
            let name = if row.name.is_empty() {
                String::new()
            } else {
                format!(" ({})", row.name)
            };
            return vec![(*ink, id.clone()), (Ink::Plain, name)];
        }
        let id = shortened_to_width(id, MAX_LABEL.min(self.width / 2));
        let left = self.label_width().saturating_sub(branch + width_of(&id) + 3);
        let mut parts = vec![(*ink, id)];
        if !row.name.is_empty() && left >= MIN_NAME {
            parts.push((
                Ink::Plain,
                format!(" ({})", shortened_to_width(&row.name, left)),
            ));
        }
        parts
    }
}

/// Returns the largest width within the limit; wider content overflows.
fn widest(widths: impl Iterator<Item = usize>, limit: usize) -> usize {
    widths.filter(|width| *width <= limit).max().unwrap_or(0)
}

/// Formats the number of a row's step, from 1.
fn number_text(row: &Row) -> String {
    row.step.map_or_else(String::new, |step| (step + 1).to_string())
}

/// Formats the start time of a row in seconds.
fn time_text(row: &Row) -> String {
    row.time_ms.map_or_else(String::new, clock)
}

/// Formats a time in milliseconds as seconds.
pub(super) fn clock(time_ms: i64) -> String {
    format!("{}.{:03}", time_ms / 1000, time_ms % 1000)
}

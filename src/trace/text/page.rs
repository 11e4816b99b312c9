//! The screen: columns, lines and colours.

use unicode_width::UnicodeWidthStr;

use super::outline::{Guides, guides};
use super::piece::{Ink, Line, Piece, lay_out, shortened};
use super::row::Row;

/// How wide the column of the nodes may be at most; what is longer stands out.
const MAX_LABEL: usize = 40;

/// How wide the column of the types may be at most.
const MAX_TYPE: usize = 12;

/// How long a type may be before it is cut.
const MAX_LONG_TYPE: usize = 30;

/// The least room for what happened; on a narrower screen it stands below the node.
const MIN_ROOM: usize = 24;

/// The text as far as it is written.
pub(super) struct Page {
    pub(super) text: String,
    color: bool,
    width: usize,
}

/// The widths of the columns.
struct Columns {
    time: usize,
    label: usize,
    /// Where what happened begins.
    story: usize,
    /// Whether it begins in the row's first line.
    is_beside: bool,
}

impl Page {
    /// An empty page.
    pub(super) fn new(color: bool, width: usize) -> Self {
        Self { text: String::new(), color, width }
    }

    /// Appends a text.
    pub(super) fn put(&mut self, ink: Ink, text: &str) {
        if !self.color || ink == Ink::Plain || text.is_empty() {
            self.text.push_str(text);
            return;
        }
        let style = ink.style();
        self.text.push_str(&format!("{style}{text}{style:#}"));
    }

    /// Ends a line. Blanks at its end are of no use.
    pub(super) fn end_line(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
    }

    fn put_line(&mut self, line: &Line) {
        for (ink, text) in line {
            self.put(*ink, text);
        }
    }

    fn pad(&mut self, from: usize, to: usize) {
        self.text.extend(std::iter::repeat_n(' ', to.saturating_sub(from)));
    }

    /// Pieces behind a key, which has a column of its own.
    pub(super) fn write_entry(&mut self, key: &str, column: usize, pieces: &[Piece]) {
        let room = self.width.saturating_sub(column).max(MIN_ROOM);
        for (index, line) in lay_out(pieces, room, room).iter().enumerate() {
            let key = if index == 0 { key } else { "" };
            self.put(Ink::Faint, key);
            self.pad(key.width(), column);
            self.put_line(line);
            self.end_line();
        }
    }

    /// The rows of the tree.
    pub(super) fn write_rows(&mut self, rows: &[Row]) {
        let guides = guides(rows.iter().map(|row| row.level));
        let columns = self.columns(rows, &guides);
        for (index, (row, guides)) in rows.iter().zip(&guides).enumerate() {
            let is_open = rows.get(index + 1).is_some_and(|next| next.level > row.level);
            self.write_row(row, *guides, is_open, &columns);
        }
    }

    fn columns(&self, rows: &[Row], guides: &[Guides]) -> Columns {
        let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
        let time = widest(&mut rows.iter().map(|row| time_text(row).width()));
        let label = widest(&mut rows.iter().zip(guides).map(|(row, guides)| {
            guides.branch().width()
                + self.label_parts(row).iter().map(|part| part.1.width()).sum::<usize>()
        }));
        let label = label.min(MAX_LABEL).min(self.width / 3);
        let node_type = widest(&mut rows.iter().map(|row| row.node_type.width()));
        let story = time + 2 + label + 2 + node_type.min(MAX_TYPE) + 2;
        let is_beside = self.width.saturating_sub(story) >= MIN_ROOM;
        Columns {
            time,
            label,
            story: if is_beside { story } else { time + 6 },
            is_beside,
        }
    }

    fn write_row(&mut self, row: &Row, guides: Guides, is_open: bool, columns: &Columns) {
        let time = time_text(row);
        self.pad(time.len(), columns.time);
        self.put(Ink::Faint, &time);
        self.text.push_str("  ");
        let branch = guides.branch();
        self.put(Ink::Faint, &branch);
        let mut used = columns.time + 2 + branch.width();
        for (ink, text) in &self.label_parts(row) {
            self.put(*ink, text);
            used += text.width();
        }
        let type_column = columns.time + 2 + columns.label + 2;
        if !row.node_type.is_empty() {
            let column = type_column.max(used + 2);
            self.pad(used, column);
            let room = self.width.saturating_sub(column).min(MAX_LONG_TYPE);
            let node_type = shortened(&row.node_type, room);
            self.put(Ink::Faint, &node_type);
            used = column + node_type.width();
        }
        self.write_story(row, guides, is_open, columns, used);
    }

    /// What happened, from where the row's first line stands now.
    fn write_story(
        &mut self,
        row: &Row,
        guides: Guides,
        is_open: bool,
        columns: &Columns,
        used: usize,
    ) {
        let room = self.width.saturating_sub(columns.story).max(MIN_ROOM);
        let column = columns.story.max(used + 2);
        let first_room = match columns.is_beside {
            true => self.width.saturating_sub(column),
            false => 0,
        };
        let trunk = guides.trunk(is_open);
        for (index, line) in lay_out(&row.pieces, first_room, room).iter().enumerate() {
            if index == 0 {
                self.pad(used, if line.is_empty() { used } else { column });
            } else {
                self.pad(0, columns.time + 2);
                self.put(Ink::Faint, trunk.trim_end());
                self.pad(columns.time + 2 + trunk.trim_end().width(), columns.story);
            }
            self.put_line(line);
            self.end_line();
        }
    }

    /// The id and the name, as long as there is room for them.
    fn label_parts(&self, row: &Row) -> Line {
        let room = MAX_LABEL.min(self.width / 2);
        let (ink, id) = &row.label;
        let id = if self.width == usize::MAX { id.clone() } else { shortened(id, room) };
        let left = room.saturating_sub(id.width() + 3);
        let mut parts = vec![(*ink, id)];
        if !row.name.is_empty() && self.width == usize::MAX {
            parts.push((Ink::Plain, format!(" ({})", row.name)));
        } else if !row.name.is_empty() && left >= 4 {
            parts.push((Ink::Plain, format!(" ({})", shortened(&row.name, left))));
        }
        parts
    }
}

/// When a row begins, in seconds.
fn time_text(row: &Row) -> String {
    let Some(time) = row.time_ms else { return String::new() };
    format!("{}.{:03}", time / 1000, time % 1000)
}

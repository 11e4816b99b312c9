//! SVG drawing of the table of keys and decisions, and of the flows below it.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::flows::{self, Stack, TIPS};
use super::text::{average, decisions};
use super::{MAX_COLUMNS, MAX_ROWS};
use crate::analysis::heatmap::{Cell, FlowGraph, Heatmap, View};
use crate::diagnostic::visible;
use crate::report::graph::level;
use crate::report::page::palette::declared_for_image;

/// Sizes, in pixels.
const CELL: f64 = 92.0;
const MAX_CELL: f64 = 140.0;
const ROW: f64 = 40.0;
pub(super) const MARGIN: f64 = 24.0;
const HEAD: f64 = 64.0;
const FOOT: f64 = 60.0;

/// Approximate width of a character in labels.
const CHARACTER: f64 = 7.6;

/// Maximum label length; the full text of a longer label is shown on hover.
const MAX_LABEL: usize = 32;

/// Angle of labels that are too long for their column.
const ANGLE: f64 = 35.0;

/// Shades and fonts.
pub(super) const STYLE: &str = "\
.heatmap{font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:13px}\
.heatmap text{fill:var(--text)}\
.heatmap .ground{fill:var(--card)}\
.heatmap .title{font-size:17px;font-weight:600}\
.heatmap .soft{fill:var(--soft)}\
.heatmap .count{font-size:15px;font-variant-numeric:tabular-nums}\
.heatmap .small{font-size:11px}\
.heatmap .h0{fill:var(--h0)}.heatmap .h1{fill:var(--h1)}.heatmap .h2{fill:var(--h2)}\
.heatmap .h3{fill:var(--h3)}.heatmap .h4{fill:var(--h4)}\
.heatmap .t0{fill:var(--soft)}.heatmap .t1{fill:var(--t1)}.heatmap .t2{fill:var(--t2)}\
.heatmap .t3{fill:var(--t3)}.heatmap .t4{fill:var(--t4)}";

/// Renders the table and the drawn flows as a self-contained SVG, light or dark like the
/// reader's system.
pub fn render_svg(heatmap: &Heatmap, drawn: &[FlowGraph]) -> String {
    draw(heatmap, drawn, &|style| declared_for_image(".heatmap", style))
}

/// Renders the table and flows as SVG. `finish` receives the style and returns the final
/// one; an SVG without a style belongs to a page that has it.
pub(super) fn draw(
    heatmap: &Heatmap,
    drawn: &[FlowGraph],
    finish: &dyn Fn(&str) -> String,
) -> String {
    let view = heatmap.table.view(MAX_ROWS, MAX_COLUMNS);
    let sizes = Sizes::of(&view);
    let flows = Stack::of(heatmap, drawn);
    let is_table = view.total().count > 0 || flows.is_empty();
    let table = if is_table { (sizes.width, sizes.height) } else { (0.0, 0.0) };
    let (width, height) = (table.0.max(flows.width), table.1 + flows.height);
    let mut title = Vec::new();
    if is_table {
        title.push(format!("Keys by decision, {}", decisions(view.total().count)));
    }
    let (style, tips) = match flows.is_empty() {
        true => (STYLE.to_owned(), ""),
        false => {
            title.push("Flows, with visit counts of their nodes".to_owned());
            ([STYLE, flows::STYLE].concat(), TIPS)
        }
    };
    let style = match finish(&style) {
        none if none.is_empty() => none,
        style => format!("<style>{style}</style>\n"),
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"heatmap\" role=\"img\" \
         width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\n\
         <title>{}</title>\n{style}{tips}\
         <rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n",
        title.join(". ")
    );
    if is_table {
        sizes.table(&view, &mut out);
    }
    flows.write(table.1, &mut out);
    out.push_str("</svg>\n");
    out
}

fn subtitle(view: &View) -> String {
    let count = decisions(view.total().count);
    match view.total().occupancy() {
        Some(_) => format!("{count}; small: average available agents"),
        None => count,
    }
}

/// Layout of the table.
struct Sizes {
    cell: f64,
    left: f64,
    top: f64,
    is_slanted: bool,
    rows: f64,
    width: f64,
    height: f64,
}

impl Sizes {
    fn of(view: &View) -> Self {
        let longest = |names: &[String]| {
            number(names.iter().map(|name| cut(name).width()).max().unwrap_or(0))
                * CHARACTER
        };
        let (columns, rows) = (number(view.columns.len()), number(view.rows.len()));
        let left = MARGIN + longest(&view.rows).max(40.0) + 12.0;
        let label = longest(&view.columns);
        let is_slanted = label + 16.0 > MAX_CELL;
        let cell = if is_slanted { CELL } else { CELL.max(label + 16.0) };
        let (sin, cos) = ANGLE.to_radians().sin_cos();
        let head = if is_slanted { label * sin + 22.0 } else { 32.0 };
        let top = HEAD + head;
        let over = if is_slanted { (label * cos - cell * 1.3).max(0.0) } else { 0.0 };
        let table = left + (columns + 1.0) * cell + over + MARGIN;
        let height = top + (rows + 1.0) * ROW + FOOT;
        Self { cell, left, top, is_slanted, rows, width: table.max(420.0), height }
    }

    fn table(&self, view: &View, out: &mut String) {
        let _ = write!(
            out,
            "<text class=\"title\" x=\"{MARGIN}\" y=\"34\">Keys by decision</text>\n\
             <text class=\"soft\" x=\"{MARGIN}\" y=\"54\">{}</text>\n",
            subtitle(view),
        );
        for (column, name) in view.columns.iter().enumerate() {
            self.head(column, name, out);
        }
        let largest = view.largest();
        for (row, name) in view.rows.iter().enumerate() {
            self.row(row, name, view, largest, out);
        }
        self.totals(view, out);
        key(self.top + (self.rows + 1.0) * ROW + 16.0, largest, out);
    }

    fn x(&self, column: usize) -> f64 {
        self.left + number(column) * self.cell
    }

    fn y(&self, row: usize) -> f64 {
        self.top + number(row) * ROW
    }

    /// Writes the label of a column.
    fn head(&self, column: usize, name: &str, out: &mut String) {
        let (x, y) = (self.x(column) + self.cell / 2.0, self.top - 10.0);
        let place = if self.is_slanted {
            format!("transform=\"translate({x:.1} {y:.1}) rotate(-{ANGLE})\"")
        } else {
            format!("text-anchor=\"middle\" x=\"{x:.1}\" y=\"{y:.1}\"")
        };
        let _ = writeln!(out, "<text {place}>{}</text>", label(name));
    }

    fn row(&self, row: usize, name: &str, view: &View, largest: u64, out: &mut String) {
        let middle = self.y(row) + ROW / 2.0;
        let _ = writeln!(
            out,
            "<text text-anchor=\"end\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            self.left - 12.0,
            middle + 5.0,
            label(name)
        );
        let cells = view.cells.get(row).into_iter().flatten();
        for (column, cell) in cells.enumerate() {
            let decision = view.columns.get(column).map_or("", String::as_str);
            let title = format!("{name} → {decision}: {}", cell.count);
            let shade = level(cell.count, largest);
            self.cell((row, column), cell, &title, shade, out);
        }
        self.total(self.x(view.columns.len()), middle, view.row_total(row).count, out);
    }

    fn cell(
        &self,
        (row, column): (usize, usize),
        cell: &Cell,
        title: &str,
        shade: usize,
        out: &mut String,
    ) {
        let _ = write!(
            out,
            "<g><title>{}</title><rect class=\"h{shade}\" x=\"{:.1}\" y=\"{:.1}\" \
             width=\"{:.1}\" height=\"{:.1}\" rx=\"4\"/>",
            escaped(title),
            self.x(column) + 1.5,
            self.y(row) + 1.5,
            self.cell - 3.0,
            ROW - 3.0,
        );
        let (x, y) = (self.x(column) + self.cell / 2.0, self.y(row) + ROW / 2.0);
        let text = |class: &str, y: f64, text: &str| {
            format!(
                "<text class=\"{class} t{shade}\" text-anchor=\"middle\" x=\"{x:.1}\" \
                 y=\"{y:.1}\">{text}</text>"
            )
        };
        let count = cell.count.to_string();
        match cell.occupancy() {
            Some(occupancy) => {
                out.push_str(&text("count", y - 1.0, &count));
                out.push_str(&text("small", y + 13.0, &average(occupancy)));
            }
            None => out.push_str(&text("count", y + 5.0, &count)),
        }
        out.push_str("</g>\n");
    }

    fn total(&self, x: f64, middle: f64, count: u64, out: &mut String) {
        let _ = writeln!(
            out,
            "<text class=\"count soft\" text-anchor=\"middle\" x=\"{:.1}\" y=\"{:.1}\">\
             {count}</text>",
            x + self.cell / 2.0,
            middle + 5.0
        );
    }

    /// Writes the labels of the totals, and the last line.
    fn totals(&self, view: &View, out: &mut String) {
        let middle = self.y(view.rows.len()) + ROW / 2.0;
        let x = self.x(view.columns.len()) + self.cell / 2.0;
        let _ = writeln!(
            out,
            "<text class=\"soft\" text-anchor=\"end\" x=\"{:.1}\" y=\"{:.1}\">total</text>",
            self.left - 12.0,
            middle + 5.0
        );
        let y = self.top - 10.0;
        let _ = writeln!(
            out,
            "<text class=\"soft\" text-anchor=\"middle\" x=\"{x:.1}\" y=\"{y:.1}\">total</text>"
        );
        for column in 0..view.columns.len() {
            self.total(self.x(column), middle, view.column_total(column).count, out);
        }
        self.total(self.x(view.columns.len()), middle, view.total().count, out);
    }
}

/// Writes the colour scale. Returns its right edge.
pub(super) fn key(y: f64, largest: u64, out: &mut String) -> f64 {
    let mut x = MARGIN;
    let mut last = 0;
    for shade in 0..=4_u64 {
        let most = u128::from(largest) * u128::from(shade) / 4;
        let most = u64::try_from(most).unwrap_or(largest);
        // Small counts do not need all shades.
        if shade > 0 && most == last {
            continue;
        }
        let text = match most - last {
            0 => "0".to_owned(),
            1 => most.to_string(),
            _ => format!("{}–{most}", last + 1),
        };
        last = most;
        let _ = writeln!(
            out,
            "<rect class=\"h{shade}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"22\" height=\"16\" \
             rx=\"3\"/><text class=\"small soft\" x=\"{:.1}\" y=\"{:.1}\">{text}</text>",
            x + 28.0,
            y + 12.0
        );
        x += 28.0 + number(text.chars().count()) * 6.5 + 16.0;
    }
    x
}

/// Formats a label. A long one is cut, with the full text as a tooltip.
pub(super) fn label(name: &str) -> String {
    let shown = cut(name);
    if shown == name {
        return escaped(name);
    }
    format!("{}<title>{}</title>", escaped(&shown), escaped(name))
}

/// Cuts the middle of a long name, because its beginning and end are the most useful
/// parts.
fn cut(name: &str) -> String {
    let length = name.chars().count();
    if length <= MAX_LABEL {
        return name.to_owned();
    }
    let begin: String = name.chars().take(MAX_LABEL / 2).collect();
    let end: String = name.chars().skip(length + 1 - MAX_LABEL / 2).collect();
    format!("{begin}…{end}")
}

/// Escapes a string for markup.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in visible::one_line(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[expect(clippy::cast_precision_loss, reason = "sizes of a drawing are small")]
fn number(count: usize) -> f64 {
    count as f64
}

//! Terminal output of the heat map.

use std::fmt::Write;

use anstyle::{Ansi256Color, Color, Style};
use unicode_width::UnicodeWidthStr;

use super::listing::{Listed, listing};
use super::{MAX_COLUMNS, MAX_ROWS};
use crate::analysis::heatmap::{Cell, FlowGraph, Heatmap, View};
use crate::diagnostic::visible;
use crate::report::graph::level;
use crate::trace::TextStyle;

/// Shades without colours.
const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];

/// Background and text colours of the shades, from the 256 terminal colours.
const COLORS: [(u8, u8); 4] = [(194, 16), (115, 16), (31, 231), (18, 231)];

/// Width of a table without a terminal, in columns.
const WIDTH: usize = 100;

/// Width of the totals, in columns.
const TOTAL: usize = 7;

/// Renders the table of keys and decisions, and the nodes with their counts.
pub fn render_text(heatmap: &Heatmap, drawn: &[FlowGraph], style: TextStyle) -> String {
    let mut parts = Vec::new();
    if heatmap.table.total() > 0 {
        parts.push(table(&heatmap.table.view(MAX_ROWS, MAX_COLUMNS), style));
    }
    parts.extend(listing(heatmap, drawn).iter().map(|flow| nodes(flow, style)));
    parts.join("\n")
}

/// Formatted cells of a table.
struct FormattedTable {
    rows: Vec<String>,
    columns: Vec<String>,
    cells: Vec<Vec<String>>,
    totals: Vec<String>,
    /// Width of the first column, and of the others without their names.
    first: usize,
    inner: Vec<usize>,
}

impl FormattedTable {
    fn of(view: &View, style: TextStyle) -> Self {
        let names = |names: &[String]| -> Vec<String> {
            names.iter().map(|name| visible::one_line(name)).collect()
        };
        let (rows, columns) = (names(&view.rows), names(&view.columns));
        let largest = view.largest();
        let content = |cell: &Cell| content(cell, largest, style);
        let cells: Vec<Vec<String>> =
            view.cells.iter().map(|row| row.iter().map(content).collect()).collect();
        let total = |column| view.column_total(column).count.to_string();
        let totals: Vec<String> = (0..columns.len()).map(total).collect();
        let inner = totals.iter().enumerate().map(|(column, total)| {
            let cells = cells.iter().filter_map(|row| row.get(column));
            widest(cells.chain([total]).map(String::as_str))
        });
        let inner = inner.collect();
        let first = widest(rows.iter().map(String::as_str).chain(["total"]));
        Self { rows, columns, cells, totals, first, inner }
    }

    /// Returns the column widths including their names, or `None` if the table would be
    /// too wide.
    fn widths(&self, most: usize) -> Option<Vec<usize>> {
        let widths = self.columns.iter().zip(&self.inner);
        let widths: Vec<usize> =
            widths.map(|(name, inner)| (*inner).max(name.width())).collect();
        let all = self.first + widths.iter().map(|width| width + 2).sum::<usize>();
        (all + TOTAL + 2 <= most).then_some(widths)
    }
}

fn table(view: &View, style: TextStyle) -> String {
    let texts = FormattedTable::of(view, style);
    let letters: Vec<String> = (0..texts.columns.len()).map(letter).collect();
    let widths = texts.widths(style.width.unwrap_or(WIDTH));
    // Letters replace names that do not fit.
    let (heads, widths) = match &widths {
        Some(widths) => (&texts.columns, widths),
        None => (&letters, &texts.inner),
    };
    let (total, first) = (view.total(), texts.first);
    let mut out = format!("Keys by decision, {}\n\n", decisions(total.count));
    let unshaded = |texts: &[String]| texts.iter().map(|it| (it.clone(), 0)).collect();
    line(&mut out, ("keys", first), unshaded(heads), widths, "total");
    for (row, (name, cells)) in texts.rows.iter().zip(&texts.cells).enumerate() {
        let counted = view.cells.get(row).into_iter().flatten();
        let shade = |cell: &Cell| match style.color {
            true => level(cell.count, view.largest()),
            false => 0,
        };
        let cells = cells.iter().cloned().zip(counted.map(shade)).collect();
        let sum = view.row_total(row).count.to_string();
        line(&mut out, (name, first), cells, widths, &sum);
    }
    let sum = total.count.to_string();
    line(&mut out, ("total", first), unshaded(&texts.totals), widths, &sum);
    if heads == &letters {
        out.push('\n');
        for (letter, name) in letters.iter().zip(&texts.columns) {
            let _ = writeln!(out, "{letter}  {name}");
        }
    }
    if total.occupancy().is_some() {
        out.push_str("\nIn brackets: average number of available agents.\n");
    }
    out
}

/// Writes a line of the table with shaded cells.
fn line(
    out: &mut String,
    (name, first): (&str, usize),
    cells: Vec<(String, usize)>,
    widths: &[usize],
    total: &str,
) {
    let _ = write!(out, "{name}{}", " ".repeat(first.saturating_sub(name.width())));
    for ((cell, shade), width) in cells.into_iter().zip(widths) {
        let padding = " ".repeat(width.saturating_sub(cell.width()));
        match shade.checked_sub(1).and_then(|shade| COLORS.get(shade)) {
            Some((background, text)) => {
                let color = |number: u8| Some(Color::Ansi256(Ansi256Color(number)));
                let style =
                    Style::new().bg_color(color(*background)).fg_color(color(*text));
                let _ = write!(out, "  {style}{padding}{cell}{style:#}");
            }
            None => {
                let _ = write!(out, "  {padding}{cell}");
            }
        }
    }
    let _ = writeln!(out, "  {total:>TOTAL$}");
}

/// Formats a cell; a colour replaces the shade character.
fn content(cell: &Cell, largest: u64, style: TextStyle) -> String {
    let shade = SHADES.get(level(cell.count, largest)).copied().unwrap_or(' ');
    let occupancy =
        cell.occupancy().map_or_else(String::new, |it| format!(" ({})", average(it)));
    match (cell.count, style.color) {
        (0, _) => shade.to_string(),
        (count, true) => format!(" {count}{occupancy} "),
        (count, false) => format!("{shade} {count}{occupancy}"),
    }
}

fn nodes(flow: &Listed, style: TextStyle) -> String {
    let largest = flow.largest();
    let name = visible::one_line;
    let rows: Vec<(String, String)> =
        flow.nodes.iter().map(|node| (name(&node.name), name(&node.kind))).collect();
    let names = widest(rows.iter().map(|(name, _)| name.as_str()));
    let kinds = widest(rows.iter().map(|(_, kind)| kind.as_str()));
    let counts = largest.to_string().len();
    let (reached, all) = flow.reached();
    let mut out = format!("{}: {reached} of {} nodes reached\n\n", name(&flow.name), all);
    for (node, (name, kind)) in flow.nodes.iter().zip(rows) {
        let shade = level(node.count, largest);
        let bar = match (SHADES.get(shade), COLORS.get(shade.wrapping_sub(1))) {
            (_, Some((background, _))) if style.color => {
                let color = Some(Color::Ansi256(Ansi256Color(*background)));
                let style = Style::new().bg_color(color);
                format!("{style}    {style:#}")
            }
            (Some(shade), _) => shade.to_string().repeat(4),
            (None, _) => String::new(),
        };
        let gap = " ".repeat(names.saturating_sub(name.width()));
        let kind_gap = " ".repeat(kinds.saturating_sub(kind.width()));
        let paths: Vec<String> =
            node.paths.iter().map(|(path, count)| format!("{path} ×{count}")).collect();
        let line = format!(
            "{bar}  {:>counts$}  {name}{gap}  {kind}{kind_gap}  {}",
            node.count,
            visible::one_line(&paths.join(", "))
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn widest<'t>(texts: impl Iterator<Item = &'t str>) -> usize {
    texts.map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// Returns A, B, … Z, AA; there are few columns.
fn letter(column: usize) -> String {
    let letter = u8::try_from(column % 26).map_or('?', |it| char::from(b'A' + it));
    letter.to_string().repeat(column / 26 + 1)
}

/// Formats an average with at most one decimal place.
pub(super) fn average(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

pub(super) fn decisions(count: u64) -> String {
    if count == 1 { "1 decision".into() } else { format!("{count} decisions") }
}

//! Terminal output of coverage: a table, and a list of uncovered items.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::analysis::coverage::{
    FlowReport, Kind, NodeReport, PartReport, Report, Share,
};
use crate::diagnostic::visible;
use crate::value::shortened;

/// Maximum width of a flow name before the columns move.
const NAME_WIDTH: usize = 32;

/// Maximum length of quoted text, in characters.
const QUOTED: usize = 60;

/// Renders a table with a row for each flow and for the totals, and a column for each
/// kind that occurs. Percentages are rounded down, so that 100 % means all. A dash means
/// that there is nothing to cover.
pub fn render_summary(report: &Report) -> String {
    let totals = report.shares();
    let kinds: Vec<Kind> =
        Kind::ALL.into_iter().filter(|kind| totals[kind.index()].total > 0).collect();
    let mut rows = vec![row("", kinds.iter().map(|kind| heading(*kind).to_owned()))];
    let percent = |share: Share| match share.total {
        0 => "-".to_owned(),
        _ => format!("{} %", share.percent()),
    };
    for flow in &report.flows {
        let shares = flow.shares();
        let cells = kinds.iter().map(|kind| percent(shares[kind.index()]));
        rows.push(row(&report.shown_name(flow), cells));
    }
    let cells = kinds.iter().map(|kind| percent(totals[kind.index()]));
    rows.push(row("all", cells));
    let cells = kinds.iter().map(|kind| {
        let share = totals[kind.index()];
        format!("{}/{}", share.covered, share.total)
    });
    rows.push(row("", cells));
    let mut out = table(&rows);
    let calls = report.calls;
    let _ = writeln!(out, "{calls} call{} counted", if calls == 1 { "" } else { "s" });
    out
}

fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::ErrorHandlers => "error handlers",
        other => other.name(),
    }
}

fn row(name: &str, cells: impl Iterator<Item = String>) -> Vec<String> {
    std::iter::once(visible::one_line(name)).chain(cells).collect()
}

/// Renders a table; the first column is left-aligned, all others are right-aligned.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.width()).max().unwrap_or_default();
        if column == 0 { widest.min(NAME_WIDTH) } else { widest }
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            let _ = match index {
                0 => write!(out, "{cell}{blanks}"),
                _ => write!(out, "  {blanks}{cell}"),
            };
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    out
}

/// Lists the uncovered items, one per line: position, node and item. Parts of a node that
/// was never reached are only counted. Returns an empty string if everything is covered.
pub fn render_uncovered(report: &Report) -> String {
    let mut out = String::new();
    for flow in &report.flows {
        let lines = uncovered(flow);
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{}", visible::one_line(&report.shown_name(flow)));
        for (line, node, what) in lines {
            let place = format!("{}:{line}", flow.file);
            let node = node.map_or_else(String::new, |node| format!("{node}  "));
            let line = visible::one_line(&format!("{place}  {node}{what}"));
            let _ = writeln!(out, "  {line}");
        }
    }
    if out.is_empty() { out } else { format!("not covered\n{out}") }
}

/// Returns the line, node and description of each uncovered item.
fn uncovered(flow: &FlowReport) -> Vec<(u32, Option<&str>, String)> {
    if flow.count == 0 {
        let count = flow.nodes.iter().filter(|node| node.kind.is_some()).count();
        return match flow.nodes.iter().any(is_touched) {
            // The call may have started at a later node.
            true => flow.nodes.iter().flat_map(of_node).collect(),
            false => vec![(flow.line, None, format!("never reached{}", with(count)))],
        };
    }
    flow.nodes.iter().flat_map(of_node).collect()
}

fn with(nodes: usize) -> String {
    match nodes {
        0 => String::new(),
        1 => ": 1 node".into(),
        _ => format!(": {nodes} nodes"),
    }
}

fn is_touched(node: &NodeReport) -> bool {
    node.count > 0 || node.parts.iter().any(|part| part.count > 0)
}

fn of_node(node: &NodeReport) -> Vec<(u32, Option<&str>, String)> {
    let line = |what: String| (node.line, Some(&*node.id), what);
    let missed = || node.parts.iter().filter(|part| part.count == 0);
    let Some(kind) = node.kind.filter(|_| !is_touched(node)) else {
        return missed().map(|part| line(of_part(part))).collect();
    };
    let what = match kind {
        Kind::Tasks => "task never reached",
        Kind::Menus => "menu never reached",
        Kind::ErrorHandlers => "never reached by an error",
        _ => "never reached",
    };
    let of_kind = Kind::ALL.into_iter().filter_map(|kind| {
        let count = missed().filter(|part| part.kind == kind).count();
        Some(match count {
            0 => return None,
            1 => format!("1 {}", singular(kind)),
            _ => format!("{count} {}", plural(kind)),
        })
    });
    let parts: Vec<String> = of_kind.collect();
    let parts = match parts.is_empty() {
        true => String::new(),
        false => format!(" (with {})", parts.join(", ")),
    };
    vec![line(format!("{what}{parts}"))]
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Conditions => "condition outcomes",
        other => heading(other),
    }
}

fn singular(kind: Kind) -> &'static str {
    match kind {
        Kind::Conditions => "condition outcome",
        Kind::ErrorHandlers => "error handler",
        other => other.name().trim_end_matches('s'),
    }
}

fn of_part(part: &PartReport) -> String {
    let PartReport { kind, name, text, .. } = part;
    let quoted = |before: &str| match text {
        Some(text) => format!("{before}{}", shortened(text, QUOTED)),
        None => String::new(),
    };
    match kind {
        Kind::Paths => format!("never took `{name}`"),
        Kind::Conditions => match name.rsplit_once(' ') {
            Some((name, outcome)) => {
                format!("{name} was never {outcome}{}", quoted(": "))
            }
            None => format!("never {name}"),
        },
        Kind::Choices => format!("never chosen: `{name}`{}", quoted(", ")),
        Kind::Prompts => format!("never played ({name}){}", quoted(": ")),
        Kind::Calls => match text {
            Some(flow) => format!("never called the flow `{flow}`"),
            None => format!("never called the flow `{name}`"),
        },
        Kind::ErrorHandlers => "never reached by an error".into(),
        Kind::Nodes | Kind::Tasks | Kind::Menus | Kind::Flows => format!("never {name}"),
    }
}

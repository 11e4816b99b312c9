//! Traces as blocks of lines, for snapshot files.

use super::piece::Piece;
use super::preview::{Preview, count};
use super::row::{Row, rows};
use super::story::Describer;
use super::summary;
use crate::flow::SymbolTable;
use crate::trace::Trace;
use crate::trace::steps::Grouped;

/// Renders a call as one block per step. The first line has the node, its type and its
/// duration on the virtual clock; each further line has one event. Called flows are
/// indented. The status and the variables follow at the end.
///
/// ```text
/// Ask  Gather  10000 ms
///     “Press 1 for sales.”
///     silence for 10 s
///     ✗ NO_INPUT
///     → Sorry
/// Sorry  Say
///     “Please call again.”
/// ```
///
/// Nothing is aligned, omitted or counted from the start of the call, so a change in a
/// step changes only the lines of that step.
pub fn render_blocks(trace: &Trace, symbols: &SymbolTable) -> String {
    let preview = Preview::new(None);
    let teller = Describer { symbols, preview };
    let grouped = Grouped::new(trace);
    let steps = grouped.steps();
    let mut out = String::new();
    for row in rows(&steps, &[], &teller) {
        write_block(&row, &mut out);
    }
    if !trace.steps.is_empty() {
        out.push('\n');
    }
    let actions = count(trace.actions as usize, "action");
    let status = trace.status.name();
    line(&mut out, 0, &format!("{status} after {} ms, {actions}", trace.elapsed_ms));
    if let Some(failure) = &trace.failure {
        let reason = summary::reason(trace, failure, &teller);
        line(&mut out, 0, &format!("reason: {reason}"));
    }
    if let Some(routing) = trace.routing() {
        line(&mut out, 0, &format!("routed to: {}", teller.routing(routing)));
    }
    if let Some(transfer) = trace.transfer() {
        line(&mut out, 0, &format!("transferred to: {}", teller.transfer(transfer)));
    }
    for (index, (name, value)) in summary::variables(trace, symbols).enumerate() {
        if index == 0 {
            line(&mut out, 0, "variables:");
        }
        let text = format!("{} = {}", preview.text(name), preview.value(value));
        line(&mut out, 4, &text);
    }
    out
}

/// Returns the index of the step to which each line of [`render_blocks`] belongs, up to
/// the last step.
pub fn steps_of_blocks(trace: &Trace, symbols: &SymbolTable) -> Vec<u32> {
    let teller = Describer { symbols, preview: Preview::new(None) };
    let grouped = Grouped::new(trace);
    let steps = grouped.steps();
    let (mut lines, mut step) = (Vec::new(), 0);
    for row in rows(&steps, &[], &teller) {
        step = row.step.unwrap_or(step);
        let mut block = String::new();
        write_block(&row, &mut block);
        lines.extend(block.lines().map(|_| step));
    }
    lines
}

fn write_block(row: &Row, out: &mut String) {
    let indent = row.level * 2;
    let mut head = row.label.1.clone();
    if !row.name.is_empty() {
        head += &format!(" ({})", row.name);
    }
    if !row.node_type.is_empty() {
        head += &format!("  {}", row.node_type);
    }
    if row.took_ms > 0 {
        head += &format!("  {} ms", row.took_ms);
    }
    line(out, indent, &head);
    for text in row.pieces.iter().map(Piece::text) {
        line(out, indent + 4, &text);
    }
}

/// Writes a line without trailing blanks.
fn line(out: &mut String, indent: usize, text: &str) {
    let text = text.trim_end();
    if !text.is_empty() {
        out.push_str(&" ".repeat(indent));
        out.push_str(text);
    }
    out.push('\n');
}

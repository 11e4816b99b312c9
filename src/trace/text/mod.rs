//! Traces as a tree for the terminal.

mod blocks;
mod conversation;
mod decision;
mod fold;
mod lines;
mod listen;
mod outline;
mod page;
mod piece;
mod preview;
mod row;
mod story;
mod summary;

pub use blocks::{render_blocks, steps_of_blocks};
pub use conversation::{Turn, TurnKind, conversation, render_transcript};
use fold::folds;
pub use lines::{TraceLine, TraceLines, trace_lines};
use page::Page;
pub use piece::Ink;
pub(crate) use piece::shortened_to_width;
use preview::Preview;
use story::Describer;

use super::event::Trace;
use super::steps::Grouped;
use crate::flow::{FlowId, SymbolTable};

/// Minimum terminal width, in columns; smaller values are raised to it.
const MIN_WIDTH: usize = 40;

/// Layout of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextStyle {
    /// Whether to use colours. Colour never carries information alone.
    pub color: bool,
    /// Terminal width in columns. Longer content is wrapped, and very long content is
    /// truncated. Without a width, every step is one complete line.
    pub width: Option<usize>,
}

/// The part of a call that the text shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextView {
    /// Maximum nesting depth of the shown steps; 0 is the flow in which the call started.
    pub depth: Option<u16>,
    /// The only flow whose steps are shown.
    pub flow: Option<FlowId>,
    /// Whether to show all variables at the end, instead of those that the call changed.
    pub all_variables: bool,
}

/// Renders a call with one line per step: the virtual clock in seconds, the node, its
/// type, and its events. Called flows are indented below the node that called them. The
/// status follows at the end.
///
/// ```text
/// Menu  inbound  starts 2026-01-05T09:00:00Z
///
/// 1   0.000  Ask    Gather  “Press 1 for sales.”  silence for 10 s  ✗ NO_INPUT  → Sorry
/// 2  10.000  Sorry  Say     “Please call again.”
/// 3  10.000  Bye    End     ends the flow
///
/// ✓ completed after 10 s, 3 actions
/// ```
///
/// Lines start with the number of the step. Repeated sequences of steps are shown twice and once more at the end, with a line
/// between them that counts the others. Text of a flow, a caller or a service cannot
/// control the terminal.
pub fn render_text(trace: &Trace, symbols: &SymbolTable, style: TextStyle) -> String {
    render_view(trace, symbols, style, TextView::default())
}

/// Renders a part of a call, like [`render_text`].
pub fn render_view(
    trace: &Trace,
    symbols: &SymbolTable,
    style: TextStyle,
    view: TextView,
) -> String {
    let width = style.width.map(|width| width.max(MIN_WIDTH));
    let mut page = Page::new(style.color, width.unwrap_or(usize::MAX));
    let preview = Preview::new(width);
    summary::write_header(trace, symbols, preview, &mut page);
    let grouped = Grouped::new(trace);
    let steps = grouped.steps();
    let teller = Describer { symbols, preview };
    let mut rows = row::rows(&steps, &folds(&steps), &teller);
    rows.retain(|row| {
        let is_deep = view.depth.is_some_and(|most| row.depth > usize::from(most));
        !is_deep && view.flow.is_none_or(|flow| row.flow == flow)
    });
    let least = rows.iter().map(|row| row.depth).min().unwrap_or(0);
    rows.iter_mut().for_each(|row| row.level -= least);
    page.write_rows(&rows);
    summary::write_summary(trace, symbols, preview, view, &mut page);
    page.text
}

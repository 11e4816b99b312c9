//! Trace output as separate parts, for other layouts.

use super::fold::folds;
use super::piece::Ink;
use super::preview::Preview;
use super::row::{Row, rows};
use super::story::Describer;
use super::summary;
use crate::flow::SymbolTable;
use crate::trace::Trace;
use crate::trace::steps::Grouped;

/// Trace of a call, in the words of [`render_text`](super::render_text).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceLines {
    /// Steps, returns from called flows, and folded steps.
    pub lines: Vec<TraceLine>,
    /// Reason and place of a failure.
    pub reason: Option<String>,
    /// Variables at the end with their values.
    pub variables: Vec<(String, String)>,
}

/// A line of the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceLine {
    /// Index of the step; `None` for a line that represents several steps.
    pub step: Option<u32>,
    /// Nesting depth of flows, from 0; a return is one level deeper than its step.
    pub level: usize,
    /// Start time in milliseconds since the start of the call; `None` for a summary line.
    pub time_ms: Option<i64>,
    /// Duration in milliseconds; 0 for a call to another flow, whose steps show their own
    /// durations.
    pub took_ms: i64,
    /// Id of the node, or a sign.
    pub label: String,
    /// Name of the node, if it differs from the id.
    pub name: String,
    /// Type of the node.
    pub node_type: String,
    /// Description of the events, each with its ink.
    pub pieces: Vec<(Ink, String)>,
}

/// Returns the trace of a call; each text has at most `most` characters.
pub fn trace_lines(trace: &Trace, symbols: &SymbolTable, most: usize) -> TraceLines {
    let preview = Preview::of(most);
    let teller = Describer { symbols, preview };
    let grouped = Grouped::new(trace);
    let steps = grouped.steps();
    let lines = rows(&steps, &folds(&steps), &teller).into_iter().map(line);
    let reason = trace.failure.as_ref();
    let variables = summary::variables(trace, symbols);
    TraceLines {
        lines: lines.collect(),
        reason: reason.map(|failure| summary::reason(trace, failure, &teller)),
        variables: variables
            .map(|(name, value)| (preview.text(name), preview.value(value)))
            .collect(),
    }
}

fn line(row: Row) -> TraceLine {
    TraceLine {
        step: row.step,
        level: row.level,
        time_ms: row.time_ms,
        took_ms: row.took_ms,
        label: row.label.1,
        name: row.name,
        node_type: row.node_type,
        pieces: { row.pieces.into_iter() }
            .map(|piece| (piece.ink, piece.text()))
            .collect(),
    }
}

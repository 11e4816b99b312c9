//! The trace as parts, for those who lay it out themselves.

use super::fold::folds;
use super::piece::Ink;
use super::preview::Preview;
use super::row::{Row, rows};
use super::story::Teller;
use super::summary;
use crate::flow::Legend;
use crate::trace::Trace;
use crate::trace::steps::Grouped;

/// What happened in a call, in the words of [`render_text`](super::render_text).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The steps, the returns from called flows, and what stands for steps that repeat.
    pub lines: Vec<ToldLine>,
    /// Why the call did not complete, and where.
    pub reason: Option<String>,
    /// The variables at the end with their values.
    pub variables: Vec<(String, String)>,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldLine {
    /// The index of the step; of what stands for several steps, none.
    pub step: Option<u32>,
    /// How many flows deep, from 0; a return stands one deeper than its step.
    pub level: usize,
    /// When it began, in milliseconds since the call began; of what sums up, none.
    pub time_ms: Option<i64>,
    /// How long it took, in milliseconds; of a call to another flow, its steps say it.
    pub took_ms: i64,
    /// The id of the node, or a sign.
    pub label: String,
    /// The name of the node, if it is not the id.
    pub name: String,
    /// The type of the node.
    pub node_type: String,
    /// What happened, each with what it is about.
    pub pieces: Vec<(Ink, String)>,
}

/// What happened in a call, of each text at most so many characters.
pub fn tell(trace: &Trace, legend: &Legend, most: usize) -> Told {
    let preview = Preview::of(most);
    let teller = Teller { legend, preview };
    let grouped = Grouped::new(trace);
    let steps: Vec<_> = grouped.steps().collect();
    let lines = rows(&steps, &folds(&steps), &teller).into_iter().map(line);
    let reason = trace.failure.as_ref();
    let variables = summary::variables(trace, legend);
    Told {
        lines: lines.collect(),
        reason: reason.map(|failure| summary::reason(trace, failure, &teller)),
        variables: variables
            .map(|(name, value)| (preview.text(name), preview.value(value)))
            .collect(),
    }
}

fn line(row: Row) -> ToldLine {
    ToldLine {
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

//! Differences between two versions of flows: for the terminal, and for reviews.

mod markdown;
mod text;

pub use markdown::render_markdown;
pub use text::render_text;

use crate::analysis::diff::{Diff, FlowDiff, Ignored};

/// Summarises the numbers of changed, added and removed flows.
fn summary(diff: &Diff) -> String {
    let changed = diff.flows.iter().filter(|flow| !flow.is_empty()).count();
    let counts = [
        (changed, "changed"),
        (diff.added_flows.len(), "added"),
        (diff.removed_flows.len(), "removed"),
    ];
    let parts = counts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, what)| {
            let flows = if count == 1 { "flow" } else { "flows" };
            format!("{count} {flows} {what}")
        })
        .collect();
    if parts.is_empty() { "no differences".into() } else { parts.join(", ") }
}

/// Lists the ignored properties: `version, id (3)`.
fn ignored_words(flow: &FlowDiff) -> String {
    let word = |it: &Ignored| match it.count {
        1 => it.property.clone(),
        count => format!("{} ({count})", it.property),
    };
    flow.ignored.iter().map(word).collect::<Vec<_>>().join(", ")
}

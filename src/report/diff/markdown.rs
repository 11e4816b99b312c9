//! Markdown output of differences, for example for the description of a pull request.

use std::fmt::Write;

use super::{ignored_words, summary};
use crate::analysis::diff::{Change, Diff, Entry, FlowDiff, Sign};
use crate::diagnostic::visible;

/// Renders a heading for each flow, and a list of the changes of its nodes.
pub fn render_markdown(diff: &Diff) -> String {
    let mut out = format!("**{}**\n", summary(diff));
    for flow in diff.flows.iter().filter(|flow| !flow.is_empty()) {
        of_flow(flow, &mut out);
    }
    for (word, flows) in [("Added", &diff.added_flows), ("Removed", &diff.removed_flows)]
    {
        for flow in flows {
            let name = code(&flow.name);
            let _ = write!(out, "\n### {word}: {name} ({})\n", code(&flow.flow_type));
        }
    }
    out
}

fn of_flow(flow: &FlowDiff, out: &mut String) {
    let name = code(&flow.flow.name);
    let _ = write!(out, "\n### {name} ({})\n\n", code(&flow.flow.flow_type));
    if let Some(old) = &flow.old_name {
        let _ = writeln!(out, "- renamed from {}", code(old));
    }
    for entry in flow.entries() {
        of_entry(&entry, out);
    }
    if !flow.ignored.is_empty() {
        let _ = write!(out, "\nIgnored: {}\n", code(&ignored_words(flow)));
    }
}

fn of_entry(entry: &Entry<'_>, out: &mut String) {
    let margin = match entry.node {
        Some(node) => {
            let word = match entry.sign {
                Sign::Added => "**added** ",
                Sign::Removed => "**removed** ",
                Sign::Changed => "",
            };
            let _ = write!(out, "- {word}{} ({})", code(node), code(entry.node_type));
            if let Some(place) = entry.place {
                let _ = write!(out, " in {}", code(place));
            }
            out.push('\n');
            "  "
        }
        None => "",
    };
    if let Some(old) = entry.old_name {
        let _ = writeln!(out, "{margin}- renamed from {}", code(old));
    }
    if let Some((old, new)) = entry.moved {
        let _ = writeln!(out, "{margin}- moved: {} → {}", code(old), code(new));
    }
    for (about, change) in &entry.changes {
        let _ = writeln!(out, "{margin}- {about} {}", of_change(change));
    }
}

fn of_change(change: &Change) -> String {
    let property = code(&change.property);
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("{property}: {} → {}", code(old), code(new)),
        (Some(old), None) => format!("{property} removed: {}", code(old)),
        (None, Some(new)) => format!("{property} added: {}", code(new)),
        (None, None) => property,
    }
}

/// Formats a string as a Markdown code span and escapes its backticks.
fn code(text: &str) -> String {
    let text = visible::one_line(text);
    let longest = text.split(|it| it != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let is_at_edge = text.starts_with('`') || text.ends_with('`');
    match text.is_empty() {
        true => "` `".into(),
        false if is_at_edge => format!("{fence} {text} {fence}"),
        false => format!("{fence}{text}{fence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_closes_its_span() {
        let spans = ["a", "", "`a", "a``b"].map(code);
        assert_eq!(spans, ["`a`", "` `", "`` `a ``", "```a``b```"]);
    }
}

//! Terminal output of differences.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::{ignored_words, summary};
use crate::analysis::diff::{Change, Diff, Entry, FlowDiff, FlowName, Sign};
use crate::diagnostic::visible;

/// Maximum width of a change on a single line.
const MAX_WIDTH: usize = 88;

/// Renders the changed flows and nodes with their old and new values. Colours only repeat
/// what the signs say.
pub fn render_text(diff: &Diff, color: bool) -> String {
    let mut writer = Writer { out: String::new(), color };
    for flow in &diff.flows {
        writer.flow(flow);
    }
    let come = diff.added_flows.iter().map(|flow| (Sign::Added, flow));
    let gone = diff.removed_flows.iter().map(|flow| (Sign::Removed, flow));
    for (sign, flow) in come.chain(gone) {
        writer.flow_name(sign, flow);
        writer.out.push('\n');
    }
    let _ = writeln!(writer.out, "{}", summary(diff));
    writer.out
}

struct Writer {
    out: String,
    color: bool,
}

impl Writer {
    fn ink(&mut self, style: Style, text: &str) {
        let text = visible::one_line(text);
        let _ = match self.color {
            true => write!(self.out, "{style}{text}{style:#}"),
            false => write!(self.out, "{text}"),
        };
    }

    fn sign(&mut self, sign: Sign) {
        let (mark, style) = match sign {
            Sign::Added => ("+", color(AnsiColor::Green)),
            Sign::Removed => ("-", color(AnsiColor::Red)),
            Sign::Changed => ("~", color(AnsiColor::Yellow)),
        };
        self.ink(style, mark);
        self.out.push(' ');
    }

    fn flow_name(&mut self, sign: Sign, flow: &FlowName) {
        self.sign(sign);
        self.ink(Style::new().bold(), &flow.name);
        self.out.push_str("  ");
        self.ink(Style::new().dimmed(), &flow.flow_type);
        self.out.push('\n');
    }

    fn flow(&mut self, flow: &FlowDiff) {
        if flow.is_empty() {
            self.out.push_str("= ");
            self.ink(Style::new().bold(), &flow.flow.name);
            self.out.push('\n');
        } else {
            self.flow_name(Sign::Changed, &flow.flow);
        }
        if let Some(old) = &flow.old_name {
            self.note("    renamed from ", old);
        }
        for entry in flow.entries() {
            self.entry(&entry);
        }
        if !flow.ignored.is_empty() {
            self.note("  ignored: ", &ignored_words(flow));
        }
        self.out.push('\n');
    }

    fn note(&mut self, before: &str, text: &str) {
        self.ink(Style::new().dimmed(), &format!("{before}{text}"));
        self.out.push('\n');
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        let indent = match entry.node {
            Some(node) => {
                self.out.push_str("  ");
                self.sign(entry.sign);
                self.ink(Style::new().bold(), node);
                self.out.push_str("  ");
                self.ink(Style::new().dimmed(), entry.node_type);
                if let Some(place) = entry.place {
                    self.ink(Style::new().dimmed(), &format!("  in {place}"));
                }
                self.out.push('\n');
                6
            }
            None => 4,
        };
        let margin = " ".repeat(indent);
        if let Some(old) = entry.old_name {
            let _ = write!(self.out, "{margin}renamed from ");
            self.ink(color(AnsiColor::Red), old);
            self.out.push('\n');
        }
        if let Some((old, new)) = entry.moved {
            let _ = write!(self.out, "{margin}moved");
            self.both(&margin, "moved", old, new);
        }
        for (about, change) in &entry.changes {
            let property = match *about {
                "rewired" => format!("{} leads to", change.property),
                _ => change.property.clone(),
            };
            let property = visible::one_line(&property);
            let _ = write!(self.out, "{margin}{property}");
            self.change(&margin, &property, change);
        }
    }

    fn change(&mut self, margin: &str, property: &str, change: &Change) {
        match (&change.old, &change.new) {
            (Some(old), Some(new)) => self.both(margin, property, old, new),
            (Some(old), None) => self.only("- ", AnsiColor::Red, old),
            (None, Some(new)) => self.only("+ ", AnsiColor::Green, new),
            (None, None) => self.out.push('\n'),
        }
    }

    fn only(&mut self, sign: &str, ink: AnsiColor, text: &str) {
        self.out.push_str("  ");
        self.ink(color(ink), &format!("{sign}{}", shown(text)));
        self.out.push('\n');
    }

    /// Writes the old and new value: on one line if they fit, otherwise each on a
    /// separate line.
    fn both(&mut self, margin: &str, property: &str, old: &str, new: &str) {
        let (red, green) = (color(AnsiColor::Red), color(AnsiColor::Green));
        let width = margin.len() + property.width() + old.width() + new.width() + 5;
        if width <= MAX_WIDTH {
            self.out.push_str("  ");
            self.ink(red, shown(old));
            self.out.push_str(" → ");
            self.ink(green, shown(new));
        } else {
            for (style, sign, text) in [(red, "- ", old), (green, "+ ", new)] {
                let _ = write!(self.out, "\n{margin}  ");
                self.ink(style, &format!("{sign}{}", shown(text)));
            }
        }
        self.out.push('\n');
    }
}

fn color(color: AnsiColor) -> Style {
    Style::new().fg_color(Some(color.into()))
}

/// Makes an empty value visible.
fn shown(text: &str) -> &str {
    if text.is_empty() { "\"\"" } else { text }
}

//! Header and summary of the tree.

use super::TextView;
use super::page::Page;
use super::piece::{Ink, Piece, width_of};
use super::preview::{Preview, count, seconds};
use super::story::Describer;
use crate::flow::{SymbolTable, VariableId};
use crate::trace::{EventKind, Failure, Status, Trace};
use crate::value::{Text, Value};

/// Width of the key column.
const KEYS: usize = 13;

/// Maximum width of the variable name column.
const MAX_NAME: usize = 32;

/// Writes the called flow and the start time.
pub(super) fn write_header(
    trace: &Trace,
    symbols: &SymbolTable,
    preview: Preview,
    page: &mut Page,
) {
    let flow = symbols.flow(trace.flow);
    let mut pieces = vec![Piece::new(Ink::Name, preview.text(&flow.name))];
    if !flow.flow_type.is_empty() {
        pieces.push(Piece::new(Ink::Plain, preview.text(&flow.flow_type)));
    }
    if let Some(version) = &flow.version {
        let version = format!("version {}", preview.text(version));
        pieces.push(Piece::new(Ink::Plain, version));
    }
    pieces.push(Piece::new(Ink::Faint, format!("starts {}", trace.start)));
    page.write_entry("", 0, &pieces);
    page.end_line();
}

/// Writes the status, the reason, the routing and the variables.
pub(super) fn write_summary(
    trace: &Trace,
    symbols: &SymbolTable,
    preview: Preview,
    view: TextView,
    page: &mut Page,
) {
    if !trace.steps.is_empty() {
        page.end_line();
    }
    let (ink, sign) = match trace.status {
        Status::Completed => (Ink::Success, "✓"),
        Status::Error | Status::Timeout => (Ink::Error, "✗"),
    };
    page.put(ink, &format!("{sign} {}", trace.status.name()));
    let actions = count(trace.actions as usize, "action");
    page.put(Ink::Plain, &format!(" after {}, {actions}", seconds(trace.elapsed_ms)));
    page.end_line();
    let teller = Describer { symbols, preview };
    if let Some(failure) = &trace.failure {
        let piece = Piece::new(Ink::Error, reason(trace, failure, &teller));
        page.write_entry("  reason", KEYS, &[piece]);
    }
    if let Some(routing) = trace.routing() {
        let piece = Piece::new(Ink::Path, teller.routing(routing));
        page.write_entry("  routed to", KEYS, &[piece]);
    }
    if let Some(connection) = trace.connection() {
        let piece = Piece::new(Ink::Path, teller.connection(connection));
        page.write_entry("  answered", KEYS, &[piece]);
    }
    if let Some(transfer) = trace.transfer() {
        let piece = Piece::new(Ink::Path, teller.transfer(transfer));
        page.write_entry("  transfer", KEYS, &[piece]);
    }
    write_variables(trace, symbols, preview, view, page);
}

/// Formats the reason and the place of a failure.
pub(super) fn reason(trace: &Trace, failure: &Failure, teller: &Describer<'_>) -> String {
    let mut text = failure.code.name().to_owned();
    if let Some(node) = trace.failed_at {
        let flow = teller.symbols.node(node).flow;
        text += &format!(" at {}", teller.node(node));
        if flow != trace.flow {
            text += &format!(" in {}", teller.flow(flow));
        }
    }
    text + &format!(": {}", teller.preview.text(&failure.message))
}

/// Returns the variables at the end; those that no flow mentions come last.
pub(super) fn variables<'t>(
    trace: &'t Trace,
    symbols: &'t SymbolTable,
) -> impl Iterator<Item = (&'t Text, &'t Value)> {
    let known = trace.variables.iter().map(|(id, value)| (symbols.variable(*id), value));
    known.chain(trace.other_variables.iter().map(|(name, value)| (name, value)))
}

/// Returns whether the call changed a variable. The first step of an Architect flow sets
/// the initial values.
fn was_changed(
    trace: &Trace,
    symbols: &SymbolTable,
    id: VariableId,
    value: &Value,
) -> bool {
    let begins = trace.steps.first().is_some_and(|first| {
        let label = symbols.node(first.node);
        label.node_type == symbols.flow(label.flow).flow_type
    });
    let assigned = trace.events.iter().filter_map(|event| match &event.kind {
        EventKind::Assigned(variable, value) if *variable == id => {
            Some((event.step, value))
        }
        _ => None,
    });
    let (mut initial, mut is_set) = (None, false);
    for (step, value) in assigned {
        match step {
            0 if begins => initial = Some(value),
            _ => is_set = true,
        }
    }
    is_set && initial != Some(value)
}

fn write_variables(
    trace: &Trace,
    symbols: &SymbolTable,
    preview: Preview,
    view: TextView,
    page: &mut Page,
) {
    let known = trace.variables.iter();
    let changed = known.filter(|(id, value)| was_changed(trace, symbols, *id, value));
    let changed = changed.map(|(id, value)| (symbols.variable(*id), value));
    let variables: Vec<(&Text, &Value)> = match view.all_variables {
        true => variables(trace, symbols).collect(),
        false => changed.collect(),
    };
    let shown: Vec<(String, String)> = { variables.into_iter() }
        .map(|(name, value)| (preview.text(name), preview.value(value)))
        .collect();
    let widths = shown.iter().map(|(name, _)| width_of(name));
    let widest = widths.filter(|width| *width <= MAX_NAME).max().unwrap_or(0);
    for (index, (name, value)) in shown.iter().enumerate() {
        let key = if index == 0 { "  variables" } else { "" };
        let padding = " ".repeat(widest.saturating_sub(width_of(name)));
        let text = format!("{name}{padding} = {value}");
        page.write_entry(key, KEYS, &[Piece::new(Ink::Plain, text)]);
    }
}

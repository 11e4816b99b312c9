//! Properties with their verdicts.

use std::fmt::Write;

use serde::Serialize;

use super::json::JsonCall;
use super::{Additions, cell, flags, inputs};
use crate::diagnostic::visible::one_line;
use crate::explore::{Checked, PropertyVerdict};
use crate::flow::SymbolTable;
use crate::report::words::plural;
use crate::value::Text;

/// Renders the verdicts as text: what is refuted comes first.
pub(super) fn text(additions: &Additions<'_>, symbols: &SymbolTable) -> String {
    let mut out = String::new();
    let checked = additions.properties.as_deref().unwrap_or_default();
    for word in ["refuted", "undecided", "proved"] {
        for it in checked.iter().filter(|it| it.verdict.name() == word) {
            let (name, flow) =
                (one_line(&it.property.name), symbols.flow_reference(it.flow));
            let why = one_line(&explanation(it));
            let _ = writeln!(out, "property {word}: {name} ({})", one_line(&flow));
            let _ = writeln!(out, "  {why}");
        }
    }
    if let Some(checked) = &additions.properties {
        let count = |name| checked.iter().filter(|it| it.verdict.name() == name).count();
        let what = if checked.len() == 1 { "property" } else { "properties" };
        let _ = writeln!(
            out,
            "{} {what}: {} proved, {} refuted, {} undecided\n",
            checked.len(),
            count("proved"),
            count("refuted"),
            count("undecided")
        );
    }
    out
}

/// Renders the verdicts as a table, if there are any.
pub(super) fn markdown(additions: &Additions<'_>, symbols: &SymbolTable) -> String {
    let mut out = String::new();
    let checked = additions.properties.as_deref().unwrap_or_default();
    if !checked.is_empty() {
        out.push_str(
            "\n### Properties\n\n| property | flow | verdict | call or reason |\n\
             |---|---|---|---|\n",
        );
    }
    for it in checked {
        let (name, flow) = (&it.property.name, &symbols.flow_reference(it.flow));
        let verdict = it.verdict.name();
        let why = cell(&explanation(it));
        let _ = writeln!(out, "| {} | {} | {verdict} | {why} |", cell(name), cell(flow));
    }
    out
}

fn explanation(checked: &Checked) -> String {
    match &checked.verdict {
        PropertyVerdict::Refuted(at, witness) => {
            format!("a call that breaks it: {}", flags(witness, *at))
        }
        PropertyVerdict::Proved(0) => {
            "all calls keep it before the first question".into()
        }
        PropertyVerdict::Proved(states) => {
            format!("every answer that matters was tried in {}", plural(*states, "state"))
        }
        PropertyVerdict::Undecided(reason) => reason.to_string(),
    }
}

/// A property with its verdict.
#[derive(Serialize)]
pub(super) struct JsonProperty<'e> {
    name: &'e str,
    flow: Text,
    verdict: &'static str,
    reason: Option<String>,
    input: Option<Vec<String>>,
    call: Option<JsonCall<'e>>,
}

impl<'e> JsonProperty<'e> {
    pub(super) fn of(
        checked: &'e Checked,
        additions: &Additions<'e>,
        symbols: &'e SymbolTable,
    ) -> Self {
        let found = match &checked.verdict {
            PropertyVerdict::Refuted(at, witness) => Some((*at, witness)),
            _ => None,
        };
        let call = found.map(|(at, witness)| {
            JsonCall::of((checked.flow, at), witness, additions, symbols)
        });
        Self {
            name: &checked.property.name,
            flow: symbols.flow_reference(checked.flow),
            verdict: checked.verdict.name(),
            reason: match &checked.verdict {
                PropertyVerdict::Undecided(reason) => Some(reason.to_string()),
                _ => None,
            },
            input: found.map(|(_, witness)| inputs(witness)),
            call,
        }
    }
}

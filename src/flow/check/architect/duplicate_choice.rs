//! `DUPLICATE_CHOICE`: two choices of a menu with the same key.

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{ArchitectFlow, Choice};
use crate::flow::check::report::Report;

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    for unit in &flow.units {
        // There are few keys, so this list is short for a menu of any length.
        let mut taken: Vec<(char, &Choice)> = Vec::new();
        for choice in &unit.choices {
            let Some(digit) = &choice.digit else { continue };
            let first = taken.iter().find(|(known, _)| *known == digit.value);
            let Some((_, first)) = first else {
                taken.push((digit.value, choice));
                continue;
            };
            let (name, span) = (choice.action.title(), digit.span);
            report.at(Code::DUPLICATE_CHOICE, name, span, |diagnostic| {
                let message = format!(
                    "`{name}` and `{}` have the same key, {}",
                    first.action.title(),
                    digit.value
                );
                let diagnostic = Diagnostic { message, ..diagnostic }.naming_node();
                match &first.digit {
                    Some(digit) => diagnostic.label(digit.span, "the same key"),
                    None => diagnostic,
                }
                .help("give one of them another key")
            });
        }
    }
}

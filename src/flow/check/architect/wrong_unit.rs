//! `INVALID_PROPERTY`: a reference to a unit of another kind, such as a jump to a menu that
//! names a task.

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{Action, ArchitectFlow, Setting, Unit, UnitKind};
use crate::flow::check::report::Report;

/// Settings with a reference, and the kind of unit that each names. *Source: the
/// references of Archy's own schema.*
const REFERENCES: [(&str, UnitKind, &str); 3] = [
    ("targetMenuRef", UnitKind::Menu, "jumpToMenu"),
    ("targetStateRef", UnitKind::State, "changeState"),
    ("targetTaskRef", UnitKind::Task, "jumpToTask"),
];

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    flow.each_action(&mut |_, action| {
        for (setting, wanted, _) in REFERENCES {
            let Some((unit, span)) = target(flow, action, setting) else { continue };
            // The states of a flow may be loop tasks.
            let is_loop = (wanted, unit.kind) == (UnitKind::State, UnitKind::Task);
            if unit.kind == wanted || is_loop {
                continue;
            }
            report.at(Code::INVALID_PROPERTY, action.title(), span, |diagnostic| {
                let (found, needed) = (word(unit.kind), word(wanted));
                let name = &unit.name;
                let message =
                    format!("`{setting}` names the {found} `{name}`, not a {needed}");
                let other = REFERENCES.iter().find(|(_, kind, _)| *kind == unit.kind);
                let help = match other {
                    Some((_, _, kind)) => {
                        format!("name a {needed}, or use `{kind}` to go to the {found}")
                    }
                    None => format!("name a {needed}"),
                };
                Diagnostic { message, ..diagnostic }.help(help)
            });
        }
    });
}

fn target<'f>(
    flow: &'f ArchitectFlow,
    action: &Action,
    setting: &str,
) -> Option<(&'f Unit, crate::source::Span)> {
    let Setting::Unit(reference) = &action.settings.get(setting)?.value else {
        return None;
    };
    let key = reference.unit.as_ref()?;
    let unit = flow.units.iter().find(|unit| unit.key == *key)?;
    Some((unit, reference.span))
}

fn word(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::Task => "task",
        UnitKind::Menu => "menu",
        UnitKind::State => "state",
        UnitKind::Bot => "start of a bot",
    }
}

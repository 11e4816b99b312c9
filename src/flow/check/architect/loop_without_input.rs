//! `LOOP_WITHOUT_INPUT`: tasks and states that jump to each other in a circle, without a
//! condition and without waiting for the caller.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{Action, ArchitectFlow, Setting, Unit, UnitKind};
use crate::flow::check::report::{Report, names};
use crate::flow::kinds::{LocalKind, LookupKind, Operation, SideEffect};
use crate::source::nested;

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    let indexes: IndexMap<&str, usize, FxBuildHasher> = flow
        .units
        .iter()
        .enumerate()
        .rev()
        .map(|(index, unit)| (unit.key.as_str(), index))
        .collect();
    let next: Vec<Option<(usize, &Action)>> = flow
        .units
        .iter()
        .map(|unit| {
            let (action, key) = certain_jump(unit)?;
            Some((*indexes.get(key)?, action))
        })
        .collect();
    // The unit from which each unit was reached first; units of earlier walks are done.
    let mut walks = vec![usize::MAX; flow.units.len()];
    for start in 0..flow.units.len() {
        let mut unit = start;
        while walks[unit] == usize::MAX {
            walks[unit] = start;
            let Some((target, _)) = next[unit] else { break };
            if walks[target] == start {
                circle(flow, &next, target, report);
            }
            unit = target;
        }
    }
}

/// Reports the circle that contains a unit.
fn circle(
    flow: &ArchitectFlow,
    next: &[Option<(usize, &Action)>],
    first: usize,
    report: &mut Report<'_>,
) {
    let Some((mut unit, action)) = next[first] else { return };
    let mut titles = vec![flow.units[first].name.as_str()];
    while unit != first {
        titles.push(&flow.units[unit].name);
        let Some((target, _)) = next[unit] else { return };
        unit = target;
    }
    report.at(Code::LOOP_WITHOUT_INPUT, action.title(), action.kind.span, |diagnostic| {
        let listed = names(titles.iter().copied());
        let message = match titles.len() {
            1 => format!("{listed} leads to itself without waiting for the caller"),
            _ => format!("{listed} form a loop that never waits for the caller"),
        };
        Diagnostic { message, ..diagnostic }.help(
            "wait for the caller in the loop, for example with a menu or Collect Input, \
                 or leave it with a decision",
        )
    });
}

/// Returns the jump or call that every path through a unit reaches without waiting, and
/// the key of its target.
fn certain_jump(unit: &Unit) -> Option<(&Action, &str)> {
    if !matches!(unit.kind, UnitKind::Task | UnitKind::State) {
        return None;
    }
    let action = unit.actions.iter().find(|action| !passes(action))?;
    let setting = match action.operation()? {
        Operation::Jump(setting) => setting,
        Operation::CallTask => "targetTaskRef",
        _ => return None,
    };
    match &action.settings.get(setting)?.value {
        Setting::Unit(reference) => Some((action, reference.unit.as_deref()?)),
        _ => None,
    }
}

/// Whether a call always continues after an action, without waiting for anything.
fn passes(action: &Action) -> bool {
    let is_quick = matches!(
        action.operation(),
        Some(
            Operation::PlayAudio
                | Operation::Decision
                | Operation::Switch
                | Operation::UpdateData
                | Operation::SetParticipantData
                | Operation::GetParticipantData
                | Operation::SetWhisperAudio
                | Operation::Local(LocalKind::Encrypt | LocalKind::Decrypt)
                | Operation::Lookup(LookupKind::Object(..) | LookupKind::DataTable)
        )
    );
    let is_noted = matches!(
        action.operation(),
        Some(Operation::Record(effect)) if effect != SideEffect::EndFlow
    );
    let mut outputs = action.outputs.iter();
    (is_quick || is_noted) && outputs.all(|it| nested(|| it.actions.iter().all(passes)))
}

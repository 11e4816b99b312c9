//! `UNREACHABLE_NODE`: a task, menu or state that nothing starts, jumps to or calls.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{ArchitectFlow, Setting, Unit, UnitKind};
use crate::flow::check::adjacency::Adjacency;
use crate::flow::check::report::Report;
use crate::flow::place::{self, Place};
use crate::value::Json;

/// The units of a flow, by the references in which values refer to them.
struct Known<'f> {
    keys: IndexMap<&'f str, usize, FxBuildHasher>,
    names: IndexMap<&'f str, usize, FxBuildHasher>,
}

impl<'f> Known<'f> {
    fn of(flow: &'f ArchitectFlow) -> Self {
        let by = |name: fn(&'f Unit) -> &'f str| {
            let units = flow.units.iter().enumerate();
            units.map(|(index, unit)| (name(unit), index)).collect()
        };
        Self { keys: by(|unit| &unit.key), names: by(|unit| &unit.name) }
    }
}

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    let known = Known::of(flow);
    let start = flow.start.as_ref().and_then(|start| start.unit.as_deref());
    let Some(start) = start.and_then(|key| known.keys.get(key)) else { return };
    let mut roots = vec![*start];
    place::of_flow(flow, &mut |place| roots.extend(target(place, &known)));
    let units = flow.units.iter().enumerate();
    roots.extend(
        units.filter(|(_, unit)| starts_by_itself(flow, unit)).map(|(index, _)| index),
    );
    let reached = references(flow, &known).reachable(roots);
    for (unit, _) in flow.units.iter().zip(reached).filter(|(_, reached)| !reached) {
        report.at(Code::UNREACHABLE_NODE, &unit.name, unit.span, |diagnostic| {
            let kind = match unit.kind {
                UnitKind::Task => "task",
                UnitKind::Menu => "menu",
                UnitKind::State => "state",
                UnitKind::Bot => "bot",
            };
            let message =
                format!("nothing starts, jumps to or calls the {kind} `{}`", unit.name);
            Diagnostic { message, ..diagnostic }
                .naming_node()
                .help("jump to it, call it, or delete it")
        });
    }
}

/// Returns the references between units.
fn references(flow: &ArchitectFlow, known: &Known<'_>) -> Adjacency {
    Adjacency::new(flow.units.len(), |index| {
        let mut targets = Vec::new();
        if let Some(unit) = flow.units.get(index) {
            place::of_unit(unit, &mut |place| targets.extend(target(place, known)));
        }
        targets
    })
}

/// Whether Architect starts the unit itself, in addition to the start unit: a state of an
/// in-queue flow, or the start of a bot.
fn starts_by_itself(flow: &ArchitectFlow, unit: &Unit) -> bool {
    match unit.kind {
        UnitKind::Bot => true,
        UnitKind::State => flow.flow_type.starts_with("inqueue"),
        UnitKind::Task | UnitKind::Menu => false,
    }
}

/// Returns the unit that a value refers to. A plain string that is the key of a unit
/// counts too, because an unknown action may refer to it. The intents of a bot name their
/// tasks.
fn target(place: &Place<'_, '_>, known: &Known<'_>) -> Option<usize> {
    let key = match &place.setting.value {
        Setting::Unit(reference) => reference.unit.as_deref()?,
        Setting::Literal(Json::String(name))
            if place.path.ends_with(&["task", "name"]) =>
        {
            return known.names.get(name.as_str()).copied();
        }
        Setting::Literal(Json::String(text)) => text.as_str(),
        _ => return None,
    };
    known.keys.get(key).copied()
}

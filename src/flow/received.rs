//! Results of lookups that a flow stores in variables, and participant attributes that it
//! reads.

use super::architect::{Action, ArchitectFlow, Setting};
use super::place::{self, Place};
use crate::source::Span;
use crate::value::{Json, Text, Type};

/// A result of a data action or data table that a flow stores in a variable.
#[derive(Debug, Clone, Copy)]
pub struct Received<'f> {
    /// The action.
    pub action: &'f Action,
    /// The name of the result: `customer.name`, or a column.
    pub name: &'f str,
    /// The type of the variable.
    pub value_type: Type,
}

/// Calls `visit` on all results of data actions and data tables, in the order of the
/// document.
pub fn received<'f>(flow: &'f ArchitectFlow, visit: &mut dyn FnMut(Received<'f>)) {
    place::each(flow, &mut |place| {
        let (Some(action), Setting::Variable(variable)) =
            (place.action(), &place.setting.value)
        else {
            return;
        };
        if let [.., "successOutputs" | "foundOutputs", name] = place.path {
            let value_type = type_of(variable, flow, place);
            visit(Received { action, name, value_type });
        }
    });
}

fn type_of(name: &str, flow: &ArchitectFlow, place: &Place<'_, '_>) -> Type {
    let own = place.unit.map_or(&[][..], |unit| &unit.variables);
    let mut all = own.iter().chain(&flow.variables);
    let found = all.find(|it| it.name.value.eq_ignore_ascii_case(name));
    found.map_or(Type::ANY, |variable| variable.value_type)
}

/// Returns the participant attributes that a flow reads and does not write, each once.
pub fn attributes_read(flow: &ArchitectFlow) -> Vec<(Text, Span)> {
    let (mut read, mut written) = (Vec::new(), Vec::new());
    place::each(flow, &mut |place| {
        let Some(action) = place.action() else { return };
        let Setting::Literal(Json::String(name)) = &place.setting.value else { return };
        if !matches!(place.path, [.., "attribute", "name"]) {
            return;
        }
        match action.kind.value.as_str() {
            "getParticipantData" => read.push((name.clone(), place.setting.span)),
            "setParticipantData" => written.push(name.clone()),
            _ => {}
        }
    });
    let mut found: Vec<(Text, Span)> = Vec::new();
    for (name, span) in read {
        let is_known = found.iter().any(|(known, _)| *known == name);
        if !is_known && !written.contains(&name) {
            found.push((name, span));
        }
    }
    found
}

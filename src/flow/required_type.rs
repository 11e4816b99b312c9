//! The required type of a value, where it is certain. *Source: Archy's schema and exports
//! of real flows, which name the type of each expression.*

use super::architect::{Action, Setting, type_named};
use super::place::{Owner, Place};
use crate::value::{Json, Kind, Type};

/// Returns the type that a value must have, if it is known.
pub(super) fn required_type(place: &Place<'_, '_>) -> Option<Type> {
    match place.owner {
        Owner::Variable(variable) => Some(variable.value_type),
        Owner::Case(action) => of_case(action),
        Owner::Action(action) => of_action(&action.kind.value, place.path),
        Owner::Unit => one(match place.path {
            ["audio"] => Kind::Audio,
            _ => return None,
        }),
        Owner::Flow => one(match place.path {
            ["initialGreeting"] | [.., "preHandlingAudio"] => Kind::Audio,
            _ => return None,
        }),
    }
}

fn one(kind: Kind) -> Option<Type> {
    Some(Type::one(kind))
}

fn of_action(kind: &str, path: &[&str]) -> Option<Type> {
    one(match (kind, path) {
        ("decision", ["condition"]) => Kind::Boolean,
        ("playAudio", ["audio"])
        | ("collectInput", ["inputAudio" | "noEntryAudio"])
        | (_, ["preTransferAudio" | "failureTransferAudio"]) => Kind::Audio,
        ("wait", ["duration"])
        | ("collectInput", ["noEntryTimeout" | "interDigitTimeout"])
        | ("callData", ["timeout"]) => Kind::Duration,
        ("transferToAcd" | "menuTransferToAcd", ["targetQueue"]) => Kind::Queue,
        ("transferToAcd" | "menuTransferToAcd", ["priority"])
        | ("loop", ["loopCount"]) => Kind::Integer,
        ("setParticipantData", ["attributes", "attribute", "name" | "value"])
        | ("getParticipantData", ["attributes", "attribute", "name"])
        | ("dataTableLookup", ["lookupValue"])
        | ("findQueue", ["findName"])
        | ("findQueueById", ["findId"]) => Kind::String,
        ("evaluateScheduleGroup", ["scheduleGroup"]) => Kind::ScheduleGroup,
        ("evaluateScheduleGroup", ["emergencyGroup"]) => Kind::EmergencyGroup,
        ("updateData", ["statements", statement, "value"])
        | ("callTask", ["taskInputs", statement, "value"]) => {
            return type_named(statement);
        }
        _ => return None,
    })
}

/// Returns the type of a case of a switch. A case is a condition, or is compared with the
/// switch's value, whose type is a setting of the switch.
fn of_case(action: &Action) -> Option<Type> {
    match literal(action, "style")? {
        "firstTrue" => one(Kind::Boolean),
        _ => type_named(literal(action, "type")?),
    }
}

fn literal<'a>(action: &'a Action, name: &str) -> Option<&'a str> {
    match &action.settings.get(name)?.value {
        Setting::Literal(Json::String(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_something_only_where_it_belongs() {
        let needed = |kind, path: &[&str]| of_action(kind, path);
        assert_eq!(needed("playAudio", &["audio"]), one(Kind::Audio));
        assert_eq!(needed("callData", &["inputs", "audio"]), None);
        let statement = ["statements", "integer", "value"];
        assert_eq!(needed("updateData", &statement), one(Kind::Integer));
    }
}

//! Steps that differ because the local fixtures lack something that the organisation has.

use super::cause::CauseContext;
use super::origin::Origin;
use super::report::{CauseKind, DifferenceKind};
use super::words::{capitalised, place};
use crate::diagnostic::Code;
use crate::flow::kinds::{LookupKind, Operation, of_event, operation_of};
use crate::trace::observation::ObservedStep;
use crate::value::Text;

impl CauseContext<'_> {
    /// Returns the origin of a step that found less locally, although its inputs are
    /// equal on both sides.
    pub(super) fn absent(&self, row: usize) -> Option<Origin> {
        let (recorded, local) = self.steps_at(row)?;
        let is_answer = matches!(
            local.lacking,
            Some(Code::DATA_ACTION_NOT_MOCKED | Code::WEBHOOK_NOT_MOCKED)
        );
        // The id of an absent object is an input that is missing locally.
        let has_other_input = self.found.iter().any(|found| {
            found.row == Some(row)
                && found.difference.kind == DifferenceKind::Input
                && found.difference.local.is_some()
        });
        if has_other_input && !is_answer {
            return None;
        }
        let place = capitalised(&place(self, row));
        let text = match local.lacking {
            Some(code) => sentence(code, &place, local),
            None => format!(
                "{place} found {} in the recording, which is absent locally: add it to \
                 the fixtures.",
                lost(recorded, local)?
            ),
        };
        Some(Origin::at(row, CauseKind::Answer, text))
    }
}

/// Returns the sentence for the note or error of a local step.
fn sentence(code: Code, place: &str, local: &ObservedStep) -> String {
    let object = match code {
        Code::DATA_TABLE_NOT_FOUND => "data table",
        Code::QUEUE_NOT_FOUND => "queue",
        Code::SCHEDULE_NOT_CHECKED => "schedule",
        Code::FLOW_NOT_FOUND => {
            return format!(
                "{place} leads to a flow that is absent locally: load the flow too."
            );
        }
        _ => {
            let asked = local.request.as_deref().unwrap_or("the request");
            return format!(
                "{place} has no answer locally: neither the recording nor the fixtures \
                 answer {asked}. Add the answer to the fixtures."
            );
        }
    };
    format!("{place} names a {object} that is absent locally: add it to the fixtures.")
}

/// Returns what a lookup found in the recording and not locally.
fn lost(recorded: &ObservedStep, local: &ObservedStep) -> Option<&'static str> {
    let named = operation_of(&local.kind);
    let operation = named.or_else(|| of_event(&local.kind).map(|kind| kind.operation))?;
    let Operation::Lookup(kind) = operation else { return None };
    let object = match kind {
        LookupKind::DataTable => "a row of the data table",
        LookupKind::Object(kind, _) => kind.name(),
        LookupKind::Users => "users",
        LookupKind::Contact | LookupKind::ContactSearch => "an external contact",
        _ => return None,
    };
    (is_found(recorded.path.as_ref()) && is_missed(local.path.as_ref())).then_some(object)
}

fn is_found(path: Option<&Text>) -> bool {
    let known = ["__FOUND__", "__MATCH_EXACT__", "__MATCH_MULTIPLE__", "__SUCCESS__"];
    path.is_some_and(|path| known.contains(&path.as_str()))
}

fn is_missed(path: Option<&Text>) -> bool {
    let known = ["__NOT_FOUND__", "__FAILURE__", "partiallyFound"];
    path.is_some_and(|path| known.contains(&path.as_str()))
}

//! The flow that an action leads to: a common module, a bot, the target of a transfer, or
//! an in-queue flow.

use super::architect::{Action, Setting};
use super::kinds::{FlowKind, Operation, SECURE_CALL, TransferKind, called_types};
use crate::flow::model::Spanned;
use crate::source::Span;
use crate::value::Json;

/// A flow that an action names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CalledFlow<'f> {
    /// The name as written.
    pub(crate) name: &'f str,
    /// The position of the name.
    pub(crate) span: Span,
    /// The setting that contains it.
    setting: &'static str,
    fits: Fits,
}

/// Whether a setting may name a flow of a type.
type Fits = fn(setting: &str, flow_type: &str) -> bool;

impl CalledFlow<'_> {
    /// Whether the action may lead to a flow of this type.
    pub(crate) fn fits(&self, flow_type: &str) -> bool {
        (self.fits)(self.setting, flow_type)
    }
}

/// Returns the flow that an action names, unless it is a common module.
pub(crate) fn target_flow(action: &Action) -> Option<CalledFlow<'_>> {
    let (setting, fits) = target(action)?;
    let place = action.settings.get(setting)?;
    let name = name_of(&place.value)?;
    Some(CalledFlow { name, span: position(place), setting, fits })
}

/// Returns the common module that an action names. The name is a value, or the key of a
/// group of settings.
pub(crate) fn called_module(action: &Action) -> Option<CalledFlow<'_>> {
    const SETTING: &str = "commonModule";
    if action.operation() != Some(Operation::CallCommonModule) {
        return None;
    }
    let place = action.settings.get(SETTING)?;
    let fits: Fits = |_, flow_type| FlowKind::of(flow_type) == FlowKind::CommonModule;
    let (name, span) = match &place.value {
        Setting::Literal(Json::String(name)) => (name.as_str(), place.span),
        Setting::Group(modules) => {
            let (name, place) = modules.entries.first()?;
            (name.as_str(), name.span.unwrap_or(place.span))
        }
        _ => return None,
    };
    Some(CalledFlow { name, span, setting: SETTING, fits })
}

fn target(action: &Action) -> Option<(&'static str, Fits)> {
    Some(match action.operation()? {
        Operation::TransferToAcd => {
            ("overrideInQueueFlow", |_, flow_type| flow_type.starts_with("inqueue"))
        }
        Operation::Transfer(TransferKind::Flow) => ("targetFlow", |_, flow_type| {
            !matches!(FlowKind::of(flow_type), FlowKind::CommonModule | FlowKind::InQueue)
        }),
        Operation::Transfer(TransferKind::SecureFlow) => {
            ("targetFlow", |_, flow_type| flow_type == SECURE_CALL)
        }
        Operation::CallFlow(setting) => {
            (setting, |setting, flow_type| called_types(setting).contains(&flow_type))
        }
        _ => return None,
    })
}

/// Returns the name in `{name: Waiting}`, or in a plain string.
fn name_of(setting: &Setting) -> Option<&str> {
    match setting {
        Setting::Literal(Json::String(name)) => Some(name),
        Setting::Literal(literal) => match literal.get("name") {
            Some(Json::String(name)) => Some(name),
            _ => None,
        },
        Setting::Group(group) => name_of(&group.get("name")?.value),
        _ => None,
    }
}

/// Returns the position of the name.
fn position(place: &Spanned<Setting>) -> Span {
    let named = place.value.group().and_then(|group| group.get("name"));
    named.map_or(place.span, |named| named.span)
}

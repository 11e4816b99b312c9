//! `UNKNOWN_FLOW`: an in-queue flow, the target flow of a transfer, or a bot whose name is
//! similar to that of a loaded flow. A name without a similar one is not reported,
//! because a flow may be checked without the flows that it leads to.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::architect::{Action, ArchitectFlow, Setting};
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;
use crate::flow::kinds::{FlowKind, Operation, SECURE_CALL, TransferKind, called_types};
use crate::flow::model::Spanned;
use crate::source::Span;
use crate::value::{Json, Text};

/// The names of the loaded flows by type, each under its name in lower case.
pub(super) struct LoadedNames<'f>(Index<&'f str, Index<Text, &'f str>>);

type Index<K, V> = IndexMap<K, V, FxBuildHasher>;

impl<'f> LoadedNames<'f> {
    pub(super) fn of(flows: &'f [ArchitectFlow]) -> Self {
        let mut types: Index<&str, Index<Text, &str>> = Index::default();
        for flow in flows {
            let name = &flow.name.value;
            let known = types.entry(flow.flow_type.as_str()).or_default();
            known.insert(name.to_lowercase(), name.as_str());
        }
        Self(types)
    }
}

pub(super) fn find(
    flow: &ArchitectFlow,
    loaded: &LoadedNames<'_>,
    spelling: &Spelling,
    report: &mut Report<'_>,
) {
    flow.each_action(&mut |_, action| {
        let Some((setting, is_target)) = target(action) else { return };
        let Some(place) = action.settings.get(setting) else { return };
        let Some(name) = name_of(&place.value) else { return };
        let names = || {
            let types = loaded.0.iter().filter(|(known, _)| is_target(setting, known));
            types.map(|(_, names)| names)
        };
        let lower_case = Text::from(name.to_lowercase());
        if names().any(|names| names.contains_key(&lower_case)) {
            return;
        }
        let count = names().map(IndexMap::len).sum();
        let candidates = names().flat_map(|names| names.values().copied());
        let Some(near) = spelling.nearest(name, count, candidates) else { return };
        let span = position(place);
        report.at(Code::UNKNOWN_FLOW, action.title(), span, |diagnostic| {
            let message = format!("the flow `{name}` is not loaded");
            let severity = Severity::Warning;
            Diagnostic { message, severity, ..diagnostic }
                .help(format!("did you mean `{near}`?"))
        });
    });
}

/// A setting, and the test whether it may name a flow of a type.
type Target = (&'static str, fn(&str, &str) -> bool);

fn target(action: &Action) -> Option<Target> {
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

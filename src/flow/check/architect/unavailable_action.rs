//! `UNAVAILABLE_ACTION`: an action that the type of the flow does not have. A common
//! module has only the actions that all of its flow types have.

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{ArchitectFlow, Setting};
use crate::flow::check::report::Report;
use crate::flow::kinds;

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    let types = match flow.is_module() {
        true => compatible(flow),
        false => known(&flow.flow_type).into_iter().collect(),
    };
    flow.each_action(&mut |_, action| {
        let Some(kind) = action.spec() else { return };
        let Some(available) = kind.flow_types() else { return };
        let Some(without) = types.iter().find(|it| !available.contains(*it)) else {
            return;
        };
        let (name, span) = (action.title(), action.kind.span);
        report.at(Code::UNAVAILABLE_ACTION, name, span, |diagnostic| {
            let message =
                format!("flows of type `{without}` have no action `{}`", kind.name);
            let help = match flow.is_module() {
                true => "remove it, or remove the flow type from `compatibleFlowTypes`",
                false => "remove it, or move it to a flow of another type",
            };
            Diagnostic { message, ..diagnostic }.help(help)
        });
    });
}

/// Returns the flow types that may call a common module; none if one of them is not known.
pub(super) fn compatible(flow: &ArchitectFlow) -> Vec<&'static str> {
    let settings = flow.settings.get("settingsCommonModule");
    let settings = settings.and_then(|settings| settings.value.group());
    let types = settings.and_then(|settings| settings.get("compatibleFlowTypes"));
    let Some(Setting::List(types)) = types.map(|types| &types.value) else {
        return Vec::new();
    };
    let names = types.iter().filter_map(|it| it.value.group()?.get("flowType"));
    let known = names.map(|name| known(name.value.text()?));
    known.collect::<Option<_>>().unwrap_or_default()
}

/// Returns the name of a flow type as Archy writes it.
pub(super) fn known(name: &str) -> Option<&'static str> {
    kinds::flow_type(name).map(|known| known.name)
}

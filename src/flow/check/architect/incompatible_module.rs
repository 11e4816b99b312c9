//! `UNAVAILABLE_ACTION`: a call of a common module that is not compatible with the type of
//! the flow. *Source: Genesys' help on common module flows: a module can be called from the
//! flow types that its author selects.*

use super::callee::Modules;
use super::unavailable_action::{compatible, known};
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::ArchitectFlow;
use crate::flow::called_flow::called_module;
use crate::flow::check::report::{Report, names};

pub(super) fn find(flow: &ArchitectFlow, modules: &Modules<'_>, report: &mut Report<'_>) {
    // A module may not call a module at all.
    let Some(own) = known(&flow.flow_type).filter(|_| !flow.is_module()) else { return };
    flow.each_action(&mut |_, action| {
        let Some(called) = called_module(action) else { return };
        let Some(module) = modules.called(action) else { return };
        let types = compatible(module.flow);
        if types.is_empty() || types.contains(&own) {
            return;
        }
        report.at(Code::UNAVAILABLE_ACTION, action.title(), called.span, |diagnostic| {
            let name = called.name;
            let types = names(types.iter().copied());
            let message = format!(
                "the common module `{name}` is compatible with {types}, not with `{own}`"
            );
            let help = format!(
                "add `{own}` to `compatibleFlowTypes` of the module, or call another"
            );
            Diagnostic { message, ..diagnostic }.help(help)
        });
    });
}

//! `NESTED_COMMON_MODULE`: a common module that calls a common module.

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::ArchitectFlow;
use crate::flow::check::report::Report;
use crate::flow::kinds::Operation;

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    if !flow.is_module() {
        return;
    }
    flow.each_action(&mut |_, action| {
        if action.operation() != Some(Operation::CallCommonModule) {
            return;
        }
        let (name, span) = (action.title(), action.kind.span);
        report.at(Code::NESTED_COMMON_MODULE, name, span, |diagnostic| {
            let message = "a common module cannot call a common module".into();
            Diagnostic { message, ..diagnostic }
                .help("call the other module from the flow that calls this one")
        });
    });
}

//! What is wrong with Architect's own flows: one file a finding.

mod action_unreachable;
mod duplicate_choice;
mod expression;
mod needed_type;
mod nested_common_module;
mod place;
mod scope;
mod unit_unreachable;
mod unknown_module;
mod unknown_output;
mod unknown_variable;

use super::report::Report;
use super::spelling::Spelling;
use crate::diagnostic::{Diagnostic, sort};
use crate::flow::architect::{Action, ArchitectFlow};
use scope::Scope;

/// Finds what is wrong with Architect's flows that were loaded together, ordered by place.
/// Takes time in proportion to the flows. Of each kind of finding a flow has at most a
/// hundred, and then one that counts the rest.
pub fn check_architect(flows: &[ArchitectFlow]) -> Vec<Diagnostic> {
    let spelling = Spelling::new();
    let mut diagnostics = Vec::new();
    for flow in flows {
        let mut report = Report::on(&flow.name.value, &mut diagnostics);
        let mut scope = Scope::new(flow, &spelling);
        place::each(flow, &mut |place| {
            scope.enter(place.unit);
            expression::find(place, &mut scope, &mut report);
            unknown_variable::find(place, &scope, &mut report);
        });
        unit_unreachable::find(flow, &mut report);
        action_unreachable::find(flow, &mut report);
        duplicate_choice::find(flow, &mut report);
        nested_common_module::find(flow, &mut report);
        unknown_module::find(flow, flows, &spelling, &mut report);
        unknown_output::find(flow, &spelling, &mut report);
        report.finish();
    }
    sort(&mut diagnostics);
    diagnostics
}

/// What an author knows an action by.
fn title(action: &Action) -> &str {
    action.name.as_ref().unwrap_or(&action.kind.value)
}

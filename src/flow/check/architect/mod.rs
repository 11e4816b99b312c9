//! Findings in Architect flows: one file per finding.

mod action_unreachable;
mod called;
mod callee;
mod duplicate_choice;
mod expression;
mod incompatible_module;
mod literal_type;
mod loop_without_input;
mod misplaced_action;
mod missing_setting;
mod nested_common_module;
mod open_path;
mod out_of_limits;
mod result_type;
mod scope;
mod statement_type;
mod unavailable_action;
mod unavailable_variable;
mod unit_unreachable;
mod unknown_action;
mod unknown_module;
mod unknown_output;
mod unknown_property;
mod unknown_target_flow;
mod unknown_unit;
mod unknown_value;
mod unknown_variable;
mod wrong_unit;

use super::duplicate_flow;
use super::report::Report;
use super::spelling::Spelling;
use crate::diagnostic::{Diagnostic, sort};
use crate::flow::architect::ArchitectFlow;
use crate::flow::kinds::SettingSpec;
use crate::flow::place;
use crate::flow::required_type::{required_type, setting_at};
use callee::{Modules, Tasks};
use scope::Scope;
use unknown_target_flow::LoadedNames;

/// Checks Architect flows that were loaded together. The findings are sorted by position.
/// The time is proportional to the size of the flows. A flow has at most a hundred
/// findings of each kind, plus one that counts the rest.
pub fn check_architect(flows: &[ArchitectFlow]) -> Vec<Diagnostic> {
    check_selected(flows, &|_| true)
}

/// Checks some of the flows that were loaded together. The others are only looked up by
/// name.
pub(crate) fn check_selected(
    flows: &[ArchitectFlow],
    is_selected: &dyn Fn(&ArchitectFlow) -> bool,
) -> Vec<Diagnostic> {
    let spelling = Spelling::new();
    let modules = Modules::of(flows);
    let loaded = LoadedNames::of(flows);
    let mut diagnostics = duplicates(flows);
    for flow in flows.iter().filter(|flow| is_selected(flow)) {
        let name = Some(&flow.name.value).filter(|name| !name.is_empty());
        let known = name.or(flow.id.as_ref()).map_or("", |it| it.as_str());
        let mut report = Report::on(known, &mut diagnostics);
        let tasks = Tasks::of(flow);
        let mut scope = Scope::new(flow, &spelling);
        of_values(flow, &modules, &mut scope, &spelling, &mut report);
        called::find(flow, &modules, &tasks, &mut scope, &spelling, &mut report);
        unit_unreachable::find(flow, &mut report);
        action_unreachable::find(flow, &mut report);
        duplicate_choice::find(flow, &mut report);
        nested_common_module::find(flow, &mut report);
        unknown_action::find(flow, &spelling, &mut report);
        unknown_unit::find(flow, &spelling, &mut report);
        unknown_module::find(flow, flows, &spelling, &mut report);
        unknown_target_flow::find(flow, &loaded, &spelling, &mut report);
        unknown_output::find(flow, &tasks, &spelling, &mut report);
        unknown_value::find(flow, &spelling, &mut report);
        missing_setting::find(flow, &mut report);
        missing_setting::find_choices(flow, &mut report);
        loop_without_input::find(flow, &mut report);
        unavailable_action::find(flow, &mut report);
        incompatible_module::find(flow, &modules, &mut report);
        wrong_unit::find(flow, &mut report);
        misplaced_action::find(flow, &mut report);
        unavailable_variable::find(flow, &mut report);
        out_of_limits::find_cases(flow, &mut report);
        out_of_limits::find_digits(flow, &mut report);
        open_path::find(flow, &mut report);
        report.finish();
    }
    sort(&mut diagnostics);
    diagnostics
}

/// Checks every value of a flow.
fn of_values<'f>(
    flow: &'f ArchitectFlow,
    modules: &Modules<'_>,
    scope: &mut Scope<'f>,
    spelling: &Spelling,
    report: &mut Report<'_>,
) {
    place::each(flow, &mut |place| {
        scope.enter(place.unit);
        let setting = setting_at(place);
        let needed =
            required_type(place, setting).or_else(|| modules.required_type(place));
        expression::find(place, scope, needed, report);
        literal_type::find(place, scope, (setting, needed), report);
        unknown_variable::find(place, scope, report);
        statement_type::find(place, scope, report);
        result_type::find(place, scope, setting, report);
        out_of_limits::find(place, report);
        // A described setting is a known one.
        if !setting.is_some_and(SettingSpec::is_whole) {
            unknown_property::find(place, spelling, report);
        }
    });
}

/// Returns only the findings that forbid running Architect flows: flows that a call
/// cannot distinguish.
pub fn duplicates(flows: &[ArchitectFlow]) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut report = Report::on_all(&mut diagnostics);
    duplicate_flow::find_architect(flows, &mut report);
    report.finish();
    diagnostics
}

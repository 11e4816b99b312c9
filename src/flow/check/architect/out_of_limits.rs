//! `LIMIT_EXCEEDED`: a number or a duration outside of its range, a range of digits without
//! a number, or a switch with too many cases.

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{ArchitectFlow, Output};
use crate::flow::check::report::Report;
use crate::flow::kinds::{MOST_CASES, Operation, range_of};
use crate::flow::literal::count;
use crate::flow::place::{Owner, Place};

/// Checks the range of a value.
pub(super) fn find(place: &Place<'_, '_>, report: &mut Report<'_>) {
    let kind = match place.owner {
        Owner::Action(action) => Some(action.kind.value.as_str()),
        Owner::Flow | Owner::Unit => None,
        Owner::Case(_) | Owner::Variable(_) => return,
    };
    let Some(range) = range_of(kind, place.path) else { return };
    let Some(count) = count(&place.setting.value) else { return };
    let (least, most) = (range.least * range.unit_ms(), range.most * range.unit_ms());
    if (least..=most).contains(&count) {
        return;
    }
    report.add(Code::LIMIT_EXCEEDED, |code| {
        let name = place.path.last().copied().unwrap_or_default();
        let (least, most, unit) = (range.least, range.most, range.unit);
        let message = format!("`{name}` must be from {least} to {most} {unit}");
        let diagnostic = Diagnostic::new(code, message.trim_end()).at(place.setting.span);
        let diagnostic = diagnostic.help("choose a value in this range");
        match place.title() {
            Some(title) => diagnostic.node(title),
            None => diagnostic,
        }
    });
}

/// Checks that a range of digits has a number in it.
pub(super) fn find_digits(flow: &ArchitectFlow, report: &mut Report<'_>) {
    flow.each_action(&mut |_, action| {
        let range = || {
            let digits = action.settings.get("digits")?.value.group()?;
            let range = digits.get("range")?.value.group()?;
            let (min, max) = (range.get("min")?, range.get("max")?);
            Some((count(&min.value)?, count(&max.value)?, min.span))
        };
        let Some((min, max, span)) = range().filter(|(min, max, _)| min > max) else {
            return;
        };
        report.at(Code::LIMIT_EXCEEDED, action.title(), span, |diagnostic| {
            let message = format!("`min` is {min}, which is greater than `max`, {max}");
            Diagnostic { message, ..diagnostic }
                .help("exchange them, or choose other numbers of digits")
        });
    });
}

/// Checks the number of cases of each switch.
pub(super) fn find_cases(flow: &ArchitectFlow, report: &mut Report<'_>) {
    flow.each_action(&mut |_, action| {
        if action.operation() != Some(Operation::Switch) {
            return;
        }
        let is_case = |output: &&Output| output.value.is_some();
        let mut cases = action.outputs.iter().filter(is_case);
        let Some(first) = cases.nth(MOST_CASES) else { return };
        let count = MOST_CASES + 1 + cases.count();
        report.at(Code::LIMIT_EXCEEDED, action.title(), first.span, |diagnostic| {
            let message =
                format!("the switch has {count} cases, at most {MOST_CASES} are allowed");
            Diagnostic { message, ..diagnostic }
                .help("move the remaining cases to another switch in its `default`")
        });
    });
}

//! Properties of the calls that tests play.

use std::sync::Arc;

use super::event_index::EventIndex;
use super::history::History;
use super::mismatch::Mismatch;
use super::scenario::Case;
use crate::analysis::property::{Monitor, Property, Rule, unknown_names};
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::{Call, start};
use crate::flow::FlowId;
use crate::program::Program;
use crate::trace::Trace;

/// Reports names in the properties of a case that no flow has.
pub(super) fn problems(case: &Case, program: &Program, flow: FlowId) -> Vec<Diagnostic> {
    case.properties.iter().flat_map(|it| of_flow(it, program, flow).1).collect()
}

/// Returns whether a property is about calls that start in a flow, and reports names that
/// no flow has.
pub fn of_flow(
    property: &Property,
    program: &Program,
    flow: FlowId,
) -> (bool, Vec<Diagnostic>) {
    let own =
        property.flow.as_ref().map(|name| (start::flow(program, &name.value), name));
    match own {
        Some((Err(problem), name)) => {
            let code = Code::INVALID_SCENARIO;
            (false, vec![Diagnostic { code, ..*problem }.at(name.span)])
        }
        Some((Ok(own), _)) if own != flow => (false, Vec::new()),
        Some(_) | None => (true, unknown_names(property, program, flow)),
    }
}

/// Returns the properties that a finished call breaks.
pub(super) fn check(
    case: &Case,
    call: &Call,
    trace: &Trace,
    program: &Arc<Program>,
) -> Vec<Mismatch> {
    let index = EventIndex::default();
    let history = History::of(trace, program, &index);
    let broken = case.properties.iter().filter_map(|property| {
        if !of_flow(property, program, call.flow()).0 {
            return None;
        }
        let monitor = Monitor::new(property, program, call.flow());
        let step = monitor.broken_by(call, trace)?;
        Some(mismatch(property, history, step))
    });
    broken.collect()
}

fn mismatch(property: &Property, history: History<'_>, step: usize) -> Mismatch {
    let name = &property.name;
    let is_at_end = matches!(property.rule, Rule::Eventually(_));
    let place = match is_at_end && step + 1 == history.steps.len() {
        true => "the call ended without it".into(),
        false => format!("broken at {}", history.place(step)),
    };
    let message = format!("the property `{name}` does not hold: {place}");
    let led = history.decision_before(step).or_else(|| history.leading_to(step));
    Mismatch::new(property.span, format!("properties.{name}"), message)
        .at_step(Some(step))
        .because(led.map(|led| history.reason(led)).unwrap_or_default())
}

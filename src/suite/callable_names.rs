//! External calls that flows can make, known before any call.

use super::scenario::{CallExpectation, Case, Expectation, Turn};
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::program::architect::{Action, Lookup};
use crate::program::{Program, Speech, Step, StepAction};
use crate::value::Text;
use crate::world::Fixtures;

/// Reports misspelt names in expectations of calls that may happen zero times, which
/// would otherwise always hold.
///
/// A name is misspelt if no flow and no fixtures have it, and a flow has a similar one.
/// Nothing is reported if a name may be computed during the call, as that of a contact
/// is.
pub(super) fn misspelt_names(
    case: &Case,
    program: &Program,
    fixtures: &Fixtures,
) -> Vec<Diagnostic> {
    let expected = case.expectations.iter().filter_map(|it| match &it.value {
        Expectation::Calls(call) => Some((call, it.span)),
        _ => None,
    });
    let turns = case.script.iter().filter_map(|it| match &it.value {
        Turn::Calls(call) => Some((call, it.span)),
        _ => None,
    });
    let all = expected.chain(turns);
    let may_be_none = all.filter(|(call, _)| call.times.is_some_and(|it| it.contains(0)));
    let slips = may_be_none.filter_map(|(CallExpectation { name, .. }, span)| {
        // Names in fixtures are looked up first because this is cheaper than searching
        // the flows.
        let near = if fixtures.knows_name(name) { None } else { meant(program, name) }?;
        let message = format!("no call in the flows or fixtures is named `{name}`");
        let problem = Diagnostic::new(Code::INVALID_SCENARIO, message).at(span);
        Some(problem.help(format!("did you mean `{near}`?")))
    });
    slips.collect()
}

/// Suggests a name that flows call; `None` if they may call the given one.
fn meant<'p>(program: &'p Program, name: &str) -> Option<&'p str> {
    let mut known: Vec<&str> = Vec::new();
    for (index, step) in program.steps.iter().enumerate() {
        match names(program, index, step) {
            Names::None => {}
            Names::Known(names) => {
                known.extend(names.into_iter().flatten().map(Text::as_str));
            }
            Names::Any => return None,
        }
    }
    if known.contains(&name) { None } else { nearest(name, known) }
}

/// Names of an external call.
enum Names<'p> {
    /// The action makes no external call.
    None,
    /// One of these names.
    Known([Option<&'p Text>; 3]),
    /// A name that is computed during the call.
    Any,
}

fn names<'p>(program: &'p Program, index: usize, step: &'p Step) -> Names<'p> {
    let constant = |speech: &'p Speech| match speech {
        Speech::Constant(text) => Some(program.symbols.text(*text)),
        Speech::Template(_) => None,
    };
    match &step.action {
        StepAction::DataAction(call) => {
            Names::Known([call.action_id.as_ref(), call.action_name.as_ref(), None])
        }
        StepAction::Webhook(webhook) => {
            let id = webhook.webhook_id.as_ref();
            match webhook.url.as_ref().map(constant) {
                Some(None) => Names::Any,
                url => Names::Known([id, url.flatten(), None]),
            }
        }
        StepAction::QueueStatistics(statistics) => match constant(&statistics.queue_id) {
            Some(queue) => Names::Known([Some(queue), None, None]),
            None => Names::Any,
        },
        StepAction::GetExternalContact(_) => Names::Any,
        StepAction::Architect(action) => names_in_architect(program, index, step, action),
        StepAction::Say(_)
        | StepAction::Gather(_)
        | StepAction::Set(_)
        | StepAction::If(_)
        | StepAction::CallFlow(_)
        | StepAction::Route(_)
        | StepAction::End(_) => Names::None,
    }
}

fn names_in_architect<'p>(
    program: &'p Program,
    index: usize,
    step: &'p Step,
    action: &'p Action,
) -> Names<'p> {
    match (action, program.symbols.nodes.get(index)) {
        (Action::Lookup(Lookup::DataAction(call)), _) => {
            Names::Known([call.id.as_ref(), call.name.as_ref(), None])
        }
        (_, Some(label)) if step.is_external_call() => {
            Names::Known([&label.name, &label.id, &label.node_type].map(Some))
        }
        _ => Names::None,
    }
}

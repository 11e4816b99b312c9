//! What flows can ask of the outside world, known before any call.

use crate::diagnostic::nearest;
use crate::program::architect::{Action, Lookup};
use crate::program::{Program, Speech, Step, StepAction};
use crate::value::Text;

/// Whether a name is one that nothing can be asked by, in any call: a slip of the pen. What is
/// asked by a name that is made during the call, as contacts are, could be asked by any.
pub(super) fn is_mistake(program: &Program, name: &str) -> bool {
    let mut steps = program.steps.iter().enumerate();
    steps.all(|(index, step)| match names(program, index, step) {
        Names::None => true,
        Names::Known(names) => names.into_iter().flatten().all(|known| known != name),
        Names::Any => false,
    })
}

/// The name that was probably meant.
pub(super) fn meant<'p>(program: &'p Program, name: &str) -> Option<&'p str> {
    let steps = program.steps.iter().enumerate();
    let known = steps.flat_map(|(index, step)| match names(program, index, step) {
        Names::Known(names) => names,
        Names::None | Names::Any => [None; 3],
    });
    nearest(name, known.flatten().map(Text::as_str))
}

/// By what an action asks.
enum Names<'p> {
    /// It does not ask.
    None,
    /// One of these.
    Known([Option<&'p Text>; 3]),
    /// A name that is made during the call.
    Any,
}

fn names<'p>(program: &'p Program, index: usize, step: &'p Step) -> Names<'p> {
    let constant = |speech: &'p Speech| match speech {
        Speech::Constant(text) => Some(program.legend.text(*text)),
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
        StepAction::Architect(action) => match &**action {
            Action::Lookup(Lookup::DataAction(call)) => {
                Names::Known([call.id.as_ref(), call.name.as_ref(), None])
            }
            action if is_asking(action) => {
                let label = program.legend.nodes.get(index);
                Names::Known([
                    label.map(|label| &label.name),
                    label.map(|label| &label.id),
                    label.map(|label| &label.node_type),
                ])
            }
            _ => Names::None,
        },
        StepAction::Say(_)
        | StepAction::Gather(_)
        | StepAction::Set(_)
        | StepAction::If(_)
        | StepAction::CallFlow(_)
        | StepAction::Route(_)
        | StepAction::End(_) => Names::None,
    }
}

/// Whether an action is answered by its name or kind.
pub(super) fn is_asking(action: &Action) -> bool {
    matches!(
        action,
        Action::Other(_)
            | Action::Ask(_)
            | Action::CreateCallback(_)
            | Action::DialByExtension(_)
            | Action::Transfer(_)
    )
}

//! Values at the start of a call that a recording lacks, and steps that read them.

use super::derive::{Derived, UnknownStart};
use super::missing::Missing;
use crate::engine::Session;
use crate::expr::architect::BUILT_INS;
use crate::flow::NodeId;
use crate::program::architect::{Action, AttributeList, Source, Variable};
use crate::program::{Program, StepAction};
use crate::value::{Json, Text};

/// Scopes of built-in variables that the conversation sets.
pub(super) const OF_CONVERSATION: [&str; 6] =
    ["Call.", "Interaction.", "Message.", "Email.", "Chat.", "Survey."];

/// Returns the first value that the steps of a call may read and the recording lacks.
/// `checked` is the number of steps that were checked before.
pub(super) fn read(
    session: &Session,
    derived: &Derived,
    checked: &mut usize,
) -> Option<Missing> {
    let unknown = &derived.unknown;
    if *unknown == UnknownStart::default() {
        return None;
    }
    let program = session.program();
    let steps = session.steps().get(*checked..).unwrap_or_default();
    *checked = session.steps().len();
    steps.iter().find_map(|step| {
        let (what, name) = read_by(program, step.node, derived)?;
        let missing = Missing::of(&program.symbols, step.node, what, name, Json::Null);
        Some(Missing { is_hidden: !unknown.is_unlogged, ..missing })
    })
}

/// Returns the first unknown value that a step reads: its kind and name.
fn read_by(
    program: &Program,
    node: NodeId,
    derived: &Derived,
) -> Option<(&'static str, Text)> {
    let StepAction::Architect(action) = &program.steps.get(node.index())?.action else {
        return None;
    };
    if let Action::Attributes(attributes) = &**action
        && derived.unknown.attributes
        && matches!(attributes.list, AttributeList::Get(_))
    {
        return Some(("participant data", Text::new()));
    }
    let mut found = None;
    let mut visit = |source: &Source| {
        found = found.take().or_else(|| unknown_in(source, program, derived));
    };
    action.each_source(&mut visit);
    initial(program, node, action).iter().for_each(|it| visit(&it.initial));
    found.map(|name| ("variable", name))
}

/// Returns the variables that a step initializes.
fn initial<'p>(program: &'p Program, node: NodeId, action: &Action) -> &'p [Variable] {
    match action {
        Action::BeginFlow(_) => {
            let flow = program.symbols.node(node).flow;
            let part = program.unit(flow).architect.as_deref();
            part.map_or(&[], |part| &part.variables.list)
        }
        Action::BeginSequence => {
            let sequence = program.sequence_of(node);
            sequence.map_or(&[], |it| &program.sequence(it).variables.list)
        }
        _ => &[],
    }
}

/// Returns the name of an unknown variable that a source reads.
fn unknown_in(source: &Source, program: &Program, derived: &Derived) -> Option<Text> {
    let mut found = None;
    source.each_expression(&mut |expression| {
        let names = expression.reads().into_iter().filter_map(|read| {
            let index = read.slot.checked_sub(program.built_in_first)?;
            BUILT_INS.get(index as usize).map(|known| known.name)
        });
        let mut unknown = names.filter(|name| is_unknown(name, derived));
        if let (None, Some(name)) = (&found, unknown.next()) {
            found = Some(Text::from(name));
        }
    });
    found
}

fn is_unknown(name: &str, derived: &Derived) -> bool {
    let is_it = |known: &str| known.eq_ignore_ascii_case(name);
    if derived.unknown.hidden.iter().any(|it| is_it(it)) {
        return true;
    }
    // Documents without variables have the language, and others the default one.
    derived.unknown.is_unlogged
        && !name.ends_with(".Language")
        && OF_CONVERSATION.iter().any(|scope| name.starts_with(scope))
        && !derived.variables.iter().any(|(known, _)| is_it(known))
}

//! Results of actions that a flow stores in variables, and the participant attributes and
//! built-in variables that it reads.

use super::architect::{Action, ArchitectFlow, Setting};
use super::kinds::{ActionSpec, Operation, Support, called_types};
use super::model::Flow;
use super::place::{self, Place};
use crate::expr::Origin;
use crate::expr::architect::{BUILT_INS, Form, Segment, Tree, parse_with};
use crate::source::Span;
use crate::value::{Json, Text, Type};

/// The fields of a context that calls of draft flows have, or may have. *Source: the
/// simulation of the lookup tutorial, and the variables of Architect's calls.*
pub(super) const CONTEXT: [&str; 12] = [
    "from",
    "to",
    "channel",
    "conversationId",
    "mediaType",
    "caller_id",
    "callerId",
    "ani",
    "dnis",
    "language",
    "customerId",
    "customer_id",
];

/// A result of an action that a flow stores in a variable.
#[derive(Debug, Clone, Copy)]
pub struct Received<'f> {
    /// The action.
    pub action: &'f Action,
    /// The name of the result: `customer.name`, or a column.
    pub name: &'f str,
    /// The variable.
    pub variable: &'f str,
    /// The type of the variable.
    pub value_type: Type,
    /// The position of the variable.
    pub span: Span,
}

/// Calls `visit` on all results of data actions, data tables and actions that only
/// fixtures answer, in the order of the document.
pub fn received<'f>(flow: &'f ArchitectFlow, visit: &mut dyn FnMut(Received<'f>)) {
    place::each(flow, &mut |place| {
        let (Some(action), Setting::Variable(variable)) =
            (place.action(), &place.setting.value)
        else {
            return;
        };
        let result = match place.path {
            [.., "successOutputs" | "foundOutputs", name] => Some(name),
            // The compiler takes results from these two levels.
            [name] | [_, name] if has_results(action) => Some(name),
            _ => None,
        };
        if let Some(name) = result {
            let value_type = type_of(variable, flow, place);
            let span = place.setting.span;
            visit(Received { action, name, variable, value_type, span });
        }
    });
}

/// Whether fixtures answer an action, because flowsim does not simulate it or does not know
/// its kind. An action that calls a bot counts if the bot is not among the loaded flows.
pub fn needs_answer(action: &Action, flows: &[ArchitectFlow]) -> bool {
    let Some(spec) = action.spec() else { return true };
    let Operation::CallFlow(setting) = spec.operation else {
        return spec.support() == Support::External;
    };
    let Some(setting_of) = action.settings.get(setting) else { return true };
    let Some(name) = setting_of.value.text() else { return true };
    let is_called = |flow: &ArchitectFlow| {
        called_types(setting).contains(&flow.flow_type.as_str())
            && flow.name.value.eq_ignore_ascii_case(name)
    };
    !flows.iter().any(is_called)
}

/// Whether fixtures may answer an action with results.
fn has_results(action: &Action) -> bool {
    let support = action.spec().map(ActionSpec::support);
    matches!(support, None | Some(Support::External | Support::FixturesFirst))
}

fn type_of(name: &str, flow: &ArchitectFlow, place: &Place<'_, '_>) -> Type {
    let own = place.unit.map_or(&[][..], |unit| &unit.variables);
    let mut all = own.iter().chain(&flow.variables);
    let found = all.find(|it| it.name.value.eq_ignore_ascii_case(name));
    found.map_or(Type::ANY, |variable| variable.value_type)
}

/// Returns the participant attributes that a flow reads and does not write, each once.
pub fn attributes_read(flow: &ArchitectFlow) -> Vec<(Text, Span)> {
    let (mut read, mut written) = (Vec::new(), Vec::new());
    place::each(flow, &mut |place| {
        let Some(action) = place.action() else { return };
        let Setting::Literal(Json::String(name)) = &place.setting.value else { return };
        if !matches!(place.path, [.., "attribute", "name"]) {
            return;
        }
        match action.kind.value.as_str() {
            "getParticipantData" => read.push((name.clone(), place.setting.span)),
            "setParticipantData" => written.push(name.clone()),
            _ => {}
        }
    });
    let mut found: Vec<(Text, Span)> = Vec::new();
    for (name, span) in read {
        let is_known = found.iter().any(|(known, _)| *known == name);
        if !is_known && !written.contains(&name) {
            found.push((name, span));
        }
    }
    found
}

/// Returns the built-in variables that the expressions of a flow read, with the properties
/// that they read, each once: `Call.Ani`, `Message.Message.body`.
pub fn built_ins_read(flow: &ArchitectFlow) -> Vec<(Text, Span)> {
    let mut found: Vec<(Text, Span)> = Vec::new();
    place::each(flow, &mut |place| {
        let Setting::Expression(text, _) = &place.setting.value else { return };
        let origin = Origin::new(text, place.setting.span);
        let mut add = |segments: &[Segment<'_>]| {
            let Some((name, last)) = built_in(segments) else { return };
            let start = segments.first().map_or(0, |first| first.place.0 as usize);
            if !found.iter().any(|(known, _)| *known == name) {
                found.push((name, origin.part(start, last.place.1 as usize)));
            }
        };
        parse_with(text, |parsed| {
            if let Ok(tree) = parsed {
                each_name(&tree, &mut add);
            }
        });
    });
    found
}

/// Returns the name of a built-in variable with its first property, and its last segment.
fn built_in<'s, 't>(segments: &'s [Segment<'t>]) -> Option<(Text, &'s Segment<'t>)> {
    let [scope, name, rest @ ..] = segments else { return None };
    let variable = format!("{}.{}", scope.text, name.text);
    let known = BUILT_INS.iter().find(|it| it.name.eq_ignore_ascii_case(&variable))?;
    Some(match rest.first() {
        Some(property) => (format!("{}.{}", known.name, property.text).into(), property),
        None => (known.name.into(), name),
    })
}

/// Recurses as deep as the expression is nested; the parser limits this depth.
fn each_name<'t>(tree: &Tree<'t>, visit: &mut dyn FnMut(&[Segment<'t>])) {
    match &tree.form {
        Form::Name(segments) => visit(segments),
        Form::Call { arguments, .. } => {
            arguments.iter().for_each(|part| each_name(part, visit));
        }
        Form::Binary { sides, .. } => {
            sides.iter().for_each(|part| each_name(part, visit));
        }
        Form::Choice(parts) => parts.iter().for_each(|part| each_name(part, visit)),
        Form::Property(inner, _) | Form::Unary(_, inner) => each_name(inner, visit),
        Form::Item(base, index) => {
            each_name(base, visit);
            each_name(index, visit);
        }
        Form::NotSet
        | Form::Boolean(_)
        | Form::Integer(_)
        | Form::Decimal(_)
        | Form::String(_) => {}
    }
}

/// Returns the fields of the context that a draft flow reads, each once. A variable with
/// the name of a field counts as the field.
pub fn context_read(flow: &Flow) -> Vec<(Text, Span)> {
    let mut found: Vec<(Text, Span)> = Vec::new();
    for node in flow.nodes.values() {
        node.action.each_reference(&mut |reference| {
            let Some(first) = reference.segments.first() else { return };
            let is_field = CONTEXT.contains(&first.as_str());
            let is_known = found.iter().any(|(known, _)| known == first);
            if is_field && !is_known && !flow.nodes.contains_key(first) {
                found.push((first.clone(), reference.span));
            }
        });
    }
    found
}

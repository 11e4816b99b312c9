//! Resolution of dotted names: a variable, constant or prompt, followed by properties.

use crate::diagnostic::Code;
use crate::value::{Kind, Text, Type};

use super::check::{Checker, unknown};
use super::constants;
use super::messages;
use super::problem::Problem;
use super::tree::{Place, Segment};
use super::typed::{Typed, TypedForm};

pub(super) fn name(
    checker: &mut Checker<'_>,
    segments: &[Segment<'_>],
    place: Place,
) -> Typed {
    let Some((root, length)) = root(checker, segments) else {
        checker.add(unknown_name(checker, segments));
        return unknown(place);
    };
    let properties = segments.get(length..).unwrap_or_default();
    properties.iter().fold(root, |base, segment| checker.property(base, segment))
}

/// Resolves the beginning of the name. Returns the number of resolved segments, too.
fn root(checker: &mut Checker<'_>, segments: &[Segment<'_>]) -> Option<(Typed, usize)> {
    let upto = |length: usize| {
        let first = segments.first().map_or(0, |segment| segment.place.0);
        let last = segments.get(length.saturating_sub(1)).or(segments.last());
        (first, last.map_or(first, |segment| segment.place.1))
    };
    if let Some(variable) = checker.names.variable(segments) {
        let form = TypedForm::Variable(variable.slot, variable.name);
        return Some((
            Typed::new(form, variable.value_type, upto(variable.length)),
            variable.length,
        ));
    }
    if let [scope, name, ..] = segments {
        let is_system = scope.text.eq_ignore_ascii_case("PromptSystem");
        if is_system || scope.text.eq_ignore_ascii_case("Prompt") {
            let form = TypedForm::Prompt { is_system, name: Text::from(&*name.text) };
            return Some((Typed::new(form, Type::one(Kind::Prompt), upto(2)), 2));
        }
    }
    let (value, name, length) = in_lower_case(segments, constants::constant)?;
    let holds = value.type_of();
    Some((Typed::new(TypedForm::Named(value, name), holds, upto(length)), length))
}

/// Looks up the words of a name without regard to case.
fn in_lower_case<F>(segments: &[Segment<'_>], look_up: impl Fn(&[&str]) -> F) -> F {
    let words = segments.iter().map(|segment| segment.text.to_lowercase());
    let words: Vec<String> = words.collect();
    look_up(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn unknown_name(checker: &Checker<'_>, segments: &[Segment<'_>]) -> Problem {
    if let [_, _, member, ..] = segments
        && let Some((group, names)) = in_lower_case(segments, constants::group)
    {
        return messages::unknown_constant(&group, names, &member.text, member.place);
    }
    let words: Vec<&str> =
        segments.iter().take(2).map(|segment| &*segment.text).collect();
    let name = words.join(".");
    let first = segments.first().map_or((0, 0), |segment| segment.place);
    let last =
        segments.get(1).or(segments.first()).map_or(first, |segment| segment.place);
    let problem = Problem::new(
        Code::UNKNOWN_VARIABLE,
        (first.0, last.1),
        format!("unknown variable `{name}`"),
    );
    match checker.names.suggestion(&name) {
        Some(near) => problem.with_help(format!("did you mean `{near}`?")),
        None if segments.len() == 1 => {
            problem.with_help(messages::instead_of_word(&name))
        }
        None => problem,
    }
}

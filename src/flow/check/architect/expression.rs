//! `EXPRESSION_SYNTAX`, `UNKNOWN_FUNCTION`, `UNKNOWN_VARIABLE`, `UNKNOWN_MEMBER`,
//! `WRONG_ARGUMENTS`, `WRONG_TYPE`: an expression that cannot be computed.

use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::expr::Origin;
use crate::expr::architect::{Expression, Problem};
use crate::flow::architect::Setting;
use crate::flow::check::report::Report;
use crate::flow::place::Place;
use crate::source::Span;
use crate::value::Type;

pub(super) fn find(
    place: &Place<'_, '_>,
    scope: &mut Scope<'_>,
    needed: Option<Type>,
    report: &mut Report<'_>,
) {
    let Setting::Expression(text, _) = &place.setting.value else { return };
    let Err(problems) = Expression::check(text, scope, needed) else { return };
    let span = place.setting.span;
    if text.contains("{{") {
        report.add(Code::PLACEHOLDER_VALUE, |code| placeholder(code, place, span));
        return;
    }
    let origin = Origin::new(text, span);
    for problem in problems {
        report.add(problem.code, |_| diagnostic(place, text, origin, problem));
    }
}

fn diagnostic(
    place: &Place<'_, '_>,
    text: &str,
    origin: Origin,
    problem: Problem,
) -> Diagnostic {
    let (start, end) = (problem.place.0 as usize, problem.place.1 as usize);
    let written = text.get(start..end).unwrap_or_default();
    let is_foreign = problem.code == Code::UNKNOWN_VARIABLE && !is_authors(written);
    let mut diagnostic =
        Diagnostic::new(problem.code, problem.message).at(origin.part(start, end));
    diagnostic.help = problem.help;
    if is_foreign && diagnostic.help.is_none() {
        diagnostic.severity = Severity::Warning;
        diagnostic.help = Some(
            "check the name; it may be a built-in variable that flowsim does not know"
                .into(),
        );
    }
    owned(place, diagnostic)
}

/// Whether a variable name has a scope for authors. All other variables are built into
/// Architect.
fn is_authors(name: &str) -> bool {
    let scope = name.split_once('.').map_or("", |(scope, _)| scope);
    let scopes = ["flow", "task", "state", "common"];
    !name.contains('.') || scopes.iter().any(|known| scope.eq_ignore_ascii_case(known))
}

fn placeholder(code: Code, place: &Place<'_, '_>, span: Span) -> Diagnostic {
    let message = "the expression contains a placeholder that is not filled in, `{{`";
    let help = "fill in the value, or check the file that the template generates";
    owned(place, Diagnostic::new(code, message).at(span).help(help))
}

/// Adds the name of the owner.
fn owned(place: &Place<'_, '_>, diagnostic: Diagnostic) -> Diagnostic {
    match place.title() {
        Some(title) => diagnostic.node(title),
        None => diagnostic,
    }
}

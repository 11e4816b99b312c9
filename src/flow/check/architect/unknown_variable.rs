//! `UNKNOWN_VARIABLE`: a result that is assigned to an undeclared variable.

use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::architect::Names;
use crate::flow::architect::Setting;
use crate::flow::check::report::Report;
use crate::flow::place::Place;
use crate::value::Json;

pub(super) fn find(place: &Place<'_, '_>, scope: &Scope<'_>, report: &mut Report<'_>) {
    let name = match (&place.setting.value, place.path) {
        (Setting::Variable(name), _) => name,
        // A statement of an Update Data action names its variable without a wrapper.
        (Setting::Literal(Json::String(name)), ["statements", _, "variable"]) => name,
        _ => return,
    };
    if scope.knows(name) || name.contains("{{") {
        return;
    }
    report.add(Code::UNKNOWN_VARIABLE, |code| {
        let message = format!("unknown variable `{name}`");
        let mut diagnostic = Diagnostic::new(code, message).at(place.setting.span);
        diagnostic.help =
            scope.suggestion(name).map(|near| format!("did you mean `{near}`?"));
        match place.action() {
            Some(action) => diagnostic.node(action.title()),
            None => diagnostic,
        }
    });
}

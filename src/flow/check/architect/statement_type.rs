//! `WRONG_TYPE`: a statement of an Update Data action whose type differs from the type of
//! its variable.

use super::scope::Scope;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::Setting;
use crate::flow::architect::type_named;
use crate::flow::check::report::Report;
use crate::flow::place::Place;
use crate::value::Type;

pub(super) fn find(place: &Place<'_, '_>, scope: &Scope<'_>, report: &mut Report<'_>) {
    let (["statements", statement, "variable"], Some(action)) =
        (place.path, place.action())
    else {
        return;
    };
    let name = match &place.setting.value {
        Setting::Variable(name) => name.as_str(),
        other => other.text().unwrap_or_default(),
    };
    let (Some(sets), Some(holds)) = (type_named(statement), scope.declared(name)) else {
        return;
    };
    if differ(sets, holds) {
        report.at(Code::WRONG_TYPE, action.title(), place.setting.span, |diagnostic| {
            let message =
                format!("`{name}` has the type {holds}, but the statement sets {sets}");
            Diagnostic { message, ..diagnostic }
                .help(format!("replace `{statement}` with the type of the variable"))
        });
    }
}

/// Whether two types are certainly different.
pub(super) fn differ(one: Type, other: Type) -> bool {
    one != other && one != Type::ANY && other != Type::ANY
}

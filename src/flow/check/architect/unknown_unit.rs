//! `DANGLING_REFERENCE`: a setting of the flow that names a task or menu which the flow
//! does not have. References to units by path are resolved when the document is read.

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{ArchitectFlow, Setting, UnitKind};
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;
use crate::flow::place;
use crate::value::Json;

pub(super) fn find(flow: &ArchitectFlow, spelling: &Spelling, report: &mut Report<'_>) {
    place::of_flow(flow, &mut |place| {
        let (unit, name) = match (place.path, &place.setting.value) {
            ([.., unit, "name"], value) => (*unit, value.text()),
            ([.., unit], Setting::Literal(literal)) => (*unit, text(literal.get("name"))),
            _ => return,
        };
        let kind = match unit {
            "task" => UnitKind::Task,
            "menu" => UnitKind::Menu,
            _ => return,
        };
        let Some(name) = name else { return };
        let names = || {
            let units = flow.units.iter().filter(|unit| unit.kind == kind);
            units.map(|unit| unit.name.as_str())
        };
        if names().any(|known| known == name) {
            return;
        }
        report.add(Code::DANGLING_REFERENCE, |code| {
            let help = match spelling.nearest(name, flow.units.len(), names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "correct the name, or add it to the flow".into(),
            };
            let message = format!("the flow has no {unit} `{name}`");
            Diagnostic::new(code, message).at(place.setting.span).help(help)
        });
    });
}

fn text(json: Option<&Json>) -> Option<&str> {
    match json {
        Some(Json::String(text)) => Some(text),
        _ => None,
    }
}

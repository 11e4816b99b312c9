//! `MISSING_SETTING`: an action without a setting that Architect requires.

use crate::diagnostic::{Code, Diagnostic};
use crate::flow::architect::{Action, ArchitectFlow, Setting};
use crate::flow::check::report::Report;

pub(super) fn find(flow: &ArchitectFlow, report: &mut Report<'_>) {
    flow.each_action(&mut |_, action| {
        let Some(kind) = action.spec() else { return };
        for names in kind.required() {
            if names.split('|').any(|name| is_set(action, name)) {
                continue;
            }
            let name = names.split('|').next().unwrap_or_default();
            let (title, span) = (action.title(), action.kind.span);
            report.at(Code::MISSING_SETTING, title, span, |diagnostic| {
                let message = format!("`{title}` needs `{name}`, which has no value");
                Diagnostic { message, ..diagnostic }
                    .naming_node()
                    .help(format!("set `{name}`; Architect publishes no flow without it"))
            });
        }
    });
}

fn is_set(action: &Action, name: &str) -> bool {
    let setting = action.settings.get(name).map(|setting| &setting.value);
    setting.is_some_and(|it| !matches!(it, Setting::NoValue | Setting::None))
}

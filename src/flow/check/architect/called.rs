//! `UNKNOWN_INPUT`, `UNKNOWN_OUTPUT`, `WRONG_TYPE`: compares the inputs and outputs of a
//! call with those that the task, common module or bot declares.

use super::callee::{Module, Modules, Task, Tasks};
use super::scope::Scope;
use super::statement_type::differ;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::Spanned;
use crate::flow::architect::{Action, ArchitectFlow, Setting, Variable, type_named};
use crate::flow::check::report::Report;
use crate::flow::check::spelling::Spelling;
use crate::flow::kinds::Operation;
use crate::source::Span;

/// Checks the calls of a flow.
pub(super) fn find<'f>(
    flow: &'f ArchitectFlow,
    modules: &Modules<'_>,
    tasks: &Tasks<'_>,
    scope: &mut Scope<'f>,
    spelling: &Spelling,
    report: &mut Report<'_>,
) {
    flow.each_action(&mut |unit, action| match action.operation() {
        Some(Operation::CallCommonModule | Operation::CallFlow(_)) => {
            if let Some(module) = modules.called(action) {
                scope.enter(Some(unit));
                Call { action, scope, spelling, report }.of_module(module);
            }
        }
        Some(Operation::CallTask) => {
            if let Some(task) = tasks.called(action) {
                scope.enter(Some(unit));
                Call { action, scope, spelling, report }.of_task(task);
            }
        }
        _ => {}
    });
}

/// A call that is being checked.
struct Call<'c, 'f, 'r> {
    action: &'c Action,
    scope: &'c Scope<'f>,
    spelling: &'c Spelling,
    report: &'c mut Report<'r>,
}

/// A direction: the setting, the code of the finding, and the word for messages.
type Side = (&'static str, Code, &'static str);

impl Call<'_, '_, '_> {
    /// Checks `inputs: {Common.x: …}` and `outputs: {Common.y: {var: Flow.y}}`.
    fn of_module(&mut self, module: &Module<'_>) {
        const SIDES: [Side; 2] = [
            ("inputs", Code::UNKNOWN_INPUT, "input"),
            ("outputs", Code::UNKNOWN_OUTPUT, "output"),
        ];
        for (setting, code, what) in SIDES {
            let bindings =
                self.action.settings.get(setting).and_then(|it| it.value.group());
            for (name, value) in bindings.map_or(&[][..], |group| &group.entries) {
                let is_one = |known: &Variable| match code {
                    Code::UNKNOWN_INPUT => known.is_input,
                    _ => known.is_output,
                };
                let declared = module.variables.get(name);
                if let Some(known) = declared.filter(|known| is_one(known)) {
                    self.check_type(value, known);
                    continue;
                }
                if declared.is_none() && module.may_have(name) {
                    continue;
                }
                let spelling = self.spelling;
                let span = name.span.unwrap_or(value.span);
                self.report(code, span, || {
                    let of = &module.flow.name.value;
                    let (callee, kind) = module.words();
                    let message = format!("the {callee} `{of}` has no {what} `{name}`");
                    let names = module.variables.iter().filter(|known| is_one(known));
                    let help = match declared {
                        Some(_) => format!("make it an {what} of the {kind}"),
                        None => near(name, names, spelling).unwrap_or_else(|| {
                            format!("declare it in the {kind} as an {what}")
                        }),
                    };
                    (message, help)
                });
            }
        }
    }

    /// Checks `taskInputs: [{string: {name: Task.x, value: …}}]`, and `taskOutputs` in
    /// the same form.
    fn of_task(&mut self, task: &Task<'_>) {
        const SIDES: [Side; 2] = [
            ("taskInputs", Code::UNKNOWN_INPUT, "input"),
            ("taskOutputs", Code::UNKNOWN_OUTPUT, "output"),
        ];
        for side in SIDES {
            let list = self.action.settings.get(side.0).map(|it| &it.value);
            let Some(Setting::List(items)) = list else { continue };
            let bindings =
                items.iter().filter_map(|item| item.value.group()?.entries.first());
            for (kind, body) in bindings {
                if let Some(body) = body.value.group()
                    && let Some(name) = body.get("name")
                {
                    self.of_binding(task, side, kind, name, body.get("value"));
                }
            }
        }
    }

    fn of_binding(
        &mut self,
        task: &Task<'_>,
        (_, code, what): Side,
        kind: &str,
        place: &Spanned<Setting>,
        value: Option<&Spanned<Setting>>,
    ) {
        let name = place.value.text().unwrap_or_default();
        let Some(known) = task.variables.get(name) else {
            let spelling = self.spelling;
            return self.report(code, place.span, || {
                let near = near(name, task.variables.iter(), spelling);
                let help = near.unwrap_or_else(|| "declare it in the task".into());
                (format!("the task `{}` has no {what} `{name}`", task.unit.name), help)
            });
        };
        let holds = known.value_type;
        if let Some(given) = type_named(kind).filter(|given| differ(*given, holds)) {
            self.report(Code::WRONG_TYPE, place.span, || {
                let message =
                    format!("`{name}` has the type {holds}, but the call uses {given}");
                (message, format!("replace `{kind}` with the type of the variable"))
            });
        } else if let Some(value) = value {
            self.check_type(value, known);
        }
    }

    /// Checks that an output is assigned to a variable of the same type.
    fn check_type(&mut self, value: &Spanned<Setting>, output: &Variable) {
        let Setting::Variable(name) = &value.value else { return };
        let Some(holds) = self.scope.declared(name) else { return };
        let (from, gives) = (&output.name.value, output.value_type);
        if differ(holds, gives) {
            self.report(Code::WRONG_TYPE, value.span, || {
                let message = format!(
                    "`{name}` has the type {holds}, but `{from}` has the type {gives}"
                );
                (message, format!("use a variable of the type {gives}"))
            });
        }
    }

    /// Reports a message and help.
    fn report(&mut self, code: Code, at: Span, write: impl FnOnce() -> (String, String)) {
        self.report.at(code, self.action.title(), at, |diagnostic| {
            let (message, help) = write();
            Diagnostic { message, ..diagnostic }.help(help)
        });
    }
}

fn near<'v>(
    name: &str,
    known: impl Iterator<Item = &'v Variable>,
    spelling: &Spelling,
) -> Option<String> {
    let names: Vec<&str> = known.map(|known| known.name.value.as_str()).collect();
    let near = spelling.nearest(name, names.len(), names.iter().copied())?;
    Some(format!("did you mean `{near}`?"))
}

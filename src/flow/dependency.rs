//! The dependencies of an Architect flow on its organisation: queues, prompts, data
//! tables and similar objects that it refers to by a fixed name.
//!
//! A fixed name occurs in a literal (`{lit: {name: Support}}`), as a key in the settings
//! of a data action or data table, and in an expression: `Prompt.Welcome`,
//! `ToQueue("Support")`. Names that are computed during the call are not found here.

use super::architect::{Action, ArchitectFlow, Setting};
use super::kinds::{SettingForm, SettingSpec};
use super::place::{self, Place};
use super::required_type::{required_type, setting_at};
use crate::expr::Origin;
use crate::expr::architect::{self as expr, Form, Segment, Tree, parse_with};
use crate::source::Span;
use crate::value::{Json, Kind, NAMED_OBJECTS, Text};

/// An object that a flow refers to.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependency<'f> {
    /// The kind of object.
    pub what: DependencyKind<'f>,
    /// The name of the object.
    pub name: Text,
    /// The position of the name.
    pub span: Span,
    /// The action, variable or unit that refers to it; `None` for the flow itself.
    pub of: Option<&'f str>,
}

/// The kind of an object that a flow refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DependencyKind<'f> {
    /// An object of an organisation: a queue, skill, user, schedule… Prompts are user
    /// prompts.
    Object(Kind),
    /// A system prompt of Architect.
    SystemPrompt,
    /// A data action, with its id if the document contains it.
    DataAction(Option<&'f str>),
    /// A data table.
    DataTable,
    /// A column of the data table with this name.
    Column(&'f str),
}

/// Calls `visit` on all dependencies of a flow, in the order of the document.
pub fn dependencies<'f>(flow: &'f ArchitectFlow, visit: &mut dyn FnMut(Dependency<'f>)) {
    place::each(flow, &mut |place| {
        in_place(place, &mut |what, name, span| {
            if !name.is_empty() {
                let name = Text::from(name);
                visit(Dependency { what, name, span, of: place.title() });
            }
        });
    });
}

fn in_place<'f>(
    place: &Place<'f, '_>,
    add: &mut dyn FnMut(DependencyKind<'f>, &str, Span),
) {
    let span = place.setting.span;
    match &place.setting.value {
        Setting::Literal(Json::String(name)) => {
            if let Some(what) = named_by_text(place) {
                add(what, name, span);
            }
        }
        Setting::Literal(literal) => {
            if let Some(Json::String(name)) = literal.get("name")
                && let Some((what, name)) = named_by_object(place, name)
            {
                add(what, name, span);
            }
        }
        Setting::Prompt(name) => {
            if let Some((what, name)) = prompt(name) {
                add(what, name, span);
            }
        }
        Setting::Expression(text, _) => {
            let origin = Origin::new(text, span);
            parse_with(text, |parsed| {
                let Ok(tree) = parsed else { return };
                in_expression(&tree, &mut |what, name, (start, end)| {
                    add(what, name, origin.part(start as usize, end as usize));
                });
            });
        }
        Setting::Group(found)
            if setting_at(place).is_some_and(|it| it.form == SettingForm::Columns) =>
        {
            if let Some(table) = place.action().and_then(table) {
                for (column, value) in &found.entries {
                    let span = column.span.unwrap_or(value.span);
                    add(DependencyKind::Column(table), column, span);
                }
            }
        }
        _ => {}
    }
}

/// Returns the kind of object that a plain string refers to.
fn named_by_text<'f>(place: &Place<'f, '_>) -> Option<DependencyKind<'f>> {
    let action = place.action()?;
    match setting_at(place)?.form {
        SettingForm::DataAction => {
            let id = action.settings.get("actionId");
            Some(DependencyKind::DataAction(id.and_then(|id| id.value.text())))
        }
        SettingForm::DataTable => Some(DependencyKind::DataTable),
        SettingForm::NameOf(kind) => Some(DependencyKind::Object(kind)),
        _ => None,
    }
}

/// Returns the name of the data table that an action looks up.
fn table(action: &Action) -> Option<&str> {
    action.settings.get("dataTable")?.value.text()
}

/// Returns the kind of the object with this name, and its name without a scope:
/// `Prompt.Welcome` is `Welcome`.
fn named_by_object<'f, 'n>(
    place: &Place<'f, '_>,
    name: &'n str,
) -> Option<(DependencyKind<'f>, &'n str)> {
    let setting = setting_at(place);
    let by_type = || required_type(place, setting).map(|needed| needed.kind);
    let kind = setting.and_then(SettingSpec::object).or_else(by_type);
    match kind {
        Some(kind) if NAMED_OBJECTS.contains(&kind) => {
            Some((DependencyKind::Object(kind), name))
        }
        Some(Kind::Prompt | Kind::Audio) if !name.contains('.') => {
            Some((DependencyKind::Object(Kind::Prompt), name))
        }
        _ => prompt(name),
    }
}

/// Returns the kind of a prompt, and its name without the scope.
fn prompt<'f>(name: &str) -> Option<(DependencyKind<'f>, &str)> {
    let (scope, name) = name.split_once('.')?;
    prompt_scope(scope).map(|what| (what, name))
}

/// Returns the kind of the prompts with this scope: `Prompt` or `PromptSystem`.
fn prompt_scope<'f>(scope: &str) -> Option<DependencyKind<'f>> {
    match () {
        () if scope.eq_ignore_ascii_case("Prompt") => {
            Some(DependencyKind::Object(Kind::Prompt))
        }
        () if scope.eq_ignore_ascii_case("PromptSystem") => {
            Some(DependencyKind::SystemPrompt)
        }
        () => None,
    }
}

/// Returns the kind of object that `FindQueue`, `ToQueue` and similar functions look up
/// by name.
fn found_by_name<'f>(rest: &str) -> Option<DependencyKind<'f>> {
    if rest.eq_ignore_ascii_case("UserPrompt") {
        return Some(DependencyKind::Object(Kind::Prompt));
    }
    if rest.eq_ignore_ascii_case("SystemPrompt") {
        return Some(DependencyKind::SystemPrompt);
    }
    let kind =
        NAMED_OBJECTS.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(rest));
    kind.map(DependencyKind::Object)
}

/// Receives an object that an expression refers to, and its place in the text.
type Add<'a, 'f> = dyn FnMut(DependencyKind<'f>, &str, expr::Place) + 'a;

/// Recurses as deep as the expression is nested; the parser limits this depth.
fn in_expression(tree: &Tree<'_>, add: &mut Add<'_, '_>) {
    match &tree.form {
        Form::Name(segments) => in_name(segments, add),
        Form::Call { name, arguments, .. } => {
            let rest = name.get(2..).filter(|_| starts_with(name, "to"));
            let rest =
                rest.or_else(|| name.get(4..).filter(|_| starts_with(name, "find")));
            if let [Tree { form: Form::String(text), place, .. }] = arguments.as_slice()
                && let Some(kind) = rest.and_then(found_by_name)
            {
                add(kind, text.trim(), *place);
            }
            arguments.iter().for_each(|argument| in_expression(argument, add));
        }
        Form::Property(inner, _) | Form::Unary(_, inner) => in_expression(inner, add),
        Form::Item(base, index) => {
            in_expression(base, add);
            in_expression(index, add);
        }
        Form::Binary { sides, .. } => {
            sides.iter().for_each(|side| in_expression(side, add));
        }
        Form::Choice(parts) => parts.iter().for_each(|part| in_expression(part, add)),
        Form::NotSet
        | Form::Boolean(_)
        | Form::Integer(_)
        | Form::Decimal(_)
        | Form::String(_) => {}
    }
}

/// Finds `Prompt.Welcome` and `PromptSystem.on_hold_music`.
fn in_name(segments: &[Segment<'_>], add: &mut Add<'_, '_>) {
    if let [scope, name, ..] = segments
        && let Some(what) = prompt_scope(&scope.text)
    {
        add(what, &name.text, (scope.place.0, name.place.1));
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

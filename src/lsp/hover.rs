//! Explanations of names: the type of a variable, the page of a function, the settings and
//! outputs of an action.

use std::fmt::Write;
use std::path::Path;

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position, Range};

use super::place::{self, Owner};
use super::results::{FlowNode, nodes};
use super::text::{indentation, key};
use super::workspace::Workspace;
use super::{documents, expression, navigate, organisation};
use crate::expr::architect::{BuiltIn, Function, parameters};
use crate::flow::architect::{ArchitectFlow, Setting, Variable};
use crate::flow::kinds::{self, ActionSpec, SettingForm};
use crate::flow::mention::{Symbol, WrittenExpression, variable_of};

/// Returns the explanation of the name at a position.
pub(super) fn hover(
    workspace: &Workspace,
    path: &Path,
    position: Position,
) -> Option<Hover> {
    if let Some(form) = workspace.form(path) {
        return documents::hover(workspace, path, form, position);
    }
    if let Some((flow, mention)) = navigate::at(workspace, path, position)
        && let Some(mut text) = symbol(workspace, flow, &mention.symbol)
    {
        if let Some(seen) = seen(workspace, flow, &mention.symbol) {
            let _ = write!(text, "\n\nSeen in runs: {seen}");
        }
        if matches!(mention.symbol, Symbol::Function(_)) {
            let found = expression_at(workspace, path, position);
            let result = found.and_then(|it| result(workspace, path, position, &it));
            text.extend(result.map(|it| format!("\n\n{it}")));
        }
        let range = workspace.exact_range(mention.span).map(|(_, range)| range);
        return Some(shown(text, range));
    }
    if let Some((text, range)) = organisation::hover(workspace, path, position) {
        return Some(shown(text, range));
    }
    if let Some(text) = setting(workspace, path, position) {
        return Some(shown(text, None));
    }
    let found = expression_at(workspace, path, position)?;
    let result = result(workspace, path, position, &found);
    let seen = seen_in(workspace, &found);
    let text: Vec<String> = result.into_iter().chain(seen).collect();
    (!text.is_empty()).then(|| shown(text.join("\n\n"), Some(found.2)))
}

/// An expression with its flow and its place.
type Found<'w> = (&'w ArchitectFlow, WrittenExpression<'w>, Range);

/// Returns the expression at a position.
fn expression_at<'w>(
    workspace: &'w Workspace,
    path: &Path,
    position: Position,
) -> Option<Found<'w>> {
    let found = workspace.expressions(path).into_iter();
    found.rev().find(|(_, _, it)| it.start <= position && position <= it.end)
}

/// Returns the results that the part of an expression at a position had in runs.
fn result(
    workspace: &Workspace,
    path: &Path,
    position: Position,
    (flow, expression, range): &Found<'_>,
) -> Option<String> {
    let own = expression.action?;
    let is_own = |it: &FlowNode<'_>| it.action.is_some_and(|it| std::ptr::eq(it, own));
    let node = nodes(flow).into_iter().find(is_own)?;
    let key = (flow.name.value.to_string(), node.id);
    let text = workspace.text(path)?;
    let at = text.offset(position).checked_sub(text.offset(range.start))?;
    let names = expression::names(flow, expression.unit);
    let seen = workspace.results().seen();
    let (part, results) = seen.results(&key, expression.text, at, &names)?;
    Some(format!("In runs, `{part}` {results}"))
}

/// Returns the values that the variables of an expression had, if any are known.
fn seen_in(workspace: &Workspace, (flow, expression, _): &Found<'_>) -> Option<String> {
    let span = expression.span;
    let mut lines: Vec<String> = Vec::new();
    for mention in workspace.mentions(flow) {
        let is_inside = span.start <= mention.span.start && mention.span.end <= span.end;
        if let Some(seen) = seen(workspace, flow, &mention.symbol).filter(|_| is_inside) {
            let line = format!("`{}`: {seen}", workspace.written(mention.span));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    (!lines.is_empty()).then(|| format!("Seen in runs:\n\n{}", lines.join("\n\n")))
}

/// Returns the values that a variable had in runs, in words.
fn seen(
    workspace: &Workspace,
    flow: &ArchitectFlow,
    symbol: &Symbol<'_>,
) -> Option<String> {
    let seen = workspace.results().seen();
    let flow_name = &flow.name.value;
    match symbol {
        Symbol::Variable { unit, name } => {
            let unit = unit.and_then(|key| flow.unit(key));
            seen.values(flow_name, unit.map(|it| it.name.as_str()), name)
        }
        Symbol::BuiltIn(built_in) => {
            seen.values(flow_name, None, &built_in.name.to_lowercase())
        }
        _ => None,
    }
}

pub(super) fn shown(value: String, range: Option<Range>) -> Hover {
    let contents = MarkupContent { kind: MarkupKind::Markdown, value };
    Hover { contents: HoverContents::Markup(contents), range }
}

fn symbol(
    workspace: &Workspace,
    flow: &ArchitectFlow,
    symbol: &Symbol<'_>,
) -> Option<String> {
    Some(match symbol {
        Symbol::Variable { unit, name } => variable(&variable_of(flow, *unit, name)?),
        Symbol::BuiltIn(built_in) => built_in_variable(built_in),
        Symbol::Function(function) => function_page(function),
        Symbol::Unit(key) => {
            let unit = flow.unit(key)?;
            let mut count = 0;
            unit.each_action(&mut |_| count += 1);
            let actions = if count == 1 { "action" } else { "actions" };
            format!("**{}** — {}, {count} {actions}", unit.name, unit.kind.name())
        }
        Symbol::Flow(name) => {
            let named = |it: &&ArchitectFlow| it.name.value.eq_ignore_ascii_case(name);
            let found = workspace.flows().find(named)?;
            let description = found.description.as_deref().unwrap_or_default();
            format!("**{}** — {}\n\n{description}", found.name.value, found.flow_type)
        }
        Symbol::Kind(kind) => action(kinds::named(kind)?),
    })
}

fn variable(variable: &Variable) -> String {
    let mut text =
        format!("```\n{}: {}\n```\n", variable.name.value, variable.value_type);
    let roles = match (variable.is_input, variable.is_output) {
        (true, true) => "Input and output of the flow.",
        (true, false) => "Input of the flow.",
        (false, true) => "Output of the flow.",
        (false, false) => "",
    };
    if !roles.is_empty() {
        let _ = writeln!(text, "\n{roles}");
    }
    let initial = variable.initial.as_ref().map(|it| &it.value);
    match initial {
        Some(Setting::Literal(value)) => {
            let _ = writeln!(text, "\nInitial value: `{value}`");
        }
        Some(Setting::Expression(value, _)) => {
            let _ = writeln!(text, "\nInitial value: `{value}`");
        }
        _ => text.push_str("\nInitial value: `NOT_SET`\n"),
    }
    text
}

fn built_in_variable(built_in: &BuiltIn) -> String {
    let name = built_in.name;
    format!(
        "```\n{name}: {}\n```\n\nBuilt-in variable of Architect.",
        built_in.value_type
    )
}

/// Returns the forms of a function and its purpose, as `flowsim functions` prints them.
fn function_page(function: &Function) -> String {
    let mut text = String::from("```\n");
    for overload in function.overloads {
        let wanted = parameters(overload);
        let _ = writeln!(text, "{}{wanted}: {}", function.name, overload.returns);
    }
    let (example, value) = function.example;
    let _ = write!(text, "```\n\n{}\n\n`{example}` is `{value}`", function.summary);
    text
}

fn action(kind: &ActionSpec) -> String {
    let mut text = format!("**{}**", kind.name);
    if !kind.outputs.is_empty() {
        let _ = write!(text, "\n\nOutputs: `{}`", kind.outputs.join("`, `"));
    }
    if !kind.required().is_empty() {
        let required = kind.required().join("`, `").replace('|', "` or `");
        let _ = write!(text, "\n\nRequired: `{required}`");
    }
    let names = place::names(&["actions".to_owned(), kind.name.to_owned()]);
    if !names.is_empty() {
        let _ = write!(text, "\n\nSettings: `{}`", names.join("`, `"));
    }
    if let Some(types) = kind.flow_types() {
        let _ = write!(text, "\n\nFlow types: `{}`", types.join("`, `"));
    }
    text
}

/// Returns the form of the setting whose name is at a position.
fn setting(workspace: &Workspace, path: &Path, position: Position) -> Option<String> {
    let text = workspace.text(path)?;
    let line = position.line as usize;
    let content = text.line(line);
    let name = key(content)?;
    let start = content.find(name)?;
    let column =
        text.offset(position) - text.offset(Position { character: 0, ..position });
    if !(start..=start + name.len()).contains(&column) {
        return None;
    }
    let mut path = place::path(text, line, indentation(content));
    if matches!(place::owner(&path).0, Owner::Actions | Owner::Choices) {
        return kinds::named(name).map(action);
    }
    path.push(name.to_owned());
    let form = described(place::form(&path)?)?;
    Some(format!("**{name}** — {form}"))
}

fn described(form: SettingForm) -> Option<String> {
    Some(match form {
        SettingForm::Value(kind) => format!("a value of the type {}", kind.name()),
        SettingForm::NameOf(kind) => format!("the name of a {}", kind.name()),
        SettingForm::Object(kind) => format!("a {} of the organisation", kind.name()),
        SettingForm::DataAction => "the name of a data action".to_owned(),
        SettingForm::DataTable => "the name of a data table".to_owned(),
        SettingForm::Columns => "columns of the data table".to_owned(),
        SettingForm::Result(_) => "the variable that receives the result".to_owned(),
        SettingForm::Word(words) => format!("one of `{}`", words.join("`, `")),
        SettingForm::Reference => "a reference to a task, menu or state".to_owned(),
        SettingForm::Statement => "a value of the type that the key names".to_owned(),
        SettingForm::Any => "a value".to_owned(),
        SettingForm::Other => return None,
    })
}

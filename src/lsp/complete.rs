//! Completion: keys and values from the table of kinds; variables and functions in
//! expressions; references to tasks and menus; names of flows.

use std::path::Path;

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, Position,
    Range, TextEdit,
};

use super::place;
use super::text::{Text, indentation, key};
use super::workspace::Workspace;
use super::{documents, organisation};
use crate::expr::architect::{BUILT_INS, functions};
use crate::flow::architect::{ArchitectFlow, UnitKind, Variable, variables_of_choices};
use crate::flow::kinds::SettingForm;
use crate::value::Kind;

/// Returns the completions at a position.
pub(super) fn complete(
    workspace: &Workspace,
    path: &Path,
    position: Position,
) -> Vec<CompletionItem> {
    if let Some(form) = workspace.form(path) {
        return documents::complete(workspace, path, form, position);
    }
    let Some(text) = workspace.text(path) else { return Vec::new() };
    let flow = workspace.flows_of(path).first();
    let cursor = Cursor::new(text, position);
    let (line, before) = (cursor.line, cursor.before);
    match cursor.value() {
        Some(("exp", typed)) => expression(flow, &cursor, typed),
        Some(("var" | "variable", typed)) => variables(flow, &cursor, typed),
        Some((name, typed)) if name.ends_with("Ref") => references(flow, &cursor, typed),
        Some(("dtmf" | "globalDtmf", typed)) => {
            let keys = "0123456789*#".chars().map(|key| format!("digit_{key}"));
            cursor.items(keys, typed, CompletionItemKind::ENUM_MEMBER)
        }
        Some((name, typed)) => {
            let (form, is_name) = form(&cursor, name);
            match form {
                Some(form) if is_name => {
                    organisation::names(workspace, path, form, &cursor, typed)
                }
                form => values(&cursor, form, typed),
            }
        }
        None => {
            let keys = place::path(text, line, indentation(before));
            let typed = before.trim_start_matches([' ', '-']);
            match place::form(&keys) {
                Some(form @ (SettingForm::DataAction | SettingForm::DataTable)) => {
                    let named =
                        organisation::names(workspace, path, form, &cursor, typed);
                    with_colons(named)
                }
                _ => {
                    let module = modules(workspace, &keys);
                    cursor.keys(module.unwrap_or_else(|| place::names(&keys)))
                }
            }
        }
    }
}

/// The text up to the cursor.
pub(super) struct Cursor<'t> {
    pub(super) text: &'t Text,
    line: usize,
    pub(super) before: &'t str,
    pub(super) position: Position,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t Text, position: Position) -> Self {
        let start = text.offset(Position { character: 0, ..position });
        let before = &text.as_str()[start..text.offset(position)];
        Self { text, line: position.line as usize, before, position }
    }

    /// Returns the key of the value at the cursor, and what was typed of the value. A line
    /// inside a block of text belongs to the key above it.
    fn value(&self) -> Option<(&'t str, &'t str)> {
        let before = self.before;
        let colon = before.rfind(": ").or_else(|| before.rfind(":\t"));
        if let Some(colon) = colon {
            let name = before[..colon].rsplit(['{', ',', ' ', '-']).next()?;
            return Some((name, before[colon + 2..].trim_start()));
        }
        let depth = indentation(before);
        let above = (0..self.line).rev().map(|number| self.text.line(number));
        let above = above.filter(|line| !line.trim().is_empty());
        let parent = above.into_iter().find(|line| indentation(line) < depth)?;
        let is_block = parent.trim_end().ends_with(['|', '>'])
            || parent.trim_end().ends_with("|-")
            || parent.trim_end().ends_with(">-");
        is_block.then_some(())?;
        Some((key(parent)?, before.trim_start()))
    }

    /// The range of what was typed.
    fn range(&self, typed: &str) -> Range {
        let units = typed.encode_utf16().count();
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        let character = self.position.character.saturating_sub(units);
        Range { start: Position { character, ..self.position }, end: self.position }
    }

    pub(super) fn item(
        &self,
        name: String,
        typed: &str,
        kind: CompletionItemKind,
    ) -> CompletionItem {
        let edit = TextEdit { range: self.range(typed), new_text: name.clone() };
        CompletionItem {
            label: name,
            kind: Some(kind),
            text_edit: Some(CompletionTextEdit::Edit(edit)),
            ..CompletionItem::default()
        }
    }

    pub(super) fn items(
        &self,
        names: impl IntoIterator<Item = String>,
        typed: &str,
        kind: CompletionItemKind,
    ) -> Vec<CompletionItem> {
        names.into_iter().map(|name| self.item(name, typed, kind)).collect()
    }

    /// Returns keys, each with its colon.
    fn keys(&self, names: Vec<String>) -> Vec<CompletionItem> {
        let typed = self.before.trim_start_matches([' ', '-']);
        with_colons(self.items(names, typed, CompletionItemKind::PROPERTY))
    }
}

/// Adds the colons of keys.
fn with_colons(mut items: Vec<CompletionItem>) -> Vec<CompletionItem> {
    for item in &mut items {
        if let Some(CompletionTextEdit::Edit(edit)) = &mut item.text_edit {
            edit.new_text.push(':');
        }
    }
    items
}

/// The last word of an expression, with its dots.
fn word(typed: &str) -> &str {
    let is_word = |it: char| it.is_alphanumeric() || it == '_' || it == '.';
    let start = typed
        .rfind(|it| !is_word(it))
        .map_or(0, |at| at + typed[at..].chars().next().map_or(1, char::len_utf8));
    &typed[start..]
}

fn expression(
    flow: Option<&ArchitectFlow>,
    cursor: &Cursor<'_>,
    typed: &str,
) -> Vec<CompletionItem> {
    let typed = word(typed);
    let mut items = variables(flow, cursor, typed);
    items.extend(BUILT_INS.iter().map(|built_in| {
        let name = built_in.name.to_owned();
        let item = cursor.item(name, typed, CompletionItemKind::CONSTANT);
        CompletionItem { detail: Some(built_in.value_type.to_string()), ..item }
    }));
    if !typed.contains('.') {
        items.extend(functions().map(|function| {
            let name = function.name.to_owned();
            let item = cursor.item(name, typed, CompletionItemKind::FUNCTION);
            let documentation = Some(Documentation::String(function.summary.to_owned()));
            CompletionItem { documentation, ..item }
        }));
    }
    items
}

/// The variables of the flow and of the unit around the cursor.
fn variables(
    flow: Option<&ArchitectFlow>,
    cursor: &Cursor<'_>,
    typed: &str,
) -> Vec<CompletionItem> {
    let Some(flow) = flow else { return Vec::new() };
    let mut all: Vec<Variable> = flow.variables.clone();
    for unit in &flow.units {
        all.extend(unit.variables.iter().cloned());
        all.extend(variables_of_choices(unit));
    }
    let mut known = std::collections::BTreeSet::new();
    all.retain(|variable| known.insert(variable.name.value.to_lowercase()));
    let item = |variable: Variable| {
        let name = variable.name.value.to_string();
        let item = cursor.item(name, typed, CompletionItemKind::VARIABLE);
        CompletionItem { detail: Some(variable.value_type.to_string()), ..item }
    };
    all.into_iter().map(item).collect()
}

/// References to the units of the flow, as Archy writes them.
fn references(
    flow: Option<&ArchitectFlow>,
    cursor: &Cursor<'_>,
    typed: &str,
) -> Vec<CompletionItem> {
    let Some(flow) = flow else { return Vec::new() };
    let quote = if typed.starts_with(['"', '\'']) { "" } else { "\"" };
    let typed = typed.trim_start_matches(['"', '\'']);
    let items = flow.units.iter().map(|unit| {
        let (list, kind) = match unit.kind {
            UnitKind::Task => ("tasks", "task"),
            UnitKind::Menu => ("menus", "menu"),
            UnitKind::State => ("states", "state"),
            UnitKind::Bot => ("bots", "bot"),
        };
        let reference = format!("/{}/{list}/{kind}[{}]", flow.flow_type, unit.key);
        let text = format!("{quote}{reference}{quote}");
        let mut item = cursor.item(text, typed, CompletionItemKind::REFERENCE);
        item.label = reference;
        item.detail = Some(unit.name.to_string());
        item
    });
    items.collect()
}

/// Returns the form of the value at the cursor, and whether the value is the name of an
/// object, such as `name` in `targetQueue: {lit: {name: Support}}`.
fn form(cursor: &Cursor<'_>, name: &str) -> (Option<SettingForm>, bool) {
    let content = cursor.text.line(cursor.line);
    let mut path = place::path(cursor.text, cursor.line, indentation(content));
    match keys_of_line(cursor.before) {
        keys if keys.is_empty() => path.push(name.to_owned()),
        keys => path.extend(keys.into_iter().map(str::to_owned)),
    }
    let ends_with = |path: &[String], key: &str| path.last().is_some_and(|it| it == key);
    if ends_with(&path, "name") && ends_with(&path[..path.len() - 1], "lit") {
        let form = place::form(&path[..path.len() - 2]);
        return (
            form,
            matches!(form, Some(SettingForm::Object(_) | SettingForm::Value(_))),
        );
    }
    let is_literal = ends_with(&path, "lit");
    path.truncate(path.len() - usize::from(is_literal));
    let form = place::form(&path);
    (form, is_literal && matches!(form, Some(SettingForm::NameOf(_))))
}

/// Returns the keys of a line whose value, in braces or not, has not ended.
fn keys_of_line(before: &str) -> Vec<&str> {
    let mut open: Vec<&str> = Vec::new();
    let mut current = None;
    let mut start = 0;
    for (at, character) in before.char_indices() {
        match character {
            ':' if current.is_none() && before[at + 1..].starts_with([' ', '\t']) => {
                let key = before[start..at].trim_start_matches([' ', '-']);
                current = Some(key.trim_matches(['"', '\'']));
            }
            '{' if before[start..at].trim().is_empty() => open.extend(current.take()),
            ',' if !open.is_empty() => current = None,
            '}' if !open.is_empty() => {
                open.pop();
                current = None;
            }
            _ => continue,
        }
        start = at + 1;
    }
    open.extend(current);
    open
}

/// The words of a setting, or `true` and `false`.
fn values(
    cursor: &Cursor<'_>,
    form: Option<SettingForm>,
    typed: &str,
) -> Vec<CompletionItem> {
    let kind = CompletionItemKind::ENUM_MEMBER;
    match form {
        Some(SettingForm::Word(words)) => {
            cursor.items(words.iter().map(|it| (*it).to_owned()), typed, kind)
        }
        Some(SettingForm::Value(Kind::Boolean)) => {
            cursor.items(["true".to_owned(), "false".to_owned()], typed, kind)
        }
        _ => Vec::new(),
    }
}

/// The common modules of the workspace, below the key that names one.
fn modules(workspace: &Workspace, path: &[String]) -> Option<Vec<String>> {
    (path.last()? == "commonModule").then(|| {
        let modules = workspace.flows().filter(|flow| flow.is_module());
        modules.map(|flow| flow.name.value.to_string()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_an_expression_ends_at_the_cursor() {
        assert_eq!(word("Upper(Flow.na"), "Flow.na");
        assert_eq!(word("Flow.a == "), "");
        assert_eq!(word("é+Le"), "Le");
    }
}

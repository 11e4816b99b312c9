//! Completion, explanations and definitions in scenario files and fixtures.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, Hover,
    Location, Position, Range,
};

use super::Form;
use super::entry::resolved;
use super::known::{Known, Names, Place, icon};
use super::name::{self, Named};
use super::place::{self, Role, Word};
use super::schema::{ITEM, Schema};
use crate::lsp::complete::Cursor;
use crate::lsp::hover::shown;
use crate::lsp::uri;
use crate::lsp::workspace::Workspace;
use crate::value::Json;

/// The largest number of definitions and uses that an explanation lists.
const MOST_PLACES: usize = 5;

/// Returns the completions at a position.
pub(in crate::lsp) fn complete(
    workspace: &Workspace,
    path: &Path,
    form: Form,
    position: Position,
) -> Vec<CompletionItem> {
    let Some(text) = workspace.text(path) else { return Vec::new() };
    let cursor = Cursor::new(text, position);
    let line = position.line as usize;
    let Some(word) = place::typed(text, line, cursor.before) else { return Vec::new() };
    let schema = schema(workspace, form).below(&word.path);
    let is_item = word.path.last().is_some_and(|it| it == ITEM);
    let mut items = Vec::new();
    if word.role != Role::Value {
        items.extend(keys(&cursor, &word, &schema));
        if let Some(named) = of_key(form, &word.path) {
            let names = names(workspace, path, &cursor, &word, named);
            items.extend(names.into_iter().map(|item| with_colon(item, &word)));
        }
    }
    if word.role == Role::Value || (word.role == Role::Open && is_item) {
        items.extend(match of_value(form, &word.path) {
            Some(named) => names(workspace, path, &cursor, &word, named),
            None => {
                let words = schema.words().into_iter().map(str::to_owned);
                cursor.items(words, word.text, CompletionItemKind::ENUM_MEMBER)
            }
        });
    }
    items
}

/// Keys of the schema, each with its colon.
fn keys(
    cursor: &Cursor<'_>,
    word: &Word<'_>,
    schema: &Schema<'_>,
) -> Vec<CompletionItem> {
    let items = schema.keys().into_iter().map(|(name, meaning)| {
        let kind = CompletionItemKind::PROPERTY;
        let mut item = cursor.item(name.to_string(), word.text, kind);
        item.documentation = meaning.map(|it| Documentation::String(it.to_owned()));
        with_colon(item, word)
    });
    items.collect()
}

/// Adds the colon of a key, unless it is in quotes.
fn with_colon(mut item: CompletionItem, word: &Word<'_>) -> CompletionItem {
    if let Some(CompletionTextEdit::Edit(edit)) = &mut item.text_edit
        && !word.is_quoted
    {
        edit.new_text.push(':');
    }
    item
}

/// Names of flows and fixtures.
fn names(
    workspace: &Workspace,
    path: &Path,
    cursor: &Cursor<'_>,
    word: &Word<'_>,
    named: Named,
) -> Vec<CompletionItem> {
    let owner = owner(cursor, word);
    let known = Names::of(workspace, path).all(named, owner);
    let mut seen = BTreeSet::new();
    let known = known.into_iter().filter(|it| seen.insert(it.name.clone()));
    let items = known.map(|known| {
        let mut item = cursor.item(known.name, word.text, icon(named));
        if let Some(CompletionTextEdit::Edit(edit)) = &mut item.text_edit
            && !word.is_quoted
        {
            edit.new_text = written(&edit.new_text);
        }
        item.detail = Some(known.detail);
        item
    });
    items.collect()
}

/// Returns a name as YAML writes it: in quotes if it would mean something else without.
pub(in crate::lsp) fn written(name: &str) -> String {
    let is_safe = |it: char| it.is_alphanumeric() || " _-./?()+".contains(it);
    let is_word = name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().all(is_safe)
        && !name.ends_with(' ');
    let reserved = ["true", "false", "null", "yes", "no", "on", "off"];
    let is_reserved = reserved.iter().any(|it| it.eq_ignore_ascii_case(name));
    match is_word && !is_reserved {
        true => name.to_owned(),
        false => Json::from(name).to_string(),
    }
}

/// The action whose output is named: a key that encloses it, or that is next to it.
fn owner<'t>(cursor: &Cursor<'t>, word: &'t Word<'_>) -> Option<&'t str> {
    let line = cursor.position.line as usize;
    let enclosing = word.path.iter().rev().skip(1).find(|it| *it != ITEM);
    let next_to = ["action", "name", "kind"]
        .iter()
        .find_map(|key| place::sibling(cursor.text, line, key));
    let is_entry =
        |it: &&String| word.path.iter().any(|key| key == "actions") && *it != "actions";
    next_to.or_else(|| enclosing.filter(is_entry).map(String::as_str))
}

/// Returns the explanation of the word at a position.
pub(in crate::lsp) fn hover(
    workspace: &Workspace,
    path: &Path,
    form: Form,
    position: Position,
) -> Option<Hover> {
    let (word, range) = word(workspace, path, position)?;
    let found = meant(workspace, path, form, position, &word);
    if !found.is_empty() {
        return Some(shown(explained(workspace, word.text, &found), Some(range)));
    }
    if word.role == Role::Value {
        return None;
    }
    let mut keys = word.path.clone();
    keys.push(word.text.to_owned());
    let schema = schema(workspace, form).below(&keys);
    let mut words = schema.words();
    if schema.has_other_values() {
        words.clear();
    }
    let mut text = format!("**{}**", word.text);
    match schema.meaning() {
        Some(meaning) => {
            let _ = write!(text, " — {meaning}");
        }
        None if words.is_empty() => return None,
        None => {}
    }
    if !words.is_empty() {
        let _ = write!(text, "\n\nOne of `{}`", words.join("`, `"));
    }
    Some(shown(text, Some(range)))
}

/// The meanings of a name, with the places of its definitions and uses.
pub(in crate::lsp) fn explained(
    workspace: &Workspace,
    name: &str,
    found: &[Known],
) -> String {
    let mut text = format!("**{name}**");
    for known in found.iter().take(MOST_PLACES) {
        let place = match &known.place {
            Some(Place::Flow(span)) => {
                let (path, range) = workspace.range(*span);
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                format!(" (`{file}`, line {})", range.start.line + 1)
            }
            Some(Place::Document(..)) | None => String::new(),
        };
        let _ = write!(text, "\n\n{}{place}", known.detail);
    }
    if found.len() > MOST_PLACES {
        let _ = write!(text, "\n\nand {} more", found.len() - MOST_PLACES);
    }
    text
}

/// Returns the places where the name at a position is defined: in a flow or in fixtures.
pub(in crate::lsp) fn definitions(
    workspace: &Workspace,
    path: &Path,
    form: Form,
    position: Position,
) -> Vec<Location> {
    let Some((word, _)) = word(workspace, path, position) else { return Vec::new() };
    if word.role != Role::Key && of_value(form, &word.path) == Some(Named::File) {
        let folder = path.parent().unwrap_or(Path::new(""));
        return file(&resolved(&folder.join(word.text))).into_iter().collect();
    }
    let found = meant(workspace, path, form, position, &word);
    let is_defined = |it: &&Known| matches!(it.place, Some(Place::Document(..)));
    // A name in fixtures is defined there; its uses in flows are definitions of nothing.
    let (defined, used): (Vec<&Known>, Vec<&Known>) = found.iter().partition(is_defined);
    let places = if defined.is_empty() { used } else { defined };
    places.into_iter().filter_map(|known| location(workspace, known)).collect()
}

/// The place of a name in the protocol.
pub(in crate::lsp) fn location(workspace: &Workspace, known: &Known) -> Option<Location> {
    let (path, range) = match known.place.as_ref()? {
        Place::Flow(span) => workspace.range(*span),
        Place::Document(path, range) => (path.clone(), *range),
    };
    Some(Location { uri: uri::of(&path)?, range })
}

/// The begin of a file.
fn file(path: &Path) -> Option<Location> {
    let exists = path.is_file();
    exists.then(|| Some(Location { uri: uri::of(path)?, range: Range::default() }))?
}

/// Returns the word at a position, and its range.
fn word<'w>(
    workspace: &'w Workspace,
    path: &Path,
    position: Position,
) -> Option<(Word<'w>, Range)> {
    let text = workspace.text(path)?;
    let start = text.offset(Position { character: 0, ..position });
    let column = text.offset(position) - start;
    let word = place::word_at(text, position.line as usize, column)?;
    let first = start + word.start;
    let range = text.range(first, first + word.text.len());
    Some((word, range))
}

/// Returns everything that the word may name.
fn meant(
    workspace: &Workspace,
    path: &Path,
    form: Form,
    position: Position,
    word: &Word<'_>,
) -> Vec<Known> {
    let named = match word.role {
        Role::Key => of_key(form, &word.path),
        Role::Value | Role::Open => of_value(form, &word.path),
    };
    let (Some(named), Some(text)) = (named, workspace.text(path)) else {
        return Vec::new();
    };
    let cursor = Cursor::new(text, position);
    let mut found = Names::of(workspace, path).all(named, owner(&cursor, word));
    found.retain(|it| it.name == word.text);
    found
}

fn schema(workspace: &Workspace, form: Form) -> Schema<'_> {
    match form {
        Form::Scenario => workspace.schemas().scenario(),
        Form::Fixtures => workspace.schemas().fixtures(),
    }
}

fn of_value(form: Form, path: &[String]) -> Option<Named> {
    match form {
        Form::Scenario => name::of_value(path),
        Form::Fixtures => name::of_fixture(path),
    }
}

fn of_key(form: Form, path: &[String]) -> Option<Named> {
    match form {
        Form::Scenario => name::of_key(path),
        Form::Fixtures => name::of_fixture_key(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_meaning_in_yaml_are_quoted() {
        for plain in ["Hello", "Which door?", "Two (2)", "äh"] {
            assert_eq!(written(plain), plain);
        }
        for quoted in ["a: b", "1", "- a", "No", "a #b", "{x}", "a, b", "", "a "] {
            assert_eq!(written(quoted), Json::from(quoted).to_string());
        }
    }
}

//! Definitions, references and renaming.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lsp_types::{
    Location, Position, PrepareRenameResponse, Range, TextEdit, WorkspaceEdit,
};

use super::text::{indentation, key};
use super::workspace::Workspace;
use super::{documents, organisation, uri};
use crate::flow::architect::ArchitectFlow;
use crate::flow::mention::{Mention, Symbol};

/// Returns the name at a position, and its flow. Of names inside each other, the shortest
/// counts.
pub(super) fn at<'w>(
    workspace: &'w Workspace,
    path: &Path,
    position: Position,
) -> Option<(&'w ArchitectFlow, Mention<'w>)> {
    workspace.flows_of(path).iter().find_map(|flow| {
        let offset = workspace.offset(flow, path, position)?;
        let holds = |it: &Mention<'_>| it.span.start <= offset && offset <= it.span.end;
        let found = workspace.mentions(flow).into_iter().filter(holds);
        let mention = found.min_by_key(|it| it.span.end - it.span.start)?;
        Some((flow, mention))
    })
}

/// Returns the places where the thing at a position is declared.
pub(super) fn definitions(
    workspace: &Workspace,
    path: &Path,
    position: Position,
) -> Vec<Location> {
    if let Some(form) = workspace.form(path) {
        return documents::definitions(workspace, path, form, position);
    }
    let Some((flow, mention)) = at(workspace, path, position) else {
        return organisation::definitions(workspace, path, position);
    };
    let spans: Vec<_> = match &mention.symbol {
        Symbol::Flow(name) => {
            let named =
                |flow: &&ArchitectFlow| flow.name.value.eq_ignore_ascii_case(name);
            workspace.flows().filter(named).map(|flow| flow.name.span).collect()
        }
        symbol => {
            let same = |it: &Mention<'_>| it.is_declaration && it.symbol == *symbol;
            workspace.mentions(flow).into_iter().filter(same).map(|it| it.span).collect()
        }
    };
    spans.into_iter().filter_map(|span| location(workspace.range(span))).collect()
}

/// Returns all uses of the thing at a position, in the order of the files.
pub(super) fn references(
    workspace: &Workspace,
    path: &Path,
    position: Position,
    with_declaration: bool,
) -> Vec<Location> {
    let Some((flow, mention)) = at(workspace, path, position) else { return Vec::new() };
    let is_local = matches!(mention.symbol, Symbol::Variable { .. } | Symbol::Unit(_));
    let flows: Vec<&ArchitectFlow> =
        if is_local { vec![flow] } else { workspace.flows().collect() };
    let found = flows.into_iter().flat_map(|flow| workspace.mentions(flow));
    let found = found.filter(|it| {
        it.symbol == mention.symbol && (with_declaration || !it.is_declaration)
    });
    found.filter_map(|it| location(workspace.range(it.span))).collect()
}

/// Returns the part of a name that can be replaced: the name of a variable without its
/// scope, or the `refId` of a unit in a reference.
pub(super) fn prepare_rename(
    workspace: &Workspace,
    path: &Path,
    position: Position,
) -> Option<PrepareRenameResponse> {
    let (_, mention) = at(workspace, path, position)?;
    let span = name_part(workspace, &mention)?;
    let (_, range) = workspace.exact_range(span)?;
    let placeholder = workspace.written(span).to_owned();
    Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder })
}

/// Renames a variable, or the `refId` of a unit, in its flow.
///
/// # Errors
/// The new name is not a name, or is taken.
pub(super) fn rename(
    workspace: &Workspace,
    path: &Path,
    position: Position,
    new_name: &str,
) -> Result<Option<WorkspaceEdit>, String> {
    let Some((flow, mention)) = at(workspace, path, position) else { return Ok(None) };
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    let is_name = new_name.chars().all(is_word)
        && new_name.chars().next().is_some_and(|first| !first.is_ascii_digit());
    let mut edits: Vec<(PathBuf, TextEdit)> = Vec::new();
    match &mention.symbol {
        Symbol::Variable { name, .. } => {
            if !is_name {
                return Err(format!("`{new_name}` is not the name of a variable"));
            }
            let scope = name.split('.').next().unwrap_or_default();
            let full = format!("{scope}.{new_name}").to_lowercase();
            if full != name.as_str() && is_taken(workspace, flow, &full) {
                return Err(format!("`{new_name}` is declared already"));
            }
        }
        Symbol::Unit(key) => {
            if new_name.is_empty() || new_name.contains(['[', ']', '/', '"', ':', ' ']) {
                return Err(format!("`{new_name}` is not a `refId`"));
            }
            if new_name != key.as_str() && flow.unit(new_name).is_some() {
                return Err(format!("another unit has the `refId` `{new_name}`"));
            }
            edits.extend(declared_reference(workspace, flow, &mention, new_name));
        }
        _ => return Ok(None),
    }
    let is_unit = matches!(mention.symbol, Symbol::Unit(_));
    for other in workspace.mentions(flow).iter().filter(|it| it.symbol == mention.symbol)
    {
        if is_unit && other.is_declaration {
            continue;
        }
        let place = name_part(workspace, other).and_then(|it| workspace.exact_range(it));
        let (path, range) = place.ok_or("a use comes from the value of a placeholder")?;
        edits.push((path, TextEdit { range, new_text: new_name.to_owned() }));
    }
    Ok(edit(edits))
}

fn is_taken(workspace: &Workspace, flow: &ArchitectFlow, full: &str) -> bool {
    workspace.mentions(flow).iter().any(|it| {
        let Symbol::Variable { name, .. } = &it.symbol else { return false };
        it.is_declaration && name.as_str() == full
    })
}

/// Returns the edits of one document, or of several.
fn edit(edits: Vec<(PathBuf, TextEdit)>) -> Option<WorkspaceEdit> {
    let mut documents: BTreeMap<PathBuf, Vec<TextEdit>> = BTreeMap::new();
    for (path, edit) in edits {
        documents.entry(path).or_default().push(edit);
    }
    let changes = documents.into_iter().map(|(path, edits)| uri::edit(&path, edits));
    uri::edits(changes.collect::<Option<_>>()?)
}

/// The part of a name that a new name replaces. `None` for the declaration of a unit, whose
/// `refId` is on another line.
fn name_part(
    workspace: &Workspace,
    mention: &Mention<'_>,
) -> Option<crate::source::Span> {
    let written = workspace.written(mention.span);
    match &mention.symbol {
        Symbol::Variable { name, .. } if written.eq_ignore_ascii_case(name) => {
            let start = written.find('.')? + 1;
            Some(mention.span.part(start, written.len()))
        }
        Symbol::Unit(key) if !mention.is_declaration => {
            let start = written.rfind(&format!("[{key}]"))? + 1;
            Some(mention.span.part(start, start + key.len()))
        }
        _ => None,
    }
}

/// Returns the edit of the line `refId: …` of a unit.
fn declared_reference(
    workspace: &Workspace,
    flow: &ArchitectFlow,
    mention: &Mention<'_>,
    new_name: &str,
) -> Option<(PathBuf, TextEdit)> {
    let Symbol::Unit(unit) = &mention.symbol else { return None };
    let (path, range) = workspace.range(flow.unit(unit)?.span);
    let text = workspace.text(&path)?;
    let first = range.start.line as usize;
    let depth = indentation(text.line(first));
    for number in first + 1..text.lines() {
        let line = text.line(number);
        if !line.trim().is_empty() && indentation(line) <= depth {
            return None;
        }
        if key(line) == Some("refId") && line.contains(unit.as_str()) {
            let start = line.rfind(unit.as_str())?;
            let at = |column: usize| Position {
                line: u32::try_from(number).unwrap_or(u32::MAX),
                character: u32::try_from(line[..column].encode_utf16().count())
                    .unwrap_or(u32::MAX),
            };
            let range = Range { start: at(start), end: at(start + unit.len()) };
            return Some((path, TextEdit { range, new_text: new_name.to_owned() }));
        }
    }
    None
}

fn location((path, range): (PathBuf, Range)) -> Option<Location> {
    Some(Location { uri: uri::of(&path)?, range })
}

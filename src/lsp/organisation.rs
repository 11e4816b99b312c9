//! Names of the organisation in flows: queues, skills, data actions, data tables and
//! similar objects. They come from fixtures, from Terraform, and from other flows.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lsp_types::{CompletionItem, CompletionItemKind, Location, Position, Range};

use super::complete::Cursor;
use super::documents::{
    self, Entry, Known, Named, Names, Place, each_entry, section_of_dependency,
};
use super::text::{Text, indentation};
use super::workspace::Workspace;
use crate::flow::dependencies;
use crate::flow::kinds::SettingForm;
use crate::project::{OfFiles, Terraform};
use crate::source::{Files, Span, read_json};
use crate::world::section_of;

/// The names that the Terraform of a project defines.
#[derive(Debug, Default)]
pub(super) struct TerraformNames {
    folders: Vec<PathBuf>,
    /// Values of variables.
    set: Vec<(String, String)>,
    /// The names by the file that defines them. Their places are whole lines.
    entries: BTreeMap<PathBuf, Vec<Entry>>,
    /// Values of placeholders by the file of a flow.
    of_files: OfFiles,
}

impl TerraformNames {
    /// Adds the folders of a project, and reads them.
    pub(super) fn add(&mut self, folders: Vec<PathBuf>, set: &[(String, String)]) {
        self.folders.extend(folders);
        self.set.extend_from_slice(set);
        self.read();
    }

    /// Reads the folders. Folders that cannot be read keep the names that they had.
    pub(super) fn read(&mut self) {
        if self.folders.is_empty() {
            return;
        }
        let mut files = Files::new();
        let read = Terraform::load(&self.folders, &self.set, &|_| None, &mut files);
        let Ok(terraform) = read else { return };
        self.entries = entries(&terraform, &mut files);
        let of_files = terraform.flows.into_iter().map(|it| (it.file, it.values));
        self.of_files = of_files.collect();
    }

    /// The names by the file that defines them.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&Path, &[Entry])> {
        self.entries.iter().map(|(path, entries)| (path.as_path(), entries.as_slice()))
    }

    /// Returns the values of the placeholders in a file. Values of the project come first
    /// and override those of Terraform.
    pub(super) fn values_of(
        &self,
        path: &Path,
        of_project: &[(String, String)],
    ) -> Vec<(String, String)> {
        let own = self.of_files.iter().find(|(file, _)| file == path);
        let own = own.map(|(_, values)| values.as_slice()).unwrap_or_default();
        [of_project, own].concat()
    }
}

/// Returns the names in the fixtures document of Terraform, each at the line of its
/// resource.
fn entries(terraform: &Terraform, files: &mut Files) -> BTreeMap<PathBuf, Vec<Entry>> {
    let mut found: BTreeMap<PathBuf, Vec<Entry>> = BTreeMap::new();
    let mut texts: BTreeMap<PathBuf, Text> = BTreeMap::new();
    let file = files.add("terraform.json", terraform.fixtures.text.as_str());
    let Ok(document) = read_json(&file) else { return found };
    each_entry(&document, &mut |section, name, _, whole| {
        let Some(place) = terraform.fixtures.place(whole.start) else { return };
        let path = place.file.canonicalize().unwrap_or_else(|_| place.file.clone());
        let text = texts
            .entry(path.clone())
            .or_insert_with(|| Text::new(fs::read_to_string(&path).unwrap_or_default()));
        let line = u32::try_from(place.line.saturating_sub(1)).unwrap_or(u32::MAX);
        let content = text.line(line as usize);
        let at = |bytes: usize| {
            let units = content[..bytes].encode_utf16().count();
            Position { line, character: u32::try_from(units).unwrap_or(u32::MAX) }
        };
        let range = Range { start: at(indentation(content)), end: at(content.len()) };
        let (section, name) = (section.to_owned(), name.to_owned());
        let entry = Entry { section, name, range };
        let of_file = found.entry(path).or_default();
        if !of_file.contains(&entry) {
            of_file.push(entry);
        }
    });
    found
}

/// Returns the explanation of the name at a position of a flow: the places that define it,
/// and its uses.
pub(super) fn hover(
    workspace: &Workspace,
    path: &Path,
    position: Position,
) -> Option<(String, Option<Range>)> {
    let (found, name, span) = at(workspace, path, position)?;
    let range = workspace.exact_range(span).map(|(_, range)| range);
    Some((documents::explained(workspace, &name, &found), range))
}

/// Returns the places that define the name at a position of a flow.
pub(super) fn definitions(
    workspace: &Workspace,
    path: &Path,
    position: Position,
) -> Vec<Location> {
    let Some((found, ..)) = at(workspace, path, position) else { return Vec::new() };
    let defined = found.iter().filter(|it| matches!(it.place, Some(Place::Document(..))));
    defined.filter_map(|it| documents::location(workspace, it)).collect()
}

/// Returns everything with the name at a position, the name, and its place.
fn at(
    workspace: &Workspace,
    path: &Path,
    position: Position,
) -> Option<(Vec<Known>, String, Span)> {
    let (section, name, span) = workspace.flows_of(path).iter().find_map(|flow| {
        let offset = workspace.offset(flow, path, position)?;
        let mut nearest: Option<(&'static str, String, Span)> = None;
        let length = |span: Span| span.end - span.start;
        dependencies(flow, &mut |it| {
            let holds = it.span.start <= offset && offset <= it.span.end;
            let is_nearer = nearest
                .as_ref()
                .is_none_or(|(.., other)| length(it.span) < length(*other));
            if holds
                && is_nearer
                && let Some(section) = section_of_dependency(&it)
            {
                nearest = Some((section, it.name.to_string(), it.span));
            }
        });
        nearest
    })?;
    let mut found = Names::of(workspace, path).all(Named::Object(section), None);
    found.retain(|it| it.name.eq_ignore_ascii_case(&name));
    (!found.is_empty()).then_some((found, name, span))
}

/// Returns the completions of a name.
pub(super) fn names(
    workspace: &Workspace,
    path: &Path,
    form: SettingForm,
    cursor: &Cursor<'_>,
    typed: &str,
) -> Vec<CompletionItem> {
    let section = match form {
        SettingForm::Value(kind)
        | SettingForm::Object(kind)
        | SettingForm::NameOf(kind) => section_of(kind),
        SettingForm::DataAction => Some("dataActions"),
        SettingForm::DataTable => Some("dataTables"),
        _ => None,
    };
    let Some(section) = section else { return Vec::new() };
    let unquoted = typed.trim_start_matches(['"', '\'']);
    let mut known = Names::of(workspace, path).all(Named::Object(section), None);
    // The name that is being typed is a use of itself.
    known.retain(|it| {
        it.name != unquoted || matches!(it.place, Some(Place::Document(..)))
    });
    let mut items: Vec<CompletionItem> = Vec::new();
    for name in known {
        if items.iter().any(|it| it.label == name.name) {
            continue;
        }
        let written = match unquoted == typed {
            true => documents::written(&name.name),
            false => name.name.clone(),
        };
        let item = cursor.item(written, unquoted, CompletionItemKind::REFERENCE);
        let detail = Some(name.detail);
        items.push(CompletionItem { label: name.name, detail, ..item });
    }
    items
}

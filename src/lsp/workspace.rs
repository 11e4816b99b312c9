//! The flows of a workspace: open documents as they are in the editor, all others as they
//! are on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lsp_types::{Position, Range, TextDocumentContentChangeEvent};

use super::documents::{self, Entry, Form, Outline, Schemas};
use super::organisation::TerraformNames;
use super::results::Results;
use super::text::Text;
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::flow::Flow;
use crate::flow::architect::ArchitectFlow;
use crate::flow::check;
use crate::flow::mention::{Mention, WrittenExpression, expressions, mentions};
use crate::flow::read::{self, Loaded};
use crate::project::Settings;
use crate::source::{File, FileId, Files, Folder, Span, extension};
use crate::suite::{ProjectDefaults, is_scenario_file};

/// Flows of a workspace, by file.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    files: Files,
    open: BTreeMap<PathBuf, Text>,
    loaded: BTreeMap<PathBuf, Loaded>,
    /// The content that the places of loaded flows refer to.
    sources: BTreeMap<FileId, Text>,
    project: ProjectDefaults,
    folders: Vec<PathBuf>,
    results: Results,
    schemas: Schemas,
    /// The names of scenario files and fixtures, by file.
    outlines: BTreeMap<PathBuf, Outline>,
    terraform: TerraformNames,
}

impl Workspace {
    /// Creates a workspace without folders. The schemas are those of scenario files and
    /// fixtures.
    pub(super) fn new(schemas: Schemas) -> Self {
        Self { schemas, ..Self::default() }
    }

    /// Reads the flows of the folders. A folder with a project file has the flows that the
    /// file names.
    pub(super) fn add_folder(&mut self, folder: &Path) {
        self.folders.push(folder.to_owned());
        self.read_results();
        let mut flows = vec![folder.to_owned()];
        if let Some(settings) = settings(folder) {
            let named = settings.paths("flows");
            if !named.is_empty() {
                flows = named.iter().map(|path| folder.join(path)).collect();
            }
            self.adopt(&settings, folder);
        }
        for path in flows {
            let path = path.canonicalize().unwrap_or(path);
            if path.is_file() {
                self.load(&path);
                continue;
            }
            for file in Folder::read(&path, is_flow_file).files {
                self.load(&file);
            }
        }
        self.read_fixtures(&self.project.fixtures.clone());
    }

    /// Takes the files and values that a project gives to its documents.
    fn adopt(&mut self, settings: &Settings, folder: &Path) {
        let paths = |key| -> Vec<PathBuf> {
            let paths = settings.paths(key).into_iter().map(|path| folder.join(path));
            paths.map(|path| path.canonicalize().unwrap_or(path)).collect()
        };
        let set = settings.set.iter().map(|it| (it.key.clone(), it.values.concat()));
        let set: Vec<_> = set.collect();
        self.terraform.add(paths("terraform"), &set);
        self.project.flows.extend(paths("flows"));
        self.project.fixtures.extend(paths("fixtures"));
        self.project.placeholders.extend(set);
        let defaults = settings.defaults.iter().map(|(entry, _)| entry.clone());
        self.project.defaults.extend(defaults);
    }

    /// Reads the names that Terraform defines again.
    pub(super) fn read_terraform(&mut self) {
        self.terraform.read();
    }

    /// Reads the results of tests and explorations again.
    pub(super) fn read_results(&mut self) {
        self.results = Results::read(&self.folders);
    }

    /// The folder of the workspace that contains a file.
    pub(super) fn folder_of(&self, path: &Path) -> Option<&Path> {
        let is_above = |folder: &&PathBuf| {
            let resolved = folder.canonicalize();
            path.starts_with(folder) || resolved.is_ok_and(|it| path.starts_with(it))
        };
        self.folders.iter().find(is_above).map(PathBuf::as_path)
    }

    /// The results of tests and explorations.
    pub(super) fn results(&self) -> &Results {
        &self.results
    }

    /// Adds the document of an editor.
    pub(super) fn open(&mut self, path: PathBuf, text: String) {
        self.open.insert(path.clone(), Text::new(text));
        self.load(&path);
    }

    /// Applies the changes of an editor, and reads the document again.
    pub(super) fn change(
        &mut self,
        path: &Path,
        changes: Vec<TextDocumentContentChangeEvent>,
    ) {
        if let Some(text) = self.open.get_mut(path) {
            text.apply(changes);
            self.load(path);
        }
    }

    /// Forgets the document of an editor: what is on disk counts again.
    pub(super) fn close(&mut self, path: &Path) {
        self.open.remove(path);
        self.load(path);
    }

    /// Reads a file again, from the editor or from disk. A document that cannot be read
    /// keeps the flows that it had.
    pub(super) fn load(&mut self, path: &Path) {
        let text = match self.open.get(path) {
            Some(text) => text.as_str().to_owned(),
            None => match std::fs::read_to_string(path) {
                Ok(text) => text,
                Err(_) => {
                    self.outlines.remove(path);
                    self.forget(path);
                    return;
                }
            },
        };
        let file = self.files.add(path, text);
        let is_open = self.open.contains_key(path);
        if !read::is_meant_as_flow(&file) {
            self.load_other(&file, is_open);
            return;
        }
        let values = self.terraform.values_of(path, &self.project.placeholders);
        let mut loaded = read::load_text(&file, &values, &mut self.files);
        if loaded.architect.is_empty() && loaded.flows.is_empty() {
            if !is_open {
                self.forget(path);
                return;
            }
            if let Some(before) = self.loaded.remove(path) {
                loaded.architect = before.architect;
                loaded.flows = before.flows;
            }
        }
        self.loaded.insert(path.to_owned(), loaded);
        self.release(path);
    }

    /// Reads a document that is not a flow. One that cannot be read keeps the names that it
    /// had.
    fn load_other(&mut self, file: &File, is_open: bool) {
        let path = file.path();
        self.loaded.remove(path);
        let Some(form) = self.form(path) else { return self.forget(path) };
        let (diagnostics, outline) = documents::read(file, form, &self.project);
        if let Some(outline) = outline {
            let fixtures = outline.fixtures.clone();
            self.outlines.insert(path.to_owned(), outline);
            self.read_fixtures(&fixtures);
        }
        if is_open {
            let loaded = Loaded { diagnostics, ..Loaded::default() };
            self.loaded.insert(path.to_owned(), loaded);
        }
        self.release(path);
    }

    /// Reads the names in fixtures files and folders that are not known yet.
    fn read_fixtures(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let found = match path.is_dir() {
                true => Folder::read(path, is_flow_file).files,
                false => vec![path.clone()],
            };
            for path in found {
                if self.outlines.contains_key(&path) || is_scenario_file(&path) {
                    continue;
                }
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                let file = self.files.add(&path, text);
                if !read::is_meant_as_flow(&file) {
                    let read = documents::read(&file, Form::Fixtures, &self.project);
                    self.outlines.extend(read.1.map(|outline| (path.clone(), outline)));
                }
                self.release(&path);
            }
        }
    }

    fn forget(&mut self, path: &Path) {
        self.loaded.remove(path);
        self.release(path);
    }

    /// Keeps the versions of a file that a flow or a diagnostic refers to, and frees the
    /// others.
    fn release(&mut self, path: &Path) {
        let mut used: BTreeSet<FileId> = BTreeSet::new();
        if let Some(loaded) = self.loaded.get(path) {
            used.extend(loaded.architect.iter().map(|flow| flow.span.file));
            used.extend(loaded.flows.iter().map(|flow| flow.span.file));
            let labels = loaded.diagnostics.iter().flat_map(|it| &it.labels);
            used.extend(labels.map(|label| label.span.file));
        }
        let of_path = self.files.iter().filter(|file| file.path() == path);
        let (kept, stale): (Vec<_>, Vec<_>) =
            of_path.map(|file| file.id()).partition(|id| used.contains(id));
        for id in kept {
            let file = self.files.get(id);
            self.sources.entry(id).or_insert_with(|| Text::new(file.text()));
        }
        for id in stale {
            self.sources.remove(&id);
            self.files.release(id);
        }
    }

    pub(super) fn text(&self, path: &Path) -> Option<&Text> {
        self.open.get(path)
    }

    /// The flows of a file.
    pub(super) fn flows_of(&self, path: &Path) -> &[ArchitectFlow] {
        self.loaded.get(path).map_or(&[], |loaded| &loaded.architect)
    }

    /// The names of a flow.
    pub(super) fn mentions<'w>(&'w self, flow: &'w ArchitectFlow) -> Vec<Mention<'w>> {
        mentions(flow, self.files.get(flow.span.file).text())
    }

    /// Returns the expressions of a document that it writes without escapes and in one
    /// line, with their ranges.
    pub(super) fn expressions(
        &self,
        path: &Path,
    ) -> Vec<(&ArchitectFlow, WrittenExpression<'_>, Range)> {
        let found = self.flows_of(path).iter().flat_map(|flow| {
            expressions(flow).into_iter().map(move |expression| (flow, expression))
        });
        let exact = found.filter_map(|(flow, it)| {
            let (_, range) = self.exact_range(it.span)?;
            let is_verbatim = self.written(it.span) == it.text;
            let is_line = range.start.line == range.end.line;
            (is_verbatim && is_line).then_some((flow, it, range))
        });
        exact.collect()
    }

    /// The project's files and values.
    pub(super) fn project(&self) -> &ProjectDefaults {
        &self.project
    }

    /// All flows.
    pub(super) fn flows(&self) -> impl Iterator<Item = &ArchitectFlow> {
        self.loaded.values().flat_map(|loaded| &loaded.architect)
    }

    /// All draft flows.
    pub(super) fn drafts(&self) -> impl Iterator<Item = &Flow> {
        self.loaded.values().flat_map(|loaded| &loaded.flows)
    }

    /// The file of a place.
    pub(super) fn path_of(&self, span: Span) -> &Path {
        self.files.get(span.file).path()
    }

    /// The form of a document that is not a flow: a scenario file, or fixtures. Those are
    /// known by their names, or because a project or a scenario file names them.
    pub(super) fn form(&self, path: &Path) -> Option<Form> {
        let has_flows = |it: &Loaded| !it.architect.is_empty() || !it.flows.is_empty();
        if self.loaded.get(path).is_some_and(has_flows) {
            return None;
        }
        let is_known = self.outlines.contains_key(path);
        let form = documents::form(path, &self.project);
        form.or_else(|| is_known.then_some(Form::Fixtures))
    }

    /// The schemas of documents that are not flows.
    pub(super) fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// The names of a scenario file or of fixtures.
    pub(super) fn outline(&self, path: &Path) -> Option<&Outline> {
        self.outlines.get(path)
    }

    /// The entries of fixtures that a document may refer to, by file: its own, and those of
    /// the fixtures that it or the project names, and those of Terraform. For fixtures and
    /// flows, those are all.
    pub(super) fn entries_for(&self, path: &Path) -> Vec<(&Path, &[Entry])> {
        let own = self.outlines.get(path).map(|it| it.fixtures.as_slice());
        let own = own.unwrap_or_default();
        let is_fixtures = !is_scenario_file(path);
        let is_used = |other: &Path| {
            let mut named = self.project.fixtures.iter().chain(own);
            is_fixtures || named.any(|it| other.starts_with(it))
        };
        let all = self.outlines.iter().map(|(other, it)| (other.as_path(), it.entries()));
        let used = all.filter(|(other, _)| {
            *other == path || (!is_scenario_file(other) && is_used(other))
        });
        used.chain(self.terraform.entries()).collect()
    }

    /// Returns the diagnostics of open documents, by path. `changed` limits the check to
    /// one of them.
    pub(super) fn check(
        &mut self,
        changed: Option<&Path>,
    ) -> BTreeMap<PathBuf, Vec<Diagnostic>> {
        let wanted: BTreeSet<PathBuf> = match changed {
            Some(path) => std::iter::once(path.to_owned()).collect(),
            None => self.open.keys().cloned().collect(),
        };
        let mut found: BTreeMap<PathBuf, Vec<Diagnostic>> =
            wanted.iter().map(|path| (path.clone(), Vec::new())).collect();
        let mut diagnostics = self.findings(&wanted);
        let own = wanted.iter().filter_map(|path| self.loaded.get(path));
        diagnostics.extend(own.flat_map(|loaded| loaded.diagnostics.clone()));
        sort(&mut diagnostics);
        for diagnostic in diagnostics {
            let Some(label) = diagnostic.labels.first() else { continue };
            let path = self.files.get(label.span.file).path();
            if let Some(list) = found.get_mut(path) {
                list.push(diagnostic);
            }
        }
        found
    }

    /// Checks the flows of some files. The flows of all files are put into one list for
    /// this, and back.
    fn findings(&mut self, wanted: &BTreeSet<PathBuf>) -> Vec<Diagnostic> {
        let (mut architect, mut drafts) = (Vec::new(), Vec::new());
        let mut counts = Vec::new();
        for loaded in self.loaded.values_mut() {
            counts.push((loaded.architect.len(), loaded.flows.len()));
            architect.append(&mut loaded.architect);
            drafts.append(&mut loaded.flows);
        }
        let broken = |path: &PathBuf| {
            let of_file = self.loaded.get(path);
            let is_error = |it: &Diagnostic| it.severity == Severity::Error;
            of_file.is_some_and(|it| {
                it.diagnostics.iter().any(|it| is_error(it) && it.code.is_about_loading())
            })
        };
        // The flows of a broken document are those of an earlier text.
        let wanted: BTreeSet<&PathBuf> = wanted.iter().filter(|it| !broken(it)).collect();
        let is_wanted = |flow: &ArchitectFlow| {
            let path = self.files.get(flow.span.file).path();
            wanted.iter().any(|it| it.as_path() == path)
        };
        let mut diagnostics = check::check_selected(&architect, &is_wanted);
        if !drafts.is_empty() {
            diagnostics.extend(check::check(&drafts));
        }
        let (mut architect, mut drafts) = (architect.into_iter(), drafts.into_iter());
        for (loaded, (first, second)) in self.loaded.values_mut().zip(counts) {
            loaded.architect = architect.by_ref().take(first).collect();
            loaded.flows = drafts.by_ref().take(second).collect();
        }
        diagnostics
    }

    /// Converts a place to the file and range of the protocol. In a document with
    /// placeholders, places refer to the text with their values: on a line that is
    /// different, the place is the whole line.
    pub(super) fn range(&self, span: Span) -> (PathBuf, Range) {
        let file = self.files.get(span.file);
        let path = file.path().to_owned();
        let made;
        let own = match self.sources.get(&span.file) {
            Some(own) => own,
            None => {
                made = Text::new(file.text());
                &made
            }
        };
        let range = own.range(span.start as usize, span.end as usize);
        let range = match self.open.get(&path) {
            Some(text) => same_lines(own, text, range),
            None => range,
        };
        (path, range)
    }

    /// Converts a place of an open document if its text is also the text of the document.
    pub(super) fn exact_range(&self, span: Span) -> Option<(PathBuf, Range)> {
        let (path, range) = self.range(span);
        let text = self.open.get(&path)?;
        let (start, end) = (text.offset(range.start), text.offset(range.end));
        let is_same = text.as_str().get(start..end) == Some(self.files.text(span));
        is_same.then_some((path, range))
    }

    /// Converts a position in an open document to the byte offset in the text of its flow.
    /// `None` on a line that is different there.
    pub(super) fn offset(
        &self,
        flow: &ArchitectFlow,
        path: &Path,
        position: Position,
    ) -> Option<u32> {
        let (own, text) = (self.sources.get(&flow.span.file)?, self.open.get(path)?);
        let line = position.line as usize;
        let is_same = own.has_same_line(text, line);
        is_same.then(|| u32::try_from(own.offset(position)).unwrap_or(u32::MAX))
    }

    pub(super) fn written(&self, span: Span) -> &str {
        self.files.text(span)
    }
}

/// Returns the range in another version of the text: the same columns on lines that are
/// the same, and otherwise the whole line.
fn same_lines(own: &Text, text: &Text, range: Range) -> Range {
    let line = range.start.line as usize;
    if range.start.line == range.end.line && own.has_same_line(text, line) {
        return range;
    }
    let content = text.line(line);
    let before = content.len() - content.trim_start().len();
    let at = |column: usize| {
        let units = content[..column].encode_utf16().count();
        Position { character: u32::try_from(units).unwrap_or(u32::MAX), ..range.start }
    };
    Range { start: at(before), end: at(content.trim_end().len().max(before)) }
}

/// Reads the project file of a folder, if there is one without mistakes.
fn settings(folder: &Path) -> Option<Settings> {
    let file = Settings::find(folder)?;
    Settings::load(Some(&file), None, &|_| None, &mut Files::new()).ok()
}

fn is_flow_file(path: &Path) -> bool {
    matches!(&*extension(path), "yaml" | "yml" | "json")
}

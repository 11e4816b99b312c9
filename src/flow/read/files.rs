//! Files and folders of flows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{archy, config};
use crate::diagnostic::{Code, Diagnostic, Severity, Tally};
use crate::flow::architect::ArchitectFlow;
use crate::flow::model::Flow;
use crate::source::{File, Files, Folder, Nested, Node, extension, read_nested};

/// Loaded flows, and the diagnostics of loading them.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The flows of the draft dialect, in the order of the given paths, within a folder
    /// by path.
    pub flows: Vec<Flow>,
    /// Architect flows, from Archy YAML and exports, in the same order.
    pub architect: Vec<ArchitectFlow>,
    /// The diagnostics.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// Adds flows that were loaded separately. A module inside an export is left out if
    /// it is loaded already.
    pub fn add(&mut self, other: Self) {
        self.flows.extend(other.flows);
        self.architect.extend(other.architect);
        self.diagnostics.extend(other.diagnostics);
        leave_out_embedded(&mut self.architect);
    }

    /// The number of flows and diagnostics so far.
    fn count(&self) -> usize {
        self.flows.len() + self.architect.len() + self.diagnostics.len()
    }
}

/// Values of the placeholders in Archy YAML.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Placeholders {
    /// Names and values for all files. If a name occurs twice, the first value counts.
    pub values: Vec<(String, String)>,
    /// Names and values for one file, by its canonical path. The values for all files
    /// override them. A file that occurs several times contains several flows.
    ///
    /// *Source: `filepath` and `substitutions` of `genesyscloud_flow` of CX as Code.*
    pub of_files: Vec<(PathBuf, Vec<(String, String)>)>,
    /// Whether a placeholder without a value prevents loading. Otherwise its name is its
    /// value.
    pub deny_unset: bool,
}

impl Placeholders {
    /// Returns the values for each flow in a file; one set if the file is not in
    /// `of_files`.
    fn sets_of(&self, path: &Path) -> Vec<Vec<(String, String)>> {
        let canonical = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let own = self.of_files.iter().filter(|(file, _)| *file == canonical);
        let with = |(_, values): &(_, Vec<_>)| [&self.values[..], values].concat();
        let sets: Vec<_> = own.map(with).collect();
        if sets.is_empty() { vec![self.values.clone()] } else { sets }
    }
}

impl From<Vec<(String, String)>> for Placeholders {
    fn from(values: Vec<(String, String)>) -> Self {
        Self { values, ..Self::default() }
    }
}

/// Loads files, and all flows below folders. Documents in a folder that are not flows,
/// such as fixtures, are skipped. A file that is named explicitly must be a flow. A file
/// that several paths lead to is loaded once. `values` are the names and values of
/// placeholders.
pub fn load(paths: &[PathBuf], values: &[(String, String)], files: &mut Files) -> Loaded {
    load_with(paths, &values.to_vec().into(), files)
}

/// Loads flows with all kinds of placeholders.
pub fn load_with(
    paths: &[PathBuf],
    placeholders: &Placeholders,
    files: &mut Files,
) -> Loaded {
    let mut loaded = Loaded::default();
    let mut taken = BTreeSet::new();
    for path in paths {
        if path.is_dir() {
            load_folder(path, placeholders, files, &mut taken, &mut loaded);
        } else {
            load_once(path, placeholders, files, true, &mut taken, &mut loaded);
        }
    }
    leave_out_embedded(&mut loaded.architect);
    loaded
}

/// Removes modules inside exports that are also loaded from a file, or that are in the
/// export of an earlier flow too.
fn leave_out_embedded(flows: &mut Vec<ArchitectFlow>) {
    let name = |flow: &ArchitectFlow| (flow.flow_type.clone(), flow.name.value.clone());
    let by_themselves = flows.iter().filter(|flow| !flow.is_embedded);
    let mut known: BTreeSet<_> = by_themselves.map(name).collect();
    flows.retain(|flow| !flow.is_embedded || known.insert(name(flow)));
}

/// Loads a file, unless it has already produced flows or diagnostics: a file may be named
/// twice, or be named and be in a named folder. Returns whether it has produced any, now
/// or before.
fn load_once(
    path: &Path,
    placeholders: &Placeholders,
    files: &mut Files,
    is_named: bool,
    taken: &mut BTreeSet<PathBuf>,
    loaded: &mut Loaded,
) -> bool {
    let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if taken.contains(&place) {
        return true;
    }
    let before = loaded.count();
    load_file(path, placeholders, files, is_named, loaded);
    loaded.count() > before && taken.insert(place)
}

fn load_folder(
    folder: &Path,
    placeholders: &Placeholders,
    files: &mut Files,
    taken: &mut BTreeSet<PathBuf>,
    loaded: &mut Loaded,
) {
    let mut holds_some = false;
    let found = Folder::read(folder, |path| Notation::of(path).is_some());
    for (folder, error) in found.unreadable {
        let place = files.add(folder, "").span();
        let message = format!("cannot read the folder: {error}");
        holds_some = true;
        loaded
            .diagnostics
            .push(Diagnostic::new(Code::FILE_UNREADABLE, message).at(place));
    }
    for path in found.files {
        holds_some |= load_once(&path, placeholders, files, false, taken, loaded);
    }
    if !holds_some {
        let place = files.add(folder, "").span();
        let message = "no flows in this folder";
        let help = "flows are `.json`, `.yaml`, `.yml` and `.i3…` files; to load a \
                    file with another extension, name it";
        loaded
            .diagnostics
            .push(Diagnostic::new(Code::NO_FLOWS, message).at(place).help(help));
    }
}

/// The notation of a file, by its extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notation {
    Json,
    Yaml,
    /// An export of Architect: `.i3InboundFlow`, `.i3WorkFlow`, `.i3flow`…
    Export,
}

impl Notation {
    fn of(path: &Path) -> Option<Self> {
        match &*extension(path) {
            "json" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            ending if ending.starts_with("i3") => Some(Self::Export),
            _ => None,
        }
    }
}

/// Whether a file is probably meant to be a flow, even if it is not complete yet.
pub fn is_meant_as_flow(file: &File) -> bool {
    match Notation::of(file.path()) {
        Some(Notation::Yaml) => file.text().lines().any(archy::is_beginning),
        Some(Notation::Json) => {
            let has = |key: &str| file.text().contains(key);
            has("\"draft\"") || has("\"startNode\"") || has("\"flowSequenceItemList\"")
        }
        Some(Notation::Export) => true,
        None => false,
    }
}

/// Loads the flows of one file in memory, as if the file had been named explicitly.
pub fn load_text(file: &File, values: &[(String, String)], files: &mut Files) -> Loaded {
    let mut loaded = Loaded::default();
    read_text(file, &values.to_vec().into(), files, true, &mut loaded);
    loaded
}

fn load_file(
    path: &Path,
    placeholders: &Placeholders,
    files: &mut Files,
    is_named: bool,
    loaded: &mut Loaded,
) {
    match files.load(path) {
        Ok(file) => read_text(&file, placeholders, files, is_named, loaded),
        Err(problem) => loaded.diagnostics.push(problem.into()),
    }
}

fn read_text(
    file: &File,
    placeholders: &Placeholders,
    files: &mut Files,
    is_named: bool,
    loaded: &mut Loaded,
) {
    if Notation::of(file.path()) == Some(Notation::Export) {
        read_export(file, files, loaded);
    } else if is_template(file) {
        read_template(file, placeholders, files, is_named, loaded);
    } else {
        read_file(file, is_named, loaded);
    }
}

/// Whether a file is Archy YAML that may contain placeholders.
fn is_template(file: &File) -> bool {
    archy::next_placeholder(file.text()).is_some()
        && file.text().lines().any(archy::is_beginning)
}

/// Reads Archy YAML after filling in its placeholders. Positions refer to the resulting
/// text.
fn read_template(
    file: &File,
    placeholders: &Placeholders,
    files: &mut Files,
    is_named: bool,
    loaded: &mut Loaded,
) {
    let mut known: Vec<String> = Vec::new();
    for values in placeholders.sets_of(file.path()) {
        let (text, unset) = archy::substitute(file.text(), &values);
        if known.contains(&text) {
            continue;
        }
        if !unset.is_empty() && known.is_empty() {
            let mut diagnostic = unset_placeholders(file, &unset);
            diagnostic.severity = Severity::Warning;
            if placeholders.deny_unset {
                diagnostic.severity = Severity::Error;
                loaded.diagnostics.push(diagnostic);
                return;
            }
            loaded.diagnostics.push(diagnostic);
        }
        let first = loaded.architect.len();
        if text == file.text() {
            read_file(file, is_named, loaded);
        } else {
            read_file(&files.add(file.path(), text.as_str()), is_named, loaded);
        }
        if !unset.is_empty() {
            rename_repeated(&mut loaded.architect, first, file.path());
        }
        known.push(text);
    }
}

/// Adds the name of the file to names that earlier flows have: two templates whose names
/// are the same placeholder.
fn rename_repeated(flows: &mut [ArchitectFlow], first: usize, path: &Path) {
    let (earlier, new) = flows.split_at_mut(first);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    for flow in new {
        let is_same = |other: &ArchitectFlow| {
            other.flow_type == flow.flow_type && other.name.value == flow.name.value
        };
        if earlier.iter().any(is_same) {
            flow.name.value = format!("{} ({stem})", flow.name.value).into();
        }
    }
}

fn unset_placeholders(file: &File, unset: &[String]) -> Diagnostic {
    let first = unset.first().map_or("", String::as_str);
    let place = file.text().find("{{").map_or_else(
        || file.span(),
        |start| {
            let length = file.text()[start..].find("}}").map_or(2, |end| end + 2);
            file.span().part(start, start + length)
        },
    );
    let message = match unset {
        [only] => format!("the placeholder `{only}` has no value"),
        several => format!(
            "{} placeholders have no value: {}",
            several.len(),
            several.join(", ")
        ),
    };
    Diagnostic::new(Code::UNSET_PLACEHOLDER, message).at(place).help(format!(
        "its name is used; pass `--set {first}=…`, or the folder of its Terraform \
             resource with `--terraform`"
    ))
}

/// Keys of Architect flows that contain the next action, or the parts of an expression.
const SEQUENCES: &[&str] = &["actions", "nextAction", "nextActionId", "operands"];

/// Reads an export. Positions refer to the JSON that it contains.
fn read_export(file: &File, files: &mut Files, loaded: &mut Loaded) {
    if file.text().trim_start().starts_with('{') {
        return read_file(file, true, loaded);
    }
    match config::decode(file.text()) {
        Ok(json) => {
            let decoded = files.add(file.path(), json);
            match read_nested(&decoded, SEQUENCES) {
                Ok(read) => read_flows(&read, true, loaded),
                Err(problem) => loaded.diagnostics.push(problem.into()),
            }
        }
        Err(message) => {
            let help = "export the flow from Architect again";
            let diagnostic = Diagnostic::new(Code::NOT_A_FLOW, message);
            loaded.diagnostics.push(diagnostic.at(file.span()).help(help));
        }
    }
}

fn read_file(file: &File, is_named: bool, loaded: &mut Loaded) {
    if !is_named && is_own_document(file.text()) {
        return;
    }
    match read_nested(file, SEQUENCES) {
        Ok(read) => read_flows(&read, is_named, loaded),
        // Many YAML files are not flows, and templates of such files may not even be
        // YAML.
        Err(_) if !is_named && is_foreign_yaml(file) => {}
        Err(problem) => loaded.diagnostics.push(problem.into()),
    }
}

/// Whether a YAML text that cannot be parsed was probably not meant to be a flow.
fn is_foreign_yaml(file: &File) -> bool {
    let is_yaml = Notation::of(file.path()) == Some(Notation::Yaml);
    let is_of_flow = |line: &str| {
        archy::is_beginning(line) || line.trim_start().starts_with("startNode:")
    };
    is_yaml && !file.text().lines().any(is_of_flow)
}

/// Whether it is a document that flowsim wrote, such as a report.
fn is_own_document(text: &str) -> bool {
    let mut rest = text.trim_start();
    let beginning = ["{", "\"schema\"", ":", "\"flowsim."];
    beginning.iter().all(|part| match rest.strip_prefix(part) {
        Some(after) => {
            rest = after.trim_start();
            true
        }
        None => false,
    })
}

fn read_flows(read: &Nested<'_>, is_named: bool, loaded: &mut Loaded) {
    let document = &read.document;
    let known = loaded.architect.len();
    let diagnostics = &mut loaded.diagnostics;
    if archy::is_archy(document) {
        loaded.architect.extend(archy::read(document, diagnostics));
    } else if config::is_config(document) {
        loaded.architect.extend(config::read(document, diagnostics));
        for module in config::embedded(document) {
            let module = config::read(module, diagnostics);
            let embedded = module.map(|it| ArchitectFlow { is_embedded: true, ..it });
            loaded.architect.extend(embedded);
        }
    } else if let Some(problem) = &read.too_deep {
        // No other dialect nests actions.
        loaded.diagnostics.push(problem.clone().into());
    } else if super::is_flow(document) && (is_named || !is_scenario(document)) {
        loaded.flows.extend(super::read(document, diagnostics));
    } else if is_named && is_of_unknown_type(document) || is_misspelt(document) {
        loaded.architect.extend(archy::read(document, diagnostics));
    } else if is_named {
        loaded.flows.extend(super::read(document, diagnostics));
    }
    // The readers of the draft dialect report repeated keys themselves.
    if let Some(flow) = loaded.architect.get(known) {
        warn_about_repeated_keys(document, &flow.name.value, &mut loaded.diagnostics);
    }
}

fn warn_about_repeated_keys(
    document: &Node<'_>,
    flow: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut tally = Tally::default();
    for pair in document.repeated_keys() {
        tally.add(super::repeated_key(pair).flow(flow), diagnostics);
    }
    tally.finish(diagnostics);
}

/// Whether the `flows` of a document are a path or paths, as in a scenario file.
fn is_scenario(document: &Node<'_>) -> bool {
    let Some(flows) = document.get("flows") else { return false };
    let items = flows.items();
    flows.as_str().is_some()
        || !items.is_empty() && items.iter().all(|item| item.as_str().is_some())
}

/// Whether a document has the form of Archy YAML apart from an unknown flow type.
fn is_of_unknown_type(document: &Node<'_>) -> bool {
    match document.entries() {
        [root] => archy::is_nearly_flow_type(&root.key) || has_units(&root.value),
        _ => false,
    }
}

/// Whether a document is certainly Archy YAML with a misspelt flow type. Other files of a
/// folder have other forms.
fn is_misspelt(document: &Node<'_>) -> bool {
    match document.entries() {
        [root] => archy::is_nearly_flow_type(&root.key) && has_units(&root.value),
        _ => false,
    }
}

fn has_units(flow: &Node<'_>) -> bool {
    let of_flow = ["startUpRef", "tasks", "menus", "states", "startUpTaskActions"];
    of_flow.iter().any(|property| flow.get(property).is_some())
}

//! Scenario files: parsing.

mod call;
mod case;
mod csv;
mod expect;
mod matcher;
mod property;
mod recording;
mod script;
mod snapshot;
mod table;

pub(crate) use call::read_call;
pub(crate) use expect::expectation_schemas;

use std::path::{Path, PathBuf};

use self::expect::SharedExpectations;
use self::table::Template;
use super::scenario::{Case, ProjectDefaults, SuiteFile};
use crate::analysis::property::Properties;
use crate::diagnostic::{Code, Decoder, Diagnostic};
use crate::source::{Entry, Kind, Node, Span};
use crate::value::Text;

const KEYS: [&str; 8] = [
    "flows",
    "fixtures",
    "set",
    "defaults",
    "snapshots",
    "properties",
    "tests",
    "$schema",
];

/// Reads a scenario file; its paths are relative to its folder. Mistakes are returned as
/// diagnostics; a file with an error must not be played.
pub fn read(
    document: &Node<'_>,
    path: &Path,
    project: &ProjectDefaults,
) -> (SuiteFile, Vec<Diagnostic>) {
    let mut decoder = Decoder::new(Code::INVALID_SCENARIO);
    let mut suite = SuiteFile {
        path: path.to_owned(),
        flows: Vec::new(),
        placeholders: Vec::new(),
        fixtures: Vec::new(),
        tables: Vec::new(),
        named_at: Vec::new(),
        replacements: Vec::new(),
        properties: Properties::default(),
        cases: Vec::new(),
    };
    decoder.unique_keys(document);
    if decoder.object("a scenario file", document, &KEYS).is_some() {
        let folder = path.parent().unwrap_or(Path::new(""));
        let mut paths = |key| paths(document, key, folder, &mut decoder);
        let (flows, fixtures) = (paths("flows"), paths("fixtures"));
        let plain = |(path, _): &(PathBuf, Span)| path.clone();
        suite.flows = flows.iter().map(plain).collect();
        suite.fixtures = fixtures.iter().map(plain).collect();
        suite.named_at = [flows, fixtures].concat();
        suite.placeholders = placeholders(document, &mut decoder);
        suite.adopt(project);
        if suite.flows.is_empty() {
            let message = "a scenario file needs `flows`, the files or folders that \
                           its tests run"
                .to_owned();
            decoder.error(document.span, message);
        }
        suite.replacements = snapshot::replacements(document, &mut decoder);
        suite.properties = property::read(document, &mut decoder);
        let (tables, properties) = (&mut suite.tables, &suite.properties);
        suite.cases =
            cases(document, project, (folder, properties), tables, &mut decoder);
        let recordings = suite.cases.iter_mut().filter_map(|it| it.recording.as_mut());
        recordings.for_each(|it| it.path = joined(folder, &it.path));
        snapshot::place(&mut suite.cases, path, &mut decoder);
        warn_of_equal_names(&suite.cases, &mut decoder);
    }
    (suite, decoder.into_diagnostics())
}

/// Returns the paths of a key with their positions.
fn paths(
    document: &Node<'_>,
    key: &str,
    folder: &Path,
    decoder: &mut Decoder,
) -> Vec<(PathBuf, Span)> {
    let texts = decoder.strings(document, key);
    let Some(node) = document.get(key) else { return Vec::new() };
    let items = match &node.kind {
        Kind::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let spans = items.iter().map(|item| item.span);
    texts.iter().map(|text| joined(folder, text.as_str())).zip(spans).collect()
}

/// Joins and normalises a path: `a/../b` becomes `b`, so that a flow has the same path in
/// all files.
fn joined(folder: &Path, path: impl AsRef<Path>) -> PathBuf {
    use std::path::Component;
    let whole = folder.join(path);
    let mut path = PathBuf::new();
    for component in whole.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(
                    path.components().next_back(),
                    Some(Component::Normal(_))
                ) =>
            {
                path.pop();
            }
            other => path.push(other),
        }
    }
    // `flows: .` in the folder in which flowsim runs.
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}

fn placeholders(document: &Node<'_>, decoder: &mut Decoder) -> Vec<(String, String)> {
    let Some(set) = document.get("set").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    if !matches!(set.kind, Kind::Object(_)) {
        decoder.unexpected("`set`", set, "an object of placeholders and values");
        return Vec::new();
    }
    let mut values = Vec::new();
    for entry in set.entries() {
        if let Some(text) = decoder.text_of(&entry.key, &entry.value) {
            values.push((entry.key.to_string(), text.to_string()));
        }
    }
    values
}

impl SuiteFile {
    /// Adds the files and values of a project.
    fn adopt(&mut self, project: &ProjectDefaults) {
        if self.flows.is_empty() {
            self.flows.clone_from(&project.flows);
        }
        let shared = project.fixtures.iter().filter(|it| !self.fixtures.contains(it));
        let shared: Vec<PathBuf> = shared.cloned().collect();
        self.fixtures.splice(0..0, shared);
        self.placeholders.extend(project.placeholders.iter().cloned());
    }
}

fn cases(
    document: &Node<'_>,
    project: &ProjectDefaults,
    (folder, properties): (&Path, &Properties),
    tables: &mut Vec<PathBuf>,
    decoder: &mut Decoder,
) -> Vec<Case> {
    let Some(tests) = document.get("tests") else {
        // `flowsim explore` checks the properties of a file without tests.
        if document.get("properties").is_none() {
            let message = "a scenario file needs `tests`, a list of calls".to_owned();
            decoder.error(document.span, message);
        }
        return Vec::new();
    };
    let Kind::Array(items) = &tests.kind else {
        decoder.unexpected("`tests`", tests, "a list of calls");
        return Vec::new();
    };
    let defaults = defaults(document, decoder);
    // The project file belongs to another set of files, so that its defaults are placed
    // at the document.
    let shared = project.defaults.iter().map(|it| it.clone().placed(document.span));
    let shared: Vec<Entry<'_>> = shared.collect();
    let shared: Vec<&Entry<'_>> = shared.iter().collect();
    let mut cases = Vec::new();
    for item in items {
        let test = with_defaults(&with_defaults(item, &defaults), &shared);
        let Some(table) = item.get("each").filter(|node| !node.is_null()) else {
            cases.extend(case::read(
                &test,
                None,
                &SharedExpectations::default(),
                properties,
                decoder,
            ));
            continue;
        };
        let mut template = Template::new(test);
        let alike = SharedExpectations::of(&template, decoder);
        let rows = table::rows(table, folder, tables, decoder);
        for (row, number) in rows.iter().zip(1..) {
            if let Some(test) = template.of_row(row, decoder) {
                cases.extend(case::read(test, Some(number), &alike, properties, decoder));
            }
        }
    }
    cases
}

/// Returns the defaults for all tests. Unknown keys are reported here, once and not for
/// each test.
fn defaults<'n, 's>(document: &'n Node<'s>, decoder: &mut Decoder) -> Vec<&'n Entry<'s>> {
    let Some(defaults) = document.get("defaults").filter(|node| !node.is_null()) else {
        return Vec::new();
    };
    decoder.object("`defaults`", defaults, &case::DEFAULT_KEYS);
    let is_known = |entry: &&Entry<'_>| case::DEFAULT_KEYS.contains(&&*entry.key);
    defaults.entries().iter().filter(is_known).collect()
}

/// Returns the case with the defaults that it does not override, without its table.
/// `context`, `variables` and similar objects are merged name by name.
fn with_defaults<'s>(case: &Node<'s>, defaults: &[&Entry<'s>]) -> Node<'s> {
    let Kind::Object(own) = &case.kind else { return case.clone() };
    let own = own.iter().filter(|entry| entry.key != "each");
    let mut entries: Vec<Entry<'s>> = own.cloned().collect();
    let counts = |default: &&Entry<'_>| recording::takes_default(case, &default.key);
    for default in defaults.iter().copied().filter(counts) {
        let stands = entries.iter_mut().find(|entry| entry.key == default.key);
        match stands {
            None => entries.push(default.clone()),
            Some(entry) if case::MERGED_KEYS.contains(&&*default.key) => {
                merge(&mut entry.value, &default.value);
            }
            Some(_) => {}
        }
    }
    Node { span: case.span, kind: Kind::Object(entries) }
}

fn merge<'s>(own: &mut Node<'s>, defaults: &Node<'s>) {
    if let (Kind::Object(own), Kind::Object(defaults)) = (&mut own.kind, &defaults.kind) {
        for default in defaults {
            if !own.iter().any(|entry| entry.key == default.key) {
                own.push(default.clone());
            }
        }
    }
    if let (Some(mut items), Some(defaults)) = (items(own), items(defaults)) {
        for default in defaults {
            if !items.iter().any(|known| known.as_str() == default.as_str()) {
                items.push(default);
            }
        }
        own.kind = Kind::Array(items);
    }
}

/// The items of a list. A string needs no list if it is the only item.
fn items<'s>(node: &Node<'s>) -> Option<Vec<Node<'s>>> {
    match &node.kind {
        Kind::Array(items) => Some(items.clone()),
        Kind::String(_) => Some(vec![node.clone()]),
        _ => None,
    }
}

/// Reports identify tests by their names.
fn warn_of_equal_names(cases: &[Case], decoder: &mut Decoder) {
    let mut seen: indexmap::IndexSet<&Text> = indexmap::IndexSet::new();
    for case in cases {
        if !seen.insert(&case.name) {
            let message = format!("two tests are named `{}`", case.name);
            let help = "give each test a unique name; in a table, include a value of the row, \
                        as in \"key ${key}\"";
            decoder.warning(case.span, message, help);
        }
    }
}

//! Keys of the results of mutants: everything that decides a result is part of its key. A
//! part that cannot matter may be in a key too, which only costs time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Arguments;
use super::digest::{Digest, Key, of_file};
use crate::build;
use crate::explore::mutants::{Detector, Mutant};
use crate::flow::FlowId;
use crate::flow::read::Placeholders;
use crate::program::{FlowCalls, Program};
use crate::runner::{Planned, ProjectContext};
use crate::source::{File, FileId, Files, Node, read_document};
use crate::suite::is_scenario_file;
use crate::world::Fixtures;

/// The keys of the flows of an exploration, and of the fixtures with which its calls play.
#[derive(Debug)]
pub(super) struct Keys {
    /// The content of each flow, by its id.
    flows: Vec<Key>,
    calls: FlowCalls,
    /// The files of the flows.
    flow_files: BTreeSet<PathBuf>,
    /// Everything else that the calls of the exploration depend on.
    environment: Key,
    files: NamedFiles,
}

/// Files that fixtures, tests and snapshots name, with their keys. They are read while calls
/// play, and may change then.
#[derive(Debug, Default)]
pub(super) struct NamedFiles(BTreeMap<PathBuf, Key>);

impl NamedFiles {
    fn add(&mut self, path: &Path) -> Key {
        *self.0.entry(path.to_owned()).or_insert_with(|| of_file(path))
    }

    /// Adds the files that a document of fixtures names.
    fn add_named(&mut self, document: &Node<'_>, folder: &Path, digest: &mut Digest) {
        for path in Fixtures::files_named(document, folder) {
            digest.debug(&path);
            digest.key(self.add(&path));
        }
    }

    /// Whether no file has changed since its key was made.
    pub(super) fn are_unchanged(&self) -> bool {
        self.0.iter().all(|(path, key)| of_file(path) == *key)
    }
}

impl Keys {
    /// Makes the keys of loaded flows and fixtures, before any call plays.
    pub(super) fn of(
        program: &Program,
        placeholders: &Placeholders,
        arguments: &Arguments,
        files: &Files,
    ) -> Self {
        let mut of_flows = vec![BTreeSet::new(); program.units.len()];
        for node in &program.symbols.nodes {
            of_flows[node.flow.index()].insert(node.span.file);
        }
        let program_key = program_key(program, placeholders);
        let flow_key = |(number, ids): (usize, &BTreeSet<FileId>)| {
            let mut digest = Digest::new("flow");
            digest.key(program_key);
            digest.number(number);
            // The file of a flow without nodes is unknown.
            let is_known = |file: &&Arc<File>| ids.is_empty() || ids.contains(&file.id());
            for file in files.iter().filter(is_known) {
                digest.text(file.text());
            }
            digest.finish()
        };
        let flows = of_flows.iter().enumerate().map(|it| flow_key((it.0, it.1)));
        let flows = flows.collect();
        let flow_files = of_flows.iter().flatten().map(|it| resolved(files.get(*it)));
        let mut keys = Self {
            flows,
            calls: FlowCalls::of(program),
            flow_files: flow_files.collect(),
            environment: program_key,
            files: NamedFiles::default(),
        };
        let mut named = NamedFiles::default();
        let mut digest = Digest::new("calls");
        let Arguments { context, var, at, max_actions, fixtures, .. } = arguments;
        digest.debug(&(context, var, at, max_actions, fixtures));
        digest.key(keys.documents(files, &mut named));
        fixtures.iter().for_each(|path| digest.key(named.add(path)));
        (keys.environment, keys.files) = (digest.finish(), named);
        keys
    }

    /// Whether the files that fixtures name have not changed since.
    pub(super) fn are_unchanged(&self) -> bool {
        self.files.are_unchanged()
    }

    /// Returns the key of all loaded files except flows and scenario files.
    fn documents(&self, files: &Files, named: &mut NamedFiles) -> Key {
        let mut digest = Digest::new("documents");
        let mut seen = BTreeSet::new();
        for file in files.iter() {
            let path = file.path();
            if is_scenario_file(path) || self.flow_files.contains(&resolved(file)) {
                continue;
            }
            if !seen.insert((path, file.text())) {
                continue;
            }
            digest.debug(&path);
            digest.text(file.text());
            if let Ok(document) = read_document(file) {
                let folder = path.parent().unwrap_or(Path::new(""));
                named.add_named(&document, folder, &mut digest);
            }
        }
        digest.finish()
    }

    /// Returns the key of a flow and of all flows that its calls can enter.
    fn reached(&self, flow: FlowId) -> Key {
        let mut digest = Digest::new("flows");
        for flow in self.calls.reached(flow) {
            digest.key(self.flows[flow.index()]);
        }
        digest.finish()
    }

    /// Returns the key of the calls that start in a flow, and of their variations.
    fn calling(&self, start: FlowId, detector: &Detector<'_>) -> Key {
        let mut digest = Digest::new("calls of a flow");
        digest.key(self.environment);
        digest.key(self.reached(start));
        digest.number(start.index());
        digest.text(&detector.identity_of_variations(start));
        digest.finish()
    }

    /// Returns the keys of all mutants, in their order.
    pub(super) fn mutants(&self, program: &Program, mutants: &[Mutant]) -> Vec<Key> {
        let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
        let key = |mutant: &Mutant| {
            let node = program.symbols.node(mutant.node);
            let mut digest = Digest::new("mutant");
            digest.key(self.flows[node.flow.index()]);
            for text in [&*node.id, mutant.kind, &mutant.change] {
                digest.text(text);
            }
            // A condition may have the same change at two places.
            let alike = digest.finish();
            let count = counts.entry(alike).or_default();
            *count += 1;
            let mut digest = Digest::new("numbered mutant");
            digest.key(alike);
            digest.number(*count);
            digest.finish()
        };
        mutants.iter().map(key).collect()
    }

    /// Returns the known calls that may enter each flow, and the key of a search among them.
    pub(super) fn searches(&self, detector: &Detector<'_>) -> Vec<(Vec<usize>, Key)> {
        let mut of_starts: BTreeMap<FlowId, (BTreeSet<FlowId>, Key)> = BTreeMap::new();
        let mut found: Vec<(Vec<usize>, Digest)> =
            self.flows.iter().map(|_| (Vec::new(), Digest::new("search"))).collect();
        for (number, (start, at, witness)) in detector.known().enumerate() {
            let (reached, key) = of_starts.entry(start).or_insert_with(|| {
                (self.calls.reached(start), self.calling(start, detector))
            });
            let mut digest = Digest::new("call");
            digest.key(*key);
            digest.debug(&(at, witness));
            let call = digest.finish();
            for flow in &*reached {
                let (numbers, digest) = &mut found[flow.index()];
                numbers.push(number);
                digest.key(call);
            }
        }
        found.into_iter().map(|(numbers, digest)| (numbers, digest.finish())).collect()
    }
}

/// Returns the key of everything that all flows depend on: this build, the values of
/// placeholders, and the names of the flows, by which they find each other.
fn program_key(program: &Program, placeholders: &Placeholders) -> Key {
    let mut digest = Digest::new("program");
    digest.text(&identity());
    digest.debug(placeholders);
    digest.debug(&program.symbols.flows);
    digest.finish()
}

/// Returns a string that differs between two builds that may behave differently. A build
/// without a commit is known by its executable file.
fn identity() -> String {
    let text = build::describe();
    if build::COMMIT.is_some() {
        return text;
    }
    let file = std::env::current_exe().and_then(std::fs::metadata);
    let written = file.and_then(|it| Ok((it.len(), it.modified()?)));
    format!("{text}{written:?}")
}

/// Returns the path by which a file is known, however it is named.
fn resolved(file: &File) -> PathBuf {
    file.path().canonicalize().unwrap_or_else(|_| file.path().to_owned())
}

/// Makes the keys of tests.
pub(super) struct TestKeys<'k> {
    files: &'k Files,
    /// The project, and the fixtures of all scenario files.
    shared: Key,
    /// The scenario files without their tests.
    suites: BTreeMap<FileId, Option<(Node<'k>, Key)>>,
    named: NamedFiles,
}

impl<'k> TestKeys<'k> {
    /// Begins with the project and the files of loaded tests, before any test runs.
    pub(super) fn new(keys: &Keys, project: &ProjectContext, files: &'k Files) -> Self {
        let mut named = NamedFiles::default();
        let mut digest = Digest::new("tests");
        digest.debug(project);
        digest.key(keys.documents(files, &mut named));
        Self { files, shared: digest.finish(), suites: BTreeMap::new(), named }
    }

    /// Returns the key of a test, without the flows of its call. Returns `None` if it is
    /// unknown what the test depends on.
    pub(super) fn of(&mut self, planned: &Planned<'_>) -> Option<Key> {
        let (case, file) = (planned.case, planned.case.span.file);
        let files = self.files;
        let suite = self.suites.entry(file).or_insert_with(|| suite(files.get(file)));
        let (document, suite) = suite.as_ref()?;
        let tests = document.get("tests")?.items();
        let own = tests.iter().find(|it| it.span == case.extent)?;
        let mut digest = Digest::new("test");
        digest.key(self.shared);
        digest.key(*suite);
        digest.debug(&(&planned.suite.path, &planned.suite.fixtures, case.row));
        digest.node(own);
        let snapshot = case.snapshot.iter().map(|it| &it.path);
        let recording = case.recording.iter().map(|it| &it.path);
        let suite = planned.suite;
        let named = suite.tables.iter().chain(&suite.fixtures);
        for path in named.chain(snapshot).chain(recording) {
            digest.debug(path);
            digest.key(self.named.add(path));
        }
        if let Some(fixtures) = &case.fixtures {
            let folder = planned.suite.path.parent().unwrap_or(Path::new(""));
            self.named.add_named(fixtures, folder, &mut digest);
        }
        Some(digest.finish())
    }

    /// Returns the files that the tests name.
    pub(super) fn into_named(self) -> NamedFiles {
        self.named
    }
}

impl Keys {
    /// Returns the key of the results of a test in mutants: the test, and the flows that its
    /// call can enter.
    pub(super) fn of_call(&self, test: Key, start: FlowId) -> Key {
        let mut digest = Digest::new("call of a test");
        digest.key(test);
        digest.number(start.index());
        digest.key(self.reached(start));
        digest.finish()
    }
}

/// Returns a scenario file and the key of all its parts but the tests.
fn suite(file: &File) -> Option<(Node<'_>, Key)> {
    let document = read_document(file).ok()?;
    let mut digest = Digest::new("scenario file");
    for entry in document.entries().iter().filter(|it| it.key != "tests") {
        digest.text(&entry.key);
        digest.node(&entry.value);
    }
    Some((document, digest.finish()))
}

/// Returns the key of one of several results about the same mutant.
pub(super) fn both(mutant: Key, other: Key) -> Key {
    let mut digest = Digest::new("result");
    digest.key(mutant);
    digest.key(other);
    digest.finish()
}

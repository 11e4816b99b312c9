//! Scenario files with everything that they name, loaded once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::flow::write::Graph;
use crate::flow::{check, read};
use crate::program::Program;
use crate::source::{Files, read_document};
use crate::suite::{self, SuiteFile};
use crate::world::Fixtures;

/// Scenario files, and the flows and fixtures that they name.
#[derive(Debug, Default)]
pub struct Library {
    /// The scenario files that could be read, in order.
    pub suites: Vec<SuiteFile>,
    /// What is wrong with scenario files; one with an error is not among `suites`.
    pub diagnostics: Vec<Diagnostic>,
    programs: IndexMap<ProgramKey, (Loaded<Program>, Vec<Graph>)>,
    fixtures: IndexMap<Vec<PathBuf>, Loaded<Fixtures>>,
}

/// Files and folders of flows, and what stands for their placeholders.
type ProgramKey = (Vec<PathBuf>, Vec<(String, String)>);

/// What was loaded, or why it could not be.
pub type Loaded<T> = Result<Arc<T>, Arc<[Diagnostic]>>;

impl Library {
    /// Reads scenario files, and loads and compiles what they name, each once.
    pub fn load(paths: &[PathBuf], files: &mut Files) -> Self {
        let mut library = Self::default();
        for path in paths {
            library.add(path, files);
        }
        sort(&mut library.diagnostics);
        library
    }

    fn add(&mut self, path: &Path, files: &mut Files) {
        let file = match files.load(path) {
            Ok(file) => file,
            Err(problem) => return self.diagnostics.push(problem.into()),
        };
        let document = match read_document(&file) {
            Ok(document) => document,
            Err(problem) => return self.diagnostics.push(problem.into()),
        };
        let (suite, diagnostics) = suite::read(&document, path);
        let is_readable = !diagnostics.iter().any(is_error);
        self.diagnostics.extend(diagnostics);
        if !is_readable {
            return;
        }
        let key = (suite.flows.clone(), suite.placeholders.clone());
        self.programs.entry(key).or_insert_with_key(|key| program(key, files));
        let key = suite.fixtures.clone();
        self.fixtures.entry(key).or_insert_with_key(|key| fixtures(key, files));
        self.suites.push(suite);
    }

    /// The compiled flows of a scenario file.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn program(&self, suite: &SuiteFile) -> Loaded<Program> {
        let key = (suite.flows.clone(), suite.placeholders.clone());
        let found = self.programs.get(&key).map(|(program, _)| program.clone());
        found.unwrap_or_else(|| Err(Arc::default()))
    }

    /// The fixtures of a scenario file.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn fixtures(&self, suite: &SuiteFile) -> Loaded<Fixtures> {
        let found = self.fixtures.get(&suite.fixtures).cloned();
        found.unwrap_or_else(|| Err(Arc::default()))
    }

    /// All programs, in the order in which scenario files first named them.
    pub fn programs(&self) -> impl Iterator<Item = &Arc<Program>> {
        self.programs.values().filter_map(|(program, _)| program.as_ref().ok())
    }

    /// The flows of a program as graphs, in the order of its legend.
    pub fn graphs(&self, program: &Arc<Program>) -> &[Graph] {
        let mut programs = self.programs.values();
        let is_it = |loaded: &Loaded<Program>| {
            loaded.as_ref().is_ok_and(|loaded| Arc::ptr_eq(loaded, program))
        };
        programs.find(|(loaded, _)| is_it(loaded)).map_or(&[], |(_, graphs)| graphs)
    }
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

/// Flows that can run; what is wrong with one of Architect's actions goes to the error
/// handling of its flow when a call comes there.
fn program(key: &ProgramKey, files: &mut Files) -> (Loaded<Program>, Vec<Graph>) {
    let (paths, placeholders) = key;
    let mut loaded = read::load(paths, placeholders, files);
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    diagnostics.extend(check::check(&loaded.flows));
    diagnostics.retain(check::forbids_running);
    if diagnostics.is_empty() {
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        let graphs = loaded.flows.iter().map(Graph::of_draft);
        let graphs = graphs.chain(loaded.architect.iter().map(Graph::of_architect));
        (Ok(Arc::new(program)), graphs.collect())
    } else {
        sort(&mut diagnostics);
        (Err(diagnostics.into()), Vec::new())
    }
}

fn fixtures(paths: &[PathBuf], files: &mut Files) -> Loaded<Fixtures> {
    let (fixtures, mut diagnostics) = Fixtures::load(paths, files);
    diagnostics.retain(is_error);
    if diagnostics.is_empty() {
        Ok(Arc::new(fixtures))
    } else {
        sort(&mut diagnostics);
        Err(diagnostics.into())
    }
}

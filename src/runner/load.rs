//! Scenario files and everything that they name, loaded once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indexmap::{IndexMap, IndexSet};
use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::project::ProjectContext;
use super::run::now;
use crate::diagnostic::{Code, Diagnostic, Severity, nearest, sort};
use crate::flow::write::Graph;
use crate::flow::{check, read};
use crate::program::Program;
use crate::recording::{self, Recording};
use crate::source::{File, Files, read_document, readable};
use crate::suite::{self, Case, ProjectDefaults, SuiteFile};
use crate::value::Text;
use crate::world::Fixtures;

/// Scenario files, with the flows and fixtures that they name.
#[derive(Debug, Default)]
pub struct Library {
    /// The project of the scenario files.
    pub project: Arc<ProjectContext>,
    /// Scenario files without errors, in order.
    pub suites: Vec<SuiteFile>,
    /// Diagnostics of scenario files. A file with an error is missing from `suites`.
    pub diagnostics: Vec<Diagnostic>,
    /// The part of the tests that the run takes.
    pub part: Part,
    /// Scenario files without tests of earlier runs.
    pub untested: Vec<Untested>,
    /// Wall-clock time spent reading, without compiling. The times of parallel reads are
    /// added up.
    pub loading: Duration,
    /// Wall-clock time spent compiling the flows.
    pub compiling: Duration,
    programs: IndexMap<ProgramKey, (Loaded<Program>, Vec<Graph>)>,
    fixtures: IndexMap<Vec<PathBuf>, Loaded<Fixtures>>,
    recordings: IndexMap<PathBuf, Loaded<Recording>>,
    /// Diagnostics of named scenario files that could not be opened.
    unopened: Vec<Diagnostic>,
    /// CSV files that scenario files with errors name. One may be the reason of an error.
    pub tables_of_broken: Vec<PathBuf>,
}

/// Flow files and folders, and the values of their placeholders.
type ProgramKey = (Vec<PathBuf>, Vec<(String, String)>);

/// A loaded value, or the diagnostics that prevented loading it.
pub type Loaded<T> = Result<Arc<T>, Arc<[Diagnostic]>>;

/// The part of the tests that a run takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    /// All tests.
    #[default]
    Whole,
    /// A share of all tests; other runs take the others.
    Share,
    /// Selected tests.
    Selected,
}

/// A scenario file that has properties and no tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untested {
    /// Path of the file.
    pub path: PathBuf,
    /// Names of the properties.
    pub properties: Vec<Text>,
}

impl Library {
    /// Returns the scenario files that have properties and no tests. A run that takes only
    /// some of the tests has none.
    pub fn without_tests(&self) -> Vec<Untested> {
        if self.part == Part::Whole { self.without_tests_anywhere() } else { Vec::new() }
    }

    /// Returns the same for a run that takes all tests or a share of them: a merged report
    /// of all shares has these files.
    pub fn without_tests_of_share(&self) -> Vec<Untested> {
        match self.part {
            Part::Whole | Part::Share => self.without_tests_anywhere(),
            Part::Selected => Vec::new(),
        }
    }

    fn without_tests_anywhere(&self) -> Vec<Untested> {
        let is_it = |it: &&SuiteFile| it.cases.is_empty() && !it.properties.is_empty();
        let own = self.suites.iter().filter(is_it).map(|suite| Untested {
            path: suite.path.clone(),
            properties: suite.properties.iter().map(|it| it.name.clone()).collect(),
        });
        own.chain(self.untested.iter().cloned()).collect()
    }

    /// Reads scenario files, and loads and compiles everything that they name, each once.
    pub fn load(paths: &[PathBuf], files: &mut Files) -> Self {
        Self::load_in(Arc::default(), paths, files)
    }

    /// Does the same for the scenario files of a project.
    pub fn load_in(
        project: Arc<ProjectContext>,
        paths: &[PathBuf],
        files: &mut Files,
    ) -> Self {
        let mut library = Self { project, ..Self::default() };
        let texts = library.open(&mut paths.iter(), usize::MAX, files);
        let defaults = &library.project.defaults;
        let read = texts.par_iter().map(|text| ReadSuite::new(text, defaults)).collect();
        library.add(read, files);
        library
    }

    /// Opens scenario files until their total size reaches `most_bytes`; at least one
    /// file if any is left. Errors are reported with the next call of `add`.
    pub(super) fn open<'p>(
        &mut self,
        paths: &mut impl Iterator<Item = &'p PathBuf>,
        most_bytes: usize,
        files: &mut Files,
    ) -> Vec<Arc<File>> {
        let began = now();
        let (mut texts, mut bytes) = (Vec::new(), 0);
        while bytes < most_bytes
            && let Some(path) = paths.next()
        {
            match files.load(path) {
                Ok(file) => {
                    bytes += file.text().len();
                    texts.push(file);
                }
                Err(problem) => self.unopened.push(problem.into()),
            }
        }
        self.loading += began.elapsed();
        texts
    }

    /// Adds scenario files and everything that they name.
    pub(super) fn add(&mut self, read: Vec<ReadSuite>, files: &mut Files) {
        let (began, compiling_before) = (now(), self.compiling);
        let mut diagnostics = std::mem::take(&mut self.unopened);
        let known = self.suites.len();
        for ReadSuite { suite, tables, diagnostics: problems, took } in read {
            diagnostics.extend(problems);
            self.tables_of_broken.extend(tables);
            self.loading += took;
            if let Some(suite) = suite {
                self.add_suite(suite, files);
            }
        }
        self.read_recordings(known, files);
        sort(&mut diagnostics);
        self.diagnostics.extend(diagnostics);
        let compiling = self.compiling.saturating_sub(compiling_before);
        self.loading += began.elapsed().saturating_sub(compiling);
    }

    fn add_suite(&mut self, suite: SuiteFile, files: &mut Files) {
        let key = (suite.flows.clone(), suite.placeholders.clone());
        let (compiling, project) = (&mut self.compiling, &self.project);
        let warnings = &mut self.diagnostics;
        let program =
            |key: &ProgramKey| program(key, project, files, compiling, warnings);
        self.programs.entry(key).or_insert_with_key(program);
        let key = suite.fixtures.clone();
        let organisation = &self.project.organisation;
        let fixtures = |key: &Vec<PathBuf>| fixtures(key, organisation, files);
        self.fixtures.entry(key).or_insert_with_key(fixtures);
        self.suites.push(suite);
    }

    /// Reads the recordings that the scenario files from index `first` on name, each
    /// once.
    fn read_recordings(&mut self, first: usize, files: &mut Files) {
        let cases = self.suites.iter().skip(first).flat_map(|suite| &suite.cases);
        let named = cases.filter_map(|case| case.recording.as_ref());
        let paths: IndexSet<&PathBuf> = named.map(|recording| &recording.path).collect();
        let new = paths.into_iter().filter(|path| !self.recordings.contains_key(*path));
        let texts: Vec<_> = new.map(|path| (path.clone(), files.load(path))).collect();
        let read = texts.into_par_iter().map(|(path, text)| {
            let loaded = match text {
                Ok(file) => read_recording(&file),
                Err(problem) => Err([unreadable(&path, problem.into())].into()),
            };
            (path, loaded)
        });
        let read: Vec<_> = read.collect();
        self.recordings.extend(read);
    }

    /// Returns the compiled flows of a scenario file.
    ///
    /// # Errors
    /// Diagnostics of the flows.
    pub fn program(&self, suite: &SuiteFile, files: &Files) -> Loaded<Program> {
        let key = (suite.flows.clone(), suite.placeholders.clone());
        let found = self.programs.get(&key).map(|(program, _)| program.clone());
        found
            .unwrap_or_else(|| Err(Arc::default()))
            .map_err(|them| placed(&them, suite, files))
    }

    /// Returns the fixtures of a scenario file.
    ///
    /// # Errors
    /// Diagnostics of the fixtures.
    pub fn fixtures(&self, suite: &SuiteFile, files: &Files) -> Loaded<Fixtures> {
        let found = self.fixtures.get(&suite.fixtures).cloned();
        found
            .unwrap_or_else(|| Err(Arc::default()))
            .map_err(|them| placed(&them, suite, files))
    }

    /// Returns the recording of a test, if it replays one.
    ///
    /// # Errors
    /// Diagnostics of the recording.
    pub fn recording(&self, case: &Case) -> Option<Loaded<Recording>> {
        let found = self.recordings.get(&case.recording.as_ref()?.path).cloned();
        Some(found.unwrap_or_else(|| Err(Arc::default())))
    }

    /// Returns all programs, in the order in which scenario files first named them.
    pub(super) fn programs(&self) -> impl Iterator<Item = &Arc<Program>> {
        self.programs.values().filter_map(|(program, _)| program.as_ref().ok())
    }

    /// Returns the flows of a program as graphs, in the order of its symbol table.
    pub fn graphs(&self, program: &Arc<Program>) -> &[Graph] {
        let mut programs = self.programs.values();
        let is_it = |loaded: &Loaded<Program>| {
            loaded.as_ref().is_ok_and(|loaded| Arc::ptr_eq(loaded, program))
        };
        programs.find(|(loaded, _)| is_it(loaded)).map_or(&[], |(_, graphs)| graphs)
    }
}

/// A parsed scenario file, without the files that it names.
#[derive(Debug)]
pub(super) struct ReadSuite {
    /// Parsed file; `None` if it has errors.
    suite: Option<SuiteFile>,
    /// CSV files that a file with errors names.
    tables: Vec<PathBuf>,
    /// Diagnostics of the file.
    diagnostics: Vec<Diagnostic>,
    /// Wall-clock time spent reading the file.
    took: Duration,
}

impl ReadSuite {
    pub(super) fn new(file: &File, project: &ProjectDefaults) -> Self {
        let began = now();
        let (suite, tables, diagnostics) = match read_document(file) {
            Ok(document) => {
                let (suite, diagnostics) = suite::read(&document, file.path(), project);
                match diagnostics.iter().any(is_error) {
                    true => (None, suite.tables, diagnostics),
                    false => (Some(suite), Vec::new(), diagnostics),
                }
            }
            Err(problem) => (None, Vec::new(), vec![problem.into()]),
        };
        Self { suite, tables, diagnostics, took: began.elapsed() }
    }
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

/// Loads flows that can run. A mistake in an Architect action does not prevent this: a
/// call that reaches it continues with the error handling of its flow. Placeholders
/// without a value become `warnings`.
fn program(
    key: &ProgramKey,
    project: &ProjectContext,
    files: &mut Files,
    compiling: &mut Duration,
    warnings: &mut Vec<Diagnostic>,
) -> (Loaded<Program>, Vec<Graph>) {
    let (paths, values) = key.clone();
    let placeholders = read::Placeholders { values, ..project.placeholders.clone() };
    let mut loaded = read::load_with(&paths, &placeholders, files);
    let unset = loaded.diagnostics.iter().filter(|it| {
        it.code == Code::UNSET_PLACEHOLDER && it.severity == Severity::Warning
    });
    warnings.extend(unset.map(advised));
    let mut diagnostics = std::mem::take(&mut loaded.diagnostics);
    diagnostics.extend(check::check(&loaded.flows));
    diagnostics.extend(check::duplicates(&loaded.architect));
    diagnostics.retain(check::forbids_running);
    if diagnostics.is_empty() {
        let began = now();
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        *compiling += began.elapsed();
        let graphs = loaded.flows.iter().map(Graph::of_draft);
        let graphs = graphs.chain(loaded.architect.iter().map(Graph::of_architect));
        (Ok(Arc::new(program)), graphs.collect())
    } else {
        sort(&mut diagnostics);
        (Err(diagnostics.into()), Vec::new())
    }
}

fn fixtures(
    paths: &[PathBuf],
    organisation: &Fixtures,
    files: &mut Files,
) -> Loaded<Fixtures> {
    let (fixtures, mut diagnostics) = organisation.clone().load_more(paths, files);
    diagnostics.retain(is_error);
    if diagnostics.is_empty() {
        Ok(Arc::new(fixtures))
    } else {
        sort(&mut diagnostics);
        Err(diagnostics.into())
    }
}

/// Places the diagnostics of named files. A missing file is reported where the scenario
/// file names it, and a missing placeholder value gets advice.
fn placed(
    problems: &[Diagnostic],
    suite: &SuiteFile,
    files: &Files,
) -> Arc<[Diagnostic]> {
    let placed =
        |it: &Diagnostic| missing(it, suite, files).unwrap_or_else(|| advised(it));
    problems.iter().map(placed).collect()
}

fn advised(problem: &Diagnostic) -> Diagnostic {
    match problem.code {
        Code::UNSET_PLACEHOLDER => problem.clone().help(
            "its name is used; give it a value under `set` of the scenario file: \
             `set: {name: value}`",
        ),
        _ => problem.clone(),
    }
}

fn missing(problem: &Diagnostic, suite: &SuiteFile, files: &Files) -> Option<Diagnostic> {
    let path = files.get(problem.labels.first()?.span.file).path();
    let (_, span) = suite.named_at.iter().find(|(named, _)| named == path)?;
    if path.exists() {
        return None;
    }
    let help = match near_to(path) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "the path is relative to the scenario file".into(),
    };
    let message = format!("there is no file or folder {}", path.display());
    Some(Diagnostic::new(problem.code, message).at(*span).help(help))
}

/// Returns the name of a sibling that is similar to a missing path.
pub fn near_to(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    readable(folder).ok()?;
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    let name = path.file_name()?.to_str()?;
    nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
}

fn read_recording(file: &File) -> Loaded<Recording> {
    let (recording, mut diagnostics) = recording::of_file(file);
    diagnostics.retain(is_error);
    recording.map(Arc::new).ok_or_else(|| diagnostics.into())
}

/// Creates the diagnostic of an unreadable recording. It has no position yet; that is
/// where the test names the recording.
fn unreadable(path: &Path, problem: Diagnostic) -> Diagnostic {
    let message = match path.exists() {
        true => format!("{}: {}", path.display(), problem.message),
        false => format!("there is no recording {}", path.display()),
    };
    let help = match recording::nearest_to(path) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "the path is relative to the scenario file".into(),
    };
    Diagnostic::new(problem.code, message).help(help)
}

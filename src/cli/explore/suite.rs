//! `flowsim explore --suite`: writes tests for everything that the exploration reached.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use super::Arguments;
use super::cache::Cache;
use super::keys::Keys;
use super::scenario;
use super::test_file::{TestFile, unix};
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::cli::project::Project;
use crate::diagnostic::{Severity, sort};
use crate::engine::{Call, Limits};
use crate::explore::Exploration;
use crate::explore::mutants::Detection;
use crate::explore::suite::{Reached, Suite, SuiteCall, suite, suite_call};
use crate::flow::FlowId;
use crate::program::Program;
use crate::report::exploration::{Additions, MutantSummary, SuiteSummary};
use crate::report::scenario::{line, object, paths, set};
use crate::runner::{CaseResult, Library, Options, Outcome, Plan, RunEvent, run};
use crate::source::{Files, relative, replace_own_file};
use crate::suite::snapshot::slug;
use crate::suite::{Selection, discover, slashed};
use crate::value::{Json, Text};
use crate::world::Fixtures;

/// Ending of the names of written files.
const ENDING: &str = ".explored.test.yaml";

/// An exploration whose tests are written.
pub(super) struct Explored<'e> {
    pub(super) arguments: &'e Arguments,
    pub(super) project: &'e Project,
    pub(super) program: &'e Arc<Program>,
    pub(super) calls: &'e [Call],
    pub(super) fixtures: &'e Fixtures,
    pub(super) exploration: &'e Exploration,
    /// The keys of results of mutants, if they are remembered.
    pub(super) keys: Option<Keys>,
}

/// Results of tests.
#[derive(Default)]
struct Results {
    reached: Reached,
    /// The tests that passed, or failed as expected.
    passed: Vec<Place>,
    failed: Vec<Place>,
}

/// The place of a test.
struct Place {
    file: PathBuf,
    line: u32,
    name: Text,
}

impl Explored<'_> {
    /// Writes tests, then checks them with mutants, as the arguments request.
    pub(super) fn add_tests(
        &self,
        additions: &mut Additions<'_>,
    ) -> io::Result<Result<(), Exit>> {
        if let Some(folder) = &self.arguments.suite {
            match self.write(folder)? {
                Ok(summary) => additions.suite = Some(summary),
                Err(exit) => return Ok(Err(exit)),
            }
        }
        if !self.arguments.mutants {
            return Ok(Ok(()));
        }
        let mut cache = match &self.keys {
            Some(_) => Cache::read(self.project.settings.file.as_deref()),
            None => Cache::default(),
        };
        let mut mutants = match self.mutants(&mut cache)? {
            Ok(mutants) => mutants,
            Err(exit) => return Ok(Err(exit)),
        };
        let calls = self.noticing(&mutants);
        if let (Some(folder), Some(written)) =
            (&self.arguments.suite, additions.suite.as_mut())
            && !calls.is_empty()
        {
            if let Err(exit) = self.write_more(folder, calls, written)? {
                return Ok(Err(exit));
            }
            mutants = match self.mutants(&mut cache)? {
                Ok(mutants) => mutants,
                Err(exit) => return Ok(Err(exit)),
            };
        }
        additions.mutants = Some(mutants);
        Ok(Ok(()))
    }

    /// Returns the calls that notice mutants in which all tests pass, each once.
    fn noticing(&self, mutants: &MutantSummary) -> Vec<SuiteCall> {
        let mut found = Vec::new();
        for survivor in &mutants.list {
            let Detection::Call(start, at, witness) = &survivor.detection else {
                continue;
            };
            if !found.contains(&(*start, *at, witness)) {
                found.push((*start, *at, witness));
            }
        }
        let Self { program, calls, fixtures, .. } = *self;
        let played = found.into_iter().map(|(start, at, witness)| {
            suite_call(program, calls, fixtures, (start, at), witness)
        });
        played.collect()
    }

    /// Writes tests of these calls, unless the files have the same tests already.
    fn write_more(
        &self,
        folder: &Path,
        calls: Vec<SuiteCall>,
        summary: &mut SuiteSummary,
    ) -> io::Result<Result<(), Exit>> {
        let results = match self.run(&self.existing(Some(folder)))? {
            Ok(results) => results,
            Err(exit) => return Ok(Err(exit)),
        };
        let suite = Suite { calls, ..Suite::default() };
        let mut more = SuiteSummary::default();
        if let Err(exit) = self.write_files(folder, &suite, &results, &mut more)? {
            return Ok(Err(exit));
        }
        summary.new += more.new;
        summary.not_replayed += more.not_replayed;
        more.files.retain(|file| !summary.files.contains(file));
        summary.files.append(&mut more.files);
        Ok(Ok(()))
    }

    /// Returns the folder and the tests of the project, as far as they exist.
    pub(super) fn existing(&self, folder: Option<&Path>) -> Vec<PathBuf> {
        let tests = self.project.settings.paths("tests");
        let all = folder.map(Path::to_owned).into_iter().chain(tests);
        all.filter(|path| path.exists()).collect()
    }

    /// Writes the tests that the tests of the folder and of the project lack.
    fn write(&self, folder: &Path) -> io::Result<Result<SuiteSummary, Exit>> {
        let mut summary = SuiteSummary::default();
        for (flow, path) in self.files(folder) {
            if let Err(exit) = self.rename(flow, &path, &mut summary) {
                return Ok(Err(exit));
            }
        }
        let results = match self.run(&self.existing(Some(folder)))? {
            Ok(results) => results,
            Err(exit) => return Ok(Err(exit)),
        };
        let covered = results.reached.names();
        let Self { program, calls, fixtures, exploration, .. } = *self;
        let suite = suite(program, calls, fixtures, exploration, &covered);
        summary.lower_bound = suite.lower_bound;
        summary.goals = suite.goals;
        summary.failed = results.failed.len();
        let written = self.write_files(folder, &suite, &results, &mut summary)?;
        Ok(written.map(|()| summary))
    }

    /// Writes the present name of a flow into its file. The previous name may lead to the
    /// same file, and tests of an unknown flow would be removed.
    fn rename(
        &self,
        flow: FlowId,
        path: &Path,
        summary: &mut SuiteSummary,
    ) -> Result<(), Exit> {
        let Ok(before) = fs::read_to_string(path) else { return Ok(()) };
        let symbols = &self.program.symbols;
        let mut file = TestFile::parse(&before);
        let is_known = |name: &str| {
            let mut started =
                self.calls.iter().map(|it| symbols.flow_reference(it.flow()));
            // A name that two flows have is not one any more.
            self.program.flows_named(name).len() == 1 || started.any(|it| it == *name)
        };
        file.rename_flow(is_known, &symbols.flow_reference(flow));
        let text = file.saved();
        if text == before {
            return Ok(());
        }
        replace_own_file(folder_of(path), path, &text)
            .map_err(|error| unwritable(path, &error))?;
        summary.files.push(slashed(path));
        Ok(())
    }

    fn write_files(
        &self,
        folder: &Path,
        suite: &Suite,
        results: &Results,
        summary: &mut SuiteSummary,
    ) -> io::Result<Result<(), Exit>> {
        for (flow, path) in self.files(folder) {
            let written = self.write_file(flow, &path, suite, results, summary)?;
            if let Err(exit) = written {
                return Ok(Err(exit));
            }
        }
        Ok(Ok(()))
    }

    /// Returns the file of each flow in which calls start.
    fn files(&self, folder: &Path) -> Vec<(FlowId, PathBuf)> {
        let mut taken = BTreeSet::new();
        let files = self.calls.iter().map(|call| {
            let flow = call.flow();
            let name = slug(&self.program.symbols.flow(flow).name);
            let number = (1..).find(|number| taken.insert((name.clone(), *number)));
            let suffix = match number {
                None | Some(1) => String::new(),
                Some(number) => format!("-{number}"),
            };
            (flow, folder.join(format!("{name}{suffix}{ENDING}")))
        });
        files.collect()
    }

    /// Loads the tests of these files and folders.
    pub(super) fn library(
        &self,
        searched: &[PathBuf],
        files: &mut Files,
    ) -> Result<Library, Exit> {
        let context = Arc::new(self.project.context(files)?);
        let (found, mut diagnostics) = discover(searched, files);
        let library = Library::load_in(context, &found, files);
        diagnostics.extend(library.diagnostics.iter().cloned());
        diagnostics.retain(|it| it.severity == Severity::Error);
        if diagnostics.is_empty() {
            return Ok(library);
        }
        sort(&mut diagnostics);
        output::diagnostics(&diagnostics, files);
        Err(Exit::Input)
    }

    /// Runs all tests of these files and folders.
    fn run(&self, searched: &[PathBuf]) -> io::Result<Result<Results, Exit>> {
        let mut files = Files::new();
        let library = match self.library(searched, &mut files) {
            Ok(library) => library,
            Err(exit) => return Ok(Err(exit)),
        };
        let plan = Plan::new(&library, &Selection::default(), &[], &files);
        let mut results = Results::default();
        let jobs = self.arguments.jobs.map_or(0, usize::from);
        let options = Options { jobs, ..Options::default() };
        run(&plan, options, &mut |event| {
            if let RunEvent::Finished(result) = event {
                results.add(result);
            }
        })
        .map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Ok(results))
    }

    /// Updates the tests of a flow: removes written tests that fail now, and adds what is
    /// missing.
    fn write_file(
        &self,
        flow: FlowId,
        path: &Path,
        suite: &Suite,
        results: &Results,
        summary: &mut SuiteSummary,
    ) -> io::Result<Result<(), Exit>> {
        let before = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Ok(Err(unwritable(path, &error))),
        };
        let mut file = TestFile::parse(&before);
        let failed = lines_in(&results.failed, path);
        let replaceable = file.replaceable();
        let removed = replaceable.iter().filter(|line| failed.contains(line)).count();
        file.remove(&failed);
        let kept = file.count();
        if before.is_empty() {
            file.begin(self.header(flow, path));
        }
        let own = suite.calls.iter().filter(|call| call.start == flow);
        let mut names: BTreeSet<String> = { results.passed.iter() }
            .filter(|place| is_same(&place.file, path))
            .map(|place| place.name.to_string())
            .collect();
        for call in own {
            if file.has(&scenario::test("", call, self.program)) {
                continue;
            }
            let name = unique(scenario::name(call, self.program), &mut names);
            file.add(&scenario::test(&name, call, self.program));
        }
        let is_new = file.count() > kept;
        if is_new && let Err(exit) = self.replay(&mut file, path, kept, summary)? {
            return Ok(Err(exit));
        }
        summary.removed += removed;
        summary.kept += kept;
        summary.new += file.count() - kept;
        self.save(&file, path, &before, flow, summary)
    }

    /// Plays the new tests from a temporary file, and removes those that fail.
    fn replay(
        &self,
        file: &mut TestFile,
        path: &Path,
        kept: usize,
        summary: &mut SuiteSummary,
    ) -> io::Result<Result<(), Exit>> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let trial = path.with_file_name(format!(".{name}"));
        if let Err(error) = replace_own_file(folder_of(path), &trial, &file.text()) {
            return Ok(Err(unwritable(path, &error)));
        }
        let played = self.run(std::slice::from_ref(&trial));
        let _ = fs::remove_file(&trial);
        let results = match played? {
            Ok(results) => results,
            Err(exit) => {
                let text = format!(
                    "no tests can be added to {}\n\n`tests` must be its last key, with \
                     an indent of two",
                    path.display()
                );
                output::message("error", &text);
                return Ok(Err(exit));
            }
        };
        let new = file.replaceable().split_off(kept);
        let passed = lines_in(&results.passed, &trial);
        let failed: Vec<u32> =
            new.into_iter().filter(|line| !passed.contains(line)).collect();
        summary.not_replayed += failed.len();
        file.remove(&failed);
        Ok(Ok(()))
    }

    /// Writes the file if it differs; deletes it if no test is left.
    fn save(
        &self,
        file: &TestFile,
        path: &Path,
        before: &str,
        flow: FlowId,
        summary: &mut SuiteSummary,
    ) -> io::Result<Result<(), Exit>> {
        let is_empty = file.count() == 0 && unix(&file.text()) == self.header(flow, path);
        let text = file.saved();
        let done = match (before.is_empty(), is_empty) {
            (true, true) => return Ok(Ok(())),
            (false, true) => fs::remove_file(path),
            _ if text == before => return Ok(Ok(())),
            _ => replace_own_file(folder_of(path), path, &text),
        };
        match done {
            Ok(()) => {
                let path = slashed(path);
                if !summary.files.contains(&path) {
                    summary.files.push(path);
                }
                Ok(Ok(()))
            }
            Err(error) => Ok(Err(unwritable(path, &error))),
        }
    }

    /// Returns the beginning of a new file.
    fn header(&self, flow: FlowId, path: &Path) -> String {
        let mut out = String::from(
            "# Tests of `flowsim explore --suite`. It replaces a test below a line \
             `# explored`\n# if the call changes. A test that was edited stays as it is.\n",
        );
        let folder = path.parent().unwrap_or(Path::new(""));
        let relative = |them: &[PathBuf]| {
            let them: Vec<_> = them.iter().map(|path| relative(path, folder)).collect();
            paths(&them)
        };
        line(&mut out, "", "flows", &relative(&self.arguments.flows));
        if !self.arguments.fixtures.is_empty() {
            line(&mut out, "", "fixtures", &relative(&self.arguments.fixtures));
        }
        if let Ok(values) = self.arguments.sources.values(&mut Files::new())
            && !values.is_empty()
        {
            line(&mut out, "", "set", &set(&values));
        }
        out.push_str("defaults:\n");
        let flow = self.program.symbols.flow_reference(flow);
        line(&mut out, "  ", "flow", &Json::String(flow));
        let Arguments { context, var, at, max_actions, .. } = self.arguments;
        for (key, pairs) in [("context", context), ("variables", var)] {
            if !pairs.is_empty() {
                line(&mut out, "  ", key, &object(pairs));
            }
        }
        if let Some(at) = at {
            line(&mut out, "  ", "at", &Json::from(at.to_string().as_str()));
        }
        if *max_actions != Limits::default().max_actions {
            line(&mut out, "  ", "maxActions", &Json::Integer((*max_actions).into()));
        }
        out.push_str("tests:\n");
        out
    }
}

impl Results {
    fn add(&mut self, result: &CaseResult) {
        let (file, line) = (result.id.file.to_path_buf(), result.id.line);
        let place = Place { file, line, name: result.id.name.clone() };
        match (&result.outcome, &result.program, &result.trace) {
            (
                Outcome::Passed | Outcome::ExpectedFailure { .. },
                Some(program),
                Some(trace),
            ) => {
                self.reached.add(program, trace);
                self.passed.push(place);
            }
            (Outcome::Skipped(_), ..) => self.passed.push(place),
            _ => self.failed.push(place),
        }
    }
}

/// Returns the lines of the tests in a file.
fn lines_in(places: &[Place], path: &Path) -> Vec<u32> {
    places.iter().filter(|it| is_same(&it.file, path)).map(|it| it.line).collect()
}

/// Whether two paths lead to the same file.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other
        || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Returns the name, with a number if another test has it.
fn unique(name: String, names: &mut BTreeSet<String>) -> String {
    let numbered = |number: u32| match number {
        1 => name.clone(),
        _ => format!("{name} ({number})"),
    };
    let free = (1..).map(numbered).find(|it| names.insert(it.clone()));
    free.unwrap_or_default()
}

fn unwritable(path: &Path, error: &io::Error) -> Exit {
    output::message("error", &format!("cannot write {}: {error}", path.display()));
    Exit::External
}

/// Returns the folder of a file of tests, in which a repository may have links.
fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names = BTreeSet::new();
        let found = ["a", "b", "a", "a"].map(|it| unique(it.to_owned(), &mut names));
        assert_eq!(found, ["a", "b", "a (2)", "a (3)"]);
    }
}

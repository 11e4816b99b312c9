//! Projects: compiled flows and their fixtures.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::builder::ProjectBuilder;
use super::call::{Call, Resolved};
use super::comparison::{CompareOptions, Comparison};
use super::diagnostic::Diagnostic;
use super::error::Error;
use super::flow::Flow;
use super::session::Session;
use super::trace::{Compiled, Trace};
use crate::analysis::{against_fixtures, architect_against_fixtures};
use crate::diagnostic::{self as internal, sort};
use crate::engine;
use crate::flow::{check, read};
use crate::program::Program;
use crate::source::Files;
use crate::world::{FixtureHost, Fixtures, Host};

/// Flows that were loaded and compiled together, and the fixtures that answer for the
/// outside world. A clone is cheap, and several threads can use one project.
///
/// ```
/// let project = flowsim::Project::builder()
///     .flows("fixtures/shared-flow/flows")
///     .fixtures("fixtures/shared-flow/fixtures.yaml")
///     .load()?;
/// let first = project.flows().next().expect("the folder has flows");
/// assert_eq!((first.name(), first.flow_type()), ("Inbound_Flow_A", "inbound"));
/// # Ok::<(), flowsim::Error>(())
/// ```
#[derive(Clone)]
pub struct Project(Arc<Loaded>);

/// Everything that was loaded.
pub(super) struct Loaded {
    pub(super) compiled: Arc<Compiled>,
    pub(super) fixtures: Arc<Fixtures>,
    /// Whether any fixtures were given.
    pub(super) has_fixtures: bool,
    /// The models of the flows, for checks.
    pub(super) flows: read::Loaded,
    /// The findings of reading flows and fixtures.
    pub(super) findings: Vec<internal::Diagnostic>,
    pub(super) files: Arc<Files>,
}

impl Project {
    /// Loads flows without fixtures. A path is a flow file of any dialect, or a folder
    /// with all flows in it.
    ///
    /// # Errors
    /// A file or folder does not load.
    pub fn load<P: Into<PathBuf>>(
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Self, Error> {
        let builder = Self::builder();
        paths.into_iter().fold(builder, ProjectBuilder::flows).load()
    }

    /// Returns a builder, for flows with fixtures or from memory.
    pub fn builder() -> ProjectBuilder {
        ProjectBuilder::default()
    }

    pub(super) fn of(loaded: Loaded) -> Self {
        Self(Arc::new(loaded))
    }

    pub(super) fn compiled(&self) -> &Arc<Compiled> {
        &self.0.compiled
    }

    pub(super) fn program(&self) -> &Arc<Program> {
        &self.0.compiled.program
    }

    pub(super) fn files(&self) -> &Files {
        &self.0.files
    }

    pub(super) fn fixtures(&self) -> &Arc<Fixtures> {
        &self.0.fixtures
    }

    /// The flows, in the order in which they were loaded.
    pub fn flows(&self) -> impl Iterator<Item = Flow<'_>> {
        Flow::all(self.program())
    }

    /// Returns the findings of loading that do not prevent calls, such as an unknown
    /// property of a node. [`check`](Self::check) finds more.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.placed(self.0.findings.clone())
    }

    /// Checks the flows like `flowsim check`. With fixtures, also checks the names that
    /// flows look up, and the contacts.
    pub fn check(&self) -> Vec<Diagnostic> {
        let Loaded { fixtures, flows, .. } = &*self.0;
        let mut findings = self.0.findings.clone();
        findings.extend(check::check(&flows.flows));
        findings.extend(check::check_architect(&flows.architect));
        if self.0.has_fixtures {
            let drafts = Program::compile(&flows.flows);
            findings.extend(against_fixtures(&drafts, fixtures));
            findings.extend(architect_against_fixtures(&flows.architect, fixtures));
            fixtures.index_contacts();
            findings.extend(fixtures.contact_problems());
        }
        self.placed(findings)
    }

    fn placed(&self, mut findings: Vec<internal::Diagnostic>) -> Vec<Diagnostic> {
        sort(&mut findings);
        Diagnostic::all(findings, &self.0.files)
    }

    /// Makes a call. The fixtures answer for the outside world; the caller's input is
    /// that of the call, then silence.
    ///
    /// A call that ends with an error is a trace with that [status](Trace::status).
    ///
    /// # Errors
    /// The call names an unknown flow, node or variable, or has an invalid value.
    pub fn run(&self, call: &Call) -> Result<Trace, Error> {
        Ok(self.play(&call.resolve(self)?, &mut None))
    }

    /// Returns the problems of a call without making it: unknown names and invalid values,
    /// with which [`run`](Self::run) is an error, and warnings about context fields that
    /// are probably misspelt.
    pub fn check_call(&self, call: &Call) -> Vec<Diagnostic> {
        let mut found = self.placed(call.warnings(self.program()));
        if let Err(problem) = call.resolve(self) {
            found.extend(problem.diagnostics().iter().cloned());
        }
        found
    }

    /// Makes calls in parallel. The results are in the order of the calls, and each is
    /// that of [`run`](Self::run).
    pub fn run_batch(&self, calls: &[Call]) -> Vec<Result<Trace, Error>> {
        let calls = calls.par_iter();
        let played = calls.map_init(
            || None,
            |session, call| Ok(self.play(&call.resolve(self)?, session)),
        );
        played.collect()
    }

    /// Plays a call in the session of the previous one, whose memory is reused.
    fn play(&self, call: &Resolved, reused: &mut Option<engine::Session>) -> Trace {
        let session = match reused {
            Some(session) => {
                session.restart(&call.call);
                session
            }
            None => {
                let program = Arc::clone(self.program());
                reused.insert(engine::Session::start(program, &call.call))
            }
        };
        let mut host = FixtureHost::new(&self.0.fixtures, &call.inputs);
        while let Some(question) = session.question() {
            let answer = host.answer(&question);
            session.resume(answer);
        }
        let trace = session.take_trace().expect("a session without a question is over");
        Trace::new(trace, &self.0.compiled, host.unused_inputs().len())
    }

    /// Starts a call that the caller of this function answers question by question.
    ///
    /// # Errors
    /// The call names an unknown flow, node or variable, or has an invalid value.
    pub fn session(&self, call: &Call) -> Result<Session, Error> {
        Ok(Session::start(self.clone(), call.resolve(self)?))
    }

    /// Replays a recorded call on these flows and compares it with the recording. The
    /// fixtures answer requests that the recording cannot.
    ///
    /// # Errors
    /// The recording does not load.
    pub fn compare(&self, recording: impl AsRef<Path>) -> Result<Comparison, Error> {
        let all = self.compare_batch([recording], &CompareOptions::default())?;
        all.into_iter()
            .next()
            .ok_or_else(|| Error::invalid("the folder has no recordings"))
    }

    /// Compares recordings in parallel. A path is a recording, or a folder with
    /// recordings. The results are in the order of the paths, within a folder by path.
    ///
    /// # Errors
    /// A recording does not load, or an option is invalid.
    pub fn compare_batch<P: AsRef<Path>>(
        &self,
        recordings: impl IntoIterator<Item = P>,
        options: &CompareOptions,
    ) -> Result<Vec<Comparison>, Error> {
        let paths = recordings.into_iter().map(|path| path.as_ref().to_owned());
        Comparison::all(self, &paths.collect::<Vec<_>>(), options)
    }
}

impl fmt::Debug for Project {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flows: Vec<&str> = self.flows().map(|flow| flow.name()).collect();
        formatter.debug_struct("Project").field("flows", &flows).finish_non_exhaustive()
    }
}

//! Loading of projects.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::Error;
use super::project::{Loaded, Project};
use super::trace::Compiled;
use crate::diagnostic::{Diagnostic, Severity};
use crate::flow::read::Placeholders;
use crate::flow::{check, read};
use crate::program::Program;
use crate::project::Settings;
use crate::runner::ProjectContext;
use crate::source::{Files, read_document};
use crate::world::Fixtures;

/// The message for a project that names no flows.
const NO_FLOWS: &str = "no flows to load; name a flow file, a folder of flows, or a \
                        project file that names them";

/// A builder for a [`Project`] of several sources.
#[derive(Debug, Clone, Default)]
#[must_use = "`load` loads the project"]
pub struct ProjectBuilder {
    flows: Vec<PathBuf>,
    flow_texts: Vec<(PathBuf, String)>,
    fixtures: Vec<PathBuf>,
    fixtures_texts: Vec<(PathBuf, String)>,
    placeholders: Vec<(String, String)>,
    project_file: Option<PathBuf>,
    profile: Option<String>,
}

impl ProjectBuilder {
    /// Adds a flow file of any dialect, or a folder with all flows in it.
    pub fn flows(mut self, path: impl Into<PathBuf>) -> Self {
        self.flows.push(path.into());
        self
    }

    /// Adds a flow document from memory. Messages show the name, and its extension
    /// determines the format: `.json`, `.yaml` or `.i3InboundFlow`.
    pub fn flow_text(
        mut self,
        name: impl Into<PathBuf>,
        text: impl Into<String>,
    ) -> Self {
        self.flow_texts.push((name.into(), text.into()));
        self
    }

    /// Adds a fixtures file, or a folder with all fixtures in it. Later ones override
    /// earlier ones.
    pub fn fixtures(mut self, path: impl Into<PathBuf>) -> Self {
        self.fixtures.push(path.into());
        self
    }

    /// Adds a fixtures document from memory. It overrides the fixtures of files. Paths in
    /// it are relative to the working folder.
    pub fn fixtures_text(
        mut self,
        name: impl Into<PathBuf>,
        text: impl Into<String>,
    ) -> Self {
        self.fixtures_texts.push((name.into(), text.into()));
        self
    }

    /// Sets a placeholder of Archy YAML, such as `queue` for `{{queue}}`. The first value
    /// of a placeholder counts.
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.placeholders.push((name.into(), value.into()));
        self
    }

    /// Adds the flows, fixtures, Terraform and values of placeholders of a project file,
    /// `flowsim.toml`. Flows and fixtures of the builder are added to them, and its values
    /// of placeholders override them. The environment has no effect.
    pub fn project_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.project_file = Some(file.into());
        self
    }

    /// Selects a profile of the project file.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Reads and compiles everything.
    ///
    /// # Errors
    /// There are no flows, or a file or folder does not load. The error has the diagnostics of all flows and
    /// fixtures.
    pub fn load(mut self) -> Result<Project, Error> {
        let mut files = Files::new();
        let (context, warnings) = match self.adopt_project(&mut files) {
            Ok(adopted) => adopted,
            Err(problems) => return Err(Error::load(problems, files)),
        };
        if self.flows.is_empty() && self.flow_texts.is_empty() {
            return Err(Error::invalid(NO_FLOWS));
        }
        let flows = self.read_flows(&context, &mut files);
        let drafts = check::check(&flows.flows);
        let mut problems = flows.diagnostics.clone();
        problems.extend(drafts);
        let forbids = problems.iter().any(check::forbids_running)
            || !check::duplicates(&flows.architect).is_empty();
        let (fixtures, findings) = self.read_fixtures(context, &mut files);
        let is_error = |it: &Diagnostic| it.severity == Severity::Error;
        if forbids || findings.iter().any(is_error) {
            if forbids {
                problems.extend(check::check_architect(&flows.architect));
            } else {
                problems.clear();
            }
            problems.extend(findings);
            return Err(Error::load(problems, files));
        }
        let program = Program::compile_all(&flows.flows, &flows.architect);
        let files = Arc::new(files);
        Ok(Project::of(Loaded {
            compiled: Compiled::new(Arc::new(program), Some(Arc::clone(&files))),
            fixtures: Arc::new(fixtures),
            has_fixtures: !(self.fixtures.is_empty() && self.fixtures_texts.is_empty()),
            findings: [warnings, flows.diagnostics.clone(), findings].concat(),
            flows,
            files,
        }))
    }

    /// Reads the project file, and adds its files and values. Also returns the warnings
    /// about it.
    fn adopt_project(
        &mut self,
        files: &mut Files,
    ) -> Result<(ProjectContext, Vec<Diagnostic>), Vec<Diagnostic>> {
        if self.project_file.is_none() && self.profile.is_none() {
            return Ok(Default::default());
        }
        let (file, profile) = (self.project_file.as_deref(), self.profile.as_deref());
        let settings = Settings::load(file, profile, &|_| None, files)?;
        let (context, _) = ProjectContext::load(&settings, &|_| None, files)?;
        self.flows.splice(0..0, context.defaults.flows.iter().cloned());
        self.fixtures.splice(0..0, context.defaults.fixtures.iter().cloned());
        self.placeholders.extend(context.defaults.placeholders.iter().cloned());
        Ok((context, settings.warnings))
    }

    fn read_flows(&self, context: &ProjectContext, files: &mut Files) -> read::Loaded {
        let placeholders = Placeholders {
            values: self.placeholders.clone(),
            ..context.placeholders.clone()
        };
        let mut loaded = read::load_with(&self.flows, &placeholders, files);
        for (name, text) in &self.flow_texts {
            let file = files.add(name, text.as_str());
            loaded.add(read::load_text(&file, &self.placeholders, files));
        }
        loaded
    }

    fn read_fixtures(
        &self,
        context: ProjectContext,
        files: &mut Files,
    ) -> (Fixtures, Vec<Diagnostic>) {
        let organisation = context.organisation;
        let (mut fixtures, mut findings) = organisation.load_more(&self.fixtures, files);
        for (name, text) in &self.fixtures_texts {
            let file = files.add(name, text.as_str());
            match read_document(&file) {
                Ok(document) => {
                    let (merged, more) = fixtures.merged(&document, Path::new(""));
                    fixtures = merged;
                    findings.extend(more);
                }
                Err(problem) => findings.push(problem.into()),
            }
        }
        (fixtures, findings)
    }
}

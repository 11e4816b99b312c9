//! The project of scenario files.

use crate::diagnostic::Diagnostic;
use crate::flow::read::Placeholders;
use crate::project::{Settings, Terraform};
use crate::source::Files;
use crate::suite::ProjectDefaults;
use crate::world::Fixtures;

/// A project, which applies to all scenario files.
#[derive(Debug, Clone, Default)]
pub struct ProjectContext {
    /// Files and values that scenario files need not name.
    pub defaults: ProjectDefaults,
    /// Placeholders of single files, and the handling of those without a value.
    pub placeholders: Placeholders,
    /// The organisation that all fixtures are merged over.
    pub organisation: Fixtures,
}

impl ProjectContext {
    /// Reads the Terraform of a project. Also returns the diagnostics that do not prevent
    /// runs. `environment` returns the value of an environment variable.
    ///
    /// # Errors
    /// A folder has no Terraform, or cannot be read.
    pub fn load(
        settings: &Settings,
        environment: &dyn Fn(&str) -> Option<String>,
        files: &mut Files,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let set = settings.set.iter().map(|it| (it.key.clone(), it.values.concat()));
        let set: Vec<(String, String)> = set.collect();
        let folders = settings.paths("terraform");
        let organised = Terraform::organised(&folders, &set, environment, files)?;
        let defaults = settings.defaults.iter().map(|(entry, _)| entry.clone());
        let context = Self {
            defaults: ProjectDefaults {
                flows: settings.paths("flows"),
                fixtures: settings.paths("fixtures"),
                placeholders: set,
                defaults: defaults.collect(),
            },
            placeholders: Placeholders {
                of_files: organised.of_files,
                ..Placeholders::default()
            },
            organisation: organised.fixtures,
        };
        Ok((context, organised.diagnostics))
    }
}

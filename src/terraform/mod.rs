//! Terraform of CX as Code: its evaluation, and the organisation that its resources
//! define.
//!
//! *Source: the language and the functions of Terraform, and the documented resources of
//! the provider `genesyscloud`.*

mod budget;
mod document;
mod evaluate;
mod expression;
mod flows;
mod functions;
mod instances;
mod module;
mod organisation;
mod report;
mod roots;
mod template;
mod variables;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use self::document::files_in;
use self::instances::Resource;
use self::module::Evaluator;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Files;

pub use document::{Place, Unreadable, is_terraform, is_terraform_source};
pub use flows::{FlowFile, FlowNames, Flows};
pub use organisation::Document;
pub use report::{Report, Unknown};
pub use roots::root_modules;

/// The resources of folders with Terraform.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    resources: Vec<Placed>,
    /// The resources that were read, and the values that are not known.
    pub report: Report,
    /// Files that cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// A resource, with the repository and the folder of its root module.
type Placed = (Resource, [PathBuf; 2]);

impl Configuration {
    /// Evaluates folders with root modules. `set` are values of variables, which override
    /// all others, and `environment` returns the value of an environment variable.
    ///
    /// # Errors
    /// A folder has no Terraform, or cannot be read. Everything else that is not known is
    /// in the report.
    pub fn evaluate(
        folders: &[PathBuf],
        set: &[(String, String)],
        environment: &dyn Fn(&str) -> Option<String>,
        files: &mut Files,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let mut found = Self::default();
        for folder in folders {
            match is_module(folder) {
                Ok(()) => found.add(folder, set, environment, files),
                Err(message) => {
                    let place = files.add(folder, "").span();
                    let help = "name a folder of Terraform files, such as `terraform`";
                    let wrong = Diagnostic::new(Code::FILE_UNREADABLE, message);
                    diagnostics.push(wrong.at(place).help(help));
                }
            }
        }
        if diagnostics.is_empty() { Ok(found) } else { Err(diagnostics) }
    }

    /// Evaluates a root module.
    fn add(
        &mut self,
        folder: &Path,
        set: &[(String, String)],
        environment: &dyn Fn(&str) -> Option<String>,
        files: &mut Files,
    ) {
        let mut evaluator = Evaluator {
            repository: repository_of(folder),
            root: folder.to_owned(),
            files,
            resources: Vec::new(),
            problems: Vec::new(),
            unreadable: Vec::new(),
            read: Vec::new(),
            modules: 0,
            budget: Rc::default(),
        };
        let given = variables::given(&mut evaluator, set, environment);
        evaluator.root(&given);
        self.report.add(&evaluator);
        let folders = [evaluator.repository, evaluator.root];
        let placed = evaluator.resources.into_iter().map(|it| (it, folders.clone()));
        self.resources.extend(placed);
        self.unreadable.extend(evaluator.unreadable);
    }
}

/// Returns the Terraform files that the module in a folder, or of a file, depends on.
pub fn sources(path: &Path) -> Vec<PathBuf> {
    let folder = if path.is_dir() { Some(path) } else { path.parent() };
    let folders: Vec<PathBuf> = folder.map(Path::to_owned).into_iter().collect();
    let files = &mut Files::new();
    let read = Configuration::evaluate(&folders, &[], &|_| None, files);
    let read = read.unwrap_or_default().report.files;
    let modules: BTreeSet<&Path> = read.iter().filter_map(|it| it.parent()).collect();
    modules.into_iter().flat_map(|it| files_in(it, is_terraform_source)).collect()
}

/// Checks that a path is a folder with Terraform files.
///
/// # Errors
/// The reason, such as `not a folder`.
pub fn is_module(path: &Path) -> Result<(), String> {
    let is_state = path.extension().is_some_and(|it| it == "tfstate");
    match () {
        () if is_state => Err("a state file is not Terraform configuration".into()),
        () if !path.exists() => Err("the folder does not exist".into()),
        () if !path.is_dir() => Err("not a folder".into()),
        () if files_in(path, is_terraform).is_empty() => {
            Err("the folder has no Terraform files".into())
        }
        () => Ok(()),
    }
}

/// Returns the canonical folder that files may be read from: the nearest parent with a
/// `.git`, else the working folder if it contains the module, else the module.
fn repository_of(folder: &Path) -> PathBuf {
    let own = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let git = own.ancestors().find(|it| it.join(".git").exists());
    let working = || Path::new(".").canonicalize().ok().filter(|it| own.starts_with(it));
    git.map(Path::to_owned).or_else(working).unwrap_or(own)
}

//! Terraform of CX as Code: the organisation and the flows that a repository defines.
//!
//! *Source: the language and the functions of Terraform, and the documented resources of
//! the provider `genesyscloud`.*

mod document;
mod evaluate;
mod functions;
mod module;
mod organisation;
mod report;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hcl::Value;

use self::document::{files_in, is_terraform, read_values};
use self::evaluate::Scope;
use self::module::{Evaluator, Resource};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::flow::read::json;
use crate::source::{Files, find_files, read_json};
use crate::value::Json;
use crate::world::Fixtures;

pub use document::{Place, is_terraform_source};
pub use organisation::FlowFile;
pub use report::{Report, Unknown};

/// The organisation of folders with Terraform.
#[derive(Debug, Clone, Default)]
pub struct Terraform {
    /// A fixtures document with everything that the resources define, as JSON; empty if
    /// they define nothing.
    pub fixtures: String,
    /// The files of flows, with the values of their placeholders.
    pub flows: Vec<FlowFile>,
    /// The resources that were read, and the values that are not known.
    pub report: Report,
    /// Files that cannot be read, as warnings.
    pub warnings: Vec<Diagnostic>,
}

impl Terraform {
    /// Reads folders with root modules. `set` are values of variables, which override all
    /// others, and `environment` returns the value of an environment variable.
    ///
    /// # Errors
    /// A folder has no Terraform, or cannot be read. Everything else that is not known is
    /// in the report.
    pub fn load(
        folders: &[PathBuf],
        set: &[(String, String)],
        environment: &dyn Fn(&str) -> Option<String>,
        files: &mut Files,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let (mut resources, mut report) = (Vec::new(), Report::default());
        let mut warnings = Vec::new();
        for folder in folders {
            if let Err(message) = is_module(folder) {
                let place = files.add(folder, "").span();
                let diagnostic =
                    Diagnostic::new(Code::FILE_UNREADABLE, message).at(place);
                let help = "name a folder of Terraform files, such as `terraform`";
                diagnostics.push(diagnostic.help(help));
                continue;
            }
            let mut evaluator = Evaluator {
                repository: repository_of(folder),
                root: folder.clone(),
                files,
                resources: Vec::new(),
                problems: Vec::new(),
                unreadable: Vec::new(),
                read: Vec::new(),
                modules: 0,
            };
            let given = given(&mut evaluator, set, environment);
            evaluator.root(&given);
            report.add(&evaluator);
            let repository = evaluator.repository;
            let placed = evaluator.resources.into_iter();
            resources.extend(placed.map(|it| (it, [repository.clone(), folder.clone()])));
            let unreadable = evaluator.unreadable;
            warnings.extend(unreadable.iter().map(|it| warning(it, files)));
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        Ok(Self { warnings, ..organisation::of(&resources, report, files) })
    }
}

/// Values of placeholders by file.
pub type OfFiles = Vec<(PathBuf, Vec<(String, String)>)>;

/// Everything that flows and fixtures take from Terraform.
#[derive(Debug, Default)]
pub struct Organised {
    /// The organisation.
    pub fixtures: Fixtures,
    /// The fixtures document; `None` without Terraform.
    pub document: Option<Json>,
    /// Values of placeholders by file.
    pub of_files: OfFiles,
    /// Errors of the fixtures document, and files that cannot be read.
    pub diagnostics: Vec<Diagnostic>,
}

impl Terraform {
    /// Reads folders with root modules, and the organisation that they define. Without
    /// folders the organisation is empty.
    ///
    /// # Errors
    /// A folder has no Terraform, or cannot be read.
    pub fn organised(
        folders: &[PathBuf],
        set: &[(String, String)],
        environment: &dyn Fn(&str) -> Option<String>,
        files: &mut Files,
    ) -> Result<Organised, Vec<Diagnostic>> {
        if folders.is_empty() {
            return Ok(Organised::default());
        }
        let terraform = Self::load(folders, set, environment, files)?;
        let (fixtures, document, mut diagnostics) = terraform.organisation(files);
        diagnostics.retain(|it| it.severity == Severity::Error);
        diagnostics.extend(terraform.warnings);
        let of_files = terraform.flows.into_iter().map(|it| (it.file, it.values));
        let of_files = of_files.collect();
        Ok(Organised { fixtures, document, of_files, diagnostics })
    }
}

/// Returns the warning of a file that cannot be read.
fn warning((place, reason): &(Place, String), files: &mut Files) -> Diagnostic {
    let help =
        "flowsim knows nothing of this file; `terraform validate` explains the mistake";
    let warning = Diagnostic::new(Code::FILE_UNREADABLE, reason.as_str()).help(help);
    let warning = Diagnostic { severity: Severity::Warning, ..warning };
    let line = u32::try_from(place.line).unwrap_or(1);
    match files.load(&place.file) {
        Ok(file) => warning.at(file.line(line)),
        Err(_) => warning,
    }
}

impl Terraform {
    /// Reads the fixtures. Also returns the document, unless it is empty, and its
    /// diagnostics.
    pub fn organisation(
        &self,
        files: &mut Files,
    ) -> (Fixtures, Option<Json>, Vec<Diagnostic>) {
        if self.fixtures.is_empty() {
            return (Fixtures::default(), None, Vec::new());
        }
        let file = files.add("terraform.json", self.fixtures.as_str());
        match read_json(&file) {
            Ok(document) => {
                let (fixtures, diagnostics) = Fixtures::read(&document, Path::new(""));
                (fixtures, Some(json(&document)), diagnostics)
            }
            Err(problem) => (Fixtures::default(), None, vec![problem.into()]),
        }
    }
}

/// A resource, with the repository and the folder of its root module.
type Placed = (Resource, [PathBuf; 2]);

/// Checks that a path is a folder with Terraform files.
fn is_module(path: &Path) -> Result<(), String> {
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

/// Returns the values of the variables of a root module: `set`, then `*.auto.tfvars` and
/// `terraform.tfvars`, then `TF_VAR_…`.
///
/// *Source: the precedence of Terraform's variables.*
fn given(
    evaluator: &mut Evaluator<'_>,
    set: &[(String, String)],
    environment: &dyn Fn(&str) -> Option<String>,
) -> Vec<(String, Value)> {
    let set = set.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str())));
    let mut given: Vec<(String, Value)> = set.collect();
    let name = |path: &Path| path.file_name().map(|it| it.to_string_lossy().into_owned());
    let of_kind = |path: &Path, automatic: bool| {
        let name = name(path).unwrap_or_default();
        let is_main = name == "terraform.tfvars" || name == "terraform.tfvars.json";
        let is_other = [".auto.tfvars", ".auto.tfvars.json"];
        if automatic { is_other.iter().any(|it| name.ends_with(it)) } else { is_main }
    };
    let root = evaluator.root.clone();
    let mut paths = files_in(&root, |path| of_kind(path, true));
    paths.reverse();
    paths.extend(files_in(&root, |path| of_kind(path, false)));
    for path in paths {
        match read_values(&path, evaluator.files) {
            Ok(values) => {
                let folders = [evaluator.repository.as_path(), root.as_path()];
                let scope = Scope::new(hcl::Map::new(), folders);
                let values = values.iter().filter_map(|(name, expression)| {
                    let value = scope.value(expression, name, &mut Vec::new())?;
                    Some((name.clone(), value))
                });
                given.extend(values);
            }
            Err((place, reason)) => {
                let name = path.to_string_lossy().into_owned();
                evaluator.problems.push(module::Problem { name, reason, place });
            }
        }
    }
    given.extend(of_environment(&root, environment, evaluator.files));
    given
}

/// Returns the values of `TF_VAR_name` for all variables of a folder.
fn of_environment(
    root: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    files: &mut Files,
) -> Vec<(String, Value)> {
    let mut values = Vec::new();
    for path in files_in(root, is_terraform) {
        let Ok(declarations) = document::read(&path, files) else { continue };
        let variables = declarations.into_iter().filter(|it| it.kind == "variable");
        for name in variables.filter_map(|it| it.labels.into_iter().next()) {
            if let Some(text) = environment(&format!("TF_VAR_{name}")) {
                values.push((name, Value::from(text)));
            }
        }
    }
    values
}

/// Finds the root modules below a folder: folders with resources of Genesys Cloud or calls
/// of modules, which no other folder calls as a module.
pub fn root_modules(folder: &Path, files: &mut Files) -> Vec<PathBuf> {
    let (paths, _) = find_files(&[folder.to_owned()], is_terraform, files);
    let mut folders: BTreeMap<PathBuf, bool> = BTreeMap::new();
    let mut called: Vec<PathBuf> = Vec::new();
    for path in &paths {
        let parent = path.parent().unwrap_or(Path::new("")).to_owned();
        let Ok(declarations) = document::read(path, files) else {
            // It is reported when the module is read.
            let names_genesys = files
                .load(path)
                .is_ok_and(|file| file.text().contains("\"genesyscloud_"));
            *folders.entry(parent).or_default() |= names_genesys;
            continue;
        };
        let mut is_relevant = false;
        for declaration in &declarations {
            let first = declaration.labels.first().map_or("", String::as_str);
            match declaration.kind.as_str() {
                "resource" | "data" => is_relevant |= first.starts_with("genesyscloud_"),
                "module" => {
                    is_relevant = true;
                    let source = module::constant_source(declaration);
                    called.extend(
                        source.and_then(|it| parent.join(it).canonicalize().ok()),
                    );
                }
                _ => {}
            }
        }
        *folders.entry(parent).or_default() |= is_relevant;
    }
    let is_root = |folder: &Path| {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        folder.canonicalize().is_ok_and(|it| !called.contains(&it))
    };
    let relevant = folders.into_iter().filter(|(folder, is)| *is && is_root(folder));
    relevant.map(|(folder, _)| folder).collect()
}

//! The flows, placeholders and organisation that a project takes from Terraform.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::flow::read::{self, json};
use crate::source::{Files, Span, read_json};
use crate::terraform::{Configuration, Document, FlowFile, Report, Unknown, Unreadable};
use crate::value::Json;
use crate::world::Fixtures;

/// The organisation of folders with Terraform.
#[derive(Debug, Clone, Default)]
pub struct Terraform {
    /// A fixtures document with everything that the resources define.
    pub fixtures: Document,
    /// The files of flows, with the values of their placeholders.
    pub flows: Vec<FlowFile>,
    /// The resources that were read, and the values that are not known.
    pub report: Report,
    /// Files that cannot be read, as errors: without them, the organisation is another one.
    pub unreadable: Vec<Diagnostic>,
    /// Resources whose flow file does not exist, as warnings. They are also in the report.
    pub without_file: Vec<Diagnostic>,
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
        let configuration = Configuration::evaluate(folders, set, environment, files)?;
        let flows = configuration.flows(&mut |flow| flow_name(flow, files));
        let mut fixtures = configuration.document(Some(&flows.names), None);
        let mut report = configuration.report;
        let without_file =
            flows.unknowns.iter().map(|it| missing_file(it, files)).collect();
        report.unknowns.extend(flows.unknowns);
        report.unknowns.append(&mut fixtures.unknowns);
        let unreadable = configuration.unreadable.iter();
        let unreadable = unreadable.map(|it| error(it, files)).collect();
        Ok(Self { fixtures, flows: flows.files, report, unreadable, without_file })
    }

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
        diagnostics.extend(terraform.unreadable);
        diagnostics.extend(terraform.without_file);
        let of_files = terraform.flows.into_iter().map(|it| (it.file, it.values));
        let of_files = of_files.collect();
        Ok(Organised { fixtures, document, of_files, diagnostics })
    }

    /// Reads the fixtures. Also returns the document, unless it is empty, and its
    /// diagnostics, at the places of the resources.
    pub fn organisation(
        &self,
        files: &mut Files,
    ) -> (Fixtures, Option<Json>, Vec<Diagnostic>) {
        if self.fixtures.text.is_empty() {
            return (Fixtures::default(), None, Vec::new());
        }
        let file = files.add("terraform.json", self.fixtures.text.as_str());
        match read_json(&file) {
            Ok(document) => {
                let (fixtures, mut diagnostics) =
                    Fixtures::read(&document, Path::new(""));
                for label in diagnostics.iter_mut().flat_map(|it| &mut it.labels) {
                    self.place(label, file.span(), files);
                }
                (fixtures, Some(json(&document)), diagnostics)
            }
            Err(problem) => (Fixtures::default(), None, vec![problem.into()]),
        }
    }

    /// Moves a label from the document to the resource that it comes from.
    fn place(&self, label: &mut Label, document: Span, files: &mut Files) {
        if label.span.file == document.file
            && let Some(place) = self.fixtures.place(label.span.start)
            && let Some(span) = place.span(files)
        {
            label.span = span;
        }
    }
}

/// Returns the error of a file that cannot be read.
fn error(broken: &Unreadable, files: &mut Files) -> Diagnostic {
    let help = "correct this file, as `terraform validate` explains; without its resources \
                the results of calls would be wrong";
    let error = Diagnostic::new(broken.code, broken.reason.as_str()).help(help);
    match broken.span(files) {
        Some(span) => error.at(span),
        None => error,
    }
}

/// Returns the warning for a resource whose flow file is not known.
fn missing_file(unknown: &Unknown, files: &mut Files) -> Diagnostic {
    let message = format!("`{}`: {}", unknown.address, unknown.reason);
    let help = "the flow is not checked with the values of this resource; compare the path \
                with the name of the file, letter by letter";
    let warning = Diagnostic::new(Code::FILE_UNREADABLE, message).help(help);
    let warning = Diagnostic { severity: Severity::Warning, ..warning };
    match unknown.place.span(files) {
        Some(span) => warning.at(span),
        None => warning,
    }
}

/// Returns the name of the flow in a file.
fn flow_name(flow: &FlowFile, files: &mut Files) -> Option<String> {
    let loaded = read::load(std::slice::from_ref(&flow.path), &flow.values, files);
    let first = loaded.architect.first().map(|flow| flow.name.value.to_string());
    first.or_else(|| loaded.flows.first().map(|flow| flow.name.to_string()))
}

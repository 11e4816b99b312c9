//! `flowsim diff`

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{load, output};
use crate::analysis::diff::diff;
use crate::diagnostic::{Code, Diagnostic, sort};
use crate::flow::read::Loaded;
use crate::flow::{check, read};
use crate::report::diff::{render_markdown, render_text};
use crate::source::Files;

/// Show what changed between two versions of flows: nodes, prompts, routing, conditions
/// and targets.
///
/// Exits with 0 if there are no differences, 1 if there are, 3 if a file does not load.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Old version: a flow file or folder, of any dialect
    old: PathBuf,

    /// New version
    new: PathBuf,

    #[command(flatten)]
    sources: load::Sources,

    /// Output format: lines for the terminal, flowsim's JSON, or Markdown for reviews
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut files = Files::new();
    let environment = match arguments.sources.read(&mut files) {
        Ok(environment) => environment,
        Err(exit) => return Ok(exit),
    };
    let [old, new] = [&arguments.old, &arguments.new].map(|path| {
        read::load_with(std::slice::from_ref(path), &environment.placeholders, &mut files)
    });
    let found = old.diagnostics.iter().chain(&new.diagnostics);
    // All flows of the other version are new, or removed.
    let has_flows = |it: &Loaded| !it.flows.is_empty() || !it.architect.is_empty();
    let is_one_empty = has_flows(&old) != has_flows(&new);
    let is_allowed = |it: &&Diagnostic| is_one_empty && it.code == Code::NO_FLOWS;
    let mut errors: Vec<_> =
        found.filter(|it| load::is_shown(it) && !is_allowed(it)).cloned().collect();
    sort(&mut errors);
    output::diagnostics(&errors, &files);
    // A flow that cannot be read cannot be compared.
    if errors.iter().any(check::forbids_running) {
        return Ok(Exit::Input);
    }
    let diff = diff(&old, &new);
    output::result(&match arguments.format {
        Format::Text => render_text(&diff, output::result_has_color()),
        Format::Json => diff.to_json(),
        Format::Markdown => render_markdown(&diff),
    })?;
    Ok(if diff.is_empty() { Exit::Success } else { Exit::Failure })
}

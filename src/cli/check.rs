//! `flowsim check`

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{load, output};
use crate::analysis::{against_fixtures, architect_against_fixtures};
use crate::diagnostic::{
    Diagnostic, Severity, Style, render_github, render_json, render_sarif, render_text,
    sort, summary,
};
use crate::flow::{check, read};
use crate::program::Program;
use crate::source::Files;

/// Check flows for errors without running them.
///
/// Exits with 0 if there are no errors, 1 if there are errors, 3 if a file does not load.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Flow files or folders, of any dialect; a folder loads every flow in it
    #[arg(required = true, value_name = "FLOW")]
    flows: Vec<PathBuf>,

    #[command(flatten)]
    sources: load::Sources,

    /// Also check names (queues, data actions, webhooks, prompts, data tables, …) against
    /// these fixtures, and check their contacts; repeatable, later ones override
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    /// Output format: source excerpts for the terminal, flowsim's JSON, SARIF 2.1.0, or
    /// GitHub Actions annotations
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Treat as errors: all warnings, or placeholders without a value; repeatable
    #[arg(long, value_enum)]
    deny: Vec<Deny>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Sarif,
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    Warnings,
    UnsetPlaceholders,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut files = Files::new();
    let environment = match arguments.sources.read_quietly(&mut files) {
        Ok(mut environment) => {
            let is_denied = arguments.deny.contains(&Deny::UnsetPlaceholders);
            environment.placeholders.deny_unset = is_denied;
            environment
        }
        Err(exit) => return Ok(exit),
    };
    let read::Loaded { flows, architect, mut diagnostics } =
        read::load_with(&arguments.flows, &environment.placeholders, &mut files);
    diagnostics.extend(environment.diagnostics);
    diagnostics.extend(check::check(&flows));
    diagnostics.extend(check::check_architect(&architect));
    let has_organisation = environment.organisation.document.is_some();
    if !arguments.fixtures.is_empty() || has_organisation {
        let fixtures = match load::fixtures(
            &arguments.fixtures,
            &environment.organisation,
            &mut files,
        ) {
            Ok(fixtures) => fixtures,
            Err(exit) => return Ok(exit),
        };
        diagnostics.extend(against_fixtures(&Program::compile(&flows), &fixtures));
        diagnostics.extend(architect_against_fixtures(&architect, &fixtures));
        fixtures.index_contacts();
        diagnostics.extend(fixtures.contact_problems());
    }
    sort(&mut diagnostics);
    show(arguments.format, &diagnostics, &files)?;
    Ok(verdict(arguments, &diagnostics))
}

fn show(format: Format, diagnostics: &[Diagnostic], files: &Files) -> io::Result<()> {
    match format {
        Format::Text => {
            let color = output::result_has_color();
            let width = output::result_width().unwrap_or(Style::default().width);
            output::result(&render_text(diagnostics, files, Style { color, width }))?;
            let summary = summary(diagnostics).unwrap_or_else(|| "no findings".into());
            output::aside(&format!("{summary}\n"));
            Ok(())
        }
        Format::Json => output::result(&render_json(diagnostics, files)),
        Format::Sarif => output::result(&render_sarif(diagnostics, files)),
        Format::Github => output::result(&render_github(diagnostics, files)),
    }
}

fn verdict(arguments: &Arguments, diagnostics: &[Diagnostic]) -> Exit {
    let least = match arguments.deny.contains(&Deny::Warnings) {
        true => Severity::Warning,
        false => Severity::Error,
    };
    if diagnostics.iter().any(load::is_broken) {
        Exit::Input
    } else if diagnostics.iter().any(|diagnostic| diagnostic.severity >= least) {
        Exit::Failure
    } else {
        Exit::Success
    }
}

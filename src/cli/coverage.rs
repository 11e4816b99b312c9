//! `flowsim coverage`

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::exit::Exit;
use super::output;
use crate::analysis::coverage::{
    self, Minimum, Report, judge, parse_minimums, render_json,
};
use crate::diagnostic::{Diagnostic, Severity, sort};
use crate::report::coverage::{
    render_cobertura, render_lcov, render_summary, render_uncovered,
};
use crate::source::{Files, read_document};

/// Merge coverage documents.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Merge(Merge),
}

/// Merge coverage documents of runs on the same flows into one.
///
/// Exits with 0 if the documents were merged, 1 if coverage is below --coverage-min, 3 if
/// a document does not load or covers another version of a flow.
#[derive(Debug, Args)]
struct Merge {
    /// Coverage documents, such as those of the partitions of a suite
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Output format: a summary with uncovered items, flowsim's JSON, an lcov tracefile,
    /// or Cobertura XML
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Fail if coverage is below these percentages (rounded down): nodes=90,paths=80
    #[arg(long, value_name = "KIND=PERCENT,…", value_parser = minimums)]
    coverage_min: Option<Minimums>,
}

/// Output formats of coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Lcov,
    Cobertura,
}

/// Value of `--coverage-min`.
#[derive(Debug, Clone)]
pub(super) struct Minimums(pub(super) Vec<Minimum>);

/// Parses the value of `--coverage-min`.
pub(super) fn minimums(text: &str) -> Result<Minimums, String> {
    parse_minimums(text).map(Minimums)
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let Command::Merge(arguments) = &arguments.command;
    let inputs = arguments.files.iter().map(PathBuf::as_path);
    let out = arguments.out.as_deref();
    if let Some(exit) = out.and_then(|path| output::refused_input(path, inputs)) {
        return Ok(exit);
    }
    let mut report = Report::default();
    let mut files = Files::new();
    for path in &arguments.files {
        if let Err(mut diagnostics) = add(path, &mut report, &mut files) {
            sort(&mut diagnostics);
            output::diagnostics(&diagnostics, &files);
            return Ok(Exit::Input);
        }
    }
    let text = render(&report, arguments.format)?;
    let exit = output::result_to(out, &text)?;
    let is_enough = fulfils(&report, arguments.coverage_min.as_ref());
    Ok(if exit == Exit::Success && !is_enough { Exit::Failure } else { exit })
}

/// Adds the coverage document of a file to the report.
pub(super) fn add(
    path: &Path,
    report: &mut Report,
    files: &mut Files,
) -> Result<(), Vec<Diagnostic>> {
    let file = files.load(path).map_err(|problem| vec![problem.into()])?;
    let document = read_document(&file).map_err(|problem| vec![problem.into()])?;
    let (more, diagnostics) = coverage::read(&document);
    if diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return Err(diagnostics);
    }
    report.merge(more).map_err(|differences| {
        let at = |difference: Diagnostic| difference.at(file.line(1));
        differences.into_iter().map(at).collect()
    })
}

/// Renders a report in the given format.
pub(super) fn render(report: &Report, format: Format) -> io::Result<String> {
    Ok(match format {
        Format::Json => render_json(report),
        Format::Lcov => render_lcov(report),
        Format::Cobertura => render_cobertura(report)?,
        Format::Text => {
            let (summary, uncovered) = (render_summary(report), render_uncovered(report));
            if uncovered.is_empty() { summary } else { format!("{summary}\n{uncovered}") }
        }
    })
}

/// Returns whether coverage reaches the minimums; reports each shortfall on standard
/// error.
pub(super) fn fulfils(report: &Report, minimums: Option<&Minimums>) -> bool {
    let short = judge(report, minimums.map_or(&[], |minimums| &minimums.0));
    for shortfall in &short {
        output::message("error", &shortfall.to_string());
    }
    short.is_empty()
}

//! `flowsim explore`

mod cache;
mod digest;
mod judge;
mod keys;
mod mutants;
mod progress;
mod properties;
mod scenario;
mod suite;
mod test_file;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::numbers::whole;
use super::project::Project;
use super::{inputs, interrupt, load, output};
use crate::diagnostic::{Diagnostic, Style, render_text as render_findings, summary};
use crate::engine::{Call, Limits, start};
use crate::explore::suite::{CANDIDATES, found_calls};
use crate::explore::{
    Checked, DEFAULT_BUDGET, Exploration, Options, PropertyVerdict, explore_watched,
    findings, queued_flows,
};
use crate::flow::FlowId;
use crate::flow::read::Placeholders;
use crate::flow::write::Graph;
use crate::program::Program;
use crate::report::exploration::{
    Additions, render_html, render_json, render_markdown, render_text, reported,
};
use crate::source::Files;
use crate::suite::Partition;
use crate::value::{DateTime, Text, Value};
use crate::world::Fixtures;

use keys::Keys;
use progress::Progress;
use suite::Explored;

/// Search all calls of a flow: find the actions and outputs that callers can reach.
///
/// Every question of a call is answered in every way, and each action and output gets a
/// verdict: reachable, with the inputs that lead there; unreachable, which is a proof; or
/// undecided, with the reason.
///
/// Exits with 0 if the exploration ended, 1 if a property is refuted or the mutants are below
/// --mutants-min, 2 if the arguments are invalid, 3 if something does not load, 4 if no test passes for --mutants,
/// 5 if a test cannot be written.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Flow files or folders; a folder loads every flow in it
    #[arg(required = true, value_name = "FLOW")]
    flows: Vec<PathBuf>,

    /// Flow to start, by id or name, or by name and type, such as `Main (workflow)`, if
    /// flows of several types have the name [default: every flow that a call can start]
    #[arg(long, value_name = "ID-OR-NAME")]
    flow: Option<String>,

    /// Context field of the calls, such as from=+15551234567; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = inputs::plain)]
    context: Vec<(Text, Value)>,

    /// Variable to set before the first node; JSON values are typed, anything else is a
    /// string; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = inputs::typed)]
    var: Vec<(Text, Value)>,

    /// Fixtures file or folder; repeatable, later ones override
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    /// Take the answers of the fixtures as the only ones, and calls with the given context,
    /// variables and start as the only calls
    #[arg(long)]
    fixed: bool,

    /// Start of the virtual clock [default: 2026-01-05T09:00:00Z]
    #[arg(long, value_name = "DATETIME", value_parser = inputs::date_time)]
    at: Option<DateTime>,

    /// Maximum number of answered questions; the result is the same for any --jobs
    #[arg(
        long,
        value_name = "N",
        default_value_t = DEFAULT_BUDGET,
        value_parser = whole(1..=100_000_000_u64)
    )]
    budget: u64,

    /// Maximum number of actions in a call
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::default().max_actions,
        value_parser = whole(1..=Limits::MOST_ACTIONS)
    )]
    max_actions: u32,

    /// List N complete calls that execute different actions, with their inputs
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole(0_usize..))]
    paths: usize,

    /// Number of threads [default: number of cores]
    #[arg(long, short, value_name = "N", value_parser = whole(1..=u16::MAX))]
    jobs: Option<u16>,

    /// Report findings that calls show: dead ends, calls without an end, unhandled errors
    /// and failures, repeated prompts, and disconnects without a prompt
    #[arg(long)]
    findings: bool,

    /// Check the properties of a scenario file, or of all scenario files of a folder, for all
    /// calls; repeatable
    #[arg(long, value_name = "PATH")]
    properties: Vec<PathBuf>,

    /// Write tests into scenario files of the folder, so that its tests and those of the
    /// project reach everything that calls can reach
    #[arg(long, value_name = "DIR")]
    suite: Option<PathBuf>,

    /// Make small changes to the flows, one by one, and list those that no test of --suite or of the
    /// project notices, each with a call that would
    #[arg(long)]
    mutants: bool,

    /// Smallest share of noticed changes, in percent; exits with 1 below it
    #[arg(
        long,
        value_name = "PERCENT",
        requires = "mutants",
        value_parser = whole(0..=100_u8)
    )]
    mutants_min: Option<u8>,

    /// Try a share of the changes: hash:1/4 keeps each change in its share, slice:1/4 makes
    /// even shares
    #[arg(
        long,
        value_name = "KIND:N/M",
        requires = "mutants",
        value_parser = Partition::parse
    )]
    partition: Option<Partition>,

    /// Run every test in every change; without it, results of earlier runs are taken from
    /// .flowsim as long as nothing changes that decides them
    #[arg(long, requires = "mutants")]
    no_cache: bool,

    #[command(flatten)]
    sources: load::Sources,

    #[command(flatten)]
    deny: load::DenyOptions,

    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for the terminal
    Text,
    /// flowsim's JSON
    Json,
    /// Tables for a pull request
    Markdown,
    /// A page with the drawn flows, in which a click on an output shows its call
    Html,
}

pub(super) fn run(arguments: &Arguments, project: &Project) -> io::Result<Exit> {
    let mut files = Files::new();
    let Prepared { loaded, calls, pairs } = match prepared(arguments, &mut files) {
        Ok(prepared) => prepared,
        Err(exit) => return Ok(exit),
    };
    let Loaded { program, fixtures, placeholders, .. } = &loaded;
    let is_cached = arguments.mutants && !arguments.no_cache;
    let keys = is_cached.then(|| Keys::of(program, placeholders, arguments, &files));
    let mut exploration = explored(arguments, program, &calls, fixtures)?;
    if exploration.is_stopped {
        return write_stopped(arguments, exploration, (&loaded, &calls, &files));
    }
    let found = match arguments.findings {
        true => findings(program, &calls, fixtures, &exploration, arguments.fixed),
        false => Vec::new(),
    };
    let check = |it: &_| properties::check(it, program, fixtures, options(arguments));
    let mut additions = Additions {
        properties: pairs.as_ref().map(check).transpose()?,
        context: &arguments.context,
        variables: &arguments.var,
        findings: arguments.findings.then(|| reported(&found, &program.symbols)),
        ..Additions::default()
    };
    let explored = Explored {
        arguments,
        project,
        program,
        calls: &calls,
        fixtures,
        exploration: &exploration,
        keys,
    };
    if let Err(exit) = explored.add_tests(&mut additions)? {
        return Ok(exit);
    }
    exploration.paths.truncate(arguments.paths);
    let written = write(arguments, &exploration, &additions, (&loaded, &calls, &files))?;
    output::diagnostics(&fixtures.contact_problems(), &files);
    Ok(exit(arguments, &additions, written))
}

/// Everything that an exploration needs.
struct Prepared {
    loaded: Loaded,
    calls: Vec<Call>,
    pairs: Option<properties::Pairs>,
}

fn prepared(arguments: &Arguments, files: &mut Files) -> Result<Prepared, Exit> {
    let loaded = loaded(arguments, files)?;
    if let Some(path) = &arguments.out {
        let inputs = arguments.properties.iter().map(PathBuf::as_path);
        let inputs = inputs.chain(files.iter().map(|file| file.path()));
        output::refused_input(path, inputs).map_or(Ok(()), Err)?;
    }
    let mut calls = calls(arguments, &loaded.program, &loaded.fixtures)?;
    let pairs = properties::pairs(arguments, &loaded.program, &calls)?;
    calls.extend(queued_calls(arguments, &loaded.program, &loaded.fixtures)?);
    Ok(Prepared { loaded, calls, pairs })
}

/// Returns the exit code of an exploration that ended.
fn exit(arguments: &Arguments, additions: &Additions<'_>, written: Exit) -> Exit {
    let is_refuted = |it: &Checked| matches!(it.verdict, PropertyVerdict::Refuted(..));
    let is_kept = !additions.properties.iter().flatten().any(is_refuted);
    let least = arguments.mutants_min.map_or(0, usize::from);
    let is_enough = additions.mutants.as_ref().is_none_or(|it| it.is_at_least(least));
    if is_enough && is_kept { written } else { Exit::Failure }
}

/// Explores the calls, with the complete calls that tests and findings need.
fn explored(
    arguments: &Arguments,
    program: &Arc<Program>,
    calls: &[Call],
    fixtures: &Fixtures,
) -> io::Result<Exploration> {
    let progress = Progress::new(arguments.budget);
    let is_stopped = interrupt::handle("results");
    let watch = |used| {
        progress.show(used);
        !is_stopped.load(Ordering::Relaxed)
    };
    let explored = explore_watched(program, calls, fixtures, options(arguments), &watch);
    progress.end();
    interrupt::end_at_once();
    let mut explored = explored.map_err(|error| io::Error::other(error.to_string()))?;
    // After the last look of the exploration.
    explored.is_stopped |= interrupt::is_stopped();
    Ok(explored)
}

fn options(arguments: &Arguments) -> Options {
    let has_candidates =
        arguments.suite.is_some() || arguments.findings || arguments.mutants;
    let candidates = if has_candidates { CANDIDATES } else { 0 };
    Options {
        budget: arguments.budget,
        jobs: arguments.jobs.map_or(0, usize::from),
        is_fixed: arguments.fixed,
        most_paths: arguments.paths.max(candidates),
    }
}

/// The flows and the organisation.
struct Loaded {
    program: Arc<Program>,
    fixtures: Arc<Fixtures>,
    /// The flows as graphs, in the order of the symbol table.
    graphs: Vec<Graph>,
    placeholders: Placeholders,
}

fn write(
    arguments: &Arguments,
    exploration: &Exploration,
    additions: &Additions<'_>,
    of: (&Loaded, &[Call], &Files),
) -> io::Result<Exit> {
    let text = rendered(arguments, exploration, additions, of)?;
    output::result_to(arguments.out.as_deref(), &text)
}

/// Writes the verdicts of an exploration that the user stopped. Everything that needs them
/// all is left out: tests, changes, properties and findings.
fn write_stopped(
    arguments: &Arguments,
    mut exploration: Exploration,
    of: (&Loaded, &[Call], &Files),
) -> io::Result<Exit> {
    exploration.paths.truncate(arguments.paths);
    let (context, variables) = (&*arguments.context, &*arguments.var);
    let additions = Additions { context, variables, ..Additions::default() };
    write(arguments, &exploration, &additions, of)?;
    Ok(Exit::Interrupted)
}

fn rendered(
    arguments: &Arguments,
    exploration: &Exploration,
    additions: &Additions<'_>,
    (loaded, calls, files): (&Loaded, &[Call], &Files),
) -> io::Result<String> {
    let Loaded { program, fixtures, graphs, .. } = loaded;
    let symbols = &program.symbols;
    Ok(match arguments.format {
        Format::Text => {
            let color = arguments.out.is_none() && output::result_has_color();
            let width = output::result_width().unwrap_or(Style::default().width);
            let found = additions.findings.iter().flatten();
            let found: Vec<Diagnostic> = found.map(|it| it.diagnostic.clone()).collect();
            let mut text = render_findings(&found, files, Style { color, width });
            if arguments.findings {
                let count = summary(&found).unwrap_or_else(|| "no findings".into());
                text.push_str(&format!("\n{count}\n\n"));
            }
            let text = text.trim_start_matches('\n');
            format!("{text}{}", render_text(exploration, additions, symbols))
        }
        Format::Json => render_json(exploration, additions, symbols, files),
        Format::Markdown => render_markdown(exploration, additions, symbols),
        Format::Html => {
            let found = found_calls(program, calls, fixtures, exploration);
            render_html(exploration, &found, symbols, graphs)?
        }
    })
}

/// Returns the calls to explore, one for each flow.
fn calls(
    arguments: &Arguments,
    program: &Program,
    fixtures: &Arc<Fixtures>,
) -> Result<Vec<Call>, Exit> {
    let flows = match &arguments.flow {
        Some(name) => match start::flow(program, name) {
            Ok(flow) => vec![flow],
            Err(problem) => return Err(usage(&problem)),
        },
        None => program.entry_flows(),
    };
    if flows.is_empty() {
        let help = "name the flow to start with --flow ID-OR-NAME";
        output::message("error", &format!("every flow is called by another\n\n{help}"));
        return Err(Exit::Usage);
    }
    flows.into_iter().map(|flow| call(arguments, program, flow, fixtures)).collect()
}

/// Returns calls that start in in-queue flows, as far as no other call enters them.
fn queued_calls(
    arguments: &Arguments,
    program: &Program,
    fixtures: &Arc<Fixtures>,
) -> Result<Vec<Call>, Exit> {
    if arguments.flow.is_some() || arguments.fixed {
        return Ok(Vec::new());
    }
    // The given variables are those of the other calls.
    let has_all = |flow: &FlowId| {
        let mut given = arguments.var.iter();
        given.all(|(name, value)| start::variable(program, *flow, name, value).is_ok())
    };
    let flows = queued_flows(program, fixtures).into_iter().filter(has_all);
    flows.map(|flow| call(arguments, program, flow, fixtures)).collect()
}

fn loaded(arguments: &Arguments, files: &mut Files) -> Result<Loaded, Exit> {
    let mut environment = arguments.sources.read(files)?;
    environment.placeholders.deny_unset = arguments.deny.denies_unset();
    let loaded = load::flows(&arguments.flows, &environment, files)?;
    let organisation = &environment.organisation;
    let fixtures = load::fixtures(&arguments.fixtures, organisation, files)?;
    let program = Program::compile_all(&loaded.flows, &loaded.architect);
    let drafts = loaded.flows.iter().map(Graph::of_draft);
    let graphs = match arguments.format {
        Format::Html => {
            drafts.chain(loaded.architect.iter().map(Graph::of_architect)).collect()
        }
        _ => Vec::new(),
    };
    let placeholders = environment.placeholders;
    let (program, fixtures) = (Arc::new(program), Arc::new(fixtures));
    Ok(Loaded { program, fixtures, graphs, placeholders })
}

fn call(
    arguments: &Arguments,
    program: &Program,
    flow: FlowId,
    fixtures: &Arc<Fixtures>,
) -> Result<Call, Exit> {
    let limits = Limits { max_actions: arguments.max_actions, ..Limits::default() };
    let mut call = Call::new(flow).limits(limits).in_organisation(Arc::clone(fixtures));
    for (name, value) in &arguments.context {
        call = call.context(program, name, value.clone());
    }
    for (name, value) in &arguments.var {
        start::variable(program, flow, name, value).map_err(|problem| usage(&problem))?;
        call = call.variable(program, name, value.clone());
    }
    Ok(match arguments.at {
        Some(start) => call.at(start),
        None => call,
    })
}

/// Reports a usage error.
fn usage(problem: &Diagnostic) -> Exit {
    let help = problem.help.as_ref().map(|help| format!("\n\n{help}"));
    let message = format!("{}{}", problem.message, help.unwrap_or_default());
    output::message("error", &message);
    Exit::Usage
}

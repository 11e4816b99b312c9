//! Command line: parses arguments, dispatches commands and maps results to exit codes.
//!
//! Results go to standard output, messages to standard error. Only this module and
//! `report` write to either.

mod batch;
mod check;
mod compare;
mod completions;
mod config;
mod conformance;
mod convert;
mod coverage;
#[cfg(feature = "dap")]
mod dap;
mod debug;
mod decisions;
mod diff;
mod eval;
mod exit;
mod explain;
mod explore;
mod filter;
mod fixtures;
mod functions;
mod graph;
mod heatmap;
mod import;
mod import_table;
mod init;
mod inputs;
mod interactive;
mod interrupt;
mod load;
#[cfg(feature = "lsp")]
mod lsp;
mod man;
#[cfg(feature = "mcp")]
mod mcp;
#[cfg(not(all(
    feature = "dap",
    feature = "live",
    feature = "lsp",
    feature = "mcp",
    feature = "serve"
)))]
mod missing;
mod numbers;
mod output;
mod project;
mod read_only;
#[cfg(feature = "live")]
mod record;
mod redact;
mod report;
mod run;
mod schema;
mod screen;
#[cfg(feature = "serve")]
mod serve;
mod setting_values;
#[cfg(feature = "live")]
mod ship;
mod state;
mod suggest;
mod test;
mod version;

pub use exit::Exit;

use std::io;

use clap::{CommandFactory, Parser, Subcommand};

/// Run, test and compare Genesys Cloud Architect flows offline.
///
/// Fixtures answer everything that a flow requests from outside. Only `flowsim record`
/// and `flowsim ship` use the network, and they contact only the configured service.
#[derive(Debug, Parser)]
#[command(
    name = "flowsim",
    max_term_width = 100,
    arg_required_else_help = true,
    args_conflicts_with_subcommands = true
)]
struct Arguments {
    #[command(flatten)]
    version: version::Arguments,

    /// Profile of the project file `flowsim.toml`
    #[arg(long, global = true, value_name = "NAME", help_heading = "Global options")]
    profile: Option<String>,

    /// Colours of the output [default: auto]
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        help_heading = "Global options"
    )]
    color: Option<output::Color>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Test(test::Arguments),
    Check(check::Arguments),
    Config(config::Arguments),
    Graph(graph::Arguments),
    Eval(eval::Arguments),
    Debug(debug::Arguments),
    Functions(functions::Arguments),
    Convert(convert::Arguments),
    Coverage(coverage::Arguments),
    Heatmap(heatmap::Arguments),
    #[cfg(feature = "live")]
    Ship(ship::Arguments),
    #[cfg(not(feature = "live"))]
    Ship(missing::Arguments),
    Diff(diff::Arguments),
    #[cfg(feature = "live")]
    Record(record::Arguments),
    #[cfg(not(feature = "live"))]
    Record(missing::Arguments),
    Import(import::Arguments),
    Redact(redact::Arguments),
    Report(report::Arguments),
    Compare(compare::Arguments),
    Batch(batch::Arguments),
    Conformance(conformance::Arguments),
    Explain(explain::Arguments),
    Explore(explore::Arguments),
    #[cfg(feature = "serve")]
    Serve(serve::Arguments),
    #[cfg(not(feature = "serve"))]
    Serve(missing::Arguments),
    #[cfg(feature = "lsp")]
    Lsp(lsp::Arguments),
    #[cfg(not(feature = "lsp"))]
    Lsp(missing::Arguments),
    #[cfg(feature = "mcp")]
    Mcp(mcp::Arguments),
    #[cfg(not(feature = "mcp"))]
    Mcp(missing::Arguments),
    #[cfg(feature = "dap")]
    Dap(dap::Arguments),
    #[cfg(not(feature = "dap"))]
    Dap(missing::Arguments),
    Fixtures(fixtures::Arguments),
    Init(init::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Runs the program with the given process arguments; the first one is the program's
/// name.
pub fn main(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Exit {
    if let Err(exit) = read_only::apply() {
        return exit;
    }
    let (arguments, project) = match parse(arguments.into_iter().collect()) {
        Ok(parsed) => parsed,
        Err(exit) => return exit,
    };
    output::set_color(arguments.color);
    let result = match arguments.command {
        Some(command) => run_command(command, project),
        // clap accepts nothing else without a command.
        None => version::run(&arguments.version),
    };
    result.unwrap_or_else(|error| exit::of_output(&error))
}

/// Parses process arguments, with the settings of the project.
fn parse(
    arguments: Vec<std::ffi::OsString>,
) -> Result<(Arguments, project::Project), Exit> {
    let (arguments, project) = project::apply(Arguments::command(), arguments)?;
    let parsed = Arguments::try_parse_from(&arguments);
    let arguments = parsed.map_err(|error| {
        let error = suggest::with_names(error, Arguments::command(), &arguments);
        exit::of_usage(&error)
    })?;
    Ok((arguments, project))
}

#[expect(clippy::too_many_lines, reason = "one line per command")]
fn run_command(command: Command, project: project::Project) -> io::Result<Exit> {
    match command {
        Command::Run(arguments) => run::run(arguments, &project.settings),
        Command::Test(arguments) => test::run(arguments, project),
        Command::Check(arguments) => check::run(&arguments),
        Command::Config(arguments) => config::run(&arguments, &project),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Debug(arguments) => debug::run(&arguments, &project),
        Command::Functions(arguments) => functions::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Coverage(arguments) => coverage::run(&arguments),
        Command::Batch(arguments) => batch::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Conformance(arguments) => conformance::run(&arguments),
        Command::Heatmap(arguments) => heatmap::run(&arguments),
        #[cfg(feature = "live")]
        Command::Ship(arguments) => ship::run(&arguments),
        #[cfg(not(feature = "live"))]
        Command::Ship(_) => missing::run("live"),
        Command::Diff(arguments) => diff::run(&arguments),
        #[cfg(feature = "live")]
        Command::Record(arguments) => record::run(&arguments, &project),
        #[cfg(not(feature = "live"))]
        Command::Record(_) => missing::run("live"),
        Command::Import(arguments) => import::run(&arguments),
        Command::Redact(arguments) => redact::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Explore(arguments) => explore::run(&arguments, &project),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(&arguments),
        #[cfg(not(feature = "serve"))]
        Command::Serve(_) => missing::run("serve"),
        #[cfg(feature = "lsp")]
        Command::Lsp(arguments) => lsp::run(&arguments),
        #[cfg(not(feature = "lsp"))]
        Command::Lsp(_) => missing::run("lsp"),
        #[cfg(feature = "mcp")]
        Command::Mcp(arguments) => mcp::run(&arguments),
        #[cfg(not(feature = "mcp"))]
        Command::Mcp(_) => missing::run("mcp"),
        #[cfg(feature = "dap")]
        Command::Dap(arguments) => dap::run(&arguments, &project),
        #[cfg(not(feature = "dap"))]
        Command::Dap(_) => missing::run("dap"),
        Command::Fixtures(arguments) => fixtures::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

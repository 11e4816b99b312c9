//! The command line: arguments, what goes where, and how the program ends.
//!
//! Standard output carries the result, standard error the messages. Nothing outside this
//! room and `report` writes to either.

mod check;
mod compare;
mod completions;
mod convert;
mod coverage;
mod decisions;
mod diff;
mod eval;
mod exit;
mod explain;
mod functions;
mod graph;
mod heatmap;
mod import;
mod init;
mod inputs;
mod interactive;
mod load;
mod man;
#[cfg(not(all(feature = "live", feature = "serve")))]
mod missing;
mod output;
#[cfg(feature = "live")]
mod record;
mod redact;
mod run;
mod scenario;
mod schema;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "live")]
mod ship;
mod test;
mod version;

pub use exit::Exit;

use clap::{Parser, Subcommand};

/// Run, test and compare Genesys Cloud Architect flows offline.
///
/// What a flow asks of the world is answered by fixtures. Only `flowsim record` and `flowsim
/// ship` talk to a network, to the service that they are told.
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

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Test(test::Arguments),
    Check(check::Arguments),
    Graph(graph::Arguments),
    Eval(eval::Arguments),
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
    Compare(compare::Arguments),
    Explain(explain::Arguments),
    #[cfg(feature = "serve")]
    Serve(serve::Arguments),
    #[cfg(not(feature = "serve"))]
    Serve(missing::Arguments),
    Init(init::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Runs the program with the arguments of the process, the first of which is its name.
pub fn main(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return exit::of_usage(&error),
    };
    // Without a command there is --version: clap accepts nothing else.
    let Some(command) = arguments.command else {
        return version::run(&arguments.version)
            .unwrap_or_else(|error| exit::of_output(&error));
    };
    let result = match command {
        Command::Run(arguments) => run::run(arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Functions(arguments) => functions::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Coverage(arguments) => coverage::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Heatmap(arguments) => heatmap::run(&arguments),
        #[cfg(feature = "live")]
        Command::Ship(arguments) => ship::run(&arguments),
        #[cfg(not(feature = "live"))]
        Command::Ship(_) => missing::run("live"),
        Command::Diff(arguments) => diff::run(&arguments),
        #[cfg(feature = "live")]
        Command::Record(arguments) => record::run(&arguments),
        #[cfg(not(feature = "live"))]
        Command::Record(_) => missing::run("live"),
        Command::Import(arguments) => import::run(&arguments),
        Command::Redact(arguments) => redact::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(&arguments),
        #[cfg(not(feature = "serve"))]
        Command::Serve(_) => missing::run("serve"),
        Command::Init(arguments) => init::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    result.unwrap_or_else(|error| exit::of_output(&error))
}

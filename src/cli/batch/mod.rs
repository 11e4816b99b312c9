//! `flowsim batch`

#[cfg(feature = "parquet")]
mod columnar;
mod compare;
mod form;
mod merge;
mod run;
mod stream;

use std::io;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::exit::Exit;
use super::load;
use super::numbers::whole;
use form::Form;

/// Play calls, or compare recordings, as a stream of rows.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    Compare(compare::Arguments),
    Merge(merge::Arguments),
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    match &arguments.command {
        Command::Run(arguments) => run::run(arguments),
        Command::Compare(arguments) => compare::run(arguments),
        Command::Merge(arguments) => merge::run(arguments),
    }
}

/// Rows, and the flows and fixtures that handle them.
#[derive(Debug, Args)]
struct StreamOptions {
    /// Files of rows; - is standard input, the default
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Flow files or folders; repeatable
    #[arg(long, required = true, value_name = "PATH")]
    flows: Vec<PathBuf>,

    /// Fixtures file or folder; repeatable, later ones override
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    #[command(flatten)]
    sources: load::Sources,

    /// Form of the input [default: that of each file, by its name or first bytes; ndjson
    /// for standard input]
    #[arg(long = "in", value_enum, value_name = "FORM")]
    input: Option<Form>,

    /// Form of the output
    #[arg(long = "out", value_enum, value_name = "FORM", default_value_t = Form::Ndjson)]
    output: Form,

    /// Number of threads [default: number of cores]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        value_parser = whole(0_usize..)
    )]
    jobs: usize,

    /// Exit with 1 if a row yields an error
    #[arg(long)]
    fail_on_error: bool,
}

/// Returns a parser for the names of properties.
fn properties<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|it| name(*it))).map(move |chosen| {
        let found = all.iter().find(|it| name(**it) == chosen);
        *found.expect("the parser accepts only these names")
    })
}

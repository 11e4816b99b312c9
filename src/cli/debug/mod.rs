//! `flowsim debug`

mod command;
mod lines;
mod terminal;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::exit::Exit;
use super::numbers::whole;
use super::project::Project;
use super::{inputs, load, output};
use crate::debugger::{self, Debugger, Launch, Origin};
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::Limits;
use crate::runner::ProjectContext;
use crate::source::Files;
use crate::value::{DateTime, Text, Value};
use crate::world::Input;
use terminal::Terminal;

/// Debug one call in the terminal: step forwards and backwards, look at variables, answer
/// as the caller.
///
/// Reads commands from standard input, one per line; `help` lists them. The call comes from
/// a flow, a test, a recording (stops at the first difference) or an exploration. Going
/// back and giving another answer begins another branch; `branches` lists them.
///
/// Exits with 0 at the end of the commands, 2 if the arguments are invalid, 3 if something
/// does not load.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Flow files or folders; a test names its own
    #[arg(value_name = "FLOW", required_unless_present = "test")]
    flows: Vec<PathBuf>,

    /// Flow to start, by id or name, or by name and type, such as `Main (workflow)`, if
    /// flows of several types have the name; optional if exactly one flow is not called by
    /// another
    #[arg(long, value_name = "ID-OR-NAME")]
    flow: Option<String>,

    /// Scenario file with the test to debug
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recording", "exploration"])]
    test: Option<PathBuf>,

    /// Name of the test, or of the action that the explored call reaches
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Recording to replay
    #[arg(long, value_name = "FILE", conflicts_with = "exploration")]
    recording: Option<PathBuf>,

    /// JSON of an exploration with the call to debug
    #[arg(long, value_name = "FILE")]
    exploration: Option<PathBuf>,

    /// Context field, such as from=+15551234567; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = inputs::plain)]
    context: Vec<(Text, Value)>,

    /// Variable to set before the first node; JSON values are typed, anything else is a
    /// string; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = inputs::typed)]
    var: Vec<(Text, Value)>,

    /// Caller's next input, one flag each, in order, as for `flowsim run`; after the last
    /// one you answer
    #[arg(long, value_name = "KEYS", value_parser = inputs::input, allow_hyphen_values = true)]
    input: Vec<Input>,

    /// Fixtures file or folder; repeatable, later ones override
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    /// Start of the virtual clock [default: 2026-01-05T09:00:00Z]
    #[arg(long, value_name = "DATETIME", value_parser = inputs::date_time)]
    at: Option<DateTime>,

    /// Maximum number of actions in the call [default: 10000]
    #[arg(
        long,
        value_name = "N",
        value_parser = whole(0..=Limits::MOST_ACTIONS),
        allow_negative_numbers = true
    )]
    max_actions: Option<u32>,

    /// Random seed for expressions
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole(0_u64..))]
    seed: u64,

    #[command(flatten)]
    sources: load::Sources,
}

pub(super) fn run(arguments: &Arguments, project: &Project) -> io::Result<Exit> {
    let mut files = Files::new();
    let launch = match launch(arguments, project, &mut files) {
        Ok(launch) => launch,
        Err(exit) => return Ok(exit),
    };
    match debugger::load(&launch, &mut files) {
        Ok(target) => {
            output::diagnostics(&target.diagnostics, &files);
            Terminal::new(Debugger::begin(target), &files).run()
        }
        Err(problems) => {
            output::diagnostics(&problems, &files);
            let is_of_flag = |it: &Diagnostic| it.code == Code::UNKNOWN_FLOW;
            Ok(match arguments.flow.is_some() && problems.iter().all(is_of_flag) {
                true => Exit::Usage,
                false => Exit::Input,
            })
        }
    }
}

fn launch(
    arguments: &Arguments,
    project: &Project,
    files: &mut Files,
) -> Result<Launch, Exit> {
    let environment = arguments.sources.read(files)?;
    let defaults = project.context(files)?.defaults;
    let name = arguments.name.clone();
    let origin = match (&arguments.test, &arguments.recording, &arguments.exploration) {
        (Some(file), ..) => Origin::Test(file.clone(), name),
        (_, Some(file), _) => Origin::Recording(file.clone()),
        (.., Some(file)) => Origin::Exploration(file.clone(), name),
        _ => Origin::Flow,
    };
    Ok(Launch {
        flows: arguments.flows.clone(),
        fixtures: arguments.fixtures.clone(),
        start: arguments.flow.clone(),
        context: arguments.context.clone(),
        variables: arguments.var.clone(),
        at: arguments.at,
        seed: arguments.seed,
        max_actions: arguments.max_actions,
        inputs: arguments.input.clone(),
        origin,
        project: Arc::new(ProjectContext {
            defaults,
            placeholders: environment.placeholders,
            organisation: environment.organisation.fixtures,
        }),
    })
}

//! `flowsim record`

mod folder;
mod progress;
pub(super) mod service;
mod task;

use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

use clap::{ArgGroup, Args};

use super::exit::Exit;
use super::filter::FilterOption;
use super::project::Project;
use super::redact::{Redaction, redactor};
use super::{inputs, output};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::platform::{self, Client, Event, Stop, Task};
use crate::source::Files;
use crate::value::{DateTime, Text};
use folder::OutputFolder;
use progress::Progress;

/// Record responses of a live service: simulated calls, or execution documents of real
/// interactions.
///
/// Requires an OAuth client of the service in the environment: GENESYS_CLIENT_ID and
/// GENESYS_CLIENT_SECRET. Existing recordings are not fetched again, so a second run
/// continues where the first one stopped.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").args(["request", "scenario", "recording", "executions"])
    .required(true).multiple(true))]
pub(super) struct Arguments {
    #[command(flatten)]
    place: service::ServiceArgs,

    /// Flow id on the service; replaces the flow that requests and scenarios name
    #[arg(long, value_name = "ID")]
    flow: Option<String>,

    /// Simulate the call of a simulation request `{flowId, context, nodeId, timeout,
    /// inputs}`; repeatable
    #[arg(long, value_name = "FILE")]
    request: Vec<PathBuf>,

    /// Simulate the calls of a scenario file, or of all scenario files in a folder;
    /// repeatable
    #[arg(long, value_name = "PATH")]
    scenario: Vec<PathBuf>,

    /// Repeat the simulations of recordings, or of all recordings in a folder; needs
    /// recordings that hold their request; repeatable. If the folder is also --out, the
    /// recordings are replaced
    #[arg(long, value_name = "PATH")]
    recording: Vec<PathBuf>,

    #[command(flatten)]
    filter: FilterOption,

    /// Download execution documents: of conversations, of a flow and a time range, or of
    /// a query
    #[arg(long, conflicts_with_all = ["request", "scenario", "recording", "filter"])]
    executions: bool,

    /// Executions of a conversation, by its id; repeatable
    #[arg(
        long,
        value_name = "ID",
        requires = "executions",
        conflicts_with_all = ["request", "scenario"]
    )]
    conversation: Vec<String>,

    /// Executions of the flow that began at this time or later
    #[arg(
        long,
        value_name = "DATETIME",
        value_parser = inputs::date_time,
        requires_all = ["executions", "flow", "to"],
        conflicts_with_all = ["request", "scenario"]
    )]
    from: Option<DateTime>,

    /// Executions of the flow that began before this time
    #[arg(
        long,
        value_name = "DATETIME",
        value_parser = inputs::date_time,
        requires_all = ["executions", "flow", "from"],
        conflicts_with_all = ["request", "scenario"]
    )]
    to: Option<DateTime>,

    /// Executions that match a query, the body of `POST /api/v2/flows/instances/query`
    #[arg(
        long,
        value_name = "FILE",
        requires = "executions",
        conflicts_with_all = ["request", "scenario"]
    )]
    query: Option<PathBuf>,

    /// Output folder for the recordings
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Record again what was already recorded
    #[arg(long)]
    refresh: bool,

    #[command(flatten)]
    redaction: Redaction,

    #[command(flatten)]
    manner: service::RequestArgs,
}

pub(super) fn run(arguments: &Arguments, project: &Project) -> io::Result<Exit> {
    if arguments.executions && !arguments.names_executions() {
        let text = "no executions selected; use --conversation, or --flow with --from and \
                    --to, or --query";
        output::message("error", text);
        return Ok(Exit::Usage);
    }
    let refused = arguments.filter.refused_for_recordings();
    if let Some(exit) = refused.filter(|_| !arguments.recording.is_empty()) {
        return Ok(exit);
    }
    let stop = Stop::default();
    let client = match service::client(&arguments.place, &arguments.manner, &stop) {
        Ok(client) => client,
        Err(exit) => return Ok(exit),
    };
    let kept = match OutputFolder::open(&arguments.out, redactor(&arguments.redaction)) {
        Ok(kept) => kept,
        Err(error) => {
            let folder = arguments.out.display();
            output::message("error", &format!("cannot record to {folder}: {error}"));
            return Ok(Exit::External);
        }
    };
    interruptible(&stop);
    let mut files = Files::new();
    let (tasks, was_there) = match arguments.tasks(&client, &kept, project, &mut files) {
        Ok(found) => found,
        Err(exit) if stop.is_stopped() && exit == Exit::External => {
            return Ok(Exit::Interrupted);
        }
        Err(exit) => return Ok(exit),
    };
    let run = Run::new(&tasks, &kept, &stop);
    platform::record(&client, &tasks, arguments.manner.workers(), |event| {
        run.handle(event);
    });
    run.end(was_there, &arguments.out, arguments.nothing(), &files)
}

/// On the first Ctrl-C, finishes started requests; on the second one, exits at once.
fn interruptible(stop: &Stop) {
    let stop = stop.clone();
    let handler = move || {
        if stop.is_stopped() {
            #[expect(clippy::disallowed_methods, reason = "the user gave up the run")]
            std::process::exit(Exit::Interrupted as i32);
        }
        output::aside("finishing started requests; press Ctrl-C again to abort\n");
        stop.stop();
    };
    // If the handler cannot be set, the first Ctrl-C aborts; written files are complete
    // anyway.
    let _ = ctrlc::set_handler(handler);
}

/// State of a recording run, shared by several threads.
struct Run<'r> {
    kept: &'r OutputFolder,
    stop: &'r Stop,
    progress: Progress,
    tally: Mutex<Tally>,
}

/// Maximum number of calls that a message names.
const MAX_NAMES: usize = 10;

#[derive(Default)]
struct Tally {
    recorded: usize,
    failed: usize,
    diagnostics: Vec<Diagnostic>,
    /// Equal failures, with the names of their calls.
    failures: Vec<(Diagnostic, Vec<Text>)>,
    not_tried: Vec<Text>,
    unwritten: Option<io::Error>,
}

impl Tally {
    /// Returns all diagnostics; equal failures are one, with the names of their calls.
    fn all_diagnostics(&self) -> Vec<Diagnostic> {
        let failures = self.failures.iter().map(|(diagnostic, names)| {
            let message = match names.as_slice() {
                [name] => format!("{name}: {}", diagnostic.message),
                names => {
                    let count = names.len();
                    format!("{count} calls: {}: {}", diagnostic.message, listed(names))
                }
            };
            Diagnostic { message, ..diagnostic.clone() }
        });
        self.diagnostics.iter().cloned().chain(failures).collect()
    }
}

/// Lists names, at most [`MAX_NAMES`].
fn listed(names: &[Text]) -> String {
    // The order of the workers is that of the answers.
    let mut sorted: Vec<&str> = names.iter().map(Text::as_str).collect();
    sorted.sort_unstable();
    let more = sorted.len().saturating_sub(MAX_NAMES);
    sorted.truncate(MAX_NAMES);
    match more {
        0 => sorted.join(", "),
        more => format!("{} and {more} more", sorted.join(", ")),
    }
}

impl<'r> Run<'r> {
    fn new(tasks: &[Task], kept: &'r OutputFolder, stop: &'r Stop) -> Self {
        let count = tasks.iter().map(|task| match task {
            Task::Simulation { .. } => 1,
            Task::Executions { ids } => ids.len(),
        });
        let progress = Progress::new(count.sum());
        Self { kept, stop, progress, tally: Mutex::default() }
    }

    fn handle(&self, event: Event) {
        match event {
            Event::Recorded(recording) => {
                let written = self.kept.write(&recording);
                let mut tally = output::locked(&self.tally);
                match written {
                    Ok(()) => tally.recorded += 1,
                    Err(error) => {
                        tally.unwritten = Some(error);
                        self.stop.stop();
                    }
                }
                self.progress.step();
            }
            Event::Failed { what, failure } => {
                let diagnostic = failure.diagnostic();
                let mut tally = output::locked(&self.tally);
                tally.failed += 1;
                let known =
                    tally.failures.iter_mut().find(|(known, _)| *known == diagnostic);
                match known {
                    Some((_, names)) => names.push(what),
                    None => tally.failures.push((diagnostic, vec![what])),
                }
                drop(tally);
                self.progress.step();
            }
            Event::NotTried { what } => {
                output::locked(&self.tally).not_tried.push(what);
            }
            Event::VersionUnknown { flow, failure } => {
                let message = format!("the version of {flow} is unknown");
                let mut diagnostic = failure.diagnostic();
                diagnostic.message = format!("{message}: {}", diagnostic.message);
                diagnostic.severity = Severity::Warning;
                output::locked(&self.tally).diagnostics.push(diagnostic);
            }
        }
    }

    /// Prints the summary and returns the exit code; `nothing` is the message for a run
    /// without anything to do.
    fn end(
        self,
        was_there: usize,
        out: &std::path::Path,
        nothing: &str,
        files: &Files,
    ) -> io::Result<Exit> {
        self.progress.end();
        let tally =
            self.tally.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        output::diagnostics(&tally.all_diagnostics(), files);
        let mut text = format!("{} recorded", tally.recorded);
        if was_there > 0 {
            text += &format!(", {was_there} already present");
        }
        if tally.failed > 0 {
            text += &format!(", {} failed", tally.failed);
        }
        if !tally.not_tried.is_empty() {
            text += &format!(", {} not tried", tally.not_tried.len());
        }
        output::result(&format!("{text}; in {}\n", out.display()))?;
        if !tally.not_tried.is_empty() {
            output::message("note", &format!("not tried: {}", listed(&tally.not_tried)));
        }
        if tally.recorded + was_there + tally.failed == 0 && !self.stop.is_stopped() {
            output::message("error", nothing);
        }
        if let Some(error) = tally.unwritten {
            let folder = out.display();
            output::message("error", &format!("cannot write to {folder}: {error}"));
            return Ok(Exit::External);
        }
        Ok(match () {
            () if self.stop.is_stopped() => Exit::Interrupted,
            () if tally.failed > 0 => Exit::External,
            () if tally.recorded + was_there == 0 => Exit::Nothing,
            () => Exit::Success,
        })
    }
}

impl Arguments {
    fn names_executions(&self) -> bool {
        !self.conversation.is_empty() || self.query.is_some() || self.from.is_some()
    }

    /// Returns the message for a run without anything to do.
    fn nothing(&self) -> &'static str {
        match () {
            () if self.filter.is_given() => {
                "no test that is not skipped, and no recording of a simulation, matches \
                 the filter"
            }
            () if !self.executions => {
                "no calls to record: found no recording of a simulation, and no test \
                 that is not skipped in scenario files, whose names end in \
                 `.test.yaml`, `.test.yml` or `.test.json`"
            }
            () if self.from.is_some() => {
                "the service has no execution of the flow in that time range"
            }
            () if self.query.is_some() => {
                "the service has no execution that matches the query"
            }
            () => "the service has no execution of the conversation",
        }
    }

    /// Returns the tasks, and the number of tasks that are already recorded.
    fn tasks(
        &self,
        client: &Client,
        kept: &OutputFolder,
        project: &Project,
        files: &mut Files,
    ) -> Result<(Vec<Task>, usize), Exit> {
        // Recordings named explicitly are recorded again.
        let is_anew = self.refresh || !self.recording.is_empty();
        let has = |id: &str| !is_anew && kept.has(id);
        if self.executions {
            let ids = self.found(client, files)?;
            let missing: Vec<_> = ids.iter().filter(|id| !has(id)).cloned().collect();
            let was_there = ids.len() - missing.len();
            return Ok((task::executions(&missing), was_there));
        }
        let requests = task::Requests {
            flow: self.flow.as_deref(),
            service: client.service(),
            filter: &self.filter,
            project,
            files,
        };
        let requests = requests.read(&self.request, &self.scenario, &self.recording)?;
        let base_url = client.service().base_url();
        let (there, missing): (Vec<_>, Vec<_>) = requests
            .into_iter()
            .partition(|call| has(&Task::simulation_id(base_url, &call.request)));
        let tasks = missing.into_iter().map(|call| {
            let task::Simulated { request, name, id } = call;
            Task::Simulation { request, name, id }
        });
        Ok((tasks.collect(), there.len()))
    }

    /// Returns the ids of the selected executions.
    fn found(
        &self,
        client: &Client,
        files: &mut Files,
    ) -> Result<indexmap::IndexSet<crate::value::Text>, Exit> {
        let mut found = indexmap::IndexSet::new();
        let query =
            self.query.as_deref().map(|path| task::query(path, files)).transpose()?;
        let queries = self.conversation.iter().map(|id| platform::of_conversation(id));
        for query in queries.chain(query) {
            found.extend(client.find(&query).map_err(|failure| refuse(&failure))?);
        }
        if let (Some(flow), Some(from), Some(to)) = (&self.flow, self.from, self.to) {
            let ranged = client.find_between(flow, from, to);
            let (ids, are_all) = ranged.map_err(|failure| refuse(&failure))?;
            if !are_all {
                let most = platform::MAX_INSTANCES;
                let text = format!(
                    "the service returns at most {most} executions per time range"
                );
                output::message("warning", &format!("{text}; some are not recorded"));
            }
            found.extend(ids);
        }
        Ok(found)
    }
}

/// Reports why recording is not possible.
fn refuse(failure: &platform::Failure) -> Exit {
    let diagnostic = failure.diagnostic();
    if *failure != platform::Failure::Stopped {
        output::diagnostics(&[diagnostic], &Files::new());
    }
    Exit::External
}

/// Reports problems in a file.
fn broken(diagnostics: &[Diagnostic], files: &Files) -> Exit {
    output::diagnostics(diagnostics, files);
    Exit::Input
}

/// Builds the diagnostic for an unexpected value in a file.
fn unexpected(node: &crate::source::Node<'_>, expected: &str) -> Diagnostic {
    let message = format!("expected {expected}, found {}", node.describe());
    Diagnostic::new(Code::INVALID_REQUEST, message).at(node.span)
}

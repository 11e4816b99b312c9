//! `flowsim serve`

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::numbers::whole;
use super::{inputs, load, output};
use crate::engine::Limits;
use crate::server::{Organisation, Settings, Sources, Webhooks, check_origin, start};
use crate::source::Files;
use crate::value::DateTime;
use crate::world::Fixtures;

/// Serve the Platform API on this machine, backed by flows that really run.
///
/// Point an SDK or any other client at the printed address and log in with any client id
/// and secret. Open the address in a browser to watch the server and to call a flow by
/// hand. All data is lost when the server stops, unless --data names a folder for it. GET
/// /__flowsim/openapi.json lists the served operations.
///
/// Ctrl-C stops the server with exit code 0. Exits with 2 if the arguments are invalid, 3
/// if something does not load, 5 if the port cannot be opened or the folder cannot be
/// used.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Flow files or folders; a folder loads every flow in it; repeatable, and accepts
    /// several values
    #[arg(long, num_args = 1.., value_name = "FLOW")]
    flows: Vec<PathBuf>,

    /// Fixtures file or folder; repeatable, later ones override
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    /// Port to listen on; 0 picks a free port
    #[arg(long, value_name = "N", default_value_t = 8080, value_parser = whole(0..=u16::MAX))]
    port: u16,

    /// Serve the subset of the Elasticsearch API that decision logs need on this port; 0
    /// picks a free port
    #[arg(long, value_name = "N", value_parser = whole(0..=u16::MAX))]
    elasticsearch: Option<u16>,

    /// Address to listen on; any other than a loopback address admits other machines
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: String,

    /// Permit web pages of this origin to use the server (CORS), such as
    /// http://localhost:3000; * permits all; repeatable
    #[arg(long, value_name = "ORIGIN", value_parser = check_origin)]
    allow_origin: Vec<String>,

    /// Persist all data in this folder, and load what it contains at the start
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,

    /// Append the request log to this file, one JSON object per line; - is standard error
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Post the keys that callers press in a flow to a service on this machine; FLOW may
    /// also be the webhookId of nodes; repeatable
    #[arg(long, value_name = "FLOW=URL")]
    webhook: Vec<String>,

    /// Additional host whose services may be called; repeatable
    #[arg(long, value_name = "HOST")]
    webhook_host: Vec<String>,

    /// Use the wall clock; without this, time stops until a test advances it
    #[arg(long, conflicts_with = "at")]
    real_time: bool,

    /// Start of the virtual clock [default: 2026-01-05T09:00:00Z]
    #[arg(long, value_name = "DATETIME", value_parser = inputs::date_time)]
    at: Option<DateTime>,

    /// Maximum number of actions in a call
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::default().max_actions,
        value_parser = whole(0..=Limits::MOST_ACTIONS),
        allow_negative_numbers = true
    )]
    max_actions: u32,

    #[command(flatten)]
    sources: load::Sources,

    /// Random seed for expressions
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = whole(0_u64..))]
    seed: u64,

    /// Fail on unsimulated Architect actions that the fixtures do not answer
    #[arg(long)]
    strict: bool,

    /// End calls at a transfer to a queue instead of continuing in the in-queue flow
    #[arg(long)]
    stop_at_queue: bool,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let organisation = match organisation(arguments) {
        Ok(organisation) => organisation,
        Err(exit) => return Ok(exit),
    };
    let settings = Settings {
        host: arguments.host.clone(),
        port: arguments.port,
        elasticsearch: arguments.elasticsearch,
        data: arguments.data.clone(),
        log: arguments.log.clone(),
        origins: arguments.allow_origin.clone(),
    };
    let server = match start(organisation, settings) {
        Ok(server) => server,
        Err(problem) => {
            output::message("error", &problem);
            return Ok(Exit::External);
        }
    };
    for note in server.notes() {
        output::message("warning", note);
    }
    let mut addresses = format!("http://{}\n", server.address());
    if let Some(address) = server.elasticsearch() {
        addresses += &format!("elasticsearch http://{address}\n");
    }
    output::result(&addresses)?;
    server.wait()?;
    Ok(Exit::Success)
}

/// Builds the organisation to serve.
fn organisation(arguments: &Arguments) -> Result<Organisation, Exit> {
    let mut files = Files::new();
    let environment = arguments.sources.read(&mut files)?;
    let loaded = load::flows(&arguments.flows, &environment, &mut files)?;
    let fixtures =
        load::fixtures(&arguments.fixtures, &environment.organisation, &mut files)?;
    let mut documents = Fixtures::documents(&arguments.fixtures, &mut files);
    documents.splice(0..0, environment.organisation.document);
    let mut organisation = Organisation::new(loaded, &files, fixtures, &documents);
    if let Some(at) = arguments.at {
        organisation.start_at(at);
    }
    if let Err(problem) = register(&mut organisation.webhooks, arguments) {
        output::message("error", &problem);
        return Err(Exit::Usage);
    }
    organisation.sources = Sources {
        flows: arguments.flows.clone(),
        fixtures: arguments.fixtures.clone(),
        set: environment.placeholders.values.clone(),
    };
    organisation.real_time = arguments.real_time;
    organisation.limits.max_actions = arguments.max_actions;
    organisation.seed = arguments.seed;
    organisation.strict = arguments.strict;
    organisation.stop_at_queue = arguments.stop_at_queue;
    Ok(organisation)
}

/// Registers the webhook services of the command line.
fn register(webhooks: &mut Webhooks, arguments: &Arguments) -> Result<(), String> {
    arguments.webhook_host.iter().for_each(|host| webhooks.allow(host));
    arguments.webhook.iter().try_for_each(|webhook| webhooks.add(webhook))
}

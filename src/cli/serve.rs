//! `flowsim serve`

use std::io;
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::{inputs, load, output};
use crate::engine::Limits;
use crate::server::{Organisation, Settings, Webhooks, start};
use crate::source::Files;
use crate::value::DateTime;
use crate::world::Fixtures;

/// Answer the Platform API on this machine, from flows that really run.
///
/// Point an SDK or any other client at the address that is printed, and log in with any
/// client id and secret. Open it in a browser to see what it does and to call a flow by
/// hand. Everything is lost when the server stops, unless --data names a folder to keep it
/// in. GET /__flowsim/openapi.json lists what is served.
///
/// Stops at Ctrl-C with 0. Exits with 2 if the command line makes no sense, 3 if something
/// does not load, 5 if the port cannot be opened or the folder not be used.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files or folders of flows; a folder loads every flow in it; repeatable, and several may
    /// follow
    #[arg(long, num_args = 1.., value_name = "FLOW")]
    flows: Vec<PathBuf>,

    /// A fixtures document or a folder of them; repeatable, later ones win
    #[arg(long, value_name = "PATH")]
    fixtures: Vec<PathBuf>,

    /// The port; 0 takes any that is free
    #[arg(long, value_name = "N", default_value_t = 8080)]
    port: u16,

    /// Serve the subset of Elasticsearch's API that decision logs need, on this port; 0 takes any
    /// that is free
    #[arg(long, value_name = "N")]
    elasticsearch: Option<u16>,

    /// The address to listen on; others than this machine's own let other machines in
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: String,

    /// Keep everything that was answered in this folder, and begin with what it holds
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,

    /// Add the request log to this file, a JSON object a line; - is standard error
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Post the keys that callers press in a flow to a service on this machine; the webhookId of
    /// nodes is good in place of FLOW; repeatable
    #[arg(long, value_name = "FLOW=URL")]
    webhook: Vec<String>,

    /// Another host whose services may be called; repeatable
    #[arg(long, value_name = "HOST")]
    webhook_host: Vec<String>,

    /// Time is that of the wall clock; without this it stands still until a test advances it
    #[arg(long, conflicts_with = "at")]
    real_time: bool,

    /// Where the virtual clock starts [default: 2026-01-05T09:00:00Z]
    #[arg(long, value_name = "DATETIME", value_parser = inputs::date_time)]
    at: Option<DateTime>,

    /// End a call after so many actions
    #[arg(
        long,
        value_name = "N",
        default_value_t = Limits::default().max_actions,
        allow_negative_numbers = true
    )]
    max_actions: u32,

    #[command(flatten)]
    placeholders: load::Placeholders,

    /// What chance begins with, for expressions that use it
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// An action of Architect for which the fixtures have no answer is an error
    #[arg(long)]
    strict: bool,
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
    };
    let server = match start(organisation, settings) {
        Ok(server) => server,
        Err(problem) => {
            output::message("error", &problem);
            return Ok(Exit::Outside);
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

/// What is served.
fn organisation(arguments: &Arguments) -> Result<Organisation, Exit> {
    let mut files = Files::new();
    let loaded = load::flows(&arguments.flows, &arguments.placeholders, &mut files)?;
    let fixtures = load::fixtures(&arguments.fixtures, &mut files)?;
    let documents = Fixtures::documents(&arguments.fixtures, &mut files);
    let mut organisation = Organisation::new(loaded, &files, fixtures, &documents);
    if let Some(at) = arguments.at {
        organisation.start_at(at);
    }
    if let Err(problem) = register(&mut organisation.webhooks, arguments) {
        output::message("error", &problem);
        return Err(Exit::Usage);
    }
    organisation.real_time = arguments.real_time;
    organisation.limits.max_actions = arguments.max_actions;
    organisation.seed = arguments.seed;
    organisation.strict = arguments.strict;
    Ok(organisation)
}

/// Registers the services that the command line names.
fn register(webhooks: &mut Webhooks, arguments: &Arguments) -> Result<(), String> {
    arguments.webhook_host.iter().for_each(|host| webhooks.allow(host));
    arguments.webhook.iter().try_for_each(|webhook| webhooks.add(webhook))
}

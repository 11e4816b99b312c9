//! Starting, running and stopping a server.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::calls::{Calls, Job};
use super::http::listen;
use super::organisation::Organisation;
use super::request_log::open_log;
use super::routes::endpoints;
use super::shared::Server;
use super::sites::Sites;
use super::state::State;
use super::{delivery, dispatch, elasticsearch};
use crate::value::DateTime;

/// Interval at which the wall clock is read.
const TICK: Duration = Duration::from_millis(20);

/// Time limit for tasks to end when the server stops. They hold the database open.
const SHUTDOWN: Duration = Duration::from_secs(2);

/// The addresses and files of a server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The host name or address to listen on.
    pub host: String,
    /// The port; 0 picks a free one.
    pub port: u16,
    /// The port of the Elasticsearch subset; 0 picks a free one, `None` disables it.
    pub elasticsearch: Option<u16>,
    /// The folder in which the state is stored; `None` keeps it in memory only.
    pub data: Option<PathBuf>,
    /// The file that the request log is appended to, one JSON object per line; `-` is
    /// standard error.
    pub log: Option<PathBuf>,
    /// The origins of web pages that may use the server, such as
    /// `http://localhost:3000`; `*` permits all.
    pub origins: Vec<String>,
}

/// A running server.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    elasticsearch: Option<SocketAddr>,
    notes: Vec<String>,
    stop: watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// Starts a server. It accepts requests as soon as this returns.
///
/// # Errors
/// The port cannot be opened, or the stored state cannot be read. The message gives the
/// reason.
pub fn start(
    mut organisation: Organisation,
    settings: Settings,
) -> Result<Running, String> {
    if organisation.real_time
        && let Some(now) = DateTime::from_milliseconds(wall_clock())
    {
        organisation.start_at(now);
    }
    let data = settings.data.as_deref();
    let state = State::open(Arc::new(organisation), data)?;
    let stored = data.map(|folder| state.storage_warnings(folder));
    let notes = stored.into_iter().flatten().chain(state.uncalled_warnings()).collect();
    // Unbounded, as `Calls::begin` limits the number of open calls.
    let (jobs, to_do) = mpsc::unbounded_channel();
    let server = Arc::new(Server::new(
        state,
        Calls::new(jobs),
        endpoints().map(|endpoint| endpoint.route).collect(),
        Sites { host: settings.host.clone(), origins: settings.origins },
        settings.log.as_deref().map(open_log).transpose()?,
    ));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(worker_threads())
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    let open = |port| runtime.block_on(listen::open(&settings.host, port));
    let (listener, address) = open(settings.port)?;
    let second = settings.elasticsearch.map(open).transpose()?;
    let elasticsearch = second.as_ref().map(|(_, address)| *address);
    let second = second.map(|(listener, _)| listener);
    let (stop, stopped) = watch::channel(false);
    let is_persistent = settings.data.is_some();
    let thread = std::thread::spawn(move || {
        runtime.block_on(answer(server, listener, second, to_do, stopped));
        if is_persistent {
            runtime.shutdown_timeout(SHUTDOWN);
        } else {
            // A service that has not answered yet is not waited for.
            runtime.shutdown_background();
        }
    });
    Ok(Running { address, elasticsearch, notes, stop, thread: Some(thread) })
}

/// Returns the number of threads that answer requests: one for two cores. Clients usually
/// run on the same machine. On two cores, two threads need a third more processor time for
/// a simulation than one, because they share the state and the memory.
fn worker_threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    cores.div_ceil(2)
}

/// Serves both ports and makes webhook calls until the server is stopped.
async fn answer(
    server: Arc<Server>,
    listener: TcpListener,
    elasticsearch: Option<TcpListener>,
    to_do: mpsc::UnboundedReceiver<Job>,
    stopped: watch::Receiver<bool>,
) {
    if server.state().is_real_time() {
        tokio::spawn(follow_wall_clock(Arc::clone(&server)));
    }
    let malformed = {
        let server = Arc::clone(&server);
        Arc::new(move |status| server.malformed(status))
    };
    // Repeats the calls that had no result when the server ended.
    server.settle(&mut server.state());
    tokio::spawn(delivery::make(Arc::clone(&server), to_do));
    let (first, second) = (dispatch::router(&server), elasticsearch::router(&server));
    let second = async {
        if let Some(listener) = elasticsearch {
            let malformed = malformed.clone();
            listen::serve(listener, second, malformed, stopped.clone()).await;
        }
    };
    let first = listen::serve(listener, first, malformed.clone(), stopped.clone());
    tokio::join!(first, second);
    server.calls.stop();
}

impl Running {
    /// The address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the Elasticsearch subset.
    pub fn elasticsearch(&self) -> Option<SocketAddr> {
        self.elasticsearch
    }

    /// Startup warnings: stored state that does not fit the flows, and webhooks that no
    /// flow calls.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Stops the server after the running requests are answered.
    pub fn stop(mut self) {
        self.end();
    }

    /// Runs until the process is asked to stop: by Ctrl-C, or on Unix also by SIGTERM.
    ///
    /// # Errors
    /// The signal handlers cannot be installed.
    pub fn wait(mut self) -> std::io::Result<()> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let waited = runtime.block_on(signal());
        self.end();
        waited
    }

    fn end(&mut self) {
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

async fn follow_wall_clock(server: Arc<Server>) {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        ticks.tick().await;
        let mut state = server.state();
        state.tick(wall_clock());
        if !state.touched.is_empty() {
            server.changes.announce();
        }
        server.settle(&mut state);
    }
}

/// Returns the time of the wall clock, in milliseconds since 1970.
fn wall_clock() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

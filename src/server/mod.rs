//! The local platform: a server that answers the Platform API from fixtures and from
//! loaded flows, which it actually runs.
//!
//! A request passes through these steps:
//!
//! 1. `http` reads the request.
//! 2. The table in `route` names its handler.
//! 3. The handler checks the request, and creates an event if the request changes
//!    anything.
//! 4. `state` stores the event and applies it.
//! 5. The handler writes the answer.
//!
//! Handlers know nothing about connections and never wait. The webhooks that flows wait
//! for are called by `calls`, concurrently; the result of such a call is an event like
//! any other.
//!
//! *Source: four tutorials that this server has to satisfy, and the platform's SDKs.*

mod access;
mod calls;
mod control;
mod elasticsearch;
mod endpoint;
mod http;
mod load;
mod page;
mod route;
mod state;
mod webhook;
mod writers;

use std::io::Write;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body as HttpBody;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::Response;
use axum::routing::any;
use indexmap::IndexMap;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use crate::engine::Limits;
use crate::value::{DateTime, Json, derived_id};
use crate::world::Fixtures;
use calls::Calls;
use control::{Fault, Logged};
use http::listen;
use http::reply::{ApiError, EndpointResult, Reply};
use http::request::ApiRequest;
use route::{Handler, ROUTES, Route};
use state::State;
use state::flow::StoredFlow;
pub use webhook::Webhooks;
use writers::Writers;

/// Interval at which the wall clock is read.
const TICK: Duration = Duration::from_millis(20);
/// Maximum number of bytes of a body that the request log keeps.
const MAX_LOGGED_BYTES: usize = 4 * 1024;

/// The organisation that is served, in its initial state.
#[derive(Debug, Clone)]
pub struct Organisation {
    flows: Vec<StoredFlow>,
    fixtures: Fixtures,
    /// The documents that the fixtures were read from.
    documents: Vec<serde_json::Value>,
    start: DateTime,
    /// Whether the clock follows the wall clock. Otherwise only requests advance it.
    pub real_time: bool,
    /// The services that webhooks call.
    pub webhooks: Webhooks,
    /// Limits of a call.
    pub limits: Limits,
    /// Random seed.
    pub seed: u64,
    /// Whether an action without an answer in the fixtures is an error.
    pub strict: bool,
}

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

/// State that all connections share.
struct Server {
    state: Mutex<State>,
    requests: AtomicU64,
    calls: Calls,
    writers: Writers,
    /// Whether the state is stored on disk, so that handling a request may block.
    is_persistent: bool,
    /// The host name or address to listen on.
    host: String,
    /// The output of the request log.
    log: Option<Mutex<Box<dyn Write + Send>>>,
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
    let misfit_warning = data.and_then(|folder| state.misfit_warning(folder));
    let notes = misfit_warning.into_iter().chain(state.uncalled_warnings()).collect();
    // Unbounded, as `Calls::begin` limits the number of open calls.
    let (jobs, to_do) = mpsc::unbounded_channel();
    let server = Arc::new(Server {
        state: Mutex::new(state),
        requests: AtomicU64::new(0),
        calls: Calls::new(jobs),
        writers: Writers::default(),
        is_persistent: data.is_some(),
        host: settings.host.clone(),
        log: settings.log.as_deref().map(open_log).transpose()?,
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    let open = |port| runtime.block_on(listen::open(&settings.host, port));
    let (listener, address) = open(settings.port)?;
    let second = settings.elasticsearch.map(open).transpose()?;
    let elasticsearch = second.as_ref().map(|(_, address)| *address);
    let second = second.map(|(listener, _)| listener);
    let (stop, stopped) = watch::channel(false);
    let thread = std::thread::spawn(move || {
        runtime.block_on(answer(server, listener, second, to_do, stopped));
        runtime.shutdown_timeout(TICK);
    });
    Ok(Running { address, elasticsearch, notes, stop, thread: Some(thread) })
}

/// Serves both ports and makes webhook calls until the server is stopped.
async fn answer(
    server: Arc<Server>,
    listener: TcpListener,
    elasticsearch: Option<TcpListener>,
    to_do: mpsc::UnboundedReceiver<calls::Job>,
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
    server.calls.begin(&mut server.state());
    tokio::spawn(calls::make(Arc::clone(&server), to_do));
    let (first, second) = (router(&server), elasticsearch::router(&server));
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
        server.calls.begin(&mut state);
    }
}

/// Returns the time of the wall clock, in milliseconds since 1970.
fn wall_clock() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The values of the placeholders in a path, or an error if one is not UTF-8.
type Parameters = Result<RawPathParams, RawPathParamsRejection>;

/// Builds the router of all paths. Unknown paths are answered too.
fn router(server: &Arc<Server>) -> Router {
    let mut paths: IndexMap<&str, Vec<Route>> = IndexMap::new();
    for route in ROUTES {
        paths.entry(route.path).or_default().push(*route);
    }
    let serve = |routes: Vec<Route>| {
        let (server, routes) = (Arc::clone(server), Arc::new(routes));
        any(move |parameters: Parameters, request: Request| {
            let (server, routes) = (Arc::clone(&server), Arc::clone(&routes));
            async move { server.serve(&routes, Some(parameters), request).await }
        })
    };
    let mut router = Router::new();
    for (path, routes) in paths {
        router = router.route(path, serve(routes));
    }
    let server = Arc::clone(server);
    router.fallback(move |request: Request| {
        let server = Arc::clone(&server);
        async move { server.serve(&[], None, request).await }
    })
}

impl Server {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the id of the next request.
    fn next_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        derived_id(&format!("Request:{number}")).to_string()
    }

    /// Answers input that is not HTTP.
    fn malformed(&self, status: u16) -> (String, Reply) {
        let asked = ApiRequest { id: self.next_id(), ..ApiRequest::default() };
        let (code, message) = match status {
            414 => ("uri.too.long", "the path and query are too long"),
            431 => ("headers.too.large", "the headers are too large"),
            _ => ("bad.request", "the request line or the headers are not HTTP/1.1"),
        };
        let reply = ApiError::new(status, code, message).into_reply(&asked.id);
        self.note(&asked, &reply);
        (asked.id, reply)
    }

    async fn serve(
        &self,
        routes: &[Route],
        parameters: Option<Parameters>,
        request: Request,
    ) -> Response<HttpBody> {
        let (mut asked, mut read) = listen::read(self.next_id(), request).await;
        let _held = self.writers.until_answered(&asked.id);
        match parameters {
            Some(Ok(named)) => {
                let named = named.iter();
                let owned = |(name, value): (&str, &str)| (name.into(), value.into());
                asked.parameters = named.map(owned).collect();
            }
            Some(Err(_)) => read = Err(ApiError::bad("the path is not UTF-8 text")),
            None => {}
        }
        let (fault, reply) = match read {
            Err(refusal) => (None, refusal.into_reply(&asked.id)),
            Ok(()) if self.is_persistent => {
                tokio::task::block_in_place(|| self.answer(routes, &asked))
            }
            Ok(()) => self.answer(routes, &asked),
        };
        self.note(&asked, &reply);
        if let Some(delay) = fault.map(|it| it.delay_ms).filter(|delay| *delay > 0) {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        reply.into_response(&asked.id)
    }

    /// Returns the answer to a request, and the fault that a test set for it.
    fn answer(&self, routes: &[Route], asked: &ApiRequest) -> (Option<Fault>, Reply) {
        let route = match find(routes, asked) {
            Ok(route) => route,
            Err(reply) => return (None, *reply),
        };
        let fault = self.fault(route, asked);
        // A panic in a handler ends one request, not the server.
        let answered =
            catch_unwind(AssertUnwindSafe(|| self.handle(route, &fault, asked)));
        let answered = answered.unwrap_or_else(|_| {
            let message = "internal server error; please report it";
            Err(ApiError::new(500, "internal.server.error", message))
        });
        let mut reply = answered.unwrap_or_else(|refusal| refusal.into_reply(&asked.id));
        if fault.is_some() {
            reply.why = format!("a fault was set for {}: {}", key(route), reply.why);
        }
        (fault, reply)
    }

    fn fault(&self, route: &Route, asked: &ApiRequest) -> Option<Fault> {
        if route.path.starts_with("/__flowsim/") {
            return None;
        }
        let own = format!("{} {}", asked.method, asked.path);
        self.state().control.next_fault([&own, &key(route)])
    }

    fn handle(
        &self,
        route: &Route,
        fault: &Option<Fault>,
        asked: &ApiRequest,
    ) -> EndpointResult {
        if let Some(refusal) = fault.as_ref().and_then(Fault::refusal) {
            return Err(refusal);
        }
        if route.path.starts_with("/__flowsim/") {
            access::refuse_other_sites(&self.host, asked)?;
        }
        let mut state = self.state();
        access::check(&state, route.permission, asked)?;
        match route.handler {
            Handler::Exclusive(handler) => {
                let answered = handler(&mut state, asked);
                self.calls.begin(&mut state);
                answered
            }
            Handler::Shared(handler) => {
                drop(state);
                handler(self, asked)
            }
        }
    }

    fn note(&self, asked: &ApiRequest, reply: &Reply) {
        // The log omits requests that only observe, and the values of secrets.
        if endpoint::is_observation(asked) {
            return;
        }
        let is_secret =
            asked.path.ends_with("/oauth/token") || asked.path == "/__flowsim/webhooks";
        let answered = reply.text();
        let answered = if is_secret { "" } else { beginning(&answered) };
        let answered = answered.to_owned();
        let body = asked.body.get(..MAX_LOGGED_BYTES).unwrap_or(&asked.body);
        let body = if is_secret { &[] } else { body };
        let uri = endpoint::uri(asked, is_secret);
        let mut state = self.state();
        let at = state.clock;
        let noted = state.control.note(Logged {
            id: asked.id.clone(),
            at,
            method: asked.method.clone(),
            uri,
            asked: String::from_utf8_lossy(body).into_owned(),
            answered,
            status: reply.status,
            why: reply.why.clone(),
        });
        drop(state);
        if let Some(log) = &self.log {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            // The client gets its answer even if the log cannot be written.
            let _ = writeln!(log, "{noted}");
        }
    }
}

/// Opens the output of the request log. Each line is written at once.
fn open_log(path: &Path) -> Result<Mutex<Box<dyn Write + Send>>, String> {
    if path == Path::new("-") {
        return Ok(Mutex::new(Box::new(std::io::LineWriter::new(std::io::stderr()))));
    }
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(path);
    let opened =
        opened.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(Mutex::new(Box::new(std::io::LineWriter::new(opened))))
}

/// Shortens a string to the length that the log keeps.
fn beginning(text: &str) -> &str {
    let end = (0..=MAX_LOGGED_BYTES).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or(text)
}

/// The key under which faults are set for a route.
fn key(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

/// Returns the route for the method of a request among the routes of its path.
fn find<'r>(routes: &'r [Route], asked: &ApiRequest) -> Result<&'r Route, Box<Reply>> {
    let method = if asked.method == "HEAD" { "GET" } else { asked.method.as_str() };
    if let Some(route) = routes.iter().find(|route| route.method == method) {
        return Ok(route);
    }
    if routes.is_empty() {
        let message = format!(
            "{} {} is not supported by flowsim; see GET /__flowsim/openapi.json",
            asked.method, asked.path
        );
        let refusal = ApiError::new(404, "not.found", message);
        return Err(Box::new(refusal.into_reply(&asked.id)));
    }
    let methods: Vec<&str> = routes.iter().map(|route| route.method).collect();
    let methods = methods.join(", ");
    let message =
        format!("{} is not allowed for {}: {methods}", asked.method, asked.path);
    let reply = ApiError::new(405, "method.not.allowed", message).into_reply(&asked.id);
    Err(Box::new(Reply { allow: Some(methods), ..reply }))
}

/// Converts a JSON value to one of `serde_json`.
fn document(json: &Json) -> serde_json::Value {
    serde_json::to_value(json).unwrap_or_default()
}

//! Dispatch of requests to the endpoints of the Platform API.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body as HttpBody;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request};
use axum::http::Response;
use axum::routing::any;
use indexmap::IndexMap;

use super::access;
use super::changes;
use super::http::listen;
use super::http::reply::{ApiError, EndpointResult, Reply};
use super::http::request::ApiRequest;
use super::http::upgrade::Upgrade;
use super::http::wire::Answers;
use super::notifications;
use super::platform_calls;
use super::platform_filters;
use super::route::Route;
use super::routes::{Endpoint, Handler, endpoints};
use super::shared::Server;
use super::state::State;

/// The values of the placeholders in a path, or an error if one is not UTF-8.
type Parameters = Result<RawPathParams, RawPathParamsRejection>;

/// Begins a web socket: returns the answer, and what to do with the connection then.
type Connect = fn(&Arc<Server>, &ApiRequest) -> Result<(Reply, Upgrade), ApiError>;

/// Builds the router of all paths. Unknown paths are answered too.
pub(super) fn router(server: &Arc<Server>) -> Router {
    let mut paths: IndexMap<&str, Vec<Endpoint>> = IndexMap::new();
    for endpoint in endpoints() {
        paths.entry(endpoint.route.path).or_default().push(endpoint);
    }
    let of_path = |endpoints: Vec<Endpoint>| {
        let (server, endpoints) = (Arc::clone(server), Arc::new(endpoints));
        any(move |parameters: Parameters, request: Request| {
            let (server, endpoints) = (Arc::clone(&server), Arc::clone(&endpoints));
            async move { serve(&server, &endpoints, Some(parameters), request).await }
        })
    };
    let mut router = Router::new();
    for (path, endpoints) in paths {
        router = router.route(path, of_path(endpoints));
    }
    let socket = |connected: Connect| {
        let server = Arc::clone(server);
        any(move |parameters: Parameters, request: Request| {
            let server = Arc::clone(&server);
            async move { connect(&server, connected, parameters, request).await }
        })
    };
    let router = router
        .route("/channels/{channelId}", socket(notifications::connect))
        .route("/__flowsim/changes", socket(changes::connect));
    let server = Arc::clone(server);
    router.fallback(move |request: Request| {
        let server = Arc::clone(&server);
        async move { serve(&server, &[], None, request).await }
    })
}

/// Begins a web socket.
async fn connect(
    server: &Arc<Server>,
    connected: Connect,
    parameters: Parameters,
    request: Request,
) -> Response<HttpBody> {
    let answers = request.extensions().get::<Arc<Answers>>().cloned();
    let (mut asked, read) = listen::read(server.next_id(), request).await;
    let named = parameters.iter().flat_map(RawPathParams::iter);
    asked.parameters = named.map(|(name, value)| (name.into(), value.into())).collect();
    let connected = read.and_then(|()| connected(server, &asked));
    let reply = match connected {
        Err(refusal) => refusal.into_reply(&asked.id),
        Ok((reply, upgrade)) => {
            if let Some(answers) = answers {
                answers.continuation.set(upgrade);
            }
            reply
        }
    };
    server.note(&asked, &reply);
    reply.into_response(&asked.id)
}

/// Size of a body that takes long enough to read that other requests should not wait, in
/// bytes.
const LARGE_BODY_BYTES: usize = 64 * 1024;

/// Answers a request for one of the endpoints of a path.
async fn serve(
    server: &Server,
    endpoints: &[Endpoint],
    parameters: Option<Parameters>,
    request: Request,
) -> Response<HttpBody> {
    let (mut asked, mut read) = listen::read(server.next_id(), request).await;
    let _held = server.writers.until_answered(&asked.id);
    match parameters {
        Some(Ok(named)) => {
            let named = named.iter();
            let owned = |(name, value): (&str, &str)| (name.into(), value.into());
            asked.parameters = named.map(owned).collect();
        }
        Some(Err(_)) => read = Err(ApiError::bad("the path is not UTF-8 text")),
        None => {}
    }
    let reply = match read {
        Err(refusal) => refusal.into_reply(&asked.id),
        // The thread that waits for the disk, or reads a large body, may be the only one.
        Ok(()) if server.is_persistent || asked.body.len() > LARGE_BODY_BYTES => {
            tokio::task::block_in_place(|| answer(server, endpoints, &asked))
        }
        Ok(()) => answer(server, endpoints, &asked),
    };
    server.note(&asked, &reply);
    if reply.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(reply.delay_ms)).await;
    }
    let mut response = reply.into_response_to(&asked);
    server.sites.admit(&asked, response.headers_mut());
    response
}

/// Returns the answer to a request: that of a fault, of a stub, or of the endpoint.
fn answer(server: &Server, endpoints: &[Endpoint], asked: &ApiRequest) -> Reply {
    if let Err(refusal) = server.sites.refuse_other_hosts(asked) {
        return refusal.into_reply(&asked.id);
    }
    if let Some(reply) = server.sites.preflight(asked) {
        return reply;
    }
    let found = find(endpoints, asked);
    if asked.path.starts_with("/__flowsim/") {
        return found.map_or_else(|reply| *reply, |it| run(server, it, asked));
    }
    let route = found.as_ref().ok().map(|endpoint| &endpoint.route);
    // One lock for everything that precedes the endpoint: under load, each lock may wait
    // for another request.
    let mut state = server.state();
    let fault = state.control.faults.next(asked, route);
    let refusal = fault.as_ref().and_then(|(fault, _)| fault.refusal());
    let prepared = match refusal {
        Some(refusal) => Some(refusal.into_reply(&asked.id)),
        None => stub(server, &mut state, asked, route),
    };
    let token = access::bearer(asked).filter(|_| route.is_some());
    let used = token.map(|token| count(&mut state, token));
    drop(state);
    let mut reply = prepared.unwrap_or_else(|| {
        found.map_or_else(|reply| *reply, |it| run(server, it, asked))
    });
    if let Some((fault, key)) = fault {
        fault.spoil(&mut reply, &key);
    }
    let reply = reply.with_tag(asked);
    match used {
        Some((count, rest)) => with_limits(count, rest, reply),
        None => reply,
    }
}

/// Counts a request of a token. Returns the number of its requests in this minute, and
/// the seconds until the minute ends.
fn count(state: &mut State, token: &str) -> (u64, u64) {
    let minute = state.clock.div_euclid(60_000);
    let second = state.clock.rem_euclid(60_000) / 1_000;
    let count = state.control.count_request(token, minute).min(RATE_LIMIT - 1);
    (count, u64::try_from(60 - second).unwrap_or(60))
}

/// Adds the headers about the rate limit of a token. flowsim enforces no limit, so the
/// count stays below it, except in the answer of a fault. *Source: the platform's help on
/// rate limits.*
fn with_limits(count: u64, rest: u64, reply: Reply) -> Reply {
    let (count, reset) = match reply.status {
        429 => (RATE_LIMIT + 1, reply.retry_after.unwrap_or(rest)),
        _ => (count, rest),
    };
    reply
        .with_header("inin-ratelimit-count", &count.to_string())
        .with_header("inin-ratelimit-allowed", &RATE_LIMIT.to_string())
        .with_header("inin-ratelimit-reset", &reset.to_string())
}

/// Requests that the platform permits to a token in a minute. *Source: the platform's help
/// on rate limits.*
const RATE_LIMIT: u64 = 300;

/// Returns the answer of a stub. Served routes have the route in `route`.
fn stub(
    server: &Server,
    state: &mut State,
    asked: &ApiRequest,
    route: Option<&Route>,
) -> Option<Reply> {
    let is_other_route = |text: &str| {
        let mut routes = server.routes.iter();
        route.is_some_and(|route| !route.is(text)) && routes.any(|it| it.is(text))
    };
    state.stub(asked, is_other_route)
}

/// Runs the handler of an endpoint. A panic in it ends one request, not the server.
fn run(server: &Server, endpoint: &Endpoint, asked: &ApiRequest) -> Reply {
    let answered = catch_unwind(AssertUnwindSafe(|| handle(server, endpoint, asked)));
    let answered = answered.unwrap_or_else(|_| {
        let message = "internal server error; please report it";
        Err(ApiError::new(500, "internal.server.error", message))
    });
    let is_another = |refusal: &ApiError| {
        refusal.status == 404
            && platform_calls::is_another(&asked.path, endpoint.route.path)
    };
    let reply = match answered {
        Ok(reply) => reply,
        Err(refusal) if is_another(&refusal) => unserved(asked),
        Err(refusal) => refusal.into_reply(&asked.id),
    };
    note_ignored(&endpoint.route, asked, reply)
}

/// Refuses a read whose filter was not applied, and names the other query parameters that
/// have no effect.
fn note_ignored(route: &Route, asked: &ApiRequest, mut reply: Reply) -> Reply {
    let ignored = asked.ignored();
    if ignored.is_empty() || reply.status >= 300 {
        return reply;
    }
    if let Some(refusal) = platform_filters::refusal(route, &ignored) {
        return refusal.into_reply(&asked.id);
    }
    reply.why = format!("{}; ignored: {}", reply.why, ignored.join(", "));
    reply.why = reply.why.trim_start_matches("; ").to_owned();
    // A name that a header cannot contain is in the log only.
    let is_plain = |name: &&str| {
        name.bytes().all(|it| it.is_ascii_alphanumeric() || b"_.-".contains(&it))
    };
    let named: Vec<&str> = ignored.into_iter().filter(is_plain).collect();
    match named.is_empty() {
        true => reply,
        false => reply.with_header("flowsim-ignored", &named.join(", ")),
    }
}

fn handle(
    server: &Server,
    Endpoint { route, handler }: &Endpoint,
    asked: &ApiRequest,
) -> EndpointResult {
    if route.path.starts_with("/__flowsim/") {
        server.sites.refuse_other_origins(asked)?;
    }
    let mut state = server.state();
    access::check(&state, route.permission, asked)?;
    match handler {
        Handler::Exclusive(handler) => {
            let answered = handler(&mut state, asked);
            server.settle(&mut state);
            answered
        }
        Handler::Shared(handler) => {
            drop(state);
            handler(server, asked)
        }
    }
}

/// Returns the endpoint for the method of a request among those of its path.
fn find<'e>(
    endpoints: &'e [Endpoint],
    asked: &ApiRequest,
) -> Result<&'e Endpoint, Box<Reply>> {
    let method = if asked.method == "HEAD" { "GET" } else { asked.method.as_str() };
    if let Some(endpoint) = endpoints.iter().find(|it| it.route.method == method) {
        return Ok(endpoint);
    }
    let (asked_method, path) = (&asked.method, &asked.path);
    if endpoints.is_empty() {
        return Err(Box::new(unserved(asked)));
    }
    let methods: Vec<&str> = endpoints.iter().map(|it| it.route.method).collect();
    let methods = methods.join(", ");
    let of_platform = platform_calls::methods(path).unwrap_or_default();
    let reason = if of_platform.contains(&method) {
        "flowsim does not serve this method, although the platform has it; prepare an answer \
         with PUT /__flowsim/stubs"
    } else {
        "neither flowsim nor the platform has this method"
    };
    let message = format!(
        "{asked_method} is not allowed for {path}: {reason}. Served methods: {methods}"
    );
    let reply = ApiError::new(405, "method.not.allowed", message).into_reply(&asked.id);
    Err(Box::new(reply.with_header("allow", &methods)))
}

/// Returns the answer to a request for a path that flowsim does not serve.
fn unserved(asked: &ApiRequest) -> Reply {
    let (method, path) = (&asked.method, &asked.path);
    let of_platform = if method == "HEAD" { "GET" } else { method.as_str() };
    let reason = match platform_calls::methods(path) {
        Some(methods) if methods.contains(&of_platform) => {
            "although the platform has this call; prepare an answer with PUT /__flowsim/stubs"
        }
        Some(_) => "and the platform does not have this path with this method",
        None if path.starts_with("/api/v2/") => "and the platform has no such call",
        None => "see GET /__flowsim/openapi.json",
    };
    let message = format!("{method} {path} is not supported by flowsim, {reason}");
    ApiError::new(404, "not.found", message).into_reply(&asked.id)
}

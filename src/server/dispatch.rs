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
use super::control::Fault;
use super::http::listen;
use super::http::reply::{ApiError, EndpointResult, Reply};
use super::http::request::ApiRequest;
use super::route::Route;
use super::routes::{ENDPOINTS, Endpoint, Handler};
use super::shared::Server;

/// The values of the placeholders in a path, or an error if one is not UTF-8.
type Parameters = Result<RawPathParams, RawPathParamsRejection>;

/// Builds the router of all paths. Unknown paths are answered too.
pub(super) fn router(server: &Arc<Server>) -> Router {
    let mut paths: IndexMap<&str, Vec<Endpoint>> = IndexMap::new();
    for endpoint in ENDPOINTS {
        paths.entry(endpoint.route.path).or_default().push(*endpoint);
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
    let server = Arc::clone(server);
    router.fallback(move |request: Request| {
        let server = Arc::clone(&server);
        async move { serve(&server, &[], None, request).await }
    })
}

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
    let (fault, reply) = match read {
        Err(refusal) => (None, refusal.into_reply(&asked.id)),
        Ok(()) if server.is_persistent => {
            tokio::task::block_in_place(|| answer(server, endpoints, &asked))
        }
        Ok(()) => answer(server, endpoints, &asked),
    };
    server.note(&asked, &reply);
    if let Some(delay) = fault.map(|it| it.delay_ms).filter(|delay| *delay > 0) {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    reply.into_response(&asked.id)
}

/// Returns the answer to a request, and the fault that a test set for it.
fn answer(
    server: &Server,
    endpoints: &[Endpoint],
    asked: &ApiRequest,
) -> (Option<Fault>, Reply) {
    let endpoint = match find(endpoints, asked) {
        Ok(endpoint) => endpoint,
        Err(reply) => return (None, *reply),
    };
    let route = &endpoint.route;
    let fault = fault(server, route, asked);
    // A panic in a handler ends one request, not the server.
    let answered =
        catch_unwind(AssertUnwindSafe(|| handle(server, endpoint, &fault, asked)));
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

fn fault(server: &Server, route: &Route, asked: &ApiRequest) -> Option<Fault> {
    if route.path.starts_with("/__flowsim/") {
        return None;
    }
    let own = format!("{} {}", asked.method, asked.path);
    server.state().control.next_fault([&own, &key(route)])
}

fn handle(
    server: &Server,
    Endpoint { route, handler }: &Endpoint,
    fault: &Option<Fault>,
    asked: &ApiRequest,
) -> EndpointResult {
    if let Some(refusal) = fault.as_ref().and_then(Fault::refusal) {
        return Err(refusal);
    }
    if route.path.starts_with("/__flowsim/") {
        access::refuse_other_sites(&server.host, asked)?;
    }
    let mut state = server.state();
    access::check(&state, route.permission, asked)?;
    match handler {
        Handler::Exclusive(handler) => {
            let answered = handler(&mut state, asked);
            server.calls.begin(&mut state);
            answered
        }
        Handler::Shared(handler) => {
            drop(state);
            handler(server, asked)
        }
    }
}

/// The key under which faults are set for a route.
fn key(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
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
    if endpoints.is_empty() {
        let message = format!(
            "{} {} is not supported by flowsim; see GET /__flowsim/openapi.json",
            asked.method, asked.path
        );
        let refusal = ApiError::new(404, "not.found", message);
        return Err(Box::new(refusal.into_reply(&asked.id)));
    }
    let methods: Vec<&str> = endpoints.iter().map(|it| it.route.method).collect();
    let methods = methods.join(", ");
    let message =
        format!("{} is not allowed for {}: {methods}", asked.method, asked.path);
    let reply = ApiError::new(405, "method.not.allowed", message).into_reply(&asked.id);
    Err(Box::new(Reply { allow: Some(methods), ..reply }))
}

//! A subset of Elasticsearch's API, on its own port, for writing, searching and counting
//! decision logs.
//!
//! Everything that is supported behaves as clients of Elasticsearch 8 and 9 expect.
//! Everything else is rejected with a clear error and never silently ignored.
//! Strings are compared as a whole, as in fields of the type `keyword`. *Source: the REST
//! API of Elasticsearch 8 and 9, and the part of it that the state-machine tutorial
//! uses.*

mod aggregate;
mod bulk;
mod document;
mod field;
mod index;
mod parameters;
mod problem;
mod query;
mod search;
mod source;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body as HttpBody;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Response, header};
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::http::listen;
use super::http::reply::{Body, Reply};
use super::http::request::ApiRequest;
use super::shared::Server;
use parameters::allow;
use problem::{EndpointResult, Problem};

/// The header that clients require in every answer.
const PRODUCT: HeaderName = HeaderName::from_static("x-elastic-product");

/// The supported requests, for error messages.
const SUPPORTED: &str = "GET /, /_cluster/health; PUT, HEAD and DELETE /INDEX; \
                      POST /INDEX/_doc; PUT and GET /INDEX/_doc/ID; PUT /INDEX/_create/ID; \
                      POST /_bulk, /INDEX/_bulk, /INDEX/_refresh, /INDEX/_search, \
                      /INDEX/_count";

/// Builds the router of the port.
pub(super) fn router(server: &Arc<Server>) -> Router {
    let server = Arc::clone(server);
    Router::new().fallback(move |request: Request| {
        let server = Arc::clone(&server);
        async move { serve(&server, request).await }
    })
}

async fn serve(server: &Server, request: Request) -> Response<HttpBody> {
    let (asked, read) = listen::read(server.next_id(), request).await;
    let reply = match read {
        Err(refusal) => Problem::of(refusal).into_reply(),
        Ok(()) if server.is_persistent => {
            tokio::task::block_in_place(|| answer(server, &asked))
        }
        Ok(()) => answer(server, &asked),
    };
    server.note(&asked, &reply);
    if reply.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(reply.delay_ms)).await;
    }
    let has_body = !matches!(reply.body, Body::Empty);
    let mut response = reply.into_response(&asked.id);
    let headers = response.headers_mut();
    headers.insert(PRODUCT, HeaderValue::from_static("Elasticsearch"));
    if let Some(media_type) = media_type(&asked).ok().flatten().filter(|_| has_body) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    response
}

/// Returns the answer to a request: that of a fault, or of its handler.
fn answer(server: &Server, asked: &ApiRequest) -> Reply {
    let sites = &server.sites;
    let is_ours = sites.refuse_other_hosts(asked);
    if let Err(refusal) = is_ours.and_then(|()| sites.refuse_other_origins(asked)) {
        return Problem::of(refusal).into_reply();
    }
    let fault = server.state().control.faults.next(asked, None);
    // A panic in a handler ends one request, not the server.
    let answered = catch_unwind(AssertUnwindSafe(|| {
        match fault.as_ref().and_then(|(fault, _)| fault.refusal()) {
            Some(refusal) => Err(Problem::of(refusal)),
            None => handle(server, asked),
        }
    }));
    let answered = answered.unwrap_or_else(|_| {
        let reason = "internal server error; please report it";
        Err(Problem::new(500, "exception", reason))
    });
    let mut reply = answered.unwrap_or_else(Problem::into_reply);
    if let Some((fault, key)) = fault {
        fault.spoil(&mut reply, &key);
    }
    reply
}

/// Returns `true` if faults can be set for a request. The paths of this port differ from
/// all paths of the platform.
pub(super) fn may_have_faults(method: &str, path: &str) -> bool {
    let is_ours = !path.starts_with("/api/") && !path.starts_with("/__flowsim/");
    is_ours && path.starts_with('/') && route(method, &parts(path)).is_some()
}

/// The function that answers a request, with the index and the id in the path.
type Handler = fn(&Server, &ApiRequest, index: &str, id: &str) -> EndpointResult;

fn handle(server: &Server, asked: &ApiRequest) -> EndpointResult {
    media_type(asked)?;
    expect_json(asked)?;
    let parts = parts(&asked.path);
    let Some((handler, index, id)) = route(&asked.method, &parts) else {
        let (method, path) = (&asked.method, &asked.path);
        let reason = format!(
            "{method} {path} is not supported by flowsim; supported: {SUPPORTED}"
        );
        return Err(Problem::illegal(reason));
    };
    handler(server, asked, index, id)
}

/// Returns the segments of a path, decoded.
fn parts(path: &str) -> Vec<String> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect()
}

fn route<'p>(method: &str, parts: &'p [String]) -> Option<(Handler, &'p str, &'p str)> {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let reads = matches!(method, "GET" | "HEAD");
    let writes = matches!(method, "PUT" | "POST");
    let asks = matches!(method, "GET" | "POST");
    let found: (Handler, &str, &str) = match *parts.as_slice() {
        [] if reads => (root, "", ""),
        ["_cluster", "health"] if reads => (health, "", ""),
        ["_bulk"] if writes => (bulk::run, "", ""),
        ["_refresh"] if asks => (index::refresh, "", ""),
        [name] if name.starts_with('_') => return None,
        [name] if method == "PUT" => (index::create, name, ""),
        [name] if method == "HEAD" => (index::exists, name, ""),
        [name] if method == "DELETE" => (index::delete, name, ""),
        [name, "_doc"] if method == "POST" => (document::add, name, ""),
        [name, "_doc", id] if writes => (document::put, name, id),
        [name, "_doc", id] if reads => (document::get, name, id),
        [name, "_create", id] if writes => (document::create, name, id),
        [name, "_bulk"] if writes => (bulk::run, name, ""),
        [name, "_refresh"] if asks => (index::refresh, name, ""),
        [name, "_search"] if asks => (search::search, name, ""),
        [name, "_count"] if asks => (search::count, name, ""),
        _ => return None,
    };
    Some(found)
}

/// Returns the media type of the answer. Clients of a certain version require that
/// version's type.
fn media_type(asked: &ApiRequest) -> Result<Option<&'static str>, Problem> {
    let headers = ["accept", "content-type"].map(|name| asked.header(name));
    let version = headers.into_iter().flatten().find_map(|declared| {
        let (_, version) = declared.split_once("compatible-with=")?;
        Some(version.split([';', ',']).next().unwrap_or_default().trim())
    });
    match version {
        None => Ok(None),
        Some("8") => Ok(Some("application/vnd.elasticsearch+json;compatible-with=8")),
        Some("9") => Ok(Some("application/vnd.elasticsearch+json;compatible-with=9")),
        Some(other) => {
            let reason = format!("version `{other}` is not supported; use 8 or 9");
            Err(Problem::new(400, "media_type_header_exception", reason))
        }
    }
}

/// Refuses a body that is not declared as JSON. Pages of other sites can send only forms
/// without the browser asking first.
fn expect_json(asked: &ApiRequest) -> Result<(), Problem> {
    if asked.body.is_empty() {
        return Ok(());
    }
    if let Some(encoding) =
        asked.header("content-encoding").filter(|it| *it != "identity")
    {
        let reason = format!("bodies compressed with `{encoding}` are not supported");
        return Err(Problem::illegal(reason));
    }
    let declared = asked.header("content-type").unwrap_or_default();
    let media_type = declared.split(';').next().unwrap_or_default().trim();
    if media_type.ends_with("json") {
        return Ok(());
    }
    let reason = format!("Content-Type header [{declared}] is not supported");
    Err(Problem::new(406, "media_type_header_exception", reason))
}

/// `GET /`: the product and its version. Clients check the header; the version is for
/// people.
fn root(_: &Server, asked: &ApiRequest, _: &str, _: &str) -> EndpointResult {
    allow(asked, &[])?;
    let is_nine = media_type(asked)?.is_some_and(|it| it.ends_with('9'));
    let (number, wire) = if is_nine { ("9.0.0", "8.18.0") } else { ("8.18.0", "7.17.0") };
    let index = if is_nine { "8.0.0" } else { "7.0.0" };
    Ok(Reply::ok(json!({
        "name": "flowsim",
        "cluster_name": "flowsim",
        "cluster_uuid": "flowsim",
        "version": {
            "number": number,
            "build_flavor": "default",
            "build_type": "docker",
            "build_hash": "flowsim",
            "build_date": "2026-01-05T09:00:00.000Z",
            "build_snapshot": false,
            "lucene_version": "9.12.1",
            "minimum_wire_compatibility_version": wire,
            "minimum_index_compatibility_version": index,
        },
        "tagline": "You Know, for Search",
    })))
}

/// `GET /_cluster/health`: the cluster has one node, which holds everything.
fn health(server: &Server, asked: &ApiRequest, _: &str, _: &str) -> EndpointResult {
    allow(asked, &["level", "local", "wait_for_status", "wait_for_nodes"])?;
    let indices = server.state().indices.names().count();
    Ok(Reply::ok(json!({
        "cluster_name": "flowsim",
        "status": "green",
        "timed_out": false,
        "number_of_nodes": 1,
        "number_of_data_nodes": 1,
        "active_primary_shards": indices,
        "active_shards": indices,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": 0,
        "delayed_unassigned_shards": 0,
        "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0,
        "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": 100.0,
    })))
}

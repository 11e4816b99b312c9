//! Single documents: writing and reading.

use serde::Serialize;
use serde_json::{Value, json};

use super::index::{self, shards};
use super::parameters::allow;
use super::problem::{EndpointResult, Problem};
use super::source::SourceFilter;
use crate::server::http::reply::Reply;
use crate::server::http::request::ApiRequest;
use crate::server::shared::Server;
use crate::server::state::State;
use crate::server::state::event::{DocumentsWritten, Event};
use crate::server::state::indices::NewDocument;
use crate::value::Json;

/// Maximum length of an id, in bytes. *Source: Elasticsearch.*
const MAX_ID_BYTES: usize = 512;
/// Maximum nesting depth of a document. *Source: Elasticsearch,
/// `index.mapping.depth.limit`.*
const MAX_DEPTH: usize = 20;

/// `POST /INDEX/_doc`: the server chooses the id.
pub(super) fn add(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    _: &str,
) -> EndpointResult {
    allow(asked, &["op_type"])?;
    let mut state = server.state();
    let id = state.fresh_id("Document").to_string();
    write_one(&mut state, asked, name, id, true)
}

/// `PUT /INDEX/_doc/ID`
pub(super) fn put(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    id: &str,
) -> EndpointResult {
    allow(asked, &["op_type"])?;
    let only_new = match asked.query("op_type") {
        None | Some("index") => false,
        Some("create") => true,
        Some(other) => {
            let reason = format!("op_type must be 'create' or 'index', found [{other}]");
            return Err(Problem::illegal(reason));
        }
    };
    write_one(&mut server.state(), asked, name, id.to_owned(), only_new)
}

/// `PUT /INDEX/_create/ID`
pub(super) fn create(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    id: &str,
) -> EndpointResult {
    allow(asked, &[])?;
    write_one(&mut server.state(), asked, name, id.to_owned(), true)
}

fn write_one(
    state: &mut State,
    asked: &ApiRequest,
    name: &str,
    id: String,
    only_new: bool,
) -> EndpointResult {
    index::check_name(name)?;
    let text = asked.text().map_err(Problem::of)?;
    let document = read(id, text)?;
    check_new(state, name, &document.id, only_new)?;
    check_limits(state, name, 1, document.source.len())?;
    let id = document.id.clone();
    write(state, name, vec![document])?;
    let (status, body) = written(state, name, &id);
    Ok(Reply::of(status, body))
}

/// Reads a document.
pub(super) fn read(id: String, text: &str) -> Result<NewDocument, Problem> {
    let failed = |reason| Problem::new(400, "document_parsing_exception", reason);
    if id.is_empty() || id.len() > MAX_ID_BYTES {
        let reason =
            format!("id must be 1 to {MAX_ID_BYTES} bytes long, found {}", id.len());
        return Err(Problem::illegal(reason));
    }
    let source = Json::parse(text).map_err(|error| failed(error.to_string()))?;
    if !matches!(source, Json::Object(_)) {
        return Err(failed("the document must be a JSON object".to_owned()));
    }
    if !source.is_within_depth(MAX_DEPTH) {
        return Err(failed(format!(
            "the document is nested deeper than [{MAX_DEPTH}] levels"
        )));
    }
    Ok(NewDocument { id, source: text.trim().to_owned() })
}

/// Refuses to overwrite a document if `only_new` is set.
pub(super) fn check_new(
    state: &State,
    name: &str,
    id: &str,
    only_new: bool,
) -> Result<(), Problem> {
    let index = state.indices.get(name);
    match index.and_then(|index| index.documents.get(id)).filter(|_| only_new) {
        None => Ok(()),
        Some(document) => {
            let reason = format!(
                "[{id}]: version conflict, document already exists (current version [{}])",
                document.version
            );
            let kind = "version_conflict_engine_exception";
            Err(Problem::new(409, kind, reason).about(name))
        }
    }
}

/// Refuses documents that would exceed the limits of the server.
pub(super) fn check_limits(
    state: &State,
    name: &str,
    count: usize,
    bytes: usize,
) -> Result<(), Problem> {
    state
        .indices
        .refuses(name, count, bytes)
        .map_or(Ok(()), |reason| Err(Problem::illegal(reason).about(name)))
}

/// Stores documents and writes them to the index.
pub(super) fn write(
    state: &mut State,
    name: &str,
    documents: Vec<NewDocument>,
) -> Result<(), Problem> {
    let (index, decided) = (name.to_owned(), Vec::new());
    let written = DocumentsWritten { index, documents, decided };
    state.commit(Event::DocumentsWritten(written)).map_err(Problem::of)
}

/// Returns the status and the answer for a document that was written.
pub(super) fn written(state: &State, name: &str, id: &str) -> (u16, Value) {
    let index = state.indices.get(name);
    let document = index.and_then(|index| index.documents.get(id));
    let (version, sequence) = document.map_or((1, 0), |it| (it.version, it.sequence));
    let (status, result) = if version == 1 { (201, "created") } else { (200, "updated") };
    let body = json!({
        "_index": name,
        "_id": id,
        "_version": version,
        "result": result,
        "_shards": shards(),
        "_seq_no": sequence,
        "_primary_term": 1,
    });
    (status, body)
}

#[derive(Serialize)]
struct Found<'f> {
    _index: &'f str,
    _id: &'f str,
    _version: u64,
    _seq_no: u64,
    _primary_term: u64,
    found: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    _source: Option<Json>,
}

/// `GET /INDEX/_doc/ID`
pub(super) fn get(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    id: &str,
) -> EndpointResult {
    allow(
        asked,
        &["_source", "_source_excludes", "_source_includes", "preference", "realtime"],
    )?;
    let wanted = SourceFilter::read(None, asked)?;
    let state = server.state();
    let index = index::find(&state, name)?;
    let Some(document) = index.documents.get(id) else {
        let body = json!({ "_index": name, "_id": id, "found": false });
        return Ok(Reply::of(404, body).with_reason(format!("no document [{id}]")));
    };
    let found = Found {
        _index: name,
        _id: id,
        _version: document.version,
        _seq_no: document.sequence,
        _primary_term: 1,
        found: true,
        _source: wanted.of(&document.source),
    };
    Ok(Reply::serialized(serde_json::to_string(&found).unwrap_or_default()))
}

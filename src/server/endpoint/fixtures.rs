//! The fixtures under `/__flowsim/`: reading, replacing and changing them.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::diagnostic::sort;
use crate::report::plural;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::shared::Server;
use crate::server::state::event::Event;
use crate::server::state::flow::{details, has_error};
use crate::server::state::{MAX_DOCUMENTS, Prepared, State};
use crate::source::{Files, read_json};
use crate::world::Fixtures;

/// Reads a fixtures document. Returns the fixtures and the warnings.
///
/// # Errors
/// 400 with all findings, if one of them is an error.
pub(super) fn read(text: &str, what: &str) -> Result<(Fixtures, Vec<Value>), ApiError> {
    let mut files = Files::new();
    let file = files.add("fixtures.json", text);
    let node = read_json(&file).map_err(|problem| ApiError::bad(problem.message))?;
    let (fixtures, mut diagnostics) = Fixtures::read(&node, Path::new(""));
    sort(&mut diagnostics);
    let findings = details(&diagnostics, &files);
    if has_error(&diagnostics) {
        let message =
            format!("{what} are invalid: {}", plural(diagnostics.len(), "finding"));
        return Err(ApiError::bad(message).with_details(findings));
    }
    Ok((fixtures, findings))
}

/// Returns the fixtures documents, in the order in which they override each other. With
/// one document this is the document itself, which `PUT` accepts.
pub(in crate::server) fn get(state: &mut State, _: &ApiRequest) -> EndpointResult {
    let body = match state.documents.as_slice() {
        [] => json!({}),
        [only] => only.clone(),
        documents => json!({ "documents": documents }),
    };
    Ok(Reply::ok(body))
}

/// Replaces the fixtures by a document, or by several under `documents`. A document
/// cannot name files, as it must be complete in itself.
pub(in crate::server) fn replace(server: &Server, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    if body.get("documents").is_none() {
        let document = asked.text()?.to_owned();
        let (fixtures, findings) = checked(&body.0, &document)?;
        let prepared = Prepared { over: None, fixtures, document: Value::Object(body.0) };
        let event = Event::FixturesReplaced { document };
        changed(server, |state| state.commit_prepared(event, prepared))?;
        return Ok(Reply::ok(json!({ "replaced": true, "findings": findings })));
    }
    body.only("the body", &["documents"])?;
    let mut findings = Vec::new();
    let documents = body.list("documents")?;
    for document in documents {
        findings.extend(checked_value(document)?);
    }
    changed(server, |state| {
        state.commit(Event::FixturesReplaced { document: "{}".to_owned() })?;
        documents.iter().try_for_each(|document| {
            state.commit(Event::FixturesMerged { document: document.to_string() })
        })
    })?;
    Ok(Reply::ok(json!({ "replaced": true, "findings": findings })))
}

/// Merges a document over the fixtures, by the rules for several documents.
pub(in crate::server) fn merge(server: &Server, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    let document = asked.text()?.to_owned();
    let (_, findings) = checked(&body.0, &document)?;
    let over = Arc::clone(server.state().base());
    let file = Files::new().add("fixtures.json", &document);
    let node = read_json(&file).map_err(|problem| ApiError::bad(problem.message))?;
    let fixtures = over.merged(&node, Path::new("")).0;
    let value = Value::Object(body.0);
    let prepared = Prepared { over: Some(over), fixtures, document: value };
    changed(server, |state| {
        if state.documents.len() >= MAX_DOCUMENTS {
            return Err(ApiError::full(
                "fixtures documents; replace them",
                MAX_DOCUMENTS,
            ));
        }
        state.commit_prepared(Event::FixturesMerged { document }, prepared)
    })?;
    Ok(Reply::ok(json!({ "merged": true, "findings": findings })))
}

/// Changes the organisation. Documents are read before, because that may take seconds in
/// which no other request would be answered.
fn changed(
    server: &Server,
    change: impl FnOnce(&mut State) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    let mut state = server.state();
    let done = change(&mut state);
    server.settle(&mut state);
    done
}

fn checked_value(document: &Value) -> Result<Vec<Value>, ApiError> {
    let Value::Object(entries) = document else {
        return Err(ApiError::bad("`documents` must be a list of objects"));
    };
    checked(entries, &document.to_string()).map(|(_, findings)| findings)
}

/// Checks a document. Returns the fixtures and the warnings.
fn checked(
    document: &Map<String, Value>,
    text: &str,
) -> Result<(Fixtures, Vec<Value>), ApiError> {
    if let Some(path) = named_file(document) {
        let message = format!("fixtures in a request cannot name files: `{path}`");
        return Err(ApiError::bad(message));
    }
    read(text, "the fixtures")
}

/// Returns a file that a fixtures document names, if any.
fn named_file(document: &Map<String, Value>) -> Option<String> {
    if let Some(terraform) = document.get("terraform").filter(|it| !it.is_null()) {
        return Some(terraform.to_string());
    }
    let sections = ["contacts", "dataTables"].into_iter();
    let sections = sections.filter_map(|key| document.get(key));
    let own = |section: &Value| section.get("file").filter(|it| !it.is_null()).cloned();
    let entries = |section: &Value| match section {
        Value::Array(items) => items.clone(),
        Value::Object(items) => items.values().cloned().collect(),
        _ => Vec::new(),
    };
    let mut named = sections.flat_map(|section| {
        let mut all: Vec<Value> = own(section).into_iter().collect();
        all.extend(entries(section).iter().filter_map(own));
        all
    });
    named.next().map(|file| file.to_string())
}

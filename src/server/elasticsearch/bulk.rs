//! `_bulk`: many documents in one request, each with its own answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{check_limits, check_new, read, write, written};
use super::index;
use super::parameters::allow;
use super::problem::{EndpointResult, Problem};
use crate::server::http::reply::Reply;
use crate::server::http::request::ApiRequest;
use crate::server::shared::Server;
use crate::server::state::State;
use crate::server::state::indices::NewDocument;
use crate::value::Json;

/// A document to write.
struct Action<'t> {
    /// `index` or `create`.
    name: &'static str,
    index: String,
    id: Option<String>,
    source: &'t str,
}

/// The result of an action: its status and its part of the answer.
type Item = (u16, Value);

/// `POST /_bulk`, `POST /INDEX/_bulk`
pub(super) fn run(
    server: &Server,
    asked: &ApiRequest,
    name: &str,
    _: &str,
) -> EndpointResult {
    allow(asked, &["require_alias", "require_data_stream"])?;
    if !name.is_empty() {
        index::check_name(name)?;
    }
    let actions = actions(asked.text().map_err(Problem::of)?, name)?;
    let mut state = server.state();
    let mut items: Vec<(&'static str, Item)> = Vec::with_capacity(actions.len());
    let mut actions = actions.into_iter().peekable();
    // Consecutive documents for the same index are stored together. A group contains each
    // id once, as a second document with the id must see the first.
    while let Some(first) = actions.next() {
        let index = first.index.clone();
        let mut ids: BTreeSet<String> = first.id.iter().cloned().collect();
        let mut together = vec![first];
        while let Some(next) = actions.next_if(|next| {
            let id = next.id.as_ref();
            next.index == index && id.is_none_or(|id| ids.insert(id.clone()))
        }) {
            together.push(next);
        }
        items.extend(write_together(&mut state, together));
    }
    let failed = items.iter().filter(|(_, (status, _))| *status >= 300).count();
    let why = format!("{} documents, {failed} refused", items.len());
    let items: Vec<Value> =
        items.into_iter().map(|(name, (_, item))| json!({ (name): item })).collect();
    let body = json!({ "took": 0, "errors": failed > 0, "items": items });
    Ok(Reply::ok(body).with_reason(why))
}

fn write_together(
    state: &mut State,
    actions: Vec<Action<'_>>,
) -> Vec<(&'static str, Item)> {
    let index = actions.first().map(|it| it.index.clone()).unwrap_or_default();
    let number = state.fresh_id("Documents");
    let (mut documents, mut places, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut items: Vec<(&'static str, Item)> = Vec::new();
    for (place, action) in actions.into_iter().enumerate() {
        let fresh = || crate::value::derived_id(&format!("{number}:{place}")).to_string();
        let id = action.id.clone().unwrap_or_else(fresh);
        let document = index::check_name(&index)
            .and_then(|()| read(id.clone(), action.source))
            .and_then(|document| {
                check_new(state, &index, &id, action.name == "create")?;
                bytes += document.source.len();
                check_limits(state, &index, documents.len() + 1, bytes)?;
                Ok(document)
            });
        match document {
            Ok(document) => {
                documents.push(document);
                places.push(place);
                items.push((action.name, (201, Value::Null)));
            }
            Err(problem) => {
                items.push((action.name, refused(&problem, &index, &id)));
            }
        }
    }
    finish(state, &index, documents, &places, &mut items);
    items
}

/// Writes documents and fills in their parts of the answer.
fn finish(
    state: &mut State,
    index: &str,
    documents: Vec<NewDocument>,
    places: &[usize],
    items: &mut [(&'static str, Item)],
) {
    if documents.is_empty() {
        return;
    }
    let ids: Vec<String> = documents.iter().map(|it| it.id.clone()).collect();
    let kept = write(state, index, documents);
    for (place, id) in places.iter().zip(ids) {
        let Some((_, item)) = items.get_mut(*place) else { continue };
        *item = match &kept {
            Ok(()) => {
                let (status, mut body) = written(state, index, &id);
                body["status"] = json!(status);
                (status, body)
            }
            Err(problem) => refused(problem, index, &id),
        };
    }
}

fn refused(problem: &Problem, index: &str, id: &str) -> Item {
    let status = problem.status;
    let error = problem.cause();
    (status, json!({ "_index": index, "_id": id, "status": status, "error": error }))
}

/// Reads the actions of a body: each action is on one line, its document on the next.
fn actions<'t>(text: &'t str, name: &str) -> Result<Vec<Action<'t>>, Problem> {
    if text.is_empty() {
        return Err(Problem::parsing("request body is required"));
    }
    if !text.ends_with('\n') {
        let reason = "The bulk request must be terminated by a newline [\\n]";
        return Err(Problem::illegal(reason));
    }
    let mut actions = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        let malformed = |reason: &str| {
            let place = format!("Malformed action/metadata line [{number}]");
            Problem::illegal(format!("{place}, {reason}"))
        };
        let action = Json::parse(line).map_err(|it| malformed(&it.to_string()))?;
        let (name, index, id) = action_of(&action, name, &malformed)?;
        let Some((_, source)) = lines.next() else {
            return Err(malformed("the document after it is missing"));
        };
        actions.push(Action { name, index, id, source });
    }
    Ok(actions)
}

/// Reads an action: its kind, the index, and the id if it has one.
fn action_of(
    action: &Json,
    name: &str,
    malformed: &dyn Fn(&str) -> Problem,
) -> Result<(&'static str, String, Option<String>), Problem> {
    let Json::Object(entries) = action else {
        return Err(malformed("expected an object"));
    };
    let (Some((kind, about)), 1) = (entries.first(), entries.len()) else {
        return Err(malformed("expected exactly one action"));
    };
    let kind = match kind.as_str() {
        "index" => "index",
        "create" => "create",
        other => {
            let reason =
                format!("the action [{other}] is not supported; use [index] or [create]");
            return Err(malformed(&reason));
        }
    };
    let Json::Object(about) = about else {
        return Err(malformed("expected an object"));
    };
    let (mut index, mut id) = (name.to_owned(), None);
    for (key, value) in about.iter() {
        match (key.as_str(), value) {
            ("_index", Json::String(text)) => index = text.to_string(),
            ("_id", Json::String(text)) => id = Some(text.to_string()),
            ("_id", number @ Json::Integer(_)) => id = Some(number.to_string()),
            ("_id", Json::Null) => {}
            (other, _) => {
                return Err(malformed(&format!("[{other}] is not supported")));
            }
        }
    }
    if index.is_empty() {
        return Err(malformed("the index is missing"));
    }
    Ok((kind, index, id))
}

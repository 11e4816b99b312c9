//! Flows: reading, creating, changing, deleting.

use serde_json::{Value, json};

use super::call_routes;
use super::directory::home_division;
use super::flow_schema;
use crate::diagnostic::{Code, Diagnostic};
use crate::flow::kinds::flow_types;
use crate::flow::read::json as json_of;
use crate::flow::{Flow, check};
use crate::report::plural;
use crate::server::access;
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::event::{Content, Event, FlowSaved};
use crate::server::state::flow::{
    Model, StoredFlow, Version, details, has_error, platform_type, read_flow,
};
use crate::server::state::instance::moment;
use crate::server::state::{MAX_FLOWS, State};
use crate::source::{Files, read_document};
use crate::value::{Json, Text};

/// Findings that depend on other flows. They do not prevent saving a draft.
pub(super) const OF_OTHERS: [Code; 3] =
    [Code::UNKNOWN_FLOW, Code::FLOW_NOT_PUBLISHED, Code::FLOW_AMBIGUOUS];

/// Creates a flow, with a validated draft or empty.
pub(in crate::server) fn create(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    if state.flows.len() >= MAX_FLOWS {
        return Err(ApiError::full("flows", MAX_FLOWS));
    }
    let given = body.text("id")?.filter(|id| !id.is_empty());
    if let Some(id) = given.filter(|id| state.flows.contains_key(*id)) {
        return Err(ApiError::conflict(format!(
            "a flow with the id `{id}` already exists"
        )));
    }
    let id = given.map_or_else(|| state.fresh_id("Flow"), Text::from);
    let saved = read(state, asked, &body, &id, None)?;
    save(state, saved, "created")
}

/// Changes the name or description of a flow, or saves a new draft.
pub(in crate::server) fn replace(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("flowId");
    let flow = state.flow(id)?.clone();
    refuse_lock(&flow, access::client(asked))?;
    let body = asked.object()?;
    let saved = read(state, asked, &body, &flow.id, Some(&flow))?;
    save(state, saved, "saved")
}

/// Checks that no other client has checked a flow out.
///
/// # Errors
/// 409 if another client has.
pub(super) fn refuse_lock(flow: &StoredFlow, client: &str) -> Result<(), ApiError> {
    match &flow.locked_by {
        Some(other) if other != client => Err(ApiError::conflict(format!(
            "the flow `{}` is checked out by the client `{other}`",
            flow.name
        ))),
        _ => Ok(()),
    }
}

fn body_is_draft(body: &Object) -> bool {
    ["draft", "nodes", "startNode", "flowSequenceItemList"]
        .iter()
        .any(|key| body.get(key).is_some())
}

/// Reads the flow of a body and validates its draft.
fn read(
    state: &State,
    asked: &ApiRequest,
    body: &Object,
    id: &Text,
    before: Option<&StoredFlow>,
) -> Result<FlowSaved, ApiError> {
    let text = |key: &str| body.text(key).map(|text| text.map(str::to_owned));
    let old = |part: fn(&StoredFlow) -> &Text| before.map(|flow| part(flow).to_string());
    let name = text("name")?.or_else(|| old(|flow| &flow.name));
    let name = name.filter(|name| !name.trim().is_empty());
    let name = name.ok_or_else(|| ApiError::bad("`name` is missing"))?;
    let flow_type = text("type")?.or_else(|| old(|flow| &flow.flow_type));
    let flow_type = flow_type.ok_or_else(|| ApiError::bad("`type` is missing"))?;
    refuse_unknown_type(&flow_type)?;
    refuse_namesake(state, id, &name, &flow_type)?;
    let content = if body_is_draft(body) {
        let content =
            Content { file: "flow.json".into(), text: asked.text()?.to_owned() };
        validated(state, id, &content, false)?;
        Some(content)
    } else {
        None
    };
    let restriction = asked.header("x_genesis_restriction");
    let restriction = restriction.or_else(|| asked.header("x-genesis-restriction"));
    let restriction = restriction.or_else(|| asked.query("x_genesis_restriction"));
    Ok(FlowSaved {
        id: id.to_string(),
        name,
        flow_type,
        description: text("description")?,
        is_shared: restriction == Some("shared") || before.is_some_and(|it| it.is_shared),
        content,
    })
}

/// Rejects a type that neither the platform nor a draft has.
///
/// # Errors
/// 400 with the known types.
fn refuse_unknown_type(flow_type: &str) -> Result<(), ApiError> {
    let wanted = platform_type(flow_type);
    if wanted == "SPEECH" || flow_types().any(|known| platform_type(known) == wanted) {
        return Ok(());
    }
    let known: Vec<String> = flow_types().map(platform_type).collect();
    let known = known.join(", ");
    let message = format!("unknown flow type `{flow_type}`; expected one of {known}");
    Err(ApiError::bad(message))
}

/// Rejects a name that another flow of the same type has.
pub(super) fn refuse_namesake(
    state: &State,
    id: &str,
    name: &str,
    flow_type: &str,
) -> Result<(), ApiError> {
    let flow_type = platform_type(flow_type);
    let is_namesake = |flow: &&StoredFlow| {
        flow.id != id
            && flow.name.eq_ignore_ascii_case(name)
            && flow.platform_type() == flow_type
    };
    match state.flows.values().find(is_namesake) {
        None => Ok(()),
        Some(flow) => Err(ApiError::conflict(format!(
            "a flow `{}` of this type already exists: {}",
            flow.name, flow.id
        ))),
    }
}

fn save(state: &mut State, saved: FlowSaved, why: &str) -> EndpointResult {
    let id = saved.id.clone();
    state.commit(Event::FlowSaved(saved))?;
    let flow = state.flow(&id)?;
    Ok(Reply::ok(to_json(flow))
        .with_reason(format!("the flow `{}` was {why}", flow.name)))
}

/// Reads and checks the source of a flow together with the other flows.
///
/// # Errors
/// 400 with all findings, if one of them is an error.
pub(super) fn validated(
    state: &State,
    id: &Text,
    content: &Content,
    is_published: bool,
) -> Result<Model, ApiError> {
    let (model, findings, is_refused) = examined(state, id, content, is_published);
    match model {
        Some(model) if !is_refused => Ok(model),
        _ => {
            let message =
                format!("the flow is invalid: {}", plural(findings.len(), "finding"));
            Err(ApiError::new(400, "flow.validation.failed", message)
                .with_details(findings))
        }
    }
}

/// Checks the source of a flow together with the other flows. Returns the flow, the
/// findings, and whether they prevent saving or publishing it.
pub(super) fn examined(
    state: &State,
    id: &Text,
    content: &Content,
    is_published: bool,
) -> (Option<Model>, Vec<Value>, bool) {
    let read = read_flow(content);
    let mut diagnostics = read.diagnostics;
    match &read.model {
        Some(Model::Draft(flow)) => {
            let flow = Flow { id: Some(id.clone()), ..Flow::clone(flow) };
            let others = state.flows.values().filter(|other| other.id != *id);
            let others = others.filter_map(|other| match other.model()? {
                Model::Draft(flow) => Some((*flow).clone()),
                Model::Architect(_) => None,
            });
            let flows: Vec<Flow> = std::iter::once(flow).chain(others).collect();
            let found = check::check(&flows);
            let is_own = |it: &Diagnostic| it.flow.as_deref() == Some(id.as_str());
            diagnostics.extend(found.into_iter().filter(is_own));
        }
        Some(Model::Architect(flow)) => {
            let flow = flow.as_ref().clone();
            diagnostics.extend(check::check_architect(std::slice::from_ref(&flow)));
            diagnostics.retain(|it| !OF_OTHERS.contains(&it.code));
        }
        None => {}
    }
    let is_forgiven = |it: &Diagnostic| !is_published && OF_OTHERS.contains(&it.code);
    let counted: Vec<Diagnostic> =
        diagnostics.iter().filter(|it| !is_forgiven(it)).cloned().collect();
    let is_refused = read.model.is_none() || has_error(&counted);
    (read.model, details(&diagnostics, &read.files), is_refused)
}

/// Returns a flow with the schemas of its inputs and outputs.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let flow = state.flow(asked.parameter("flowId"))?;
    let mut body = to_json(flow);
    flow_schema::add(flow, &mut body);
    Ok(Reply::ok(body))
}

/// Deletes a flow. Its running instances continue.
pub(in crate::server) fn delete(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let flow = state.flow(asked.parameter("flowId"))?;
    refuse_lock(flow, access::client(asked))?;
    let (id, name) = (flow.id.to_string(), flow.name.clone());
    if let Some(user) = call_routes::user_of_flow(state, &id) {
        let message = format!("the flow `{name}` is used by {user}");
        return Err(ApiError::conflict(message));
    }
    state.commit(Event::FlowDeleted { id })?;
    Ok(Reply::no_content().with_reason("the flow was deleted"))
}

/// Returns a flow with its type and nodes in their source form, in the original order.
pub(in crate::server) fn architect_form(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let flow = state.flow(asked.parameter("flowId"))?;
    let mut body = to_json(flow);
    body["type"] = flow.flow_type.as_str().into();
    let version = flow.published().or_else(|| flow.newest());
    let Some(configuration) = version.map(configuration_of) else {
        return Ok(Reply::ok(body));
    };
    let draft = configuration.get("draft").cloned();
    let of = draft.as_ref().unwrap_or(&configuration);
    let mut entries: Vec<(Text, Json)> = Vec::new();
    if let Some(start) = of.get("startNode") {
        entries.push(("startNode".into(), start.clone()));
    }
    if let Some(nodes) = of.get("nodes") {
        entries.push(("nodes".into(), listed(nodes)));
    }
    entries.push(("draft".into(), draft.unwrap_or_default()));
    entries.push(("configuration".into(), configuration));
    let mut text = body.to_string();
    // More entries are appended to the object.
    text.pop();
    text.push(',');
    text.push_str(&Json::object(entries).to_string()[1..]);
    Ok(Reply::serialized(text))
}

/// Returns nodes as a list. The nodes of an object have their keys as ids.
fn listed(nodes: &Json) -> Json {
    let Json::Object(nodes) = nodes else { return nodes.clone() };
    Json::array(nodes.iter().map(|(id, node)| match node {
        Json::Object(entries) if entries.get("id").is_none() => {
            let own = (Text::from("id"), Json::String(id.clone()));
            let rest = entries.iter().map(|(key, value)| (key.clone(), value.clone()));
            Json::object(std::iter::once(own).chain(rest))
        }
        node => node.clone(),
    }))
}

/// Returns the newest version of a flow in its source form.
pub(in crate::server) fn latest_configuration(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let flow = state.flow(asked.parameter("flowId"))?;
    let newest = flow.newest().ok_or_else(|| no_version(flow))?;
    Ok(Reply::serialized(configuration_of(newest).to_string()))
}

pub(super) fn no_version(flow: &StoredFlow) -> ApiError {
    let message = format!("the flow `{}` has no version yet", flow.name);
    ApiError::new(404, "flow.version.not.found", message)
}

/// Returns the document of a version. Archy YAML is converted to JSON.
fn configuration_of(version: &Version) -> Json {
    let text = &version.content.text;
    Json::parse(text).unwrap_or_else(|_| {
        let file = Files::new().add(&version.content.file, text.clone());
        read_document(&file).map_or(Json::Null, |node| json_of(&node))
    })
}

/// Lists the versions of a flow, the newest first.
pub(in crate::server) fn versions(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let flow = state.flow(asked.parameter("flowId"))?;
    let versions: Vec<&Version> = flow.versions.iter().rev().collect();
    listing(asked, Page::of(asked)?, &versions, |version| version_json(flow, version))
}

/// Returns a version of a flow.
pub(in crate::server) fn version(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let (flow, version) = version_of(state, asked)?;
    Ok(Reply::ok(version_json(flow, version)))
}

/// Returns a version of a flow in its source form.
pub(in crate::server) fn configuration(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let (_, version) = version_of(state, asked)?;
    Ok(Reply::serialized(configuration_of(version).to_string()))
}

fn version_of<'s>(
    state: &'s State,
    asked: &ApiRequest,
) -> Result<(&'s StoredFlow, &'s Version), ApiError> {
    let flow = state.flow(asked.parameter("flowId"))?;
    Ok((flow, version_named(flow, asked.parameter("versionId"))?))
}

/// Returns the version of a flow with an id such as `1.0`, or a number.
///
/// # Errors
/// 404 if the flow does not have it.
pub(super) fn version_named<'f>(
    flow: &'f StoredFlow,
    wanted: &str,
) -> Result<&'f Version, ApiError> {
    let is_wanted = |version: &&Version| {
        version_id(version) == wanted || version.number.to_string() == wanted
    };
    let found = flow.versions.iter().find(is_wanted);
    found.ok_or_else(|| ApiError::not_found("the version", wanted))
}

/// Returns the id of a version: `1.0`.
pub(super) fn version_id(version: &Version) -> String {
    format!("{}.0", version.number)
}

fn version_json(flow: &StoredFlow, version: &Version) -> Value {
    let id = version_id(version);
    let is_published = flow.published().is_some_and(|it| it.number == version.number);
    let kind = match version.is_checked_in {
        _ if is_published => "PUBLISH",
        true => "CHECKIN",
        false => "SAVE",
    };
    let uri = format!("/api/v2/flows/{}/versions/{id}", flow.id);
    json!({
        "id": id,
        "name": id,
        "commitVersion": id,
        "configurationVersion": id,
        "type": kind,
        "secure": false,
        "debug": false,
        "dateCreated": version.saved_at,
        "dateSaved": version.saved_at,
        "configurationUri": format!("{uri}/configuration"),
        "selfUri": uri,
    })
}

/// Returns a flow in the form of the platform.
pub(super) fn to_json(flow: &StoredFlow) -> Value {
    let version = |version: Option<&Version>| {
        version.map_or(Value::Null, |version| version_json(flow, version))
    };
    let checked_in = flow.versions.iter().rev().find(|version| version.is_checked_in);
    let newest = flow.newest();
    let mut body = json!({
        "id": flow.id.as_str(),
        "name": flow.name.as_str(),
        "type": flow.platform_type(),
        "description": flow.description.as_deref(),
        "division": home_division(),
        "active": flow.is_active && flow.published.is_some(),
        "system": false,
        "deleted": false,
        "shared": flow.is_shared,
        "version": flow.published().or(newest).map(version_id),
        "publishedVersion": version(flow.published()),
        "savedVersion": version(newest),
        "checkedInVersion": version(checked_in.or_else(|| flow.published())),
        "dateModified": newest.map(|version| moment(version.saved_at)),
        "selfUri": format!("/api/v2/flows/{}", flow.id),
    });
    if let Some(client) = &flow.locked_by {
        body["lockedClient"] = json!({ "id": client.as_str() });
    }
    body
}

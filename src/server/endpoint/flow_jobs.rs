//! Jobs for flows: publishing an uploaded file, exporting, validating. A job is complete
//! when its request is answered.

use serde_json::{Value, json};

use super::flows::{examined, no_version, refuse_lock, refuse_namesake};
use crate::report::plural;
use crate::server::access;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::event::{Content, Event, FlowSaved};
use crate::server::state::flow::{StoredFlow, Version, platform_type, read_flow};
use crate::server::state::instance::moment;
use crate::server::state::{JOBS, MAX_FLOWS, State};

/// Registers a job. Its flow is published when the file is uploaded to `presignedUrl`.
pub(in crate::server) fn register(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let document = json!({
        "status": "Registered",
        "command": "Publish",
        "messages": [],
        "client": access::client(asked),
    });
    let job = new_job(state, "/api/v2/flows/jobs", document)?;
    let mut job = shown(&job);
    let id = job["id"].as_str().unwrap_or_default();
    job["presignedUrl"] = format!("{}/__flowsim/uploads/{id}", asked.origin()).into();
    job["headers"] = json!({});
    Ok(Reply::of(202, job).with_reason("the job waits for the upload"))
}

/// Creates and stores a job.
pub(super) fn new_job(
    state: &mut State,
    path: &str,
    mut job: Value,
) -> Result<Value, ApiError> {
    let id = state.fresh_id("Job").to_string();
    job["id"] = id.as_str().into();
    job["selfUri"] = format!("{path}/{id}").into();
    keep(state, &job)?;
    Ok(job)
}

/// Returns a job as clients see it.
fn shown(job: &Value) -> Value {
    let mut job = job.clone();
    if let Some(entries) = job.as_object_mut() {
        HIDDEN.iter().for_each(|key| drop(entries.remove(*key)));
    }
    job
}

/// Keys of a job that only the server uses: the files of an export, and the client that
/// registered the job.
const HIDDEN: [&str; 2] = ["files", "client"];

fn keep(state: &mut State, job: &Value) -> Result<(), ApiError> {
    let id = job["id"].as_str().unwrap_or_default().to_owned();
    let document = job.clone();
    state.commit(Event::EntitySaved { collection: JOBS.to_owned(), id, document })
}

/// Returns a job whose kind matches the path.
pub(in crate::server) fn get(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("jobId");
    let job = state.entity(JOBS, id).filter(|job| job["selfUri"] == asked.path.as_str());
    let job = job.ok_or_else(|| ApiError::not_found("the job", id))?;
    Ok(Reply::ok(shown(job)))
}

/// Receives the file of a job (Archy YAML, an export or JSON) and publishes its flow.
pub(in crate::server) fn upload(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("jobId");
    let waits =
        |job: &&Value| job["status"] == "Registered" && job["command"] == "Publish";
    let job = state.entity(JOBS, id).filter(waits);
    let mut job = job
        .ok_or_else(|| ApiError::not_found("a job that waits for the upload", id))?
        .clone();
    let text = asked.text()?.to_owned();
    let content = Content { file: file_name(&text).into(), text };
    let client = job["client"].as_str().unwrap_or_default().to_owned();
    match publish(state, content, &client) {
        Ok((flow, findings)) => {
            job["status"] = "Success".into();
            job["flow"] =
                json!({ "id": flow, "selfUri": format!("/api/v2/flows/{flow}") });
            job["messages"] = messages(state, &findings);
        }
        Err(refusal) => {
            job["status"] = "Failure".into();
            let mut findings = refusal.details;
            if findings.is_empty() {
                let finding = json!({ "severity": "error", "message": refusal.message });
                findings.push(finding);
            }
            job["messages"] = messages(state, &findings);
        }
    }
    keep(state, &job)?;
    let why = format!("the job ended in {}", job["status"]);
    Ok(Reply::ok(json!({ "status": job["status"] })).with_reason(why))
}

/// Returns a file name whose extension selects the format of a document.
fn file_name(text: &str) -> &'static str {
    let start = text.trim_start();
    let is_json = start.starts_with(['{', '[']);
    // An export is compressed data in base64: one long line without a space.
    let is_export = !start.contains([' ', ':']);
    if is_json {
        "flow.json"
    } else if is_export {
        "flow.i3InboundFlow"
    } else {
        "flow.yaml"
    }
}

/// Saves and publishes a flow as a new flow, or as a new version of the flow with the
/// same name.
fn publish(
    state: &mut State,
    content: Content,
    client: &str,
) -> Result<(String, Vec<Value>), ApiError> {
    let read = read_flow(&content);
    let id = state.fresh_id("Flow");
    let Some(model) = &read.model else {
        let (_, findings, _) = examined(state, &id, &content, true);
        return Err(ApiError::bad("the file contains no flow").with_details(findings));
    };
    let (name, flow_type) = (model.name().clone(), model.flow_type().clone());
    let is_same = |flow: &&StoredFlow| {
        flow.name.eq_ignore_ascii_case(&name)
            && flow.platform_type() == platform_type(&flow_type)
    };
    let known = state.flows.values().find(is_same);
    known.map_or(Ok(()), |flow| refuse_lock(flow, client))?;
    let known = known.map(|flow| flow.id.clone());
    if known.is_none() && state.flows.len() >= MAX_FLOWS {
        return Err(ApiError::full("flows", MAX_FLOWS));
    }
    let id = known.unwrap_or(id);
    refuse_namesake(state, &id, &name, &flow_type)?;
    let (_, findings, is_refused) = examined(state, &id, &content, true);
    if is_refused {
        return Err(ApiError::bad("the flow is invalid").with_details(findings));
    }
    state.commit(Event::FlowSaved(FlowSaved {
        id: id.to_string(),
        name: name.to_string(),
        flow_type: flow_type.to_string(),
        description: None,
        is_shared: false,
        content: Some(content),
    }))?;
    state.commit(Event::FlowPublished { id: id.to_string(), version: None })?;
    Ok((id.to_string(), findings))
}

/// Converts findings to the messages of a job.
fn messages(state: &State, findings: &[Value]) -> Value {
    let message = |finding: &Value| {
        let kind = match finding["severity"].as_str() {
            Some("error") => "Error",
            Some("warning") => "Warning",
            _ => "Information",
        };
        let code = finding["errorCode"].as_str().map(|code| format!(" ({code})"));
        let text = finding["message"].as_str().unwrap_or_default();
        let text = format!("{text}{}", code.unwrap_or_default());
        json!({ "dateTime": moment(state.clock), "type": kind, "text": text })
    };
    findings.iter().map(message).collect()
}

/// Returns a flow and version that a job names: `{flows: [{flow: {id | name + type,
/// version}}]}`.
fn named<'s>(
    state: &'s State,
    wanted: &Value,
) -> Result<(&'s StoredFlow, &'s Version), ApiError> {
    let flow = &wanted["flow"];
    let text = |key: &str| flow[key].as_str().unwrap_or_default();
    let found = match flow["id"].as_str() {
        Some(id) => state.flow(id)?,
        None => {
            let is_wanted = |it: &&StoredFlow| {
                it.name.eq_ignore_ascii_case(text("name"))
                    && (text("type").is_empty()
                        || it.platform_type() == platform_type(text("type")))
            };
            let found = state.flows.values().find(is_wanted);
            found.ok_or_else(|| ApiError::not_found("the flow", text("name")))?
        }
    };
    let version = match text("version").trim_end_matches(".0") {
        "" | "latest" => found.newest(),
        "published" => found.published(),
        number => found.versions.iter().find(|it| it.number.to_string() == number),
    };
    Ok((found, version.ok_or_else(|| no_version(found))?))
}

/// Exports flows in their source form.
pub(in crate::server) fn export(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    let wanted = body.list("flows")?;
    if wanted.is_empty() || wanted.len() > MAX_EXPORTED {
        let message = format!("`flows` must be a list of 1 to {MAX_EXPORTED} flows");
        return Err(ApiError::bad(message));
    }
    let mut files = Vec::new();
    for item in wanted {
        let (flow, version) = named(state, item)?;
        let name = item["fileName"].as_str().map_or(flow.name.to_string(), str::to_owned);
        let file =
            json!({ "name": name, "flow": flow.id.as_str(), "version": version.number });
        files.push(file);
    }
    let first = files.first().and_then(|file| file["name"].as_str()).unwrap_or_default();
    let encoded =
        percent_encoding::utf8_percent_encode(first, percent_encoding::NON_ALPHANUMERIC);
    let encoded = encoded.to_string();
    let id = state.fresh_id("Job");
    let document = json!({
        "status": "Success",
        "command": "Export",
        "messages": [],
        "totalFlows": files.len(),
        "downloadUrl": format!("{}/__flowsim/downloads/{id}/{encoded}", asked.origin()),
        "files": files,
    });
    let job = new_job(state, "/api/v2/flows/export/jobs", document)?;
    Ok(Reply::of(202, shown(&job)).with_reason("the export is ready"))
}

/// Maximum number of flows that one job can export or validate.
const MAX_EXPORTED: usize = 100;

/// Returns one file of an export.
pub(in crate::server) fn download(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let (id, name) = (asked.parameter("jobId"), asked.parameter("fileName"));
    let job = state.entity(JOBS, id).ok_or_else(|| ApiError::not_found("the job", id))?;
    let files = job["files"].as_array().into_iter().flatten();
    let file = files.clone().find(|file| file["name"] == name);
    let file = file.ok_or_else(|| ApiError::not_found("the file", name))?;
    let flow = state.flow(file["flow"].as_str().unwrap_or_default())?;
    let is_wanted = |version: &&Version| file["version"] == version.number;
    let version = flow.versions.iter().find(is_wanted).ok_or_else(|| no_version(flow))?;
    let content = &version.content;
    let is_yaml = content.file.ends_with(".yaml");
    let media_type = if is_yaml { "application/yaml" } else { "application/json" };
    Ok(Reply::file(media_type, content.text.clone()))
}

/// Validates flows.
pub(in crate::server) fn validate(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let wanted = body.list("flows")?;
    if wanted.is_empty() || wanted.len() > MAX_EXPORTED {
        let message = format!("`flows` must be a list of 1 to {MAX_EXPORTED} flows");
        return Err(ApiError::bad(message));
    }
    let (mut all, mut is_any_refused) = (Vec::new(), false);
    for item in wanted {
        let (flow, version) = named(state, item)?;
        let (_, findings, is_refused) = examined(state, &flow.id, &version.content, true);
        is_any_refused |= is_refused;
        all.extend(findings);
    }
    let status = if is_any_refused { "Failure" } else { "Success" };
    let messages = messages(state, &all);
    let document =
        json!({ "status": status, "command": "Validate", "messages": messages });
    let job = new_job(state, "/api/v2/flows/validate/jobs", document)?;
    Ok(Reply::of(202, job).with_reason(plural(all.len(), "finding")))
}

//! The status page and its data: what is loaded, its findings, what is running, and the
//! time.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::diagnostic::Diagnostic;
use crate::flow::architect::ArchitectFlow;
use crate::flow::{Flow, check};
use crate::program::Program;
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{Body, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::page;
use crate::server::shared::Server;
use crate::server::state::event::Content;
use crate::server::state::flow::{Findings, Model, StoredFlow, details, read_flow};
use crate::server::state::instance::moment;
use crate::server::state::{CONTACTS, State};
use crate::source::Files;
use crate::value::Text;

use super::flows::{OF_OTHERS, version_id};

/// Maximum number of findings listed for a flow.
const MAX_FINDINGS: usize = 50;
/// Maximum number of variables listed for a flow.
const MAX_VARIABLES: usize = 200;

/// Returns the status page for browsers, and the locations of resources for other
/// clients.
pub(in crate::server) fn root(_: &mut State, asked: &ApiRequest) -> EndpointResult {
    if asked.header("accept").is_some_and(|it| it.contains("text/html")) {
        return page::status().map(|(policy, html)| Reply::page(policy, html));
    }
    Ok(Reply::ok(json!({
        "name": "flowsim serve",
        "version": crate::build::VERSION,
        "statusUri": "/__flowsim/status",
        "flowsUri": "/__flowsim/flows",
        "instancesUri": "/__flowsim/instances",
        "requestsUri": "/__flowsim/requests",
        "openApiUri": "/__flowsim/openapi.json",
    })))
}

/// Returns what is loaded, what is running, and the time.
pub(in crate::server) fn overview(server: &Server, asked: &ApiRequest) -> EndpointResult {
    let state = server.state();
    let over = state.instances.values().filter(|it| it.is_over(state.clock)).count();
    let by_status = state.control.counts();
    Ok(Reply::ok(json!({
        "name": "flowsim serve",
        "version": crate::build::VERSION,
        "address": asked.origin(),
        "now": moment(state.clock),
        "realTime": state.is_real_time(),
        "isKept": server.is_persistent,
        "flows": state.flows.len(),
        "fixtures": fixtures(&state),
        "instances": { "waiting": state.instances.len() - over, "over": over },
        "requests": { "logged": by_status.values().sum::<usize>(), "byStatus": by_status },
    })))
}

/// Counts the entries of each section of the fixtures in all documents, and the created
/// contacts.
fn fixtures(state: &State) -> Map<String, Value> {
    let mut counts: Map<String, Value> = Map::new();
    let mut add = |section: &str, count: usize| {
        let before = counts.get(section).and_then(Value::as_u64).unwrap_or(0);
        counts.insert(section.to_owned(), (before + count as u64).into());
    };
    for document in &state.documents {
        for (section, entries) in document.as_object().into_iter().flatten() {
            match entries {
                Value::Array(entries) => add(section, entries.len()),
                Value::Object(entries) => add(section, entries.len()),
                _ => {}
            }
        }
    }
    match state.entity_count(CONTACTS) {
        0 => {}
        created => add(CONTACTS, created),
    }
    counts
}

/// Lists flows by name. `q` selects those whose name, id or type contains it. The answer
/// also contains the number of findings of all flows.
pub(in crate::server) fn flows(server: &Server, asked: &ApiRequest) -> EndpointResult {
    let page = Page::of(asked)?;
    let findings = findings(server);
    let mut state = server.state();
    let program = state.program();
    let text = asked.query("q").map(str::to_lowercase);
    let is_wanted = |flow: &&StoredFlow| {
        let has = |part: &str, text: &str| part.to_lowercase().contains(text);
        text.as_deref().is_none_or(|text| {
            has(&flow.name, text)
                || has(&flow.id, text)
                || has(&flow.platform_type(), text)
        })
    };
    let mut flows: Vec<&StoredFlow> = state.flows.values().filter(is_wanted).collect();
    flows.sort_by_cached_key(|flow| (flow.name.to_lowercase(), flow.platform_type()));
    let mut reply = listing(asked, page, &flows, |flow| {
        flow_json(flow, findings.get(&flow.id).map_or(&[], Vec::as_slice), &program)
    })?;
    if let Body::Json(body) = &mut reply.body {
        let all = || findings.values().flatten();
        for (key, severity) in [("errors", "error"), ("warnings", "warning")] {
            body[key] = all().filter(|it| it["severity"] == severity).count().into();
        }
    }
    Ok(reply)
}

fn flow_json(flow: &StoredFlow, findings: &[Value], program: &Program) -> Value {
    let version = flow.published().or_else(|| flow.newest());
    let count =
        |severity| findings.iter().filter(|it| it["severity"] == severity).count();
    let is_architect =
        version.is_some_and(|version| matches!(version.model, Model::Architect(_)));
    json!({
        "id": flow.id.as_str(),
        "name": flow.name.as_str(),
        "type": flow.platform_type(),
        "dialect": if is_architect { "architect" } else { "draft" },
        "version": version.map(version_id),
        "isPublished": flow.published.is_some(),
        "canRun": flow.can_run(),
        "errors": count("error"),
        "warnings": count("warning"),
        "findings": &findings[..findings.len().min(MAX_FINDINGS)],
        "variables": variables(flow, program),
    })
}

/// Returns the variables that a call can set, with their declared types.
fn variables(flow: &StoredFlow, program: &Program) -> Vec<Value> {
    let Some(id) = program.flow(&flow.id) else { return Vec::new() };
    let own = program.variable_names(id).take(MAX_VARIABLES);
    own.map(|name| {
        let holds = program.variable(id, name).and_then(|it| program.value_type(id, it));
        json!({ "name": name, "type": holds.map(|it| it.to_string()) })
    })
    .collect()
}

/// Returns the findings about the current flows. Checking many flows takes a while, so
/// other requests run meanwhile, and the result is kept until a flow changes.
fn findings(server: &Server) -> Arc<Findings> {
    let (flows, program) = {
        let mut state = server.state();
        if let Some(findings) = &state.findings {
            return Arc::clone(findings);
        }
        let flows = state.flows.values().filter_map(|flow| {
            let version = flow.published().or_else(|| flow.newest())?;
            Some(CheckedFlow {
                id: flow.id.clone(),
                model: flow.model()?,
                content: Arc::clone(&version.content),
                files: version.files.clone(),
            })
        });
        let flows: Vec<CheckedFlow> = flows.collect();
        (flows, state.program())
    };
    let findings = Arc::new(find(&flows));
    let mut state = server.state();
    if Arc::ptr_eq(&state.program(), &program) {
        state.findings = Some(Arc::clone(&findings));
    }
    findings
}

/// A flow to check.
struct CheckedFlow {
    id: Text,
    model: Model,
    content: Arc<Content>,
    files: Option<Arc<Files>>,
}

fn find(flows: &[CheckedFlow]) -> Findings {
    let drafts = flows.iter().filter_map(|flow| match &flow.model {
        Model::Draft(flow) => Some(Flow::clone(flow)),
        Model::Architect(_) => None,
    });
    let mut of_drafts: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    for found in check::check(&drafts.collect::<Vec<_>>()) {
        of_drafts.entry(found.flow.clone().unwrap_or_default()).or_default().push(found);
    }
    let of_flow = |flow: &CheckedFlow| {
        let read = read_flow(&flow.content);
        let found = match &flow.model {
            Model::Draft(_) => of_drafts.get(flow.id.as_str()).cloned(),
            Model::Architect(flow) => Some(of_architect(flow)),
        };
        let files = flow.files.as_deref().unwrap_or(&read.files);
        let mut findings = details(&read.diagnostics, &read.files);
        findings.extend(details(&found.unwrap_or_default(), files));
        (flow.id.clone(), findings)
    };
    flows.iter().map(of_flow).collect()
}

/// Checks an Architect flow. Findings that depend on other flows are omitted, as when it
/// is published.
fn of_architect(flow: &ArchitectFlow) -> Vec<Diagnostic> {
    let mut found = check::check_architect(std::slice::from_ref(flow));
    found.retain(|it| !OF_OTHERS.contains(&it.code));
    found
}

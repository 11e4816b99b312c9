//! Queues with their members and waiting times, skills, languages and wrap-up codes.

use serde_json::{Map, Value, json};

use super::people;
use super::queue_changes;
use super::routing_changes::codes_of;
use super::section::{Section, encoded, entities, named_in, reference};
use super::{filter, list, one, order};
use crate::server::http::page::{Page, listing};
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;
use crate::world::{Answer, AnswerProgress, Question};

pub(super) const QUEUES: Section =
    Section::by_id("queues", "Queue", "/api/v2/routing/queues");
pub(super) const SKILLS: Section =
    Section::named("skills", "Skill", "/api/v2/routing/skills");
pub(super) const LANGUAGES: Section =
    Section::named("languageSkills", "LanguageSkill", "/api/v2/routing/languages");
pub(super) const WRAPUP_CODES: Section =
    Section::named("wrapupCodes", "WrapupCode", "/api/v2/routing/wrapupcodes");

/// Keys of a queue with its in-queue flows, and those of the fixtures.
pub(super) const IN_QUEUE_FLOWS: [(&str, &str); 3] = [
    ("queueFlow", "inQueueFlow"),
    ("emailInQueueFlow", "emailInQueueFlow"),
    ("messageInQueueFlow", "messageInQueueFlow"),
];

/// Returns a reference to the flow with a name or an id.
pub(in crate::server::endpoint) fn flow_named(state: &State, name: &str) -> Value {
    let mut flows = state.flows.values();
    match flows.find(|flow| flow.name == *name || flow.id == *name) {
        Some(flow) => json!({
            "id": flow.id.as_str(),
            "name": flow.name.as_str(),
            "selfUri": format!("/api/v2/flows/{}", flow.id),
        }),
        None => json!({ "name": name }),
    }
}

/// Returns references to the queues.
pub(in crate::server::endpoint) fn queue_references(state: &State) -> Vec<Value> {
    entities(state, &QUEUES).iter().map(reference).collect()
}

/// Returns a reference to the queue with an id or a name. One that the fixtures do not list
/// has the id that it is called by.
pub(in crate::server::endpoint) fn queue_named(
    all: &[Value],
    wanted: [&str; 2],
) -> Value {
    let mut wanted = wanted.into_iter().filter(|it| !it.is_empty());
    if let Some(found) = wanted.clone().find_map(|it| named_in(all, it)) {
        return found.clone();
    }
    let label = wanted.clone().next().unwrap_or_default();
    let name = wanted.next_back().unwrap_or_default();
    let uri = format!("{}/{}", QUEUES.path, encoded(label));
    serde_json::json!({ "id": label, "name": name, "selfUri": uri })
}

/// Returns the wrap-up codes.
pub(in crate::server::endpoint) fn wrapup_codes(state: &State) -> Vec<Value> {
    entities(state, &WRAPUP_CODES)
}

/// Returns the queues in the form of the platform.
pub(super) fn queues(state: &State) -> Vec<Value> {
    let all_members = members(state);
    let joined = |queue: &Value| {
        let of_queue = all_members.iter().find(|(known, _)| known["id"] == queue["id"]);
        let members = of_queue.map(|(_, members)| members.iter());
        members.into_iter().flatten().filter(|member| member["joined"] == true).count()
    };
    let queue = |written: Value| {
        let members = written["agents"].as_array().map_or(0, Vec::len);
        let mut queue = json!({
            "id": written["id"],
            "name": written["name"],
            "division": written["division"],
            "memberCount": members,
            "userMemberCount": members,
            "joinedMemberCount": joined(&written),
            "acwSettings": { "wrapupPrompt": "OPTIONAL" },
            "skillEvaluationMethod": "ALL",
            "selfUri": written["selfUri"],
        });
        for (key, flow) in IN_QUEUE_FLOWS {
            if let Some(name) = written[flow].as_str() {
                queue[key] = flow_named(state, name);
            }
        }
        let id = queue["id"].as_str().unwrap_or_default();
        let settings = queue_changes::settings(state, id);
        if let (Value::Object(queue), Some(Value::Object(settings))) =
            (&mut queue, settings)
        {
            queue.extend(settings.clone());
        }
        queue
    };
    entities(state, &QUEUES).into_iter().map(queue).collect()
}

/// Lists queues.
pub(in crate::server) fn list_queues(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let mut found = queues(state);
    filter::by_any(asked, "peerId", &mut found, |queue, id| queue["peerId"] == id);
    // SDKs send `false` although they are not asked to, so that it selects all queues.
    if filter::flag(asked, "hasPeer")? == Some(true) {
        found.retain(|queue| queue["peerId"].is_string());
    }
    list(asked, found)
}

/// Lists all queues on one page.
pub(in crate::server) fn all_queues(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let mut all = queues(state);
    order(asked, &mut all)?;
    let page = Page { size: all.len().max(1), number: 1 };
    listing(asked, page, &all, Value::clone)
}

/// Returns a queue.
pub(in crate::server) fn queue(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    one(queues(state), "the queue", asked.parameter("queueId"))
}

/// Returns the agents of each queue of the fixtures, as members.
pub(super) fn members(state: &State) -> Vec<(Value, Vec<Value>)> {
    let users = people::users(state);
    let member = |queue: &Value, agent: &Value| {
        let names = [agent["id"].as_str(), agent["name"].as_str(), agent.as_str()];
        let user = names.into_iter().flatten().find_map(|name| named_in(&users, name))?;
        let ids = [&queue["id"], &user["id"]].map(|it| it.as_str().unwrap_or_default());
        Some(json!({
            "id": user["id"],
            "name": user["name"],
            "user": reference(user),
            "joined": queue_changes::is_joined(state, ids[0], ids[1]),
            "memberBy": "user",
            "ringNumber": 1,
            "routingStatus": people::status_of(state, ids[1]),
            "selfUri": user["selfUri"],
        }))
    };
    let of_queue = |queue: Value| {
        let agents = queue["agents"].as_array();
        let agents = agents.into_iter().flatten();
        let members = agents.filter_map(|agent| member(&queue, agent)).collect();
        (reference(&queue), members)
    };
    entities(state, &QUEUES).into_iter().map(of_queue).collect()
}

/// Returns the agents that queues list, as they are written.
pub(super) fn agents(state: &State) -> Vec<Value> {
    let all = entities(state, &QUEUES).into_iter();
    all.flat_map(|queue| queue["agents"].as_array().cloned().unwrap_or_default())
        .collect()
}

/// Lists the members of a queue: those of a kind with `memberBy`, those that are joined or
/// not with `joined`, and those with `skills`, `languages`, a `routingStatus` or a `presence`.
pub(in crate::server) fn queue_members(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    queue(state, asked)?;
    let id = asked.parameter("queueId");
    let mut all = members(state).into_iter().filter(|(queue, _)| queue["id"] == id);
    let mut members = all.next().map(|(_, members)| members).unwrap_or_default();
    if let Some(by) = asked.query("memberBy") {
        members.retain(|member| member["memberBy"] == by);
    }
    if let Some(joined) = asked.query("joined") {
        members.retain(|member| member["joined"] == (joined == "true"));
    }
    people::filter_members(state, asked, &mut members);
    list(asked, members)
}

/// Returns the wrap-up codes of the queue with an id or a name; all codes if there is no
/// such queue.
pub(in crate::server::endpoint) fn codes_for(
    state: &State,
    queue: Option<&str>,
) -> Vec<Value> {
    let queues = entities(state, &QUEUES);
    match queue.and_then(|it| named_in(&queues, it)).and_then(|it| it["id"].as_str()) {
        Some(id) => codes_of(state, id),
        None => wrapup_codes(state),
    }
}

/// Lists the wrap-up codes of a queue.
pub(in crate::server) fn queue_wrapup_codes(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    queue(state, asked)?;
    list(asked, codes_of(state, asked.parameter("queueId")))
}

/// The media of an estimated waiting time. *Source: the SDKs' `PredictionResults.intent`.*
const INTENTS: [&str; 8] = [
    "ALL",
    "CALL",
    "CALLBACK",
    "CHAT",
    "EMAIL",
    "SOCIALEXPRESSION",
    "VIDEOCOMM",
    "MESSAGE",
];

/// Returns the estimated waiting time of a queue, from its statistics. *Source: the SDKs'
/// `EstimatedWaitTimePredictions`.*
pub(in crate::server) fn estimated_wait(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    queue(state, asked)?;
    let media = asked.parameter("mediaType");
    let intent = if media.is_empty() { "ALL".into() } else { media.to_uppercase() };
    if !INTENTS.contains(&intent.as_str()) {
        let known = INTENTS.join(", ");
        let message = format!("the medium must be one of {known}, found `{media}`");
        return Err(ApiError::bad(message));
    }
    let question = Question::QueueStatistics { queue: asked.parameter("queueId") };
    let answer = state.fixtures().answer(&question, &mut AnswerProgress::default());
    let statistics = match answer {
        Answer::Statistics(Some(json)) => Value::from(&json),
        _ => Value::Null,
    };
    let mut results = Vec::new();
    let seconds = &statistics["estimatedWaitSeconds"];
    if seconds.is_number() {
        results.push(json!({
            "intent": intent,
            "formula": "BEST",
            "estimatedWaitTimeSeconds": seconds,
        }));
    }
    Ok(Reply::ok(json!({ "results": results })))
}

/// Returns the skills and languages of the organisation with the names.
pub(super) fn skills_named(state: &State, names: &[&str]) -> [Vec<Value>; 2] {
    [SKILLS, LANGUAGES].map(|section| {
        let all = entities(state, &section);
        let named = names.iter().filter_map(|name| named_in(&all, name));
        let with_level = |skill: &Value| {
            let mut skill = reference(skill);
            skill["proficiency"] = 5.into();
            skill["state"] = "active".into();
            skill
        };
        named.map(with_level).collect()
    })
}

/// Returns entries in the form of skills and languages.
pub(super) fn active(all: Vec<Value>) -> Vec<Value> {
    let with_state = |entity: Value| {
        let mut own: Map<String, Value> = Map::new();
        for key in ["id", "name", "selfUri"] {
            own.insert(key.into(), entity[key].clone());
        }
        own.insert("state".into(), "active".into());
        own.insert("version".into(), "1".into());
        Value::Object(own)
    };
    all.into_iter().map(with_state).collect()
}

/// Lists skills.
pub(in crate::server) fn list_skills(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, active(entities(state, &SKILLS)))
}

/// Returns a skill.
pub(in crate::server) fn skill(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    one(active(entities(state, &SKILLS)), "the skill", asked.parameter("skillId"))
}

/// Lists languages.
pub(in crate::server) fn list_languages(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, active(entities(state, &LANGUAGES)))
}

/// Returns a language.
pub(in crate::server) fn language(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let all = active(entities(state, &LANGUAGES));
    one(all, "the language", asked.parameter("languageId"))
}

/// Lists wrap-up codes.
pub(in crate::server) fn list_wrapup_codes(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, entities(state, &WRAPUP_CODES))
}

/// Returns a wrap-up code.
pub(in crate::server) fn wrapup_code(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let all = entities(state, &WRAPUP_CODES);
    one(all, "the wrap-up code", asked.parameter("codeId"))
}

/// Lists the queues that have a user as a member: with `joined`, those that the user has
/// joined or not.
pub(in crate::server) fn queues_of_user(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let user = people::found(state, asked.parameter("userId"))?;
    let of_user = |(mut queue, members): (Value, Vec<Value>)| {
        let member = members.iter().find(|member| member["id"] == user["id"])?;
        queue["joined"] = member["joined"].clone();
        Some(queue)
    };
    let mut all: Vec<Value> = members(state).into_iter().filter_map(of_user).collect();
    if let Some(joined) = asked.query("joined") {
        all.retain(|queue| queue["joined"] == (joined == "true"));
    }
    for queue in &mut all {
        let id = queue["id"].as_str().map(encoded).unwrap_or_default();
        queue["selfUri"] = format!("{}/{id}", QUEUES.path).into();
    }
    list(asked, all)
}

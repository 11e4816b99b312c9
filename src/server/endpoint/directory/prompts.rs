//! User prompts and system prompts, with a resource for each language.

use serde_json::Value;

use super::section::{Section, entities};
use super::{filter, list, one, prompt_audio};
use crate::expr::architect::Directory;
use crate::server::http::reply::{ApiError, EndpointResult};
use crate::server::http::request::ApiRequest;
use crate::server::state::State;

pub(super) const PROMPTS: Section =
    Section::merged("prompts", "Prompt", "/api/v2/architect/prompts");
/// A resource, for messages.
pub(super) const RESOURCE: &str = "a resource in the language";
const SYSTEM_PROMPTS: Section =
    Section::merged("systemPrompts", "PromptSystem", "/api/v2/architect/systemprompts");

/// Lists user prompts.
pub(in crate::server) fn user_prompts(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    listed(asked, prompts(state, &PROMPTS, asked))
}

/// Lists prompts with the resources that the query selects.
fn listed(asked: &ApiRequest, mut found: Vec<Value>) -> EndpointResult {
    filter::by_description(asked, &mut found);
    for prompt in &mut found {
        select_resources(asked, prompt)?;
    }
    list(asked, found)
}

/// Keeps the resources in the languages of `language`; none if `includeResources` is false.
fn select_resources(asked: &ApiRequest, prompt: &mut Value) -> Result<(), ApiError> {
    let has_resources = filter::flag(asked, "includeResources")?.unwrap_or(true);
    let mut resources =
        prompt["resources"].as_array_mut().map(std::mem::take).unwrap_or_default();
    filter::by_any(asked, "language", &mut resources, |resource, language| {
        let own = resource["language"].as_str();
        own.is_some_and(|own| own.eq_ignore_ascii_case(language))
    });
    match has_resources {
        true => prompt["resources"] = resources.into(),
        false => drop(prompt.as_object_mut().map(|it| it.remove("resources"))),
    }
    Ok(())
}

/// Returns one prompt with the resources that the query selects.
fn selected(asked: &ApiRequest, mut all: Vec<Value>, what: &str) -> EndpointResult {
    let id = asked.parameter("promptId");
    all.retain(|prompt| prompt["id"] == id);
    for prompt in &mut all {
        select_resources(asked, prompt)?;
    }
    one(all, what, id)
}

/// Returns a user prompt.
pub(in crate::server) fn user_prompt(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    selected(asked, prompts(state, &PROMPTS, asked), "the prompt")
}

/// Lists the resources of a user prompt.
pub(in crate::server) fn user_resources(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, resources(state, &PROMPTS, asked)?)
}

/// Returns the resource of a user prompt in a language.
pub(in crate::server) fn user_resource(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let all = resources(state, &PROMPTS, asked)?;
    one(all, RESOURCE, asked.parameter("languageCode"))
}

/// Lists system prompts.
pub(in crate::server) fn system_prompts(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    listed(asked, prompts(state, &SYSTEM_PROMPTS, asked))
}

/// Returns a system prompt.
pub(in crate::server) fn system_prompt(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    selected(asked, prompts(state, &SYSTEM_PROMPTS, asked), "the system prompt")
}

/// Lists the resources of a system prompt.
pub(in crate::server) fn system_resources(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    list(asked, resources(state, &SYSTEM_PROMPTS, asked)?)
}

/// Returns the resource of a system prompt in a language.
pub(in crate::server) fn system_resource(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let all = resources(state, &SYSTEM_PROMPTS, asked)?;
    one(all, RESOURCE, asked.parameter("languageCode"))
}

/// Returns the resources of a prompt.
///
/// # Errors
/// 404 if the prompt does not exist.
pub(super) fn resources(
    state: &mut State,
    section: &Section,
    asked: &ApiRequest,
) -> Result<Vec<Value>, ApiError> {
    let id = asked.parameter("promptId");
    let mut all = prompts(state, section, asked).into_iter();
    let prompt = all.find(|prompt| prompt["id"] == id);
    let mut prompt = prompt.ok_or_else(|| ApiError::not_found("the prompt", id))?;
    Ok(prompt["resources"].as_array_mut().map(std::mem::take).unwrap_or_default())
}

/// Returns the prompts of a section with their resources: one for each language that has
/// words. Words without a language are those of every language of the organisation.
pub(super) fn prompts(
    state: &mut State,
    section: &Section,
    asked: &ApiRequest,
) -> Vec<Value> {
    let fixtures = state.fixtures();
    let supported = fixtures.supported_languages();
    let mut all = entities(state, section);
    for prompt in &mut all {
        let mut resources: Vec<Value> = Vec::new();
        for (key, words) in [("ttsString", "tts"), ("text", "audio")] {
            match prompt[words].clone() {
                Value::Object(texts) => {
                    for (language, text) in texts {
                        add(&mut resources, prompt, &language, (key, &text));
                    }
                }
                text @ Value::String(_) => {
                    for language in &supported {
                        add(&mut resources, prompt, language, (key, &text));
                    }
                }
                _ => {}
            }
        }
        prompt["resources"] = resources.into();
        if section.key == PROMPTS.key {
            prompt_audio::describe(state, prompt, &asked.origin());
        }
    }
    all
}

/// Adds words to the resource of a language.
fn add(
    resources: &mut Vec<Value>,
    prompt: &Value,
    language: &str,
    (key, text): (&str, &Value),
) {
    if let Some(known) = resources.iter_mut().find(|it| it["language"] == language) {
        known[key] = text.clone();
        return;
    }
    let uri = prompt["selfUri"].as_str().unwrap_or_default();
    let id = prompt["id"].as_str().unwrap_or_default();
    let mut resource = prompt_audio::resource(id, uri, language);
    resource[key] = text.clone();
    resource["uploadStatus"] = "transcoded".into();
    resources.push(resource);
}

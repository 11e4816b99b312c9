//! Changes of user prompts and of their resources.

use serde_json::{Map, Value, json};

use super::changes::{self, existing, free_name};
use super::prompts::{PROMPTS, RESOURCE, prompts, user_prompt, user_resource};
use super::{one, prompt_audio, section::Entry};
use crate::expr::architect::Directory;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::{ApiRequest, Object};
use crate::server::state::State;
use crate::world::is_language_tag;

const PROMPT: &str = "the prompt";

/// The keys of a resource, and those of the fixtures with the words of all languages.
const WORDS: [(&str, &str); 2] = [("ttsString", "tts"), ("text", "audio")];

/// Creates a prompt without resources.
pub(in crate::server) fn create(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let body = asked.object()?;
    let name = free_name(state, &PROMPTS, &body, None)?;
    let id = state.fresh_id(PROMPTS.key).to_string();
    let entry =
        json!({ "id": id, "name": name, "description": body.text("description")? });
    write(state, entry)?;
    one(prompts(state, &PROMPTS, asked), PROMPT, &id)
}

/// Changes the name and the description of a prompt.
pub(in crate::server) fn replace(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let id = asked.parameter("promptId");
    existing(state, &PROMPTS, id, PROMPT)?;
    let body = asked.object()?;
    let name = free_name(state, &PROMPTS, &body, Some(id))?;
    let entry =
        json!({ "id": id, "name": name, "description": body.text("description")? });
    write(state, entry)?;
    user_prompt(state, asked)
}

/// Deletes a prompt.
pub(in crate::server) fn delete(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let id = asked.parameter("promptId");
    existing(state, &PROMPTS, id, PROMPT)?;
    let reply = changes::remove(state, &PROMPTS, id, PROMPT)?;
    prompt_audio::forget(state, id, None)?;
    Ok(reply)
}

/// Adds the resource of a language.
pub(in crate::server) fn create_resource(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let body = asked.object()?;
    let language = body.required("language")?;
    if !is_language_tag(language) {
        return Err(ApiError::bad(format!("`{language}` is not a language tag")));
    }
    let prompt = prompt(state, asked)?;
    if resource_of(state, asked, language).is_ok() {
        let message = format!("the prompt already has a resource in `{language}`");
        return Err(ApiError::conflict(message));
    }
    set_words(state, &prompt, language, Some(&body))?;
    // A resource exists without words as well: its audio follows.
    prompt_audio::store(state, asked.parameter("promptId"), language, None)?;
    resource_of(state, asked, language)
}

/// Replaces the words of a language.
pub(in crate::server) fn replace_resource(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    user_resource(state, asked)?;
    let body = asked.object()?;
    let prompt = prompt(state, asked)?;
    set_words(state, &prompt, asked.parameter("languageCode"), Some(&body))?;
    user_resource(state, asked)
}

/// Deletes the resource of a language.
pub(in crate::server) fn delete_resource(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    user_resource(state, asked)?;
    let prompt = prompt(state, asked)?;
    let language = asked.parameter("languageCode");
    set_words(state, &prompt, language, None)?;
    prompt_audio::forget(state, asked.parameter("promptId"), Some(language))?;
    Ok(Reply::no_content().with_reason("deleted"))
}

fn prompt(state: &State, asked: &ApiRequest) -> Result<Value, ApiError> {
    existing(state, &PROMPTS, asked.parameter("promptId"), PROMPT)
}

fn resource_of(state: &mut State, asked: &ApiRequest, language: &str) -> EndpointResult {
    let id = asked.parameter("promptId");
    let all = prompts(state, &PROMPTS, asked).into_iter();
    let found = all.filter(|it| it["id"] == id);
    let found =
        found.flat_map(|it| it["resources"].as_array().cloned().unwrap_or_default());
    one(found.collect(), RESOURCE, language)
}

/// Sets the words of a prompt in a language, or removes them. Words of every language
/// become those of each language of the organisation.
fn set_words(
    state: &mut State,
    prompt: &Value,
    language: &str,
    body: Option<&Object>,
) -> Result<(), ApiError> {
    let supported = state.fixtures().supported_languages();
    let mut entry = json!({ "id": prompt["id"], "name": prompt["name"] });
    for (given, words) in WORDS {
        let text = body.map(|body| body.text(given)).transpose()?.flatten();
        let mut texts: Map<String, Value> = match &prompt[words] {
            Value::Object(texts) => texts.clone(),
            every @ Value::String(_) => {
                supported.iter().map(|it| (it.to_string(), every.clone())).collect()
            }
            _ => Map::new(),
        };
        match text {
            Some(text) => texts.insert(language.to_owned(), text.into()),
            None => texts.remove(language),
        };
        entry[words] = texts.into();
    }
    write(state, entry)
}

fn write(state: &mut State, entry: Value) -> Result<(), ApiError> {
    let entry: Entry = entry.as_object().cloned().unwrap_or_default();
    changes::write(state, &PROMPTS, entry, PROMPT)
}

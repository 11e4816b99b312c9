//! The audio of user prompts: resources without words, uploads, and what is known about a
//! recording. *Source: the platform's SDKs, and the Terraform provider, which posts a form
//! to `uploadUri`.*

use serde_json::{Value, json};

use super::prompts::{PROMPTS, RESOURCE, resources, user_resource};
use super::section::encoded;
use crate::server::http::reply::{ApiError, EndpointResult, Reply};
use crate::server::http::request::ApiRequest;
use crate::server::state::event::Event;
use crate::server::state::{MAX_ENTITIES, PROMPT_AUDIO, State};

/// Returns the key of a resource in the collection.
fn key(prompt: &str, language: &str) -> String {
    format!("{prompt}/{language}")
}

/// Adds the resources of a prompt that have no words, the state of every resource's audio,
/// and the address for uploads.
pub(super) fn describe(state: &State, prompt: &mut Value, origin: &str) {
    let id = prompt["id"].as_str().unwrap_or_default().to_owned();
    let uri = prompt["selfUri"].as_str().unwrap_or_default().to_owned();
    let Some(resources) = prompt["resources"].as_array_mut() else { return };
    let stored = state.entities(PROMPT_AUDIO).filter(|(_, it)| it["promptId"] == *id);
    for (_, stored) in stored {
        let language = &stored["language"];
        if resources.iter().all(|it| it["language"] != *language) {
            resources.push(resource(&id, &uri, language.as_str().unwrap_or_default()));
        }
    }
    for resource in resources {
        let language = resource["language"].as_str().unwrap_or_default().to_owned();
        let place = format!("{}/{}", encoded(&id), encoded(&language));
        resource["uploadUri"] =
            format!("{origin}/__flowsim/uploads/prompts/{place}").into();
        let stored = state.entity(PROMPT_AUDIO, &key(&id, &language));
        let seconds = stored.map_or(&Value::Null, |it| &it["durationSeconds"]);
        // The words of a recording are those of audio that exists already.
        let is_recorded = seconds.is_number() || resource.get("text").is_some();
        resource["uploadStatus"] =
            if is_recorded { "transcoded" } else { "created" }.into();
        if seconds.is_number() {
            resource["durationSeconds"] = seconds.clone();
        }
    }
}

/// Returns a resource without words.
pub(super) fn resource(prompt: &str, uri: &str, language: &str) -> Value {
    json!({
        "id": language,
        "promptId": prompt,
        "language": language,
        "selfUri": format!("{uri}/resources/{}", encoded(language)),
    })
}

/// Stores that a resource exists, and the duration of its audio.
///
/// # Errors
/// 429 if there are too many resources, 500 if the change cannot be stored.
pub(super) fn store(
    state: &mut State,
    prompt: &str,
    language: &str,
    seconds: Option<f64>,
) -> Result<(), ApiError> {
    let id = key(prompt, language);
    if state.entity_count(PROMPT_AUDIO) >= MAX_ENTITIES
        && state.entity(PROMPT_AUDIO, &id).is_none()
    {
        return Err(ApiError::full("resources of prompts with audio", MAX_ENTITIES));
    }
    let document =
        json!({ "promptId": prompt, "language": language, "durationSeconds": seconds });
    state.commit(Event::EntitySaved { collection: PROMPT_AUDIO.to_owned(), id, document })
}

/// Removes what is known about the audio of a prompt: of one language, or of all.
pub(super) fn forget(
    state: &mut State,
    prompt: &str,
    language: Option<&str>,
) -> Result<(), ApiError> {
    let is_wanted = |(_, it): &(&str, &Value)| {
        it["promptId"] == prompt && language.is_none_or(|wanted| it["language"] == wanted)
    };
    let stored = state.entities(PROMPT_AUDIO).filter(is_wanted);
    let stored: Vec<String> = stored.map(|(id, _)| id.to_owned()).collect();
    stored.into_iter().try_for_each(|id| {
        state.commit(Event::EntityDeleted { collection: PROMPT_AUDIO.to_owned(), id })
    })
}

/// Returns the address to which the audio of a resource is uploaded.
pub(in crate::server) fn begin_upload(
    state: &mut State,
    asked: &ApiRequest,
) -> EndpointResult {
    let language = asked.parameter("languageCode");
    let mut all = resources(state, &PROMPTS, asked)?.into_iter();
    let found = all.find(|it| it["language"] == language);
    let found = found.ok_or_else(|| ApiError::not_found(RESOURCE, language))?;
    Ok(Reply::ok(json!({ "url": found["uploadUri"], "headers": {} })))
}

/// Receives the audio of a resource: a WAV file, alone or in a form.
pub(in crate::server) fn upload(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    let (prompt, language) =
        (asked.parameter("promptId"), asked.parameter("languageCode"));
    user_resource(state, asked)?;
    let declared = asked.header("content-type").unwrap_or_default();
    let audio = match boundary(declared) {
        Some(boundary) => file_in_form(&asked.body, boundary)
            .ok_or_else(|| ApiError::bad("the form contains no file"))?,
        None => asked.body.as_slice(),
    };
    let seconds = duration(audio).ok_or_else(|| {
        ApiError::bad(
            "the file is not a WAV recording: it needs the chunks `fmt ` and `data`",
        )
    })?;
    store(state, prompt, language, Some(seconds))?;
    let reply = user_resource(state, asked)?;
    Ok(reply.with_reason("the audio was uploaded"))
}

/// Removes the audio of a resource. The resource and its words stay.
pub(in crate::server) fn delete(state: &mut State, asked: &ApiRequest) -> EndpointResult {
    user_resource(state, asked)?;
    store(state, asked.parameter("promptId"), asked.parameter("languageCode"), None)?;
    Ok(Reply::no_content().with_reason("the audio was deleted"))
}

/// Returns the boundary between the parts of a form.
fn boundary(media_type: &str) -> Option<&str> {
    let (kind, parameters) = media_type.split_once(';')?;
    let is_form = kind.trim().eq_ignore_ascii_case("multipart/form-data");
    let mut parameters = parameters.split(';').filter_map(|it| it.trim().split_once('='));
    let (_, value) =
        parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    is_form.then(|| value.trim_matches('"'))
}

/// Returns the content of the first file in a form.
fn file_in_form<'b>(body: &'b [u8], boundary: &str) -> Option<&'b [u8]> {
    let delimiter = format!("--{boundary}");
    let mut rest = after(body, delimiter.as_bytes())?;
    loop {
        let (head, content) = split(rest, b"\r\n\r\n")?;
        let (content, next) = split(content, format!("\r\n{delimiter}").as_bytes())?;
        if String::from_utf8_lossy(head).contains("filename") {
            return Some(content);
        }
        rest = next;
    }
}

fn after<'b>(bytes: &'b [u8], part: &[u8]) -> Option<&'b [u8]> {
    split(bytes, part).map(|(_, rest)| rest)
}

fn split<'b>(bytes: &'b [u8], part: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes.windows(part.len()).position(|it| it == part)?;
    Some((bytes.get(..at)?, bytes.get(at + part.len()..)?))
}

/// Returns the duration of a WAV recording in seconds; `None` if it is not one. *Source:
/// the RIFF format, a list of chunks with a name and a length.*
fn duration(audio: &[u8]) -> Option<f64> {
    let chunks = audio.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let (mut chunks, mut bytes_per_second) = (chunks, None);
    loop {
        let (name, length) = (chunks.get(..4)?, number(chunks.get(4..8)?)?);
        let content = chunks.get(8..)?;
        let end = usize::try_from(length).ok()?;
        match name {
            b"fmt " => bytes_per_second = number(content.get(8..12)?),
            b"data" => {
                let rate = bytes_per_second.filter(|rate| *rate > 0)?;
                let present = u32::try_from(content.len().min(end)).ok()?;
                let seconds = f64::from(present) / f64::from(rate);
                return Some((seconds * 1_000.0).round() / 1_000.0);
            }
            _ => {}
        }
        // A chunk of an odd length is followed by a byte without meaning.
        chunks = content.get(end.checked_add(end % 2)?..)?;
    }
}

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.try_into().ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(length: u32) -> Vec<u8> {
        let mut audio = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".to_vec();
        audio.extend([1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0]);
        audio.extend(b"data");
        audio.extend(length.to_le_bytes());
        audio.resize(audio.len() + length as usize, 0);
        audio
    }

    #[test]
    fn recordings_have_a_duration() {
        // 16,000 bytes per second.
        assert_eq!(duration(&wav(24_000)), Some(1.5));
        assert_eq!(duration(b"ID3 music"), None);
        let cut = wav(10);
        for end in 0..cut.len() - 11 {
            assert_eq!(duration(&cut[..end]), None, "{end}");
        }
    }

    #[test]
    fn the_file_of_a_form_is_found() {
        let media_type = "multipart/form-data; boundary=\"b1\"";
        let boundary = boundary(media_type).unwrap();
        let form = b"--b1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b1\r\n\
                     Content-Disposition: form-data; name=\"file\"; filename=\"x.wav\"\r\n\r\n\
                     RIFF\r\n\r\n--b1--\r\n";
        assert_eq!(file_in_form(form, boundary), Some(&b"RIFF\r\n"[..]));
        assert_eq!(file_in_form(b"--b1--", boundary), None);
        assert_eq!(super::boundary("audio/wav"), None);
    }
}

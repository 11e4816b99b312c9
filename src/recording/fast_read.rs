//! Fast reader of recordings without mistakes; it does not track positions.

use serde::Deserialize;

use super::document::{Kind, Origin, RecordedFlow, Recording, Redaction, SCHEMA};
use crate::trace::observation::Observation;
use crate::value::{DateTime, Json, Text};

/// Number of bytes at the start of a recording that contain its kind, if flowsim wrote it.
const BEGINNING: usize = 256;

/// Reads a recording. Returns `None` if it has a mistake or an unknown key, and for decimal
/// numbers. [`Recording::read`] then reports mistakes and keeps all digits.
pub(super) fn read(text: &str) -> Option<Recording> {
    let written: Written<'_, Json> = serde_json::from_str(text).ok()?;
    let (recording, response) = converted(written)?;
    is_object(&response).then_some(Recording { response, ..recording })
}

/// Reads a recorded simulation without its response, which becomes an observation. Returns
/// `None` also if it is probably not a simulation.
pub(super) fn read_simulation(text: &str) -> Option<(Recording, Observation)> {
    let beginning = text.get(..BEGINNING.min(text.len())).unwrap_or(text);
    if !beginning.contains("\"simulation\"") {
        return None;
    }
    let written: Written<'_, Observation> = serde_json::from_str(text).ok()?;
    converted(written).filter(|(recording, _)| recording.kind == Kind::Simulation)
}

fn is_object(json: &Json) -> bool {
    matches!(json, Json::Object(_))
}

/// Converts a recording, and returns its response separately.
fn converted<R>(written: Written<'_, R>) -> Option<(Recording, R)> {
    let is_time = |text: &Text| DateTime::parse(text).is_some();
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == written.kind)?;
    let Source { base_url, file, format } = written.source.unwrap_or_default();
    let Flow { id, name, version, kind: flow_type } = written.flow.unwrap_or_default();
    let redactions = written.redactions.unwrap_or_default().into_iter();
    let recording = Recording {
        kind,
        id: known(written.id)?,
        recorded_at: written.recorded_at.and_then(known),
        source: Origin {
            base_url: base_url.and_then(known),
            file: file.and_then(known),
            format: format.and_then(known),
        },
        flow: RecordedFlow {
            id: id.and_then(known),
            name: name.and_then(known),
            version: version.and_then(known),
            kind: flow_type.and_then(known),
        },
        request: written.request,
        response: Json::Null,
        redactions: redactions.map(redaction).collect::<Option<_>>()?,
    };
    let is_right = written.schema == SCHEMA
        && recording.request.as_ref().is_none_or(is_object)
        && recording.recorded_at.as_ref().is_none_or(is_time);
    is_right.then_some((recording, written.response))
}

/// Trims a string. Returns `None` if it is blank, which counts as missing.
fn known(text: Text) -> Option<Text> {
    match text.trim() {
        "" => None,
        trimmed if trimmed.len() < text.len() => Some(trimmed.into()),
        _ => Some(text),
    }
}

fn redaction(redacted: Redacted) -> Option<Redaction> {
    let Redacted { kind, count, names } = redacted;
    let is_right = count >= 0;
    let names = names.unwrap_or_default();
    Some(Redaction { kind: known(kind)?, count, names }).filter(|_| is_right)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written<'t, Response> {
    schema: &'t str,
    kind: &'t str,
    id: Text,
    recorded_at: Option<Text>,
    source: Option<Source>,
    flow: Option<Flow>,
    request: Option<Json>,
    response: Response,
    redactions: Option<Vec<Redacted>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Source {
    base_url: Option<Text>,
    file: Option<Text>,
    format: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Flow {
    id: Option<Text>,
    name: Option<Text>,
    version: Option<Text>,
    #[serde(rename = "type")]
    kind: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redacted {
    kind: Text,
    count: i64,
    names: Option<Vec<Text>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Files, read_json};

    /// Reads with both readers. The full one must accept what the fast one accepts. The
    /// call of a simulation must be the same without its response.
    fn both(text: &str) -> Option<Recording> {
        let file = Files::new().add("a.json", text);
        let fast = read(text)?;
        if let Some((rest, call)) = read_simulation(text) {
            assert_eq!(fast.observation(), Some(call));
            assert_eq!(rest, Recording { response: Json::Null, ..fast.clone() });
        }
        assert_eq!(Recording::read(&read_json(&file).unwrap()).0, Some(fast.clone()));
        Some(fast)
    }

    fn recording(response: &str) -> Recording {
        let response = Json::parse(response).unwrap();
        Recording { id: "a \"b\"".into(), ..Recording::new(Kind::Simulation, response) }
    }

    #[test]
    fn fast_and_full_reader_agree() {
        let mut one = recording(r#"{"status": "completed", "trace": [{"n": 1}]}"#);
        one.id = "a".into();
        one.recorded_at = Some("2026-08-10T14:50:33.547Z".into());
        one.source.base_url = Some("http://127.0.0.1".into());
        one.flow.kind = Some("inbound".into());
        one.request = Some(Json::parse(r#"{"flowId": "f"}"#).unwrap());
        one.redactions =
            vec![Redaction { kind: "name".into(), count: 2, names: Vec::new() }];
        let text = one.write();
        assert_eq!(both(&text), Some(one));
    }

    #[test]
    fn simulations_are_read_without_their_response() {
        let one = recording(r#"{"status": "completed", "trace": [{"nodeId": "n"}]}"#);
        let text = one.write();
        assert!(both(&text).is_some() && read_simulation(&text).is_some());
        for other in [
            text.replace("simulation", "execution"),
            text.replace("\"trace\"", "\"steps\""),
            text.replace("\"n\"", "0.5"),
            text.replace("recording/1", "recording/2"),
            format!("{{\"more\": \"simulation\", {}", &text[1..]),
            format!("{}{text}", " ".repeat(BEGINNING)),
        ] {
            assert_ne!(other, text);
            assert_eq!(read_simulation(&other), None, "{other}");
        }
    }

    #[test]
    fn missing_and_blank_entries_are_read_fast() {
        let least = r#"{"schema": "flowsim.recording/1", "kind": "execution",
            "id": " a\u0062 ", "response": {"a": "\n"}}"#;
        let found = both(least).unwrap();
        assert_eq!((found.id.as_str(), found.request), ("ab", None));
        for more in [
            r#""source": null, "flow": null, "redactions": null, "recordedAt": null"#,
            r#""source": {"file": " "}, "flow": {"name": " x"}, "redactions": []"#,
            r#""recordedAt": " 2026-08-10T14:50:33Z ", "flow": {"id": null}"#,
        ] {
            let text = least.replacen('{', &format!("{{{more}, "), 1);
            assert!(both(&text).is_some(), "{text}");
        }
    }

    #[test]
    fn other_documents_are_left_to_the_full_reader() {
        let decimal = recording(r#"{"amount": 84.50}"#).write();
        let plain = recording("{}").write();
        assert!(both(&plain).is_some());
        assert_eq!(read(&decimal), None);
        for (old, new) in [
            ("recording/1", "recording/2"),
            ("simulation", "else"),
            ("\"recordedAt\": null", "\"recordedAt\": \"yesterday\""),
            ("\"response\": {}", "\"response\": 5"),
            ("\"request\": null", "\"request\": []"),
            ("\"source\": {}", "\"source\": {}, \"more\": 1"),
            (r#""a \"b\"""#, "\" \""),
            ("\"redactions\": []", r#""redactions": [{"kind": "name", "count": -1}]"#),
            ("\"redactions\": []", r#""redactions": [{"kind": " ", "count": 1}]"#),
        ] {
            assert!(plain.contains(old), "{old}");
            assert_eq!(read(&plain.replace(old, new)), None, "{new}");
        }
    }
}

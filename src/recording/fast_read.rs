//! Fast reader of recordings that flowsim wrote; it does not track positions.

use serde::Deserialize;

use super::document::{Kind, Origin, RecordedFlow, Recording, Redaction, SCHEMA};
use crate::value::{DateTime, Json};

/// Reads a recording in the exact form that flowsim writes. Returns `None` for anything
/// else, and for decimal numbers. [`Recording::read`] then reports mistakes and keeps all
/// digits.
pub(super) fn read(text: &str) -> Option<Recording> {
    let written: Written<'_> = serde_json::from_str(text).ok()?;
    let is_object = |json: &Json| matches!(json, Json::Object(_));
    let is_known = written.schema == SCHEMA
        && is_object(&written.response)
        && written.request.as_ref().is_none_or(is_object)
        && written.recorded_at.is_none_or(|time| DateTime::parse(time).is_some());
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == written.kind)?;
    let text = |text: Option<&str>| text.map(Into::into);
    let Source { base_url, file, format } = written.source;
    let Flow { id, name, version, kind: flow_type } = written.flow;
    let redactions = written.redactions.into_iter().filter(|it| it.count >= 0);
    is_known.then(|| Recording {
        kind,
        id: written.id.into(),
        recorded_at: text(written.recorded_at),
        source: Origin {
            base_url: text(base_url),
            file: text(file),
            format: text(format),
        },
        flow: RecordedFlow {
            id: text(id),
            name: text(name),
            version: text(version),
            kind: text(flow_type),
        },
        request: written.request,
        response: written.response,
        redactions: redactions
            .map(|it| Redaction { kind: it.kind.into(), count: it.count })
            .collect(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written<'t> {
    schema: &'t str,
    kind: &'t str,
    id: &'t str,
    recorded_at: Option<&'t str>,
    #[serde(borrow)]
    source: Source<'t>,
    flow: Flow<'t>,
    request: Option<Json>,
    response: Json,
    redactions: Vec<Redacted<'t>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Source<'t> {
    base_url: Option<&'t str>,
    file: Option<&'t str>,
    format: Option<&'t str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Flow<'t> {
    id: Option<&'t str>,
    name: Option<&'t str>,
    version: Option<&'t str>,
    #[serde(rename = "type")]
    kind: Option<&'t str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redacted<'t> {
    kind: &'t str,
    count: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Files, read_json};

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
        one.redactions = vec![Redaction { kind: "name".into(), count: 2 }];
        let text = one.write();
        assert_eq!(read(&text), Some(one.clone()));
        let file = Files::new().add("a.json", text);
        assert_eq!(Recording::read(&read_json(&file).unwrap()).0, Some(one));
    }

    #[test]
    fn other_documents_are_left_to_the_full_reader() {
        let decimal = recording(r#"{"amount": 84.50}"#).write();
        let plain = recording("{}").write().replace(r#"a \"b\""#, "a");
        assert!(read(&plain).is_some());
        assert_eq!(read(&decimal), None);
        for (old, new) in [
            ("recording/1", "recording/2"),
            ("simulation", "else"),
            ("\"recordedAt\": null", "\"recordedAt\": \"yesterday\""),
            ("\"response\": {}", "\"response\": 5"),
            ("\"request\": null", "\"request\": []"),
            ("\"source\": {}", "\"source\": {}, \"more\": 1"),
        ] {
            assert!(plain.contains(old), "{old}");
            assert_eq!(read(&plain.replace(old, new)), None, "{new}");
        }
    }
}

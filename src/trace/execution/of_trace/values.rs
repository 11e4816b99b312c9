//! Values and audio in the platform's format.

use super::super::audio::{AudioItem, Playback, object};
use crate::value::{
    Audio, AudioSegment, DateTime, Duration, Json, Kind, Object, Text, Value,
    properties_of,
};

/// Maximum length of a visible text, in characters. *Source: a real document shows 227
/// and hides a longer one; the exact limit is a guess.*
const MAX_SHOWN: usize = 256;

/// Duration of the blank audio that replaces an empty playback. *Source: a real
/// document.*
const BLANK_MS: i64 = 100;

/// Formats a value like the platform; `null` is NOT_SET.
pub(super) fn shown(value: &Value) -> Json {
    match value {
        Value::DateTime(time) => Json::String(date_time(*time)),
        Value::Duration(duration) => Json::String(length(*duration)),
        Value::Object(object) => shown_object(object),
        Value::Collection(collection) => Json::array(collection.items.iter().map(shown)),
        other => hidden_if_long(other.to_json()),
    }
}

fn hidden_if_long(json: Json) -> Json {
    match json {
        Json::String(text) if text.chars().nth(MAX_SHOWN).is_some() => {
            object([("valueIsTooLarge", true.into())])
        }
        other => other,
    }
}

/// Formats objects with an id and a name by these two, phone numbers with all their
/// properties.
fn shown_object(it: &Object) -> Json {
    let property = |name: &str| it.properties.get(name).map_or(Json::Null, shown);
    if it.kind == Kind::PhoneNumber {
        let mut names: Vec<&str> =
            properties_of(it.kind).iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        return object(names.into_iter().map(|name| (name, property(name))));
    }
    if it.properties.contains_key("id") && it.properties.contains_key("name") {
        return object(["id", "name"].map(|name| (name, property(name))));
    }
    Json::object(it.properties.iter().map(|(name, value)| (name.clone(), shown(value))))
}

/// Formats as `2026-08-10T14:50:33.547Z`, always with milliseconds.
pub(super) fn date_time(time: DateTime) -> Text {
    let mut text = String::new();
    time.write(&mut text);
    match text.strip_suffix('Z') {
        Some(rest) if !text.contains('.') => Text::from(format!("{rest}.000Z")),
        _ => text.into(),
    }
}

/// Formats as `P0D0H0M3S0F`, where `F` counts milliseconds.
fn length(duration: Duration) -> Text {
    let total = duration.milliseconds();
    let sign = if total < 0 { "-" } else { "" };
    let total = total.unsigned_abs();
    let (seconds, fraction) = (total / 1000, total % 1000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let (days, hours) = (hours / 24, hours % 24);
    Text::from(format!("{sign}P{days}D{hours}H{minutes}M{seconds}S{fraction}F"))
}

/// Creates a playback; an empty one becomes blank audio.
pub(super) fn playback(
    items: Vec<AudioItem>,
    can_barge_in: bool,
    date_time: &Text,
) -> Playback {
    let blank = || vec![AudioItem::Blank { milliseconds: BLANK_MS }];
    let items = if items.is_empty() { blank() } else { items };
    Playback { items, can_barge_in, date_time: date_time.clone() }
}

/// Returns the items of audio.
pub(super) fn items(audio: &Audio) -> impl Iterator<Item = AudioItem> + '_ {
    audio.segments.iter().map(|segment| match segment {
        AudioSegment::Prompt(prompt) => prompt_item(prompt),
        AudioSegment::Silence(milliseconds) => {
            AudioItem::Blank { milliseconds: i64::from(*milliseconds) }
        }
        AudioSegment::Speech { text, .. } => AudioItem::Speech { text: text.clone() },
        AudioSegment::Spoken(_) => {
            let mut text = String::new();
            let audio = Audio::of(segment.clone());
            Value::Audio(audio.into()).write_text(&mut text);
            AudioItem::Speech { text: text.into() }
        }
    })
}

fn prompt_item(prompt: &Object) -> AudioItem {
    let text = |name: &str| match prompt.properties.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let is_system = text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("system"));
    let family = if is_system { "PromptSystem" } else { "Prompt" };
    let name = text("name").unwrap_or_default();
    AudioItem::Prompt { id: text("id"), name: Text::from(format!("{family}.{name}")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Collection, Type};

    fn written(value: &Value) -> String {
        shown(value).to_string()
    }

    fn an_object(kind: Kind, properties: &[(&str, &str)]) -> Value {
        let properties = properties.iter();
        let properties =
            properties.map(|(name, text)| (Text::from(*name), Value::from(*text)));
        Value::Object(Object { kind, properties: properties.collect() }.into())
    }

    #[test]
    fn values_have_the_shapes_of_the_platform() {
        let time = DateTime::parse("2026-01-05T09:00:00Z").unwrap();
        assert_eq!(written(&Value::DateTime(time)), "\"2026-01-05T09:00:00.000Z\"");
        let time = DateTime::parse("2026-01-05T09:00:00.25Z").unwrap();
        assert_eq!(written(&Value::DateTime(time)), "\"2026-01-05T09:00:00.250Z\"");
        let length = Duration::from_milliseconds(93_784_005).unwrap();
        assert_eq!(written(&Value::Duration(length)), "\"P1D2H3M4S5F\"");
        assert_eq!(written(&Value::NOT_SET), "null");
        assert_eq!(written(&Value::unset(Type::many(Kind::String))), "[]");
        assert_eq!(written(&Value::Integer(-1)), "-1");
        let queue = an_object(Kind::Queue, &[("name", "Sales"), ("id", "q"), ("x", "y")]);
        assert_eq!(written(&queue), "{\"id\":\"q\",\"name\":\"Sales\"}");
        let list = Collection { kind: Kind::Queue, items: vec![queue] };
        let list = Value::Collection(list.into());
        assert_eq!(written(&list), "[{\"id\":\"q\",\"name\":\"Sales\"}]");
    }

    #[test]
    fn a_telephone_number_has_every_property() {
        let number = an_object(Kind::PhoneNumber, &[("uri", "tel:1"), ("raw", "1")]);
        assert_eq!(
            written(&number),
            "{\"dialingCode\":null,\"e164\":null,\"isGlobal\":null,\"isSip\":null,\
             \"isTel\":null,\"raw\":\"1\",\"scheme\":null,\"subscriberNumber\":null,\
             \"uri\":\"tel:1\"}"
        );
    }

    #[test]
    fn a_long_text_is_hidden() {
        let text = |length: usize| Value::string("é".repeat(length));
        assert_eq!(shown(&text(256)), text(256).to_json());
        assert_eq!(written(&text(257)), "{\"valueIsTooLarge\":true}");
    }

    #[test]
    fn audio_becomes_its_pieces() {
        let Value::Object(prompt) =
            an_object(Kind::Prompt, &[("id", "p"), ("name", "Hi")])
        else {
            panic!("`an_object` returns an object")
        };
        let mut audio = Audio::prompt(prompt);
        audio.append(Audio::of(AudioSegment::Silence(250)));
        audio.append(Audio::speech("Hello"));
        let expected = [
            AudioItem::Prompt { id: Some("p".into()), name: "Prompt.Hi".into() },
            AudioItem::Blank { milliseconds: 250 },
            AudioItem::Speech { text: "Hello".into() },
        ];
        assert_eq!(items(&audio).collect::<Vec<_>>(), expected);
        let blank = playback(Vec::new(), true, &"now".into());
        assert_eq!(blank.items, [AudioItem::Blank { milliseconds: 100 }]);
    }
}

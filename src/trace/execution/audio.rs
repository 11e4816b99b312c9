//! Audio played to the participant and the participant's answer, in the platform's
//! format.

use super::event::shown;
use crate::value::{Json, JsonObject, Text};

/// One item of a playback.
#[derive(Debug, Clone, PartialEq)]
pub enum AudioItem {
    /// A prompt.
    Prompt {
        /// GUID of the prompt.
        id: Option<Text>,
        /// Name of the prompt, as in `Prompt.Welcome`.
        name: Text,
    },
    /// Silence.
    Blank {
        /// Duration in milliseconds.
        milliseconds: i64,
    },
    /// Text read aloud. No known document of the platform contains one; the key `tts` is
    /// specific to flowsim.
    Speech {
        /// The text.
        text: Text,
    },
    /// Any other item, unchanged.
    Other(Json),
}

/// Items that are played together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Playback {
    /// The items, in order.
    pub items: Vec<AudioItem>,
    /// Whether the participant may interrupt the playback.
    pub can_barge_in: bool,
    /// Start time, in UTC.
    pub date_time: Text,
}

impl AudioItem {
    /// Parses a value of `audioItems`.
    pub fn of(item: &Json) -> Self {
        if let Some(Json::String(text)) = item.get("tts") {
            return Self::Speech { text: text.clone() };
        }
        match (item.get("promptName"), item.get("blankMs")) {
            (Some(Json::String(name)), None) => {
                let id = match item.get("promptId") {
                    Some(Json::String(id)) => Some(id.clone()),
                    _ => None,
                };
                Self::Prompt { id, name: name.clone() }
            }
            (None, Some(Json::Integer(milliseconds))) => {
                Self::Blank { milliseconds: *milliseconds }
            }
            _ => Self::Other(item.clone()),
        }
    }

    fn to_json(&self, can_barge_in: bool) -> Json {
        let mut entries = vec![("bargeInEnabled", Json::from(can_barge_in))];
        match self {
            Self::Prompt { id, name } => {
                entries.extend(id.clone().map(|id| ("promptId", Json::String(id))));
                entries.push(("promptIsNull", false.into()));
                entries.push(("promptName", Json::String(name.clone())));
            }
            Self::Blank { milliseconds } => {
                entries.push(("blankMs", (*milliseconds).into()));
                entries.push(("promptIsNull", false.into()));
            }
            Self::Speech { text } => {
                entries.push(("promptIsNull", false.into()));
                entries.push(("tts", Json::String(text.clone())));
            }
            Self::Other(item) => return item.clone(),
        }
        entries.push(("valueIsRedacted", false.into()));
        object(entries)
    }
}

impl Playback {
    /// Returns `{"audioItems": […], "dateTime": …}`, the form used below `toParticipant`,
    /// `inputAudio` and `preTransferAudio`.
    pub fn to_json(&self) -> Json {
        let items = self.items.iter().map(|item| item.to_json(self.can_barge_in));
        let date_time = Json::String(self.date_time.clone());
        object([("audioItems", Json::array(items)), ("dateTime", date_time)])
    }
}

/// Returns the items that an event with these keys played. A turn holds them at the top
/// level, other events below `audio`.
pub(super) fn played(keys: &JsonObject) -> Vec<AudioItem> {
    let in_audio = keys.get("audio").and_then(|audio| audio.get("toParticipant"));
    let played = in_audio.or_else(|| keys.get("toParticipant"));
    match played.and_then(|played| played.get("audioItems")) {
        Some(Json::Array(items)) => items.iter().map(AudioItem::of).collect(),
        _ => Vec::new(),
    }
}

/// Returns the keys that the participant pressed in an event with these keys.
pub(super) fn pressed(keys: &JsonObject) -> Option<&str> {
    let dtmf = keys.get("fromParticipant")?.get("audio")?.get("dtmf")?;
    let is_redacted = dtmf.get("valueIsRedacted") == Some(&Json::Boolean(true));
    match dtmf.get("value")? {
        Json::String(keys) if !is_redacted => Some(keys),
        _ => None,
    }
}

/// Returns whether an event with these keys hides the keys that the participant pressed.
pub(super) fn hides_keys(keys: &JsonObject) -> bool {
    let from = keys.get("fromParticipant").and_then(|from| from.get("audio"));
    let Some(dtmf) = from.and_then(|audio| audio.get("dtmf")) else { return false };
    shown(dtmf).is_none() || dtmf.get("value").is_some_and(|it| shown(it).is_none())
}

pub(super) fn object<'k>(entries: impl IntoIterator<Item = (&'k str, Json)>) -> Json {
    Json::object(entries.into_iter().map(|(key, value)| (Text::from(key), value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::execution::Event;

    fn playback() -> Playback {
        Playback {
            items: vec![
                AudioItem::Prompt { id: Some("p1".into()), name: "Prompt.Menu".into() },
                AudioItem::Blank { milliseconds: 100 },
                AudioItem::Other(Json::parse("{\"x\":1}").unwrap()),
            ],
            can_barge_in: true,
            date_time: "2026-01-05T09:00:00.000Z".into(),
        }
    }

    #[test]
    fn a_playback_has_the_format_of_the_platform() {
        assert_eq!(
            playback().to_json().to_string(),
            "{\"audioItems\":[{\"bargeInEnabled\":true,\"promptId\":\"p1\",\"promptIsNull\":false,\
             \"promptName\":\"Prompt.Menu\",\"valueIsRedacted\":false},{\"bargeInEnabled\":true,\
             \"blankMs\":100,\"promptIsNull\":false,\"valueIsRedacted\":false},{\"x\":1}],\
             \"dateTime\":\"2026-01-05T09:00:00.000Z\"}"
        );
    }

    #[test]
    fn playback_and_pressed_keys_can_be_read_back() {
        let turn = Event::turn("Get.CollectInput.Action", &playback());
        assert_eq!(turn.pressed(), None);
        let turn = turn.press("12", "2026-01-05T09:00:01.000Z");
        assert_eq!(turn.played(), playback().items);
        assert_eq!(turn.pressed(), Some("12"));
        let action = Event::action("actionPlayAudio", "a", "Play").play(&playback());
        assert_eq!(action.played(), playback().items);
        assert_eq!(Event::new("endedFlow").played(), []);
    }

    #[test]
    fn redacted_keys_are_not_returned() {
        let answer =
            "{\"audio\":{\"dtmf\":{\"value\":\"1234\",\"valueIsRedacted\":true}}}";
        let turn =
            Event::new("turn").with("fromParticipant", Json::parse(answer).unwrap());
        assert_eq!(turn.pressed(), None);
        assert!(turn.hides_keys());
        for (dtmf, is_hidden) in [
            (r#"{"valueIsRedacted": true}"#, true),
            (r#"{"value": {"valueIsTooLarge": true}}"#, true),
            (r#"{"value": "1", "valueIsRedacted": false}"#, false),
            ("null", false),
        ] {
            let answer = format!(r#"{{"audio": {{"dtmf": {dtmf}}}}}"#);
            let answer = Json::parse(&answer).unwrap();
            let turn = Event::new("turn").with("fromParticipant", answer);
            assert_eq!(turn.hides_keys(), is_hidden, "{dtmf}");
        }
    }
}

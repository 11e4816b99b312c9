//! Audio that a caller hears.

use super::spoken::Spoken;
use super::{Kind, Object, Text, Value};

/// A sequence of prompts, speech, silence and spoken values. Values are put into words
/// during playback, in the current language of the call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Audio {
    /// The segments, in the order of playback. Empty for blank audio.
    pub segments: Vec<AudioSegment>,
    /// Whether the caller may interrupt the audio. `None` if unspecified.
    pub barge_in: Option<bool>,
    /// Whether the audio is played immediately instead of with the following audio.
    /// `None` if unspecified.
    pub flush: Option<bool>,
}

/// A piece of [`Audio`].
#[derive(Debug, Clone, PartialEq)]
pub enum AudioSegment {
    /// A prompt of the organisation.
    Prompt(std::sync::Arc<Object>),
    /// Text that is read aloud.
    Speech {
        /// The text.
        text: Text,
        /// The IETF tag of the voice's language, if it is not the flow's.
        language: Option<Text>,
    },
    /// Silence of the given number of milliseconds.
    Silence(u32),
    /// A spoken value.
    Spoken(Spoken),
}

impl Audio {
    /// Blank audio.
    pub fn blank() -> Self {
        Self::default()
    }

    /// Creates audio with one segment.
    pub fn of(segment: AudioSegment) -> Self {
        Self { segments: vec![segment], ..Self::default() }
    }

    /// Creates speech in the flow's language.
    pub fn speech(text: impl Into<Text>) -> Self {
        Self::of(AudioSegment::Speech { text: text.into(), language: None })
    }

    /// Creates audio from a prompt.
    pub fn prompt(prompt: std::sync::Arc<Object>) -> Self {
        Self::of(AudioSegment::Prompt(prompt))
    }

    /// Converts a Prompt or Audio value to audio. NOT_SET becomes blank audio. Returns
    /// `None` for any other value.
    pub fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Audio(audio) => Some((**audio).clone()),
            Value::Object(object) if object.kind == Kind::Prompt => {
                Some(Self::prompt(object.clone()))
            }
            unset if unset.is_unset() => Some(Self::blank()),
            _ => None,
        }
    }

    /// Appends audio. Interruption and playback settings of `self` win over those of
    /// `other`.
    pub fn append(&mut self, other: Self) {
        self.segments.extend(other.segments);
        self.barge_in = self.barge_in.or(other.barge_in);
        self.flush = self.flush.or(other.flush);
    }

    /// Returns the words of audio that is a single text without spaces around it, as nearly
    /// all audio is. The text is then shared instead of copied.
    #[inline]
    pub fn only_text(&self) -> Option<&Text> {
        let is_printed = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        match self.segments.as_slice() {
            [AudioSegment::Speech { text, .. }]
                if is_printed(text.as_bytes().first())
                    && is_printed(text.as_bytes().last()) =>
            {
                Some(text)
            }
            _ => None,
        }
    }

    /// The audio in words: a prompt as its text, or `[prompt Name]` if the text is
    /// unknown; `[silence 500 ms]`; values in English, or the values to play in another
    /// language.
    pub fn render(&self, language: &str) -> Text {
        if let Some(text) = self.only_text() {
            return text.clone();
        }
        if let [segment] = self.segments.as_slice() {
            return segment.render(language);
        }
        let mut out = Text::new();
        for segment in &self.segments {
            let heard = segment.render(language);
            if !heard.is_empty() {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(&heard);
            }
        }
        out
    }

    /// The approximate size in bytes.
    pub fn size(&self) -> usize {
        self.segments.iter().map(AudioSegment::size).sum()
    }
}

impl AudioSegment {
    #[inline]
    fn render(&self, language: &str) -> Text {
        match self {
            Self::Prompt(prompt) => prompt_text(prompt),
            Self::Speech { text, .. } => trimmed(text),
            Self::Silence(milliseconds) => format!("[silence {milliseconds} ms]").into(),
            Self::Spoken(spoken) => spoken.render(language).into(),
        }
    }

    fn size(&self) -> usize {
        let content = match self {
            Self::Prompt(_) | Self::Silence(_) => 0,
            Self::Speech { text, .. } => text.len(),
            Self::Spoken(spoken) => spoken.size(),
        };
        content + size_of::<Self>()
    }
}

fn trimmed(text: &Text) -> Text {
    let inner = text.trim();
    if inner.len() == text.len() { text.clone() } else { inner.into() }
}

fn prompt_text(prompt: &Object) -> Text {
    match prompt.properties.get("textToSpeech") {
        Some(Value::String(text)) if !text.trim().is_empty() => trimmed(text),
        _ => match prompt.properties.get("name") {
            Some(Value::String(name)) => format!("[prompt {name}]").into(),
            _ => "[prompt]".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_heard_one_after_the_other() {
        let mut audio = Audio::speech(" You owe ");
        audio.append(Audio::of(AudioSegment::Silence(500)));
        audio.append(Audio::blank());
        audio.append(Audio::of(AudioSegment::Spoken(Spoken::number(
            super::super::Number::Integer(5),
        ))));
        assert_eq!(audio.render("en-us"), "You owe [silence 500 ms] five");
        assert_eq!(audio.render("es-us"), "You owe [silence 500 ms] [number 5 in es-us]");
        assert_eq!(Audio::blank().render("en-us"), "");
    }

    #[test]
    fn prompts_are_heard_as_their_text_or_named() {
        let prompt = |text: Option<&str>| {
            let mut properties = crate::value::Properties::default();
            properties.insert("name".into(), Value::from("Welcome"));
            if let Some(text) = text {
                properties.insert("textToSpeech".into(), Value::from(text));
            }
            Audio::prompt(Object { kind: Kind::Prompt, properties }.into())
                .render("en-us")
        };
        assert_eq!(prompt(Some("Hello.")), "Hello.");
        assert_eq!(prompt(None), "[prompt Welcome]");
    }

    #[test]
    fn the_first_interruption_setting_counts() {
        let mut audio = Audio { barge_in: Some(false), ..Audio::blank() };
        audio.append(Audio { barge_in: Some(true), flush: Some(true), ..Audio::blank() });
        assert_eq!((audio.barge_in, audio.flush), (Some(false), Some(true)));
    }
}

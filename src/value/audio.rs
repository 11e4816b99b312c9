//! What a caller hears.

use super::spoken::Spoken;
use super::{Kind, Object, Text, Value};

/// A sequence of prompts, speech, silence and spoken values. Values are put into words when
/// they are heard, in the language that the call has then.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Audio {
    /// What is played, in order. Nothing is blank audio.
    pub segments: Vec<AudioSegment>,
    /// Whether the caller may interrupt it; nothing if it is not said.
    pub barge_in: Option<bool>,
    /// Whether it is played at once instead of with what follows; nothing if it is not said.
    pub flush: Option<bool>,
}

/// A piece of [`Audio`].
#[derive(Debug, Clone, PartialEq)]
pub enum AudioSegment {
    /// A prompt of the organisation.
    Prompt(std::sync::Arc<Object>),
    /// A text that is read aloud.
    Speech {
        /// The text.
        text: Text,
        /// The IETF tag of the voice's language, if it is not the flow's.
        language: Option<Text>,
    },
    /// Nothing, for so many milliseconds.
    Silence(u32),
    /// A value.
    Spoken(Spoken),
}

impl Audio {
    /// Blank audio.
    pub fn blank() -> Self {
        Self::default()
    }

    /// Audio of one piece.
    pub fn of(segment: AudioSegment) -> Self {
        Self { segments: vec![segment], ..Self::default() }
    }

    /// A text that is read aloud in the flow's language.
    pub fn speech(text: impl Into<Text>) -> Self {
        Self::of(AudioSegment::Speech { text: text.into(), language: None })
    }

    /// A prompt.
    pub fn prompt(prompt: std::sync::Arc<Object>) -> Self {
        Self::of(AudioSegment::Prompt(prompt))
    }

    /// The audio that a Prompt or Audio value stands for; blank for NOT_SET. Nothing for any
    /// other value.
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

    /// Adds audio at the end. What is said of interruption stays; where nothing is said, what
    /// the added audio says counts.
    pub fn append(&mut self, other: Self) {
        self.segments.extend(other.segments);
        self.barge_in = self.barge_in.or(other.barge_in);
        self.flush = self.flush.or(other.flush);
    }

    /// What the caller hears, in words: a prompt as its text, or `[prompt Name]` where that is
    /// not known; `[silence 500 ms]`; values in English, or what would be played in another
    /// language.
    pub fn render(&self, language: &str) -> Text {
        // Most audio is one text, which is shared and not copied.
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

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        self.segments.iter().map(AudioSegment::size).sum()
    }
}

impl AudioSegment {
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
            let mut properties = indexmap::IndexMap::new();
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
    fn what_is_said_first_of_interruption_counts() {
        let mut audio = Audio { barge_in: Some(false), ..Audio::blank() };
        audio.append(Audio { barge_in: Some(true), flush: Some(true), ..Audio::blank() });
        assert_eq!((audio.barge_in, audio.flush), (Some(false), Some(true)));
    }
}

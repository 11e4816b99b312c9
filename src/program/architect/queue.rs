//! Actions for callers who wait in a queue.

use super::build::Compiler;
use super::control::literal;
use super::{Action, Source};
use crate::flow::architect::{self, Setting, Settings};
use crate::value::{Kind, Type};

/// Plays music while the caller waits.
#[derive(Debug, Clone)]
pub struct HoldMusic {
    /// The music, a Prompt.
    pub prompt: Source,
    /// The music if the prompt has no audio in the language of the call.
    pub fallback: Source,
    /// The playing time, a Duration; without one, the whole prompt is played once.
    pub duration: Option<Source>,
    /// Whether a key ends the music, a Boolean.
    pub barge_in: Source,
}

/// Announces the estimated wait time.
#[derive(Debug, Clone)]
pub struct EstimatedWaitTime {
    /// The estimate, a Duration. NOT_SET is not announced.
    pub estimate: Source,
    /// The form of the announcement.
    pub mode: PlaybackMode,
    /// The interval for rounding up, or the padding; a Duration.
    pub interval: Source,
    /// Special intervals for rounding up, in any order. They take precedence over
    /// `interval`.
    pub intervals: Source,
}

/// Announces the position in the queue.
#[derive(Debug, Clone)]
pub struct PositionInQueue {
    /// The position, an Integer. NOT_SET counts as 1.
    pub position: Source,
    /// The form of the announcement from the third position on.
    pub mode: PositionMode,
}

/// The spoken form of a position. *Source: Genesys' Architect Scripting.*
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionMode {
    /// "4 callers ahead of you"
    Ahead,
    /// "caller number 5"
    Number,
    /// "the 5th caller"
    Ordinal,
}

impl PositionMode {
    fn named(name: &str) -> Self {
        match name.to_lowercase().as_str() {
            "ahead" => Self::Ahead,
            "ordinal" => Self::Ordinal,
            _ => Self::Number,
        }
    }
}

/// The spoken form of a duration. *Source: Genesys' help on the action.*
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaybackMode {
    /// "about 5 minutes"
    About,
    /// "less than 5 minutes"
    LessThan,
    /// "4 to 6 minutes"
    Padded,
    /// "4 minutes 31 seconds"
    Precise,
}

impl PlaybackMode {
    fn named(name: &str) -> Self {
        match name.to_lowercase().as_str() {
            "lessthan" => Self::LessThan,
            "padded" | "range" => Self::Padded,
            "precise" | "exact" => Self::Precise,
            _ => Self::About,
        }
    }
}

impl Compiler<'_> {
    /// Compiles the default wrap-up code of an outbound call flow. *Source: the setting in
    /// flows of Genesys' examples; Genesys' help calls it the default wrap-up code.*
    pub(super) fn wrapup_code(&self) -> Option<Source> {
        let settings = self.flow.settings.get("settingsOutboundCall")?.value.group()?;
        let code = &settings.get("wrapupCode")?.value;
        let code = self.source(Some(code), Type::one(Kind::WrapupCode));
        (!code.is_unset()).then_some(code)
    }

    /// Compiles the hold music of the flow, for actions that do not set their own.
    pub(super) fn hold_prompt(&self) -> Source {
        let settings = self.flow.settings.get("settingsInQueueCall");
        let settings = settings.and_then(|settings| settings.value.group());
        let prompt = settings.and_then(|settings| settings.get("holdMusic"));
        let written = prompt.map(|prompt| &prompt.value);
        let written = written.filter(|written| **written != Setting::NoValue);
        match written {
            Some(written) => self.source(Some(written), Type::one(Kind::Prompt)),
            None => self.usual_hold_music(),
        }
    }

    fn usual_hold_music(&self) -> Source {
        let usual = Setting::Prompt("PromptSystem.on_hold_music".into());
        self.source(Some(&usual), Type::one(Kind::Prompt))
    }

    pub(super) fn hold_music(&self, action: &architect::Action) -> Action {
        let style = action.settings.get("playStyle");
        let style = style.and_then(|style| style.value.group());
        let duration = style.and_then(duration_of);
        let duration =
            duration.map(|written| self.source(Some(written), Type::one(Kind::Duration)));
        let prompt = match action.settings.get("prompt") {
            Some(_) => self.setting(action, "prompt", Type::one(Kind::Prompt)),
            None => self.hold_prompt(),
        };
        let boolean = Type::one(Kind::Boolean);
        Action::HoldMusic(Box::new(HoldMusic {
            prompt,
            fallback: self.usual_hold_music(),
            duration,
            barge_in: self.setting(action, "bargeInEnabled", boolean),
        }))
    }

    pub(super) fn estimated_wait(&self, action: &architect::Action) -> Action {
        let duration = Type::one(Kind::Duration);
        let intervals = Type::many(Kind::Duration);
        let interval = match action.settings.get("paddingInterval") {
            Some(written) => self.source(Some(&written.value), duration),
            None => self.setting(action, "roundingInterval", duration),
        };
        let mode = literal(&action.settings, "playbackMode").unwrap_or_default();
        Action::EstimatedWaitTime(Box::new(EstimatedWaitTime {
            estimate: self.setting(action, "estimatedWaitTime", duration),
            mode: PlaybackMode::named(mode),
            interval,
            intervals: self.setting(action, "specificRoundingIntervals", intervals),
        }))
    }

    pub(super) fn position_in_queue(&self, action: &architect::Action) -> Action {
        let integer = Type::one(Kind::Integer);
        let position = self.setting(action, "positionInQueue", integer);
        let mode = literal(&action.settings, "playbackMode").unwrap_or_default();
        Action::PositionInQueue(PositionInQueue {
            position,
            mode: PositionMode::named(mode),
        })
    }

    pub(super) fn whisper_audio(&self, action: &architect::Action) -> Action {
        let audio = self.setting(action, "whisperAudio", Type::one(Kind::Audio));
        Action::SetWhisperAudio(audio)
    }
}

/// Reads `{duration: …}`, `{playDuration: …}` or `{playForDuration: {duration: …}}`.
/// Returns `None` if the whole prompt is played.
fn duration_of(style: &Settings) -> Option<&Setting> {
    let entry = style.entries.iter().find(|(name, _)| name != "entirePrompt");
    match &entry?.1.value {
        Setting::Group(inside) => Some(&inside.entries.first()?.1.value),
        other => Some(other),
    }
}

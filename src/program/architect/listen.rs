//! Actions that play audio or listen to the caller outside a menu: `playAudio`,
//! `collectInput` and `dialByExtension`.

use super::build::Compiler;
use super::control::literal;
use super::{Action, Source};
use crate::flow::VariableId;
use crate::flow::architect::{self, Setting, Settings};
use crate::value::{Duration, Kind, Type, Value};

/// Collects digits. Its outputs are `success` (0) and `failure` (1).
#[derive(Debug, Clone)]
pub struct CollectInput {
    /// The prompt, `inputAudio`.
    pub audio: Source,
    /// The minimum number of digits, an Integer.
    pub min: Source,
    /// The maximum number of digits, an Integer.
    pub max: Source,
    /// The key that ends the entry.
    pub terminator: Option<char>,
    /// The waiting time for the first digit, a Duration.
    pub no_entry: Source,
    /// The waiting time for each further digit, a Duration.
    pub inter_digit: Source,
    /// Whether `*` alone is an entry, a Boolean.
    pub just_star: Source,
    /// Whether `#` alone is an entry, a Boolean.
    pub just_pound: Source,
    /// Whether the entry includes the key that ends it, a Boolean.
    pub with_terminator: Source,
    /// Whether and how the caller hears the entry and confirms it.
    pub verification: Verification,
    /// The audio after the entry that the caller confirms.
    pub verification_audio: Source,
    /// The variable that receives the digits.
    pub data: Option<VariableId>,
}

/// The form in which an entry is read back to the caller for confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// It is not read back.
    None,
    /// Digit by digit.
    IndividualDigits,
    /// As a number.
    Numeric,
}

impl Verification {
    /// The name in Archy.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::IndividualDigits => "individualDigits",
            Self::Numeric => "numeric",
        }
    }
}

/// Connects the caller with an extension. Its outputs are `timeout` (0) and `failure`
/// (1).
#[derive(Debug, Clone)]
pub struct DialByExtension {
    /// The waiting time for each digit, a Duration.
    pub inter_digit: Source,
    /// The audio before the action listens again.
    pub audio: Source,
    /// The number of times that the action listens again, an Integer.
    pub repeats: Source,
    /// The variable that receives the extension if the connection fails.
    pub extension: Option<VariableId>,
    /// Whether it is a choice of a menu, which has no outputs: the call is disconnected
    /// after the last attempt. *Source: Genesys' help on Dial By Extension.*
    pub is_choice: bool,
}

impl Compiler<'_> {
    pub(super) fn play_audio(&self, action: &architect::Action) -> Action {
        Action::PlayAudio(self.setting(action, "audio", Type::one(Kind::Audio)))
    }

    pub(super) fn collect_input(&mut self, action: &architect::Action) -> Action {
        let audio = Type::one(Kind::Audio);
        let boolean = Type::one(Kind::Boolean);
        let digits = action.settings.get("digits").and_then(|it| it.value.group());
        let range = digits.and_then(|digits| digits.get("range")?.value.group());
        let count = |name: &str| {
            let exact = digits.and_then(|digits| digits.get("exact"));
            let written = exact.or_else(|| range.and_then(|range| range.get(name)));
            self.source(written.map(|it| &it.value), Type::one(Kind::Integer))
        };
        let collect = CollectInput {
            audio: self.setting(action, "inputAudio", audio),
            min: count("min"),
            max: count("max"),
            terminator: range.and_then(|range| key(literal(range, "terminatingDtmf")?)),
            no_entry: self.timeout(action, "noEntryTimeout", "collectInput", 5),
            inter_digit: self.timeout(action, "interDigitTimeout", "collectInput", 3),
            just_star: self.setting(action, "acceptJustStar", boolean),
            just_pound: self.setting(action, "acceptJustPound", boolean),
            with_terminator: self.setting(
                action,
                "includeTerminatingDtmfInResultData",
                boolean,
            ),
            verification: match literal(&action.settings, "verificationType") {
                Some("individualDigits") => Verification::IndividualDigits,
                Some("numeric") => Verification::Numeric,
                _ => Verification::None,
            },
            verification_audio: self.setting(action, "verificationAudio", audio),
            data: self.output(action, "inputData"),
        };
        Action::CollectInput(Box::new(collect))
    }

    pub(super) fn dial_by_extension(&mut self, action: &architect::Action) -> Action {
        let names = ["extension", "extensionVariable", "extensionData"];
        let integer = Type::one(Kind::Integer);
        let dial = DialByExtension {
            inter_digit: self.timeout(action, "interDigitTimeout", "dialByExtension", 6),
            audio: self.setting(action, "repromptAudio", Type::one(Kind::Audio)),
            repeats: self.setting(action, "repromptCount", integer),
            extension: names.iter().find_map(|name| self.output(action, name)),
            is_choice: action.spec().is_some_and(|kind| kind.is_choice)
                && action.outputs.iter().all(|output| output.actions.is_empty()),
        };
        Action::DialByExtension(Box::new(dial))
    }

    /// Returns a timeout of an action, else the flow's default for its kind, else the
    /// given number of seconds. *Source: Genesys' help on default action settings.*
    fn timeout(
        &self,
        action: &architect::Action,
        name: &str,
        kind: &str,
        seconds: i64,
    ) -> Source {
        let defaults = group(&self.flow.settings, "settingsActionDefaults");
        let of_kind = defaults.and_then(|defaults| group(defaults, kind));
        let default = Duration::from_milliseconds(seconds * 1000);
        let default = default.map_or(Value::NOT_SET, Value::Duration);
        self.first_set(&[Some(&action.settings), of_kind], name, default)
    }

    /// Returns the value from the first of these settings that has one under this name,
    /// else the default.
    pub(super) fn first_set(
        &self,
        settings: &[Option<&Settings>],
        name: &str,
        default: Value,
    ) -> Source {
        let written = settings.iter().flatten().filter_map(|settings| settings.get(name));
        let mut set = written.filter(|it| {
            !matches!(it.value, Setting::NoValue | Setting::None | Setting::Group(_))
        });
        match set.next() {
            Some(written) => self.source(Some(&written.value), default.type_of()),
            None => Source::Constant(default),
        }
    }
}

/// Returns the group of settings under a name.
pub(super) fn group<'s>(settings: &'s Settings, name: &str) -> Option<&'s Settings> {
    settings.get(name)?.value.group()
}

/// Parses a key such as `digit_#`.
fn key(written: &str) -> Option<char> {
    written.strip_prefix("digit_")?.chars().next()
}

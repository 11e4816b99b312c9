//! What listens to the caller outside a menu: `collectInput` and `dialByExtension`.

use super::build::Compiler;
use super::control::{known_outputs, literal};
use super::{Action, Source};
use crate::flow::VariableId;
use crate::flow::architect::{self, Setting, Settings};
use crate::value::{Duration, Kind, Text, Type, Value};

/// Takes digits; its outputs are `success` (0) and `failure` (1).
#[derive(Debug, Clone)]
pub struct CollectInput {
    /// `inputAudio`
    pub audio: Source,
    /// How many digits are needed, an Integer.
    pub min: Source,
    /// How many digits are taken, an Integer.
    pub max: Source,
    /// The key that ends the entry.
    pub terminator: Option<char>,
    /// How long it waits for the first digit, a Duration.
    pub no_entry: Source,
    /// How long it waits for every further digit, a Duration.
    pub inter_digit: Source,
    /// Whether `*` alone is an entry, a Boolean.
    pub just_star: Source,
    /// Whether `#` alone is an entry, a Boolean.
    pub just_pound: Source,
    /// Whether the key that ends the entry belongs to it, a Boolean.
    pub with_terminator: Source,
    /// Whether the caller hears the entry and confirms it.
    pub verification: Verification,
    /// What is played behind the entry that is to be confirmed.
    pub verification_audio: Source,
    /// The variable that takes the digits.
    pub data: Option<VariableId>,
}

/// How an entry is read to the caller before it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// It is not.
    None,
    /// One digit after the other.
    IndividualDigits,
    /// As a number.
    Numeric,
}

impl Verification {
    /// As Archy writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::IndividualDigits => "individualDigits",
            Self::Numeric => "numeric",
        }
    }
}

/// Connects the caller with an extension; its outputs are `timeout` (0) and `failure` (1).
#[derive(Debug, Clone)]
pub struct DialByExtension {
    /// How long it waits for every digit, a Duration.
    pub inter_digit: Source,
    /// What is played before it listens again.
    pub audio: Source,
    /// How often it listens again, an Integer.
    pub repeats: Source,
    /// The variable that takes the extension if nobody is reached there.
    pub extension: Option<VariableId>,
}

impl Compiler<'_> {
    pub(super) fn collect_input(
        &mut self,
        action: &architect::Action,
    ) -> (Action, Vec<Text>) {
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
        let names = known_outputs(action);
        (Action::CollectInput(Box::new(collect)), names)
    }

    pub(super) fn dial_by_extension(
        &mut self,
        action: &architect::Action,
    ) -> (Action, Vec<Text>) {
        let names = ["extension", "extensionVariable", "extensionData"];
        let integer = Type::one(Kind::Integer);
        let dial = DialByExtension {
            inter_digit: self.timeout(action, "interDigitTimeout", "dialByExtension", 6),
            audio: self.setting(action, "repromptAudio", Type::one(Kind::Audio)),
            repeats: self.setting(action, "repromptCount", integer),
            extension: names.iter().find_map(|name| self.output(action, name)),
        };
        (Action::DialByExtension(Box::new(dial)), known_outputs(action))
    }

    /// A timeout of an action, else the one that the flow sets for all of its kind, else so
    /// many seconds. *Source: Genesys' help on default action settings.*
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

    /// The first of these settings that has the name and a value, else the default.
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

/// The settings under a name.
pub(super) fn group<'s>(settings: &'s Settings, name: &str) -> Option<&'s Settings> {
    settings.get(name)?.value.group()
}

/// `digit_#` as a key.
fn key(written: &str) -> Option<char> {
    written.strip_prefix("digit_")?.chars().next()
}

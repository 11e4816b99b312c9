//! The entry of a kind in the table.

use super::operation::{Operation, Support};
use super::section::{OF_ACTION, OF_CHOICE};
use super::setting::SettingSpec;

/// Outputs for success, the likeliest first.
pub(crate) const SUCCESSES: [&str; 8] =
    ["success", "found", "yes", "default", "active", "open", "matchExact", "loop"];

/// The output of a loop that its rounds take.
pub(crate) const LOOP_BODY: &str = "loop";

/// A kind of action or of menu choice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ActionSpec {
    /// The name in Archy YAML.
    pub(crate) name: &'static str,
    /// The operation that executes it.
    pub(crate) operation: Operation,
    /// The outputs that every action of this kind has, without those that authors name.
    pub(crate) outputs: &'static [&'static str],
    /// The settings.
    pub(crate) settings: &'static [SettingSpec],
    /// Whether Archy may have further settings for this kind.
    pub(crate) is_open: bool,
    /// The purpose of the turn in which it plays audio and may listen, in execution
    /// documents.
    pub(crate) turn: Option<&'static str>,
    /// Whether its events in execution documents list the variables that it sets even if
    /// there are none.
    pub(crate) lists_results: bool,
    /// Whether it is a choice of a menu and not an action.
    pub(crate) is_choice: bool,
    /// The class in Architect's JSON, if it is not the name followed by `Action`.
    class: Option<&'static str>,
    /// The end of the event name in execution documents, if it is not the name.
    event: Option<&'static str>,
}

/// Starts the entry of a kind of action.
pub(super) const fn action(name: &'static str, operation: Operation) -> ActionSpec {
    ActionSpec {
        name,
        operation,
        outputs: &[],
        settings: &[],
        is_open: true,
        turn: None,
        lists_results: false,
        is_choice: false,
        class: None,
        event: None,
    }
}

/// Builders for the entries of the table.
impl ActionSpec {
    /// Sets the outputs.
    pub(super) const fn outputs(self, outputs: &'static [&'static str]) -> Self {
        Self { outputs, ..self }
    }

    /// Sets the settings, which are all that Archy has for this kind.
    pub(super) const fn settings(self, settings: &'static [SettingSpec]) -> Self {
        Self { settings, is_open: false, ..self }
    }

    /// Sets the settings that are known. Archy may have others.
    pub(super) const fn some_settings(self, settings: &'static [SettingSpec]) -> Self {
        Self { settings, ..self }
    }

    /// Sets the class in exports.
    pub(super) const fn class(self, class: &'static str) -> Self {
        Self { class: Some(class), ..self }
    }

    /// Sets the end of the event name.
    pub(super) const fn event(self, event: &'static str) -> Self {
        Self { event: Some(event), ..self }
    }

    /// Sets the purpose of the turn.
    pub(super) const fn turn(self, purpose: &'static str) -> Self {
        Self { turn: Some(purpose), ..self }
    }

    /// Marks a kind whose events always list results.
    pub(super) const fn lists_results(self) -> Self {
        Self { lists_results: true, ..self }
    }

    /// Returns the menu choice with the behaviour of this action.
    pub(super) const fn choice(self, name: &'static str) -> Self {
        Self { name, is_choice: true, lists_results: false, ..self }
    }
}

impl ActionSpec {
    /// The support for actions of this kind.
    pub(crate) fn support(&self) -> Support {
        self.operation.support()
    }

    /// Whether the call never continues after an action of this kind.
    pub(crate) fn ends(&self) -> bool {
        self.support() == Support::Ends
    }

    /// Whether a call can continue after the action itself, and not only at its outputs.
    pub(crate) fn continues_after(&self) -> bool {
        let succeeds = || self.outputs.iter().any(|it| SUCCESSES.contains(it));
        // After a successful transfer, or a connected extension, the flow has ended.
        !self.ends() && !self.operation.connects() && !succeeds()
    }

    /// Whether authors name outputs of the action: cases, paths, intents.
    pub(crate) fn has_author_outputs(&self) -> bool {
        matches!(self.support(), Support::Question | Support::External)
            || matches!(
                self.operation,
                Operation::CallTask
                    | Operation::ChoiceTask
                    | Operation::Switch
                    | Operation::LoopUntil
                    | Operation::CallFlow(_)
                    | Operation::Local(_)
            )
    }

    /// The class in Architect's JSON: `PlayAudioAction`.
    pub(crate) fn class_name(&self) -> String {
        match self.class {
            Some(class) => class.to_owned(),
            None => format!("{}Action", capitalized(self.unprefixed())),
        }
    }

    /// The name of its events in execution documents: `actionPlayAudio`, `menuTask`.
    pub(crate) fn event_name(&self) -> String {
        let start = if self.is_choice { "menu" } else { "action" };
        match self.event {
            Some(event) => format!("{start}{event}"),
            None => format!("{start}{}", capitalized(self.unprefixed())),
        }
    }

    /// The setting with this path. A path contains the names of the enclosing settings,
    /// outermost first.
    pub(crate) fn setting(&self, path: &[&str]) -> Option<&'static SettingSpec> {
        let common: &[&[SettingSpec]] =
            if self.is_choice { &[OF_ACTION, OF_CHOICE] } else { &[OF_ACTION] };
        let mut all = self.settings.iter().chain(common.iter().copied().flatten());
        all.find(|setting| setting.is_at(path))
    }

    /// The name of the action: `transferToUser` for the choice `menuTransferToUser` too. A
    /// choice without such an action has its own name.
    pub(crate) fn action_name(&self) -> &'static str {
        super::of_class(&self.class_name(), false).map_or(self.name, |action| action.name)
    }

    /// The name of a choice without `menu`.
    pub(super) fn unprefixed(&self) -> &'static str {
        self.name.strip_prefix("menu").filter(|_| self.is_choice).unwrap_or(self.name)
    }
}

/// Returns the name with an upper-case first letter: `findSkill` becomes `FindSkill`.
pub(crate) fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Outputs of an action that succeeds or fails.
pub(super) const SUCCESS_OR_FAILURE: &[&str] = &["success", "failure"];
/// Outputs of an action that finds something or does not.
pub(super) const FOUND_OR_NOT: &[&str] = &["found", "notFound"];

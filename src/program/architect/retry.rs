//! The reaction of a bot to silence and to answers that do not fit: apologies, reprompts,
//! and the failure after which the bot gives up.

use super::Source;
use super::build::Compiler;
use crate::flow::architect::{self, Setting, Settings};
use crate::value::{Json, Kind, Text, Type};

/// The question of a bot whether it understood an answer.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// `always` if answers need a confirmation, a String.
    pub mode: Source,
    /// The question.
    pub question: Source,
    /// The apologies before the question is repeated: after silence, and after an answer
    /// that is neither yes nor no.
    pub apologies: [Phrases; 2],
    /// The reaction to the answer no.
    pub rejected: RetryPolicy,
}

/// The reaction of a bot to silence or to an answer that does not fit.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    /// The apologies.
    pub apologies: Phrases,
    /// The messages that replace the question.
    pub reprompts: Phrases,
    /// The number of consecutive failures after which the bot gives up.
    pub most: u32,
    /// The output that the bot then takes; without one, giving up is a runtime error.
    pub output: Option<u16>,
}

/// Messages for consecutive failures.
#[derive(Debug, Clone)]
pub struct Phrases(Box<[Source]>);

impl Phrases {
    /// Returns all messages.
    pub fn all(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    /// Returns the message for a failure, counted from 1. *Decided here: each failure has
    /// the next message, and the last message serves all further failures.*
    pub fn after(&self, failures: u32) -> Option<&Source> {
        let index = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
        self.0.get(index).or(self.0.last())
    }
}

/// Default number of attempts. *Source: the settings that Architect gives to a new bot.*
const MOST: u32 = 3;

/// Outputs of a bot that gives up.
pub(super) const NO_INPUTS: &str = "maxNoInputs";
pub(super) const NO_MATCHES: &str = "maxNoMatches";
pub(super) const NO_MATCH_OF_INTENT: &str = "noIntent";

pub(super) const MESSAGE: Type = Type::one(Kind::Communication);

impl Compiler<'_> {
    /// Compiles the confirmation of an answer. *Source: Genesys' Architect Scripting, on
    /// `confirmationRejectionsMax` and the apologies.*
    pub(super) fn confirmation(
        &self,
        action: &architect::Action,
        names: &[Text],
    ) -> Confirmation {
        let of_flow = self.of_flow("settingsUserInput");
        let apologies = |name: &str| {
            let names = [format!("{name}Apology"), format!("{name}Apologies")];
            self.spoken(of_flow, &names)
        };
        let most = of_flow.and_then(|it| whole(it, "confirmationRejectionsMax"));
        Confirmation {
            mode: self.setting(action, "confirmationMode", Type::one(Kind::String)),
            question: self.setting(action, "confirmationQuestion", MESSAGE),
            apologies: [
                apologies("confirmationNoInput"),
                apologies("confirmationNoMatch"),
            ],
            rejected: RetryPolicy {
                apologies: apologies("noToConfirmation"),
                reprompts: self.reprompts(action, "noMatch"),
                most: most.unwrap_or(MOST).max(1),
                output: output(action, names, NO_MATCH_OF_INTENT),
            },
        }
    }

    /// Compiles the reaction to silence (`noInput`) or to an answer that does not fit
    /// (`noMatch`).
    pub(super) fn again(
        &self,
        action: &architect::Action,
        what: &str,
        output: Option<u16>,
    ) -> RetryPolicy {
        let of_flow = self.of_flow("settingsUserInput");
        let several = several(what);
        let apologies = [
            format!("{what}Apology"),
            format!("{what}Apologies"),
            format!("{several}Apologies"),
        ];
        let most = of_flow.and_then(|it| whole(it, &format!("{several}Max")));
        RetryPolicy {
            apologies: self.spoken(of_flow, &apologies),
            reprompts: self.reprompts(action, what),
            most: most.unwrap_or(MOST).max(1),
            output,
        }
    }

    /// Returns the messages of an action that replace its question. *Source: an export,
    /// whose reprompts are out of service while `customizeNoMatch` is false, unlike its
    /// `noMatches`.*
    fn reprompts(&self, action: &architect::Action, what: &str) -> Phrases {
        let mut names = vec![what.to_owned(), several(what)];
        let customizes = what.replacen("no", "customizeNo", 1);
        let customizes = action.settings.get(&customizes).map(|it| &it.value);
        if !matches!(customizes, Some(Setting::Literal(Json::Boolean(false)))) {
            names.insert(0, format!("{what}Reprompts"));
        }
        self.spoken(Some(&action.settings), &names)
    }

    /// Returns the values of the first of these settings that has any.
    fn spoken(&self, settings: Option<&Settings>, names: &[String]) -> Phrases {
        let found = names.iter().find_map(|name| match &settings?.get(name)?.value {
            Setting::NoValue | Setting::None => None,
            Setting::List(items) if items.is_empty() => None,
            Setting::List(items) => Some(items.iter().map(|item| &item.value).collect()),
            other => Some(vec![other]),
        });
        let found: Vec<&Setting> = found.unwrap_or_default();
        Phrases(found.into_iter().map(|it| self.source(Some(it), MESSAGE)).collect())
    }
}

fn several(what: &str) -> String {
    if what == "noMatch" { "noMatches".into() } else { format!("{what}s") }
}

/// Returns the index of an output, if the document enables the output.
pub(super) fn output(
    action: &architect::Action,
    names: &[Text],
    name: &str,
) -> Option<u16> {
    action.outputs.iter().find(|output| output.label == name)?;
    let index = names.iter().position(|known| known == name)?;
    u16::try_from(index).ok()
}

fn whole(settings: &Settings, name: &str) -> Option<u32> {
    match settings.get(name)?.value {
        Setting::Literal(Json::Integer(number)) => u32::try_from(number).ok(),
        _ => None,
    }
}

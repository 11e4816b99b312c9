//! Actions that do not lead anywhere: what they tell the platform is recorded. And the
//! outputs of actions whose outcome somebody else knows.

use super::build::Compiler;
use super::control::{labels, literal};
use super::{Action, Source};
use crate::expr::architect::BuiltInId;
use crate::flow::architect::{self, Setting, Settings};
use crate::value::{Json, Kind, Text, Type, Value};

/// An action whose settings are recorded, and what it changes besides.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its settings that have a value, by name.
    pub inputs: Box<[(Text, Source)]>,
    /// What it changes.
    pub change: Change,
}

/// What a recorded action changes.
#[derive(Debug, Clone)]
pub enum Change {
    /// Nothing that a flow could see. It takes the first of its outputs, `success`.
    Nothing,
    /// The language of the conversation.
    Language(Source),
    /// A variable that Architect brings along.
    BuiltIn(BuiltInId, Source),
    /// The flow is over.
    EndFlow,
}

const EXTERNAL_TAG: BuiltInId = BuiltInId::of("Call.ExternalTag");
const UUI_DATA: BuiltInId = BuiltInId::of("Call.UUIData");

/// Kinds that are recorded, and their outputs. *Source: Genesys' documentation of Architect
/// Scripting.*
pub(super) const RECORDED: &[(&str, &[&str])] = &[
    ("abortSurveyInvite", &[]),
    ("addFlowMilestone", &[]),
    ("audioMonitoring", &[]),
    ("clearActiveIntent", &[]),
    ("clearPostFlow", &[]),
    ("clearUtilizationLabel", SUCCESS_OR_FAILURE),
    ("clearVoicemailSnippet", &[]),
    ("completeSurveyInvite", &[]),
    ("disconnectWorkitem", SUCCESS_OR_FAILURE),
    ("enableParticipantRecord", &[]),
    ("endFlow", &[]),
    ("endWorkflow", &[]),
    ("exitBotFlow", &[]),
    ("exitSurveyFlow", &[]),
    ("exitWorkitemFlow", &[]),
    ("flushAudio", &[]),
    ("initializeFlowOutcome", &[]),
    ("sendKnowledgeFeedback", SUCCESS_OR_FAILURE),
    ("sendNotification", SUCCESS_OR_FAILURE),
    ("setExternalTag", SUCCESS_OR_FAILURE),
    ("setFlowOutcome", &[]),
    ("setIntent", &[]),
    ("setLanguage", &[]),
    ("setPostFlow", &[]),
    ("setPriority", SUCCESS_OR_FAILURE),
    ("setScreenPop", &[]),
    ("setSentiment", SUCCESS_OR_FAILURE),
    ("setSkills", SUCCESS_OR_FAILURE),
    ("setUUIData", &[]),
    ("setUtilizationLabel", SUCCESS_OR_FAILURE),
    ("setWhisperAudio", SUCCESS_OR_FAILURE),
    ("setWrapupCode", SUCCESS_OR_FAILURE),
    ("showKnowledgeArticle", &[]),
    ("terminateWorkitem", SUCCESS_OR_FAILURE),
    ("transcription", &[]),
    ("updateWorkitem", SUCCESS_OR_FAILURE),
];

/// Kinds that are asked for and have outputs of their own.
const ASKED: &[(&str, &[&str])] = &[
    ("askForAuthentication", &["failure"]),
    ("callAudioConnector", SUCCESS_OR_FAILURE),
    ("callBotConnector", &["failure"]),
    ("callDecisionTable", SUCCESS_OR_FAILURE),
    ("callDialogEngineBot", &["knowledge", "noIntent", "failure"]),
    ("callDialogflowBot", &["failure"]),
    ("callDialogflowCxBot", SUCCESS_OR_FAILURE),
    ("callGuide", &["success", "failure", "timeout"]),
    ("callLexBot", &["failure"]),
    ("callLexV2Bot", &["failure"]),
    ("callNuanceMixBot", &["failure"]),
    ("decryptData", SUCCESS_OR_FAILURE),
    ("detectIntent", &["default"]),
    ("encryptData", SUCCESS_OR_FAILURE),
    ("findKnowledgeBaseDocumentById", FOUND_OR_NOT),
    ("getAssignedCustomerIntents", &["found", "notFound", "failure"]),
    ("getJourneyOutcome", FOUND_OR_NOT),
    ("getJourneyOutcomeScoresBySession", FOUND_OR_NOT),
    ("getJourneySegment", FOUND_OR_NOT),
    ("getJourneySession", FOUND_OR_NOT),
    ("getJourneySessionsByExternalContact", FOUND_OR_NOT),
    ("getRawSIPHeaders", SUCCESS_OR_FAILURE),
    ("getResponse", SUCCESS_OR_FAILURE),
    ("getSIPHeaders", SUCCESS_OR_FAILURE),
    ("getSecuredData", SUCCESS_OR_FAILURE),
    ("processVoicemailInput", &["voicemail", "noInput", "failure"]),
    ("promoteExternalContact", SUCCESS_OR_FAILURE),
    ("searchExternalContacts", &["matchExact", "matchMultiple", "notFound"]),
    ("setSecuredData", SUCCESS_OR_FAILURE),
];

const SUCCESS_OR_FAILURE: &[&str] = &["success", "failure"];
const FOUND_OR_NOT: &[&str] = &["found", "notFound"];

/// The outputs that a kind is known to have, and those that the document has besides.
pub(super) fn outputs_of(action: &architect::Action, known: &[&str]) -> Vec<Text> {
    let mut names = labels(known);
    for output in &action.outputs {
        let is_there = |name: &Text| {
            *name == output.label || name.eq_ignore_ascii_case(&output.label)
        };
        if !names.iter().any(is_there) {
            names.push(output.label.clone());
        }
    }
    names
}

/// The outputs of an action that is asked for.
pub(super) fn outputs_of_asked(action: &architect::Action) -> Vec<Text> {
    let known = ASKED.iter().find(|(kind, _)| *kind == action.kind.value);
    outputs_of(action, known.map_or(&[], |(_, names)| names))
}

impl Compiler<'_> {
    /// An action of a kind that is recorded.
    pub(super) fn recorded(
        &mut self,
        action: &architect::Action,
    ) -> Option<(Action, Vec<Text>)> {
        let (kind, names) =
            RECORDED.iter().find(|(kind, _)| *kind == action.kind.value)?;
        let text = |name| self.setting(action, name, Type::one(Kind::String));
        let change = match *kind {
            "setLanguage" if action.settings.get("languageValue").is_some() => {
                Change::Language(text("languageValue"))
            }
            "setLanguage" => Change::Language(text("language")),
            "setExternalTag" => Change::BuiltIn(EXTERNAL_TAG, text("externalTag")),
            "setUUIData" => Change::BuiltIn(UUI_DATA, text("uuiData")),
            "endFlow"
            | "endWorkflow"
            | "exitBotFlow"
            | "exitSurveyFlow"
            | "exitWorkitemFlow"
            | "abortSurveyInvite"
            | "completeSurveyInvite" => Change::EndFlow,
            _ => Change::Nothing,
        };
        let mut inputs = Vec::new();
        self.inputs_of(&action.settings, &mut inputs);
        let recorded = Recorded { inputs: inputs.into(), change };
        Some((Action::Recorded(recorded), outputs_of(action, names)))
    }

    /// The settings that have a value, those within settings too. A choice of one of several
    /// forms, and the name of something that has settings of its own, are values as well:
    /// `{screenPopScript: {Sales: {inputs: {…}}}}` has the script `Sales`.
    pub(super) fn inputs_of(
        &self,
        settings: &Settings,
        inputs: &mut Vec<(Text, Source)>,
    ) {
        for (name, written) in &settings.entries {
            match &written.value {
                Setting::NoValue | Setting::None | Setting::Variable(_) => {}
                // Which outputs are switched on is no input.
                Setting::Group(_) if name == "outputs" => {}
                Setting::List(items)
                    if items.iter().any(|it| has_settings(&it.value)) => {}
                Setting::Group(group) => {
                    if let Some(called) = literal(group, "name") {
                        inputs.push((name.clone(), text(called)));
                    }
                    match group.entries.as_slice() {
                        [(form, body)] if has_settings(&body.value) => {
                            inputs.push((name.clone(), text(form)));
                            let within = body.value.group();
                            within.into_iter().for_each(|it| self.inputs_of(it, inputs));
                        }
                        _ if literal(group, "name").is_none() => {
                            self.inputs_of(group, inputs);
                        }
                        _ => {}
                    }
                }
                Setting::Literal(json @ Json::Object(_)) => {
                    let source = match json.get("name") {
                        Some(Json::String(called)) => text(called),
                        _ => self.source(Some(&written.value), Type::ANY),
                    };
                    inputs.push((name.clone(), source));
                }
                other => inputs.push((name.clone(), self.source(Some(other), Type::ANY))),
            }
        }
    }
}

fn text(text: &str) -> Source {
    Source::Constant(Value::from(text))
}

/// Whether a setting is a group of others, as `{inputs: …}` is and `{lit: …}` is not.
fn has_settings(setting: &Setting) -> bool {
    matches!(setting, Setting::Group(_))
}

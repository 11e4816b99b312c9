//! Event handling of a flow: compiles `settingsErrorHandling` to ordinary actions.

use super::Source;
use super::build::Compiler;
use crate::flow::architect::{self, ArchitectFlow, Setting, SettingName, Settings};
use crate::flow::kinds::{FlowKind, recognizes_input};
use crate::flow::{NodeId, Spanned};
use crate::source::Span;
use crate::value::{Json, Kind, Type};

/// The events of a bot that are not runtime errors.
#[derive(Debug, Clone)]
pub struct BotEvents {
    /// The first step after the bot gave up understanding the participant.
    pub recognition_failure: NodeId,
    /// The first step after the bot gave up again. `None` if the flow has no setting for
    /// it.
    pub subsequent_failure: Option<NodeId>,
    /// The reaction to a participant who requests an agent. `None` if it is switched off.
    pub escalation: Option<Escalation>,
}

/// The reaction to a participant who requests an agent.
#[derive(Debug, Clone)]
pub struct Escalation {
    /// Whether the reaction is switched on, a Boolean.
    pub is_enabled: Source,
    /// The question whether the participant wants an agent.
    pub confirmation: Option<Source>,
    /// The first step of the reaction.
    pub begin: NodeId,
}

/// An event: the name of its steps, its settings, and the reason for leaving the bot.
struct Event {
    name: &'static str,
    handling: &'static str,
    handover: &'static str,
    reason: &'static str,
}

const ERROR: Event = Event {
    name: "Error Handling",
    handling: "errorHandling",
    handover: "errorEventHandover",
    reason: "Error",
};

const RECOGNITION_FAILURE: Event = Event {
    name: "Recognition Failure",
    handling: "recognitionFailureEventHandling",
    handover: "recognitionFailureEventHandover",
    reason: "RecognitionFailure",
};

/// *Source: an export of a bot. The name of the setting in Archy is not known; this one
/// is decided here.*
const SUBSEQUENT_FAILURE: Event = Event {
    name: "Recognition Failure Again",
    handling: "subsequentRecognitionFailuresHandling",
    handover: "recognitionFailureEventHandover",
    reason: "RecognitionFailure",
};

const ESCALATION: Event = Event {
    name: "Agent Escalation",
    handling: "agentEscalationHandling",
    handover: "agentEscalationHandover",
    reason: "AgentRequestedByUser",
};

impl<'c> Compiler<'c> {
    /// Compiles the steps that follow a runtime error: `preHandlingAudio`, then the
    /// action given by `errorHandling`. Returns the first step.
    pub(super) fn error_handling(&mut self) -> Option<NodeId> {
        self.event(&ERROR)
    }

    /// Compiles the steps that follow the other events of a bot. *Source: Genesys' help on
    /// event handling. That a bot without these settings is left is decided here.*
    pub(super) fn bot_events(&mut self) -> Option<BotEvents> {
        if !recognizes_input(&self.flow.flow_type) {
            return None;
        }
        let recognition_failure = self.event(&RECOGNITION_FAILURE)?;
        let (settings, _) = self.event_settings();
        let subsequent = settings.and_then(|it| it.get(SUBSEQUENT_FAILURE.handling));
        let subsequent_failure = match subsequent {
            Some(_) => self.event(&SUBSEQUENT_FAILURE),
            None => None,
        };
        let escalation = self.escalation();
        Some(BotEvents { recognition_failure, subsequent_failure, escalation })
    }

    fn escalation(&mut self) -> Option<Escalation> {
        let (settings, _) = self.event_settings();
        let setting =
            |name: &str| settings.and_then(|it| it.get(name)).map(|it| &it.value);
        let enabled =
            self.source(setting("enableAgentEscalation"), Type::one(Kind::Boolean));
        if enabled.is_unset() {
            return None;
        }
        let confirmation = self.source(
            setting("agentEscalationConfirmation"),
            Type::one(Kind::Communication),
        );
        Some(Escalation {
            is_enabled: enabled,
            confirmation: (!confirmation.is_unset()).then_some(confirmation),
            begin: self.event(&ESCALATION)?,
        })
    }

    fn event_settings(&self) -> (Option<&'c Settings>, Span) {
        let flow: &'c ArchitectFlow = self.flow;
        let written = flow.settings.get("settingsErrorHandling");
        let span = written.map_or(flow.span, |written| written.span);
        (written.and_then(|written| written.value.group()), span)
    }

    /// Compiles the steps that follow an event: the words for the participant, then the
    /// handling.
    fn event(&mut self, event: &Event) -> Option<NodeId> {
        let (settings, span) = self.event_settings();
        let handling = settings.and_then(|it| it.get(event.handling)?.value.group());
        let nature = self.flow.flow_kind();
        let mut actions = Vec::new();
        let mut say = |setting: &str, kind: &str, name: &str| {
            let written = settings.and_then(|settings| settings.get(setting));
            if let Some(words) = written.filter(|it| it.value != Setting::NoValue) {
                let words = vec![(name.into(), words.clone())];
                actions.push(handler(event, kind, words, span));
            }
        };
        if event.handling == ERROR.handling {
            say("preHandlingAudio", "playAudio", "audio");
        }
        say(event.handover, "communicate", "communication");
        let (kind, mut entries) = match handling.and_then(|it| it.entries.first()) {
            Some((kind, body)) => {
                let kind = self.handling_action(kind, nature);
                (kind, handling_settings(kind, &body.value))
            }
            None => match nature {
                FlowKind::CommonModule => return None,
                _ if recognizes_input(&self.flow.flow_type) => {
                    ("exitBotFlow", Vec::new())
                }
                FlowKind::Call | FlowKind::InQueue => ("disconnect", Vec::new()),
                FlowKind::Digital => ("endFlow", Vec::new()),
            },
        };
        if kind == "exitBotFlow" {
            let value = Setting::Literal(Json::String(event.reason.into()));
            entries = vec![("exitReason".into(), Spanned { value, span })];
        }
        actions.push(handler(event, kind, entries, span));
        if kind == "transferToAcd" {
            // If the queue does not accept the call, the only option left is to
            // disconnect.
            actions.push(handler(event, "disconnect", Vec::new(), span));
        }
        self.sequence(&actions, None)
    }

    /// Returns the action that implements a handling. *Source:
    /// `ArchEnums.EVENTS_FLOW_ERROR_HANDLING`.*
    fn handling_action(&self, kind: &str, nature: FlowKind) -> &'static str {
        match kind {
            "queue" => "transferToAcd",
            "task" => "jumpToTask",
            "menu" => "jumpToMenu",
            "state" => "changeState",
            // The caller keeps waiting, from the beginning of the start-up task.
            "endInQueueState" if nature == FlowKind::InQueue => "endTask",
            "exit" if recognizes_input(&self.flow.flow_type) => "exitBotFlow",
            "endWorkflow" | "endFlow" | "exit" | "endInQueueState" | "continue"
            | "abortSend" | "completeSend" => "endFlow",
            _ => "disconnect",
        }
    }
}

fn handler(
    event: &Event,
    kind: &str,
    entries: Vec<(SettingName, Spanned<Setting>)>,
    span: Span,
) -> architect::Action {
    architect::Action {
        key: None,
        tracking_id: None,
        name: Some(event.name.into()),
        kind: Spanned { value: kind.into(), span },
        settings: Settings { entries },
        outputs: Vec::new(),
        span,
    }
}

/// Returns the settings of that action. The only reference among them is the jump target.
fn handling_settings(kind: &str, body: &Setting) -> Vec<(SettingName, Spanned<Setting>)> {
    let entries = body.group().map_or(&[][..], |body| body.entries.as_slice());
    let target = match kind {
        "jumpToTask" => "targetTaskRef",
        "jumpToMenu" => "targetMenuRef",
        "changeState" => "targetStateRef",
        _ => return entries.to_vec(),
    };
    let units = entries.iter().filter(|(_, it)| matches!(it.value, Setting::Unit(_)));
    units.map(|(_, unit)| (target.into(), unit.clone())).collect()
}

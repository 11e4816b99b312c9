//! Error handling of a flow: compiles `settingsErrorHandling` to ordinary actions.

use super::build::Compiler;
use crate::flow::architect::{self, Setting, Settings};
use crate::flow::kinds::FlowKind;
use crate::flow::{NodeId, Spanned};
use crate::source::Span;
use crate::value::Text;

impl Compiler<'_> {
    /// Compiles the steps that follow a runtime error: `preHandlingAudio`, then the
    /// action given by `errorHandling`. Returns the first step.
    pub(super) fn error_handling(&mut self) -> Option<NodeId> {
        let written = self.flow.settings.get("settingsErrorHandling");
        let settings = written.and_then(|written| written.value.group());
        let handling = settings.and_then(|settings| settings.get("errorHandling"));
        let handling = handling.and_then(|handling| handling.value.group());
        let span = written.map_or(self.flow.span, |written| written.span);
        let nature = self.flow.flow_kind();
        let mut actions = Vec::new();
        let audio = settings.and_then(|settings| settings.get("preHandlingAudio"));
        if let Some(audio) = audio.filter(|audio| audio.value != Setting::NoValue) {
            let audio = (Text::from("audio"), audio.clone());
            actions.push(handler("playAudio", vec![audio], span));
        }
        let then = handling.and_then(|handling| handling.entries.first());
        let (kind, entries) = match then {
            Some((kind, body)) => {
                let kind = handling_action(kind, nature);
                (kind, handling_settings(kind, &body.value))
            }
            None => match nature {
                FlowKind::CommonModule => return None,
                FlowKind::Call | FlowKind::InQueue => ("disconnect", Vec::new()),
                FlowKind::Digital => ("endFlow", Vec::new()),
            },
        };
        actions.push(handler(kind, entries, span));
        if kind == "transferToAcd" {
            // If the queue does not accept the call, the only option left is to
            // disconnect.
            actions.push(handler("disconnect", Vec::new(), span));
        }
        self.sequence(&actions, None)
    }
}

fn handler(
    kind: &str,
    entries: Vec<(Text, Spanned<Setting>)>,
    span: Span,
) -> architect::Action {
    architect::Action {
        key: None,
        tracking_id: None,
        name: Some("Error Handling".into()),
        kind: Spanned { value: kind.into(), span },
        settings: Settings { entries },
        outputs: Vec::new(),
        span,
    }
}

/// Returns the action that implements an error handling. *Source:
/// `ArchEnums.EVENTS_FLOW_ERROR_HANDLING`.*
fn handling_action(kind: &str, nature: FlowKind) -> &'static str {
    match kind {
        "queue" => "transferToAcd",
        "task" => "jumpToTask",
        "menu" => "jumpToMenu",
        "state" => "changeState",
        // The caller keeps waiting, from the beginning of the start-up task.
        "endInQueueState" if nature == FlowKind::InQueue => "endTask",
        "endWorkflow" | "endFlow" | "exit" | "endInQueueState" | "continue"
        | "abortSend" | "completeSend" => "endFlow",
        _ => "disconnect",
    }
}

/// Returns the settings of that action. The only reference among them is the jump target.
fn handling_settings(kind: &str, body: &Setting) -> Vec<(Text, Spanned<Setting>)> {
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

//! Actions that need nothing from outside: silence, and encryption with opaque values. The
//! host may answer them instead.

use super::build::Compiler;
use super::{Action, Other, Source};
use crate::flow::VariableId;
use crate::flow::architect;
use crate::flow::kinds::LocalKind;
use crate::value::{Kind, Text, Type};

/// An action that is computed unless the host answers it.
#[derive(Debug, Clone)]
pub struct Local {
    /// The settings and results, for an answer of the host.
    pub other: Other,
    /// The computation.
    pub task: LocalTask,
}

/// The computation of an action.
#[derive(Debug, Clone)]
pub enum LocalTask {
    /// Plays audio to its end, or waits for silence of the given duration.
    Silence {
        /// The audio.
        audio: Option<Source>,
        /// The duration of the silence.
        duration: Source,
        /// The variable that receives the number of repetitions.
        repeats: Option<VariableId>,
    },
    /// Replaces data by an opaque value.
    Encrypt(Source, Option<VariableId>),
    /// Returns the data of an opaque value.
    Decrypt(Source, Option<VariableId>),
}

impl Compiler<'_> {
    /// Compiles an action that is computed unless the host answers it.
    pub(super) fn local(
        &mut self,
        action: &architect::Action,
        kind: LocalKind,
    ) -> (Action, Vec<Text>) {
        let (mut other, names) = self.unsimulated(action);
        let setting = |name, kind| self.setting(action, name, Type::one(kind));
        let silence = |audio| LocalTask::Silence {
            audio,
            duration: setting("silenceDuration", Kind::Duration),
            repeats: self.output(action, "actualRepeatCount"),
        };
        let task = match kind {
            LocalKind::PlayOnSilence => silence(Some(setting("audio", Kind::Audio))),
            LocalKind::DetectSilence => silence(None),
            LocalKind::Encrypt => LocalTask::Encrypt(
                self.setting(action, "dataToEncrypt", Type::ANY),
                self.output(action, "encryptedData"),
            ),
            LocalKind::Decrypt => LocalTask::Decrypt(
                setting("dataToDecrypt", Kind::String),
                self.output(action, "decryptedData"),
            ),
        };
        if kind == LocalKind::Encrypt {
            // Traces record the settings, and must not contain the data.
            let inputs = other.inputs.iter().filter(|(name, _)| name != "dataToEncrypt");
            other.inputs = inputs.cloned().collect();
        }
        (Action::Local(Box::new(Local { other, task })), names)
    }
}

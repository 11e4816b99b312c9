//! Audio, digits, speech and languages.

use super::operation::{LocalKind, Operation, SideEffect};
use super::setting::value;
use super::spec::{ActionSpec, FOUND_OR_NOT, SUCCESS_OR_FAILURE, action};
use crate::value::Kind;

/// The kinds of this family.
pub(super) const KINDS: &[ActionSpec] = &[
    action("audioMonitoring", Operation::NOTED),
    action("clearVoicemailSnippet", Operation::NOTED),
    action("collectInput", Operation::CollectInput)
        .outputs(SUCCESS_OR_FAILURE)
        .settings(&[
            value("inputAudio", Kind::Audio),
            value("noEntryAudio", Kind::Audio),
            value("verificationAudio", Kind::Audio),
            value("noEntryTimeout", Kind::Duration),
            value("interDigitTimeout", Kind::Duration),
        ])
        .turn("Get.CollectInput.Action")
        .lists_results(),
    action("detectSilence", Operation::Local(LocalKind::DetectSilence))
        .outputs(&["success", "timeout"]),
    action("findGrammar", Operation::External).outputs(FOUND_OR_NOT),
    action("findGrammarById", Operation::External).outputs(FOUND_OR_NOT),
    action("flushAudio", Operation::NOTED),
    action("playAudio", Operation::PlayAudio).settings(&[value("audio", Kind::Audio)]),
    action("playAudioOnSilence", Operation::Local(LocalKind::PlayOnSilence))
        .outputs(&["success", "timeout"])
        .settings(&[value("audio", Kind::Audio)]),
    action("playUserGreeting", Operation::External),
    action("playUserName", Operation::External),
    action("processVoicemailInput", Operation::External).outputs(&[
        "voicemail",
        "noInput",
        "failure",
    ]),
    action("setLanguage", Operation::Record(SideEffect::Language))
        .class("SetLocaleAction")
        .event("SetLocale"),
    action("transcription", Operation::NOTED),
];

//! Audio, digits, speech and languages.

use super::operation::{LocalKind, Operation, SideEffect};
use super::setting::{any, flag, other, result_of, value, word};
use super::spec::{ActionSpec, FOUND_OR_NOT, SUCCESS_OR_FAILURE, action};
use crate::value::Kind;

/// The keys that end an entry. *Source: Genesys' help on Collect Input.*
const TERMINATORS: &[&str] = &[
    "digit_0", "digit_1", "digit_2", "digit_3", "digit_4", "digit_5", "digit_6",
    "digit_7", "digit_8", "digit_9", "digit_*", "digit_#", "none",
];

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
            result_of("inputData", Kind::String),
            value("digits.exact", Kind::Integer),
            value("digits.range.min", Kind::Integer),
            value("digits.range.max", Kind::Integer),
            word("digits.range.terminatingDtmf", TERMINATORS),
            flag("acceptJustStar"),
            flag("acceptJustPound"),
            flag("includeTerminatingDtmfInResultData"),
            word("verificationType", &["none", "individualDigits", "numeric"]),
        ])
        .turn("Get.CollectInput.Action")
        .lists_results(),
    action("detectSilence", Operation::Local(LocalKind::DetectSilence))
        .outputs(&["success", "timeout"])
        .some_settings(&[
            value("silenceDuration", Kind::Duration),
            value("timeout", Kind::Duration),
        ]),
    action("findGrammar", Operation::External).outputs(FOUND_OR_NOT),
    action("findGrammarById", Operation::External).outputs(FOUND_OR_NOT),
    action("flushAudio", Operation::NOTED).settings(&[]),
    action("playAudio", Operation::PlayAudio).settings(&[value("audio", Kind::Audio)]),
    action("playAudioOnSilence", Operation::Local(LocalKind::PlayOnSilence))
        .outputs(&["success", "timeout"])
        .some_settings(&[
            value("audio", Kind::Audio),
            result_of("actualRepeatCount", Kind::Integer),
            value("timeout", Kind::Duration),
        ]),
    action("playUserGreeting", Operation::External),
    action("playUserName", Operation::External),
    action("processVoicemailInput", Operation::External).outputs(&[
        "voicemail",
        "noInput",
        "failure",
    ]),
    action("setLanguage", Operation::Record(SideEffect::Language))
        .class("SetLocaleAction")
        .event("SetLocale")
        .settings(&[any("languageValue"), other("language")]),
    action("transcription", Operation::NOTED),
];

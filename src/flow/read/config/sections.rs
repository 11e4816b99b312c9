//! The sections of settings of flows and menus.

use super::kinds;
use super::values::{OF_THE_EDITOR, group, input, plain, settings};
use crate::flow::Spanned;
use crate::flow::architect::{Setting, SettingName, Settings};
use crate::flow::kinds::uncapitalized;
use crate::source::{Entry, Kind, Node};

type Entries = Vec<(SettingName, Spanned<Setting>)>;

/// Keys of a flow that are fields of the model, or that only the editor needs.
const OF_THE_FLOW: &[&str] = &[
    "commonModules",
    "defaultLanguage",
    "description",
    "division",
    "flowSequenceItemList",
    "id",
    "initialSequence",
    "name",
    "nextTrackingNumber",
    "supportedLanguages",
    "trackingId",
    "type",
    "uiMetaData",
    "variables",
    "version",
];

/// Sections of a flow and their names.
const SECTIONS: &[(&str, &str)] = &[
    ("botFlowSettings", "settingsBotFlow"),
    ("inQueueCallFlowSettings", "settingsInQueueCall"),
    ("initialPrompts", "initialGreeting"),
    ("knowledgeSettings", "settingsKnowledge"),
    ("outboundCallSettings", "settingsOutboundCall"),
    ("userInputSettings", "settingsUserInput"),
];

/// Settings of menus and of speech recognition: property, section, name.
const OF_MENUS: &[(&str, &str, &str)] = &[
    ("extensionDialingDelay", "settingsMenu", "extensionDialingMaxDelay"),
    ("promptRepeatCount", "settingsMenu", "repeatCount"),
    ("promptRepeatDelay", "settingsMenu", "menuSelectionTimeout"),
    ("useExtensionDialing", "settingsMenu", "listenForExtensionDialing"),
    ("invalidSpeechRecPromptsList", "settingsSpeechRec", "invalidSpeechRecPromptsList"),
    ("speechRecMinConfidence", "settingsSpeechRec", "minConfidenceLevel"),
    ("speechRecTimeoutComplete", "settingsSpeechRec", "completeMatchTimeout"),
    ("speechRecTimeoutIncomplete", "settingsSpeechRec", "incompleteMatchTimeout"),
    ("speechRecTimeoutTotal", "settingsSpeechRec", "maxSpeechLengthTimeout"),
];

/// Settings with other names among the default settings of actions.
const OF_DEFAULTS: &[(&str, &str)] =
    &[("connTimeout", "connectTimeout"), ("digitTimeout", "interDigitTimeout")];

/// Keys of a unit that are fields of the model.
const OF_THE_UNIT: &[&str] = &[
    "id",
    "name",
    "__type",
    "startAction",
    "actionList",
    "variables",
    "paths",
    "menuChoiceList",
    "defaultMenuChoice",
];

/// Reads the settings of a flow that are not fields of the model.
pub(super) fn of_flow(document: &Node<'_>) -> Settings {
    let mut entries = Vec::new();
    let is_known = |entry: &&Entry<'_>| !OF_THE_FLOW.contains(&&*entry.key);
    for Entry { key, value, .. } in document.entries().iter().filter(is_known) {
        match &**key {
            "commonModuleFlowSettings" => {
                entries.push(("settingsCommonModule".into(), common_module(value)));
            }
            "defaultSettings" => defaults(value, &mut entries),
            "supportedLanguageOptions" => {
                entries.push(("supportedLanguages".into(), languages(value)));
            }
            "errorHandling" => {
                entries.push(("settingsErrorHandling".into(), error_handling(value)));
            }
            // Data of Genesys, not of the author; it is kept unchanged.
            "manifest" | "nluMetaData" | "flowMetaData" | "debugSettings"
            | "customDefinitions" | "versionMetaData" => {
                entries.push(((&**key).into(), plain(value)));
            }
            key => entries.push((section(key).into(), section_of(key, value))),
        }
    }
    Settings { entries }
}

/// Converts the list `[{language, languageSkill, textToSpeech}]` to Archy's form:
/// `{en-us: {defaultLanguageSkill, textToSpeech}}`. *Source: exports of real flows.*
fn languages(value: &Node<'_>) -> Spanned<Setting> {
    let languages = value.items().iter().filter_map(|item| {
        let tag = item.get("language")?.as_str()?.to_ascii_lowercase();
        let mut read = settings(item, &["language"]);
        for (name, _) in &mut read.entries {
            if name.text == "languageSkill" {
                *name = "defaultLanguageSkill".into();
            }
        }
        Some((tag.into(), group(item.span, read.entries)))
    });
    group(value.span, languages)
}

/// Reads the settings of a task, menu or state that are not fields of the model.
pub(super) fn of_unit(unit: &Node<'_>) -> Settings {
    let mut entries = Vec::new();
    let is_known = |entry: &&Entry<'_>| {
        !OF_THE_UNIT.contains(&&*entry.key) && !OF_THE_EDITOR.contains(&&*entry.key)
    };
    for entry in unit.entries().iter().filter(is_known) {
        match &*entry.key {
            "prompts" => entries.push(("audio".into(), input(&entry.value))),
            _ => menu_setting(entry, &mut entries),
        }
    }
    Settings { entries }
}

fn section(key: &str) -> &str {
    let known = SECTIONS.iter().find(|(known, _)| *known == key);
    known.map_or(key, |(_, name)| name)
}

fn section_of(key: &str, value: &Node<'_>) -> Spanned<Setting> {
    let mut read = input(value);
    if key == "outboundCallSettings"
        && let Setting::Group(settings) = &mut read.value
    {
        for (name, _) in &mut settings.entries {
            if name.text == "defaultWrapupCode" {
                *name = "wrapupCode".into();
            }
        }
    }
    read
}

/// Adds a setting to its section.
fn menu_setting(entry: &Entry<'_>, entries: &mut Entries) {
    let value = input(&entry.value);
    let known = OF_MENUS.iter().find(|(key, ..)| *key == entry.key);
    let Some((_, section, name)) = known else {
        entries.push(((&*entry.key).into(), value));
        return;
    };
    let setting = ((*name).into(), value);
    let found = entries.iter_mut().find(|(known, _)| known == *section);
    match found.map(|(_, section)| &mut section.value) {
        Some(Setting::Group(settings)) => settings.entries.push(setting),
        _ => entries.push(((*section).into(), group(setting.1.span, [setting]))),
    }
}

/// Reads the default settings of menus, of speech recognition, and of kinds of actions.
fn defaults(value: &Node<'_>, entries: &mut Entries) {
    let mut actions = Vec::new();
    for Entry { key, value, .. } in value.entries() {
        if matches!(&**key, "Menu" | "SpeechRec") {
            value.entries().iter().for_each(|entry| menu_setting(entry, entries));
            continue;
        }
        let mut read = settings(value, OF_THE_EDITOR);
        for (name, _) in &mut read.entries {
            let known = OF_DEFAULTS.iter().find(|(known, _)| name == *known);
            if let Some((_, other)) = known {
                *name = (*other).into();
            }
        }
        actions.push((kinds::action(key).into(), group(value.span, read.entries)));
    }
    if !actions.is_empty() {
        entries.push(("settingsActionDefaults".into(), group(value.span, actions)));
    }
}

/// Handlings of the events of bots: key, name. *Source: an export of a bot.*
const HANDLINGS: &[(&str, &str)] = &[
    ("agentEscalationHandlingType", "agentEscalationHandling"),
    ("recognitionHandlingType", "recognitionFailureEventHandling"),
    (
        "subsequentRecognitionFailuresHandlingType",
        "subsequentRecognitionFailuresHandling",
    ),
];

/// Reads the handling of errors that the flow does not handle, `{errorHandling: {queue:
/// {targetQueue}}}`, and of the events of bots.
fn error_handling(value: &Node<'_>) -> Spanned<Setting> {
    let mut entries = Vec::new();
    let handling = |name: &str, queue: Option<&Node<'_>>, span| {
        let body = match queue.filter(|_| name == "Queue") {
            Some(queue) => group(queue.span, [("targetQueue".into(), input(queue))]),
            None => Spanned { value: Setting::None, span },
        };
        group(span, [(uncapitalized(name).into(), body)])
    };
    if let Some(node) = value.get("handlingType")
        && let Some(name) = node.as_str()
    {
        let read = handling(name, value.get("queue"), node.span);
        entries.push(("errorHandling".into(), read));
    }
    for (key, setting) in HANDLINGS {
        if let Some(node) = value.get(key)
            && let Some(name) = node.as_str()
        {
            entries.push(((*setting).into(), handling(name, None, node.span)));
        }
    }
    if let Some(audio) = value.get("audio") {
        entries.push(("preHandlingAudio".into(), input(audio)));
    }
    let mut read = vec!["handlingType", "queue", "audio"];
    read.extend(HANDLINGS.iter().map(|(key, _)| *key));
    let mut other = settings(value, &read);
    for (name, _) in &mut other.entries {
        if name.text == "recognitionEventHandover" {
            *name = "recognitionFailureEventHandover".into();
        }
    }
    entries.extend(other.entries);
    group(value.span, entries)
}

/// Converts `destinationFlowTypes` to Archy's form: `compatibleFlowTypes: [{flowType}]`.
fn common_module(value: &Node<'_>) -> Spanned<Setting> {
    let mut read = settings(value, &["destinationFlowTypes"]);
    if let Some(node) = value.get("destinationFlowTypes")
        && let Kind::Array(items) = &node.kind
    {
        let one = |item: &Node<'_>| group(item.span, [("flowType".into(), plain(item))]);
        let list = Setting::List(items.iter().map(one).collect());
        let list = Spanned { value: list, span: node.span };
        read.entries.push(("compatibleFlowTypes".into(), list));
    }
    group(value.span, read.entries)
}

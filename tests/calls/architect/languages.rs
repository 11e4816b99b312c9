//! Audio and skills that depend on the language of the call.

use super::support::{call_flow, export, exported, stage};

/// Builds an audio sequence of an export, with alternate sequences for languages.
fn sequence(default: &str, cases: &[(&str, &str, bool)]) -> String {
    let cases: Vec<String> = cases
        .iter()
        .map(|(language, audio, is_off)| {
            format!(
                "{{\"langCode\":\"{language}\",\"disabled\":{is_off},\
                 \"audioExpression\":{}}}",
                exported(audio, "aud")
            )
        })
        .collect();
    format!(
        "{{\"defaultAudio\":{},\"cases\":[{}]}}",
        exported(default, "aud"),
        cases.join(",")
    )
}

const SPEAK: &str = "\"__type\":\"PlayAudioAction\",\"name\":\"Play\",\"prompts\":";

/// *Source: Genesys' help on languages and data playback; `ArchAudio` of Architect
/// Scripting.*
#[test]
fn alternate_audio_plays_in_its_language_and_the_default_in_all_others() {
    let audio = sequence(
        "AudioPlaybackOptions(ToAudioTTS(\"Hello\"), true)",
        &[
            ("es-US", "AudioPlaybackOptions(ToAudioTTS(\"Hola\"), true)", false),
            ("fr-CA", "ToAudioTTS(\"Bon\" + \"jour\")", false),
            ("de-DE", "ToAudioTTS(\"Aus\")", true),
        ],
    );
    let flow = export("", &[&format!("{SPEAK}{audio}")]);
    let heard = |language: &str| {
        let run = stage(&flow).context(&[("language", language)]).run();
        run.prompts().join("|")
    };
    assert_eq!(heard("en-us"), "Hello");
    assert_eq!(heard("es-us"), "Hola");
    assert_eq!(heard("fr-ca"), "Bonjour");
    assert_eq!(heard("es-es"), "Hello", "another region is another language");
    assert_eq!(heard("de-de"), "Hello", "the case is switched off");
    assert_eq!(stage(&flow).run().prompts(), ["Hello"]);
}

/// The language is that of the moment, not of the start of the call.
#[test]
fn alternate_audio_follows_set_language() {
    let audio =
        sequence("ToAudioTTS(\"Hello\")", &[("es-US", "ToAudioTTS(\"Hola\")", false)]);
    let language = format!(
        "\"__type\":\"SetLocaleAction\",\"name\":\"Set\",\"language\":{}",
        exported("\"es-us\"", "str")
    );
    let play = format!("{SPEAK}{audio}");
    let greeting = format!("\"initialPrompts\":{audio},");
    let run = stage(export(&greeting, &[&play, &language, &play])).run();
    assert_eq!(run.prompts(), ["Hello", "Hello", "Hola"]);
}

/// *Source: Genesys' help on language skills; exports of real flows.*
#[test]
fn the_language_skills_of_an_exported_flow_apply() {
    let skill = |name: &str| {
        format!(
            "{{\"text\":\"{name}\",\"type\":\"lac\",\"config\":{{\"lit\":{{\"text\":\"{name}\",\
             \"val\":\"id\"}}}},\"uiMetaData\":{{\"mode\":1}}}}"
        )
    };
    let unset = "{\"text\":\"\",\"type\":\"lac\",\"config\":{\"emp\":{}},\"uiMetaData\":{\"mode\":3}}";
    let keys = format!(
        "\"supportedLanguages\":[\"en-US\",\"nl-NL\",\"fr-FR\"],\"supportedLanguageOptions\":[
         {{\"language\":\"en-US\",\"languageSkill\":{}}},
         {{\"language\":\"nl-NL\",\"languageSkill\":{}}},
         {{\"language\":\"fr-FR\",\"languageSkill\":{unset}}}],",
        skill("English"),
        skill("Dutch")
    );
    let transfer = format!(
        "\"__type\":\"TransferPureMatchAction\",\"name\":\"To\",\"skills\":[],\
         \"languageSkill\":{unset},\"queues\":[{}]",
        exported("FindQueue(\"Sales\")", "que")
    );
    let flow = export(&keys, &[&transfer]);
    let routing = |language: &str| {
        let world = "queues: [{name: Sales}]";
        let run = stage(&flow).world(world).context(&[("language", language)]).run();
        run.routing().unwrap()
    };
    assert_eq!(routing("en-us"), "Sales - [English] None");
    assert_eq!(routing("nl-nl"), "Sales - [Dutch] None");
    assert_eq!(routing("fr-fr"), "Sales - [] None");
}

/// *Source: Genesys' help on languages and data playback (?p=28162).*
#[test]
fn speech_in_a_language_without_an_engine_is_silent() {
    let flow = call_flow(
        &[],
        "- playAudio: {name: A, audio: {exp: 'Append(ToAudioTTS(\"Welcome\"), ToAudioNumber(5))'}}
- playAudio: {name: B, audio: {exp: 'ToAudioTTS(\"Hi\", \"en-us\")'}}
- playAudio: {name: C, audio: {prompt: Prompt.Bye}}",
    );
    let prompts = "prompts: {Bye: {audio: {en-us: bye, br-fr: kenavo}}}\n";
    let heard = |language: &str, world: &str| {
        let world = format!("{prompts}{world}");
        let run = stage(&flow).world(&world).context(&[("language", language)]).run();
        run.prompts().join("|")
    };
    let engine = "languages: {supported: [en-us, br-fr], textToSpeech: [en-us]}\n";
    assert_eq!(heard("en-us", engine), "Welcome five|Hi|bye");
    assert_eq!(heard("br-fr", engine), "Hi|kenavo", "recordings are not speech");
    let spoken = format!("{engine}policies: {{unsupportedSpeech: spoken}}");
    assert_eq!(heard("br-fr", &spoken), "Welcome [number 5 in br-fr]|Hi|kenavo");
    assert_eq!(heard("br-fr", ""), "Welcome [number 5 in br-fr]|Hi|kenavo");
}

//! Literals and empty expressions as values.

use super::support::{call_flow, export, exported, run, stage};

/// *Source: exports, whose literals of a telephone number and of an address are these.*
#[test]
fn literals_of_numbers_and_addresses_are_values_of_their_type() {
    let flow = call_flow(
        &[
            "phoneNumber p, initialValue: {lit: 'tel:+13175550100'}",
            "emailAddress m, initialValue: {lit: ann@example.com}",
            "phoneNumber q",
        ],
        "- updateData:
    name: Set
    statements:
      - phoneNumber: {variable: Flow.q, value: {lit: '+31201234567'}}
- playAudio: {name: A, audio: {exp: 'ToAudioTTS(Flow.p.e164)'}}
- playAudio: {name: B, audio: {exp: 'ToAudioTTS(EmailAddressDomainPart(Flow.m))'}}
- playAudio: {name: C, audio: {exp: 'ToAudioTTS(Flow.q.uri)'}}",
    );
    let run = run(&flow, "", &[]);
    assert_eq!(run.end(), "completed");
    assert_eq!(run.prompts(), ["+13175550100", "example.com", "tel:+31201234567"]);
}

#[test]
fn a_literal_is_not_an_expression() {
    let flow = call_flow(
        &["emailAddress m"],
        "- updateData:
    name: Set
    statements: [{emailAddress: {variable: Flow.m, value: {lit: '\"a\\\" + b@example.com'}}}]
- playAudio: {name: A, audio: {exp: 'ToAudioTTS(EmailAddressDomainPart(Flow.m))'}}",
    );
    let run = run(&flow, "", &[]);
    assert_eq!((run.end().as_str(), run.prompts()), ("completed", vec!["example.com"]));
}

/// Architect keeps an empty expression of a part that is switched off. *Source: published
/// flows.*
#[test]
fn an_empty_expression_is_a_missing_value() {
    let flow = call_flow(
        &[],
        "- collectInput:
    name: Ask
    inputAudio: {tts: Number?}
    verificationAudio: {exp: ''}
    digits: {exact: {exp: '1'}}
    verificationType: none
- playAudio: {name: After, audio: {tts: After}}",
    );
    let run = run(&flow, "", &["5"]);
    assert_eq!(
        (run.end().as_str(), run.prompts()),
        ("completed", vec!["Number?", "After"])
    );
}

/// *Source: published flows, whose greeting is silent.*
#[test]
fn audio_that_is_not_set_is_silence() {
    for greeting in ["ToAudio(NOT_SET)", "Flow.none"] {
        let keys = format!(
            "\"initialPrompts\":{{\"defaultAudio\":{}}},\
             \"variables\":[{{\"name\":\"Flow.none\",\"__type\":\"AudioVariable\"}}],",
            exported(greeting, "aud")
        );
        let play = format!(
            "\"__type\":\"PlayAudioAction\",\"name\":\"Play\",\
             \"prompts\":{{\"defaultAudio\":{}}}",
            exported("ToAudioTTS(\"Hello\")", "aud")
        );
        let run = stage(export(&keys, &[&play])).run();
        assert_eq!((run.end().as_str(), run.prompts()), ("completed", vec!["Hello"]));
    }
}

/// *Source: Genesys' help on built-in variables.*
#[test]
fn the_caller_in_external_contacts_is_known() {
    let flow = call_flow(
        &[],
        "- playAudio:
    name: Play
    audio:
      exp: >-
        ToAudioTTS(Call.ExternalContactId + \" of \" + Call.CustomerExternalOrganizationID)",
    );
    let context =
        [("externalContactId", "contact"), ("externalOrganizationId", "organization")];
    let run = stage(flow).context(&context).run();
    assert_eq!(run.prompts(), ["contact of organization"]);
}

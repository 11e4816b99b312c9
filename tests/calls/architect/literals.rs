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

const ORGANISATION: &str = "
queues: [{id: q-1, name: Marketing}]
users: [{id: u-1, name: Ann, email: ann@example.com}]
skills: [{id: s-1, name: Spanish}]
prompts: {Greeting: {tts: Welcome dear.}}
";

/// A variable that a call gives by name, and a literal, are the same object.
#[test]
fn objects_that_are_given_by_name_are_those_of_the_organisation() {
    let flow = call_flow(
        &[
            "queue q",
            "queueCollection qs",
            "user u",
            "user named",
            "skill s",
            "prompt p",
            "queue none",
        ],
        "- playAudio: {name: A, audio: {exp: 'ToAudio(Flow.p)'}}
- playAudio: {name: B, audio: {exp: 'ToAudioTTS(ToString(Flow.q == FindQueue(\"Marketing\")))'}}
- playAudio: {name: C, audio: {exp: 'ToAudioTTS(Flow.qs[1].id)'}}
- playAudio: {name: D, audio: {exp: 'ToAudioTTS(Flow.u.name)'}}
- playAudio: {name: E, audio: {exp: 'ToAudioTTS(Flow.s.id)'}}
- playAudio: {name: F, audio: {exp: 'ToAudioTTS(Flow.none.name)'}}
- playAudio: {name: G, audio: {exp: 'ToAudioTTS(Call.CurrentQueue.id)'}}
- playAudio: {name: H, audio: {exp: 'ToAudioTTS(ToString(Flow.named == Flow.u))'}}",
    );
    let run = stage(flow)
        .world(ORGANISATION)
        .variables(&[
            ("Flow.q", "\"marketing\""),
            ("Flow.qs", "[{\"id\": \"7\"}, \"Marketing\"]"),
            ("Flow.u", "\"ann@example.com\""),
            ("Flow.named", "\"Ann\""),
            ("Flow.s", "{\"name\": \"Spanish\"}"),
            ("Flow.p", "\"Greeting\""),
            ("Flow.none", "\"Elsewhere\""),
            ("Call.CurrentQueue", "\"Marketing\""),
        ])
        .run();
    assert_eq!(run.end(), "completed");
    let heard =
        ["Welcome dear.", "true", "q-1", "Ann", "s-1", "Elsewhere", "q-1", "true"];
    assert_eq!(run.prompts(), heard);
}

/// Genesys documents the properties of users that exist. *Decided here:* of one that the
/// fixtures lack, only what the call gives is known.
#[test]
fn a_given_user_that_the_fixtures_lack_has_all_properties() {
    let name = |user: &str| {
        let text =
            format!("If(IsSet(Flow.{user}.username), Flow.{user}.username, \"none\")");
        format!("- playAudio: {{name: {user}, audio: {{exp: 'ToAudioTTS({text})'}}}}")
    };
    let users = ["byId", "byName", "byAddress", "unknown", "unknownId"];
    let variables = users.map(|user| format!("user {user}"));
    let variables: Vec<&str> = variables.iter().map(String::as_str).collect();
    let run = stage(call_flow(&variables, &users.map(name).join("\n")))
        .world(ORGANISATION)
        .variables(&[
            ("Flow.byId", "{\"id\": \"u-1\"}"),
            ("Flow.byName", "\"Ann\""),
            ("Flow.byAddress", "\"bob@example.com\""),
            ("Flow.unknown", "\"Bob\""),
            ("Flow.unknownId", "{\"id\": \"u-7\"}"),
        ])
        .run();
    assert_eq!(run.end(), "completed", "{}", run.text());
    let heard = ["ann@example.com", "ann@example.com", "bob@example.com", "none", "none"];
    assert_eq!(run.prompts(), heard);
}

/// *Source: the prefix is that of expressions. Archy's files have it, too.*
#[test]
fn the_literal_of_a_prompt_needs_no_prefix() {
    let flow = call_flow(
        &[
            "prompt p, initialValue: {lit: {name: Greeting}}",
            "prompt q, initialValue: {lit: {name: Prompt.Greeting}}",
        ],
        "- playAudio: {name: A, audio: {exp: 'ToAudio(Flow.p)'}}
- playAudio: {name: B, audio: {exp: 'ToAudioTTS(ToString(Flow.p == Flow.q))'}}",
    );
    let run = run(&flow, ORGANISATION, &[]);
    assert_eq!(
        (run.end().as_str(), run.prompts()),
        ("completed", vec!["Welcome dear.", "true"])
    );
}

#[test]
fn a_note_says_which_initial_value_is_missing_and_why() {
    let flow = call_flow(
        &["integer n, initialValue: {exp: 'ToInt(\"x\" + \"y\")'}"],
        "- playAudio: {name: A, audio: {tts: Hello}}",
    );
    let text = run(&flow, "", &[]).text();
    let note = "note: CONVERSION_FAILED the initial value of `Flow.n` is NOT_SET: ToInt: cannot \
                convert \"xy\" to Integer";
    assert!(text.contains(note), "{text}");
}

/// *Source: Genesys' expression catalogue, which refuses a Prompt that is NOT_SET.*
#[test]
fn an_unset_prompt_is_not_played() {
    let flow = call_flow(
        &["prompt p"],
        "- playAudio: {name: A, audio: {exp: 'ToAudio(Flow.p)'}}
- playAudio: {name: B, audio: {tts: After}}",
    );
    let run = run(&flow, "", &[]);
    assert!(run.codes().contains(&"NOT_SET_NOT_ALLOWED"), "{:?}", run.codes());
    assert_eq!(run.prompts(), Vec::<&str>::new());
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

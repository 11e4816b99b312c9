//! Actions that need nothing from outside: silence, encryption, extraction of secure data.

use super::support::{call_flow, run};

const SILENCE: &str = "- playAudioOnSilence:
    name: Play
    audio: {tts: Please call us back.}
    actualRepeatCount: {var: Flow.repeats}
    outputs:
      success: {actions: [{playAudio: {name: Played, audio: {tts: Played}}}]}
      timeout: {actions: [{playAudio: {name: Late, audio: {tts: Late}}}]}
- detectSilence:
    name: Listen
    silenceDuration: {exp: 'ToDuration(\"PT2S\")'}
    outputs:
      timeout: {actions: [{playAudio: {name: Noise, audio: {tts: Noise}}}]}
- detectSilence: {name: Again}";

/// *Source: Genesys' help on Play Audio on Silence and Detect Silence: one second of
/// silence by default. No caller speaks in a run.*
#[test]
fn audio_is_played_to_its_end_and_silence_takes_time() {
    let flow = call_flow(&["integer repeats"], SILENCE);
    let quiet = run(&flow, "", &[]);
    assert_eq!(quiet.prompts(), ["Please call us back.", "Played"]);
    assert_eq!(quiet.variable("Flow.repeats"), "0");
    assert_eq!((quiet.trace.elapsed_ms, quiet.codes()), (3_000, vec![]));
    let world = "actions: {Play: {path: timeout, outputs: {actualRepeatCount: 3}}, Listen: {path: timeout}}";
    let loud = run(&flow, world, &[]);
    assert_eq!(loud.prompts(), ["Late", "Noise"]);
    assert_eq!(loud.variable("Flow.repeats"), "3");
}

const ENCRYPT: &str = "- encryptData:
    name: Encrypt
    dataToEncrypt: {exp: 'JsonParse(Append(\"{\\\"card\\\":\", \"4711}\"))'}
    encryptedData: {var: Flow.token}
    outputs:
      failure: {actions: [{playAudio: {name: Not encrypted, audio: {tts: Not encrypted}}}]}
- decryptData:
    name: Decrypt
    dataToDecrypt: {exp: Flow.token}
    decryptedData: {var: Flow.data}
    outputs:
      success: {actions: [{updateData: {name: Read, statements: [{boolean: {variable: Flow.same, value: {exp: ToInt(Flow.data.card) == 4711}}}]}}]}
- decryptData:
    name: Unknown
    dataToDecrypt: {lit: made up}
    outputs:
      failure: {actions: [{playAudio: {name: Failed, audio: {tts: Failed}}}]}";

/// *Source: Genesys' help on Encrypt Data and Decrypt Data.*
#[test]
fn decrypting_returns_what_was_encrypted() {
    let flow = call_flow(&["string token", "json data", "boolean same"], ENCRYPT);
    let run = run(&flow, "", &[]);
    assert_eq!(run.prompts(), ["Failed"]);
    assert_eq!(run.variable("Flow.same"), "true");
    assert_eq!((run.output("Encrypt"), run.output("Decrypt")), ("success", "success"));
    assert_eq!(run.codes(), Vec::<&str>::new());
    let recorded = format!("{:?}", run.entries());
    assert!(
        recorded.contains("encryptedData") && !recorded.contains("4711"),
        "{recorded}"
    );
}

/// *Source: Genesys' help on Extract Secure Data: its statements set variables.*
#[test]
fn extracted_secure_data_is_computed() {
    let extract = "- extractSecureData:
    name: Extract
    statements:
      - string: {variable: Flow.last, value: {exp: 'Right(\"4711\", 2)'}}";
    let run = run(&call_flow(&["string last"], extract), "", &[]);
    assert_eq!((run.variable("Flow.last"), run.codes()), ("\"11\"".into(), vec![]));
}

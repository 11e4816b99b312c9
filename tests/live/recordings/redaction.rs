//! Secrets and personal data do not appear in any written file.

use std::fs;
use std::path::Path;

use flowsim::recording::{Kind, Recording, RedactionKinds, Redactor, load, save};
use flowsim::source::Files;
use flowsim::value::Json;
use proptest::prelude::*;

use super::{flowsim, recording};

const SECRETS: [&str; 14] = [
    "s3cr3t-value-1",
    "c00kie-value-2",
    "pa55-word-3",
    "t0ken-value-4",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcDEF123456",
    "bearer-value-5",
    "basic-value-6==",
    "Kx8fQ2mZp7Lw4Rt9Vb3Nc6Hj1Ds5Gy0A",
    "query-value-7",
    "user-pass-8",
    "header-value-9",
    "session-value-10",
    "AKIAIOSFODNN7EXAMPLE",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
];

fn planted() -> String {
    let [
        secret,
        cookie,
        password,
        token,
        jwt,
        bearer,
        basic,
        random,
        query,
        userinfo,
        header,
        session,
        aws,
        stripe,
    ] = SECRETS;
    format!(
        r#"{{"request": {{"flowId": "f", "context": {{"from": "+17205550123", "to": "(720) 555-0100", "name": "Ada Lovelace", "client_secret": "{secret}", "channel": "voice"}},
            "headers": [{{"name": "Authorization", "value": "{header}"}}, {{"name": "Cookie", "value": "{cookie}"}}]}},
          "response": {{"status": "completed", "trace": [
            {{"nodeId": "A", "nodeType": "Say", "result": {{"text": "Hello Ada Lovelace, we call 720-555-0123 or tel:+17205550123.", "operands": {{"from": 17205550123}}}}}},
            {{"nodeId": "B", "nodeType": "GetExternalContact", "result": {{"contact": {{"id": "c", "name": "Ada Lovelace", "firstName": "Ada", "email": "ada.lovelace@corp.example", "attributes": {{"card": "4929 1111", "phone": "7205550123", "pin": 4711, "sip": "sip:+17205550123@sbc.corp.example;transport=tls", "agent": "sip:alice@corp.example"}}}}}}}},
            {{"nodeId": "C", "nodeType": "DataAction", "result": {{"password": "{password}", "nested": {{"accessToken": "{token}", "Set-Cookie": ["sid={session}; Path=/"]}}, "log": "Authorization: Bearer {bearer}, then Basic {basic} and https://bob:{userinfo}@host/x?access_token={query}&y=1; cookie: a=b; sid={session}", "blob": "{random}", "jwt": "see {jwt}", "aws": "{aws}", "key": "{stripe}"}}}},
            {{"nodeId": "D", "nodeType": "Set", "result": {{"variables": {{"Flow.Account": "ACC-77-1234", "note": "account ACC-77-1234 of ada.lovelace@corp.example, ani17205550123x"}}}}}}
          ]}}}}"#
    )
}

fn everything() -> Redactor {
    let wanted = RedactionKinds {
        phone_numbers: true,
        names: true,
        emails: true,
        variables: vec!["Account".into(), "card".into(), "pin".into()],
    };
    Redactor::new(wanted, b"a key")
}

#[test]
fn secrets_never_reach_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(&planted());
    let path = save(&recording, &Redactor::default(), folder.path()).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
    // Only the requested parts are redacted.
    for kept in [
        "Ada Lovelace",
        "+17205550123",
        "ada.lovelace@corp.example",
        "ACC-77-1234",
        "voice",
    ] {
        assert!(text.contains(kept), "{kept} not in\n{text}");
    }
}

#[test]
fn people_are_replaced_everywhere() {
    let recording = recording(&planted());
    let text = everything().redact(&recording).write();
    let hidden = [
        "Ada",
        "Lovelace",
        "lovelace",
        "205550123",
        "555-0123",
        "555-0100",
        "alice",
        "ACC-77",
        "4929",
    ];
    for hidden in hidden.iter().chain(&SECRETS) {
        assert!(!text.contains(hidden), "{hidden} in\n{text}");
    }
    let redacted = everything().redact(&recording);
    assert_eq!(everything().redact(&redacted), redacted);
    let text = text.replace(&*recording.source.file.unwrap(), "saved.json");
    insta::assert_snapshot!("everything", text);
}

/// A time that looks like an entry of the caller stays.
#[test]
fn times_are_not_replaced_as_entries() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("on-its-way.recording.json");
    let known = "fixtures/compare/recordings/on-its-way-too.recording.json";
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(known)).unwrap();
    let text = text.replace("\"elapsedMs\": 3350", "\"elapsedMs\": 100200");
    fs::write(&path, text.replace("\"days\": 2", "\"days\": 100200")).unwrap();
    let recording = load(&path, &mut Files::new()).0.unwrap();
    let wanted =
        RedactionKinds { variables: vec!["digits".into()], ..RedactionKinds::default() };
    let redacted = Redactor::new(wanted, b"a key").redact(&recording).response;
    assert_eq!(redacted.get("elapsedMs"), Some(&Json::Integer(100_200)));
    let text = redacted.to_string();
    assert_eq!(text.matches("100200").count(), 1, "{text}");
}

#[test]
fn the_same_caller_stays_the_same() {
    let of = |number: &str, redactor: &Redactor| {
        let response = Json::object([
            ("ani".into(), number.into()),
            ("text".into(), format!("from {number}.").as_str().into()),
        ]);
        let redacted = redactor.redact(&Recording::new(Kind::Simulation, response));
        let Some(Json::String(ani)) = redacted.response.get("ani").cloned() else {
            panic!()
        };
        let Some(Json::String(text)) = redacted.response.get("text").cloned() else {
            panic!()
        };
        assert_eq!(text, format!("from {ani}."));
        ani.to_string()
    };
    let ours = everything();
    let number = of("+17205550123", &ours);
    assert_eq!(of("7205550123", &ours), number[2..]);
    assert_eq!(of("17205550123", &ours), number[1..]);
    assert_eq!(of("tel:+17205550123", &ours), format!("tel:{number}"));
    assert_eq!(
        of("(720) 555-0123", &ours).replace(['(', ')', ' ', '-'], ""),
        number[2..]
    );
    assert_eq!(of(&number, &ours), number, "twice changes nothing");
    assert_ne!(of("+17205550124", &ours), number);
    let theirs = Redactor::new(
        RedactionKinds { phone_numbers: true, ..RedactionKinds::default() },
        b"other",
    );
    assert_ne!(of("+17205550123", &theirs), number);
    // North America's numbering plan reserves area codes with a nine in the middle.
    assert!(
        number.starts_with("+1") && number.len() == 12 && &number[3..4] == "9",
        "{number}"
    );
}

#[test]
fn times_and_ids_are_not_phone_numbers() {
    let text = r#"{"flow":{"executionId":"5a6b3e67-b0ad-4e86-85e0-405162405162","flowName":"Main","startDateTime":"2026-08-10T14:50:33.547Z","execution":[{"turn":{"dateTime":"2026-08-10T14:50:33.547Z","value":"P0D0H0M3S0F","count":1234567890}}]}}"#;
    let recording = recording(text);
    let redacted = everything().redact(&recording);
    assert_eq!(redacted.response, recording.response);
    assert_eq!(redacted.redactions, []);
}

#[test]
fn a_folder_without_recordings_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let output = super::flowsim(folder.path(), &["redact", "."]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.starts_with("error: no recordings found"), "{told}");
}

/// A file size limit has the same effect as a full disk.
#[test]
#[cfg(unix)]
fn the_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(&planted());
    fs::write(folder.path().join("old.recording.json"), recording.write()).unwrap();
    let limited = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" redact . --out new"])
        .arg(env!("CARGO_BIN_EXE_flowsim"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8(limited.stderr).unwrap();
    assert_eq!(limited.status.code(), Some(5), "{told}");
    let file = std::path::Path::new("new").join(recording.file_name());
    let start = format!("error: cannot write {}: ", file.display());
    assert!(told.starts_with(&start), "{told}");
}

#[test]
fn existing_recordings_are_redacted() {
    let folder = tempfile::tempdir().unwrap();
    let recording = recording(&planted());
    // A recording from elsewhere, with everything in it.
    let path = folder.path().join("old.recording.json");
    fs::write(&path, recording.write()).unwrap();
    let run = |arguments: &[&str]| flowsim(folder.path(), arguments);
    let out = run(&["redact", "old.recording.json", "--phone-numbers", "--out", "new"]);
    assert_eq!(out.status.code(), Some(0));
    assert!(
        String::from_utf8_lossy(&out.stderr).contains("FLOWSIM_REDACTION_KEY is not set")
    );
    assert!(String::from_utf8_lossy(&out.stdout).contains("phoneNumber"));
    assert!(fs::read_to_string(&path).unwrap().contains(SECRETS[0]), "it was to be left");
    assert_eq!(scan(&folder.path().join("new"), &["205550123"]), 1);
    let line = [
        "redact",
        ".",
        "--phone-numbers",
        "--names",
        "--emails",
        "--variable",
        "Account",
    ];
    assert_eq!(run(&line).status.code(), Some(0));
    assert_eq!(
        scan(folder.path(), &["205550123", "Lovelace", "ada.lovelace", "ACC-77"]),
        2
    );
    // Redacting again changes nothing.
    let before = fs::read_to_string(&path).unwrap();
    assert_eq!(run(&line).status.code(), Some(0));
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    fs::write(folder.path().join("bad.recording.json"), "{}").unwrap();
    assert_eq!(run(&["redact", "."]).status.code(), Some(3));
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(flowsim(empty.path(), &["redact", "."]).status.code(), Some(4));
}

/// Searches for secrets and additional strings in every file below a folder. Returns the
/// number of files.
fn scan(folder: &Path, more: &[&str]) -> usize {
    let (paths, _) =
        flowsim::recording::discover(&[folder.to_owned()], &mut Files::new());
    for path in &paths {
        let text = fs::read_to_string(path).unwrap();
        for hidden in SECRETS.iter().chain(more) {
            assert!(!text.contains(hidden), "{hidden} in {}\n{text}", path.display());
        }
        assert!(load(path, &mut Files::new()).0.is_some());
    }
    paths.len()
}

proptest! {
    #[test]
    fn numbers_are_found_in_any_text(
        before in "[a-zA-Z ,:]{0,8}",
        area in 200u32..900,
        line in 2_000_000u32..9_999_999,
        shape in 0usize..6,
        after in "[a-zA-Z ,.]{0,8}",
    ) {
        prop_assume!(area / 10 % 10 != 9);
        let line = format!("{line:07}");
        let (a, b) = line.split_at(3);
        let number = match shape {
            0 => format!("+1{area}{a}{b}"),
            1 => format!("({area}) {a}-{b}"),
            2 => format!("{area}-{a}-{b}"),
            3 => format!("tel:+1{area}{a}{b}"),
            4 => format!("sip:+1{area}{a}{b}@host"),
            _ => format!("+1 {area} {a} {b}"),
        };
        let response = Json::object([("text".into(), format!("{before} {number} {after}").as_str().into())]);
        let redacted = everything().redact(&Recording::new(Kind::Simulation, response));
        let digits: String = redacted.write().chars().filter(char::is_ascii_digit).collect();
        let secret = format!("{area}{line}");
        prop_assert!(!digits.contains(&secret), "{}", redacted.write());
        let again = everything().redact(&redacted);
        prop_assert_eq!(again.response, redacted.response);
    }
}

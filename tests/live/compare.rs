//! `flowsim compare` as a program: its output for recordings that are replayed on the
//! same or on changed flows, and its exit codes.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

#[cfg(unix)]
use crate::browser;

/// The flow as it was recorded, and the changed flow.
const SAME: &str = "fixtures/order-status/flows";
const CHANGED: &str = "fixtures/compare/flows";
const RECORDINGS: &str = "fixtures/compare/recordings";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn compare(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(root()).arg("compare").args(arguments);
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

/// Runs the command. Returns exit code, standard output and standard error.
fn results(arguments: &[&str]) -> (i32, String, String) {
    let output = compare(arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn document(arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--format", "json"]].concat();
    serde_json::from_slice(&compare(&arguments).stdout).unwrap()
}

fn recording(name: &str) -> String {
    format!("{RECORDINGS}/{name}.recording.json")
}

/// A separate folder with recordings that the tests may change.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(root().join(RECORDINGS)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.recording.json"))
}

/// Changes a recording.
fn change(folder: &Path, name: &str, edit: impl FnOnce(&mut Value)) {
    let path = path(folder, name);
    let mut document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    edit(&mut document);
    fs::write(&path, document.to_string()).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.map(|name| name.replace(".recording.json", "")).collect();
    names.sort();
    names
}

const ALL: [&str; 9] = [
    "being-packed",
    "being-packed-too",
    "hangs-up",
    "no-such-order",
    "on-its-way",
    "on-its-way-too",
    "says-nothing",
    "says-nothing-too",
    "shop-too-slow",
];

/// An Architect flow with a menu, recorded as a simulation: it contains the keys, and
/// both sides have the steps of simulations.
#[test]
fn simulations_of_architect_flows_are_equal_and_show_a_changed_key() {
    let folder = tempfile::tempdir().unwrap();
    let flowsim = |line: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        let output = command.current_dir(&folder).args(line.split(' ')).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    flowsim("init bakery");
    let (_, simulation) = flowsim(
        "run bakery/flows --fixtures bakery/fixtures.yaml --input 2 --input 1 --format simulation",
    );
    fs::write(folder.path().join("call.json"), simulation).unwrap();
    assert_eq!(flowsim("import call.json --out calls").0, Some(0));
    assert_eq!(flowsim("compare calls --flows bakery/flows").0, Some(0));
    let flow = folder.path().join("bakery/flows/bakery.yaml");
    let moved = fs::read_to_string(&flow).unwrap().replace("digit_1", "digit_3");
    fs::write(&flow, moved).unwrap();
    let (code, text) = flowsim("compare calls --flows bakery/flows");
    assert_ne!(code, Some(0), "{text}");
    assert!(text.contains("Main Menu"), "{text}");
}

#[test]
fn the_exit_code_shows_the_verdict() {
    let code = |arguments: &[&str]| compare(arguments).status.code().unwrap();
    let one = recording("being-packed");
    assert_eq!(code(&[RECORDINGS, "--flows", SAME]), 0);
    assert_eq!(code(&[&one, "--flows", SAME]), 0);
    assert_eq!(code(&[RECORDINGS, "--flows", CHANGED]), 1);
    assert_eq!(code(&[&one, "--flows", CHANGED]), 1);
    assert_eq!(code(&[&recording("shop-too-slow"), "--flows", CHANGED]), 5);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(&[folder.path().to_str().unwrap(), "--flows", SAME]), 4);
    assert_eq!(code(&["no/such/folder", "--flows", SAME]), 3);
    assert_eq!(code(&[&one, "--flows", "no/such/flow"]), 3);
    assert_eq!(code(&[&one, "--flows", SAME, "--fixtures", "no/such"]), 3);
    assert_eq!(code(&[&one]), 2);
    for wrong in [
        ["--ignore", "no slash"],
        ["--tolerance", "color=1"],
        ["--tolerance", "timeMs"],
        ["--max-age", "soon"],
        ["--now", "2026-01-01T00:00:00Z"],
        ["--prune", "all"],
        ["--format", "xml"],
    ] {
        assert_eq!(
            code(&[&[&*one, "--flows", SAME], &wrong[..]].concat()),
            2,
            "{wrong:?}"
        );
    }
}

#[test]
fn fixtures_answer_what_a_recording_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let fixtures = folder.path().join("fixtures.yaml");
    fs::write(&fixtures, "dataActions: {Get Refund: {output: {amount: 3}}}").unwrap();
    let one = recording("shop-too-slow");
    let one = [&*one, "--flows", CHANGED];
    let (code, out, _) = results(&one);
    assert_eq!(code, 5);
    assert!(out.starts_with("unreplayable\n"), "{out}");
    assert!(out.contains("requests the data action `Get Refund`"), "{out}");
    let (code, out, _) =
        results(&[&one[..], &["--fixtures", fixtures.to_str().unwrap()]].concat());
    assert_eq!(code, 1);
    assert!(out.contains("`Is there a refund?` is new locally"), "{out}");
}

/// The transcripts in the reference show the other cases.
#[test]
fn an_equal_recording_is_reported_in_one_word() {
    let one = recording("hangs-up");
    assert_eq!(
        results(&[&one, "--flows", CHANGED]),
        (0, "equal\n".into(), String::new())
    );
    // A folder is treated as several recordings, even if it contains one.
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join(&one), path(folder.path(), "a")).unwrap();
    let (_, out, _) = results(&[folder.path().to_str().unwrap(), "--flows", CHANGED]);
    assert_eq!(out, "1 recording: 1 equal\n");
}

#[test]
fn many_recordings_are_grouped_by_their_ends() {
    let folder = tempfile::tempdir().unwrap();
    for copy in 0..30 {
        for name in ALL {
            let path = path(folder.path(), &format!("{name}-{copy:02}"));
            fs::copy(root().join(recording(name)), path).unwrap();
        }
    }
    let all = [folder.path().to_str().unwrap(), "--flows", CHANGED];
    let (code, out, _) = results(&all);
    assert_eq!(code, 1);
    let out = out.replace(all[0], "FOLDER");
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("many", out);
    });
    let summary = &document(&all)["summary"];
    let counts =
        ["total", "equal", "different", "unreplayable", "unreadable", "elsewhere"];
    assert_eq!(
        counts.map(|key| summary[key].as_u64().unwrap()),
        [270, 60, 180, 30, 0, 120]
    );
    let groups = summary["groups"].as_array().unwrap().iter();
    let groups: Vec<_> = groups
        .map(|it| (&it["from"], &it["to"], it["count"].as_u64().unwrap()))
        .collect();
    let text = |text: &str| json!(text);
    assert_eq!(
        groups,
        [
            (&text("completed"), &text("Orders"), 60),
            (&text("completed"), &text("completed"), 60),
            (&text("Orders"), &text("Reception"), 60),
            (&text("completed"), &Value::Null, 30),
        ]
    );
}

/// If one side knows only the id of its queue, both queues are shown by their ids.
#[test]
fn ends_are_shown_in_the_same_form() {
    let folder = folder();
    let flows = folder.path().join("flow.json");
    let text = fs::read_to_string(root().join(SAME).join("order_status.json")).unwrap();
    let by_id = text.replace("\"queueName\": \"Orders\"", "\"queueId\": \"billing\"");
    fs::write(&flows, by_id).unwrap();
    for name in ["says-nothing", "says-nothing-too"] {
        change(folder.path(), name, |recording| {
            let text = recording.to_string();
            let known = "\"queueId\":\"orders\",\"queueName\":\"Orders\"";
            let changed = text.replace("\"queueName\":\"Orders\"", known);
            assert_ne!(changed, text);
            *recording = serde_json::from_str(&changed).unwrap();
        });
    }
    fs::create_dir(folder.path().join("recordings")).unwrap();
    for name in ["says-nothing", "says-nothing-too"] {
        let moved = path(&folder.path().join("recordings"), name);
        fs::rename(path(folder.path(), name), moved).unwrap();
    }
    let recordings = folder.path().join("recordings");
    let all =
        document(&[recordings.to_str().unwrap(), "--flows", flows.to_str().unwrap()]);
    let groups = all["summary"]["groups"].as_array().unwrap().iter();
    let ends: Vec<_> = groups.map(|it| (&it["from"], &it["to"])).collect();
    assert_eq!(ends, [(&json!("orders"), &json!("billing"))]);
}

#[test]
fn json_describes_one_recording_or_several() {
    let one = document(&[&recording("being-packed"), "--flows", CHANGED]);
    assert_eq!(one["schema"], "flowsim.comparison/1");
    assert_eq!(one["verdict"], "different");
    assert_eq!(one["pathDivergesAt"], 5);
    let several = document(&[
        &recording("being-packed"),
        &recording("hangs-up"),
        "--flows",
        CHANGED,
    ]);
    assert_eq!(several["schema"], "flowsim.comparisons/1");
    let entries = several["recordings"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0]["comparison"], one);
    assert_eq!(entries[0]["recording"], recording("being-packed"));
    assert_eq!(entries[0]["localEnd"], "Orders");
    assert_eq!(entries[0]["stale"], json!([{"reason": "unused", "nodes": ["Notify"]}]));
    assert_eq!(entries[1]["comparison"]["verdict"], "equal");
    assert_eq!(several["summary"]["groups"][0]["at"], "Tell the shop who asked");
}

#[test]
fn a_recording_that_does_not_load_does_not_stop_the_others() {
    let folder = folder();
    fs::write(path(folder.path(), "broken"), "{\"schema\": ").unwrap();
    let all = [folder.path().to_str().unwrap(), "--flows", SAME];
    let (code, out, error) = results(&all);
    assert_eq!(code, 3);
    let unchecked = "not compared in equal calls: inputs of actions (6)";
    assert_eq!(out, format!("10 recordings: 9 equal, 1 unreadable\n{unchecked}\n"));
    assert!(error.contains("broken.recording.json:1:"), "{error}");
    let document = document(&all);
    let broken = document["recordings"].as_array().unwrap().iter();
    let broken = broken.clone().find(|it| it["comparison"].is_null()).unwrap();
    assert_eq!(broken["findings"][0]["severity"], "error");
    let alone = path(folder.path(), "broken");
    let (code, out, _) = results(&[alone.to_str().unwrap(), "--flows", SAME]);
    assert_eq!((code, &*out), (3, ""));
}

#[test]
fn junit_has_a_case_for_each() {
    let (code, xml, _) = results(&[RECORDINGS, "--flows", CHANGED, "--format", "junit"]);
    assert_eq!(code, 1);
    assert_eq!(xml.matches("<testcase ").count(), 9);
    assert_eq!(xml.matches("<failure ").count(), 6);
    assert_eq!(xml.matches("<error ").count(), 1);
    assert!(xml.contains("tests=\"9\"") && xml.contains("failures=\"6\""), "{xml}");
    assert!(xml.contains("type=\"unreplayable\""), "{xml}");
    assert!(xml.contains("the target was changed"), "{xml}");
}

#[test]
fn ignored_and_tolerated_differences_are_equal() {
    let one = recording("on-its-way");
    let one = [&*one, "--flows", CHANGED];
    assert_eq!(results(&one).0, 1);
    let ignored = document(&[&one[..], &["--ignore", "/trace/*/result/text"]].concat());
    assert_eq!(ignored["verdict"], "equal", "{ignored}");
    let count = |it: &Value| it["ignored"].as_array().unwrap().len();
    assert!(count(&ignored) > 0);
    assert_eq!(results(&[&one[..], &["--ignore", "/trace/3/**"]].concat()).0, 0);
    assert_eq!(results(&[&one[..], &["--ignore", "/trace/2"]].concat()).0, 1);

    let folder = folder();
    change(folder.path(), "on-its-way", |it| it["response"]["elapsedMs"] = json!(400));
    let late = path(folder.path(), "on-its-way");
    let late = [late.to_str().unwrap(), "--flows", SAME];
    assert_eq!(results(&late).0, 0);
    assert_eq!(results(&[&late[..], &["--tolerance", "timeMs=10"]].concat()).0, 1);
    assert_eq!(results(&[&late[..], &["--tolerance", "timeMs=10000"]].concat()).0, 0);
}

/// Recordings that are stale in every respect, and some that are not.
fn stale() -> TempDir {
    let folder = folder();
    let at = |time: &'static str| move |it: &mut Value| it["recordedAt"] = json!(time);
    change(folder.path(), "hangs-up", at("2026-01-01T00:00:00Z"));
    change(folder.path(), "no-such-order", at("2026-03-01T00:00:00Z"));
    change(folder.path(), "on-its-way", |it| {
        it["flow"]["id"] = json!("another");
        it["request"]["flowId"] = json!("another");
    });
    for (name, version) in
        [("on-its-way-too", "3"), ("says-nothing", "3"), ("no-such-order", "4.0")]
    {
        change(folder.path(), name, |it| it["flow"]["version"] = json!(version));
    }
    let text =
        fs::read_to_string(root().join(CHANGED).join("order_status.json")).unwrap();
    let flow = text.replacen(
        "\"type\": \"inbound\",",
        "\"type\": \"inbound\", \"version\": \"4\",",
        1,
    );
    // The prompt is unchanged, so that the call on the other version still matches.
    let flow = flow.replace(
        "Your order {AskOrder.digits}",
        "Order {AskOrder.digits} is on its way and",
    );
    fs::create_dir(folder.path().join("flows")).unwrap();
    fs::write(folder.path().join("flows/flow.json"), flow).unwrap();
    folder
}

/// Compares stale recordings, and returns the output.
fn aged(folder: &TempDir, more: &[&str]) -> (i32, String, String) {
    let flows = folder.path().join("flows");
    let all = [folder.path().to_str().unwrap(), "--flows", flows.to_str().unwrap()];
    let age = ["--max-age", "30d", "--now", "2026-03-15T00:00:00Z"];
    results(&[&all[..], &age, more].concat())
}

#[test]
fn stale_recordings_are_reported() {
    let folder = stale();
    let (code, out, error) = aged(&folder, &["--format", "json"]);
    assert_eq!((code, &*error), (1, ""));
    let document: Value = serde_json::from_str(&out).unwrap();
    let mut found = Vec::new();
    for entry in document["recordings"].as_array().unwrap() {
        let name = Path::new(entry["recording"].as_str().unwrap()).file_name().unwrap();
        let name = name.to_str().unwrap().replace(".recording.json", "");
        for stale in entry["stale"].as_array().unwrap() {
            found.push(format!("{name}: {}", stale["reason"].as_str().unwrap()));
        }
    }
    found.sort();
    assert_eq!(
        found,
        [
            "being-packed-too: unused",
            "being-packed: unused",
            "hangs-up: old",
            "on-its-way-too: version",
            "on-its-way: unmatched",
            "says-nothing-too: unused",
            "says-nothing: unused",
            "says-nothing: version",
        ]
    );
    let (_, out, _) = aged(&folder, &[]);
    let last = out.lines().last().unwrap();
    assert_eq!(
        last,
        "stale: 1 older than --max-age, 1 of a flow that is not loaded, 4 with answers that are no longer requested, 2 of another version of the flow"
    );
    assert_eq!(names(folder.path()).len(), ALL.len() + 1);
}

#[test]
fn only_the_named_kinds_are_removed() {
    for (kinds, gone) in [
        (&["old"][..], &["hangs-up"][..]),
        (&["unmatched"], &["on-its-way"]),
        // The other recording of another version still matches.
        (&["version"], &["says-nothing"]),
        // All of them differ: their calls take another path.
        (&["unused"], &[]),
        (&["old", "unmatched"], &["hangs-up", "on-its-way"]),
        (&[], &[]),
    ] {
        let folder = stale();
        fs::write(path(folder.path(), "broken"), "{").unwrap();
        fs::write(folder.path().join("notes.json"), "{}").unwrap();
        let before = names(folder.path());
        let flags: Vec<&str> = kinds.iter().flat_map(|kind| ["--prune", kind]).collect();
        let (_, _, error) = aged(&folder, &flags);
        let kept = |name: &&String| !gone.contains(&name.as_str());
        let expected: Vec<&String> = before.iter().filter(kept).collect();
        assert_eq!(before.len() - expected.len(), gone.len(), "{kinds:?}");
        assert_eq!(
            names(folder.path()).iter().collect::<Vec<_>>(),
            expected,
            "{kinds:?}"
        );
        let note = match gone.len() {
            0 => String::new(),
            1 => "note: 1 recording was removed\n".into(),
            count => format!("note: {count} recordings were removed\n"),
        };
        assert!(error.ends_with(&note), "{error}");
        assert_eq!(error.contains("removed"), !gone.is_empty(), "{error}");
    }
}

#[test]
fn the_number_of_threads_makes_no_difference() {
    for format in ["text", "json", "junit", "html"] {
        let of = |jobs: &str| {
            compare(&[RECORDINGS, "--flows", CHANGED, "--format", format, "--jobs", jobs])
                .stdout
        };
        assert!(!of("1").is_empty());
        assert!(of("1") == of("8"), "{format}");
    }
}

#[test]
fn a_file_is_replaced_completely_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out");
    let out = file.to_str().unwrap();
    for format in ["text", "json", "junit", "html"] {
        let arguments = [RECORDINGS, "--flows", CHANGED, "--format", format];
        let printed = compare(&arguments).stdout;
        let (code, nothing, _) = results(&[&arguments[..], &["--out", out]].concat());
        assert_eq!((code, &*nothing), (1, ""), "{format}");
        assert!(fs::read(&file).unwrap() == printed, "{format}");
    }
    assert_eq!(names(folder.path()), ["out"]);
    let (code, _, error) =
        results(&[RECORDINGS, "--flows", SAME, "--out", "Cargo.toml/out"]);
    assert_eq!(code, 5);
    assert!(error.starts_with("error: cannot write Cargo.toml/out: "), "{error}");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_not_a_failure() {
    for format in ["text", "json", "junit", "html"] {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
        let arguments = [RECORDINGS, "--flows", CHANGED, "--format", format];
        command.current_dir(root()).arg("compare").args(arguments);
        let child = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        drop((command, reader));
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{format}");
    }
}

#[cfg(unix)]
#[test]
#[ignore = "needs Chromium"]
#[expect(clippy::too_many_lines, reason = "one page, looked at from all sides")]
fn a_browser_shows_both_sides() {
    let browser = browser::browser();
    let folder = folder();
    let hostile =
        "</script><script>document.title='obeyed'</script><img src=x onerror=alert(1)>";
    change(folder.path(), "on-its-way", |it| {
        it["response"]["trace"][3]["result"]["text"] = json!(hostile);
        it["response"]["trace"][3]["output"]["text"] = json!(hostile);
    });
    let page = folder.path().join("page.html");
    let (recordings, out) = (folder.path().to_str().unwrap(), page.to_str().unwrap());
    results(&[recordings, "--flows", CHANGED, "--format", "html", "--out", out]);
    let load = |fragment: &str| {
        let loaded = browser::load(&browser, &page, fragment);
        assert_eq!(loaded.console, [""; 0], "{fragment}");
        let (shown, _) = loaded.document.split_once("id=\"groups-data\"").unwrap();
        assert!(!shown.contains("<img") && !shown.contains("<title>obeyed"), "{shown}");
        shown.to_owned()
    };
    let rows = |shown: &str| shown.matches("<li><a class=\"row ").count();
    let of = |name: &str| format!("recording-{}", path(folder.path(), name).display());

    // Initially the page shows all ends, and all recordings in the list.
    let first = load("");
    assert_eq!(rows(&first), 9);
    assert!(
        first.contains(
            "<b>completed → Orders, differs first at Tell the shop who asked</b>"
        )
    );

    // Filters by verdict, group and text.
    assert_eq!(rows(&load("verdict=equal")), 2);
    assert_eq!(rows(&load("group=Orders+%E2%86%92+Reception%7CToAgent")), 2);
    assert_eq!(rows(&load("q=refund")), 1);
    assert_eq!(rows(&load("q=nothing+has+this")), 0);

    // Both sides: missing steps, new steps, the start of the difference, and its cause.
    let one = load(&of("being-packed"));
    assert!(
        one.contains("<div class=\"problem different\"><p>After step 4 `TellPacking`")
    );
    assert_eq!(one.matches("<div class=\"pair missing first\">").count(), 1, "{one}");
    assert_eq!(one.matches("<div class=\"pair inserted\">").count(), 1, "{one}");
    assert!(one.contains("<code>/trace/4</code>"), "{one}");
    let texts = load(&of("on-its-way"));
    assert!(texts.contains("<div class=\"pair different first\">"), "{texts}");
    assert!(
        texts.contains("&lt;/script&gt;&lt;script&gt;document.title='obeyed'"),
        "{texts}"
    );
    assert!(!load(&of("hangs-up")).contains("class=\"sides\""));
    assert!(load(&of("shop-too-slow")).contains("requests the data action `Get Refund`"));
}

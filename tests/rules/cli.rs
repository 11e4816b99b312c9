//! The contract of the command line: the streams and the exit codes.
//!
//! A snapshot is a transcript: the exit code and both streams of every command.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use assert_cmd::Command as Assertable;
use serde_json::Value;
use tempfile::TempDir;

const FLOWS: &str = "fixtures/shared-flow/flows";
const FIXTURES: &str = "fixtures/shared-flow/fixtures.yaml";
const DANGLING: &str = "fixtures/broken/dangling_reference.json";
const WARNING: &str = "fixtures/broken/no_default_branch.json";

/// Environment variables that must not affect tests.
const ENVIRONMENT: [&str; 6] =
    ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "CI"];

/// Returns the program, to run in the folder of the project.
fn flowsim() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    for name in ENVIRONMENT {
        command.env_remove(name);
    }
    command
}

/// Runs a command line whose words are separated by spaces.
fn run(line: &str) -> Output {
    run_in(Path::new(env!("CARGO_MANIFEST_DIR")), line)
}

fn run_in(folder: &Path, line: &str) -> Output {
    flowsim().current_dir(folder).args(line.split(' ')).output().unwrap()
}

fn run_with_keys(line: &str, typed: &str) -> Output {
    let mut command = Assertable::from_std(flowsim());
    command.args(line.split(' ')).write_stdin(typed).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Formats a command and its complete output, identically on every machine.
fn transcript(line: &str, output: &Output) -> String {
    let mut text = format!("$ flowsim {line}\n");
    for (name, stream) in [("stdout", out(output)), ("stderr", err(output))] {
        if !stream.is_empty() {
            let _ = write!(text, "--- {name}\n{}", stable(&stream));
        }
    }
    let code = output.status.code().unwrap();
    let _ = writeln!(text, "--- exit code {code}\n");
    text
}

/// Replaces the parts that depend on the release or the operating system.
fn stable(text: &str) -> String {
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let text = text.replace(&version, "\"version\": \"[version]\"");
    let lines =
        text.lines().map(|line| match line.split_once("cannot read the file: ") {
            Some((before, _)) => format!("{before}cannot read the file: [reason]\n"),
            None => format!("{line}\n"),
        });
    lines.collect()
}

fn transcripts<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    lines.into_iter().map(|line| transcript(line, &run(line))).collect()
}

fn assert_transcript(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

fn the_call() -> String {
    format!("run {FLOWS} --flow Inbound_Flow_A --fixtures {FIXTURES}")
}

#[test]
fn a_call_that_completes_is_a_success() {
    let line = format!("{} --input 1", the_call());
    assert_transcript("success", &transcripts([line.as_str()]));
}

#[test]
fn a_call_that_ends_in_error_or_timeout_is_a_failure() {
    let error = format!("{} --input 1 --max-actions 3", the_call());
    let timeout = format!("{} --input - --timeout-ms 5000", the_call());
    let hung_up = format!("{} --input hangup", the_call());
    let lines = [error.as_str(), &timeout, &hung_up];
    assert_transcript("failure", &transcripts(lines));
    let codes = lines.map(|line| run(line).status.code());
    assert_eq!(codes, [Some(1), Some(1), Some(1)]);
}

/// Commands whose help is a snapshot.
const COMMANDS: &[&str] = &[
    "run",
    "check",
    "config",
    "graph",
    "eval",
    "functions",
    "convert",
    "test",
    "diff",
    "compare",
    "batch",
    "batch run",
    "batch compare",
    "batch merge",
    "record",
    "coverage",
    "coverage merge",
    "conformance",
    "explore",
    "heatmap",
    "ship",
    "import",
    "redact",
    "debug",
    "lsp",
    "mcp",
    "dap",
    "serve",
    "init",
    "schema",
    "completions",
    "man",
];

#[test]
fn help_and_version_are_results() {
    assert_transcript("help", &transcripts(["--help"]));
    for command in COMMANDS {
        let line = format!("{command} --help");
        let name = format!("help_{}", command.replace(' ', "_"));
        assert_transcript(&name, &transcripts([line.as_str()]));
    }
    let version = run("--version");
    assert_eq!(out(&version), format!("flowsim {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(version.status.code(), Some(0));
}

#[test]
fn invalid_command_lines_have_their_own_exit_code() {
    let call = the_call();
    let mut lines = vec![
        "frobnicate".to_owned(),
        "run".to_owned(),
        format!("run {FLOWS} --flaw Inbound_Flow_A"),
        format!("run {FLOWS}"),
        format!("run {FLOWS} --flow Inbound_Flow_C"),
        format!("run {FLOWS} --flow Travel"),
        format!("{call} --node CheckResul"),
        format!("{call} --input 12x4"),
        format!("{call} --input 7@900,3"),
        format!("{call} --at tomorrow"),
        format!("{call} --context from"),
        format!("{call} --max-depth 1001"),
        format!("{call} --timeout-ms -1"),
        format!("{call} --format xml"),
        format!("{call} --interactive --input 1"),
        "check".to_owned(),
        format!("check {FLOWS} --deny notes"),
        "explain NO_INPT".to_owned(),
        "explain NO_INPUT --all".to_owned(),
    ];
    assert_transcript("usage", &transcripts(lines.iter().map(String::as_str)));
    lines.push(String::new());
    for line in &lines {
        let output = run(line);
        assert_eq!(output.status.code(), Some(2), "flowsim {line}");
        assert_eq!(out(&output), "", "flowsim {line}");
    }
}

/// A folder of files that do not load.
fn bad_files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        fs::write(folder.path().join(name), content).unwrap();
    };
    write("empty.json", b"");
    write("binary.json", b"{\"a\": \"\xff\xfe\x00\x01\"}");
    write("prose.json", b"Press 1 for English.\n");
    write("deep.json", "[".repeat(10 * 1024 * 1024).as_bytes());
    write("flow.json", FLOW.as_bytes());
    write("queues.yaml", b"queues: 3\n");
    write("typo.yaml", b"queus: []\n");
    write("unknown_flow.request", br#"{"flowId": "grete"}"#);
    write("unknown_node.request", br#"{"flowId": "greet", "nodeId": "Helo"}"#);
    write("no_flow.request", b"{}");
    write("unknown_key.request", br#"{"flowId": "greet", "input": []}"#);
    fs::create_dir(folder.path().join("folder")).unwrap();
    folder
}

const FLOW: &str = r#"{"id": "greet", "name": "Greeting", "type": "inbound", "draft": {
  "startNode": "Hello",
  "nodes": {
    "Hello": {"id": "Hello", "type": "Say", "properties": {"sayText": "Hello {from}"},
      "onComplete": {"nextNode": "End"}, "onError": {"nextNode": "End"}},
    "End": {"id": "End", "type": "End", "properties": {"endType": "normal"}}
  }
}}
"#;

#[test]
fn files_that_do_not_load_are_reported_with_their_position() {
    let folder = bad_files();
    let lines = [
        "run missing.json",
        "run empty.json",
        "run binary.json",
        "run prose.json",
        "run deep.json",
        "run folder",
        "run flow.json --fixtures queues.yaml",
        "run flow.json --fixtures typo.yaml",
        "run flow.json --fixtures missing.yaml",
        "run flow.json --request missing.request",
        "run flow.json --request no_flow.request",
        "run flow.json --request unknown_key.request",
        "run flow.json --request unknown_flow.request",
        "run flow.json --request unknown_node.request",
        "check missing.json",
        "check flow.json --fixtures queues.yaml",
    ];
    let outputs = lines.map(|line| (line, run_in(folder.path(), line)));
    let text: String =
        outputs.iter().map(|(line, output)| transcript(line, output)).collect();
    assert_transcript("input", &text);
    for (line, output) in outputs {
        assert_eq!(output.status.code(), Some(3), "flowsim {line}");
    }
}

#[test]
fn a_flow_that_cannot_run_says_why() {
    let output = run(&format!("run {DANGLING}"));
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(out(&output), "");
    assert!(err(&output).contains("error[DANGLING_REFERENCE]: no node is called"));
}

#[test]
fn a_request_replaces_the_flags() {
    let folder = bad_files();
    let request =
        r#"{"flowId": "Greeting", "context": {"from": "Ada"}, "timeout": 1000}"#;
    fs::write(folder.path().join("call.request"), request).unwrap();
    let line = "run flow.json --request call.request --format json";
    let output = run_in(folder.path(), line);
    assert_eq!(json(&output)["prompts"][0], "Hello Ada");
    let both = run_in(folder.path(), &format!("{line} --flow Greeting"));
    assert_eq!(both.status.code(), Some(2));
}

/// The reader closes the pipe before the program starts, so that the first write fails.
#[test]
fn a_closed_pipe_is_not_an_error() {
    let call = format!("{} --input 1", the_call());
    let check = format!("check {DANGLING}");
    for line in [call.as_str(), &check, "explain", "explain --all", "--help"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = flowsim().args(line.split(' ')).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "flowsim {line}");
        assert_eq!(err(&output), "", "flowsim {line}");
    }
}

#[test]
fn a_closed_standard_error_changes_nothing() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let line = "explain NO_INPT";
    let output = flowsim().args(line.split(' ')).stderr(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_an_external_failure() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = flowsim().arg("explain").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert!(err(&output).starts_with("error: cannot write the result: "));
}

#[test]
fn colours_are_used_only_on_request() {
    let colored = |line: &str, variables: &[(&str, &str)]| {
        let mut command = flowsim();
        command.args(line.split(' ')).envs(variables.iter().copied());
        let output = command.output().unwrap();
        (out(&output) + &err(&output)).contains('\u{1b}')
    };
    for line in
        [format!("check {DANGLING}"), the_call(), format!("run {DANGLING}")].iter()
    {
        assert!(!colored(line, &[]), "flowsim {line}");
        assert!(colored(line, &[("CLICOLOR_FORCE", "1")]), "flowsim {line}");
        let both = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
        assert!(!colored(line, &both), "flowsim {line}");
    }
    let data = format!("{} --format json", the_call());
    assert!(!colored(&data, &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn formats_for_programs_are_one_line_of_json() {
    for (format, start) in [
        ("json", "{\"schema\":\"flowsim.trace/1\",\"status\":\"completed\","),
        ("simulation", "{\"status\":\"completed\","),
    ] {
        let output = run(&format!("{} --input 1 --format {format}", the_call()));
        let text = out(&output);
        assert!(text.starts_with(start), "{text}");
        assert_eq!((text.lines().count(), text.ends_with('\n')), (1, true));
        assert_eq!(json(&output)["error"], Value::Null);
        assert_eq!(err(&output), "");
    }
}

#[test]
fn variables_context_clock_and_node_reach_the_call() {
    let folder = bad_files();
    let line = "run flow.json --context from=+15551234567 --var tries=2 --var who=me \
                --at 2026-12-24T18:00:00Z --format json";
    let trace = json(&run_in(folder.path(), line));
    assert_eq!(trace["prompts"][0], "Hello +15551234567");
    assert_eq!(trace["variables"], serde_json::json!({"tries": 2, "who": "me"}));
    let trace = json(&run_in(folder.path(), "run flow.json --node End --format json"));
    assert_eq!(trace["steps"][0]["nodeId"], "End");
}

#[test]
fn unused_fixture_answers_are_noted() {
    let output = run(&format!("{} --input 1 --input 2 --input 3", the_call()));
    assert_eq!(output.status.code(), Some(0));
    let note = "note: the last 2 --input values were never used\n";
    assert_eq!(err(&output), note);
}

#[test]
fn a_person_can_be_the_caller() {
    let line = format!("{} --interactive", the_call());
    let mut text = String::new();
    for (what, typed) in [
        ("presses 1", "1\n"),
        ("asks for help, mistypes, is silent", "help\nx\n\n"),
        ("closes the input", ""),
    ] {
        let _ = writeln!(text, "The caller {what}: {typed:?}\n");
        text += &transcript(&line, &run_with_keys(&line, typed));
    }
    assert_transcript("interactive", &text);
}

#[test]
fn a_person_and_json_do_not_mix() {
    let output =
        run_with_keys(&format!("{} --interactive --format json", the_call()), "1\n");
    assert_eq!(json(&output)["status"], "completed");
    assert!(err(&output).contains("# The call as a scenario"));
}

#[test]
fn the_same_command_gives_the_same_bytes() {
    for line in [
        format!("{} --input 7@900", the_call()),
        format!("{} --format json", the_call()),
        "check fixtures/broken".to_owned(),
        "check fixtures/broken --format sarif".to_owned(),
        "explain --all".to_owned(),
    ] {
        let [first, second] = [run(&line), run(&line)];
        assert_eq!(first, second, "flowsim {line}");
        assert!(!first.stdout.is_empty(), "flowsim {line}");
    }
}

#[test]
fn findings_have_four_forms() {
    for format in ["text", "json", "sarif", "github"] {
        let lines = [
            format!("check {FLOWS} --format {format}"),
            format!("check {WARNING} --format {format}"),
            format!("check {DANGLING} --format {format}"),
        ];
        let text = transcripts(lines.iter().map(String::as_str));
        assert_transcript(&format!("check_{format}"), &text);
    }
}

#[test]
fn errors_and_denied_warnings_fail_a_check() {
    let folder = bad_files();
    let codes = [
        (format!("check {FLOWS}"), 0),
        (format!("check {WARNING}"), 0),
        (format!("check {WARNING} --deny warnings"), 1),
        (format!("check {FLOWS} --deny warnings"), 0),
        (format!("check {DANGLING}"), 1),
        ("check fixtures/broken/json_syntax.json".to_owned(), 3),
    ];
    for (line, code) in codes {
        assert_eq!(run(&line).status.code(), Some(code), "flowsim {line}");
    }
    fs::write(folder.path().join("org.yaml"), "queues: [{id: other}]\n").unwrap();
    let fixtures = folder.path().join("org.yaml");
    let line = format!("check {FLOWS} --fixtures {}", fixtures.display());
    assert!(out(&run(&line)).contains("the fixtures have no queue `support`"));
}

#[test]
fn codes_are_explained() {
    let output = run("explain no_input");
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).starts_with("NO_INPUT (error)\n"));
    let list = out(&run("explain"));
    assert!(list.lines().count() > 50);
    for line in list.lines() {
        let code = line.split(' ').next().unwrap();
        assert!(out(&run(&format!("explain {code}"))).starts_with(code), "{code}");
    }
}

/// The reference lists exactly the flags that each command has.
#[test]
fn the_handbook_lists_the_flags() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let handbook = fs::read_to_string(root.join("docs/cli.md")).unwrap();
    for command in [
        "run",
        "check",
        "graph",
        "eval",
        "functions",
        "convert",
        "test",
        "diff",
        "compare",
        "batch run",
        "batch compare",
        "record",
        "coverage merge",
        "heatmap",
        "ship",
        "import",
        "redact",
        "explain",
        "fixtures missing",
    ] {
        let heading = format!("\n## `flowsim {command}");
        let (_, section) = handbook.split_once(&heading).unwrap();
        let section = section.split("\n## ").next().unwrap_or_default();
        let listed = section.lines().filter(|line| line.starts_with("| `-"));
        let listed: Vec<&str> = listed.filter_map(first_flag).collect();
        let help = out(&run(&format!("{command} --help")));
        let help = help.split("Global options:").next().unwrap_or_default();
        let flags = help.lines().filter_map(|line| match line.trim_start() {
            line if line.starts_with("-h") => None,
            line if line.starts_with('-') => first_flag(line),
            _ => None,
        });
        let flags: Vec<&str> = flags.collect();
        assert!(!flags.is_empty(), "{command} has flags");
        assert_eq!(listed, flags, "docs/cli.md on `flowsim {command}`");
    }
}

/// Every command has a section in the handbook and a line at its top.
#[test]
fn the_handbook_lists_the_commands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let handbook = fs::read_to_string(root.join("docs/cli.md")).unwrap();
    let help = out(&run("--help"));
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    // Continuation lines have a larger indentation.
    let entries = lines.filter_map(|line| line.strip_prefix("  "));
    let commands: Vec<&str> =
        entries.filter_map(|entry| entry.split(' ').next()).collect();
    assert!(commands.contains(&"test") && commands.contains(&"help"), "{commands:?}");
    for command in commands.into_iter().filter(|it| !["", "help"].contains(it)) {
        for start in ["\n## `flowsim ", "\nflowsim "] {
            assert!(handbook.contains(&format!("{start}{command}")), "{command}");
        }
    }
}

/// Returns the first `--word` or `-w` in a line.
fn first_flag(line: &str) -> Option<&str> {
    let flag = &line[line.find('-')?..];
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let flag = &flag[..flag.find(|c| !is_part(c)).unwrap_or(flag.len())];
    // A dash alone means silence, or a list of values.
    (flag.len() > 1).then_some(flag)
}

/// A string that would rename the window, clear the screen and reverse the line.
const EVIL: &str = "It's \\u001b]0;x\\u0007\\u009b2J\\u202eevil";

fn evil_flow(id: &str) -> String {
    format!(
        r#"{{"id": "{id}{EVIL}", "name": "{id}{EVIL}", "type": "inbound", "draft":
        {{"startNode": "Ask{EVIL}", "nodes":
        {{"Ask{EVIL}": {{"type": "Gather", "properties": {{"promptText": "{EVIL}"}},
          "onComplete": {{"nextNode": "Bye"}}, "onError": {{"nextNode": "Bye"}}}},
          "Bye": {{"type": "End{EVIL}", "properties": {{"endType": "normal{EVIL}"}}}}}}}}}}"#
    )
}

/// The prompts and names of a flow may contain anything; a terminal must not execute it.
#[test]
fn strings_of_a_flow_cannot_control_the_terminal() {
    let folder = TempDir::new().unwrap();
    let good = |text: String| {
        text.replace(&format!("\"End{EVIL}\""), "\"End\"")
            .replace(&format!("\"normal{EVIL}\""), "\"normal\"")
    };
    fs::write(folder.path().join("bad.json"), evil_flow("A")).unwrap();
    fs::write(folder.path().join("one.json"), good(evil_flow("A"))).unwrap();
    fs::write(folder.path().join("two.json"), good(evil_flow("B"))).unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let near = "AIt's \u{1b}]0;x\u{7}\u{9b}2J\u{202e}evi";
    let one = path("one.json");
    let typed = run_with_keys(&format!("run {one} --interactive"), "\u{1b}[31m\n1\n");
    assert!(err(&typed).contains("  It's \u{241b}]0;x"), "{}", err(&typed));
    let mut outputs = vec![
        typed,
        run(&format!("run {one}")),
        run(&format!("run {}", path("bad.json"))),
        run(&format!("run {one} {}", path("two.json"))),
        run(&format!("check {}", path("bad.json"))),
        run(&format!("check {} --format github", path("bad.json"))),
    ];
    for flag in ["--flow", "--node"] {
        outputs.push(flowsim().args(["run", &one, flag, near]).output().unwrap());
    }
    outputs.push(flowsim().args(["explain", near]).output().unwrap());
    for output in outputs {
        for text in [out(&output), err(&output)] {
            let obeyed = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
            assert!(!text.contains(obeyed), "{text:?}");
        }
    }
}

#[test]
fn invalid_utf8_is_not_a_key() {
    let line = format!("{} --interactive", the_call());
    let mut command = Assertable::from_std(flowsim());
    let output =
        command.args(line.split(' ')).write_stdin(&b"\xff\n1\n"[..]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("is not a key"), "{}", err(&output));
}

#[test]
fn a_check_reads_the_contacts() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("people.csv"), "id,phone\nc-1\n").unwrap();
    let fixtures = folder.path().join("org.yaml");
    fs::write(&fixtures, "contacts: {file: people.csv}\nqueues: [{id: support}]\n")
        .unwrap();
    let output = run(&format!("check {FLOWS} --fixtures {}", fixtures.display()));
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).contains("people.csv:2: 1 field"), "{}", out(&output));
    fs::remove_file(folder.path().join("people.csv")).unwrap();
    let output = run(&format!("check {FLOWS} --fixtures {}", fixtures.display()));
    assert_eq!(output.status.code(), Some(3), "{}", out(&output));
}

#[test]
fn a_number_below_its_range_is_reported_as_such() {
    for flag in ["--timeout-ms", "--max-actions", "--max-depth"] {
        let output = run(&format!("{} {flag} -1", the_call()));
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).contains("invalid value '-1'"), "{}", err(&output));
    }
}

#[test]
fn an_answer_for_some_inputs_makes_a_data_action_known() {
    let folder = TempDir::new().unwrap();
    let flow = folder.path().join("flow.json");
    fs::write(
        &flow,
        r#"{"id": "f", "name": "F", "startNode": "Get", "nodes": {
            "Get": {"type": "DataAction", "properties": {"actionId": "get"},
                "onComplete": {"nextNode": "Tell"}, "onError": {"nextNode": "End"}},
            "Tell": {"type": "Webhook", "properties": {"webhookId": "tell"},
                "onComplete": {"nextNode": "End"}, "onError": {"nextNode": "End"}},
            "End": {"type": "End"}}}"#,
    )
    .unwrap();
    let check = |fixtures: &str| {
        let path = folder.path().join("org.yaml");
        fs::write(&path, fixtures).unwrap();
        out(&run(&format!("check {} --fixtures {}", flow.display(), path.display())))
    };
    let known =
        "dataActions: {get: [{when: {c: 1}}]}\nwebhooks: {tell: [{when: {c: 1}}]}\n";
    assert_eq!(check(known), "");
    let findings = check("dataActions: {other: {}}\nwebhooks: {other: {}}\n");
    assert!(findings.contains("the fixtures have no data action `get`"), "{findings}");
    assert!(findings.contains("the fixtures have no webhook `tell`"), "{findings}");
}

const COUNTING: &str = "
inboundCall:
  name: Counting
  startUpRef: /inboundCall/tasks/task[Main_10]
  variables:
    - integerVariable: {name: Flow.count, initialValue: {lit: 2}}
  tasks:
    - task:
        name: Main
        refId: Main_10
        variables:
          - integerVariable: {name: Task.step, initialValue: {lit: 3}}
        actions:
          - playAudio: {name: Hello, audio: {tts: Hello}}
          - updateData:
              name: Add
              statements:
                - integer: {variable: Flow.count, value: {exp: Flow.count + Task.step}}
          - disconnect: {name: Bye}
";

#[test]
fn a_call_may_start_in_the_middle_of_a_task() {
    let folder = tempfile::tempdir().unwrap();
    let flow = folder.path().join("counting.yaml");
    fs::write(&flow, COUNTING).unwrap();
    let line =
        format!("run {} --node Add --var flow.COUNT=4 --format json", flow.display());
    let trace = out(&run(&line));
    assert!(trace.contains(r#""variables":{"Flow.count":7}"#), "{trace}");
    let first = r#""steps":[{"seq":1,"depth":0,"flowId":"Counting","nodeId":"Add""#;
    assert!(trace.contains(first), "{trace}");
}

#[test]
fn undeclared_or_mismatched_variables_are_usage_errors() {
    let folder = tempfile::tempdir().unwrap();
    let flow = folder.path().join("counting.yaml");
    fs::write(&flow, COUNTING).unwrap();
    for (given, advice) in [
        ("Flow.cuont=4", "did you mean `Flow.count`?"),
        ("Flow.count=four", "`Flow.count` has the type Integer: expected a whole number"),
    ] {
        let output = run(&format!("run {} --var {given}", flow.display()));
        assert_eq!(output.status.code(), Some(2), "{given}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(advice), "{error}");
    }
}

#[test]
fn a_file_given_by_several_paths_is_loaded_once() {
    let file = format!("{FLOWS}/inbound_a.json");
    for paths in [format!("{FLOWS} {file}"), format!("{file} ./{file} {FLOWS}/.")] {
        let output = run(&format!("check {paths} --format json"));
        let once = run(&format!("check {FLOWS} --format json"));
        assert_eq!(output.status.code(), once.status.code(), "{}", out(&output));
        assert!(!out(&output).contains("DUPLICATE_FLOW"), "{}", out(&output));
    }
    // A file that a folder skips must still be a flow if it is named directly.
    let folder = TempDir::new().unwrap();
    let note = folder.path().join("note.json");
    fs::write(&note, "{}").unwrap();
    let place = folder.path().display();
    let output = run(&format!("check {FLOWS} {place} {}", note.display()));
    assert!(out(&output).contains("NO_FLOWS"), "{}", out(&output));
    assert!(out(&output).contains("NOT_A_FLOW"), "{}", out(&output));
}

#[test]
fn a_folder_without_fixtures_is_a_warning() {
    let folder = TempDir::new().unwrap();
    let place = folder.path().display();
    let output = run(&format!("run {FLOWS} --flow Inbound_Flow_A --fixtures {place}"));
    assert!(err(&output).contains("the folder contains no fixtures"), "{}", err(&output));
    assert!(err(&output).contains("warning[INVALID_FIXTURES]"), "{}", err(&output));
    assert_ne!(output.status.code(), Some(3));
    fs::write(folder.path().join("org.yaml"), "queues: [{id: support}]\n").unwrap();
    let output = run(&format!("run {FLOWS} --flow Inbound_Flow_A --fixtures {place}"));
    assert_eq!(err(&output), "");
}

#[test]
fn the_limit_on_actions_has_a_limit() {
    let output = run(&format!("{} --max-actions 1000001", the_call()));
    assert_eq!(output.status.code(), Some(2));
    let output = run(&format!("{} --input 1 --max-actions 1000000", the_call()));
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
}

#[test]
fn a_confined_command_reads_its_folders_only_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let confined = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("flowsim").unwrap();
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/architect");
        command.env("FLOWSIM_READ_ONLY", root).args(arguments).output().unwrap()
    };
    let own = confined(&["check", "fixtures/architect/unreachable.yaml"]);
    assert_ne!(own.status.code(), Some(3), "{own:?}");
    let other = confined(&["check", "fixtures/broken/duplicate_choice.yaml"]);
    assert_eq!(other.status.code(), Some(3));
    assert!(
        err(&other).contains("outside the folders") || out(&other).contains("outside")
    );
    let path = folder.path().join("new");
    let init = confined(&["init", path.to_str().unwrap()]);
    assert_eq!(init.status.code(), Some(2));
    assert!(err(&init).contains("not for processes with FLOWSIM_READ_ONLY"));
    let log = folder.path().join("log.csv");
    let flow = "fixtures/architect/unreachable.yaml";
    let run = confined(&["run", flow, "--decisions", log.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(5), "{run:?}");
    assert!(!path.exists() && !log.exists());
}

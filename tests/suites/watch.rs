//! `flowsim test --watch` from the perspective of a user who edits flows.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Time limit for expected output, on the slowest of machines.
const PATIENCE: Duration = Duration::from_secs(20);

/// Time for which no output may appear.
const SILENCE: Duration = Duration::from_millis(700);

const SUITE: &str = r#"flows: flows
fixtures: org.yaml
tests:
  - {name: one, flow: One, expect: {prompts: [{contains: first}]}}
  - {name: two, flow: Two, expect: {prompts: [{contains: second}]}}
"#;

fn flow(name: &str, text: &str) -> String {
    format!(
        r#"{{"id": "{name}", "name": "{name}", "type": "inbound", "draft": {{"startNode": "Say", "nodes": {{
            "Say": {{"type": "Say", "properties": {{"sayText": "{text}"}}, "onComplete": {{"nextNode": "End"}}}},
            "End": {{"type": "End"}}}}}}}}"#
    )
}

/// Writes a file as many editors do, by replacing it. Thus a reader never sees half of
/// it, even on a slow machine.
fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    let part = path.with_extension("part~");
    fs::write(&part, text).expect("the file is written");
    fs::rename(&part, &path).expect("the file is put in its place");
}

/// Changes a file in place.
fn append(folder: &Path, path: &str, text: &str) {
    let file = fs::OpenOptions::new().append(true).open(folder.join(path));
    let mut file = file.expect("the file is there");
    file.write_all(text.as_bytes()).expect("the file is changed");
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("flows")).expect("a folder in it");
    write(folder.path(), "flows/one.json", &flow("One", "first"));
    write(folder.path(), "flows/two.json", &flow("Two", "second"));
    write(folder.path(), "org.yaml", "queues: []\n");
    write(folder.path(), "a.test.yaml", SUITE);
    folder
}

/// The running program, and its output line by line.
struct Watch {
    child: Child,
    out: Receiver<String>,
    error: Receiver<String>,
}

impl Watch {
    fn start(folder: &Path) -> Self {
        Self::of(folder, &[])
    }

    /// Watches these paths, which contain both tests.
    fn of(folder: &Path, paths: &[&str]) -> Self {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("flowsim"))
            .current_dir(folder)
            .args(["test", "--watch"])
            .args(paths)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = lines(child.stdout.take().expect("it has an output"));
        let error = lines(child.stderr.take().expect("it has one for messages"));
        let watch = Self { child, out, error };
        assert_eq!(watch.round(), ["one", "two"]);
        watch.message("waiting for changes");
        watch
    }

    /// Waits for a message.
    fn message(&self, wanted: &str) -> String {
        await_line(&self.error, wanted)
    }

    /// Returns the names of the tests that run, until the summary line.
    fn round(&self) -> Vec<&'static str> {
        let mut names = Vec::new();
        loop {
            let line = self.out.recv_timeout(PATIENCE).expect("a round ends");
            if line.contains(" passed") || line.contains(" failed") {
                return names;
            }
            let is_named = |name: &&str| line.split_whitespace().any(|it| it == *name);
            names.extend(["one", "two", "three"].into_iter().filter(is_named));
            names.dedup();
        }
    }

    fn is_silent(&self) {
        assert_eq!(self.out.recv_timeout(SILENCE).ok(), None);
        assert_eq!(self.error.try_recv().ok(), None);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn await_line(lines: &Receiver<String>, wanted: &str) -> String {
    loop {
        let line = lines.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|_| panic!("nobody says `{wanted}`"));
        if line.contains(wanted) {
            return line;
        }
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

#[test]
fn only_tests_that_depend_on_a_change_run_again() {
    let folder = folder();
    let watch = Watch::start(folder.path());
    append(folder.path(), "flows/two.json", "\n");
    let told = watch.message("changed");
    assert_eq!(told, "watch: flows/two.json changed; 1 of 2 tests runs again");
    assert_eq!(watch.round(), ["two"]);
    write(folder.path(), "flows/one.json", &flow("One", "first, too"));
    assert_eq!(
        watch.message("changed"),
        "watch: flows/one.json changed; 1 of 2 tests runs again"
    );
    assert_eq!(watch.round(), ["one"]);
    write(folder.path(), "org.yaml", "queues: [{name: Support}]\n");
    watch.message("watch: org.yaml changed; 2 of 2 tests run again");
    assert_eq!(watch.round(), ["one", "two"]);
    write(folder.path(), "flows/notes.txt", "nobody reads this");
    watch.is_silent();
}

/// A successful round does not hide that another test still fails.
#[test]
fn remaining_failures_are_reported_when_they_do_not_run() {
    let folder = folder();
    let watch = Watch::start(folder.path());
    write(folder.path(), "flows/one.json", &flow("One", "another"));
    assert_eq!(watch.round(), ["one"]);
    append(folder.path(), "flows/two.json", "\n");
    assert_eq!(watch.round(), ["two"]);
    assert_eq!(
        watch.message("still fails"),
        "watch: 1 test that did not run now still fails: flowsim test a.test.yaml:4"
    );
    write(folder.path(), "flows/one.json", &flow("One", "first"));
    assert_eq!(watch.round(), ["one"]);
    watch.message("flows/one.json changed");
    append(folder.path(), "flows/two.json", "\n");
    watch.message("flows/two.json changed");
    assert_eq!(watch.round(), ["two"]);
    watch.is_silent();
}

/// A file that does not load is reported every time, but not as a test that did not run.
#[test]
fn a_file_that_does_not_load_is_not_a_remaining_failure() {
    let folder = folder();
    let watch = Watch::start(folder.path());
    write(folder.path(), "c.test.yaml", "flows: flows\ntest: []\n");
    watch.message("INVALID_SCENARIO");
    append(folder.path(), "flows/two.json", "\n");
    watch.message("flows/two.json changed");
    while let Ok(line) = watch.error.recv_timeout(SILENCE) {
        assert!(!line.contains("still fails"), "{line}");
    }
}

/// A table that is missing at the start is watched, although its file does not load.
#[test]
fn a_missing_table_is_watched() {
    let folder = folder();
    let suite = "flows: flows\ntests:\n  - {name: 'row ${n}', flow: One, each: rows/calls.csv, expect: {status: completed}}\n";
    write(folder.path(), "b.test.yaml", suite);
    fs::create_dir(folder.path().join("rows")).unwrap();
    let watch = Watch::start(folder.path());
    write(folder.path(), "rows/calls.csv", "n\nthree\n");
    watch.message("watch: rows/calls.csv changed; 1 of 3 tests runs again");
    assert_eq!(watch.round(), ["three"]);
}

/// A round reports it as a run does: with a cross, and in the counts.
#[test]
fn a_file_that_breaks_is_a_test_of_the_round() {
    let folder = folder();
    let watch = Watch::start(folder.path());
    write(folder.path(), "a.test.yaml", "flows: flows\ntest: []\n");
    watch.message("watch: a.test.yaml changed; 1 of 1 tests runs again");
    await_line(&watch.out, "✗ a.test.yaml:1  the scenario file loads  could not run");
    await_line(&watch.out, "1 test: 1 failed");
    write(folder.path(), "b.test.yaml", &SUITE.replace("org.yaml", "[]"));
    watch.message("watch: b.test.yaml changed; 3 of 3 tests run again");
    await_line(&watch.out, "3 tests: 2 passed, 1 failed");
}

#[test]
fn a_test_that_moves_to_another_line_is_reported() {
    let folder = folder();
    let watch = Watch::of(folder.path(), &["a.test.yaml:4", "a.test.yaml:5"]);
    write(folder.path(), "a.test.yaml", &format!("# a note\n{SUITE}"));
    watch.message("watch: a.test.yaml:4 is no longer a test; before it was `one`");
    watch.message("watch: a.test.yaml:5 is now the test `one`; before it was `two`");
    assert_eq!(watch.round(), ["one"]);
}

#[test]
fn a_missing_line_is_reported_before_watching_starts() {
    let folder = folder();
    let output = Command::new(assert_cmd::cargo::cargo_bin!("flowsim"))
        .current_dir(folder.path())
        .args(["test", "--watch", "a.test.yaml:999"])
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("no line 999 in a.test.yaml"), "{error}");
}

#[test]
fn files_that_do_not_load_are_reported_and_watched() {
    let folder = folder();
    let watch = Watch::start(folder.path());
    write(folder.path(), "flows/one.json", "{\"id\": ");
    watch.message("watch: flows/one.json changed; 2 of 2 tests run again");
    await_line(&watch.out, "JSON_SYNTAX");
    watch.round();
    write(folder.path(), "flows/one.json", &flow("One", "first"));
    watch.message("watch: flows/one.json changed; 2 of 2 tests run again");
    assert_eq!(watch.round(), ["one", "two"]);
    write(folder.path(), "a.test.yaml", "flows: flows\ntest: []\n");
    watch.message("changed");
    watch.message("INVALID_SCENARIO");
    watch.round();
    let more = "  - {name: three, flow: One, expect: {status: completed}}\n";
    write(folder.path(), "a.test.yaml", &format!("{SUITE}{more}"));
    watch.message("watch: a.test.yaml changed; 3 of 3 tests run again");
    assert_eq!(watch.round(), ["one", "two", "three"]);
}

#[test]
fn files_and_folders_may_appear_and_disappear() {
    let folder = folder();
    let watch = Watch::start(folder.path());
    let more = "flows: later\ntests:\n  - {name: three, expect: {status: completed}}\n";
    write(folder.path(), "b.test.yaml", more);
    watch.message("watch: b.test.yaml changed; 1 of 3 tests runs again");
    assert_eq!(watch.round(), ["three"]);
    fs::create_dir(folder.path().join("new")).expect("a folder");
    write(folder.path(), "new/three.json", &flow("Three", "third"));
    fs::rename(folder.path().join("new"), folder.path().join("later"))
        .expect("the folder is moved");
    watch.message("; 1 of 3 tests runs again");
    assert_eq!(watch.round(), ["three"]);
    fs::remove_file(folder.path().join("b.test.yaml")).expect("the file is deleted");
    watch.message("watch: b.test.yaml changed; 0 of 2 tests run again");
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_it() {
    use std::os::unix::process::ExitStatusExt;

    let folder = folder();
    let mut watch = Watch::start(folder.path());
    let number = watch.child.id().to_string();
    Command::new("kill").args(["-INT", &number]).status().expect("the signal is sent");
    let ended = (0..PATIENCE.as_millis() / 20).find_map(|_| {
        thread::sleep(Duration::from_millis(20));
        watch.child.try_wait().expect("it can be asked")
    });
    let Some(status) = ended else {
        watch.child.kill().expect("it is running");
        panic!(
            "the program continues; did a script start the tests with `&`, which ignores interrupts?"
        );
    };
    // Shells report this as 130.
    assert_eq!(status.signal(), Some(2));
}

#[test]
fn options_for_whole_runs_cannot_be_combined_with_it() {
    let flags =
        ["--report=tap=a.tap", "--html=out", "--coverage", "--update", "--review"];
    for flag in flags.into_iter().chain(["--list"]) {
        let output = Command::new(assert_cmd::cargo::cargo_bin!("flowsim"))
            .args(["test", "--watch", flag])
            .output()
            .expect("the program runs");
        assert_eq!(output.status.code(), Some(2), "{flag}");
    }
}

/// A project whose flows have a placeholder that Terraform fills in.
fn project() -> tempfile::TempDir {
    const FLOW: &str = "inboundCall:
  name: Main
  startUpRef: ./tasks/task[main]
  tasks:
    - task:
        name: main
        refId: main
        actions:
          - playAudio: {name: Greet, audio: {tts: \"{{greeting}}\"}}
          - disconnect: {name: End}
";
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["flows", "terraform"] {
        fs::create_dir(folder.path().join(name)).expect("a folder in it");
    }
    write(folder.path(), "flows/main.yaml", FLOW);
    let settings = "flows = [\"flows\"]\nterraform = [\"terraform\"]\ntests = [\".\"]\n";
    write(folder.path(), "flowsim.toml", settings);
    write(
        folder.path(),
        "terraform/main.tf",
        "variable \"greeting\" { default = \"hello\" }\n\
         resource \"genesyscloud_flow\" \"main\" {\n  filepath = \"../flows/main.yaml\"\n  \
         substitutions = { greeting = var.greeting }\n}\n",
    );
    let tests = "tests:\n  \
                 - {name: one, flow: Main, expect: {prompts: [{contains: hello}]}}\n  \
                 - {name: two, flow: Main, expect: {status: completed}}\n";
    write(folder.path(), "a.test.yaml", tests);
    folder
}

/// Every test of a project depends on its Terraform and on `flowsim.toml`.
#[test]
fn all_tests_depend_on_the_project() {
    let folder = project();
    let watch = Watch::start(folder.path());
    write(folder.path(), "terraform/terraform.tfvars", "greeting = \"bye\"\n");
    watch.message("watch: terraform/terraform.tfvars changed; 2 of 2 tests run again");
    await_line(&watch.out, "1 passed, 1 failed");
    write(folder.path(), "terraform/terraform.tfvars", "greeting = \"hello there\"\n");
    watch.message("changed; 2 of 2 tests run again");
    await_line(&watch.out, "2 passed");
    let settings = "flows = [\"flows\"]\ntests = [\".\"]\nset = {greeting = \"bye\"}\n";
    write(folder.path(), "flowsim.toml", settings);
    watch.message("watch: flowsim.toml changed; 2 of 2 tests run again");
    await_line(&watch.out, "1 passed, 1 failed");
    // A project that does not load changes nothing.
    write(folder.path(), "flowsim.toml", "flow = [\"flows\"]\n");
    watch.message("INVALID_PROJECT");
    watch.message("its earlier settings are used");
    await_line(&watch.out, "1 passed, 1 failed");
    write(folder.path(), "flowsim.toml", &settings.replace("bye", "hello"));
    watch.message("watch: flowsim.toml changed; 2 of 2 tests run again");
    await_line(&watch.out, "2 passed");
}

/// A message is one line, also about files whose names have line breaks.
#[cfg(unix)]
#[test]
fn names_with_line_breaks_stay_on_one_line() {
    let folder = folder();
    let name = "b\nforged: line\u{1b}[2J.test.yaml";
    write(folder.path(), name, "flows: flows\ntests: []\n");
    let watch = Watch::of(folder.path(), &["."]);
    append(folder.path(), name, "# changed\n");
    let message = watch.message("changed;");
    assert!(message.starts_with("watch: b␊forged: line␛[2J.test.yaml"), "{message}");
}

//! The behaviour of `flowsim test` that scripts rely on: exit codes, and the files that
//! are written, kept and removed.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

const FLOW: &str = r#"{"id": "f", "name": "F", "type": "inbound", "draft": {"startNode": "A", "nodes": {
    "A": {"type": "Say", "properties": {"sayText": "Hi"}, "onComplete": {"nextNode": "B"}},
    "B": {"type": "End"}}}}"#;

const TESTS: &str = "flows: ../flows\ntests:\n  - {name: one, snapshot: true}\n  \
                     - {name: two, expect: {status: completed}}\n";

/// Creates files with their folders.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    fs::write(path, text).expect("a file");
}

/// Creates a flow, and scenario files in two folders.
fn project() -> TempDir {
    let other = TESTS.replace("snapshot: true", "expect: {status: completed}");
    folder(&[("flows/f.json", FLOW), ("t/s.test.yaml", TESTS), ("u/o.test.yaml", &other)])
}

/// Runs the command with this value of `CI`. Returns exit code, standard output and
/// standard error.
fn under(ci: Option<&str>, folder: &Path, line: &str) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("flowsim").expect("the program is built");
    let command = command.current_dir(folder).env_remove("CI").arg("test");
    let command = command.envs(ci.map(|value| ("CI", value)));
    let output = command.args(line.split_whitespace()).output();
    let output = output.expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn flowsim(folder: &Path, line: &str) -> (Option<i32>, String, String) {
    under(None, folder, line)
}

/// Returns all files, in order.
fn files(folder: &Path) -> Vec<String> {
    let found = flowsim::source::Folder::read(folder, |_| true).files;
    let inside = |path: &PathBuf| path.strip_prefix(folder).expect("inside").to_owned();
    found.iter().map(|path| inside(path).display().to_string()).collect()
}

fn read(folder: &TempDir, path: &str) -> String {
    fs::read_to_string(folder.path().join(path)).unwrap_or_default()
}

#[test]
fn listing_does_nothing_else() {
    let folder = project();
    assert_eq!(flowsim(folder.path(), "--update").0, Some(0));
    write(folder.path(), "t/s.test.yaml", &TESTS.replace("one", "other"));
    let before = files(folder.path());
    for flag in [
        "--delete-unreferenced",
        "--review",
        "--update",
        "--report junit=a.xml",
        "--html page",
        "--coverage",
        "--coverage-out c.json",
        "--coverage-min nodes=1",
        "--decisions d.csv",
        "--watch",
    ] {
        let (code, out, error) = flowsim(folder.path(), &format!("--list {flag}"));
        assert_eq!((code, out.as_str()), (Some(2), ""), "{flag}");
        assert!(error.contains("cannot be used with"), "{flag}: {error}");
    }
    for flag in ["--delete-unreferenced", "--review"] {
        for output in
            ["--report tap=a.tap", "--coverage", "--coverage-out c", "--decisions d"]
        {
            let line = format!("{flag} {output}");
            assert_eq!(flowsim(folder.path(), &line).0, Some(2), "{line}");
        }
    }
    assert_eq!(files(folder.path()), before);
}

#[test]
fn snapshots_of_deleted_scenario_files_are_found() {
    let folder = project();
    assert_eq!(flowsim(folder.path(), "--update").0, Some(0));
    fs::remove_file(folder.path().join("t/s.test.yaml")).expect("removed");
    // Neither of them is our snapshot, or the remains of one.
    let foreign = "---\nsource: a.rs\n---\nx\n";
    write(folder.path(), "v/snapshots/a.snap", foreign);
    write(folder.path(), "v/snapshots/.a.snap.7.part", foreign);
    write(folder.path(), "w/snapshots/o__x.snap", "---\nscenario: o.test.yaml\n---\n");
    write(folder.path(), "w/o.test.yaml", "flows: [\n");
    let note = "1 snapshot belongs to no test: flowsim test --delete-unreferenced";
    let (code, _, error) = flowsim(folder.path(), "t u v --show failures");
    assert_eq!((code, error.contains(note)), (Some(0), true), "{error}");

    for elsewhere in ["u", "u/o.test.yaml", "v"] {
        let line = format!("{elsewhere} --delete-unreferenced");
        let (code, out, _) = flowsim(folder.path(), &line);
        assert_eq!((code, out.as_str()), (Some(0), "every snapshot belongs to a test\n"));
    }
    let (code, out, error) = flowsim(folder.path(), "--delete-unreferenced");
    assert_eq!((code, out.as_str()), (Some(3), "deleted t/snapshots/s__one.snap\n"));
    assert!(error.contains("note: snapshots of files that do not load were not deleted"));
    assert!(!folder.path().join("t/snapshots").exists());
    let left = ["v/snapshots/a.snap", "w/o.test.yaml", "w/snapshots/o__x.snap"];
    assert_eq!(files(folder.path())[2..], left);
    assert!(folder.path().join("v/snapshots/.a.snap.7.part").exists());
}

/// The snapshots belong to their tests, whatever path the folder is named by.
#[test]
fn snapshots_of_tests_stay() {
    let folder = project();
    assert_eq!(flowsim(folder.path(), "--update").0, Some(0));
    let whole = folder.path().display().to_string();
    for named in [".", "t", "./t", "t/../t", "t/s.test.yaml", ". t t/s.test.yaml", &whole]
    {
        let line = format!("{named} --delete-unreferenced");
        let (code, out, _) = flowsim(folder.path(), &line);
        let nothing = (Some(0), "every snapshot belongs to a test\n");
        assert_eq!((code, out.as_str()), nothing, "{named}");
    }
    write(folder.path(), "t/s.test.yaml", &TESTS.replace("snapshot: true", "skip: no"));
    let (_, out, _) = flowsim(folder.path(), "t --delete-unreferenced");
    assert_eq!(out, "deleted t/snapshots/s__one.snap\n");
}

/// A repository may contain links; they lead no write out of its folders.
#[test]
#[cfg(unix)]
fn a_link_of_a_repository_leads_no_write_elsewhere() {
    use std::os::unix::fs::symlink;
    let folder = project();
    let place = |path: &str| folder.path().join(path);
    write(folder.path(), "victim", "kept");
    fs::create_dir(place("t/snapshots")).expect("a folder");
    symlink("../../victim", place("t/snapshots/s__one.snap.new")).expect("a link");
    symlink("../../victim", place("t/snapshots/s__one.snap")).expect("a link");
    for flag in ["", "--update"] {
        flowsim(folder.path(), flag);
        assert_eq!(fs::read_to_string(place("victim")).expect("a file"), "kept");
    }
    let updated = fs::read_to_string(place("t/snapshots/s__one.snap")).expect("a file");
    assert!(updated.contains("Hi"), "{updated}");

    for made in ["t/snapshots", ".flowsim"] {
        fs::remove_dir_all(place(made)).expect("removed");
    }
    let outside = tempfile::tempdir().expect("a folder");
    symlink(outside.path(), place("t/snapshots")).expect("a link");
    symlink(outside.path(), place(".flowsim")).expect("a link");
    let (code, out, _) = flowsim(folder.path(), "");
    assert_eq!(code, Some(1));
    assert!(out.contains("by a link"), "{out}");
    assert_eq!(files(outside.path()), [""; 0]);
}

#[test]
fn under_ci_snapshots_are_not_accepted() {
    let folder = project();
    let before = files(folder.path());
    for ci in ["true", "1", "woodpecker"] {
        for flag in ["--update", "--review", "--update --watch"] {
            let (code, out, error) = under(Some(ci), folder.path(), flag);
            assert_eq!((code, out.as_str()), (Some(2), ""), "{ci} {flag}: {error}");
        }
        let (_, _, error) = under(Some(ci), folder.path(), "--update");
        assert!(error.contains("unset CI"), "{error}");
        assert_eq!(under(Some(ci), folder.path(), "").0, Some(1));
        assert_eq!(files(folder.path()), before);
    }
    for ci in ["", "0", "false"] {
        assert_eq!(under(Some(ci), folder.path(), "").0, Some(1));
        assert!(folder.path().join("t/snapshots/s__one.snap.new").exists(), "{ci}");
        assert_eq!(under(Some(ci), folder.path(), "--update").0, Some(0), "{ci}");
        fs::remove_dir_all(folder.path().join("t/snapshots")).expect("removed");
    }
}

#[test]
fn files_that_do_not_load_have_their_own_exit_code() {
    let tests = "tests:\n  - {name: one, expect: {status: completed}}\n";
    let good = format!("flows: f.json\n{tests}");
    for (what, suite) in [
        ("a flow", format!("flows: [broken.json]\n{tests}")),
        ("no such flow", format!("flows: [../nope]\n{tests}")),
        ("no such fixtures", format!("flows: f.json\nfixtures: [nope.yaml]\n{tests}")),
        ("fixtures", good.replace("name: one", "name: a, fixtures: {dataAction: {}}")),
        ("a name", good.replace("name: one", "name: one, flow: Nope")),
        ("a node", good.replace("name: one", "name: one, node: Nope")),
        ("a recording", good.replace("name: one", "name: a, recording: no.json")),
    ] {
        let folder = folder(&[("f.json", FLOW), ("broken.json", "{\"flows\":")]);
        write(folder.path(), "a.test.yaml", &suite);
        let (code, out, _) = flowsim(folder.path(), "");
        assert_eq!(code, Some(3), "{what}: {out}");
        assert!(out.contains("could not run"), "{what}: {out}");
        // It takes precedence over a failed test.
        write(folder.path(), "b.test.yaml", &good.replace("completed", "error"));
        assert_eq!(flowsim(folder.path(), "").0, Some(3), "{what}");
        // Files that are not part of the run have no effect.
        assert_eq!(flowsim(folder.path(), "b.test.yaml").0, Some(1), "{what}");
        assert_eq!(flowsim(folder.path(), "--list").0, Some(0), "{what}");
    }
}

/// This also holds if the run stopped before reaching the file.
#[test]
fn a_scenario_file_that_does_not_load_counts_in_any_position() {
    let suite = "flows: f.json\ntests:\n  - {name: one, expect: {status: error}}\n";
    let folder =
        folder(&[("f.json", FLOW), ("a.test.yaml", suite), ("b.test.yaml", "tests: [{")]);
    for line in ["a.test.yaml b.test.yaml", "b.test.yaml a.test.yaml"] {
        for flag in ["", "--fail-fast", "--fail-fast --jobs 1", "--max-fail 1"] {
            let (code, out, error) = flowsim(folder.path(), &format!("{line} {flag}"));
            assert_eq!(code, Some(3), "{line} {flag}: {out}");
            assert!(error.ends_with("\n1 error\n"), "{error}");
        }
    }
}

/// The number does not depend on the parts in which a suite is loaded.
#[test]
fn mistakes_are_counted_once() {
    let suite = format!(
        "flows: f.json\n# {}\ntests: [{{name: one, exect: {{}}}}]\n",
        "x".repeat(9_000)
    );
    let folder = folder(&[("f.json", FLOW)]);
    for number in 0..40 {
        write(folder.path(), &format!("{number}.test.yaml"), &suite);
    }
    let (code, _, error) = flowsim(folder.path(), "");
    assert_eq!(code, Some(3));
    let counts: Vec<&str> = error.lines().filter(|it| it.ends_with(" errors")).collect();
    assert_eq!(counts, ["40 errors"], "{error}");
}

const OUTPUTS: &str = "--report junit=x.xml --report tap=x.tap --report json=x.jsonl \
                       --report markdown=x.md --html page --coverage-out c.json \
                       --decisions d.csv";

/// The files of an empty partition are replaced or removed.
#[test]
fn an_empty_partition_is_reported() {
    let folder = project();
    assert_eq!(flowsim(folder.path(), "--update").0, Some(0));
    assert_eq!(flowsim(folder.path(), OUTPUTS).0, Some(0));
    let whole = read(&folder, "c.json");
    assert!(whole.contains(r#""calls": 4,"#), "{whole}");
    for (flag, code) in [("pass", 0), ("warn", 0), ("fail", 4)] {
        assert_eq!(flowsim(folder.path(), OUTPUTS).0, Some(0));
        let line = format!("-k nothing --no-tests {flag} {OUTPUTS}");
        let (found, out, error) = flowsim(folder.path(), &line);
        assert_eq!((found, out.as_str()), (Some(code), ""), "{error}");
        let outputs = files(folder.path());
        if code != 0 {
            assert_eq!(outputs.len(), 4, "{outputs:?}");
            continue;
        }
        for (path, expected) in [
            ("x.xml", r#"tests="0""#),
            ("x.tap", "TAP version 14\n1..0 # SKIP"),
            ("x.jsonl", r#""event":"ended","passed":0,"failed":0,"#),
            ("x.md", "## ✅ flowsim test\n\nno tests"),
            ("page/index.html", "<!doctype html>"),
            ("c.json", r#""calls": 0,"#),
            ("d.csv", "timestamp,flowInstanceId,"),
        ] {
            let text = read(&folder, path);
            assert!(text.contains(expected), "{path}: {text}");
            assert!(!text.contains("completed"), "{path} is of another run");
        }
    }
    let (code, _, error) = flowsim(
        folder.path(),
        "-k nothing --no-tests pass --coverage-min nodes=100 --coverage-out c0.json",
    );
    assert_eq!(code, Some(1), "{error}");
    let rest = flowsim(folder.path(), "--coverage-out c1.json");
    assert_eq!(rest.0, Some(0), "{rest:?}");
    let mut merge = Command::cargo_bin("flowsim").expect("the program is built");
    let merge = merge.current_dir(folder.path()).args(["coverage", "merge", "c0.json"]);
    let merged = merge.args(["c1.json", "--format", "json"]).output().expect("it runs");
    assert_eq!(String::from_utf8(merged.stdout).expect("text"), whole);
}

/// The coverage of flows that do not load is unknown, and an old report must not be
/// mistaken for it.
#[test]
fn an_old_coverage_report_is_deleted_when_a_run_starts() {
    let folder = project();
    write(folder.path(), "c.json", "{\n  \"schema\": \"flowsim.coverage/1\", \"old\": 1");
    write(folder.path(), "flows/f.json", "{");
    let (code, _, _) = flowsim(folder.path(), "--coverage-out c.json");
    assert_eq!(code, Some(3));
    let text = read(&folder, "c.json");
    assert!(text.contains(r#""flows": []"#), "{text}");
    fs::remove_dir_all(folder.path().join("flows")).expect("removed");
    let (code, _, error) = flowsim(folder.path(), "--coverage-out c.json/c.json");
    assert_eq!(code, Some(5), "{error}");
    assert!(error.starts_with("error: cannot write c.json/c.json: "), "{error}");
}

#[test]
fn files_that_do_not_load_are_kept_and_reported() {
    let folder = project();
    assert_eq!(flowsim(folder.path(), "--update").0, Some(0));
    let before = files(folder.path());
    write(folder.path(), "t/s.test.yaml", "flows: [\n");
    let (code, out, error) = flowsim(folder.path(), "--delete-unreferenced");
    assert_eq!((code, out.as_str()), (Some(3), "nothing was deleted\n"), "{error}");
    assert!(
        error.contains("snapshots of files that do not load were not deleted"),
        "{error}"
    );
    let (code, out, error) = flowsim(folder.path(), "--review");
    assert_eq!((code, out.as_str()), (Some(3), "no snapshots are pending review\n"));
    assert!(error.contains("snapshots of files that do not load were not reviewed"));
    assert_eq!(files(folder.path()), before);
}

#[test]
fn the_project_is_never_overwritten() {
    let folder = folder(&[("flows/f.json", FLOW), ("t/s.test.yaml", TESTS)]);
    let project = "flows = [\"flows\"]\nterraform = [\"tf\"]\n";
    write(folder.path(), "flowsim.toml", project);
    let queue = "resource \"genesyscloud_routing_queue\" \"q\" {\n  name = \"Q\"\n}\n";
    fs::create_dir(folder.path().join("tf")).unwrap();
    write(folder.path(), "tf/main.tf", queue);
    for input in ["flowsim.toml", "tf/main.tf"] {
        let (code, _, error) = flowsim(folder.path(), &format!("--report junit={input}"));
        assert_eq!(code, Some(2), "{error}");
    }
    assert_eq!(
        (read(&folder, "flowsim.toml"), read(&folder, "tf/main.tf")),
        (project.into(), queue.into())
    );
}

#[test]
fn inputs_of_the_run_are_never_overwritten() {
    let fixtures = "contacts: {file: people.csv}\n";
    let folder = folder(&[
        ("flows/f.json", FLOW),
        ("org.yaml", fixtures),
        ("people.csv", "id,phone\n1,+15557770100\n"),
        ("t/s.test.yaml", &format!("fixtures: ../org.yaml\n{TESTS}")),
    ]);
    assert_eq!(flowsim(folder.path(), "--update").0, Some(0));
    let before = files(folder.path());
    for input in [
        "t/s.test.yaml",
        "./t/../t/s.test.yaml",
        "flows/f.json",
        "org.yaml",
        "people.csv",
        "t/snapshots/s__one.snap",
    ] {
        for flag in ["--report junit=", "--coverage-out ", "--decisions "] {
            let (code, out, error) = flowsim(folder.path(), &format!("{flag}{input}"));
            assert_eq!((code, out.as_str()), (Some(2), ""), "{flag}{input}");
            let told = format!("error: this run reads {input} and cannot write to it");
            assert!(error.starts_with(&told), "{error}");
        }
    }
    assert_eq!(files(folder.path()), before);
    assert_eq!(read(&folder, "org.yaml"), fixtures);
    // The file is of unknown origin, or of an earlier run.
    write(folder.path(), "flows/notes.txt", "mine");
    for line in ["--report tap=flows/notes.txt", "--report json=flows/run.json"] {
        for _ in 0..2 {
            let (code, _, error) = flowsim(folder.path(), line);
            assert_eq!(code, Some(0), "{line}: {error}");
        }
    }
}

/// Files that resemble reports, and reports that resemble inputs.
#[test]
fn inputs_of_a_run_are_recognized_by_more_than_their_beginning() {
    let people = "{\"timestamp\": 1, \"id\": \"c1\", \"phone\": \"+15557770100\"}\n";
    let suite = TESTS.replace("flows: ../flows", "flows: ../flows\nfixtures: org.yaml");
    let folder = folder(&[
        ("flows/f.json", FLOW),
        ("t/org.yaml", "contacts: {file: people.ndjson}\n"),
        ("t/people.ndjson", people),
        ("t/s.test.yaml", &suite.replace("snapshot: true", "expect: {actions: 2}")),
    ]);
    let (code, _, error) = flowsim(folder.path(), "--decisions t/people.ndjson");
    assert_eq!(code, Some(2), "{error}");
    assert_eq!(read(&folder, "t/people.ndjson"), people);
    for path in ["t/new.test.yaml", "new.test.json"] {
        let (code, _, error) = flowsim(folder.path(), &format!("--report json={path}"));
        assert_eq!(code, Some(2), "{path}");
        assert!(error.contains("would be read as a scenario file"), "{error}");
    }
    // Files that runs wrote may be replaced.
    for line in ["--decisions d.ndjson", "--decisions d.csv", "--report junit=x.xml"] {
        for _ in 0..2 {
            assert_eq!(flowsim(folder.path(), line).0, Some(0), "{line}");
        }
    }
}

#[expect(clippy::print_stderr, reason = "a test says that it is skipped")]
fn skipped() {
    eprintln!("SKIPPED: there is no /dev/shm");
}

/// A memory file system below the device folder contains regular files.
#[test]
fn files_in_memory_are_regular_files() {
    let memory = Path::new("/dev/shm");
    let Ok(folder) = tempfile::tempdir_in(memory) else {
        skipped();
        return;
    };
    write(folder.path(), "f.json", FLOW);
    let suite = "flows: f.json\ntests: [{name: one, expect: {status: completed}}]\n";
    write(folder.path(), "a.test.yaml", suite);
    let place = |name: &str| folder.path().join(name).display().to_string();
    for line in [
        format!("--report junit={}", place("f.json")),
        format!("--report junit={0} --report tap={0}", place("x")),
    ] {
        assert_eq!(flowsim(folder.path(), &line).0, Some(2), "{line}");
    }
    assert_eq!(files(folder.path()), ["a.test.yaml", "f.json"]);
}

#[test]
fn two_outputs_cannot_be_written_to_the_same_file() {
    let folder = project();
    let before = files(folder.path());
    for line in [
        "--report junit=a --report tap=./a",
        "--report json=a --coverage-out a",
        "--report tap=page/index.html --html page",
        "--coverage-out t/../a --decisions a",
    ] {
        let (code, out, error) = flowsim(folder.path(), line);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{line}");
        assert!(error.starts_with("error: two outputs would be written to "), "{error}");
    }
    assert_eq!(files(folder.path()), before);
    if cfg!(unix) {
        let line = "--report tap=/dev/stdout --report json=/dev/stdout -k two";
        assert_eq!(flowsim(folder.path(), line).0, Some(0));
    }
}

#[test]
fn placeholders_are_filled_in_from_the_scenario_file() {
    let flow = "inboundCall:\n  name: \"{{nm}}\"\n  startUpRef: ./tasks/task[main]\n  tasks:\n    \
                - task:\n        name: Main\n        refId: main\n        actions:\n          \
                - disconnect: {name: Goodbye}\n";
    let suite = "flows: f.yaml\ntests:\n  - {name: one, expect: {status: completed}}\n";
    let folder = folder(&[("f.yaml", flow), ("a.test.yaml", suite)]);
    let (code, out, err) = flowsim(folder.path(), "");
    assert_eq!(code, Some(0), "{out}");
    let out = out + &err;
    assert!(out.contains("warning[UNSET_PLACEHOLDER]"), "{out}");
    assert!(out.contains("under `set` of the scenario file"), "{out}");
    assert!(!out.contains("--set"), "{out}");
    write(folder.path(), "a.test.yaml", &format!("set: {{nm: Shop}}\n{suite}"));
    assert_eq!(flowsim(folder.path(), "").0, Some(0));
}

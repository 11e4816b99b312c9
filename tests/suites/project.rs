//! The project file: every command uses it, and each value has one origin.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const FLOW: &str = "inboundCall:
  name: \"{{flow_name}}\"
  startUpRef: ./tasks/task[main]
  tasks:
    - task:
        name: main
        refId: main
        actions:
          - playAudio:
              name: Greet
              audio:
                exp: Append(\"Welcome to {{company}}, \", Call.Ani)
          - disconnect:
              name: End
";

const PROJECT: &str = "flows = [\"flows/*.yaml\"]
tests = \"tests\"
[set]
flow_name = \"Main\"
company = \"Acme\"
[defaults]
context = { from = \"+15551234567\" }
[profile.ci]
report = [\"tap=out/run.tap\"]
deny = [\"warnings\", \"unset-placeholders\"]
set = { company = \"CI\" }
";

const TESTS: &str = "tests:
  - name: the greeting has the number
    expect: {prompts: [\"Welcome to Acme, tel:+15551234567\"]}
";

fn folder(project: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "flowsim.toml", project);
    write(folder.path(), "flows/main.yaml", FLOW);
    write(folder.path(), "tests/main.test.yaml", TESTS);
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn run(folder: &Path, line: &str, environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(folder).env_remove("CLICOLOR_FORCE").envs(environment.to_vec());
    command.args(line.split(' ')).output().unwrap()
}

/// Returns the exit code, standard output and standard error.
fn flowsim(folder: &Path, line: &str) -> (Option<i32>, String, String) {
    parts(run(folder, line, &[]))
}

fn parts(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn commands_need_no_paths_in_a_project() {
    let folder = folder(PROJECT);
    let deep = folder.path().join("a/b");
    fs::create_dir_all(&deep).unwrap();
    for place in [folder.path(), &deep] {
        let (code, out, err) = flowsim(place, "check");
        assert_eq!((code, &*out, &*err), (Some(0), "", "no findings\n"));
        let (code, out, _) = flowsim(place, "run --flow Main");
        assert_eq!(code, Some(0), "{out}");
        assert!(out.contains("Welcome to Acme, tel:+15551234567"), "{out}");
        let (code, out, err) = flowsim(place, "test");
        assert_eq!((code, &*err), (Some(0), ""), "{out}");
        assert!(out.contains("1 test: 1 passed"), "{out}");
        let (code, out, _) = flowsim(place, "graph");
        assert_eq!(code, Some(0));
        assert!(out.contains("Greet"), "{out}");
    }
}

#[test]
fn flags_override_the_environment_the_profile_and_the_file() {
    let folder = folder(PROJECT);
    let (_, out, _) =
        flowsim(folder.path(), "run --set company=Flag --context from=+1555");
    assert!(out.contains("Welcome to Flag, tel:+1555”"), "{out}");
    let (_, out, _) = flowsim(folder.path(), "run --profile ci");
    assert!(out.contains("Welcome to CI, tel:+15551234567"), "{out}");
    let chosen = [("FLOWSIM_PROFILE", "ci")];
    let (_, out, _) = parts(run(folder.path(), "run", &chosen));
    assert!(out.contains("Welcome to CI"), "{out}");
    let (code, out, _) =
        parts(run(folder.path(), "test", &[("FLOWSIM_REPORT", "tap=env.tap")]));
    assert_eq!(code, Some(0), "{out}");
    assert!(folder.path().join("env.tap").is_file());
    let (code, ..) = flowsim(folder.path(), "test --profile ci --report tap=flag.tap");
    // The profile's company differs from the expected one.
    assert_eq!(code, Some(1));
    assert!(folder.path().join("flag.tap").is_file());
    assert!(!folder.path().join("out").exists());
    let (code, out, _) = flowsim(folder.path(), "test --no-tests warn -- tests");
    assert_eq!(code, Some(0), "{out}");
    flowsim(folder.path(), "test --profile ci");
    assert!(folder.path().join("out/run.tap").is_file());
}

#[test]
fn a_scenario_file_overrides_the_project() {
    let folder = folder(PROJECT);
    write(folder.path(), "other/own.yaml", &FLOW.replace("Welcome", "Hello"));
    let own = "flows: [../other]\nset: {company: Own}\n\
               defaults: {context: {from: \"+1777\"}}\n";
    let tests =
        TESTS.replace("Welcome to Acme, tel:+15551234567", "Hello to Own, tel:+1777");
    write(folder.path(), "tests/main.test.yaml", &format!("{own}{tests}"));
    let (code, out, _) = flowsim(folder.path(), "test");
    assert_eq!(code, Some(0), "{out}");
}

#[test]
fn a_placeholder_without_a_value_takes_its_name() {
    let project = PROJECT.replace("company = \"Acme\"\n", "");
    let project = project.replace("set = { company = \"CI\" }\n", "");
    let folder = folder(&project);
    let warning = "warning[UNSET_PLACEHOLDER]: the placeholder `company` has no value";
    let (code, out, _) = flowsim(folder.path(), "check");
    assert_eq!(code, Some(0), "{out}");
    assert_eq!(out.matches(warning).count(), 1, "{out}");
    let (code, out, err) = flowsim(folder.path(), "run");
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("Welcome to company"), "{out}");
    assert_eq!(err.matches(warning).count(), 1, "{err}");
    let tests = TESTS.replace("Acme", "company");
    write(folder.path(), "tests/main.test.yaml", &tests);
    let (code, out, err) = flowsim(folder.path(), "test");
    assert_eq!(code, Some(0), "{out}{err}");
    for line in ["check", "run", "test"] {
        let (code, out, err) =
            flowsim(folder.path(), &format!("{line} --deny unset-placeholders"));
        assert_eq!(code, Some(3), "{line}: {out}{err}");
        assert!(format!("{out}{err}").contains("error[UNSET_PLACEHOLDER]"), "{out}{err}");
    }
    let (code, ..) = flowsim(folder.path(), "check --profile ci");
    assert_eq!(code, Some(3));
}

#[test]
fn config_shows_where_each_value_comes_from() {
    let folder = folder(PROJECT);
    let environment = [("FLOWSIM_PROFILE", "ci"), ("FLOWSIM_JOBS", "2")];
    let (code, out, _) = parts(run(folder.path(), "config", &environment));
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(out);
    let (_, out, _) = flowsim(folder.path(), "config --format json");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["schema"], "flowsim.config/1");
    assert_eq!(json["file"], "flowsim.toml");
    assert_eq!(json["settings"][0]["key"], "flows");
    assert_eq!(json["settings"][0]["line"], 1);
}

#[test]
fn mistakes_in_the_project_file_are_reported() {
    let wrong = "flow = []\ndeny = [\"warning\"]\nat = 2026-01-05T09:00:00Z\n";
    let folder = folder(wrong);
    let (code, _, err) = flowsim(folder.path(), "check");
    assert_eq!(code, Some(3));
    insta::assert_snapshot!(err);
    fs::write(folder.path().join("flowsim.toml"), &wrong[..wrong.len() / 2]).unwrap();
    assert_eq!(flowsim(folder.path(), "test").0, Some(3));
    fs::write(folder.path().join("flowsim.toml"), "deny = [\"warning\"]\nflow = 1")
        .unwrap();
    let (_, _, err) = flowsim(folder.path(), "check");
    insta::assert_snapshot!(err);
    let (code, _, err) = flowsim(folder.path(), "check --profile ci");
    assert_eq!(code, Some(3));
    assert!(err.contains("the project file has no profile `ci`"), "{err}");
    // `flowsim init` and others work beside a broken project file.
    assert_eq!(flowsim(folder.path(), "schema config").0, Some(0));
}

#[test]
fn the_schema_accepts_the_file_and_rejects_unknown_keys() {
    let folder = folder(PROJECT);
    let (_, schema, _) = flowsim(folder.path(), "schema config");
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let keys: Vec<&str> = flowsim::project::KEYS.iter().map(|key| key.name).collect();
    for key in &keys {
        assert!(schema["properties"].get(key).is_some(), "{key}");
    }
    let known = ["set", "defaults", "profile"];
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(keys.contains(&&**key) || known.contains(&&**key), "{key}");
    }
    assert!(validator.is_valid(&serde_json::json!({"flows": "a", "jobs": 2})));
    assert!(!validator.is_valid(&serde_json::json!({"flow": "a"})));
    assert!(!validator.is_valid(&serde_json::json!({"profile": {"ci": {"flow": 1}}})));
}

/// A misspelt context field is a warning for every command, once and at its place.
#[test]
fn misspelt_context_fields_are_warnings() {
    let folder = folder(&PROJECT.replace("{ from =", "{ form = \"x\", from ="));
    for line in ["run flows/main.yaml", "test"] {
        let output = run(folder.path(), line, &[]);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {text}");
        assert_eq!(text.matches("unknown context field `form`").count(), 1, "{text}");
        assert!(text.contains("flowsim.toml:7:"), "{text}");
        assert!(text.contains("did you mean `from`?"), "{text}");
    }
}

/// Returns standard error of a command that must refuse its settings.
fn refused(folder: &Path, line: &str, environment: &[(&str, &str)]) -> String {
    let (code, out, err) = parts(run(folder, line, environment));
    assert_eq!(code, Some(3), "{environment:?}: {out}{err}");
    err
}

#[test]
fn wrong_values_of_the_environment_are_errors() {
    let folder = folder(PROJECT);
    for (name, value, help) in [
        (
            "FLOWSIM_DENY",
            "warnings,unset-placeholder",
            "did you mean `unset-placeholders`?",
        ),
        ("FLOWSIM_FAIL_FAST", "banana", "use `true` or `false`"),
        ("FLOWSIM_COLOR", "alwayz", "did you mean `always`?"),
        ("FLOWSIM_JOBS", "0", "`FLOWSIM_JOBS` has no value `0`"),
        ("FLOWSIM_SHOW", "x", "use one of"),
    ] {
        let err = refused(folder.path(), "check", &[(name, value)]);
        assert!(err.contains("error[INVALID_PROJECT]") && err.contains(name), "{err}");
        assert!(err.contains(help), "{err}");
    }
    for truth in ["true", "1", "yes", "ON"] {
        let environment = [("FLOWSIM_COVERAGE", truth)];
        let (code, out, err) = parts(run(folder.path(), "test", &environment));
        assert_eq!(code, Some(0), "{err}");
        assert!(out.contains("1 call counted"), "{out}");
    }
}

#[test]
fn wrong_values_are_reported_in_the_project_file() {
    for (line, place) in [
        ("jobs = 0", "flowsim.toml:1:1"),
        ("color = \"alwayz\"", "flowsim.toml:1:1"),
        ("show = \"everything\"", "flowsim.toml:1:1"),
        ("filter = \"tag(\"", "flowsim.toml:1:1"),
        ("report = [\"html\", \"junitt=a.xml\"]", "flowsim.toml:1:1"),
        ("fail-fast = true\nmax-fail = 5", "flowsim.toml:2:1"),
        ("[defaults]\nat = \"nope\"", "flowsim.toml:2:1"),
        ("[defaults]\nmaxActions = \"x\"", "flowsim.toml:2:15"),
        ("[defaults]\nseed = \"7\"", "flowsim.toml:2:9"),
        ("[defaults]\ntimeoutMs = \"100\"", "flowsim.toml:2:14"),
        ("jobs = 2\ntests = [\"flows\", \"nope\"]", "flowsim.toml:2:1"),
    ] {
        let folder = folder(line);
        let err = refused(folder.path(), "test", &[]);
        assert!(err.contains(place), "{line}: {err}");
        assert!(err.contains("help: "), "{line}: {err}");
    }
}

/// The help names the numbers that are allowed.
#[test]
fn wrong_numbers_are_answered_with_the_allowed_ones() {
    for (line, help) in [
        ("jobs = \"x\"", "use a whole number from 1 to 65535"),
        ("max-fail = 1.5", "use a whole number from 1 to 4294967295"),
        ("[defaults]\nseed = 1.5", "use a whole number that is at least 0"),
        ("[defaults]\nmaxActions = -3", "`maxActions` has no value `-3`"),
        ("[defaults]\nmaxActions = -3", "use a whole number from 0 to 1000000"),
        ("[defaults]\ntimeoutMs = 1.5", "use a whole number that is at least 0"),
    ] {
        let err = refused(folder(line).path(), "check flows", &[]);
        assert!(err.contains(help), "{line}: {err}");
    }
    let err = refused(folder("").path(), "check flows", &[("FLOWSIM_JOBS", "x")]);
    assert!(err.contains("help: use a whole number from 1 to 65535"), "{err}");
}

#[test]
fn paths_that_cannot_be_used_are_reported_where_they_are_set() {
    let missing = folder("flows = \"flos\"");
    let err = refused(missing.path(), "check", &[]);
    assert!(err.contains("`flows`: there is no file or folder `flos`"), "{err}");
    assert!(err.contains("flowsim.toml:1:1"), "{err}");
    assert!(err.contains("did you mean `flows`?"), "{err}");
    // Settings that the command does not take, or that a flag replaces, have no effect.
    assert_eq!(flowsim(missing.path(), "check flows").0, Some(0));
    assert_eq!(flowsim(missing.path(), "config").0, Some(0));

    let empty = folder("[profile.ci]\nflows = []");
    let err = refused(empty.path(), "check --profile ci", &[]);
    assert!(err.contains("`flows` has no path"), "{err}");
    assert!(err.contains("flowsim.toml:2:1"), "{err}");

    let plain = folder("");
    for (name, value, message) in [
        ("FLOWSIM_FLOWS", "nope", "`FLOWSIM_FLOWS`: there is no file or folder `nope`"),
        ("FLOWSIM_FLOWS", ",", "`FLOWSIM_FLOWS` has no path"),
        ("FLOWSIM_TESTS", "no/such", "`FLOWSIM_TESTS`: there is no file or folder"),
    ] {
        let line = if name == "FLOWSIM_TESTS" { "test" } else { "check" };
        let err = refused(plain.path(), line, &[(name, value)]);
        assert!(err.contains("error[INVALID_PROJECT]") && err.contains(message), "{err}");
    }
}

/// One of the two counts: that of the profile, or of the environment.
#[test]
fn a_profile_replaces_the_first_failure_by_a_number() {
    let project = format!("fail-fast = true\n{PROJECT}max-fail = 5\n");
    let folder = folder(&project);
    let (_, out, _) = flowsim(folder.path(), "config --profile ci");
    assert!(out.contains("max-fail = \"5\"") && !out.contains("fail-fast"), "{out}");
    let environment = [("FLOWSIM_FAIL_FAST", "1"), ("FLOWSIM_PROFILE", "ci")];
    let (_, out, _) = parts(run(folder.path(), "config", &environment));
    assert!(!out.contains("max-fail") && out.contains("fail-fast = \"true\""), "{out}");
}

#[test]
fn colours_are_a_setting() {
    let folder = folder(&format!("color = \"always\"\n{PROJECT}"));
    let has_color = |line: &str, environment: &[(&str, &str)]| {
        let (_, out, _) = parts(run(folder.path(), line, environment));
        out.contains('\u{1b}')
    };
    assert!(has_color("test", &[]));
    assert!(!has_color("test", &[("FLOWSIM_COLOR", "never")]));
    assert!(!has_color("test --color never", &[]));
    let plain = self::folder(PROJECT);
    let forced = [("CLICOLOR_FORCE", "0")];
    let (_, out, _) = parts(run(plain.path(), "test", &forced));
    assert!(!out.contains('\u{1b}'), "{out}");
}

#[test]
fn the_environment_names_a_project_file() {
    let folder = folder(PROJECT);
    let above = folder.path().parent().unwrap();
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    let file = format!("{name}/flowsim.toml");
    let (code, out, err) = parts(run(above, "test", &[("FLOWSIM_PROJECT", &file)]));
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("1 test: 1 passed"), "{out}");
    // The paths are those of the repository.
    write(folder.path(), "flowsim.toml", &PROJECT.replace("\"tests\"", "\".\""));
    let (_, out, _) = parts(run(above, "test --list", &[("FLOWSIM_PROJECT", &file)]));
    assert!(out.starts_with(&format!("{name}/tests/main.test.yaml:")), "{out}");
    let wrong = [("FLOWSIM_PROJECT", "nope.toml")];
    assert!(refused(above, "check", &wrong).contains("nope.toml"));
}

/// Reports beside the flows are not taken for flows.
#[test]
fn documents_of_flowsim_are_skipped_in_folders() {
    let folder =
        folder("flows = [\"flows\"]\n[set]\nflow_name = \"Main\"\ncompany = \"Acme\"\n");
    let outputs = "--coverage-out flows/coverage.json --report json=flows/run.json";
    write(
        folder.path(),
        "tests/main.test.yaml",
        &TESTS.replace(", tel:+15551234567", ", "),
    );
    flowsim(folder.path(), &format!("test {outputs}"));
    assert!(folder.path().join("flows/coverage.json").is_file());
    assert!(folder.path().join("flows/run.json").is_file());
    let (code, out, err) = flowsim(folder.path(), "check");
    assert_eq!((code, &*out, &*err), (Some(0), "", "no findings\n"));
}

#[test]
fn extensions_may_be_in_capitals() {
    let folder = folder("flows = [\"flows\"]\n");
    write(folder.path(), "flows/Second.YAML", "inboundCall:\n  nam: x\n");
    write(folder.path(), "flows/Draft.yml", "draft:\n  startNode: A\n\tnodes: []\n");
    let (code, out, err) = flowsim(folder.path(), "check");
    assert_eq!(code, Some(3), "{out}{err}");
    assert!(out.contains("Second.YAML") && out.contains("Draft.yml"), "{out}");
    write(folder.path(), "tests/Other.Test.YAML", TESTS);
    let (_, out, _) = flowsim(folder.path(), "test --list");
    assert!(out.contains("Other.Test.YAML"), "{out}");
}

#[test]
fn a_failed_test_names_the_flags_of_its_run() {
    let folder = folder(PROJECT);
    let line = "test --profile ci --stop-at-queue --report json=run.jsonl";
    let (code, out, _) = flowsim(folder.path(), line);
    assert_eq!(code, Some(1), "{out}");
    let command = "flowsim test --profile ci --stop-at-queue tests/main.test.yaml:2";
    assert!(out.contains(command), "{out}");
    let merge = "report merge run.jsonl --report junit=merged.xml";
    assert_eq!(flowsim(folder.path(), merge).0, Some(1));
    let merged = fs::read_to_string(folder.path().join("merged.xml")).unwrap();
    assert!(merged.contains(command), "{merged}");
}

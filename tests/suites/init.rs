//! `flowsim init`: the first project is valid, and no file is overwritten.

#![expect(clippy::unwrap_used, reason = "a program that cannot be run fails the test")]
#![cfg_attr(
    unix,
    expect(clippy::print_stderr, reason = "a test that is skipped says so")
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const FILES: [&str; 5] = [
    "flows/bakery.yaml",
    "fixtures.yaml",
    "tests/bakery.test.yaml",
    ".gitignore",
    WORKFLOW,
];

const WORKFLOW: &str = ".github/workflows/flowsim.yml";

fn flowsim(folder: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(folder).env_remove("CLICOLOR_FORCE");
    command.args(line.split(' ')).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn the_first_project_passes_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let made = flowsim(folder.path(), "init");
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    for file in FILES {
        assert!(folder.path().join(file).is_file(), "{file}");
        assert!(out(&made).contains(&format!("created  {file}\n")), "{}", out(&made));
    }
    // The suggested commands are run.
    let told = out(&made);
    let commands = told.lines().filter_map(|line| line.strip_prefix("  flowsim "));
    let commands: Vec<&str> = commands.collect();
    assert_eq!(commands, ["check flows --fixtures fixtures.yaml", "test"]);
    let checked = flowsim(folder.path(), &format!("{} --deny warnings", commands[0]));
    assert_eq!(checked.status.code(), Some(0), "{}", out(&checked));
    assert_eq!((out(&checked), err(&checked)), (String::new(), "no findings\n".into()));
    let tested = flowsim(folder.path(), commands[1]);
    assert_eq!(tested.status.code(), Some(0), "{}", out(&tested));
    assert!(out(&tested).contains("\n2 tests: 2 passed"), "{}", out(&tested));
    assert_eq!(err(&tested), "");
}

/// Commands of a workflow, without `flowsim`.
fn commands_of(workflow: &Path) -> Vec<String> {
    let text = fs::read_to_string(workflow).unwrap();
    assert!(text.contains(concat!("flowsim/flowsim@v", env!("CARGO_PKG_VERSION"), "\n")));
    assert!(!text.contains("{version}") && !text.contains("{check}"), "{text}");
    let commands = text.lines().filter_map(|line| line.split_once("- run: flowsim "));
    let commands: Vec<String> = commands.map(|(_, it)| it.to_owned()).collect();
    assert_eq!(commands.len(), 2, "{text}");
    commands
}

/// The job runs the commands that the output suggests, and these exist.
#[test]
fn the_ci_job_runs_commands_that_work() {
    let folder = tempfile::tempdir().unwrap();
    flowsim(folder.path(), "init");
    let [check, test] = commands_of(&folder.path().join(WORKFLOW)).try_into().unwrap();
    assert_eq!(check, "check flows --fixtures fixtures.yaml --format github");
    assert_eq!(test, "test --report github");
    for command in [check, test] {
        let output = flowsim(folder.path(), &command);
        assert_eq!(output.status.code(), Some(0), "{command}: {}", err(&output));
    }
}

#[test]
fn outside_a_checkout_the_output_says_where_github_looks() {
    let folder = tempfile::tempdir().unwrap();
    let here = out(&flowsim(folder.path(), "init"));
    let says = format!("GitHub runs {WORKFLOW} only if this folder is the top of a repo");
    assert!(here.contains(&says), "{here}");
    let shop = out(&flowsim(folder.path(), "init shop"));
    let says = format!("GitHub runs shop/{WORKFLOW} only if shop is the top of a repo");
    assert!(shop.contains(&says), "{shop}");
    fs::create_dir(folder.path().join("shop/.git")).unwrap();
    let top = out(&flowsim(folder.path(), "init shop"));
    assert!(top.contains(&format!("kept     shop/{WORKFLOW}\n")), "{top}");
    assert!(!top.contains("GitHub"), "{top}");
}

/// GitHub reads workflows only at the top of a repository, and runs their commands there.
#[test]
fn in_a_checkout_the_workflow_is_at_the_top() {
    for (current, argument, shown, project) in [
        ("", "shop", WORKFLOW, "shop"),
        ("", "./a/shop", WORKFLOW, "a/shop"),
        ("a", "shop", "../.github/workflows/flowsim.yml", "a/shop"),
        ("a/shop", ".", "../../.github/workflows/flowsim.yml", "a/shop"),
        ("a/b", "../shop", "../../.github/workflows/flowsim.yml", "a/shop"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        let current = folder.path().join(current);
        fs::create_dir_all(&current).unwrap();
        let report = out(&flowsim(&current, &format!("init {argument}")));
        assert!(report.contains(&format!("created  {shown}\n")), "{report}");
        assert!(!report.contains("GitHub"), "{report}");
        let at_project = folder.path().join(project).join(WORKFLOW);
        assert!(!at_project.exists(), "{}", at_project.display());
        let [check, test] =
            commands_of(&folder.path().join(WORKFLOW)).try_into().unwrap();
        let flows = format!("{project}/flows --fixtures {project}/fixtures.yaml");
        assert_eq!(check, format!("check {flows} --format github"));
        assert_eq!(test, format!("test {project} --report github"));
        for command in [check, test] {
            let output = flowsim(folder.path(), &command);
            assert_eq!(output.status.code(), Some(0), "{command}: {}", err(&output));
        }
    }
}

/// In a work tree, `.git` is a file.
#[test]
fn a_work_tree_is_a_checkout() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".git"), "gitdir: elsewhere\n").unwrap();
    let report = out(&flowsim(folder.path(), "init shop"));
    assert!(report.contains(&format!("created  {WORKFLOW}\n")), "{report}");
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_leads_to_the_checkout() {
    let folder = tempfile::tempdir().unwrap();
    let checkout = folder.path().join("checkout");
    fs::create_dir_all(checkout.join(".git")).unwrap();
    fs::create_dir(checkout.join("shop")).unwrap();
    std::os::unix::fs::symlink(checkout.join("shop"), folder.path().join("link"))
        .unwrap();
    let report = out(&flowsim(folder.path(), "init link"));
    assert!(report.contains(&format!("/checkout/{WORKFLOW}\n")), "{report}");
    assert_eq!(commands_of(&checkout.join(WORKFLOW))[1], "test shop --report github");
}

/// An existing workflow is never changed; the output has the steps to add.
#[test]
fn a_second_project_of_a_checkout_gets_steps_to_add() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    flowsim(folder.path(), "init one");
    let before = fs::read_to_string(folder.path().join(WORKFLOW)).unwrap();
    let report = out(&flowsim(folder.path(), "init two"));
    assert!(report.contains(&format!("kept     {WORKFLOW}\n")), "{report}");
    assert!(
        report.contains(&format!("add these steps to {WORKFLOW}, unless")),
        "{report}"
    );
    assert!(
        report.contains("      - run: flowsim test two --report github\n"),
        "{report}"
    );
    assert_eq!(fs::read_to_string(folder.path().join(WORKFLOW)).unwrap(), before);
    let again = out(&flowsim(folder.path(), "init one"));
    assert!(!again.contains("add these steps"), "{again}");
}

#[test]
fn an_existing_file_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("a project/fixtures.yaml");
    fs::create_dir(own.parent().unwrap()).unwrap();
    fs::write(&own, "queues: [Mine]\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(folder.path()).args(["init", "a project"]);
    for kept in [1, 5] {
        let made = command.output().unwrap();
        assert_eq!(made.status.code(), Some(0));
        let told = out(&made);
        assert_eq!(told.lines().filter(|it| it.starts_with("kept     ")).count(), kept);
        assert_eq!(
            told.lines().filter(|it| it.starts_with("created  ")).count(),
            5 - kept
        );
        assert!(told.contains("kept     a project/fixtures.yaml\n"), "{told}");
        assert!(told.contains("Go to a project and try:\n"), "{told}");
        assert_eq!(fs::read_to_string(&own).unwrap(), "queues: [Mine]\n");
    }
}

#[test]
fn a_folder_that_cannot_be_created_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    for line in ["init file", "man file"] {
        let output = flowsim(folder.path(), line);
        assert_eq!(output.status.code(), Some(5), "{line}");
        assert!(err(&output).starts_with("error: cannot write "), "{}", err(&output));
        assert!(err(&output).contains("file"), "{}", err(&output));
    }
}

fn commands(folder: &Path) -> Vec<String> {
    let help = out(&flowsim(folder, "--help"));
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    // Continuation lines have a larger indentation.
    let entries = lines.filter_map(|line| line.strip_prefix("  "));
    let names = entries.filter_map(|entry| entry.split(' ').next());
    let is_command = |name: &&str| !["", "help"].contains(name);
    let names: Vec<String> = names.filter(is_command).map(str::to_owned).collect();
    assert!(names.len() > 10, "{names:?}");
    names
}

#[test]
fn shells_complete_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = flowsim(folder.path(), &format!("completions {shell}"));
        assert_eq!(script.status.code(), Some(0), "{shell}");
        for name in commands(folder.path()) {
            assert!(out(&script).contains(&name), "{shell}: {name}");
        }
        for flag in ["fixtures", "fail-fast"] {
            assert!(out(&script).contains(flag), "{shell}: {flag}");
        }
    }
    let unknown = flowsim(folder.path(), "completions tcsh");
    assert_eq!(unknown.status.code(), Some(2));
}

/// In a shell, completion offers valid arguments.
#[cfg(unix)]
#[test]
fn bash_completes_with_the_script() {
    let folder = tempfile::tempdir().unwrap();
    let script = out(&flowsim(folder.path(), "completions bash"));
    let text = format!(
        "{script}\nCOMP_WORDS=(flowsim sche); COMP_CWORD=1; _flowsim flowsim sche flowsim
         echo \"${{COMPREPLY[@]}}\""
    );
    let bash = Command::new("bash").args(["-c", &text]).output();
    let Ok(bash) = bash else {
        eprintln!("SKIPPED bash_completes_with_the_script: there is no bash");
        return;
    };
    assert_eq!(out(&bash).trim(), "schema", "{}", err(&bash));
}

/// A file size limit has the same effect as a full disk. An empty file would be kept by the
/// next run.
#[test]
#[cfg(unix)]
fn a_full_disk_leaves_no_empty_files() {
    for line in ["init p", "man p"] {
        let folder = tempfile::tempdir().unwrap();
        // A process that exceeds the limit is killed unless it ignores the signal.
        let limited = Command::new("sh")
            .args(["-c", &format!("trap '' XFSZ; ulimit -f 0; exec \"$0\" {line}")])
            .arg(env!("CARGO_BIN_EXE_flowsim"))
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(limited.status.code(), Some(5), "{}", err(&limited));
        assert!(err(&limited).starts_with("error: cannot write"), "{}", err(&limited));
        let made = fs::read_dir(folder.path().join("p")).unwrap();
        let files = made.filter(|it| it.as_ref().unwrap().path().is_file()).count();
        assert_eq!(files, 0, "{line}");
        let again = flowsim(folder.path(), line);
        assert_eq!(again.status.code(), Some(0), "{}", err(&again));
        assert!(!out(&again).contains("kept"), "{}", out(&again));
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let written = flowsim(folder.path(), "man share/man1");
    assert_eq!((written.status.code(), out(&written)), (Some(0), String::new()));
    let page = |name: &str| {
        fs::read_to_string(folder.path().join("share/man1").join(name)).unwrap()
    };
    let main = page("flowsim.1");
    assert_eq!(main, out(&flowsim(folder.path(), "man")));
    for name in commands(folder.path()) {
        assert!(main.contains(&format!("flowsim\\-{name}(1)")), "{name}");
        assert!(page(&format!("flowsim-{name}.1")).starts_with(".ie"), "{name}");
    }
    assert!(page("flowsim-test.1").contains("fail\\-fast"));
    let pages = fs::read_dir(folder.path().join("share/man1")).unwrap().count();
    assert_eq!(flowsim(folder.path(), "man share/man1").status.code(), Some(0));
    let again = fs::read_dir(folder.path().join("share/man1")).unwrap().count();
    assert_eq!(pages, again);
}

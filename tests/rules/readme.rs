//! The documents show the program's real output, and the commands that they give are
//! tested.
//!
//! In a `console` block, a line that starts with `$ ` is a command, and the following
//! lines are its output. A command continues after a final `\`. `…` represents the rest
//! of a line, or on a separate line the rest of the output. Text after `] > ` is typed by
//! the reader. The blocks of a document run in order, in one copy of `fixtures/`.

#![expect(clippy::unwrap_used, reason = "a document that cannot be read fails the test")]
#![cfg(unix)]

use std::env;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::folder::copy;

const DOCUMENTS: [&str; 3] = ["README.md", "docs/cli.md", "docs/expressions.md"];

/// The prompt of `--interactive`.
const PROMPT: &str = "] > ";

/// A command with the output that a document shows for it.
struct Shown {
    place: String,
    command: String,
    output: String,
}

#[test]
fn shown_output_is_the_real_output() {
    for document in DOCUMENTS {
        let folder = tempfile::tempdir().unwrap();
        copy(&root().join("fixtures"), &folder.path().join("fixtures"));
        let shown = shown(document);
        assert!(!shown.is_empty(), "{document} shows nothing");
        for Shown { place, command, output } in shown {
            let printed = run(folder.path(), &command, &output);
            assert!(
                matches(&output, &printed),
                "{place}: $ {command}\n--- shown\n{output}\n--- printed\n{printed}"
            );
        }
    }
}

/// Every test that `docs/genesys.md` names as proof exists.
#[test]
fn the_tests_of_the_behaviour_page_exist() {
    let page = read("docs/genesys.md");
    let names: Vec<(&str, &str)> =
        page.split('`').filter_map(|word| word.split_once("::")).collect();
    assert!(names.len() > 10, "{names:?}");
    for (file, name) in names {
        let folders =
            ["tests/calls/architect", "tests/flows", "tests/suites", "tests/live/server"];
        let paths = folders.map(|folder| root().join(folder).join(format!("{file}.rs")));
        let path = paths.iter().find(|path| path.exists());
        let path = path.unwrap_or_else(|| panic!("no file of tests {file}"));
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(&format!("fn {name}()")), "no test {file}::{name}");
    }
}

/// The command for the tests appears once in the README, and `.ci/run` uses the same one.
#[test]
fn the_tests_run_with_the_command_in_the_readme() {
    let readme = read("README.md");
    let (_, section) = readme.split_once("## Run the tests\n").unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    let command = block.lines().next().unwrap();
    assert!(command.starts_with("cargo test"), "{command}");
    let script = read(".ci/run");
    let steps = script.lines().filter_map(|line| line.strip_prefix("step "));
    let commands: Vec<&str> =
        steps.map(|step| step.split(" #").next().unwrap()).collect();
    assert!(commands.contains(&command), "`{command}` is not among {commands:?}");
}

/// `.ci/run` runs every ignored test: in one step those that need a browser, which their
/// module or name mentions, and in another those that need the shared data.
#[test]
fn ignored_tests_run_on_the_ci_machine() {
    let script = read(".ci/run");
    for arguments in ["-- --ignored browser\n", " --ignored --skip browser\n"] {
        assert!(script.contains(arguments), "no step runs tests with `{arguments}`");
    }
    let mut pages = 0;
    for path in files_below(&root().join("tests"), "rs") {
        let text = fs::read_to_string(&path).unwrap();
        let module = path.strip_prefix(root()).unwrap().display().to_string();
        for rest in text.split("#[ignore = \"").skip(1) {
            let (reason, rest) = rest.split_once('"').unwrap();
            let (_, name) = rest.split_once("fn ").unwrap();
            let name = format!("{module}: {}", name.split('(').next().unwrap());
            let is_page = reason == "needs Chromium";
            assert!(is_page || reason.contains("../shared"), "{name}: {reason}");
            assert_eq!(is_page, name.contains("browser"), "{name}: {reason}");
            pages += usize::from(is_page);
        }
    }
    assert!(pages > 20, "{pages} tests of pages");
}

/// Links to files refer to existing files.
#[test]
fn links_refer_to_existing_files() {
    let mut documents = vec![root().join("README.md"), root().join("CONTRIBUTING.md")];
    documents.extend(files_below(&root().join("docs"), "md"));
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        for (_, rest) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
            let target = rest.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.contains(' ') {
                continue;
            }
            let path = document.parent().unwrap().join(target);
            assert!(path.exists(), "{} links to {target}", document.display());
        }
    }
}

fn shown(document: &str) -> Vec<Shown> {
    let text = read(document);
    let mut shown: Vec<Shown> = Vec::new();
    let mut is_console = false;
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        if line.starts_with("```") {
            is_console = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| is_console) {
            let mut command = command.to_owned();
            while command.ends_with('\\') {
                command.pop();
                command += lines.next().map(|(_, line)| line.trim()).unwrap_or_default();
            }
            let place = format!("{document}:{}", index + 1);
            shown.push(Shown { place, command, output: String::new() });
        } else if let Some(last) = shown.last_mut().filter(|_| is_console) {
            last.output += line;
            last.output.push('\n');
        }
    }
    shown
}

/// Returns both streams of a command as one, including the typed text.
fn run(folder: &Path, command: &str, output: &str) -> String {
    let typed: Vec<&str> = output
        .lines()
        .filter_map(|line| line.split_once(PROMPT).map(|(_, typed)| typed))
        .collect();
    let program = Path::new(env!("CARGO_BIN_EXE_flowsim")).parent().unwrap();
    let mut search = vec![program.to_owned()];
    search.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &command.replace("cargo run -- ", "flowsim ")])
        .current_dir(folder)
        .env("PATH", env::join_paths(search).unwrap())
        .stdin(Stdio::piped())
        .stdout(writer.try_clone().unwrap())
        .stderr(writer);
    for name in ["CLICOLOR_FORCE", "COLUMNS"] {
        shell.env_remove(name);
    }
    let mut child = shell.spawn().unwrap();
    drop(shell);
    let mut keys = child.stdin.take().unwrap();
    for line in &typed {
        writeln!(keys, "{line}").unwrap();
    }
    drop(keys);
    let mut printed = String::new();
    reader.read_to_string(&mut printed).unwrap();
    child.wait().unwrap();
    for line in typed {
        printed = printed.replacen(PROMPT, &format!("]\u{0}{line}\n"), 1);
    }
    printed.replace("]\u{0}", PROMPT)
}

/// Returns `true` if printed output matches the shown output.
fn matches(shown: &str, printed: &str) -> bool {
    let mut printed = printed.trim_end().lines();
    for line in shown.trim_end().lines() {
        if line == "…" {
            return true;
        }
        let is_same = printed.next().is_some_and(|other| match line.strip_suffix('…') {
            Some(start) => other.starts_with(start),
            None => other == line,
        });
        if !is_same {
            return false;
        }
    }
    printed.next().is_none()
}

#[test]
fn an_ellipsis_represents_the_rest() {
    assert!(matches("a\nb\n", "a\nb"));
    assert!(matches("a…\nb", "abc\nb"));
    assert!(matches("a\n…", "a\nb\nc"));
    assert!(!matches("a", "a\nb"));
    assert!(!matches("a\nb", "a"));
    assert!(!matches("a…", "b"));
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn files_below(folder: &Path, wanted: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files = Vec::new();
    for path in entries {
        if path.is_dir() {
            files.extend(files_below(&path, wanted));
        } else if path.extension().is_some_and(|extension| extension == wanted) {
            files.push(path);
        }
    }
    files
}

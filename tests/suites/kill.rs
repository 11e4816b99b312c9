//! Files that the program writes are complete or missing, even if it is killed at any
//! time. `FLOWSIM_KILLS` sets the number of times.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const TESTS: usize = 150;
/// Number of kills without `FLOWSIM_KILLS`.
const KILLS: u32 = 10;

fn flow(text: &str) -> String {
    format!(
        r#"{{"id": "f", "name": "F", "type": "inbound", "draft": {{"startNode": "Say", "nodes": {{
            "Say": {{"type": "Say", "properties": {{"sayText": "{}"}}, "onComplete": {{"nextNode": "End"}}}},
            "End": {{"type": "End"}}}}}}}}"#,
        text.repeat(500)
    )
}

/// A folder with a scenario file of many tests.
fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("f.json"), flow(text)).expect("the flow is written");
    let tests: String = (0..TESTS)
        .map(|number| format!("  - {{name: \"test {number}\", snapshot: true}}\n"))
        .collect();
    let suite = format!("flows: f.json\ntests:\n{tests}");
    fs::write(folder.path().join("a.test.yaml"), suite).expect("the suite is written");
    folder
}

fn flowsim(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("flowsim"));
    command.current_dir(folder).env_remove("CI").arg("test").args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Returns the files of a folder, except hidden ones.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.map(|path| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, fs::read_to_string(&path).expect("text"))
    });
    files.filter(|(name, _)| !name.starts_with('.')).collect()
}

/// Returns the duration of a run that is not killed.
#[expect(clippy::disallowed_methods, reason = "the moments of the kills depend on it")]
fn duration(command: &mut Command) -> Duration {
    let began = Instant::now();
    command.status().expect("the program runs");
    began.elapsed()
}

/// Returns the number of kills.
#[expect(clippy::disallowed_methods, reason = "the CI machine kills more often")]
fn kills() -> u32 {
    let count = std::env::var("FLOWSIM_KILLS").ok().and_then(|it| it.parse().ok());
    count.unwrap_or(KILLS)
}

/// Kills a run after part of its duration. Returns whether it was still running.
fn killed(command: &mut Command, after: Duration) -> bool {
    let mut child = command.spawn().expect("the program starts");
    thread::sleep(after);
    let is_running = child.try_wait().expect("it is our child").is_none();
    child.kill().expect("it is ended");
    child.wait().expect("it has ended");
    is_running
}

#[test]
fn snapshots_are_complete_when_killed() {
    let folder = folder("old ");
    let snapshots = folder.path().join("snapshots");
    let first = duration(&mut flowsim(folder.path(), &["--update"]));
    let old = files(&snapshots);
    assert_eq!(old.len(), TESTS);
    fs::write(folder.path().join("f.json"), flow("new ")).expect("the flow is written");
    let second = duration(&mut flowsim(folder.path(), &["--update"]));
    let new = files(&snapshots);
    assert!(old.keys().eq(new.keys()));
    let (kills, mut running, whole) = (kills(), 0, first.min(second));
    for kill in 1..=kills {
        fs::remove_dir_all(&snapshots).expect("the snapshots go");
        fs::create_dir(&snapshots).expect("a folder");
        // In half of the runs there are no old snapshots.
        let has_old = kill % 2 == 0;
        for (name, text) in old.iter().filter(|_| has_old) {
            fs::write(snapshots.join(name), text).expect("an old one");
        }
        let mut update = flowsim(folder.path(), &["--update"]);
        running += u32::from(killed(&mut update, whole * kill / kills));
        let left = files(&snapshots);
        assert!(!has_old || left.keys().eq(old.keys()));
        for (name, text) in &left {
            let is_old = has_old && old.get(name) == Some(text);
            assert!(is_old || new.get(name) == Some(text), "{name}:\n{text}");
        }
    }
    assert!(running > 0, "no run was ended before its end");
}

#[test]
fn a_report_is_complete_when_killed() {
    let folder = folder("some ");
    let reports = folder.path().join("reports");
    fs::create_dir(&reports).expect("a folder");
    let arguments = ["--check-snapshots", "--report", "junit=reports/junit.xml"];
    let whole = duration(&mut flowsim(folder.path(), &arguments));
    let is_whole = |text: &str| {
        text.matches("<testcase").count() == TESTS
            && text.trim_end().ends_with("</testsuites>")
    };
    assert!(files(&reports).values().all(|text| is_whole(text)));
    let (kills, mut running) = (kills(), 0);
    for kill in 1..=kills {
        fs::remove_dir_all(&reports).expect("the reports go");
        fs::create_dir(&reports).expect("a folder");
        let has_old = kill % 2 == 0;
        if has_old {
            fs::write(reports.join("junit.xml"), "old").expect("an old one");
        }
        let mut test = flowsim(folder.path(), &arguments);
        running += u32::from(killed(&mut test, whole * kill / kills));
        let left = files(&reports);
        // The old report is deleted when a run starts, so that it is not mistaken for the
        // new one.
        assert!(left.len() <= 1, "{:?}", left.keys());
        for text in left.values() {
            assert!((has_old && text == "old") || is_whole(text), "{text}");
        }
    }
    assert!(running > 0, "no run was ended before its end");
}

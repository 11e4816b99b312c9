//! A recorder that is killed loses nothing. `FLOWSIM_KILLS` sets the number of times.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::command::{flowsim, recordings};
use super::server::Server;

/// Number of kills without `FLOWSIM_KILLS`.
const KILLS: usize = 10;
const CALLS: usize = 200;

/// Writes a scenario file with many different calls.
fn scenario(folder: &Path) -> PathBuf {
    let flows = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shared-flow/flows");
    let rows: Vec<String> =
        (0..CALLS).map(|number| format!("{{from: \"+1555{number:07}\"}}")).collect();
    let text = format!(
        "flows: [{flows}]\ntests:\n  - name: \"${{from}}\"\n    flow: Inbound_Flow_A\n    \
         context: {{from: \"${{from}}\"}}\n    input: [\"1\"]\n    each: [{}]\n",
        rows.join(", ")
    );
    let path = folder.join("many.test.yaml");
    fs::write(&path, text).unwrap();
    path
}

/// Returns all recordings of a folder by name. Each must be complete.
fn whole(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    whole_after(folder, &BTreeMap::new())
}

/// Like `whole`, but recordings that have not changed since are not read again.
fn whole_after(
    folder: &Path,
    before: &BTreeMap<PathBuf, Vec<u8>>,
) -> BTreeMap<PathBuf, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| path.to_string_lossy().ends_with(".recording.json"));
    let mut found = BTreeMap::new();
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        if before.get(&path) != Some(&bytes) {
            let recording: Value = serde_json::from_slice(&bytes).unwrap();
            let status = &recording["response"]["status"];
            assert_eq!(status, "completed", "{}", path.display());
        }
        found.insert(path, bytes);
    }
    found
}

/// Returns the number of kills.
#[expect(clippy::disallowed_methods, reason = "the CI machine kills more often")]
fn kills() -> usize {
    let count = std::env::var("FLOWSIM_KILLS").ok().and_then(|it| it.parse().ok());
    count.unwrap_or(KILLS)
}

#[test]
fn kills_lose_nothing() {
    let kills = kills();
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    let (file, out) = (scenario(folder.path()), folder.path().join("out"));
    let line = format!("--scenario {}", file.display());
    let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut before: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    let (mut killed, mut useful) = (0, 0);
    for _ in 0..kills {
        // A fast machine finishes before all the kills; it starts again.
        if before.len() > CALLS / 2 {
            fs::remove_dir_all(&out).unwrap();
            before.clear();
        }
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut command = flowsim(&server, &format!("{line} --rate 100"), &out);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // Kills it after some more requests and a moment, at any speed of the machine.
        let enough = server.state().seen.len() + usize::try_from(random % 12).unwrap();
        while server.state().seen.len() < enough && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(2));
        }
        sleep(Duration::from_micros(random % 16_384));
        // SIGKILL on systems with signals.
        child.kill().unwrap();
        killed += usize::from(!child.wait().unwrap().success());
        let after = whole_after(&out, &before);
        for (path, bytes) in &before {
            assert_eq!(after.get(path), Some(bytes), "{} is as it was", path.display());
        }
        useful += usize::from(after.len() > before.len());
        before = after;
    }
    assert!(killed > kills / 2 && useful > kills / 5, "{killed} killed, {useful} useful");
    assert!(!before.is_empty() && before.len() < CALLS, "{} of {CALLS}", before.len());

    let output = flowsim(&server, &line, &out).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let last = whole(&out);
    assert_eq!(last.len(), CALLS);
    assert!(before.iter().all(|(path, bytes)| last.get(path) == Some(bytes)));
    assert_eq!(recordings(&out).len(), CALLS, "nothing unfinished is left");
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_keeps_what_it_has() {
    let (server, folder) = (Server::start("shared-flow"), TempDir::new().unwrap());
    let (file, out) = (scenario(folder.path()), folder.path().join("out"));
    let line = format!("--scenario {} --rate 30", file.display());
    let mut command = flowsim(&server, &line, &out);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    while whole(&out).len() < 3 {
        assert_eq!(child.try_wait().unwrap(), None, "it runs");
        sleep(Duration::from_millis(20));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let count = recordings(&out).len();
    let rest = CALLS - count;
    let expected = format!("{count} recorded, {rest} not tried; in ");
    assert!(said.starts_with(&expected), "{said}");
    assert!((3..CALLS).contains(&count));
}

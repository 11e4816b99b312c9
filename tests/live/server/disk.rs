//! A full disk: acknowledged changes are kept, changes that cannot be stored are answered
//! with 500, and the server continues when there is space again.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use super::support::{Client, Process};

const CONTACTS: &str = "/api/v2/externalcontacts/contacts";

/// Starts a server after some shell commands.
fn start(before: &str, data: &Path) -> Process {
    let script = format!(
        "{before} exec \"$0\" serve --port 0 --flows fixtures/shared-flow/flows --data \"$1\""
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_flowsim")]).arg(data);
    Process::start(&mut command)
}

/// Creates contacts until one is refused. Returns the ids of the created ones.
fn fill(client: &Client) -> Vec<String> {
    let mut made = Vec::new();
    for number in 0..20_000 {
        let id = format!("c{number}");
        let body = json!({ "id": id, "notes": "x".repeat(20_000) });
        let answer = client.post(CONTACTS, &body);
        if answer.status != 200 {
            assert_eq!(answer.status, 500, "{answer:?}");
            let message = answer.body["message"].as_str().unwrap();
            assert!(message.contains("could not be stored"), "{message}");
            return made;
        }
        made.push(id);
    }
    panic!("the disk never was full");
}

/// Fills the disk, checks the server, frees space, and continues. After a kill everything
/// is still stored.
fn check(mut full: Process, data: &Path, make_room: impl FnOnce(&Process) -> bool) {
    let client = full.client.logged_in("");
    let made = fill(&client);
    assert!(made.len() > 3, "{}", made.len());
    // Stored entities can be read; the refused one does not exist.
    assert_eq!(client.get(&format!("{CONTACTS}/{}", made[0])).status, 200);
    let refused = format!("c{}", made.len());
    assert_eq!(client.get(&format!("{CONTACTS}/{refused}")).status, 404);
    for _ in 0..50 {
        let body = json!({ "id": refused, "notes": "x".repeat(100_000) });
        assert_eq!(client.post(CONTACTS, &body).status, 500);
    }
    assert_eq!(full.child.try_wait().unwrap(), None, "the server goes on");
    let has_room = make_room(&full);
    if has_room {
        let answer = client.post(CONTACTS, &json!({ "id": "later" }));
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    full.kill();
    let again = start("", data);
    let client = Client { token: client.token, ..again.client.clone() };
    for id in made.iter().map(String::as_str).chain(has_room.then_some("later")) {
        assert_eq!(client.get(&format!("{CONTACTS}/{id}")).status, 200, "{id}");
    }
    assert_eq!(client.get(&format!("{CONTACTS}/{refused}")).status, 404);
    assert_eq!(client.post(CONTACTS, &json!({ "id": refused })).status, 200);
}

/// A file size limit has the same effect as a full disk, and needs no privileges.
#[test]
fn a_full_disk_loses_nothing_and_does_not_stop_the_server() {
    let folder = TempDir::new().unwrap();
    // A process that exceeds the limit is killed unless it ignores the signal.
    let full = start("trap '' XFSZ; ulimit -S -f 4200;", folder.path());
    check(full, folder.path(), |process| {
        let pid = process.child.id().to_string();
        let raise = Command::new("prlimit")
            .args(["--pid", &pid, "--fsize=unlimited:unlimited"])
            .stderr(Stdio::null())
            .status();
        let is_raised = raise.is_ok_and(|status| status.success());
        if !is_raised {
            eprintln!("SKIPPED: there is no prlimit to make room again");
        }
        is_raised
    });
}

/// The same on a separate file system, if the user may mount one.
#[test]
fn a_full_file_system_loses_nothing_and_does_not_stop_the_server() {
    let folder = TempDir::new().unwrap();
    let mount = |options: &str| {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "flowsim-test"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success())
    };
    if !mount("size=1m") {
        eprintln!("SKIPPED: only root may mount a file system");
        return;
    }
    struct Mounted<'p>(&'p Path);
    impl Drop for Mounted<'_> {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(self.0).status();
        }
    }
    let mounted = Mounted(folder.path());
    let full = start("", folder.path());
    check(full, folder.path(), |_| mount("remount,size=16m"));
    drop(mounted);
}

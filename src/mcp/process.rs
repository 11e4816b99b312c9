//! A call of a tool: its command, in a separate process that reads the workspace only.

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::source::READ_ONLY;

/// The program whose commands the tools are.
#[derive(Debug, Clone)]
pub struct Commands {
    /// The executable.
    pub program: PathBuf,
}

/// A command that is running or will run.
#[derive(Debug, Default)]
pub(super) struct Running {
    child: Option<Child>,
    is_cancelled: bool,
}

/// The output of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) result: String,
    pub(super) messages: String,
}

/// Ends the command of a call, or prevents its start.
pub(super) fn cancel(running: &Mutex<Running>) {
    let mut running = locked(running);
    running.is_cancelled = true;
    if let Some(child) = &mut running.child {
        // A process that has ended cannot be ended again.
        let _ = child.kill();
    }
}

impl Commands {
    /// Runs a command to its end. Returns `None` if it was cancelled.
    pub(super) fn output(
        &self,
        arguments: &[String],
        folders: &[PathBuf],
        running: &Arc<Mutex<Running>>,
    ) -> io::Result<Option<Output>> {
        let mut child = {
            let mut running = locked(running);
            if running.is_cancelled {
                return Ok(None);
            }
            let child = running.child.insert(self.command(arguments, folders)?.spawn()?);
            (child.stdout.take(), child.stderr.take())
        };
        let messages = child.1.take();
        let reader = thread::spawn(move || text(messages));
        let result = text(child.0.take());
        let messages = reader.join().unwrap_or_default();
        let mut running = locked(running);
        if let Some(child) = &mut running.child {
            child.wait()?;
        }
        let output = Output { result, messages };
        Ok((!running.is_cancelled).then_some(output))
    }

    fn command(&self, arguments: &[String], folders: &[PathBuf]) -> io::Result<Command> {
        let mut command = Command::new(&self.program);
        let allowed = std::env::join_paths(folders).map_err(io::Error::other)?;
        command.args(arguments).env(READ_ONLY, allowed);
        // As under CI, snapshots and lists of failed tests are not written.
        command.env("CI", "true").env("NO_COLOR", "1").env_remove("GITHUB_ACTIONS");
        if let Some(first) = folders.first() {
            command.current_dir(first);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }
}

/// Reads a stream to its end.
fn text(stream: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        // An error keeps what was read before.
        let _ = stream.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Locks a value that is complete at any time.
pub(super) fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

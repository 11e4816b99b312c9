//! Commands of code lenses, which the server executes: a call of a flow, or a test. The
//! editor stays usable: the command runs in a process, whose end is reported.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use lsp_server::{Message, Notification};
use lsp_types::notification::{LogMessage, ShowMessage};
use lsp_types::{LogMessageParams, MessageType, ShowMessageParams};
use serde_json::Value;

use crate::project::Settings;
use crate::source::Files;

/// Makes a call of a flow: `{flow: PATH, name: NAME}`.
pub(super) const RUN: &str = "flowsim.run";

/// Runs a test: `{test: PATH, line: NUMBER, name: NAME}`.
pub(super) const RUN_TEST: &str = "flowsim.runTest";

/// A command line, and the name of the thing that it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Invocation {
    arguments: Vec<String>,
    folder: PathBuf,
    title: String,
}

impl Invocation {
    /// Reads a command of the client. `fixtures` are those of its settings.
    pub(super) fn read(command: &str, call: &Value, fixtures: &[String]) -> Option<Self> {
        let text = |key: &str| call.get(key)?.as_str().map(str::to_owned);
        let title = text("name")?;
        match command {
            RUN => {
                let path = PathBuf::from(text("flow")?);
                let folder = path.parent()?.to_owned();
                let mut arguments = vec!["run".to_owned(), format!("--flow={title}")];
                arguments.extend(fixtures.iter().map(|it| format!("--fixtures={it}")));
                if !is_in_project(&path) {
                    arguments.extend(["--".to_owned(), path.to_str()?.to_owned()]);
                }
                Some(Self { arguments, folder, title })
            }
            RUN_TEST => {
                let path = PathBuf::from(text("test")?);
                let line = call.get("line")?.as_u64()?;
                let folder = path.parent()?.to_owned();
                let place = format!("{}:{line}", path.to_str()?);
                let arguments = ["test", "-v", "--", &place].map(str::to_owned).into();
                Some(Self { arguments, folder, title })
            }
            _ => None,
        }
    }

    /// The flow or test that runs, for the folder of its results.
    pub(super) fn path(call: &Value) -> Option<PathBuf> {
        let path = call.get("flow").or_else(|| call.get("test"))?;
        path.as_str().map(PathBuf::from)
    }

    /// Lets the run write the values of its variables to a file.
    #[must_use]
    pub(super) fn writing_values(mut self, path: &Path) -> Self {
        self.arguments.insert(1, format!("--values-out={}", path.display()));
        self
    }

    /// Runs the command line, calls `finished`, and sends the output and the result to the
    /// client.
    pub(super) fn start(
        self,
        program: &Path,
        finished: impl FnOnce() + Send + 'static,
        send: impl Fn(Message) + Send + 'static,
    ) {
        let program = program.to_owned();
        thread::spawn(move || {
            let (kind, result, log) = self.result(&program);
            finished();
            if !log.is_empty() {
                send(notification::<LogMessage>(LogMessageParams {
                    typ: MessageType::LOG,
                    message: log,
                }));
            }
            let message = format!("{}: {result}", self.title);
            let shown = ShowMessageParams { typ: kind, message };
            send(notification::<ShowMessage>(shown));
        });
    }

    fn result(&self, program: &Path) -> (MessageType, String, String) {
        let mut command = Command::new(program);
        command.args(&self.arguments).current_dir(&self.folder).stdin(Stdio::null());
        let output = match command.env("NO_COLOR", "1").output() {
            Ok(output) => output,
            Err(error) => {
                let result = format!("flowsim does not start: {error}");
                return (MessageType::ERROR, result, String::new());
            }
        };
        let log = [output.stdout, output.stderr].concat();
        let log = String::from_utf8_lossy(&log).into_owned();
        let is_test = self.arguments.first().is_some_and(|it| it == "test");
        let (kind, result) = match (output.status.code(), is_test) {
            (Some(0), true) => (MessageType::INFO, "passed"),
            (Some(0), false) => (MessageType::INFO, "the call completed"),
            (Some(1), true) => (MessageType::ERROR, "failed; the log has the reason"),
            (Some(1), false) => {
                (MessageType::WARNING, "the call ended with an error; the log has it")
            }
            _ => (MessageType::ERROR, "did not run; the log has the reason"),
        };
        (kind, result.to_owned(), log)
    }
}

fn notification<N: lsp_types::notification::Notification>(params: N::Params) -> Message {
    Message::Notification(Notification::new(N::METHOD.to_owned(), params))
}

/// Whether a project file above the flow names flows, which a call then loads.
fn is_in_project(path: &Path) -> bool {
    let Some(file) = path.parent().and_then(Settings::find) else { return false };
    let settings = Settings::load(Some(&file), None, &|_| None, &mut Files::new());
    settings.is_ok_and(|settings| !settings.paths("flows").is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn commands_of_clients_become_command_lines() {
        let call = json!({"flow": "/no such folder/a.yaml", "name": "A"});
        let fixtures = ["org.yaml".to_owned()];
        let run = Invocation::read(RUN, &call, &fixtures).unwrap();
        assert_eq!(
            run.arguments.join(" "),
            "run --flow=A --fixtures=org.yaml -- /no such folder/a.yaml"
        );
        assert_eq!(run.folder, Path::new("/no such folder"));
        let writing = run.writing_values(Path::new("/w/values.json"));
        assert_eq!(writing.arguments[..2], ["run", "--values-out=/w/values.json"]);
        assert_eq!(Invocation::path(&call), Some("/no such folder/a.yaml".into()));
        let call = json!({"test": "/t/a.test.yaml", "line": 3, "name": "one"});
        let test = Invocation::read(RUN_TEST, &call, &fixtures).unwrap();
        assert_eq!(test.arguments.join(" "), "test -v -- /t/a.test.yaml:3");
        assert_eq!(Invocation::read(RUN_TEST, &json!({"test": "/t"}), &[]), None);
        assert_eq!(Invocation::read("other", &call, &[]), None);
    }
}

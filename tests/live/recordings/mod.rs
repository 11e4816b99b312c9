//! Recordings: importing, redacting and replaying.

#![expect(clippy::unwrap_used, reason = "a recording that cannot be made fails the test")]

pub(crate) mod calls;
mod import;
mod redaction;
mod replay;
mod unchanged;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use flowsim::engine::{Call, Session, play};
use flowsim::flow::read;
use flowsim::program::Program;
use flowsim::recording::{Recording, import};
use flowsim::source::Files;
use flowsim::trace::{JsonWriter, Trace, execution, write_simulation};
use flowsim::value::Json;
use flowsim::world::{FixtureHost, Fixtures, Input};

use crate::shared::shared;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The compiled flows of a folder, and the fixtures next to them.
struct Organisation {
    program: Arc<Program>,
    fixtures: Arc<Fixtures>,
}

impl Organisation {
    fn load(name: &str) -> Self {
        Self::of(&root().join("fixtures").join(name))
    }

    fn of(folder: &Path) -> Self {
        let mut files = Files::new();
        let loaded = read::load(&[folder.join("flows")], &[], &mut files);
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        let fixtures = Fixtures::load(&[folder.join("fixtures.yaml")], &mut files).0;
        Self { program: Arc::new(program), fixtures: Arc::new(fixtures) }
    }

    fn play(&self, flow: &str, context: &[(&str, &str)], inputs: &[&str]) -> Trace {
        let mut call = Call::new(self.program.flow(flow).unwrap())
            .stop_at_queue(true)
            .in_organisation(Arc::clone(&self.fixtures));
        for (name, value) in context {
            call = call.context(&self.program, name, (*value).into());
        }
        self.play_call(&call, inputs)
    }

    fn play_call(&self, call: &Call, inputs: &[&str]) -> Trace {
        let inputs: Vec<Input> =
            inputs.iter().map(|input| Input::parse(input).unwrap()).collect();
        let mut session = Session::start(Arc::clone(&self.program), call);
        let mut host = FixtureHost::new(&self.fixtures, &inputs);
        play(&mut session, call, &mut host)
    }

    fn document(&self, trace: &Trace) -> String {
        execution::of_trace(trace, &self.program.symbols).to_text()
    }

    fn simulation(&self, trace: &Trace) -> Json {
        let mut text = String::new();
        write_simulation(&JsonWriter::new(&self.program.symbols), trace, &mut text);
        Json::parse(&text).unwrap()
    }
}

/// Imports a string as if it were a file of this name. Returns the recordings and the
/// messages.
fn imported(name: &str, text: &str) -> (Vec<Recording>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let mut files = Files::new();
    let found = import(&path, &mut files);
    let told = found.diagnostics.iter().map(|it| {
        let Some(label) = it.labels.first() else { return it.message.clone() };
        let at = files.position(label.span);
        format!("{}:{}: {}", at.line, at.column, it.message)
    });
    (found.recordings, told.collect())
}

/// Imports the only recording of a string, without any messages.
fn recording(text: &str) -> Recording {
    let (mut recordings, told) = imported("saved.json", text);
    assert_eq!(told, [] as [&str; 0]);
    assert_eq!(recordings.len(), 1);
    recordings.pop().unwrap()
}

fn shared_document() -> (PathBuf, String) {
    let path = shared("executions/inbound-call-transfer.json");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

fn flowsim(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowsim"));
    command.current_dir(folder).args(arguments).env_remove("FLOWSIM_REDACTION_KEY");
    command.output().unwrap()
}

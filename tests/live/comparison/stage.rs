//! Bundled flows, original or changed, and observations of their calls.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flowsim::engine::{Call, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::source::{Files, read_document};
use flowsim::trace::observation::Observation;
use flowsim::trace::{JsonWriter, Trace, execution, write_simulation};
use flowsim::value::{DateTime, Json};
use flowsim::world::{FixtureHost, Fixtures, Input};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// An organisation below `fixtures/`: its flows and fixtures.
pub(crate) struct Stage {
    program: Arc<Program>,
    fixtures: Arc<Fixtures>,
    flow: &'static str,
    at: Option<DateTime>,
}

impl Stage {
    /// Returns the organisation with parts of its flows replaced. Each part must occur in
    /// them.
    pub(crate) fn changed(
        organisation: &str,
        flow: &'static str,
        changes: &[(&str, &str)],
    ) -> Self {
        let folder = root().join("fixtures").join(organisation);
        let changed = tempfile::tempdir().unwrap();
        let mut used = vec![false; changes.len()];
        for entry in fs::read_dir(folder.join("flows")).unwrap() {
            let path = entry.unwrap().path();
            let mut text = fs::read_to_string(&path).unwrap();
            for ((old, new), used) in changes.iter().zip(&mut used) {
                *used |= text.contains(old);
                text = text.replace(old, new);
            }
            fs::write(changed.path().join(path.file_name().unwrap()), text).unwrap();
        }
        assert!(used.iter().all(|used| *used), "a change changes nothing: {changes:?}");
        let mut files = Files::new();
        let loaded = load(&[changed.path().to_path_buf()], &[], &mut files);
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        let fixtures = read_fixtures(&folder.join("fixtures.yaml"));
        Self { program: Arc::new(program), fixtures: Arc::new(fixtures), flow, at: None }
    }

    /// Returns a flow without fixtures, from Archy YAML.
    pub(crate) fn written(flow: &'static str, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("flow.yaml"), text).unwrap();
        let loaded = load(&[folder.path().to_path_buf()], &[], &mut Files::new());
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        Self { program: Arc::new(program), fixtures: Arc::default(), flow, at: None }
    }

    /// Replaces the fixtures.
    pub(crate) fn with_fixtures(mut self, text: &str) -> Self {
        let mut files = Files::new();
        let file = files.add("fixtures.yaml", text);
        let document = read_document(&file).unwrap();
        self.fixtures = Arc::new(Fixtures::read(&document, Path::new("")).0);
        self
    }

    /// Removes all fixtures.
    pub(crate) fn without_fixtures(mut self) -> Self {
        self.fixtures = Arc::default();
        self
    }

    /// Sets the start time of calls.
    pub(crate) fn at(mut self, time: &str) -> Self {
        self.at = DateTime::parse(time);
        self
    }

    pub(crate) fn trace(&self, inputs: &[&str]) -> Trace {
        let inputs: Vec<Input> =
            inputs.iter().map(|input| Input::parse(input).unwrap()).collect();
        let mut call = Call::new(self.program.flow(self.flow).unwrap())
            .in_organisation(Arc::clone(&self.fixtures));
        if let Some(at) = self.at {
            call = call.at(at);
        }
        let mut session = Session::start(Arc::clone(&self.program), &call);
        play(&mut session, &call, &mut FixtureHost::new(&self.fixtures, &inputs))
    }

    pub(crate) fn call(&self, inputs: &[&str]) -> Observation {
        Observation::of_trace(&self.trace(inputs), &self.program.symbols)
    }

    /// Returns the text of a simulation response of the call.
    pub(crate) fn simulation(&self, inputs: &[&str]) -> Json {
        let mut text = String::new();
        let writer = JsonWriter::new(&self.program.symbols);
        write_simulation(&writer, &self.trace(inputs), &mut text);
        Json::parse(&text).unwrap()
    }

    /// Returns the observation of the call's execution document.
    pub(crate) fn document(&self, inputs: &[&str]) -> Observation {
        let document = execution::of_trace(&self.trace(inputs), &self.program.symbols);
        Observation::of_document(&document)
    }
}

fn read_fixtures(path: &Path) -> Fixtures {
    let mut files = Files::new();
    let file = files.add("fixtures.yaml", fs::read_to_string(path).unwrap());
    let (fixtures, diagnostics) =
        Fixtures::read(&read_document(&file).unwrap(), Path::new(""));
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    fixtures
}

pub(crate) fn shared(changes: &[(&str, &str)]) -> Stage {
    Stage::changed("shared-flow", "Inbound_Flow_A", changes)
}

pub(crate) fn clinic(changes: &[(&str, &str)]) -> Stage {
    let stage = Stage::changed("alder-clinic", "Alder Clinic Main Line", changes);
    stage.at("2026-03-10T14:00:00Z")
}

//! Bundled flows, original or changed, and their calls, recorded and replayed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};

use flowsim::analysis::comparison::Rules;
use flowsim::engine::{Call, Request, Session, play};
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::recording::{Kind, Recording, Redactor, save};
use flowsim::runner::{CompareContext, Judgement, compare_all};
use flowsim::source::Files;
use flowsim::trace::{JsonWriter, Trace, execution, write_simulation};
use flowsim::value::{DateTime, Json, Value};
use flowsim::world::{FixtureHost, Fixtures, Input};
use tempfile::TempDir;

use crate::recordings::calls::{ARCHITECT, DRAFTS};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A call to record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'c> {
    pub(crate) flow: &'c str,
    pub(crate) context: &'c [(&'c str, &'c str)],
    pub(crate) inputs: &'c [&'c str],
    pub(crate) at: Option<&'c str>,
}

/// The flows of an organisation below `fixtures/`, and its fixtures.
pub(crate) struct Stage {
    pub(crate) program: Arc<Program>,
    pub(crate) fixtures: Arc<Fixtures>,
    _changed: Option<TempDir>,
}

/// The bundled organisations. They are loaded once for all tests.
static BUNDLED: LazyLock<BTreeMap<&str, OnceLock<Stage>>> = LazyLock::new(|| {
    let names = ARCHITECT.iter().chain(DRAFTS).map(|(name, _)| *name);
    names.map(|name| (name, OnceLock::new())).collect()
});

impl Stage {
    pub(crate) fn bundled(organisation: &str) -> &'static Self {
        BUNDLED[organisation].get_or_init(|| {
            let folder = folder(organisation);
            Self::load(folder.join("flows"), &folder, None)
        })
    }

    /// Changes one of the flows.
    pub(crate) fn changed(
        organisation: &str,
        file: &str,
        change: fn(&str) -> String,
    ) -> Self {
        let (folder, changed) = (folder(organisation), tempfile::tempdir().unwrap());
        for entry in fs::read_dir(folder.join("flows")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap();
            let text = fs::read_to_string(&path).unwrap();
            let text = if name == file { change(&text) } else { text };
            fs::write(changed.path().join(name), text).unwrap();
        }
        Self::load(changed.path().to_owned(), &folder, Some(changed))
    }

    /// Contains a single flow and no fixtures.
    pub(crate) fn alone(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("flow.json"), text).unwrap();
        Self::load(
            folder.path().to_owned(),
            &root().join("tests/live/replays"),
            Some(folder),
        )
    }

    fn load(flows: PathBuf, folder: &Path, changed: Option<TempDir>) -> Self {
        let mut files = Files::new();
        let loaded = load(&[flows], &[], &mut files);
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        let world = Some(folder.join("fixtures.yaml")).filter(|it| it.exists());
        let world: Vec<PathBuf> = world.into_iter().collect();
        let (fixtures, _) = Fixtures::load(&world, &mut files);
        let (program, fixtures) = (Arc::new(program), Arc::new(fixtures));
        Self { program, fixtures, _changed: changed }
    }

    /// Records a call: the execution document of an Architect flow, otherwise a
    /// simulation with its request.
    pub(crate) fn record(&self, caller: &Caller<'_>) -> Recording {
        self.record_with_trace(caller).0
    }

    /// Also returns the trace of the recorded call.
    pub(crate) fn record_with_trace(&self, caller: &Caller<'_>) -> (Recording, Trace) {
        let flow = self.program.flow(caller.flow).unwrap();
        // As on the platform, where the in-queue flow has its own execution.
        let mut call = Call::new(flow)
            .stop_at_queue(true)
            .in_organisation(Arc::clone(&self.fixtures));
        if let Some(at) = caller.at {
            call = call.at(DateTime::parse(at).unwrap());
        }
        for (name, value) in caller.context {
            call = call.context(&self.program, name, (*value).into());
        }
        let inputs = caller.inputs.iter().map(|input| Input::parse(input).unwrap());
        let inputs: Vec<Input> = inputs.collect();
        let mut session = Session::start(Arc::clone(&self.program), &call);
        let mut host = FixtureHost::new(&self.fixtures, &inputs);
        let trace = play(&mut session, &call, &mut host);
        let symbols = &self.program.symbols;
        let mut recording = if self.program.unit(flow).architect.is_some() {
            let document = execution::of_trace(&trace, symbols).to_text();
            Recording::new(Kind::Execution, Json::parse(&document).unwrap())
        } else {
            let mut text = String::new();
            write_simulation(&JsonWriter::new(symbols), &trace, &mut text);
            let response = Json::parse(&text).unwrap();
            let request = Some(request(caller, inputs).to_json());
            Recording { request, ..Recording::new(Kind::Simulation, response) }
        };
        recording.id = format!("{} {:?}", caller.flow, caller.inputs).into();
        recording.flow.name = Some(caller.flow.into());
        (recording, trace)
    }

    /// Replays a recorded call here. The fixtures of the organisation supply missing
    /// answers.
    pub(crate) fn compare(&self, recording: &Recording) -> Judgement {
        let folder = tempfile::tempdir().unwrap();
        let path = save(recording, &Redactor::default(), folder.path()).unwrap();
        self.compare_files(&[path], &self.fixtures).pop().unwrap()
    }

    pub(crate) fn compare_files(
        &self,
        paths: &[PathBuf],
        fixtures: &Fixtures,
    ) -> Vec<Judgement> {
        let rules = Rules { caller_is_replayed: true, ..Rules::default() };
        let against = CompareContext {
            program: &self.program,
            fixtures,
            rules: &rules,
            oldest: None,
            keep_sides: false,
        };
        let mut all = Vec::new();
        compare_all(paths, against, 1, &mut |compared| {
            all.push(compared.result.unwrap());
            true
        })
        .unwrap();
        all
    }
}

pub(crate) fn folder(organisation: &str) -> PathBuf {
    root().join("fixtures").join(organisation)
}

pub(crate) fn request(caller: &Caller<'_>, inputs: Vec<Input>) -> Request {
    let context = caller.context.iter();
    let context = context.map(|(name, value)| ((*name).into(), Value::from(*value)));
    Request {
        flow: caller.flow.into(),
        node: None,
        context: context.collect(),
        timeout_ms: 600_000,
        inputs,
    }
}

//! Cases built by hand, on the flows of `fixtures/`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use flowsim::diagnostic::Diagnostic;
use flowsim::engine::Session;
use flowsim::flow::Spanned;
use flowsim::flow::read::load;
use flowsim::program::Program;
use flowsim::report::explain;
use flowsim::source::{FileId, Files, Span, read_yaml};
use flowsim::suite::{
    Case, Expectation, Mismatch, Played, Start, TextMatcher, Turn, ValueMatcher, judge,
    play, prepare,
};
use flowsim::value::{Json, Text, Value};
use flowsim::world::{Fixtures, Input};

/// A span for everything whose position is not tested.
pub(crate) fn nowhere() -> Span {
    Span::new(FileId(0), 0, 0)
}

pub(crate) fn written<T>(value: T) -> Spanned<T> {
    Spanned { value, span: nowhere() }
}

pub(crate) fn text_list(text: &str) -> Vec<Text> {
    text.split_whitespace().map(Text::from).collect()
}

pub(crate) fn nodes(text: &str) -> Vec<Spanned<Text>> {
    text.split_whitespace().map(|name| written(name.into())).collect()
}

pub(crate) fn equals(text: &str) -> TextMatcher {
    TextMatcher::Equals(text.into())
}

pub(crate) fn has(text: &str) -> TextMatcher {
    TextMatcher::Contains(text.into())
}

pub(crate) fn json(text: &str) -> ValueMatcher {
    ValueMatcher::Equals(Json::parse(text).unwrap())
}

/// Builds a case without expectations that starts this flow.
pub(crate) fn case(flow: &str, inputs: &[&str]) -> Case {
    Case {
        name: "by hand".into(),
        row: None,
        span: nowhere(),
        extent: nowhere(),
        tags: Vec::new(),
        skip: None,
        expect_failure: None,
        recording: None,
        start: Start { flow: Some(written(flow.into())), ..Start::default() },
        fixtures: None,
        inputs: inputs.iter().map(|input| Input::parse(input).unwrap()).collect(),
        script: Vec::new(),
        expectations: Vec::new(),
        properties: std::sync::Arc::default(),
        snapshot: None,
    }
}

/// Builds a case with a script. The inputs are the caller's turns in the script.
pub(crate) fn scripted(flow: &str, turns: Vec<Turn>) -> Case {
    let does = |turn: &Turn| match turn {
        Turn::Does(input) => Some(input.clone()),
        _ => None,
    };
    let inputs = turns.iter().filter_map(does).collect();
    let script = turns.into_iter().map(written).collect();
    Case { inputs, script, ..case(flow, &[]) }
}

/// Compiled flows and fixtures.
pub(crate) struct Scene {
    pub(crate) program: Arc<Program>,
    fixtures: Arc<Fixtures>,
}

impl Scene {
    /// Loads a folder of `fixtures/` with its flows and fixtures.
    pub(crate) fn new(name: &str) -> Self {
        let folder: PathBuf =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
        let mut files = Files::new();
        let loaded = load(&[folder.join("flows")], &[], &mut files);
        let (fixtures, problems) =
            Fixtures::load(&[folder.join("fixtures.yaml")], &mut files);
        assert_eq!((loaded.diagnostics, problems), (vec![], vec![]));
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        Self { program: Arc::new(program), fixtures: Arc::new(fixtures) }
    }

    /// Loads a flow from a file with this name.
    pub(crate) fn of(name: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let loaded = load(&[path], &[], &mut Files::new());
        assert_eq!(loaded.diagnostics, []);
        let program = Program::compile_all(&loaded.flows, &loaded.architect);
        Self { program: Arc::new(program), fixtures: Arc::default() }
    }

    pub(crate) fn prepare(&self, case: &Case) -> Result<(), Vec<Diagnostic>> {
        prepare(case, None, &self.program, &self.fixtures).map(|_| ())
    }

    /// Runs a case, with its fixtures merged over those of the scene.
    pub(crate) fn play(&self, case: &Case) -> Played {
        let fixtures = match &case.fixtures {
            Some(node) => {
                let (fixtures, problems) = self.fixtures.merged(node, Path::new(""));
                assert_eq!(problems, []);
                Arc::new(fixtures)
            }
            None => Arc::clone(&self.fixtures),
        };
        let prepared = prepare(case, None, &self.program, &fixtures).unwrap();
        let mut session = Session::start(Arc::clone(&self.program), prepared.call());
        let first = play(&prepared, &mut session);
        // The session can be reused with the same result.
        let second = play(&prepared, &mut session);
        assert_eq!(first.trace, second.trace);
        assert_eq!(first.script, second.script);
        first
    }

    pub(crate) fn judge(&self, case: &Case) -> Vec<Mismatch> {
        judge(case, &self.play(case), &self.program)
    }

    /// Runs a case with these expectations, and explains those that do not hold.
    pub(crate) fn explain(&self, case: Case, expected: Vec<Expectation>) -> String {
        let expectations = expected.into_iter().map(written).map(Arc::new).collect();
        let case = Case { expectations, ..case };
        let played = self.play(&case);
        self.rendered(&judge(&case, &played, &self.program), &played)
    }

    /// Renders these mismatches for people.
    pub(crate) fn rendered(&self, mismatches: &[Mismatch], played: &Played) -> String {
        let mut files = Files::new();
        files.add("by-hand.test.yaml", "");
        explain(mismatches, &played.trace, &self.program, &files)
    }
}

/// Adds fixtures to a case.
pub(crate) fn fixtures(case: Case, yaml: &str) -> Case {
    // A node of a case outlives its file.
    let file = Box::leak(Box::new(Files::new().add("case.yaml", yaml)));
    Case { fixtures: Some(read_yaml(file).unwrap()), ..case }
}

/// Sets a variable before the first node.
pub(crate) fn with_variable(mut case: Case, name: &str, value: impl Into<Value>) -> Case {
    case.start.variables.push((name.into(), value.into()));
    case
}

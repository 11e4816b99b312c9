//! Comparison of downloaded execution documents with the probes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::kit::Kit;
use crate::analysis::comparison::{Comparison, Rules, Verdict, compare as compare_calls};
use crate::engine::{Session, play};
use crate::flow::read::node;
use crate::recording::{Derived, Kind, Recording, Subject};
use crate::suite::{Case, Recorded};
use crate::trace::execution;
use crate::trace::observation::Observation;
use crate::value::{Json, Text};
use crate::world::{Answer, FixtureHost, Fixtures, Input, policy_alternatives};

/// Number of digits of the number of a call.
const DIGITS: usize = 2;

/// An execution document and its file.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub path: PathBuf,
    /// The document, imported as a recording.
    pub recording: Recording,
}

/// The comparison of all documents with the kit.
#[derive(Debug, Clone)]
pub struct Conformance {
    /// A row for each document of a call, and one for each call without a document.
    pub rows: Vec<Row>,
    /// Documents that belong to no call.
    pub unmatched: Vec<Unmatched>,
}

/// A call of a probe, and a document of it.
#[derive(Debug, Clone)]
pub struct Row {
    /// Name of the call.
    pub call: Text,
    /// Name of the flow.
    pub flow: Text,
    /// Confidence of flowsim's expectation: `high`, `medium` or `low`.
    pub confidence: Text,
    /// File of the document, if there is one.
    pub document: Option<PathBuf>,
    /// Result of the comparison.
    pub outcome: Outcome,
}

/// The result of comparing a call with its document.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// There is no document.
    Missing,
    /// The call runs here as on the platform.
    Same,
    /// The call runs differently.
    Different {
        /// The comparison.
        comparison: Box<Comparison>,
        /// A policy with which the call runs as on the platform.
        policy: Option<Policy>,
    },
}

/// A policy of the fixtures and a value other than its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Key under `policies`.
    pub key: &'static str,
    /// The value.
    pub value: &'static str,
}

/// A document that belongs to no call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// The file.
    pub path: PathBuf,
    /// The reason.
    pub reason: String,
}

/// Compares documents with the calls of the kit.
pub fn compare(kit: &Kit, documents: &[Document]) -> Conformance {
    let mut of_calls: Vec<Vec<Row>> = vec![Vec::new(); kit.calls.len()];
    let mut unmatched = Vec::new();
    let rules = Rules { caller_is_replayed: true, ..Rules::default() };
    for Document { path, recording } in documents {
        let found = Probe::of(kit, recording, &rules);
        match found.and_then(|probe| Ok((probe.index, probe.outcome(kit)?))) {
            Ok((index, outcome)) => {
                let row = row(&kit.calls[index], Some(path.clone()), outcome);
                of_calls[index].push(row);
            }
            Err(reason) => unmatched.push(Unmatched { path: path.clone(), reason }),
        }
    }
    for (rows, case) in of_calls.iter_mut().zip(&kit.calls) {
        if rows.is_empty() {
            rows.push(row(case, None, Outcome::Missing));
        }
    }
    Conformance { rows: of_calls.into_iter().flatten().collect(), unmatched }
}

fn row(case: &Case, document: Option<PathBuf>, outcome: Outcome) -> Row {
    let flow = case.start.flow.as_ref().map(|flow| flow.value.clone());
    Row {
        call: case.name.clone(),
        flow: flow.unwrap_or_default(),
        confidence: case.tags.first().cloned().unwrap_or_default(),
        document,
        outcome,
    }
}

/// A document and the call that it shows.
struct Probe<'k> {
    index: usize,
    case: &'k Case,
    recorded: Recorded<'k>,
}

impl<'k> Probe<'k> {
    /// Finds the call of a document: by the name of the flow, and by the number that the
    /// caller entered first.
    fn of(kit: &'k Kit, recording: &Recording, rules: &'k Rules) -> Result<Self, String> {
        let recorded = match recording.kind {
            Kind::Execution => Recorded::of(recording, rules),
            Kind::Simulation => None,
        };
        let recorded = recorded.ok_or("it is not an execution document")?;
        let flow = recording.flow.name.clone().unwrap_or_default();
        let of_flow =
            |case: &Case| case.start.flow.as_ref().is_some_and(|own| own.value == flow);
        let mut cases = kit.calls.iter().enumerate().filter(|(_, case)| of_flow(case));
        let number = number(&recorded.derived);
        let found = match cases.clone().count() {
            0 => return Err(format!("its flow `{flow}` is not a probe")),
            1 => cases.next(),
            _ => cases.find(|(_, case)| number.is_some() && of_case(case) == number),
        };
        let (index, case) = found.ok_or_else(|| match number {
            Some(number) => format!("the probe has no call `{number}`"),
            None => "the caller entered no number of a call".to_owned(),
        })?;
        Ok(Self { index, case, recorded })
    }

    fn outcome(&self, kit: &Kit) -> Result<Outcome, String> {
        let comparison = self.play(kit, kit.fixtures.clone())?;
        if comparison.verdict == Verdict::Equal {
            return Ok(Outcome::Same);
        }
        let mut policy = None;
        for (key, value) in policy_alternatives() {
            let fixtures = with_policy(&kit.fixtures, key, value);
            if self.play(kit, fixtures)?.verdict == Verdict::Equal {
                policy = Some(Policy { key, value });
                break;
            }
        }
        Ok(Outcome::Different { comparison: Box::new(comparison), policy })
    }

    /// Plays the call with the input and the organisation of the kit, so that the document
    /// decides nothing that is to be compared. Only the start of the call is that of the
    /// document: telephone numbers, language and time.
    fn play(&self, kit: &Kit, fixtures: Fixtures) -> Result<Comparison, String> {
        let fixtures = Arc::new(fixtures);
        let call = self.recorded.derived.call(&kit.program);
        let call = call.map_err(|problem| problem.message)?;
        let mut call = call.in_organisation(Arc::clone(&fixtures));
        for (name, value) in &self.case.start.context {
            call = call.context(&kit.program, name, value.clone());
        }
        let mut session = Session::start(Arc::clone(&kit.program), &call);
        let mut host = FixtureHost::new(&fixtures, &self.case.inputs);
        let trace = play(&mut session, &call, &mut host);
        let document = execution::of_trace(&trace, &kit.program.symbols);
        let local = Observation::of_document(&document);
        Ok(compare_calls(&self.recorded.observation, &local, &self.recorded.rules))
    }
}

fn with_policy(fixtures: &Fixtures, key: &str, value: &str) -> Fixtures {
    let text = |text: &str| Json::String(text.into());
    let policies = Json::object([(key.into(), text(value))]);
    let document = Json::object([("policies".into(), policies)]);
    fixtures.merged(&node(&document), Path::new("")).0
}

/// Returns the number of the call that the caller of a document entered.
fn number(derived: &Derived) -> Option<Text> {
    let mut answers = derived.answers.iter().filter(|it| it.about == Subject::Input);
    match &answers.next()?.answer {
        Answer::Input(input) => digits(input),
        _ => None,
    }
}

fn of_case(case: &Case) -> Option<Text> {
    digits(case.inputs.first()?)
}

/// Returns the digits at the start of an input.
fn digits(input: &Input) -> Option<Text> {
    let keys: Text = match input {
        Input::Keys(keys) => keys.chars().take(DIGITS).collect(),
        Input::Timed(keys) => keys.iter().take(DIGITS).map(|stroke| stroke.key).collect(),
        Input::Silence | Input::Speech(_) | Input::HangUp => return None,
    };
    (keys.chars().count() == DIGITS).then_some(keys)
}

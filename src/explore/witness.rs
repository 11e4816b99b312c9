//! Witnesses: calls that reach a goal. Each is replayed before it is reported.

use std::path::Path;
use std::sync::Arc;

use crate::analysis::coverage::Goals;
use crate::engine::{Call, Session, play};
use crate::program::Program;
use crate::source::{Files, read_json};
use crate::trace::Trace;
use crate::value::{Json, Text, Value};
use crate::world::{Answer, FixtureHost, Fixtures, Input, Question};

use super::search::World;

/// The largest number of replays that are spent on a shorter witness for one goal.
const MOST_TRIALS: u32 = 200;

/// A call that reaches a goal.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Witness {
    /// The caller's inputs. Further questions are answered with silence.
    pub inputs: Vec<Input>,
    /// The answers of systems outside the flow, as a fixtures document. They override those
    /// of the fixtures. `None` if the fixtures answer everything.
    pub fixtures: Option<Json>,
    /// Variables that are set before the first action, by name.
    pub variables: Vec<(Text, Json)>,
    /// Fields of the context, by name.
    pub context: Vec<(Text, Json)>,
}

/// Plays calls with the caller's inputs.
pub(super) struct Player<'p> {
    world: &'p World<'p>,
    session: Session,
    /// The call as `flowsim run` makes it.
    call: Call,
}

impl<'p> Player<'p> {
    pub(super) fn new(world: &'p World<'p>) -> Self {
        let session = Session::start(Arc::clone(world.program), world.call);
        let call = world.call.clone().request_outcomes(false);
        Self { world, session, call }
    }

    /// Returns the call with these answers. It continues with silence.
    pub(super) fn call(&mut self, script: &[Answer]) -> Witness {
        let World { fixtures, context, .. } = self.world;
        let mut witness = Witness::default();
        let mut prepared = Prepared::default();
        let mut script = script.iter();
        let mut live = self.world.begin();
        while let Some(question) = live.session.question() {
            let is_free = context.is_free(&live.session);
            let answer = match is_free {
                true => match script.next() {
                    Some(answer) => answer.clone(),
                    None => break,
                },
                false => fixtures.answer(&question, &mut live.progress),
            };
            match &answer {
                Answer::Input(input) => witness.inputs.push(input.clone()),
                answer if is_free => prepared.add(&question, answer),
                _ => {}
            }
            self.world.answer(&mut live, answer);
        }
        while witness.inputs.last() == Some(&Input::Silence) {
            witness.inputs.pop();
        }
        witness.fixtures = prepared.document();
        witness
    }

    /// Plays a call with the ordinary host.
    pub(super) fn play(&mut self, witness: &Witness) -> Trace {
        let fixtures = witness.over(self.world.fixtures);
        self.play_with(witness, &fixtures)
    }

    fn play_with(&mut self, witness: &Witness, fixtures: &Fixtures) -> Trace {
        let mut host = FixtureHost::new(fixtures, &witness.inputs);
        if witness.fixtures.is_none() {
            return play(&mut self.session, &self.call, &mut host);
        }
        let organisation = Arc::new(fixtures.clone());
        let call = self.call.clone().in_organisation(organisation);
        play(&mut self.session, &call, &mut host)
    }

    /// Returns the shortest witness that these answers lead to. Returns `None` if the call
    /// does not reach the goal.
    pub(super) fn witness(&mut self, script: &[Answer], goal: usize) -> Option<Witness> {
        let mut witness = self.call(script);
        let fixtures = witness.over(self.world.fixtures);
        if !self.reaches(&witness, &fixtures, goal) {
            return None;
        }
        let mut trials = MOST_TRIALS;
        let mut place = witness.inputs.len();
        while let Some(index) = place.checked_sub(1) {
            place = index;
            for candidate in simpler(&witness, index) {
                trials -= 1;
                if trials == 0 {
                    return Some(witness);
                }
                if self.reaches(&candidate, &fixtures, goal) {
                    witness = candidate;
                    break;
                }
            }
        }
        let alone = Witness { fixtures: None, ..witness.clone() };
        let is_needed = witness.fixtures.is_some()
            && !self.reaches(&alone, self.world.fixtures, goal);
        Some(if is_needed { witness } else { alone })
    }

    /// Whether a call reaches a goal.
    fn reaches(&mut self, witness: &Witness, fixtures: &Fixtures, goal: usize) -> bool {
        let trace = self.play_with(witness, fixtures);
        let goals: &Goals = self.world.goals;
        let mut is_reached = false;
        goals.each_reached(&trace.steps, &mut |number| is_reached |= number == goal);
        is_reached
    }
}

impl Witness {
    /// Returns the call with the values with which the witness starts.
    pub(super) fn with_values(&self, program: &Program, call: Call) -> Call {
        let call = self.context.iter().fold(call, |call, (name, value)| {
            call.context(program, name, Value::from(value.clone()))
        });
        self.variables.iter().fold(call, |call, (name, value)| {
            call.variable(program, name, Value::from(value.clone()))
        })
    }

    /// Returns the fixtures of the call.
    pub(super) fn over(&self, fixtures: &Fixtures) -> Fixtures {
        let Some(document) = &self.fixtures else { return fixtures.clone() };
        let mut files = Files::new();
        let file = files.add("witness.json", document.to_string());
        match read_json(&file) {
            Ok(root) => fixtures.merged(&root, Path::new("")).0,
            Err(_) => fixtures.clone(),
        }
    }
}

/// The name of an entry of a section, and its answers.
type Entry = (Text, Vec<Json>);

/// Answers for a fixtures document: sections, entries, and their answers in order.
#[derive(Default)]
struct Prepared {
    sections: Vec<(&'static str, Vec<Entry>)>,
}

impl Prepared {
    /// Adds an answer of a data action or another action.
    fn add(&mut self, question: &Question<'_>, answer: &Answer) {
        let text = |text: &str| Json::String(text.into());
        let latency = |ms: i64| (Text::from("latencyMs"), Json::Integer(ms));
        let (section, name, json) = match (question, answer) {
            (Question::DataAction { id, name, .. }, Answer::Response(response)) => {
                let status = Json::Integer(response.status.into());
                let output = ("output".into(), response.output.clone());
                let mut entries = vec![("status".into(), status), output];
                entries.extend(
                    (response.latency_ms > 0).then(|| latency(response.latency_ms)),
                );
                let name = id.or(*name).unwrap_or_default();
                ("dataActions", Text::from(name), Json::object(entries))
            }
            (Question::Action { flow, name, .. }, Answer::Action(answer)) => {
                let path = answer.path.iter().map(|path| ("path".into(), text(path)));
                let outputs = answer.outputs.iter().cloned();
                let outputs = (!answer.outputs.is_empty())
                    .then(|| ("outputs".into(), Json::object(outputs)));
                let entries: Vec<(Text, Json)> = path.chain(outputs).collect();
                ("actions", Text::from(format!("{flow}/{name}")), Json::object(entries))
            }
            _ => return,
        };
        let place = match self.sections.iter().position(|(known, _)| *known == section) {
            Some(place) => place,
            None => {
                self.sections.push((section, Vec::new()));
                self.sections.len() - 1
            }
        };
        let entries = &mut self.sections[place].1;
        match entries.iter_mut().find(|(known, _)| *known == name) {
            Some((_, answers)) => answers.push(json),
            None => entries.push((name, vec![json])),
        }
    }

    /// Returns the document; `None` if it would be empty.
    fn document(self) -> Option<Json> {
        let sections = self.sections.into_iter().map(|(section, entries)| {
            let entries =
                entries.into_iter().map(|(name, answers)| (name, Json::array(answers)));
            (Text::from(section), Json::object(entries))
        });
        let sections: Vec<(Text, Json)> = sections.collect();
        (!sections.is_empty()).then(|| Json::object(sections))
    }
}

/// Returns witnesses with a simpler input at one place: without it, with the key 1, or with
/// fewer keys.
fn simpler(witness: &Witness, index: usize) -> Vec<Witness> {
    let inputs = &witness.inputs;
    let of = |inputs: Vec<Input>| Witness { inputs, ..witness.clone() };
    let with = |input: Input| {
        let mut inputs = inputs.clone();
        inputs[index] = input;
        of(inputs)
    };
    let mut shorter = inputs.clone();
    shorter.remove(index);
    let mut found = vec![of(shorter)];
    let one = Input::Keys("1".into());
    if inputs[index] != one {
        found.push(with(one));
    }
    if let Input::Keys(keys) = &inputs[index]
        && let Some((last, _)) = keys.char_indices().next_back()
        && last > 0
    {
        found.push(with(Input::Keys(keys[..last].into())));
    }
    found
}

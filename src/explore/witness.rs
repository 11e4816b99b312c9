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

use super::patience::Patience;
use super::services::{Object, document, is_of_fixtures};
use super::transition::World;

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
    /// The random seed, if it is not 0.
    pub seed: Option<u64>,
}

/// Plays calls with the caller's inputs.
pub(super) struct Player<'p> {
    world: &'p World<'p>,
    session: Session,
    /// The call as `flowsim run` makes it.
    call: Call,
    /// The calls of the script of the last goal. Goals of one script share them, so that
    /// a long script is not replayed for each of its goals.
    replays: Replays,
    /// The host that may stop the exploration, if there is one.
    patience: Option<&'p Patience<'p>>,
}

/// Calls that were replayed for the goals of one script.
#[derive(Default)]
struct Replays {
    script: Vec<Answer>,
    /// The call with all answers of the script; `None` before the first goal.
    whole: Option<Witness>,
    /// The replayed calls, and whether each reaches each goal.
    played: Vec<(Witness, Vec<bool>)>,
}

impl<'p> Player<'p> {
    pub(super) fn new(world: &'p World<'p>) -> Self {
        let session = Session::start(Arc::clone(world.program), world.call);
        let call = world.call.clone().request_outcomes(false).omit_inputs(false);
        Self { world, session, call, replays: Replays::default(), patience: None }
    }

    /// Replays for a moment after the host stopped the exploration, and not longer. Calls
    /// are not shortened any more then.
    pub(super) fn within(self, patience: &'p Patience<'p>) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// Whether a call may be replayed.
    pub(super) fn allows_replay(&self) -> bool {
        self.patience.is_none_or(Patience::allows_replay)
    }

    fn is_stopped(&self) -> bool {
        self.patience.is_some_and(Patience::is_known_to_be_over)
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
                answer if is_free && !is_of_fixtures(fixtures, &question, answer) => {
                    prepared.add(&question, answer);
                }
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
        let trace = if witness.fixtures.is_none() {
            play(&mut self.session, &self.call, &mut host)
        } else {
            let organisation = Arc::new(fixtures.clone());
            let call = self.call.clone().in_organisation(organisation);
            play(&mut self.session, &call, &mut host)
        };
        if let Some(patience) = self.patience {
            patience.replayed(trace.steps.len());
        }
        trace
    }

    /// Returns the shortest witness that these answers lead to. Returns `None` if the call
    /// does not reach the goal.
    pub(super) fn witness(&mut self, script: &[Answer], goal: usize) -> Option<Witness> {
        let known = self.replays.whole.clone().filter(|_| self.replays.script == script);
        let witness = match known {
            Some(witness) => witness,
            None => {
                let whole = self.call(script);
                let script = script.to_vec();
                let played = Vec::new();
                self.replays = Replays { script, whole: Some(whole.clone()), played };
                whole
            }
        };
        self.shortened(witness, &|player, witness, fixtures| {
            player.reaches(witness, fixtures, goal)
        })
    }

    /// Whether a call of the current script reaches a goal.
    fn reaches(&mut self, witness: &Witness, fixtures: &Fixtures, goal: usize) -> bool {
        let mut played = self.replays.played.iter();
        if let Some((_, reached)) = played.find(|(it, _)| it == witness) {
            return reached[goal];
        }
        let goals: &Goals = self.world.goals;
        let mut reached = vec![false; goals.count()];
        let trace = self.play_with(witness, fixtures);
        goals.each_reached(&trace.steps, &mut |number| reached[number] = true);
        let is_reached = reached[goal];
        self.replays.played.push((witness.clone(), reached));
        is_reached
    }

    /// Returns the shortest witness that these answers lead to and whose trace shows it.
    pub(super) fn shortest(
        &mut self,
        script: &[Answer],
        shows: &dyn Fn(&Trace) -> bool,
    ) -> Option<Witness> {
        let witness = self.call(script);
        self.shortened(witness, &|player, witness, fixtures| {
            shows(&player.play_with(witness, fixtures))
        })
    }

    /// Returns the shortest call that still shows it; `None` if the witness does not.
    fn shortened(
        &mut self,
        mut witness: Witness,
        shows: &Shows<'_, 'p>,
    ) -> Option<Witness> {
        let fixtures = witness.over(self.world.fixtures);
        if !shows(self, &witness, &fixtures) {
            return None;
        }
        let mut trials =
            Trials { player: self, fixtures: &fixtures, shows, left: MOST_TRIALS };
        trials.shorten(&mut witness);
        trials.simplify(&mut witness);
        let alone = Witness { fixtures: None, ..witness.clone() };
        let is_needed =
            witness.fixtures.is_some() && !shows(self, &alone, self.world.fixtures);
        Some(if is_needed { witness } else { alone })
    }

    /// The world in which the calls are played.
    pub(super) fn world(&self) -> &'p World<'p> {
        self.world
    }

    /// The call as `flowsim run` makes it.
    pub(super) fn played_call(&self) -> &Call {
        &self.call
    }
}

/// Whether the replay of a call, with these fixtures, shows something.
type Shows<'s, 'p> = dyn Fn(&mut Player<'p>, &Witness, &Fixtures) -> bool + 's;

/// Replays of simpler calls. They stop to show something when none is left.
struct Trials<'t, 'p> {
    player: &'t mut Player<'p>,
    fixtures: &'t Fixtures,
    shows: &'t Shows<'t, 'p>,
    left: u32,
}

impl Trials<'_, '_> {
    /// Replaces the witness if the simpler one shows the same.
    fn take(&mut self, witness: &mut Witness, simpler: Witness) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = if self.player.is_stopped() { 0 } else { left };
        let is_shown = (self.shows)(self.player, &simpler, self.fixtures);
        if is_shown {
            *witness = simpler;
        }
        is_shown
    }

    /// Removes inputs: all, then each half, each quarter, and so on, until no single input
    /// can be removed. A long call becomes short in few replays if most inputs are
    /// unnecessary.
    fn shorten(&mut self, witness: &mut Witness) {
        let mut size = witness.inputs.len();
        while size > 0 && self.left > 0 {
            let mut is_shorter = false;
            let mut end = witness.inputs.len();
            while end > 0 {
                let start = end.saturating_sub(size);
                let mut inputs = witness.inputs.clone();
                inputs.drain(start..end);
                let shorter = Witness { inputs, ..witness.clone() };
                is_shorter |= self.take(witness, shorter);
                end = start;
            }
            // A removed input can make an earlier one unnecessary.
            size = if is_shorter && size == 1 { 1 } else { size / 2 };
        }
    }

    /// Replaces inputs by the key 1, or by fewer keys.
    fn simplify(&mut self, witness: &mut Witness) {
        for index in (0..witness.inputs.len()).rev() {
            for simpler in simpler(witness, index) {
                if self.take(witness, simpler) {
                    break;
                }
            }
        }
    }
}

impl Witness {
    /// Returns the call with the values with which the witness starts.
    pub(super) fn with_values(&self, program: &Program, call: Call) -> Call {
        let call = self.context.iter().fold(call, |call, (name, value)| {
            call.context(program, name, Value::from(value.clone()))
        });
        let call = self.variables.iter().fold(call, |call, (name, value)| {
            call.variable(program, name, Value::from(value.clone()))
        });
        match self.seed {
            Some(seed) => call.seed(seed),
            None => call,
        }
    }

    /// Plays the call with the ordinary host, and returns it as it was played.
    pub(super) fn replay(&self, world: &World<'_>, call: Call) -> (Call, Trace) {
        let fixtures = self.over(world.fixtures);
        let call = call.request_outcomes(false).omit_inputs(false);
        let call = match self.fixtures {
            Some(_) => call.in_organisation(Arc::new(fixtures.clone())),
            None => call,
        };
        let mut host = FixtureHost::new(&fixtures, &self.inputs);
        let mut session = Session::start(Arc::clone(world.program), &call);
        let trace = play(&mut session, &call, &mut host);
        (call, trace)
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
    /// Contacts and queues, by section and name.
    objects: Vec<Object>,
}

impl Prepared {
    /// Adds an answer of another system.
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
            _ => return self.add_object(document(question, answer)),
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

    /// Adds entries of a contact or a queue to those that it has already.
    fn add_object(&mut self, new: Option<Object>) {
        let Some((section, name, entries)) = new else { return };
        let mut objects = self.objects.iter_mut();
        match objects.find(|(of, known, _)| *of == section && *known == name) {
            Some((_, _, known)) => {
                known.retain(|(key, _)| !entries.iter().any(|(new, _)| new == key));
                known.extend(entries);
            }
            None => self.objects.push((section, name, entries)),
        }
    }

    /// Returns the document; `None` if it would be empty.
    fn document(self) -> Option<Json> {
        let of = |section: &'static str| {
            let own = self.objects.iter().filter(move |(of, ..)| *of == section);
            own.map(|(_, name, it)| (name.clone(), Json::object(it.iter().cloned())))
        };
        let contacts: Vec<Json> = of("contacts").map(|(_, contact)| contact).collect();
        let queues: Vec<(Text, Json)> = of("queues").collect();
        let contacts =
            (!contacts.is_empty()).then(|| ("contacts".into(), Json::array(contacts)));
        let queues =
            (!queues.is_empty()).then(|| ("queues".into(), Json::object(queues)));
        let sections = self.sections.into_iter().map(|(section, entries)| {
            let entries =
                entries.into_iter().map(|(name, answers)| (name, Json::array(answers)));
            (Text::from(section), Json::object(entries))
        });
        let sections: Vec<(Text, Json)> =
            sections.chain(contacts).chain(queues).collect();
        (!sections.is_empty()).then(|| Json::object(sections))
    }
}

/// Returns witnesses with a simpler input at one place: the key 1, or fewer keys.
fn simpler(witness: &Witness, index: usize) -> Vec<Witness> {
    let with = |input: Input| {
        let mut inputs = witness.inputs.clone();
        inputs[index] = input;
        Witness { inputs, ..witness.clone() }
    };
    let input = &witness.inputs[index];
    let one = Input::Keys("1".into());
    let mut found = Vec::new();
    if let Input::Keys(keys) = input
        && let Some((last, _)) = keys.char_indices().next_back()
        && last > 0
    {
        found.push(with(Input::Keys(keys[..last].into())));
    }
    if *input != one {
        found.insert(0, with(one));
    }
    found
}

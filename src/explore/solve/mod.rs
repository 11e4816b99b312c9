//! Directed search: for an output that no call took, the values that lead there.
//!
//! A known call reaches the decision and takes another output. Its condition is solved with
//! the values that it has in that call, and the wanted values are followed back to the
//! answers, and to the values at the start of the call, from which they come. The changed
//! call is played before it counts. A search then continues from there.

mod difference;
mod played;
mod trail;

use std::collections::BTreeMap;

use crate::engine::{Call, Session};
use crate::expr::architect::{BUILT_INS, Changes, Expression};
use crate::flow::NodeId;
use crate::program::architect::{Action, Source, Switch, Traced};
use crate::program::{Program, StepAction};
use crate::value::{DateTime, Json, Text, Value};
use crate::world::Answer;

use super::analysed::{Analysed, LEAST_BUDGET, START_SHARE, Varied, has_open};
use super::emergencies::Emergency;
use super::starts::Start;
use super::transition::World;
use super::witness::Player;
use super::{Decided, Exploration, Verdict, Witness};

pub(super) use difference::Changed;
use played::Played;
use trail::{Edit, Edits, MOST_COPIES, Trail, with_member};

/// The number of times that a search continues from the calls that were found.
const MOST_ROUNDS: usize = 6;

/// The number of known calls that are changed for one output.
const MOST_CALLS: usize = 3;

/// The number of times that a call is changed again if it does not take the output yet.
const MOST_REPAIRS: u32 = 2;

/// The number of changed calls that are played for one output.
const MOST_TRIALS: u32 = 60;

/// Answers that are tried in addition, by the node that gets them.
#[derive(Debug, Default)]
pub(super) struct Hints(BTreeMap<NodeId, Vec<Answer>>);

impl Hints {
    /// Returns the answers to try at a node.
    pub(super) fn of(&self, node: NodeId) -> &[Answer] {
        self.0.get(&node).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, node: NodeId, answer: &Answer) {
        let answers = self.0.entry(node).or_default();
        if !answers.contains(answer) {
            answers.push(answer.clone());
        }
    }
}

/// An output that no call took, with the values that its conditions must have.
struct Wanted<'w> {
    goal: usize,
    node: NodeId,
    conditions: Vec<(&'w Expression, Value)>,
}

/// The purpose of a changed call at an action.
struct Aim<'a> {
    node: NodeId,
    /// Returns values before the action with which the call may do it.
    solve: &'a dyn Fn(&Session) -> Vec<Changes>,
    /// Whether the call with this start and these answers does it.
    is_met: &'a dyn Fn(&Start, &World<'_>, &[Answer]) -> bool,
}

/// A call that is changed: its start and its answers.
struct Attempt {
    start: Start,
    script: Vec<Answer>,
}

/// A call that takes a wanted output.
struct Solved {
    start: Start,
    script: Vec<Answer>,
    hints: Vec<(NodeId, Answer)>,
}

impl Analysed<'_> {
    /// Looks for calls that take the outputs that no call took, and continues the search
    /// from there.
    pub(super) fn solve(
        &self,
        varied: &mut Varied<'_>,
        pool: &rayon::ThreadPool,
        exploration: &mut Exploration,
        decided: &mut [Option<Decided>],
    ) {
        // The given call starts at the given time.
        if varied.start.at.is_some() {
            return;
        }
        let mut hints = Hints::default();
        for _ in 0..MOST_ROUNDS {
            let used = exploration.used;
            let starts = self.solve_all(varied, used, &mut hints, decided);
            if starts.is_empty() || varied.left == 0 || !has_open(decided) {
                break;
            }
            for start in starts {
                let call = requesting(&start);
                let mut world = self.world_of(varied, (&start, &call));
                world.context.hints = Some(&hints);
                let budget =
                    (varied.left / START_SHARE).max(LEAST_BUDGET).min(varied.left);
                let search = self.run(&world, budget, pool, exploration.used);
                varied.left = varied.left.saturating_sub(search.used);
                exploration.used += search.used;
                exploration.states += search.count();
                self.take_reached(&world, &start, &search, decided);
            }
        }
    }

    /// Solves every output that is undecided, after this number of answered questions.
    /// Returns the starts of the calls that were found.
    fn solve_all(
        &self,
        varied: &Varied<'_>,
        used: u64,
        hints: &mut Hints,
        decided: &mut [Option<Decided>],
    ) -> Vec<Start> {
        let mut starts: Vec<Start> = Vec::new();
        for wanted in self.wanted(decided) {
            if !is_open(&decided[wanted.goal]) || !self.patience.continues(used) {
                continue;
            }
            let Some(solved) = self.solve_one(varied, &wanted, decided) else { continue };
            solved.hints.iter().for_each(|(node, answer)| hints.add(*node, answer));
            self.take_call(varied, &solved, decided);
            let start = solved.start;
            let is_same = |other: &Start| {
                (other.at, &other.variables, &other.context, other.seed)
                    == (start.at, &start.variables, &start.context, start.seed)
            };
            if !starts.iter().any(is_same) {
                starts.push(start);
            }
        }
        starts
    }

    /// Takes the goals that a call reaches and that are still open.
    fn take_call(
        &self,
        varied: &Varied<'_>,
        solved: &Solved,
        decided: &mut [Option<Decided>],
    ) {
        let start = &solved.start;
        let call = requesting(start);
        let world = self.world_of(varied, (start, &call));
        let mut player = Player::new(&world).within(self.patience);
        let whole = player.call(&solved.script);
        let trace = player.play(&whole);
        let mut reached = vec![false; self.goals.count()];
        self.goals.each_reached(&trace.steps, &mut |goal| reached[goal] = true);
        for goal in self.goals.all().filter(|goal| reached[goal.number]) {
            let known = &mut decided[goal.number];
            if !is_open(known) {
                continue;
            }
            let Some(mut witness) = player.witness(&solved.script, goal.number) else {
                continue;
            };
            start.give(&mut witness);
            *known = Some(Decided {
                node: goal.node,
                output: goal.output.map(Text::from),
                start: start.call.flow(),
                at: start.at,
                verdict: Verdict::Reachable(witness),
            });
        }
    }

    /// Returns the undecided outputs whose conditions are known.
    fn wanted(&self, decided: &[Option<Decided>]) -> Vec<Wanted<'_>> {
        let goals = self.goals.all().filter(|goal| is_open(&decided[goal.number]));
        let wanted = goals.filter_map(|goal| {
            let output = goal.output?;
            let conditions = conditions(self.program, goal.node, output)?;
            let (goal, node) = (goal.number, goal.node);
            Some(Wanted { goal, node, conditions })
        });
        wanted.collect()
    }

    /// Changes known calls that reach the node until one takes the output.
    fn solve_one(
        &self,
        varied: &Varied<'_>,
        wanted: &Wanted<'_>,
        decided: &[Option<Decided>],
    ) -> Option<Solved> {
        let flow = varied.start.call.flow();
        let known = decided.iter().flatten().filter_map(|it| match &it.verdict {
            Verdict::Reachable(witness) if it.node == wanted.node && it.start == flow => {
                Some((it, witness))
            }
            _ => None,
        });
        let mut left = MOST_TRIALS;
        let aim = Aim {
            node: wanted.node,
            solve: &|session| session.solve(0, &wanted.conditions),
            is_met: &|_, world, script| {
                let mut player = Player::new(world).within(self.patience);
                player.witness(script, wanted.goal).is_some()
            },
        };
        known.take(MOST_CALLS).find_map(|(known, witness)| {
            let call = varied.start.call.clone();
            let call = match known.at {
                Some(at) => call.at(at),
                None => call,
            };
            let emergency = varied.start.emergency.as_ref();
            let start = self.start_of(call, known.at, witness, emergency);
            let call = requesting(&start);
            let world = self.world_of(varied, (&start, &call));
            let played = Played::witness(&world, witness);
            self.repair(varied, &aim, (&start, &played), MOST_REPAIRS, &mut left)
        })
    }

    /// Returns the start of a known call.
    fn start_of(
        &self,
        call: Call,
        at: Option<DateTime>,
        witness: &Witness,
        emergency: Option<&Emergency>,
    ) -> Start {
        let own = Emergency::known(witness, self.fixtures);
        let emergency = own.or_else(|| emergency.cloned());
        let call = match &emergency {
            Some(emergency) => emergency.call(&call),
            None => call,
        };
        Start {
            call: witness.with_values(self.program, call.clone()),
            bare: call,
            at,
            variables: witness.variables.clone(),
            context: witness.context.clone(),
            seed: witness.seed,
            emergency,
        }
    }

    /// Changes a call so that it does what is wanted, and changes it again if it does not.
    fn repair(
        &self,
        varied: &Varied<'_>,
        aim: &Aim<'_>,
        (start, played): (&Start, &Played),
        repairs: u32,
        left: &mut u32,
    ) -> Option<Solved> {
        let trail = Trail { program: self.program, played };
        let at = played.moments.iter().rposition(|moment| moment.node == aim.node)?;
        let session = &played.moments[at].before;
        let mut later = Vec::new();
        for changes in (aim.solve)(session) {
            if self.patience.is_over() {
                return None;
            }
            for edits in trail.all(at, &changes, MOST_COPIES) {
                *left = left.checked_sub(1)?;
                let Attempt { start, script } = self.edited(start, played, at, &edits);
                let call = requesting(&start);
                let world = self.world_of(varied, (&start, &call));
                if (aim.is_met)(&start, &world, &script) {
                    let hints = hints_of(played, &script);
                    return Some(Solved { start, script, hints });
                }
                later.push((start, script));
            }
        }
        let repairs = repairs.checked_sub(1)?;
        later.into_iter().find_map(|(start, script)| {
            let call = requesting(&start);
            let world = self.world_of(varied, (&start, &call));
            let again = Played::script(&world, &script);
            self.repair(varied, aim, (&start, &again), repairs, left)
        })
    }

    fn world_of<'w>(
        &'w self,
        varied: &Varied<'w>,
        (start, call): (&'w Start, &'w Call),
    ) -> World<'w> {
        let fixtures = start.fixtures(self.fixtures);
        self.world((call, fixtures), (varied.constants, varied.classes), false)
    }

    /// Returns the call with edits. Its script ends at the action with this place.
    fn edited(
        &self,
        start: &Start,
        played: &Played,
        at: usize,
        edits: &Edits,
    ) -> Attempt {
        let mut start = start.clone();
        let before = played.moments[..=at].iter().flat_map(|it| &it.answers);
        let count = before.max().map_or(0, |last| last + 1);
        let mut script = played.script[..count].to_vec();
        for edit in edits {
            match edit {
                Edit::Answer(place, answer) => {
                    if let Some(known) = script.get_mut(*place) {
                        *known = merged(&played.script[*place], known, answer);
                    }
                }
                Edit::Variable(slot, json) => self.set(&mut start, *slot, json),
                Edit::Attribute(name, text) => {
                    let field = Text::from(format!("participantData.{name}"));
                    let value = Value::String(text.clone());
                    start.call = start.call.context(self.program, &field, value);
                    put(&mut start.context, field, Json::String(text.clone()));
                }
                Edit::Start(at) => {
                    start.call = start.call.at(*at);
                    start.bare = start.bare.at(*at);
                    start.at = Some(*at);
                }
            }
        }
        Attempt { start, script }
    }

    fn set(&self, start: &mut Start, slot: u32, json: &Json) {
        let built_in = slot.checked_sub(self.program.built_in_first);
        let built_in = built_in.and_then(|index| BUILT_INS.get(index as usize));
        let name = match built_in {
            Some(known) => Some(Text::from(known.name)),
            None => self.program.symbols.variables.get(slot as usize).cloned(),
        };
        if let Some(name) = name {
            let call = start.call.clone();
            start.call = call.variable(self.program, &name, Value::from(json.clone()));
            put(&mut start.variables, name, json.clone());
        }
    }
}

/// Returns a call that requests the outcomes of actions.
fn requesting(start: &Start) -> Call {
    start.call.clone().request_outcomes(true)
}

/// Whether the verdict about a goal is open.
fn is_open(known: &Option<Decided>) -> bool {
    let verdict = known.as_ref().map(|it| &it.verdict);
    matches!(verdict, Some(Verdict::Undecided(_)))
}

/// Returns the answers of a changed call, with the nodes that get them.
fn hints_of(played: &Played, script: &[Answer]) -> Vec<(NodeId, Answer)> {
    let places = played
        .moments
        .iter()
        .flat_map(|moment| moment.answers.iter().map(move |place| (moment.node, *place)));
    let answers = places.filter_map(|(node, place)| {
        script.get(place).map(|answer| (node, answer.clone()))
    });
    answers.collect()
}

fn put(values: &mut Vec<(Text, Json)>, name: Text, json: Json) {
    values.retain(|(known, _)| *known != name);
    values.push((name, json));
}

/// Keeps the results that earlier edits changed in an answer when it is edited again.
fn merged(old: &Answer, known: &Answer, new: &Answer) -> Answer {
    let before = results(old);
    let edited = results(known).into_iter().filter(|it| !before.contains(it));
    let mut merged = new.clone();
    for (name, json) in edited {
        match &mut merged {
            Answer::Response(response) => {
                response.output = with_member(&response.output, name, json);
            }
            Answer::Action(answer) => put(&mut answer.outputs, name, json),
            _ => {}
        }
    }
    merged
}

fn results(answer: &Answer) -> Vec<(Text, Json)> {
    match answer {
        Answer::Response(response) => match &response.output {
            Json::Object(members) => {
                members.iter().map(|(name, json)| (name.clone(), json.clone())).collect()
            }
            _ => Vec::new(),
        },
        Answer::Action(answer) => answer.outputs.clone(),
        _ => Vec::new(),
    }
}

/// Returns the values that conditions must have for an output; `None` if they are not known.
fn conditions<'p>(
    program: &'p Program,
    node: NodeId,
    output: &str,
) -> Option<Vec<(&'p Expression, Value)>> {
    let StepAction::Architect(action) = &program.steps[node.index()].action else {
        return None;
    };
    match &**action {
        Action::Decision(decision) => {
            Some(vec![(expression(&decision.condition)?, (output == "yes").into())])
        }
        Action::Switch(switch) => {
            let labels = &program.symbols.node(node).outputs;
            let place = labels.iter().position(|label| label == output)?;
            of_switch(switch, place)
        }
        _ => None,
    }
}

/// Returns the conditions for the output of a switch: no earlier case matches.
fn of_switch(switch: &Switch, place: usize) -> Option<Vec<(&Expression, Value)>> {
    match (&switch.value, switch.cases.get(place)) {
        (Some(value), Some(case)) => match &case.source {
            Source::Constant(constant) => {
                Some(vec![(expression(value)?, constant.clone())])
            }
            _ => None,
        },
        (Some(_), None) => None,
        (None, _) => {
            let cases = switch.cases.iter().take(place + 1).enumerate();
            let wanted = cases.filter_map(|(number, case)| {
                Some((expression(case)?, (number == place).into()))
            });
            Some(wanted.collect())
        }
    }
}

fn expression(traced: &Traced) -> Option<&Expression> {
    match &traced.source {
        Source::Expression(expression) => Some(expression),
        _ => None,
    }
}

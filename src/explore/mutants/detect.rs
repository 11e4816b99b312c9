//! Calls that detect a mutant: known calls with another result in the mutant.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::analysis::attributes::attributes_set;
use crate::analysis::requests::external_requests;
use crate::engine::{Call, Session, play};
use crate::flow::FlowId;
use crate::program::Program;
use crate::trace::{EventKind, Phrase, Trace};
use crate::value::DateTime;
use crate::world::{FixtureHost, Fixtures};

use crate::explore::analysed::{Analyses, Reached, Varied};
use crate::explore::classes::Classes;
use crate::explore::solve::Changed;
use crate::explore::starts::Start;
use crate::explore::suite::{Candidate, candidates, in_organisation, over};
use crate::explore::{Exploration, Verdict, Witness};

use super::super::patience::Patience;
use super::Mutant;
use super::equivalent::Equivalence;
use super::vary::Variations;

/// The calls of an exploration, to look for one that detects a mutant.
pub struct Detector<'e> {
    program: &'e Arc<Program>,
    calls: &'e [Call],
    fixtures: &'e Fixtures,
    exploration: &'e Exploration,
    equivalence: Equivalence<'e>,
    analyses: Analyses,
    /// The parts of the program that calls of each flow can reach, with the classes of
    /// their values.
    parts: BTreeMap<FlowId, (Reached, Classes)>,
    variations: Variations,
    /// The known calls, those with few inputs first.
    known: Vec<Candidate<'e>>,
    /// Their traces, played when the first one is needed.
    traces: OnceLock<Vec<Trace>>,
}

/// Whether a call detects a mutant.
#[derive(Debug, Clone, PartialEq)]
pub enum Detection {
    /// This call has another result.
    Call(FlowId, Option<DateTime>, Witness),
    /// No call reaches the node of the mutant, so that none can detect it.
    Unreachable,
    /// The change has the same result for all values that its variables can have, or
    /// nothing reads the changed value.
    Equivalent,
    /// No known call reaches the node. The exploration did not prove that none does.
    Unreached,
    /// No known call has another result.
    Unknown,
}

/// The result of the search among known calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Searched {
    /// The call with this number has another result.
    Found(usize),
    /// The variation with the second number of the call with the first number has another
    /// result.
    Varied(usize, usize),
    /// The call with this number has another result with other values.
    Solved(usize),
    /// No call reaches the node.
    Unreached,
    /// No call has another result, and no variation or solution that was tried.
    Unknown,
}

/// The largest number of known calls that are changed by solving for a mutant.
const MOST_SOLVED: usize = 3;

/// The largest number of known calls that are varied for a mutant.
const MOST_VARIED: usize = 4;

impl<'e> Detector<'e> {
    /// Takes the calls of an exploration. `is_fixed` is its option: calls with other values
    /// or answers do not count.
    pub fn new(
        program: &'e Arc<Program>,
        calls: &'e [Call],
        fixtures: &'e Fixtures,
        exploration: &'e Exploration,
        is_fixed: bool,
    ) -> Self {
        let analyses = Analyses::of(program, is_fixed);
        let patience = Patience::new(&|_| true);
        let analysed = analyses.with(program, fixtures, &patience);
        let variations = Variations::of(&analysed, calls, is_fixed);
        let part = |call: &Call| {
            let reached = analysed.reached(call.flow());
            let classes = Classes::of(&analysed.origin(&reached));
            (call.flow(), (reached, classes))
        };
        let parts = calls.iter().map(part).collect();
        let equivalence = Equivalence::of(program, calls, fixtures);
        let mut known = candidates(exploration);
        known.sort_by_key(|it| it.witness.inputs.len());
        let traces = OnceLock::new();
        Self {
            program,
            calls,
            fixtures,
            exploration,
            equivalence,
            analyses,
            parts,
            variations,
            known,
            traces,
        }
    }

    /// Returns everything that decides the variations of calls that start in a flow, as text.
    pub fn identity_of_variations(&self, start: FlowId) -> String {
        self.variations.identity(start)
    }

    /// Returns the known calls: start, start time if it is not the given one, and inputs.
    /// The first number of [`Searched`] is an index into them.
    pub fn known(&self) -> impl Iterator<Item = (FlowId, Option<DateTime>, &Witness)> {
        self.known.iter().map(|it| (it.start, it.at, it.witness))
    }

    fn play(&self, program: &Arc<Program>, candidate: &Candidate<'_>) -> Trace {
        let fixtures = over(candidate.witness, self.fixtures);
        let call = candidate.call(program, self.calls);
        let call = in_organisation(call, candidate.witness, &fixtures);
        let mut session = Session::start(Arc::clone(program), &call);
        let mut host = FixtureHost::new(&fixtures, &candidate.witness.inputs);
        play(&mut session, &call, &mut host)
    }

    /// Looks for a call that has another result in the mutant. `changed` is its program.
    pub fn detect(&self, mutant: &Mutant, changed: &Arc<Program>) -> Detection {
        self.proved(mutant).unwrap_or_else(|| {
            let all = 0..self.known.len();
            self.detection(mutant, self.search(mutant, changed, all))
        })
    }

    /// Returns the reason why no call can detect a mutant, if it is known without playing
    /// calls.
    pub fn proved(&self, mutant: &Mutant) -> Option<Detection> {
        let is_unreachable = self.exploration.goals.iter().any(|goal| {
            goal.node == mutant.node
                && goal.output.is_none()
                && matches!(goal.verdict, Verdict::Unreachable(_))
        });
        if is_unreachable {
            return Some(Detection::Unreachable);
        }
        self.equivalence.holds(mutant).then_some(Detection::Equivalent)
    }

    /// Looks for the first of these known calls that has another result in the mutant.
    pub fn search(
        &self,
        mutant: &Mutant,
        changed: &Arc<Program>,
        among: impl IntoIterator<Item = usize>,
    ) -> Searched {
        let played = || self.known.iter().map(|it| self.play(self.program, it)).collect();
        let traces: &Vec<Trace> = self.traces.get_or_init(played);
        let mut near = Vec::new();
        for number in among {
            let (Some(candidate), Some(trace)) =
                (self.known.get(number), traces.get(number))
            else {
                continue;
            };
            if !trace.steps.iter().any(|step| step.node == mutant.node) {
                continue;
            }
            near.push(number);
            if differs(changed, trace, &self.play(changed, candidate)) {
                return Searched::Found(number);
            }
        }
        if near.is_empty() {
            return Searched::Unreached;
        }
        if let Some(varied) = self.vary(near.clone(), changed) {
            return varied;
        }
        let near = near.into_iter().take(MOST_SOLVED);
        let mut solved =
            near.filter(|number| self.solve(mutant, changed, *number).is_some());
        solved.next().map_or(Searched::Unknown, Searched::Solved)
    }

    /// Changes a known call so that it has another result, by solving the changed
    /// expression.
    fn solve(
        &self,
        mutant: &Mutant,
        changed: &Arc<Program>,
        number: usize,
    ) -> Option<(Option<DateTime>, Witness)> {
        let expressions = mutant.expressions(self.program);
        if self.variations.is_fixed || expressions.is_empty() {
            return None;
        }
        let known = self.known.get(number)?;
        let (reached, classes) = self.parts.get(&known.start)?;
        let patience = Patience::new(&|_| true);
        let analysed = self.analyses.with(self.program, self.fixtures, &patience);
        let call = known.call(self.program, self.calls);
        let (start, constants) = (&Start::of(&call), &reached.constants);
        let varied = Varied { start, givens: &[], constants, classes, left: 0 };
        let at = Changed { node: mutant.node, expressions };
        let differs = |at: Option<DateTime>, witness: &Witness| {
            let candidate = Candidate::new(known.start, at, witness);
            let own = self.play(self.program, &candidate);
            differs(changed, &own, &self.play(changed, &candidate))
        };
        analysed.difference(&varied, &at, (call, known.at, known.witness), &differs)
    }

    /// Looks for a variation of these known calls that has another result. Calls that start
    /// with many values come first.
    fn vary(&self, mut near: Vec<usize>, changed: &Arc<Program>) -> Option<Searched> {
        near.sort_by_key(|number| {
            let values = self.known.get(*number).map(|it| it.witness.variables.len());
            std::cmp::Reverse(values)
        });
        for number in near.into_iter().take(MOST_VARIED) {
            let Some(known) = self.known.get(number) else { continue };
            let varied = self.variations.of_call(known.start, known.witness);
            for (place, witness) in varied.iter().enumerate() {
                let candidate = Candidate::new(known.start, known.at, witness);
                let own = self.play(self.program, &candidate);
                if differs(changed, &own, &self.play(changed, &candidate)) {
                    return Some(Searched::Varied(number, place));
                }
            }
        }
        None
    }

    /// Returns the call that a search for a mutant found.
    pub fn detection(&self, mutant: &Mutant, searched: Searched) -> Detection {
        let found = match searched {
            Searched::Unreached => return Detection::Unreached,
            Searched::Unknown => None,
            Searched::Solved(number) => {
                let changed = mutant.program(self.program);
                let solved = self.solve(mutant, &changed, number);
                let known = self.known.get(number).zip(solved);
                return known.map_or(Detection::Unknown, |(known, (at, witness))| {
                    Detection::Call(known.start, at, witness)
                });
            }
            Searched::Found(number) => {
                self.known.get(number).map(|it| (it, it.witness.clone()))
            }
            Searched::Varied(number, place) => self.known.get(number).and_then(|it| {
                let varied = self.variations.of_call(it.start, it.witness);
                Some((it, varied.into_iter().nth(place)?))
            }),
        };
        found.map_or(Detection::Unknown, |(known, witness)| {
            Detection::Call(known.start, known.at, witness)
        })
    }
}

/// Whether a test can distinguish two calls.
fn differs(program: &Program, one: &Trace, other: &Trace) -> bool {
    let nodes = |trace: &Trace| trace.steps.iter().map(|it| it.node).collect::<Vec<_>>();
    let failure = |trace: &Trace| trace.failure.as_ref().map(|it| it.code);
    one.status != other.status
        || failure(one) != failure(other)
        || one.elapsed_ms != other.elapsed_ms
        || one.variables != other.variables
        || one.routing() != other.routing()
        || one.transfer() != other.transfer()
        || nodes(one) != nodes(other)
        || attributes_set(program, one) != attributes_set(program, other)
        || !prompts(one).eq(prompts(other))
        || external_requests(one) != external_requests(other)
}

/// The prompts of a call. Constant strings have the same ids in a program and its mutants.
fn prompts(trace: &Trace) -> impl Iterator<Item = &Phrase> {
    trace.events.iter().filter_map(|event| match &event.kind {
        EventKind::Prompted(phrase) => Some(phrase),
        _ => None,
    })
}

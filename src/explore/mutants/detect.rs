//! Calls that detect a mutant: known calls with another result in the mutant.

use std::sync::Arc;

use crate::analysis::attributes::attributes_set;
use crate::engine::{Call, Session, play};
use crate::flow::FlowId;
use crate::program::Program;
use crate::trace::{EventKind, Phrase, Trace};
use crate::value::DateTime;
use crate::world::{FixtureHost, Fixtures};

use crate::explore::suite::{Candidate, candidates, in_organisation, over};
use crate::explore::{Exploration, Verdict, Witness};

use super::Mutant;
use super::equivalent::Equivalence;

/// The calls of an exploration, to look for one that detects a mutant.
pub struct Detector<'e> {
    calls: &'e [Call],
    fixtures: &'e Fixtures,
    exploration: &'e Exploration,
    equivalence: Equivalence<'e>,
    /// The calls with their traces, and the nodes that they execute.
    known: Vec<(Candidate<'e>, Trace)>,
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

impl<'e> Detector<'e> {
    /// Plays the calls of an exploration.
    pub fn new(
        program: &'e Arc<Program>,
        calls: &'e [Call],
        fixtures: &'e Fixtures,
        exploration: &'e Exploration,
    ) -> Self {
        let equivalence = Equivalence::of(program, calls, fixtures);
        let known = Vec::new();
        let mut detector = Self { calls, fixtures, exploration, equivalence, known };
        let mut candidates = candidates(exploration);
        candidates.sort_by_key(|it| it.witness.inputs.len());
        for candidate in candidates {
            let trace = detector.play(program, &candidate);
            detector.known.push((candidate, trace));
        }
        detector
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
        let node = mutant.node;
        let is_unreachable = self.exploration.goals.iter().any(|goal| {
            goal.node == node
                && goal.output.is_none()
                && matches!(goal.verdict, Verdict::Unreachable(_))
        });
        if is_unreachable {
            return Detection::Unreachable;
        }
        if self.equivalence.holds(mutant) {
            return Detection::Equivalent;
        }
        let mut is_reached = false;
        for (candidate, trace) in &self.known {
            let is_near = trace.steps.iter().any(|step| step.node == node);
            is_reached |= is_near;
            if is_near && differs(changed, trace, &self.play(changed, candidate)) {
                let Candidate { start, at, witness, .. } = candidate;
                return Detection::Call(*start, *at, (*witness).clone());
            }
        }
        if is_reached { Detection::Unknown } else { Detection::Unreached }
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
}

/// The prompts of a call. Constant strings have the same ids in a program and its mutants.
fn prompts(trace: &Trace) -> impl Iterator<Item = &Phrase> {
    trace.events.iter().filter_map(|event| match &event.kind {
        EventKind::Prompted(phrase) => Some(phrase),
        _ => None,
    })
}

//! Findings that follow from an exploration: each has a call that shows it, or a proof.
//!
//! All findings but one are read from the traces of calls that the exploration found, so
//! a finding is never about a call that cannot happen. A node that reads data from outside
//! the flow is left out where other data would make a difference.

use std::sync::Arc;

use crate::diagnostic::Code;
use crate::engine::{Call, Session};
use crate::flow::kinds::FlowKind;
use crate::flow::{FlowId, NodeId};
use crate::program::architect::{Action, Lookup};
use crate::program::{Program, StepAction};
use crate::trace::{Event, EventKind, PathTaken, Status, Trace};
use crate::value::{AudioSegment, DateTime, Text};
use crate::world::{Answer, AnswerProgress, Fixtures, Input, Question};

use super::external::{Decidable, external_reads};
use super::graph::Graph;
use super::liveness::Liveness;
use super::suite::{Candidate, candidates, in_organisation, over};
use super::unset::{Settable, unset_reads};
use super::{Exploration, Verdict, Witness};

/// The number of last steps among which the beginning of an endless loop is looked for.
const LOOP_STEPS: usize = 200;

/// Errors that a call without the right fixtures has.
const OF_FIXTURES: [Code; 10] = [
    Code::DATA_ACTION_NOT_MOCKED,
    Code::WEBHOOK_NOT_MOCKED,
    Code::ACTION_NOT_SUPPORTED,
    Code::QUEUE_NOT_FOUND,
    Code::NOT_IN_FIXTURES,
    Code::DATA_TABLE_NOT_FOUND,
    Code::FLOW_NOT_FOUND,
    Code::CONTACT_NOT_FOUND,
    Code::CONTACTS_UNREADABLE,
    Code::LOOKUP_KEY_MISSING,
];

/// A finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The code.
    pub code: Code,
    /// The node.
    pub node: NodeId,
    /// The finding in words.
    pub message: String,
    /// The flow in which the call starts that shows the finding, and its start time if it
    /// is not the given one.
    pub start: FlowId,
    /// The start time of the call, if it is not the given one.
    pub at: Option<DateTime>,
    /// The call; `None` if the finding is that no call reaches the node.
    pub witness: Option<Witness>,
}

/// A played call.
struct Played {
    trace: Trace,
    /// For each question to the caller, the number of steps that had started.
    questions: Vec<usize>,
    has_hung_up: bool,
}

/// Returns the findings, by node and code. The call of each is the shortest known one.
pub fn findings(
    program: &Arc<Program>,
    calls: &[Call],
    fixtures: &Fixtures,
    exploration: &Exploration,
    is_fixed: bool,
) -> Vec<Finding> {
    let graph = Graph::of(program);
    let liveness = Liveness::of(program, &graph, !is_fixed);
    let mut is_external = vec![false; program.steps.len()];
    if !is_fixed {
        let starts = calls.iter().map(Call::flow);
        // Calls with other values are not played here, so none of them is decided.
        let decidable = Decidable::default();
        let nodes = starts.flat_map(|flow| {
            external_reads(program, &liveness, fixtures, flow, &decidable)
        });
        nodes.for_each(|node| is_external[node.index()] = true);
    }
    let settable = Settable::of(program);
    let mut found = Found { program, is_external, settable, findings: Vec::new() };
    found.unreachable(exploration);
    found.dead_ends(exploration);
    found.unhandled_failures(exploration);
    let mut candidates = candidates(exploration);
    candidates.sort_by_key(|it| (it.witness.inputs.len(), it.witness.fixtures.is_some()));
    for candidate in &candidates {
        let call = candidate.call(program, calls);
        let played = played(program, &call, fixtures, candidate.witness);
        found.of_call(candidate, &played);
    }
    found.findings.sort_by_key(|it| (it.node, it.code));
    found.findings
}

/// Plays a call, and notes when the caller was asked.
fn played(
    program: &Arc<Program>,
    call: &Call,
    fixtures: &Fixtures,
    witness: &Witness,
) -> Played {
    let fixtures = over(witness, fixtures);
    let call = in_organisation(call.clone(), witness, &fixtures);
    let mut session = Session::start(Arc::clone(program), &call);
    let mut progress = AnswerProgress::default();
    let mut inputs = witness.inputs.iter();
    let (mut questions, mut has_hung_up) = (Vec::new(), false);
    while let Some(question) = session.question() {
        let answer = match question {
            Question::Input(_) => {
                let input = inputs.next().cloned().unwrap_or(Input::Silence);
                has_hung_up |= input == Input::HangUp;
                questions.push(session.steps().len());
                Answer::Input(input)
            }
            _ => fixtures.answer(&question, &mut progress),
        };
        session.resume(answer);
    }
    let trace = session.take_trace().unwrap_or_else(|| unreachable!("the call is over"));
    Played { trace, questions, has_hung_up }
}

struct Found<'p> {
    program: &'p Program,
    /// Whether each node depends on data with a single tried value.
    is_external: Vec<bool>,
    settable: Settable,
    findings: Vec<Finding>,
}

impl Found<'_> {
    fn name(&self, node: NodeId) -> &Text {
        &self.program.symbols.node(node).name
    }

    /// Adds a finding of a call, unless there is one at the node.
    fn add(&mut self, code: Code, node: NodeId, message: String, of: &Candidate<'_>) {
        if self.findings.iter().any(|it| it.node == node && it.code == code) {
            return;
        }
        let (start, at, witness) = (of.start, of.at, Some(of.witness.clone()));
        self.findings.push(Finding { code, node, message, start, at, witness });
    }

    /// Nodes that no call reaches.
    fn unreachable(&mut self, exploration: &Exploration) {
        for goal in exploration.goals.iter().filter(|goal| goal.output.is_none()) {
            let Verdict::Unreachable(reason) = &goal.verdict else { continue };
            let message = format!("no call reaches `{}`: {reason}", self.name(goal.node));
            self.findings.push(Finding {
                code: Code::UNREACHABLE_NODE,
                node: goal.node,
                message,
                start: goal.start,
                at: None,
                witness: None,
            });
        }
    }

    /// Nodes from which only hanging up leads to the end of the call.
    fn dead_ends(&mut self, exploration: &Exploration) {
        for it in &exploration.dead_ends {
            let flow = self.program.steps[it.node.index()].flow;
            let part = self.program.unit(flow).architect.as_deref();
            if part.is_some_and(|part| part.nature == FlowKind::InQueue) {
                continue;
            }
            let message = format!(
                "from `{}`, the call ends only if the caller hangs up",
                self.name(it.node)
            );
            let candidate = Candidate::new(it.start, it.at, &it.witness);
            self.add(Code::DEAD_END, it.node, message, &candidate);
        }
    }

    /// Data actions whose failure leads to the same action as their success.
    fn unhandled_failures(&mut self, exploration: &Exploration) {
        for goal in &exploration.goals {
            let (Some(output), Verdict::Reachable(witness)) =
                (&goal.output, &goal.verdict)
            else {
                continue;
            };
            if !["failure", "timeout"].contains(&&**output)
                || !self.is_like_success(goal.node, output)
            {
                continue;
            }
            let candidate = Candidate::new(goal.start, goal.at, witness);
            let message = format!(
                "`{}` continues in the same way after `{output}` as after `success`",
                self.name(goal.node)
            );
            self.add(Code::UNHANDLED_FAILURE, goal.node, message, &candidate);
        }
    }

    fn is_like_success(&self, node: NodeId, output: &str) -> bool {
        let step = &self.program.steps[node.index()];
        let StepAction::Architect(action) = &step.action else { return false };
        if !matches!(**action, Action::Lookup(Lookup::DataAction(_))) {
            return false;
        }
        let outputs = &self.program.symbols.node(node).outputs;
        let target = |name: &str| {
            let index = outputs.iter().position(|it| it == name)?;
            step.targets.get(index).copied()
        };
        target(output).is_some() && target(output) == target("success")
    }

    /// The findings of a call.
    fn of_call(&mut self, of: &Candidate<'_>, played: &Played) {
        self.endless(of, played);
        self.errors(of, played);
        self.missing_values(of, &played.trace);
        self.unset_variables(of, &played.trace);
        self.repeated_prompts(of, played);
        self.silent_disconnect(of, played);
    }

    /// A call that has not ended after the largest number of actions.
    fn endless(&mut self, of: &Candidate<'_>, played: &Played) {
        let trace = &played.trace;
        let is_limit = |kind: &EventKind| matches!(kind, EventKind::Failed(failure) if failure.code == Code::ACTION_LIMIT_EXCEEDED);
        let in_trace = trace.events.iter().find(|event| is_limit(&event.kind));
        let is_of_call = { trace.failure.iter() }
            .any(|failure| failure.code == Code::ACTION_LIMIT_EXCEEDED);
        let last = match in_trace {
            Some(event) => event.step as usize,
            None if is_of_call => trace.steps.len(),
            None => return,
        };
        let steps = &trace.steps[last.saturating_sub(LOOP_STEPS)..last];
        // Waiting in a queue ends when an agent answers.
        let is_waiting = steps.iter().any(|step| {
            let flow = self.program.steps[step.node.index()].flow;
            let part = self.program.unit(flow).architect.as_deref();
            part.is_some_and(|part| part.nature == FlowKind::InQueue)
        });
        let first = steps.iter().map(|step| step.node).min();
        let Some(node) = first.filter(|_| !is_waiting) else { return };
        // A dead end says more.
        let is_dead_end = |it: &Finding| {
            it.code == Code::DEAD_END && steps.iter().any(|step| step.node == it.node)
        };
        if self.findings.iter().any(is_dead_end) {
            return;
        }
        let asks =
            played.questions.iter().any(|steps| last - steps.min(&last) < LOOP_STEPS);
        let message = match asks {
            true => format!(
                "the call does not end if the caller does nothing more: it comes back to \
                 `{}` again and again",
                self.name(node)
            ),
            false => format!(
                "the call does not end: it comes back to `{}` again and again without \
                 asking the caller",
                self.name(node)
            ),
        };
        self.add(Code::ENDLESS_CALL, node, message, of);
    }

    /// Errors that end the call, or that only the default error handling handles.
    fn errors(&mut self, of: &Candidate<'_>, played: &Played) {
        let trace = &played.trace;
        let ignored = [
            Code::ACTION_LIMIT_EXCEEDED,
            Code::CALLER_HUNG_UP,
            Code::SIMULATION_TIMEOUT,
            Code::FLOW_ENDED_IN_ERROR,
            Code::CALL_TOO_LARGE,
            Code::QUEUE_WAIT_EXCEEDED,
        ];
        for event in &trace.events {
            let EventKind::Failed(failure) = &event.kind else { continue };
            let Some(step) = trace.steps.get(event.step as usize) else { continue };
            let is_left_out = ignored.contains(&failure.code)
                || OF_FIXTURES.contains(&failure.code)
                || self.is_external[step.node.index()];
            // A flow that called this one may handle the error.
            let ends_call =
                trace.failure.as_ref().is_some_and(|it| it.code == failure.code);
            let is_unhandled = match (step.path, step.next) {
                (PathTaken::Error, Some(next)) => self.is_default_handling(next),
                (PathTaken::None | PathTaken::Error, _) => ends_call,
                _ => false,
            };
            if is_left_out || !is_unhandled {
                continue;
            }
            let message = format!(
                "`{}` fails with {}, and the flow does not handle the error",
                self.name(step.node),
                failure.code.name()
            );
            self.add(Code::UNHANDLED_ERROR, step.node, message, of);
        }
    }

    /// Whether a step belongs to an error handling that the author did not write.
    fn is_default_handling(&self, node: NodeId) -> bool {
        let flow = self.program.steps[node.index()].flow;
        let Some(part) = self.program.unit(flow).architect.as_deref() else {
            return false;
        };
        let span = |node: NodeId| self.program.symbols.node(node).span;
        part.on_error
            .is_some_and(|first| node >= first && span(part.begin) == span(first))
    }

    /// Templates that use a value that is not set.
    fn missing_values(&mut self, of: &Candidate<'_>, trace: &Trace) {
        for event in &trace.events {
            let EventKind::Missing(reference) = &event.kind else { continue };
            let Some(step) = trace.steps.get(event.step as usize) else { continue };
            if self.is_external[step.node.index()] {
                continue;
            }
            let name = self.program.symbols.reference(*reference);
            let message = format!(
                "`{}` uses `{{{name}}}` before it has a value",
                self.name(step.node)
            );
            self.add(Code::VARIABLE_NOT_FOUND, step.node, message, of);
        }
    }

    /// Expressions that read a variable which only an action on another path sets.
    fn unset_variables(&mut self, of: &Candidate<'_>, trace: &Trace) {
        for (node, variable) in unset_reads(self.program, &self.settable, trace) {
            let message = format!(
                "`{}` reads `{}` before an action sets it",
                self.name(node),
                self.program.symbols.variable(variable)
            );
            self.add(Code::READ_BEFORE_SET, node, message, of);
        }
    }

    /// A prompt that the caller hears twice, without a question in between.
    fn repeated_prompts(&mut self, of: &Candidate<'_>, played: &Played) {
        let trace = &played.trace;
        let symbols = &self.program.symbols;
        let events = trace.events.iter().enumerate();
        let prompts = events.filter_map(|(index, event)| match &event.kind {
            EventKind::Prompted(phrase) if !is_pause(trace.events.get(index + 1)) => {
                Some((event.step as usize, phrase.text(symbols).clone()))
            }
            _ => None,
        });
        let prompts: Vec<(usize, Text)> = prompts.collect();
        for pair in prompts.windows(2) {
            let [(before, one), (after, other)] = pair else { continue };
            let steps = (trace.steps.get(*before), trace.steps.get(*after));
            let (Some(before_step), Some(step)) = steps else { continue };
            let is_asked = played
                .questions
                .iter()
                .any(|asked| (before + 1..=*after).contains(asked));
            let is_same = one == other && before_step.node != step.node;
            if !is_same || is_asked || one.trim().is_empty() {
                continue;
            }
            let message = format!(
                "the caller hears the same prompt from `{}` and `{}`",
                self.name(before_step.node),
                self.name(step.node)
            );
            self.add(Code::REPEATED_PROMPT, step.node, message, of);
        }
    }

    /// A disconnect without a prompt since the last input.
    fn silent_disconnect(&mut self, of: &Candidate<'_>, played: &Played) {
        let trace = &played.trace;
        let is_handed_over = trace.routing().is_some() || trace.transfer().is_some();
        if trace.status != Status::Completed || played.has_hung_up || is_handed_over {
            return;
        }
        let Some(last) = trace.steps.last() else { return };
        let label = self.program.symbols.node(last.node);
        let part = self.program.unit(label.flow).architect.as_deref();
        let is_handling =
            part.and_then(|part| part.on_error).is_some_and(|it| last.node >= it);
        let is_call = part.is_none_or(|part| part.nature == FlowKind::Call);
        if !label.node_type.eq_ignore_ascii_case("disconnect") || is_handling || !is_call
        {
            return;
        }
        let since = played.questions.last().copied().unwrap_or_default();
        let is_told = trace.events.iter().any(|event| {
            matches!(event.kind, EventKind::Prompted(_)) && event.step as usize >= since
        });
        if !is_told {
            let message = format!(
                "`{}` disconnects a caller who heard nothing since the last input",
                label.name
            );
            self.add(Code::SILENT_DISCONNECT, last.node, message, of);
        }
    }
}

/// Whether a prompt is a pause. The event after the words of a prompt has its audio.
fn is_pause(after: Option<&Event>) -> bool {
    let Some(EventKind::Played(audio)) = after.map(|event| &event.kind) else {
        return false;
    };
    audio.segments.iter().all(|segment| matches!(segment, AudioSegment::Silence(_)))
}

//! The decisions of a call, from its trace or from the trace's JSON.

use super::json::{integer, items, member, number, text};
use super::{Decision, State};
use crate::flow::Legend;
use crate::trace::{Fact, Phrase, Status, Subject, Trace};
use crate::value::{DateTime, Duration, Json, Text, Value};

/// The variable by which a flow, or somebody who writes its variables, tells the decision.
/// *Source: seed 002.*
const TOLD_BY: &str = "finalRoutingDecision";

/// The entry of a queue's statistics that is logged. *Source: seed 002.*
const OCCUPANCY: &str = "availableAgents";

/// The decisions of a call. The instance is what the call is known by.
pub fn of_trace(trace: &Trace, legend: &Legend, instance: &str) -> Vec<Decision> {
    let mut log = Log::new(trace.start, instance);
    let mut asks_statistics = None;
    for event in &trace.events {
        let Some(step) = trace.steps.get(event.step as usize) else { continue };
        let at = step.end_ms;
        match &event.fact {
            Fact::Collected(keys) => {
                log.entry(keys, &legend.node(step.node).name, step.start_ms);
            }
            Fact::Asked(asked) if asked.subject == Subject::QueueStatistics => {
                asks_statistics = Some(event.step);
            }
            Fact::Answered(answer) if asks_statistics == Some(event.step) => {
                log.statistics(answer);
            }
            Fact::Assigned(variable, value) => {
                if let (true, Value::String(told)) =
                    (tells(legend.variable(*variable)), value)
                {
                    log.told(told, at);
                }
            }
            Fact::Routed(routing) => {
                let text = |phrase: &Option<Phrase>| {
                    phrase.as_ref().map(|phrase| phrase.text(legend).clone())
                };
                let name = text(&routing.queue_name).or_else(|| text(&routing.queue_id));
                log.routed(&word("queue", name.as_deref()), at);
            }
            Fact::Transferred(transfer) => {
                log.routed(&word(transfer.kind.name(), Some(&transfer.name)), at);
            }
            _ => {}
        }
    }
    let failed = (trace.status != Status::Completed).then(|| trace.status.name());
    log.end(failed, trace.elapsed_ms)
}

/// The decisions of a call of which there is the JSON of `flowsim.trace/1`, or a simulation
/// response, which has no times.
pub fn of_document(document: &Json, start: DateTime, instance: &str) -> Vec<Decision> {
    let mut log = Log::new(start, instance);
    let steps = document.get("steps").or_else(|| document.get("trace"));
    for step in items(steps) {
        let (result, asked) = (member(step, "result"), member(step, "asked"));
        let at = integer(step, "endMs");
        match text(asked, "kind") {
            Some("queueStatistics") => log.statistics(result),
            // The answer of somebody else may have an entry of any name.
            Some("contact" | "dataAction" | "webhook") => {}
            _ => of_result(result, step, at, &mut log),
        }
        if let Json::Object(variables) = member(result, "variables") {
            for (name, value) in variables.iter() {
                if let (true, Json::String(told)) = (tells(name), value) {
                    log.told(told, at);
                }
            }
        }
    }
    let failed = text(document, "status").filter(|status| *status != "completed");
    log.end(failed, integer(document, "elapsedMs"))
}

fn of_result(result: &Json, step: &Json, at: i64, log: &mut Log<'_>) {
    if let Some(keys) = text(result, "digits") {
        let node = text(step, "nodeName").or_else(|| text(step, "nodeId"));
        log.entry(keys, node.unwrap_or_default(), integer(step, "startMs"));
    }
    if result.get("queueId").is_some() && result.get("skills").is_some() {
        let name = text(result, "queueName").or_else(|| text(result, "queueId"));
        log.routed(&word("queue", name), at);
    }
    let transfer = member(result, "transfer");
    if let Some(kind) = text(transfer, "kind") {
        log.routed(&word(kind, text(transfer, "name")), at);
    }
}

/// Whether the variable tells the decision; variables of Architect's flows have a scope.
pub(super) fn tells(name: &str) -> bool {
    name.rsplit('.').next() == Some(TOLD_BY)
}

/// The seed's words for its two decisions, and words like them for the others; then to whom.
pub(super) fn word(kind: &str, name: Option<&str>) -> String {
    let kind = match kind {
        "voicemail" => "vm",
        "secureFlow" => "secure_flow",
        other => other,
    };
    match name {
        Some(name) if !name.is_empty() => format!("route_to_{kind}:{name}"),
        _ => format!("route_to_{kind}"),
    }
}

/// Decisions, one behind the other.
pub(super) struct Log<'i> {
    start: DateTime,
    instance: &'i str,
    decisions: Vec<Decision>,
    open: Option<Open>,
}

/// An entry of which it is not known yet what comes of it.
struct Open {
    keys: Text,
    occupancy: Option<f64>,
    has_checked: bool,
    /// What the flow tells, and when.
    told: Option<(Text, i64)>,
    /// Where the conversation was sent last, and when.
    routed: Option<(Text, i64)>,
}

impl<'i> Log<'i> {
    pub(super) fn new(start: DateTime, instance: &'i str) -> Self {
        Self { start, instance, decisions: Vec::new(), open: None }
    }

    /// Keys that this node asked for at this time.
    pub(super) fn entry(&mut self, keys: &str, node: &str, asked_at: i64) {
        self.close(&format!("ask:{node}"), State::WaitingDtmf, None, asked_at);
        if keys.is_empty() {
            return;
        }
        self.open = Some(Open {
            keys: keys.into(),
            occupancy: None,
            has_checked: false,
            told: None,
            routed: None,
        });
    }

    fn statistics(&mut self, answer: &Json) {
        if let Some(open) = &mut self.open {
            open.has_checked = true;
            open.occupancy = answer.get(OCCUPANCY).and_then(number);
        }
    }

    pub(super) fn told(&mut self, decision: &str, at: i64) {
        if let Some(open) = self.open.as_mut().filter(|_| !decision.is_empty()) {
            open.told = Some((decision.into(), at));
        }
    }

    pub(super) fn routed(&mut self, decision: &str, at: i64) {
        if let Some(open) = &mut self.open {
            open.routed = Some((decision.into(), at));
        }
    }

    pub(super) fn end(mut self, failed: Option<&str>, at: i64) -> Vec<Decision> {
        let has_checked = self.open.as_ref().is_some_and(|open| open.has_checked);
        match failed {
            None => self.close("end", State::Complete, None, at),
            Some(status) => {
                let state =
                    if has_checked { State::CheckingQueue } else { State::WaitingDtmf };
                self.close(status, state, Some(State::Routing), at);
            }
        }
        self.decisions
    }

    /// Writes down what came of the open entry: this, unless a decision was made before,
    /// which then stands in its own state.
    fn close(&mut self, otherwise: &str, state: State, decided: Option<State>, at: i64) {
        let Some(open) = self.open.take() else { return };
        let (decision, state, at) = match open.told.or(open.routed) {
            Some((decision, at)) => (decision, decided.unwrap_or(State::Complete), at),
            None => (otherwise.into(), state, at),
        };
        let time =
            Duration::from_milliseconds(at).and_then(|it| self.start.checked_add(it));
        self.decisions.push(Decision {
            timestamp: time.unwrap_or(self.start).to_string().into(),
            flow_instance_id: self.instance.into(),
            dtmf: open.keys,
            queue_occupancy: open.occupancy,
            routing_decision: decision,
            state: state.name().into(),
        });
    }
}

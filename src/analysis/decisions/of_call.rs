//! Decisions of a call, from its trace or from the JSON of the trace.

use super::json::{integer, items, member, number, text};
use super::{Decision, State};
use crate::flow::SymbolTable;
use crate::trace::{EventKind, Phrase, Status, Subject, Trace};
use crate::value::{DateTime, Duration, Json, Text, Value};

/// Variable that contains the decision. A flow sets it, or an external program that
/// writes the variables of the flow. *Source: the state-machine tutorial.*
const DECISION_VARIABLE: &str = "finalRoutingDecision";

/// Entry of the queue statistics that is logged. *Source: the state-machine tutorial.*
const OCCUPANCY: &str = "availableAgents";

/// Returns the decisions of a call. `instance` is the id of the call.
pub fn of_trace(trace: &Trace, symbols: &SymbolTable, instance: &str) -> Vec<Decision> {
    let mut log = Log::new(trace.start, instance);
    let mut statistics_step = None;
    for event in &trace.events {
        let Some(step) = trace.steps.get(event.step as usize) else { continue };
        let at = step.end_ms;
        match &event.kind {
            EventKind::Collected(keys) => {
                log.entry(keys, &symbols.node(step.node).name, step.start_ms);
            }
            EventKind::Requested(asked) if asked.subject == Subject::QueueStatistics => {
                statistics_step = Some(event.step);
            }
            EventKind::Answered(answer) if statistics_step == Some(event.step) => {
                log.statistics(answer);
            }
            EventKind::Assigned(variable, value) => {
                if let (true, Value::String(decision)) =
                    (is_decision_variable(symbols.variable(*variable)), value)
                {
                    log.decided(decision, at);
                }
            }
            EventKind::Routed(routing) => {
                let text = |phrase: &Option<Phrase>| {
                    phrase.as_ref().map(|phrase| phrase.text(symbols).clone())
                };
                let name = text(&routing.queue_name).or_else(|| text(&routing.queue_id));
                log.routed(&word("queue", name.as_deref()), at);
            }
            EventKind::Transferred(transfer) => {
                log.routed(&word(transfer.kind.name(), Some(&transfer.name)), at);
            }
            _ => {}
        }
    }
    let failed = (trace.status != Status::Completed).then(|| trace.status.name());
    log.end(failed, trace.elapsed_ms)
}

/// Returns the decisions of a call from a `flowsim.trace/1` document, or from a
/// simulation response, which has no times.
pub fn of_document(document: &Json, start: DateTime, instance: &str) -> Vec<Decision> {
    let mut log = Log::new(start, instance);
    let steps = document.get("steps").or_else(|| document.get("trace"));
    for step in items(steps) {
        let (result, asked) = (member(step, "result"), member(step, "asked"));
        let at = integer(step, "endMs");
        match text(asked, "kind") {
            Some("queueStatistics") => log.statistics(result),
            // Answers of other services may have entries of any name.
            Some("contact" | "dataAction" | "webhook") => {}
            _ => of_result(result, step, at, &mut log),
        }
        if let Json::Object(variables) = member(result, "variables") {
            for (name, value) in variables.iter() {
                if let (true, Json::String(decision)) =
                    (is_decision_variable(name), value)
                {
                    log.decided(decision, at);
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

/// Returns whether the variable contains the decision. Variables of Architect flows have
/// a scope prefix.
pub(super) fn is_decision_variable(name: &str) -> bool {
    name.rsplit('.').next() == Some(DECISION_VARIABLE)
}

/// Returns the decision as text: a word for its kind, then the target. The words for
/// queue and voicemail are those of the tutorial, and the others are formed like them.
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

/// The decisions of a call, in order.
pub(super) struct Log<'i> {
    start: DateTime,
    instance: &'i str,
    decisions: Vec<Decision>,
    open: Option<Open>,
}

/// An input whose outcome is not known yet.
struct Open {
    keys: Text,
    occupancy: Option<f64>,
    has_checked: bool,
    /// Decision in the variable, and its time.
    decided: Option<(Text, i64)>,
    /// Last routing of the conversation, and its time.
    routed: Option<(Text, i64)>,
}

impl<'i> Log<'i> {
    pub(super) fn new(start: DateTime, instance: &'i str) -> Self {
        Self { start, instance, decisions: Vec::new(), open: None }
    }

    /// Starts an input with these keys, which this node requested at this time.
    pub(super) fn entry(&mut self, keys: &str, node: &str, asked_at: i64) {
        self.close(&format!("ask:{node}"), State::WaitingDtmf, None, asked_at);
        if keys.is_empty() {
            return;
        }
        self.open = Some(Open {
            keys: keys.into(),
            occupancy: None,
            has_checked: false,
            decided: None,
            routed: None,
        });
    }

    fn statistics(&mut self, answer: &Json) {
        if let Some(open) = &mut self.open {
            open.has_checked = true;
            open.occupancy = answer.get(OCCUPANCY).and_then(number);
        }
    }

    pub(super) fn decided(&mut self, decision: &str, at: i64) {
        if let Some(open) = self.open.as_mut().filter(|_| !decision.is_empty()) {
            open.decided = Some((decision.into(), at));
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

    /// Logs the outcome of the open input. A decision made earlier takes precedence and
    /// has its own state.
    fn close(&mut self, otherwise: &str, state: State, decided: Option<State>, at: i64) {
        let Some(open) = self.open.take() else { return };
        let (decision, state, at) = match open.decided.or(open.routed) {
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

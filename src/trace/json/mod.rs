//! Traces as JSON, `flowsim.trace/1`; `docs/trace.md` describes the format.

mod members;
mod names;
mod paths;
mod result;
mod times;

use std::borrow::Cow;
use std::ops::Range;

use super::event::{
    Connection, EventKind, Failure, PathTaken, Phrase, Request, Routing, Status, Step,
    Trace, Transfer,
};
use super::steps::{Events, Grouped};
use crate::diagnostic::Code;
use crate::flow::{EndType, NodeId, SymbolTable};
use crate::source::Files;
use crate::value::{write_json_string, write_json_string_between};
pub use names::JsonNames;
pub(super) use names::platform_path;
use paths::write_decision;
pub(super) use paths::{write_condition, write_path};
use times::LastTimes;

/// Beginning of a trace without a failure.
const COMPLETED: &str =
    "{\"schema\":\"flowsim.trace/1\",\"status\":\"completed\",\"error\":null";

/// Separator and beginning of a step.
const NEXT_STEP: &str = ",{\"seq\":";

/// The rest of a step without a next one, after the braces of a group and of the
/// result, and [`NEXT_STEP`].
const END: &str = "}},\"next\":null,\"diagnostics\":[]},{\"seq\":";

/// The path, the result and the rest of a step that ends its flow, and [`NEXT_STEP`].
const NORMAL_END: &str = "null,\"result\":{\"endType\":\"normal\"},\"next\":null,\
    \"diagnostics\":[]},{\"seq\":";

/// Parts of the steps that were written before.
#[derive(Default)]
struct Progress {
    times: LastTimes,
    /// Place of the members of the last routing in the output.
    routing: Range<usize>,
}

/// Writer for traces of one program.
#[derive(Debug, Clone)]
pub struct JsonWriter<'l> {
    symbols: &'l SymbolTable,
    names: Cow<'l, JsonNames>,
}

/// Writer for the parts of traces.
#[derive(Clone, Copy)]
pub(crate) struct PartWriter<'w> {
    symbols: &'w SymbolTable,
    names: &'w JsonNames,
}

impl<'l> JsonWriter<'l> {
    /// Creates a writer for traces of a program.
    pub fn new(symbols: &'l SymbolTable) -> Self {
        Self { symbols, names: Cow::Owned(JsonNames::new(symbols)) }
    }

    /// Creates a writer for traces of a program whose flows are in `files`. Steps have the
    /// positions of their nodes.
    pub fn with_files(symbols: &'l SymbolTable, files: &Files) -> Self {
        Self { symbols, names: Cow::Owned(JsonNames::with_files(symbols, files)) }
    }

    /// Creates a writer with names that are already serialized.
    pub fn with(symbols: &'l SymbolTable, names: &'l JsonNames) -> Self {
        Self { symbols, names: Cow::Borrowed(names) }
    }

    /// Appends the trace on one line, without a line break.
    pub fn write(&self, trace: &Trace, out: &mut String) {
        self.parts().write(trace, out);
    }

    /// Returns a writer for the parts of traces.
    pub(crate) fn parts(&self) -> PartWriter<'_> {
        PartWriter { symbols: self.symbols, names: &self.names }
    }
}

impl PartWriter<'_> {
    fn write(&self, trace: &Trace, out: &mut String) {
        self.write_status(trace, out);
        write_number(trace.elapsed_ms, out);
        out.push_str(",\"actions\":");
        write_number(i64::from(trace.actions), out);
        let routing = self.write_steps(trace, out);
        out.push_str("],\"variables\":{");
        self.write_variables(trace, out);
        let last = LastEvents::of(trace);
        let mut skipped = 1;
        match (last.routings, last.connected) {
            // A copy is faster than to write it again.
            (1, None) if !routing.is_empty() => {
                out.push_str("},\"routing\":{");
                out.extend_from_within(routing);
                skipped = 0;
            }
            _ => {
                out.push_str("},\"routing\":");
                self.write_routed(last.routed, last.connected, out);
            }
        }
        if let Some(transfer) = last.transferred {
            out.push_str(&"},\"transfer\":"[skipped..]);
            write_transfer(transfer, out);
            skipped = 1;
        }
        out.push_str(&"},\"prompts\":["[skipped..]);
        self.write_prompts(trace, out);
        if last.has_notes {
            out.push_str("],\"diagnostics\":[");
            self.write_diagnostics(trace, out);
            out.push_str("]}");
        } else {
            out.push_str("],\"diagnostics\":[]}");
        }
    }

    /// Writes all prompts. Each has a comma after it; the last comma is removed.
    fn write_prompts(&self, trace: &Trace, out: &mut String) {
        let begin = out.len();
        for event in &trace.events {
            match &event.kind {
                EventKind::Prompted(Phrase::Constant(id)) => {
                    out.push_str(self.names.prompts[id.index()].item());
                }
                EventKind::Prompted(Phrase::Made(text)) => {
                    write_json_string_between("\"", text, "\",", out);
                }
                _ => {}
            }
        }
        if out.len() > begin {
            out.truncate(out.len() - 1);
        }
    }

    fn write_status(&self, trace: &Trace, out: &mut String) {
        let flow = &self.names.flows[trace.flow.index()];
        if (trace.status, &trace.failure) == (Status::Completed, &None) {
            return out.push_str(flow.with_key());
        }
        out.push_str("{\"schema\":\"flowsim.trace/1\",\"status\":\"");
        out.push_str(trace.status.name());
        out.push_str("\",\"error\":");
        self.write_call_failure(trace, out);
        out.push_str(flow.member());
    }

    pub(crate) fn write_call_failure(&self, trace: &Trace, out: &mut String) {
        let Some(failure) = &trace.failure else {
            out.push_str("null");
            return;
        };
        out.push('{');
        write_failure(failure, out);
        out.push_str(",\"nodeId\":");
        self.write_node_id(trace.failed_at, out);
        out.push('}');
    }

    /// Writes the steps, and returns the place of the last routing in the output, which is
    /// empty without a routing.
    fn write_steps(&self, trace: &Trace, out: &mut String) -> Range<usize> {
        let mut progress = Progress::default();
        if trace.steps.is_empty() {
            out.push_str(",\"steps\":[");
            return progress.routing;
        }
        // Each step ends with the beginning of a further one; the last one is removed.
        out.push_str(",\"steps\":[{\"seq\":");
        Grouped::new(trace).each(|index, step, events| {
            self.write_step(step, index, events, &mut progress, out);
        });
        out.truncate(out.len() - NEXT_STEP.len());
        progress.routing
    }

    fn write_step(
        &self,
        step: &Step,
        index: usize,
        events: &Events<'_>,
        Progress { times, routing }: &mut Progress,
        out: &mut String,
    ) {
        write_number(i64::try_from(index + 1).unwrap_or(i64::MAX), out);
        self.names.nodes[step.node.index()].write_begin(step.depth, out);
        let mut has_entries = false;
        match step.path {
            PathTaken::Next => out.push_str(times.with_next(step)),
            PathTaken::Output(index) => {
                out.push_str(times.of(step));
                self.write_output_path(step.node, index, out);
            }
            PathTaken::None => {
                out.push_str(times.of(step));
                if let (None, Some(EventKind::Ended(EndType::Normal))) =
                    (step.next, events.only())
                {
                    return out.push_str(NORMAL_END);
                }
                out.push_str("null,\"result\":{");
            }
            PathTaken::Error => {
                out.push_str(times.of(step));
                out.push_str("\"error\",\"result\":{");
            }
            path @ (PathTaken::Condition(_) | PathTaken::Default) => {
                out.push_str(times.of(step));
                write_decision(path, out);
                has_entries = true;
            }
        }
        let written = self.write_result(step, events, has_entries, routing, out);
        let skipped = usize::from(!written.is_open);
        if written.has_more {
            out.push_str(&"}},\"next\":"[skipped..]);
            return self.write_next_and_more(step.next, events, out);
        }
        let next = step.next.map(|node| &self.names.nodes[node.index()]);
        let end = next.map_or(END, |next| &next.end);
        out.push_str(&end[skipped..]);
    }

    fn write_next_and_more(
        &self,
        next: Option<NodeId>,
        events: &Events<'_>,
        out: &mut String,
    ) {
        self.write_node_id(next, out);
        let asked = events.iter().filter_map(|fact| match fact {
            EventKind::Requested(asked) => Some(asked),
            _ => None,
        });
        if let Some(asked) = asked.last() {
            write_asked(asked, out);
        }
        out.push_str(",\"diagnostics\":[");
        let mut separator = Separator::default();
        for fact in events.iter().filter(|fact| is_diagnostic(fact)) {
            self.write_diagnostic(fact, None, &mut separator, out);
        }
        out.push_str("]}");
        out.push_str(NEXT_STEP);
    }

    pub(super) fn write_names(&self, step: &Step, out: &mut String) {
        self.names.nodes[step.node.index()].write_names(out);
    }

    fn write_output_path(&self, node: NodeId, index: u16, out: &mut String) {
        let path = self.names.nodes[node.index()].outputs.get(usize::from(index));
        out.push_str(path.map_or(times::NEXT, String::as_str));
    }

    pub(super) fn write_node_id(&self, node: Option<NodeId>, out: &mut String) {
        match node {
            Some(node) => out.push_str(&self.names.nodes[node.index()].id),
            None => out.push_str("null"),
        }
    }

    fn write_phrase(&self, phrase: &Phrase, out: &mut String) {
        match phrase {
            Phrase::Constant(id) => {
                out.push_str(self.names.prompts[id.index()].member());
            }
            Phrase::Made(text) => write_json_string(text, out),
        }
    }

    /// Writes the last routing, with the agent who answered, or null.
    pub(super) fn write_last_routing(&self, trace: &Trace, out: &mut String) {
        self.write_routed(trace.routing(), trace.connection(), out);
    }

    fn write_routed(
        &self,
        routing: Option<&Routing>,
        connection: Option<&Connection>,
        out: &mut String,
    ) {
        let Some(routing) = routing else { return out.push_str("null") };
        out.push_str("{\"queueId\":");
        self.write_routing(routing, out);
        if let Some(connection) = connection {
            out.push(',');
            write_connection(connection, out);
        }
        out.push('}');
    }

    /// Writes a routing after its first key.
    fn write_routing(&self, routing: &Routing, out: &mut String) {
        match &routing.queue_id {
            Some(phrase) => self.write_phrase(phrase, out),
            None => out.push_str("null"),
        }
        let is_plain = routing.skills.is_empty() && routing.priority.is_none();
        match &routing.queue_name {
            Some(Phrase::Made(name)) if is_plain => {
                let end = "\",\"skills\":[],\"priority\":null";
                return write_json_string_between(",\"queueName\":\"", name, end, out);
            }
            Some(phrase) => {
                out.push_str(",\"queueName\":");
                self.write_phrase(phrase, out);
            }
            None => out.push_str(",\"queueName\":null"),
        }
        if is_plain {
            return out.push_str(",\"skills\":[],\"priority\":null");
        }
        out.push_str(",\"skills\":[");
        let mut separator = Separator::default();
        for skill in &routing.skills {
            separator.before(out);
            write_json_string(skill, out);
        }
        out.push_str("],\"priority\":");
        match routing.priority {
            Some(priority) => write_number(priority, out),
            None => out.push_str("null"),
        }
    }

    pub(crate) fn write_variables(&self, trace: &Trace, out: &mut String) {
        let mut separator = Separator::default();
        for (variable, value) in &trace.variables {
            separator.before(out);
            self.names.variables[variable.index()].write(value, out);
        }
        for (name, value) in &trace.other_variables {
            separator.before(out);
            write_json_string(name, out);
            out.push(':');
            value.write_json(out);
        }
    }

    fn write_diagnostics(&self, trace: &Trace, out: &mut String) {
        let mut separator = Separator::default();
        for event in trace.events.iter().filter(|event| is_diagnostic(&event.kind)) {
            let node = trace.steps.get(event.step as usize).map(|step| step.node);
            self.write_diagnostic(&event.kind, node, &mut separator, out);
        }
    }

    fn write_diagnostic(
        &self,
        fact: &EventKind,
        node: Option<NodeId>,
        separator: &mut Separator,
        out: &mut String,
    ) {
        let Some((code, message)) = diagnostic(fact, self.symbols) else { return };
        separator.before(out);
        out.push_str("{\"code\":\"");
        out.push_str(code.name());
        out.push_str("\",\"message\":");
        write_json_string(&message, out);
        if node.is_some() {
            out.push_str(",\"nodeId\":");
            self.write_node_id(node, out);
        }
        out.push('}');
    }
}

/// The last events of the kinds that a trace shows once.
#[derive(Default)]
struct LastEvents<'t> {
    /// Number of routings.
    routings: usize,
    routed: Option<&'t Routing>,
    transferred: Option<&'t Transfer>,
    connected: Option<&'t Connection>,
    has_notes: bool,
}

impl<'t> LastEvents<'t> {
    fn of(trace: &'t Trace) -> Self {
        let mut last = Self::default();
        for event in &trace.events {
            match &event.kind {
                EventKind::Routed(routing) => {
                    last.routings += 1;
                    last.routed = Some(routing);
                }
                EventKind::Transferred(transfer) => last.transferred = Some(transfer),
                EventKind::Connected(connection) => last.connected = Some(connection),
                fact => last.has_notes |= is_diagnostic(fact),
            }
        }
        last
    }
}

fn is_diagnostic(fact: &EventKind) -> bool {
    matches!(
        fact,
        EventKind::Missing(_)
            | EventKind::Noted(_)
            | EventKind::Unfilled(..)
            | EventKind::Warned(_)
    )
}

/// Returns the diagnostic that a fact represents, if any.
pub fn diagnostic(fact: &EventKind, symbols: &SymbolTable) -> Option<(Code, String)> {
    match fact {
        EventKind::Missing(reference) => {
            let name = symbols.reference(*reference);
            Some((Code::VARIABLE_NOT_FOUND, format!("`{{{name}}}` has no value")))
        }
        EventKind::Unfilled(variable, failure) => {
            let name = symbols.variable(*variable);
            let message =
                format!("the initial value of `{name}` is NOT_SET: {}", failure.message);
            Some((failure.code, message))
        }
        EventKind::Noted(code) => {
            let message = match *code {
                Code::QUEUE_NOT_CHECKED => {
                    "the fixtures define no queues; any queue is accepted"
                }
                Code::NO_DEFAULT_BRANCH => {
                    "no condition is true and there is no default branch"
                }
                Code::MISSING_ON_COMPLETE => "there is no next node; the flow ends here",
                other => other.meaning(),
            };
            Some((*code, message.into()))
        }
        EventKind::Warned(problem) => Some((problem.code, problem.message.to_string())),
        _ => None,
    }
}

/// Writes commas between items, not before the first one.
#[derive(Default)]
pub(super) struct Separator {
    follows_item: bool,
}

impl Separator {
    pub(super) fn before(&mut self, out: &mut String) {
        if self.follows_item {
            out.push(',');
        }
        self.follows_item = true;
    }
}

fn write_asked(asked: &Request, out: &mut String) {
    out.push_str(",\"asked\":{\"kind\":\"");
    out.push_str(asked.subject.name());
    out.push_str("\",\"name\":");
    write_json_string(&asked.name, out);
    out.push_str(",\"inputs\":");
    asked.inputs.write(out);
    out.push('}');
}

fn write_connection(connection: &Connection, out: &mut String) {
    out.push_str("\"answeredAfterMs\":");
    write_number(connection.waited_ms, out);
    if let Some(agent) = &connection.agent {
        out.push_str(",\"agent\":");
        write_json_string(agent, out);
    }
}

pub(crate) fn write_transfer(transfer: &Transfer, out: &mut String) {
    out.push_str("{\"kind\":\"");
    out.push_str(transfer.kind.name());
    out.push_str("\",\"id\":");
    match &transfer.id {
        Some(id) => write_json_string(id, out),
        None => out.push_str("null"),
    }
    out.push_str(",\"name\":");
    write_json_string(&transfer.name, out);
    out.push('}');
}

fn write_failure(failure: &Failure, out: &mut String) {
    out.push_str("\"code\":\"");
    out.push_str(failure.code.name());
    out.push_str("\",\"message\":");
    write_json_string(&failure.message, out);
}

#[inline]
pub(super) fn write_number(number: i64, out: &mut String) {
    match u8::try_from(number) {
        // Most numbers of a trace are small.
        Ok(digit @ 0..=9) => out.push(char::from(b'0' + digit)),
        _ => out.push_str(itoa::Buffer::new().format(number)),
    }
}

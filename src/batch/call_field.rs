//! Properties of a call that a batch can output.

use crate::flow::SymbolTable;
use crate::suite::Played;
use crate::trace::{JsonWriter, Phrase, write_transfer};
use crate::value::{Text, write_json_string};

/// A property of a call in a row of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallField {
    /// Final status: `completed`, `error` or `timeout`.
    Status,
    /// Error that ended the call, with its node.
    Failure,
    /// Name of the flow in which the call began.
    Flow,
    /// Id of the queue to which the call was routed last.
    QueueId,
    /// Name of that queue.
    QueueName,
    /// Skills of that routing.
    Skills,
    /// Priority of that routing.
    Priority,
    /// Last transfer to something other than a queue.
    Transfer,
    /// Names of the executed nodes.
    Path,
    /// Ids of the executed nodes.
    NodeIds,
    /// Prompts that the caller heard.
    Prompts,
    /// Variables of the first flow at the end.
    Variables,
    /// Duration on the virtual clock, in milliseconds.
    ElapsedMs,
    /// Number of started actions.
    Actions,
    /// Number of inputs that no flow requested.
    UnusedInputs,
    /// The whole call, as `flowsim run --format json` prints it.
    Trace,
}

impl CallField {
    /// All properties.
    pub const ALL: [Self; 16] = [
        Self::Status,
        Self::Failure,
        Self::Flow,
        Self::QueueId,
        Self::QueueName,
        Self::Skills,
        Self::Priority,
        Self::Transfer,
        Self::Path,
        Self::NodeIds,
        Self::Prompts,
        Self::Variables,
        Self::ElapsedMs,
        Self::Actions,
        Self::UnusedInputs,
        Self::Trace,
    ];

    /// Properties that are written if none are chosen.
    pub const DEFAULT: [Self; 4] =
        [Self::Status, Self::Failure, Self::QueueId, Self::Path];

    /// Returns the key in a row.
    pub fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Failure => "failure",
            Self::Flow => "flow",
            Self::QueueId => "queueId",
            Self::QueueName => "queueName",
            Self::Skills => "skills",
            Self::Priority => "priority",
            Self::Transfer => "transfer",
            Self::Path => "path",
            Self::NodeIds => "nodeIds",
            Self::Prompts => "prompts",
            Self::Variables => "variables",
            Self::ElapsedMs => "elapsedMs",
            Self::Actions => "actions",
            Self::UnusedInputs => "unusedInputs",
            Self::Trace => "trace",
        }
    }

    /// Appends the value as JSON.
    pub(super) fn write(
        self,
        played: &Played,
        symbols: &SymbolTable,
        writer: &JsonWriter<'_>,
        out: &mut String,
    ) {
        let trace = &played.trace;
        let routing = trace.routing();
        match self {
            Self::Status => write_json_string(trace.status.name(), out),
            Self::Failure => writer.parts().write_call_failure(trace, out),
            Self::Flow => write_json_string(&symbols.flow(trace.flow).name, out),
            Self::QueueId => {
                phrase(routing.and_then(|it| it.queue_id.as_ref()), symbols, out);
            }
            Self::QueueName => {
                phrase(routing.and_then(|it| it.queue_name.as_ref()), symbols, out);
            }
            Self::Skills => list(routing.map_or(&[][..], |it| &it.skills), out),
            Self::Priority => number(routing.and_then(|it| it.priority), out),
            Self::Transfer => match trace.transfer() {
                Some(transfer) => write_transfer(transfer, out),
                None => out.push_str("null"),
            },
            Self::Path => {
                let steps = trace.steps.iter();
                list(steps.map(|step| &symbols.node(step.node).name), out);
            }
            Self::NodeIds => list(trace.path(symbols), out),
            Self::Prompts => list(trace.prompts(symbols), out),
            Self::Variables => {
                out.push('{');
                writer.parts().write_variables(trace, out);
                out.push('}');
            }
            Self::ElapsedMs => number(Some(trace.elapsed_ms), out),
            Self::Actions => number(Some(i64::from(trace.actions)), out),
            Self::UnusedInputs => {
                number(i64::try_from(played.unused_inputs.len()).ok(), out);
            }
            Self::Trace => writer.write(trace, out),
        }
    }
}

fn phrase(phrase: Option<&Phrase>, symbols: &SymbolTable, out: &mut String) {
    match phrase {
        Some(phrase) => write_json_string(phrase.text(symbols), out),
        None => out.push_str("null"),
    }
}

fn number(number: Option<i64>, out: &mut String) {
    match number {
        Some(number) => out.push_str(itoa::Buffer::new().format(number)),
        None => out.push_str("null"),
    }
}

fn list<'t>(texts: impl IntoIterator<Item = &'t Text>, out: &mut String) {
    out.push('[');
    for (index, text) in texts.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_json_string(text, out);
    }
    out.push(']');
}

//! Decision log: the outcomes of the caller's keys, in the document format of the
//! state-machine tutorial's index.
//!
//! A call creates a document for every input of the caller. The document covers the time
//! until the next input, or until the end of the call.

pub(in crate::analysis) mod json;
mod of_call;
mod of_observation;
mod read;
mod write;

pub use of_call::{of_document, of_trace};
pub(super) use of_observation::of_observation;
pub use read::{Item, read};
pub use write::{Form, bulk, is_beginning, write_csv, write_line};

use crate::value::Text;

/// Index of the documents. *Source: the state-machine tutorial.*
pub const INDEX: &str = "genesys_flow_decisions";

/// A document of the decision log. *Source: the state-machine tutorial; flowsim defines
/// the values for its own calls.*
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Time of the decision on the virtual clock; for external logs, as written.
    pub timestamp: Text,
    /// Id of the call.
    pub flow_instance_id: Text,
    /// Keys of the input.
    pub dtmf: Text,
    /// Number of available agents in the last queue statistics between the keys and the
    /// decision. The misleading name is that of the tutorial, which logs the same number.
    pub queue_occupancy: Option<f64>,
    /// Outcome of the keys: `route_to_queue:Support`, `route_to_vm:Support`, `ask:Menu`…
    pub routing_decision: Text,
    /// Progress of the decision, as a state of the tutorial's state machine.
    pub state: Text,
}

/// Progress of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// The keys led to the next question, or the call broke off after them.
    WaitingDtmf,
    /// The call broke off after requesting queue statistics.
    CheckingQueue,
    /// The target was decided, and then the call broke off.
    Routing,
    /// The decision was made, or the flow ended normally.
    Complete,
}

impl State {
    /// Returns the name in documents.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::WaitingDtmf => "WAITING_DTMF",
            Self::CheckingQueue => "CHECKING_QUEUE",
            Self::Routing => "ROUTING",
            Self::Complete => "COMPLETE",
        }
    }
}

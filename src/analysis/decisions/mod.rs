//! What came of the caller's keys: the decision log, in the documents of seed 002's index.
//!
//! A call leaves a document for every entry that the caller made. What is told of it is
//! what happened until the caller's next entry, or until the end of the call.

pub(in crate::analysis) mod json;
mod of_call;
mod of_observation;
mod read;
mod write;

pub use of_call::{of_document, of_trace};
pub use of_observation::of_observation;
pub use read::{Found, read};
pub use write::{Form, HEADER, bulk, write_csv, write_line};

use crate::value::Text;

/// The index that the documents go to. *Source: seed 002.*
pub const INDEX: &str = "genesys_flow_decisions";

/// One document. *Source: seed 002; what each entry says of our own calls is ours.*
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// When it was decided, on the virtual clock; of other people's logs, as written.
    pub timestamp: Text,
    /// The call.
    pub flow_instance_id: Text,
    /// The keys that count.
    pub dtmf: Text,
    /// How many agents were available, as the queue's statistics last said between the keys
    /// and the decision. The name is the seed's, which logs the same number.
    pub queue_occupancy: Option<f64>,
    /// What came of the keys: `route_to_queue:Support`, `route_to_vm:Support`, `ask:Menu`…
    pub routing_decision: Text,
    /// How far it came: the states of the seed's machine.
    pub state: Text,
}

/// How far a decision came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// The keys led to the next question, or the call broke off behind them.
    WaitingDtmf,
    /// The call broke off behind a look at a queue's statistics.
    CheckingQueue,
    /// It was decided where to go, and then the call broke off.
    Routing,
    /// It was decided, or the flow ended in order.
    Complete,
}

impl State {
    /// As it is written.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::WaitingDtmf => "WAITING_DTMF",
            Self::CheckingQueue => "CHECKING_QUEUE",
            Self::Routing => "ROUTING",
            Self::Complete => "COMPLETE",
        }
    }
}

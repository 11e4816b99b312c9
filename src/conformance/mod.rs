//! The conformance kit: probes of Genesys Cloud, and their comparison with flowsim.
//!
//! A probe is a flow that shows one behaviour of Genesys Cloud. Its calls are the tests of
//! a scenario file. A user publishes the flows, makes the calls, and downloads their
//! execution documents. `compare` then shows which calls run differently here, and which
//! policy of the fixtures makes them equal. *Source: `docs/conformance.md` describes the
//! steps.*

mod compare;
mod kit;

pub use compare::{Conformance, Document, Outcome, Policy, Row, Unmatched, compare};
pub use kit::{FILES, Kit};

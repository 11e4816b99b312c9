//! A live service: the Platform API of Genesys Cloud, or any server that speaks it.
//!
//! This is the only room that opens a connection to another machine. `flowsim record` uses
//! it, `flowsim ship` for decisions, which a [`Store`] takes, and `flowsim serve` for webhooks:
//! [`post`] sends one. A [`Client`] asks for two kinds of results: the response of a
//! simulation, and the execution documents of real interactions. [`record`] does that for a
//! whole list, several at a time. *Source: `docs/record.md` says what is asked and what
//! leaves the machine.*
//!
//! Whoever drives it brings the [`Clock`], so that tests do not wait.

#![cfg(feature = "live")]

mod body;
mod certificate;
mod client;
mod clock;
mod execution;
mod failure;
mod gate;
mod post;
mod record;
mod retry;
mod secret;
mod service;
mod store;
mod token;
mod wire;

pub use certificate::{Certificates, certificates};
pub use client::{Client, Options};
pub use clock::{Clock, Stop, SystemClock};
pub use execution::{Addresses, MAX_INSTANCES, between, of_conversation};
pub use failure::{ErrorBody, Failure};
pub use post::{Attempt, Posted, Posting, post};
pub use record::{Event, Task, record};
pub use secret::{Credentials, Secret};
pub use service::{REGIONS, Service, check_webhook};
pub use store::{Shipped, Store, StoreCredentials};

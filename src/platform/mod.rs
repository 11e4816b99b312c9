//! Live services: the Platform API of Genesys Cloud, or any compatible server.
//!
//! Only this module opens connections to other machines. It is used by `flowsim record`,
//! by `flowsim ship` for uploading decisions to a [`Store`], and by `flowsim serve` for
//! webhooks, which [`post()`] sends. A [`Client`] requests two kinds of results: responses
//! of simulations, and execution documents of real interactions. [`record()`] does that for
//! a whole list, in parallel. *Source: `docs/record.md` describes the requests and the
//! data that leaves the machine.*
//!
//! The caller provides the [`Clock`], so that tests do not wait.

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
pub use post::{Attempt, PostRequest, PostResponse, post};
pub use record::{Event, Task, record};
pub use secret::{Credentials, Secret};
pub use service::{REGIONS, Service, check_webhook};
pub use store::{Shipped, Store, StoreCredentials};

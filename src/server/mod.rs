//! The local platform: a server that answers the Platform API from fixtures and from
//! loaded flows, which it actually runs.
//!
//! A request passes through these steps:
//!
//! 1. `http` reads the request.
//! 2. The table in `routes` names its handler.
//! 3. The handler checks the request, and creates an event if the request changes
//!    anything.
//! 4. `state` stores the event and applies it.
//! 5. The handler writes the answer.
//!
//! Handlers know nothing about connections and never wait. The webhooks that flows wait
//! for are called by `delivery`, concurrently; the result of such a call is an event like
//! any other.
//!
//! *Source: four tutorials that this server has to satisfy, and the platform's SDKs.*

mod access;
mod calls;
mod changes;
mod codes;
mod control;
mod conversation;
mod conversation_routes;
mod delivery;
mod dispatch;
mod elasticsearch;
mod endpoint;
mod fault;
mod http;
mod notifications;
mod organisation;
mod page;
mod platform_calls;
mod platform_filters;
mod request_log;
mod route;
mod routes;
mod running;
mod shared;
mod sites;
mod state;
mod stub;
mod webhook;
mod writers;

pub use organisation::{Organisation, Sources};
pub use running::{Running, Settings, start};
pub use sites::check_origin;
pub use webhook::Webhooks;

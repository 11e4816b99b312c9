//! The HTTP layer: connections, requests and answers.

mod compression;
mod connections;
pub(super) mod listen;
pub(super) mod page;
pub(super) mod reply;
pub(super) mod request;
pub(super) mod upgrade;
pub(super) mod websocket;
pub(super) mod wire;

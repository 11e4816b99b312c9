//! The HTTP layer: connections, requests and answers.

pub(super) mod answer;
pub(super) mod asked;
pub(super) mod listen;
pub(super) mod page;
pub(super) mod wire;

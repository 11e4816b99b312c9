//! Everything about HTTP that no endpoint has to know: connections, what is asked, what is
//! answered.

pub(super) mod answer;
pub(super) mod asked;
pub(super) mod listen;
pub(super) mod page;
pub(super) mod wire;

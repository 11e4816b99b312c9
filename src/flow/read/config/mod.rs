//! Architect's own JSON: what exports hold, and what the platform answers as a flow's latest
//! configuration. *Source: the exports of the shared data.*
//!
//! | file | reads |
//! |---|---|
//! | `i3` | exports, down to their JSON |
//! | `flow`, `units`, `menus` | flows; tasks and states; menus |
//! | `sequence` | actions as a tree |
//! | `settings`, `composed`, `sections`, `values` | what an author sets |
//! | `kinds` | names of JSON and names of Archy |
//! | `texts` | whether the text of an expression means what its tree says |

mod composed;
mod flow;
pub mod i3;
mod kinds;
mod menus;
mod reader;
mod sections;
mod sequence;
mod settings;
#[cfg(test)]
mod tests;
mod texts;
mod units;
mod values;

pub use flow::{embedded, is_config, read};
pub use i3::decode;
pub use texts::count_expressions;

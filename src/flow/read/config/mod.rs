//! Architect's own JSON: the content of exports, and the platform's answer for the latest
//! configuration of a flow. *Source: the exports of the shared data.*
//!
//! | file | reads |
//! |---|---|
//! | `i3` | exports, to obtain their JSON |
//! | `flow`, `units`, `menus` | flows; tasks and states; menus |
//! | `sequence` | actions as a tree |
//! | `settings`, `composed`, `sections`, `values` | the settings of authors |
//! | `kinds` | names in the JSON and names in Archy |
//! | `texts` | expressions, to compare their text with their tree |

mod composed;
mod expressions;
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
mod units;
mod values;

pub use expressions::count_expressions;
pub use flow::{embedded, is_config, read};
pub use i3::decode;

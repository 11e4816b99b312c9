//! What changed between two versions of flows, in their author's words.
//!
//! Flows of both dialects become outlines (`draft`, `architect`), their items are paired
//! (`pair`), and what is not the same is told (`compare`). What changes by itself is left
//! out (`volatile`).

mod architect;
mod compare;
mod draft;
mod flows;
mod markdown;
mod outline;
mod pair;
mod report;
mod text;
mod volatile;

pub use flows::diff;
pub use markdown::render_markdown;
pub use report::{
    Change, Diff, FlowDiff, FlowName, Ignored, MovedNode, NodeName, RenamedNode,
};
pub use text::render_text;

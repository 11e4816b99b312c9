//! Differences between two versions of flows, in the words of their author.
//!
//! Flows of both dialects are converted to outlines (`draft`, `architect`). Their items
//! are paired (`pair`) and compared (`compare`). Values that change by themselves are
//! ignored (`volatile`).

mod architect;
mod compare;
mod draft;
mod flows;
mod outline;
mod pair;
mod report;
mod volatile;

pub use flows::diff;
pub use report::{
    Change, Diff, Entry, FlowDiff, FlowName, Ignored, MovedNode, NodeName, RenamedNode,
    Sign,
};

//! Snapshots: traces as files next to the tests. *Source: `docs/snapshots.md`.*

mod compare;
mod place;
mod review;
mod text;
mod unreferenced;

pub use compare::{SnapshotMode, SnapshotResult, SnapshotState, compare};
pub(super) use place::Places;
pub(crate) use place::slug;
pub use review::{Pending, Reviewed, pending, review};
pub use unreferenced::{delete, unreferenced};

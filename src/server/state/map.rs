//! Maps that keep the order of insertion.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// A map in the order of insertion.
pub(super) type Map<Key, Item> = IndexMap<Key, Item, FxBuildHasher>;

//! Routes: the methods and paths of the Platform API.

use super::access::Permission;

/// A method and a path.
#[derive(Clone, Copy)]
pub(super) struct Route {
    /// The method, in upper case.
    pub(super) method: &'static str,
    /// Names in braces are placeholders for one segment of the path.
    pub(super) path: &'static str,
    /// The permission that a request needs.
    pub(super) permission: Permission,
    /// One-line description.
    pub(super) summary: &'static str,
}

impl Route {
    /// Returns the method and the path, the key of its faults and of its schemas.
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Returns whether a key is the method and the path.
    pub(super) fn is(&self, key: &str) -> bool {
        key.split_once(' ') == Some((self.method, self.path))
    }
}

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

//! Findings.
use super::Flow;
use crate::diagnostic::Diagnostic;
/// Stub.
pub fn check(_flows: &[Flow]) -> Vec<Diagnostic> {
    Vec::new()
}
/// Stub.
pub fn forbids_running(_d: &Diagnostic) -> bool {
    false
}

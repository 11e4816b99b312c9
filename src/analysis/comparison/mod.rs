//! Comparison of two observations of a call: a recording, and its replay on local flows.
//! The steps are aligned (`align`). Information known to both sides is compared
//! (`compare`, `call`, `equal`) under rules (`rules`). The first difference is traced
//! back to its cause (`cause`, `origin`, `structure`). Described in `docs/comparison.md`.

mod absent;
mod align;
mod call;
mod cause;
mod compare;
mod equal;
mod origin;
mod rename;
mod report;
mod rules;
mod structure;
mod unknown;
mod words;

pub use align::{Row, align};
pub use compare::compare;
pub use report::{
    Cause, CauseKind, Comparison, Difference, DifferenceKind, Ignored, Link, Verdict,
};
pub use rules::{InvalidRule, Pattern, Rules};
pub(crate) use words::value_text;

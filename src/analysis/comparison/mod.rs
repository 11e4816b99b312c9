//! Two observations of what should be the same call: a recording, and its replay on local
//! flows. Their steps are aligned (`align`), what both sides know is compared (`compare`, `call`,
//! `equal`) under rules (`rules`), and the first difference is followed back to what caused
//! it (`cause`,
//! `origin`, `structure`). Described in `docs/comparison.md`.

mod align;
mod call;
mod cause;
mod compare;
mod equal;
mod origin;
mod report;
mod rules;
mod structure;
mod text;

pub use align::{Row, align};
pub use compare::compare;
pub use report::{
    Cause, CauseKind, Comparison, Difference, DifferenceKind, Ignored, Link, Verdict,
};
pub use rules::{InvalidRule, Pattern, Rules};
pub use text::{render_differences, render_text};

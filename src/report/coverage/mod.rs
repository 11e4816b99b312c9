//! Coverage reports: for the terminal, and for tools that show source code.

mod lcov;
mod text;

pub use lcov::render_lcov;
pub use text::{render_summary, render_uncovered};

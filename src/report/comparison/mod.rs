//! Reports of comparisons of recordings with local flows: for terminals, CI systems and
//! programs. Each format has one file. Text and JSON are written while recordings are
//! compared.

mod differences;
mod html;
mod json;
mod junit;
mod text;

pub(super) use differences::render_differences;
pub use differences::render_text;
pub(crate) use differences::subject;
pub use html::Html;
pub use json::Json;
pub use junit::Junit;
pub use text::Text;

use std::io;

use crate::runner::{Compared, Summary};

/// Receives the results of comparisons and reports them.
pub trait ComparisonReporter {
    /// Takes the next recording. Recordings come in order.
    ///
    /// # Errors
    ///
    /// Returns an error if the output cannot be written.
    fn compared(&mut self, compared: &Compared) -> io::Result<()>;

    /// Ends the report after all recordings.
    ///
    /// # Errors
    ///
    /// Returns an error if the output cannot be written.
    fn end(&mut self, summary: &Summary) -> io::Result<()>;
}

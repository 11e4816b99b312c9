//! What comparisons of recordings with local flows tell: people at a terminal, CI systems,
//! and programs. One file a form; text and
//! JSON are written while recordings are compared.

mod html;
mod json;
mod junit;
mod text;

pub use html::Html;
pub use json::Json;
pub use junit::Junit;
pub use text::Text;

use std::io;

use crate::runner::{Compared, Summary};

/// Something that tells about comparisons.
pub trait ComparisonReporter {
    /// Takes the next recording. They come in order.
    ///
    /// # Errors
    /// What it writes to cannot be written.
    fn compared(&mut self, compared: &Compared) -> io::Result<()>;

    /// All recordings were compared.
    ///
    /// # Errors
    /// What it writes to cannot be written.
    fn end(&mut self, summary: &Summary) -> io::Result<()>;
}

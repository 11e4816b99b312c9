//! Heat maps: tables for the terminal, images, pages and data.

mod flows;
mod html;
mod json;
mod listing;
mod png;
mod svg;
mod text;

pub use html::render_html;
pub use json::render_json;
pub use png::{NoPicture, render_png};
pub use svg::render_svg;
pub use text::render_text;

/// Maximum size of the displayed table; the remaining rows and columns are combined.
const MAX_ROWS: usize = 40;
const MAX_COLUMNS: usize = 12;

//! Files, positions, and documents whose values have places.
//!
//! JSON, TOML and YAML are read only in this module. All other modules work on [`Node`]s with a
//! [`Span`], so every finding can name its line.

mod brackets;
mod confine;
mod file;
mod folder;
mod json;
mod nesting;
mod node;
mod read;
mod relative;
mod replace;
mod signature;
mod span;
mod toml;
mod wildcards;
mod yaml;

pub use confine::{READ_ONLY, confine, is_confined, is_readable, is_within};
pub(crate) use confine::{open, readable, writable};
pub use file::{File, Files, MAX_FILE_BYTES};
pub use folder::{Folder, find_files, plain};
pub(crate) use nesting::nested;
pub use node::{Entry, Kind, Node, repeated};
pub use read::{
    Format, Nested, Problem, ProblemKind, extension, read_document, read_json,
    read_nested, read_yaml,
};
pub use relative::relative;
pub use replace::{
    Replacement, Unwritable, create_parent_folder, prepare_output, replace_file,
    replace_own_file, require_inside, unwritable,
};
pub use span::{FileId, Position, Span};
pub use toml::read_toml;
pub use wildcards::wildcards;

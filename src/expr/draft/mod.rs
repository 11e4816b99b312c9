//! Templates and conditions of the draft dialect. *Source: the shared-flow and lookup
//! tutorials.*
//!
//! A template is text with references in braces. A string that consists of one reference
//! keeps the type of the value; in longer text the value is printed. A condition compares
//! typed operands, so values never become part of its text.

mod evaluate;
mod parse;
mod print;
mod shortcut;
mod tree;

pub use evaluate::Scope;
pub use parse::{parse_condition, parse_template};
pub use tree::{Comparator, Condition, Form, Operand, Part, Reference, Template};

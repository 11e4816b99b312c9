//! Formatting of trees as text. The text parses to the same tree.

use std::fmt::{self, Display, Formatter, Write};

use super::tree::{Condition, Operand, Part, Reference, Template};
use crate::value::Value;

impl Display for Reference {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_char('{')?;
        for (index, segment) in self.segments.iter().enumerate() {
            if index > 0 {
                formatter.write_char('.')?;
            }
            if is_plain(segment) {
                formatter.write_str(segment)?;
            } else {
                write_quoted(segment, formatter)?;
            }
        }
        formatter.write_char('}')
    }
}

/// Whether the segment needs no quotes. Stricter than the grammar.
fn is_plain(segment: &str) -> bool {
    let inner = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$' | '@' | ':' | '/' | '#')
    };
    !segment.is_empty()
        && segment.chars().all(inner)
        && !segment.starts_with(['-', ':', '/', '#'])
}

fn write_quoted(text: &str, formatter: &mut Formatter<'_>) -> fmt::Result {
    formatter.write_char('\'')?;
    for character in text.chars() {
        match character {
            '\'' => formatter.write_str("\\'")?,
            '\\' => formatter.write_str("\\\\")?,
            '\n' => formatter.write_str("\\n")?,
            '\r' => formatter.write_str("\\r")?,
            '\t' => formatter.write_str("\\t")?,
            other => formatter.write_char(other)?,
        }
    }
    formatter.write_char('\'')
}

impl<R: Display> Display for Template<R> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write_text(text, formatter),
            Self::Whole(reference) => reference.fmt(formatter),
            Self::Mixed(parts) => parts.iter().try_for_each(|part| match part {
                Part::Text(text) => write_text(text, formatter),
                Part::Reference(reference) => reference.fmt(formatter),
            }),
        }
    }
}

fn write_text(text: &str, formatter: &mut Formatter<'_>) -> fmt::Result {
    for character in text.chars() {
        if matches!(character, '{' | '\\') {
            formatter.write_char('\\')?;
        }
        formatter.write_char(character)?;
    }
    Ok(())
}

impl<R: Display> Display for Condition<R> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any(members) => join(members, " or ", formatter),
            Self::All(members) => join(members, " and ", formatter),
            Self::Not(inner) => {
                formatter.write_str("not ")?;
                write_member(inner, formatter)
            }
            Self::Compare(comparator, left, right) => {
                write!(formatter, "{left} {} {right}", comparator.symbol())
            }
            Self::Holds(operand) => operand.fmt(formatter),
        }
    }
}

fn join<R: Display>(
    members: &[Condition<R>],
    joint: &str,
    formatter: &mut Formatter<'_>,
) -> fmt::Result {
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            formatter.write_str(joint)?;
        }
        write_member(member, formatter)?;
    }
    Ok(())
}

/// Writes a member in parentheses unless it is a single comparison or operand.
fn write_member<R: Display>(
    member: &Condition<R>,
    formatter: &mut Formatter<'_>,
) -> fmt::Result {
    match member {
        Condition::Compare(..) | Condition::Holds(_) => member.fmt(formatter),
        _ => write!(formatter, "({member})"),
    }
}

impl<R: Display> Display for Operand<R> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference(reference) => reference.fmt(formatter),
            Self::Literal(Value::String(text)) => write_quoted(text, formatter),
            Self::Literal(value) => value.fmt(formatter),
            Self::Null => formatter.write_str("null"),
            Self::Group(condition) => write!(formatter, "({condition})"),
        }
    }
}

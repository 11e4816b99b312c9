//! The canonical text of an expression, as Architect writes it: names as declared,
//! implicit casts spelt out, and nested operations in parentheses.

use std::fmt::Write;

use crate::value::Value;

use super::signature::Category;
use super::typed::{Typed, TypedCall, TypedForm};

/// Formats a checked tree as canonical text.
pub(super) fn print(typed: &Typed) -> String {
    let mut text = String::new();
    write(typed, &mut text);
    text
}

fn write(typed: &Typed, out: &mut String) {
    match &typed.form {
        TypedForm::Literal(value) => write_literal(value, out),
        TypedForm::Named(_, name) | TypedForm::Variable(_, name) => out.push_str(name),
        TypedForm::Prompt { is_system, name } => {
            out.push_str(if *is_system { "PromptSystem." } else { "Prompt." });
            out.push_str(name);
        }
        TypedForm::Property(base, name) => {
            write(base, out);
            out.push('.');
            write_property(name, out);
        }
        TypedForm::Call(call) if call.function.category == Category::Operators => {
            write_operation(call, out);
        }
        TypedForm::Call(call) => {
            out.push_str(call.function.name);
            out.push('(');
            for (index, argument) in call.arguments.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write(argument, out);
            }
            out.push(')');
        }
        TypedForm::Unknown => {}
    }
}

fn write_operation(call: &TypedCall, out: &mut String) {
    match call.arguments.as_slice() {
        [index, base] if call.function.name == "[" => {
            write(base, out);
            out.push('[');
            write(index, out);
            out.push(']');
        }
        [operand] => {
            out.push_str(&call.shown);
            write_operand(operand, out);
        }
        [left, right] => {
            write_operand(left, out);
            let _ = write!(out, " {} ", call.shown);
            write_operand(right, out);
        }
        [condition, yes, no] => {
            write_operand(condition, out);
            out.push_str(" ? ");
            write_operand(yes, out);
            out.push_str(" : ");
            write_operand(no, out);
        }
        _ => {}
    }
}

/// Writes an operand. An operand that is an operation or a property is put in
/// parentheses.
fn write_operand(typed: &Typed, out: &mut String) {
    let is_operation = match &typed.form {
        TypedForm::Call(call) => call.function.category == Category::Operators,
        TypedForm::Property(..) => true,
        _ => false,
    };
    if is_operation {
        out.push('(');
        write(typed, out);
        out.push(')');
    } else {
        write(typed, out);
    }
}

fn write_literal(value: &Value, out: &mut String) {
    match value {
        Value::NotSet(_) => out.push_str("NOT_SET"),
        Value::String(text) => write_string(text, out),
        other => other.write_text(out),
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Writes the name of a property, in quotes unless it is a single word.
fn write_property(name: &str, out: &mut String) {
    let is_word = name.starts_with(|first: char| first.is_alphabetic() || first == '$')
        && name.chars().all(|each| each.is_alphanumeric() || matches!(each, '_' | '$'));
    if is_word {
        out.push_str(name);
    } else {
        write_string(name, out);
    }
}

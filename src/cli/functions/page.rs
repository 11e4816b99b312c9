//! The page of a function, and the manual that is made of all of them.

use std::fmt::Write;

use super::heading;
use crate::expr::architect::{Function, Parameter, functions, operators, parameters};

/// The pages of all operators and functions, as Markdown.
pub(super) fn manual() -> String {
    let mut out = INTRODUCTION.to_owned();
    let mut category = None;
    let all: Vec<&Function> = operators().chain(functions()).collect();
    for function in &all {
        if category != Some(function.category) {
            category = Some(function.category);
            let same = all.iter().filter(|other| other.category == function.category);
            let _ = write!(out, "\n## {}\n\n", capitalized(function.category.name()));
            let _ = writeln!(out, "| name | what it gives |\n|---|---|");
            for other in same {
                let _ =
                    writeln!(out, "| {} | {} |", cell(&code(other)), cell(other.summary));
            }
        }
        let _ = write!(out, "\n### {}\n\n", code(function));
        let _ = write!(out, "```text\n{}```\n", usage(function));
    }
    out
}

const INTRODUCTION: &str = "\
# Functions and operators

All that Architect's expressions can call, as `flowsim functions NAME` shows it. \
[expressions.md](expressions.md) tells what they have in common. `Any` is any type, the same \
for all values of a call that are `Any`; `…` stands after what may be given again and again. \
Made by `flowsim functions --all`.
";

fn code(function: &Function) -> String {
    format!("`{}`", heading(function))
}

/// A bar would end the cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn capitalized(text: &str) -> String {
    let (first, rest) = text.split_at_checked(1).unwrap_or_default();
    format!("{}{rest}", first.to_uppercase())
}

/// All about one function.
pub(super) fn page(function: &Function) -> String {
    let name = heading(function);
    format!(
        "{name} ({})\n\n{}\n\n{}",
        function.category.name(),
        function.summary,
        usage(function)
    )
}

/// How it is called, and an example.
fn usage(function: &Function) -> String {
    let name = heading(function);
    let mut out = String::new();
    for overload in function.overloads {
        let _ = writeln!(out, "  {name}{} → {}", parameters(overload), overload.returns);
        for parameter in overload.parameters {
            let _ = writeln!(out, "      {}{}", parameter.name, conditions(parameter));
        }
    }
    let (expression, value) = function.example;
    let _ = writeln!(out, "\n{expression}\n  = {value}");
    out
}

/// What has to be known of a parameter besides its type.
fn conditions(parameter: &Parameter) -> String {
    let mut conditions = Vec::new();
    if parameter.allows_not_set {
        conditions.push("may be NOT_SET".to_owned());
    }
    if parameter.is_repeatable {
        conditions.push("repeatable".to_owned());
    }
    if parameter.must_be_literal {
        conditions.push("a literal".to_owned());
    }
    if parameter.refuses_zero {
        conditions.push("not zero".to_owned());
    }
    match parameter.range {
        Some((least, i64::MAX)) => conditions.push(format!("at least {least}")),
        Some((least, most)) => conditions.push(format!("{least} to {most}")),
        None => {}
    }
    if conditions.is_empty() {
        String::new()
    } else {
        format!(": {}", conditions.join(", "))
    }
}

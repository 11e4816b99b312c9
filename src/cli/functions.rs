//! `flowsim functions`

use std::fmt::Write;
use std::io;

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::diagnostic::nearest;
use crate::expr::architect::{Function, Parameter, function, functions, parameters};

/// List the functions of Architect's expression language, or show one.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A function, such as `Contains`, or a part of a name; without one, all are listed
    name: Option<String>,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let Some(name) = &arguments.name else {
        let all: Vec<_> = functions().collect();
        output::result(&list(&all))?;
        return Ok(Exit::Success);
    };
    if let Some(function) = function(name) {
        output::result(&page(function))?;
        return Ok(Exit::Success);
    }
    let wanted = name.to_lowercase();
    let matching: Vec<_> = functions()
        .filter(|function| function.name.to_lowercase().contains(&wanted))
        .collect();
    if !matching.is_empty() && !wanted.is_empty() {
        output::result(&list(&matching))?;
        return Ok(Exit::Success);
    }
    let help = match nearest(name, functions().map(|function| function.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`flowsim functions` lists all functions".to_owned(),
    };
    output::message("error", &format!("there is no function `{name}`\n\n{help}"));
    Ok(Exit::Usage)
}

/// The functions by category, a line each.
fn list(functions: &[&'static Function]) -> String {
    let mut out = String::new();
    let width = functions.iter().map(|function| function.name.len()).max().unwrap_or(0);
    let mut category = None;
    for function in functions {
        if category != Some(function.category) {
            let gap = if category.is_some() { "\n" } else { "" };
            let _ = writeln!(out, "{gap}{}", function.category.name());
            category = Some(function.category);
        }
        let first = function
            .summary
            .split_once(". ")
            .map_or(function.summary, |(first, _)| first);
        let sentence = first.trim_end_matches('.');
        let _ = writeln!(out, "  {:<width$}  {sentence}", function.name);
    }
    out
}

/// All about one function.
fn page(function: &Function) -> String {
    let mut out = format!(
        "{} ({})\n\n{}\n\n",
        function.name,
        function.category.name(),
        function.summary
    );
    for overload in function.overloads {
        let _ = writeln!(
            out,
            "  {}{} → {}",
            function.name,
            parameters(overload),
            overload.returns
        );
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

//! `flowsim functions`

mod page;

use std::fmt::Write;
use std::io;

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::diagnostic::nearest;
use crate::expr::architect::{Function, function, functions, operators};
use page::{manual, page};

/// List the functions and operators of Architect's expression language, or show one.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A function such as `Contains`, a part of a name, or an operator such as '+';
    /// without a name, all are listed
    #[arg(allow_hyphen_values = true)]
    name: Option<String>,

    /// Print the full reference of all functions and operators as Markdown
    #[arg(long, conflicts_with = "name")]
    all: bool,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    if arguments.all {
        output::result(&manual())?;
        return Ok(Exit::Success);
    }
    let Some(name) = &arguments.name else {
        let all: Vec<_> = operators().chain(functions()).collect();
        output::result(&list(&all))?;
        return Ok(Exit::Success);
    };
    let pages: Vec<String> = named(name).into_iter().map(page).collect();
    if !pages.is_empty() {
        output::result(&pages.join("\n"))?;
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
    output::message("error", &format!("unknown function `{name}`\n\n{help}"));
    Ok(Exit::Usage)
}

/// Returns the function with this name, or the operators: there are two `-`.
fn named(name: &str) -> Vec<&'static Function> {
    if let Some(function) = function(name) {
        return vec![function];
    }
    let bare = |text: &str| text.replace(['`', ' '], "").to_lowercase();
    let wanted = bare(name);
    operators()
        .filter(|operator| bare(&operator.shown()) == wanted || operator.name == wanted)
        .collect()
}

/// Lists the functions by category, one per line.
fn list(functions: &[&'static Function]) -> String {
    let mut out = String::new();
    let names = functions.iter().map(|function| heading(function).len());
    let width = names.max().unwrap_or(0);
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
        let _ = writeln!(out, "  {:<width$}  {sentence}", heading(function));
    }
    out
}

/// Returns the name without code marks.
fn heading(function: &Function) -> String {
    function.shown().replace('`', "")
}

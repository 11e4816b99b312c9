//! Names of commands and flags that are near a misspelt one.
//!
//! clap compares long names well. It has no suggestion for short ones, such as `rn`, and
//! several for others.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use crate::diagnostic::{is_typo_of, nearest};

/// Adds the names that a misspelt command or flag of these process arguments may mean.
pub(super) fn with_names(
    mut error: Error,
    root: Command,
    arguments: &[OsString],
) -> Error {
    let kind = match error.kind() {
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        _ => return error,
    };
    let Some(ContextValue::String(wrong)) = error.get(kind) else { return error };
    let wrong = wrong.clone();
    let command = command_of(&root, arguments, &wrong);
    if kind == ContextKind::InvalidSubcommand {
        let names = command.get_subcommands().filter(|it| !it.is_hide_set());
        let names: Vec<&str> = names.map(Command::get_name).chain(["help"]).collect();
        let near = near(&wrong, &names);
        if !near.is_empty() {
            let near = near.into_iter().map(str::to_owned).collect();
            error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(near));
        }
        return error;
    }
    if let Some(word) = wrong.strip_prefix("--")
        && error.get(ContextKind::SuggestedArg).is_none()
    {
        let flags = command.get_arguments().filter(|it| !it.is_hide_set());
        let names: Vec<&str> = flags.filter_map(clap::Arg::get_long).collect();
        if let [first, ..] = near(word, &names).as_slice() {
            let flag = ContextValue::String(format!("--{first}"));
            error.insert(ContextKind::SuggestedArg, flag);
        }
    }
    error
}

/// Returns the command to which the wrong argument belongs.
fn command_of<'c>(root: &'c Command, arguments: &[OsString], wrong: &str) -> &'c Command {
    let words = arguments.iter().skip(1).filter_map(|it| it.to_str());
    let before = words.take_while(|word| *word != wrong);
    before.fold(root, |command, word| command.find_subcommand(word).unwrap_or(command))
}

/// Returns the names that a misspelt one may mean: those that it begins, else the nearest
/// one, else those that have its letters in the same order.
fn near<'n>(wrong: &str, names: &[&'n str]) -> Vec<&'n str> {
    let all = |is_it: &dyn Fn(&str) -> bool| -> Vec<&'n str> {
        names.iter().copied().filter(|name| is_it(name)).collect()
    };
    let begun = all(&|name| wrong.len() > 1 && name.starts_with(wrong));
    if !begun.is_empty() {
        return begun;
    }
    if let Some(name) = nearest(wrong, names.iter().copied()) {
        return vec![name];
    }
    let typos = all(&|name| is_typo_of(wrong, name) && shares_start(wrong, name));
    if !typos.is_empty() {
        return typos;
    }
    all(&|name| wrong.len() > 1 && abbreviates(wrong, name))
}

fn shares_start(wrong: &str, name: &str) -> bool {
    wrong.chars().next() == name.chars().next()
}

/// Returns whether a word has the first letter of a name and others in the same order.
fn abbreviates(word: &str, name: &str) -> bool {
    let mut letters = name.chars();
    shares_start(word, name) && word.chars().all(|letter| letters.any(|it| it == letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_have_suggestions_too() {
        let names =
            ["run", "man", "test", "debug", "explain", "explore", "config", "dap"];
        let cases: [(&str, &[&str]); 9] = [
            ("rn", &["run"]),
            ("runn", &["run"]),
            ("tst", &["test"]),
            ("dbg", &["debug"]),
            ("expl", &["explain", "explore"]),
            ("confg", &["config"]),
            ("cfg", &["config"]),
            ("r", &[]),
            ("xyz", &[]),
        ];
        for (wrong, expected) in cases {
            assert_eq!(near(wrong, &names), expected, "{wrong}");
        }
    }
}

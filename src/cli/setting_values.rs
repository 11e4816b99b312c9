//! Checks the values of settings as the flags of the commands do. A mistake is then reported
//! where it is written, not at a flag that the user did not give.

use std::error::Error as _;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use super::project::text;
use crate::diagnostic::{Code, Diagnostic};
use crate::project::{Form, KEYS, Origin, Setting, Settings};
use crate::runner::near_to;
use crate::source::is_readable;

/// Commands whose flags have the names of keys; the first one with the flag counts.
const COMMANDS: [&str; 2] = ["test", "check"];

/// The command with the flags of a call, and the names of those that differ from the keys of
/// `[defaults]`.
const CALL: (&str, [(&str, &str); 2]) =
    ("run", [("timeoutMs", "timeout-ms"), ("maxActions", "max-actions")]);

/// Keys of `[defaults]` with a value that a flag takes.
const DEFAULTS: [&str; 4] = ["at", "timeoutMs", "maxActions", "seed"];

/// Returns the diagnostics for values that no command accepts. `root` is the program.
pub(super) fn problems(root: &Command, settings: &Settings) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for setting in &settings.settings {
        let form = KEYS.iter().find(|key| key.name == setting.key).map(|key| key.form);
        if !matches!(
            form,
            Some(Form::Text | Form::Shares | Form::Strings | Form::Reports)
        ) {
            continue;
        }
        let has_flag = |command: &&Command| {
            command.get_arguments().any(|it| it.get_long() == Some(&*setting.key))
        };
        let mut commands = COMMANDS.iter().filter_map(|name| root.find_subcommand(name));
        let Some(command) = commands.find(has_flag).or(Some(root).filter(has_flag))
        else {
            continue;
        };
        let wrong =
            |value: &String| problem(command, [&setting.key; 2], value, &setting.origin);
        found.extend(
            setting.values.iter().filter(|_| setting.key != "deny").find_map(wrong),
        );
    }
    let call = root.find_subcommand(CALL.0);
    for (entry, origin) in &settings.defaults {
        let flag =
            CALL.1.iter().find(|(key, _)| *key == entry.key).map(|(_, flag)| *flag);
        let flag = flag.unwrap_or(&entry.key);
        if let Some(call) = call.filter(|_| DEFAULTS.contains(&&*entry.key)) {
            found.extend(problem(call, [&entry.key, flag], &text(&entry.value), origin));
        }
    }
    found
}

/// Returns the diagnostics for the paths of a setting: a path that does not exist, and an
/// empty list for an argument that needs a path.
pub(super) fn problem_of_paths(
    setting: &Setting,
    paths: &[PathBuf],
    is_required: bool,
) -> Option<Diagnostic> {
    if paths.is_empty() && is_required {
        let message = format!("`{}` has no path", name(&setting.key, &setting.origin));
        return Some(wrong(message, &setting.origin).help("give it a path"));
    }
    let mut paths = paths.iter();
    let absent = paths.find(|path| is_readable(path) && !path.exists())?;
    let name = name(&setting.key, &setting.origin);
    let message = format!("`{name}`: there is no file or folder `{}`", absent.display());
    let help = match near_to(absent) {
        Some(near) => format!("did you mean `{near}`?"),
        None => match setting.origin {
            Origin::Environment(_) => "the path is relative to the current folder".into(),
            _ => "the path is relative to the project file".to_owned(),
        },
    };
    Some(wrong(message, &setting.origin).help(help))
}

/// Returns the diagnostic for a value that a flag does not accept.
fn problem(
    command: &Command,
    [key, flag]: [&str; 2],
    value: &str,
    origin: &Origin,
) -> Option<Diagnostic> {
    let command = command.clone().no_binary_name(true);
    let error = command.try_get_matches_from([format!("--{flag}={value}")]).err()?;
    if !matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) {
        return None;
    }
    let message = format!("`{}` has no value `{value}`", name(key, origin));
    Some(wrong(message, origin).help(help(&error)))
}

/// Returns the name that the user gave a setting: its key or the variable.
fn name<'n>(key: &'n str, origin: &'n Origin) -> &'n str {
    match origin {
        Origin::Environment(name) => name,
        Origin::File(_) | Origin::Profile(..) => key,
    }
}

/// Returns a diagnostic at the line of a setting. A variable has no line.
fn wrong(message: String, origin: &Origin) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::INVALID_PROJECT, message);
    match origin {
        Origin::Environment(_) => diagnostic,
        Origin::File(span) | Origin::Profile(_, span) => diagnostic.at(*span),
    }
}

/// Returns what the flag accepts.
fn help(error: &Error) -> String {
    if let Some(ContextValue::String(near)) = error.get(ContextKind::SuggestedValue) {
        return format!("did you mean `{near}`?");
    }
    match (error.get(ContextKind::ValidValue), error.source()) {
        (Some(ContextValue::Strings(values)), _) if !values.is_empty() => {
            format!("use one of {}", values.join(", "))
        }
        (_, Some(reason)) => reason.to_string(),
        _ => "see `flowsim test --help`".into(),
    }
}

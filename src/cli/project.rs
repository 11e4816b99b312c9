//! The project of a command: adds the settings of `flowsim.toml` to its arguments.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::exit::Exit;
use super::{output, read_only, setting_values};
use crate::diagnostic::{Diagnostic, sort};
use crate::project::{Form, KEYS, Settings};
use crate::runner::ProjectContext;
use crate::source::{Files, Kind, Node, is_confined, is_readable};

/// Commands that have nothing to do with a project.
const APART: [&str; 9] = [
    "init",
    "explain",
    "functions",
    "schema",
    "completions",
    "man",
    "convert",
    "lsp",
    "mcp",
];

/// Settings that name files to write.
const WRITTEN: [&str; 4] = ["report", "html", "coverage-out", "decisions"];

/// The project of a command.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// The settings; empty without a project file.
    pub(super) settings: Settings,
    /// The project file.
    pub(super) files: Files,
    /// The arguments of the process, without the settings.
    pub(super) arguments: Vec<OsString>,
}

impl Project {
    /// Returns the files and values that the project gives to its scenario files.
    pub(super) fn context(&self, files: &mut Files) -> Result<ProjectContext, Exit> {
        match ProjectContext::load(&self.settings, &environment, files) {
            Ok((context, diagnostics)) => {
                output::diagnostics(&diagnostics, files);
                Ok(context)
            }
            Err(diagnostics) => {
                output::diagnostics(&diagnostics, files);
                Err(Exit::Input)
            }
        }
    }
}

/// Finds the project, and returns the arguments with its settings. Arguments that do not
/// parse stay as they are, so that their own message is shown.
pub(super) fn apply(
    command: Command,
    mut arguments: Vec<OsString>,
) -> Result<(Vec<OsString>, Project), Exit> {
    let lenient = command.clone().ignore_errors(true);
    let Ok(matches) = lenient.try_get_matches_from(&arguments) else {
        return Ok((arguments, Project::default()));
    };
    let (names, matches) = innermost(&matches);
    if let Some(first) = names.first() {
        read_only::check(first)?;
    }
    if names.first().is_none_or(|first| APART.contains(first)) {
        return Ok((arguments, Project::default()));
    }
    let profile = matches.try_get_one::<String>("profile").ok().flatten();
    let project = Project { arguments: arguments.clone(), ..load(profile)? };
    let problems = setting_values::problems(&command, &project.settings);
    refuse(&problems, &project)?;
    let definition = names.iter().try_fold(&command, |it, name| it.find_subcommand(name));
    if let Some(definition) = definition {
        let addition = Addition { root: &command, definition, matches };
        let problems = addition.add(&project.settings, &mut arguments);
        refuse(&problems, &project)?;
    }
    Ok((arguments, project))
}

fn refuse(problems: &[Diagnostic], project: &Project) -> Result<(), Exit> {
    if problems.is_empty() {
        return Ok(());
    }
    output::diagnostics(problems, &project.files);
    Err(Exit::Input)
}

/// Returns the value of an environment variable, if it is UTF-8.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok()
}

/// Loads the settings of the working folder.
fn load(profile: Option<&String>) -> Result<Project, Exit> {
    let chosen = environment("FLOWSIM_PROFILE").filter(|name| !name.is_empty());
    let profile = profile.cloned().or(chosen);
    let mut files = Files::new();
    let named = environment("FLOWSIM_PROJECT").filter(|path| !path.is_empty());
    let found = || Settings::find(Path::new(".")).filter(|file| is_readable(file));
    let file = named.map(PathBuf::from).or_else(found);
    let settings =
        Settings::load(file.as_deref(), profile.as_deref(), &environment, &mut files);
    match settings {
        Ok(settings) => {
            output::diagnostics(&settings.warnings, &files);
            Ok(Project { settings, files, arguments: Vec::new() })
        }
        Err(mut diagnostics) => {
            sort(&mut diagnostics);
            output::diagnostics(&diagnostics, &files);
            Err(Exit::Input)
        }
    }
}

/// Returns the names of the command and its subcommands, and the arguments of the last.
fn innermost(matches: &ArgMatches) -> (Vec<&str>, &ArgMatches) {
    let (mut names, mut matches) = (Vec::new(), matches);
    while let Some((name, inner)) = matches.subcommand() {
        names.push(name);
        matches = inner;
    }
    (names, matches)
}

/// The arguments that settings add to a command.
struct Addition<'c> {
    /// The program, whose flags belong to every command.
    root: &'c Command,
    definition: &'c Command,
    matches: &'c ArgMatches,
}

impl Addition<'_> {
    /// Adds the settings. Returns the diagnostics for paths that the command cannot use.
    fn add(&self, settings: &Settings, arguments: &mut Vec<OsString>) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        // Flags must precede the `--` of the user.
        let end = arguments.iter().position(|it| it == "--").unwrap_or(arguments.len());
        let rest = arguments.split_off(end);
        let mut positional: Vec<OsString> = Vec::new();
        for setting in &settings.settings {
            let is_written = WRITTEN.contains(&&*setting.key);
            if is_written && is_confined() {
                continue;
            }
            let Some(argument) = self.argument(&setting.key) else { continue };
            let form = KEYS.iter().find(|key| key.name == setting.key);
            let values: Vec<String> = match form.map(|key| key.form) {
                Some(Form::Paths) => {
                    let (paths, is_required) =
                        (setting.paths(), argument.is_required_set());
                    let problem =
                        setting_values::problem_of_paths(setting, &paths, is_required);
                    problems.extend(problem);
                    shown(&paths)
                }
                _ => setting.values.clone(),
            };
            if argument.is_positional() {
                positional.extend(values.into_iter().map(OsString::from));
            } else {
                arguments.extend(flags(argument, &values));
            }
        }
        let set = settings.set.iter();
        let set = set.map(|it| (it.key.clone(), it.values.concat()));
        self.add_named("set", set, arguments);
        self.add_defaults(settings, arguments);
        if !positional.is_empty() && rest.is_empty() {
            arguments.push("--".into());
        }
        arguments.extend(rest);
        arguments.extend(positional);
        problems
    }

    /// Adds the defaults of a call to a command that makes one.
    fn add_defaults(&self, settings: &Settings, arguments: &mut Vec<OsString>) {
        let makes_calls =
            ["explore", "run", "serve"].contains(&self.definition.get_name());
        for (entry, _) in settings.defaults.iter().filter(|_| makes_calls) {
            let (flag, value) = match (&*entry.key, text(&entry.value)) {
                ("context" | "variables", _) => {
                    let flag = if entry.key == "context" { "context" } else { "var" };
                    let pairs = entry.value.entries().iter();
                    let pairs = pairs.map(|it| (it.key.to_string(), text(&it.value)));
                    self.add_named(flag, pairs, arguments);
                    continue;
                }
                ("timeoutMs", value) => ("timeout-ms", value),
                ("maxActions", value) => ("max-actions", value),
                (other, value) => (other, value),
            };
            if let Some(argument) = self.argument(flag) {
                arguments.extend(flags(argument, &[value]));
            }
        }
    }

    /// Adds `--flag NAME=VALUE` for all names that the user does not give.
    fn add_named(
        &self,
        flag: &str,
        pairs: impl Iterator<Item = (String, String)>,
        arguments: &mut Vec<OsString>,
    ) {
        let Some(argument) = self.of_flag(flag).filter(|it| self.is_compatible(it))
        else {
            return;
        };
        let given = self.matches.get_raw(argument.get_id().as_str());
        let name = |raw: &std::ffi::OsStr| {
            let text = raw.to_string_lossy();
            text.split_once('=').map(|(name, _)| name.to_owned())
        };
        let given: BTreeSet<String> =
            given.into_iter().flatten().filter_map(name).collect();
        for (name, value) in pairs.filter(|(name, _)| !given.contains(name)) {
            arguments.push(format!("--{flag}={name}={value}").into());
        }
    }

    /// Returns the argument of a key, unless the user gives it or one that conflicts.
    fn argument(&self, key: &str) -> Option<&Arg> {
        let all = || self.definition.get_arguments();
        let found = match key {
            "flows" => all().find(|it| it.get_id() == "flows"),
            "tests" if self.definition.get_name() == "test" => {
                all().find(|it| it.get_id() == "paths")
            }
            // A filter of tests does not fit the recordings of other commands.
            "filter" if self.definition.get_name() != "test" => None,
            key => self.of_flag(key),
        }?;
        (!self.is_given(found) && self.is_compatible(found)).then_some(found)
    }

    fn of_flag(&self, flag: &str) -> Option<&Arg> {
        let of_all = self.root.get_arguments().filter(|it| it.is_global_set());
        let mut all = self.definition.get_arguments().chain(of_all);
        all.find(|it| it.get_long() == Some(flag))
    }

    fn is_given(&self, argument: &Arg) -> bool {
        let id = argument.get_id().as_str();
        self.matches.try_contains_id(id).is_ok()
            && self.matches.value_source(id) == Some(ValueSource::CommandLine)
    }

    /// Whether no argument of the user excludes this one, and it does not need one that
    /// is missing.
    fn is_compatible(&self, argument: &Arg) -> bool {
        let conflicts = |one: &Arg, other: &Arg| {
            let all = self.definition.get_arg_conflicts_with(one);
            all.iter().any(|it| it.get_id() == other.get_id())
        };
        let mut given = self.definition.get_arguments().filter(|it| self.is_given(it));
        let imports = self.definition.get_name() == "import";
        let lacks_scenario = imports && !self.matches.get_flag("scenario");
        !lacks_scenario
            && !given.any(|it| conflicts(it, argument) || conflicts(argument, it))
    }
}

/// Writes a flag with its values. Values that belong to another command are left out.
fn flags(argument: &Arg, values: &[String]) -> Vec<OsString> {
    let Some(flag) = argument.get_long() else { return Vec::new() };
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        let is_set = values.iter().any(|value| value == "true");
        return is_set.then(|| format!("--{flag}").into()).into_iter().collect();
    }
    let possible = argument.get_possible_values();
    let is_known = |value: &&String| {
        flag != "deny" || possible.iter().any(|it| it.matches(value, false))
    };
    let values = values.iter().filter(is_known);
    values.map(|value| format!("--{flag}={value}").into()).collect()
}

fn shown(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}

/// Returns a value as a flag takes it: a string without quotes, else JSON.
pub(super) fn text(node: &Node<'_>) -> String {
    match &node.kind {
        Kind::String(text) => text.to_string(),
        _ => serde_json::to_string(&crate::flow::read::json(node)).unwrap_or_default(),
    }
}

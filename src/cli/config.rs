//! `flowsim config`

use std::fmt::Write as _;
use std::io;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::output;
use super::project::{Project, text};
use crate::diagnostic::visible::one_line;
use crate::project::{FILE_NAME, Form, KEYS, Origin};
use crate::source::{Files, Span};
use crate::value::Json;

/// Show the settings of the project, and the file and line or the environment variable
/// that each value comes from.
///
/// `flowsim.toml` is searched in the working folder and its parents. Flags override the
/// environment, which overrides the profile, which overrides the file.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// A value as it is shown.
struct Row {
    key: String,
    value: Json,
    origin: Origin,
}

pub(super) fn run(arguments: &Arguments, project: &Project) -> io::Result<Exit> {
    let rows = rows(project);
    output::result(&match arguments.format {
        Format::Text => text_of(&rows, project),
        Format::Json => json_of(&rows, project),
    })?;
    Ok(Exit::Success)
}

fn rows(project: &Project) -> Vec<Row> {
    let settings = &project.settings;
    let plain = settings.settings.iter().map(|setting| {
        let mut values = setting.values.iter().map(|it| Json::from(it.as_str()));
        let form = KEYS.iter().find(|key| key.name == setting.key).map(|key| key.form);
        let is_list = matches!(form, Some(Form::Paths | Form::Strings | Form::Reports));
        let value = match is_list {
            true => Json::array(values),
            false => values.next().unwrap_or(Json::Null),
        };
        Row { key: setting.key.clone(), value, origin: setting.origin.clone() }
    });
    let set = settings.set.iter().map(|setting| Row {
        key: format!("set.{}", setting.key),
        value: Json::from(setting.values.concat().as_str()),
        origin: setting.origin.clone(),
    });
    let defaults = settings.defaults.iter().map(|(entry, origin)| Row {
        key: format!("defaults.{}", entry.key),
        value: Json::parse(&text(&entry.value))
            .unwrap_or_else(|_| Json::from(text(&entry.value).as_str())),
        origin: origin.clone(),
    });
    plain.chain(set).chain(defaults).collect()
}

fn text_of(rows: &[Row], project: &Project) -> String {
    let Some(file) = &project.settings.file else {
        let mut out = format!("no {FILE_NAME} in this folder or its parents\n");
        out += &lines(rows, project);
        return out;
    };
    let mut out = format!("project  {}\n", one_line(&file.to_string_lossy()));
    if let Some(profile) = &project.settings.profile {
        let _ = writeln!(out, "profile  {}", one_line(profile));
    }
    out + &lines(rows, project)
}

fn lines(rows: &[Row], project: &Project) -> String {
    let mut out = String::new();
    for row in rows {
        let value = serde_json::to_string(&row.value).unwrap_or_default();
        let origin = match &row.origin {
            Origin::Environment(name) => format!("environment {name}"),
            Origin::File(span) => place(*span, &project.files),
            Origin::Profile(name, span) => {
                format!("{}, profile {name}", place(*span, &project.files))
            }
        };
        let line = format!("{} = {value}", row.key);
        let _ = writeln!(out, "{}  # {}", one_line(&line), one_line(&origin));
    }
    out
}

fn place(span: Span, files: &Files) -> String {
    let path = files.get(span.file).path().display();
    format!("{path}:{}", files.position(span).line)
}

fn json_of(rows: &[Row], project: &Project) -> String {
    let string = |text: Option<String>| text.map_or(Json::Null, |it| Json::from(&*it));
    let file = project.settings.file.as_ref();
    let settings = rows.iter().map(|row| {
        let (from, detail, span) = match &row.origin {
            Origin::File(span) => ("file", None, Some(span)),
            Origin::Profile(name, span) => ("profile", Some(name.clone()), Some(span)),
            Origin::Environment(name) => ("environment", Some(name.clone()), None),
        };
        let line = span.map(|it| i64::from(project.files.position(*it).line));
        Json::object([
            ("key".into(), Json::from(row.key.as_str())),
            ("value".into(), row.value.clone()),
            ("from".into(), Json::from(from)),
            ("name".into(), string(detail)),
            ("line".into(), line.map_or(Json::Null, Json::Integer)),
        ])
    });
    let json = Json::object([
        ("schema".into(), Json::from("flowsim.config/1")),
        ("file".into(), string(file.map(|it| it.to_string_lossy().into_owned()))),
        ("profile".into(), string(project.settings.profile.clone())),
        ("settings".into(), Json::array(settings)),
    ]);
    serde_json::to_string_pretty(&json).unwrap_or_default() + "\n"
}

//! `flowsim convert`

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{load, output};
use crate::diagnostic::sort;
use crate::flow::read;
use crate::flow::read::config::decode;
use crate::flow::write::model;
use crate::source::{File, Files, read_document};
use crate::value::Json;

/// Convert an Architect export, or any flow, into readable JSON.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// An export, such as `Main.i3InboundFlow`; with `--to model`, a flow of any dialect
    file: PathBuf,

    /// Output form
    #[arg(long, value_enum, default_value_t = Target::Json)]
    to: Target,

    #[command(flatten)]
    sources: load::Sources,

    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Output forms of a conversion.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Target {
    /// Architect's own JSON, indented
    Json,
    /// flowsim's internal model as draft flows; for inspection, not for running
    Model,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut files = Files::new();
    let placeholders = match arguments.sources.read(&mut files) {
        Ok(environment) => environment.placeholders,
        Err(exit) => return Ok(exit),
    };
    let file = match files.load(&arguments.file) {
        Ok(file) => file,
        Err(problem) => {
            output::diagnostics(&[problem.into()], &files);
            return Ok(Exit::Input);
        }
    };
    let out = arguments.out.as_deref();
    if let Some(exit) = out.and_then(|path| output::refused_output(path, &files)) {
        return Ok(exit);
    }
    let converted = match arguments.to {
        Target::Json => decode(file.text())
            .map_err(|problem| in_place_of(problem, &file, &placeholders.values))
            .and_then(|text| indented(&text)),
        Target::Model => match models(&arguments.file, &placeholders, &mut files) {
            Some(models) => pretty(&models),
            None => return Ok(Exit::Input),
        },
    };
    let json = match converted {
        Ok(json) => json,
        Err(problem) => {
            let path = arguments.file.display();
            output::message("error", &format!("{path}: {problem}"));
            return Ok(Exit::Input);
        }
    };
    output::result_to(arguments.out.as_deref(), &json)
}

/// Returns the message for a file that is not an export; it names the file's actual
/// format if the file is a flow.
fn in_place_of(problem: String, file: &File, values: &[(String, String)]) -> String {
    let loaded = read::load_text(file, values, &mut Files::new());
    let what = match (loaded.architect.is_empty(), loaded.flows.is_empty()) {
        (false, _) if file.text().trim_start().starts_with('{') => "Architect's JSON",
        (false, _) => "Archy YAML",
        (true, false) => "a draft flow",
        (true, true) => return problem,
    };
    format!("not an export but {what}\n\n`--to model` converts it")
}

/// Returns the flow of a file, or an object of all its flows, and shows errors in them.
/// Returns `None` if the file does not load. Draft flows are returned as they are.
fn models(
    path: &Path,
    placeholders: &read::Placeholders,
    files: &mut Files,
) -> Option<Json> {
    let read::Loaded { flows, architect, mut diagnostics } =
        read::load_with(&[path.to_owned()], placeholders, files);
    diagnostics.retain(load::is_shown);
    sort(&mut diagnostics);
    output::diagnostics(&diagnostics, files);
    if diagnostics.iter().any(load::is_broken) {
        return None;
    }
    match architect.as_slice() {
        [] if flows.is_empty() => None,
        [] => {
            let file = files.load(path).ok()?;
            read_document(&file).ok().map(|document| read::json(&document))
        }
        [flow] => Some(model(flow)),
        several => {
            let flows = Json::array(several.iter().map(model));
            Some(Json::object([("flows".into(), flows)]))
        }
    }
}

/// Indents JSON; keeps the order of keys and all significant digits.
fn indented(text: &str) -> Result<String, String> {
    let json = Json::parse(text)
        .map_err(|problem| format!("the decoded export is {problem}"))?;
    pretty(&json)
}

fn pretty(json: &Json) -> Result<String, String> {
    let text = serde_json::to_string_pretty(json).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

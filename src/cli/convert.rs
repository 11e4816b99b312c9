//! `flowsim convert`

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::output;
use crate::flow::read::config::decode;
use crate::source::Files;
use crate::value::Json;

/// Turn an export of Architect into JSON that people and programs can read.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// An export, such as `Main.i3InboundFlow`
    file: PathBuf,

    /// What to turn it into
    #[arg(long, value_enum, default_value_t = Target::Json)]
    to: Target,

    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What an export can be turned into.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Target {
    /// Architect's own JSON, indented
    Json,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let Target::Json = arguments.to;
    let mut files = Files::new();
    let file = match files.load(&arguments.file) {
        Ok(file) => file,
        Err(problem) => {
            output::diagnostics(&[problem.into()], &files);
            return Ok(Exit::Input);
        }
    };
    let json = match decode(file.text()).and_then(|text| indented(&text)) {
        Ok(json) => json,
        Err(problem) => {
            let path = arguments.file.display();
            output::message("error", &format!("{path}: {problem}"));
            return Ok(Exit::Input);
        }
    };
    match &arguments.out {
        None => output::result(&json)?,
        Some(path) => {
            if let Err(error) = replace(path, &json) {
                let message = format!("cannot write {}: {error}", path.display());
                output::message("error", &message);
                return Ok(Exit::Outside);
            }
        }
    }
    Ok(Exit::Success)
}

/// Order and digits stay as they are in the export.
fn indented(text: &str) -> Result<String, String> {
    let json =
        Json::parse(text).map_err(|problem| format!("what it holds is {problem}"))?;
    let text = serde_json::to_string_pretty(&json).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// Writes a file under another name first, so that nobody ever finds half of it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
    let mut temporary = std::ffi::OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.part", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let written = fs::File::create_new(&temporary)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What is wrong is told; that the rest of it may stay is less than that.
        let _ = fs::remove_file(&temporary);
    }
    written
}

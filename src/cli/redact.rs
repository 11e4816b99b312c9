//! `flowsim redact`

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::diagnostic::sort;
use crate::recording::{self, DEFAULT_KEY, Recording, RedactionKinds, Redactor};
use crate::source::{Files, replace_file, unwritable};

/// Environment variable with the redaction key.
const KEY: &str = "FLOWSIM_REDACTION_KEY";

/// Remove secrets from recordings and replace personal data.
///
/// The same value gets the same replacement in every file: a hash with the key in
/// `FLOWSIM_REDACTION_KEY`. Without that variable, a publicly known key is used.
///
/// Exits with 0 on success, 3 if a recording does not load, 4 if there are no recordings,
/// 5 if a file cannot be written.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Recordings, or folders of recordings
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    redaction: Redaction,

    /// Write the recordings to this folder and keep the originals
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Redactions requested on a command line.
#[derive(Debug, Args)]
pub(super) struct Redaction {
    /// Replace phone numbers
    #[arg(long)]
    pub(super) phone_numbers: bool,

    /// Replace names of people
    #[arg(long)]
    pub(super) names: bool,

    /// Replace email addresses
    #[arg(long)]
    pub(super) emails: bool,

    /// Replace the values of this variable, parameter or field; repeatable
    #[arg(long, value_name = "NAME")]
    pub(super) variable: Vec<String>,
}

/// Builds the redactor of a command line, with the key of the environment.
pub(super) fn redactor(wanted: &Redaction) -> Redactor {
    let Redaction { phone_numbers, names, emails, ref variable } = *wanted;
    let is_keyed = phone_numbers || names || emails || !variable.is_empty();
    let variables = variable.iter().map(|name| name.as_str().into()).collect();
    let wanted = RedactionKinds { phone_numbers, names, emails, variables };
    let key = std::env::var_os(KEY).filter(|key| !key.is_empty());
    if key.is_none() && is_keyed {
        let text = format!(
            "{KEY} is not set, so a publicly known key is used; a reader who guesses \
             a redacted value can verify the guess"
        );
        output::message("warning", &text);
    }
    let key = key.as_ref().map_or(DEFAULT_KEY.as_bytes(), |key| key.as_encoded_bytes());
    Redactor::new(wanted, key)
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut files = Files::new();
    let (paths, mut problems) = recording::discover(&arguments.files, &mut files);
    let redactor = redactor(&arguments.redaction);
    let mut listing = output::Listing::default();
    for path in &paths {
        let (found, diagnostics) = recording::load(path, &mut files);
        problems.extend(diagnostics);
        let Some(found) = found else { continue };
        let redacted = redactor.redact(&found);
        match write(&redacted, &redactor, path, arguments.out.as_deref()) {
            Ok(written) => listing.add(&redaction_summary(&redacted, &written))?,
            Err(error) => {
                output::message("error", &error.to_string());
                return Ok(Exit::External);
            }
        }
    }
    sort(&mut problems);
    output::diagnostics(&problems, &files);
    if problems.is_empty() && paths.is_empty() {
        let text = "no recordings found; their names end in `.recording.json`\n\n\
                    name a file to redact one with another name";
        output::message("error", text);
    }
    Ok(match () {
        () if !problems.is_empty() => Exit::Input,
        () if paths.is_empty() => Exit::Nothing,
        () => Exit::Success,
    })
}

fn write(
    recording: &Recording,
    redactor: &Redactor,
    path: &Path,
    out: Option<&Path>,
) -> io::Result<PathBuf> {
    match out {
        Some(folder) => recording::save(recording, redactor, folder)
            .map_err(|error| unwritable(&folder.join(recording.file_name()), error)),
        None => {
            let written = replace_file(path, &recording.write());
            written.map_err(|error| unwritable(path, error))?;
            Ok(path.to_owned())
        }
    }
}

/// Summarizes in one line what was removed from a recording.
fn redaction_summary(recording: &Recording, path: &Path) -> String {
    let redactions = recording.redactions.iter();
    let all: Vec<String> =
        redactions.map(|it| format!("{} {}", it.count, it.kind)).collect();
    let all = if all.is_empty() { "nothing".to_owned() } else { all.join(", ") };
    format!("{}: {all}\n", path.display())
}

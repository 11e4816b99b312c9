//! `flowsim explain`

use std::io;

use clap::Args;

use super::exit::Exit;
use super::output;
use crate::diagnostic::{Code, explain, handbook, nearest};

/// Explain a diagnostic code and how to fix it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A code, such as `NO_INPUT`; without a code, all codes are listed
    code: Option<String>,

    /// Print the pages of all codes
    #[arg(long, conflicts_with = "code")]
    all: bool,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    if arguments.all {
        output::result(&handbook())?;
        return Ok(Exit::Success);
    }
    let Some(name) = &arguments.code else {
        let list: String = Code::all()
            .map(|code| format!("{:<26} {}\n", code.name(), code.meaning()))
            .collect();
        output::result(&list)?;
        return Ok(Exit::Success);
    };
    if let Some(code) = Code::from_name(name) {
        output::result(&explain(code))?;
        return Ok(Exit::Success);
    }
    let near = nearest(&name.to_uppercase(), Code::all().map(Code::name));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`flowsim explain` lists all codes".into(),
    };
    output::message("error", &format!("there is no code `{name}`\n\n{help}"));
    Ok(Exit::Usage)
}

//! `flowsim man`

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use super::exit::Exit;
use super::output;
use crate::source::replace_file;

/// Print flowsim's manual page, or write the pages of all commands into a folder.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Output folder, such as ~/.local/share/man/man1; existing pages are overwritten
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let command = super::Arguments::command().disable_help_subcommand(true);
    let Some(folder) = &arguments.folder else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        output::result(&page)?;
        return Ok(Exit::Success);
    };
    let mut command = command;
    command.build();
    if let Err(error) = write(&command, folder) {
        let folder = folder.display();
        output::message("error", &format!("cannot write into `{folder}`: {error}"));
        return Ok(Exit::External);
    }
    Ok(Exit::Success)
}

/// Writes the pages of a command and of its subcommands.
fn write(command: &clap::Command, folder: &Path) -> io::Result<()> {
    for inner in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        write(inner, folder)?;
    }
    let page = Man::new(command.clone());
    let mut text = Vec::new();
    page.render(&mut text)?;
    replace_file(&folder.join(page.get_filename()), &text)
}

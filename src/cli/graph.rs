//! `flowsim graph`

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{load, output};
use crate::diagnostic::{nearest, sort};
use crate::flow::read;
use crate::flow::write::Graph;
use crate::report::graph::{render_dot, render_mermaid};
use crate::source::Files;

/// Draw flows as graphs: actions and the paths between them.
///
/// Exits with 0 if the flows were drawn, 2 if no flow has the given name, 3 if a file
/// does not load.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Flow files or folders, of any dialect; a folder loads every flow in it
    #[arg(required = true, value_name = "FLOW")]
    flows: Vec<PathBuf>,

    #[command(flatten)]
    sources: load::Sources,

    /// Draw only this flow, by id or name
    #[arg(long, value_name = "ID-OR-NAME")]
    flow: Option<String>,

    /// Output format: a Mermaid flowchart, or DOT for Graphviz
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Mermaid,
    Dot,
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let mut files = Files::new();
    let environment = match arguments.sources.read(&mut files) {
        Ok(environment) => environment,
        Err(exit) => return Ok(exit),
    };
    let mut loaded =
        read::load_with(&arguments.flows, &environment.placeholders, &mut files);
    loaded.diagnostics.retain(load::is_shown);
    sort(&mut loaded.diagnostics);
    output::diagnostics(&loaded.diagnostics, &files);
    if loaded.diagnostics.iter().any(load::is_broken) {
        return Ok(Exit::Input);
    }
    let wanted = arguments.flow.as_deref();
    let is_wanted = |id: Option<&str>, name: &str| {
        wanted.is_none_or(|wanted| id == Some(wanted) || name == wanted)
    };
    let drafts = loaded.flows.iter();
    let drafts = drafts.filter(|it| is_wanted(Some(it.key()), &it.name));
    let architect = loaded.architect.iter();
    let architect = architect.filter(|it| is_wanted(it.id.as_deref(), &it.name.value));
    let graphs: Vec<Graph> =
        drafts.map(Graph::of_draft).chain(architect.map(Graph::of_architect)).collect();
    if let (Some(wanted), []) = (wanted, graphs.as_slice()) {
        let names = loaded.flows.iter().map(|flow| flow.name.as_str());
        let names =
            names.chain(loaded.architect.iter().map(|flow| flow.name.value.as_str()));
        let near = nearest(wanted, names);
        let help = near.map(|near| format!("\n\ndid you mean `{near}`?"));
        let help = help.unwrap_or_default();
        output::message("error", &format!("there is no flow called `{wanted}`{help}"));
        return Ok(Exit::Usage);
    }
    let render = match arguments.format {
        Format::Mermaid => render_mermaid,
        Format::Dot => render_dot,
    };
    let drawn: Vec<String> = graphs.iter().map(render).collect();
    output::result(&drawn.join("\n"))?;
    Ok(Exit::Success)
}

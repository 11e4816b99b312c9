//! `flowsim graph`

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{load, output};
use crate::diagnostic::{nearest, sort};
use crate::flow::read;
use crate::flow::write::{Graph, Outline};
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

    /// Output format: a Mermaid flowchart, DOT for Graphviz, or one line of text for each
    /// action
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,

    /// Print the settings of this unit or action, by its id in the outline, instead of the
    /// outline; repeatable
    #[arg(long, value_name = "ID")]
    expand: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Mermaid,
    Dot,
    Outline,
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
    let names = loaded.flows.iter().map(|flow| flow.name.to_string());
    let names = names.chain(loaded.architect.iter().map(|it| it.name.value.to_string()));
    let names: Vec<String> = names.collect();
    let is_wanted = |id: Option<&str>, name: &str| {
        wanted.is_none_or(|wanted| id == Some(wanted) || name == wanted)
    };
    loaded.flows.retain(|it| is_wanted(Some(it.key()), &it.name));
    loaded.architect.retain(|it| is_wanted(it.id.as_deref(), &it.name.value));
    if let (Some(wanted), [], []) = (wanted, &*loaded.flows, &*loaded.architect) {
        return Ok(unknown("flow", wanted, names.iter().map(String::as_str)));
    }
    show(arguments, &loaded)
}

fn show(arguments: &Arguments, loaded: &read::Loaded) -> io::Result<Exit> {
    let is_outline = arguments.format == Format::Outline;
    if !is_outline && !arguments.expand.is_empty() {
        output::message("error", "--expand is only for --format outline");
        return Ok(Exit::Usage);
    }
    if is_outline {
        let drafts = loaded.flows.iter().map(Outline::of_draft);
        let architect = loaded.architect.iter().map(Outline::of_architect);
        return outline(&arguments.expand, &drafts.chain(architect).collect::<Vec<_>>());
    }
    let drafts = loaded.flows.iter().map(Graph::of_draft);
    let graphs = drafts.chain(loaded.architect.iter().map(Graph::of_architect));
    let render = match arguments.format {
        Format::Dot => render_dot,
        _ => render_mermaid,
    };
    let drawn: Vec<String> = graphs.map(|graph| render(&graph)).collect();
    output::result(&drawn.join("\n"))?;
    Ok(Exit::Success)
}

/// Prints outlines, or the settings of the given units and actions as JSON lines.
fn outline(expanded: &[String], outlines: &[Outline]) -> io::Result<Exit> {
    if expanded.is_empty() {
        let texts: Vec<&str> = outlines.iter().map(|it| it.text.as_str()).collect();
        output::result(&texts.join("\n"))?;
        return Ok(Exit::Success);
    }
    let mut lines = String::new();
    for id in expanded {
        let mut found = outlines.iter().filter_map(|it| it.details.get(id.as_str()));
        let Some(first) = found.next() else {
            let known = outlines.iter().flat_map(|it| it.details.keys());
            return Ok(unknown("unit or action", id, known.map(|it| it.as_str())));
        };
        for details in std::iter::once(first).chain(found) {
            lines.push_str(&format!("{details}\n"));
        }
    }
    output::result(&lines)?;
    Ok(Exit::Success)
}

/// Reports a name that does not exist.
fn unknown<'n>(what: &str, name: &str, known: impl Iterator<Item = &'n str>) -> Exit {
    let help = nearest(name, known).map(|near| format!("\n\ndid you mean `{near}`?"));
    let help = help.unwrap_or_default();
    output::message("error", &format!("there is no {what} called `{name}`{help}"));
    Exit::Usage
}

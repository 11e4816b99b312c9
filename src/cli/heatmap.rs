//! `flowsim heatmap`

use std::io;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{load, output};
use crate::analysis::decisions::{self, Found};
use crate::analysis::heatmap::{
    Drawn, Heatmap, NoPicture, render_html, render_json, render_png, render_svg,
    render_text,
};
use crate::diagnostic::{Code, Diagnostic, Severity, sort};
use crate::flow::read;
use crate::flow::write::{Graph, render_dot_heat, render_mermaid_heat};
use crate::recording::{self, Kind};
use crate::source::Files;
use crate::trace::TextStyle;

/// Count which keys led where, and how often calls came to each node.
///
/// Exits with 0 if there was something to count, 2 if the command line makes no sense, 3 if a
/// file does not load, 4 if there is nothing to count.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Decision logs (.csv, or an object a line), traces of `flowsim run --format json`,
    /// recordings and folders of them, and what `flowsim test --coverage-out` writes
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// Files or folders of the flows that were called: their nodes are told in the flows'
    /// order, those that no call came to among them; repeatable
    #[arg(long, value_name = "PATH")]
    flows: Vec<PathBuf>,

    #[command(flatten)]
    placeholders: load::Placeholders,

    /// What to print: tables for people, a drawing of the keys and of the flows that --flows
    /// names as SVG or PNG, a page, all counts, or the flows as graphs with their heat, in
    /// Mermaid or DOT
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Svg,
    Png,
    Html,
    Json,
    Mermaid,
    Dot,
}

impl Format {
    /// Whether it shows flows and nothing else.
    fn is_graph(self) -> bool {
        matches!(self, Self::Mermaid | Self::Dot)
    }

    /// Whether it shows keys and decisions, and nodes only where they are drawn.
    fn is_picture(self) -> bool {
        matches!(self, Self::Svg | Self::Png)
    }
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    if arguments.format.is_graph() && arguments.flows.is_empty() {
        let text =
            "a graph needs the flows that were called: name them with --flows PATH";
        output::message("error", text);
        return Ok(Exit::Usage);
    }
    let mut files = Files::new();
    let drawn = match drawn(arguments, &mut files) {
        Ok(drawn) => drawn,
        Err(exit) => return Ok(exit),
    };
    let mut heatmap = Heatmap::default();
    let mut diagnostics = Vec::new();
    for path in &arguments.inputs {
        diagnostics.extend(add(path, &mut heatmap, &mut files));
    }
    output::diagnostics(&diagnostics, &files);
    if diagnostics.iter().any(|it| it.severity == Severity::Error) {
        return Ok(Exit::Input);
    }
    if let Some(missing) = missing(arguments.format, &heatmap, &drawn) {
        output::message("error", missing);
        return Ok(Exit::Nothing);
    }
    if arguments.format == Format::Png {
        return write_picture(arguments, &heatmap, &drawn);
    }
    output::result_to(arguments.out.as_deref(), &render(arguments, &heatmap, &drawn))
}

/// Writes the picture, but not to people's terminals.
fn write_picture(
    arguments: &Arguments,
    heatmap: &Heatmap,
    drawn: &[Drawn],
) -> io::Result<Exit> {
    if arguments.out.is_none() && io::stdout().is_terminal() {
        let text = "a terminal cannot show a picture: name a file with --out";
        output::message("error", text);
        return Ok(Exit::Usage);
    }
    match render_png(heatmap, drawn) {
        Ok(picture) => output::result_to(arguments.out.as_deref(), &picture),
        Err(reason) => {
            output::message("error", &reason.to_string());
            Ok(match reason {
                NoPicture::Feature(_) => Exit::Usage,
                NoPicture::Memory => Exit::Outside,
            })
        }
    }
}

/// Counts what a file holds, or the recordings of a folder.
fn add(path: &Path, heatmap: &mut Heatmap, files: &mut Files) -> Vec<Diagnostic> {
    if !path.is_dir() && !recording::is_recording_file(path) {
        return decisions::read(path, &mut |found| heatmap.add(found));
    }
    let (paths, mut diagnostics) = recording::discover(&[path.to_path_buf()], files);
    if path.is_dir() && paths.is_empty() && diagnostics.is_empty() {
        let message = format!(
            "`{}` is a folder without recordings; name the files in it",
            path.display()
        );
        diagnostics.push(Diagnostic::new(Code::FILE_UNREADABLE, message));
    }
    for path in paths {
        let (recording, problems) = recording::load(&path, files);
        diagnostics.extend(problems);
        match recording {
            Some(recording) if recording.kind == Kind::Execution => {
                if let Some(call) = recording.observation() {
                    heatmap.add_observation(&call);
                }
            }
            // What is no response of a simulation has nothing to count.
            Some(recording) => drop(heatmap.add(Found::Document(recording.response))),
            None => {}
        }
    }
    diagnostics
}

/// What is not there of which the form tells alone.
fn missing(format: Format, heatmap: &Heatmap, drawn: &[Drawn]) -> Option<&'static str> {
    let has_table = heatmap.table.total() > 0;
    let has_drawing = !drawn.is_empty() && !heatmap.nodes.is_empty();
    match format {
        _ if heatmap.is_empty() => {
            Some("there is nothing to count: no decisions and no traces")
        }
        format if format.is_picture() && !has_table && !has_drawing => {
            Some("there are no decisions to draw: no caller pressed a key")
        }
        Format::Mermaid | Format::Dot if heatmap.nodes.is_empty() => Some(
            "there are no traces, and decisions do not tell which nodes a call came to\n\n\
             take traces, or what `flowsim test --coverage-out` writes",
        ),
        _ => None,
    }
}

fn render(arguments: &Arguments, heatmap: &Heatmap, drawn: &[Drawn]) -> String {
    let graphs = |render: fn(&Graph, &_) -> String| {
        let graphs =
            drawn.iter().map(|(id, graph)| render(graph, &heatmap.nodes.heat(id, graph)));
        graphs.collect::<Vec<_>>().join("\n")
    };
    match arguments.format {
        Format::Text => {
            let is_shown = arguments.out.is_none();
            let style = TextStyle {
                color: is_shown && output::result_has_color(),
                width: if is_shown { output::result_width() } else { None },
            };
            render_text(heatmap, drawn, style)
        }
        Format::Svg => render_svg(heatmap, drawn),
        // It is no text, and was written before.
        Format::Png => String::new(),
        Format::Html => render_html(heatmap, drawn),
        Format::Json => render_json(heatmap, drawn),
        Format::Mermaid => graphs(render_mermaid_heat),
        Format::Dot => graphs(render_dot_heat),
    }
}

/// The flows that were named, by the ids that traces have of them.
fn drawn(arguments: &Arguments, files: &mut Files) -> Result<Vec<Drawn>, Exit> {
    if arguments.flows.is_empty() {
        return Ok(Vec::new());
    }
    let placeholders = arguments.placeholders.values(files)?;
    let mut loaded = read::load(&arguments.flows, &placeholders, files);
    loaded.diagnostics.retain(|it| it.severity == Severity::Error);
    sort(&mut loaded.diagnostics);
    output::diagnostics(&loaded.diagnostics, files);
    if loaded.diagnostics.iter().any(|it| it.code.is_about_loading()) {
        return Err(Exit::Input);
    }
    let drafts = loaded.flows.iter();
    let drafts = drafts.map(|flow| (flow.key().to_string(), Graph::of_draft(flow)));
    let architect = loaded.architect.iter().map(|flow| {
        let id = flow.id.as_ref().unwrap_or(&flow.name.value);
        (id.to_string(), Graph::of_architect(flow))
    });
    Ok(drafts.chain(architect).collect())
}

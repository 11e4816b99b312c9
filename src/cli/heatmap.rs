//! `flowsim heatmap`

use std::io;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::{load, output};
use crate::analysis::decisions::{self, Item};
use crate::analysis::heatmap::{FlowGraph, Heatmap, LocalFlows};
use crate::diagnostic::{Code, Diagnostic, Severity, sort};
use crate::flow::write::Graph;
use crate::flow::{FlowId, read};
use crate::program::Program;
use crate::recording::{self, Kind, Recording};
use crate::report::graph::{render_dot_heat, render_mermaid_heat};
use crate::report::heatmap::{
    NoPicture, render_html, render_json, render_png, render_svg, render_text,
};
use crate::source::Files;
use crate::trace::TextStyle;

/// Count the callers' keys and where they led, and how often calls reached each node.
///
/// Exits with 0 if there was something to count, 2 if the arguments are invalid, 3 if a
/// file does not load, 4 if there is nothing to count.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Decision logs (.csv, or one JSON object per line), traces of `flowsim run --format
    /// json`, recordings or folders of recordings, and coverage of `flowsim test
    /// --coverage-out`
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// Flow files or folders of the called flows; their nodes are listed in flow order,
    /// including nodes that no call reached; repeatable
    #[arg(long, value_name = "PATH")]
    flows: Vec<PathBuf>,

    #[command(flatten)]
    sources: load::Sources,

    /// Output format: tables, an image (SVG or PNG) of the keys and of the flows of
    /// --flows, an HTML page, all counts as JSON, or the flows as heat graphs in Mermaid
    /// or DOT
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
    /// Returns whether the format shows only flows.
    fn is_graph(self) -> bool {
        matches!(self, Self::Mermaid | Self::Dot)
    }

    /// Returns whether the format shows keys and decisions, and nodes only inside drawn
    /// flows.
    fn is_picture(self) -> bool {
        matches!(self, Self::Svg | Self::Png)
    }
}

pub(super) fn run(arguments: &Arguments) -> io::Result<Exit> {
    if arguments.format.is_graph() && arguments.flows.is_empty() {
        let text = "a graph needs the called flows; name them with --flows PATH";
        output::message("error", text);
        return Ok(Exit::Usage);
    }
    let mut files = Files::new();
    let (drawn, local) = match drawn(arguments, &mut files) {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    if let Some(exit) = refused(arguments, &files) {
        return Ok(exit);
    }
    let mut heatmap = Heatmap::default();
    let mut diagnostics = Vec::new();
    for path in &arguments.inputs {
        diagnostics.extend(add(path, local.as_ref(), &mut heatmap, &mut files));
    }
    output::diagnostics(&diagnostics, &files);
    // Inputs in folders are known only now.
    if let Some(exit) = refused(arguments, &files) {
        return Ok(exit);
    }
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
    let text = render(arguments, &heatmap, &drawn)?;
    output::result_to(arguments.out.as_deref(), &text)
}

/// Refuses an output that is an input.
fn refused(arguments: &Arguments, files: &Files) -> Option<Exit> {
    let loaded = files.iter().map(|file| file.path());
    let inputs = arguments.inputs.iter().map(PathBuf::as_path).chain(loaded);
    output::refused_input(arguments.out.as_ref()?, inputs)
}

/// Writes the image; refuses to write it to a terminal.
fn write_picture(
    arguments: &Arguments,
    heatmap: &Heatmap,
    drawn: &[FlowGraph],
) -> io::Result<Exit> {
    if arguments.out.is_none() && io::stdout().is_terminal() {
        let text = "a terminal cannot show an image; name a file with --out";
        output::message("error", text);
        return Ok(Exit::Usage);
    }
    match render_png(heatmap, drawn) {
        Ok(picture) => output::result_to(arguments.out.as_deref(), &picture),
        Err(reason) => {
            output::message("error", &reason.to_string());
            Ok(match reason {
                NoPicture::Feature(_) => Exit::Usage,
                NoPicture::Memory => Exit::External,
            })
        }
    }
}

/// Counts the contents of a file, or the recordings of a folder. `local` are the flows of
/// `--flows`.
fn add(
    path: &Path,
    local: Option<&LocalFlows>,
    heatmap: &mut Heatmap,
    files: &mut Files,
) -> Vec<Diagnostic> {
    if !path.is_dir() && !recording::is_recording_file(path) {
        return decisions::read(path, &mut |mut found| {
            if let (Item::Document(document), Some(local)) = (&mut found, local) {
                local.adopt_trace(document);
            }
            heatmap.add(found)
        });
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
        if let Some(recording) = recording {
            add_recording(recording, local, heatmap);
        }
    }
    diagnostics
}

fn add_recording(
    mut recording: Recording,
    local: Option<&LocalFlows>,
    heatmap: &mut Heatmap,
) {
    if recording.kind == Kind::Execution {
        if let Some(mut call) = recording.observation() {
            local.iter().for_each(|local| local.adopt(&mut call));
            heatmap.add_observation(&call);
        }
        return;
    }
    let flow = recording.flow.id.or(recording.flow.name);
    local.iter().for_each(|it| it.adopt_response(&mut recording.response, flow.as_ref()));
    // Only simulation responses have something to count.
    drop(heatmap.add(Item::Document(recording.response)));
}

/// Returns a message if the input lacks the data that the chosen format needs.
fn missing(
    format: Format,
    heatmap: &Heatmap,
    drawn: &[FlowGraph],
) -> Option<&'static str> {
    let has_table = heatmap.table.total() > 0;
    let has_drawing = !drawn.is_empty() && !heatmap.nodes.is_empty();
    match format {
        _ if heatmap.is_empty() => {
            Some("nothing to count: found no decisions and no traces")
        }
        format if format.is_picture() && !has_table && !has_drawing => {
            Some("no decisions to draw: no caller pressed a key")
        }
        Format::Mermaid | Format::Dot if heatmap.nodes.is_empty() => Some(
            "no traces found, and decisions do not show which nodes a call reached\n\n\
             use traces, or the output of `flowsim test --coverage-out`",
        ),
        _ => None,
    }
}

fn render(
    arguments: &Arguments,
    heatmap: &Heatmap,
    drawn: &[FlowGraph],
) -> io::Result<String> {
    let graphs = |render: fn(&Graph, &_) -> String| {
        let graphs =
            drawn.iter().map(|(id, graph)| render(graph, &heatmap.nodes.heat(id, graph)));
        graphs.collect::<Vec<_>>().join("\n")
    };
    Ok(match arguments.format {
        Format::Text => {
            let is_shown = arguments.out.is_none();
            let style = TextStyle {
                color: is_shown && output::result_has_color(),
                width: if is_shown { output::result_width() } else { None },
            };
            render_text(heatmap, drawn, style)
        }
        Format::Svg => render_svg(heatmap, drawn),
        // `render` returns a string; `write_picture` writes PNG before.
        Format::Png => String::new(),
        Format::Html => render_html(heatmap, drawn)?,
        Format::Json => render_json(heatmap, drawn),
        Format::Mermaid => graphs(render_mermaid_heat),
        Format::Dot => graphs(render_dot_heat),
    })
}

/// The drawn flows, and the same flows as recordings find them.
type Drawn = (Vec<FlowGraph>, Option<LocalFlows>);

/// Returns the flows of `--flows`, keyed by the ids that traces use.
fn drawn(arguments: &Arguments, files: &mut Files) -> Result<Drawn, Exit> {
    if arguments.flows.is_empty() {
        return Ok((Vec::new(), None));
    }
    let environment = arguments.sources.read(files)?;
    let mut loaded = read::load_with(&arguments.flows, &environment.placeholders, files);
    loaded.diagnostics.retain(load::is_shown);
    sort(&mut loaded.diagnostics);
    output::diagnostics(&loaded.diagnostics, files);
    if loaded.diagnostics.iter().any(load::is_broken) {
        return Err(Exit::Input);
    }
    let program = Program::compile_all(&loaded.flows, &loaded.architect);
    let drafts = loaded.flows.iter().map(Graph::of_draft);
    let graphs = drafts.chain(loaded.architect.iter().map(Graph::of_architect));
    // Graphs are in the order of the symbol table.
    let named = graphs.enumerate().map(|(index, mut graph)| {
        let flow = FlowId::new(index);
        graph.name = program.symbols.flow_reference(flow).to_string();
        (program.symbols.flow_key(flow).to_string(), graph)
    });
    let drawn = named.collect();
    Ok((drawn, Some(LocalFlows::new(Arc::new(program)))))
}

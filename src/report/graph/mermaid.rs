//! A graph in the notation of Mermaid, which GitHub and many wikis render.

use std::fmt::Write;

use super::heat::{colors, level, width};
use crate::analysis::heatmap::Heat;
use crate::flow::write::{Arrow, Graph, Vertex};
use crate::value::shortened;

/// Maximum length of a displayed condition, in characters.
const MAX_CONDITION: usize = 80;

/// Renders the graph of a flow as a Mermaid flowchart.
pub fn render_mermaid(graph: &Graph) -> String {
    draw(graph, &Heat::default())
}

/// Renders the graph with counts: vertices are shaded by their count, and arrows are
/// wider for larger counts.
pub fn render_mermaid_heat(graph: &Graph, heat: &Heat) -> String {
    let mut out = draw(graph, heat);
    let shades = (0..).map_while(|shade| Some((shade, colors(shade)?)));
    for (shade, (fill, text, stroke)) in shades {
        let is_of_shade = |index: &usize| {
            heat.vertex(*index).map(|it| level(it, heat.largest())) == Some(shade)
        };
        let vertices: Vec<String> = (0..graph.vertices.len())
            .filter(is_of_shade)
            .map(|index| format!("n{index}"))
            .collect();
        if !vertices.is_empty() {
            let _ = writeln!(
                out,
                "  classDef heat{shade} fill:{fill},color:{text},stroke:{stroke}"
            );
            let _ = writeln!(out, "  class {} heat{shade}", vertices.join(","));
        }
    }
    for index in 0..graph.arrows.len() {
        if let Some(width) = width(heat, index) {
            let _ = writeln!(out, "  linkStyle {index} stroke-width:{width}px");
        }
    }
    out
}

fn draw(graph: &Graph, heat: &Heat) -> String {
    let mut out = format!("---\ntitle: {}\n---\nflowchart TD\n", title(&graph.name));
    let mut is_drawn = vec![false; graph.vertices.len()];
    for (number, cluster) in graph.clusters.iter().enumerate() {
        let _ = writeln!(out, "  subgraph u{number}[{}]", quoted(&cluster.name));
        for index in cluster.vertices.clone() {
            if let Some(vertex) = graph.vertices.get(index) {
                let _ = writeln!(out, "    {}", shape(index, vertex, heat));
                is_drawn[index] = true;
            }
        }
        out.push_str("  end\n");
    }
    for (index, vertex) in graph.vertices.iter().enumerate() {
        if !is_drawn[index] {
            let _ = writeln!(out, "  {}", shape(index, vertex, heat));
        }
    }
    for (index, arrow) in graph.arrows.iter().enumerate() {
        let line = if arrow.is_jump { "-.->" } else { "-->" };
        let label = match label(index, arrow, heat) {
            none if none.is_empty() => none,
            label => format!("|{}|", quoted(&label)),
        };
        let _ = writeln!(out, "  n{} {line}{label} n{}", arrow.from, arrow.to);
    }
    out
}

fn shape(index: usize, vertex: &Vertex, heat: &Heat) -> String {
    let text = quoted(&caption(index, vertex, heat));
    if vertex.is_start {
        format!("n{index}([{text}])")
    } else {
        format!("n{index}[{text}]")
    }
}

/// Returns the text in a vertex.
pub(super) fn caption(index: usize, vertex: &Vertex, heat: &Heat) -> String {
    let mut caption = match vertex.number {
        Some(number) => format!("{number} {}", vertex.name),
        None => vertex.name.clone(),
    };
    if vertex.name != vertex.kind {
        caption.push('\n');
        caption.push_str(&vertex.kind);
    }
    if !vertex.condition.is_empty() {
        caption.push('\n');
        caption.push_str(&shortened(&vertex.condition, MAX_CONDITION));
    }
    if let Some(count) = heat.vertex(index) {
        caption.push('\n');
        caption.push_str(&times(count));
    }
    caption
}

/// Returns the text beside an arrow: its output, its condition and its count.
pub(super) fn label(index: usize, arrow: &Arrow, heat: &Heat) -> String {
    let condition = shortened(&arrow.condition, MAX_CONDITION);
    let count = heat.arrow(index).map(times).unwrap_or_default();
    let lines = [arrow.label.as_str(), &condition, &count];
    let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

fn times(count: u64) -> String {
    format!("{count} ×")
}

/// Formats a string for YAML, the notation of a chart's header.
fn title(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            character if character.is_control() => out.push(' '),
            character => out.push(character),
        }
    }
    out.push('"');
    out
}

/// Quotes a string. Characters with a meaning in Mermaid, Markdown or HTML become
/// entities.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '\n' => out.push_str("<br/>"),
            '"' | '&' | '<' | '>' | '#' | ';' | '`' | '*' | '_' | '~' | '\\' | '['
            | ']' | '{' | '}' | '|' => {
                let _ = write!(out, "#{};", u32::from(character));
            }
            character if character.is_control() => out.push(' '),
            character => out.push(character),
        }
    }
    out.push('"');
    out
}

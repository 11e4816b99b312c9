//! A graph in the notation of Graphviz.

use std::fmt::Write;

use super::heat::{colors, level, width};
use super::mermaid::{caption, label};
use crate::analysis::heatmap::Heat;
use crate::flow::write::{Arrow, Graph, Vertex};

/// Renders the graph of a flow in DOT.
pub fn render_dot(graph: &Graph) -> String {
    render_dot_heat(graph, &Heat::default())
}

/// Renders the graph with counts: vertices are shaded by their count, and arrows are
/// wider for larger counts.
pub fn render_dot_heat(graph: &Graph, heat: &Heat) -> String {
    let mut out = format!("digraph {} {{\n  node [shape=box];\n", quoted(&graph.name));
    let mut is_drawn = vec![false; graph.vertices.len()];
    for (number, cluster) in graph.clusters.iter().enumerate() {
        let _ = writeln!(out, "  subgraph cluster_{number} {{");
        let _ = writeln!(out, "    label={};", quoted(&cluster.name));
        for index in cluster.vertices.clone() {
            if let Some(vertex) = graph.vertices.get(index) {
                let _ = writeln!(out, "    {}", shape(index, vertex, heat));
                is_drawn[index] = true;
            }
        }
        out.push_str("  }\n");
    }
    for (index, vertex) in graph.vertices.iter().enumerate() {
        if !is_drawn[index] {
            let _ = writeln!(out, "  {}", shape(index, vertex, heat));
        }
    }
    for (index, arrow) in graph.arrows.iter().enumerate() {
        let properties = properties(index, arrow, heat);
        let _ = writeln!(out, "  n{} -> n{}{properties};", arrow.from, arrow.to);
    }
    out.push_str("}\n");
    out
}

fn properties(index: usize, arrow: &Arrow, heat: &Heat) -> String {
    let mut properties = Vec::new();
    let label = label(index, arrow, heat);
    if !label.is_empty() {
        properties.push(format!("label={}", quoted(&label)));
    }
    if let Some(width) = width(heat, index) {
        properties.push(format!("penwidth={width}"));
    }
    if arrow.is_jump {
        properties.push("style=dashed".to_owned());
    }
    match properties.join(", ") {
        none if none.is_empty() => none,
        some => format!(" [{some}]"),
    }
}

fn shape(index: usize, vertex: &Vertex, heat: &Heat) -> String {
    let text = quoted(&caption(index, vertex, heat));
    let mut styles = Vec::new();
    if vertex.is_start {
        styles.push("bold");
    }
    let shade = heat.vertex(index).map(|count| level(count, heat.largest()));
    let colors = match shade.and_then(colors) {
        Some((fill, text, stroke)) => {
            styles.push("filled");
            format!(", fillcolor=\"{fill}\", fontcolor=\"{text}\", color=\"{stroke}\"")
        }
        None => String::new(),
    };
    let style = match styles.as_slice() {
        [] => String::new(),
        [only] => format!(", style={only}"),
        several => format!(", style=\"{}\"", several.join(",")),
    };
    format!("n{index} [label={text}{style}{colors}];")
}

/// Quotes a string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            character if character.is_control() => out.push(' '),
            character => out.push(character),
        }
    }
    out.push('"');
    out
}

//! A graph in the notation of Graphviz.

use std::fmt::Write;

use super::graph::{Graph, Vertex};

/// The graph of a flow in DOT.
pub fn render_dot(graph: &Graph) -> String {
    let mut out = format!("digraph {} {{\n  node [shape=box];\n", quoted(&graph.name));
    let mut is_drawn = vec![false; graph.vertices.len()];
    for (number, cluster) in graph.clusters.iter().enumerate() {
        let _ = writeln!(out, "  subgraph cluster_{number} {{");
        let _ = writeln!(out, "    label={};", quoted(&cluster.name));
        for index in cluster.vertices.clone() {
            if let Some(vertex) = graph.vertices.get(index) {
                let _ = writeln!(out, "    {}", shape(index, vertex));
                is_drawn[index] = true;
            }
        }
        out.push_str("  }\n");
    }
    for (index, vertex) in graph.vertices.iter().enumerate() {
        if !is_drawn[index] {
            let _ = writeln!(out, "  {}", shape(index, vertex));
        }
    }
    for arrow in &graph.arrows {
        let mut properties = Vec::new();
        if !arrow.label.is_empty() {
            properties.push(format!("label={}", quoted(&arrow.label)));
        }
        if arrow.is_jump {
            properties.push("style=dashed".to_owned());
        }
        let properties = match properties.join(", ") {
            none if none.is_empty() => none,
            some => format!(" [{some}]"),
        };
        let _ = writeln!(out, "  n{} -> n{}{properties};", arrow.from, arrow.to);
    }
    out.push_str("}\n");
    out
}

fn shape(index: usize, vertex: &Vertex) -> String {
    let text = if vertex.name == vertex.kind {
        quoted(&vertex.name)
    } else {
        quoted(&format!("{}\n{}", vertex.name, vertex.kind))
    };
    let start = if vertex.is_start { ", style=bold" } else { "" };
    format!("n{index} [label={text}{start}];")
}

/// A text between quotes.
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

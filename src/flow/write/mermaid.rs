//! A graph in the notation of Mermaid, which GitHub and many wikis draw.

use std::fmt::Write;

use super::graph::{Graph, Vertex};

/// The graph of a flow as a Mermaid flowchart.
pub fn render_mermaid(graph: &Graph) -> String {
    let mut out = format!("---\ntitle: {}\n---\nflowchart TD\n", title(&graph.name));
    let mut is_drawn = vec![false; graph.vertices.len()];
    for (number, cluster) in graph.clusters.iter().enumerate() {
        let _ = writeln!(out, "  subgraph u{number}[{}]", quoted(&cluster.name));
        for index in cluster.vertices.clone() {
            if let Some(vertex) = graph.vertices.get(index) {
                let _ = writeln!(out, "    {}", shape(index, vertex));
                is_drawn[index] = true;
            }
        }
        out.push_str("  end\n");
    }
    for (index, vertex) in graph.vertices.iter().enumerate() {
        if !is_drawn[index] {
            let _ = writeln!(out, "  {}", shape(index, vertex));
        }
    }
    for arrow in &graph.arrows {
        let line = if arrow.is_jump { "-.->" } else { "-->" };
        let label = match arrow.label.as_str() {
            "" => String::new(),
            label => format!("|{}|", quoted(label)),
        };
        let _ = writeln!(out, "  n{} {line}{label} n{}", arrow.from, arrow.to);
    }
    out
}

fn shape(index: usize, vertex: &Vertex) -> String {
    let text = if vertex.name == vertex.kind {
        quoted(&vertex.name)
    } else {
        quoted(&format!("{}\n{}", vertex.name, vertex.kind))
    };
    if vertex.is_start {
        format!("n{index}([{text}])")
    } else {
        format!("n{index}[{text}]")
    }
}

/// A text as a string of YAML, which the head of a chart is.
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

/// A text between quotes. What Mermaid, Markdown or HTML would obey is an entity.
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

//! Heat map as a self-contained HTML page.

use std::fmt::Write;
use std::io;

use minijinja::{Value, context};

use super::flows::{self, Shaded, TIPS, scale};
use super::listing::{Listed, Node, listing};
use super::svg::{self, draw, escaped};
use crate::analysis::heatmap::{FlowGraph, Heatmap};
use crate::report::graph::{Drawing, drawings, level};
use crate::report::page::Page;

const PAGE: Page = Page {
    name: "flowsim heatmap",
    templates: &[("page.html", include_str!("page.html"))],
    style: &[svg::STYLE, flows::STYLE, STYLE],
    script: &[],
    is_live: false,
};

/// Style of the tables and of the space around drawings.
const STYLE: &str = "\
.whole h2{margin-top:36px;font-size:17px}.whole h3{margin-top:20px;font-size:15px}\
.whole>p{margin-bottom:12px;color:var(--soft)}.whole figure{overflow-x:auto}\
.key{display:block;margin-left:-24px;max-width:none}\
.canvas{max-height:85vh}.canvas svg{display:block;margin:auto}\
td .bar{width:140px;height:12px;margin:5px 0}\
td.count,th.count{text-align:right;font-variant-numeric:tabular-nums}\
td.kind,td.paths,tr.never td{color:var(--soft)}";

/// Renders the table of keys and decisions, and the nodes with their counts.
///
/// # Errors
///
/// Returns an error if the page cannot be rendered, which is a bug.
pub fn render_html(heatmap: &Heatmap, drawn: &[FlowGraph]) -> io::Result<String> {
    let listed = listing(heatmap, drawn);
    let mut out = String::new();
    if heatmap.table.total() > 0 {
        // The page has the style of the image.
        let table = draw(heatmap, &[], &|_| String::new());
        let _ = writeln!(out, "<figure>\n{table}</figure>");
    }
    if !listed.is_empty() && !drawn.is_empty() {
        let _ = writeln!(
            out,
            "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"heatmap defs\">\n\
             {TIPS}</svg>"
        );
    }
    // Flows with drawings come first.
    let graphs = drawn.iter().map(Some).chain(std::iter::repeat(None));
    for (listed, drawn) in listed.iter().zip(graphs) {
        flow(heatmap, listed, drawn, &mut out);
    }
    let content = context! {
        subject => subject(heatmap),
        content => Value::from_safe_string(out),
    };
    PAGE.render(content).map(|(_, html)| html).map_err(io::Error::other)
}

/// Returns the subtitle of the page.
fn subject(heatmap: &Heatmap) -> String {
    let calls = match heatmap.nodes.calls {
        1 => "1 call".to_owned(),
        calls => format!("{calls} calls"),
    };
    match (heatmap.table.total(), heatmap.nodes.is_empty()) {
        (0, _) => format!("Nodes reached by {calls}."),
        (_, true) => "Outcomes of the keys that callers pressed.".to_owned(),
        _ => format!(
            "Outcomes of the keys that callers pressed, and nodes reached by {calls}."
        ),
    }
}

/// Writes a flow: its drawing if the document is available, and all its nodes.
fn flow(heatmap: &Heatmap, listed: &Listed, drawn: Option<&FlowGraph>, out: &mut String) {
    head(listed, out);
    let is_drawn = drawn.is_some_and(|it| drawing(heatmap, it, out));
    if is_drawn {
        out.push_str("<details><summary>All nodes as a list</summary>\n");
    }
    nodes(listed, out);
    if is_drawn {
        out.push_str("</details>\n");
    }
}

/// Draws the parts of a flow that are small enough. Returns whether there are any.
fn drawing(heatmap: &Heatmap, (id, graph): &FlowGraph, out: &mut String) -> bool {
    let heat = heatmap.nodes.heat(id, graph);
    let drawings = drawings(graph, &heat);
    let is_drawn = drawings.iter().any(|it| !it.boxes.is_empty());
    if is_drawn {
        let mut shades = String::new();
        let width = scale(2.0, heat.largest(), &mut shades);
        let _ = write!(
            out,
            "<div class=\"wide\"><svg class=\"heatmap key\" width=\"{width:.0}\" \
             height=\"20\">\n{shades}</svg></div>\n"
        );
    }
    for drawing in drawings.iter().filter(|it| it.count > 0) {
        if let Some(title) = &drawing.title {
            let _ = writeln!(out, "<h3>{}</h3>", escaped(title));
        }
        canvas(drawing, &graph.name, out);
    }
    is_drawn
}

fn canvas(drawing: &Shaded, flow: &str, out: &mut String) {
    let Drawing { count, width, height, .. } = drawing;
    if drawing.is_list {
        let text = "nodes are too many to draw; see the list below.";
        let _ = writeln!(out, "<p>{count} {text}</p>");
        return;
    }
    let name = escaped(drawing.title.as_deref().unwrap_or(flow));
    let _ = writeln!(
        out,
        "<div class=\"canvas\" tabindex=\"0\" role=\"group\" aria-label=\"Drawing of \
         {name}\"><svg class=\"heatmap\" width=\"{width:.0}\" height=\"{height:.0}\">"
    );
    flows::write(drawing, out);
    out.push_str("</svg></div>\n");
}

fn head(flow: &Listed, out: &mut String) {
    let (reached, all) = flow.reached();
    let _ = write!(
        out,
        "<h2>{}</h2>\n<p>{reached} of {all} nodes reached.</p>\n",
        escaped(&flow.name)
    );
}

fn nodes(flow: &Listed, out: &mut String) {
    out.push_str(
        "<div class=\"wide\"><table>\n<tr><th></th><th class=\"count\">count</th>\
         <th>node</th><th>type</th><th>paths</th></tr>\n",
    );
    let largest = flow.largest();
    for node in &flow.nodes {
        row(node, largest, out);
    }
    out.push_str("</table></div>\n");
}

fn row(node: &Node, largest: u64, out: &mut String) {
    let paths: Vec<String> =
        node.paths.iter().map(|(path, count)| format!("{path} ×{count}")).collect();
    let share = u128::from(node.count) * 100 / u128::from(largest.max(1));
    // A count above zero always has a visible bar.
    let share = if node.count > 0 { share.max(2) } else { 0 };
    let _ = writeln!(
        out,
        "<tr{}><td><svg class=\"bar heatmap\" viewBox=\"0 0 100 1\" \
         preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"h{}\" \
         width=\"{share}\" height=\"1\"/></svg></td><td class=\"count\">{}</td><td>{}</td><td class=\"kind\">{}</td>\
         <td class=\"paths\">{}</td></tr>",
        if node.count == 0 { " class=\"never\"" } else { "" },
        level(node.count, largest),
        node.count,
        escaped(&node.name),
        escaped(&node.kind),
        escaped(&paths.join(", "))
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::page::assert_is_closed;

    #[test]
    fn the_page_loads_nothing() {
        assert_is_closed(&PAGE);
    }
}

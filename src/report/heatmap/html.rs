//! Heat map as a self-contained HTML page.

use std::fmt::Write;

use super::flows::{self, Shaded, TIPS, scale};
use super::listing::{Listed, Node, listing};
use super::svg::{self, escaped, render_svg};
use crate::analysis::heatmap::{FlowGraph, Heatmap};
use crate::flow::write::{Drawing, drawings, level};

/// Page style, light or dark like the reader's system.
const STYLE: &str = "\
:root{color-scheme:light dark;--ground:#ffffff;--ink:#1c1f23;--soft:#5f6670;--line:#e3e5e8;\
--h0:#f3f4f2;--h1:#d3ecab;--h2:#93d4bf;--h3:#2a78b5;--h4:#1b2f80}\
@media(prefers-color-scheme:dark){:root{--ground:#15181c;--ink:#e8eaed;--soft:#9aa3ad;\
--line:#2c3239;--h0:#1f242a;--h1:#1f3560;--h2:#1f6593;--h3:#3aa9a8;--h4:#d3ee9c}}\
body{margin:0 auto;padding:24px;max-width:1200px;background:var(--ground);color:var(--ink);\
font:15px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif}\
h1{font-size:22px;margin:0 0 4px}h2{font-size:17px;margin:36px 0 4px}\
p{margin:0 0 12px;color:var(--soft)}\
figure{margin:0 0 0 -24px;overflow-x:auto}\
.wide{overflow-x:auto}\
table{border-collapse:collapse;font-size:14px}\
th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--line)}\
th{font-weight:600;color:var(--soft)}\
td.count,th.count{text-align:right;font-variant-numeric:tabular-nums}\
td.kind,td.paths{color:var(--soft)}\
.bar{display:block;width:140px;height:12px;border-radius:3px;background:var(--h0)}\
.bar i{display:block;height:12px;border-radius:3px}\
.h1 i{background:var(--h1)}.h2 i{background:var(--h2)}\
.h3 i{background:var(--h3)}.h4 i{background:var(--h4)}\
tr.never td{color:var(--soft)}";

/// Additional style for pages with drawings.
const DRAWN_STYLE: &str = "\
h3{font-size:15px;margin:20px 0 6px}summary{cursor:pointer;color:var(--soft)}\
details{margin:14px 0}.key{display:block;margin:0 0 10px -24px;max-width:none}\
.canvas{overflow:auto;max-height:85vh;margin:0 0 14px;border:1px solid var(--line);\
border-radius:8px}.canvas svg{display:block;margin:auto}";

/// Renders the table of keys and decisions, and the nodes with their counts.
pub fn render_html(heatmap: &Heatmap, drawn: &[FlowGraph]) -> String {
    let listed = listing(heatmap, drawn);
    let has_drawings = !listed.is_empty() && !drawn.is_empty();
    let more = match has_drawings {
        true => [DRAWN_STYLE, svg::STYLE, flows::STYLE].concat(),
        false => String::new(),
    };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Heat map</title>\n<style>{STYLE}{more}</style>\n</head>\n<body>\n<h1>Heat map</h1>\n"
    );
    let _ = writeln!(out, "<p>{}</p>", subject(heatmap));
    if heatmap.table.total() > 0 {
        let _ = writeln!(out, "<figure>\n{}</figure>", render_svg(heatmap, &[]));
    }
    if has_drawings {
        let _ = writeln!(
            out,
            "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\" \
             class=\"heatmap\">\n{TIPS}</svg>"
        );
    }
    // Flows with drawings come first.
    let graphs = drawn.iter().map(Some).chain(std::iter::repeat(None));
    for (listed, drawn) in listed.iter().zip(graphs) {
        flow(heatmap, listed, drawn, &mut out);
    }
    out.push_str("</body>\n</html>\n");
    out
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
        "<tr{}><td><span class=\"bar h{}\"><i style=\"width:{share}%\"></i></span></td>\
         <td class=\"count\">{}</td><td>{}</td><td class=\"kind\">{}</td>\
         <td class=\"paths\">{}</td></tr>",
        if node.count == 0 { " class=\"never\"" } else { "" },
        level(node.count, largest),
        node.count,
        escaped(&node.name),
        escaped(&node.kind),
        escaped(&paths.join(", "))
    );
}

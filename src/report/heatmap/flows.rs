//! Drawings of flows: boxes are shaded by the number of visits, and paths are wider the
//! more often they were taken.

use std::fmt::Write;

use super::listing::{Listed, listing};
use super::svg::{MARGIN, escaped, key, label};
use crate::analysis::heatmap::{FlowGraph, Heat, Heatmap};
use crate::flow::write::Graph;
use crate::report::graph::{
    Drawing, Line, MOST_BOXES, Marking, Part, Shape, drawing, parts,
};

/// A drawing with a shade for each count.
pub(super) type Shaded = Drawing<<Heat as Marking>::Mark>;

/// Maximum size of a picture of flows in pixels; a PNG has to fit in memory.
const MOST_PIXELS: f64 = 12_000_000.0;

/// Height of a flow's name and colour scale, and height of the name of a part.
const HEAD: f64 = 92.0;
const PART: f64 = 30.0;

/// Height of the line about omitted drawings.
const FOOT: f64 = 44.0;

/// Style of drawings, in the colours of the table.
pub(super) const STYLE: &str = "\
.heatmap .box{stroke:var(--soft)}.heatmap .start{stroke-width:2.5}\
.heatmap .plain{fill:var(--card);stroke-dasharray:4 3}\
.heatmap .name{font-size:12.5px;font-weight:500}\
.heatmap .part{font-size:14px;font-weight:600}\
.heatmap .way{fill:none;stroke:var(--soft)}\
.heatmap .w1{stroke-width:1.5}.heatmap .w2{stroke-width:2.5}\
.heatmap .w3{stroke-width:3.5}.heatmap .w4{stroke-width:4.5}\
.heatmap .never{stroke-dasharray:4 3;opacity:.7}\
.heatmap .tip{fill:var(--soft)}\
.heatmap .label{fill:var(--soft);stroke:var(--card);stroke-width:4px;paint-order:stroke;\
stroke-linejoin:round}";

/// Arrow heads for all drawings of a page or picture; wide paths have larger ones.
pub(super) const TIPS: &str = "\
<defs><marker id=\"heat-tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"10\" \
markerHeight=\"10\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
<path class=\"tip\" d=\"M0 0L10 5L0 10Z\"/></marker>\
<marker id=\"heat-wide-tip\" viewBox=\"0 0 12 16\" refX=\"9.5\" refY=\"8\" markerWidth=\"12\" \
markerHeight=\"16\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
<path class=\"tip\" d=\"M0 0L12 8L0 16Z\"/></marker></defs>\n";

/// Explanation of the path widths, next to the colour scale.
const WIDTH_HINT: &str = "wider paths were taken more often; dashed: never taken";

/// Drawings of several flows from top to bottom, as many as fit into a picture.
#[derive(Default)]
pub(super) struct Stack {
    flows: Vec<Flow>,
    /// Number of omitted drawings, and number of their nodes.
    left_out: (usize, usize),
    /// Number of boxes.
    boxes: usize,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A flow with its visible drawings.
struct Flow {
    listed: Listed,
    largest: u64,
    drawings: Vec<(usize, Shaded)>,
}

impl Stack {
    /// Stacks the drawings. Parts of flows that calls reached take precedence.
    pub(super) fn of(heatmap: &Heatmap, drawn: &[FlowGraph]) -> Self {
        let listed = listing(heatmap, drawn);
        let heat = |(listed, (id, graph)): (Listed, &'_ FlowGraph)| {
            let heat = heatmap.nodes.heat(id, graph);
            (Flow { listed, largest: heat.largest(), drawings: Vec::new() }, heat)
        };
        let flows = listed.into_iter().zip(drawn).map(heat);
        let (flows, heats): (Vec<Flow>, Vec<Heat>) = flows.unzip();
        let mut stack = Self { flows, ..Self::default() };
        for is_hot in [true, false] {
            for (index, ((_, graph), heat)) in drawn.iter().zip(&heats).enumerate() {
                for (place, part) in parts(graph).into_iter().enumerate() {
                    if is_reached(&part, heat) == is_hot {
                        stack.add(index, place, part, (graph, heat));
                    }
                }
            }
        }
        stack.flows.retain(|flow| !flow.drawings.is_empty());
        for flow in &mut stack.flows {
            flow.drawings.sort_by_key(|(place, _)| *place);
        }
        if stack.left_out.0 > 0 {
            (stack.width, stack.height) = (stack.width.max(620.0), stack.height + FOOT);
        }
        stack
    }

    fn add(&mut self, flow: usize, place: usize, part: Part, of: (&Graph, &Heat)) {
        let count = part.vertices.len();
        let Some(flow) = self.flows.get_mut(flow).filter(|_| count > 0) else { return };
        if self.boxes + count <= MOST_BOXES {
            let drawing = drawing(of.0, part, of.1);
            let head = if flow.drawings.is_empty() { HEAD } else { 0.0 };
            let name = if drawing.title.is_some() { PART } else { 0.0 };
            let scale = scale(0.0, flow.largest, &mut String::new());
            let width = self.width.max(drawing.width).max(scale);
            let height = self.height + head + name + drawing.height;
            if width * height <= MOST_PIXELS {
                (self.width, self.height) = (width, height);
                self.boxes += count;
                flow.drawings.push((place, drawing));
                return;
            }
        }
        self.left_out = (self.left_out.0 + 1, self.left_out.1 + count);
    }

    /// Returns whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.flows.is_empty() && self.left_out.0 == 0
    }

    /// Writes everything from the position `top` down.
    pub(super) fn write(&self, top: f64, out: &mut String) {
        let mut y = top;
        for flow in &self.flows {
            let (reached, all) = flow.listed.reached();
            let _ = writeln!(
                out,
                "<text class=\"title\" x=\"{MARGIN}\" y=\"{:.1}\">{}</text>\n\
                 <text class=\"soft\" x=\"{MARGIN}\" y=\"{:.1}\">{reached} of {all} nodes \
                 reached.</text>",
                y + 34.0,
                label(&flow.listed.name),
                y + 54.0
            );
            scale(y + 68.0, flow.largest, out);
            y += HEAD;
            for (_, drawing) in &flow.drawings {
                if let Some(title) = &drawing.title {
                    let _ = writeln!(
                        out,
                        "<text class=\"part\" x=\"{MARGIN}\" y=\"{:.1}\">{}</text>",
                        y + 24.0,
                        label(title)
                    );
                    y += PART;
                }
                let _ = writeln!(out, "<g transform=\"translate(0 {y:.1})\">");
                write(drawing, out);
                out.push_str("</g>\n");
                y += drawing.height;
            }
        }
        if let (drawings @ 1.., nodes) = self.left_out {
            let many = if drawings == 1 { "drawing" } else { "drawings" };
            let _ = writeln!(
                out,
                "<text class=\"soft\" x=\"{MARGIN}\" y=\"{:.1}\">Omitted for lack of \
                 space: {drawings} {many} with {nodes} nodes. --format html shows \
                 all.</text>",
                y + 24.0
            );
        }
    }
}

fn is_reached(part: &Part, heat: &Heat) -> bool {
    part.vertices.clone().any(|vertex| heat.vertex(vertex) > Some(0))
}

/// Writes the colour scale and the explanation of path widths. Returns the width.
pub(super) fn scale(y: f64, largest: u64, out: &mut String) -> f64 {
    let x = key(y, largest, out);
    let (text, below) = (x + 4.0, y + 12.0);
    let _ = writeln!(
        out,
        "<text class=\"small soft\" x=\"{text:.1}\" y=\"{below:.1}\">{WIDTH_HINT}</text>"
    );
    x + 400.0
}

/// Writes the paths and boxes of a drawing.
pub(super) fn write(drawing: &Shaded, out: &mut String) {
    for line in &drawing.arrows {
        let tip = if line.mark > Some(2) { "heat-wide-tip" } else { "heat-tip" };
        let _ = writeln!(
            out,
            "<path class=\"way {}\" d=\"{}\" marker-end=\"url(#{tip})\"><title>{}</title>\
             </path>",
            way(line),
            line.path,
            escaped(&line.title)
        );
    }
    for shape in &drawing.boxes {
        node(shape, out);
    }
    for line in drawing.arrows.iter().filter(|line| !line.label.is_empty()) {
        let _ = writeln!(
            out,
            "<text class=\"small label\" text-anchor=\"middle\" x=\"{:.1}\" y=\"{:.1}\">{}\
             </text>",
            line.x,
            line.y + 4.0,
            escaped(&line.label)
        );
    }
}

fn way(line: &Line<Option<usize>>) -> String {
    match line.mark {
        None => "unknown".into(),
        Some(0) => "never".into(),
        Some(shade) => format!("w{shade}"),
    }
}

/// Writes a box. Text that does not fit is cut at the edge, because the width of letters
/// is unknown.
fn node(shape: &Shape<Option<usize>>, out: &mut String) {
    let (fill, ink) = match shape.mark {
        Some(shade) => (format!("h{shade}"), format!("t{shade}")),
        None => ("plain".into(), "soft".into()),
    };
    let (start, radius) = if shape.is_start { (" start", 16) } else { ("", 6) };
    let place = format!(
        "x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"",
        shape.x, shape.y, shape.width, shape.height
    );
    let _ = write!(
        out,
        "<g><title>{}</title><rect class=\"box {fill}{start}\" {place} rx=\"{radius}\"/>\
         <svg {place}><text class=\"name {ink}\" x=\"12\" y=\"19\">{}</text>",
        escaped(&shape.title),
        escaped(&shape.name)
    );
    let mut small = |x: f64, y: f64, anchor: &str, text: &str| {
        let _ = write!(
            out,
            "<text class=\"small {ink}\"{anchor} x=\"{x:.1}\" y=\"{y}\">{}</text>",
            escaped(text)
        );
    };
    if !shape.kind.is_empty() {
        small(12.0, 34.0, "", &shape.kind);
    }
    if let Some(jump) = &shape.jump {
        small(12.0, 51.0, "", jump);
    }
    if let Some(count) = shape.count {
        let end = " text-anchor=\"end\"";
        small(shape.width - 10.0, 34.0, end, &format!("{count}×"));
    }
    out.push_str("</svg></g>\n");
}

//! PNG image of the table of keys and decisions, and of the flows below it.

#![cfg(feature = "png")]

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::Heatmap;
use super::listing::Drawn;
use super::svg::draw;

/// Image pixels per drawing pixel in each direction, for high-resolution screens.
const SCALE: f32 = 2.0;

/// Style of the image; always light, because it is embedded in other documents.
const STYLE: &str = "\
text{fill:#1c1f23;font-family:'DejaVu Sans';font-size:12px}\
.ground{fill:#ffffff}.title{font-size:16px;font-weight:700}.soft{fill:#5f6670}\
.count{font-size:14px}.small{font-size:10px}\
.h0{fill:#f3f4f2}.h1{fill:#d3ecab}.h2{fill:#93d4bf}.h3{fill:#2a78b5}.h4{fill:#1b2f80}\
.t0{fill:#5f6670}.t1{fill:#1a2b1a}.t2{fill:#0d2b2b}.t3{fill:#ffffff}.t4{fill:#ffffff}";

/// Additional style for drawings of flows.
const FLOW_STYLE: &str = "\
.box{stroke:#5f6670}.start{stroke-width:2.5}.plain{fill:#ffffff;stroke-dasharray:4 3}\
.name{font-size:11.5px}.part{font-size:13px;font-weight:700}.way{fill:none;stroke:#5f6670}\
.w1{stroke-width:1.5}.w2{stroke-width:2.5}.w3{stroke-width:3.5}.w4{stroke-width:4.5}\
.never{stroke-dasharray:4 3;opacity:.7}.tip{fill:#5f6670}\
.label{fill:#5f6670;stroke:#ffffff;stroke-width:4px;paint-order:stroke;\
stroke-linejoin:round}";

/// Renders the table and the drawn flows as PNG. The built-in font makes the image the
/// same on every machine. Returns `None` if there is not enough memory for the image.
pub fn render_png(heatmap: &Heatmap, drawn: &[Drawn]) -> Option<Vec<u8>> {
    let mut options = Options { font_family: "DejaVu Sans".into(), ..Options::default() };
    let fonts = options.fontdb_mut();
    fonts.load_font_data(dejavu::sans::regular().to_vec());
    fonts.load_font_data(dejavu::sans::bold().to_vec());
    let tree =
        Tree::from_str(&draw(heatmap, drawn, [STYLE, FLOW_STYLE]), &options).ok()?;
    let size = tree.size().to_int_size().scale_by(SCALE)?;
    let mut pixels = Pixmap::new(size.width(), size.height())?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().ok()
}

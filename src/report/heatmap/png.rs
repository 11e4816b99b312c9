//! PNG image of the table of keys and decisions, and of the flows below it.

use std::fmt;

use crate::analysis::heatmap::{FlowGraph, Heatmap};
use crate::build::MissingFeature;

/// Reason why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPicture {
    /// This build lacks the feature `png`.
    Feature(MissingFeature),
    /// The picture does not fit into the memory.
    Memory,
}

impl fmt::Display for NoPicture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Feature(missing) => write!(formatter, "cannot draw a PNG: {missing}"),
            Self::Memory => formatter.write_str("not enough memory for the picture"),
        }
    }
}

/// Draws the table and the flows as PNG. The font is part of the program, so that the picture
/// is the same on every machine.
///
/// # Errors
/// The build lacks the feature `png`, or the picture does not fit into the memory.
pub fn render_png(heatmap: &Heatmap, drawn: &[FlowGraph]) -> Result<Vec<u8>, NoPicture> {
    raster::render(heatmap, drawn)
}

#[cfg(not(feature = "png"))]
mod raster {
    use super::{FlowGraph, Heatmap, MissingFeature, NoPicture};

    pub(super) fn render(_: &Heatmap, _: &[FlowGraph]) -> Result<Vec<u8>, NoPicture> {
        Err(NoPicture::Feature(MissingFeature("png")))
    }
}

#[cfg(feature = "png")]
mod raster {
    use resvg::tiny_skia::{Pixmap, Transform};
    use resvg::usvg::{Options, Tree};

    use super::super::svg::draw;
    use super::{FlowGraph, Heatmap, NoPicture};

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

    pub(super) fn render(
        heatmap: &Heatmap,
        drawn: &[FlowGraph],
    ) -> Result<Vec<u8>, NoPicture> {
        pixels(heatmap, drawn).ok_or(NoPicture::Memory)
    }

    fn pixels(heatmap: &Heatmap, drawn: &[FlowGraph]) -> Option<Vec<u8>> {
        let mut options =
            Options { font_family: "DejaVu Sans".into(), ..Options::default() };
        let fonts = options.fontdb_mut();
        fonts.load_font_data(dejavu::sans::regular().to_vec());
        fonts.load_font_data(dejavu::sans::bold().to_vec());
        let drawing = draw(heatmap, drawn, [STYLE, FLOW_STYLE]);
        let tree = Tree::from_str(&drawing, &options).ok()?;
        let size = tree.size().to_int_size().scale_by(SCALE)?;
        let mut pixels = Pixmap::new(size.width(), size.height())?;
        resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
        pixels.encode_png().ok()
    }
}

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
    use crate::report::page::palette::always_light;

    /// Image pixels per drawing pixel in each direction, for high-resolution screens.
    const SCALE: f32 = 2.0;

    /// Fonts of the image: the font that is part of the program, whose letters are wide.
    const FONTS: &str = "\
.heatmap{font-family:'DejaVu Sans';font-size:12px}.heatmap .title{font-size:16px}\
.heatmap .count{font-size:14px}.heatmap .small{font-size:10px}\
.heatmap .name{font-size:11.5px}.heatmap .part{font-size:13px}";

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
        // Always light, because the image is embedded in other documents.
        let drawing = draw(heatmap, drawn, &|style| always_light(style) + FONTS);
        let tree = Tree::from_str(&drawing, &options).ok()?;
        let size = tree.size().to_int_size().scale_by(SCALE)?;
        let mut pixels = Pixmap::new(size.width(), size.height())?;
        resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
        pixels.encode_png().ok()
    }
}

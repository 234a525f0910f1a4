//! The picture in pixels, from its SVG.

use resvg::{tiny_skia, usvg};

/// More pixels along one side are not made, nor more than [`MAX_PIXELS`] in all.
const MAX_SIDE: f32 = 16_000.0;
/// 256 MB of them.
const MAX_PIXELS: f32 = 64_000_000.0;
const FONTS: [&[u8]; 2] = [
    include_bytes!("../../../assets/fonts/Inter-Regular.otf"),
    include_bytes!("../../../assets/fonts/Inter-SemiBold.otf"),
];

/// Why there are no pixels.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PngError {
    /// The SVG can't be read.
    #[error("the picture can't be drawn: {0}")]
    Svg(String),
    /// It can't be held.
    #[error("the picture is too large for pixels; an SVG has no such limit")]
    TooLarge,
}

/// `svg` as a PNG, with `scale` pixels for each point of it; fewer where it would be too large otherwise.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, PngError> {
    let mut options = usvg::Options { font_family: "Inter".to_owned(), ..usvg::Options::default() };
    for font in FONTS {
        options.fontdb_mut().load_font_data(font.to_vec());
    }
    options.fontdb_mut().set_sans_serif_family("Inter");
    options.fontdb_mut().set_monospace_family("Inter");
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| PngError::Svg(error.to_string()))?;
    let size = tree.size();
    let fits = (MAX_SIDE / size.width().max(size.height()))
        .min((MAX_PIXELS / (size.width() * size.height())).sqrt());
    let scale = scale.min(fits);
    let side = |length: f32| ((length * scale).ceil() as u32).max(1);
    let mut pixels =
        tiny_skia::Pixmap::new(side(size.width()), side(size.height())).ok_or(PngError::TooLarge)?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| PngError::Svg(error.to_string()))
}

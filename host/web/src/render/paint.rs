//! From a drawing to points.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::Tree;

use crate::render::{Problem, fonts};

/// Four bytes each: 64 MiB while it is painted.
pub(super) const PIXELS_MOST: u64 = 16_000_000;
pub(super) const SIDE_MOST: u32 = 16_000;

pub(super) fn png(svg: &str, scale: f32) -> Result<Vec<u8>, Problem> {
    let broken = |error: &dyn std::fmt::Display| Problem::Broken(format!("the drawing cannot be painted: {error}"));
    let tree = Tree::from_str(svg, &fonts::options()).map_err(|error| broken(&error))?;
    let size = tree.size();
    let (width, height) = ((size.width() * scale).round() as u32, (size.height() * scale).round() as u32);
    if u64::from(width) * u64::from(height) > PIXELS_MOST || width.max(height) > SIDE_MOST {
        let most = PIXELS_MOST / 1_000_000;
        return Err(Problem::TooLarge(format!(
            "{width} by {height} pixels are more than {most} million: ask for less `width` or `scale`, for a panel by itself, \
             or for `.svg` or `.pdf`"
        )));
    }
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| broken(&"it has no size"))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| broken(&error))
}

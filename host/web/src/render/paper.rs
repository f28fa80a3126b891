//! From drawings to pages of paper: A4, lying, with text that can be searched and copied.

use krilla::Document;
use krilla::geom::{Size, Transform};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla_svg::{SurfaceExt, SvgSettings};
use resvg::usvg::Tree;

use crate::render::{Problem, fonts};

/// A4, lying, and its margin, in points: 72 of them are an inch.
const WIDTH: f32 = 841.89;
const HEIGHT: f32 = 595.28;
const MARGIN: f32 = 28.0;
/// A page's room in the drawing's pixels, of which 96 are an inch.
pub(super) const PAGE: (f64, f64) =
    (((WIDTH - 2.0 * MARGIN) * 96.0 / 72.0) as f64, ((HEIGHT - 2.0 * MARGIN) * 96.0 / 72.0) as f64);

/// One page for each drawing. No date is in it: the same drawings make the same bytes.
pub(super) fn pdf(drawings: &[String], title: &str) -> Result<Vec<u8>, Problem> {
    let broken = |error: &dyn std::fmt::Display| Problem::Broken(format!("the pages cannot be written: {error}"));
    let mut document = Document::new();
    for svg in drawings {
        let tree = Tree::from_str(svg, &fonts::options()).map_err(|error| broken(&error))?;
        // As wide as the page lets it be; what is too high for that is made smaller as a whole.
        let (wide, high) = (tree.size().width(), tree.size().height());
        let scale = ((WIDTH - 2.0 * MARGIN) / wide).min((HEIGHT - 2.0 * MARGIN) / high);
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| broken(&"the page has no size"))?;
        let size = Size::from_wh(wide * scale, high * scale).ok_or_else(|| broken(&"the drawing has no size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        surface.push_transform(&Transform::from_translate((WIDTH - wide * scale) / 2.0, MARGIN));
        surface.draw_svg(&tree, size, SvgSettings::default()).ok_or_else(|| broken(&"it cannot be drawn"))?;
        surface.pop();
        surface.finish();
        page.finish();
    }
    document.set_metadata(Metadata::new().title(title.to_owned()).creator("Vitrine".to_owned()));
    document.finish().map_err(|error| broken(&format!("{error:?}")))
}

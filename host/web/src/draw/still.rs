//! Panels and dashboards as SVG that stands by itself: real colours, real coordinates, no stylesheet. For pictures, paper and mail.
//!
//! The views, scales, ticks and colours are those of the page; what HTML and CSS place there is placed here.

mod bars;
mod chart;
mod figures;
mod graph;
mod grid;
mod ink;
pub mod letters;
mod lines;
mod prose;
mod slices;
mod table;
mod theme;
mod timeline;
mod words;

use vitrine_model::view::View;

use crate::draw::{Surroundings, markup};
use ink::{Anchor, Ink};
pub use theme::Theme;

/// Height of a panel's heading, and the space around its body.
const HEADING: f64 = 32.0;
const MARGIN: f64 = 12.0;
/// A row of the page's grid with the gap below it, and that gap.
pub const ROW: u32 = 72;
pub const GAP: u32 = 12;

/// Of a drawing; one that has more is not whole.
pub const MOST_BYTES: usize = 8 << 20;

/// What a panel has to show.
#[derive(Debug, Clone)]
pub enum Body {
    View(Box<(View, Surroundings)>),
    /// Nothing was found; in words.
    Empty(String),
    /// Why there is nothing.
    Failed(String),
}

/// A panel where it stands on the picture.
#[derive(Debug, Clone)]
pub struct Placed {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    pub title: String,
    pub body: Body,
}

/// A heading between panels.
#[derive(Debug, Clone)]
pub struct Heading {
    pub y: f64,
    pub text: String,
    /// Said at the right end of the same line.
    pub beside: String,
    pub size: f64,
}

/// What is drawn on one sheet.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub width: f64,
    pub height: f64,
    /// For those who cannot see it.
    pub title: String,
    pub headings: Vec<Heading>,
    pub panels: Vec<Placed>,
}

/// Where a body goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

/// The whole sheet as an SVG document.
pub fn draw(sheet: &Sheet, theme: &Theme) -> String {
    let mut ink = Ink::new(sheet.width, sheet.height, &sheet.title, theme);
    for heading in &sheet.headings {
        let beside = letters::width(&heading.beside, 13.0);
        let room = sheet.width - 2.0 * f64::from(GAP);
        ink.bold(
            GAP.into(),
            heading.y,
            heading.size,
            theme.text,
            &letters::fit(&heading.text, heading.size, room - beside - 16.0),
        );
        ink.text(sheet.width - f64::from(GAP), heading.y, 13.0, theme.muted, Anchor::End, &heading.beside);
    }
    for panel in &sheet.panels {
        // What is too much is refused as a whole: there is no use in writing it out.
        if ink.bytes() > MOST_BYTES {
            break;
        }
        place(&mut ink, panel, theme);
    }
    ink.finish()
}

fn place(ink: &mut Ink, panel: &Placed, theme: &Theme) {
    let whole = Area { x: panel.x, y: panel.y, width: panel.width, height: panel.height };
    if theme.hairline {
        ink.framed(whole, theme.line);
    } else {
        ink.rect(whole, theme.panel, 1.0, 6.0);
    }
    let title = letters::fit(&panel.title, 14.0, panel.width - 2.0 * MARGIN);
    ink.bold(panel.x + MARGIN, panel.y + 21.0, 14.0, theme.text, &title);
    let area = Area {
        x: panel.x + MARGIN,
        y: panel.y + HEADING,
        width: (panel.width - 2.0 * MARGIN).max(1.0),
        height: (panel.height - HEADING - MARGIN).max(1.0),
    };
    ink.inside(Area { height: area.height + MARGIN - 2.0, ..area });
    match &panel.body {
        Body::View(described) => view(ink, &described.0, &described.1, area),
        Body::Empty(text) => words::centred(ink, text, area, theme.muted),
        Body::Failed(reason) => words::paragraph(ink, reason, area, theme.bad),
    }
    ink.outside();
}

fn view(ink: &mut Ink, view: &View, surroundings: &Surroundings, area: Area) {
    match view {
        View::Chart(described) => chart::draw(ink, described, surroundings, area),
        View::Stat(described) => figures::draw(ink, described, surroundings, area),
        View::Table(described) => table::draw(ink, described, surroundings, area),
        View::Bars(described) => bars::draw(ink, described, surroundings, area),
        View::Slices(described) => slices::draw(ink, described, surroundings, area),
        View::Grid(described) => grid::draw(ink, described, surroundings, area),
        View::Timeline(described) => timeline::draw(ink, described, surroundings, area),
        View::Lines(described) => lines::draw(ink, described, surroundings, area),
        View::Graph(described) => graph::draw(ink, described, surroundings, area),
        View::Picture(described) => words::picture(ink, described, area),
        View::Markup(text) => prose::draw(ink, &markup::html(text), area),
        View::Svg(text) => words::drawing(ink, text, area),
    }
}

#[cfg(test)]
mod tests;

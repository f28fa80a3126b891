//! A writer of SVG shapes, in which text cannot become markup.

use crate::draw::html::Html;
use crate::draw::still::{Area, Theme, letters};

/// What the words are set in, for those who have the drawing and not our letters.
const FONTS: &str = "Roboto, system-ui, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen<'a> {
    pub(super) colour: &'a str,
    pub(super) width: f64,
    pub(super) opacity: f64,
    pub(super) dashes: &'static str,
}

impl<'a> Pen<'a> {
    pub(super) fn new(colour: &'a str, width: f64) -> Pen<'a> {
        Pen { colour, width, opacity: 1.0, dashes: "" }
    }

    pub(super) fn dashed(self, dashes: &'static str) -> Pen<'a> {
        Pen { dashes, ..self }
    }
}

#[derive(Debug)]
pub(super) struct Ink {
    html: Html,
    pub(super) theme: Theme,
    /// Clip paths so far.
    clips: usize,
}

impl Ink {
    pub(super) fn new(width: f64, height: f64, title: &str, theme: &Theme) -> Ink {
        let mut html = Html::new();
        html.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"").number(width).raw("\" height=\"").number(height);
        html.raw("\" viewBox=\"0 0 ").number(width).raw(" ").number(height).raw("\" role=\"img\" font-family=\"").text(FONTS);
        html.raw("\"><title>").text(&printable(title)).raw("</title>");
        let mut ink = Ink { html, theme: *theme, clips: 0 };
        ink.rect(Area { x: 0.0, y: 0.0, width, height }, theme.page, 1.0, 0.0);
        ink
    }

    pub(super) fn bytes(&self) -> usize {
        self.html.bytes()
    }

    pub(super) fn finish(self) -> String {
        let mut html = self.html;
        html.raw("</svg>\n");
        html.finish()
    }

    pub(super) fn rect(&mut self, area: Area, fill: &str, opacity: f64, radius: f64) {
        let html = &mut self.html;
        html.raw("<rect x=\"").number(area.x).raw("\" y=\"").number(area.y).raw("\" width=\"").number(area.width.max(0.0));
        html.raw("\" height=\"").number(area.height.max(0.0)).raw("\" fill=\"").text(fill);
        opacity_of(html, "\" fill-opacity=\"", opacity);
        if radius > 0.0 {
            html.raw("\" rx=\"").number(radius);
        }
        html.raw("\"/>");
    }

    /// A panel with a line around it.
    pub(super) fn framed(&mut self, area: Area, line: &str) {
        let html = &mut self.html;
        html.raw("<rect fill=\"none\" rx=\"6\" stroke=\"")
            .text(line)
            .raw("\" x=\"")
            .number(area.x + 0.5)
            .raw("\" y=\"")
            .number(area.y + 0.5);
        html.raw("\" width=\"").number(area.width - 1.0).raw("\" height=\"").number(area.height - 1.0).raw("\"/>");
    }

    pub(super) fn circle(&mut self, (x, y): (f64, f64), radius: f64, fill: &str, pen: Option<Pen<'_>>) {
        let html = &mut self.html;
        html.raw("<circle cx=\"").number(x).raw("\" cy=\"").number(y).raw("\" r=\"").number(radius).raw("\" fill=\"").text(fill);
        if let Some(pen) = pen {
            html.raw("\" stroke=\"").text(pen.colour).raw("\" stroke-width=\"").number(pen.width);
        }
        html.raw("\"/>");
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), pen: Pen<'_>) {
        let html = &mut self.html;
        html.raw("<line x1=\"").number(from.0).raw("\" y1=\"").number(from.1).raw("\" x2=\"").number(to.0);
        html.raw("\" y2=\"").number(to.1);
        stroked(html, pen);
        html.raw("\"/>");
    }

    pub(super) fn stroke(&mut self, path: &str, pen: Pen<'_>) {
        if path.is_empty() {
            return;
        }
        let html = &mut self.html;
        html.raw("<path fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round");
        stroked(html, pen);
        html.raw("\" d=\"").text(path).raw("\"/>");
    }

    /// As [`Ink::stroke`], with flat ends.
    pub(super) fn stroke_flat(&mut self, path: &str, colour: &str, width: f64) {
        let html = &mut self.html;
        html.raw("<path fill=\"none");
        stroked(html, Pen::new(colour, width));
        html.raw("\" d=\"").text(path).raw("\"/>");
    }

    /// A part of a disc, with a hairline of the panel's ground to its neighbours.
    pub(super) fn slice(&mut self, path: &str, colour: &str) {
        let html = &mut self.html;
        html.raw("<path stroke-width=\"1.5\" stroke=\"").text(self.theme.panel).raw("\" fill=\"").text(colour);
        html.raw("\" d=\"").text(path).raw("\"/>");
    }

    pub(super) fn fill(&mut self, path: &str, colour: &str, opacity: f64) {
        if path.is_empty() {
            return;
        }
        let html = &mut self.html;
        html.raw("<path fill=\"").text(colour);
        opacity_of(html, "\" fill-opacity=\"", opacity);
        html.raw("\" d=\"").text(path).raw("\"/>");
    }

    pub(super) fn text(&mut self, x: f64, y: f64, size: f64, colour: &str, anchor: Anchor, text: &str) {
        self.write((x, y), size, colour, (anchor, false), text);
    }

    pub(super) fn bold(&mut self, x: f64, y: f64, size: f64, colour: &str, text: &str) {
        self.write((x, y), size, colour, (Anchor::Start, true), text);
    }

    fn write(&mut self, (x, y): (f64, f64), size: f64, colour: &str, (anchor, bold): (Anchor, bool), text: &str) {
        if text.is_empty() {
            return;
        }
        let text = printable(text);
        if let Some((mark, rest)) = marked(&text) {
            let wide = letters::width(&text, size);
            let start = match anchor {
                Anchor::Start => x,
                Anchor::Middle => x - wide / 2.0,
                Anchor::End => x - wide,
            };
            self.mark(mark, (start, y), size, colour);
            let after = start + letters::MARK * size + letters::width(" ", size);
            return self.write((after, y), size, colour, (Anchor::Start, bold), rest);
        }
        let html = &mut self.html;
        html.raw("<text x=\"")
            .number(x)
            .raw("\" y=\"")
            .number(y)
            .raw("\" font-size=\"")
            .number(size)
            .raw("\" fill=\"")
            .text(colour);
        html.raw(if bold { "\" font-weight=\"600" } else { "" });
        html.raw(match anchor {
            Anchor::Start => "\">",
            Anchor::Middle => "\" text-anchor=\"middle\">",
            Anchor::End => "\" text-anchor=\"end\">",
        });
        html.text(&text).raw("</text>");
    }

    /// A state's shape, which few fonts have as a letter, on the foot of a line.
    fn mark(&mut self, mark: char, (x, foot): (f64, f64), size: f64, colour: &str) {
        let (side, top) = (size * 0.6, foot - size * 0.66);
        match mark {
            '▲' => {
                self.fill(&format!("M{:.1} {top:.1}l{:.1} {side:.1}h{:.1}z", x + side / 2.0, side / 2.0, -side), colour, 1.0)
            }
            '▼' => self.fill(&format!("M{x:.1} {top:.1}h{side:.1}l{:.1} {side:.1}z", -side / 2.0), colour, 1.0),
            '■' => self.rect(Area { x, y: top, width: side, height: side }, colour, 1.0, 0.0),
            _ => self.circle((x + side / 2.0, top + side / 2.0), side / 2.0, colour, None),
        }
    }

    /// What is drawn until [`Ink::outside`] shows only within the area.
    pub(super) fn inside(&mut self, area: Area) {
        self.clipped((0.0, 0.0), area);
    }

    /// As [`Ink::inside`], and the area's corner is zero: paths are cut far outside of a box that a long sheet would leave.
    pub(super) fn within(&mut self, area: Area, border: f64) {
        let own = Area { x: -border, y: -border, width: area.width + 2.0 * border, height: area.height + 2.0 * border };
        self.clipped((area.x, area.y), own);
    }

    fn clipped(&mut self, corner: (f64, f64), area: Area) {
        let name = format!("c{}", self.clips);
        self.clips += 1;
        let html = &mut self.html;
        html.raw("<g");
        if corner != (0.0, 0.0) {
            html.raw(" transform=\"translate(").number(corner.0).raw(" ").number(corner.1).raw(")\"");
        }
        html.raw("><clipPath id=\"").text(&name).raw("\"><rect x=\"").number(area.x).raw("\" y=\"").number(area.y);
        html.raw("\" width=\"").number(area.width.max(0.0)).raw("\" height=\"").number(area.height.max(0.0));
        html.raw("\"/></clipPath><g clip-path=\"url(#").text(&name).raw(")\">");
    }

    pub(super) fn outside(&mut self) {
        self.html.raw("</g></g>");
    }

    /// What is drawn until [`Ink::end`] is of a box of `(width, height)` that fills the area.
    pub(super) fn stretched(&mut self, area: Area, (width, height): (f64, f64)) {
        let scale = format!("{:.4} {:.4}", area.width / width.max(1e-6), area.height / height.max(1e-6));
        let html = &mut self.html;
        html.raw("<g transform=\"translate(").number(area.x).raw(" ").number(area.y).raw(") scale(").text(&scale).raw(")\">");
    }

    pub(super) fn end(&mut self) {
        self.html.raw("</g>");
    }

    /// A picture of points, as large as the area lets it be.
    pub(super) fn picture(&mut self, address: &str, area: Area) {
        let html = &mut self.html;
        html.raw("<image preserveAspectRatio=\"xMidYMid meet\" x=\"").number(area.x).raw("\" y=\"").number(area.y);
        html.raw("\" width=\"")
            .number(area.width)
            .raw("\" height=\"")
            .number(area.height)
            .raw("\" href=\"")
            .text(address)
            .raw("\"/>");
    }

    /// A drawing from elsewhere, cleaned and read already, as large as the area lets it be.
    pub(super) fn drawing(&mut self, drawing: &crate::draw::markup::Drawing, area: Area) {
        let html = &mut self.html;
        html.raw("<svg preserveAspectRatio=\"xMidYMid meet\" x=\"").number(area.x).raw("\" y=\"").number(area.y);
        html.raw("\" width=\"").number(area.width).raw("\" height=\"").number(area.height).raw("\" viewBox=\"");
        html.text(drawing.view_box()).raw("\">").drawing(drawing).raw("</svg>");
    }
}

fn stroked(html: &mut Html, pen: Pen<'_>) {
    html.raw("\" stroke=\"").text(pen.colour).raw("\" stroke-width=\"").number(pen.width);
    opacity_of(html, "\" stroke-opacity=\"", pen.opacity);
    if !pen.dashes.is_empty() {
        html.raw("\" stroke-dasharray=\"").raw(pen.dashes);
    }
}

fn opacity_of(html: &mut Html, name: &'static str, opacity: f64) {
    if opacity < 1.0 {
        html.raw(name).text(&format!("{opacity}"));
    }
}

/// The shape that a text begins with, and what follows it.
fn marked(text: &str) -> Option<(char, &str)> {
    let mark = text.chars().next().filter(|letter| letters::MARKS.contains(letter))?;
    Some((mark, text[mark.len_utf8()..].strip_prefix(' ')?))
}

/// XML has no word for most control characters, and our letters have no narrow space.
fn printable(text: &str) -> String {
    let odd = |letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}');
    let kept = |letter: char| match letter {
        '\u{202f}' => '\u{a0}',
        letter if odd(letter) => ' ',
        letter => letter,
    };
    text.chars().map(kept).collect()
}

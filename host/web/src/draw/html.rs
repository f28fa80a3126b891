//! A writer of HTML in which text cannot become markup by accident.

use std::fmt::{self, Write};

use crate::draw::markup::Drawing;

/// Markup in the making. Only `raw` takes markup, and only from the program's own text.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    pub fn new() -> Html {
        Html::default()
    }

    /// Markup from this program's own source.
    pub fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Anybody's text, in an element or in a quoted attribute.
    pub fn text(&mut self, text: &str) -> &mut Html {
        for letter in text.chars() {
            match letter {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '&' => self.0.push_str("&amp;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// A drawing that was cleaned and read.
    pub fn drawing(&mut self, drawing: &Drawing) -> &mut Html {
        self.0.push_str(drawing.inside());
        self
    }

    /// A number for the geometry, short: at most one decimal; what is not finite becomes 0.
    pub fn number(&mut self, number: f64) -> &mut Html {
        write_short(&mut self.0, number);
        self
    }

    /// How long it is so far.
    pub fn bytes(&self) -> usize {
        self.0.len()
    }

    pub fn finish(self) -> String {
        self.0
    }
}

/// `write!` escapes as well.
impl Write for Html {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}

/// Writes one decimal where it says something.
pub fn write_short(out: &mut String, number: f64) {
    let tenths = if number.is_finite() { (number * 10.0).round() as i64 } else { 0 };
    let (whole, rest) = (tenths / 10, (tenths % 10).abs());
    let sign = if tenths < 0 && whole == 0 { "-" } else { "" };
    // Writing to a string does not fail.
    let _ = if rest == 0 { write!(out, "{sign}{whole}") } else { write!(out, "{sign}{whole}.{rest}") };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let mut html = Html::new();
        html.raw("<b title=\"").text("\"><script>'&").raw("\">");
        assert_eq!(html.finish(), "<b title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">");
    }

    #[test]
    fn numbers_are_short() {
        for (number, text) in
            [(1.0, "1"), (1.25, "1.3"), (-0.04, "0"), (-0.3, "-0.3"), (1000.0, "1000"), (f64::NAN, "0"), (-12.5, "-12.5")]
        {
            let mut out = String::new();
            write_short(&mut out, number);
            assert_eq!(out, text);
        }
    }
}

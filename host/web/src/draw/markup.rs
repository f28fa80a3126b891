//! Markup from plugins, less everything that could act, load or break out of its panel.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;

static HTML: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags = [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "time",
        "tr",
        "ul",
    ];
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("ol", HashSet::from(["start"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan", "scope"])),
            ("time", HashSet::from(["datetime"])),
        ]))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
});

static SVG: LazyLock<Builder<'static>> = LazyLock::new(|| {
    // No `a`, `use`, `image`, `foreignObject`, `style` or animation: nothing that refers or runs.
    let tags = ["svg", "g", "path", "line", "polyline", "polygon", "rect", "circle", "ellipse", "text", "tspan", "title", "desc"];
    let geometry = [
        "d",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "dx",
        "dy",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "width",
        "height",
        "points",
        "transform",
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-dasharray",
        "opacity",
        "font-size",
        "font-weight",
        "text-anchor",
        "dominant-baseline",
        "vector-effect",
        "viewbox",
        "viewBox",
        "preserveaspectratio",
        "preserveAspectRatio",
        "role",
        "aria-label",
    ];
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(tags))
        .generic_attributes(HashSet::from(geometry))
        .clean_content_tags(HashSet::from(["script", "style"]))
        .attribute_filter(|_, name, value| {
            // A paint may refer to another document.
            let refers = matches!(name, "fill" | "stroke") && value.to_ascii_lowercase().contains("url");
            (!refers).then(|| value.into())
        });
    builder
});

pub fn html(text: &str) -> String {
    format!("<div class=\"prose\">{}</div>", HTML.clean(text))
}

pub fn svg(text: &str) -> String {
    format!("<div class=\"picture\">{}</div>", SVG.clean(text))
}

/// Longer drawings, and such as are nested deeper, are not read again.
const MOST_BYTES: usize = 1 << 20;
const MOST_DEPTH: i32 = 200;

/// A plugin's drawing, cleaned, and sound as XML: it can be part of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    view_box: String,
    inside: String,
}

impl Drawing {
    /// None where it is none, or says nothing of its size.
    pub fn read(text: &str) -> Option<Drawing> {
        if text.len() > MOST_BYTES {
            return None;
        }
        // The one word of HTML that XML does not know.
        let cleaned = SVG.clean(text).to_string().replace("&nbsp;", "&#160;");
        if depth(&cleaned) > MOST_DEPTH {
            return None;
        }
        let document = resvg::usvg::roxmltree::Document::parse(cleaned.trim()).ok()?;
        let root = document.root_element();
        if root.tag_name().name() != "svg" {
            return None;
        }
        let length = |name: &str| root.attribute(name).and_then(|text| text.trim_end_matches("px").parse::<f64>().ok());
        let by_size = || Some(format!("0 0 {} {}", length("width")?, length("height")?));
        let view_box = root.attribute("viewBox").or(root.attribute("viewbox")).map(str::to_owned).or_else(by_size)?;
        let (first, last) = (root.first_child()?, root.last_child()?);
        let inside = cleaned.trim().get(first.range().start..last.range().end)?.to_owned();
        Some(Drawing { view_box, inside })
    }

    pub fn view_box(&self) -> &str {
        &self.view_box
    }

    pub fn inside(&self) -> &str {
        &self.inside
    }
}

/// How many elements lie in each other at most.
fn depth(markup: &str) -> i32 {
    let (mut now, mut most) = (0_i32, 0);
    for part in markup.split('<').skip(1) {
        now += if part.starts_with('/') { -1 } else { 1 };
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_and_nothing_loads() {
        for (text, kept) in [
            ("<p>ok <b>bold</b></p>", "<p>ok <b>bold</b></p>"),
            ("a<script>alert(1)</script>b", "ab"),
            ("<p onclick=x style=\"position:fixed\" class=panel id=live>t</p>", "<p>t</p>"),
            ("<img src=x onerror=alert(1)>", ""),
            ("<a href=\"javascript:alert(1)\">x</a>", "<a rel=\"noopener noreferrer nofollow\">x</a>"),
            ("<iframe src=//evil.example></iframe><form action=/x><input></form>", ""),
            ("</div></section><h1>out", "<h1>out</h1>"),
        ] {
            assert_eq!(html(text), format!("<div class=\"prose\">{kept}</div>"), "{text}");
        }
    }

    #[test]
    fn pictures_keep_their_shapes_only() {
        let cleaned = svg(r##"<svg viewBox="0 0 9 9" onload="x()"><script>x()</script><style>*{}</style>
            <use href="#y"/><image href="http://evil.example"/><a href="javascript:x()"><path d="M0 0h9" fill="url(http://evil.example)" stroke="red"/></a>
            <foreignObject><p>x</p></foreignObject></svg>"##);
        for word in ["onload", "script", "style", "use", "image", "href", "javascript", "url(", "foreign", "evil"] {
            assert!(!cleaned.contains(word), "{word} in {cleaned}");
        }
        assert!(cleaned.contains("viewBox=\"0 0 9 9\"") && cleaned.contains("<path d=\"M0 0h9\" stroke=\"red\""), "{cleaned}");
    }
}

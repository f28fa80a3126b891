//! What a picture shows, as a table: folded away until someone asks for it, and there for those who listen.

use crate::draw::html::Html;

/// A table in the making.
pub struct Twin<'a> {
    html: &'a mut Html,
    in_row: bool,
}

impl<'a> Twin<'a> {
    /// The first of the heads is that of the rows' own names.
    pub fn new<'b>(html: &'a mut Html, title: &str, heads: impl Iterator<Item = &'b str>) -> Twin<'a> {
        html.raw(
            "<details class=\"twin\"><summary>data</summary><div class=\"twin-box\" role=\"region\" tabindex=\"0\" aria-label=\"",
        );
        html.text(title).raw(", as a table\"><table class=\"table\"><thead><tr>");
        for (place, head) in heads.enumerate() {
            html.raw(if place == 0 { "<th scope=\"col\">" } else { "<th scope=\"col\" class=\"end\">" }).text(head).raw("</th>");
        }
        html.raw("</tr></thead><tbody>");
        Twin { html, in_row: false }
    }

    /// A new row, and what it is about.
    pub fn row(&mut self, name: &str) {
        if self.in_row {
            self.html.raw("</tr>");
        }
        self.in_row = true;
        self.html.raw("<tr><th scope=\"row\">").text(name).raw("</th>");
    }

    pub fn cell(&mut self, text: &str) {
        self.html.raw("<td class=\"end\">").text(text).raw("</td>");
    }

    /// `rest` says what was left out; empty where nothing was.
    pub fn finish(self, rest: &str) {
        self.finish_with(rest, |_| {});
    }

    /// As [`Twin::finish`], with something beneath the table.
    pub fn finish_with(self, rest: &str, beneath: impl FnOnce(&mut Html)) {
        if self.in_row {
            self.html.raw("</tr>");
        }
        self.html.raw("</tbody></table>");
        more(self.html, rest);
        beneath(self.html);
        self.html.raw("</div></details>");
    }
}

/// `and 3 more series`; empty where nothing was left out.
pub fn left_out(count: usize, what: &str) -> String {
    if count == 0 { String::new() } else { format!("and {count} more {what}") }
}

/// Says what was left out, where something was.
pub fn more(html: &mut Html, rest: &str) {
    if !rest.is_empty() {
        html.raw("<p class=\"more\">").text(rest).raw("</p>");
    }
}

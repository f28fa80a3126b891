//! What a picture shows, as a table: folded away until someone asks for it, and there for those who listen.

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::page::messages::filled;

/// A table in the making.
pub struct Twin<'a> {
    html: &'a mut Html,
    in_row: bool,
}

impl<'a> Twin<'a> {
    /// The first of the heads is that of the rows' own names.
    pub fn new<'b>(html: &'a mut Html, surroundings: &Surroundings, heads: impl Iterator<Item = &'b str>) -> Twin<'a> {
        let says = surroundings.says();
        html.raw("<details class=\"twin\"><summary>").text(says.data);
        html.raw("</summary><div class=\"twin-box\" role=\"region\" tabindex=\"0\" aria-label=\"");
        html.text(&filled(says.as_table, &[&surroundings.title])).raw("\"><table class=\"table\"><thead><tr>");
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

/// `and 3 more series`, by a sentence with room for the count; empty where nothing was left out.
pub(crate) fn left_out(count: usize, sentence: &str) -> String {
    if count == 0 { String::new() } else { filled(sentence, &[&count.to_string()]) }
}

/// Says what was left out, where something was.
pub fn more(html: &mut Html, rest: &str) {
    if !rest.is_empty() {
        html.raw("<p class=\"more\">").text(rest).raw("</p>");
    }
}

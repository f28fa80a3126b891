//! The HTML part: one column of 600 px, light or dark as the reader's system is. Everything that is not of this file is
//! escaped; only web addresses become links.

use vitrine_sdk::Label;
use vitrine_sdk::channel::Status;

use crate::story::{Paragraph, Story, word};

const HEAD: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<style>
body { margin: 0; background: #f4f5f6; color: #1d2125; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.page { width: 100%; max-width: 600px; margin: 0 auto; }
.alert { background: #ffffff; border-left: 4px solid #8a9199; border-radius: 6px; padding: 16px; }
.firing { border-left-color: #c62828; } .resolved { border-left-color: #2e7d32; }
h1 { font-size: 19px; line-height: 1.3; margin: 0; } h2 { font-size: 16px; margin: 0; }
p { margin: 4px 0 12px; } .quiet, th { color: #5b636b; } .value { font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: normal; padding: 2px 16px 2px 0; vertical-align: top; } td { word-break: break-word; }
.button { display: inline-block; background: #1f5fbf; color: #ffffff; text-decoration: none; padding: 8px 16px; border-radius: 6px; margin: 12px 8px 0 0; }
.second { background: #e3e6e9; color: #1d2125; }
@media (prefers-color-scheme: dark) {
  body { background: #131517; color: #e4e6e8; } .alert { background: #1d2023; }
  .quiet, th { color: #9aa2aa; } .button { background: #3d7bd9; color: #ffffff; } .second { background: #343a40; color: #e4e6e8; }
  .firing { border-left-color: #ef5350; } .resolved { border-left-color: #66bb6a; }
}
</style></head><body>
<table role="presentation" class="page" width="600" align="center" cellpadding="0" cellspacing="12">
"#;

const FOOT: &str = "</table></body></html>\n";

pub(crate) fn write(story: &Story<'_>) -> String {
    let mut page = Page(String::from(HEAD));
    page.raw("<tr><td><h1>").text(&story.subject).raw("</h1></td></tr>\n");
    for paragraph in &story.paragraphs {
        add(&mut page, paragraph);
    }
    if story.more > 0 {
        page.raw("<tr><td class=\"quiet\">and ").text(&story.more.to_string()).raw(" more</td></tr>\n");
    }
    page.raw("<tr><td class=\"quiet\">Vitrine at ").text(story.host).raw("</td></tr>\n").raw(FOOT);
    page.0
}

fn add(page: &mut Page, paragraph: &Paragraph<'_>) {
    let class = match paragraph.status {
        Status::Firing => "alert firing",
        Status::Resolved => "alert resolved",
    };
    page.raw("<tr><td class=\"").raw(class).raw("\"><h2>").text(paragraph.what).raw("</h2>\n");
    page.raw("<p class=\"quiet\"><strong>").raw(word(paragraph.status)).raw("</strong> ").text(&paragraph.when).raw("</p>\n");
    if let Some(value) = &paragraph.value {
        page.raw("<p><span class=\"quiet\">value </span><span class=\"value\">").text(value).raw("</span></p>\n");
    }
    if let Some(description) = paragraph.description {
        page.raw("<p>").text(description).raw("</p>\n");
    }
    labels(page, paragraph.labels);
    page.button("Open in Vitrine", "button", paragraph.link);
    match paragraph.runbook {
        Some(runbook) if is_web(runbook) => page.button("Runbook", "button second", runbook),
        Some(runbook) => drop(page.raw("<p>Runbook: ").text(runbook).raw("</p>\n")),
        None => {}
    }
    page.raw("</td></tr>\n");
}

fn labels(page: &mut Page, labels: &[Label]) {
    if labels.is_empty() {
        return;
    }
    page.raw("<table cellpadding=\"0\" cellspacing=\"0\">\n");
    for label in labels {
        page.raw("<tr><th>").text(&label.name).raw("</th><td>").text(&label.value).raw("</td></tr>\n");
    }
    page.raw("</table>\n");
}

fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

struct Page(String);

impl Page {
    /// Only for what stands in this file.
    fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' => self.0.push_str("<br>"),
                other => self.0.push(other),
            }
        }
        self
    }

    fn button(&mut self, words: &'static str, class: &'static str, address: &str) {
        if is_web(address) {
            self.raw("<a class=\"").raw(class).raw("\" href=\"").text(address).raw("\">").raw(words).raw("</a>\n");
        }
    }
}

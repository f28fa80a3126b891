//! The panel `text`: Markdown → HTML.

use pulldown_cmark::{Event, Options as Markdown, Parser, html};
use serde::Deserialize;
use vitrine_sdk::panel::{Request, View};
use vitrine_sdk::{Fault, Panel, export};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    text: String,
}

#[derive(Debug)]
pub struct Text;

impl Panel for Text {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let extensions = Markdown::ENABLE_TABLES | Markdown::ENABLE_STRIKETHROUGH | Markdown::ENABLE_TASKLISTS;
        let events = Parser::new_ext(&request.options.text, extensions).map(|event| match event {
            // The host would drop it without a word; shown as text, it tells why it has no effect.
            Event::Html(markup) | Event::InlineHtml(markup) => Event::Text(markup),
            other => other,
        });
        let mut markup = String::new();
        html::push_html(&mut markup, events);
        Ok(View::Markup(markup))
    }
}

export!(panel: Text);

#[cfg(test)]
mod tests;

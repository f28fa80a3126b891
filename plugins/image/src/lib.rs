//! The panel `image`: an address, and what is to be seen there.

use serde::Deserialize;
use vitrine_sdk::panel::{Picture, Request, View, rows};
use vitrine_sdk::{Fault, Frame, Panel, export};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    image: Option<String>,
    column: Option<String>,
    text: String,
}

#[derive(Debug)]
pub struct Image;

impl Panel for Image {
    type Options = Options;

    fn render(request: Request<Options>) -> Result<View, Fault> {
        let options = request.options;
        let answered = options.column.as_deref().and_then(|name| last(&request.frames, name));
        match answered.or(options.image) {
            Some(address) => Ok(View::Picture(Picture { address, text: options.text })),
            None if options.column.is_some() => Ok(View::Markup("<p>There is no picture.</p>".to_owned())),
            None => Err(Fault::Invalid("add `image`: a path on this host, or `column`: one of an answer".to_owned())),
        }
    }
}

/// The last text of the column, or of the series' label, that is called so.
fn last(frames: &[Frame], name: &str) -> Option<String> {
    let of_column = |frame: &Frame| {
        let column = rows::column(frame, &[name])?;
        Some(rows::text(column, column.values.len().checked_sub(1)?))
    };
    let of_label = |frame: &Frame| frame.series().find_map(|(_, column, _)| column.label(name)).map(str::to_owned);
    frames.iter().find_map(|frame| of_column(frame).or_else(|| of_label(frame))).filter(|address| !address.is_empty())
}

export!(panel: Image);

#[cfg(test)]
mod tests;

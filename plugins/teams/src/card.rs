//! The card: <https://adaptivecards.io/explorer/AdaptiveCard.html>. Texts are runs, which know no markup, so nothing in them
//! needs to be escaped.

use serde::Serialize;
use vitrine_sdk::channel::Status;
use vitrine_sdk::channel::story::{Budget, Paragraph, Plain, Severity, Story, is_web, one_line};

/// Teams takes 28 kB; each letter may have three bytes, and what is around it is ours.
const BUDGET: Budget = Budget { alerts: 20, letters: 5_000, letters_of_one: 3_000 };

/// More buttons are hidden anyway.
const MOST_BUTTONS: usize = 5;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    r#type: &'static str,
    attachments: [Attachment; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    content_type: &'static str,
    content: Card,
}

#[derive(Serialize)]
struct Card {
    #[serde(rename = "$schema")]
    schema: &'static str,
    r#type: &'static str,
    version: &'static str,
    /// What is shown where there is no room for a card.
    #[serde(rename = "fallbackText")]
    fallback_text: String,
    body: Vec<Block>,
    actions: Vec<Button>,
    msteams: Width,
}

#[derive(Serialize)]
struct Width {
    width: &'static str,
}

#[derive(Serialize)]
struct Block {
    r#type: &'static str,
    separator: bool,
    inlines: Vec<Run>,
}

#[derive(Serialize)]
struct Run {
    r#type: &'static str,
    text: String,
    weight: &'static str,
    size: &'static str,
    color: &'static str,
}

#[derive(Serialize)]
struct Button {
    r#type: &'static str,
    title: String,
    url: String,
}

pub(crate) fn write(story: &Story<'_>) -> Message {
    let headline = [story.look().sign, " ", &story.headline()].concat();
    let mut body = vec![Block::of(Run::strong(&headline, "Large", colour(story.status, story.severity)))];
    let fitted = story.fitted(&Plain, BUDGET);
    for (paragraph, text) in &fitted.written {
        body.push(alert(paragraph, text));
    }
    if fitted.more > 0 {
        let more = ["and ", &fitted.more.to_string(), " more"].concat();
        body.push(Block::of(Run::plain(&more)));
    }
    let card = Card {
        schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        r#type: "AdaptiveCard",
        version: "1.4",
        fallback_text: headline,
        body,
        actions: buttons(story),
        msteams: Width { width: "Full" },
    };
    let attachment = Attachment { content_type: "application/vnd.microsoft.card.adaptive", content: card };
    Message { r#type: "message", attachments: [attachment] }
}

/// The first line strong, the others plain.
fn alert(paragraph: &Paragraph<'_>, text: &str) -> Block {
    let (first, others) = text.split_once('\n').unwrap_or((text, ""));
    let mut block = Block::of(Run::strong(first, "Default", colour(paragraph.status, paragraph.severity)));
    if !others.is_empty() {
        block.inlines.push(Run::plain(&["\n", others].concat()));
    }
    block.separator = true;
    block
}

/// The alert's page, or all alerts', and runbooks.
fn buttons(story: &Story<'_>) -> Vec<Button> {
    let button = |title: String, url: &str| Button { r#type: "Action.OpenUrl", title, url: url.to_owned() };
    let mut buttons = Vec::new();
    let link = match story.paragraphs.as_slice() {
        [only] => only.link,
        _ => &story.link,
    };
    if is_web(link) {
        buttons.push(button("Open in Vitrine".to_owned(), link));
    }
    let runbooks = story.paragraphs.iter().filter_map(|paragraph| Some((paragraph.runbook?, paragraph.what)));
    for (runbook, what) in runbooks.filter(|(runbook, _)| is_web(runbook)) {
        if buttons.len() < MOST_BUTTONS && buttons.iter().all(|known| known.url != runbook) {
            buttons.push(button(["Runbook: ", &one_line(what, 40)].concat(), runbook));
        }
    }
    buttons
}

/// Adaptive Cards know few colours, by what they mean.
fn colour(status: Status, severity: Severity) -> &'static str {
    match (status, severity) {
        (Status::Resolved, _) => "Good",
        (Status::Firing, Severity::Critical | Severity::Error) => "Attention",
        (Status::Firing, Severity::Warning) => "Warning",
        (Status::Firing, Severity::Info) => "Accent",
    }
}

impl Block {
    fn of(run: Run) -> Block {
        Block { r#type: "RichTextBlock", separator: false, inlines: vec![run] }
    }
}

impl Run {
    fn strong(text: &str, size: &'static str, color: &'static str) -> Run {
        Run { weight: "Bolder", size, color, ..Run::plain(text) }
    }

    fn plain(text: &str) -> Run {
        Run { r#type: "TextRun", text: text.to_owned(), weight: "Default", size: "Default", color: "Default" }
    }
}

//! A message: a headline, and an attachment whose blocks tell of the alerts, as only attachments have a colour.
//! The form is Block Kit's: <https://docs.slack.dev/reference/block-kit/blocks>.

use serde::Serialize;
use vitrine_sdk::channel::story::{Budget, Markup, Story, clean};

/// Slack takes 50 blocks, and 3,000 letters in each; nobody reads as many.
const BUDGET: Budget = Budget { alerts: 20, letters: 12_000, letters_of_one: 3_000 };

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Message {
    pub(crate) text: String,
    pub(crate) attachments: [Attachment; 1],
    pub(crate) unfurl_links: bool,
    pub(crate) unfurl_media: bool,
    /// Where it goes, for an app: a channel, and there a message to answer or to alter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) thread_ts: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply_broadcast: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ts: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Attachment {
    color: String,
    blocks: Vec<Block>,
}

#[derive(Debug, Clone, Serialize)]
struct Block {
    r#type: &'static str,
    text: Text,
}

#[derive(Debug, Clone, Serialize)]
struct Text {
    r#type: &'static str,
    text: String,
    /// Keeps names and addresses in texts from becoming mentions and links.
    verbatim: bool,
}

pub(crate) fn write(story: &Story<'_>) -> Message {
    let fitted = story.fitted(&Mrkdwn, BUDGET);
    let texts = fitted.written.into_iter().map(|(_, text)| text).chain(story.more(&Mrkdwn, fitted.more));
    let section = |text| Block { r#type: "section", text: Text { r#type: "mrkdwn", text, verbatim: true } };
    let look = story.look();
    Message {
        text: [look.sign, " ", &Mrkdwn.strong(&story.headline())].concat(),
        attachments: [Attachment { color: format!("#{:06x}", look.colour), blocks: texts.map(section).collect() }],
        unfurl_links: false,
        unfurl_media: false,
        channel: None,
        thread_ts: None,
        reply_broadcast: None,
        ts: None,
    }
}

/// Slack's own markup. `&`, `<` and `>` are all that acts in it, and all that can be escaped.
struct Mrkdwn;

impl Markup for Mrkdwn {
    fn text(&self, text: &str) -> String {
        clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    fn strong(&self, text: &str) -> String {
        match text.contains('*') {
            true => self.text(text),
            false => ["*", &self.text(text), "*"].concat(),
        }
    }

    fn link(&self, words: &str, address: &str) -> String {
        ["<", &self.text(address), "|", &self.text(words), ">"].concat()
    }
}

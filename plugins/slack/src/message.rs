//! A message: a headline, and an attachment whose blocks tell of the alerts, as only attachments have a colour.
//! The form is Block Kit's: <https://docs.slack.dev/reference/block-kit/blocks>.

use serde_json::{Value, json};
use vitrine_sdk::channel::story::{Budget, Markup, Story, clean};

/// Slack takes 50 blocks, and 3,000 letters in each; nobody reads as many.
const BUDGET: Budget = Budget { alerts: 20, letters: 12_000, letters_of_one: 3_000 };

pub(crate) fn write(story: &Story<'_>) -> Value {
    let fitted = story.fitted(&Mrkdwn, BUDGET);
    let mut blocks: Vec<Value> = fitted.written.iter().map(|(_, text)| section(text)).collect();
    blocks.extend(story.more(&Mrkdwn, fitted.more).map(|text| section(&text)));
    let look = story.look();
    let headline = [look.sign, " ", &Mrkdwn.strong(&story.headline())].concat();
    json!({
        "text": headline,
        "attachments": [{ "color": format!("#{:06x}", look.colour), "blocks": blocks }],
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

/// `verbatim` keeps names and addresses in texts from becoming mentions and links.
fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": true } })
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

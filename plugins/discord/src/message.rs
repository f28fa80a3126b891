//! A message: the headline, and an embed for each alert in the colour of how bad it is.

use serde::Serialize;
use vitrine_sdk::channel::story::{Budget, Markup, Story, clean};

/// Ten embeds, and 6,000 letters in all of them.
const BUDGET: Budget = Budget { alerts: 10, letters: 6_000, letters_of_one: 4_096 };

#[derive(Serialize)]
pub(crate) struct Message<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    content: String,
    embeds: Vec<Embed>,
    allowed_mentions: Mentions,
}

#[derive(Serialize)]
struct Embed {
    description: String,
    color: u32,
}

/// Nobody, whatever the texts say.
#[derive(Serialize)]
struct Mentions {
    parse: [&'static str; 0],
}

impl<'a> Message<'a> {
    pub(crate) fn of(story: &Story<'_>, username: Option<&'a str>) -> Message<'a> {
        let fitted = story.fitted(&Markdown, BUDGET);
        let headline = [story.look().sign, " ", &Markdown.strong(&story.headline())].concat();
        let more = story.more(&Markdown, fitted.more).map(|more| ["\n", &more].concat()).unwrap_or_default();
        let embeds = fitted.written.into_iter().map(|(paragraph, description)| {
            let color = paragraph.look().colour;
            Embed { description, color }
        });
        Message {
            username,
            content: [headline, more].concat(),
            embeds: embeds.collect(),
            allowed_mentions: Mentions { parse: [] },
        }
    }
}

/// Discord's markdown. A backslash takes the meaning from what follows.
struct Markdown;

impl Markup for Markdown {
    fn text(&self, text: &str) -> String {
        let mut escaped = String::new();
        for character in clean(text).chars() {
            if "\\`*_~|<>#@:[]()-+.".contains(character) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        escaped
    }

    fn strong(&self, text: &str) -> String {
        ["**", &self.text(text), "**"].concat()
    }

    fn link(&self, words: &str, address: &str) -> String {
        ["[", &self.text(words), "](", &address.replace('(', "%28").replace(')', "%29"), ")"].concat()
    }
}

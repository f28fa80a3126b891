//! Cleaned HTML as lines of words: headings, paragraphs, lists, code and tables, each below the other.

use std::fmt::Write;

use crate::draw::still::Area;
use crate::draw::still::ink::{Anchor, Ink};
use crate::draw::still::letters;

const SIZE: f64 = 13.0;
const INDENT: f64 = 16.0;
/// What a picture shows of a long text.
const MOST_BLOCKS: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Kind {
    #[default]
    Plain,
    /// From 1, the largest.
    Heading(u8),
    Code,
    Quote,
    Rule,
}

/// What stands by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Block {
    kind: Kind,
    /// How many lists it is in.
    depth: usize,
    /// Before the first line of an item.
    mark: String,
    text: String,
}

/// As many of its lines as there is room for.
pub(super) fn draw(ink: &mut Ink, html: &str, area: Area) {
    let theme = ink.theme;
    let (mut y, foot) = (area.y, area.y + area.height);
    for block in blocks(html) {
        let (size, before) = match block.kind {
            Kind::Heading(1) => (20.0, 8.0),
            Kind::Heading(2) => (17.0, 8.0),
            Kind::Heading(_) => (15.0, 6.0),
            _ => (SIZE, if block.mark.is_empty() { 6.0 } else { 2.0 }),
        };
        let line = size * 1.4;
        let x = area.x + block.depth as f64 * INDENT + if block.kind == Kind::Quote { 12.0 } else { 0.0 };
        let room = area.x + area.width - x;
        y += if y > area.y { before } else { 0.0 };
        if block.kind == Kind::Rule {
            ink.rect(Area { y: y + 4.0, height: 1.0, ..area }, theme.line, 1.0, 0.0);
            y += 8.0;
            continue;
        }
        let lines = letters::wrapped(&block.text, size, room, 60);
        let height = line * lines.len() as f64;
        match block.kind {
            Kind::Code => ink.rect(Area { x: x - 4.0, y, width: room + 4.0, height: height + 4.0 }, theme.hover, 1.0, 4.0),
            Kind::Quote => ink.rect(Area { x: x - 12.0, y, width: 3.0, height }, theme.line, 1.0, 0.0),
            _ => {}
        }
        ink.text(x - 12.0, y + size, size, theme.muted, Anchor::Start, &block.mark);
        for words in lines {
            if y + line > foot + 2.0 {
                return;
            }
            match block.kind {
                Kind::Heading(_) => ink.bold(x, y + size, size, theme.text, &words),
                Kind::Quote => ink.text(x, y + size, size, theme.muted, Anchor::Start, &words),
                _ => ink.text(x, y + size, size, theme.text, Anchor::Start, &words),
            }
            y += line;
        }
    }
}

/// Reads what `markup::html` has cleaned: well nested, with the five entities and `&nbsp;`.
fn blocks(html: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        reader.words(&rest[..start]);
        let Some(end) = rest[start..].find('>') else { return reader.blocks };
        reader.tag(&rest[start + 1..start + end]);
        rest = &rest[start + end + 1..];
        if reader.blocks.len() >= MOST_BLOCKS {
            return reader.blocks;
        }
    }
    reader.words(rest);
    reader.end();
    reader.blocks
}

#[derive(Debug, Default)]
struct Reader {
    blocks: Vec<Block>,
    now: Block,
    /// For each list that is open, the number of its next item; none where it has no numbers.
    lists: Vec<Option<u64>>,
    quotes: usize,
    is_verbatim: bool,
}

impl Reader {
    fn words(&mut self, text: &str) {
        let text = unescaped(text);
        if self.is_verbatim {
            self.now.text.push_str(&text);
            return;
        }
        for letter in text.chars() {
            let blank = letter.is_whitespace() && letter != '\u{a0}';
            if !blank {
                self.now.text.push(letter);
            } else if !self.now.text.is_empty() && !self.now.text.ends_with([' ', '\n']) {
                self.now.text.push(' ');
            }
        }
    }

    fn end(&mut self) {
        let next =
            Block { kind: if self.quotes > 0 { Kind::Quote } else { Kind::Plain }, depth: self.lists.len(), ..Block::default() };
        let block = std::mem::replace(&mut self.now, next);
        if !block.text.trim().is_empty() {
            self.blocks.push(Block { text: block.text.trim().to_owned(), ..block });
        }
    }

    fn tag(&mut self, tag: &str) {
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or("");
        let opens = !tag.starts_with('/');
        match name {
            "br" => self.now.text.push('\n'),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end();
                if opens {
                    self.now.kind = Kind::Heading(name.as_bytes()[1] - b'0');
                }
            }
            "ul" | "ol" => {
                self.end();
                match opens {
                    true => self.lists.push((name == "ol").then_some(1)),
                    false => _ = self.lists.pop(),
                }
                self.now.depth = self.lists.len();
            }
            "li" => self.item(opens),
            "pre" => {
                self.end();
                self.is_verbatim = opens;
                self.now.kind = if opens { Kind::Code } else { self.now.kind };
            }
            "blockquote" => {
                self.quotes = if opens { self.quotes + 1 } else { self.quotes.saturating_sub(1) };
                self.end();
            }
            "hr" => {
                self.end();
                self.blocks.push(Block { kind: Kind::Rule, ..Block::default() });
            }
            "td" | "th" if !opens => self.now.text.push_str("   "),
            "p" | "div" | "tr" | "dt" | "dd" | "table" => self.end(),
            _ => {}
        }
    }

    fn item(&mut self, opens: bool) {
        self.end();
        if !opens {
            return;
        }
        match self.lists.last_mut() {
            Some(Some(number)) => {
                // Writing to a string does not fail.
                let _ = write!(self.now.mark, "{number}.");
                *number += 1;
            }
            _ => self.now.mark.push('•'),
        }
    }
}

fn unescaped(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{a0}"), ("&amp;", "&")];
    entities.into_iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_blocks() {
        let html = "<div class=\"prose\"><h2>Tour</h2>\n<p>a &lt;b&gt; <em>c</em><br>d</p><ul><li>one</li><li>two <ol><li>in</li></ol></li></ul>\
                    <pre><code>x\n  y</code></pre><hr><blockquote><p>said</p></blockquote></div>";
        let told: Vec<String> =
            blocks(html).iter().map(|block| format!("{:?} {} {}{}", block.kind, block.depth, block.mark, block.text)).collect();
        assert_eq!(
            told,
            [
                "Heading(2) 0 Tour",
                "Plain 0 a <b> c\nd",
                "Plain 1 •one",
                "Plain 1 •two",
                "Plain 2 1.in",
                "Code 0 x\n  y",
                "Rule 0 ",
                "Quote 0 said",
            ]
        );
        assert!(blocks(&"<p>x</p>".repeat(10_000)).len() <= MOST_BLOCKS + 1);
        assert!(blocks("<p").is_empty());
    }
}

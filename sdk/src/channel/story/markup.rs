//! How services write: what must be escaped, what is strong, what a link is. Texts come from rules and labels, and those
//! from whatever is watched, so nothing in them may act.

/// A service's way to write. Each call gets plain text, and answers markup.
pub trait Markup {
    fn text(&self, text: &str) -> String;

    fn strong(&self, text: &str) -> String;

    /// Only for what [`is_web`] says yes to.
    fn link(&self, words: &str, address: &str) -> String;

    /// What ends a line.
    fn line_break(&self) -> &'static str {
        "\n"
    }
}

/// No markup at all.
#[derive(Debug)]
pub struct Plain;

impl Markup for Plain {
    fn text(&self, text: &str) -> String {
        clean(text)
    }

    fn strong(&self, text: &str) -> String {
        clean(text)
    }

    fn link(&self, words: &str, address: &str) -> String {
        [&clean(words), ": ", address].concat()
    }
}

/// HTML of few tags.
#[derive(Debug)]
pub struct Html {
    pub line_break: &'static str,
}

impl Markup for Html {
    fn text(&self, text: &str) -> String {
        let text = clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        text.replace('\n', self.line_break)
    }

    fn strong(&self, text: &str) -> String {
        ["<b>", &self.text(text), "</b>"].concat()
    }

    fn link(&self, words: &str, address: &str) -> String {
        ["<a href=\"", &self.text(address), "\">", &self.text(words), "</a>"].concat()
    }

    fn line_break(&self) -> &'static str {
        self.line_break
    }
}

/// A web address without a letter that would end it early, and not longer than anybody writes.
pub fn is_web(address: &str) -> bool {
    const LONGEST: usize = 1_000;
    let begins = address.starts_with("https://") || address.starts_with("http://");
    let ends_it = |character: char| character.is_whitespace() || character.is_control() || "<>\"`|\\^{}".contains(character);
    begins && address.len() <= LONGEST && !address.contains(ends_it)
}

/// Without control characters but line breaks, and without those that turn the direction of what follows.
pub fn clean(text: &str) -> String {
    let turns = |character: char| matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    text.chars().filter(|character| *character == '\n' || !(character.is_control() || turns(*character))).collect()
}

/// Clean, and on one line of so many letters at most.
pub fn one_line(text: &str, most: usize) -> String {
    cut(clean(&text.replace(char::is_control, " ")).trim(), most)
}

/// At most so many letters; what was cut off is told by the last one.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

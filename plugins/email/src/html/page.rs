//! A text that grows: markup of our own as it is, all else escaped.

pub(super) struct Page(String);

pub(super) fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

const PLAIN: &str = "display:inline-block;margin:0 8px 8px 0;padding:10px 14px;border-radius:7px;font-size:14px;line-height:22px;\
    font-weight:600;text-decoration:none;border:1px solid ";

impl Page {
    pub(super) fn new(head: &'static str) -> Page {
        Page(head.to_owned())
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    /// Only for what stands in this folder.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
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

    pub(super) fn button(&mut self, words: &'static str, is_first: bool, address: &str) {
        if !is_web(address) {
            return;
        }
        let (class, colours) = match is_first {
            true => ("button first", "#1f5fbf;background:#1f5fbf;color:#ffffff"),
            false => ("button", "#c3c9cf;background:#ffffff;color:#1c2126"),
        };
        self.raw("<a class=\"").raw(class).raw("\" style=\"").raw(PLAIN).raw(colours).raw("\" href=\"").text(address);
        self.raw("\">").raw(words).raw("</a>\n");
    }

    /// A link among words; where it is none, the text of it.
    pub(super) fn anchor(&mut self, words: &'static str, address: &str) {
        if is_web(address) {
            self.raw("<a class=\"link\" style=\"color:#1f5fbf\" href=\"").text(address).raw("\">").raw(words).raw("</a>");
        } else if !address.is_empty() {
            self.raw(words).raw(": ").text(address);
        }
    }
}

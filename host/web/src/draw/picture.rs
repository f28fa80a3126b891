//! Pictures: from this host or from the view itself, never from elsewhere.

use vitrine_model::view::Picture;

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::link;
use crate::page::messages::filled;

const KINDS: [&str; 5] = ["png", "jpeg", "gif", "webp", "svg+xml"];

pub fn draw(html: &mut Html, picture: &Picture, surroundings: &Surroundings) {
    let address = picture.address.trim();
    if !shown(address) {
        let says = surroundings.says();
        html.raw("<div class=\"notice\"><p>").text(says.not_shown).raw("</p><p class=\"hint\">");
        html.text(&filled(says.not_shown_why, &["/plan.svg", "data:image/png;base64,…"])).raw("</p></div>");
        return;
    }
    html.raw("<div class=\"picture\"><img src=\"")
        .text(address)
        .raw("\" alt=\"")
        .text(&picture.text)
        .raw("\" loading=\"lazy\"></div>");
}

fn shown(address: &str) -> bool {
    (link::on_this_host(address) && !address.chars().any(char::is_control)) || is_data(address)
}

/// Text after the kind, such as a character set, would be one more thing to know about.
fn is_data(address: &str) -> bool {
    data(address).is_some()
}

/// The kind and the bytes, in base64, of a picture that its address holds.
pub(in crate::draw) fn data(address: &str) -> Option<(&str, &str)> {
    let (kind, data) = address.trim().strip_prefix("data:image/")?.split_once(";base64,")?;
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    (KINDS.contains(&kind) && data.bytes().all(is_letter)).then_some((kind, data))
}

#[cfg(test)]
mod tests {
    use vitrine_model::frame::TimeRange;

    use super::*;

    fn drawn(address: &str, text: &str) -> String {
        let mut html = Html::new();
        let surroundings = Surroundings::tested("Plan", TimeRange { start: 0, end: 1, step: 1 });
        draw(&mut html, &Picture { address: address.to_owned(), text: text.to_owned() }, &surroundings);
        html.finish()
    }

    #[test]
    fn a_picture_and_what_is_on_it() {
        insta::assert_snapshot!(drawn("/plan.svg?floor=1&part=2", "The \"first\" floor"));
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        for address in ["data:image/png;base64,iVBORw0KGgo=", "/icon.svg"] {
            assert!(drawn(address, "").contains("<img"), "{address}");
        }
        for address in [
            "https://evil.example/x.png",
            "//evil.example/x.png",
            "javascript:alert(1)",
            "data:text/html;base64,PHNjcmlwdD4=",
            "data:image/svg+xml,<svg onload=alert(1)>",
            "data:image/png;base64,\" onerror=\"alert(1)",
            "",
        ] {
            let drawn = drawn(address, "\" onerror=\"alert(1)");
            assert!(!drawn.contains("<img") && !drawn.contains("onerror=\""), "{drawn}");
        }
        assert!(!drawn("/icon.svg", "\" onerror=\"alert(1)").contains("\" onerror"));
    }
}

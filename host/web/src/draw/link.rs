//! Where views may lead: addresses come from plugins, labels and queries, so only harmless ones become links.

use crate::draw::html::Html;

/// An address that may be followed: a page on this host, or one of the web, or a mailbox.
pub fn followed(address: &str) -> Option<&str> {
    let address = address.trim();
    if address.chars().any(char::is_control) {
        return None;
    }
    let starts = |scheme: &str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let web = ["https://", "http://", "mailto:"].into_iter().any(starts);
    (web || on_this_host(address)).then_some(address)
}

/// A path. What begins with two strokes would name another host, and browsers read `\\` as a stroke.
pub fn on_this_host(address: &str) -> bool {
    address.starts_with('/') && !address[1..].starts_with(['/', '\\'])
}

/// The text, as a link where there is an address that may be followed.
pub fn text(html: &mut Html, text: &str, address: &str) {
    match followed(address) {
        Some(address) => {
            html.raw("<a href=\"").text(address).raw("\" rel=\"noopener noreferrer nofollow\">").text(text).raw("</a>");
        }
        None => {
            html.text(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_addresses_become_links() {
        for address in ["/d/machine?range=1h", "https://shop.example/a?b=c#d", "HTTP://shop.example", "mailto:web@shop.example"] {
            assert_eq!(followed(address), Some(address));
        }
        for address in [
            "",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " \u{1}javascript:alert(1)",
            "java\tscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "//evil.example/",
            "/\\evil.example/",
            "machine",
            "é",
        ] {
            assert_eq!(followed(address), None, "{address}");
        }
    }
}

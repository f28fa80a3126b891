//! Whose pages may show this host's in a frame: nobody's, unless the admin names them.

/// An origin as the policy of frames takes it: a scheme, a host, perhaps a port, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// Named at most: each answer carries all of them.
pub const MOST_ORIGINS: usize = 50;

impl Origin {
    /// `https://intranet.shop.example`, `https://*.shop.example`, `http://localhost:3000`.
    pub fn parse(text: &str) -> Result<Origin, String> {
        let wrong = |reason: &str| Err(format!("`{text}` is not an origin: {reason}"));
        let Some((scheme, rest)) = text.split_once("://") else { return wrong("it begins with no `https://`") };
        if !matches!(scheme, "https" | "http") {
            return wrong("it begins with neither `https://` nor `http://`");
        }
        // Whoever may frame everything everywhere is nobody in particular, and a header ends where a letter is odd.
        let (name, port) = rest.split_once(':').map_or((rest, None), |(name, port)| (name, Some(port)));
        if port.is_some_and(|port| port.parse::<u16>().is_err() || port.starts_with('+')) {
            return wrong("its port is no number");
        }
        let plain = name.strip_prefix("*.").unwrap_or(name);
        let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '-' | '.');
        if plain.is_empty() || plain.starts_with(['.', '-']) || plain.ends_with('.') || plain.contains("..") {
            return wrong("its host has no name");
        }
        if !plain.chars().all(is_letter) {
            return wrong("a host's name is of small letters, digits, `-` and `.`, and nothing follows it but a port");
        }
        if name.starts_with("*.") && !plain.contains('.') {
            return wrong("`*` would stand for too much: name at least two parts after it");
        }
        Ok(Origin(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What follows `frame-ancestors` in the policy.
pub(crate) fn ancestors(origins: &[Origin]) -> String {
    match origins {
        [] => "'none'".to_owned(),
        list => format!("'self' {}", list.iter().map(Origin::as_str).collect::<Vec<_>>().join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_are_taken() {
        for text in ["https://intranet.shop.example", "https://*.shop.example", "http://localhost:3000", "http://10.0.0.7:8080"] {
            assert!(Origin::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "*",
            "https://*",
            "https://*.example",
            "intranet",
            "https://",
            "https://a.example/",
            "https://a.example/path",
            "https://a.example; script-src *",
            "https://a.example 'self'",
            "https://a.example\r\nx: y",
            "https://A.example",
            "https://a..example",
            "https://a.example:port",
            "https://a.example:99999",
            "https://user@a.example",
            "ftp://a.example",
            "data://x",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
        assert_eq!(ancestors(&[]), "'none'");
    }
}

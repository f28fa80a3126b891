//! Links that show one dashboard, or one panel of it, to whoever has them, until they expire. What a link shows stands in
//! it, under the host's seal: nothing is stored, and with another key no link holds any more.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::form_urlencoded;
use vitrine_model::{Millis, Span};

/// How a link begins: what it holds, and how it is sealed.
const VERSION: &str = "v1";
/// Set before what is sealed, so that no other thing's seal serves for a link.
const PURPOSE: &str = "vitrine share link ";
/// No link is longer.
const MOST_BYTES: usize = 6_000;
pub const LONGEST: Span = Span::from_secs(90 * 86_400);
pub const SHORTEST: Span = Span::from_secs(1);

/// Puts the host's seal under a text, and knows it again.
pub trait Seal: Send + Sync {
    fn seal(&self, text: &[u8]) -> Result<Vec<u8>, String>;
    /// Takes the same time whichever byte differs.
    fn holds(&self, text: &[u8], seal: &[u8]) -> Result<bool, String>;
}

/// What a link shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub dashboard: String,
    pub panel: Option<String>,
    /// Time, zone and variables, as an address says them.
    pub scope: Vec<(String, String)>,
    pub expires: Millis,
}

/// Why a link shows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It is not one of this host's, or was changed, or the key is another now.
    Unknown,
    Expired,
    /// The key cannot be read.
    Unable(String),
}

impl Share {
    /// The last part of the link's address.
    pub fn token(&self, seal: &dyn Seal) -> Result<String, String> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("e", &self.expires.to_string()).append_pair("d", &self.dashboard);
        if let Some(panel) = &self.panel {
            form.append_pair("p", panel);
        }
        // What follows is the scope's: its names have no single letters.
        form.extend_pairs(&self.scope);
        let text = URL_SAFE_NO_PAD.encode(form.finish());
        let sealed = seal.seal(sealed_text(&text).as_bytes())?;
        let token = format!("{VERSION}.{text}.{}", URL_SAFE_NO_PAD.encode(sealed));
        match token.len() <= MOST_BYTES {
            true => Ok(token),
            false => Err("the link would be too long: choose fewer values of the variables".to_owned()),
        }
    }

    /// Reads a link; first of all its seal.
    pub fn open(token: &str, seal: &dyn Seal, now: Millis) -> Result<Share, Refused> {
        if token.len() > MOST_BYTES {
            return Err(Refused::Unknown);
        }
        let (text, sealed) =
            token.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix('.')?.split_once('.')).ok_or(Refused::Unknown)?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Refused::Unknown)?;
        if !seal.holds(sealed_text(text).as_bytes(), &sealed).map_err(Refused::Unable)? {
            return Err(Refused::Unknown);
        }
        let share = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| Share::read(&bytes)).ok_or(Refused::Unknown)?;
        if now >= share.expires { Err(Refused::Expired) } else { Ok(share) }
    }

    fn read(form: &[u8]) -> Option<Share> {
        let mut share = Share { dashboard: String::new(), panel: None, scope: Vec::new(), expires: 0 };
        for (key, value) in form_urlencoded::parse(form).into_owned() {
            match key.as_str() {
                "e" => share.expires = value.parse().ok()?,
                "d" => share.dashboard = value,
                "p" => share.panel = Some(value),
                _ => share.scope.push((key, value)),
            }
        }
        (!share.dashboard.is_empty()).then_some(share)
    }
}

fn sealed_text(text: &str) -> String {
    format!("{PURPOSE}{VERSION}.{text}")
}

/// How long a link holds: `1h`, `7d`.
pub fn lasting(text: &str) -> Result<Span, String> {
    let span = text.parse::<Span>().map_err(|error| format!("a link cannot hold for `{text}`: {error}"))?;
    match (SHORTEST..=LONGEST).contains(&span) {
        true => Ok(span),
        false => Err(format!("a link cannot hold for `{text}`: write something from {SHORTEST} to {LONGEST}, such as `7d`")),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    /// A seal that is none, but differs with the text and the key.
    struct Sum(u8);

    impl Seal for Sum {
        fn seal(&self, text: &[u8]) -> Result<Vec<u8>, String> {
            Ok(text.iter().fold(vec![self.0; 4], |mut sum, byte| {
                sum.rotate_left(1);
                sum[0] = sum[0].wrapping_mul(31).wrapping_add(*byte);
                sum
            }))
        }
        fn holds(&self, text: &[u8], seal: &[u8]) -> Result<bool, String> {
            Ok(self.seal(text)? == seal)
        }
    }

    fn share() -> Share {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        Share {
            dashboard: "shop/orders".to_owned(),
            panel: Some("p0".to_owned()),
            scope: vec![pair("from", "1000"), pair("to", "2000"), pair("var-host", "a&b=c ü"), pair("var-host", "d")],
            expires: 10_000,
        }
    }

    #[test]
    fn a_link_says_what_it_shows_until_it_expires() {
        let token = share().token(&Sum(1)).unwrap();
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{token}");
        assert_eq!(Share::open(&token, &Sum(1), 9_999), Ok(share()));
        assert_eq!(Share::open(&token, &Sum(1), 10_000), Err(Refused::Expired));
        assert_eq!(Share::open(&token, &Sum(2), 0), Err(Refused::Unknown));
    }

    #[test]
    fn whatever_is_changed_in_a_link_it_shows_nothing() {
        let token = share().token(&Sum(1)).unwrap();
        for place in 0..token.len() {
            for letter in ["A", "z", "."] {
                let changed = format!("{}{letter}{}", &token[..place], &token[place + 1..]);
                if changed != token {
                    assert_eq!(Share::open(&changed, &Sum(1), 0), Err(Refused::Unknown), "{changed}");
                }
            }
            assert_eq!(Share::open(&token[..place], &Sum(1), 0), Err(Refused::Unknown));
        }
        for wrong in ["", ".", "v1", "v1..", "v2.a.b", &"v1.".repeat(10_000), "ü"] {
            assert_eq!(Share::open(wrong, &Sum(1), 0), Err(Refused::Unknown), "{wrong}");
        }
    }

    #[test]
    fn links_are_bounded() {
        let long = Share { scope: vec![("var-a".to_owned(), "x".repeat(MOST_BYTES))], ..share() };
        assert!(long.token(&Sum(1)).is_err());
        assert!(lasting("7d").is_ok() && lasting("0s").is_err() && lasting("91d").is_err() && lasting("soon").is_err());
    }
}

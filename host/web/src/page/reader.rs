//! Who reads a page: the language that a browser asks for, or that its reader chose.

use std::convert::Infallible;

use axum::Form;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, REFERER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::page::messages::{AlertMessages, Messages};

const COOKIE_NAME: &str = "language";
/// A browser names a handful; what is beyond was made up.
const MOST_TAGS: usize = 20;

/// A language that the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    English,
    Portuguese,
}

impl Language {
    pub(crate) const ALL: [Language; 2] = [Language::English, Language::Portuguese];

    pub(crate) fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Portuguese => "pt",
        }
    }

    /// Its name in itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Portuguese => "Português",
        }
    }

    fn of(tag: &str) -> Option<Language> {
        let first = tag.trim().split('-').next()?;
        Language::ALL.into_iter().find(|language| first.eq_ignore_ascii_case(language.tag()))
    }

    fn asked(headers: &HeaderMap) -> Language {
        let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok()).unwrap_or("");
        let mut cookies = text(COOKIE).split(';').filter_map(|pair| pair.trim().split_once('='));
        if let Some(chosen) = cookies.find(|(name, _)| *name == COOKIE_NAME).and_then(|(_, tag)| Language::of(tag)) {
            return chosen;
        }
        preferred(text(ACCEPT_LANGUAGE)).unwrap_or_default()
    }
}

/// The best liked language of those we have, as RFC 9110 weighs them; the first among equals.
fn preferred(text: &str) -> Option<Language> {
    let mut best: Option<(Language, f32)> = None;
    for part in text.split(',').take(MOST_TAGS) {
        let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|number| number.parse::<f32>().ok()).unwrap_or(0.0);
        let Some(language) = Language::of(tag).filter(|_| weight > 0.0) else { continue };
        if best.is_none_or(|(_, before)| weight > before) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// Taken from each request for a page.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reader {
    pub(crate) language: Language,
}

impl Reader {
    pub(crate) fn says(self) -> &'static Messages {
        Messages::of(self.language)
    }

    /// As [`Reader::says`], of alerts and what belongs to them.
    pub(crate) fn alerting(self) -> &'static AlertMessages {
        AlertMessages::of(self.language)
    }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Reader, Infallible> {
        Ok(Reader { language: Language::asked(&parts.headers) })
    }
}

#[derive(Deserialize)]
pub(crate) struct Choice {
    language: String,
}

/// Keeps the reader's choice in the browser, and leads back to where they were.
pub(crate) async fn choose(headers: HeaderMap, Form(choice): Form<Choice>) -> Response {
    let Some(language) = Language::of(&choice.language) else {
        return (StatusCode::BAD_REQUEST, "pages are written in `en` and `pt`\n").into_response();
    };
    let cookie = format!("{COOKIE_NAME}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly", language.tag());
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok()).unwrap_or("");
    (StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, own_part(referer))]).into_response()
}

/// Path and query of an address, which lead nowhere but to this host: `//elsewhere` would.
pub(crate) fn own_part(address: &str) -> String {
    let Ok(url) = url::Url::parse(address) else { return "/".to_owned() };
    let path = format!("/{}", url.path().trim_start_matches('/'));
    url.query().map_or(path.clone(), |query| format!("{path}?{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_language_wins() {
        for (asked, language) in [
            ("", None),
            ("de, fr", None),
            ("pt-BR,pt;q=0.9,en;q=0.8", Some(Language::Portuguese)),
            ("de;q=1, en-GB;q=0.4, pt;q=0.3", Some(Language::English)),
            ("en;q=0, pt;q=0.1", Some(Language::Portuguese)),
            ("en;q=much, *", None),
        ] {
            assert_eq!(preferred(asked), language, "{asked}");
        }
    }

    #[test]
    fn the_way_back_stays_on_this_host() {
        for (text, address) in [
            ("http://localhost:7878/d/shop?from=now-6h", "/d/shop?from=now-6h"),
            ("", "/"),
            ("/d/shop", "/"),
            ("http://localhost//evil.example", "/evil.example"),
            ("http://localhost/\\evil.example", "/evil.example"),
            ("https://evil.example", "/"),
            ("http://localhost/a\r\nset-cookie: x=1", "/aset-cookie:%20x=1"),
        ] {
            assert_eq!(own_part(text), address);
        }
    }
}

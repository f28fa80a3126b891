//! Finished pages: whoever asks for the same within a tick gets the same bytes, filled in and compressed once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::Bytes;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, VARY};
use axum::http::{HeaderMap, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use vitrine_model::Millis;

use crate::live::message::Health;
use crate::page::reader::Language;

/// Of all finished pages together, compressed ones included.
const MOST_BYTES: usize = 32 * 1024 * 1024;
const MOST_PAGES: usize = 256;

/// What was asked for, word by word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Asking {
    pub(crate) name: String,
    pub(crate) query: String,
    pub(crate) language: Language,
    /// Why nothing can be done from there by whoever asks, where they could otherwise.
    pub(crate) refusal: Option<String>,
    pub(crate) dress: Dress,
}

/// What is around the panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Dress {
    /// All there is: navigation, pickers, the host's health.
    #[default]
    Whole,
    /// Nothing: another page has it in a frame.
    Embedded,
    /// Nothing, and no script either: whoever has the link may look at this and no further.
    Shared,
}

/// What a page shows beside its panels; with other words of it, the page is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Around {
    pub(crate) generation: u64,
    pub(crate) notes: Arc<Vec<String>>,
    pub(crate) alerts: usize,
    pub(crate) sources: usize,
    pub(crate) stale: usize,
}

impl Around {
    pub(crate) fn new(generation: u64, notes: Arc<Vec<String>>, health: Health) -> Around {
        Around { generation, notes, alerts: health.alerts, sources: health.sources, stale: health.stale }
    }
}

#[derive(Debug)]
pub(crate) struct Page {
    around: Around,
    /// The moments it is for.
    from: Millis,
    until: Millis,
    plain: Bytes,
    packed: OnceLock<Bytes>,
}

/// The pages at hand.
#[derive(Debug, Default)]
pub(crate) struct Finished(Mutex<HashMap<Asking, Arc<Page>>>);

impl Finished {
    pub(crate) fn find(&self, asking: &Asking, around: &Around, now: Millis) -> Option<Arc<Page>> {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let page = pages.get(asking)?;
        ((page.from..page.until).contains(&now) && page.around == *around).then(|| Arc::clone(page))
    }

    /// Keeps a page for as long as it is what would be made again.
    pub(crate) fn keep(&self, asking: Asking, around: Around, from: Millis, until: Millis, text: String) -> Arc<Page> {
        let page = Arc::new(Page { around, from, until, plain: text.into(), packed: OnceLock::new() });
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|_, page| (page.from..page.until).contains(&from));
        // Packed, it takes less than half as much again.
        let bytes: usize = pages.values().map(|page| page.plain.len()).sum::<usize>() + page.plain.len();
        if bytes.saturating_mul(3) / 2 > MOST_BYTES || pages.len() >= MOST_PAGES {
            pages.clear();
        }
        if page.plain.len().saturating_mul(3) / 2 <= MOST_BYTES {
            pages.insert(asking, Arc::clone(&page));
        }
        page
    }
}

impl Page {
    /// The page as this browser takes it.
    pub(crate) fn answer(&self, headers: &HeaderMap) -> axum::response::Response {
        let packed = if takes_gzip(headers) { self.packed() } else { None };
        let mut response = Response::new(packed.clone().unwrap_or_else(|| self.plain.clone()).into());
        let told = response.headers_mut();
        told.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        told.insert(VARY, HeaderValue::from_static("accept-encoding, accept-language, cookie"));
        if packed.is_some() {
            told.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }

    fn packed(&self) -> Option<Bytes> {
        if let Some(packed) = self.packed.get() {
            return Some(packed.clone());
        }
        let mut encoder = GzEncoder::new(Vec::with_capacity(self.plain.len() / 4), Compression::fast());
        encoder.write_all(&self.plain).ok()?;
        let packed = Bytes::from(encoder.finish().ok()?);
        Some(self.packed.get_or_init(|| packed).clone())
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let text = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    text.split(',').any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
mod tests {
    use super::*;

    fn asking(query: &str) -> Asking {
        Asking {
            name: "one".to_owned(),
            query: query.to_owned(),
            language: Language::English,
            refusal: None,
            dress: Dress::Whole,
        }
    }

    #[test]
    fn a_page_is_found_while_it_is_what_would_be_made_again() {
        let around = |alerts| Around::new(1, Arc::default(), Health { sources: 1, alerts, newest: 0, stale: 0, time: 0 });
        let finished = Finished::default();
        finished.keep(asking("a"), around(0), 1_000, 2_000, "text".to_owned());
        assert!(finished.find(&asking("a"), &around(0), 1_999).is_some());
        for (query, alerts, now) in [("b", 0, 1_500), ("a", 1, 1_500), ("a", 0, 2_000), ("a", 0, 999)] {
            assert!(finished.find(&asking(query), &around(alerts), now).is_none(), "{query} {alerts} {now}");
        }
    }

    #[test]
    fn pages_are_bounded() {
        let finished = Finished::default();
        let around = Around::new(1, Arc::default(), Health { sources: 1, alerts: 0, newest: 0, stale: 0, time: 0 });
        let keep = |query: &str, bytes: usize| finished.keep(asking(query), around.clone(), 0, 9, "x".repeat(bytes));
        keep("huge", MOST_BYTES);
        assert!(finished.find(&asking("huge"), &around, 0).is_none());
        for place in 0..10 {
            keep(&place.to_string(), MOST_BYTES / 8);
        }
        let held: usize = finished.0.lock().unwrap().values().map(|page| page.plain.len()).sum();
        assert!(held <= MOST_BYTES, "{held}");
    }

    #[test]
    fn only_who_takes_gzip_gets_it() {
        for (asked, takes) in
            [("gzip, br", true), ("br;q=1, GZIP;q=0.5", true), ("gzip;q=0", false), ("identity", false), ("", false)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, asked.parse().unwrap());
            assert_eq!(takes_gzip(&headers), takes, "{asked}");
        }
    }
}

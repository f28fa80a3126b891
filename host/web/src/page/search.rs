//! Search over dashboards and panels, by their names and titles.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::page::address;
use crate::page::frame::Frame;
use crate::page::reader::Reader;
use crate::web::{Shelf, Web};

/// Who sees more would rather type another letter.
const MOST_RESULTS: usize = 40;
const LONGEST_QUESTION: usize = 200;

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Serialize)]
struct Body {
    q: String,
    results: Vec<Found>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Found {
    /// The lower, the better.
    #[serde(skip)]
    rank: u8,
    title: String,
    /// What the dashboard is called, where this is a panel of it.
    within: String,
    folder: String,
    href: String,
}

pub(crate) async fn show(State(web): State<Arc<Web>>, reader: Reader, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::new(&web, reader, "search", reader.says().search).await;
    let q: String = asked.q.trim().chars().take(LONGEST_QUESTION).collect();
    let results = find(&web.shelf(), &q);
    web.page("search.html", &frame, Body { q, results })
}

/// All dashboards where nothing is asked; else what has every word of the question, the best first.
fn find(shelf: &Shelf, question: &str) -> Vec<Found> {
    let words: Vec<String> = question.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let mut found = Vec::new();
    for dashboard in shelf.dashboards.values() {
        let path = address(&dashboard.name);
        let own = format!("{} {}", dashboard.title, dashboard.name);
        if let Some(rank) = rank(&words, &dashboard.title, &own) {
            let folder = dashboard.folder().to_owned();
            found.push(Found { rank, title: dashboard.title.clone(), within: String::new(), folder, href: format!("/d/{path}") });
        }
        if words.is_empty() {
            continue;
        }
        for panel in dashboard.panels() {
            let Some(rank) = rank(&words, &panel.title, &format!("{} {}", panel.title, dashboard.title)) else { continue };
            let (title, within) = (panel.title.clone(), dashboard.title.clone());
            // Dashboards before panels that are called as well.
            let rank = rank.saturating_add(4);
            found.push(Found { rank, title, within, folder: String::new(), href: format!("/d/{path}/{}", address(&panel.id)) });
        }
    }
    found.sort();
    found.truncate(MOST_RESULTS);
    found
}

fn rank(words: &[String], title: &str, text: &str) -> Option<u8> {
    let (title, text) = (title.to_lowercase(), text.to_lowercase());
    if !words.iter().all(|word| text.contains(word.as_str())) {
        return None;
    }
    let first = words.first().map_or("", String::as_str);
    Some(match () {
        () if title.starts_with(first) => 0,
        () if title.split_whitespace().any(|part| part.starts_with(first)) => 1,
        () if title.contains(first) => 2,
        () => 3,
    })
}

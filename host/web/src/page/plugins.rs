//! Plugins: what each may do, and what it has done.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::draw::unit::Unit;
use crate::page::frame::Frame;
use crate::web::{PluginCard, Web};

#[derive(Serialize)]
struct PluginRow {
    card: PluginCard,
    /// The digest's first letters: enough to compare by eye.
    digest: String,
    memory: String,
}

pub(crate) async fn show(State(web): State<Arc<Web>>) -> Response {
    let frame = Frame::new(&web, "plugins", "Plugins").await;
    let mut cards = (web.plugins)();
    cards.sort_by(|a, b| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)));
    let row = |card: PluginCard| PluginRow {
        digest: card.digest.trim_start_matches("sha256:").chars().take(12).collect(),
        memory: Unit::Bytes.figure(card.memory as f64, &TimeZone::UTC).line(),
        card,
    };
    let rows: Vec<PluginRow> = cards.into_iter().map(row).collect();
    web.page("plugins.html", &frame, rows)
}

//! A dashboard, drawn: whole without a script, and ready for one.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use vitrine_model::Span;

use crate::dashboard::Panel;
use crate::dashboard::evaluate::Shown;
use crate::dashboard::layout::Layout;
use crate::dashboard::scope::Asked;
use crate::dashboard::variable::Picker;
use crate::live::message::chart_data;
use crate::page::address;
use crate::page::frame::Frame;
use crate::web::Web;

#[derive(Serialize)]
struct Body {
    name: String,
    range: String,
    ranges: Vec<Choice>,
    /// The name as part of an address.
    path: String,
    /// The part of an address after its `?` that asks for the same again.
    query: String,
    /// What people can choose, in the order of the file.
    pickers: Vec<Picker>,
    /// What could not be shown as it should.
    notices: Vec<String>,
    refresh: i64,
    rows: Vec<RowShape>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

#[derive(Serialize)]
struct RowShape {
    title: String,
    panels: Vec<PanelShape>,
}

#[derive(Serialize)]
struct PanelShape {
    id: String,
    title: String,
    width: u8,
    height: u8,
    kind: &'static str,
    html: String,
    data: Option<String>,
    state: &'static str,
    text: String,
}

const RANGES: [(&str, &str); 9] = [
    ("5m", "5 minutes"),
    ("15m", "15 minutes"),
    ("1h", "hour"),
    ("3h", "3 hours"),
    ("6h", "6 hours"),
    ("12h", "12 hours"),
    ("1d", "day"),
    ("7d", "7 days"),
    ("30d", "30 days"),
];

pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    Path(name): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Response {
    let asked = match Asked::parse(&asked) {
        Ok(asked) => asked,
        Err(reason) => return web.error_page(StatusCode::BAD_REQUEST, "Not to be shown", &reason).await,
    };
    let Some((generation, layout)) = web.layout(&name, &asked).await else {
        let text = format!("There is no dashboard named “{name}”. A file dashboards/{name}.yaml would make one.");
        return web.error_page(StatusCode::NOT_FOUND, "No such dashboard", &text).await;
    };
    let now = web.clock.now();
    let shown = web.evaluator.dashboard(generation, &layout, now).await;
    let frame = Frame::new(&web, "dashboard", &layout.title).await;
    web.page("dashboard.html", &frame, body(&layout, layout.scope.time.span(now), &shown))
}

fn body(layout: &Layout, range: Span, shown: &[Arc<Shown>]) -> Body {
    let mut rest = shown.iter();
    let row = |row: &crate::dashboard::Row| RowShape {
        title: row.title.clone(),
        panels: row.panels.iter().zip(&mut rest).map(|(panel, shown)| panel_shape(panel, shown)).collect(),
    };
    Body {
        name: layout.dashboard.name.clone(),
        range: range.to_string(),
        ranges: choices(range),
        path: address(&layout.dashboard.name),
        query: layout.scope.address(),
        pickers: layout.pickers.clone(),
        notices: layout.notices.clone(),
        // A page without a script loads as a whole: not as often as one with a live stream changes.
        refresh: (layout.dashboard.refresh.millis() / 1000).max(15),
        rows: layout.rows.iter().map(row).collect(),
    }
}

fn panel_shape(panel: &Panel, shown: &Shown) -> PanelShape {
    PanelShape {
        id: panel.id.clone(),
        title: panel.title.clone(),
        width: panel.width,
        height: panel.height,
        kind: shown.kind.word(),
        html: shown.html.to_string(),
        data: shown.plot.as_deref().map(chart_data),
        state: shown.state.word(),
        text: shown.text.clone(),
    }
}

/// The usual ranges, and the one shown if it is none of them.
fn choices(range: Span) -> Vec<Choice> {
    let mut list: Vec<Choice> = RANGES
        .into_iter()
        .map(|(value, word)| Choice { value: value.to_owned(), word: format!("last {word}"), chosen: value.parse() == Ok(range) })
        .collect();
    if !list.iter().any(|choice| choice.chosen) {
        list.push(Choice { value: range.to_string(), word: format!("last {range}"), chosen: true });
    }
    list
}

//! A dashboard, drawn: whole without a script, and ready for one; or one panel of it, alone.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use url::form_urlencoded;
use vitrine_access::{Action, Person, Thing, may};
use vitrine_model::Millis;

use crate::dashboard::action::Button;
use crate::dashboard::evaluate::Shown;
use crate::dashboard::layout::Layout;
use crate::dashboard::link::Link;
use crate::dashboard::scope::Asked;
use crate::dashboard::variable::Picker;
use crate::dashboard::window::Window;
use crate::dashboard::{Panel, Row};
use crate::live::message::{Health, chart_data};
use crate::middleware;
use crate::page::finished::{Around, Asking, Dress};
use crate::page::fragment::{self, Pairs};
use crate::page::frame::Frame;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::page::time::{self, TimeShape};
use crate::page::{address, broken};
use crate::web::Web;

/// The rows of the grid that a panel alone on the page takes.
const ALONE_ROWS: u8 = 9;

#[derive(Serialize)]
struct Body {
    name: String,
    title: String,
    range: String,
    time: TimeShape,
    /// What people can choose, in the order of the file; and what the address says besides.
    pickers: Vec<Picker>,
    besides: Pairs,
    links: Vec<Link>,
    /// What could not be shown as it should.
    notices: Vec<String>,
    /// The name as part of an address.
    path: String,
    /// This page's own path.
    address: String,
    /// What follows `?` where the same is asked for again.
    query: String,
    /// The panel that is alone on the page, and the way back.
    alone: Option<String>,
    back: Option<String>,
    /// Why nothing can be done from here; none where it can, or there is nothing to do.
    refusal: Option<String>,
    refresh: i64,
    /// What it can be taken elsewhere as; none where that is not offered.
    exports: Option<Exports>,
    /// The page loads itself again, script or not.
    follows: bool,
    rows: Vec<RowShape>,
}

impl Body {
    /// Without what leads elsewhere.
    fn bared(mut self) -> Body {
        (self.pickers, self.links, self.back, self.exports) = (Vec::new(), Vec::new(), None, None);
        for row in &mut self.rows {
            row.links.clear();
            row.panels.iter_mut().for_each(|panel| {
                (panel.href, panel.data_path) = (None, None);
                panel.links.clear();
                panel.actions.clear();
            });
        }
        self
    }
}

#[derive(Serialize)]
struct Exports {
    /// The dashboard's name as part of an address.
    dashboard: String,
    /// Where the pictures are, without the ending.
    picture: String,
}

#[derive(Serialize)]
struct RowShape {
    title: String,
    links: Vec<Link>,
    panels: Vec<PanelShape>,
}

#[derive(Serialize)]
struct PanelShape {
    id: String,
    title: String,
    /// Where it is alone on the page, unless it is already.
    href: Option<String>,
    links: Vec<Link>,
    actions: Vec<Button>,
    /// Where its data are, without the ending.
    data_path: Option<String>,
    width: u8,
    height: u8,
    kind: &'static str,
    html: String,
    data: Option<String>,
    state: &'static str,
    text: String,
}

/// A dashboard as it was asked for.
struct Found {
    generation: u64,
    layout: Arc<Layout>,
    /// The panel that is alone on the page.
    alone: Option<String>,
}

pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    caller: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    let refusal = refusal(&web, &name, &headers, caller.map(|one| one.0.0));
    let asking = Asking { name, query: query.unwrap_or_default(), language: reader.language, refusal, dress: Dress::Whole };
    answer(&web, reader, asking, &headers).await
}

/// For frames in others' pages: the panels and nothing around them.
pub(crate) async fn embedded(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let asking = Asking { name, query, language: reader.language, refusal: None, dress: Dress::Embedded };
    answer(&web, reader, asking, &headers).await
}

async fn answer(web: &Web, reader: Reader, asking: Asking, headers: &HeaderMap) -> Response {
    let (now, health) = (web.clock.now(), web.health().await);
    let around = Around::new(web.generation(), web.notes(), health);
    if let Some(page) = web.finished.find(&asking, &around, now) {
        return page.answer(headers);
    }
    match make(web, reader, &asking, now, health).await {
        Ok((text, until)) => web.finished.keep(asking, around, now, until, text).answer(headers),
        Err(response) => response,
    }
}

/// Why whoever asks cannot do what the dashboard offers.
fn refusal(web: &Web, name: &str, headers: &HeaderMap, caller: Option<SocketAddr>) -> Option<String> {
    let above = || name.rsplit_once('/').and_then(|(above, _)| web.dashboard(above));
    let (_, dashboard) = web.dashboard(name).or_else(above)?;
    if !dashboard.acts() {
        return None;
    }
    let standing = middleware::standing(&web.writers, headers, caller, Action::Act);
    may(&Person::anyone(), Action::Act, &Thing::Sources, standing).err().map(|refusal| refusal.to_string())
}

/// The page, and the moment from which it would be another.
pub(crate) async fn make(
    web: &Web,
    reader: Reader,
    asking: &Asking,
    now: Millis,
    health: Health,
) -> Result<(String, Millis), Response> {
    let says = reader.says();
    let mut pairs: Pairs = form_urlencoded::parse(asking.query.as_bytes()).into_owned().collect();
    time::read_local(&mut pairs, &web.zone);
    let asked = match Asked::parse(&pairs) {
        Ok(asked) => asked.read_by(reader),
        Err(reason) => return Err(web.error_page(reader, StatusCode::BAD_REQUEST, says.not_a_range, &reason).await),
    };
    let Some(found) = find(web, &asking.name, &asked).await else {
        let text = filled(says.no_dashboard_named, &[&asking.name, &asking.name]);
        return Err(web.error_page(reader, StatusCode::NOT_FOUND, says.no_dashboard, &text).await);
    };
    let shown = web.evaluator.dashboard(found.generation, &found.layout, now).await;
    let mut frame = Frame::with(web, reader, "dashboard", &found.layout.title, health);
    frame.kiosk = kiosk(&pairs);
    let mut body = body(reader, &found, &pairs, asking, now, &shown);
    if asking.dress != Dress::Whole {
        frame = frame.bared();
        body = body.bared();
    }
    if asking.dress == Dress::Shared {
        (frame.script, body.follows) = (None, !found.layout.scope.time.is_past(now));
    }
    frame.zone = Some(found.layout.scope.zone.clone());
    let text = web.text("dashboard.html", &frame, body).ok_or_else(broken)?;
    let span = found.layout.scope.time.span(now);
    Ok((text, Window::shows_from(span, found.layout.dashboard.refresh, now + 1)))
}

/// The dashboard of a name; or, where the last part names a panel of one, that panel alone.
async fn find(web: &Web, name: &str, asked: &Asked) -> Option<Found> {
    if let Some((generation, layout)) = web.layout(name, asked).await {
        return Some(Found { generation, layout, alone: None });
    }
    let (name, id) = name.rsplit_once('/')?;
    let (generation, layout) = web.layout(name, asked).await?;
    let panel = layout.panels().find(|panel| panel.id == id)?.clone();
    let rows = vec![Row { title: String::new(), repeat: None, links: Vec::new(), panels: vec![panel] }];
    let layout = Arc::new(Layout { rows, ..layout.as_ref().clone() });
    Some(Found { generation, layout, alone: Some(id.to_owned()) })
}

fn body(reader: Reader, found: &Found, pairs: &Pairs, asking: &Asking, now: Millis, shown: &[Arc<Shown>]) -> Body {
    let (refusal, dress) = (asking.refusal.clone(), asking.dress);
    let layout = &found.layout;
    let dashboard = &layout.dashboard;
    let own = own_path(&dashboard.name, found.alone.as_deref());
    let besides: Pairs = pairs.iter().filter(|(key, _)| key == "tz" || key == "kiosk").cloned().collect();
    let zone: Pairs = besides.iter().filter(|(key, _)| key == "tz").cloned().collect();
    let query = time::query(&[layout.scope.pairs(), zone]);
    let scope = layout.scope.plain().pairs();
    let around = fragment::Around { scope: &scope, besides: &besides, refused: refusal.is_some() || dress != Dress::Whole };
    let rows = rows(found, shown, &query, &around);
    Body {
        name: dashboard.name.clone(),
        title: layout.title.clone(),
        range: layout.scope.time.span(now).to_string(),
        time: TimeShape::new(reader, &own, &layout.scope, now, &besides),
        pickers: layout.pickers.clone(),
        besides: [layout.scope.time.pairs(), besides].concat(),
        links: layout.links.clone(),
        notices: layout.notices.clone(),
        path: address(&dashboard.name),
        back: found.alone.is_some().then(|| format!("{}?{query}", own_path(&dashboard.name, None))),
        // A page without a script loads as a whole: not as often as one with a live stream changes.
        refresh: (dashboard.refresh.millis() / 1000).max(15),
        exports: Some(Exports { dashboard: address(&dashboard.name), picture: own.replacen("/d/", "/render/", 1) }),
        follows: false,
        rows,
        alone: found.alone.clone(),
        refusal,
        address: own,
        query,
    }
}

fn own_path(name: &str, alone: Option<&str>) -> String {
    match alone {
        Some(panel) => format!("/d/{}/{}", address(name), address(panel)),
        None => format!("/d/{}", address(name)),
    }
}

/// `?kiosk` shows the panels and nothing else; `?kiosk=tv` makes them fill a screen that is seen from afar.
fn kiosk(pairs: &Pairs) -> Option<&'static str> {
    let (_, value) = pairs.iter().find(|(key, _)| key == "kiosk")?;
    match value.as_str() {
        "tv" => Some("tv"),
        "0" | "off" => None,
        _ => Some("kiosk"),
    }
}

fn rows(found: &Found, shown: &[Arc<Shown>], query: &str, around: &fragment::Around<'_>) -> Vec<RowShape> {
    let mut rest = shown.iter();
    let layout = &found.layout;
    let name = &layout.dashboard.name;
    let shape = |(panel, shown): (&Panel, &Arc<Shown>)| {
        let others = layout.scope.looks.iter().filter(|(id, _)| **id != panel.id).flat_map(|(id, look)| look.pairs(id));
        let html = around.put(&shown.html, others.collect());
        match found.alone {
            Some(_) => PanelShape { width: 12, height: ALONE_ROWS, ..panel_shape(name, panel, shown, None, html) },
            None => panel_shape(name, panel, shown, Some(format!("{}?{query}", own_path(name, Some(&panel.id)))), html),
        }
    };
    let row = |row: &Row| RowShape {
        title: row.title.clone(),
        links: row.links.clone(),
        panels: row.panels.iter().zip(&mut rest).map(shape).collect(),
    };
    layout.rows.iter().map(row).collect()
}

fn panel_shape(dashboard: &str, panel: &Panel, shown: &Shown, href: Option<String>, html: String) -> PanelShape {
    PanelShape {
        id: panel.id.clone(),
        title: panel.title.clone(),
        href,
        links: panel.links.clone(),
        // No column is there to fill in: the file was held to that.
        actions: panel.actions.iter().filter_map(|action| action.button(&|_| None).ok()).collect(),
        data_path: Some(format!("/api/v1/dashboards/{}/panels/{}", address(dashboard), address(&panel.id))),
        width: panel.width,
        height: panel.height,
        kind: shown.kind.word(),
        html,
        data: shown.plot.as_deref().map(chart_data),
        state: shown.state.word(),
        text: shown.text.clone(),
    }
}

//! A panel's way from its queries to a drawing, walked once for all who look at the same thing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;
use jiff::tz::TimeZone;
use tokio::sync::OnceCell;
use vitrine_model::frame::{Column, Frame, Values};
use vitrine_model::port::panel::{Panel as PanelPlugin, RenderRequest, Theme};
use vitrine_model::{Fault, Labels, Millis, Span};
use vitrine_query::{Answer, Cancel, Engine, Expr};

use crate::ask::{AskError, Asker};
use crate::dashboard::kept::Kept;
use crate::dashboard::window::Window;
use crate::dashboard::{Dashboard, Panel, Query, name};
use crate::draw::html::Html;
use crate::draw::plot::Plot;
use crate::draw::{self, Kind, Surroundings};
use crate::words;

/// Finished evaluations kept for those who come a little later. Each may be megabytes.
const MOST_KEPT: usize = 128;
/// A panel's width in CSS pixels, for plugins that care: a usual screen's.
const COLUMN_PIXELS: u32 = 116;
/// Younger than this, data is not called stale, however fine the grid.
const FRESH: Millis = 90_000;

/// How a panel is doing, beside what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanelState {
    Ok,
    Stale,
    Error,
    Denied,
}

impl PanelState {
    pub fn word(self) -> &'static str {
        match self {
            PanelState::Ok => "ok",
            PanelState::Stale => "stale",
            PanelState::Error => "error",
            PanelState::Denied => "denied",
        }
    }
}

/// What a panel shows now.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub kind: Kind,
    pub html: Arc<str>,
    pub plot: Option<Arc<Plot>>,
    pub state: PanelState,
    /// A few words beside the title; empty while all is well.
    pub text: String,
}

/// Finds a panel plugin by its name.
pub type Panels = Arc<dyn Fn(&str) -> Option<Arc<dyn PanelPlugin>> + Send + Sync>;

/// A panel of a version of a dashboard, over a range.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    generation: u64,
    dashboard: String,
    panel: String,
    range: Span,
}

type Cell = Arc<OnceCell<Arc<Shown>>>;

pub struct Evaluator {
    asker: Asker,
    panels: Panels,
    zone: TimeZone,
    /// The newest of each place, and the moment it is for.
    cells: Mutex<Kept<Place, (Millis, Cell)>>,
    /// The last that went well, for when it no longer does.
    good: Mutex<Kept<Place, Arc<Shown>>>,
    /// Since when it has not.
    failing: Mutex<Kept<Place, Millis>>,
    evaluations: prometheus_client::metrics::counter::Counter,
}

impl Evaluator {
    pub fn new(
        asker: Asker,
        panels: Panels,
        zone: TimeZone,
        evaluations: prometheus_client::metrics::counter::Counter,
    ) -> Evaluator {
        Evaluator {
            asker,
            panels,
            zone,
            cells: Mutex::new(Kept::new(MOST_KEPT)),
            good: Mutex::new(Kept::new(MOST_KEPT)),
            failing: Mutex::new(Kept::new(MOST_KEPT)),
            evaluations,
        }
    }

    /// Forgets everything: the dashboards are others now.
    pub fn forget(&self) {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.good.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.failing.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// All panels of a dashboard, in their order.
    pub async fn dashboard(&self, generation: u64, dashboard: &Dashboard, range: Span, now: Millis) -> Vec<Arc<Shown>> {
        let window = Window::new(range, dashboard.refresh, now);
        join_all(dashboard.panels().map(|panel| {
            let place = Place { generation, dashboard: dashboard.name.clone(), panel: panel.id.clone(), range };
            self.panel(place, panel, window)
        }))
        .await
    }

    /// One panel: whoever comes first does the work, the others wait for it.
    async fn panel(&self, place: Place, panel: &Panel, window: Window) -> Arc<Shown> {
        let cell = self.cell(&place, window.now);
        let shown = cell.get_or_init(|| self.evaluate(place, panel, window)).await;
        Arc::clone(shown)
    }

    fn cell(&self, place: &Place, now: Millis) -> Cell {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        match cells.get(place) {
            Some((moment, cell)) if moment == now => cell,
            _ => {
                let cell = Cell::default();
                cells.set(place.clone(), (now, Arc::clone(&cell)));
                cell
            }
        }
    }

    async fn evaluate(&self, place: Place, panel: &Panel, window: Window) -> Arc<Shown> {
        self.evaluations.inc();
        match self.try_evaluate(panel, window, place.range).await {
            Ok(shown) => {
                let shown = Arc::new(shown);
                self.failing.lock().unwrap_or_else(PoisonError::into_inner).remove(&place);
                self.good.lock().unwrap_or_else(PoisonError::into_inner).set(place, Arc::clone(&shown));
                shown
            }
            Err(fault) => {
                let since = self.failing.lock().unwrap_or_else(PoisonError::into_inner).get_or(place.clone(), || window.now);
                let before = self.good.lock().unwrap_or_else(PoisonError::into_inner).get(&place);
                Arc::new(failed(&fault, since, before.as_deref(), panel, &self.zone))
            }
        }
    }

    async fn try_evaluate(&self, panel: &Panel, window: Window, range: Span) -> Result<Shown, Fault> {
        let plugin = (self.panels)(&panel.show)
            .ok_or_else(|| Fault::Invalid(format!("the panel plugin `{}` is not loaded: see the plugins page", panel.show)))?;
        let frames =
            join_all(panel.queries.iter().enumerate().map(|(order, query)| self.frame(panel, order, query, window))).await;
        let frames = frames.into_iter().collect::<Result<Vec<Frame>, Fault>>()?;
        let newest = frames.iter().filter_map(newest).max();
        if !panel.queries.is_empty() && frames.iter().all(|frame| frame.columns.len() < 2) {
            return Ok(empty(panel, &self.nearest(panel).await));
        }
        let surroundings = Surroundings {
            title: panel.title.clone(),
            range: window.shown(range),
            zone: self.zone.clone(),
            height: panel.pixels(),
        };
        let request = RenderRequest {
            frames,
            options: panel.options.clone(),
            width: u32::from(panel.width) * COLUMN_PIXELS,
            height: panel.pixels(),
            theme: Theme::Light,
            time_zone: self.zone.iana_name().unwrap_or("UTC").to_owned(),
            range: surroundings.range,
        };
        let view = plugin.render(request).await?;
        let drawing = tokio::task::spawn_blocking(move || draw::draw(&view, &surroundings))
            .await
            .map_err(|error| Fault::Internal(format!("the view could not be drawn: {error}")))?;
        if drawing.empty && !panel.queries.is_empty() {
            return Ok(Shown { kind: drawing.kind, ..empty(panel, &self.nearest(panel).await) });
        }
        let (state, text) = freshness(newest.or(drawing.newest), window);
        Ok(Shown { kind: drawing.kind, html: drawing.html.into(), plot: drawing.plot.map(Arc::new), state, text })
    }

    /// What a panel without any series may have meant; a courtesy, so whatever is wrong with it stays unsaid.
    async fn nearest(&self, panel: &Panel) -> Vec<String> {
        let exprs: Vec<Arc<Expr>> = panel.queries.iter().map(|query| Arc::clone(&query.expr)).collect();
        let work = move |engine: &Engine, _: &Cancel| engine.nearest(exprs.iter().map(Arc::as_ref));
        self.asker.work(work).await.ok().and_then(Result::ok).unwrap_or_default()
    }

    /// A query's answer over the grid, and now: what came in since the grid's last point shows at once.
    async fn frame(&self, panel: &Panel, order: usize, query: &Query, window: Window) -> Result<Frame, Fault> {
        let matrix = self.asker.range(Arc::clone(&query.expr), window.grid).await.map_err(fault)?;
        let mut times = matrix.times;
        let mut series: BTreeMap<Labels, Vec<f64>> = matrix.series.into_iter().collect();
        if window.now > window.grid.end {
            let latest = self.asker.instant(Arc::clone(&query.expr), window.now).await.map_err(fault)?;
            append(&mut series, times.len(), latest);
            times.push(window.now);
        }
        let labels: Vec<&Labels> = series.keys().collect();
        let names = name::names(&labels, query.legend.as_deref(), &alone(panel, query, &labels));
        let mut columns =
            vec![Column { name: "time".to_owned(), labels: Labels::new(), unit: None, values: Values::Times(times) }];
        let unit = (!panel.unit.is_empty()).then(|| panel.unit.clone());
        for ((labels, values), name) in series.into_iter().zip(names) {
            columns.push(Column { name, labels, unit: unit.clone(), values: Values::Numbers(values) });
        }
        Ok(Frame { name: frame_name(query, order, panel), columns })
    }
}

/// What a query's only series is called: by the panel, if there is nothing else on it.
fn alone(panel: &Panel, query: &Query, labels: &[&Labels]) -> String {
    let metric = labels.first().map_or("", |labels| labels.name());
    match metric {
        _ if panel.queries.len() == 1 => panel.title.clone(),
        "" => query.text.clone(),
        metric => metric.to_owned(),
    }
}

fn frame_name(query: &Query, order: usize, panel: &Panel) -> String {
    match &query.legend {
        Some(legend) if !legend.contains("{{") => legend.clone(),
        _ if panel.queries.len() == 1 => panel.title.clone(),
        _ => char::from(b'A' + u8::try_from(order % 26).unwrap_or(0)).to_string(),
    }
}

/// Adds the value of now to each series; whoever has none gets a gap.
fn append(series: &mut BTreeMap<Labels, Vec<f64>>, points: usize, latest: Answer) {
    let vector = match latest {
        Answer::Vector(vector) => vector,
        Answer::Scalar(value) => vec![(Labels::new(), value)],
        Answer::Text(_) | Answer::Samples(_) => Vec::new(),
    };
    for (labels, value) in vector {
        series.entry(labels).or_insert_with(|| vec![f64::NAN; points]).push(value);
    }
    for values in series.values_mut() {
        values.resize(points + 1, f64::NAN);
    }
}

/// When the newest value of a frame is from.
fn newest(frame: &Frame) -> Option<Millis> {
    let times = frame.times()?;
    let mut found = None;
    for column in &frame.columns {
        if let Values::Numbers(numbers) = &column.values {
            let place = numbers.iter().rposition(|number| !number.is_nan());
            found = found.max(place.and_then(|place| times.get(place).copied()));
        }
    }
    found
}

fn freshness(newest: Option<Millis>, window: Window) -> (PanelState, String) {
    let allowed = FRESH.max(2 * window.grid.step);
    match newest {
        Some(at) if window.now - at > allowed => (PanelState::Stale, format!("no data for {}", words::age(window.now - at))),
        _ => (PanelState::Ok, String::new()),
    }
}

/// Sorts an error by who can mend it.
fn fault(error: AskError) -> Fault {
    match error {
        AskError::Broken(reason) => Fault::Internal(reason),
        other => Fault::Invalid(other.to_string()),
    }
}

fn empty(panel: &Panel, nearest: &[String]) -> Shown {
    let mut html = Html::new();
    html.raw("<div class=\"notice empty\"><p>No series match</p>");
    for query in &panel.queries {
        html.raw("<code>").text(&query.text).raw("</code>");
    }
    match nearest {
        [] => {
            html.raw("<p class=\"hint\">in this range. Is its <a href=\"/sources\">source</a> well?</p></div>");
        }
        nearest => {
            html.raw("<p class=\"hint\">").raw(if nearest.len() == 1 { "the nearest is" } else { "the nearest are" }).raw("</p>");
            for selector in nearest {
                html.raw("<code class=\"near\">").text(selector).raw("</code>");
            }
            html.raw("</div>");
        }
    }
    Shown { kind: Kind::Markup, html: html.finish().into(), plot: None, state: PanelState::Ok, text: String::new() }
}

/// Who can mend it, in words for whoever looks at the page.
fn blame(fault: &Fault) -> &'static str {
    match fault {
        Fault::Invalid(_) => "The query or a setting is wrong",
        Fault::Upstream(_) => "The system watched does not answer",
        Fault::Denied(_) => "This is not granted",
        Fault::Internal(_) => "The panel failed",
        Fault::Busy(_) => "The host has no room just now",
    }
}

/// What was good stays; without it, the reason takes its place.
fn failed(fault: &Fault, since: Millis, before: Option<&Shown>, panel: &Panel, zone: &TimeZone) -> Shown {
    let state = if let Fault::Denied(_) = fault { PanelState::Denied } else { PanelState::Error };
    let clock = words::clock(since, zone);
    if let Some(before) = before {
        let text = format!("{} since {clock}: {}", blame(fault), fault.reason());
        return Shown { state, text, ..before.clone() };
    }
    let mut html = Html::new();
    html.raw("<div class=\"notice ").raw(state.word()).raw("\"><p>").raw(blame(fault)).raw("</p><code>").text(fault.reason());
    html.raw("</code><p class=\"hint\">since <time datetime=\"")
        .text(&words::machine(since))
        .raw("\">")
        .text(&clock)
        .raw("</time>, ");
    html.text(&format!("shown by {}", panel.show)).raw("</p></div>");
    Shown { kind: Kind::Markup, html: html.finish().into(), plot: None, state, text: state.word().to_owned() }
}

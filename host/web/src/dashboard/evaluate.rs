//! A panel's way from its queries to a drawing, walked once for all who look at the same thing.

mod alerts;
mod annotations;
mod decorate;
mod export;
mod frame;
mod made;
mod notice;

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;
use jiff::tz::TimeZone;
use tokio::sync::OnceCell;
use vitrine_model::frame::TimeRange;
use vitrine_model::port::alerts::Alerts;
use vitrine_model::port::panel::Panel as PanelPlugin;
use vitrine_model::{Millis, Span};

use crate::ask::Asker;
use crate::dashboard::Panel;
use crate::dashboard::kept::Kept;
use crate::dashboard::layout::Layout;
use crate::dashboard::scope::Scope;
use crate::dashboard::window::Window;
use crate::draw::Kind;
use crate::draw::look::Look;
use crate::draw::plot::Plot;
use crate::page::messages::{Messages, filled};
use crate::page::reader::Language;
use crate::web::Sources;
use crate::words;
use made::{MOST_MADE, MadeCell};
use notice::failed;

/// Finished evaluations kept for those who come a little later. Each may be megabytes.
const MOST_KEPT: usize = 512;
/// A panel's width in CSS pixels, for plugins that care: a usual screen's.
const COLUMN_PIXELS: u32 = 116;
/// Younger than this, data is not called stale, however fine the grid.
const FRESH: Millis = 90_000;
/// How often what is past is looked at again: late samples may still come.
const PAST_PACE: Millis = 60_000;

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

/// A panel of a version of a dashboard, in a scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    generation: u64,
    dashboard: String,
    panel: String,
    /// Without looks.
    scope: Scope,
    look: Look,
}

/// What a panel looks at.
#[derive(Debug, Clone)]
struct Sight {
    window: Window,
    range: Span,
    /// How often new samples come.
    least: Span,
    zone: TimeZone,
    language: Language,
    /// Whoever asks within one of these gets the same answer.
    moment: Millis,
}

type Cell = Arc<OnceCell<Arc<Shown>>>;

pub struct Evaluator {
    asker: Asker,
    panels: Panels,
    sources: Sources,
    alerts: Arc<dyn Alerts>,
    /// The newest of each place, and the moment it is for.
    cells: Mutex<Kept<Place, (Millis, Cell)>>,
    /// The last that went well, for when it no longer does.
    good: Mutex<Kept<Place, Arc<Shown>>>,
    /// Since when it has not.
    failing: Mutex<Kept<Place, Millis>>,
    evaluations: prometheus_client::metrics::counter::Counter,
    /// Annotations, each for all panels that mark the same.
    marks: Mutex<Kept<annotations::Key, annotations::Cell>>,
    /// Views that people look at in several ways, as the newest moment has them.
    made: Mutex<Kept<Place, (Millis, MadeCell)>>,
}

impl Evaluator {
    pub fn new(
        asker: Asker,
        panels: Panels,
        sources: Sources,
        alerts: Arc<dyn Alerts>,
        evaluations: prometheus_client::metrics::counter::Counter,
    ) -> Evaluator {
        Evaluator {
            asker,
            panels,
            sources,
            alerts,
            cells: Mutex::new(Kept::new(MOST_KEPT)),
            good: Mutex::new(Kept::new(MOST_KEPT)),
            failing: Mutex::new(Kept::new(MOST_KEPT)),
            evaluations,
            marks: Mutex::new(Kept::new(MOST_KEPT)),
            made: Mutex::new(Kept::new(MOST_MADE)),
        }
    }

    /// Forgets everything: the dashboards are others now.
    pub fn forget(&self) {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.good.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.failing.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.marks.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// All panels of a dashboard, in their order.
    pub async fn dashboard(&self, generation: u64, layout: &Layout, now: Millis) -> Vec<Arc<Shown>> {
        let sight = Sight::new(layout, now);
        let plain = layout.scope.plain();
        join_all(layout.panels().map(|panel| {
            let dashboard = layout.dashboard.name.clone();
            let look = layout.scope.look(&panel.id);
            let place = Place { generation, dashboard, panel: panel.id.clone(), scope: plain.clone(), look };
            self.panel(place, panel, &sight)
        }))
        .await
    }

    /// One panel: whoever comes first does the work, the others wait for it.
    async fn panel(&self, place: Place, panel: &Panel, sight: &Sight) -> Arc<Shown> {
        let cell = self.cell(&place, sight.moment);
        let shown = cell.get_or_init(|| self.evaluate(place, panel, sight)).await;
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

    async fn evaluate(&self, place: Place, panel: &Panel, sight: &Sight) -> Arc<Shown> {
        match self.try_evaluate(&place, panel, sight).await {
            Ok(shown) => {
                let shown = Arc::new(shown);
                self.failing.lock().unwrap_or_else(PoisonError::into_inner).remove(&place);
                self.good.lock().unwrap_or_else(PoisonError::into_inner).set(place, Arc::clone(&shown));
                shown
            }
            Err(fault) => {
                let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
                let since = failing.get_or(place.clone(), || sight.moment);
                let before = self.good.lock().unwrap_or_else(PoisonError::into_inner).get(&place);
                Arc::new(failed(&fault, since, before.as_deref(), panel, sight))
            }
        }
    }
}

impl Sight {
    fn new(layout: &Layout, now: Millis) -> Sight {
        let (time, least) = (layout.scope.time, layout.dashboard.refresh);
        let window = Window::of(time, least, now);
        let moment = if time.is_past(now) { now - now.rem_euclid(PAST_PACE) } else { window.now };
        let (zone, language) = (layout.scope.zone(), layout.scope.language);
        Sight { window, range: time.span(now), least, zone, language, moment }
    }

    fn says(&self) -> &'static Messages {
        Messages::of(self.language)
    }

    /// For a panel that looks at a time of its own.
    fn of(&self, panel: &Panel) -> Sight {
        let range = panel.range.unwrap_or(self.range);
        let window = Window::new(range, self.least, self.window.now - panel.shift.millis());
        let own = panel.zone.as_ref().and_then(|zone| TimeZone::get(zone).ok());
        let zone = own.unwrap_or_else(|| self.zone.clone());
        Sight { window, range, zone, ..self.clone() }
    }

    /// One range earlier, in whole steps, so that each point lies under its own.
    fn before(&self) -> Window {
        let step = self.window.grid.step;
        let back = self.range.millis().div_euclid(step) * step;
        let grid = TimeRange { start: self.window.grid.start - back, end: self.window.grid.end - back, step };
        Window { grid, now: self.window.now - back }
    }
}

fn freshness(newest: Option<Millis>, sight: &Sight) -> (PanelState, String) {
    let window = sight.window;
    let allowed = FRESH.max(2 * window.grid.step);
    match newest {
        Some(at) if window.now - at > allowed => {
            (PanelState::Stale, filled(sight.says().no_data_for, &[&words::age(window.now - at)]))
        }
        _ => (PanelState::Ok, String::new()),
    }
}

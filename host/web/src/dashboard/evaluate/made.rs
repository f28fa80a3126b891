//! From a panel's queries to its plugin's view, and from the view to what somebody sees. A view that people look at in
//! several ways, a table or lines, is made once for all of them.

use std::sync::{Arc, PoisonError};

use tokio::sync::OnceCell;
use vitrine_model::port::panel::{RenderRequest, Theme};
use vitrine_model::view::View;
use vitrine_model::{Fault, Millis, Span};
use vitrine_query::{Cancel, Engine, Expr};

use crate::dashboard::Panel;
use crate::dashboard::evaluate::frame::{self, Asking, newest};
use crate::dashboard::evaluate::notice::empty;
use crate::dashboard::evaluate::{COLUMN_PIXELS, Evaluator, Place, Shown, Sight, decorate, freshness};
use crate::draw::look::{Look, Looked};
use crate::draw::{self, Surroundings};

/// Views of tables and lines kept for those who look at them in another way. Each may be megabytes.
pub(super) const MOST_MADE: usize = 32;

/// What a plugin made of the answers to a panel's queries.
pub(super) struct Made {
    /// None where no query found a series.
    view: Option<View>,
    surroundings: Surroundings,
    queries: Vec<Asking>,
    is_promql: bool,
    newest: Option<Millis>,
    sight: Sight,
}

pub(super) type MadeCell = Arc<OnceCell<Result<Arc<Made>, Fault>>>;

impl Made {
    /// Whether people look at it in several ways.
    fn is_long(&self) -> bool {
        matches!(self.view, Some(View::Table(_) | View::Lines(_)))
    }
}

impl Evaluator {
    /// What is seen of a panel by those who look at it like this.
    pub(super) async fn try_evaluate(&self, place: &Place, panel: &Panel, sight: &Sight) -> Result<Shown, Fault> {
        let made = self.made(place, panel, sight).await?;
        let looked = Looked { id: panel.id.clone(), scope: place.scope.pairs(), look: place.look.clone(), rows: panel.page_rows };
        self.draw(made, looked).await
    }

    async fn made(&self, place: &Place, panel: &Panel, sight: &Sight) -> Result<Arc<Made>, Fault> {
        let key = Place { look: Look::default(), ..place.clone() };
        let cell = {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            match made.get(&key) {
                Some((moment, cell)) if moment == sight.moment => cell,
                _ => {
                    let cell = MadeCell::default();
                    made.set(key.clone(), (sight.moment, Arc::clone(&cell)));
                    cell
                }
            }
        };
        let made = cell.get_or_init(|| async { self.make(panel, sight).await.map(Arc::new) }).await.clone();
        if !made.as_ref().is_ok_and(|made| made.is_long()) {
            self.made.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        }
        made
    }

    async fn make(&self, panel: &Panel, sight: &Sight) -> Result<Made, Fault> {
        self.evaluations.inc();
        let plugin = (self.panels)(&panel.show)
            .ok_or_else(|| Fault::Invalid(format!("the panel plugin `{}` is not loaded: see the plugins page", panel.show)))?;
        let own;
        let sight = match panel.range.is_some() || panel.shift > Span::ZERO || panel.zone.is_some() {
            true => {
                own = sight.of(panel);
                &own
            }
            false => sight,
        };
        let (source, queries) = frame::asking(panel, sight)?;
        let frames = self.frames(panel, source.as_deref(), &queries, sight).await?;
        let is_promql = source.is_none();
        let newest = frames.iter().filter_map(newest).max();
        let range = sight.window.shown(sight.range);
        let mut surroundings = Surroundings {
            title: panel.title.clone(),
            range,
            zone: sight.zone.clone(),
            height: panel.pixels(),
            annotations: Default::default(),
            language: sight.language,
            looked: Looked::default(),
            series_links: Vec::new(),
        };
        if is_promql && !queries.is_empty() && frames.iter().all(|frame| frame.columns.len() < 2) {
            return Ok(Made { view: None, surroundings, queries, is_promql, newest, sight: sight.clone() });
        }
        let request = RenderRequest {
            frames,
            options: panel.options.clone(),
            width: u32::from(panel.width) * COLUMN_PIXELS,
            height: panel.pixels(),
            theme: Theme::Light,
            time_zone: sight.zone.iana_name().unwrap_or("UTC").to_owned(),
            range,
        };
        let mut view = plugin.render(request).await?;
        decorate::decorate(panel, &mut view);
        surroundings.series_links = decorate::series(panel, &view);
        surroundings.annotations = self.annotations(panel, sight, &view).await;
        Ok(Made { view: Some(view), surroundings, queries, is_promql, newest, sight: sight.clone() })
    }

    async fn draw(&self, made: Arc<Made>, looked: Looked) -> Result<Shown, Fault> {
        let drawn = Arc::clone(&made);
        let work = move || {
            let surroundings = Surroundings { looked, ..drawn.surroundings.clone() };
            drawn.view.as_ref().map(|view| draw::draw(view, &surroundings))
        };
        let drawing = tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Fault::Internal(format!("the view could not be drawn: {error}")))?;
        let nothing = || async { empty(&made.queries, &self.nearest(&made.queries).await, made.sight.says()) };
        let Some(drawing) = drawing else { return Ok(nothing().await) };
        if drawing.empty && !made.queries.is_empty() {
            return Ok(Shown { kind: drawing.kind, ..nothing().await });
        }
        // How old rows of a database may be, only who asked for them knows.
        let newest = made.newest.or(drawing.newest).filter(|_| made.is_promql);
        let (state, text) = freshness(newest, &made.sight);
        Ok(Shown { kind: drawing.kind, html: drawing.html.into(), plot: drawing.plot.map(Arc::new), state, text })
    }

    /// What a panel without any series may have meant; a courtesy, so whatever is wrong with it stays unsaid.
    async fn nearest(&self, queries: &[Asking]) -> Vec<String> {
        let exprs: Vec<Arc<Expr>> = queries.iter().filter_map(|query| query.expr.clone()).collect();
        let work = move |engine: &Engine, _: &Cancel| engine.nearest(exprs.iter().map(Arc::as_ref));
        self.asker.work(work).await.ok().and_then(Result::ok).unwrap_or_default()
    }
}

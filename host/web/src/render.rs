//! Dashboards and panels as pictures and on paper, made without a browser: SVG, PNG and PDF of the same drawing.
//!
//! Whoever wants one gets it here: the address `/render/…`, the command line, and by the port `Pictures` the mail.

mod fonts;
mod kept;
mod look;
mod paint;
mod paper;
mod port;
mod sheet;

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vitrine_model::Millis;

use crate::dashboard::layout::Layout;
use crate::dashboard::scope::Asked;
use crate::dashboard::window::Window;
use crate::draw::still;
use crate::page::reader::Reader;
use crate::web::Web;
use crate::words;
pub(crate) use kept::{Kept, Made};
pub use look::{Format, Look};
use sheet::Plan;

/// Pictures made at the same time, those that wait for their turn, and how long they do.
const AT_ONCE: usize = 2;
const WAITING: usize = 16;
const PATIENCE: Duration = Duration::from_secs(10);
/// What the queries and panels of one picture may take.
const LOOKING: Duration = Duration::from_secs(15);
/// Panels on one picture.
const PANELS_MOST: usize = 200;

/// What is to be seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wanted {
    pub dashboard: String,
    /// One panel alone.
    pub panel: Option<String>,
    pub asked: Asked,
    pub look: Look,
}

/// Why there is no picture; a sentence with its remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is no such dashboard or panel.
    #[error("{0}")]
    Missing(String),
    /// It asks for more than a picture can be.
    #[error("{0}")]
    TooLarge(String),
    /// The host has no room for it now.
    #[error("{0}")]
    Busy(String),
    #[error("{0}")]
    Broken(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// Turns, and what became of them.
#[derive(Debug)]
pub(crate) struct Renders {
    turns: Arc<Semaphore>,
    /// Those at work and those that wait.
    places: Arc<Semaphore>,
    outcomes: Family<Outcome, Counter>,
    working: Gauge,
    kept: Kept,
}

impl Default for Renders {
    fn default() -> Renders {
        Renders {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            outcomes: Family::default(),
            working: Gauge::default(),
            kept: Kept::default(),
        }
    }
}

impl Renders {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("renders", "Pictures asked for, by what became of them", self.outcomes.clone());
        registry.register("renders_working", "Pictures being made now", self.working.clone());
    }

    fn count(&self, outcome: &'static str) {
        self.outcomes.get_or_create(&Outcome { outcome }).inc();
    }

    async fn turn(&self) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit), Problem> {
        let busy = || Problem::Busy(format!("{AT_ONCE} pictures are being made already, and others wait: ask again later"));
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| busy())?;
        match tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await {
            Ok(Ok(turn)) => Ok((place, turn)),
            _ => Err(busy()),
        }
    }
}

impl Web {
    /// The picture, or the one made for somebody else within the same tick.
    pub async fn picture(&self, wanted: &Wanted) -> Result<Arc<Made>, Problem> {
        let now = self.clock.now();
        let generation = self.generation();
        if let Some(made) = self.renders.kept.find(wanted, generation, now) {
            self.renders.count("kept");
            return Ok(made);
        }
        match self.make_picture(wanted, now).await {
            Ok((bytes, until)) => {
                self.renders.count("made");
                Ok(self.renders.kept.keep(wanted.clone(), generation, (now, until), bytes))
            }
            Err(problem) => {
                self.renders.count(if let Problem::Busy(_) = problem { "busy" } else { "refused" });
                Err(problem)
            }
        }
    }

    /// Its bytes, and the moment from which it would be another.
    async fn make_picture(&self, wanted: &Wanted, now: Millis) -> Result<(Vec<u8>, Millis), Problem> {
        let missing = || Problem::Missing(format!("there is no dashboard `{}`", wanted.dashboard));
        let (_, layout) = self.layout(&wanted.dashboard, &wanted.asked).await.ok_or_else(missing)?;
        let plan = Plan::new(&layout, wanted.panel.as_deref(), &wanted.look, &self.title_line(&layout, now))?;
        let (_place, turn) = self.renders.turn().await?;
        let filled = tokio::time::timeout(LOOKING, plan.fill(self, &layout, now, wanted.look.dark));
        let late = || {
            let seconds = LOOKING.as_secs();
            Problem::Busy(format!("the panels took longer than {seconds} s: ask for a shorter range, or for a panel by itself"))
        };
        let sheets = filled.await.map_err(|_| late())?;
        let look = wanted.look;
        self.renders.working.inc();
        let working = self.renders.working.clone();
        let work = tokio::task::spawn_blocking(move || {
            // The turn ends with the work, not with who asked for it.
            let _turn = turn;
            let made = paint(&sheets, &look);
            working.dec();
            made
        });
        let bytes = work.await.map_err(|error| Problem::Broken(format!("the picture could not be made: {error}")))??;
        let span = layout.scope.time.span(now);
        let until = if layout.scope.time.is_past(now) {
            now + KEEP_PAST
        } else {
            Window::shows_from(span, layout.dashboard.refresh, now + 1)
        };
        Ok((bytes, until))
    }

    /// Which time it shows, for the heading.
    fn title_line(&self, layout: &Layout, now: Millis) -> String {
        let (time, zone) = (layout.scope.time, layout.scope.zone());
        let reader = Reader { language: layout.scope.language };
        let end = time.end(now);
        let [start, end] = [end - time.span(now).millis(), end].map(|moment| words::exact_for(moment, &zone, reader));
        format!("{start} – {end}")
    }
}

/// A drawing as a picture, for tests of drawings.
#[cfg(test)]
pub(crate) fn png_of(svg: &str) -> Result<Vec<u8>, Problem> {
    paint::png(svg, 1.0)
}

/// What is past changes only by late samples.
const KEEP_PAST: Millis = 60_000;

/// Draws the sheets and gives them their form.
fn paint(sheets: &[still::Sheet], look: &Look) -> Result<Vec<u8>, Problem> {
    let theme = look.theme();
    let drawings: Vec<String> = sheets.iter().map(|sheet| still::draw(sheet, &theme)).collect();
    if drawings.iter().map(String::len).sum::<usize>() > still::MOST_BYTES {
        return Err(Problem::TooLarge(format!(
            "the drawing has more than {} MiB: ask for a shorter range, or for a panel by itself",
            still::MOST_BYTES >> 20
        )));
    }
    let title = sheets.first().map_or("", |sheet| sheet.title.as_str());
    match look.format {
        Format::Svg => Ok(drawings.concat().into_bytes()),
        Format::Png => paint::png(&drawings.concat(), look.scale()),
        Format::Pdf => paper::pdf(&drawings, title),
    }
}

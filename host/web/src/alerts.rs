//! All alerts as they stand, joined once for all who look: what is true, who is told of it, and what keeps people from hearing.

pub(crate) mod course;
pub(crate) mod filter;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast::{self, error::TryRecvError};
use vitrine_model::alert::{Alert, AlertState};
use vitrine_model::silence::Silence;
use vitrine_model::{Labels, Millis};
use vitrine_monitor::live::Change;
use vitrine_monitor::notify::{AlertView, Muted};

use crate::web::Web;

/// How long the values of alerts may lag; a change of their state is seen at once.
const LAG: Millis = 1_000;

/// Where an alert stands, in the order that people should look at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Standing {
    /// Nobody has taken it on.
    Firing,
    Acknowledged,
    Pending,
    Inhibited,
    Silenced,
}

impl Standing {
    pub(crate) const ALL: [Standing; 5] =
        [Standing::Firing, Standing::Acknowledged, Standing::Pending, Standing::Silenced, Standing::Inhibited];

    /// As addresses write it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Standing::Firing => "firing",
            Standing::Acknowledged => "acknowledged",
            Standing::Pending => "pending",
            Standing::Inhibited => "inhibited",
            Standing::Silenced => "silenced",
        }
    }

    fn of(alert: &Alert, muted: &Muted) -> Standing {
        match alert.state {
            AlertState::Pending => Standing::Pending,
            AlertState::Firing if !muted.silenced_by.is_empty() => Standing::Silenced,
            AlertState::Firing if !muted.inhibited_by.is_empty() => Standing::Inhibited,
            AlertState::Firing if muted.acknowledged.is_some() => Standing::Acknowledged,
            AlertState::Firing => Standing::Firing,
        }
    }
}

/// An alert that is pending or fires.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) alert: Alert,
    pub(crate) id: String,
    pub(crate) standing: Standing,
    /// Who is told.
    pub(crate) receivers: Vec<String>,
    pub(crate) muted: Muted,
}

/// All of them: what needs somebody first, the longest first.
#[derive(Debug, Default)]
pub(crate) struct Board {
    pub(crate) entries: Vec<Entry>,
    /// Those that are not forgotten yet.
    pub(crate) silences: Vec<Silence>,
}

impl Board {
    fn new(alerts: Vec<Alert>, views: Vec<AlertView>, silences: Vec<Silence>) -> Board {
        let mut views: HashMap<(Labels, String), AlertView> =
            views.into_iter().map(|view| ((view.alert.labels.clone(), view.alert.rule.clone()), view)).collect();
        let entry = |alert: Alert| {
            let view = views.remove(&(alert.labels.clone(), alert.rule.clone()));
            let (receivers, muted) = view.map(|view| (view.receivers, view.muted)).unwrap_or_default();
            Entry { id: alert.labels.fingerprint(), standing: Standing::of(&alert, &muted), receivers, muted, alert }
        };
        let mut entries: Vec<Entry> = alerts.into_iter().map(entry).collect();
        entries.sort_by_cached_key(|entry| (entry.standing, entry.alert.since(), entry.alert.labels.clone()));
        Board { entries, silences }
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    pub(crate) fn count(&self, standing: Standing) -> usize {
        self.entries.iter().filter(|entry| entry.standing == standing).count()
    }

    /// When the newest one that needs somebody began to fire.
    pub(crate) fn newest(&self) -> Millis {
        let firing = self.entries.iter().filter(|entry| entry.standing == Standing::Firing);
        firing.map(|entry| entry.alert.since()).max().unwrap_or(0)
    }
}

/// The board as it was last joined, until something changes.
#[derive(Debug)]
pub(crate) struct Joined {
    changes: Mutex<broadcast::Receiver<Change>>,
    last: Mutex<Option<(Millis, Arc<Board>)>>,
    /// One joins, others wait for it.
    turn: tokio::sync::Mutex<()>,
}

impl Joined {
    pub(crate) fn new(changes: broadcast::Receiver<Change>) -> Joined {
        Joined { changes: Mutex::new(changes), last: Mutex::default(), turn: tokio::sync::Mutex::new(()) }
    }

    fn fresh(&self, now: Millis) -> Option<Arc<Board>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if self.has_changed() {
            *last = None;
        }
        let (at, board) = last.as_ref()?;
        (*at..at + LAG).contains(&now).then(|| Arc::clone(board))
    }

    fn has_changed(&self) -> bool {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut has_changed = false;
        loop {
            match changes.try_recv() {
                Ok(change) => has_changed |= matches!(change, Change::Alerts | Change::Settings),
                Err(TryRecvError::Lagged(_)) => has_changed = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return has_changed,
            }
        }
    }
}

impl Web {
    /// All alerts as they stand now.
    pub(crate) async fn board(&self) -> Result<Arc<Board>, String> {
        let now = self.clock.now();
        if let Some(board) = self.joined.fresh(now) {
            return Ok(board);
        }
        let _turn = self.joined.turn.lock().await;
        if let Some(board) = self.joined.fresh(now) {
            return Ok(board);
        }
        let (alerts, teller) = (Arc::clone(&self.alerts), self.teller.clone());
        let join = move || Ok(Board::new(alerts.load()?, teller.alerts(), teller.silences()));
        let board = Arc::new(self.blocking(join).await?);
        *self.joined.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&board)));
        Ok(board)
    }
}

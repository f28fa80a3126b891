//! Alerts as they stand, and the events that led there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, Row, ToSql, Transaction, params, params_from_iter};
use vitrine_model::alert::{Alert, AlertChange, AlertEvent, AlertState, EventKind, Flap};
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::{Alerts, StoredEvent};

use super::code::{bits, from_bits, labels_from_text, labels_to_text};
use super::{Database, Trouble};

/// How long and how many planned events stay readable.
const HISTORY_MILLIS: i64 = 90 * 86_400_000;
const HISTORY_ROWS: i64 = 100_000;
/// Every so many commits the history is cut.
const PRUNE_EVERY: u64 = 64;

/// The columns of an alert, as `read_alert` takes them.
pub(super) const ALERT: &str = "rule, labels, annotations, state, active_at, fired_at, value, link, expires_at";

#[derive(Debug)]
pub(crate) struct SqliteAlerts {
    database: Arc<Database>,
    commits: AtomicU64,
}

impl SqliteAlerts {
    pub(crate) fn new(database: Arc<Database>) -> SqliteAlerts {
        SqliteAlerts { database, commits: AtomicU64::new(0) }
    }
}

impl Alerts for SqliteAlerts {
    fn load(&self) -> Result<Vec<Alert>, StoreError> {
        self.database.read(|connection| {
            let mut statement = connection.prepare_cached(&format!("SELECT {ALERT} FROM alerts ORDER BY rule, labels"))?;
            let mut rows = statement.query([])?;
            let mut alerts = Vec::new();
            while let Some(row) = rows.next()? {
                alerts.push(read_alert(row, 0)?);
            }
            Ok(alerts)
        })
    }

    fn flaps(&self) -> Result<Vec<Flap>, StoreError> {
        self.database.read(read_flaps)
    }

    fn commit(&self, change: &AlertChange) -> Result<(), StoreError> {
        if change.is_empty() {
            return Ok(());
        }
        let prune = self.commits.fetch_add(1, Ordering::Relaxed) % PRUNE_EVERY == PRUNE_EVERY - 1;
        self.database.write(|transaction| {
            for (rule, labels) in &change.removed {
                transaction
                    .prepare_cached("DELETE FROM alerts WHERE rule = ?1 AND labels = ?2")?
                    .execute(params![rule, labels_to_text(labels)?])?;
            }
            change.set.iter().try_for_each(|alert| set(transaction, alert))?;
            change.events.iter().try_for_each(|event| record(transaction, event))?;
            for (rule, labels) in &change.calm {
                transaction
                    .prepare_cached("DELETE FROM flaps WHERE rule = ?1 AND labels = ?2")?
                    .execute(params![rule, labels_to_text(labels)?])?;
            }
            change.flaps.iter().try_for_each(|flap| set_flap(transaction, flap))?;
            match change.events.last() {
                Some(event) if prune => forget(transaction, event.at),
                _ => Ok(()),
            }
        })
    }

    fn unplanned(&self, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.events("WHERE planned = 0 ORDER BY id", limit)
    }

    fn history(&self, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.events("ORDER BY id DESC", limit)
    }

    fn of(&self, fingerprint: &str, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let which = "WHERE fingerprint = ?2 ORDER BY id DESC";
        self.database.read(|connection| read_events(connection, which, limit, &[&fingerprint]))
    }

    fn resolved(&self, start: i64, end: i64, limit: usize) -> Result<Vec<AlertEvent>, StoreError> {
        let which = "WHERE kind = 'resolved' AND at >= ?2 AND coalesce(fired_at, active_at) <= ?3 ORDER BY at DESC, id DESC";
        let stored = self.database.read(|connection| read_events(connection, which, limit, &[&start, &end]))?;
        Ok(stored.into_iter().map(|one| one.event).collect())
    }
}

impl SqliteAlerts {
    fn events(&self, which: &str, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.database.read(|connection| read_events(connection, which, limit, &[]))
    }
}

fn set(transaction: &Transaction<'_>, alert: &Alert) -> Result<(), Trouble> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO alerts (rule, labels, annotations, state, active_at, fired_at, value, link, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            alert.rule,
            labels_to_text(&alert.labels)?,
            labels_to_text(&alert.annotations)?,
            alert.state.word(),
            alert.active_at,
            alert.fired_at,
            bits(alert.value),
            alert.link,
            alert.expires_at
        ])?;
    Ok(())
}

fn record(transaction: &Transaction<'_>, event: &AlertEvent) -> Result<(), Trouble> {
    let alert = &event.alert;
    transaction
        .prepare_cached(
            "INSERT INTO events (kind, at, rule, labels, annotations, state, active_at, fired_at, value, link, expires_at, fingerprint)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            event.kind.word(),
            event.at,
            alert.rule,
            labels_to_text(&alert.labels)?,
            labels_to_text(&alert.annotations)?,
            alert.state.word(),
            alert.active_at,
            alert.fired_at,
            bits(alert.value),
            alert.link,
            alert.expires_at,
            alert.labels.fingerprint()
        ])?;
    Ok(())
}

fn set_flap(transaction: &Transaction<'_>, flap: &Flap) -> Result<(), Trouble> {
    let changes = serde_json::to_string(&flap.changes)
        .map_err(|error| Trouble::Refused(format!("the changes of an alert cannot be written: {error}")))?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO flaps (rule, labels, changes, since, is_true, true_since) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![flap.rule, labels_to_text(&flap.labels)?, changes, flap.since, flap.is_true, flap.true_since])?;
    Ok(())
}

fn read_flaps(connection: &Connection) -> Result<Vec<Flap>, Trouble> {
    let sql = "SELECT rule, labels, changes, since, is_true, true_since FROM flaps ORDER BY rule, labels";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut flaps = Vec::new();
    while let Some(row) = rows.next()? {
        let rule: String = row.get(0)?;
        let changes = serde_json::from_str(&row.get::<_, String>(2)?)
            .map_err(|error| Trouble::Refused(format!("the changes of an alert of {rule:?} cannot be read: {error}")))?;
        let labels = labels_from_text(&row.get::<_, String>(1)?)?;
        flaps.push(Flap { rule, labels, changes, since: row.get(3)?, is_true: row.get(4)?, true_since: row.get(5)? });
    }
    Ok(flaps)
}

/// Cuts the history; what nobody has planned yet stays.
fn forget(transaction: &Transaction<'_>, now: i64) -> Result<(), Trouble> {
    transaction
        .prepare_cached("DELETE FROM events WHERE planned = 1 AND (at < ?1 OR id <= (SELECT max(id) FROM events) - ?2)")?
        .execute([now.saturating_sub(HISTORY_MILLIS), HISTORY_ROWS])?;
    Ok(())
}

/// `which` may use `?2` and on for what is in `among`.
fn read_events(connection: &Connection, which: &str, limit: usize, among: &[&dyn ToSql]) -> Result<Vec<StoredEvent>, Trouble> {
    let mut statement = connection.prepare_cached(&format!("SELECT id, kind, at, {ALERT} FROM events {which} LIMIT ?1"))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let limit: &dyn ToSql = &limit;
    let mut rows = statement.query(params_from_iter(std::iter::once(limit).chain(among.iter().copied())))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let kind = match row.get::<_, String>(1)?.as_str() {
            "firing" => EventKind::Firing,
            "resolved" => EventKind::Resolved,
            other => return Err(Trouble::Refused(format!("the event kind `{other}` is unknown"))),
        };
        let event = AlertEvent { kind, at: row.get(2)?, alert: read_alert(row, 3)? };
        events.push(StoredEvent { id: row.get(0)?, event });
    }
    Ok(events)
}

/// Reads the columns of an alert from column `first` on.
pub(super) fn read_alert(row: &Row<'_>, first: usize) -> Result<Alert, Trouble> {
    let state = match row.get::<_, String>(first + 3)?.as_str() {
        "pending" => AlertState::Pending,
        "firing" => AlertState::Firing,
        other => return Err(Trouble::Refused(format!("the alert state `{other}` is unknown"))),
    };
    Ok(Alert {
        rule: row.get(first)?,
        labels: labels_from_text(&row.get::<_, String>(first + 1)?)?,
        annotations: labels_from_text(&row.get::<_, String>(first + 2)?)?,
        state,
        active_at: row.get(first + 4)?,
        fired_at: row.get(first + 5)?,
        value: from_bits(row.get(first + 6)?),
        link: row.get(first + 7)?,
        expires_at: row.get(first + 8)?,
    })
}

//! Deliveries: waiting → claimed → delivered or dead, and back to waiting for another try.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, Row, ToSql, Transaction, params, params_from_iter};
use vitrine_model::Millis;
use vitrine_model::notification::{Notification, Receipt};
use vitrine_model::port::StoreError;
use vitrine_model::port::deliveries::{Deliveries, Delivery, DeliveryRecord, DeliveryState, NewDelivery, Room, Sought};

use super::code::{bits, from_bits};
use super::{Database, Trouble};

/// How long and how many ended deliveries stay readable.
const HISTORY_MILLIS: i64 = 90 * 86_400_000;
const HISTORY_ROWS: i64 = 100_000;
/// Every so many endings the history is cut.
const PRUNE_EVERY: u64 = 64;
/// No answer needs more to be understood.
const ANSWER_BYTES: usize = 4096;

/// Deliveries that are looked through for those that tell of one alert.
const LOOKED_THROUGH: i64 = 5_000;

pub(super) const COLUMNS: &str =
    "id, key, channel, notification, alert_values, created_at, attempts, state, due_at, answer, line, fallbacks";

/// Open, and no older one of the same channel and line is: "resolved" never overtakes "firing".
const NEXT_IN_LINE: &str = "state IN ('waiting', 'claimed') AND NOT EXISTS (SELECT 1 FROM deliveries AS older
    WHERE older.channel = own.channel AND older.line = own.line AND older.id < own.id AND older.state IN ('waiting', 'claimed'))";

#[derive(Debug)]
pub(crate) struct SqliteDeliveries {
    database: Arc<Database>,
    endings: AtomicU64,
}

impl SqliteDeliveries {
    pub(crate) fn new(database: Arc<Database>) -> SqliteDeliveries {
        SqliteDeliveries { database, endings: AtomicU64::new(0) }
    }

    /// What has ended stays ended: an answer that comes late changes nothing.
    fn end(&self, id: i64, at: Millis, state: DeliveryState, answer: &str) -> Result<(), StoreError> {
        let prune = self.endings.fetch_add(1, Ordering::Relaxed) % PRUNE_EVERY == PRUNE_EVERY - 1;
        self.database.write(|transaction| {
            transaction
                .prepare_cached(
                    "UPDATE deliveries SET state = ?2, due_at = ?3, answer = ?4 WHERE id = ?1 AND state IN ('waiting', 'claimed')",
                )?
                .execute(params![id, state.word(), at, shortened(answer)])?;
            if prune { forget(transaction, at) } else { Ok(()) }
        })
    }
}

impl Deliveries for SqliteDeliveries {
    fn claim(&self, now: Millis, until: Millis, room: &Room) -> Result<Vec<Delivery>, StoreError> {
        self.database.write(|transaction| {
            let mut left = room.all;
            let mut claimed = Vec::new();
            for channel in open_channels(transaction)? {
                let due = due(transaction, &channel, now, room.of(&channel).min(left))?;
                left -= due.len();
                claimed.extend(due);
            }
            let mut claim = transaction
                .prepare_cached("UPDATE deliveries SET state = 'claimed', due_at = ?2, attempts = ?3 WHERE id = ?1")?;
            for delivery in &claimed {
                claim.execute(params![delivery.id, until, delivery.attempts])?;
            }
            Ok(claimed)
        })
    }

    fn delivered(&self, id: i64, at: Millis, receipt: &Receipt) -> Result<(), StoreError> {
        let answer = match &receipt.id {
            Some(name) => format!("{} ({name})", receipt.answer),
            None => receipt.answer.clone(),
        };
        self.end(id, at, DeliveryState::Delivered, &answer)
    }

    fn retry(&self, id: i64, due_at: Millis, reason: &str) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            transaction
                .prepare_cached(
                    "UPDATE deliveries SET state = 'waiting', due_at = ?2, answer = ?3 WHERE id = ?1 AND state = 'claimed'",
                )?
                .execute(params![id, due_at, shortened(reason)])?;
            Ok(())
        })
    }

    fn bury(&self, id: i64, at: Millis, reason: &str) -> Result<(), StoreError> {
        self.end(id, at, DeliveryState::Dead, reason)
    }

    fn fall_back(&self, id: i64, at: Millis, reason: &str, other: &NewDelivery) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            let ended = transaction
                .prepare_cached(
                    "UPDATE deliveries SET state = 'dead', due_at = ?2, answer = ?3 WHERE id = ?1 AND state IN ('waiting', 'claimed')",
                )?
                .execute(params![id, at, shortened(reason)])?;
            // What has ended meanwhile needs nobody else.
            if ended == 0 { Ok(()) } else { insert(transaction, std::slice::from_ref(other)) }
        })
    }

    fn resend(&self, id: i64, at: Millis) -> Result<bool, StoreError> {
        self.database.write(|transaction| {
            let sent = transaction
                .prepare_cached(
                    "UPDATE deliveries SET state = 'waiting', due_at = ?2, attempts = 0, created_at = ?2
                     WHERE id = ?1 AND state = 'dead'",
                )?
                .execute(params![id, at])?;
            Ok(sent > 0)
        })
    }

    fn release(&self) -> Result<u64, StoreError> {
        self.database.write(|transaction| {
            // A claimed one was due when it was claimed, so it is due now; its creation lies before any now.
            let freed = transaction
                .execute("UPDATE deliveries SET state = 'waiting', due_at = created_at WHERE state = 'claimed'", [])?;
            Ok(freed as u64)
        })
    }

    fn next_due(&self, room: &Room) -> Result<Option<Millis>, StoreError> {
        self.database.read(|connection| {
            let mut first = connection.prepare_cached(&format!(
                "SELECT min(due_at) FROM deliveries AS own INDEXED BY deliveries_due WHERE channel = ?1 AND {NEXT_IN_LINE}"
            ))?;
            let mut next: Option<Millis> = None;
            for channel in open_channels(connection)?.iter().filter(|channel| room.of(channel) > 0) {
                let due: Option<Millis> = first.query_row([channel], |row| row.get(0))?;
                next = next.into_iter().chain(due).min();
            }
            Ok(next)
        })
    }

    fn list(&self, sought: &Sought, limit: usize) -> Result<Vec<DeliveryRecord>, StoreError> {
        let (state, limit) = (sought.state.map(DeliveryState::word), i64::try_from(limit).unwrap_or(i64::MAX));
        let asked: [(&str, Option<&dyn ToSql>); 5] = [
            ("channel = ?", sought.channel.as_ref().map(|value| value as &dyn ToSql)),
            ("state = ?", state.as_ref().map(|value| value as &dyn ToSql)),
            ("id < ?", sought.before.as_ref().map(|value| value as &dyn ToSql)),
            ("id > ?", sought.after.as_ref().map(|value| value as &dyn ToSql)),
            ("instr(notification, ?) > 0", sought.alert.as_ref().map(|value| value as &dyn ToSql)),
        ];
        let asked = asked.into_iter().filter_map(|(condition, value)| Some((condition, value?)));
        let (wanted, among): (Vec<&str>, Vec<&dyn ToSql>) = asked.unzip();
        let wanted = if wanted.is_empty() { "1".to_owned() } else { wanted.join(" AND ") };
        let from = match sought.alert {
            Some(_) => format!("(SELECT * FROM deliveries ORDER BY id DESC LIMIT {LOOKED_THROUGH})"),
            None => "deliveries".to_owned(),
        };
        // Of what is newer than one, the next ones: pages lead both ways.
        let order = if sought.after.is_some() { "ASC" } else { "DESC" };
        let text = format!("SELECT {COLUMNS} FROM {from} WHERE {wanted} ORDER BY id {order} LIMIT {limit}");
        let mut records = self.database.read(|connection| {
            let mut statement = connection.prepare_cached(&text)?;
            let mut rows = statement.query(params_from_iter(among.iter().copied()))?;
            let mut records = Vec::new();
            while let Some(row) = rows.next()? {
                match read_record(row) {
                    Ok(record) => records.push(record),
                    Err(Trouble::Refused(_)) => {}
                    Err(trouble) => return Err(trouble),
                }
            }
            Ok(records)
        })?;
        records.sort_by_key(|record| std::cmp::Reverse(record.delivery.id));
        Ok(records)
    }

    fn channels(&self) -> Result<Vec<String>, StoreError> {
        self.database.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT DISTINCT channel FROM deliveries ORDER BY channel")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }
}

/// The channels with something that is not done. Leaps from one to the next, however much each has.
fn open_channels(connection: &Connection) -> Result<Vec<String>, Trouble> {
    let mut channels = connection.prepare_cached(
        "WITH RECURSIVE open (channel) AS (
             SELECT min(channel) FROM deliveries WHERE state IN ('waiting', 'claimed')
             UNION ALL
             SELECT (SELECT min(channel) FROM deliveries WHERE state IN ('waiting', 'claimed') AND channel > open.channel)
             FROM open WHERE open.channel IS NOT NULL)
         SELECT channel FROM open WHERE channel IS NOT NULL",
    )?;
    let channels = channels.query_map([], |row| row.get(0))?;
    Ok(channels.collect::<Result<_, _>>()?)
}

/// What of a channel is due, with this try counted. What cannot be read is buried: it must not hold up the others.
fn due(transaction: &Transaction<'_>, channel: &str, now: Millis, limit: usize) -> Result<Vec<Delivery>, Trouble> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let mut due = transaction.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM deliveries AS own INDEXED BY deliveries_oldest
         WHERE channel = ?1 AND {NEXT_IN_LINE} AND due_at <= ?2 ORDER BY created_at, id LIMIT ?3"
    ))?;
    let mut rows = due.query(params![channel, now, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let (mut found, mut unreadable) = (Vec::new(), Vec::<(i64, String)>::new());
    while let Some(row) = rows.next()? {
        match read_record(row) {
            Ok(DeliveryRecord { delivery, .. }) => {
                found.push(Delivery { attempts: delivery.attempts.saturating_add(1), ..delivery });
            }
            Err(Trouble::Refused(reason)) => unreadable.push((row.get(0)?, reason)),
            Err(trouble) => return Err(trouble),
        }
    }
    let mut bury = transaction.prepare_cached("UPDATE deliveries SET state = 'dead', due_at = ?2, answer = ?3 WHERE id = ?1")?;
    for (id, reason) in &unreadable {
        bury.execute(params![id, now, shortened(reason)])?;
    }
    Ok(found)
}

pub(super) fn insert(transaction: &Transaction<'_>, deliveries: &[NewDelivery]) -> Result<(), Trouble> {
    let mut insert = transaction.prepare_cached(
        "INSERT OR IGNORE INTO deliveries (key, channel, line, notification, alert_values, created_at, due_at, fallbacks)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
    )?;
    for delivery in deliveries {
        let (notification, values) = write_notification(&delivery.notification)?;
        let fallbacks = serde_json::to_string(&delivery.fallbacks)
            .map_err(|error| Trouble::Refused(format!("the channels of `{}` cannot be written: {error}", delivery.key)))?;
        let (key, channel, line) = (&delivery.key, &delivery.channel, &delivery.line);
        insert.execute(params![key, channel, line, notification, values, delivery.created_at, fallbacks])?;
    }
    Ok(())
}

fn forget(transaction: &Transaction<'_>, now: Millis) -> Result<(), Trouble> {
    transaction
        .prepare_cached(
            "DELETE FROM deliveries WHERE state IN ('delivered', 'dead')
             AND (due_at < ?1 OR id <= (SELECT max(id) FROM deliveries) - ?2)",
        )?
        .execute([now.saturating_sub(HISTORY_MILLIS), HISTORY_ROWS])?;
    Ok(())
}

/// JSON has no NaN and no infinities, so the alerts' values travel beside it, as bits.
fn write_notification(notification: &Notification) -> Result<(String, String), Trouble> {
    let values: Vec<i64> = notification.alerts.iter().map(|alert| bits(alert.value)).collect();
    let mut plain = notification.clone();
    plain.alerts.iter_mut().for_each(|alert| alert.value = 0.0);
    let wrong = |error: serde_json::Error| {
        Trouble::Refused(format!("the notification `{}` cannot be written: {error}", notification.title))
    };
    Ok((serde_json::to_string(&plain).map_err(wrong)?, serde_json::to_string(&values).map_err(wrong)?))
}

fn read_notification(text: &str, values: &str) -> Result<Notification, serde_json::Error> {
    let mut notification: Notification = serde_json::from_str(text)?;
    let values: Vec<i64> = serde_json::from_str(values)?;
    for (alert, value) in notification.alerts.iter_mut().zip(values) {
        alert.value = from_bits(value);
    }
    Ok(notification)
}

pub(super) fn read_record(row: &Row<'_>) -> Result<DeliveryRecord, Trouble> {
    let id: i64 = row.get(0)?;
    let notification = read_notification(&row.get::<_, String>(3)?, &row.get::<_, String>(4)?)
        .map_err(|error| Trouble::Refused(format!("delivery {id} cannot be read: {error}")))?;
    let state = match row.get::<_, String>(7)?.as_str() {
        "waiting" => DeliveryState::Waiting,
        "claimed" => DeliveryState::Claimed,
        "delivered" => DeliveryState::Delivered,
        "dead" => DeliveryState::Dead,
        other => return Err(Trouble::Refused(format!("the state `{other}` of delivery {id} is unknown"))),
    };
    let fallbacks = serde_json::from_str(&row.get::<_, String>(11)?)
        .map_err(|error| Trouble::Refused(format!("the channels of delivery {id} cannot be read: {error}")))?;
    let (key, channel, line) = (row.get(1)?, row.get(2)?, row.get(10)?);
    let (created_at, attempts) = (row.get(5)?, row.get(6)?);
    let delivery = Delivery { id, key, channel, line, fallbacks, notification, created_at, attempts };
    Ok(DeliveryRecord { delivery, state, due_at: row.get(8)?, answer: row.get(9)? })
}

pub(super) fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(ANSWER_BYTES)]
}

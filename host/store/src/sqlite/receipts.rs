//! Receipts: what became of a delivery at each of those it was told to. They go with their delivery.

use std::sync::Arc;

use rusqlite::{OptionalExtension, Row, Transaction, params};
use vitrine_model::port::StoreError;
use vitrine_model::port::receipts::{LastTold, Next, PersonReceipt, Receipts, Reported, Step};

use super::deliveries::{COLUMNS, insert, read_record, shortened};
use super::{Database, Trouble};

/// Deliveries whose receipts are read at once.
const MOST: usize = 1_000;

#[derive(Debug)]
pub(crate) struct SqliteReceipts(pub(crate) Arc<Database>);

impl Receipts for SqliteReceipts {
    fn told(&self, delivery: &str, receipt: &PersonReceipt) -> Result<(), StoreError> {
        self.0.write(|transaction| {
            // What has been reported of this message meanwhile says more; one that failed was followed by another.
            transaction
                .prepare_cached(
                    "INSERT INTO receipts (delivery, person, step, id, answer, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT DO UPDATE SET step = ?3, id = ?4, answer = ?5, at = ?6 
                     WHERE step = 'taken' OR (step = 'failed' AND id IS NOT ?4)",
                )?
                .execute(params![
                    delivery,
                    receipt.person,
                    receipt.step.word(),
                    receipt.id,
                    shortened(&receipt.answer),
                    receipt.at
                ])?;
            Ok(())
        })
    }

    fn reached(&self, delivery: &str) -> Result<Vec<String>, StoreError> {
        self.0.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT person FROM receipts WHERE delivery = ?1 AND step != 'failed' ORDER BY person")?;
            let persons = statement.query_map([delivery], |row| row.get(0))?;
            Ok(persons.collect::<Result<_, _>>()?)
        })
    }

    fn report(&self, delivery: &str, receipt: &PersonReceipt, next: Next<'_>) -> Result<Reported, StoreError> {
        self.0.write(|transaction| {
            let noted = note(transaction, delivery, receipt)?;
            if noted != Reported::Noted || receipt.step != Step::Failed {
                return Ok(noted);
            }
            let alive: i64 = transaction
                .prepare_cached("SELECT count(*) FROM receipts WHERE delivery = ?1 AND step != 'failed'")?
                .query_row([delivery], |row| row.get(0))?;
            if alive == 0 { give_up(transaction, delivery, receipt, next) } else { Ok(noted) }
        })
    }

    fn of(&self, deliveries: &[String]) -> Result<Vec<(String, PersonReceipt)>, StoreError> {
        self.0.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT delivery, person, step, id, answer, at FROM receipts WHERE delivery = ?1 ORDER BY person",
            )?;
            let mut all = Vec::new();
            for delivery in deliveries.iter().take(MOST) {
                let mut rows = statement.query([delivery])?;
                while let Some(row) = rows.next()? {
                    all.push((row.get(0)?, read(row)?));
                }
            }
            Ok(all)
        })
    }

    fn last_told(&self, channel: &str, person: &str) -> Result<Option<LastTold>, StoreError> {
        self.0.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM deliveries WHERE key = (
                     SELECT receipts.delivery FROM receipts JOIN deliveries ON deliveries.key = receipts.delivery
                     WHERE receipts.person = ?2 AND deliveries.channel = ?1 ORDER BY receipts.at DESC, deliveries.id DESC LIMIT 1)"
            ))?;
            let mut rows = statement.query([channel, person])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let delivery = read_record(row)?.delivery;
            let (group, title) = (delivery.notification.group, delivery.notification.title);
            Ok(Some(LastTold { group, title, key: delivery.key }))
        })
    }
}

/// Only forwards: what has ended stays ended, and "sent" may come after "delivered".
fn note(transaction: &Transaction<'_>, delivery: &str, receipt: &PersonReceipt) -> Result<Reported, Trouble> {
    let mut known = transaction
        .prepare_cached("SELECT delivery, person, step, id, answer, at FROM receipts WHERE delivery = ?1 AND person = ?2")?;
    let known = known.query_row([delivery, &receipt.person], |row| Ok(read(row))).optional()?.transpose()?;
    match &known {
        Some(known) if known.step.is_last() || known.step >= receipt.step => return Ok(Reported::Old),
        Some(_) => {}
        None => {
            // It may come before the answer that says that the message was taken; but not for a delivery that there is not.
            let is_ours: bool = transaction
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM deliveries WHERE key = ?1)")?
                .query_row([delivery], |row| row.get(0))?;
            if !is_ours {
                return Ok(Reported::Unknown);
            }
        }
    }
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO receipts (delivery, person, step, id, answer, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            delivery,
            receipt.person,
            receipt.step.word(),
            receipt.id.as_ref().or(known.as_ref().and_then(|known| known.id.as_ref())),
            shortened(&receipt.answer),
            receipt.at
        ])?;
    Ok(Reported::Noted)
}

/// What was taken to be delivered was not: it is dead, and the next channel's turn.
fn give_up(transaction: &Transaction<'_>, key: &str, receipt: &PersonReceipt, next: Next<'_>) -> Result<Reported, Trouble> {
    let mut statement = transaction.prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries WHERE key = ?1"))?;
    let mut rows = statement.query([key])?;
    let Some(row) = rows.next()? else { return Ok(Reported::Noted) };
    let delivery = read_record(row)?.delivery;
    let other = next(&delivery);
    let reason = match &other {
        Some(other) => format!("{}; `{}` is told instead", receipt.answer, other.channel),
        None => receipt.answer.clone(),
    };
    transaction
        .prepare_cached("UPDATE deliveries SET state = 'dead', due_at = ?2, answer = ?3 WHERE id = ?1")?
        .execute(params![delivery.id, receipt.at, shortened(&reason)])?;
    insert(transaction, other.as_slice())?;
    Ok(Reported::AllFailed)
}

fn read(row: &Row<'_>) -> Result<PersonReceipt, Trouble> {
    let word: String = row.get(2)?;
    let step = Step::ALL.into_iter().find(|step| step.word() == word);
    let step = step.ok_or_else(|| Trouble::Refused(format!("a receipt's step `{word}` is unknown")))?;
    Ok(PersonReceipt { person: row.get(1)?, step, id: row.get(3)?, answer: row.get(4)?, at: row.get(5)? })
}

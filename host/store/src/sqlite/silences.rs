//! Silences, acknowledgements, and who did what about alerts.

use std::sync::Arc;

use rusqlite::{Transaction, params};
use vitrine_model::Millis;
use vitrine_model::port::StoreError;
use vitrine_model::port::silences::Silences;
use vitrine_model::silence::{Acknowledgement, Act, Deed, Silence};

use super::{Database, Trouble};

/// How long and how many acts stay readable.
const HISTORY_MILLIS: i64 = 90 * 86_400_000;
const HISTORY_ROWS: i64 = 100_000;

#[derive(Debug)]
pub(crate) struct SqliteSilences(pub(crate) Arc<Database>);

impl Silences for SqliteSilences {
    fn load(&self) -> Result<Vec<Silence>, StoreError> {
        self.0.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, conditions, starts_at, ends_at, updated_at, author, comment, remind, reminded
                 FROM silences ORDER BY ends_at, id",
            )?;
            let mut rows = statement.query([])?;
            let mut silences = Vec::new();
            while let Some(row) = rows.next()? {
                let (id, text): (String, String) = (row.get(0)?, row.get(1)?);
                let wrong = |error| Trouble::Refused(format!("silence {id} cannot be read: {error}"));
                let conditions = serde_json::from_str(&text).map_err(wrong)?;
                let (starts_at, ends_at, updated_at) = (row.get(2)?, row.get(3)?, row.get(4)?);
                let (author, comment, remind, reminded) = (row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?);
                silences.push(Silence { id, conditions, starts_at, ends_at, updated_at, author, comment, remind, reminded });
            }
            Ok(silences)
        })
    }

    fn put(&self, silences: &[Silence]) -> Result<(), StoreError> {
        self.0.write(|transaction| {
            for silence in silences {
                let wrong = |error| Trouble::Refused(format!("silence {} cannot be written: {error}", silence.id));
                let conditions = serde_json::to_string(&silence.conditions).map_err(wrong)?;
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO silences
                         (id, conditions, starts_at, ends_at, updated_at, author, comment, remind, reminded)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                    )?
                    .execute(params![
                        silence.id,
                        conditions,
                        silence.starts_at,
                        silence.ends_at,
                        silence.updated_at,
                        silence.author,
                        silence.comment,
                        silence.remind,
                        silence.reminded
                    ])?;
            }
            Ok(())
        })
    }

    fn prune(&self, before: Millis) -> Result<u64, StoreError> {
        self.0.write(|transaction| {
            let silences = transaction.execute("DELETE FROM silences WHERE ends_at < ?1", [before])?;
            let run_out = transaction.execute("DELETE FROM acknowledgements WHERE until < ?1", [before])?;
            Ok((silences + run_out) as u64)
        })
    }

    fn acknowledgements(&self) -> Result<Vec<Acknowledgement>, StoreError> {
        self.0.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT target, author, comment, at, until FROM acknowledgements ORDER BY target")?;
            let rows = statement.query_map([], |row| {
                let (target, author, comment) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(Acknowledgement { target, author, comment, at: row.get(3)?, until: row.get(4)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn acknowledge(&self, given: &[Acknowledgement]) -> Result<(), StoreError> {
        self.0.write(|transaction| given.iter().try_for_each(|one| acknowledge(transaction, one)))
    }

    fn withdraw(&self, targets: &[String]) -> Result<(), StoreError> {
        self.0.write(|transaction| {
            let mut statement = transaction.prepare_cached("DELETE FROM acknowledgements WHERE target = ?1")?;
            for target in targets {
                statement.execute([target])?;
            }
            Ok(())
        })
    }

    fn record(&self, acts: &[Act]) -> Result<(), StoreError> {
        self.0.write(|transaction| record(transaction, acts))
    }

    fn acts(&self, target: &str, limit: usize) -> Result<Vec<Act>, StoreError> {
        self.0.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT deed, author, text, at, until FROM acts WHERE target = ?1 ORDER BY id DESC LIMIT ?2")?;
            let mut rows = statement.query(params![target, i64::try_from(limit).unwrap_or(i64::MAX)])?;
            let mut acts = Vec::new();
            while let Some(row) = rows.next()? {
                let word: String = row.get(0)?;
                let Some(deed) = Deed::ALL.into_iter().find(|deed| deed.word() == word) else {
                    return Err(Trouble::Refused(format!("the act `{word}` is unknown")));
                };
                let (author, text, at, until) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
                acts.push(Act { target: target.to_owned(), deed, author, text, at, until });
            }
            Ok(acts)
        })
    }
}

fn record(transaction: &Transaction<'_>, acts: &[Act]) -> Result<(), Trouble> {
    let mut insert =
        transaction.prepare_cached("INSERT INTO acts (target, deed, author, text, at, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for act in acts {
        insert.execute(params![act.target, act.deed.word(), act.author, act.text, act.at, act.until])?;
    }
    let Some(last) = acts.last() else { return Ok(()) };
    transaction
        .prepare_cached("DELETE FROM acts WHERE at < ?1 OR id <= (SELECT max(id) FROM acts) - ?2")?
        .execute([last.at.saturating_sub(HISTORY_MILLIS), HISTORY_ROWS])?;
    Ok(())
}

pub(super) fn acknowledge(transaction: &Transaction<'_>, given: &Acknowledgement) -> Result<(), Trouble> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO acknowledgements (target, author, comment, at, until) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![given.target, given.author, given.comment, given.at, given.until])?;
    record(transaction, &[Act::of(given)])
}

/// Somebody was told of a silence's end: not again.
pub(super) fn reminded(transaction: &Transaction<'_>, id: &str) -> Result<(), Trouble> {
    transaction.prepare_cached("UPDATE silences SET reminded = 1 WHERE id = ?1")?.execute([id])?;
    Ok(())
}

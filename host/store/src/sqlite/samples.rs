//! Samples: one row for each append at first, and once many have come, one row for each sample, in order of series and time.
//!
//! Written to its place at once, a sample dirties the page of its series, and a check of fifteen series fifteen pages; in
//! the log they share one. A denser engine can take this one's place behind the same port.

mod heads;
mod hot;
mod seal;
mod selection;

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Instant;

use rusqlite::{Connection, Transaction, params};
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Reason, Samples, Select, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::{Batch, Family, MetricKind, Sample};
use vitrine_model::{Labels, Matcher, Millis};

use self::heads::Heads;
use self::selection::Span;
use super::code::{labels_from_text, labels_to_text};
use super::dictionary::{Dictionary, SeriesId};
use super::{Database, Trouble};
use crate::metrics::Metrics;
use crate::settings::Settings;

/// Bounds of one series' labels. Prometheus has none, and its users learn why it should.
const LABELS: usize = 64;
const NAME_BYTES: usize = 1024;
const VALUE_BYTES: usize = 4096;

/// How many series one transaction of forgetting covers: the writer is free between two.
const FORGET_AT_ONCE: usize = 256;

#[derive(Debug)]
pub(crate) struct SqliteSamples {
    database: Database,
    settings: Settings,
    metrics: Metrics,
    dictionary: RwLock<Dictionary>,
    families: RwLock<HashMap<String, Family>>,
    /// What the hot log holds. Changed only after a commit, while the database's writer is held.
    heads: RwLock<Heads>,
}

/// What one append wrote.
struct Written {
    samples: Vec<(SeriesId, Sample)>,
    /// Series that were not known before.
    series: HashMap<Labels, SeriesId>,
    /// What is new of the families.
    families: Vec<Family>,
}

impl SqliteSamples {
    pub(crate) fn open(database: Database, settings: Settings, metrics: Metrics) -> Result<SqliteSamples, StoreError> {
        let (dictionary, families) = database.read(|connection| Ok((load_series(connection)?, load_families(connection)?)))?;
        let (heads, unreadable) = database.read(|connection| hot::load(connection, &dictionary))?;
        if !unreadable.is_empty() {
            database.write(|transaction| hot::set_aside(transaction, &unreadable))?;
        }
        Ok(SqliteSamples {
            database,
            settings,
            metrics,
            dictionary: RwLock::new(dictionary),
            families: RwLock::new(families),
            heads: RwLock::new(heads),
        })
    }

    /// Leaves nothing for the next start to replay.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        self.seal()?;
        self.database.checkpoint()
    }

    pub(crate) fn series_count(&self) -> usize {
        self.dictionary().len()
    }

    fn dictionary(&self) -> RwLockReadGuard<'_, Dictionary> {
        self.dictionary.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn dictionary_mut(&self) -> RwLockWriteGuard<'_, Dictionary> {
        self.dictionary.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn heads(&self) -> RwLockReadGuard<'_, Heads> {
        self.heads.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn heads_mut(&self) -> RwLockWriteGuard<'_, Heads> {
        self.heads.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, transaction: &Transaction<'_>, batches: &[Batch]) -> Result<Written, Trouble> {
        let mut series = HashMap::new();
        let samples = self.write_series(transaction, batches, &mut series)?;
        hot::write(transaction, &samples)?;
        Ok(Written { samples, series, families: self.write_families(transaction, batches)? })
    }

    /// Makes what is committed known to readers.
    fn adopt(&self, written: &Written) {
        if !written.series.is_empty() {
            let mut dictionary = self.dictionary_mut();
            written.series.iter().for_each(|(labels, id)| dictionary.add(*id, labels.clone()));
        }
        if !written.families.is_empty() {
            let mut known = self.families.write().unwrap_or_else(PoisonError::into_inner);
            known.extend(written.families.iter().map(|family| (family.name.clone(), family.clone())));
        }
        if !written.samples.is_empty() {
            self.heads_mut().add(&written.samples);
        }
    }

    /// Writes the series that were not known before, and adds them to `fresh`; answers all samples by their series' numbers.
    fn write_series(
        &self,
        transaction: &Transaction<'_>,
        batches: &[Batch],
        fresh: &mut HashMap<Labels, SeriesId>,
    ) -> Result<Vec<(SeriesId, Sample)>, Trouble> {
        let mut samples = Vec::with_capacity(batches.iter().map(|batch| batch.samples.len()).sum());
        let dictionary = self.dictionary();
        for (labels, sample) in batches.iter().flat_map(|batch| &batch.samples) {
            let known = dictionary.id(labels).or_else(|| fresh.get(labels).copied());
            let id = match known {
                Some(id) => id,
                None => {
                    self.check(labels, dictionary.len() + fresh.len())?;
                    let id = insert_series(transaction, labels)?;
                    fresh.insert(labels.clone(), id);
                    id
                }
            };
            samples.push((id, *sample));
        }
        Ok(samples)
    }

    /// May a series with these labels join so many others?
    fn check(&self, labels: &Labels, others: usize) -> Result<(), Trouble> {
        let limit = self.settings.series_limit;
        if others >= limit {
            return Err(Trouble::Refused(format!(
                "the store holds {limit} series and takes no more, so {} was refused: drop labels with many values, or raise the series limit",
                shortened(labels)
            )));
        }
        let refuse = |what: String| {
            Err(Trouble::Refused(format!("{} was refused: {what}; drop or shorten it at its source", shortened(labels))))
        };
        if labels.len() > LABELS {
            return refuse(format!("it has {} labels, {LABELS} are allowed", labels.len()));
        }
        for (name, value) in labels.iter() {
            if name.len() > NAME_BYTES {
                return refuse(format!("a label name has {} bytes, {NAME_BYTES} are allowed", name.len()));
            }
            if value.len() > VALUE_BYTES {
                return refuse(format!("the value of label `{name}` has {} bytes, {VALUE_BYTES} are allowed", value.len()));
            }
        }
        Ok(())
    }

    /// Writes what is new of the families; answers it.
    fn write_families(&self, transaction: &Transaction<'_>, batches: &[Batch]) -> Result<Vec<Family>, Trouble> {
        let known = self.families.read().unwrap_or_else(PoisonError::into_inner);
        let mut fresh = Vec::new();
        for family in batches.iter().flat_map(|batch| &batch.families) {
            if known.get(&family.name) == Some(family) {
                continue;
            }
            transaction
                .prepare_cached("INSERT OR REPLACE INTO families (name, kind, help, unit) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![family.name, kind_word(family.kind), family.help, family.unit])?;
            fresh.push(family.clone());
        }
        Ok(fresh)
    }
}

impl Samples for SqliteSamples {
    fn push(&self, pushes: &[Push], bounds: Bounds) -> Result<Vec<Appended>, StoreError> {
        let began = Instant::now();
        self.seal_when_due()?;
        let mut answers = Vec::with_capacity(pushes.len());
        let mut batches = Vec::with_capacity(pushes.len());
        for push in pushes {
            let mut answer = Appended::default();
            let mut batch = Batch { families: push.families.clone(), samples: Vec::new() };
            let columns = push.places().iter().zip(push.times()).zip(push.values());
            for ((place, time), value) in columns {
                if *time > bounds.latest {
                    answer.refuse(Reason::Future, 1, || format!("{} lies in the future", push.labels(*place)));
                } else if *time < bounds.earliest {
                    answer.refuse(Reason::TooOld, 1, || format!("{} is older than what is kept", push.labels(*place)));
                } else {
                    batch.samples.push((push.labels(*place), Sample { time: *time, value: *value }));
                }
            }
            answer.samples = batch.samples.len() as u64;
            batches.push(batch);
            answers.push(answer);
        }
        let written = self.database.write_then(|transaction| self.write(transaction, &batches), |written| self.adopt(written))?;
        self.metrics.appended.inc_by(written.samples.len() as u64);
        self.metrics.append_seconds.observe(began.elapsed().as_secs_f64());
        if let Some(first) = answers.first_mut() {
            first.new_series = written.series.len() as u64;
        }
        Ok(answers)
    }

    fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError> {
        let began = Instant::now();
        let matching = self.dictionary().matching(select.matchers);
        let span = Span { start: select.start, end: select.end };
        let found = self.database.read(|connection| self.read_series(connection, matching, span, select.limits))?;
        self.metrics.select_seconds.observe(began.elapsed().as_secs_f64());
        for series in found {
            let times: Vec<Millis> = series.samples.iter().map(|sample| sample.time).collect();
            let values: Vec<f64> = series.samples.iter().map(|sample| sample.value).collect();
            if take(&series.labels, &times, &values).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn series(&self, matchers: &[Matcher], _: Millis, _: Millis, limit: usize) -> Result<Vec<Labels>, StoreError> {
        let found = self.dictionary().matching(matchers);
        Ok(found.into_iter().take(limit).map(|(labels, _)| labels).collect())
    }

    fn families(&self) -> Result<Vec<Family>, StoreError> {
        let known = self.families.read().unwrap_or_else(PoisonError::into_inner);
        let mut families: Vec<Family> = known.values().cloned().collect();
        families.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(families)
    }

    fn forget(&self, before: Millis) -> Result<u64, StoreError> {
        self.seal()?;
        let all = self.dictionary().all();
        let mut forgotten = 0;
        for ids in all.chunks(FORGET_AT_ONCE) {
            let (samples, _) = self.database.write_then(
                |transaction| forget(transaction, ids, before, &self.heads()),
                |(_, emptied)| {
                    let mut dictionary = self.dictionary_mut();
                    emptied.iter().for_each(|id| dictionary.remove(*id));
                },
            )?;
            forgotten += samples;
        }
        Ok(forgotten)
    }
}

fn insert_series(transaction: &Transaction<'_>, labels: &Labels) -> Result<SeriesId, Trouble> {
    transaction.prepare_cached("INSERT INTO series (labels) VALUES (?1)")?.execute([labels_to_text(labels)?])?;
    Ok(transaction.last_insert_rowid())
}

/// Answers how many samples went, and which series went with their last one. What has come since the sealing stays.
fn forget(
    transaction: &Transaction<'_>,
    ids: &[SeriesId],
    before: Millis,
    heads: &Heads,
) -> Result<(u64, Vec<SeriesId>), Trouble> {
    let mut delete = transaction.prepare_cached("DELETE FROM samples WHERE series = ?1 AND time < ?2")?;
    let mut left = transaction.prepare_cached("SELECT 1 FROM samples WHERE series = ?1 LIMIT 1")?;
    let mut delete_series = transaction.prepare_cached("DELETE FROM series WHERE id = ?1")?;
    let mut forgotten = 0;
    let mut emptied = Vec::new();
    for id in ids {
        forgotten += delete.execute(params![id, before])? as u64;
        if !heads.contains(*id) && !left.exists([id])? {
            delete_series.execute([id])?;
            emptied.push(*id);
        }
    }
    Ok((forgotten, emptied))
}

fn load_series(connection: &Connection) -> Result<Dictionary, Trouble> {
    let mut dictionary = Dictionary::default();
    let mut statement = connection.prepare("SELECT id, labels FROM series")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        dictionary.add(row.get(0)?, labels_from_text(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?)?);
    }
    Ok(dictionary)
}

fn load_families(connection: &Connection) -> Result<HashMap<String, Family>, Trouble> {
    let mut statement = connection.prepare("SELECT name, kind, help, unit FROM families")?;
    let families = statement.query_map([], |row| {
        let kind: String = row.get(1)?;
        Ok(Family { name: row.get(0)?, kind: kind_from_word(&kind), help: row.get(2)?, unit: row.get(3)? })
    })?;
    families.map(|family| family.map(|family| (family.name.clone(), family)).map_err(Trouble::from)).collect()
}

fn kind_word(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Unknown => "unknown",
        MetricKind::Counter => "counter",
        MetricKind::Gauge => "gauge",
        MetricKind::Histogram => "histogram",
        MetricKind::Summary => "summary",
    }
}

fn kind_from_word(word: &str) -> MetricKind {
    match word {
        "counter" => MetricKind::Counter,
        "gauge" => MetricKind::Gauge,
        "histogram" => MetricKind::Histogram,
        "summary" => MetricKind::Summary,
        _ => MetricKind::Unknown,
    }
}

/// Labels for a message: what is refused for its length is not repeated in full.
fn shortened(labels: &Labels) -> String {
    let text = labels.to_string();
    match text.char_indices().nth(200) {
        Some((place, _)) => format!("{}…", &text[..place]),
        None => text,
    }
}

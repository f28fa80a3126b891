//! Reading: what is sealed and what is hot, as one.

use rusqlite::{CachedStatement, Connection, params};
use vitrine_model::port::samples::SelectLimits;
use vitrine_model::sample::{Sample, Series};
use vitrine_model::{Labels, Millis};

use super::SqliteSamples;
use crate::sqlite::Trouble;
use crate::sqlite::code::from_bits;
use crate::sqlite::dictionary::SeriesId;

/// A closed span of time.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: Millis,
    pub(super) end: Millis,
}

/// A series that may have samples, and those of them that are hot.
struct Candidate {
    labels: Labels,
    id: SeriesId,
    hot: Vec<Sample>,
}

impl SqliteSamples {
    pub(super) fn read_series(
        &self,
        connection: &Connection,
        matching: Vec<(Labels, SeriesId)>,
        span: Span,
        limits: SelectLimits,
    ) -> Result<Vec<Series>, Trouble> {
        let candidates = self.candidates(connection, matching, span)?;
        let mut statement = connection
            .prepare_cached("SELECT time, value FROM samples WHERE series = ?1 AND time BETWEEN ?2 AND ?3 ORDER BY time")?;
        let mut found = Vec::new();
        let mut left = limits.samples;
        for Candidate { labels, id, hot } in candidates {
            let sealed = read_sealed(&mut statement, id, span, left)?;
            let samples = sealed.map(|sealed| merge(sealed, hot)).filter(|samples| samples.len() <= left);
            let Some(samples) = samples else {
                return Err(Trouble::Refused(format!(
                    "the selection has more than {} samples: ask for a shorter time or fewer series",
                    limits.samples
                )));
            };
            if samples.is_empty() {
                continue;
            }
            if found.len() == limits.series {
                return Err(Trouble::Refused(format!(
                    "the selection matches more than {} series: narrow it with more labels",
                    limits.series
                )));
            }
            left -= samples.len();
            found.push(Series { labels, samples });
        }
        Ok(found)
    }

    /// Fixes the state of the database and takes what is hot as one step: while the heads are held, no commit that
    /// changes them can end, so that a sample is in one of the two at least, and a later word of it in neither.
    fn candidates(
        &self,
        connection: &Connection,
        matching: Vec<(Labels, SeriesId)>,
        span: Span,
    ) -> Result<Vec<Candidate>, Trouble> {
        let heads = self.heads();
        // A transaction sees the state of its first reading.
        connection.prepare_cached("SELECT 1 FROM hot LIMIT 1")?.exists([])?;
        let candidate = |(labels, id)| Candidate { labels, id, hot: heads.span(id, span.start, span.end) };
        Ok(matching.into_iter().map(candidate).collect())
    }
}

/// None when there are more than `most`.
fn read_sealed(
    statement: &mut CachedStatement<'_>,
    id: SeriesId,
    span: Span,
    most: usize,
) -> Result<Option<Vec<Sample>>, Trouble> {
    let mut samples = Vec::new();
    let mut rows = statement.query(params![id, span.start, span.end])?;
    while let Some(row) = rows.next()? {
        if samples.len() == most {
            return Ok(None);
        }
        samples.push(Sample { time: row.get(0)?, value: from_bits(row.get(1)?) });
    }
    Ok(Some(samples))
}

/// One list in order of time; at the same moment, what is hot is the later word.
fn merge(mut sealed: Vec<Sample>, hot: Vec<Sample>) -> Vec<Sample> {
    let Some(first) = hot.first() else { return sealed };
    // Most often, all that is hot comes after all that is sealed.
    let overlap = sealed.split_off(sealed.partition_point(|sample| sample.time < first.time));
    if overlap.is_empty() {
        sealed.extend(hot);
        return sealed;
    }
    let mut older = overlap.into_iter().peekable();
    for sample in hot {
        while let Some(before) = older.next_if(|before| before.time < sample.time) {
            sealed.push(before);
        }
        older.next_if(|before| before.time == sample.time);
        sealed.push(sample);
    }
    sealed.extend(older);
    sealed
}

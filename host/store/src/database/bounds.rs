//! What one query may cost, and the sentences for one that costs more.

use std::time::{Duration, Instant};

use vitrine_model::Fault;

/// The most that one answer holds.
pub(super) const BYTES: usize = 8 << 20;

#[derive(Debug, Clone)]
pub(super) struct Bounds {
    database: String,
    pub(super) rows: usize,
    time: Duration,
    pub(super) deadline: Instant,
}

impl Bounds {
    pub(super) fn new(database: &str, rows: usize, time: Duration) -> Bounds {
        Bounds { database: database.to_owned(), rows, time, deadline: Instant::now() + time }
    }

    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    pub(super) fn too_long(&self) -> Fault {
        let (database, seconds) = (&self.database, self.time.as_secs_f64());
        Fault::Upstream(format!(
            "the query of `{database}` was stopped after {seconds:.1} s: make it cheaper, or raise `timeout` under `databases`"
        ))
    }

    pub(super) fn too_many_rows(&self) -> Fault {
        let (database, rows) = (&self.database, self.rows);
        Fault::Invalid(format!(
            "the query of `{database}` answers more than {rows} rows: add a LIMIT, or raise `rows` under `databases`"
        ))
    }

    pub(super) fn too_many_bytes(&self) -> Fault {
        let database = &self.database;
        Fault::Invalid(format!("the query of `{database}` answers more than {} MiB: ask for less", BYTES >> 20))
    }
}

/// Line and column of a byte in a statement, both from one.
pub(super) fn place(statement: &str, byte: usize) -> String {
    let before = statement.get(..byte).unwrap_or(statement);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

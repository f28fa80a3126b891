//! The source `sql`: asks a database at each poll, and turns rows into samples, as sql_exporter does; answers statements
//! as frames on demand.

mod config;

use std::collections::BTreeSet;

use vitrine_sdk::sql::Rows;
use vitrine_sdk::{Fault, Frame, Samples, Source, TimeRange, export, sql};

pub use config::Config;
use config::Measured;

#[derive(Debug)]
pub struct Sql(Config);

impl Source for Sql {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        for (place, measured) in config.queries.iter().enumerate() {
            measured.check(place)?;
        }
        Ok(Sql(config))
    }

    fn check(&mut self) -> Result<String, Fault> {
        if !sql::databases()?.iter().any(|known| known.name == self.0.database) {
            return Err(Fault::Denied(["the database `", &self.0.database, "` is not granted"].concat()));
        }
        let samples = self.collect()?;
        Ok([&self.0.database, " answers, with ", &samples.len().to_string(), " samples"].concat())
    }

    /// One answer that is wrong fails the poll: half a set of metrics would look like a change.
    fn collect(&mut self) -> Result<Samples, Fault> {
        let mut samples = Samples::new();
        for measured in &self.0.queries {
            let rows = sql::query(&measured.query).run(&self.0.database)?;
            add(&mut samples, measured, &rows)?;
        }
        Ok(samples)
    }

    /// The query is a statement. `$1` and `$2` are the ends of the viewer's range, in seconds since the Unix epoch, where it
    /// uses them.
    fn query(&mut self, query: &str, range: TimeRange) -> Result<Vec<Frame>, Fault> {
        let mut asked = sql::query(query);
        if query.contains("$1") {
            asked = asked.bind(range.start as f64 / 1_000.0);
        }
        if query.contains("$2") {
            asked = asked.bind(range.end as f64 / 1_000.0);
        }
        Ok(vec![asked.run(&self.0.database)?.into_frame()])
    }
}

fn add(samples: &mut Samples, measured: &Measured, rows: &Rows) -> Result<(), Fault> {
    for column in measured.labels.iter().chain([&measured.value]) {
        if !rows.has(column) {
            let known: Vec<&str> = rows.columns().iter().map(|column| column.name.as_str()).collect();
            let reason = ["`", &measured.name, "`: the answer has no column `", column, "`; it has ", &known.join(", ")];
            return Err(Fault::Invalid(reason.concat()));
        }
    }
    let mut seen = BTreeSet::new();
    for row in rows.iter() {
        let values: Vec<String> = measured.labels.iter().map(|label| row.shown(label).unwrap_or_default()).collect();
        let Some(value) = row.number(&measured.value) else { continue };
        let labels: Vec<(&str, &str)> =
            measured.labels.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
        if seen.is_empty() {
            // Only what has samples is described.
            samples.family(&measured.name, measured.kind(), &measured.help);
        }
        samples.add(&measured.name, measured.kind(), &labels, value);
        if !seen.insert(values) {
            let reason = ["`", &measured.name, "`: two rows have the same labels: add a column to `labels`, or group the rows"];
            return Err(Fault::Invalid(reason.concat()));
        }
    }
    Ok(())
}

export!(source: Sql);

#[cfg(test)]
mod tests;

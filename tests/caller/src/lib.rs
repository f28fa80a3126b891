//! A source that uses what an instance owns: it reads a file, remembers how often it did, and counts that too.

use vitrine_sdk::{Fault, Samples, Source, export, files, metrics, state};

/// The longest file.
const MOST: usize = 2 << 20;

#[derive(Debug, serde::Deserialize)]
struct Config {
    file: String,
}

#[derive(Debug)]
struct Caller(Config);

impl Source for Caller {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        Ok(Caller(config))
    }

    fn collect(&mut self) -> Result<Samples, Fault> {
        let content = files::read_text(&self.0.file, MOST)?;
        let folder = self.0.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let entries = files::entries(folder)?.len();
        let runs = state::load::<u32>("runs")?.unwrap_or(0) + 1;
        state::save("runs", &runs)?;
        metrics::count("caller_runs", &[("file", &self.0.file)], 1.0)?;
        let mut samples = Samples::new();
        samples.gauge("caller_lines", &[], content.lines().count() as f64);
        samples.gauge("caller_entries", &[], entries as f64);
        samples.counter("caller_runs_total", &[], f64::from(runs));
        Ok(samples)
    }
}

export!(source: Caller);

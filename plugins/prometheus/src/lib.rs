//! The source `prometheus`: reads exporters, and tells of each what Prometheus tells of a scrape.
//!
//! All targets of an instance are read in one poll, one after the other. What a target does not show any more is not in the
//! samples, and so ends by the host's mark; one that fails ends alone.

mod body;
mod config;
mod names;
mod page;
mod relabel;
mod target;

use std::time::Duration;

use vitrine_sdk::http::{Error, Request};
use vitrine_sdk::{Fault, Samples, Source, clock, export, log};

pub use config::Config;
use config::Manner;
use page::{Page, Tally};
use target::Target;

const OPEN_METRICS: &str = "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,";
const PLAIN: &str = "text/plain;version=0.0.4;escaping=underscores;q=0.5,*/*;q=0.1";

/// A check may take five seconds.
const CHECK: Duration = Duration::from_secs(4);

/// A target that is given less than this has no chance.
const SHORTEST: Duration = Duration::from_millis(100);

#[derive(Debug)]
pub struct Prometheus {
    manner: Manner,
    targets: Vec<Target>,
}

/// Why a target has no samples.
enum Trouble {
    /// The admin's to mend.
    Denied(String),
    Other(String),
}

impl Source for Prometheus {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        Ok(Prometheus { manner: config.manner()?, targets: config.targets()? })
    }

    fn check(&mut self) -> Result<String, Fault> {
        let poll = self.manner.poll;
        self.manner.poll = poll.min(CHECK);
        let outcome = self.collect();
        self.manner.poll = poll;
        outcome?;
        let count = self.targets.len();
        let mut failing = self.targets.iter().filter_map(|target| Some((&target.url, target.trouble.as_ref()?)));
        match failing.next() {
            None => Ok([&count.to_string(), " targets answer"].concat()),
            Some((url, trouble)) => {
                let more = match failing.count() {
                    0 => String::new(),
                    others => [", and ", &others.to_string(), " more"].concat(),
                };
                Err(Fault::Upstream(["of ", &count.to_string(), " targets fail ", url, ": ", trouble, &more].concat()))
            }
        }
    }

    /// A target that does not answer is a result, not a fault.
    fn collect(&mut self) -> Result<Samples, Fault> {
        let start = clock::monotonic();
        let mut samples = Samples::new();
        let mut denied = None;
        let mut others = 0;
        let count = self.targets.len();
        for (place, target) in self.targets.iter_mut().enumerate() {
            let spent = Duration::from_nanos(clock::monotonic().saturating_sub(start));
            // Whoever hangs leaves as much to each of the rest as it took.
            let share = self.manner.poll.saturating_sub(spent) / u32::try_from(count - place).unwrap_or(u32::MAX);
            match scrape(target, &self.manner, share.min(self.manner.timeout), &mut samples) {
                Err(Trouble::Denied(reason)) => {
                    tell_change(target, Some(&reason));
                    denied = Some(reason);
                }
                Err(Trouble::Other(reason)) => {
                    tell_change(target, Some(&reason));
                    others += 1;
                }
                Ok(()) => {
                    tell_change(target, None);
                    others += 1;
                }
            }
        }
        match denied {
            // Where nothing at all is granted the admin is told by the source itself.
            Some(reason) if others == 0 => Err(Fault::Denied(reason)),
            _ => Ok(samples),
        }
    }
}

/// Adds the target's samples, and what there is to tell of the scrape, whatever came of it.
fn scrape(target: &mut Target, manner: &Manner, timeout: Duration, samples: &mut Samples) -> Result<(), Trouble> {
    let start = clock::monotonic();
    let before = samples.len();
    let mut tally = Tally::default();
    let outcome = read(target, manner, timeout, samples, &mut tally);
    if outcome.is_err() {
        samples.truncate(before);
        tally.series.clear();
    }
    tally.series.sort_unstable();
    tally.series.dedup();
    let added = tally.series.iter().filter(|series| target.known.binary_search(series).is_err()).count();
    target.known = tally.series;
    let labels: Vec<(&str, &str)> = target.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let seconds = clock::monotonic().saturating_sub(start) as f64 / 1e9;
    samples.gauge("up", &labels, f64::from(u8::from(outcome.is_ok())));
    samples.gauge("scrape_duration_seconds", &labels, seconds);
    samples.gauge("scrape_samples_scraped", &labels, tally.scraped as f64);
    samples.gauge("scrape_samples_post_metric_relabeling", &labels, tally.kept as f64);
    samples.gauge("scrape_series_added", &labels, added as f64);
    outcome
}

fn read(target: &Target, manner: &Manner, timeout: Duration, samples: &mut Samples, tally: &mut Tally) -> Result<(), Trouble> {
    if timeout < SHORTEST {
        return Err(Trouble::Other("no time was left: others of the source took it; see `poll_timeout`".to_owned()));
    }
    let accept = [if manner.open_metrics { OPEN_METRICS } else { "" }, PLAIN].concat();
    let mut request = Request::get(&target.url)
        .header("accept", &accept)
        .header("accept-encoding", "gzip")
        .header("x-prometheus-scrape-timeout-seconds", &timeout.as_secs_f64().to_string())
        .timeout(timeout)
        .redirects(manner.redirects);
    if let Some(placement) = &manner.secret {
        request = request.secret("token", placement.clone());
    }
    let response = request.send().map_err(|error| match error {
        Error::Denied(reason) => Trouble::Denied(reason),
        error => Trouble::Other(error.reason().to_owned()),
    })?;
    if response.status != 200 {
        return Err(Trouble::Other(["the status is ", &response.status.to_string()].concat()));
    }
    let (text, format) = body::read(&response, manner.limits.body_bytes).map_err(Trouble::Other)?;
    let page = Page { manner, labels: &target.labels };
    page.read(&text, format, samples, tally).map_err(Trouble::Other)
}

fn tell_change(target: &mut Target, trouble: Option<&str>) {
    if target.trouble.as_deref() == trouble {
        return;
    }
    match trouble {
        Some(trouble) => log::warn(&[&target.url, " fails: ", trouble].concat()),
        None => log::info(&[&target.url, " is well again"].concat()),
    }
    target.trouble = trouble.map(str::to_owned);
}

export!(source: Prometheus);

#[cfg(test)]
mod tests;

//! A source that does on purpose what the sandbox must stop: one deed per instance.

use vitrine_sdk::source::Page;
use vitrine_sdk::{Fault, Frame, Samples, Source, TimeRange, export, http, log, sql};

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    /// Uses processor time without end.
    Spin,
    /// Takes memory without end.
    Hoard,
    /// Ends in a trap.
    Panic,
    /// Asks a host that nobody granted.
    Sneak,
    /// Behaves.
    Nothing,
    /// Says that the system watched failed.
    Refuse,
    /// Values that are not numbers, and those without end.
    Nan,
    /// A million series.
    Many,
    /// As much as a large scrape: ten thousand series with five labels.
    Scrape,
    /// Times before 1970 and far ahead.
    Times,
    /// Calls itself without end.
    Recurse,
    /// More log lines than anybody reads.
    Flood,
    /// Waits for an answer that does not come.
    Sleep,
    /// Believes that a database always answers a number. It does not where there are tables.
    Trust,
}

#[derive(Debug, serde::Deserialize)]
struct Config {
    deed: Deed,
    #[serde(default)]
    url: String,
}

#[derive(Debug)]
struct Misbehaving(Config);

impl Source for Misbehaving {
    type Config = Config;

    fn new(config: Config) -> Result<Self, Fault> {
        Ok(Misbehaving(config))
    }

    fn check(&mut self) -> Result<String, Fault> {
        if let Deed::Trust = self.0.deed {
            trust(&mut Samples::new())?;
        }
        Ok("configured".to_owned())
    }

    fn collect(&mut self) -> Result<Samples, Fault> {
        let mut samples = Samples::new();
        self.misbehave(&mut samples)?;
        samples.gauge("misbehaving_runs", &[], 1.0);
        Ok(samples)
    }

    fn query(&mut self, _query: &str, _range: TimeRange) -> Result<Vec<Frame>, Fault> {
        self.misbehave(&mut Samples::new()).map(|()| Vec::new())
    }

    fn run(&mut self, _name: &str, _arguments: &str, _person: &str) -> Result<String, Fault> {
        self.misbehave(&mut Samples::new()).map(|()| "done".to_owned())
    }

    /// One line more than was asked for, where it is told to bring many.
    fn logs(&mut self, _cursor: Option<&str>, limit: u32) -> Result<Page, Fault> {
        let count = match self.0.deed {
            Deed::Many => limit as usize + 1,
            _ => self.misbehave(&mut Samples::new()).map(|()| 0)?,
        };
        let (times, texts) = (vec![0; count], vec![String::new(); count]);
        Ok(Page { times, levels: texts.clone(), messages: texts, labels: Vec::new(), cursor: None })
    }
}

impl Misbehaving {
    fn misbehave(&self, samples: &mut Samples) -> Result<(), Fault> {
        match self.0.deed {
            Deed::Spin => spin(),
            Deed::Hoard => hoard(),
            Deed::Panic => panic!("this was on purpose"),
            Deed::Sneak | Deed::Sleep => {
                http::Request::get(&self.0.url).send()?;
            }
            Deed::Nothing => {}
            Deed::Refuse => return Err(Fault::Upstream("the other side is down".to_owned())),
            Deed::Nan => values(samples),
            Deed::Many => (0..1_000_000).for_each(|number| samples.gauge("many", &[("number", &number.to_string())], 1.0)),
            Deed::Scrape => scrape(samples),
            Deed::Times => times(samples),
            Deed::Recurse => samples.gauge("depth", &[], recurse(0.0)),
            Deed::Trust => trust(samples)?,
            Deed::Flood => (0..100_000).for_each(|number| log::info(&number.to_string())),
        }
        Ok(())
    }
}

fn trust(samples: &mut Samples) -> Result<(), Fault> {
    let rows = sql::query("SELECT 1 AS value WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema)").run("test")?;
    let value = rows.iter().next().and_then(|row| row.number("value"));
    let Some(value) = value else { panic!("a number was to be there") };
    samples.gauge("misbehaving_value", &[], value);
    Ok(())
}

fn values(samples: &mut Samples) {
    for (kind, value) in [("nan", f64::NAN), ("most", f64::INFINITY), ("least", f64::NEG_INFINITY)] {
        samples.gauge("misbehaving_value", &[("kind", kind)], value);
    }
}

/// Also for a benchmark to do without a sandbox.
pub fn scrape(samples: &mut Samples) {
    for number in 0..10_000_u32 {
        let (path, pod) = (format!("/item/{}", number % 100), format!("pod-{}", number / 100));
        let labels = [("job", "shop"), ("method", "GET"), ("code", "200"), ("path", path.as_str()), ("pod", pod.as_str())];
        samples.counter("http_requests_total", &labels, f64::from(number));
    }
}

fn times(samples: &mut Samples) {
    for time in [-1, i64::MIN, i64::MAX] {
        samples.gauge("misbehaving_time", &[("time", &time.to_string())], 1.0);
        samples.at(time);
    }
}

#[expect(unconditional_recursion, reason = "on purpose")]
fn recurse(depth: f64) -> f64 {
    std::hint::black_box(recurse(std::hint::black_box(depth + 1.0))) + depth
}

fn spin() {
    let mut number = 1_u64;
    loop {
        number = std::hint::black_box(number.wrapping_mul(31));
    }
}

fn hoard() {
    let mut hoard: Vec<Vec<u8>> = Vec::new();
    loop {
        hoard.push(std::hint::black_box(vec![1; 1 << 20]));
    }
}

export!(source: Misbehaving);

//! A source that does on purpose what the sandbox must stop: one deed per instance.

use vitrine_sdk::{Fault, Samples, Source, export, http, log};

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
    /// Values that are not numbers.
    Nan,
    /// More log lines than anybody reads.
    Flood,
    /// Waits for an answer that does not come.
    Sleep,
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

    fn collect(&mut self) -> Result<Samples, Fault> {
        let mut samples = Samples::new();
        match self.0.deed {
            Deed::Spin => spin(),
            Deed::Hoard => hoard(),
            Deed::Panic => panic!("this was on purpose"),
            Deed::Sneak | Deed::Sleep => {
                http::Request::get(&self.0.url).send()?;
            }
            Deed::Nothing => {}
            Deed::Refuse => return Err(Fault::Upstream("the other side is down".to_owned())),
            Deed::Nan => samples.gauge("misbehaving_value", &[("kind", "nan")], f64::NAN),
            Deed::Flood => (0..100_000).for_each(|number| log::info(&number.to_string())),
        }
        samples.gauge("misbehaving_runs", &[], 1.0);
        Ok(samples)
    }
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

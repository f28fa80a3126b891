//! What a sample takes on disk, of the kinds that hosts have. `cargo bench -p vitrine-store --bench bytes`.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed bench")]

use std::io::Write;
use std::ops::ControlFlow;
use std::time::Instant;

use vitrine_model::labels::NAME;
use vitrine_model::port::samples::{Bounds, Select, SelectLimits};
use vitrine_model::push::Push;
use vitrine_model::{Matcher, Millis};
use vitrine_store::Store;

const STEP: Millis = 15_000;
const END: Millis = 1_763_649_000_000;
const DAY: usize = 5_760;

/// Numbers that look random and are the same each time (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn exponential(&mut self) -> f64 {
        -(1.0 - self.next()).ln()
    }
}

/// Four in ten are counters of whole numbers, two of hundredths, two memory in pages, one tenths, one noise.
struct Wave {
    kind: usize,
    mean: f64,
    value: f64,
    random: Random,
}

impl Wave {
    fn new(series: usize) -> Wave {
        let mut random = Random(series as u64 * 7_919);
        let mean = 10_f64.powf(0.5 + 3.0 * random.next());
        Wave { kind: series % 10, mean, value: (random.next() * 1e6).floor(), random }
    }

    fn next(&mut self) -> f64 {
        let random = &mut self.random;
        match self.kind {
            0..4 => {
                self.value += (random.exponential() * self.mean).floor();
                self.value
            }
            4 | 5 => {
                self.value += random.exponential() * 300.0;
                self.value.floor() / 100.0
            }
            6 | 7 => {
                if random.next() < 0.3 {
                    self.value += ((random.next() - 0.5) * 128.0).floor();
                }
                self.value * 4_096.0
            }
            8 => (2_000.0 + (random.next() + random.next() - 1.0) * 500.0).floor() / 10.0,
            _ => random.next() * 100.0,
        }
    }
}

fn fill(store: &Store, name: &str, series: usize, steps: usize) -> f64 {
    let mut waves: Vec<Wave> = (0..series).map(Wave::new).collect();
    let mut push = Push::new("bench");
    let mut spent = 0.0;
    for from in (0..steps).step_by(2) {
        push.clear();
        for number in 0..series {
            push.label(NAME, name);
            push.label("instance", &format!("host-{:03}.example:9100", number / 10));
            push.label("number", &number.to_string());
            push.finish().unwrap();
        }
        for step in from..from + 2 {
            let time = END - (steps - step) as Millis * STEP;
            waves.iter_mut().enumerate().for_each(|(place, wave)| push.sample(place as u32, time, wave.next()));
        }
        push.backfill = true;
        let began = Instant::now();
        store.samples().push(std::slice::from_ref(&push), Bounds::OPEN).unwrap();
        spent += began.elapsed().as_secs_f64();
    }
    spent * 1e9 / (series * steps) as f64
}

fn scan(store: &Store, name: &str, steps: usize) -> (usize, f64) {
    let matchers = [Matcher::equal(NAME, name)];
    let mut best = f64::MAX;
    let mut found = 0;
    for _ in 0..20 {
        let began = Instant::now();
        found = 0;
        let select = Select::new(&matchers, END - steps as Millis * STEP, END, SelectLimits::NONE);
        let mut take = |_: &_, times: &[Millis], _: &[f64]| {
            found += times.len();
            ControlFlow::Continue(())
        };
        store.samples().scan(&select, &mut take).unwrap();
        best = best.min(began.elapsed().as_secs_f64());
    }
    (found, best)
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut out = std::io::stdout();
    let sizes = [("many", 1_000, DAY / 2), ("long", 1, DAY * 7), ("some", 100, DAY)];
    let mut samples = 0;
    for (name, series, steps) in sizes {
        let spent = fill(&store, name, series, steps);
        samples += series * steps;
        let _ = writeln!(out, "{name}: {series} series, {steps} steps: {spent:.0} ns a sample of the wall");
    }
    store.settle().unwrap();
    let bytes = |file: &str| std::fs::metadata(folder.path().join(file)).map_or(0, |file| file.len());
    let told = |file: &str| format!("{:.3} in {file}", bytes(file) as f64 / samples as f64);
    let _ = writeln!(out, "settled: bytes a sample {}, {}", told("samples.db"), told("samples.db-wal"));
    store.close().unwrap();
    let _ = writeln!(out, "closed: bytes a sample {}", told("samples.db"));
    for (name, _, steps) in &sizes[1..] {
        let (found, best) = scan(&store, name, *steps);
        let _ = writeln!(out, "{name}: {found} in {:.0} µs, {:.1} ns a sample", best * 1e6, best * 1e9 / found as f64);
    }
}

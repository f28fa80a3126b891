//! What a sample costs: coming in, being sealed, being read. `cargo bench -p vitrine-store`.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed bench")]

use std::hint::black_box;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vitrine_model::labels::NAME;
use vitrine_model::port::samples::{Bounds, Moments, Select, SelectLimits};
use vitrine_model::push::Push;
use vitrine_model::{Matcher, Millis};
use vitrine_store::Store;

const STEP: Millis = 15_000;
const START: Millis = 1_763_596_800_000;

/// As on a machine: counters of whole numbers and of hundredths, gauges that wander, flags.
fn value(series: usize, step: usize) -> f64 {
    let noise = ((step * 2_654_435_761 + series * 40_503) >> 7) % 1_000;
    match series % 5 {
        0 => (step * 17 + noise / 50) as f64,
        1 => (step * 1_500 + noise) as f64 / 100.0,
        2 => (40_000 + noise) as f64 / 1_000.0,
        3 => ((8_000_000 + noise * 16) * 4_096) as f64,
        _ => 1.0,
    }
}

fn name(push: &mut Push, series: usize) {
    push.label(NAME, &format!("metric_{}_total", series % 50));
    push.label("cluster", "one");
    push.label("instance", &format!("host-{:03}.example:9100", series / 50));
    push.label("job", "node");
    push.label("mode", ["user", "system", "idle"][series % 3]);
    push.finish().unwrap();
}

/// One sample of each series at each of some steps.
fn push(series: usize, steps: std::ops::Range<usize>) -> Push {
    let mut push = Push::new("bench");
    (0..series).for_each(|series| name(&mut push, series));
    for step in steps {
        for series in 0..series {
            push.sample(series as u32, START + step as Millis * STEP, value(series, step));
        }
    }
    push
}

fn fill(store: &Store, series: usize, steps: usize) {
    for from in (0..steps).step_by(4) {
        store.samples().push(&[push(series, from..(from + 4).min(steps))], Bounds::OPEN).unwrap();
    }
}

/// Pushes of 2,000 samples: two steps of a thousand known series.
fn append(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let samples = store.samples();
    let mut step = 0;
    let mut group = criterion.benchmark_group("append");
    group.throughput(Throughput::Elements(2_000)).measurement_time(Duration::from_secs(5));
    group.bench_function("2000 samples of 1000 known series", |bencher| {
        bencher.iter_custom(|rounds| {
            let mut spent = Duration::ZERO;
            for _ in 0..rounds {
                let push = [push(1_000, step..step + 2)];
                step += 2;
                let began = Instant::now();
                samples.push(&push, Bounds::OPEN).unwrap();
                spent += began.elapsed();
            }
            spent
        });
    });
    group.finish();
}

fn scan(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let days = 7 * 5_760;
    fill(&store, 100, days);
    store.settle().unwrap();
    let samples = store.samples();
    let end = START + days as Millis * STEP;
    let bytes = samples.statistics(0).unwrap().bytes;
    eprintln!("{:.3} bytes a sample of 100 series and 7 days", bytes as f64 / (100 * days) as f64);
    let mut group = criterion.benchmark_group("scan");
    let mut check = |name: &str, matchers: &[Matcher], start: Millis, count: u64| {
        group.throughput(Throughput::Elements(count));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut found = 0;
                samples
                    .scan(&Select::new(matchers, start, end, SelectLimits::NONE), &mut |_, times, values| {
                        found += black_box(times).len().min(black_box(values).len());
                        ControlFlow::Continue(())
                    })
                    .unwrap();
                assert_eq!(found as u64, count);
            });
        });
    };
    let one = [Matcher::equal(NAME, "metric_7_total"), Matcher::equal("instance", "host-000.example:9100")];
    check("1 series, 7 days", &one, START, days as u64);
    check("100 series, 24 hours", &[Matcher::equal("job", "node")], end - 5_760 * STEP, 100 * 5_760);
    let mut look = |name: &str, matchers: &[Matcher], start: Millis, step: Millis, count: u64| {
        let select = Select::new(matchers, start, end, SelectLimits::NONE);
        let select = Select { moments: Some(Moments { first: start, step, back: 300_000 }), ..select };
        group.throughput(Throughput::Elements(count));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut found = 0;
                let mut take = |_: &_, times: &[Millis], values: &[f64]| {
                    found += black_box(times).len().min(black_box(values).len());
                    ControlFlow::Continue(())
                };
                samples.scan(&select, &mut take).unwrap();
                assert!(found > 0);
            });
        });
    };
    look("1 series, 7 days, looked at 1,000 times", &one, START, 604_800, days as u64);
    look(
        "100 series, 24 hours, looked at every 5 minutes",
        &[Matcher::equal("job", "node")],
        end - 5_760 * STEP,
        300_000,
        100 * 5_760,
    );
    group.finish();
}

/// The whole of it: pushed, sealed, merged; CPU of the seal is in `vitrine_store_seal_seconds`.
fn seal(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("seal");
    group.sample_size(10).throughput(Throughput::Elements(480_000));
    group.bench_function("1000 series, 2 hours", |bencher| {
        bencher.iter_custom(|rounds| {
            (0..rounds)
                .map(|_| {
                    let folder = tempfile::tempdir().unwrap();
                    let store = Store::open(folder.path()).unwrap();
                    fill(&store, 1_000, 480);
                    let began = Instant::now();
                    store.close().unwrap();
                    began.elapsed()
                })
                .sum()
        });
    });
    group.finish();
}

criterion_group!(benches, append, scan, seal);
criterion_main!(benches);

//! What the engine itself takes, over samples that cost next to nothing to read.
#![expect(clippy::unwrap_used, reason = "a failed unwrap ends the measurement")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use vitrine_model::frame::TimeRange;
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Bounds, Samples, Select, Take};
use vitrine_model::push::Push;
use vitrine_model::sample::Family;
use vitrine_model::{Labels, Matcher, Millis};
use vitrine_query::{Cancel, Engine, Expr, Limits};

const STEP: Millis = 15_000;
const HOUR: Millis = 3_600_000;

/// Series in columns, in order of labels, all with the same times.
struct Columns {
    times: Vec<Millis>,
    series: Vec<(Labels, Vec<f64>)>,
}

impl Columns {
    fn engine(count: usize, span: Millis) -> Engine {
        let times: Vec<Millis> = (0..=span / STEP).map(|place| place * STEP).collect();
        let one = |place: usize| {
            let labels = Labels::from_pairs([
                ("__name__", "metric_total".to_owned()),
                ("instance", format!("host-{place:05}")),
                ("job", format!("job-{}", place % 100)),
            ]);
            (labels, times.iter().map(|time| (*time / 1_000) as f64 * (1.0 + place as f64)).collect())
        };
        let mut series: Vec<(Labels, Vec<f64>)> = (0..count).map(one).collect();
        series.sort_by(|a, b| a.0.cmp(&b.0));
        let limits = Limits { samples: usize::MAX, memory: usize::MAX, duration: Duration::from_secs(600), ..Limits::default() };
        Engine::new(Arc::new(Columns { times, series }), limits)
    }
}

impl Samples for Columns {
    fn push(&self, _: &[Push], _: Bounds) -> Result<Vec<Appended>, StoreError> {
        Err(StoreError("these samples are fixed".to_owned()))
    }

    fn scan(&self, select: &Select<'_>, take: &mut Take<'_>) -> Result<(), StoreError> {
        let first = self.times.partition_point(|time| *time < select.start);
        let last = self.times.partition_point(|time| *time <= select.end);
        for (labels, values) in &self.series {
            let matches = select.matchers.iter().all(|matcher| matcher.matches(labels));
            if matches && take(labels, &self.times[first..last], &values[first..last]).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn series(&self, _: &[Matcher], _: Millis, _: Millis, _: usize) -> Result<Vec<Labels>, StoreError> {
        Ok(Vec::new())
    }

    fn families(&self) -> Result<Vec<Family>, StoreError> {
        Ok(Vec::new())
    }

    fn forget(&self, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }
}

fn measure(criterion: &mut Criterion, name: &str, engine: &Engine, text: &str, range: TimeRange) {
    let expr = Expr::parse(text).unwrap();
    criterion.bench_function(name, |bencher| bencher.iter(|| black_box(engine.range(&expr, range, &Cancel::new()).unwrap())));
}

fn queries(criterion: &mut Criterion) {
    let week = 7 * 24 * HOUR;
    let one = Columns::engine(1, week);
    let points = TimeRange { start: week / 1_000, end: week, step: week / 1_000 };
    measure(criterion, "one series, 7 d, 1,000 points", &one, "metric_total", points);
    measure(criterion, "rate of one series, 7 d, 1,000 points", &one, "rate(metric_total[15m])", points);

    let day = 24 * HOUR;
    let hundred = Columns::engine(100, day);
    let steps = |count: Millis| TimeRange { start: day / count, end: day, step: day / count };
    measure(criterion, "100 series, 24 h, 288 steps", &hundred, "metric_total", steps(288));
    measure(criterion, "rate of 100 series, 24 h, 288 steps", &hundred, "rate(metric_total[5m])", steps(288));
    measure(criterion, "rate of 100 series, 24 h, 1,000 steps", &hundred, "rate(metric_total[5m])", steps(1_000));
    measure(criterion, "mean of 100 series, 24 h, 288 steps", &hundred, "avg_over_time(metric_total[1h])", steps(288));

    let hour = 5 * HOUR;
    let many = Columns::engine(10_000, hour);
    let steps = TimeRange { start: hour / 1_000, end: hour, step: hour / 1_000 };
    measure(criterion, "sum by of 10,000 series, 1,000 steps", &many, "sum by (job) (metric_total)", steps);
    measure(criterion, "sum by of rates of 10,000 series, 1,000 steps", &many, "sum by (job) (rate(metric_total[5m]))", steps);
    let moment = TimeRange { start: hour, end: hour, step: 1 };
    measure(criterion, "sum by of 10,000 series, one moment", &many, "sum by (job) (metric_total)", moment);
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(300));
    targets = queries
}
criterion_main!(benches);

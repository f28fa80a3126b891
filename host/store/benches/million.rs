//! A million active series: what coming in, looking up and reading costs. `cargo bench -p vitrine-store --bench million`.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed bench")]

use std::io::Write;
use std::ops::ControlFlow;
use std::time::Instant;

use vitrine_model::labels::NAME;
use vitrine_model::matcher::{Test, anchored};
use vitrine_model::port::samples::{Bounds, Select, SelectLimits};
use vitrine_model::push::Push;
use vitrine_model::{Matcher, Millis};
use vitrine_store::Store;

const SERIES: usize = 1_000_000;
const ROUNDS: usize = 8;
const AT_ONCE: usize = 2_000;
const START: Millis = 1_763_596_800_000;

/// A hundred metrics of ten thousand instances.
fn round(store: &Store, round: usize) {
    let mut push = Push::new("bench");
    for from in (0..SERIES).step_by(AT_ONCE) {
        push.clear();
        for number in from..from + AT_ONCE {
            push.label(NAME, &format!("metric_{:02}_total", number % 100));
            push.label("cluster", ["one", "two", "three"][number / 100 % 3]);
            push.label("instance", &format!("host-{:04}.example:9100", number / 100));
            push.label("job", "node");
            push.label("pod", &format!("pod-{:04}-7f9c{:03}", number / 100, number / 100 % 997));
            let series = push.finish().unwrap();
            push.sample(series, START + round as Millis * 15_000, (number % 977 * (round + 3)) as f64 / 4.0);
        }
        store.samples().push(std::slice::from_ref(&push), Bounds::OPEN).unwrap();
    }
}

fn resident_mib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or(0) / 1024
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let outcome = work();
    let spent = began.elapsed().as_secs_f64() * 1_000.0;
    let _ = writeln!(std::io::stdout(), "{what:<58} {spent:>10.2} ms   {:>5} MiB", resident_mib());
    outcome
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    timed("a million new series, 500 pushes", || round(&store, 0));
    timed("7 samples of each, 3,500 pushes", || (1..ROUNDS).for_each(|step| round(&store, step)));
    look(&store);
    timed("all sealed, and closed", || store.close().unwrap());
    let statistics = store.samples().statistics(3).unwrap();
    let _ = writeln!(std::io::stdout(), "{} blocks, {} MiB on disk", statistics.blocks, statistics.bytes >> 20);
    drop(store);
    let store = timed("opened again", || Store::open(folder.path()).unwrap());
    look(&store);
}

fn look(store: &Store) {
    let samples = store.samples();
    let end = START + ROUNDS as Millis * 15_000;
    let matcher = |name: &str, test: Test| Matcher { name: name.to_owned(), test };
    let pattern = |text: &str| anchored(text).unwrap();
    let count = |matchers: &[Matcher]| {
        let mut series = 0;
        let select = Select::new(matchers, START, end, SelectLimits::NONE);
        let mut take = |_: &_, _: &[Millis], values: &[f64]| {
            series += usize::from(!values.is_empty());
            ControlFlow::Continue(())
        };
        samples.scan(&select, &mut take).unwrap();
        series
    };
    let metric = || Matcher::equal(NAME, "metric_42_total");
    let one = [metric(), Matcher::equal("instance", "host-0042.example:9100")];
    assert_eq!(timed("scan of one series", || count(&one)), 1);
    assert_eq!(timed("scan of 10,000 series", || count(&[metric()])), 10_000);
    let tens = [metric(), matcher("instance", Test::Match(pattern("host-00[0-4].*")))];
    assert_eq!(timed("scan of 50 series by a pattern", || count(&tens)), 50);
    let most =
        [matcher(NAME, Test::NotMatch(pattern("metric_.[1-9]_total"))), matcher("pod", Test::Match(pattern(".*-7f9c00.")))];
    let few = timed("series by two patterns, without a name", || samples.series(&most, START, end, usize::MAX).unwrap());
    assert!(!few.is_empty());
    let names = timed("values of a label, 10,000", || samples.label_values("pod", &[], START, end, usize::MAX).unwrap());
    assert_eq!(names.len(), 10_000);
    timed("values of a label of 10,000 series", || samples.label_values("pod", &[metric()], START, end, usize::MAX).unwrap());
    timed("names of labels", || samples.label_names(&[], START, end, usize::MAX).unwrap());
    timed("statistics", || samples.statistics(10).unwrap());
}

//! How fast a page is read: one like the node exporter's, in both formats.
#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vitrine_exposition::{Format, Item, Parser};

/// Samples in the page.
const SAMPLES: usize = 1_200;

/// `EXPOSITION` names a file to read in its place.
fn page() -> String {
    if let Some(path) = std::env::var_os("EXPOSITION") {
        return std::fs::read_to_string(path).unwrap();
    }
    let mut page = String::new();
    for family in 0..SAMPLES / 8 {
        let name = format!("node_device_{family}_bytes");
        writeln!(page, "# HELP {name} What the device has received since it was started.\n# TYPE {name} gauge").unwrap();
        for device in 0..8 {
            let value = (family * 7_919 + device) as f64 * 1.25;
            writeln!(page, "{name}{{device=\"eth{device}\",mode=\"receive\"}} {value}").unwrap();
        }
    }
    page
}

fn count(text: &str, format: Format) -> usize {
    let mut parser = Parser::new(text, format);
    let mut samples = 0;
    while let Some(item) = parser.next().unwrap() {
        if let Item::Sample(sample) = item {
            black_box(sample);
            samples += 1;
        }
    }
    samples
}

fn benches(criterion: &mut Criterion) {
    let page = page();
    let samples = count(&page, Format::Prometheus) as u64;
    // What is strict in both is read in both.
    let strict = format!("{page}# EOF\n");
    let mut texts = vec![("prometheus", page.as_str(), Format::Prometheus)];
    let is_strict = {
        let mut parser = Parser::new(&strict, Format::OpenMetrics);
        std::iter::from_fn(|| parser.next().map(|item| item.is_some()).map_err(|_| ()).ok().filter(|more| *more)).count() as u64
            >= samples
    };
    if is_strict {
        texts.push(("openmetrics", &strict, Format::OpenMetrics));
    }
    for (name, text, format) in texts {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("bytes", |bencher| bencher.iter(|| count(black_box(text), format)));
        group.throughput(Throughput::Elements(samples));
        group.bench_function("samples", |bencher| bencher.iter(|| count(black_box(text), format)));
        group.finish();
    }
}

criterion_group!(parse, benches);
criterion_main!(parse);

//! What decoding costs for each sample, from the compressed body to the push.

mod encode;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use encode::Series;
use vitrine_model::push::Push;
use vitrine_monitor::push::remote_write::{Decoder, Version};

const NOW: i64 = 1_763_632_803_000;

/// As of a node exporter: six labels, of which some differ.
fn series(count: usize, samples: usize) -> Vec<Series<'static>> {
    let one = |place: usize| {
        let labels = vec![
            ("__name__", format!("node_network_receive_bytes_{}_total", place % 50)),
            ("cluster", "production-eu-west".to_owned()),
            ("device", format!("eth{}", place / 50)),
            ("instance", format!("machine-{:03}.shop.example:9100", place % 7)),
            ("job", "node".to_owned()),
            ("mode", "idle".to_owned()),
        ];
        let samples = (0..samples).map(|step| (NOW + step as i64 * 15_000, (place * 1_000 + step) as f64 * 1.25)).collect();
        (labels, samples)
    };
    (0..count).map(one).collect()
}

fn benches(criterion: &mut Criterion) {
    for (name, count, samples) in [("2000 series of one sample", 2_000, 1), ("1000 series of ten samples", 1_000, 10)] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements((count * samples) as u64));
        let series = series(count, samples);
        for (version, body) in [(Version::First, encode::first(&series)), (Version::Second, encode::second(&series))] {
            let compressed = snap::raw::Encoder::new().compress_vec(&body).unwrap_or_default();
            let mut decoder = Decoder::default();
            group.bench_function(format!("{version:?}: snappy"), |bencher| {
                bencher.iter(|| decoder.uncompress(black_box(&compressed)));
            });
            let mut push = Push::new("bench");
            let stranger = || {
                let mut decoder = Decoder::default();
                decoder.uncompress(&compressed).map(|()| decoder)
            };
            group.bench_function(format!("{version:?}: protobuf, of series never met"), |bencher| {
                bencher.iter_batched(
                    || (stranger(), Push::new("bench")),
                    |(decoder, mut push)| decoder.and_then(|mut decoder| decoder.decode_body(version, &mut push)),
                    BatchSize::LargeInput,
                );
            });
            group.bench_function(format!("{version:?}: protobuf"), |bencher| {
                bencher.iter(|| {
                    push.clear();
                    decoder.decode_body(version, &mut push)
                });
            });
        }
        group.finish();
    }
}

criterion_group!(decoding, benches);
criterion_main!(decoding);

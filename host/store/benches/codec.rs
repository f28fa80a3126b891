//! Our codec beside `pco` and Gorilla (`tsz`), on the shapes that metrics have: bytes, and time both ways.
//! `cargo bench -p vitrine-store --bench codec` ends with a table.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed bench")]

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use tsz::stream::{BufferedReader, BufferedWriter};
use tsz::{DataPoint, Decode, Encode, StdDecoder, StdEncoder};
use vitrine_model::Millis;
use vitrine_store::Codec;

const STEP: Millis = 15_000;
const START: Millis = 1_763_596_800_000;
/// What a block of two hours holds, and one of a day.
const LENGTHS: [usize; 2] = [480, 5_760];

/// Numbers that look random and are the same each time (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

type Column = (Vec<Millis>, Vec<f64>);

/// The samples of a series, each made from the one before.
fn column(count: usize, jitter: f64, mut next: impl FnMut(f64, &mut Random) -> f64) -> Column {
    let (mut random, mut value) = (Random(7), 1_234.0);
    let mut late = Random(11);
    (0..count)
        .map(|step| {
            value = next(value, &mut random);
            (START + step as Millis * STEP + (late.next() * jitter) as Millis, value)
        })
        .unzip()
}

fn shapes(count: usize) -> [(&'static str, Column); 7] {
    let counter = |value: f64, random: &mut Random| value + (-(1.0 - random.next()).ln() * 300.0).floor();
    let pages = |value: f64, random: &mut Random| match random.next() < 0.3 {
        true => value + ((random.next() - 0.5) * 128.0).floor() * 4_096.0,
        false => value,
    };
    [
        ("counter", column(count, 0.0, counter)),
        ("counter, scraped up to 40 ms late", column(count, 40.0, counter)),
        ("memory in pages", column(count, 0.0, pages)),
        ("temperature in tenths", column(count, 0.0, |_, random| ((random.next() + random.next()) * 250.0).floor() / 10.0)),
        ("percentage in hundredths", column(count, 0.0, |_, random| (random.next() * 10_000.0).floor() / 100.0)),
        ("constant", column(count, 0.0, |_, _| 1.0)),
        ("random doubles", column(count, 0.0, |_, random| random.next())),
    ]
}

/// One way to make samples bytes, and bytes samples again.
trait Way {
    const NAME: &'static str;
    fn encode(&mut self, column: &Column) -> Vec<u8>;
    fn decode(&mut self, bytes: &[u8]) -> Column;
}

impl Way for Codec {
    const NAME: &'static str = "ours";

    fn encode(&mut self, (times, values): &Column) -> Vec<u8> {
        let mut bytes = Vec::new();
        Codec::encode(self, times, values, &mut bytes);
        bytes
    }

    fn decode(&mut self, bytes: &[u8]) -> Column {
        let mut column = Column::default();
        Codec::decode(self, bytes, &mut column.0, &mut column.1).unwrap();
        column
    }
}

/// Times and values each as a whole, with the length of the first before them.
struct Pco;

impl Way for Pco {
    const NAME: &'static str = "pco";

    fn encode(&mut self, (times, values): &Column) -> Vec<u8> {
        let usual = pco::ChunkConfig::default();
        let times = pco::standalone::simple_compress(times, &usual).unwrap();
        let values = pco::standalone::simple_compress(values, &usual).unwrap();
        [&(times.len() as u32).to_le_bytes()[..], &times, &values].concat()
    }

    fn decode(&mut self, bytes: &[u8]) -> Column {
        let (length, rest) = bytes.split_first_chunk::<4>().unwrap();
        let (times, values) = rest.split_at(u32::from_le_bytes(*length) as usize);
        (pco::standalone::simple_decompress(times).unwrap(), pco::standalone::simple_decompress(values).unwrap())
    }
}

struct Gorilla;

impl Way for Gorilla {
    const NAME: &'static str = "Gorilla";

    fn encode(&mut self, (times, values): &Column) -> Vec<u8> {
        let mut encoder = StdEncoder::new(times[0].cast_unsigned(), BufferedWriter::new());
        for (time, value) in times.iter().zip(values) {
            encoder.encode(DataPoint::new(time.cast_unsigned(), *value));
        }
        encoder.close().into()
    }

    fn decode(&mut self, bytes: &[u8]) -> Column {
        let mut decoder = StdDecoder::new(BufferedReader::new(bytes.into()));
        let next = || decoder.next().ok().map(|point| (point.get_time().cast_signed(), point.get_value()));
        std::iter::from_fn(next).unzip()
    }
}

/// Bytes of a sample, and nanoseconds of encoding and decoding it.
struct Row {
    what: String,
    way: &'static str,
    bytes: f64,
    times: [f64; 2],
}

/// Nanoseconds of a call at best, of all that criterion made.
fn best<T>(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
    mut work: impl FnMut() -> T,
) -> f64 {
    let mut best = f64::MAX;
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|count| {
            let began = Instant::now();
            (0..count).for_each(|_| drop(black_box(work())));
            let spent = began.elapsed();
            best = best.min(spent.as_secs_f64() * 1e9 / count as f64);
            spent
        });
    });
    best
}

fn measure<W: Way>(criterion: &mut Criterion, what: &str, column: &Column, mut way: W, rows: &mut Vec<Row>) {
    let bytes = way.encode(column);
    let back = way.decode(&bytes);
    assert_eq!(back.0, column.0, "{what}");
    assert!(back.1.iter().zip(&column.1).all(|(a, b)| a.to_bits() == b.to_bits()), "{what}");
    let count = column.0.len() as f64;
    let mut group = criterion.benchmark_group(format!("{what}, {count}"));
    group.throughput(Throughput::Elements(column.0.len() as u64));
    let name = |work: &str| format!("{} {work}", W::NAME);
    let (in_name, out_name) = (name("in"), name("out"));
    let encoded = best(&mut group, &in_name, || way.encode(column));
    let decoded = best(&mut group, &out_name, || way.decode(&bytes));
    group.finish();
    let (what, times) = (format!("{what}, {count}"), [encoded / count, decoded / count]);
    rows.push(Row { what, way: W::NAME, bytes: bytes.len() as f64 / count, times });
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300))
        .configure_from_args();
    let mut rows = Vec::new();
    for count in LENGTHS {
        for (what, column) in shapes(count) {
            measure(&mut criterion, what, &column, Codec::default(), &mut rows);
            measure(&mut criterion, what, &column, Pco, &mut rows);
            measure(&mut criterion, what, &column, Gorilla, &mut rows);
        }
    }
    criterion.final_summary();
    table(&rows);
}

/// Ours as it is, and the others as multiples of it.
fn table(rows: &[Row]) {
    let mut out = std::io::stdout();
    let _ =
        writeln!(out, "| samples | way | bytes a sample | in, ns a sample | out, ns a sample |\n| --- | --- | --- | --- | --- |");
    for some in rows.chunks(3) {
        let ours = &some[0];
        for row in some {
            let show = |figure: f64, ours: f64| match row.way {
                Codec::NAME => format!("{figure:.2}"),
                _ => format!("{figure:.2}, {:.1} ×", figure / ours),
            };
            let (bytes, encoded) = (show(row.bytes, ours.bytes), show(row.times[0], ours.times[0]));
            let decoded = show(row.times[1], ours.times[1]);
            let _ = writeln!(out, "| {} | {} | {bytes} | {encoded} | {decoded} |", row.what, row.way);
        }
    }
}

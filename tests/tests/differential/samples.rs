//! Two hours of samples of all kinds, the same in every run, and how they travel by remote write.

use vitrine_model::sample::{Sample, stale};
use vitrine_model::{Labels, Millis};

/// A second whose distance from each whole minute is 20 s.
pub(super) const BASE: Millis = 1_700_000_000_000;

const STEP: Millis = 15_000;
/// Samples lie between whole seconds.
const OFF: Millis = 3_217;
const COUNT: usize = 480;

pub(super) type Series = (Labels, Vec<Sample>);

pub(super) fn series() -> Vec<Series> {
    let mut all = Vec::new();
    for (place, job) in ["web", "db", "cache"].into_iter().enumerate() {
        for (twin, instance) in ["a", "b"].into_iter().enumerate() {
            for (share, code) in [(9, "200"), (2, "500")] {
                let labels = [("job", job), ("instance", instance), ("code", code)];
                all.push(counter(
                    "requests_total",
                    &labels,
                    20.0 * f64::from(share) + place as f64,
                    place * 97 + twin * 13 + share as usize,
                ));
            }
            let version = format!("1.{place}");
            all.push(constant("build_info", &[("job", job), ("instance", instance), ("version", version.as_str())], 1.0));
        }
        all.push(constant("limit_bytes", &[("job", job)], 1_000.0 * (place + 1) as f64));
        let mut holes = gauge("holes", &[("job", job)], 50.0, place);
        holes.1 = holes.1.into_iter().enumerate().filter(|(at, _)| at / 40 % 3 != place).map(|(_, sample)| sample).collect();
        all.push(holes);
        all.extend(latencies(job, place));
    }
    for (place, (room, floor)) in [("hall", "0"), ("kitchen", "0"), ("study", "1"), ("attic", "2")].into_iter().enumerate() {
        all.push(gauge("temperature", &[("room", room), ("floor", floor)], 21.0, place + 3));
        all.push(gauge("humidity", &[("room", room), ("floor", floor)], 20.5, place + 11));
    }
    let mut stopped = gauge("stopped", &[("job", "web")], 5.0, 5);
    stopped.1.truncate(300);
    stopped.1[299].value = stale();
    stopped.1[100].value = stale();
    all.push(stopped);
    all.push(constant("noughts", &[], 0.0));
    let mut nans = gauge("nans", &[("job", "web")], 3.0, 8);
    nans.1.iter_mut().step_by(7).for_each(|sample| sample.value = f64::NAN);
    all.push(nans);
    all.push(constant("nans", &[("job", "db")], f64::NAN));
    all
}

/// Numbers between 0 and 1 without a pattern, the same in every run.
fn noise(seed: usize, place: usize) -> f64 {
    let mut state = (seed as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (place as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 30)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((state ^ (state >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn labelled(name: &str, labels: &[(&str, &str)], value: impl FnMut(usize) -> f64) -> Series {
    let labels = Labels::from_pairs(labels.iter().copied().chain([("__name__", name)]));
    let time = |place: usize| BASE + OFF + STEP * place as Millis;
    let values = (0..COUNT).map(value).enumerate();
    (labels, values.map(|(place, value)| Sample { time: time(place), value }).collect())
}

fn constant(name: &str, labels: &[(&str, &str)], value: f64) -> Series {
    labelled(name, labels, |_| value)
}

fn gauge(name: &str, labels: &[(&str, &str)], middle: f64, seed: usize) -> Series {
    labelled(name, labels, |place| middle + 4.0 * (place as f64 / 30.0 + seed as f64).sin() + noise(seed, place))
}

/// Rises unevenly, and begins anew now and then.
fn counter(name: &str, labels: &[(&str, &str)], pace: f64, seed: usize) -> Series {
    let mut count = 100.0;
    labelled(name, labels, move |place| {
        count = if (place + seed).is_multiple_of(170) { 0.0 } else { count + (pace * noise(seed, place)).floor() };
        count
    })
}

/// The buckets, count and sum of a histogram.
fn latencies(job: &str, seed: usize) -> Vec<Series> {
    let shares = [("0.05", 0.2), ("0.1", 0.5), ("0.5", 0.8), ("1", 0.93), ("5", 0.99), ("+Inf", 1.0)];
    let bucket = |le: &str, share: f64| {
        let mut count = 0.0;
        labelled("latency_bucket", &[("job", job), ("le", le)], |place| {
            count += (share * (40.0 * noise(seed + 50, place)).floor()).floor();
            count
        })
    };
    let mut all: Vec<Series> = shares.into_iter().map(|(le, share)| bucket(le, share)).collect();
    let (_, count) = bucket("+Inf", 1.0);
    let mut sum = count.clone();
    sum.iter_mut().for_each(|sample| sample.value *= 0.3);
    all.push((Labels::from_pairs([("__name__", "latency_count"), ("job", job)]), count));
    all.push((Labels::from_pairs([("__name__", "latency_sum"), ("job", job)]), sum));
    all
}

/// A write request of remote write 1.0: protobuf in snappy.
pub(super) fn remote_write(series: &[Series]) -> Vec<u8> {
    let mut request = Vec::new();
    for (labels, samples) in series {
        let mut one = Vec::new();
        for (name, value) in labels.iter() {
            let mut label = Vec::new();
            field(&mut label, 1, name.as_bytes());
            field(&mut label, 2, value.as_bytes());
            field(&mut one, 1, &label);
        }
        for sample in samples {
            let mut written = vec![1 << 3 | 1];
            written.extend_from_slice(&sample.value.to_le_bytes());
            written.push(2 << 3);
            number(&mut written, sample.time.unsigned_abs());
            field(&mut one, 2, &written);
        }
        field(&mut request, 1, &one);
    }
    snap::raw::Encoder::new().compress_vec(&request).unwrap()
}

fn field(message: &mut Vec<u8>, tag: u8, content: &[u8]) {
    message.push(tag << 3 | 2);
    number(message, content.len() as u64);
    message.extend_from_slice(content);
}

fn number(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push(value as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}

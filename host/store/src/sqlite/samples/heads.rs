//! The newest samples of each series, in memory: just what the hot log holds.
//!
//! As long as there are few samples in all, they lie here as they came. Once there are many, what a series has more than
//! a few of is packed as it will be in its block.

use std::sync::Arc;

use roaring::RoaringBitmap;
use vitrine_model::Millis;
use vitrine_model::sample::Sample;

use super::codec::chunk::{self, Coder};
use super::index::Slot;

/// Samples that all series together may have unpacked.
const UNPACKED: usize = 2_000_000;
/// As many of one series are packed together.
const PACKED: usize = 128;

/// Packed samples, and the first and last of their times.
#[derive(Debug, Clone)]
struct Pack {
    first: Millis,
    last: Millis,
    bytes: Arc<[u8]>,
}

#[derive(Debug)]
struct Head {
    samples: Vec<Sample>,
    packs: Vec<Pack>,
    /// The newest time this series ever had, as far as this process knows.
    newest: Millis,
    /// Whether all times came in order.
    ordered: bool,
}

impl Default for Head {
    fn default() -> Head {
        Head { samples: Vec::new(), packs: Vec::new(), newest: Millis::MIN, ordered: true }
    }
}

#[derive(Debug, Default)]
pub(super) struct Heads {
    series: Vec<Head>,
    /// Those that hold samples.
    filled: RoaringBitmap,
    unpacked: usize,
    packed_bytes: usize,
    packed: usize,
    newest: Option<Millis>,
    coder: Coder,
}

/// What one series has in memory, as of a moment.
#[derive(Debug, Default)]
pub(super) struct Copy {
    packs: Vec<Pack>,
    samples: Vec<Sample>,
}

impl Heads {
    /// The newest time of a series, and what it holds then, where that is at hand.
    pub(super) fn newest_of(&self, slot: Slot) -> (Millis, Option<f64>) {
        match self.series.get(slot as usize) {
            Some(head) => {
                let last = head.samples.last().filter(|sample| sample.time == head.newest);
                (head.newest, last.map(|sample| sample.value))
            }
            None => (Millis::MIN, None),
        }
    }

    pub(super) fn add(&mut self, slot: Slot, time: Millis, value: f64) {
        if self.series.len() <= slot as usize {
            self.series.resize_with(slot as usize + 1, Head::default);
        }
        let head = &mut self.series[slot as usize];
        if head.samples.is_empty() {
            self.filled.insert(slot);
        }
        head.ordered &= time > head.newest || (head.samples.is_empty() && head.packs.is_empty());
        head.newest = head.newest.max(time);
        head.samples.push(Sample { time, value });
        self.unpacked += 1;
        if self.unpacked > UNPACKED && head.samples.len() >= PACKED {
            self.pack(slot);
        }
        self.newest = self.newest.max(Some(time));
    }

    fn pack(&mut self, slot: Slot) {
        let head = &mut self.series[slot as usize];
        let samples = std::mem::take(&mut head.samples);
        let (Some(first), Some(last)) =
            (samples.iter().map(|sample| sample.time).min(), samples.iter().map(|sample| sample.time).max())
        else {
            return;
        };
        let (times, values): (Vec<_>, Vec<_>) = samples.iter().map(|sample| (sample.time, sample.value)).unzip();
        let mut bytes = Vec::new();
        self.coder.encode(&times, &values, &mut bytes);
        self.unpacked -= samples.len();
        self.packed += samples.len();
        self.packed_bytes += bytes.len();
        head.packs.push(Pack { first, last, bytes: bytes.into() });
    }

    /// A slot begins anew with another series.
    pub(super) fn reset(&mut self, slot: Slot) {
        if let Some(head) = self.series.get_mut(slot as usize) {
            *head = Head::default();
        }
    }

    pub(super) fn filled(&self) -> &RoaringBitmap {
        &self.filled
    }

    pub(super) fn newest(&self) -> Option<Millis> {
        self.newest
    }

    pub(super) fn samples(&self) -> usize {
        self.unpacked + self.packed
    }

    /// Bytes of samples, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.unpacked * size_of::<Sample>() * 5 / 4 + self.packed_bytes + self.packed / PACKED * size_of::<Pack>()
    }

    pub(super) fn memory(&self) -> usize {
        self.bytes() + self.series.capacity() * size_of::<Head>()
    }

    /// What a series has with `start <= time <= end`, and perhaps more.
    pub(super) fn copy(&self, slot: Slot, start: Millis, end: Millis) -> Copy {
        let Some(head) = self.series.get(slot as usize) else { return Copy::default() };
        let packs = head.packs.iter().filter(|pack| pack.first <= end && pack.last >= start);
        let samples = head.samples.iter().filter(|sample| sample.time >= start && sample.time <= end);
        Copy { packs: packs.cloned().collect(), samples: samples.copied().collect() }
    }

    /// Fills the columns with what a series has before a time, in the order it came; whether that is in order of time.
    pub(super) fn gather(
        &self,
        slot: Slot,
        before: Millis,
        coder: &mut Coder,
        times: &mut Vec<Millis>,
        values: &mut Vec<f64>,
    ) -> bool {
        let Some(head) = self.series.get(slot as usize) else { return true };
        head.packs.iter().for_each(|pack| unpack(&pack.bytes, coder, times, values));
        times.extend(head.samples.iter().map(|sample| sample.time));
        values.extend(head.samples.iter().map(|sample| sample.value));
        if head.ordered {
            let end = times.partition_point(|time| *time < before);
            times.truncate(end);
            values.truncate(end);
            return true;
        }
        let mut place = 0;
        let keep: Vec<bool> = times.iter().map(|time| *time < before).collect();
        values.retain(|_| (keep[place], place += 1).0);
        times.retain(|time| *time < before);
        false
    }

    /// Forgets what a series has before a time.
    pub(super) fn drop_before(&mut self, slot: Slot, before: Millis) {
        let Some(head) = self.series.get_mut(slot as usize) else { return };
        self.unpacked -= head.samples.len();
        for pack in std::mem::take(&mut head.packs) {
            let (mut times, mut values) = (Vec::new(), Vec::new());
            unpack(&pack.bytes, &mut self.coder, &mut times, &mut values);
            self.packed -= times.len();
            self.packed_bytes -= pack.bytes.len();
            if pack.last >= before {
                let left = times.into_iter().zip(values).filter(|(time, _)| *time >= before);
                let left: Vec<Sample> = left.map(|(time, value)| Sample { time, value }).collect();
                head.samples.splice(0..0, left);
            }
        }
        let mut left: Vec<Sample> = std::mem::take(&mut head.samples);
        left.retain(|sample| sample.time >= before);
        left.shrink_to_fit();
        head.ordered = left.is_sorted_by(|a, b| a.time < b.time);
        head.samples = left;
        self.unpacked += head.samples.len();
        if head.samples.is_empty() {
            self.filled.remove(slot);
        }
    }
}

impl Copy {
    /// Whether anything of it may lie in `start <= time <= end`.
    pub(super) fn touches(&self, start: Millis, end: Millis) -> bool {
        let within = |sample: &Sample| sample.time >= start && sample.time <= end;
        self.packs.iter().any(|pack| pack.first <= end && pack.last >= start) || self.samples.iter().any(within)
    }

    pub(super) fn append(&self, coder: &mut Coder, times: &mut Vec<Millis>, values: &mut Vec<f64>) {
        self.packs.iter().for_each(|pack| unpack(&pack.bytes, coder, times, values));
        times.extend(self.samples.iter().map(|sample| sample.time));
        values.extend(self.samples.iter().map(|sample| sample.value));
    }
}

fn unpack(mut bytes: &[u8], coder: &mut Coder, times: &mut Vec<Millis>, values: &mut Vec<f64>) {
    while let Some(Ok(chunk)) = chunk::next(&mut bytes) {
        coder.decode(chunk, times, values);
    }
}

//! A chunk: up to 2,048 samples of one series, in order of time, with what is needed to skip it and to trust it.
//!
//! Layout: the length of what follows (variable), CRC-32 of the rest (4 bytes), version (1 byte), count, first time, time
//! from first to last, times less the first, values.
//! Chunks follow each other without a gap: a block is a list of them, and what comes later is the later word.

use vitrine_model::Millis;
use vitrine_model::port::samples::Moments;

use super::decimal::{self, Scratch};
use super::integers;
use super::thin;
use super::varint::{get, get_signed, put, put_signed};

pub(in super::super) const LARGEST: usize = 2_048;

const VERSION: u8 = 2;

/// What is known of a chunk before its samples are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Head {
    pub(in super::super) count: usize,
    pub(in super::super) first: Millis,
    pub(in super::super) last: Millis,
}

/// Buffers for encoding and decoding.
#[derive(Debug, Default)]
pub(in super::super) struct Coder {
    scratch: Scratch,
    body: Vec<u8>,
    since: Vec<i64>,
    places: Vec<u32>,
}

/// A chunk whose checksum was right.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Chunk<'a> {
    pub(in super::super) head: Head,
    columns: &'a [u8],
}

impl Coder {
    /// Appends samples in order of time as chunks.
    pub(in super::super) fn encode(&mut self, times: &[Millis], values: &[f64], bytes: &mut Vec<u8>) {
        let parts = times.len().div_ceil(LARGEST).max(1);
        let each = times.len().div_ceil(parts).max(1);
        for (times, values) in times.chunks(each).zip(values.chunks(each)) {
            self.encode_one(times, values, bytes);
        }
    }

    fn encode_one(&mut self, times: &[Millis], values: &[f64], bytes: &mut Vec<u8>) {
        let ([first, ..], [.., last]) = (times, times) else { return };
        let body = &mut self.body;
        body.clear();
        body.push(VERSION);
        put(body, times.len() as u64);
        put_signed(body, *first);
        put(body, last.wrapping_sub(*first).cast_unsigned());
        self.since.clear();
        self.since.extend(times.iter().map(|time| time.wrapping_sub(*first)));
        integers::encode(&self.since, body);
        decimal::encode(values, &mut self.scratch, body);
        put(bytes, body.len() as u64 + 4);
        bytes.extend_from_slice(&crc32fast::hash(body).to_le_bytes());
        bytes.extend_from_slice(body);
    }

    /// Appends the samples of a chunk. None where its columns cannot be read.
    pub(in super::super) fn decode(&mut self, chunk: Chunk<'_>, times: &mut Vec<Millis>, values: &mut Vec<f64>) -> Option<()> {
        let mut columns = chunk.columns;
        let (before, count) = (times.len(), chunk.head.count);
        let decoded = integers::decode(&mut columns, count, times).and_then(|()| {
            times[before..].iter_mut().for_each(|time| *time = time.wrapping_add(chunk.head.first));
            decimal::decode(&mut columns, count, &mut self.scratch, values)
        });
        if decoded.is_none() {
            times.truncate(before);
            values.truncate(before);
        }
        decoded
    }
}

/// Where fewer samples lie between two moments, it costs less to read them all.
const WORTH: i64 = 4;

impl Coder {
    /// Appends of the samples of a chunk those that are the last ones at some moment, and perhaps others. None where its
    /// columns cannot be read.
    pub(in super::super) fn decode_at(
        &mut self,
        chunk: Chunk<'_>,
        moments: Moments,
        times: &mut Vec<Millis>,
        values: &mut Vec<f64>,
    ) -> Option<()> {
        let Head { count, first, last } = chunk.head;
        let samples = count as i64;
        if samples < 2 * WORTH || last.checked_sub(first)?.checked_mul(WORTH)? > moments.step.checked_mul(samples)? {
            return self.decode(chunk, times, values);
        }
        let mut columns = chunk.columns;
        let Some((zero, every)) = thin::steady(&mut columns, count).filter(|(_, every)| *every > 0) else {
            return self.decode(chunk, times, values);
        };
        let begin = first.checked_add(zero)?;
        let before = times.len();
        self.places.clear();
        // The first moment that is not before the first sample.
        let behind = begin.saturating_sub(moments.first).max(0);
        let skipped = behind / moments.step + i64::from(behind % moments.step != 0);
        let mut moment = moments.first.saturating_add(skipped.saturating_mul(moments.step)).max(begin);
        loop {
            let place = (moment.saturating_sub(begin) / every).min(samples - 1);
            let time = begin.wrapping_add(place.wrapping_mul(every));
            if time > moment.saturating_sub(moments.back) {
                self.places.push(place as u32);
                times.push(time);
            }
            moment = moment.saturating_add(moments.step);
            if place == samples - 1 {
                break;
            }
        }
        if self.places.is_empty() {
            return Some(());
        }
        let decoded = decimal::decode_at(&mut columns, count, &self.places, &mut self.scratch, values);
        if decoded.is_none() {
            times.truncate(before);
        }
        decoded
    }
}

/// The chunk at the front of `bytes`, which it moves on. After an error in the chunk, the next one may be whole; where not
/// even its length is right, nothing is left.
pub(in super::super) fn next<'a>(bytes: &mut &'a [u8]) -> Option<Result<Chunk<'a>, &'static str>> {
    if bytes.is_empty() {
        return None;
    }
    let length = get(bytes).and_then(|length| usize::try_from(length).ok());
    let Some((chunk, rest)) = length.and_then(|length| bytes.split_at_checked(length)) else {
        *bytes = &[];
        return Some(Err("it is cut short"));
    };
    *bytes = rest;
    Some(open(chunk))
}

fn open(chunk: &[u8]) -> Result<Chunk<'_>, &'static str> {
    let (checksum, body) = chunk.split_first_chunk::<4>().ok_or("it is cut short")?;
    if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
        return Err("its checksum is wrong");
    }
    let (&version, mut rest) = body.split_first().ok_or("it is empty")?;
    if version != VERSION {
        return Err("it is of another version");
    }
    let head = head(&mut rest).ok_or("its head cannot be read")?;
    Ok(Chunk { head, columns: rest })
}

fn head(bytes: &mut &[u8]) -> Option<Head> {
    let count = usize::try_from(get(bytes)?).ok().filter(|count| (1..=LARGEST).contains(count))?;
    let first = get_signed(bytes)?;
    let last = first.wrapping_add(get(bytes)?.cast_signed());
    Some(Head { count, first, last })
}

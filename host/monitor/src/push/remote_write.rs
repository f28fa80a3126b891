//! Prometheus's remote write, 1.0 and 2.0: snappy and protobuf.
//!
//! <https://prometheus.io/docs/specs/prw/remote_write_spec/>, <https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/>

mod first;
mod known;
mod second;

#[cfg(test)]
mod tests;

use vitrine_model::push::Push;

use self::known::Known;
use super::{Refusals, Unreadable};

/// Which message the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `prometheus.WriteRequest`
    First,
    /// `io.prometheus.write.v2.Request`
    Second,
}

/// What a request held beside what went into the push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Of all kinds, native histograms among them.
    pub refused: Refusals,
    /// Left out: they say where to find traces, which are not kept here.
    pub exemplars: u64,
}

/// How many bytes a compressed body says it has.
pub fn uncompressed_length(compressed: &[u8]) -> Result<usize, Unreadable> {
    snap::raw::decompress_len(compressed).map_err(|error| not_snappy(&error))
}

/// Decodes one request after the other; keeps its memory, and which series it has met.
#[derive(Debug, Default)]
pub struct Decoder {
    body: Vec<u8>,
    known: Known,
}

impl Decoder {
    /// Adds what a compressed request holds to a push. Ask [`uncompressed_length`] first whether it fits.
    pub fn decode(&mut self, compressed: &[u8], version: Version, push: &mut Push) -> Result<Decoded, Unreadable> {
        self.uncompress(compressed)?;
        self.decode_body(version, push)
    }

    /// The first half of [`Decoder::decode`].
    pub fn uncompress(&mut self, compressed: &[u8]) -> Result<(), Unreadable> {
        let length = uncompressed_length(compressed)?;
        self.body.resize(length, 0);
        let written = snap::raw::Decoder::new().decompress(compressed, &mut self.body).map_err(|error| not_snappy(&error))?;
        self.body.truncate(written);
        Ok(())
    }

    /// The second half of [`Decoder::decode`].
    pub fn decode_body(&mut self, version: Version, push: &mut Push) -> Result<Decoded, Unreadable> {
        match version {
            Version::First => first::decode(&self.body, &mut self.known, push),
            Version::Second => second::decode(&self.body, push),
        }
    }

    /// Bytes of the largest body so far.
    pub fn memory(&self) -> usize {
        self.body.capacity()
    }
}

fn not_snappy(error: &snap::Error) -> Unreadable {
    Unreadable(format!("the body is not one block of snappy: {error}"))
}

/// Says of native histograms what becomes of them.
fn refuse_histograms(refused: &mut Refusals, histograms: u64, labels: &[(&str, &str)]) {
    refused.add(histograms, || {
        format!("native histograms are not stored: {} was refused; send classic buckets", super::shown(labels))
    });
}

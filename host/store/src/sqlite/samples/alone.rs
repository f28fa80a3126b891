//! The codec without the engine, for the bench that holds it beside others.

use vitrine_model::Millis;

use super::codec::chunk::{self, Coder};

/// Samples of one series to bytes and back, with the buffers for that.
#[derive(Debug, Default)]
pub struct Codec(Coder);

impl Codec {
    /// Appends samples in order of time.
    pub fn encode(&mut self, times: &[Millis], values: &[f64], bytes: &mut Vec<u8>) {
        self.0.encode(times, values, bytes);
    }

    /// Appends the samples that are in the bytes. None where they are damaged.
    pub fn decode(&mut self, mut bytes: &[u8], times: &mut Vec<Millis>, values: &mut Vec<f64>) -> Option<()> {
        while let Some(chunk) = chunk::next(&mut bytes) {
            self.0.decode(chunk.ok()?, times, values)?;
        }
        Some(())
    }
}

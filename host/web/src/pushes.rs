//! Samples that others bring: a few bodies at a time, each bounded, decoded away from where others wait, and answered once
//! they are committed.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vitrine_model::port::StoreError;
use vitrine_model::port::samples::{Appended, Reason};
use vitrine_model::push::Push;
use vitrine_monitor::Ingest;
use vitrine_monitor::push::remote_write::Decoder;
use vitrine_monitor::push::{Refusals, Unreadable};

/// Bodies worked on at once: each may take as much memory as [`LARGEST`] and what is made of it.
const AT_ONCE: usize = 8;
/// How long one may wait for its turn; then its sender is asked to come again.
const TURN: Duration = Duration::from_secs(10);
/// Bytes of a body as it comes, and without its compression.
pub(crate) const LARGEST_COMPRESSED: usize = 8 * 1024 * 1024;
pub(crate) const LARGEST: usize = 32 * 1024 * 1024;
/// A body beyond this is decoded on a thread of its own: it would keep others waiting.
const QUICK: usize = 256 * 1024;
/// Decoders kept for the next bodies, each with a buffer of at most so many bytes.
const DECODERS: usize = 4;
const BUFFER: usize = 4 * 1024 * 1024;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfDoor {
    door: &'static str,
    outcome: &'static str,
}

/// The way of all that is brought.
pub(crate) struct Pushes {
    /// Gone once the host stops.
    ingest: Mutex<Option<Ingest>>,
    turns: Arc<Semaphore>,
    /// How long a body, or a part of one, may take to come.
    pub(crate) patience: Duration,
    decoders: Mutex<Vec<Decoder>>,
    answered: Family<OfDoor, Counter>,
}

/// What became of a push.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) written: u64,
    pub(crate) refused: u64,
    /// A sentence about one of those that were refused.
    pub(crate) example: Option<String>,
    /// Some were refused for bringing too many at once: they may come again.
    pub(crate) too_fast: bool,
}

impl Outcome {
    pub(crate) fn add(&mut self, appended: Appended, refusals: Refusals) {
        self.written += appended.samples + appended.duplicates;
        self.refused += appended.refused_samples() + refusals.samples;
        self.too_fast |= appended.refused.iter().any(|refused| refused.reason == Reason::RateLimit);
        let example = refusals.example.or_else(|| appended.refused.into_iter().next().map(|refused| refused.example));
        self.example = self.example.take().or(example);
    }

    /// For whoever sent them; nothing where all is well.
    pub(crate) fn complaint(&self) -> Option<String> {
        let example = self.example.as_deref().unwrap_or("no reason was told");
        let all = self.refused + self.written;
        (self.refused > 0).then(|| format!("{} of {all} samples were refused, the others were taken: {example}", self.refused))
    }
}

impl Pushes {
    pub(crate) fn new(ingest: Ingest, patience: Duration) -> Pushes {
        Pushes {
            ingest: Mutex::new(Some(ingest)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            patience,
            decoders: Mutex::default(),
            answered: Family::default(),
        }
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("pushes", "Bodies with samples that others sent, by door and outcome", self.answered.clone());
    }

    /// Takes nothing any more: the thread that commits ends once nobody can bring it anything.
    pub(crate) fn close(&self) {
        self.ingest.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    pub(crate) fn count(&self, door: &'static str, outcome: &'static str) {
        self.answered.get_or_create(&OfDoor { door, outcome }).inc();
    }

    /// Waits for a turn; nothing where too many others do.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        tokio::time::timeout(TURN, Arc::clone(&self.turns).acquire_owned()).await.ok()?.ok()
    }

    /// Commits a push.
    pub(crate) async fn push(&self, push: Push) -> Result<Appended, StoreError> {
        let ingest = self.ingest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let ingest = ingest.ok_or_else(|| StoreError("the host is stopping".to_owned()))?;
        ingest.push(push).await
    }

    /// The one used last: it knows the series of whoever sends most.
    pub(crate) fn decoder(&self) -> Decoder {
        self.decoders.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub(crate) fn give_back(&self, decoder: Decoder) {
        let mut decoders = self.decoders.lock().unwrap_or_else(PoisonError::into_inner);
        if decoders.len() < DECODERS && decoder.memory() <= BUFFER {
            decoders.push(decoder);
        }
    }
}

/// Adds bytes to a part, unpacked where they come packed.
pub(crate) fn unpack(
    unpacking: &mut Option<flate2::write::MultiGzDecoder<Vec<u8>>>,
    bytes: &[u8],
    part: &mut Vec<u8>,
) -> Result<(), Unreadable> {
    let Some(decoder) = unpacking else {
        part.extend_from_slice(bytes);
        return Ok(());
    };
    decoder.write_all(bytes).map_err(|error| Unreadable(format!("the body is not gzip: {error}")))?;
    part.append(decoder.get_mut());
    Ok(())
}

/// Decodes so many bytes, here or where it keeps nobody waiting.
pub(crate) async fn decode<T: Send + 'static>(bytes: usize, work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    if bytes <= QUICK {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError(format!("the body could not be decoded: {error}")))
}

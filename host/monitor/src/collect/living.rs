//! Which series a source has now, so that one that ends is marked as ended, as Prometheus does: without the mark a query
//! would go on finding its last sample for minutes.

use std::collections::HashSet;

use vitrine_model::sample::{Batch, Sample, is_stale, stale};
use vitrine_model::{Labels, Millis};

/// Series of one source that are known to live; those beyond end without a mark.
const KNOWN: usize = 20_000;

/// The series of the last batch that was stored.
#[derive(Default)]
pub(super) struct Living(Vec<Labels>);

impl Living {
    /// Adds a mark for each series that lived and is not in the batch.
    pub(super) fn mark_ended(&self, batch: &mut Batch, now: Millis) {
        // Mostly a source brings what it brought before, by the same names.
        let is_same = self.0.len() <= batch.samples.len()
            && self.0.iter().zip(&batch.samples).all(|(known, (labels, _))| known.is_same(labels));
        if is_same {
            return;
        }
        let present: HashSet<&Labels> = batch.samples.iter().map(|(labels, _)| labels).collect();
        let ended: Vec<Labels> = self.0.iter().filter(|known| !present.contains(known)).cloned().collect();
        batch.samples.extend(ended.into_iter().map(|labels| (labels, Sample { time: now, value: stale() })));
    }

    /// All of them have ended: the source is gone.
    pub(super) fn end(&self, now: Millis) -> Batch {
        let mut batch = Batch::default();
        self.mark_ended(&mut batch, now);
        batch
    }

    /// What lives after a batch of this tick. A sample with a time of its own says nothing about now: its series ends
    /// when its writer says so.
    pub(super) fn after(batch: &Batch, now: Millis) -> Living {
        let lives = |sample: &Sample| sample.time >= now && !is_stale(sample.value);
        let living = batch.samples.iter().filter(|(_, sample)| lives(sample)).map(|(labels, _)| labels.clone());
        Living(living.take(KNOWN).collect())
    }
}

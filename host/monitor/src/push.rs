//! What others bring over the wire, decoded straight into a [`Push`]: no text is copied but into the push itself.
//!
//! A body that cannot be read is an [`Unreadable`], and nothing of it counts. Series that can be read and cannot be kept are
//! refused one by one, counted, with the first as an example; the rest is taken.

pub mod csv;
pub mod otlp;
pub mod remote_write;
pub mod text;

mod protobuf;

#[cfg(test)]
#[path = "../benches/encode.rs"]
mod encode;

#[cfg(test)]
mod tests;

use vitrine_model::labels::NAME;
use vitrine_model::push::Push;

/// Metrics described in one body; those beyond are stored without their description.
const FAMILIES: usize = 10_000;
/// Samples, symbols of one body, and labels of one series: more would take many times the memory that the body takes.
const SAMPLES: usize = 2_000_000;
const SYMBOLS: usize = 1_000_000;
const LABELS: usize = 1_000;
/// Letters of an example of what was refused.
const EXAMPLE: usize = 400;

/// A body that is read while it comes in.
pub trait Import: Send {
    /// Takes some bytes, and adds what they complete to the push. After a mistake, what came before it is there.
    fn feed(&mut self, bytes: &[u8], push: &mut Push) -> Result<(), Unreadable>;

    /// Says that no more will come.
    fn end(&mut self, push: &mut Push) -> Result<(), Unreadable>;

    /// What was refused since this was asked before.
    fn refused(&mut self) -> Refusals;
}

/// Why nothing of a body could be read: one sentence with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// Samples that were read and do not go into the push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusals {
    pub samples: u64,
    /// A sentence about the first of them.
    pub example: Option<String>,
}

impl Refusals {
    pub(crate) fn add(&mut self, samples: u64, sentence: impl FnOnce() -> String) {
        if samples == 0 {
            return;
        }
        self.samples += samples;
        self.example.get_or_insert_with(|| {
            let mut text = sentence();
            text.truncate(text.floor_char_boundary(EXAMPLE));
            text
        });
    }
}

/// Is there room for one more? `what` is in the plural.
fn check_room(count: usize, most: usize, what: &str) -> Result<(), Unreadable> {
    if count < most { Ok(()) } else { Err(Unreadable(format!("there are more than {most} {what}: send them in several bodies"))) }
}

/// Why labels name no series here.
fn unfit(labels: &[(&str, &str)]) -> Option<String> {
    if let Some((name, _)) = labels.iter().find(|(name, _)| name.is_empty()) {
        return Some(format!("a label of {} has no name{name}", shown(labels)));
    }
    let named = labels.iter().any(|(name, value)| *name == NAME && !value.is_empty());
    if named { None } else { Some(format!("{} has no `{NAME}`: a series needs a metric's name", shown(labels))) }
}

/// As in PromQL, for people.
fn shown(labels: &[(&str, &str)]) -> String {
    vitrine_model::Labels::from_pairs(labels.iter().copied()).to_string()
}

/// Names a series in the push; a series that cannot be named is refused with as many samples as it has.
fn series(push: &mut Push, labels: &[(&str, &str)], samples: u64, refused: &mut Refusals) -> Option<u32> {
    if let Some(reason) = unfit(labels) {
        refused.add(samples, || reason);
        return None;
    }
    for (name, value) in labels {
        push.label(name, value);
    }
    match push.finish() {
        Ok(place) => Some(place),
        Err(fault) => {
            refused.add(samples, || format!("{} was refused: {fault}", shown(labels)));
            None
        }
    }
}

//! The samples of one metric stand together, and their times do not go back.

use crate::error::Mistake;
use crate::hash::{self, Numbers};
use crate::item::{Family, Kind, Label};

#[derive(Debug, Default)]
pub(super) struct Groups {
    seen: Numbers,
    /// The group of the sample before, and its time.
    last: Option<(u64, Option<i128>)>,
}

impl Groups {
    pub(super) fn check(&mut self, kind: Kind, group: u64, time: Option<i128>) -> Result<(), Mistake> {
        match self.last {
            Some((last, before)) if last == group => {
                if before.is_some() != time.is_some() {
                    return Err(Mistake::new(0, "of one metric's samples all have a time, or none"));
                }
                if time < before && kind != Kind::Info {
                    return Err(Mistake::new(0, "the times of one metric go back"));
                }
            }
            _ if !self.seen.insert(group) => {
                return Err(Mistake::new(0, "the samples of one metric stand apart: they must follow each other"));
            }
            _ => {}
        }
        self.last = Some((group, time));
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.seen.clear();
        self.last = None;
    }
}

/// Stands for the metric that a sample belongs to: its labels, in any order, without the one that its type adds.
pub(super) fn number(family: &Family<'_>, ending: &str, labels: &[Label<'_>]) -> u64 {
    let added = match (family.kind, ending) {
        // One info's metrics cannot be told apart.
        (Kind::Info, _) => return 0,
        (Kind::Summary, "") => "quantile",
        (Kind::StateSet, _) => &*family.name,
        (Kind::Histogram | Kind::GaugeHistogram, "_bucket") => "le",
        _ => "",
    };
    let own = labels.iter().filter(|label| label.name != added);
    own.fold(1, |sum: u64, label| {
        let name = hash::bytes(0, label.name.as_bytes());
        sum.wrapping_add(hash::spread(hash::bytes(name, label.value.as_bytes())))
    })
}

//! A target's text → samples under the names that they have here.

use std::borrow::Cow;

use vitrine_sdk::Samples;
use vitrine_sdk::exposition::{Family, Format, Item, Kind, Parser, Sample};
use vitrine_sdk::source::MetricKind;

use crate::config::Manner;
use crate::names;
use crate::relabel::Set;

/// What the host sets on every series: an exporter's own is called otherwise.
const HOSTS: &str = "source";
const METRIC: &str = "__name__";

/// Descriptions beyond these are left out: with more than 10,000 the host would refuse all targets' samples.
const FAMILIES: usize = 9_000;

/// The times that the host takes: up to the end of the year 9999.
const TIMES: std::ops::RangeInclusive<i64> = 0..=253_402_300_799_999;

/// What became of a text.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) scraped: usize,
    pub(crate) kept: usize,
    /// Stands for each series that is kept.
    pub(crate) series: Vec<u64>,
}

pub(crate) struct Page<'m> {
    pub(crate) manner: &'m Manner,
    /// The target's.
    pub(crate) labels: &'m [(String, String)],
}

impl Page<'_> {
    /// Adds the text's samples. An error says in words what is wrong with it; what was added has to be taken back then.
    pub(crate) fn read(&self, text: &[u8], format: Format, samples: &mut Samples, tally: &mut Tally) -> Result<(), String> {
        let mut parser = Parser::of_bytes(text, format).map_err(|error| error.to_string())?;
        let mut family: Option<Family<'_>> = None;
        while let Some(item) = parser.next().map_err(|error| error.to_string())? {
            match item {
                Item::Family(next) => family = Some(next.clone()),
                Item::Sample(sample) => {
                    tally.scraped += 1;
                    if let Some(set) = self.labelled(&sample) {
                        self.add(&set, &sample, samples, tally)?;
                        // One that has lost all its samples is not described.
                        if let Some(family) = family.take_if(|family| sample.name.starts_with(&*family.name))
                            && samples.families() < FAMILIES
                        {
                            declare(samples, &family);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A sample's labels as they are here; nothing where the rules drop it.
    fn labelled<'a>(&'a self, sample: &Sample<'a, 'a>) -> Option<Set<'a>> {
        let mut set = Set::with_capacity(sample.labels.len() + self.labels.len() + 1);
        set.add(METRIC, sample.name);
        for label in sample.labels {
            set.add(&*label.name, &*label.value);
        }
        if !self.manner.honor_labels {
            self.rename_conflicts(&mut set);
        } else if !set.get(HOSTS).is_empty() {
            exported(&mut set, HOSTS);
        }
        for (name, value) in self.labels {
            if !set.has(name) {
                set.add(name.as_str(), value.as_str());
            }
        }
        self.manner.rules.iter().all(|rule| rule.apply(&mut set)).then_some(set)
    }

    fn rename_conflicts(&self, set: &mut Set<'_>) {
        for name in self.labels.iter().map(|(name, _)| name.as_str()).chain([HOSTS]) {
            match set.get(name) {
                // One without a value is not there, and must not stand in the way.
                "" => set.retain(|known| known != name),
                _ => exported(set, name),
            }
        }
    }

    fn add(&self, set: &Set<'_>, sample: &Sample<'_, '_>, samples: &mut Samples, tally: &mut Tally) -> Result<(), String> {
        let limits = self.manner.limits;
        let name = names::escaped(set.get(METRIC), true);
        if name.is_empty() {
            return Err("`metric_relabel_configs` leave a sample without a name".to_owned());
        }
        let labels = written(set);
        let labels: Vec<(&str, &str)> = labels.iter().map(|(label, value)| (&**label, *value)).collect();
        tally.kept += 1;
        if limits.samples.is_some_and(|most| tally.kept > most) {
            return Err("there are more samples than `sample_limit` allows".to_owned());
        }
        if labels.len() >= limits.labels {
            return Err([&name, " has more labels than `label_limit` allows"].concat());
        }
        let is_long = |(label, value): &(&str, &str)| label.len() > limits.name_bytes || value.len() > limits.value_bytes;
        if name.len() > limits.name_bytes || labels.iter().any(is_long) {
            return Err([&name, " has a label that is longer than allowed: see `label_value_length_limit`"].concat());
        }
        tally.series.push(number(&name, &labels));
        samples.member(&name, &labels, sample.value);
        if let (true, Some(time)) = (self.manner.honor_timestamps, sample.time) {
            if !TIMES.contains(&time) {
                return Err([&name, " has a time that is not between the years 1970 and 9999"].concat());
            }
            samples.at(time);
        }
        Ok(())
    }
}

/// The labels under names that the host takes. Of two that become one, the first is it.
fn written<'s>(set: &'s Set<'_>) -> Vec<(Cow<'s, str>, &'s str)> {
    let mut labels: Vec<(Cow<'s, str>, &'s str)> = Vec::new();
    for (label, value) in set.iter().filter(|(label, value)| *label != METRIC && !value.is_empty()) {
        let name = names::escaped(label, false);
        let is_other = matches!(name, Cow::Owned(_));
        if !(is_other && (name == METRIC || set.has(&name) || labels.iter().any(|(known, _)| *known == name))) {
            labels.push((name, value));
        }
    }
    labels
}

/// `exported_` before a name, as often as it takes.
fn exported(set: &mut Set<'_>, name: &str) {
    let mut other = ["exported_", name].concat();
    while set.has(&other) {
        other.insert_str(0, "exported_");
    }
    set.rename(name, other);
}

fn declare(samples: &mut Samples, family: &Family<'_>) {
    let kind = match family.kind {
        Kind::Counter => MetricKind::Counter,
        Kind::Gauge | Kind::Info | Kind::StateSet => MetricKind::Gauge,
        Kind::Histogram | Kind::GaugeHistogram => MetricKind::Histogram,
        Kind::Summary => MetricKind::Summary,
        Kind::Unknown => MetricKind::Unknown,
    };
    let name = names::escaped(&family.name, true);
    samples.family(&name, kind, &family.help);
    samples.unit(&name, family.unit);
}

/// FNV-1a over a series, 64 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn number(name: &str, labels: &[(&str, &str)]) -> u64 {
    let texts = labels.iter().flat_map(|(label, value)| [*label, *value]);
    let bytes = std::iter::once(name).chain(texts).flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

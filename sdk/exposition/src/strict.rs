//! What OpenMetrics asks of a text beyond its lines: which may follow which, and what a type's samples may be.
//!
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/>. Where it leaves room, what its reference parser refuses is
//! refused here.

mod buckets;
mod groups;
mod labels;
mod values;

use crate::error::{Error, Mistake};
use crate::hash::{self, Numbers};
use crate::item::{Family, Kind, Label};
use crate::line::{Description, Part, Reading};
use buckets::Buckets;
use groups::Groups;

/// What has to be known of the lines before.
#[derive(Debug, Default)]
pub(crate) struct Strict {
    /// Names of families and of the samples that they may have.
    names: Numbers,
    /// Nothing before the first family.
    family: Option<Seen>,
    groups: Groups,
    buckets: Buckets,
    is_over: bool,
}

/// What was seen of the open family.
#[derive(Debug, Default)]
struct Seen {
    /// Where it begins.
    line: u32,
    name: u64,
    kind: Kind,
    has_kind: bool,
    has_help: bool,
    has_unit: bool,
    /// The unit is not empty.
    is_in_unit: bool,
    has_samples: bool,
    /// No two families may have one name: the hashes of the names of its samples, ending by ending.
    endings: [Option<u64>; 4],
}

impl Strict {
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    pub(crate) fn end(&mut self, number: u32) -> Result<(), Error> {
        self.is_over = true;
        self.close().map_err(|(line, mistake)| mistake.in_line(line.unwrap_or(number), ""))
    }

    /// A line that describes `open`, or the next family.
    pub(crate) fn describe(&mut self, description: &Description<'_>, open: &str, number: u32, line: &str) -> Result<(), Error> {
        if self.family.is_none() || open != description.name {
            self.begin(&description.name, Kind::Unknown, number, line)?;
        }
        let Some(family) = &mut self.family else { return Ok(()) };
        let wrong = |reason: &'static str| Err(Mistake::new(description.at, reason).in_line(number, line));
        if family.has_samples {
            return wrong("a family is described before its samples");
        }
        let (has, twice) = match description.part {
            Part::Help(_) => (&mut family.has_help, "HELP comes twice"),
            Part::Kind(_) => (&mut family.has_kind, "TYPE comes twice"),
            Part::Unit(_) => (&mut family.has_unit, "UNIT comes twice"),
        };
        if std::mem::replace(has, true) {
            return wrong(twice);
        }
        match description.part {
            Part::Help(_) => {}
            Part::Kind(kind) => {
                family.kind = kind;
                family.endings = names(&description.name, kind);
            }
            Part::Unit("") => {}
            Part::Unit(unit) => {
                family.is_in_unit = true;
                let is_last = description.name.strip_suffix(unit).is_some_and(|name| name.ends_with('_'));
                if !is_last {
                    return wrong("the family's name must end with `_` and its unit");
                }
            }
        }
        match family.is_in_unit && matches!(family.kind, Kind::Info | Kind::StateSet) {
            true => wrong("an info or a stateset has no unit"),
            false => Ok(()),
        }
    }

    /// What a sample's name has after the family's; nothing where it is not one of the family.
    pub(crate) fn ending(&self, family: &Family<'_>, name: &str) -> Option<&'static str> {
        self.family.as_ref()?;
        let rest = name.strip_prefix(&*family.name)?;
        family.kind.endings().iter().find(|ending| **ending == rest).copied()
    }

    /// A sample of the family; without an ending, of one that begins with it.
    pub(crate) fn sample(
        &mut self,
        family: &Family<'_>,
        ending: Option<&'static str>,
        sample: &[Label<'_>],
        reading: &Reading,
        number: u32,
        line: &str,
    ) -> Result<(), Error> {
        if ending.is_none() {
            self.begin(&family.name, Kind::Unknown, number, line)?;
        }
        let ending = ending.unwrap_or_default();
        let judge = || -> Result<(), Mistake> {
            labels::check(family, ending, sample)?;
            values::check(family.kind, ending, reading)
        };
        judge().map_err(|mistake| mistake.in_line(number, line))?;
        let group = groups::number(family, ending, sample);
        let in_line = |mistake: Mistake| mistake.in_line(number, line);
        self.groups.check(family.kind, group, reading.time).map_err(in_line)?;
        if matches!(family.kind, Kind::Histogram | Kind::GaugeHistogram) {
            let bound = sample.iter().find(|label| label.name == "le").map(|label| &*label.value);
            self.buckets.check((group, reading.time), ending, bound, reading.value, number).map_err(|(place, mistake)| {
                match place {
                    Some(place) => mistake.in_line(place, ""),
                    None => mistake.in_line(number, line),
                }
            })?;
        }
        if let Some(family) = &mut self.family {
            family.has_samples = true;
        }
        Ok(())
    }

    /// Closes the family before, and opens one.
    fn begin(&mut self, name: &str, kind: Kind, number: u32, line: &str) -> Result<(), Error> {
        self.close().map_err(|(place, mistake)| mistake.in_line(place.unwrap_or(number), line))?;
        let endings = names(name, kind);
        self.family = Some(Seen { line: number, name: hashed(name, ""), kind, endings, ..Seen::default() });
        Ok(())
    }

    /// What can be judged once all of a family was seen, with the line where it went wrong.
    fn close(&mut self) -> Result<(), (Option<u32>, Mistake)> {
        self.groups.clear();
        let Some(family) = self.family.take() else { return Ok(()) };
        self.buckets.close()?;
        let own = std::iter::once(family.name).chain(family.endings.into_iter().flatten().filter(|name| *name != family.name));
        for name in own {
            if self.names.contains(name) {
                let reason = "the family's name, or that of its samples, belongs to another family";
                return Err((Some(family.line), Mistake::new(0, reason)));
            }
            self.names.insert(name);
        }
        Ok(())
    }
}

fn names(name: &str, kind: Kind) -> [Option<u64>; 4] {
    let mut names = [None; 4];
    for (place, ending) in names.iter_mut().zip(kind.endings()) {
        *place = Some(hashed(name, ending));
    }
    names
}

/// The name with an ending counts as the name that is written so.
fn hashed(name: &str, ending: &str) -> u64 {
    match ending {
        "" => hash::spread(hash::bytes(0, name.as_bytes())),
        ending => hash::spread(hash::bytes(0, [name, ending].concat().as_bytes())),
    }
}

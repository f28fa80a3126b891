//! A schedule: who is on call at a moment, and the shifts between two. Pure.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use vitrine_model::Millis;
use vitrine_model::oncall::Override;

use super::HORIZON;
use super::rotation::Rotation;
use crate::notify::interval::Interval;

/// Who is on call when; sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pub zone: TimeZone,
    pub layers: Vec<Layer>,
    pub overrides: Vec<Planned>,
}

/// A rotation, and when it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    pub name: String,
    pub rotation: Rotation,
    pub(super) only: Option<Interval>,
}

/// An override of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub person: String,
    pub starts_at: Millis,
    pub ends_at: Millis,
    pub comment: String,
}

/// Why somebody is on call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The layer at this place.
    Layer(usize),
    /// An override of the file.
    Planned,
    /// An override that somebody put in.
    Put,
}

/// The same person, or nobody, from one moment to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    pub person: Option<String>,
    /// Of its beginning.
    pub cause: Option<Cause>,
    pub from: Millis,
    /// None where no end is in sight.
    pub until: Option<Millis>,
}

impl Layer {
    fn at(&self, moment: Millis, zone: &TimeZone) -> Option<&str> {
        let holds = self.only.as_ref().is_none_or(|only| only.contains(moment));
        self.rotation.at(moment, zone).filter(|_| holds)
    }

    fn edges(&self, from: Millis, until: Millis, zone: &TimeZone, edges: &mut BTreeSet<Millis>) {
        edges.extend(self.rotation.handoffs(from, until, zone));
        if let Some(only) = &self.only {
            only.edges(from, until, edges);
        }
    }
}

impl Schedule {
    /// Who is on call, and why. `put` are the overrides that people put in for this schedule.
    pub fn on_call(&self, moment: Millis, put: &[&Override]) -> Option<(String, Cause)> {
        let newest = put.iter().filter(|one| one.holds(moment)).max_by_key(|one| one.made_at);
        let put = newest.map(|one| (one.person.clone(), Cause::Put));
        put.or_else(|| self.written(moment).map(|(person, cause)| (person.to_owned(), cause)))
    }

    /// A moment as people write it, by this schedule's wall clock.
    pub fn moment(&self, text: &str) -> Option<Millis> {
        super::check::moment(text, &self.zone)
    }

    /// By the file alone.
    fn written(&self, moment: Millis) -> Option<(&str, Cause)> {
        let planned = self.overrides.iter().find(|one| (one.starts_at..one.ends_at).contains(&moment));
        planned.map(|one| (one.person.as_str(), Cause::Planned)).or_else(|| {
            let mut layers = self.layers.iter().enumerate().rev();
            layers.find_map(|(place, layer)| Some((layer.at(moment, &self.zone)?, Cause::Layer(place))))
        })
    }

    /// Everybody who may come to be on call by the file.
    pub fn people(&self) -> BTreeSet<&str> {
        let members = self.layers.iter().flat_map(|layer| &layer.rotation.members);
        members.chain(self.overrides.iter().map(|one| &one.person)).map(String::as_str).collect()
    }

    /// Who is on call between two moments, and when nobody is.
    pub fn shifts(&self, from: Millis, until: Millis, put: &[&Override]) -> Vec<Shift> {
        let mut edges = BTreeSet::new();
        self.layers.iter().for_each(|layer| layer.edges(from, until, &self.zone, &mut edges));
        edges.extend(self.overrides.iter().flat_map(|one| [one.starts_at, one.ends_at]));
        edges.extend(put.iter().flat_map(|one| [one.starts_at, one.ends_at]));
        joined(&edges, from, until, |moment| self.on_call(moment, put))
    }

    /// Whom one layer has, whatever the others say.
    pub fn layer_shifts(&self, place: usize, from: Millis, until: Millis) -> Vec<Shift> {
        let Some(layer) = self.layers.get(place) else { return Vec::new() };
        let mut edges = BTreeSet::new();
        layer.edges(from, until, &self.zone, &mut edges);
        joined(&edges, from, until, |moment| Some((layer.at(moment, &self.zone)?.to_owned(), Cause::Layer(place))))
    }

    /// The shift of a moment, and the one that follows it.
    pub fn now_and_next(&self, moment: Millis, put: &[&Override]) -> (Shift, Option<Shift>) {
        let mut shifts = self.shifts(moment, moment.saturating_add(HORIZON), put);
        if let Some(last) = shifts.last_mut() {
            last.until = None;
        }
        let mut shifts = shifts.into_iter();
        let nobody = Shift { person: None, cause: None, from: moment, until: None };
        (shifts.next().unwrap_or(nobody), shifts.next())
    }

    /// The first time from a moment on at which nobody is on call by the file.
    pub fn gap(&self, moment: Millis) -> Option<Shift> {
        let end = moment.saturating_add(HORIZON);
        let mut gap = self.shifts(moment, end, &[]).into_iter().find(|shift| shift.person.is_none())?;
        gap.until = gap.until.filter(|until| *until < end);
        Some(gap)
    }
}

/// What holds from edge to edge, those with the same person made one.
fn joined(edges: &BTreeSet<Millis>, from: Millis, until: Millis, who: impl Fn(Millis) -> Option<(String, Cause)>) -> Vec<Shift> {
    let mut shifts: Vec<Shift> = Vec::new();
    let within = edges.iter().copied().filter(|edge| (from + 1..until).contains(edge));
    for moment in std::iter::once(from).chain(within) {
        let (person, cause) = who(moment).map_or((None, None), |(person, cause)| (Some(person), Some(cause)));
        match shifts.last_mut() {
            Some(last) if last.person == person => {}
            before => {
                if let Some(before) = before {
                    before.until = Some(moment);
                }
                shifts.push(Shift { person, cause, from: moment, until: Some(until) });
            }
        }
    }
    shifts
}

//! What would have been told: stored samples taken through rules, routes, silences and times once more, on a virtual clock.
//!
//! Nothing of it is a second implementation: `alert::World` takes the evaluator's steps, and the planner is the host's own, with
//! ports in memory (`ports`). What rules write is laid over what is stored (`overlay`), and rules that read nothing of it are
//! asked for many moments at once (`ahead`). The same samples give the same course.

mod ahead;
mod course;
mod difference;
mod overlay;
mod ports;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use vitrine_model::alert::{AlertChange, AlertEvent};
use vitrine_model::oncall::Override;
use vitrine_model::port::samples::Samples;
use vitrine_model::silence::{Acknowledgement, Silence};
use vitrine_model::{Clock, Labels, Millis};
use vitrine_query::{Engine, Limits};

pub use self::course::{Course, Episode, Noise, Sent};
pub use self::difference::{Difference, difference};

use self::ahead::Ahead;
use self::overlay::{Overlay, Written};
use self::ports::Memory;
use crate::alert::{External, Group, Rule, World};
use crate::clock::HeldClock;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::notify::{Planner, PlannerParts, Route};

/// Evaluations of rules in one replay.
const EVALUATIONS: i64 = 50_000_000;
/// Messages in one replay.
const SENT: usize = 100_000;
/// Rules are evaluated for so long before the beginning, and longer where they wait longer, so that what goes on then is known.
const BEFORE: Millis = 15 * 60_000;
/// And no longer than this.
const LONGEST_BEFORE: Millis = 86_400_000;
/// After so many moments whoever waits is told how far it is.
const TELL_EVERY: u64 = 512;

/// What is held against the past.
pub struct Setup {
    pub groups: Vec<Group>,
    /// What templates may speak of besides the alert.
    pub external: External,
    pub route: Route,
    pub limits: Limits,
}

/// What is known of the past.
pub struct Past {
    pub samples: Arc<dyn Samples>,
    /// Events of alerts that other programs brought, oldest first.
    pub outside: Vec<AlertEvent>,
    pub silences: Vec<Silence>,
    pub acknowledgements: Vec<Acknowledgement>,
    pub overrides: Vec<Override>,
}

/// The names of all series that the rules of these groups write.
pub fn written_names<'a>(groups: impl IntoIterator<Item = &'a Group>) -> Vec<String> {
    let rules = groups.into_iter().flat_map(|group| &group.rules);
    let names = rules.filter_map(|rule| match rule {
        Rule::Record(rule) => Some(rule.labels.name().to_owned()),
        Rule::Alert(_) => None,
    });
    let mut names: Vec<String> = names.chain(crate::alert::ALERT_SERIES.map(str::to_owned)).collect();
    names.sort();
    names.dedup();
    names
}

/// Takes the past through a setup, from one moment to another, both included. Series with `names` are taken as the rules write
/// them, and not as they are stored. `tell` hears how far it is. Blocks.
pub fn replay(
    setup: &Setup,
    past: &Past,
    names: &[String],
    (from, to): (Millis, Millis),
    tell: &mut dyn FnMut(Millis),
) -> Result<Course, String> {
    let begin = from - before(setup);
    check_size(&setup.groups, to - begin)?;
    let mut run = Run::new(setup, past, names, (begin, from, to))?;
    let mut turns = 0_u64;
    while let Some(now) = run.next().filter(|now| *now <= to) {
        run.turn(now)?;
        turns += 1;
        if turns.is_multiple_of(TELL_EVERY) {
            tell(now);
        }
    }
    tell(to);
    Ok(run.course)
}

/// How long before the beginning rules have to be evaluated, so that all that waits then has waited long enough.
fn before(setup: &Setup) -> Millis {
    let rules = setup.groups.iter().flat_map(|group| &group.rules);
    let held = rules.filter_map(|rule| match rule {
        Rule::Alert(rule) => Some(rule.hold.millis() + rule.keep.millis()),
        Rule::Record(_) => None,
    });
    let (held, interval) = (held.max().unwrap_or(0), setup.groups.iter().map(|group| group.interval().millis()).max());
    let wait = setup.route.routing.nodes().iter().map(|node| node.wait).max().unwrap_or(0);
    (BEFORE + held + wait + 2 * interval.unwrap_or(0)).min(LONGEST_BEFORE)
}

fn check_size(groups: &[Group], span: Millis) -> Result<(), String> {
    let of_group =
        |group: &Group| span / group.interval().millis().max(1_000) * i64::try_from(group.rules.len()).unwrap_or(i64::MAX);
    let evaluations: i64 = groups.iter().map(of_group).fold(0, i64::saturating_add);
    match evaluations <= EVALUATIONS {
        true => Ok(()),
        false => Err(format!(
            "that is {evaluations} evaluations of rules, {EVALUATIONS} are allowed: choose a shorter time with `--from`"
        )),
    }
}

struct Run<'a> {
    setup: &'a Setup,
    clock: Arc<HeldClock>,
    world: Arc<Mutex<World>>,
    memory: Arc<Memory>,
    planner: Planner,
    overlay: Arc<Overlay>,
    /// When each group is evaluated next.
    due: Vec<Option<Millis>>,
    planned: Millis,
    outside: VecDeque<AlertEvent>,
    acknowledgements: VecDeque<Acknowledgement>,
    from: Millis,
    course: Course,
}

impl<'a> Run<'a> {
    fn new(
        setup: &'a Setup,
        past: &Past,
        names: &[String],
        (begin, from, to): (Millis, Millis, Millis),
    ) -> Result<Run<'a>, String> {
        let clock = Arc::new(HeldClock::new(begin));
        let written = Written::new(names, &setup.groups);
        let overlay = Arc::new(Overlay::new(Arc::clone(&past.samples), written, begin));
        let engine = Engine::new(Arc::clone(&overlay) as Arc<dyn Samples>, setup.limits);
        let ask = Box::new(Ahead::new(engine, &setup.groups, names, to));
        let world = World::over(ask, Arc::clone(&overlay) as _, setup.external.clone());
        let world = Arc::new(Mutex::new(world));
        let memory = Arc::new(Memory::new(&past.silences, &past.overrides));
        let planner = Planner::new(PlannerParts {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            alerts: Arc::clone(&memory) as _,
            deliveries: Arc::clone(&memory) as _,
            notices: Arc::clone(&memory) as _,
            silences: Arc::clone(&memory) as _,
            oncall: Arc::clone(&memory) as _,
            live: Live::default(),
            metrics: Metrics::default(),
            events: Arc::default(),
            planned: Arc::default(),
        });
        let planner = planner.map_err(|error| error.to_string())?;
        let current = Arc::clone(&world);
        planner.set_fresh(Box::new(move |rule: &str, labels: &Labels| {
            current.lock().unwrap_or_else(PoisonError::into_inner).current(rule, labels)
        }));
        planner.set_route(setup.route.clone());
        let mut acknowledgements: Vec<Acknowledgement> = past.acknowledgements.clone();
        acknowledgements.sort_by(|a, b| (a.at, &a.target).cmp(&(b.at, &b.target)));
        Ok(Run {
            setup,
            clock,
            world,
            memory,
            planner,
            overlay,
            due: setup.groups.iter().map(|group| group.schedule.next_after(begin - 1)).collect(),
            planned: begin,
            outside: past.outside.iter().filter(|event| event.at <= to).cloned().collect(),
            acknowledgements: acknowledgements.into(),
            from,
            course: Course::new(from, to),
        })
    }

    /// The next moment at which something happens.
    fn next(&self) -> Option<Millis> {
        let outside = self.outside.front().map(|event| event.at);
        let given = self.acknowledgements.front().map(|given| given.at);
        let moments = self.due.iter().copied().flatten().chain(outside).chain(given);
        moments.chain([self.planned]).min().map(|moment| moment.max(self.clock.now()))
    }

    fn turn(&mut self, now: Millis) -> Result<(), String> {
        self.clock.set(now);
        let told = |error: vitrine_model::port::StoreError| error.to_string();
        let mut change = AlertChange::default();
        while let Some(event) = self.outside.pop_front_if(|event| event.at <= now) {
            change.events.push(event);
        }
        let mut has_news = !change.events.is_empty();
        self.course.note_events(&change.events);
        self.memory.take(&change);
        for place in 0..self.due.len() {
            if self.due[place].is_some_and(|due| due <= now) {
                has_news |= self.evaluate(place, now);
            }
        }
        self.overlay.check()?;
        if has_news || self.planned <= now {
            self.plan(now).map_err(told)?;
        }
        while let Some(given) = self.acknowledgements.pop_front_if(|given| given.at <= now) {
            // One of an alert that does not fire here is of no use, as it would not have been then.
            let _ = self.planner.acknowledge(&[given]);
        }
        self.gather(now)
    }

    /// Evaluates a group that is due; whether anything happened.
    fn evaluate(&mut self, place: usize, now: Millis) -> bool {
        let group = &self.setup.groups[place];
        self.due[place] = group.schedule.next_after(now);
        let (change, faults) = self.world.lock().unwrap_or_else(PoisonError::into_inner).evaluate(group, now);
        self.course.evaluations += group.rules.len() as u64;
        self.course.note_faults(faults);
        self.course.note_events(&change.events);
        self.memory.take(&change);
        !change.events.is_empty()
    }

    fn plan(&mut self, now: Millis) -> Result<(), vitrine_model::port::StoreError> {
        loop {
            self.planned = self.planner.step()?;
            if self.planned > now {
                return Ok(());
            }
        }
    }

    fn gather(&mut self, now: Millis) -> Result<(), String> {
        for delivery in self.memory.deliveries() {
            if now >= self.from {
                self.course.sent.push(Sent::of(delivery, &self.setup.route.routing, now));
            }
        }
        match self.course.sent.len() <= SENT {
            true => Ok(()),
            false => Err(format!("more than {SENT} messages would have been sent: choose a shorter time with `--from`")),
        }
    }
}

//! A group on a held clock, beside what Alertmanager would do.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use vitrine_model::alert::AlertState;

use super::*;

const SECOND: Millis = 1_000;
const TIMES: Times = Times { wait: 30 * SECOND, interval: 300 * SECOND, repeat: Some(3_600 * SECOND) };

fn alert(name: &str, fired_at: Millis) -> Alert {
    Alert {
        rule: "rule".to_owned(),
        labels: Labels::from_pairs([("instance", name)]),
        annotations: Labels::new(),
        state: AlertState::Firing,
        active_at: fired_at,
        fired_at: Some(fired_at),
        value: 1.0,
        link: String::new(),
        expires_at: None,
    }
}

fn id(name: &str) -> Id {
    ("rule".to_owned(), Labels::from_pairs([("instance", name)]))
}

/// A group that is told what happens, and writes down what it tells.
struct Story {
    group: Group,
    now: Millis,
    times: Times,
    targets: Vec<Target>,
    silenced: Vec<&'static str>,
    acknowledged: Vec<&'static str>,
    is_quiet: bool,
    told: Vec<String>,
}

impl Story {
    fn new(times: Times) -> Story {
        let (group, targets) = (Group::new("key".to_owned(), Labels::new(), 0), vec![Target::plain("mail")]);
        let (silenced, acknowledged) = (Vec::new(), Vec::new());
        Story { group, now: 0, times, targets, silenced, acknowledged, is_quiet: false, told: Vec::new() }
    }

    /// Lets time pass until a second.
    fn to(&mut self, second: Millis) -> &mut Story {
        while let Some(due) = self.group.due(self.times, self.now).filter(|due| *due <= second * SECOND) {
            self.now = due.max(self.now);
            self.flush();
        }
        self.now = second * SECOND;
        self
    }

    fn flush(&mut self) {
        let has = |names: &[&str], alert: &Alert| names.iter().any(|name| alert.labels.get("instance") == Some(name));
        let terms = Terms {
            targets: &self.targets,
            possible: &[],
            repeat: self.times.repeat,
            is_quiet: self.is_quiet,
            is_suppressed: &|alert| has(&self.silenced, alert),
            is_acknowledged: &|alert| has(&self.acknowledged, alert),
        };
        let decision = self.group.decide(&terms, self.now);
        let names = |ids: &[Id]| ids.iter().filter_map(|(_, labels)| labels.get("instance")).collect::<Vec<_>>().join(",");
        for telling in &decision.tellings {
            let channel = Some(telling.target.channel.as_str()).filter(|name| *name != "mail").map(|name| format!("{name} "));
            let (firing, ended) = (names(&telling.firing), names(&telling.ended));
            self.told.push(format!("{}: {}+{firing} -{ended}", self.now / SECOND, channel.unwrap_or_default()));
        }
        self.group.settle(&decision, self.now);
    }

    fn fire(&mut self, name: &str) -> &mut Story {
        let alert = alert(name, self.now);
        self.group.fire(id(name), alert, self.now, self.times.wait);
        self
    }

    fn end(&mut self, name: &str) -> &mut Story {
        self.group.end(&id(name), alert(name, 0), self.now, self.now);
        self
    }
}

#[test]
fn waits_gathers_and_repeats() {
    let mut story = Story::new(TIMES);
    story.fire("a").to(20).fire("b").to(60).fire("c").to(329).fire("d").to(331).fire("e").to(5_000);
    assert_eq!(story.told, ["30: +a,b -", "330: +a,b,c,d -", "630: +a,b,c,d,e -", "4230: +a,b,c,d,e -"]);
}

#[test]
fn ends_are_told_with_what_goes_on_and_only_of_what_was_told() {
    let mut story = Story::new(TIMES);
    story.fire("a").fire("b").to(10).fire("short").to(20).end("short").to(100).end("a").fire("c").to(400);
    assert_eq!(story.told, ["30: +a,b -", "330: +b,c -a"]);
    story.fire("brief").to(410).end("brief").end("b").end("c").to(10_000);
    assert_eq!(story.told[2..], ["630: + -b,c"]);
    assert!(story.group.members.is_empty());
}

#[test]
fn without_waits_it_is_told_at_once_and_never_again() {
    let mut story = Story::new(Times { wait: 0, interval: 0, repeat: None });
    story.fire("a").to(1).fire("b").to(2).end("a").to(3).end("b").to(100_000);
    assert_eq!(story.told, ["0: +a -", "1: +a,b -", "2: +b -a", "3: + -b"]);
}

#[test]
fn one_that_comes_and_goes_between_two_looks_is_no_news() {
    let mut story = Story::new(TIMES);
    story.fire("a").to(60).end("a").to(90).fire("a").to(400).end("a").to(700).fire("a").to(1_000);
    assert_eq!(story.told, ["30: +a -", "630: + -a", "930: +a -"]);
}

#[test]
fn what_is_silenced_is_told_later_and_its_end_to_who_knows() {
    let mut story = Story::new(TIMES);
    story.silenced = vec!["a", "b"];
    story.fire("a").fire("c").to(400);
    assert_eq!(story.told, ["30: +c -"]);
    story.silenced.clear();
    story.to(700);
    assert_eq!(story.told[1..], ["630: +a,c -"]);
    story.silenced = vec!["a", "c"];
    story.fire("b").to(1_000).end("a").end("b").to(1_300);
    assert_eq!(story.told[2..], ["930: +b -", "1230: + -a,b"]);
    story.to(9_000);
    assert_eq!(story.told.len(), 4, "c goes on, and nobody wants to hear of it");
}

#[test]
fn at_a_quiet_time_all_is_kept() {
    let mut story = Story::new(TIMES);
    story.fire("a").to(60);
    story.is_quiet = true;
    story.fire("b").end("a").to(5_000);
    assert_eq!(story.told, ["30: +a -"]);
    story.is_quiet = false;
    story.to(6_000);
    assert_eq!(story.told[1..], ["5130: +b -a"]);
}

#[test]
fn what_is_acknowledged_is_not_repeated_but_its_end_is_told() {
    let mut story = Story::new(TIMES);
    story.acknowledged = vec!["a"];
    story.fire("a").to(8_000);
    assert_eq!(story.told, ["30: +a -"]);
    story.acknowledged.clear();
    story.to(8_200);
    assert_eq!(story.told[1..], ["8130: +a -"]);
    story.acknowledged = vec!["a"];
    story.end("a").to(9_000);
    assert_eq!(story.told[2..], ["8430: + -a"]);
}

#[test]
fn a_channel_that_wants_no_ends_hears_none_and_a_former_one_hears_the_last() {
    let mut story = Story::new(TIMES);
    story.targets = vec![Target::plain("mail"), Target { send_resolved: false, ..Target::plain("page") }];
    story.fire("a").fire("b").to(60).end("a").to(400);
    assert_eq!(story.told, ["30: +a,b -", "30: page +a,b -", "330: +b -a"]);
    story.targets = vec![Target::plain("chat")];
    story.end("b").fire("c").to(700);
    assert_eq!(story.told[3..], ["630: chat +c -", "630: + -b", "630: page + -b"]);
}

#[test]
fn a_clock_set_back_holds_up_nothing() {
    let mut story = Story::new(TIMES);
    story.now = 100_000 * SECOND;
    story.fire("a").to(100_100);
    story.now = 50_000 * SECOND;
    story.fire("b");
    let due = story.group.due(TIMES, story.now).unwrap();
    assert!(due <= story.now + TIMES.interval, "{due} is far from {}", story.now);
}

proptest! {
    /// Whatever happens: at the end each channel knows of each alert that fires, has heard of the end of each that it knew of,
    /// and was not told twice of anything that went on.
    #[test]
    fn nobody_is_left_in_the_dark(steps in prop::collection::vec((0_u8..4, 0_usize..4, 0_i64..400), 1..60)) {
        let names = ["a", "b", "c", "d"];
        let mut story = Story::new(Times { repeat: None, ..TIMES });
        let mut firing = [false; 4];
        for (step, which, pause) in steps {
            match step {
                0 | 1 if !firing[which] => { story.fire(names[which]); firing[which] = true; }
                2 if firing[which] => { story.end(names[which]); firing[which] = false; }
                3 => story.silenced = if story.silenced.is_empty() { vec![names[which]] } else { Vec::new() },
                _ => {}
            }
            let next = story.now / SECOND + pause;
            story.to(next);
        }
        story.silenced.clear();
        let end = story.now / SECOND + 1_000;
        story.to(end);
        let mut known: BTreeMap<String, bool> = BTreeMap::new();
        for line in &story.told {
            let (_, lists) = line.split_once('+').unwrap();
            let (begun, ended) = lists.split_once(" -").unwrap();
            let (mut begun, ended): (Vec<&str>, Vec<&str>) = (begun.split(',').collect(), ended.split(',').collect());
            begun.retain(|name| !name.is_empty());
            let is_news = begun.iter().any(|name| known.get(*name) != Some(&true)) || ended.iter().any(|name| !name.is_empty());
            prop_assert!(is_news, "{line} tells nothing new");
            known.extend(begun.iter().map(|name| ((*name).to_owned(), true)));
            for name in ended.into_iter().filter(|name| !name.is_empty()) {
                prop_assert_eq!(known.insert(name.to_owned(), false), Some(true), "the end of {} without its beginning", name);
            }
        }
        for (place, name) in names.iter().enumerate() {
            prop_assert_eq!(known.get(*name).copied().unwrap_or(false), firing[place], "{}", name);
        }
    }
}

#[test]
fn one_that_begins_to_flap_is_told_anew_and_once() {
    let mut story = Story::new(Times { wait: 0, interval: 0, repeat: None });
    let flapping = |story: &mut Story, annotations: Labels| {
        let alert = Alert { annotations, ..alert("a", story.now) };
        story.group.fire(id("a"), alert, story.now, 0);
    };
    let marked = || Labels::from_pairs([(vitrine_model::alert::FLAPPING, "often")]);
    story.fire("a").to(10);
    flapping(&mut story, marked());
    story.to(20);
    flapping(&mut story, marked());
    story.to(30);
    flapping(&mut story, Labels::new());
    story.to(40).end("a").to(50);
    assert_eq!(story.told, ["0: +a -", "10: +a -", "30: +a -", "40: + -a"]);
    // One that ends before that was told ends for whoever knew of it.
    story.fire("a").to(60);
    flapping(&mut story, marked());
    story.end("a").to(70);
    assert_eq!(story.told[4..], ["50: +a -", "60: + -a"]);
    assert!(story.group.members.is_empty());
}

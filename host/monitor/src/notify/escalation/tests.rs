//! An escalation on a held clock: what is told, and how it stands.

use super::*;
use crate::notify::roster::Step;
use crate::notify::route::Receiver;

/// Three steps, after 10, 20 and 30.
fn ladder(repeat: u32) -> Escalation {
    let step = |after| Step { tell: Receiver::default(), after };
    Escalation { steps: vec![step(10), step(20), step(30)], repeat }
}

const OPEN: Facts = Facts { is_firing: true, is_held: false, is_open: true, is_new: false };
const TAKEN: Facts = Facts { is_open: false, ..OPEN };
const HELD: Facts = Facts { is_held: true, is_open: false, ..OPEN };
const OVER: Facts = Facts { is_firing: false, is_held: true, is_open: false, is_new: false };

/// Moments and facts; told are the moments with the steps.
fn story(repeat: u32, moments: &[(Millis, Facts)]) -> (Vec<(Millis, usize)>, Option<Climb>) {
    let ladder = ladder(repeat);
    let (mut climb, mut told) = (None, Vec::new());
    for (now, facts) in moments {
        let (next, place) = step(climb.as_ref(), Some(("e", &ladder)), *facts, *now);
        climb = next;
        told.extend(place.map(|place| (*now, place)));
    }
    (told, climb)
}

fn all(facts: Facts, moments: impl IntoIterator<Item = Millis>) -> Vec<(Millis, Facts)> {
    moments.into_iter().map(|moment| (moment, facts)).collect()
}

#[test]
fn each_step_is_told_once_and_all_again_as_often_as_is_said() {
    let (told, climb) = story(0, &all(OPEN, 0..200));
    assert_eq!(told, [(0, 0), (10, 1), (30, 2)]);
    assert_eq!(climb.map(|climb| (climb.reached, climb.stage)), Some((3, Stage::Done)));
    let (told, _) = story(1, &all(OPEN, 0..500));
    assert_eq!(told, [(0, 0), (10, 1), (30, 2), (60, 0), (70, 1), (90, 2)]);
    // After a time in which nobody looked, the next step is told, and not all at once.
    let (told, _) = story(0, &all(OPEN, [0, 500, 501, 519, 520]));
    assert_eq!(told, [(0, 0), (500, 1), (520, 2)]);
}

#[test]
fn it_stops_when_it_is_taken_on_and_begins_anew_when_it_is_not_any_more() {
    let mut moments = all(OPEN, 0..5);
    moments.extend(all(TAKEN, 5..300));
    let (told, climb) = story(0, &moments);
    assert_eq!((told.len(), climb.map(|climb| climb.stage)), (1, Some(Stage::Taken)));
    moments.extend(all(OPEN, 300..312));
    assert_eq!(story(0, &moments).0, [(0, 0), (300, 0), (310, 1)]);
    moments.push((312, OVER));
    assert_eq!(story(0, &moments).1, None);
    // What is taken on before the first notice begins nothing.
    assert_eq!(story(0, &all(TAKEN, 0..50)), (vec![], None));
}

#[test]
fn its_clock_stands_while_nobody_may_be_told() {
    let mut moments = all(OPEN, 0..5);
    moments.extend(all(HELD, 5..100));
    assert_eq!(story(0, &moments).1.map(|climb| climb.stage), Some(Stage::Paused(5)));
    moments.extend(all(OPEN, 100..126));
    assert_eq!(story(0, &moments).0, [(0, 0), (105, 1), (125, 2)]);
    // Taken on in the meantime.
    let mut moments = all(OPEN, 0..5);
    moments.extend(all(HELD, 5..100));
    moments.extend(all(TAKEN, 100..200));
    assert_eq!(story(0, &moments).0, [(0, 0)]);
    assert_eq!(story(0, &all(HELD, 0..50)), (vec![], None));
}

#[test]
fn an_alert_that_joins_puts_nothing_off_and_begins_anew_what_has_ended() {
    let new = Facts { is_new: true, ..OPEN };
    let joined = |at: Millis, count: Millis| (0..count).map(|now| (now, if now == at { new } else { OPEN })).collect::<Vec<_>>();
    assert_eq!(story(0, &joined(9, 40)).0, [(0, 0), (10, 1), (30, 2)]);
    assert_eq!(story(0, &joined(100, 112)).0, [(0, 0), (10, 1), (30, 2), (100, 0), (110, 1)]);
}

#[test]
fn another_escalation_begins_anew_and_a_clock_set_back_makes_nobody_wait() {
    let ladder = ladder(0);
    let other = Climb { escalation: "other".to_owned(), reached: 2, stage: Stage::Next(50) };
    assert_eq!(step(Some(&other), Some(("e", &ladder)), OPEN, 7).1, Some(0));
    assert_eq!(step(Some(&other), None, OPEN, 7), (None, None));
    let far = Climb { escalation: "e".to_owned(), reached: 1, stage: Stage::Next(9_000) };
    assert_eq!(look(Some(&far), Some(("e", &ladder)), OPEN, 100).map(|climb| climb.stage), Some(Stage::Next(110)));
}

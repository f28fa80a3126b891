//! Receipts go only forwards, tell who was told last, and go with their delivery; a delivery that nobody got is given up.

use tempfile::TempDir;
use vitrine_model::Labels;
use vitrine_model::alert::EventKind;
use vitrine_model::notification::{Notification, Receipt};
use vitrine_model::port::deliveries::{DeliveryState, NewDelivery, Room};
use vitrine_model::port::notices::NoticeChange;
use vitrine_model::port::receipts::{PersonReceipt, Reported, Step};

use super::open;
use crate::Store;

fn delivery(key: &str, channel: &str, fallbacks: &[&str]) -> NewDelivery {
    NewDelivery {
        key: key.to_owned(),
        channel: channel.to_owned(),
        line: "line".to_owned(),
        fallbacks: fallbacks.iter().map(|name| (*name).to_owned()).collect(),
        notification: Notification {
            status: EventKind::Firing,
            title: format!("title of {key}"),
            group: format!("group of {key}"),
            group_labels: Labels::default(),
            alerts: Vec::new(),
            host: "http://vitrine.test".to_owned(),
            time_zone: "UTC".to_owned(),
        },
        created_at: 1,
    }
}

fn told(store: &Store, deliveries: &[NewDelivery]) {
    store.notices().commit(&NoticeChange { deliveries: deliveries.to_vec(), ..NoticeChange::default() }).unwrap();
    for delivery in store.deliveries().claim(1, 2, &Room::of_all(10)).unwrap() {
        store.deliveries().delivered(delivery.id, 2, &Receipt { answer: "201".to_owned(), id: None }).unwrap();
    }
}

fn receipt(person: &str, step: Step, id: &str, at: i64) -> PersonReceipt {
    PersonReceipt { person: person.to_owned(), step, id: Some(id.to_owned()), answer: step.word().to_owned(), at }
}

#[test]
fn receipts_go_only_forwards() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    told(&store, &[delivery("a", "sms", &[])]);
    let receipts = store.receipts();
    let report = |step, at| receipts.report("a", &receipt("+49", step, "SM1", at), &|_| None).unwrap();
    // A report may be faster than the answer to the request.
    assert_eq!(report(Step::Sent, 10), Reported::Noted);
    receipts.told("a", &receipt("+49", Step::Taken, "SM1", 11)).unwrap();
    assert_eq!(report(Step::Taken, 12), Reported::Old);
    assert_eq!(report(Step::Delivered, 13), Reported::Noted);
    assert_eq!((report(Step::Failed, 14), report(Step::Sent, 15)), (Reported::Old, Reported::Old));
    assert_eq!(
        receipts.of(&["a".to_owned(), "b".to_owned()]).unwrap(),
        [("a".to_owned(), receipt("+49", Step::Delivered, "SM1", 13))]
    );
    assert_eq!(receipts.report("b", &receipt("+49", Step::Sent, "SM1", 1), &|_| None).unwrap(), Reported::Unknown);
    assert_eq!(receipts.reached("a").unwrap(), ["+49"]);
}

#[test]
fn a_delivery_that_nobody_got_is_given_up_and_the_next_channel_told() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    told(&store, &[delivery("a", "sms", &["mail"])]);
    let receipts = store.receipts();
    for person in ["+1", "+2"] {
        receipts.told("a", &receipt(person, Step::Taken, person, 5)).unwrap();
    }
    let fail = |person: &str| {
        let next = |lost: &vitrine_model::port::deliveries::Delivery| Some(delivery(&format!("{}-mail", lost.key), "mail", &[]));
        receipts.report("a", &receipt(person, Step::Failed, person, 6), &next).unwrap()
    };
    assert_eq!(fail("+1"), Reported::Noted);
    assert_eq!(receipts.reached("a").unwrap(), ["+2"]);
    assert_eq!(fail("+2"), Reported::AllFailed);
    assert_eq!(fail("+2"), Reported::Old);
    let recent = store.deliveries().recent(10).unwrap();
    assert_eq!(
        recent.iter().map(|one| (one.delivery.key.as_str(), one.state)).collect::<Vec<_>>(),
        [("a-mail", DeliveryState::Waiting), ("a", DeliveryState::Dead)]
    );
    assert_eq!(recent[1].answer, "failed; `mail` is told instead");
    // Sent again by hand, it is another message.
    assert!(store.deliveries().resend(recent[1].delivery.id, 7).unwrap());
    receipts.told("a", &receipt("+2", Step::Taken, "another", 8)).unwrap();
    assert_eq!(receipts.reached("a").unwrap(), ["+2"]);
}

#[test]
fn whoever_answers_means_what_they_were_told_last() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    told(&store, &[delivery("a", "sms", &[]), delivery("b", "sms", &[]), delivery("c", "mail", &[])]);
    let receipts = store.receipts();
    assert_eq!(receipts.last_told("sms", "+1").unwrap(), None);
    for (key, at) in [("b", 6), ("a", 5), ("c", 9)] {
        receipts.told(key, &receipt("+1", Step::Taken, key, at)).unwrap();
    }
    let last = receipts.last_told("sms", "+1").unwrap().unwrap();
    assert_eq!((last.group.as_str(), last.title.as_str(), last.key.as_str()), ("group of b", "title of b", "b"));
    assert_eq!(receipts.last_told("sms", "+2").unwrap(), None);
}

#[test]
fn receipts_go_with_their_delivery() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    told(&store, &[delivery("a", "sms", &[])]);
    store.receipts().told("a", &receipt("+1", Step::Taken, "SM1", 5)).unwrap();
    drop(store);
    let state = rusqlite::Connection::open(folder.path().join("state.db")).unwrap();
    state.execute("DELETE FROM deliveries", []).unwrap();
    let left: i64 = state.query_row("SELECT count(*) FROM receipts", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

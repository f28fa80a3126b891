//! Groups and silences survive a restart, and data folders of before there were groups tell nothing twice and no end too few.

use refinery::Target;
use rusqlite::Connection;
use tempfile::TempDir;
use vitrine_model::Labels;
use vitrine_model::alert::{Alert, AlertState};
use vitrine_model::oncall::{Climb, Override, Stage};
use vitrine_model::port::notices::{GroupRow, MemberRow, NoticeChange, RateRow, Told};
use vitrine_model::silence::{Acknowledgement, Condition, Silence};

use super::open;
use crate::sqlite::migrations;

fn alert(host: &str) -> Alert {
    Alert {
        rule: "rules;machine;Full;0".to_owned(),
        labels: Labels::from_pairs([("host", host)]),
        annotations: Labels::from_pairs([("summary", "the disk is full")]),
        state: AlertState::Firing,
        active_at: 5,
        fired_at: Some(7),
        value: f64::INFINITY,
        link: "http://prometheus.test/graph".to_owned(),
        expires_at: Some(99),
    }
}

fn group(key: &str) -> GroupRow {
    GroupRow {
        key: key.to_owned(),
        labels: Labels::from_pairs([("team", "web")]),
        anchor: 10,
        flushed_at: Some(20),
        told_at: vec![("mail".to_owned(), 20)],
        climb: Some(Climb { escalation: "critical".to_owned(), reached: 2, stage: Stage::Paused(7) }),
    }
}

fn member(key: &str, host: &str) -> MemberRow {
    let told = vec![("mail".to_owned(), Told::Digested), ("page".to_owned(), Told::Resolved)];
    MemberRow { group: key.to_owned(), alert: alert(host), ended_at: Some(30), told }
}

#[test]
fn groups_and_members_come_and_go() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let change = NoticeChange {
        groups: vec![group("a"), group("b")],
        members: vec![member("a", "x"), member("a", "y"), member("b", "x")],
        ..NoticeChange::default()
    };
    store.notices().commit(&change).unwrap();
    drop(store);
    let store = open(&folder);
    assert_eq!(store.notices().load().unwrap(), (change.groups, change.members));
    let change = NoticeChange {
        gone_groups: vec!["b".to_owned()],
        gone_members: vec![("a".to_owned(), alert("x").rule, alert("x").labels)],
        ..NoticeChange::default()
    };
    store.notices().commit(&change).unwrap();
    assert_eq!(store.notices().load().unwrap(), (vec![group("a")], vec![member("a", "y")]));
}

#[test]
fn rates_are_kept() {
    let folder = TempDir::new().unwrap();
    let store = open(&folder);
    let rate = |channel: &str| RateRow {
        receiver: "web".to_owned(),
        channel: channel.to_owned(),
        told: vec![1, 5, 9],
        digest_at: Some(5),
        gathers_since: Some(9),
        put_off: 3,
    };
    let change = NoticeChange { rates: vec![rate("mail"), rate("page")], ..NoticeChange::default() };
    store.notices().commit(&change).unwrap();
    let gone_rates = vec![("web".to_owned(), "page".to_owned())];
    store.notices().commit(&NoticeChange { gone_rates, ..NoticeChange::default() }).unwrap();
    drop(store);
    assert_eq!(open(&folder).notices().rates().unwrap(), [rate("mail")]);
}

#[test]
fn silences_and_acknowledgements_are_kept_until_they_are_forgotten() {
    let folder = TempDir::new().unwrap();
    let silence = |id: &str, ends_at| Silence {
        id: id.to_owned(),
        conditions: vec![Condition { name: "a".to_owned(), value: "b|c".to_owned(), is_regex: true, is_equal: false }],
        starts_at: 1,
        ends_at,
        updated_at: 2,
        author: "ada".to_owned(),
        comment: "known".to_owned(),
        remind: Some(5),
        reminded: false,
    };
    let given = |target: &str, until| Acknowledgement {
        target: target.to_owned(),
        author: "ada".to_owned(),
        comment: "mine".to_owned(),
        at: 3,
        until,
    };
    let silences = open(&folder).silences();
    silences.put(&[silence("one", 10), silence("two", 50)]).unwrap();
    silences.put(&[silence("one", 20)]).unwrap();
    silences.acknowledge(&[given("a", None), given("b", Some(9)), given("c", None)]).unwrap();
    let acts = silences.acts("b", 10).unwrap();
    assert_eq!((acts.len(), acts[0].deed, acts[0].until), (1, vitrine_model::silence::Deed::Snoozed, Some(9)));
    silences.withdraw(&["c".to_owned()]).unwrap();
    drop(silences);
    let silences = open(&folder).silences();
    assert_eq!(silences.load().unwrap(), [silence("one", 20), silence("two", 50)]);
    assert_eq!(silences.acknowledgements().unwrap(), [given("a", None), given("b", Some(9))]);
    assert_eq!(silences.prune(30).unwrap(), 2);
    assert_eq!(silences.load().unwrap(), [silence("two", 50)]);
    assert_eq!(silences.acknowledgements().unwrap(), [given("a", None)]);
}

/// A `state.db` as the version before groups left it.
fn before_groups(folder: &TempDir) {
    let mut connection = Connection::open(folder.path().join("state.db")).unwrap();
    migrations::state().set_target(Target::Version(3)).run(&mut connection).unwrap();
    let alert = |host: &str, state: &str| {
        format!("INSERT INTO alerts VALUES ('r', '{{\"host\":\"{host}\"}}', '{{}}', '{state}', 1, 2, 0);")
    };
    let event = |host: &str, kind: &str, planned: u8| {
        format!(
            "INSERT INTO events (kind, at, rule, labels, annotations, state, active_at, fired_at, value, planned)
             VALUES ('{kind}', 3, 'r', '{{\"host\":\"{host}\"}}', '{{}}', 'firing', 1, 2, 0, {planned});"
        )
    };
    let delivery = "INSERT INTO deliveries (key, channel, line, notification, alert_values, created_at, due_at, state)
        VALUES ('k', 'mail', 'r', '{}', '[]', 1, 1, 'delivered');";
    let all = [
        alert("told", "firing"),
        alert("untold", "firing"),
        alert("pending", "pending"),
        event("told", "firing", 1),
        event("untold", "firing", 0),
        event("over", "firing", 1),
        event("over", "resolved", 0),
        event("brief", "firing", 0),
        event("brief", "resolved", 0),
        delivery.to_owned(),
    ];
    connection.execute_batch(&all.concat()).unwrap();
}

#[test]
fn whoever_was_told_before_there_were_groups_is_known() {
    let folder = TempDir::new().unwrap();
    before_groups(&folder);
    let store = open(&folder);
    let (groups, members) = store.notices().load().unwrap();
    assert_eq!(groups.iter().map(|group| group.key.as_str()).collect::<Vec<_>>(), [""]);
    let told: Vec<_> = members.iter().map(|member| (member.alert.labels.get("host").unwrap(), member.told.clone())).collect();
    let mail = vec![("mail".to_owned(), Told::Firing)];
    assert_eq!(told, [("over", mail.clone()), ("told", mail)]);
    assert_eq!(store.alerts().load().unwrap().len(), 3);
    assert_eq!(store.alerts().unplanned(10).unwrap().len(), 4);
}

#[test]
fn overrides_reminders_and_what_somebody_was_given_are_kept() {
    let folder = TempDir::new().unwrap();
    let turn = |id: &str, ends_at| Override {
        id: id.to_owned(),
        schedule: "web".to_owned(),
        person: "ada".to_owned(),
        starts_at: 1,
        ends_at,
        author: "bob".to_owned(),
        made_at: 3,
        comment: "a swap".to_owned(),
    };
    let store = open(&folder);
    [turn("a", 10), turn("b", 20), turn("a", 15)].iter().for_each(|one| store.oncall().put(one).unwrap());
    let silence = Silence {
        id: "s".to_owned(),
        conditions: vec![Condition::equal("a", "b")],
        starts_at: 1,
        ends_at: 9,
        updated_at: 2,
        author: "ada".to_owned(),
        comment: String::new(),
        remind: None,
        reminded: false,
    };
    store.silences().put(std::slice::from_ref(&silence)).unwrap();
    let given =
        Acknowledgement { target: "t".to_owned(), author: "ada".to_owned(), comment: "yours".to_owned(), at: 3, until: None };
    let change = NoticeChange { acknowledged: vec![given.clone()], reminded: vec!["s".to_owned()], ..NoticeChange::default() };
    assert!(!change.is_empty());
    store.notices().commit(&change).unwrap();
    drop(store);
    let store = open(&folder);
    assert_eq!(store.oncall().overrides().unwrap(), [turn("a", 15), turn("b", 20)]);
    assert_eq!(store.silences().load().unwrap(), [Silence { reminded: true, ..silence }]);
    assert_eq!(store.silences().acknowledgements().unwrap(), [given]);
    assert_eq!(store.oncall().prune(16).unwrap(), 1);
    assert_eq!(store.oncall().overrides().unwrap(), [turn("b", 20)]);
}

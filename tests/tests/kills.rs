//! `kill -9` at every step between a rule's evaluation and the receipt of its notice: nothing is lost, and nothing is told twice
//! but what the kill kept from being written down. `KILLS=240 cargo test …` (`make kills`) says how many fell into which step.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use vitrine_tests::{Files, LONG, Mood, Receiver, Relay, Smtp, Start, Vitrine, post};

/// Kills in the usual run, all hosts together; each host has one beginning and one end of an alert for every two.
const KILLS: usize = 40;
/// Hosts that are killed at the same time.
const HOSTS: usize = 4;
const CHANNELS: [&str; 2] = ["mail", "hook"];

/// When the host dies, counted from the acknowledgement of the sample that makes the difference.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// Somewhere in the time that all of it takes; the share of that.
    After(f64),
    /// Its log says so.
    Says(&'static str),
    /// The mail server has the command `MAIL`, or the recipient, or the whole message, and does not answer.
    Mail(Relay),
    /// The receiver has the whole request, and does not answer.
    Hook,
}

/// Where a delivery stood when the host died, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    NotEvaluated,
    Pending,
    Decided,
    InItsGroup,
    Planned,
    Claimed,
    UnderWay,
    SentNotRecorded,
    Recorded,
}

/// Moments in turn: half of them anywhere, swept finely, half at a step; beginnings and ends get the same.
fn moment(number: usize) -> Moment {
    let (round, is_swept) = (number / 4, (number / 2 + number).is_multiple_of(2));
    match round % 6 {
        // Most of it happens early on.
        _ if is_swept => Moment::After(1.2 * ((number as f64 * 0.618_033_988_749_894_9) % 1.0).powi(2)),
        0 => Moment::Mail(Relay::Swallow),
        1 => Moment::Hook,
        2 => Moment::Says("alert is "),
        3 => Moment::Mail(Relay::Hang),
        4 => Moment::Says("delivered"),
        _ => Moment::Mail(Relay::HangRecipient),
    }
}

#[tokio::test]
async fn nothing_is_lost_whenever_the_host_is_killed() {
    let kills = kills();
    let begin = Instant::now();
    let worlds = (0..HOSTS).map(|number| live(number, kills / HOSTS));
    let mut steps: BTreeMap<(&str, Step), usize> = BTreeMap::new();
    for step in futures_util::future::join_all(worlds).await.into_iter().flatten() {
        *steps.entry(step).or_default() += 1;
    }
    eprintln!("{} kills in {} s; where the delivery stood:", kills / HOSTS * HOSTS, begin.elapsed().as_secs());
    for ((channel, step), count) in &steps {
        eprintln!("  {channel} {step:?}: {count}");
    }
    for (channel, step) in CHANNELS.map(|channel| (channel, Step::UnderWay)).into_iter().chain([("mail", Step::SentNotRecorded)])
    {
        assert!(steps.contains_key(&(channel, step)), "no kill fell where {channel} was {step:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no settings")]
fn kills() -> usize {
    std::env::var("KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// A host, whom it tells, and what is allowed of it.
struct World {
    files: Files,
    smtp: Smtp,
    receiver: Receiver,
    vitrine: Vitrine,
    /// From the sample to the last record, undisturbed.
    usual: Duration,
    /// Deliveries that a kill met between claim and record, each as often as it did.
    in_doubt: BTreeMap<String, usize>,
}

/// Lives through so many kills; says where each met each channel's delivery.
async fn live(number: usize, kills: usize) -> Vec<(&'static str, Step)> {
    let (smtp, receiver) = (Smtp::start(Relay::Normal).await, Receiver::start());
    // Every second one has to be true for a while.
    let files = files(&smtp, &receiver, if number.is_multiple_of(2) { "0s" } else { "1s" });
    let vitrine = Start::new(&files).patient().serve().await;
    let mut world = World { files, smtp, receiver, vitrine, usual: Duration::ZERO, in_doubt: BTreeMap::new() };
    world.undisturbed().await;
    let mut steps = Vec::new();
    for kill in 0..kills {
        let (node, level) = (kill / 2 + 1, (kill + 1) % 2);
        // Each host begins elsewhere, so that few kills are enough for all moments.
        let moment = moment(number * kills + kill);
        steps.extend(world.killed(moment, node, level).await);
    }
    world.all_told_once(kills.div_ceil(2) + 1, kills % 2 == 1);
    world.vitrine.stop().await;
    steps
}

fn files(smtp: &Smtp, receiver: &Receiver, hold: &str) -> Files {
    let (url, port) = (receiver.url(), smtp.port());
    let files = Files::new().with_shared_code();
    files.write(
        "config/vitrine.yaml",
        &format!(
            "mail: {{ host: 127.0.0.1, port: {port}, tls: none, from: 'Vitrine <vitrine@shop.test>' }}
channels:
  mail: {{ plugin: email, with: {{ to: [on-call@shop.test] }}, grant: [mail] }}
  hook: {{ plugin: webhook, with: {{ url: '{url}/in' }}, grant: {{ http: ['{url}'] }} }}
"
        ),
    );
    files.write(
        "config/routes.yaml",
        "global: { rate: off }
route: { receiver: all, group_by: [node], group_wait: 0s, group_interval: 1ms }
receivers: [{ name: all, channels: [mail, hook] }]
",
    );
    let rule = format!("{{ alert: Down, expr: level == 1, for: {hold} }}");
    files.write("config/alerts/levels.yaml", &format!("groups: [{{ name: levels, interval: 1s, rules: [{rule}] }}]\n"));
    files
}

impl World {
    async fn push(&self, node: usize, level: usize) {
        let body = format!("level{{node=\"{node}\"}} {level}\n").into_bytes();
        let answer = post(self.vitrine.address(), "/api/v1/import/prometheus", &[], body).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// The first alert is for the clock.
    async fn undisturbed(&mut self) {
        for level in [1, 0] {
            let begin = Instant::now();
            self.push(0, level).await;
            self.is_recorded(0, level).await;
            self.usual = self.usual.max(begin.elapsed());
        }
    }

    /// Fires or ends an alert, dies in between, and tells all the same.
    async fn killed(&mut self, moment: Moment, node: usize, level: usize) -> Vec<(&'static str, Step)> {
        match moment {
            Moment::Mail(relay) => self.smtp.behave(relay).await,
            Moment::Hook => self.receiver.behave("/in", Mood::Hang),
            Moment::After(_) | Moment::Says(_) => {}
        }
        let said = |word: &str| self.vitrine.log().matches(word).count();
        let before = match moment {
            Moment::Says(word) => said(word),
            Moment::Mail(relay) => self.smtp.count(word(relay)),
            _ => self.receiver.posted("/in").len(),
        };
        let contacts = (self.smtp.count("sender"), self.receiver.posted("/in").len());
        self.push(node, level).await;
        match moment {
            Moment::After(share) => tokio::time::sleep(self.usual.mul_f64(share)).await,
            Moment::Says(word) => soon(&format!("the log says `{word}`"), || said(word) > before).await,
            Moment::Mail(relay) => soon("the mail server has it", || self.smtp.count(word(relay)) > before).await,
            Moment::Hook => soon("the receiver has it", || self.receiver.posted("/in").len() > before).await,
        }
        self.vitrine.kill9().await;
        let steps = self.where_it_stood(node, level, contacts);
        self.smtp.behave(Relay::Normal).await;
        self.receiver.behave("/in", Mood::Take);
        self.vitrine.restart().await;
        self.is_recorded(node, level).await;
        steps
    }

    fn database(&self) -> Connection {
        Connection::open_with_flags(self.files.data().join("state.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
    }

    /// Key and state of each delivery of a node over a channel, in order.
    fn deliveries(&self, channel: &str, node: usize) -> Vec<(String, String)> {
        let database = self.database();
        let sql = "SELECT key, state FROM deliveries WHERE channel = ?1 AND line LIKE ?2 ORDER BY id";
        let mut rows = database.prepare(sql).unwrap();
        let rows = rows.query_map([channel, &format!("%node=\"{node}\"%")], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }

    async fn is_recorded(&self, node: usize, level: usize) {
        soon(&format!("node {node} at {level} is told and recorded"), || {
            CHANNELS.iter().all(|channel| {
                let all = self.deliveries(channel, node);
                all.len() == 2 - level && all.iter().all(|(_, state)| state == "delivered")
            })
        })
        .await;
    }

    /// Where the dead host left each channel's delivery. Notes which of them may come twice.
    fn where_it_stood(&mut self, node: usize, level: usize, contacts: (usize, usize)) -> Vec<(&'static str, Step)> {
        let mut steps = Vec::new();
        for channel in CHANNELS {
            let step = match self.deliveries(channel, node).get(1 - level).cloned() {
                None => self.before_the_delivery(node, level),
                Some((_, state)) if state == "waiting" => Step::Planned,
                Some((_, state)) if state == "delivered" => Step::Recorded,
                Some((key, _)) => {
                    *self.in_doubt.entry(key.clone()).or_default() += 1;
                    let is_asked = match channel {
                        "mail" => self.smtp.count("sender") > contacts.0,
                        _ => self.receiver.posted("/in").len() > contacts.1,
                    };
                    match (self.received(channel).contains_key(&key), is_asked) {
                        (true, _) => Step::SentNotRecorded,
                        (false, true) => Step::UnderWay,
                        (false, false) => Step::Claimed,
                    }
                }
            };
            steps.push((channel, step));
        }
        steps
    }

    fn before_the_delivery(&self, node: usize, level: usize) -> Step {
        let database = self.database();
        let like = format!("%\"node\":\"{node}\"%");
        let state = database.query_row("SELECT state FROM alerts WHERE labels LIKE ?1", [&like], |row| row.get::<_, String>(0));
        let kind = if level == 1 { "firing" } else { "resolved" };
        let sql = "SELECT planned FROM events WHERE labels LIKE ?1 AND kind = ?2";
        match (database.query_row(sql, [&like, kind], |row| row.get::<_, i64>(0)), state.as_deref()) {
            (Ok(0), _) => Step::Decided,
            (Ok(_), _) => Step::InItsGroup,
            (Err(_), Ok("pending")) => Step::Pending,
            (Err(_), _) => Step::NotEvaluated,
        }
    }

    /// How often each delivery came, by its key.
    fn received(&self, channel: &str) -> BTreeMap<String, usize> {
        let keys: Vec<String> = match channel {
            "mail" => {
                let mails = self.smtp.mails().into_iter();
                mails.map(|mail| mail.message_id.trim_matches(['<', '>']).split('@').next().unwrap().to_owned()).collect()
            }
            _ => self.receiver.posted("/in").into_iter().filter(|posted| posted.taken).map(|posted| posted.key).collect(),
        };
        let mut counts = BTreeMap::new();
        keys.into_iter().for_each(|key| *counts.entry(key).or_default() += 1);
        counts
    }

    fn all_told_once(&self, nodes: usize, last_fires: bool) {
        for channel in CHANNELS {
            let received = self.received(channel);
            let mut planned = BTreeSet::new();
            for node in 0..nodes {
                let keys = self.deliveries(channel, node).into_iter().map(|(key, _)| key);
                planned.extend(keys);
            }
            let expected = 2 * nodes - usize::from(last_fires);
            assert_eq!(planned.len(), expected, "{channel}");
            assert_eq!(received.keys().cloned().collect::<BTreeSet<_>>(), planned, "{channel} was told of something else");
            for (key, count) in received {
                let most = 1 + self.in_doubt.get(&key).copied().unwrap_or_default();
                assert!(count <= most, "{channel} was told {count} times of {key}, {most} are allowed");
            }
        }
    }
}

/// The mail server's word for that it has what it does not answer.
fn word(relay: Relay) -> &'static str {
    if relay == Relay::Swallow { "mail" } else { "hanging" }
}

/// As `wait_until`, and at once.
async fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + 2 * LONG;
    while !holds() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

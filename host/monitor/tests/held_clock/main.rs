//! The loops on a clock held in the hand, over the real store: ticks, rules, deliveries, restarts.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod ended;
mod escalating;
mod forwarding;
mod heartbeat;
mod replay;
mod rules;
mod telling;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use prometheus_client::registry::Registry;
use vitrine_model::frame::{Frame, TimeRange};
use vitrine_model::labels::NAME;
use vitrine_model::notification::{Failure, Notification, Receipt};
use vitrine_model::port::channel::Channel;
use vitrine_model::port::source::Source;
use vitrine_model::sample::{Batch, Sample};
use vitrine_model::{Clock, Fault, Labels, Millis, Span};
use vitrine_monitor::alert::file::{GroupEntry, RuleEntry, RuleFile};
use vitrine_monitor::alert::{Group, rule};
use vitrine_monitor::clock::HeldClock;
use vitrine_monitor::live::Live;
use vitrine_monitor::schedule::Schedule;
use vitrine_monitor::status::Status;
use vitrine_monitor::{ChannelEntry, Monitor, Parts, Route, Routing, SourceTask};
use vitrine_query::{Engine, Limits};
use vitrine_store::Store;

const SECOND: Millis = 1_000;
const START: Millis = 1_700_000_000_000;

/// A source whose value the test sets, and which the test can hold up.
struct Hand {
    clock: Arc<HeldClock>,
    value: Mutex<Result<f64, Fault>>,
    targets: Mutex<Vec<&'static str>>,
    runs: AtomicU32,
    gate: tokio::sync::Semaphore,
    is_slow: bool,
}

impl Hand {
    fn new(clock: &Arc<HeldClock>, is_slow: bool) -> Arc<Hand> {
        let (value, runs, gate) = (Mutex::new(Ok(1.0)), AtomicU32::new(0), tokio::sync::Semaphore::new(0));
        let targets = Mutex::new(vec!["shop"]);
        Arc::new(Hand { clock: Arc::clone(clock), value, targets, runs, gate, is_slow })
    }

    fn runs(&self) -> u32 {
        self.runs.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Source for Hand {
    async fn collect(&self) -> Result<Batch, Fault> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        if self.is_slow {
            self.gate.acquire().await.unwrap().forget();
        }
        let value = self.value.lock().unwrap().clone()?;
        let sample = Sample { time: self.clock.now(), value };
        let labels = |target: &&str| Labels::from_pairs([(NAME, "probe_success"), ("target", *target)]);
        let samples = self.targets.lock().unwrap().iter().map(|target| (labels(target), sample)).collect();
        Ok(Batch { families: Vec::new(), samples })
    }

    async fn check(&self) -> Result<String, Fault> {
        Ok("well".to_owned())
    }

    async fn query(&self, _: &[String], _: TimeRange) -> Result<Vec<Result<Vec<Frame>, Fault>>, Fault> {
        Ok(Vec::new())
    }
}

/// A channel that writes down what it is told, and refuses as often as asked.
#[derive(Default)]
struct Book {
    told: Mutex<Vec<(String, String)>>,
    refuse: AtomicU32,
}

#[async_trait]
impl Channel for Book {
    async fn deliver(&self, notification: &Notification, key: &str) -> Result<Receipt, Failure> {
        if self.refuse.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(Failure::Retry(Fault::Upstream("not now".to_owned())));
        }
        self.told.lock().unwrap().push((notification.status.word().to_owned(), key.to_owned()));
        Ok(Receipt { answer: "ok".to_owned(), id: None })
    }

    fn waits_for(&self) -> Option<String> {
        None
    }
}

struct World {
    clock: Arc<HeldClock>,
    status: Arc<Status>,
    store: Store,
    monitor: Monitor,
    book: Arc<Book>,
}

impl World {
    async fn open(folder: &std::path::Path, now: Millis, book: &Arc<Book>) -> World {
        let world = World::open_unrouted(folder, now, book);
        let channel = Arc::clone(book) as Arc<dyn Channel>;
        world.monitor.set_channels(vec![ChannelEntry { name: "book".to_owned(), plugin: "test".to_owned(), channel }]);
        world.monitor.set_route(Route {
            routing: Arc::new(Routing::everything_to(["book".to_owned()])),
            public_url: "http://host".to_owned(),
            time_zone: "UTC".to_owned(),
        });
        world.monitor.begin_telling();
        world
    }

    /// Who is told is yet to be said.
    fn open_unrouted(folder: &std::path::Path, now: Millis, book: &Arc<Book>) -> World {
        let clock = Arc::new(HeldClock::new(now));
        let store = Store::open(folder).unwrap();
        let status = Arc::new(Status::default());
        let parts = Parts {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            samples: store.samples(),
            alerts: store.alerts(),
            deliveries: store.deliveries(),
            notices: store.notices(),
            silences: store.silences(),
            oncall: store.oncall(),
            keep: store.keep(),
            engine: Arc::new(Engine::new(store.samples(), Limits::default())),
            live: Live::default(),
            status: Arc::clone(&status),
            collecting: tokio::runtime::Handle::current(),
        };
        let monitor = Monitor::start(parts, &mut Registry::default()).unwrap();
        World { clock, status, store, monitor, book: Arc::clone(book) }
    }

    fn watch(&self, name: &str, source: &Arc<Hand>) {
        let schedule = Schedule::Every { period: Span::from_secs(1), offset: 0 };
        let source = Arc::clone(source) as Arc<dyn Source>;
        self.monitor.set_source(SourceTask {
            name: name.to_owned(),
            plugin: "test".to_owned(),
            schedule,
            labels: Labels::new(),
            source,
        });
    }

    fn missed(&self, name: &str) -> u64 {
        self.status.sources().into_iter().find(|status| status.name == name).unwrap().missed
    }

    /// Set once the run before is done in all its parts.
    fn next_run(&self, name: &str) -> Option<Millis> {
        self.status.sources().into_iter().find(|status| status.name == name).unwrap().next_run
    }

    fn told(&self) -> Vec<String> {
        self.book.told.lock().unwrap().iter().map(|(status, _)| status.clone()).collect()
    }

    /// State and since when, of all alerts.
    fn alerts(&self) -> Vec<(String, Millis)> {
        self.store.alerts().load().unwrap().into_iter().map(|alert| (alert.state.word().to_owned(), alert.active_at)).collect()
    }

    async fn close(self) {
        self.monitor.stop(Duration::from_secs(5)).await;
        self.store.close().unwrap();
    }
}

/// Waits until something is so; the bound is only there to end a test that fails.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..4_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it never came to pass that {what}");
}

impl World {
    /// Lets the clock go, second by second, until something is so.
    async fn go_until(&self, what: &str, is_so: impl Fn(&World) -> bool) {
        for _ in 0..1_000 {
            if is_so(self) {
                return;
            }
            self.clock.set(self.clock.now() + SECOND);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it never came to pass that {what}");
    }
}

fn shop_down(hold: &str) -> Vec<Group> {
    let rule = RuleEntry {
        alert: Some("ShopDown".to_owned()),
        expr: "probe_success == 0".to_owned(),
        hold: Some(hold.to_owned()),
        ..RuleEntry::default()
    };
    let file = RuleFile { groups: vec![GroupEntry { name: "shop".to_owned(), rules: vec![rule], ..GroupEntry::default() }] };
    rule::check("shop", &file, Span::from_secs(1)).unwrap()
}

#[tokio::test]
async fn one_that_hangs_delays_no_other_and_its_ticks_are_counted_not_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(folder.path(), START, &Arc::default()).await;
    let (good, slow) = (Hand::new(&world.clock, false), Hand::new(&world.clock, true));
    world.watch("good", &good);
    world.watch("slow", &slow);
    for tick in 1..=60 {
        until(&format!("the good one waits for tick {tick}"), || world.next_run("good") > Some(world.clock.now())).await;
        world.clock.set(START + Millis::from(tick) * SECOND);
    }
    until("the last tick is kept", || good.runs() == 61).await;
    assert_eq!((world.missed("good"), slow.runs()), (0, 1));
    // Let go at last: the sixty ticks that passed are counted, and none is made up for.
    slow.gate.add_permits(1);
    until("the slow one's ticks are counted", || world.missed("slow") == 60).await;
    until("the slow one waits for its next tick", || world.next_run("slow") > Some(world.clock.now())).await;
    assert_eq!(slow.runs(), 1);
    world.clock.set(START + 61 * SECOND);
    until("it runs again at the next tick", || slow.runs() == 2).await;
    slow.gate.add_permits(100);
    world.close().await;
}

/// Swapped many times around each tick: every tick is kept exactly once, whoever keeps it.
#[tokio::test]
async fn a_swap_around_a_tick_neither_loses_nor_doubles_it() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(folder.path(), START, &Arc::default()).await;
    let (other, mut hands) = (Hand::new(&world.clock, false), vec![Hand::new(&world.clock, false)]);
    world.watch("swapped", &hands[0]);
    world.watch("other", &other);
    let runs = |hands: &[Arc<Hand>]| hands.iter().map(|hand| hand.runs()).sum::<u32>();
    for tick in 0..40_u32 {
        let now = START + Millis::from(tick) * SECOND;
        if tick > 0 {
            // Some swaps come before the tick, some with it, some after.
            hands.push(Hand::new(&world.clock, false));
            world.watch("swapped", &hands[hands.len() - 1]);
            world.clock.set(now);
            hands.push(Hand::new(&world.clock, false));
            world.watch("swapped", &hands[hands.len() - 1]);
        }
        until(&format!("tick {tick} is kept"), || world.next_run("swapped") == Some(now + SECOND)).await;
        until(&format!("tick {tick} of the other is kept"), || world.next_run("other") == Some(now + SECOND)).await;
        hands.push(Hand::new(&world.clock, false));
        world.watch("swapped", &hands[hands.len() - 1]);
        assert_eq!((runs(&hands), other.runs()), (tick + 1, tick + 1));
    }
    assert_eq!((world.missed("swapped"), world.missed("other")), (0, 0));
    world.close().await;
}

/// The run under way ends with the source that it began with; the next one is the new source's.
#[tokio::test]
async fn a_swap_waits_for_the_run_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(folder.path(), START, &Arc::default()).await;
    let (slow, new) = (Hand::new(&world.clock, true), Hand::new(&world.clock, false));
    world.watch("shop", &slow);
    until("the slow one is under way", || slow.runs() == 1).await;
    world.watch("shop", &new);
    world.clock.set(START + 500);
    assert_eq!(new.runs(), 0);
    slow.gate.add_permits(1);
    until("its run has ended", || world.next_run("shop") == Some(START + SECOND)).await;
    world.clock.set(START + SECOND);
    until("the new one takes the next tick", || new.runs() == 1).await;
    assert_eq!(slow.runs(), 1);
    world.close().await;
}

#[tokio::test]
async fn an_alert_is_told_once_and_its_end_too_however_often_the_channel_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let book = Arc::new(Book::default());
    book.refuse.store(2, Ordering::SeqCst);
    let world = World::open(folder.path(), START, &book).await;
    let shop = Hand::new(&world.clock, false);
    world.watch("shop", &shop);
    world.monitor.set_rules(shop_down("5s"), &[]).await;
    *shop.value.lock().unwrap() = Ok(0.0);
    world.go_until("it is pending", |world| world.alerts().iter().any(|alert| alert.0 == "pending")).await;
    world.go_until("somebody is told", |world| !world.told().is_empty()).await;
    assert_eq!(world.alerts()[0].0, "firing");
    *shop.value.lock().unwrap() = Ok(1.0);
    world.go_until("the end is told", |world| world.told().len() >= 2).await;
    // Many evaluations later, nothing more was told.
    let later = shop.runs() + 20;
    world.go_until("time has gone on", |_| shop.runs() >= later).await;
    assert_eq!(world.told(), ["firing", "resolved"]);
    assert!(world.alerts().is_empty());
    world.close().await;
}

#[tokio::test]
async fn pending_time_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let book = Arc::new(Book::default());
    let world = World::open(folder.path(), START, &book).await;
    let shop = Hand::new(&world.clock, false);
    *shop.value.lock().unwrap() = Ok(0.0);
    world.watch("shop", &shop);
    world.monitor.set_rules(shop_down("1m"), &[]).await;
    world.go_until("it is pending", |world| !world.alerts().is_empty()).await;
    let (pending, now) = (world.alerts(), world.clock.now());
    world.close().await;

    let world = World::open(folder.path(), now + 30 * SECOND, &book).await;
    assert_eq!(world.alerts(), pending, "state and start are as they were");
    let shop = Hand::new(&world.clock, false);
    *shop.value.lock().unwrap() = Ok(0.0);
    world.watch("shop", &shop);
    world.monitor.set_rules(shop_down("1m"), &[]).await;
    let fires_at = pending[0].1 + 60 * SECOND;
    world.go_until("somebody is told", |world| !world.told().is_empty()).await;
    let fired = world.store.alerts().load().unwrap()[0].fired_at.unwrap();
    // Had it begun anew, it would be half a minute later; on a busy machine the clock goes on by some seconds in each look.
    assert!((fires_at..fires_at + 20 * SECOND).contains(&fired), "{fired} is not just after {fires_at}");
    world.close().await;
}

#[tokio::test]
async fn what_cannot_be_seen_is_neither_true_nor_over() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(folder.path(), START, &Arc::default()).await;
    let shop = Hand::new(&world.clock, false);
    *shop.value.lock().unwrap() = Err(Fault::Upstream("refused".to_owned()));
    world.watch("shop", &shop);
    until("the fault is on the board", || world.status.sources()[0].fault.is_some()).await;
    *shop.value.lock().unwrap() = Ok(1.0);
    world.clock.set(START + SECOND);
    until("it is well again", || world.status.sources()[0].fault.is_none()).await;
    // A rule that is taken away ends its alerts, and who was told is told so.
    *shop.value.lock().unwrap() = Ok(0.0);
    world.monitor.set_rules(shop_down("0s"), &[]).await;
    world.go_until("somebody is told", |world| !world.told().is_empty()).await;
    // One whose file cannot be read just now does not.
    world.monitor.set_rules(Vec::new(), &["shop".to_owned()]).await;
    assert_eq!(world.alerts().len(), 1);
    world.monitor.set_rules(Vec::new(), &[]).await;
    until("the end is told", || world.told() == ["firing", "resolved"]).await;
    world.close().await;
}

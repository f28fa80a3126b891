//! The alert-generator rules of Prometheus's compliance programme, towards an outside Alertmanager, on the held clock: what fires
//! is sent within one interval, and again each resend delay; `EndsAt` is four times the longer of both; ends are sent for 15 min.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Value, json};
use vitrine_model::labels::NAME;
use vitrine_model::notification::{Failure, Notification, NotifiedAlert, Receipt};
use vitrine_model::port::channel::Channel;
use vitrine_model::sample::{Batch, Sample};
use vitrine_model::{Clock, Fault, Labels, Millis, Span};
use vitrine_monitor::alert::{Group, rule};
use vitrine_monitor::{ChannelEntry, Forwarding, fingerprint};

use super::{Book, SECOND, START, World, until};

/// The moment since the beginning at which each alert came, and the alert; in the order in which they came.
type Came = Vec<(Millis, NotifiedAlert)>;

/// An Alertmanager that takes down what it is sent.
struct Desk {
    clock: Arc<dyn Clock>,
    came: Arc<Mutex<Came>>,
    is_away: bool,
}

#[async_trait]
impl Channel for Desk {
    async fn deliver(&self, notification: &Notification, _: &str) -> Result<Receipt, Failure> {
        if self.is_away {
            return Err(Failure::Retry(Fault::Upstream("away".to_owned())));
        }
        let now = self.clock.now() - START;
        assert!(notification.alerts.len() <= 64, "a batch has 64 alerts at most");
        self.came.lock().unwrap().extend(notification.alerts.iter().map(|alert| (now, alert.clone())));
        Ok(Receipt { answer: "200".to_owned(), id: None })
    }

    fn waits_for(&self) -> Option<String> {
        None
    }
}

struct Stage {
    world: World,
    came: Arc<Mutex<Came>>,
    first: Millis,
}

/// Every 15 s; the last rule has all written that the others give before the loop waits again.
fn groups(rules: &Value) -> Vec<Group> {
    let mut rules = rules.as_array().unwrap().clone();
    rules.push(json!({ "record": "alerts:all", "expr": "count(ALERTS) or vector(0)" }));
    let file = json!({ "groups": [{ "name": "g", "interval": "15s", "rules": rules }] });
    rule::check("f", &serde_json::from_value(file).unwrap(), Span::from_secs(15)).unwrap()
}

impl Stage {
    /// `series` are names of instances and their values, one for each evaluation.
    async fn open(folder: &std::path::Path, rules: &Value, series: &[(&str, &[(usize, f64)])]) -> Stage {
        let first = groups(rules)[0].schedule.next_after(START).unwrap();
        let stage = Stage::again(folder, rules, START, first, Arc::default()).await;
        let samples = series.iter().flat_map(|(instance, runs)| {
            let values = runs.iter().flat_map(|(count, value)| std::iter::repeat_n(*value, *count));
            let labels = Labels::from_pairs([(NAME, "m"), ("instance", *instance)]);
            let at = move |step: usize| first + 15 * SECOND * Millis::try_from(step).unwrap();
            values.enumerate().map(move |(step, value)| (labels.clone(), Sample { time: at(step), value }))
        });
        stage.world.store.samples().append(&[Batch { families: Vec::new(), samples: samples.collect() }]).unwrap();
        stage
    }

    async fn again(folder: &std::path::Path, rules: &Value, now: Millis, first: Millis, came: Arc<Mutex<Came>>) -> Stage {
        let world = World::open(folder, now, &Arc::new(Book::default())).await;
        let desk = |name: &str| {
            let (clock, is_away) = (Arc::clone(&world.clock) as Arc<dyn Clock>, name == "away");
            let channel = Arc::new(Desk { clock, came: Arc::clone(&came), is_away });
            ChannelEntry { name: name.to_owned(), plugin: "test".to_owned(), channel }
        };
        world.monitor.set_channels(vec![desk("am"), desk("away")]);
        let channels = vec!["am".to_owned(), "away".to_owned(), "gone".to_owned()];
        world.monitor.set_forwarding(Forwarding {
            channels,
            labels: Labels::from_pairs([("zone", "eu"), ("team", "none")]),
            delay: 60 * SECOND,
        });
        world.monitor.set_rules(groups(rules), &[]).await;
        // The group's loop looks at the clock before this goes.
        tokio::task::yield_now().await;
        Stage { world, came, first }
    }

    /// Evaluates from one step to before another; what came, in lines: step, instance, and until when it holds, in steps.
    async fn steps(&self, steps: std::ops::Range<Millis>) -> Vec<String> {
        self.came.lock().unwrap().clear();
        for step in steps {
            let moment = self.first + step * 15 * SECOND;
            self.world.clock.set(moment);
            let evaluated =
                || self.world.status.groups()[0].evaluated.iter().all(|one| one.as_ref().is_some_and(|one| one.at == moment));
            until("the rules are evaluated", evaluated).await;
            until("what is due is sent", || self.world.monitor.is_forwarded()).await;
        }
        let step = |moment: Millis| (moment - (self.first - START)) / (15 * SECOND);
        let name = |alert: &NotifiedAlert| alert.labels.get("instance").or(alert.labels.get("alertname")).unwrap().to_owned();
        let line = |(at, alert): &(Millis, NotifiedAlert)| {
            let end = step(alert.ends_at.unwrap() - START);
            format!("{} {} {} {end}", step(*at), name(alert), alert.status.word())
        };
        self.came.lock().unwrap().iter().map(line).collect()
    }
}

/// "Pending → firing → resolved": sent with the evaluation at which it fires, again after the resend delay, to hold for four of
/// them; its end at once, again for 15 min, and then no more.
#[tokio::test]
async fn pending_firing_resolved() {
    let folder = tempfile::tempdir().unwrap();
    let rules = json!([{ "alert": "A", "expr": "m > 10", "for": "30s", "labels": { "team": "web", "of": "{{ $labels.instance }}" },
        "annotations": { "summary": "{{ $labels.instance }} has {{ $value }}" } }]);
    let stage = Stage::open(folder.path(), &rules, &[("a", &[(2, 1.0), (10, 11.0), (90, 1.0)])]).await;
    let came = stage.steps(0..12).await;
    assert_eq!(came, ["4 a firing 20", "9 a firing 25"]);
    let (_, alert) = stage.came.lock().unwrap()[0].clone();
    let labels = Labels::from_pairs([("alertname", "A"), ("instance", "a"), ("of", "a"), ("team", "web")]);
    assert_eq!(alert.labels, labels.with([("zone", "eu")]), "and the host's own, where it has no other");
    assert_eq!(alert.annotations, Labels::from_pairs([("summary", "a has 11")]));
    assert_eq!(alert.starts_at, stage.first + 4 * 15 * SECOND, "it starts when it begins to fire");
    assert_eq!(alert.link, format!("http://host/alerts/{}", fingerprint(&labels)));
    let came = stage.steps(12..90).await;
    let wanted: Vec<String> = (0..13).map(|turn| format!("{} a resolved 12", 12 + turn * 5)).collect();
    assert_eq!(came, wanted);
    stage.world.close().await;
}

/// "Pending → resolved" and "always inactive": nothing is sent of either.
#[tokio::test]
async fn pending_resolved_and_always_inactive() {
    let folder = tempfile::tempdir().unwrap();
    let rules = json!([{ "alert": "A", "expr": "m > 10", "for": "1m" }, { "alert": "Never", "expr": "m > 100" }]);
    let stage = Stage::open(folder.path(), &rules, &[("a", &[(2, 11.0), (3, 1.0), (2, 11.0), (10, 1.0)])]).await;
    assert_eq!(stage.steps(0..15).await, [""; 0]);
    stage.world.close().await;
}

/// "Zero `for`" fires with the first evaluation, "small `for`", less than an interval, with the second.
#[tokio::test]
async fn zero_and_small_for() {
    let folder = tempfile::tempdir().unwrap();
    let rules = json!([{ "alert": "Zero", "expr": "sum(m) > 10" }, { "alert": "Small", "expr": "sum(m) > 10", "for": "1s" }]);
    let stage = Stage::open(folder.path(), &rules, &[("a", &[(1, 1.0), (4, 11.0), (3, 1.0)])]).await;
    let wanted = ["1 Zero firing 17", "2 Small firing 18", "5 Zero resolved 5", "5 Small resolved 5"];
    assert_eq!(stage.steps(0..7).await, wanted);
    stage.world.close().await;
}

/// "New alerts and order": rules in the order of the group; series that come later are sent without waiting for the others.
#[tokio::test]
async fn new_alerts_and_order() {
    let folder = tempfile::tempdir().unwrap();
    let rules = json!([{ "alert": "Second", "expr": "m > 10" }, { "alert": "First", "expr": "sum(m) > 20" }]);
    let stage = Stage::open(folder.path(), &rules, &[("a", &[(10, 11.0)]), ("b", &[(2, 1.0), (8, 11.0)])]).await;
    let wanted = ["0 a firing 16", "2 b firing 18", "2 First firing 18", "5 a firing 21", "7 b firing 23", "7 First firing 23"];
    assert_eq!(stage.steps(0..9).await, wanted);
    stage.world.close().await;
}

/// After a restart what fires is sent again, and what ended less than 15 min ago too.
#[tokio::test]
async fn a_restart_sends_again_what_fires_and_what_ended_lately() {
    let folder = tempfile::tempdir().unwrap();
    let rules = json!([{ "alert": "A", "expr": "m > 10" }]);
    let series: [(&str, &[(usize, f64)]); 2] = [("a", &[(40, 11.0)]), ("b", &[(3, 11.0), (40, 1.0)])];
    let stage = Stage::open(folder.path(), &rules, &series).await;
    assert_eq!(stage.steps(0..5).await, ["0 a firing 16", "0 b firing 16", "3 b resolved 3"]);
    let (now, first) = (stage.world.clock.now(), stage.first);
    stage.world.close().await;
    let stage = Stage::again(folder.path(), &rules, now, first, Arc::default()).await;
    assert_eq!(stage.steps(5..6).await, ["5 a firing 21", "5 b resolved 3"]);
    stage.world.close().await;
}

/// More than one request takes go in several, in order.
#[tokio::test]
async fn many_alerts_go_in_batches() {
    let folder = tempfile::tempdir().unwrap();
    let rules = json!([{ "alert": "A", "expr": "m > 10" }]);
    let names: Vec<String> = (0..200).map(|number| format!("i{number:03}")).collect();
    let runs: &[(usize, f64)] = &[(3, 11.0)];
    let series: Vec<(&str, &[(usize, f64)])> = names.iter().map(|name| (name.as_str(), runs)).collect();
    let stage = Stage::open(folder.path(), &rules, &series).await;
    let wanted: Vec<String> = names.iter().map(|name| format!("0 {name} firing 16")).collect();
    assert_eq!(stage.steps(0..2).await, wanted);
    stage.world.close().await;
}

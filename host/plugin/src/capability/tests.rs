#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use prometheus_client::registry::Registry;
use vitrine_model::frame::{Column, Frame, Values};
use vitrine_model::port::StoreError;
use vitrine_model::port::databases::{DatabaseFacts, Databases, Dialect, Parameter};
use vitrine_model::port::keep::{Keep, Kept, Room};
use vitrine_model::{Labels, Millis};
use vitrine_pack::{Kind, Manifest};

use super::imported::types::{Fault, Label};
use super::imported::{clock, files as wit_files, metrics as wit_metrics, sql as wit_sql, state as wit_state};
use super::*;
use crate::grant::{GrantSettings, Grants};
use crate::limit::{Budget, Limits};
use crate::metrics::Metrics;
use crate::own::Own;
use crate::settings::{InstanceLimits, PluginSettings};

const MANIFEST: &str = r#"
    name = "probe"
    kind = "data-source"
    version = "1.0.0"
    title = "Probe"
    description = "Asks for everything."
    offers = ["collector"]
    [rights]
    sql.reason = "reads"
    files.reason = "reads"
    state.reason = "keeps"
    metrics.reason = "counts"
"#;

#[derive(Debug)]
struct FixedClock;

#[async_trait]
impl Clock for FixedClock {
    fn now(&self) -> Millis {
        1_234
    }

    async fn sleep_until(&self, _moment: Millis) {}
}

/// Values by owner and key, in memory; with a wish to fail.
#[derive(Default)]
struct Memory(Mutex<BTreeMap<(String, String), Vec<u8>>>);

impl Keep for Memory {
    fn get(&self, owner: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match key {
            "broken" => Err(StoreError("`/secret/place/state.db` is damaged".to_owned())),
            key => Ok(self.0.lock().unwrap().get(&(owner.to_owned(), key.to_owned())).cloned()),
        }
    }

    fn set(&self, owner: &str, key: &str, value: &[u8], most: Room) -> Result<Kept, StoreError> {
        let used = self.used(owner)?;
        if used.keys >= most.keys {
            return Ok(Kept::Full(used));
        }
        self.0.lock().unwrap().insert((owner.to_owned(), key.to_owned()), value.to_vec());
        self.used(owner).map(Kept::Yes)
    }

    fn delete(&self, owner: &str, key: &str) -> Result<Room, StoreError> {
        self.0.lock().unwrap().remove(&(owner.to_owned(), key.to_owned()));
        self.used(owner)
    }

    fn keys(&self, owner: &str, prefix: &str) -> Result<Vec<String>, StoreError> {
        let all = self.0.lock().unwrap();
        Ok(all.keys().filter(|(whose, key)| whose == owner && key.starts_with(prefix)).map(|(_, key)| key.clone()).collect())
    }

    fn used(&self, owner: &str) -> Result<Room, StoreError> {
        let all = self.0.lock().unwrap();
        let own = all.iter().filter(|((whose, _), _)| whose == owner);
        Ok(own.fold(Room::default(), |room, ((_, key), value)| Room {
            keys: room.keys + 1,
            bytes: room.bytes + (key.len() + value.len()) as u64,
        }))
    }

    fn prune(&self, _owners: &[String], _now: Millis, _unseen: Millis) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

/// Answers the statement; never comes back from `hang`.
struct Echo;

#[async_trait]
impl Databases for Echo {
    fn facts(&self) -> Vec<DatabaseFacts> {
        let named = |name: &str| DatabaseFacts { name: name.to_owned(), dialect: Dialect::Postgres, writable: false };
        ["erp", "shop"].map(named).into()
    }

    async fn query(
        &self,
        database: &str,
        statement: &str,
        parameters: Vec<Parameter>,
        _: Duration,
    ) -> Result<Frame, vitrine_model::Fault> {
        if statement == "hang" {
            std::future::pending::<()>().await;
        }
        let texts = vec![format!("{database}: {statement} {parameters:?}")];
        let column = Column { name: "said".to_owned(), labels: Labels::new(), unit: None, values: Values::Texts(texts) };
        Ok(Frame { name: String::new(), columns: vec![column] })
    }
}

/// An instance's guest, as far as capabilities see it, with this grant.
pub(super) struct World {
    metrics: Metrics,
    pub(super) services: Arc<Services>,
}

impl World {
    pub(super) fn new() -> World {
        let metrics = Metrics::default();
        let services = Services {
            clock: Arc::new(FixedClock),
            http: http::Egress::new(http::Trust::new(None), http::HttpMetrics::default()),
            mail: mail::Relay::default(),
            system: system::Reader::default(),
            files: files::Reader::default(),
            state: state::Store::default(),
            desk: crate::capability::notice::Desk::default(),
            sql: sql::Door::default(),
            refusals: metrics.refusals(),
            budget: Arc::new(Budget::new(1 << 30)),
        };
        services.state.set(Arc::new(Memory::default()));
        services.sql.set(Arc::new(Echo));
        World { metrics, services: Arc::new(services) }
    }

    pub(super) fn guest(&self, grant: &str) -> Context {
        let settings: GrantSettings = serde_json::from_str(grant).unwrap();
        let grants = Grants::new(&settings, &Manifest::parse(MANIFEST).unwrap()).unwrap();
        let own = Own::new("shop".into(), "probe", &self.metrics, (20, 100));
        let limits = Limits::new(&PluginSettings::default(), Kind::DataSource, None, &InstanceLimits::default());
        let mut context = Context::new(Arc::new(own), (Arc::new(grants), Arc::default()), Arc::clone(&self.services), limits);
        context.begin(Duration::from_secs(10), Duration::from_secs(2));
        context
    }

    fn shown(&self) -> String {
        let mut registry = Registry::default();
        self.metrics.register(&mut registry, &Arc::new(Budget::new(0)), 0);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        text
    }
}

fn denied<T: std::fmt::Debug>(answer: Result<T, Fault>, part: &str) {
    assert!(matches!(&answer, Err(Fault::Denied(reason)) if reason.contains(part)), "`{part}`: {answer:?}");
}

#[tokio::test]
async fn what_is_not_granted_is_refused_and_counted() {
    let world = World::new();
    let mut guest = world.guest("[]");
    denied(wit_state::Host::get(&mut guest, "a".to_owned()).await, "add `state`");
    denied(wit_state::Host::set(&mut guest, "a".to_owned(), vec![1]).await, "add `state`");
    denied(wit_state::Host::delete(&mut guest, "a".to_owned()).await, "add `state`");
    denied(wit_state::Host::keys(&mut guest, String::new()).await, "add `state`");
    denied(wit_files::Host::read(&mut guest, "a".to_owned(), 0, 1).await, "add `files:");
    denied(wit_files::Host::entries(&mut guest, String::new()).await, "add `files:");
    denied(wit_files::Host::folders(&mut guest), "add `files:");
    denied(wit_sql::Host::query(&mut guest, "shop".to_owned(), "SELECT 1".to_owned(), Vec::new()).await, "add `sql:");
    denied(wit_sql::Host::databases(&mut guest), "add `sql:");
    denied(wit_metrics::Host::count(&mut guest, "a".to_owned(), Vec::new(), 1.0), "add `metrics`");
    denied(wit_metrics::Host::gauge(&mut guest, "a".to_owned(), Vec::new(), 1.0), "add `metrics`");
    let shown = world.shown();
    for (right, count) in [("state", 4), ("files", 3), ("sql", 2), ("metrics", 2)] {
        let line = format!("vitrine_plugin_refusals_total{{instance=\"shop\",right=\"{right}\"}} {count}");
        assert!(shown.contains(&line), "{line} in\n{shown}");
    }
}

#[tokio::test]
async fn values_are_an_instances_own_and_have_room() {
    let world = World::new();
    let mut guest = world.guest(r#"{"state": {"keys": 2}}"#);
    for key in ["a", "b"] {
        wit_state::Host::set(&mut guest, key.to_owned(), b"xyz".to_vec()).await.unwrap();
    }
    denied(wit_state::Host::set(&mut guest, "c".to_owned(), Vec::new()).await, "2 of 2 keys");
    assert_eq!(wit_state::Host::get(&mut guest, "a".to_owned()).await.unwrap(), Some(b"xyz".to_vec()));
    assert!(world.shown().contains("vitrine_plugin_state_bytes{instance=\"shop\",plugin=\"probe\"} 8"), "{}", world.shown());
    wit_state::Host::delete(&mut guest, "a".to_owned()).await.unwrap();
    assert_eq!(wit_state::Host::keys(&mut guest, String::new()).await.unwrap(), vec!["b".to_owned()]);
    // Another guest of the instance, and a new one, see the same.
    let mut next = world.guest(r#"["state"]"#);
    assert_eq!(wit_state::Host::get(&mut next, "b".to_owned()).await.unwrap(), Some(b"xyz".to_vec()));
    let long = wit_state::Host::set(&mut next, "k".repeat(257), Vec::new()).await;
    assert!(matches!(&long, Err(Fault::Internal(reason)) if reason.contains("256")), "{long:?}");
    // The host's own trouble is told without the host's paths.
    let broken = wit_state::Host::get(&mut next, "broken".to_owned()).await;
    assert!(matches!(&broken, Err(Fault::Upstream(reason)) if !reason.contains("secret")), "{broken:?}");
}

#[tokio::test]
async fn a_loop_of_writes_is_slowed_and_ends_with_its_time() {
    let world = World::new();
    let mut guest = world.guest(r#"["state"]"#);
    // What the guest keeps for its last words aside, a fifth of a second.
    guest.begin(Duration::from_millis(700), Duration::from_secs(2));
    let mut written = 0;
    let ended = loop {
        match wit_state::Host::set(&mut guest, "a".to_owned(), Vec::new()).await {
            Ok(()) => written += 1,
            Err(fault) => break fault,
        }
    };
    // 200 at once, then 20 a second for as long as the call has.
    assert!((200..=260).contains(&written), "{written}");
    assert!(matches!(&ended, Fault::Internal(reason) if reason.contains("20 times a second")), "{ended:?}");
}

#[tokio::test]
async fn a_granted_folder_is_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), "one\n").unwrap();
    let path = folder.path().display();
    let world = World::new();
    let mut guest = world.guest(&format!(r#"{{"files": ["{path}"]}}"#));
    for name in ["a.log".to_owned(), format!("{path}/a.log")] {
        assert_eq!(wit_files::Host::read(&mut guest, name.clone(), 0, 9).await.unwrap(), b"one\n".to_vec(), "{name}");
    }
    assert_eq!(wit_files::Host::folders(&mut guest).unwrap(), vec![path.to_string()]);
    assert_eq!(wit_files::Host::entries(&mut guest, String::new()).await.unwrap()[0].name, "a.log");
    denied(wit_files::Host::read(&mut guest, "/etc/passwd".to_owned(), 0, 9).await, "/etc");
    denied(wit_files::Host::read(&mut guest, "../a".to_owned(), 0, 9).await, "`..`");
    let gone = wit_files::Host::read(&mut guest, "b.log".to_owned(), 0, 9).await;
    assert!(matches!(&gone, Err(Fault::Upstream(reason)) if reason == "`b.log` is not there"), "{gone:?}");
}

#[tokio::test]
async fn a_granted_database_is_asked_within_bounds() {
    let world = World::new();
    let mut guest = world.guest(r#"{"sql": ["shop"]}"#);
    let names: Vec<_> = wit_sql::Host::databases(&mut guest).unwrap().into_iter().map(|database| database.name).collect();
    assert_eq!(names, ["shop"]);
    let ask = async |guest: &mut Context, database: &str, statement: &str, parameters| {
        wit_sql::Host::query(guest, database.to_owned(), statement.to_owned(), parameters).await
    };
    let frame = ask(&mut guest, "shop", "SELECT $1", vec![wit_sql::Parameter::Integer(7)]).await.unwrap();
    let said = format!("{:?}", frame.columns[0].values);
    assert!(said.contains("shop: SELECT $1 [Integer(7)]"), "{said}");
    denied(ask(&mut guest, "erp", "SELECT 1", Vec::new()).await, "add `sql: [erp]`");
    for (statement, parameters) in [
        ("x".repeat((64 << 10) + 1), Vec::new()),
        ("x".to_owned(), vec![wit_sql::Parameter::Null; 1_001]),
        ("x".to_owned(), vec![wit_sql::Parameter::Text("x".repeat((1 << 20) + 1))]),
    ] {
        let answer = ask(&mut guest, "shop", &statement, parameters).await;
        assert!(matches!(answer, Err(Fault::Internal(_))), "{answer:?}");
    }
    guest.begin(Duration::from_millis(550), Duration::from_secs(2));
    let hung = ask(&mut guest, "shop", "hang", Vec::new()).await;
    assert!(matches!(&hung, Err(Fault::Upstream(reason)) if reason.contains("did not answer")), "{hung:?}");
}

#[test]
fn counters_and_gauges_stand_on_the_hosts_page() {
    let world = World::new();
    let mut guest = world.guest(r#"["metrics"]"#);
    let label = |name: &str, value: &str| Label { name: name.to_owned(), value: value.to_owned() };
    wit_metrics::Host::count(&mut guest, "orders".to_owned(), vec![label("state", "open")], 2.0).unwrap();
    wit_metrics::Host::gauge(&mut guest, "queue".to_owned(), Vec::new(), 3.0).unwrap();
    let wrong = wit_metrics::Host::count(&mut guest, "orders".to_owned(), vec![label("plugin", "x")], 1.0);
    assert!(matches!(wrong, Err(Fault::Internal(_))), "{wrong:?}");
    let line = r#"vitrine_plugin_custom_orders_total{instance="shop",plugin="probe",state="open"} 2.0"#;
    assert!(world.shown().contains(line), "{}", world.shown());
    drop(guest);
    assert!(!world.shown().contains("custom"), "{}", world.shown());
}

#[test]
fn clocks_are_the_hosts_and_never_go_back() {
    let mut guest = World::new().guest("[]");
    assert_eq!(clock::Host::now(&mut guest), 1_234);
    let moments: Vec<u64> = (0..100).map(|_| clock::Host::monotonic(&mut guest)).collect();
    assert!(moments.is_sorted());
}

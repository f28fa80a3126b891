//! A whole host without its port, on a clock that the test holds.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use vitrine_model::Millis;
use vitrine_model::port::source::Source;
use vitrine_monitor::clock::HeldClock;
use vitrine_plugin::Standing;

use super::*;
use crate::orders::{self, Order, What};
use crate::plan;

#[path = "../../../../tests/src/manifest.rs"]
mod manifest;

/// In November 2023; the sources here are polled on the first of January.
const START: Millis = 1_700_000_000_000;
const MINUTE: Millis = 60_000;

struct World {
    clock: Arc<HeldClock>,
    host: Host,
    folder: tempfile::TempDir,
}

/// A source that nobody polls but the test.
fn shop(deed: &str) -> String {
    format!(
        "shop: {{ plugin: misbehaving, cron: '0 0 0 1 1 *', with: {{ deed: {deed} }}, grant: {{ http: ['https://example.org'], sql: [test] }} }}"
    )
}

fn write(folder: &Path, source: &str) {
    let database = folder.join("test.db");
    let text = format!("databases: {{ test: {{ sqlite: '{}' }} }}\nsources:\n  {source}\n", database.display());
    let beside = folder.join("vitrine.yaml.new");
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(beside, folder.join("config/vitrine.yaml")).unwrap();
}

impl World {
    /// With the guest that misbehaves beside the bundled plugins.
    fn prepare() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["config", "plugins", "dashboards", "data"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("test.db"), b"").unwrap();
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
        let guest = tests.join("components/misbehaving.wasm");
        let guest = std::fs::read(&guest).unwrap_or_else(|_| panic!("{} is missing: run `make guests`", guest.display()));
        let asked = std::fs::read_to_string(tests.join("misbehaving/plugin.toml")).unwrap();
        let asked = format!("{asked}\n[rights.sql]\nreason = 'believes whatever a database answers'\n");
        std::fs::write(folder.path().join("plugins/misbehaving.wasm"), manifest::with_manifest(&guest, &asked)).unwrap();
        folder
    }

    async fn start(folder: tempfile::TempDir) -> World {
        let place = |name: &str| folder.path().join(name);
        let flags = json!({
            "data_dir": place("data"),
            "dashboards_dir": place("dashboards"),
            "plugins": { "folder": place("plugins") },
        });
        let origins = Origins { folder: place("config"), environment: Vec::new(), flags, bound: None, preview: None };
        let plan = plan::read(&origins).map_err(|(problems, _)| problems.render(false)).unwrap();
        assert!(plan.problems.is_empty(), "{}", plan.problems);
        let clock = Arc::new(HeldClock::new(START));
        let collecting = tokio::runtime::Handle::current();
        let around =
            Surroundings { clock: Arc::clone(&clock) as Arc<dyn Clock>, collecting, compiler: None, samples: None, alerts: None };
        World { host: Box::pin(Host::start(plan, origins, around)).await.unwrap(), clock, folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn standing(&self) -> Standing {
        self.host.running().instances[&("source", "shop".to_owned())].instance.usage().standing
    }

    async fn collect(&self) -> Result<(), String> {
        let source = self.host.running().source("shop").unwrap();
        source.collect().await.map(drop).map_err(|fault| fault.to_string())
    }

    /// Calls it again and again, until it is not called any more.
    async fn wear_out(&self) {
        for _ in 0..1_000 {
            if self.standing() == Standing::Disabled {
                return;
            }
            self.clock.set(self.clock.now() + 10_000);
            self.collect().await.unwrap_err();
        }
        panic!("it is {:?} after a thousand calls", self.standing());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_disabled_comes_back_by_an_order_or_another_entry() {
    let folder = World::prepare();
    write(folder.path(), &shop("panic"));
    let mut world = Box::pin(World::start(folder)).await;
    world.wear_out().await;
    let reason = world.collect().await.unwrap_err();
    assert!(reason.contains("disabled after 3 quarantines"), "{reason}");
    // Neither time nor reading the same files again is an admin's word.
    world.clock.set(world.clock.now() + 10_000 * MINUTE);
    reload::reload(&mut world.host).await;
    assert_eq!(world.standing(), Standing::Disabled);
    orders::leave(&world.data(), &Order::of("source/shop", What::Enable)).unwrap();
    reload::reload(&mut world.host).await;
    assert_eq!(world.standing(), Standing::Well);
    let reason = world.collect().await.unwrap_err();
    assert!(reason.contains("this was on purpose"), "it was called: {reason}");

    world.wear_out().await;
    write(world.folder.path(), &shop("nothing"));
    reload::reload(&mut world.host).await;
    assert_eq!((world.standing(), world.collect().await), (Standing::Well, Ok(())));
    world.host.stop().await.unwrap();
}

/// A database with tables, over which the guest falls.
fn full(folder: &Path) -> Vec<u8> {
    let made = folder.join("made");
    Store::open(&made).unwrap().close().unwrap();
    std::fs::read(made.join("state.db")).unwrap()
}

/// A new file in the old one's place.
fn replace_database(folder: &Path, bytes: &[u8]) {
    let beside = folder.join("test.db.new");
    std::fs::write(&beside, bytes).unwrap();
    std::fs::rename(beside, folder.join("test.db")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_pass_by_itself_is_tried_again_as_time_goes() {
    let folder = World::prepare();
    write(folder.path(), &shop("nothing"));
    let World { clock, mut host, folder } = Box::pin(World::start(folder)).await;
    replace_database(folder.path(), &full(folder.path()));
    write(folder.path(), &shop("trust"));
    let (cards, stop) = (Arc::clone(&host.cards), CancellationToken::new());
    let key = ("source", "shop".to_owned());
    let note = || cards.lock().unwrap().notes.get(&key).cloned();
    let watching = async {
        until("the new entry is not taken", || note().is_some_and(|note| note.may_pass && note.problem.is_some())).await;
        replace_database(folder.path(), b"");
        // No file of the host's has changed; only the clock goes.
        until("the new entry is taken", || {
            clock.set(clock.now() + MINUTE);
            note().is_none()
        })
        .await;
        stop.cancel();
    };
    tokio::join!(host.run(stop.clone()), watching);
    let made = cards.lock().unwrap().instances[&key].clone();
    assert!(made.version.contains("trust"), "{}", made.version);
    host.stop().await.unwrap();
}

/// Waits; the bound is only there to end a test that fails.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never came to pass that {what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_host_brings_its_own_plugins_with_what_they_ask() {
    let folder = World::prepare();
    write(folder.path(), "machine: { plugin: system, cron: '0 0 0 1 1 *', grant: [system] }");
    // As another version of the host left it: its build asked for nothing.
    let before = json!({ "plugin": "system", "digest": "sha256:00", "asked": {}, "grant": ["system"] });
    let store = Store::open(&folder.path().join("data")).unwrap();
    store.approvals().set("source/machine", &before.to_string()).unwrap();
    store.close().unwrap();
    drop(store);
    let world = Box::pin(World::start(folder)).await;
    {
        let running = world.host.running();
        assert!(running.notes.is_empty(), "{:?}", running.notes);
        assert!(running.instances.contains_key(&("source", "machine".to_owned())));
    }
    let approval = serde_json::to_value(world.host.book.get("source/machine").unwrap()).unwrap();
    let asks: &Value = &approval["asked"];
    assert!(asks.get("system").is_some() && approval["digest"] != "sha256:00", "{approval}");
    world.host.stop().await.unwrap();
}

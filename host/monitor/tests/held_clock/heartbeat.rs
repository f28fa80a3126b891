//! The dead man's switch: it beats while all goes on, and only then.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use vitrine_model::port::channel::Channel;
use vitrine_model::{Clock, Millis, Span};
use vitrine_monitor::ChannelEntry;
use vitrine_monitor::notify::heartbeat::Heartbeat;
use vitrine_monitor::status::Evaluated;

use super::{Book, SECOND, START, World, shop_down, until};

impl World {
    fn beat(&self) {
        let channel = Arc::clone(&self.book) as Arc<dyn Channel>;
        self.monitor.set_channels(vec![ChannelEntry { name: "book".to_owned(), plugin: "test".to_owned(), channel }]);
        let (name, channel) = ("outside".to_owned(), "book".to_owned());
        self.monitor.set_heartbeats(vec![Heartbeat { name, channel, every: Span::from_secs(10) }]);
    }

    fn held(&self) -> Option<String> {
        Some(self.status.heartbeats().first()?.held.clone()?.0)
    }

    /// When each was sent, in seconds.
    fn beats(&self) -> Vec<Millis> {
        let told = self.book.told.lock().unwrap();
        let moment = |key: &str| Millis::from_str_radix(key.strip_suffix("-outside").unwrap(), 16).unwrap();
        told.iter().map(|(_, key)| (moment(key) - START) / SECOND).collect()
    }
}

#[tokio::test]
async fn it_beats_while_all_goes_on_and_no_faster_over_a_restart() {
    let (folder, book) = (tempfile::tempdir().unwrap(), Arc::<Book>::default());
    let world = World::open_unrouted(folder.path(), START, &book);
    world.beat();
    until("it is held back", || world.held().as_deref() == Some("nothing is planned")).await;
    world.monitor.begin_telling();
    world.go_until("it beat three times", |world| world.beats().len() >= 3).await;
    assert_eq!(world.held(), None);
    let now = world.clock.now();
    world.close().await;
    let world = World::open_unrouted(folder.path(), now, &book);
    world.beat();
    world.monitor.begin_telling();
    world.go_until("it beats on", |world| world.beats().len() >= 5).await;
    let beats = world.beats();
    assert!(beats.windows(2).all(|pair| pair[1] - pair[0] >= 10), "{beats:?}");
    // A channel that refuses is tried again, but for no longer than until the next.
    book.refuse.store(u32::MAX, Ordering::SeqCst);
    world.go_until("it is refused", |world| world.status.heartbeats()[0].fault.is_some()).await;
    let (before, then) = (world.beats().len(), world.clock.now());
    world.go_until("time passes", |world| world.clock.now() > then + 40 * SECOND).await;
    assert_eq!(world.beats().len(), before);
    book.refuse.store(0, Ordering::SeqCst);
    world
        .go_until("it is taken again", |world| world.beats().len() > before && world.status.heartbeats()[0].fault.is_none())
        .await;
    assert_eq!(world.store.deliveries().recent(10).unwrap(), Vec::new(), "it waits in no line");
    world.close().await;
}

#[tokio::test]
async fn it_is_silent_while_rules_are_not_evaluated() {
    let (folder, book) = (tempfile::tempdir().unwrap(), Arc::<Book>::default());
    let world = World::open_unrouted(folder.path(), START, &book);
    // Rules that nobody evaluates.
    let groups = shop_down("0s");
    world.status.set_groups(&groups);
    world.beat();
    world.monitor.begin_telling();
    let held = |reason: &'static str| move |world: &World| world.held().as_deref() == Some(reason);
    world.go_until("it waits for the first evaluation", held("the group `shop` was not evaluated yet")).await;
    let evaluated = |world: &World| {
        let evaluated = Evaluated { at: world.clock.now(), took: Duration::ZERO, fault: None };
        world.status.evaluated(&groups[0].key, 0, evaluated);
    };
    evaluated(&world);
    world.go_until("it beats", |world| !world.beats().is_empty()).await;
    world.go_until("it is held back", held("the group `shop` is not evaluated")).await;
    let beats = world.beats().len();
    let then = world.clock.now();
    world.go_until("time passes", |world| world.clock.now() > then + 60 * SECOND).await;
    assert_eq!(world.beats().len(), beats);
    evaluated(&world);
    world.go_until("it beats again", |world| world.beats().len() > beats).await;
    world.close().await;
}

//! How rules do is on the board, one by one.

use vitrine_model::{Clock, Span};
use vitrine_monitor::alert::file::{GroupEntry, RuleEntry, RuleFile};
use vitrine_monitor::alert::rule;

use vitrine_model::alert::Alert;
use vitrine_query::{Answer, Cancel, Engine, Expr, Limits};

use super::{Book, Hand, SECOND, START, World};

#[tokio::test]
async fn each_rule_says_how_its_last_evaluation_went() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(folder.path(), START, &std::sync::Arc::default()).await;
    let entry =
        |name: &str, expr: &str| RuleEntry { record: Some(name.to_owned()), expr: expr.to_owned(), ..RuleEntry::default() };
    let rules = vec![entry("seven", "vector(7)"), entry("text", "'seven'")];
    let file = RuleFile { groups: vec![GroupEntry { name: "shop".to_owned(), rules, ..GroupEntry::default() }] };
    world.monitor.set_rules(rule::check("shop", &file, Span::from_secs(1)).unwrap(), &[]).await;
    assert_eq!(world.status.groups()[0].evaluated, [None, None]);
    world.go_until("both were evaluated", |world| world.status.groups()[0].evaluated.iter().all(Option::is_some)).await;
    let status = world.status.groups().remove(0);
    assert_eq!((status.group.file(), status.group.interval()), ("shop", Span::from_secs(1)));
    let faults: Vec<_> =
        status.evaluated.into_iter().flatten().map(|evaluated| (evaluated.at > START, evaluated.fault)).collect();
    assert_eq!(faults, [(true, None), (true, Some("a text is neither true nor false".to_owned()))]);
    world.monitor.set_rules(Vec::new(), &[]).await;
    assert!(world.status.groups().is_empty());
    world.close().await;
}

fn kept_for_ten_seconds() -> Vec<vitrine_monitor::alert::Group> {
    let rule = RuleEntry {
        alert: Some("ShopDown".to_owned()),
        expr: "probe_success == 0".to_owned(),
        keep_firing_for: Some("10s".to_owned()),
        ..RuleEntry::default()
    };
    let file = RuleFile { groups: vec![GroupEntry { name: "shop".to_owned(), rules: vec![rule], ..GroupEntry::default() }] };
    rule::check("shop", &file, Span::from_secs(1)).unwrap()
}

fn ask(world: &World, text: &str, at: vitrine_model::Millis) -> Vec<(vitrine_model::Labels, f64)> {
    let engine = Engine::new(world.store.samples(), Limits::default());
    match engine.instant(&Expr::parse(text).unwrap(), at, &Cancel::default()).unwrap() {
        Answer::Vector(found) => found,
        other => panic!("{other:?}"),
    }
}

/// Stopped while it goes on firing: the end comes when it would have come, and the alert's series end with it.
#[tokio::test]
async fn what_is_kept_firing_is_kept_over_a_restart() {
    let (folder, book) = (tempfile::tempdir().unwrap(), std::sync::Arc::<Book>::default());
    let world = World::open(folder.path(), START, &book).await;
    let shop = Hand::new(&world.clock, false);
    world.watch("shop", &shop);
    world.monitor.set_rules(kept_for_ten_seconds(), &[]).await;
    let alerts = |world: &World| -> Vec<Alert> { world.store.alerts().load().unwrap() };
    *shop.value.lock().unwrap() = Ok(0.0);
    world.go_until("it fires", |world| alerts(world).iter().any(|alert| alert.fired_at.is_some())).await;
    *shop.value.lock().unwrap() = Ok(1.0);
    world.go_until("it is no longer true", |world| alerts(world).iter().any(|alert| alert.expires_at.is_some())).await;
    let before = alerts(&world).remove(0);
    world
        .go_until("its series are written", |world| !ask(world, "ALERTS{alertstate=\"firing\"}", world.clock.now()).is_empty())
        .await;
    let stopped = world.clock.now();
    world.close().await;

    let world = World::open(folder.path(), stopped + SECOND, &book).await;
    assert_eq!(alerts(&world), std::slice::from_ref(&before));
    let shop = Hand::new(&world.clock, false);
    *shop.value.lock().unwrap() = Ok(1.0);
    world.watch("shop", &shop);
    world.monitor.set_rules(kept_for_ten_seconds(), &[]).await;
    world.go_until("it is over", |world| alerts(world).is_empty()).await;
    let ended = world.store.alerts().history(1).unwrap().remove(0).event;
    assert!(ended.at >= before.expires_at.unwrap(), "{ended:?}");
    world.go_until("its series have ended", |world| ask(world, "ALERTS", world.clock.now()).is_empty()).await;
    world.close().await;
}

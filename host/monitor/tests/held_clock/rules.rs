//! How rules do is on the board, one by one.

use vitrine_model::Span;
use vitrine_monitor::alert::file::{GroupEntry, RuleEntry, RuleFile};
use vitrine_monitor::alert::rule;

use super::{START, World};

#[tokio::test]
async fn each_rule_says_how_its_last_evaluation_went() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(folder.path(), START, &std::sync::Arc::default()).await;
    let entry =
        |name: &str, expr: &str| RuleEntry { record: Some(name.to_owned()), expr: expr.to_owned(), ..RuleEntry::default() };
    let rules = vec![entry("seven", "vector(7)"), entry("text", "'seven'")];
    let file = RuleFile { groups: vec![GroupEntry { name: "shop".to_owned(), interval: None, rules }] };
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

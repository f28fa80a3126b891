//! Rules as Prometheus's clients ask for them.

use std::time::Duration;

use serde_json::{Value, json};
use vitrine_model::Span;
use vitrine_monitor::alert::file::RuleFile;
use vitrine_monitor::alert::rule;
use vitrine_monitor::status::Evaluated;

use crate::world::{NOW, World};
use crate::{body, get, text};

fn world() -> World {
    let world = World::new();
    let file = json!({ "groups": [
        { "name": "disk", "interval": "1m", "rules": [
            {
                "alert": "Disk almost full", "expr": "disk_used / disk_size > 0.8", "for": "5m",
                "labels": { "severity": "page" }, "annotations": { "summary": "{{ $labels.mount }} is {{ $value }} full" },
            },
            { "alert": "Disk gone", "expr": "absent(disk_size)" },
        ] },
        { "name": "sums", "rules": [{ "record": "job:up:sum", "expr": "sum by (job) (up)", "labels": { "team": "shop" } }] },
    ] });
    let file: RuleFile = serde_json::from_value(file).unwrap();
    let groups = rule::check("disk", &file, Span::from_secs(15)).unwrap();
    world.status.set_groups(&groups);
    let evaluated =
        |fault: Option<&str>| Evaluated { at: NOW - 1_000, took: Duration::from_millis(2), fault: fault.map(str::to_owned) };
    world.status.evaluated("disk;disk", 0, evaluated(None));
    world.status.evaluated("disk;disk", 1, evaluated(Some("the query took longer than 30s")));
    world.fire();
    world
}

async fn groups(world: &World, asked: &str) -> Value {
    let answer: Value = serde_json::from_str(&body(world, &format!("/api/v1/rules{asked}")).await).unwrap();
    assert_eq!(answer["status"], "success", "{answer}");
    answer["data"]["groups"].clone()
}

#[tokio::test]
async fn rules_are_listed_with_their_alerts_and_how_they_did() {
    insta::assert_json_snapshot!(groups(&world(), "").await);
}

#[tokio::test]
async fn some_of_the_rules_can_be_asked_for() {
    let world = world();
    for (asked, names) in [
        ("?type=alert", vec!["Disk almost full", "Disk gone"]),
        ("?type=record", vec!["job:up:sum"]),
        ("?rule_name[]=Disk%20gone&rule_name[]=job:up:sum", vec!["Disk gone", "job:up:sum"]),
        ("?rule_group[]=sums", vec!["job:up:sum"]),
        ("?file[]=disk&rule_group[]=disk", vec!["Disk almost full", "Disk gone"]),
        ("?file[]=shop", vec![]),
        ("?match[]=%7Bteam=%22shop%22%7D", vec!["job:up:sum"]),
    ] {
        let groups = groups(&world, asked).await;
        let rules = groups.as_array().unwrap().iter().flat_map(|group| group["rules"].as_array().unwrap());
        let found: Vec<&str> = rules.map(|rule| rule["name"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{asked}");
    }
    let quiet = groups(&world, "?exclude_alerts=true").await;
    assert_eq!((&quiet[0]["rules"][0]["state"], &quiet[0]["rules"][0]["alerts"]), (&json!("firing"), &json!([])));
    let wrong = get(&world, "/api/v1/rules?type=none").await;
    assert_eq!(wrong.status(), 400);
    assert!(text(wrong).await.contains("not supported value"));
}

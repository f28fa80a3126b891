#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;

use super::*;

fn shown(custom: &Custom) -> String {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(custom.clone()));
    let mut out = String::new();
    text::encode(&mut out, &registry).unwrap();
    out
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn counters_add_up_gauges_are_set_and_both_say_whose_they_are() {
    let custom = Custom::default();
    let shop = custom.of("shop", "orders");
    shop.count("seen", labels(&[("kind", "big")]), 2.0).unwrap();
    shop.count("seen_total", labels(&[("kind", "big"), ("empty", "")]), 0.5).unwrap();
    shop.gauge("waiting", Vec::new(), f64::INFINITY).unwrap();
    shop.gauge("waiting", Vec::new(), 7.0).unwrap();
    let text = shown(&custom);
    for line in [
        "# TYPE vitrine_plugin_custom_seen counter",
        r#"vitrine_plugin_custom_seen_total{instance="shop",kind="big",plugin="orders"} 2.5"#,
        "# TYPE vitrine_plugin_custom_waiting gauge",
        r#"vitrine_plugin_custom_waiting{instance="shop",plugin="orders"} 7.0"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    }
    // NaN takes a gauge away.
    shop.gauge("waiting", Vec::new(), f64::NAN).unwrap();
    assert!(!shown(&custom).contains("waiting"));
}

#[test]
fn what_would_break_or_forge_the_page_is_refused() {
    let custom = Custom::default();
    let shop = custom.of("shop", "orders");
    let long = "n".repeat(NAME_BYTES + 1);
    let wide = "ü".repeat(VALUE_BYTES);
    let many: Vec<(String, String)> = (0..=LABELS).map(|number| (format!("l{number}"), "x".to_owned())).collect();
    for name in ["", "9a", "a-b", "a:b", "__a", "a b", "ä", "a\n# TYPE b gauge", "a_bucket", "a_sum", "a_total", &long] {
        let refused = shop.gauge(name, Vec::new(), 1.0);
        assert!(matches!(refused, Err(Refused::Wrong(_))), "{name:?}: {refused:?}");
    }
    for pairs in [
        labels(&[("instance", "other")]),
        labels(&[("plugin", "other")]),
        labels(&[("le", "1")]),
        labels(&[("__name__", "up")]),
        labels(&[("a-b", "x")]),
        labels(&[("a", "x"), ("a", "y")]),
        labels(&[("a", &wide)]),
        many,
    ] {
        let refused = shop.count("seen", pairs.clone(), 1.0);
        assert!(matches!(refused, Err(Refused::Wrong(_))), "{pairs:?}: {refused:?}");
    }
    for by in [f64::NAN, f64::INFINITY, -1.0] {
        assert!(matches!(shop.count("seen", Vec::new(), by), Err(Refused::Wrong(_))), "{by}");
    }
    assert_eq!(shown(&custom), "# EOF\n");
    shop.gauge("line", labels(&[("a", "x\"} 1\nup 1")]), 1.0).unwrap();
    assert!(!shown(&custom).contains("\nup 1"), "{}", shown(&custom));
}

#[test]
fn a_name_has_one_kind_while_anybody_uses_it() {
    let custom = Custom::default();
    let one = custom.of("one", "orders");
    let two = custom.of("two", "orders");
    one.gauge("orders", Vec::new(), 1.0).unwrap();
    assert!(matches!(two.count("orders", Vec::new(), 1.0), Err(Refused::Wrong(reason)) if reason.contains("gauge already")));
    drop(one);
    two.count("orders", Vec::new(), 1.0).unwrap();
}

#[test]
fn an_instance_has_so_many_series_and_they_go_with_it() {
    let custom = Custom::default();
    let shop = custom.of("shop", "orders");
    for number in 0..SERIES {
        shop.gauge("many", labels(&[("number", &number.to_string())]), 1.0).unwrap();
    }
    assert!(matches!(shop.count("more", Vec::new(), 1.0), Err(Refused::Full(_))));
    shop.gauge("many", labels(&[("number", "7")]), 2.0).unwrap();
    shop.gauge("many", labels(&[("number", "7")]), f64::NAN).unwrap();
    shop.count("more", Vec::new(), 1.0).unwrap();
    custom.of("other", "orders").gauge("many", Vec::new(), 1.0).unwrap();
    // One that takes its place is heard once it is alone.
    let next = custom.of("shop", "orders");
    next.gauge("many", labels(&[("number", "1")]), 5.0).unwrap();
    let line = |value: &str| format!("vitrine_plugin_custom_many{{instance=\"shop\",number=\"1\",plugin=\"orders\"}} {value}");
    assert!(shown(&custom).contains(&line("1.0")) && !shown(&custom).contains(&line("5.0")));
    drop(shop);
    assert!(shown(&custom).contains(&line("5.0")) && !shown(&custom).contains("more"));
    drop(next);
    assert_eq!(shown(&custom), "# EOF\n");
}

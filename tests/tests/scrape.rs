//! The source `prometheus`: exporters are read, and what happens to one of them happens to it alone.

use std::collections::BTreeSet;

use vitrine_tests::{Exporter, Files, LONG, Labels, Pages, Start, Vitrine, run, wait_until};

const PLAIN: &str = "text/plain; version=0.0.4";
const PAGE: &str =
    "# TYPE shop_orders_total counter\nshop_orders_total{kind=\"new\"} 3\nshop_orders_total{kind=\"old\"} 4\nshop_open 1\n";

/// A source that polls each second, with these options beside its targets.
fn sources(targets: &[&str], options: &str) -> String {
    let list = |before: &str| targets.iter().map(|target| format!("'{before}{target}'")).collect::<Vec<_>>().join(", ");
    format!(
        "sources:\n  exporters:\n    plugin: prometheus\n    every: 1s\n    with: {{ job: test, targets: [{}]{options} }}\n    \
         grant: {{ http: [{}] }}\n",
        list(""),
        list("http://")
    )
}

async fn serve(text: &str) -> (Files, Vitrine) {
    let files = Files::new();
    files.write("config/sources.yaml", text);
    let vitrine = Start::new(&files).serve().await;
    (files, vitrine)
}

async fn becomes(vitrine: &Vitrine, promql: &str, wanted: f64) {
    let ask = async || (vitrine.value(promql).await == Some(wanted)).then_some(());
    wait_until(&format!("{promql} is {wanted}"), LONG, ask).await;
}

#[tokio::test]
async fn the_node_exporter_is_read_as_it_is() {
    let exporter = Exporter::start(&[]).await;
    let (_files, vitrine) = serve(&sources(&[exporter.address()], "")).await;
    becomes(&vitrine, "up{job=\"test\"}", 1.0).await;
    let promql = format!("{{instance=\"{}\",__name__!~\"up|scrape_.*\"}}", exporter.address());
    let theirs_and_ours = async || {
        let present = |mut labels: Labels| {
            // To Prometheus an empty label is a label that is not there.
            labels.retain(|_, value| !value.is_empty());
            labels
        };
        let theirs: BTreeSet<Labels> = exporter.scrape().await.into_keys().map(present).collect();
        let bare = |mut labels: Labels| {
            for (label, value) in [("source", "exporters"), ("job", "test"), ("instance", exporter.address())] {
                assert_eq!(labels.remove(label).as_deref(), Some(value), "{labels:?}");
            }
            labels
        };
        let ours: BTreeSet<Labels> = vitrine.query(&promql).await.into_iter().map(|(labels, _)| bare(labels)).collect();
        // What came between the two looks is there at the next.
        (theirs == ours && ours.len() > 300).then_some(())
    };
    wait_until("all of the exporter's series are here, and no others", LONG, theirs_and_ours).await;
    becomes(&vitrine, "scrape_samples_scraped{job=\"test\"} == bool scrape_samples_post_metric_relabeling{job=\"test\"}", 1.0)
        .await;
    becomes(&vitrine, "scrape_series_added{job=\"test\"}", 0.0).await;
    let unlike = "count(node_memory_MemTotal_bytes) + count(node_load1) + count(node_boot_time_seconds)";
    assert_eq!(vitrine.value(unlike).await, Some(3.0));
    vitrine.stop().await;
}

#[tokio::test]
async fn a_target_that_goes_ends_within_its_tick_and_alone() {
    let (stays, goes) = (Pages::start().await, Pages::start().await);
    for pages in [&stays, &goes] {
        pages.show("/metrics", PLAIN, PAGE);
    }
    let (_files, vitrine) = serve(&sources(&[&stays.address(), &goes.address()], "")).await;
    becomes(&vitrine, "count(shop_orders_total)", 4.0).await;
    goes.hide("/metrics");
    let up = format!("up{{instance=\"{}\"}}", goes.address());
    becomes(&vitrine, &up, 0.0).await;
    // The mark is of the very poll that found the target gone.
    let moment = vitrine.value(&format!("timestamp({up})")).await.unwrap();
    let left: Vec<_> = vitrine.query_at("shop_orders_total", moment).await;
    assert!(left.len() == 2 && left.iter().all(|(labels, _)| labels["instance"] == stays.address()), "{left:?}");
    assert_eq!(vitrine.value(&format!("up{{instance=\"{}\"}}", stays.address())).await, Some(1.0));
    assert_eq!(vitrine.value("up{instance=\"\"}").await, Some(1.0), "the source itself is well");
    // A series that a target no longer shows ends too.
    stays.show("/metrics", PLAIN, "shop_orders_total{kind=\"new\"} 5\n");
    becomes(&vitrine, "count(shop_orders_total)", 1.0).await;
    goes.show("/metrics", PLAIN, PAGE);
    becomes(&vitrine, "count(shop_orders_total)", 3.0).await;
    vitrine.stop().await;
}

#[tokio::test]
async fn samples_are_relabelled_and_limited() {
    let pages = Pages::start().await;
    pages.show("/metrics", PLAIN, PAGE);
    let options = ", sample_limit: 2, metric_relabel_configs: [{ source_labels: [kind], regex: old, action: drop }, \
                   { source_labels: [kind], regex: '(.).*', target_label: initial }]";
    let (_files, vitrine) = serve(&sources(&[&pages.address()], options)).await;
    becomes(&vitrine, "shop_orders_total{initial=\"n\"}", 3.0).await;
    assert_eq!(vitrine.value("count(shop_orders_total)").await, Some(1.0));
    becomes(&vitrine, "scrape_samples_scraped{job=\"test\"} - scrape_samples_post_metric_relabeling{job=\"test\"}", 1.0).await;
    // One sample more than it may show: none is taken, and those before end.
    pages.show("/metrics", PLAIN, &format!("{PAGE}shop_closed 0\n"));
    becomes(&vitrine, "up{job=\"test\"}", 0.0).await;
    assert!(vitrine.query("{__name__=~\"shop_.*\"}").await.is_empty());
    assert!(vitrine.log().contains("sample_limit"), "{}", vitrine.log());
    vitrine.stop().await;
}

#[tokio::test]
async fn open_metrics_is_read_strictly() {
    let pages = Pages::start().await;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    pages.show("/metrics", kind, "# TYPE shop_orders counter\nshop_orders_total 3 # {order=\"7\"} 1\n# EOF\n");
    let (_files, vitrine) = serve(&sources(&[&pages.address()], "")).await;
    becomes(&vitrine, "shop_orders_total", 3.0).await;
    pages.show("/metrics", kind, "# TYPE shop_orders counter\nshop_orders_total -3\n# EOF\n");
    becomes(&vitrine, "up{job=\"test\"}", 0.0).await;
    assert!(vitrine.log().contains("line 2, column 19: what is counted is not below 0"), "{}", vitrine.log());
    vitrine.stop().await;
}

#[tokio::test]
async fn a_check_shows_where_an_option_is_wrong() {
    let files = Files::new();
    files.write(
        "config/sources.yaml",
        "sources:
  exporters:
    plugin: prometheus
    with:
      targets: ['web-1.shop.example:9100']
      sample_limt: 5
      timeout: soon
      metric_relabel_configs:
        - { source_labels: [kind], action: dorp }
    grant: { http: ['http://web-1.shop.example:9100'] }
",
    );
    let ran = run(files.path(), &["check"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    for words in ["sources.yaml:6:7", "`sample_limit`", "sources.yaml:7:16", "sources.yaml:9:44"] {
        assert!(ran.err.contains(words), "{words} is not in\n{}", ran.err);
    }
}

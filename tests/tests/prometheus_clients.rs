//! Those who write to Prometheus write to this host: Debian's Prometheus sends its samples on.

use vitrine_tests::{Exporter, Files, LONG, Prometheus, Start, repository, target_folder, wait_until};

/// Scrapes an exporter each second, and sends on what it finds.
fn settings(exporter: &str, vitrine: &str) -> String {
    format!(
        "global: {{ scrape_interval: 1s, external_labels: {{ sent_by: prometheus }} }}
scrape_configs:
  - job_name: node
    static_configs: [{{ targets: ['{exporter}'] }}]
remote_write:
  - url: http://{vitrine}/api/v1/write
    queue_config: {{ batch_send_deadline: 500ms }}
    metadata_config: {{ send_interval: 1s }}
"
    )
}

#[tokio::test]
async fn prometheus_writes_here_what_it_scrapes() {
    let files = Files::new();
    let vitrine = Start::new(&files).serve().await;
    let exporter = Exporter::start(&[]).await;
    let prometheus = Prometheus::start(&settings(exporter.address(), vitrine.address()), &[]).await;
    // Both of the same moment: what Prometheus has sent on, it has itself.
    let same = async || {
        let ours = vitrine.query("timestamp(node_load1)").await;
        let time = ours.first()?.1;
        let select = |names: &str| format!("{{__name__=~\"{names}\"}}");
        let names = "node_(cpu|memory|filesystem|load|disk).*";
        let ours = vitrine.query_at(&select(names), time).await;
        let asked = format!("/api/v1/query?time={time}&query={}", escaped(&select(names)));
        let theirs = prometheus.get(&asked).await.json();
        let theirs = theirs["data"]["result"].as_array()?.clone();
        (ours.len() > 50 && ours.len() == theirs.len()).then_some((ours, theirs))
    };
    let (ours, theirs) = wait_until("samples have come by remote write", LONG, same).await;
    for (mut labels, value) in ours {
        assert_eq!(labels.remove("sent_by").as_deref(), Some("prometheus"), "{labels:?}");
        let twin = theirs.iter().find(|one| one["metric"] == serde_json::json!(labels));
        let twin = twin.unwrap_or_else(|| panic!("Prometheus has no {labels:?}"));
        assert_eq!(twin["value"][1].as_str().unwrap().parse::<f64>().unwrap(), value, "{labels:?}");
    }
    let described = async || {
        let data = vitrine.data("/api/v1/metadata?metric=node_load1").await;
        (data["node_load1"][0]["type"] == "gauge").then_some(())
    };
    wait_until("what the metrics are has come too", LONG, described).await;
    assert_eq!(prometheus.own("prometheus_remote_storage_samples_failed_total").await, 0.0);
    assert_eq!(prometheus.own("prometheus_remote_storage_samples_dropped_total").await, 0.0);
    drop(prometheus);
    vitrine.stop().await;
}

/// Debian's Prometheus knows only the first version of remote write; this client sends the second.
#[tokio::test]
async fn a_client_writes_here_by_the_second_version() {
    let files = Files::new();
    let vitrine = Start::new(&files).serve().await;
    let manifest = repository().join("tests/peers/sender/Cargo.toml");
    let mut cargo = tokio::process::Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--locked", "--manifest-path"]).arg(manifest);
    // The same folder each time, so that cargo need not begin anew.
    cargo.arg("--target-dir").arg(target_folder().join("sender")).arg("--").arg(vitrine.url("/api/v1/write"));
    let ran = cargo.kill_on_drop(true).output().await.unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(vitrine.value("sent_orders{shop='käse'}").await, Some(7.5));
    assert_eq!(vitrine.value("sent_stock{shop='käse', shelf='1'}").await, Some(-2.0));
    vitrine.stop().await;
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

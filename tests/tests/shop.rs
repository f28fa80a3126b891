//! The setting of most tests: a shop that is watched, and somebody on call.

use vitrine_tests::{Files, Smtp, Target};

/// A check of the target every second, one rule, one mailbox, one dashboard.
pub(crate) fn files(target: &Target, smtp: &Smtp) -> Files {
    let (url, port) = (target.url(), smtp.port());
    let files = Files::new();
    files.write(
        "config/vitrine.yaml",
        &format!(
            "public_url: http://vitrine.test
mail: {{ host: 127.0.0.1, port: {port}, tls: none, from: 'Vitrine <vitrine@shop.test>' }}
alerts: {{ notify: [on-call], evaluate_every: 1s }}
channels:
  on-call: {{ plugin: email, with: {{ to: [on-call@shop.test] }}, grant: [mail] }}
sources:
  shop:
    plugin: http-check
    every: 1s
    with: {{ url: '{url}/health', timeout: 5 }}
    grant: {{ http: ['{url}'] }}
    labels: {{ team: web }}
"
        ),
    );
    files.write("config/alerts/shop.yaml", RULES);
    files.write("dashboards/shop.yaml", DASHBOARD);
    files
}

const RULES: &str = r#"
groups:
  - name: shop
    interval: 1s
    rules:
      - alert: ShopDown
        expr: probe_success == 0
        for: 2s
        labels: { severity: critical }
        annotations: { summary: "the shop does not answer, success is {{ $value }}" }
"#;

const DASHBOARD: &str = r#"
title: The shop
range: 5m
refresh: 1s
panels:
  - { title: Answers, show: stat, query: probe_success, width: 4 }
  - { title: Status, show: stat, query: probe_http_status_code, width: 4 }
  - { title: Checks, show: stat, query: "sum(count_over_time(probe_success[1h]))", width: 4 }
  - { title: Duration, show: timeseries, query: probe_duration_seconds, legend: "{{source}}", unit: seconds, min: 0, width: 12 }
"#;

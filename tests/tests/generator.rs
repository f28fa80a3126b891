//! The host as a generator of alerts: Debian's Alertmanagers get what fires and what ends, and Debian's Prometheus says of the same
//! rules what the host says.

use serde_json::{Value, json};
use vitrine_tests::{Alertmanager, Files, LONG, Prometheus, Start, amtool, wait_until};

fn rule(expr: &str) -> String {
    json!({ "groups": [{ "name": "shop", "interval": "1s", "rules": [{
        "alert": "ShopDown", "expr": expr, "labels": { "severity": "page" }, "annotations": { "summary": "it is {{ $value }}" } }] }] })
    .to_string()
}

async fn alerts(alertmanager: &Alertmanager) -> Vec<Value> {
    let listed = amtool(alertmanager.address(), &["alert", "query", "--output=json"]).await;
    serde_json::from_str(&listed).unwrap()
}

fn seconds(text: &Value) -> f64 {
    let moment: jiff::Timestamp = text.as_str().unwrap().parse().unwrap();
    moment.as_millisecond() as f64 / 1e3
}

#[tokio::test]
async fn alertmanagers_all_get_what_fires_and_what_ends() {
    let (one, other) = (Alertmanager::start().await, Alertmanager::start().await);
    let files = Files::new();
    let channel = |name: &str, alertmanager: &Alertmanager| {
        let url = format!("http://{}", alertmanager.address());
        format!("  {name}: {{ plugin: alertmanager, with: {{ url: '{url}' }}, grant: {{ http: ['{url}'] }} }}\n")
    };
    files.write(
        "config/vitrine.yaml",
        &format!(
            "public_url: http://vitrine.test\nalertmanagers: [one, other]\nalerts: {{ resend_delay: 10s }}\nchannels:\n{}{}",
            channel("one", &one),
            channel("other", &other)
        ),
    );
    files.write("config/alerts/shop.yaml", &rule("vector(7) > 1"));
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    for alertmanager in [&one, &other] {
        let sent = async || alerts(alertmanager).await.first().cloned();
        let alert = wait_until("the alert has come", LONG, sent).await;
        assert_eq!(alert["labels"], json!({ "alertname": "ShopDown", "severity": "page" }));
        assert_eq!(alert["annotations"], json!({ "summary": "it is 7" }));
        assert!(alert["generatorURL"].as_str().unwrap().starts_with("http://vitrine.test/alerts/"), "{alert}");
        // It came at an evaluation, and holds for four times the resend delay from then on.
        let held = seconds(&alert["endsAt"]) - seconds(&alert["startsAt"]);
        assert!((39.9..160.0).contains(&held), "{alert}");
    }
    files.write("config/alerts/shop.yaml", &rule("vector(7) > 9"));
    for alertmanager in [&one, &other] {
        // Without the end, it would go on there for most of a minute.
        wait_until("its end has come", LONG, async || alerts(alertmanager).await.is_empty().then_some(())).await;
    }
    let sent = vitrine.get("/metrics").await.body;
    for name in ["one", "other"] {
        let line = format!("vitrine_alertmanager_alerts_total{{alertmanager=\"{name}\",outcome=\"sent\"}}");
        assert!(sent.contains(&line), "{line}");
    }
    vitrine.stop().await;
}

const RULES: &str = r#"
groups:
  - name: a
    interval: 1s
    limit: 10
    rules:
      - { record: "one:sum", expr: "sum(vector(1))", labels: { kind: made } }
      - { alert: Fires, expr: "vector(1) > 0", labels: { severity: page }, annotations: { summary: "is {{ $value }}" } }
      - { alert: Waits, expr: "vector(1) > 0", for: 1h, keep_firing_for: 5m }
      - { alert: Silent, expr: "vector(1) > 1" }
  - name: b
    interval: 1s
    rules:
      - { alert: Down, expr: "up == 0" }
  - name: c
    interval: 1s
    rules: [{ record: "two:sum", expr: "vector(2)" }]
"#;

/// What differs from one run to the next, and from one program to the other, is made the same: times, how files are named, and
/// whether a number is written as `1` or as `1.0`.
fn plain(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                *field = match name.as_str() {
                    "evaluationTime" | "lastEvaluation" | "activeAt" | "file" => json!("…"),
                    _ => plain(field.take()),
                };
            }
        }
        Value::Number(number) => return json!(number.as_f64()),
        Value::Array(list) => list.iter_mut().for_each(|one| *one = plain(one.take())),
        _ => {}
    }
    value
}

#[tokio::test]
async fn rules_and_alerts_are_told_as_prometheus_tells_them() {
    let files = Files::new();
    files.write("config/vitrine.yaml", "retention: 15d\n");
    files.write("config/alerts/shop.yaml", RULES);
    let rules = files.path().join("config/alerts/shop.yaml");
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    let settings = format!("global: {{ evaluation_interval: 1s }}\nrule_files: ['{}']\n", rules.display());
    let prometheus = Prometheus::start(&settings, &[]).await;
    let both = async |path: &str| (vitrine.get(path).await.json(), prometheus.get(path).await.json());
    let is_ready = async || {
        let (ours, theirs) = both("/api/v1/rules").await;
        let all_ok = |answer: &Value| {
            let groups = answer["data"]["groups"].as_array()?;
            let rules: Vec<&Value> = groups.iter().flat_map(|group| group["rules"].as_array().unwrap()).collect();
            (rules.len() == 6 && rules.iter().all(|rule| rule["health"] == "ok")).then_some(())
        };
        all_ok(&ours).and(all_ok(&theirs))
    };
    wait_until("all rules are evaluated", LONG, is_ready).await;
    // Debian's Prometheus knows this much of what can be asked.
    for path in ["/api/v1/rules", "/api/v1/rules?type=other", "/api/v1/alerts"] {
        let (ours, theirs) = both(path).await;
        assert_eq!(ours["status"], theirs["status"], "{path}: {ours} {theirs}");
        assert_eq!((&ours["errorType"], &ours["error"]), (&theirs["errorType"], &theirs["error"]), "{path}");
        assert_eq!(plain(ours["data"].clone()), plain(theirs["data"].clone()), "{path}");
    }
    for kind in ["alert", "RECORD"] {
        let (ours, theirs) = both(&format!("/api/v1/rules?type={kind}")).await;
        // Since its third version, a group without such a rule is left out.
        let groups = plain(theirs["data"]["groups"].clone()).as_array().unwrap().clone();
        let groups: Vec<Value> = groups.into_iter().filter(|group| group["rules"] != json!([])).collect();
        assert_eq!(plain(ours["data"]["groups"].clone()), json!(groups), "{kind}");
    }
    // And this is what its third version knows besides.
    let names = async |asked: &str| -> Vec<String> {
        let answer = vitrine.get(&format!("/api/v1/rules?{asked}")).await.json();
        let groups = answer["data"]["groups"].as_array().unwrap_or_else(|| panic!("{asked}: {answer}")).clone();
        let rules = groups.iter().flat_map(|group| group["rules"].as_array().unwrap().clone());
        rules.map(|rule| rule["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("rule_name[]=Fires&rule_name[]=two:sum").await, ["Fires", "two:sum"]);
    assert_eq!(names("rule_group[]=c").await, ["two:sum"]);
    assert_eq!(names("match[]=%7Bseverity%3D%22page%22%7D").await, ["Fires"]);
    assert_eq!(names("file[]=nothing").await, [""; 0]);
    let bare = vitrine.get("/api/v1/rules?exclude_alerts=true&rule_name[]=Fires").await.json();
    assert_eq!(bare["data"]["groups"][0]["rules"][0]["alerts"], json!([]));
    for wrong in
        ["group_limit=0", "group_limit=x", "group_next_token=x", "group_limit=1&group_next_token=x", "exclude_alerts=perhaps"]
    {
        let answer = vitrine.get(&format!("/api/v1/rules?{wrong}")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errorType"]), (400, &json!("bad_data")), "{wrong}");
    }
    let mut paged = Vec::new();
    let mut token = String::new();
    loop {
        let page = vitrine.get(&format!("/api/v1/rules?group_limit=1{token}")).await.json()["data"].clone();
        paged.extend(page["groups"].as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap().to_owned()));
        let Some(next) = page["groupNextToken"].as_str() else { break };
        token = format!("&group_next_token={next}");
    }
    assert_eq!(paged, ["a", "b", "c"]);
    drop(prometheus);
    vitrine.stop().await;
}

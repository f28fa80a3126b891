//! Who knows Alertmanager finds it here: Debian's Prometheus brings its alerts, `amtool` asks and silences, and people are told
//! by the routes.

use vitrine_tests::{Files, LONG, Prometheus, Relay, Smtp, Start, Vitrine, amtool, run, try_amtool, wait_until};

/// Two receivers: what is critical goes to one, all else to the other; news waits a second.
fn files(smtp: &Smtp) -> Files {
    let files = Files::new();
    let channel = |name: &str| format!("  {name}: {{ plugin: email, with: {{ to: [{name}@shop.test] }}, grant: [mail] }}\n");
    files.write(
        "config/vitrine.yaml",
        &format!(
            "public_url: http://vitrine.test
mail: {{ host: 127.0.0.1, port: {}, tls: none, from: 'Vitrine <vitrine@shop.test>' }}
channels:
{}{}",
            smtp.port(),
            channel("web"),
            channel("pager")
        ),
    );
    files.write("config/routes.yaml", ROUTES);
    files
}

const ROUTES: &str = r#"
global: { resolve_timeout: 5m }
route:
  receiver: web
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - matchers: [severity="critical"]
      receiver: pager
receivers:
  - name: web
    channels: [web]
  - name: pager
    channels:
      - { channel: pager, fallback: [web] }
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [node]
"#;

#[tokio::test]
async fn prometheus_brings_its_alerts_here() {
    let smtp = Smtp::start(Relay::Normal).await;
    let files = files(&smtp);
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    let rules = files.path().join("prometheus-rules.yaml");
    let rule = |expr: &str| {
        format!(
            "groups: [{{ name: shop, interval: 1s, rules: [{{ alert: ShopDown, expr: '{expr}', labels: {{ severity: critical }},
             annotations: {{ summary: the shop does not answer }} }}] }}]"
        )
    };
    std::fs::write(&rules, rule("vector(1)")).unwrap();
    let settings = format!(
        "global: {{ evaluation_interval: 1s, external_labels: {{ region: eu }} }}
rule_files: ['{}']
alerting: {{ alertmanagers: [{{ static_configs: [{{ targets: ['{}'] }}] }}] }}
",
        rules.display(),
        vitrine.address()
    );
    // What it sends before it knows its receivers is lost, and comes again after that time.
    let flags = ["--web.enable-lifecycle", "--rules.alert.resend-delay=1s"];
    let prometheus = Prometheus::start(&settings, &flags).await;
    let mail = smtp.mail("[firing]").await;
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("pager@shop.test", "[firing] the shop does not answer"));
    let alerts = vitrine.get("/api/v2/alerts").await.json();
    assert_eq!(alerts[0]["labels"], serde_json::json!({ "alertname": "ShopDown", "region": "eu", "severity": "critical" }));
    assert!(alerts[0]["generatorURL"].as_str().unwrap().contains("/graph?"), "{alerts}");
    assert_eq!(alerts[0]["receivers"], serde_json::json!([{ "name": "pager" }]));

    std::fs::write(&rules, rule("vector(1) > 1")).unwrap();
    let reloaded = vitrine_tests::post(prometheus.address(), "/-/reload", &[], Vec::new()).await.unwrap();
    assert_eq!(reloaded.status, 200);
    let resolved = smtp.mail("[resolved]").await;
    assert_eq!(resolved.to, "pager@shop.test");
    assert_eq!(vitrine.get("/api/v2/alerts").await.json(), serde_json::json!([]));
    assert_eq!(prometheus.own("prometheus_notifications_errors_total").await, 0.0);
    drop(prometheus);
    vitrine.stop().await;
}

#[tokio::test]
async fn amtool_works_here() {
    let smtp = Smtp::start(Relay::Normal).await;
    let files = files(&smtp);
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    let at = vitrine.address().to_owned();
    let silence = ["silence", "add", "alertname=Full", "node=~a|b", "--author=ada", "--comment=being mended", "--duration=1h"];
    let id = amtool(&at, &silence).await.trim().to_owned();
    assert_eq!(id.len(), 36, "{id}");
    amtool(&at, &["alert", "add", "alertname=Full", "node=a", "severity=warning", "--annotation=summary=the disk is full"]).await;
    amtool(&at, &["alert", "add", "Slow", "node=a", "severity=warning"]).await;
    smtp.mail("[firing] Slow").await;
    // One is silenced, and another inhibits: nobody is told of the two.
    amtool(&at, &["alert", "add", "Gone", "node=c", "severity=critical"]).await;
    smtp.mail("[firing] Gone").await;
    amtool(&at, &["alert", "add", "Slow", "node=c", "severity=warning"]).await;
    let names = |listed: &str| {
        let mut names: Vec<String> = listed.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        names.sort();
        names
    };
    let active = amtool(&at, &["alert", "query", "--output=simple"]).await;
    let active: Vec<String> =
        names(&active).iter().filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect();
    assert_eq!(active, ["Alertname", "Gone", "Slow"]);
    let silenced = amtool(&at, &["alert", "query", "--silenced", "--output=json"]).await;
    let silenced: serde_json::Value = serde_json::from_str(&silenced).unwrap();
    assert_eq!(silenced[0]["status"]["silencedBy"], serde_json::json!([id]));
    let inhibited = amtool(&at, &["alert", "query", "--inhibited", "--output=json"]).await;
    let inhibited: serde_json::Value = serde_json::from_str(&inhibited).unwrap();
    assert_eq!((&inhibited[0]["labels"]["node"], &inhibited[0]["status"]["state"]), (&"c".into(), &"suppressed".into()));
    let matching = amtool(&at, &["alert", "query", "--output=json", "severity=~crit.*"]).await;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&matching).unwrap().as_array().unwrap().len(), 1);

    let listed = amtool(&at, &["silence", "query", "alertname=Full"]).await;
    assert!(listed.contains("being mended") && listed.contains("ada"), "{listed}");
    assert_eq!(amtool(&at, &["silence", "query", "-q", "alertname=Slow"]).await.trim(), "");
    amtool(&at, &["silence", "update", &id, "--comment=nearly mended", "--duration=2h"]).await;
    let updated = amtool(&at, &["silence", "query", "-o", "json"]).await;
    let updated: serde_json::Value = serde_json::from_str(&updated).unwrap();
    assert_eq!((&updated[0]["id"], &updated[0]["comment"]), (&id.as_str().into(), &"nearly mended".into()));
    amtool(&at, &["silence", "expire", &id]).await;
    let full = smtp.mail("[firing] the disk is full").await;
    assert_eq!(full.to, "web@shop.test");
    assert!(amtool(&at, &["silence", "query", "--expired", "-q"]).await.contains(&id));
    let (is_well, _, reason) = try_amtool(&at, &["silence", "expire", &id]).await;
    assert!(!is_well, "{reason}");

    assert!(amtool(&at, &["config", "routes", "show"]).await.contains("severity=\"critical\""));
    assert_eq!(amtool(&at, &["config", "routes", "test", "severity=critical"]).await.trim(), "pager");
    assert_eq!(amtool(&at, &["config", "routes", "test", "severity=warning"]).await.trim(), "web");
    let told = run(files.path(), &["routes", "test", "alertname=Slow", "node=c", "severity=warning", "--url", &at]).await;
    assert_eq!(told.code, Some(0), "{}", told.err);
    for line in [
        "{} → web: web\n",
        "group   {alertname=\"Slow\"}, after 1s, news after 1s, again after 1h",
        "with the next look at the group, which is there already: within 1s",
        "no silence holds",
        "inhibited by {alertname=\"Gone\", node=\"c\", severity=\"critical\"}, says inhibit_rules[0]",
    ] {
        assert!(told.out.contains(line), "{line} in {}", told.out);
    }
    let shown = run(files.path(), &["routes", "show"]).await.out;
    assert!(
        shown.contains("  {severity=\"critical\"} → pager") && shown.contains("pager: pager (if that fails: web)"),
        "{shown}"
    );
    assert!(amtool(&at, &["cluster", "show"]).await.contains("disabled"));
    vitrine.stop().await;
}

/// Told, killed, and told of the end by who comes after; and silences are still there.
#[tokio::test]
async fn what_is_grouped_and_silenced_survives_a_kill() {
    let smtp = Smtp::start(Relay::Normal).await;
    let files = files(&smtp);
    let mut vitrine = Vitrine::start(&files).await;
    let at = vitrine.address().to_owned();
    amtool(&at, &["alert", "add", "Slow", "node=a"]).await;
    smtp.mail("[firing] Slow").await;
    let delivered = async |vitrine: &Vitrine| {
        let what = "the delivery is recorded";
        wait_until(what, LONG, async || vitrine.get("/alerts").await.body.contains(">delivered<").then_some(())).await;
    };
    delivered(&vitrine).await;
    let id = amtool(&at, &["silence", "add", "node=b", "--author=ada", "--comment=known"]).await.trim().to_owned();
    amtool(&at, &["alert", "add", "Slow", "node=b"]).await;
    vitrine.kill9().await;
    vitrine.restart().await;
    let at = vitrine.address().to_owned();
    let alerts = vitrine.get("/api/v2/alerts").await.json();
    assert_eq!(alerts[1]["status"]["silencedBy"], serde_json::json!([id]), "{alerts}");
    amtool(&at, &["alert", "add", "Slow", "node=a", "--end=2020-01-01T00:00:00Z", "--start=2019-01-01T00:00:00Z"]).await;
    smtp.mail("[resolved] Slow").await;
    let subjects: Vec<String> = smtp.mails().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    vitrine.stop().await;
}

/// The form makes a silence and a button ends it; the page of alerts says what is silenced, and takes an alert on.
#[tokio::test]
async fn pages_silence_and_acknowledge() {
    let smtp = Smtp::start(Relay::Normal).await;
    let files = files(&smtp);
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    let at = vitrine.address().to_owned();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let post = async |path: &str, body: &str| vitrine_tests::post(&at, path, &form, body.as_bytes().to_vec()).await.unwrap();
    let wrong = post("/silences", "matchers=node&span=2h&author=ada&comment=known").await;
    assert!(wrong.status == 400 && wrong.readable().contains("`node` is not a matcher"), "{}", wrong.body);
    let made = post("/silences", "matchers=node%3D%22a%22&span=2h&author=ada&comment=being+mended").await;
    assert_eq!(made.status, 303);
    amtool(&at, &["alert", "add", "Slow", "node=a"]).await;
    amtool(&at, &["alert", "add", "Gone", "node=b"]).await;
    smtp.mail("[firing] Gone").await;
    let alerts = vitrine.get("/api/v2/alerts").await.json();
    let gone = alerts[0]["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(post(&format!("/alerts/{gone}/acknowledge"), "").await.status, 303);
    let page = vitrine.get("/alerts").await.readable();
    assert!(page.contains("silenced by ada: being mended") && page.contains("acknowledged by local"), "{page}");
    let form = vitrine.get(&format!("/silences?alert={gone}")).await.readable();
    assert!(form.contains("value=\"alertname=\"Gone\", node=\"b\"\""), "{form}");
    let id = vitrine.get("/api/v2/silences").await.json()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(post(&format!("/silences/{id}/end"), "").await.status, 303);
    smtp.mail("[firing] Slow").await;
    let handed_on = [("content-type", "application/x-www-form-urlencoded"), ("x-forwarded-for", "203.0.113.7")];
    let afar = vitrine_tests::post(&at, "/silences", &handed_on, b"matchers=a%3Db&span=2h".to_vec()).await.unwrap();
    assert_eq!(afar.status, 403);
    vitrine.stop().await;
}

/// Routes change while the host runs; wrong ones change nothing, and are told.
#[tokio::test]
async fn routes_are_read_anew_and_wrong_ones_are_not_taken() {
    let smtp = Smtp::start(Relay::Normal).await;
    let files = files(&smtp);
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    let at = vitrine.address().to_owned();
    let receiver = async || vitrine.get("/api/v2/alerts").await.json()[0]["receivers"][0]["name"].as_str().map(str::to_owned);
    files.write("config/routes.yaml", &ROUTES.replace("receiver: pager", "receiver: paper"));
    let told = async || vitrine.get("/alerts").await.readable().contains("there is no receiver `paper`").then_some(());
    wait_until("the mistake is told", LONG, told).await;
    amtool(&at, &["alert", "add", "Gone", "node=c", "severity=critical"]).await;
    assert_eq!(smtp.mail("[firing] Gone").await.to, "pager@shop.test");
    assert_eq!(receiver().await.as_deref(), Some("pager"));
    files.write("config/routes.yaml", &ROUTES.replace("receiver: pager", "receiver: web"));
    let is_led = async || (receiver().await.as_deref() == Some("web")).then_some(());
    wait_until("the alert goes along the new routes", LONG, is_led).await;
    // The other receiver hears of it now, and the first one of its end.
    wait_until("the other is told", LONG, async || (smtp.mails().len() == 2).then_some(())).await;
    let end =
        ["alert", "add", "Gone", "node=c", "severity=critical", "--start=2019-01-01T00:00:00Z", "--end=2020-01-01T00:00:00Z"];
    amtool(&at, &end).await;
    wait_until("both hear of the end", LONG, async || (smtp.mails().len() == 4).then_some(())).await;
    let mut told: Vec<String> = smtp.mails().into_iter().map(|mail| format!("{} {}", mail.to, mail.subject)).collect();
    told.sort();
    let wanted = [
        "pager@shop.test [firing] Gone",
        "pager@shop.test [resolved] Gone",
        "web@shop.test [firing] Gone",
        "web@shop.test [resolved] Gone",
    ];
    assert_eq!(told, wanted);
    vitrine.stop().await;
}

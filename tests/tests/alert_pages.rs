//! The pages about alerts in a browser: found, grouped, marked, taken on; live under the hand; one alert with all that happened
//! to it; rules; deliveries. On a phone, in the dark, without scripts.

use std::fmt::Write;

use serde_json::{Value, json};
use vitrine_tests::{Browser, Files, LONG, Look, Page, Relay, Smtp, Start, Theme, Vitrine, post, wait_until};

use crate::browser::NOTHING;

const RULES: &str = r#"
groups:
  - name: queues
    interval: 1s
    rules:
      - alert: QueueLong
        expr: queue_length > 80
        severity: critical
        owner: orders
        runbook: https://runbooks.example/queues
        labels: { region: eu }
        annotations: { summary: "the queue {{ $labels.queue }} holds {{ $value }} orders", description: "Orders wait longer than people do." }
      - record: queue:length:max
        expr: max(queue_length)
      - alert: QueueMixed
        expr: queue_length * on() group_left queue_other
"#;

fn settings(smtp: &Smtp) -> String {
    format!(
        "public_url: http://vitrine.test
mail: {{ host: 127.0.0.1, port: {}, tls: none, from: 'Vitrine <vitrine@shop.test>' }}
alerts: {{ notify: [on-call], evaluate_every: 1s }}
channels:
  on-call: {{ plugin: email, with: {{ to: [on-call@shop.test] }}, grant: [mail] }}
",
        smtp.port()
    )
}

#[expect(clippy::disallowed_methods, reason = "what is pushed has the time of the machine that takes it")]
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A queue that grew too long, with the hour before; and alerts that another program brought.
async fn queues(smtp: &Smtp) -> (Files, Vitrine) {
    let files = Files::new();
    files.write("config/vitrine.yaml", &settings(smtp));
    files.write("config/alerts/queues.yaml", RULES);
    let vitrine = Start::new(&files).serve().await;
    let mut text = String::new();
    for minute in (0..=240).rev() {
        let length = 40.0 + 30.0 * (f64::from(minute) / 23.0).sin() + if minute < 4 { 45.0 } else { 0.0 };
        writeln!(text, "queue_length{{queue=\"orders\"}} {length:.0} {}", now() - i64::from(minute) * 60_000).unwrap();
        writeln!(text, "queue_other{{a=\"1\"}} 1 {0}\nqueue_other{{a=\"2\"}} 1 {0}", now() - i64::from(minute) * 60_000).unwrap();
    }
    let answer = post(vitrine.address(), "/api/v1/import/prometheus", &[], text.into_bytes()).await.unwrap();
    assert!(answer.status.is_success(), "{}", answer.body);
    vitrine.alert_is("QueueLong", "firing").await;
    (files, vitrine)
}

async fn bring(vitrine: &Vitrine, alerts: Vec<Value>) {
    let answer = vitrine.post("/api/v2/alerts", &[], &Value::Array(alerts)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn disk(number: usize) -> Value {
    let severity = if number.is_multiple_of(3) { "critical" } else { "warning" };
    json!({
        "labels": { "alertname": "DiskFull", "host": format!("host-{number:05}"), "severity": severity, "owner": "web" },
        "annotations": { "summary": format!("/var on host-{number:05} is nearly full") },
    })
}

/// Waits until the page of alerts knows so many of a state.
async fn counted(vitrine: &Vitrine, state: &str, count: usize) {
    let what = format!("{count} alerts are {state}");
    let wanted = format!("<span class=\"chip-word\">{state}</span> <b>{count}</b>");
    wait_until(&what, LONG, async || vitrine.get("/alerts").await.body.contains(&wanted).then_some(())).await;
}

async fn id_of(vitrine: &Vitrine, name: &str) -> String {
    let alerts = vitrine.get("/api/v2/alerts").await.json();
    let found = alerts.as_array().unwrap().iter().find(|alert| alert["labels"]["alertname"] == name);
    found.unwrap_or_else(|| panic!("{name} is not in {alerts}"))["fingerprint"].as_str().unwrap().to_owned()
}

/// Pictures light and dark, wide and narrow; nothing sticks out, and no rule of accessibility is broken.
async fn pictures(browser: &Browser, url: &str, name: &str) {
    for (theme, width) in [(Theme::Light, 390), (Theme::Dark, 390), (Theme::Light, 1440), (Theme::Dark, 1440)] {
        let page = browser.open(url, &Look { theme, width, ..Look::default() }).await;
        page.live().await;
        let wide: u32 = page.value("document.documentElement.scrollWidth").await;
        assert!(wide <= width, "{name} is {wide} px wide on a screen of {width} px");
        assert_eq!(page.violations().await, NOTHING, "{name} {} {width}", theme.word());
        page.picture(&format!("alerts-{name}-{}-{width}", theme.word())).await;
        assert_eq!(page.complaints(), NOTHING, "{name}");
        page.close().await;
    }
}

const ROWS: &str = "[...document.querySelectorAll('.table.alerts tr[id]')]";

async fn same_page(page: &Page) {
    assert!(page.value::<bool>("window.sameDocument === true").await, "the page was loaded anew");
}

#[tokio::test]
async fn alerts_are_marked_and_taken_on_while_others_come() {
    let smtp = Smtp::start(Relay::Normal).await;
    let (_files, vitrine) = queues(&smtp).await;
    bring(&vitrine, (0..6).map(disk).collect()).await;
    counted(&vitrine, "Firing", 7).await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/alerts"), &Look::default()).await;
    page.live().await;
    page.value::<bool>("window.sameDocument = true").await;
    page.becomes("the title counts", "document.title.startsWith('(7) ')").await;
    page.becomes("the icon has a dot", "document.querySelector('link[rel=icon]').href.startsWith('data:')").await;
    // Marks and the focus stay where they are while an alert comes and another ends.
    let marked = "tr:has(.note) input[name=target]";
    page.value::<bool>(&format!("(() => {{ for (const box of [...document.querySelectorAll({marked:?})].slice(1, 3)) box.click(); document.querySelectorAll({marked:?})[2].focus(); window.held = document.activeElement.value; return true; }})()")).await;
    page.becomes("two are marked", "document.querySelector('[data-picked]').dataset.picked === '2 marked'").await;
    bring(&vitrine, vec![disk(7)]).await;
    page.becomes("the new one is there", &format!("{ROWS}.length === 8")).await;
    let held =
        "document.activeElement.value === window.held && document.querySelectorAll('input[name=target]:checked').length === 2";
    assert!(page.value::<bool>(held).await, "marks or focus were lost");
    let mut over = disk(5);
    over["endsAt"] = json!("2020-01-01T00:00:00Z");
    bring(&vitrine, vec![over]).await;
    page.becomes("the ended one is gone", &format!("{ROWS}.length === 7")).await;
    assert!(page.value::<bool>(held).await, "marks or focus were lost");
    same_page(&page).await;

    page.click(".bulk input[name=comment]").await;
    page.write("looking at it").await;
    page.click(".bulk input[name=author]").await;
    page.write("ada").await;
    page.click(".bulk button[value=acknowledge]").await;
    page.becomes("two are taken on", "document.querySelectorAll('.table.alerts .cell-state.warning').length === 2").await;
    let text = page.text("main").await;
    assert!(text.contains("acknowledged by ada: looking at it"), "{text}");
    page.live().await;
    page.becomes("the bell counts what nobody has taken on", "document.querySelector('#alerts-count').innerText === '5'").await;
    page.click(".chip.warning").await;
    page.becomes("only those are shown", &format!("location.search === '?state=acknowledged' && {ROWS}.length === 2")).await;
    // Silenced together by what they have in common, as no other is kept quiet by it.
    page.live().await;
    page.click("#pick-shown").await;
    page.click(".bulk button[value=silence]").await;
    page.becomes("none is only acknowledged", "document.querySelector('.notice.calm')").await;
    let silences = vitrine.get("/api/v2/silences").await.json();
    assert_eq!(silences.as_array().unwrap().len(), 1, "{silences}");
    page.close().await;

    pictures(&browser, &vitrine.url("/alerts?group=alertname"), "list").await;
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn alerts_are_found_and_taken_on_without_scripts() {
    let smtp = Smtp::start(Relay::Normal).await;
    let (_files, vitrine) = queues(&smtp).await;
    bring(&vitrine, (0..30).map(disk).collect()).await;
    counted(&vitrine, "Firing", 31).await;
    let browser = Browser::launch().await;
    let plain = Look { scripts: false, ..Look::default() };
    let page = browser.open(&vitrine.url("/alerts?group=severity"), &plain).await;
    page.click("#find").await;
    page.write("alertname=DiskFull").await;
    page.press("Enter").await;
    page.becomes(
        "they are found",
        "location.search.includes('q=alertname') && document.querySelector('.chip[aria-current] b').innerText === '30'",
    )
    .await;
    assert_eq!(page.count("tr.group-head").await, 2);
    page.click("tr.group-head input[value=critical]").await;
    page.click(".bulk button[value=snooze]").await;
    page.becomes("ten are snoozed", "document.querySelector('.chip.warning b').innerText === '10'").await;
    assert!(page.text("main").await.contains("local snoozed it until"));
    page.click("tr[id] button[formaction*=withdraw]").await;
    page.becomes("one is given back", "document.querySelector('.chip.warning b').innerText === '9'").await;
    page.close().await;
    let wrong = vitrine.get("/alerts?q=severity%3D~%22(%22").await;
    assert!(wrong.status == 200 && wrong.body.contains("find-mistake"), "{}", wrong.body);
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn one_alert_tells_all_that_happened_to_it() {
    let smtp = Smtp::start(Relay::Normal).await;
    let (_files, vitrine) = queues(&smtp).await;
    smtp.mail("[firing]").await;
    let id = id_of(&vitrine, "QueueLong").await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/alerts"), &Look::default()).await;
    page.click(".table.alerts .alert-link").await;
    page.becomes("its page is there", &format!("location.pathname === '/alerts/{id}'")).await;
    page.live().await;
    page.value::<bool>("window.sameDocument = true").await;
    page.becomes(
        "its mail is in the history",
        "document.querySelector('.happenings').innerText.includes('on-call was told: firing')",
    )
    .await;
    let text = page.text("main").await;
    for part in [
        "the queue orders holds",
        "critical",
        "orders",
        "https://runbooks.example/queues",
        "config/alerts/queues.yaml:6",
        "queue_length > 80",
        "began to fire",
        "Orders wait longer",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(page.count(".alert-course svg.chart path").await > 0, "there is no curve");
    assert_eq!(page.count(".alert-course .limit").await, 1, "there is no limit");
    assert!(page.count(".alert-strip .stretch.bad").await > 0, "it did not fire");
    // What others do is seen at once.
    let given = json!({ "target": id, "author": "grace", "comment": "mine" });
    assert_eq!(vitrine.post("/api/v1/acknowledgements", &[], &given).await.status, 200);
    page.becomes("somebody took it on", "document.querySelector('.happenings').innerText.includes('grace took it on')").await;
    same_page(&page).await;
    page.click("#say").await;
    page.write("the broker is slow").await;
    page.press("Enter").await;
    page.becomes("it was said", "document.querySelector('.happenings').innerText.includes('the broker is slow')").await;
    page.click(".lead button[formaction$=silence]").await;
    page.becomes("it is silenced", "document.querySelector('.lead .cell-state.quiet')").await;
    page.close().await;
    pictures(&browser, &vitrine.url(&format!("/alerts/{id}")), "one").await;
    // An old message's link leads there, also once it is over.
    post(vitrine.address(), "/api/v1/import/prometheus", &[], b"queue_length{queue=\"orders\"} 3\n".to_vec()).await.unwrap();
    vitrine.alert_is("QueueLong", "").await;
    let page = browser.open(&vitrine.url(&format!("/alerts#{id}")), &Look::default()).await;
    page.becomes(
        "the list has it still, or leads on",
        &format!("document.getElementById('{id}') || location.pathname === '/alerts/{id}'"),
    )
    .await;
    page.close().await;
    let over = vitrine.get(&format!("/alerts/{id}")).await;
    assert!(over.status == 200 && over.body.contains(">resolved</span>") && over.body.contains("began to fire"), "{}", over.body);
    assert_eq!(vitrine.get("/alerts/0123456789abcdef").await.status, 404);
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn rules_and_deliveries_are_told_and_filtered() {
    let smtp = Smtp::start(Relay::RefuseRecipient).await;
    let (_files, vitrine) = queues(&smtp).await;
    let dead = async || vitrine.get("/deliveries").await.body.contains(">dead</span>").then_some(());
    wait_until("the delivery is given up", LONG, dead).await;
    let failing = async || vitrine.get("/rules?failing=1").await.body.contains("QueueMixed").then_some(());
    wait_until("a rule fails", LONG, failing).await;
    let browser = Browser::launch().await;
    pictures(&browser, &vitrine.url("/rules"), "rules").await;
    pictures(&browser, &vitrine.url("/deliveries"), "deliveries").await;
    let page = browser.open(&vitrine.url("/rules"), &Look::default()).await;
    page.live().await;
    page.click("input[name=failing]").await;
    page.becomes(
        "only what fails is shown",
        "location.search.includes('failing=1') && document.querySelectorAll('.table.rules tbody tr').length === 1",
    )
    .await;
    let text = page.text("main").await;
    assert!(text.contains("failing") && text.contains("config/alerts/queues.yaml:15"), "{text}");
    page.close().await;
    let page = browser.open(&vitrine.url("/deliveries?channel=on-call&state=dead"), &Look::default()).await;
    page.live().await;
    page.becomes("it says why", "document.querySelector('.table.deliveries .wrap').innerText.includes('554')").await;
    page.click(".table.deliveries form button").await;
    page.live().await;
    page.becomes(
        "it was tried again",
        "location.search.includes('state=dead') && document.querySelector('.table.deliveries tbody tr')",
    )
    .await;
    assert_eq!(page.complaints(), NOTHING);
    page.close().await;
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn the_bell_counts_on_every_page_and_tells_the_newest() {
    let smtp = Smtp::start(Relay::Normal).await;
    let (_files, vitrine) = queues(&smtp).await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/sources"), &Look::default()).await;
    page.live().await;
    page.becomes("one fires", "document.querySelector('#alerts-count').innerText === '1'").await;
    page.click("#bell").await;
    page.becomes("the newest are told", "document.querySelector('#bell-box:popover-open .alert-list a')").await;
    page.becomes("the first has the focus", "document.activeElement.matches('#bell-box a')").await;
    assert_eq!(page.violations().await, NOTHING);
    page.picture("alerts-bell").await;
    page.click("#bell-box input[type=checkbox]").await;
    page.becomes("it rings once, to be heard", "document.body.dataset.rang === '1'").await;
    bring(&vitrine, vec![disk(1)]).await;
    page.becomes("the new one is in it", "document.querySelector('#bell-box .alert-list').innerText.includes('host-00001')")
        .await;
    page.becomes("and heard", "document.body.dataset.rang === '2' && document.title.startsWith('(2) ')").await;
    page.press("Escape").await;
    page.becomes("it is closed", "!document.querySelector('#bell-box:popover-open')").await;
    page.becomes("and the focus is back", "document.activeElement.id === 'bell'").await;
    assert_eq!(page.complaints(), NOTHING);
    page.close().await;
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn ten_thousand_alerts_keep_the_page_usable() {
    let files = Files::new();
    let vitrine = Start::new(&files).serve().await;
    for part in 0..20 {
        bring(&vitrine, (part * 500..(part + 1) * 500).map(disk).collect()).await;
    }
    counted(&vitrine, "Firing", 10_000).await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/alerts"), &Look::default()).await;
    page.live().await;
    assert_eq!(page.value::<usize>(&format!("{ROWS}.length")).await, 100);
    page.click(".pages a[rel=next]").await;
    page.becomes("the second page is shown", "document.querySelector('.pages').innerText.startsWith('101–200 of 10000')").await;
    assert_eq!(page.complaints(), NOTHING);
    page.close().await;
    let page = browser.open(&vitrine.url("/alerts?group=severity&q=severity%3Dcritical"), &Look::default()).await;
    page.live().await;
    page.becomes("one group is shown in part", &format!("{ROWS}.length === 8 && document.querySelector('.group-count a')")).await;
    page.click(".bulk input[name=all]").await;
    page.click(".bulk button[value=acknowledge]").await;
    page.becomes("all of it is taken on", "document.querySelector('.chip.warning b')?.innerText === '3334'").await;
    page.close().await;
    let page = vitrine.get("/alerts").await.body;
    assert!(page.len() < 300_000, "{} bytes", page.len());
    browser.close().await;
    vitrine.stop().await;
}

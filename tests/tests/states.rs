//! What is shown when not all is well, or not yet anything: each state as a picture, light and dark, wide and narrow.

use vitrine_tests::{
    Behaviour, Browser, Files, LONG, Look, Page, Relay, Smtp, Start, Target, Theme, Vitrine, guests, wait_until,
};

const SOURCES: &str = "plugins: { folder: 'GUESTS' }
sources:
  this-machine: { plugin: system, every: 1s, grant: [system] }
  down:
    plugin: misbehaving
    every: 1s
    with: { deed: refuse }
    grant: { http: ['https://example.org'] }
  sneak:
    plugin: misbehaving
    every: 1s
    with: { deed: sneak, url: 'http://127.0.0.1:9/' }
    grant: { http: ['https://example.org'] }
";

/// `AGO` is a moment ten minutes before the test: until then there are values, and none after.
const DASHBOARD: &str = r#"
title: Not all is well
range: 30m
refresh: 1s
panels:
  - { title: A chart that went stale, show: timeseries, query: "abs(vector(time()) % 600 - 300) and (vector(time()) < AGO)", unit: seconds, width: 6 }
  - { title: A number that went stale, show: stat, query: "abs(vector(time()) % 600 - 300) and (vector(time()) < AGO)", unit: seconds, width: 3 }
  - { title: Nearly a metric, show: stat, query: node_laod1, width: 3 }
  - { title: No such value, show: timeseries, query: "rate(node_cpu_seconds_total{mode=\"usr\"}[1m])", width: 6 }
  - { title: Nothing like it, show: gauge, query: "entirely_else{of=\"another\"}", width: 3 }
  - { title: A wrong query, show: table, query: "node_load1 * on() node_cpu_seconds_total", width: 3 }
  - { title: All is well, show: stat, query: node_load1, width: 3 }
  - { title: Small and empty, show: stat, query: node_laod15, width: 3, height: 2 }
  - { title: Small and wrong, show: stat, query: "node_load1 * on() node_cpu_seconds_total", width: 3, height: 2 }
"#;

/// Pictures of a page in each look, and nothing sticks out in any.
async fn pictures(browser: &Browser, url: &str, name: &str, shows: impl AsyncFn(&Page)) {
    for theme in [Theme::Light, Theme::Dark] {
        for width in [390, 1440] {
            let look = Look { theme, width, ..Look::default() };
            let page = browser.open(url, &look).await;
            shows(&page).await;
            let wide: u32 = page.value("document.documentElement.scrollWidth").await;
            assert!(wide <= width, "{name} is {wide} px wide on a screen of {width} px");
            page.picture(&format!("state-{name}-{}-{width}", theme.word())).await;
            // A browser says so when a page is not there.
            let complaints: Vec<String> = page.complaints().into_iter().filter(|text| !text.contains("404")).collect();
            assert_eq!(complaints, [""; 0], "{name}, {look:?}");
            page.close().await;
        }
    }
}

/// A state is words, not only a colour: these are in the panel, and fit into it.
async fn panel_says(page: &Page, panel: &str, state: &str, words: &[&str]) {
    let shown: String = page.value(&format!("document.querySelector('#{panel}').dataset.state")).await;
    let text = page.text(&format!("#{panel}")).await;
    assert_eq!(shown, state, "{panel}: {text}");
    for word in words {
        assert!(text.contains(word), "{word} is not in {panel}: {text}");
    }
    let overflows = format!(
        "(() => {{ const box = document.querySelector('#{panel} .notice'); return box !== null && box.scrollWidth > box.clientWidth; }})()"
    );
    assert!(!page.value::<bool>(&overflows).await, "{panel} is wider than its box");
}

async fn polled(vitrine: &Vitrine, source: &str, is_good: bool) {
    let what = format!("{source} has been polled");
    let polled = async || {
        let status = vitrine.source(source).await?;
        let well = if is_good { !status["lastGood"].is_null() } else { !status["fault"].is_null() };
        well.then_some(())
    };
    wait_until(&what, LONG, polled).await;
}

#[tokio::test]
async fn panels_without_good_data_say_why() {
    let files = Files::new();
    files.write("config/sources.yaml", &SOURCES.replace("GUESTS", &guests().display().to_string()));
    let vitrine = Start::new(&files).serve().await;
    let ago = vitrine.value("time() - 600").await.unwrap();
    files.write("dashboards/states.yaml", &DASHBOARD.replace("AGO", &ago.to_string()));
    let shown = async || (vitrine.get("/d/states").await.status == 200).then_some(());
    wait_until("the dashboard is there", LONG, shown).await;
    polled(&vitrine, "this-machine", true).await;
    polled(&vitrine, "sneak", false).await;
    let browser = Browser::launch().await;
    pictures(&browser, &vitrine.url("/d/states"), "panels", async |page| {
        page.live().await;
        panel_says(page, "p0", "stale", &["no data for 10 min"]).await;
        panel_says(page, "p1", "stale", &["no data for 10 min"]).await;
        panel_says(page, "p2", "ok", &["No series match", "node_laod1", "the nearest are", "node_load1", "node_load15"]).await;
        panel_says(page, "p3", "ok", &["the nearest are", "node_cpu_seconds_total{mode=\"user\"}"]).await;
        panel_says(page, "p4", "ok", &["No series match", "in this range"]).await;
        panel_says(page, "p5", "error", &["The query or a setting is wrong", "since"]).await;
        panel_says(page, "p6", "ok", &[]).await;
        panel_says(page, "p7", "ok", &["No series match", "node_load15"]).await;
        panel_says(page, "p8", "error", &["The query or a setting is wrong"]).await;
    })
    .await;
    pictures(&browser, &vitrine.url("/sources"), "sources-failing", async |page| {
        let text = page.text("main").await;
        for word in ["failing", "the other side is down", "at fault: a missing grant", "at fault: the system watched", "good"] {
            assert!(text.contains(word), "{word} is not in {text}");
        }
    })
    .await;
    pictures(&browser, &vitrine.url("/plugins"), "plugins", async |page| {
        assert!(page.count("tbody tr").await >= 6);
    })
    .await;
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn pages_without_anything_say_what_to_do() {
    let files = Files::new();
    let vitrine = Start::new(&files).serve().await;
    let browser = Browser::launch().await;
    for (path, name, words) in [
        ("/", "home-empty", "There are no dashboards yet"),
        ("/sources", "sources-empty", "There are no sources yet"),
        ("/alerts", "alerts-empty", "No alert is pending or firing"),
        ("/d/none", "not-found", "There is no dashboard named"),
    ] {
        pictures(&browser, &vitrine.url(path), name, async |page| {
            let text = page.text("main").await;
            assert!(text.contains(words), "{words} is not in {text}");
        })
        .await;
    }
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn an_alert_is_seen_from_every_page() {
    let target = Target::start(Behaviour::Answer(503)).await;
    let smtp = Smtp::start(Relay::Normal).await;
    let files = crate::shop::files(&target, &smtp);
    let vitrine = Vitrine::start(&files).await;
    vitrine.alert_is("ShopDown", "firing").await;
    smtp.mail("[firing]").await;
    let browser = Browser::launch().await;
    for (path, name, words) in [
        ("/", "home-firing", "the shop does not answer"),
        ("/alerts", "alerts-firing", "firing"),
        ("/d/shop", "dashboard-firing", "503"),
    ] {
        pictures(&browser, &vitrine.url(path), name, async |page| {
            page.becomes(words, &format!("document.querySelector('main').innerText.includes({words:?})")).await;
            page.becomes("the bell counts", "document.querySelector('#alerts-count').innerText === '1'").await;
        })
        .await;
    }
    browser.close().await;
    vitrine.stop().await;
}

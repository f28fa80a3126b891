//! The pages in a real browser: light and dark, wide and narrow, with and without scripts, live by both lines.

use vitrine_tests::{
    Behaviour, Browser, Files, LONG, Look, Page, Relay, Smtp, Start, Target, Theme, Vitrine, repository, wait_until,
};

use crate::shop;

/// A WebSocket that no proxy lets through.
pub(crate) const NO_WEB_SOCKET: &str = "window.WebSocket = class extends EventTarget {
  constructor() { super(); setTimeout(() => this.onclose?.(new CloseEvent('close')), 0); }
  close() {}
  send() {}
};";

pub(crate) const NOTHING: [&str; 0] = [];

/// This machine, watched every second with the shipped dashboards; their windows are as much shorter.
pub(crate) async fn machine() -> (Files, Vitrine) {
    let files = Files::new();
    files.write("config/sources.yaml", "sources:\n  this-machine: { plugin: system, every: 1s, grant: [system] }\n");
    for name in ["machine", "checks"] {
        let text = std::fs::read_to_string(repository().join(format!("dashboards/{name}.yaml"))).unwrap();
        files.write(&format!("dashboards/{name}.yaml"), &text.replace("[1m]", "[5s]").replace("[5m]", "[20s]"));
    }
    let vitrine = Start::new(&files).serve().await;
    (files, vitrine)
}

/// Waits for so many polls.
pub(crate) async fn polls(vitrine: &Vitrine, wanted: f64) {
    let what = format!("{wanted} polls are stored");
    let count = async || vitrine.value("count_over_time(node_load1[1h])").await;
    wait_until(&what, 3 * LONG, async || (count().await? >= wanted).then_some(())).await;
}

#[tokio::test]
async fn a_dashboard_looks_right_everywhere() {
    let (_files, vitrine) = machine().await;
    let browser = Browser::launch().await;
    polls(&vitrine, 5.0).await;
    for theme in [Theme::Light, Theme::Dark] {
        for width in [390, 1440] {
            let look = Look { theme, width, ..Look::default() };
            let page = browser.open(&vitrine.url("/d/machine?range=5m"), &look).await;
            page.live().await;
            page.becomes("a chart is drawn", "document.querySelector('.panel canvas')").await;
            reads_well(&page, &look).await;
            page.picture(&format!("machine-{}-{width}", theme.word())).await;
            assert_eq!(page.complaints(), NOTHING, "{look:?}");
            page.close().await;
        }
    }
    for path in ["/", "/alerts", "/rules", "/deliveries", "/sources", "/plugins"] {
        let look = Look { width: 390, ..Look::default() };
        let page = browser.open(&vitrine.url(path), &look).await;
        reads_well(&page, &look).await;
        assert_eq!(page.complaints(), NOTHING, "{path}");
        page.close().await;
    }
    browser.close().await;
    vitrine.stop().await;
}

/// Nothing sticks out at the side, no panel says that it broke, and the ground follows the theme.
async fn reads_well(page: &Page, look: &Look) {
    let wide: u32 = page.value("document.documentElement.scrollWidth").await;
    assert!(wide <= look.width, "the page is {wide} px wide on a screen of {} px", look.width);
    assert_eq!(page.count("[data-state=error]").await, 0, "{}", page.text("[data-state=error]").await);
    let ground: String = page.value("getComputedStyle(document.body).backgroundColor").await;
    let numbers = ground.trim_start_matches("rgba").trim_matches(['(', ')', 'r', 'g', 'b']);
    let sum: f64 = numbers.split(',').take(3).map(|part| part.trim().parse::<f64>().unwrap_or(0.0)).sum();
    let is_dark = sum < 3.0 * 128.0;
    assert_eq!(is_dark, look.theme == Theme::Dark, "the ground is {ground}");
}

#[tokio::test]
async fn a_dashboard_reads_well_without_scripts() {
    let (_files, vitrine) = machine().await;
    let browser = Browser::launch().await;
    polls(&vitrine, 5.0).await;
    let look = Look { scripts: false, ..Look::default() };
    let page = browser.open(&vitrine.url("/d/machine?range=5m"), &look).await;
    assert_eq!(page.count("html.has-scripts").await, 0, "scripts ran");
    assert!(page.count(".panel svg path").await > 5, "no charts are drawn");
    assert_eq!(page.count(".panel canvas").await, 0);
    assert!(page.text("#dashboard").await.contains('%'), "no values are shown");
    page.picture("machine-without-scripts").await;
    assert_eq!(page.complaints(), NOTHING);
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn without_web_sockets_the_page_is_live_all_the_same() {
    let target = Target::start(Behaviour::Answer(200)).await;
    let smtp = Smtp::start(Relay::Normal).await;
    let files = shop::files(&target, &smtp);
    let vitrine = Vitrine::start(&files).await;
    let browser = Browser::launch().await;
    let look = Look { before: NO_WEB_SOCKET.to_owned(), ..Look::default() };
    let page = browser.open(&vitrine.url("/d/shop"), &look).await;
    page.live().await;
    page.value::<bool>("window.sameDocument = true").await;
    target.behave(Behaviour::Answer(503));
    page.becomes("the page shows 503", "document.querySelector('#p1 .panel-body').innerText.includes('503')").await;
    assert!(page.value::<bool>("window.sameDocument === true").await, "the page was loaded anew");
    assert_eq!(page.complaints(), NOTHING);
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn the_page_says_when_the_host_is_away_and_comes_back() {
    let target = Target::start(Behaviour::Answer(200)).await;
    let smtp = Smtp::start(Relay::Normal).await;
    let files = shop::files(&target, &smtp);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut vitrine = Start::bare(&files).flag("--listen", &format!("127.0.0.1:{port}")).serve().await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/d/shop"), &Look::default()).await;
    page.live().await;
    page.value::<bool>("window.sameDocument = true").await;
    vitrine.kill9().await;
    page.becomes("the page says that it reconnects", "document.body.dataset.live === 'reconnecting'").await;
    target.behave(Behaviour::Answer(503));
    vitrine.restart().await;
    page.live().await;
    page.becomes("the page shows 503", "document.querySelector('#p1 .panel-body').innerText.includes('503')").await;
    assert!(page.value::<bool>("window.sameDocument === true").await, "the page was loaded anew");
    browser.close().await;
    vitrine.stop().await;
}

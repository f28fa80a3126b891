//! A viewer at a dashboard: the charts under the hand, the wall, the phone, the app without its host.

use vitrine_tests::{Browser, LONG, Look, Page, Start, wait_until};

use crate::browser::{NOTHING, machine, polls};

/// How many series of the first chart's legend are shown.
const SHOWN: &str = "document.querySelectorAll('#p0 .legend tbody tr:not(.is-off)').length";

async fn open(browser: &Browser, url: &str) -> Page {
    let page = browser.open(url, &Look::default()).await;
    page.live().await;
    page.becomes("charts are drawn", "document.querySelectorAll('.panel canvas').length > 4").await;
    page
}

#[tokio::test]
async fn the_crosshair_is_on_all_charts_and_legends_choose() {
    let (_files, vitrine) = machine().await;
    let browser = Browser::launch().await;
    polls(&vitrine, 5.0).await;
    let page = open(&browser, &vitrine.url("/d/machine?range=5m")).await;
    page.point("#p0 .u-over", 0.9, 0.5).await;
    let crossed = "[...document.querySelectorAll('.u-cursor-x')].filter((e) => !e.classList.contains('u-off')).length > 4";
    page.becomes("all charts show the crosshair", crossed).await;
    page.becomes("the values are told", "document.querySelector('.tooltip').innerText.includes('%')").await;
    let all: usize = page.value(SHOWN).await;
    page.click("#p0 .legend tbody tr .legend-name").await;
    page.becomes("one series is hidden", &format!("{SHOWN} === {}", all - 1)).await;
    page.value::<bool>("document.querySelectorAll('#p0 .legend-name')[1].dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true }))").await;
    page.becomes("one series is alone", &format!("{SHOWN} === 1")).await;
    assert_eq!(page.complaints(), NOTHING);
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn points_are_appended_and_nothing_moves() {
    let (_files, vitrine) = machine().await;
    let browser = Browser::launch().await;
    polls(&vitrine, 5.0).await;
    let before = "window.shift = 0; window.moved = []; new PerformanceObserver((list) => { for (const e of list.getEntries()) { window.shift += e.value;
            window.moved.push(...e.sources.map((s) => `${(s.node?.outerHTML ?? s.node?.parentElement?.outerHTML ?? '').slice(0, 120)} ${s.previousRect.y} > ${s.currentRect.y}`)); } })
        .observe({ type: 'layout-shift', buffered: true });";
    let look = Look { before: before.to_owned(), ..Look::default() };
    let page = browser.open(&vitrine.url("/d/machine?range=5m"), &look).await;
    page.live().await;
    page.becomes("charts are drawn", "document.querySelectorAll('.panel canvas').length > 4").await;
    let last = "[...document.querySelectorAll('.legend tbody td')].map((cell) => cell.dataset.value).join()";
    page.value::<bool>(&format!("(window.first = {last}), window.sameDocument = true")).await;
    let stored: f64 = vitrine.value("count_over_time(node_load1[1h])").await.unwrap();
    polls(&vitrine, stored + 3.0).await;
    page.becomes("a newer value is shown", &format!("{last} !== window.first")).await;
    assert!(page.value::<bool>("window.sameDocument === true").await, "the page was loaded anew");
    let shift: f64 = page.value("window.shift").await;
    let moved: Vec<String> = page.value("window.moved").await;
    assert!(shift < 0.02, "the page moved by {shift}: {moved:#?}");
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn a_wall_shows_panels_only_and_the_keyboard_leads_back() {
    let (_files, vitrine) = machine().await;
    let browser = Browser::launch().await;
    polls(&vitrine, 3.0).await;
    let page = open(&browser, &vitrine.url("/d/machine?range=5m&kiosk=tv")).await;
    assert_eq!(page.value::<String>("getComputedStyle(document.querySelector('.top')).display").await, "none");
    page.becomes("the pointer hides", "document.body.classList.contains('is-resting')").await;
    page.picture("machine-tv").await;
    page.press("Escape").await;
    page.becomes("the header is back", "!location.search.includes('kiosk') && document.querySelector('.top').offsetHeight > 0")
        .await;
    page.live().await;
    page.press("k").await;
    page.becomes(
        "only panels are shown",
        "location.search.includes('kiosk') && document.querySelector('.top').offsetHeight === 0",
    )
    .await;
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn an_installed_page_says_that_its_host_is_away() {
    let files = vitrine_tests::Files::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut vitrine = Start::bare(&files).flag("--listen", &format!("127.0.0.1:{port}")).serve().await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/"), &Look::default()).await;
    page.value::<bool>("navigator.serviceWorker.ready.then(() => true)").await;
    let kept = "caches.match('/offline').then((found) => Boolean(found))";
    wait_until("the notice is kept", LONG, async || page.value::<bool>(kept).await.then_some(())).await;
    vitrine.kill9().await;
    page.value::<bool>("(location.assign('/sources'), true)").await;
    page.becomes("the notice is shown", "document.body?.dataset.page === 'offline' && document.querySelector('.notice')").await;
    assert!(page.text(".notice").await.contains("cannot be reached"));
    vitrine.restart().await;
    page.becomes("the page came back by itself", "document.body?.dataset.page === 'sources'").await;
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn a_language_is_switched_by_a_button() {
    let (_files, vitrine) = machine().await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/sources"), &Look::default()).await;
    page.click(".languages button[value=pt]").await;
    page.becomes("the page is in Portuguese", "document.documentElement.lang === 'pt' && location.pathname === '/sources'").await;
    page.becomes("ages are too", "document.getElementById('updated').innerText.startsWith('atualizado')").await;
    assert_eq!(page.complaints(), NOTHING);
    browser.close().await;
    vitrine.stop().await;
}

/// Zoom leads to an address of its own; the keyboard leads back; the link can be shared.
#[tokio::test]
async fn a_zoom_is_a_time_that_can_be_shared() {
    let (_files, vitrine) = machine().await;
    let browser = Browser::launch().await;
    polls(&vitrine, 5.0).await;
    let page = open(&browser, &vitrine.url("/d/machine?range=1h")).await;
    page.value::<bool>("window.sameDocument = true").await;
    page.drag("#p0 .u-over", 0.2, 0.7).await;
    page.becomes(
        "the address has the time",
        "new URLSearchParams(location.search).get('from') > 1e12 && location.search.includes('to=')",
    )
    .await;
    page.becomes(
        "the page shows it",
        "document.querySelector('#time > summary').innerText.includes('–') && !document.querySelector('[aria-busy]')",
    )
    .await;
    let shared: String = page.value("location.pathname + location.search").await;
    page.press("Escape").await;
    page.becomes(
        "it is back",
        "location.search.includes('range=1h') && document.querySelector('#time > summary').innerText.startsWith('last hour')",
    )
    .await;
    assert!(page.value::<bool>("window.sameDocument === true").await, "the page was loaded anew");
    page.press("s").await;
    page.becomes("the link was copied, or is in the address", "document.querySelector('.toast')").await;
    assert_eq!(page.complaints(), NOTHING);
    page.close().await;
    let other = browser.open(&vitrine.url(&shared), &Look::default()).await;
    other.live().await;
    assert!(other.text("#time > summary").await.contains('–'), "another viewer sees another time");
    browser.close().await;
    vitrine.stop().await;
}

const FLEET: &str = "
title: Load of $core
range: 5m
variables:
  core: { query: 'label_values(node_cpu_seconds_total, cpu)', all: true }
  mode: { query: 'label_values(node_cpu_seconds_total, mode)', multi: true, all: true }
  word: { text: one }
panels:
  - { title: 'CPU $core', show: timeseries, query: 'rate(node_cpu_seconds_total{cpu=~\"$core\",mode=~\"$mode\"}[5s])', legend: '{{cpu}} {{mode}}' }
  - { title: 'Said $word', show: text, text: hello }
";

#[tokio::test]
async fn variables_are_chosen_in_place_and_by_a_form() {
    let (files, vitrine) = machine().await;
    files.write("dashboards/fleet.yaml", FLEET);
    let browser = Browser::launch().await;
    polls(&vitrine, 5.0).await;
    let known = async || (vitrine.get("/d/fleet").await.status == 200).then_some(());
    wait_until("the dashboard is there", LONG, known).await;
    let page = browser.open(&vitrine.url("/d/fleet"), &Look::default()).await;
    page.live().await;
    page.value::<bool>("window.sameDocument = true").await;
    let choose = "(() => { const e = document.querySelector('.variables [name=var-core]'); e.value = '0'; e.dispatchEvent(new Event('change', { bubbles: true })); return true; })()";
    page.value::<bool>(choose).await;
    page.becomes("titles follow", "document.querySelector('.crumb').innerText.includes('Load of 0') && document.querySelector('#p0 h2').innerText === 'CPU 0'").await;
    page.click("#v-mode > summary").await;
    page.click("#v-mode input[value=user]").await;
    page.click("#v-mode .main-button").await;
    page.becomes("one series is left", "document.querySelectorAll('#p0 .legend tbody tr').length === 1").await;
    page.becomes("the address says so", "location.search.includes('var-core=0') && location.search.includes('var-mode=user')")
        .await;
    assert!(page.value::<bool>("window.sameDocument === true").await, "the page was loaded anew");
    assert_eq!(page.violations().await, NOTHING);
    assert_eq!(page.complaints(), NOTHING);
    page.close().await;
    let plain = Look { scripts: false, ..Look::default() };
    let page = browser.open(&vitrine.url("/d/fleet?var-core=0&from=now-10m"), &plain).await;
    page.click(".variables .show").await;
    page.becomes("the form was sent", "location.search.includes('var-word=one') && location.search.includes('var-core=0')").await;
    page.becomes("the time is kept", "location.search.includes('range=10m')").await;
    assert_eq!(page.count("meta[http-equiv=refresh]").await, 1);
    browser.close().await;
    vitrine.stop().await;
}

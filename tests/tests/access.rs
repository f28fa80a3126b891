//! The pages for everybody: no rule of WCAG 2.2 AA broken, nothing that needs a mouse, phones, paper, forced colours.

use vitrine_tests::{Browser, Files, Look, Page, Theme, Vitrine};

use crate::browser::{NOTHING, machine, polls};

const PAGES: [&str; 17] = [
    "/",
    "/d/machine?range=5m",
    "/d/checks",
    "/d/machine/p0?range=5m",
    "/d/machine?range=5m&kiosk",
    "/search?q=disk",
    "/explore",
    "/explore?q=rate(node_cpu_seconds_total[5s])&range=5m",
    "/alerts",
    "/silences",
    "/oncall",
    "/rules",
    "/deliveries",
    "/alerts/newest",
    "/sources",
    "/plugins",
    "/nowhere",
];

async fn ready() -> (Files, Vitrine, Browser) {
    let (files, vitrine) = machine().await;
    let browser = Browser::launch().await;
    polls(&vitrine, 5.0).await;
    (files, vitrine, browser)
}

#[tokio::test]
async fn no_page_breaks_a_rule_of_accessibility() {
    let (_files, vitrine, browser) = ready().await;
    let mut found = Vec::new();
    for theme in [Theme::Light, Theme::Dark] {
        for width in [390, 1440] {
            for path in PAGES {
                let look = Look { theme, width, ..Look::default() };
                let page = browser.open(&vitrine.url(path), &look).await;
                if path.starts_with("/d/") {
                    page.live().await;
                }
                let wide: u32 = page.value("document.documentElement.scrollWidth").await;
                assert!(wide <= width, "{path} is {wide} px wide on a screen of {width} px");
                let at = format!("{path} {} {width}", theme.word());
                found.extend(page.violations().await.into_iter().map(|one| format!("{at}: {one}")));
                page.close().await;
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn open_dialogs_and_pickers_break_no_rule_either() {
    let (_files, vitrine, browser) = ready().await;
    for theme in [Theme::Light, Theme::Dark] {
        let look = Look { theme, ..Look::default() };
        let page = browser.open(&vitrine.url("/d/machine?range=5m"), &look).await;
        page.live().await;
        for (key, shown) in [("?", "dialog.keys"), ("/", "dialog.search-dialog ul#results"), ("t", "#time[open]")] {
            page.press(key).await;
            page.becomes(shown, &format!("document.querySelector('{shown}')")).await;
            assert_eq!(page.violations().await, NOTHING, "{shown}");
            page.press("Escape").await;
            page.becomes("it is closed", &format!("!document.querySelector('{shown}')")).await;
        }
        page.close().await;
    }
    browser.close().await;
    vitrine.stop().await;
}

/// Without a mouse: to a dashboard, through its tools, its charts, its full screen, and to another page.
#[tokio::test]
async fn everything_is_in_reach_of_the_keyboard() {
    let (_files, vitrine, browser) = ready().await;
    let page = browser.open(&vitrine.url("/"), &Look::default()).await;
    page.press("Tab").await;
    assert_eq!(focused(&page).await, "Skip to the content");
    page.press("Enter").await;
    page.becomes("the content is jumped to", "location.hash === '#main'").await;
    page.press("d").await;
    page.press("b").await;
    page.becomes("the second dashboard is there", "location.pathname === '/d/machine'").await;
    page.live().await;
    page.press("?").await;
    page.becomes("the keys are listed", "document.querySelector('dialog.keys[open]')").await;
    page.press("Escape").await;
    page.press("t").await;
    page.becomes("the time picker has the focus", "document.activeElement.closest('#time a')").await;
    page.press("Escape").await;
    page.becomes("the focus is on its opener", "document.activeElement.matches('#time > summary')").await;
    page.value::<bool>("document.querySelector('.chart-live').focus(), true").await;
    page.press("ArrowLeft").await;
    page.becomes("the crosshair tells values", "!document.querySelector('.tooltip').hidden").await;
    page.press("f").await;
    page.becomes("a panel fills the screen", "document.querySelector('.panel.is-full .chart-live') === document.activeElement")
        .await;
    page.press("Escape").await;
    page.becomes("it is back", "!document.querySelector('.panel.is-full')").await;
    page.press("/").await;
    page.becomes("search has the focus", "document.activeElement.matches('dialog.search-dialog input')").await;
    page.write("load average").await;
    page.becomes("it found the panel", "document.querySelectorAll('.search-results a').length === 1").await;
    page.press("Enter").await;
    page.becomes("the panel stands alone", "location.pathname.startsWith('/d/machine/p')").await;
    browser.close().await;
    vitrine.stop().await;
}

/// Presses Tab until the focus is on it.
async fn tab_to(page: &Page, selector: &str) {
    for _ in 0..120 {
        page.press("Tab").await;
        if page.value::<bool>(&format!("document.activeElement.matches({selector:?})")).await {
            return;
        }
    }
    panic!("the Tab key does not lead to {selector}");
}

/// What is chosen, opened and left, without a mouse: variables, a time, the numbers behind a picture, a panel alone.
#[tokio::test]
async fn pickers_tables_and_panels_work_by_the_keyboard_alone() {
    let (_files, vitrine, browser) = ready().await;
    let page = browser.open(&vitrine.url("/d/machine?range=5m"), &Look::default()).await;
    page.live().await;
    tab_to(&page, "#v-disk > summary").await;
    page.press("Enter").await;
    page.becomes("the picker is open", "document.querySelector('#v-disk[open]')").await;
    page.press("Escape").await;
    page.becomes("it is closed, and has the focus", "document.activeElement.matches('#v-disk:not([open]) > summary')").await;
    page.press("Enter").await;
    tab_to(&page, "#v-disk input:not([data-all])").await;
    page.press(" ").await;
    page.becomes("one takes the place of all", "!document.querySelector('#v-disk [data-all]').checked").await;
    tab_to(&page, "#v-disk .main-button").await;
    page.press("Enter").await;
    page.becomes("the address says so", "location.search.includes('var-disk=')").await;
    page.press("t").await;
    tab_to(&page, "#from").await;
    page.press_shift("End").await;
    page.write("now-3m").await;
    page.press("Enter").await;
    page.becomes("the time is another", "location.search.includes('from=now-3m') || location.search.includes('range=3m')").await;
    tab_to(&page, "#p0 .twin > summary").await;
    page.press("Enter").await;
    page.becomes("the numbers are there", "document.querySelector('#p0 .twin[open] tbody tr')").await;
    tab_to(&page, "#p0 .twin-box").await;
    page.press("Escape").await;
    tab_to(&page, "#p2 .panel-link").await;
    page.press("Enter").await;
    page.becomes("the panel stands alone", "location.pathname === '/d/machine/p2'").await;
    tab_to(&page, ".back a").await;
    page.press("Enter").await;
    page.becomes("all panels are back", "location.pathname === '/d/machine'").await;
    browser.close().await;
    vitrine.stop().await;
}

async fn focused(page: &Page) -> String {
    page.value("document.activeElement.innerText").await
}

/// Each stop of the Tab key can be seen.
#[tokio::test]
async fn the_focus_is_always_visible() {
    let (_files, vitrine, browser) = ready().await;
    let page = browser.open(&vitrine.url("/d/machine?range=5m"), &Look::default()).await;
    page.live().await;
    let mut stops = 0;
    for _ in 0..60 {
        page.press("Tab").await;
        let script = "(() => { const e = document.activeElement; if (e === document.body) return ['', true];
            const s = getComputedStyle(e); const r = e.getBoundingClientRect();
            return [e.outerHTML.slice(0, 80), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 && r.width > 0 && r.bottom > 0]; })()";
        let (element, is_seen): (String, bool) = page.value(script).await;
        if element.is_empty() {
            break;
        }
        assert!(is_seen, "the focus cannot be seen on {element}");
        stops += 1;
    }
    assert!(stops > 12, "only {stops} stops");
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn motion_colours_and_paper_are_the_readers() {
    let (_files, vitrine, browser) = ready().await;
    let calm = Look { media: vec![("prefers-reduced-motion", "reduce")], ..Look::default() };
    let page = browser.open(&vitrine.url("/d/machine?range=5m"), &calm).await;
    let moving =
        "[...document.querySelectorAll('*')].filter((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0).length";
    assert_eq!(page.value::<usize>(moving).await, 0, "something moves");
    page.close().await;
    let forced = Look { media: vec![("forced-colors", "active")], ..Look::default() };
    let page = browser.open(&vitrine.url("/d/machine?range=5m"), &forced).await;
    page.live().await;
    assert_eq!(page.value::<String>("getComputedStyle(document.querySelector('.panel')).borderTopStyle").await, "solid");
    page.picture("machine-forced-colours").await;
    page.close().await;
    let page = browser.open(&vitrine.url("/d/machine?range=5m"), &Look::default()).await;
    page.print_media().await;
    assert_eq!(page.value::<String>("getComputedStyle(document.querySelector('.tools')).display").await, "none");
    page.picture("machine-print").await;
    browser.close().await;
    vitrine.stop().await;
}

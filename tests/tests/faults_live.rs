//! An open page while something goes wrong: the panel says what and since when, what it showed stays, and it recovers by itself.

use vitrine_tests::{Browser, Files, LONG, Look, Page, Start, Vitrine, post, wait_until};

use crate::browser::NOTHING;

const DASHBOARD: &str = "
title: Trouble
range: 5m
refresh: 1s
panels:
  - { title: Sum, show: stat, query: 'left + on () right', width: 4 }
  - { title: Course, show: timeseries, query: 'left + on () right', width: 8 }
  - { title: Well, show: stat, query: left, width: 4 }
";

async fn say(vitrine: &Vitrine, text: &str) {
    let answer = post(vitrine.address(), "/api/v1/import/prometheus", &[], text.as_bytes().to_vec()).await.unwrap();
    assert!(answer.status.is_success(), "{}", answer.body);
}

async fn open(files: &Files, look: &Look) -> (Vitrine, Browser, Page) {
    files.write("dashboards/trouble.yaml", DASHBOARD);
    let vitrine = Start::new(files).serve().await;
    say(&vitrine, "left 20\nright{of=\"a\"} 1\n").await;
    let stored = async || vitrine.value("left + on () right").await;
    wait_until("the samples are stored", LONG, stored).await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/d/trouble"), look).await;
    page.live().await;
    page.value::<bool>("window.sameDocument = true").await;
    page.becomes("the sum is shown", "document.querySelector('#p0 .stat-value').innerText.trim() === '21'").await;
    (vitrine, browser, page)
}

/// The same, whatever carries the messages.
async fn breaks_and_recovers(look: Look) {
    let files = Files::new();
    let (vitrine, browser, page) = open(&files, &look).await;
    // A second one of these, and the query no longer says which is meant.
    say(&vitrine, "right{of=\"b\"} 2\n").await;
    page.becomes("the panel fails", "document.querySelector('#p0').dataset.state === 'error'").await;
    page.becomes("and so does the chart", "document.querySelector('#p1').dataset.state === 'error'").await;
    let told = page.text("#p0 .panel-state").await;
    let has_clock = "/since \\d\\d:\\d\\d:\\d\\d: /.test(document.querySelector('#p0 .panel-state').innerText)";
    assert!(told.contains("The query or a setting is wrong") && page.value::<bool>(has_clock).await, "{told}");
    // What was good stays, and the others go on.
    assert_eq!(page.text("#p0 .stat-value").await.trim(), "21");
    assert_eq!(page.count("#p1 .chart-live canvas").await, 1);
    say(&vitrine, "left 40\n").await;
    page.becomes("the panel beside it is live", "document.querySelector('#p2 .stat-value').innerText.trim() === '40'").await;
    page.picture("state-broke-while-looking").await;
    files.write("dashboards/trouble.yaml", &DASHBOARD.replace("right", "sum(right)"));
    page.becomes("it is well again", "document.querySelector('#p0').dataset.state === 'ok' && document.querySelector('#p0 .stat-value').innerText.trim() === '43'").await;
    assert_eq!(page.complaints(), NOTHING);
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn a_query_that_breaks_says_so_and_keeps_what_was_good() {
    breaks_and_recovers(Look::default()).await;
}

#[tokio::test]
async fn by_events_a_page_says_the_same() {
    breaks_and_recovers(Look { before: crate::browser::NO_WEB_SOCKET.to_owned(), ..Look::default() }).await;
}

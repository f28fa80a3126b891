//! Long panels in a browser: pages, order and filter of a table, and lines that go on; with a script and without one.

use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use vitrine_tests::{Browser, Files, LONG, Look, Start, Vitrine, post, wait_until};

use crate::browser::NOTHING;

const LONG_PANELS: &str = "
title: Long
range: 5m
refresh: 1s
panels:
  - { title: Fleet, show: table, query: fleet, transform: [reduce: last], row_link: '/d/host?var-host={{host}}', width: 6, height: 6,
      options: { columns: [{ name: value, title: Load, cell: gauge }, { name: host }] } }
  - { title: Lines, show: logs, query: 'last_over_time(line[10s])', width: 6, height: 4, options: { order: oldest } }
";

fn now() -> u128 {
    #[expect(clippy::disallowed_methods, reason = "what is pushed has the time of the machine that takes it")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap().as_millis()
}

async fn push(vitrine: &Vitrine, text: &str) {
    let answer = post(vitrine.address(), "/api/v1/import/prometheus", &[], text.as_bytes().to_vec()).await.unwrap();
    assert!(answer.status.is_success(), "{}", answer.body);
}

/// 120 hosts, and a line each five seconds of the last four minutes.
async fn long() -> (Files, Vitrine) {
    let files = Files::new();
    files.write("config/sources.yaml", "sources: {}\n");
    files.write("dashboards/long.yaml", LONG_PANELS);
    let vitrine = Start::new(&files).serve().await;
    let mut text = String::new();
    for host in 0..120 {
        writeln!(text, "fleet{{host=\"host-{host:03}\"}} {}", (host * 7) % 120).unwrap();
    }
    for place in 0..48 {
        let level = if place % 4 == 0 { "error" } else { "info" };
        let at = now() - (245 - place * 5) * 1_000;
        writeln!(text, "line{{message=\"order {place:03}\",level=\"{level}\"}} 1 {at}").unwrap();
    }
    push(&vitrine, &text).await;
    wait_until("it is stored", LONG, async || vitrine.value("count(fleet)").await).await;
    (files, vitrine)
}

const FIRST: &str = "document.querySelector('#p0 tbody td a[href^=\"/d/host\"], #p0 tbody td')?.closest('tr').innerText";
const PAGES: &str = "document.querySelector('#p0 .pages').innerText";

#[tokio::test]
async fn a_table_is_paged_sorted_and_filtered_in_place() {
    let (_files, vitrine) = long().await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/d/long"), &Look::default()).await;
    page.live().await;
    page.value::<bool>("window.sameDocument = true").await;
    page.becomes("all rows are told", &format!("{PAGES}.startsWith('1–50 of 120')")).await;
    page.click("#p0 .pages a[rel~=next]").await;
    page.becomes(
        "the second page is shown",
        &format!("{PAGES}.startsWith('51–100 of 120') && location.search.includes('p0.page=2')"),
    )
    .await;
    page.click("#p0 thead th:first-child a").await;
    page.becomes(
        "the greatest is first, on the first page",
        &format!("{PAGES}.startsWith('1–50') && {FIRST}.includes('119') && document.querySelector('#p0 [aria-sort=descending]')"),
    )
    .await;
    page.click("#p0 form.look input[type=search]").await;
    page.write("host-00").await;
    page.press("Enter").await;
    page.becomes("ten are left", &format!("{PAGES}.startsWith('1–10 of 10 found in 120')")).await;
    let typing = "document.activeElement.name === 'p0.filter' && document.activeElement.value === 'host-00'";
    assert!(page.value::<bool>(typing).await, "the focus was lost");
    // What is being typed survives what comes in meanwhile.
    page.write("1").await;
    push(&vitrine, "fleet{host=\"host-00x\"} 500\n").await;
    page.becomes("a new host is in the table", &format!("{FIRST}.includes('500')")).await;
    let typing = "document.activeElement.name === 'p0.filter' && document.activeElement.value === 'host-001'";
    assert!(page.value::<bool>(typing).await, "what was typed is lost");
    page.value::<bool>("(history.back(), true)").await;
    page.becomes("the way back leads to all", &format!("{PAGES}.startsWith('1–50 of 121')")).await;
    assert!(page.value::<bool>("window.sameDocument === true").await, "the page was loaded anew");
    assert_eq!(page.violations().await, NOTHING);
    assert_eq!(page.complaints(), NOTHING);
    page.picture("long").await;
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn links_and_forms_page_and_search_without_scripts() {
    let (_files, vitrine) = long().await;
    let browser = Browser::launch().await;
    let plain = Look { scripts: false, ..Look::default() };
    let page = browser.open(&vitrine.url("/d/long?range=15m&tz=Europe/Lisbon"), &plain).await;
    page.click("#p0 .pages a[rel~=next]").await;
    page.becomes("the second page is shown", &format!("{PAGES}.startsWith('51–100 of 120')")).await;
    page.click("#p1 form.look input[type=search]").await;
    page.write("order 01").await;
    page.press("Enter").await;
    page.becomes("lines were searched", "document.querySelectorAll('#p1 .log-line').length === 10").await;
    let kept =
        format!("{PAGES}.startsWith('51–100') && location.search.includes('range=15m') && location.search.includes('tz=Europe')");
    assert!(page.value::<bool>(&kept).await, "the address lost something");
    browser.close().await;
    vitrine.stop().await;
}

const LAST_LINE: &str = "[...document.querySelectorAll('#p1 .log-text')].at(-1)?.innerText";
const AT_END: &str = "(({ scrollTop, scrollHeight, clientHeight }) => scrollHeight - clientHeight - scrollTop < 12)(document.querySelector('#p1 .log-box'))";

#[tokio::test]
async fn lines_go_on_at_their_end_and_wait_for_a_reader() {
    let (_files, vitrine) = long().await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/d/long"), &Look::default()).await;
    page.live().await;
    page.becomes("the newest line is in sight", AT_END).await;
    push(&vitrine, "line{message=\"the newest\",level=\"error\"} 1\n").await;
    page.becomes("it goes on", &format!("{LAST_LINE} === 'the newest' && {AT_END}")).await;

    page.value::<bool>("(document.querySelector('#p1 .log-box').scrollTop = 0, true)").await;
    push(&vitrine, "line{message=\"while reading\",level=\"info\"} 1\n").await;
    page.becomes("it says that there is more", "document.querySelector('#p1 .log-waiting')").await;
    assert_ne!(page.value::<String>(LAST_LINE).await, "while reading");
    page.click("#p1 .log-waiting").await;
    page.becomes(
        "the newest is shown",
        &format!("{LAST_LINE} === 'while reading' && {AT_END} && !document.querySelector('#p1 .log-waiting')"),
    )
    .await;

    page.value::<bool>("(() => { const e = document.querySelector('#p1 select'); e.value = 'error'; e.dispatchEvent(new Event('change', { bubbles: true })); return true; })()").await;
    let errors = "[...document.querySelectorAll('#p1 .log-line')].every((e) => e.dataset.level === 'error')";
    page.becomes(
        "errors are left",
        &format!("location.search.includes('p1.level=error') && {errors} && {LAST_LINE} === 'the newest'"),
    )
    .await;
    // One line is opened, and stays open while others come.
    let last = "#p1 .log-line:last-child";
    page.value::<bool>(&format!("(document.querySelector('{last} summary').click(), true)")).await;
    push(&vitrine, "line{message=\"one more\",level=\"error\"} 1\n").await;
    // It takes room, so that its reader is no longer at the end.
    page.becomes("it says that there is more", "document.querySelector('#p1 .log-waiting')").await;
    page.click("#p1 .log-waiting").await;
    page.becomes("a line came", &format!("{LAST_LINE} === 'one more'")).await;
    let open = "document.querySelector('#p1 details[open] .log-text')?.innerText === 'the newest'";
    page.becomes("the open one is open", open).await;
    assert_eq!(page.violations().await, NOTHING);
    assert_eq!(page.complaints(), NOTHING);
    browser.close().await;
    vitrine.stop().await;
}

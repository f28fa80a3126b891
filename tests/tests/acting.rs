//! Beside the data: what is marked on charts, and what is done by pressing a button; with a script and without one.

use vitrine_tests::{Browser, Files, LONG, Look, Vitrine, guests, wait_until};

use crate::browser::{NOTHING, machine, polls};

const MARKED: &str = r#"
title: Marked
range: 5m
annotations:
  - { query: 'node_load1 >= 0', title: 'watched: {{source}}', state: warning }
  - { query: 'vector(time()) % 20 < 10', at: starts, title: a third of a minute }
panels:
  - { title: Load, show: timeseries, query: 'label_replace(node_load1, "of", "now", "", "") or label_replace(node_load15, "of", "later", "", "")', legend: '{{of}}', series_link: '/d/marked?var-of={{of}}', width: 6 }
  - { title: States, show: state-timeline, query: up, width: 6 }
"#;

#[tokio::test]
async fn what_happened_is_marked_on_charts_and_told() {
    let (files, vitrine) = machine().await;
    files.write("dashboards/marked.yaml", MARKED);
    let browser = Browser::launch().await;
    polls(&vitrine, 8.0).await;
    let known = async || (vitrine.get("/d/marked").await.status == 200).then_some(());
    wait_until("the dashboard is there", LONG, known).await;
    let page = browser.open(&vitrine.url("/d/marked"), &Look::default()).await;
    page.live().await;
    page.becomes("the chart is drawn", "document.querySelector('#p0 canvas')").await;
    // A name switches its series, and the link beside it leads on.
    let link = "document.querySelector('#p0 .legend tr:first-child > th > a.series-link')";
    assert_eq!(page.value::<String>(&format!("{link}.getAttribute('href')")).await, "/d/marked?var-of=now");
    page.click("#p0 .legend tr:first-child .legend-name").await;
    page.becomes("its series is off", "document.querySelector('#p0 .legend tr:first-child.is-off')").await;
    page.point("#p0 .u-over", 0.99, 0.5).await;
    let told = "[...document.querySelectorAll('.tooltip-note.warning')].some((e) => e.textContent.startsWith('watched: '))";
    page.becomes("the crosshair tells it", told).await;
    let rows = "document.querySelectorAll('#p0 table.annotations tbody tr').length";
    assert!(page.value::<usize>(rows).await > 1, "the table beside the picture has them");
    assert!(page.count("#p1 .strip .annotation").await > 1, "the timeline has them");
    // They move with time: one that begins while the page is open is told as well.
    page.value::<bool>(&format!(
        "(window.newest = document.querySelector('#p0 table.annotations td.end')?.textContent, {rows} > 0)"
    ))
    .await;
    page.becomes(
        "a new one is in the table",
        "[...document.querySelectorAll('#p0 table.annotations td.end')].map((e) => e.textContent).filter((t) => t !== 'now' && t > window.newest).length > 0",
    )
    .await;
    page.picture("marked").await;
    assert_eq!(page.violations().await, NOTHING);
    assert_eq!(page.complaints(), NOTHING);
    browser.close().await;
    vitrine.stop().await;
}

const CALLS: &str = "
title: Calls
panels:
  - title: Runs
    show: table
    query: caller_runs_total
    transform: [reduce: last]
    actions:
      - { title: Remember, source: calls, action: remember, with: { runs: '1000000' } }
      - { title: Misspelt, source: calls, action: remembr }
    row_actions:
      - { title: 'Forget {{source}}', source: calls, action: forget }
";

async fn calls() -> (Files, Vitrine) {
    let files = Files::new();
    files.write("logs/app.log", "one\n");
    let folder = files.path().join("logs").display().to_string();
    let text = format!(
        "log: error\nplugins: {{ folder: '{}' }}\nsources:\n  calls: {{ plugin: caller, every: 1s, \
         with: {{ file: '{folder}/app.log' }}, grant: {{ files: ['{folder}'], state: true, metrics: true }} }}\n",
        guests().display()
    );
    files.write("config/vitrine.yaml", &text);
    files.write("dashboards/calls.yaml", CALLS);
    let vitrine = Vitrine::start(&files).await;
    wait_until("it has run", LONG, async || vitrine.value("caller_runs_total").await).await;
    (files, vitrine)
}

#[tokio::test]
async fn a_button_asks_in_a_dialog_and_tells_how_it_ended() {
    let (_files, vitrine) = calls().await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/d/calls"), &Look::default()).await;
    page.live().await;
    page.click("#p0 .panel-head .action").await;
    page.becomes("it asks", "document.querySelector('dialog[open] .act-with')?.innerText.includes('1000000')").await;
    assert_eq!(page.violations().await, NOTHING);
    page.click("dialog .main-button").await;
    page.becomes(
        "it is done",
        "document.querySelector('dialog .act-answer')?.innerText.includes('anyone had it remember 1000000 runs')",
    )
    .await;
    page.press("Enter").await;
    page.becomes("the dialog is closed", "!document.querySelector('dialog')").await;
    assert!(page.value::<bool>("document.activeElement.matches('#p0 .panel-head .action')").await, "the focus is lost");
    page.click("#p0 .panel-head .action:nth-of-type(2)").await;
    page.becomes("what is wrong is told", "document.querySelector('dialog .trouble')?.innerText.includes('did you mean `remember`?') && document.querySelector('dialog .main-button').disabled").await;
    page.press("Escape").await;
    page.becomes("the dialog is closed again", "!document.querySelector('dialog')").await;
    page.click("#p0 td .action").await;
    page.becomes("a row's asks too", "document.querySelector('dialog strong')").await;
    page.press("Escape").await;
    let log = vitrine.log();
    assert!(log.contains("\"target\":\"audit\"") && log.contains("remember") && !log.contains("forget"), "{log}");
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn a_form_asks_where_there_is_no_script() {
    let (_files, vitrine) = calls().await;
    let browser = Browser::launch().await;
    let plain = Look { scripts: false, ..Look::default() };
    let page = browser.open(&vitrine.url("/d/calls?range=15m"), &plain).await;
    page.click("#p0 td .action").await;
    page.becomes("it asks", "location.pathname === '/sources/calls/actions/forget' && document.querySelector('.act strong')")
        .await;
    page.click(".act .main-button").await;
    page.becomes("it is done", "document.querySelector('.act-answer')?.innerText.includes('anyone had it forget')").await;
    page.click(".act .back a").await;
    page.becomes("the way back leads to where it was", "location.pathname + location.search === '/d/calls?range=15m'").await;
    browser.close().await;
    vitrine.stop().await;
}

//! Portuguese from top to bottom: on no page does the host say a sentence of its catalogue in English, in whatever state
//! things are, and numbers and dates are written as a Portuguese reader writes them. What machines read stays as it was.

use std::collections::BTreeSet;

use vitrine_tests::{Behaviour, Browser, Files, LONG, Look, Page, Relay, Smtp, Start, Target, Vitrine, repository, wait_until};

use crate::browser::{NOTHING, polls};

/// All kinds of panel, and all that can be the matter with one. Titles are in neither language.
const STATES: &str = r#"
title: Xyz
range: 5m
refresh: 1s
variables:
  qqq: { query: "label_values(absent_metric, qqq)" }
panels:
  - { title: X1, show: stat, query: node_laod1, width: 3 }
  - { title: X2, show: timeseries, query: "entirely_else{of=\"another\"}", width: 3 }
  - { title: X3, show: table, query: "node_load1 * on() node_cpu_seconds_total", width: 3 }
  - { title: X4, show: timeseries, query: "abs(vector(time()) % 600 - 300) and (vector(time()) < AGO)", unit: seconds, width: 3 }
  - { title: X5, show: stat, query: "node_load1 * 0 + 91.5", warn: 80, bad: 99, options: { delta: true }, width: 3 }
  - { title: X6, show: gauge, query: "node_load1 * 0 + 0.915", unit: ratio, warn: 0.5, bad: 0.8, width: 3 }
  - { title: X7, show: bar-gauge, query: "node_load1 * 0 + 123456.5", unit: EUR, bad: 3, width: 3 }
  - { title: X8, show: image, options: { image: "https://elsewhere.example/x.png", text: X8 }, width: 3 }
  - { title: X9, show: logs, query: "node_load1 * 0 > 1", width: 3 }
"#;

/// What titles, labels, values and plugins say, which is theirs, where it happens to be a word of the catalogue.
const THEIRS: [(&str, &[&str]); 3] = [
    (
        "/d/tour",
        &[
            "alerts",
            "data",
            "firing",
            "in",
            "lines",
            "name",
            "over time",
            "running",
            "severity",
            "source",
            "sources",
            "value",
            "what happened",
        ],
    ),
    ("/d/machine", &["source", "value"]),
    ("/plugins", &["samples", "table"]),
];

const SOURCES: &str = "plugins: { folder: 'GUESTS' }
sources:
  this-machine: { plugin: system, every: 1s, grant: [system] }
  down: { plugin: misbehaving, every: 1s, with: { deed: refuse }, grant: { http: ['https://example.org'] } }
";

/// A shop that is down, with an alert that fires, a tour of all panels, and a source that fails.
async fn everything() -> (Files, Vitrine, Target, Smtp) {
    let target = Target::start(Behaviour::Answer(503)).await;
    let smtp = Smtp::start(Relay::Normal).await;
    let files = crate::shop::files(&target, &smtp);
    files.write("config/sources.yaml", &SOURCES.replace("GUESTS", &vitrine_tests::guests().display().to_string()));
    for name in ["machine", "tour"] {
        let text = std::fs::read_to_string(repository().join(format!("dashboards/{name}.yaml"))).unwrap();
        files.write(&format!("dashboards/{name}.yaml"), &text.replace("[1m]", "[5s]").replace("[5m]", "[20s]"));
    }
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").patient().serve().await;
    let ago = vitrine.value("time() - 200").await.unwrap();
    files.write("dashboards/xyz.yaml", &STATES.replace("AGO", &ago.to_string()));
    let shown = async || (vitrine.get("/d/xyz").await.status == 200).then_some(());
    wait_until("the dashboard is there", LONG, shown).await;
    polls(&vitrine, 6.0).await;
    vitrine.alert_is("ShopDown", "firing").await;
    smtp.mail("[firing]").await;
    (files, vitrine, target, smtp)
}

/// English sentences, in the pieces around what is filled in, of the host's catalogue and of the script's.
fn english() -> BTreeSet<String> {
    let text = |path: &str| std::fs::read_to_string(repository().join(path)).unwrap();
    let host = text("host/web/src/page/messages.rs") + &text("host/web/src/page/messages/alerting.rs");
    let pairs = host.lines().filter_map(|line| {
        let mut parts = line.split('"');
        let key = parts.next()?.trim();
        key.ends_with(':').then_some(())?;
        Some((parts.next()?.to_owned(), parts.nth(1)?.to_owned()))
    });
    let script = text("host/web/assets/src/words.ts");
    let (first, second) = script.split_once("const PORTUGUESE").unwrap();
    let plain = |part: &str| -> Vec<String> {
        part.lines().filter_map(|line| Some(line.split_once(": \"")?.1.strip_suffix("\",")?.to_owned())).collect()
    };
    let pairs: Vec<(String, String)> = pairs.chain(plain(first).into_iter().zip(plain(second))).collect();
    assert!(pairs.len() > 250, "only {} sentences were found", pairs.len());
    let pieces = |text: &str| -> Vec<String> { text.split("{}").map(bare).filter(|piece| piece.len() > 1).collect() };
    let portuguese: BTreeSet<String> = pairs.iter().flat_map(|(_, portuguese)| pieces(portuguese)).collect();
    pairs.iter().flat_map(|(english, _)| pieces(english)).filter(|piece| !portuguese.contains(piece)).collect()
}

/// Without the marks around it, in small letters.
fn bare(text: &str) -> String {
    text.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase()
}

/// Everything that is said on a page, to eyes and to ears.
async fn said(page: &Page) -> Vec<String> {
    let script =
        "(() => { const said = []; const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('script, style, code, pre, noscript, .label'))
            said.push(walker.currentNode.data);
        for (const e of document.querySelectorAll('[aria-label], [title], [placeholder], [alt], [data-label]'))
            for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-label']) said.push(e.getAttribute(name) ?? '');
        return said.map((text) => text.trim()).filter((text) => /\\p{L}/u.test(text)); })()";
    page.value(script).await
}

/// Sentences of several words wherever they stand, single words where they stand alone.
fn found<'a>(said: &[String], english: &'a BTreeSet<String>) -> Vec<(&'a str, String)> {
    let mut found = Vec::new();
    for text in said {
        let words = bare(text);
        for piece in english {
            let within = piece.contains(' ') && piece.len() > 7 && words.contains(piece.as_str());
            if within || words == *piece {
                found.push((piece.as_str(), text.clone()));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn no_page_says_anything_in_english() {
    let (_files, vitrine, _target, _smtp) = everything().await;
    let english = english();
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/"), &Look::default()).await;
    page.click("button[name=language][value=pt]").await;
    page.becomes("the page is in Portuguese", "document.documentElement.lang === 'pt'").await;
    page.close().await;
    let mut wrong = Vec::new();
    for path in [
        "/",
        "/d/tour?range=5m",
        "/d/machine?range=5m",
        "/d/machine/p0?range=5m",
        "/d/machine?from=2025-01-01&to=2025-01-02",
        "/d/xyz",
        "/d/shop",
        "/explore",
        "/explore?q=rate(node_cpu_seconds_total[5s])&range=5m",
        "/explore?q=node_laod1",
        "/alerts",
        "/alerts?group=severity",
        "/alerts/newest",
        "/rules",
        "/deliveries",
        "/sources",
        "/plugins",
        "/search",
        "/search?q=zzz",
        "/nowhere",
        "/d/none",
        "/offline",
    ] {
        let page = browser.open(&vitrine.url(path), &Look::default()).await;
        if path.starts_with("/d/") && path != "/d/none" {
            page.live().await;
            page.becomes("the host has told all panels", "document.querySelector('#updated').innerText.includes('atualizado')")
                .await;
            page.press("?").await;
            page.becomes("the keys are listed", "document.querySelector('dialog.keys[open]')").await;
        }
        let theirs = THEIRS.iter().find(|(begin, _)| path.starts_with(begin)).map_or(&[][..], |(_, words)| words);
        let found = found(&said(&page).await, &english).into_iter().filter(|(piece, _)| !theirs.contains(piece));
        wrong.extend(found.map(|(piece, text)| format!("{path}: {piece:?} in {text:?}")));
        page.close().await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn numbers_have_the_readers_marks_and_machines_the_point() {
    let (_files, vitrine, _target, _smtp) = everything().await;
    let browser = Browser::launch().await;
    let page = browser.open(&vitrine.url("/d/xyz"), &Look::default()).await;
    page.live().await;
    page.becomes("a number of English", "document.querySelector('#p4 .stat-value').innerText.includes('91.5')").await;
    page.becomes("a sum of English", "document.querySelector('#p6 .number').innerText.includes('123,45')").await;
    page.click("button[name=language][value=pt]").await;
    page.becomes("the page is in Portuguese", "document.documentElement.lang === 'pt'").await;
    page.live().await;
    // Drawn by the host, and sent again by its live stream.
    page.becomes("a number of Portuguese", "document.querySelector('#p4 .stat-value').innerText.includes('91,5')").await;
    page.becomes("a sum of Portuguese", "document.querySelector('#p6 .number').innerText.includes('123.45')").await;
    page.becomes("a gauge of Portuguese", "document.querySelector('#p5 .gauge').textContent.includes('91,5')").await;
    page.close().await;
    let page = browser.open(&vitrine.url("/d/machine?range=5m"), &Look::default()).await;
    page.live().await;
    page.becomes("charts are drawn", "document.querySelectorAll('.panel canvas').length > 4").await;
    let legend = "[...document.querySelectorAll('.legend td')].map((cell) => cell.innerText).filter((text) => /\\d/.test(text))";
    page.becomes("legends have commas", &format!("{legend}.some((text) => /\\d,\\d/.test(text))")).await;
    assert_eq!(page.value::<usize>(&format!("{legend}.filter((text) => /\\d\\.\\d/.test(text)).length")).await, 0);
    assert_eq!(page.complaints(), NOTHING);
    page.close().await;
    let csv = vitrine.get("/api/v1/dashboards/xyz/panels/p4.csv").await.body;
    assert!(csv.contains("91.5"), "{csv}");
    browser.close().await;
    vitrine.stop().await;
}

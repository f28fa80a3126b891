//! What comes with the host, as somebody sees it who has just started it: each dashboard shows something in every panel, reads
//! well in both themes on a phone and on a desk, and breaks no rule of accessibility. The README's pictures are made here.

use vitrine_tests::{Browser, Files, LONG, Look, Page, Start, Theme, Vitrine, repository, wait_until};

use crate::browser::{NOTHING, polls};

const DASHBOARDS: [&str; 5] = ["machine", "vitrine", "targets", "checks", "tour"];
/// What the README's pictures may weigh.
const PICTURE_BYTES: usize = 80 * 1024;

/// The shipped files, with the host at a free port, and windows so short that a young host has something in them.
async fn shipped() -> (Files, Vitrine) {
    let files = Files::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    for name in ["sources", "channels", "vitrine"] {
        let file = format!("config/{name}.yaml");
        let text = std::fs::read_to_string(repository().join(&file)).unwrap();
        files.write(&file, &text.replace("7878", &port).replace("every: 15s", "every: 1s").replace("every: 30s", "every: 1s"));
    }
    for name in DASHBOARDS {
        let file = format!("dashboards/{name}.yaml");
        let text = std::fs::read_to_string(repository().join(&file)).unwrap();
        files.write(&file, &text.replace("[1m]", "[5s]").replace("[2m]", "[10s]").replace("[5m]", "[20s]"));
    }
    let vitrine = Start::bare(&files).patient().serve().await;
    (files, vitrine)
}

/// All sources have been asked so often.
async fn rounds(vitrine: &Vitrine, wanted: f64) {
    polls(vitrine, wanted).await;
    for metric in ["probe_success", "vitrine_build_info"] {
        let count = async || vitrine.value(&format!("count_over_time({metric}[1h])")).await;
        wait_until(metric, 3 * LONG, async || (count().await? >= wanted).then_some(())).await;
    }
}

#[tokio::test]
async fn every_shipped_dashboard_is_looked_at() {
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(repository().join("dashboards")).unwrap() {
        names.push(entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned());
    }
    names.sort();
    let mut known = DASHBOARDS;
    known.sort_unstable();
    assert_eq!(names, known);
}

#[tokio::test]
async fn all_of_it_reads_well_for_everybody() {
    let (_files, vitrine) = shipped().await;
    let browser = Browser::launch().await;
    rounds(&vitrine, 8.0).await;
    let mut wrong = Vec::new();
    for name in DASHBOARDS {
        for (theme, width) in [(Theme::Light, 390), (Theme::Light, 1440), (Theme::Dark, 390), (Theme::Dark, 1440)] {
            let look = Look { theme, width, ..Look::default() };
            let page = open(&browser, &vitrine, name, &look).await;
            let at = format!("{name} {} {width}", theme.word());
            wrong.extend(faults(&page, width).await.into_iter().map(|fault| format!("{at}: {fault}")));
            page.picture(&format!("shipped-{name}-{}-{width}", theme.word())).await;
            assert_eq!(page.complaints(), NOTHING, "{at}");
            page.close().await;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    browser.close().await;
    vitrine.stop().await;
}

async fn open(browser: &Browser, vitrine: &Vitrine, name: &str, look: &Look) -> Page {
    let page = browser.open(&vitrine.url(&format!("/d/{name}?range=1m")), look).await;
    page.live().await;
    page.becomes("a chart is drawn", "document.querySelector('.panel canvas')").await;
    page
}

/// What sticks out, what is broken, what is empty, and what axe-core finds.
async fn faults(page: &Page, width: u32) -> Vec<String> {
    let mut found = page.violations().await;
    let wide: u32 = page.value("document.documentElement.scrollWidth").await;
    if wide > width {
        found.push(format!("{wide} px wide on a screen of {width} px"));
    }
    let bad = "[...document.querySelectorAll('.panel')].filter((panel) => panel.dataset.state !== 'ok' || panel.querySelector('.notice'))
        .map((panel) => panel.innerText)";
    found.extend(page.value::<Vec<String>>(bad).await);
    // Words of an axis that lie on each other cannot be read.
    let crowded = "[...document.querySelectorAll('.panel svg')].flatMap((svg) => {
        const words = [...svg.querySelectorAll(':scope > .tick-x')].map((word) => word.getBoundingClientRect()).sort((a, b) => a.x - b.x);
        return words.some((box, place) => place > 0 && box.width > 0 && box.left < words[place - 1].right - 1)
            ? [`crowded: ${svg.closest('.panel').innerText.split('\\n')[0]}`] : []; })";
    found.extend(page.value::<Vec<String>>(crowded).await);
    found
}

/// A minute of this machine's own data. `make pictures` puts them where the README shows them.
#[tokio::test]
async fn the_pictures_for_the_readme() {
    let (_files, vitrine) = shipped().await;
    let browser = Browser::launch().await;
    rounds(&vitrine, 62.0).await;
    for name in DASHBOARDS {
        for theme in [Theme::Light, Theme::Dark] {
            let look = Look { theme, width: 1280, height: 860, ..Look::default() };
            let page = open(&browser, &vitrine, name, &look).await;
            let bytes = page.small_picture(&format!("readme-{name}-{}", theme.word())).await;
            assert!(bytes < PICTURE_BYTES, "the picture of {name} has {bytes} bytes");
            page.close().await;
        }
    }
    browser.close().await;
    vitrine.stop().await;
}

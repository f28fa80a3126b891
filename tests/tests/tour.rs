//! The shipped tour: every bundled panel is on it, and each shows something on any machine.

use vitrine_tests::{Browser, Files, LONG, Look, Start, Theme, Vitrine, repository, wait_until};

/// The tour with windows so short that a young host has something in them.
async fn tour() -> (Files, Vitrine) {
    let files = Files::new();
    files.write("config/sources.yaml", "sources:\n  this-machine: { plugin: system, every: 1s, grant: [system] }\n");
    files.write("dashboards/tour.yaml", &text().replace("[1m]", "[5s]").replace("[5m]", "[20s]"));
    let vitrine = Start::new(&files).serve().await;
    let count = async || vitrine.value("count_over_time(node_load1[1h])").await;
    wait_until("polls are stored", 3 * LONG, async || (count().await? >= 6.0).then_some(())).await;
    (files, vitrine)
}

fn text() -> String {
    std::fs::read_to_string(repository().join("dashboards/tour.yaml")).unwrap()
}

#[test]
fn every_bundled_panel_is_on_it() {
    for entry in std::fs::read_dir(repository().join("plugins")).unwrap() {
        let manifest = std::fs::read_to_string(entry.unwrap().path().join("plugin.toml")).unwrap();
        let name = manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).unwrap();
        if manifest.contains("kind = \"panel\"") {
            let shown =
                text().lines().any(|line| line.split("show: ").nth(1).is_some_and(|rest| rest.split(',').next() == Some(name)));
            assert!(shown, "`{name}` is not on the tour");
        }
    }
}

#[tokio::test]
async fn each_panel_shows_something() {
    let (_files, vitrine) = tour().await;
    let page = vitrine.get("/d/tour?range=5m").await.body;
    let wrong: Vec<&str> = page.split("<section").skip(1).filter(|panel| !panel.contains("data-state=\"ok\"")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(!page.contains("No series match"), "{page}");
    for kind in ["chart", "stat", "table", "bars", "slices", "grid", "timeline", "lines", "graph", "picture", "markup"] {
        assert!(page.contains(&format!("data-kind=\"{kind}\"")), "{kind} is not there");
    }
    vitrine.stop().await;
}

#[tokio::test]
async fn it_looks_right_everywhere() {
    let (_files, vitrine) = tour().await;
    let browser = Browser::launch().await;
    for theme in [Theme::Light, Theme::Dark] {
        for width in [390, 1440] {
            let look = Look { theme, width, ..Look::default() };
            let page = browser.open(&vitrine.url("/d/tour?range=5m"), &look).await;
            page.live().await;
            page.becomes("a chart is drawn", "document.querySelector('.panel canvas')").await;
            let wide: u32 = page.value("document.documentElement.scrollWidth").await;
            assert!(wide <= width, "the tour is {wide} px wide on a screen of {width} px");
            page.picture(&format!("tour-{}-{width}", theme.word())).await;
            assert_eq!(page.complaints(), [""; 0], "{look:?}");
            page.close().await;
        }
    }
    // The data behind a picture are one press away, and can be reached by the keyboard alone.
    let page = browser.open(&vitrine.url("/d/tour?range=5m"), &Look::default()).await;
    let open = "(() => { const twin = document.querySelector('[data-kind=\"bars\"] .twin'); twin.querySelector('summary').focus(); \
        document.activeElement.click(); return twin.open && twin.querySelectorAll('tbody tr').length > 0; })()";
    assert!(page.value::<bool>(open).await, "the table beside a picture does not open");
    page.close().await;
    browser.close().await;
    vitrine.stop().await;
}

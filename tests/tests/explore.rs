//! Explore: PromQL with completion, by hand and without a script.

use vitrine_tests::{Browser, Look};

use crate::browser::{NOTHING, machine, polls};

#[tokio::test]
async fn words_labels_and_values_are_completed() {
    let (_files, vitrine) = machine().await;
    let browser = Browser::launch().await;
    polls(&vitrine, 8.0).await;
    let page = browser.open(&vitrine.url("/explore"), &Look::default()).await;
    page.becomes("the field has the focus", "document.activeElement.id === 'q'").await;
    for (typed, offered, complete) in [
        ("histogram_quan", "histogram_quantile", "histogram_quantile("),
        ("node_loa", "node_load1", "node_load1"),
        ("node_cpu_seconds_total{mo", "mode", "node_cpu_seconds_total{mode"),
        ("node_cpu_seconds_total{mode=\"id", "idle", "node_cpu_seconds_total{mode=\"idle"),
    ] {
        page.value::<bool>("document.getElementById('q').select(), true").await;
        page.press("Backspace").await;
        page.write(typed).await;
        let first = "document.querySelector('.suggestions:not([hidden]) [aria-selected=true] code')?.textContent";
        page.becomes(&format!("{offered} is offered"), &format!("{first} === {offered:?}")).await;
        page.press("Enter").await;
        assert_eq!(page.value::<String>("document.getElementById('q').value").await, complete);
    }
    page.write("\"}").await;
    page.click(".ask-form .main-button").await;
    page.becomes("the answer is there", "location.search.includes('q=') && document.querySelector('.explore-chart canvas')")
        .await;
    assert!(page.count(".answer tbody tr th[scope=row]").await > 0);
    assert_eq!(page.complaints(), NOTHING);
    browser.close().await;
    vitrine.stop().await;
}

#[tokio::test]
async fn a_form_explores_without_scripts() {
    let (_files, vitrine) = machine().await;
    let browser = Browser::launch().await;
    polls(&vitrine, 8.0).await;
    let look = Look { scripts: false, ..Look::default() };
    let page = browser.open(&vitrine.url("/explore?q=node_load1&range=5m"), &look).await;
    assert_eq!(page.count(".explore-chart svg.chart").await, 1);
    page.click(".ask-form .main-button").await;
    page.becomes("the form was sent", "location.search.startsWith('?range=5m&q=node_load1')").await;
    page.click("#time > summary").await;
    page.value::<bool>("document.querySelector('#from').value = 'now-4m', true").await;
    page.click("#time .main-button").await;
    page.becomes("another time is shown", "location.search.includes('from=now-4m') && location.search.includes('q=node_load1')")
        .await;
    assert_eq!(page.count(".explore-chart svg.chart").await, 1);
    browser.close().await;
    vitrine.stop().await;
}

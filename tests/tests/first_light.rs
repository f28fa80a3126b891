//! From the web server that is watched to the page that moves and the mail that arrives.

use vitrine_tests::{Behaviour, Browser, LONG, Look, Mail, Smtp, Target, Vitrine, wait_until};

use crate::shop;

/// Evaluations after which nobody may have been told twice.
const QUIET_CHECKS: f64 = 6.0;

#[tokio::test]
async fn a_metric_reaches_a_live_page_and_an_inbox() {
    let target = Target::start(Behaviour::Answer(200)).await;
    let smtp = Smtp::start(vitrine_tests::Relay::Normal).await;
    let files = shop::files(&target, &smtp);
    let vitrine = Vitrine::start(&files).await;
    let browser = Browser::launch().await;

    samples_are_kept(&vitrine).await;
    let page = browser.open(&vitrine.url("/d/shop"), &Look::default()).await;
    page.live().await;
    page.value::<bool>("window.sameDocument = true").await;
    page.becomes("the page shows 200", "document.querySelector('#p1 .panel-body').innerText.includes('200')").await;

    target.behave(Behaviour::Answer(500));
    page.becomes("the page shows 500", "document.querySelector('#p1 .panel-body').innerText.includes('500')").await;
    assert!(page.value::<bool>("window.sameDocument === true").await, "the page was loaded anew");
    goes_pending_then_firing(&vitrine).await;
    let fired = smtp.mail("[firing]").await;
    says_what_since_when_and_where(&fired, &vitrine).await;
    page.becomes("the page counts the alert", "document.querySelector('#alerts-count').textContent === '1'").await;

    target.behave(Behaviour::Answer(200));
    let resolved = smtp.mail("[resolved]").await;
    vitrine.alert_is("ShopDown", "").await;
    assert_eq!(resolved.subject, fired.subject.replace("[firing]", "[resolved]"));
    belong_together(&fired, &resolved);
    nobody_is_told_twice(&vitrine, &smtp).await;

    assert!(page.value::<bool>("window.sameDocument === true").await, "the page was loaded anew");
    assert_eq!(page.complaints(), [""; 0]);
    browser.close().await;
    vitrine.stop().await;
}

async fn samples_are_kept(vitrine: &Vitrine) {
    wait_until("three checks are stored", LONG, async || {
        let count = vitrine.value("count_over_time(probe_success[5m])").await?;
        (count >= 3.0).then_some(())
    })
    .await;
    let series = vitrine.query("probe_http_status_code").await;
    let (labels, value) = series.first().unwrap();
    assert_eq!((labels["source"].as_str(), labels["team"].as_str(), *value), ("shop", "web", 200.0));
    let page = vitrine.get("/d/shop").await;
    assert!(page.body.contains("The shop") && page.body.contains("200"), "{}", page.body);
}

async fn goes_pending_then_firing(vitrine: &Vitrine) {
    let mut seen = Vec::new();
    wait_until("the alert fires", LONG, async || {
        let state = vitrine.alert("ShopDown").await?;
        if seen.last() != Some(&state) {
            seen.push(state.clone());
        }
        (state == "firing").then_some(())
    })
    .await;
    assert_eq!(seen, ["pending", "firing"]);
}

async fn says_what_since_when_and_where(mail: &Mail, vitrine: &Vitrine) {
    assert_eq!(mail.subject, "[firing] the shop does not answer, success is 0");
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("\"Vitrine\" <vitrine@shop.test>", "on-call@shop.test"));
    assert_eq!(mail.envelope_to, ["on-call@shop.test"]);
    let data = vitrine.data("/api/v1/alerts").await;
    let since = data["alerts"][0]["activeAt"].as_str().unwrap_or_default();
    let rules = vitrine.data("/api/v1/rules?type=alert").await;
    let rule = &rules["groups"][0]["rules"][0];
    assert_eq!((&rule["state"], &rule["alerts"][0]), (&"firing".into(), &data["alerts"][0]), "{rules}");
    let minute = since.get(..13).unwrap_or_default().replace('T', " ");
    let link = "http://vitrine.test/alerts/";
    for part in ["the shop does not answer", "since ", minute.as_str(), "value", "team", "web", "severity", "critical", link] {
        assert!(mail.text.contains(part), "`{part}` is missing in the text:\n{}", mail.text);
        assert!(mail.html.contains(part), "`{part}` is missing in the HTML:\n{}", mail.html);
    }
    assert!(mail.text.contains("value: 0\n"), "{}", mail.text);
    assert!(mail.headers["content-type"].starts_with("multipart/alternative"), "{:?}", mail.headers);
    assert!(mail.headers.contains_key("date"), "{:?}", mail.headers);
}

fn belong_together(fired: &Mail, resolved: &Mail) {
    assert_ne!(fired.message_id, resolved.message_id);
    let root = |mail: &Mail| mail.references.first().cloned().unwrap_or_else(|| mail.message_id.clone());
    assert_eq!(root(fired), root(resolved), "a mail program shows them apart");
    assert_eq!(resolved.in_reply_to, root(fired));
    assert!(resolved.text.contains("lasted "), "{}", resolved.text);
}

async fn nobody_is_told_twice(vitrine: &Vitrine, smtp: &Smtp) {
    let count = async || vitrine.value("count_over_time(probe_success[5m])").await.unwrap_or(0.0);
    let before = count().await;
    wait_until("some more evaluations have passed", LONG, async || (count().await >= before + QUIET_CHECKS).then_some(())).await;
    let subjects: Vec<String> = smtp.mails().into_iter().map(|mail| mail.subject).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
}

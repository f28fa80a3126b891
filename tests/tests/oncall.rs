//! People are told by who is on call, and the next one where nobody takes it on: with the real binary, over a kill and real
//! mail; and the page that says who is on call.

use serde_json::{Value, json};
use vitrine_tests::{Browser, Files, LONG, Look, Relay, Smtp, Start, Theme, Vitrine, post, run, wait_until};

fn files(smtp: &Smtp) -> Files {
    let files = Files::new();
    let channel = |name: &str| format!("  {name}: {{ plugin: email, with: {{ to: [{name}@shop.test] }}, grant: [mail] }}\n");
    files.write(
        "config/vitrine.yaml",
        &format!(
            "public_url: http://vitrine.test
mail: {{ host: 127.0.0.1, port: {}, tls: none, from: 'Vitrine <vitrine@shop.test>' }}
time_zone: Europe/Berlin
channels:\n{}",
            smtp.port(),
            ["ada", "bob", "cyd", "all"].map(channel).concat()
        ),
    );
    files.write("config/routes.yaml", ROUTES);
    files
}

/// Ada always, by the first layer; who is told next is Bob, and Cyd after a long time.
const ROUTES: &str = r#"
global: { silence_reminder: 1h }
route: { receiver: web, group_by: [alertname], group_wait: 0s, group_interval: 1s }
receivers:
  - { name: web, schedules: [week], fallback: [all], escalation: critical }
people:
  ada: { channels: [ada] }
  bob: { channels: [bob] }
  cyd: { channels: [cyd] }
schedules:
  week:
    time_zone: Europe/Berlin
    layers:
      - { name: always, members: [ada], start: 2026-01-05, handoff: "09:00", weekday: monday, length: weekly }
  nights:
    time_zone: America/New_York
    layers:
      - { name: weeks, members: [ada, bob, cyd], start: 2026-01-05, handoff: "09:00", weekday: monday, length: weekly }
      - { name: nights, members: [bob, cyd], start: 2026-01-05, handoff: "12:00", length: daily, only: [{ times: [{ start_time: "22:00", end_time: "06:00" }] }] }
  office:
    layers:
      - { members: [cyd, ada], start: 2026-01-05, length: daily, only: [{ weekdays: ["monday:friday"] }] }
escalations:
  critical:
    steps: [{ schedules: [week], after: 4s }, { people: [bob], after: 1h }, { people: [cyd] }]
"#;

async fn bring(vitrine: &Vitrine, name: &str, fires: bool) {
    let end = if fires { "2100-01-01T00:00:00Z" } else { "2026-01-02T00:00:00Z" };
    let labels = json!({ "alertname": name, "team": "web" });
    let alert = json!([{ "labels": labels, "startsAt": "2026-01-01T00:00:00Z", "endsAt": end }]);
    let answer = vitrine.post("/api/v2/alerts", &[], &alert).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

async fn escalation(vitrine: &Vitrine, state: &str) -> Value {
    wait_until(&format!("the escalation is {state}"), LONG, async || {
        let data = vitrine.data("/api/v1/oncall").await;
        Some(data["escalations"][0].clone()).filter(|one| one["state"] == state)
    })
    .await
}

fn to<'a>(smtp: &'a Smtp, person: &'a str, word: &'a str) -> usize {
    let is_it = |mail: &vitrine_tests::Mail| mail.to == format!("{person}@shop.test") && mail.subject.starts_with(word);
    smtp.mails().iter().filter(|mail| is_it(mail)).count()
}

async fn told(smtp: &Smtp, person: &str, word: &str) {
    wait_until(&format!("{person} is told {word}"), LONG, async || (to(smtp, person, word) > 0).then_some(())).await;
}

#[tokio::test]
async fn the_next_is_told_over_a_kill_and_nobody_more_once_it_is_taken_on() {
    let smtp = Smtp::start(Relay::Normal).await;
    let files = files(&smtp);
    let mut vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    bring(&vitrine, "ShopDown", true).await;
    told(&smtp, "ada", "[firing]").await;
    assert_eq!(escalation(&vitrine, "climbing").await["told"], 1);
    vitrine.kill9().await;
    assert_eq!(to(&smtp, "bob", "[firing]"), 0, "it is between the steps");
    vitrine.restart().await;
    told(&smtp, "bob", "[firing]").await;
    assert_eq!(escalation(&vitrine, "climbing").await["told"], 2);
    let groups = vitrine.get("/api/v2/alerts").await.json();
    let target = groups[0]["fingerprint"].as_str().unwrap().to_owned();
    let answer = vitrine.post("/api/v1/acknowledgements", &[], &json!({ "target": target, "author": "bob" })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(escalation(&vitrine, "taken").await["next"], Value::Null);
    vitrine.kill9().await;
    vitrine.restart().await;
    assert_eq!(escalation(&vitrine, "taken").await["told"], 2);

    // Given to somebody else, who is told; all three hear of the end.
    let gift = json!({ "target": target, "person": "cyd", "author": "bob", "comment": "you know it best" });
    assert_eq!(vitrine.post("/api/v1/assignments", &[], &gift).await.status, 200);
    told(&smtp, "cyd", "[firing]").await;
    let subject = smtp.mails().into_iter().find(|mail| mail.to == "cyd@shop.test").unwrap().subject;
    assert!(subject.contains("bob gave it to cyd: you know it best"), "{subject}");
    let given = vitrine.data("/api/v1/acknowledgements").await;
    assert_eq!(given["acknowledgements"][0]["author"], "cyd");
    assert_eq!(vitrine.post("/api/v1/assignments", &[], &json!({ "target": target, "person": "zoe" })).await.status, 404);
    bring(&vitrine, "ShopDown", false).await;
    for person in ["ada", "bob", "cyd"] {
        told(&smtp, person, "[resolved]").await;
    }
    assert_eq!(to(&smtp, "cyd", "[firing]"), 1);
    assert!(vitrine.log().contains("assigned"), "{}", vitrine.log());
    vitrine.stop().await;
}

#[tokio::test]
async fn who_is_on_call_is_told_to_programs_and_overridden_by_them() {
    let smtp = Smtp::start(Relay::Normal).await;
    let files = files(&smtp);
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    let at = |text: &str| format!("/api/v1/oncall?at={text}");
    let nights = |data: &Value| data["schedules"][0].clone();
    // New York changes its clocks in the night to the first of November 2026.
    let night = nights(&vitrine.data(&at("2026-11-01T04:00:00Z")).await);
    assert_eq!((&night["name"], &night["timeZone"]), (&json!("nights"), &json!("America/New_York")));
    assert_eq!(night["now"]["layer"], "nights");
    assert_eq!(night["now"]["until"], "2026-11-01T11:00:00Z");
    let day = nights(&vitrine.data(&at("2026-11-01T15:00:00Z")).await);
    assert_eq!((&day["now"]["layer"], &day["now"]["until"]), (&json!("weeks"), &json!("2026-11-02T03:00:00Z")));
    assert_eq!(vitrine.get(&at("soon")).await.status, 400);

    let wanted =
        json!({ "schedule": "week", "person": "bob", "to": "2100-01-01T00:00:00Z", "author": "ada", "comment": "a swap" });
    let put = vitrine.post("/api/v1/oncall/overrides", &[], &wanted).await;
    let id = put.json()["data"]["id"].as_str().unwrap().to_owned();
    let week = vitrine.data("/api/v1/oncall").await["schedules"][2].clone();
    assert_eq!((&week["now"]["person"], &week["now"]["because"]), (&json!("bob"), &json!("override")));
    let listed = vitrine.data("/api/v1/oncall/overrides").await;
    assert_eq!((&listed["overrides"][0]["id"], &listed["overrides"][0]["comment"]), (&json!(id), &json!("a swap")));
    let shown = run(files.path(), &["routes", "test", "alertname=Full", "--url", vitrine.address()]).await.out;
    for words in
        ["whoever is on call in `week`", "bob, on call in `week` (bob)", "step 2", "unless somebody takes it on: bob (bob)"]
    {
        assert!(shown.contains(words), "{words} is not in\n{shown}");
    }
    bring(&vitrine, "Full", true).await;
    told(&smtp, "bob", "[firing]").await;
    // The form of the page, as a browser without scripts sends it.
    let form = |text: &str| (vec![("content-type", "application/x-www-form-urlencoded")], text.as_bytes().to_vec());
    let (headers, body) = form("");
    let ended = post(vitrine.address(), &format!("/oncall/{id}/end"), &headers, body).await.unwrap();
    assert_eq!(ended.status, 303);
    assert_eq!(vitrine.data("/api/v1/oncall").await["schedules"][2]["now"]["person"], "ada");
    let (headers, body) = form("schedule=nights&person=cyd&from=2099-03-08T01%3A30&to=2099-03-09T09%3A00&author=bob&comment=");
    assert_eq!(post(vitrine.address(), "/oncall", &headers, body).await.unwrap().status, 303);
    let listed = vitrine.data("/api/v1/oncall/overrides").await;
    let made = listed["overrides"].as_array().unwrap().iter().find(|one| one["schedule"] == "nights").unwrap().clone();
    assert_eq!((&made["from"], &made["to"]), (&json!("2099-03-08T06:30:00Z"), &json!("2099-03-09T13:00:00Z")));
    let (headers, body) = form("schedule=nights&person=cyd&to=soon");
    let refused = post(vitrine.address(), "/oncall", &headers, body).await.unwrap();
    assert_eq!(refused.status, 400);
    assert!(refused.readable().contains("is not a moment"), "{}", refused.readable());
    vitrine.stop().await;
}

#[tokio::test]
async fn the_files_are_checked_and_shown() {
    let smtp = Smtp::start(Relay::Normal).await;
    let files = files(&smtp);
    let checked = run(files.path(), &["check"]).await;
    assert_eq!(checked.code, Some(0), "{}", checked.err);
    assert!(checked.err.contains("nobody is on call from"), "{}", checked.err);
    let shown = run(files.path(), &["routes", "show"]).await.out;
    for words in
        ["escalates by critical", "ada: ada", "nights (America/New_York): ", "after 4s: bob", "week (Europe/Berlin): ada"]
    {
        assert!(shown.contains(words), "{words} is not in\n{shown}");
    }
    files.write("config/routes.yaml", &ROUTES.replace("members: [ada], start", "members: [zoe], start"));
    let checked = run(files.path(), &["check"]).await;
    assert_eq!(checked.code, Some(1));
    assert!(checked.err.contains("there is no person `zoe`") && checked.err.contains("routes.yaml:14:"), "{}", checked.err);
}

#[tokio::test]
async fn the_page_says_who_is_on_call_to_everybody() {
    let smtp = Smtp::start(Relay::Normal).await;
    let files = files(&smtp);
    let vitrine = Start::bare(&files).flag("--listen", "127.0.0.1:0").serve().await;
    let wanted =
        json!({ "schedule": "nights", "person": "ada", "to": "2100-01-01T00:00:00Z", "author": "ada", "comment": "a swap" });
    assert_eq!(vitrine.post("/api/v1/oncall/overrides", &[], &wanted).await.status, 200);
    let browser = Browser::launch().await;
    let mut found = Vec::new();
    for theme in [Theme::Light, Theme::Dark] {
        for width in [390, 1440] {
            let look = Look { theme, width, scripts: width == 1440, ..Look::default() };
            let page = browser.open(&vitrine.url("/oncall"), &look).await;
            let at = format!("{} {width}", theme.word());
            if width == 1440 {
                let wide: u32 = page.value("document.documentElement.scrollWidth").await;
                assert!(wide <= width, "it is {wide} px wide on a screen of {width} px");
                let text = page.text("main").await;
                for words in ["ada", "Europe/Berlin", "a swap", "Put somebody on call"] {
                    assert!(text.contains(words), "{words} is not in {text}");
                }
                found.extend(page.violations().await.into_iter().map(|one| format!("{at}: {one}")));
            }
            page.picture(&format!("oncall-{}-{width}", theme.word())).await;
            page.close().await;
        }
        let look = Look { theme, width: 390, ..Look::default() };
        let page = browser.open(&vitrine.url("/oncall"), &look).await;
        let wide: u32 = page.value("document.documentElement.scrollWidth").await;
        assert!(wide <= 390, "it is {wide} px wide on a phone");
        page.click(".oncall details summary").await;
        page.becomes("the table twin is open", "document.querySelector('.oncall details').open").await;
        found.extend(page.violations().await.into_iter().map(|one| format!("{} 390: {one}", theme.word())));
        page.close().await;
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    browser.close().await;
    vitrine.stop().await;
}

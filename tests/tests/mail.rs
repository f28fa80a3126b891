//! A mail as people get it: with the picture of its panel, in a thread, readable in the light, in the dark and on a phone; and
//! its links, which ask before they act, act once, and say kindly why not.

use vitrine_tests::{Browser, Files, LONG, Look, Mail, Page, Relay, Smtp, Theme, Vitrine, post, wait_until};

const PERSON: &str = "ada@shop.test";
/// What a picture of a mail may weigh in the documents.
const PICTURE_BYTES: usize = 60 * 1024;

fn files(smtp: &Smtp) -> Files {
    let files = Files::new();
    files.write(
        "config/vitrine.yaml",
        &format!(
            "mail: {{ host: 127.0.0.1, port: {}, tls: none, from: 'Vitrine <vitrine@shop.test>' }}
time_zone: Europe/Berlin
alerts: {{ notify: [on-call], evaluate_every: 1s }}
channels:
  on-call: {{ plugin: email, with: {{ to: [{PERSON}] }}, grant: [mail] }}
",
            smtp.port()
        ),
    );
    files.write("config/alerts/shop.yaml", RULES);
    files.write("dashboards/machine.yaml", DASHBOARD);
    files
}

const RULES: &str = r#"
groups:
  - name: machine
    interval: 1s
    rules:
      - alert: DiskAlmostFull
        expr: disk_used_ratio > 0.9
        severity: critical
        owner: web
        runbook: https://wiki.shop.test/disk-full
        panel: "machine/disk?var-host={{ $labels.instance }}"
        annotations:
          summary: "Disk {{ $labels.mountpoint }} on {{ $labels.instance }} is {{ $value | humanizePercentage }} full"
          description: "At this rate it is full in less than two hours. Orders are refused once it is."
      - alert: QueueSlow
        expr: queue_seconds > 60
        severity: warning
        panel: machine/none
        annotations: { summary: "The queue {{ $labels.queue }} is {{ $value | humanizeDuration }} behind" }
"#;

const DASHBOARD: &str = r#"
title: Machine
variables: { host: { values: [web-1, web-2] } }
panels:
  - { title: Disk space, id: disk, show: timeseries, query: 'disk_used_ratio{instance="$host"}', legend: "{{mountpoint}}", unit: ratio, warn: 0.8, bad: 0.9 }
"#;

/// Four hours in which one disk fills up, and what the queues are behind by.
async fn fill(vitrine: &Vitrine, disk: f64, behind: f64) {
    let now = wait_until("the host has a clock", LONG, async || vitrine.value("time()").await).await;
    let mut lines = String::new();
    if disk > 0.9 {
        for minute in 0..240_i32 {
            let (age, part) = (f64::from(240 - minute) * 60.0, f64::from(minute) / 240.0);
            let time = (now - age) * 1_000.0;
            let wave = (f64::from(minute) / 9.0).sin() / 120.0;
            lines += &format!(
                "disk_used_ratio{{instance=\"web-1\",mountpoint=\"/var\"}} {} {time:.0}\n",
                0.55 + 0.35 * part * part + wave
            );
            lines += &format!("disk_used_ratio{{instance=\"web-1\",mountpoint=\"/\"}} {} {time:.0}\n", 0.38 + wave / 2.0);
        }
    }
    lines += &format!("disk_used_ratio{{instance=\"web-1\",mountpoint=\"/var\"}} {disk} {:.0}\n", now * 1_000.0);
    lines += &format!("disk_used_ratio{{instance=\"web-1\",mountpoint=\"/\"}} 0.383 {:.0}\n", now * 1_000.0);
    for (queue, more) in [("orders", 0.0), ("invoices", 25.0), ("mails", 41.0)] {
        lines += &format!("queue_seconds{{queue=\"{queue}\"}} {} {:.0}\n", behind + more, now * 1_000.0);
    }
    let taken = post(vitrine.address(), "/api/v1/import/prometheus", &[], lines.into_bytes()).await.unwrap();
    assert!(taken.status.is_success(), "{}", taken.body);
}

fn link(mail: &Mail, words: &str) -> String {
    let after = mail.text.split(&format!("{words}:\n")).nth(1).unwrap_or_else(|| panic!("`{words}` is missing:\n{}", mail.text));
    after.lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_mail_shows_its_panel_and_is_answered_by_its_links() {
    let smtp = Smtp::start(Relay::Normal).await;
    let files = files(&smtp);
    let vitrine = Vitrine::start(&files).await;
    let browser = Browser::launch().await;
    fill(&vitrine, 0.912, 10.0).await;
    let fired = smtp.mail("[firing] Disk /var").await;
    shows_its_panel(&fired, &vitrine);
    fill(&vitrine, 0.913, 72.0).await;
    let crowd = smtp.mail("[firing] QueueSlow").await;
    says_why_there_is_no_picture(&crowd);

    let acknowledge = link(&fired, "acknowledge");
    programs_that_look_for_viruses_change_nothing(&vitrine, &acknowledge).await;
    acknowledges_without_a_script(&browser, &vitrine, &acknowledge).await;
    works_once_and_not_forged(&browser, &vitrine, &acknowledge).await;
    silences(&browser, &vitrine, &link(&crowd, "silence for 2 h")).await;
    let silence = link(&fired, "silence for 2 h");

    fill(&vitrine, 0.61, 72.0).await;
    let resolved = smtp.mail("[resolved] Disk /var").await;
    belongs_to(&fired, &resolved);
    let page = browser.open(&silence, &Look::default()).await;
    assert!(page.text("h1").await.contains("over already"), "{}", page.text("body").await);
    page.close().await;
    let metrics = vitrine.get("/metrics").await.body;
    for (act, outcome) in
        [("acknowledge", "done"), ("acknowledge", "used"), ("none", "unknown"), ("silence", "done"), ("silence", "over")]
    {
        let line = format!("vitrine_web_replies_total{{act=\"{act}\",outcome=\"{outcome}\"}}");
        assert!(metrics.contains(&line), "{line} is missing");
    }

    for (name, mail) in [("firing", &fired), ("several", &crowd), ("resolved", &resolved)] {
        looks_right(&browser, &files, name, mail).await;
    }
    browser.close().await;
    vitrine.stop().await;
}

fn shows_its_panel(mail: &Mail, vitrine: &Vitrine) {
    assert_eq!(mail.subject, "[firing] Disk /var on web-1 is 91.2% full");
    let ids: Vec<(&str, &str)> = mail.attachments.iter().map(|(id, kind, _)| (id.as_str(), kind.as_str())).collect();
    assert_eq!(ids, [("panel-0-light", "image/png"), ("panel-0-dark", "image/png")], "{}", mail.text);
    for (id, _, bytes) in &mail.attachments {
        assert!((5_000..200_000).contains(bytes), "{id} has {bytes} bytes");
    }
    assert_eq!(mail.html.matches("src=\"data:image/png;base64,").count(), 2);
    for part in ["attached: the panel machine/disk", "  owner: web\n", "runbook: https://wiki.shop.test/disk-full", "UTC+"] {
        assert!(mail.text.contains(part), "`{part}` is missing:\n{}", mail.text);
    }
    assert!(link(mail, "acknowledge").starts_with(&vitrine.url("/reply/")), "{}", mail.text);
    let header = |name: &str| mail.headers.get(name).map(String::as_str);
    assert_eq!((header("auto-submitted"), header("x-auto-response-suppress")), (Some("auto-generated"), Some("All")));
    assert_eq!(header("list-id"), Some("<on-call.vitrine.shop.test>"));
}

fn says_why_there_is_no_picture(mail: &Mail) {
    assert!(mail.attachments.is_empty());
    assert!(mail.text.contains("no picture of machine/none: "), "{}", mail.text);
    assert!(mail.html.contains("There is no picture of machine/none"), "{}", mail.html);
}

fn belongs_to(fired: &Mail, resolved: &Mail) {
    assert_ne!(fired.message_id, resolved.message_id);
    assert_eq!((&fired.references, &fired.in_reply_to), (&resolved.references, &resolved.in_reply_to));
    assert!(resolved.text.contains("lasted ") && !resolved.text.contains("acknowledge:"), "{}", resolved.text);
    assert_eq!(resolved.attachments.len(), 2);
}

async fn taken_on(vitrine: &Vitrine) -> Vec<(String, String)> {
    let data = vitrine.data("/api/v1/acknowledgements").await;
    let all = data["acknowledgements"].as_array().unwrap().iter();
    all.map(|one| (one["author"].as_str().unwrap().to_owned(), one["comment"].as_str().unwrap().to_owned())).collect()
}

async fn programs_that_look_for_viruses_change_nothing(vitrine: &Vitrine, link: &str) {
    let path = link.strip_prefix(&vitrine.url("")).unwrap();
    for _ in 0..3 {
        let answer = vitrine.get(path).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains("Acknowledge these alerts?") && answer.body.contains(PERSON), "{}", answer.body);
    }
    assert!(taken_on(vitrine).await.is_empty());
}

async fn acknowledges_without_a_script(browser: &Browser, vitrine: &Vitrine, link: &str) {
    let page = browser.open(link, &Look { scripts: false, width: 390, height: 844, ..Look::default() }).await;
    assert!(page.text("main").await.contains("Disk /var on web-1 is 91.2% full"), "{}", page.text("main").await);
    page.picture("reply-ask-390").await;
    page.value::<String>("document.querySelector('#comment').value = 'I clear the logs'").await;
    page.value::<bool>("document.querySelector('.reply .main-button').click() ?? true").await;
    page.becomes("it is done", "document.querySelector('.reply.good')").await;
    assert_eq!(page.text("h1").await, "Done");
    page.picture("reply-done-390").await;
    page.close().await;
    assert_eq!(taken_on(vitrine).await, [(PERSON.to_owned(), "I clear the logs".to_owned())]);
}

async fn works_once_and_not_forged(browser: &Browser, vitrine: &Vitrine, link: &str) {
    for (theme, width) in [(Theme::Light, 1440), (Theme::Dark, 390)] {
        let page = browser.open(link, &Look { theme, width, ..Look::default() }).await;
        assert_eq!(page.text("h1").await, "This link was used");
        assert_eq!(page.violations().await, [""; 0]);
        page.close().await;
    }
    let path = link.strip_prefix(&vitrine.url("")).unwrap();
    let again = post(vitrine.address(), path, &[("content-type", "application/x-www-form-urlencoded")], b"comment=".to_vec())
        .await
        .unwrap();
    assert!(again.body.contains("This link was used"), "{}", again.body);
    let other = if &path[20..21] == "A" { "B" } else { "A" };
    let forged = format!("{}{other}{}", &path[..20], &path[21..]);
    let answer = vitrine.get(&forged).await;
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("This link does nothing"), "{}", answer.body);
    let forged =
        post(vitrine.address(), &forged, &[("content-type", "application/x-www-form-urlencoded")], b"comment=".to_vec()).await;
    assert_eq!(forged.unwrap().status, 404);
}

async fn silences(browser: &Browser, vitrine: &Vitrine, link: &str) {
    let page = browser.open(link, &Look::default()).await;
    assert_eq!(page.text("h1").await, "Silence these alerts for 2 h?");
    page.value::<bool>("document.querySelector('.reply .main-button').click() ?? true").await;
    page.becomes("it is done", "document.querySelector('.reply.good')").await;
    page.close().await;
    let silences = vitrine.get("/api/v2/silences").await.json();
    assert_eq!(silences[0]["createdBy"], PERSON, "{silences}");
    assert_eq!(silences[0]["matchers"][0]["value"], "QueueSlow", "{silences}");
}

/// As its HTML is shown, with pictures for the documents.
async fn looks_right(browser: &Browser, files: &Files, name: &str, mail: &Mail) {
    let file = files.path().join(format!("{name}.html"));
    std::fs::write(&file, &mail.html).unwrap();
    let url = format!("file://{}", file.display());
    for (theme, width) in [(Theme::Light, 680), (Theme::Dark, 680), (Theme::Light, 390), (Theme::Dark, 390)] {
        let page = browser.open(&url, &Look { theme, width, height: 600, ..Look::default() }).await;
        let at = format!("{name} {} {width}", theme.word());
        is_readable(&page, theme, width, &at).await;
        let height: u32 = page.value("document.documentElement.scrollHeight").await;
        page.close().await;
        let page = browser.open(&url, &Look { theme, width, height, ..Look::default() }).await;
        let bytes = page.small_picture(&format!("mail-{name}-{}-{width}", theme.word())).await;
        assert!(bytes < PICTURE_BYTES, "the picture of {at} has {bytes} bytes");
        page.close().await;
    }
}

async fn is_readable(page: &Page, theme: Theme, width: u32, at: &str) {
    assert_eq!(page.violations().await, [""; 0], "{at}");
    let wide: u32 = page.value("document.documentElement.scrollWidth").await;
    assert!(wide <= width, "{at}: {wide} px wide");
    let asked: usize =
        page.value("performance.getEntriesByType('resource').filter((one) => !one.name.startsWith('data:')).length").await;
    assert_eq!(asked, 0, "{at}: something was loaded from elsewhere");
    let shown = "[...document.images].filter((image) => image.offsetWidth > 0).map((image) => image.closest('.in-dark') ? 'dark' : 'light')";
    let shown: Vec<String> = page.value(shown).await;
    assert!(shown.iter().all(|word| word == theme.word()), "{at}: {shown:?}");
}

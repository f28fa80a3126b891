#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Mutex;

use async_trait::async_trait;
use vitrine_model::alert::EventKind;
use vitrine_model::{Fault as HostFault, Labels};

use super::*;
use crate::capability::tests::World;

/// Pictures and links that say what was asked.
#[derive(Default)]
struct Pages {
    asked: Mutex<Vec<PanelPicture>>,
}

#[async_trait]
impl Pictures for Pages {
    async fn panel(&self, picture: PanelPicture) -> Result<Vec<u8>, HostFault> {
        let size = if picture.panel == "large" { PICTURE_BYTES + 1 } else { 3 };
        if picture.panel == "slow" {
            std::future::pending::<()>().await;
        }
        self.asked.lock().unwrap().push(picture);
        Ok(vec![1; size])
    }
}

impl Links for Pages {
    fn act(&self, link: &ActLink) -> Result<String, String> {
        Ok(format!("{:?} {} {} {}", link.act, link.group, link.delivery, link.person))
    }
    fn callback(&self, channel: &str, name: &str, delivery: &str) -> Option<String> {
        Some(format!("{channel} {name} {delivery}"))
    }
}

fn alert(panel: &str, starts_at: Millis, ends_at: Option<Millis>) -> NotifiedAlert {
    NotifiedAlert {
        status: if ends_at.is_some() { EventKind::Resolved } else { EventKind::Firing },
        labels: Labels::default(),
        annotations: Labels::from_pairs([("panel", panel)]),
        starts_at,
        ends_at,
        value: 1.0,
        fingerprint: String::new(),
        link: String::new(),
    }
}

fn notice(alerts: Vec<NotifiedAlert>) -> Notice {
    let notification = Notification {
        status: EventKind::Firing,
        title: "disk".to_owned(),
        group: "ab12".to_owned(),
        group_labels: Labels::default(),
        alerts,
        host: String::new(),
        time_zone: "Europe/Berlin".to_owned(),
    };
    Notice::new(notification, "key-1")
}

fn guest(world: &World, pages: &Arc<Pages>, alerts: Vec<NotifiedAlert>) -> Context {
    let (pictures, links): (Weak<dyn Pictures>, Weak<dyn Links>) = (Arc::downgrade(pages) as _, Arc::downgrade(pages) as _);
    world.services.desk.set_pages(pictures, links);
    let mut guest = world.guest("[]");
    guest.notice = Some(notice(alerts));
    guest
}

#[tokio::test]
async fn only_panels_of_the_notices_own_alerts_are_shown_and_only_so_many() {
    let (world, pages) = (World::new(), Arc::new(Pages::default()));
    let mut guest = guest(
        &world,
        &pages,
        vec![alert("shop/orders?var-host=a", 0, None), alert("nonsense", 0, None), alert("shop/large", 0, None)],
    );
    let mut ask = async |name: &str| guest.picture(name.to_owned(), true).await;
    assert!(matches!(ask("shop/secret").await, Err(Fault::Denied(_))));
    assert!(matches!(ask("nonsense").await, Err(Fault::Invalid(_))));
    assert!(matches!(ask("shop/large").await, Err(Fault::Invalid(reason)) if reason.contains("512")));
    for _ in 0..3 {
        assert_eq!(ask("shop/orders?var-host=a").await.unwrap(), [1; 3]);
    }
    assert!(matches!(ask("shop/orders?var-host=a").await, Err(Fault::Invalid(reason)) if reason.contains("at most 4")));
    let asked = pages.asked.lock().unwrap();
    let last = asked.last().unwrap();
    assert_eq!((last.dashboard.as_str(), last.panel.as_str(), last.query.as_str()), ("shop", "orders", "var-host=a"));
    assert_eq!((last.theme, last.width, last.percent), (Theme::Dark, 560, 200));
}

#[tokio::test]
async fn a_picture_that_takes_too_long_is_gone_without() {
    let (world, pages) = (World::new(), Arc::new(Pages::default()));
    let mut guest = guest(&world, &pages, vec![alert("shop/slow", 0, None)]);
    guest.notice.as_mut().unwrap().picture_time = Duration::from_millis(20);
    let answer = guest.picture("shop/slow".to_owned(), false).await;
    assert!(matches!(&answer, Err(Fault::Upstream(reason)) if reason.contains("was not made within")), "{answer:?}");
}

#[test]
fn a_picture_shows_what_was_before_and_how_it_went_on() {
    const HOUR: Millis = 3_600_000;
    let shown = |alerts: &[NotifiedAlert], now: Millis| {
        let alerts: Vec<&NotifiedAlert> = alerts.iter().collect();
        let picture = wanted("a/b", &alerts, Theme::Light, now).unwrap();
        ((picture.start + BEFORE) as f64 / HOUR as f64, picture.end as f64 / HOUR as f64)
    };
    // Half an hour before it began, until now.
    assert_eq!(shown(&[alert("a/b", 10 * HOUR, None)], 10 * HOUR), (10.0, 10.0));
    // Of several the first; a quarter of the time as it was before.
    assert_eq!(shown(&[alert("a/b", 10 * HOUR, None), alert("a/b", 12 * HOUR, None)], 14 * HOUR), (9.5, 14.0));
    // A day, and not more.
    assert_eq!(shown(&[alert("a/b", 10 * HOUR, None)], 100 * HOUR), (76.5, 100.0));
    // What is over is shown with a little of what came after.
    assert_eq!(shown(&[alert("a/b", 10 * HOUR, Some(14 * HOUR))], 20 * HOUR), (9.5, 15.0));
    assert_eq!(shown(&[alert("a/b", 10 * HOUR, Some(14 * HOUR))], 14 * HOUR), (9.5, 14.0));
}

#[test]
fn links_are_for_the_notices_own_group() {
    let (world, pages) = (World::new(), Arc::new(Pages::default()));
    let mut guest = guest(&world, &pages, Vec::new());
    let link = |guest: &mut Context, act, seconds| guest.link(act, seconds, "ada@shop.example".to_owned());
    assert_eq!(link(&mut guest, Act::Acknowledge, 0).unwrap(), "Acknowledge ab12 key-1 ada@shop.example");
    assert!(link(&mut guest, Act::Silence, 7_200).unwrap().starts_with("Silence(Span(7200000)) ab12"));
    assert!(matches!(link(&mut guest, Act::Silence, 5), Err(Fault::Invalid(_))));
    assert!(matches!(link(&mut guest, Act::Snooze, u32::MAX), Err(Fault::Invalid(_))));
    assert!(matches!(guest.link(Act::Acknowledge, 0, "a\nb".to_owned()), Err(Fault::Invalid(_))));
    for _ in 0..98 {
        let _ = link(&mut guest, Act::Acknowledge, 0);
    }
    assert!(matches!(link(&mut guest, Act::Acknowledge, 0), Err(Fault::Invalid(reason)) if reason.contains("at most 100")));
    assert_eq!(guest.callback("twilio".to_owned()).as_deref(), Some("shop twilio key-1"));
    // Central European time, in winter and in summer.
    assert_eq!([1_768_000_000_000, 1_784_000_000_000].map(|time| guest.offset(time)), [3_600, 7_200]);
}

#[tokio::test]
async fn between_two_deliveries_there_is_nothing() {
    let (world, pages) = (World::new(), Arc::new(Pages::default()));
    let mut guest = guest(&world, &pages, Vec::new());
    guest.notice = None;
    assert!(matches!(guest.picture("a/b".to_owned(), false).await, Err(Fault::Internal(_))));
    assert!(matches!(guest.link(Act::Acknowledge, 0, "ada".to_owned()), Err(Fault::Internal(_))));
    assert!(matches!(guest.reached().await, Err(Fault::Internal(_))));
    assert!(matches!(guest.told("ada".to_owned(), String::new(), None).await, Err(Fault::Internal(_))));
    assert_eq!((guest.callback("a".to_owned()), guest.offset(0)), (None, 0));
}

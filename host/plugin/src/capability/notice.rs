//! `notice`: what the host adds to the notice that a channel is delivering, and what it keeps of it. A guest gets pictures of
//! panels that the notice's own alerts name, links for the notice's own group, and nothing between two calls.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use vitrine_model::notification::{Notification, NotifiedAlert};
use vitrine_model::port::StoreError;
use vitrine_model::port::links::{Act as Deed, ActLink, Links};
use vitrine_model::port::panel::Theme;
use vitrine_model::port::pictures::{PanelPicture, Pictures};
use vitrine_model::port::receipts::{PersonReceipt, Receipts, Step};
use vitrine_model::{Millis, Span};

use crate::bindings::imported::notice::{Act, Fault, Host};
use crate::context::Context;
use crate::convert;

/// A picture's box in CSS pixels, and points for each of them in hundredths.
const WIDTH: u32 = 560;
const HEIGHT: u32 = 220;
const PERCENT: u32 = 200;
/// What one picture may take, and all of a call, whose message has to be sent too; how many there are; how large each may be.
const PICTURE_WAIT: Duration = Duration::from_secs(4);
const PICTURES_WAIT: Duration = Duration::from_secs(7);
const PICTURES: u32 = 4;
const PICTURE_BYTES: usize = 512 << 10;
/// Links of a call, and how long what they do may last.
const LINKS: u32 = 100;
const SHORTEST: Span = Span::from_secs(60);
const LONGEST: Span = Span::from_secs(30 * 86_400);
/// Who is told: the longest address, and how many of one delivery.
const PERSON_BYTES: usize = 320;
const PERSONS: usize = 100;
/// How much of the time before an alert its picture shows at least, and how much time at most.
const BEFORE: Millis = 30 * 60_000;
const AFTER: Millis = 5 * 60_000;
const WIDEST: Millis = 86_400_000;

/// Those who answer, once they are there. What makes pictures and links holds plugins itself, so it is not held here.
#[derive(Default)]
pub(crate) struct Desk {
    pictures: OnceLock<Weak<dyn Pictures>>,
    links: OnceLock<Weak<dyn Links>>,
    receipts: OnceLock<Arc<dyn Receipts>>,
}

impl Desk {
    /// The first ones stay.
    pub(crate) fn set_pages(&self, pictures: Weak<dyn Pictures>, links: Weak<dyn Links>) {
        let _ = self.pictures.set(pictures);
        let _ = self.links.set(links);
    }

    pub(crate) fn set_receipts(&self, receipts: Arc<dyn Receipts>) {
        let _ = self.receipts.set(receipts);
    }

    fn links(&self) -> Option<Arc<dyn Links>> {
        self.links.get().and_then(Weak::upgrade)
    }

    /// Without a store nothing is kept, and nothing is wrong with that: who tries a plugin out has none.
    async fn kept<T: Default + Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Receipts) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Fault> {
        let Some(receipts) = self.receipts.get().map(Arc::clone) else { return Ok(T::default()) };
        let answer = tokio::task::spawn_blocking(move || work(receipts.as_ref())).await;
        let answer = answer.map_err(|error| error.to_string()).and_then(|answer| answer.map_err(|error| error.to_string()));
        // The store's own sentence names files of the host: it is for the log.
        answer.map_err(|error| {
            tracing::error!("a delivery's receipts cannot be kept or read: {error}");
            Fault::Upstream("the host's store failed: its log says why".to_owned())
        })
    }
}

/// The notice under way.
pub(crate) struct Notice {
    notification: Notification,
    key: String,
    pictures: u32,
    picture_time: Duration,
    links: u32,
}

impl Notice {
    pub(crate) fn new(notification: Notification, key: &str) -> Notice {
        Notice { notification, key: key.to_owned(), pictures: 0, picture_time: PICTURES_WAIT, links: 0 }
    }
}

impl Context {
    fn notice(&mut self) -> Result<&mut Notice, Fault> {
        self.notice.as_mut().ok_or_else(|| Fault::Internal("there is no notice between two deliveries".to_owned()))
    }
}

impl Host for Context {
    async fn picture(&mut self, name: String, dark: bool) -> Result<Vec<u8>, Fault> {
        let now = self.services.clock.now();
        let notice = self.notice()?;
        let about: Vec<&NotifiedAlert> =
            notice.notification.alerts.iter().filter(|alert| alert.annotations.get("panel") == Some(&name)).collect();
        let wanted = wanted(&name, &about, if dark { Theme::Dark } else { Theme::Light }, now)?;
        if notice.pictures >= PICTURES {
            return Err(Fault::Invalid(format!("a notice has at most {PICTURES} pictures")));
        }
        notice.pictures += 1;
        let left = notice.picture_time;
        let none = || Fault::Denied("this host makes no pictures".to_owned());
        let pictures = self.services.desk.pictures.get().and_then(Weak::upgrade).ok_or_else(none)?;
        let wait = PICTURE_WAIT.min(left).min(self.time_left());
        let begin = Instant::now();
        let made = tokio::time::timeout(wait, pictures.panel(wanted)).await;
        if let Some(notice) = &mut self.notice {
            notice.picture_time = left.saturating_sub(begin.elapsed());
        }
        match made {
            Ok(Ok(bytes)) if bytes.len() <= PICTURE_BYTES => Ok(bytes),
            Ok(Ok(bytes)) => {
                Err(Fault::Invalid(format!("it has {} KiB, and a notice carries {}", bytes.len() >> 10, PICTURE_BYTES >> 10)))
            }
            Ok(Err(fault)) => Err(convert::fault_out(fault)),
            Err(_) => Err(Fault::Upstream(format!("it was not made within {:.1} s", wait.as_secs_f64()))),
        }
    }

    fn link(&mut self, act: Act, seconds: u32, person: String) -> Result<String, Fault> {
        let notice = self.notice()?;
        if person.is_empty() || person.len() > PERSON_BYTES || person.chars().any(char::is_control) {
            return Err(Fault::Invalid(format!("a person's name has 1 to {PERSON_BYTES} bytes, on one line")));
        }
        if notice.links >= LINKS {
            return Err(Fault::Invalid(format!("a notice has at most {LINKS} links")));
        }
        notice.links += 1;
        let link = ActLink {
            act: deed(act, Span::from_secs(seconds.into()))?,
            group: notice.notification.group.clone(),
            title: notice.notification.title.clone(),
            delivery: notice.key.clone(),
            person,
        };
        let links = self.services.desk.links().ok_or_else(|| Fault::Denied("this host makes no links".to_owned()))?;
        links.act(&link).map_err(Fault::Upstream)
    }

    fn callback(&mut self, name: String) -> Option<String> {
        let key = self.notice().ok()?.key.clone();
        self.services.desk.links()?.callback(&self.instance, &name, &key)
    }

    fn offset(&mut self, time: i64) -> i32 {
        let zone = self.notice().ok().and_then(|notice| TimeZone::get(&notice.notification.time_zone).ok());
        let moment = Timestamp::from_millisecond(time).ok();
        zone.zip(moment).map_or(0, |(zone, moment)| zone.to_offset(moment).seconds())
    }

    async fn told(&mut self, person: String, answer: String, id: Option<String>) -> Result<(), Fault> {
        let at = self.services.clock.now();
        let key = self.notice()?.key.clone();
        let answer = convert::sentence(answer);
        let (person, id) = (convert::cut(person, PERSON_BYTES), id.map(|id| convert::cut(id, PERSON_BYTES)));
        let kept = self.services.desk.kept(move |receipts| {
            let others: BTreeSet<String> = receipts.reached(&key)?.into_iter().collect();
            if others.len() >= PERSONS && !others.contains(&person) {
                return Ok(false);
            }
            receipts.told(&key, &PersonReceipt { person, step: Step::Taken, id, answer, at })?;
            Ok(true)
        });
        kept.await?;
        Ok(())
    }

    async fn reached(&mut self) -> Result<Vec<String>, Fault> {
        let key = self.notice()?.key.clone();
        self.services.desk.kept(move |receipts| receipts.reached(&key)).await
    }
}

fn deed(act: Act, span: Span) -> Result<Deed, Fault> {
    match act {
        Act::Acknowledge => Ok(Deed::Acknowledge),
        _ if !(SHORTEST..=LONGEST).contains(&span) => {
            Err(Fault::Invalid(format!("it lasts for {span}: choose from {SHORTEST} to {LONGEST}")))
        }
        Act::Snooze => Ok(Deed::Snooze(span)),
        Act::Silence => Ok(Deed::Silence(span)),
    }
}

/// What the picture shows: when it began, with what was before, until now or until a little after the end.
fn wanted(name: &str, about: &[&NotifiedAlert], theme: Theme, now: Millis) -> Result<PanelPicture, Fault> {
    let Some(begun) = about.iter().map(|alert| alert.starts_at).min() else {
        return Err(Fault::Denied(format!("no alert of this notice names the panel `{}`", super::log::cleaned(name))));
    };
    let (path, query) = name.split_once('?').unwrap_or((name, ""));
    let wrong = || Fault::Invalid(format!("`{path}` is no panel: the annotation `panel` is written as `dashboard/panel`"));
    let (dashboard, panel) = path.rsplit_once('/').ok_or_else(wrong)?;
    let over = about.iter().map(|alert| alert.ends_at).collect::<Option<Vec<Millis>>>().and_then(|ends| ends.into_iter().max());
    let lasted = over.unwrap_or(now).saturating_sub(begun).max(0);
    let end = over.map_or(now, |over| now.min(over + AFTER.max(lasted / 4)));
    let start = (begun - BEFORE.max(lasted / 4)).max(end - WIDEST);
    Ok(PanelPicture {
        dashboard: dashboard.to_owned(),
        panel: panel.to_owned(),
        query: query.to_owned(),
        start,
        end,
        theme,
        width: WIDTH,
        height: HEIGHT,
        percent: PERCENT,
    })
}

#[cfg(test)]
mod tests;

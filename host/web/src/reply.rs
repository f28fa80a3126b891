//! Links in messages by which people act: acknowledge, snooze, silence. What one does, for whom, and until when it holds, stands
//! in it under the host's seal; that it was used is kept until then. Opening one does nothing: programs that look for viruses do.

mod token;

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use vitrine_access::{Action, Person, Standing, Thing, may};
use vitrine_model::port::StoreError;
use vitrine_model::port::keep::{Keep, Kept, Room};
use vitrine_model::port::links::{Act, ActLink, Links};
use vitrine_model::silence::{Acknowledgement, Condition};
use vitrine_model::{Millis, Span};
use vitrine_monitor::notify::{Draft, GroupView};

use crate::audit;
use crate::web::Web;
use crate::words;
pub use token::Reply;

/// Whose values the used links are: an instance's owner has another form.
pub const OWNER: &str = "host/replies";
/// Used links that hold still, and their bytes.
const ROOM: Room = Room { keys: 20_000, bytes: 8 << 20 };
/// Bytes of a comment.
const COMMENT_BYTES: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    act: &'static str,
    outcome: &'static str,
}

/// Used links, and what became of all.
pub(crate) struct Replies {
    keep: Arc<dyn Keep>,
    /// One at a time, so that none is used twice at once.
    turn: Arc<tokio::sync::Mutex<()>>,
    counts: Family<Labels, Counter>,
}

impl Replies {
    pub(crate) fn new(keep: Arc<dyn Keep>) -> Replies {
        Replies { keep, turn: Arc::default(), counts: Family::default() }
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("replies", "Links of messages that were opened or used, by what became of it", self.counts.clone());
    }

    pub(crate) fn count(&self, act: &'static str, outcome: &'static str) {
        self.counts.get_or_create(&Labels { act, outcome }).inc();
    }
}

/// Why a link does nothing any more, or not now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotDone {
    /// Its alerts have ended.
    Over,
    /// It was used, at this moment.
    Used(Millis),
    /// Somebody has taken the group on already.
    Taken(Acknowledgement),
    Refused(String),
    Failed(String),
}

impl NotDone {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            NotDone::Over => "over",
            NotDone::Used(_) => "used",
            NotDone::Taken(_) => "taken",
            NotDone::Refused(_) => "refused",
            NotDone::Failed(_) => "failed",
        }
    }
}

pub(crate) fn word(act: Act) -> &'static str {
    match act {
        Act::Acknowledge => "acknowledge",
        Act::Snooze(_) => "snooze",
        Act::Silence(_) => "silence",
    }
}

impl Links for Web {
    fn act(&self, link: &ActLink) -> Result<String, String> {
        if !self.teller.has_group(&link.group) {
            return Err("the notice is about no group of alerts, or about several: there is nothing to act on".to_owned());
        }
        let lasts = Millis::try_from(self.settings.reply_within.as_millis()).unwrap_or(Millis::MAX);
        let reply = Reply::of(link, self.clock.now().saturating_add(lasts));
        let token = reply.token(self.seal.as_ref())?;
        Ok(format!("{}/reply/{token}", self.teller.public_url().trim_end_matches('/')))
    }

    fn callback(&self, channel: &str, name: &str, delivery: &str) -> Option<String> {
        let public = self.settings.public_url.as_deref()?.trim_end_matches('/');
        let part = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        Some(format!("{public}/api/v1/callbacks/{}/{}/status?delivery={}", part(name), part(channel), part(delivery)))
    }
}

impl Web {
    /// The group that a link is about, while it has alerts that fire, and unless there is nothing to do any more.
    pub(crate) async fn replied_to(&self, reply: &Reply) -> Result<GroupView, NotDone> {
        let (keep, key) = (Arc::clone(&self.replies.keep), reply.mark.clone());
        let used = self.blocking(move || keep.get(OWNER, &key)).await.map_err(NotDone::Failed)?;
        if let Some(at) = used {
            return Err(NotDone::Used(String::from_utf8_lossy(&at).parse().unwrap_or_default()));
        }
        let group = self.group(&reply.group).await?;
        let given = self.teller.acknowledgements().into_iter().find(|given| given.target == reply.group);
        match given.filter(|given| reply.act == Act::Acknowledge && given.holds(self.clock.now()) && given.until.is_none()) {
            Some(given) => Err(NotDone::Taken(given)),
            None => Ok(group),
        }
    }

    async fn group(&self, id: &str) -> Result<GroupView, NotDone> {
        let (teller, wanted) = (self.teller.clone(), id.to_owned());
        let groups = tokio::task::spawn_blocking(move || teller.groups().into_iter().find(|group| group.id == wanted));
        groups.await.map_err(|error| NotDone::Failed(error.to_string()))?.ok_or(NotDone::Over)
    }

    /// Does what a link says, once. First it is done, and then written down: a crash in between lets it be done again, which
    /// changes nothing.
    pub(crate) async fn reply(&self, reply: &Reply, comment: &str) -> Result<(), NotDone> {
        let _turn = self.replies.turn.lock().await;
        self.replied_to(reply).await?;
        self.act_on(&reply.group, reply.act, &reply.person, comment).await?;
        let (keep, key, now) = (Arc::clone(&self.replies.keep), reply.mark.clone(), self.clock.now());
        self.blocking(move || mark(keep.as_ref(), &key, now)).await.map_err(NotDone::Failed)
    }

    /// Acts on a group for somebody who has answered a message about it.
    pub(crate) async fn act_on(&self, group: &str, act: Act, person: &str, comment: &str) -> Result<(), NotDone> {
        let who = Person { name: person.to_owned() };
        let thing = Thing::Group(group.to_owned());
        may(&who, Action::Act, &thing, Standing::Bearer).map_err(|refusal| NotDone::Refused(refusal.to_string()))?;
        let view = self.group(group).await?;
        let comment = comment[..comment.floor_char_boundary(COMMENT_BYTES)].to_owned();
        let (teller, now, author) = (self.teller.clone(), self.clock.now(), who.name.clone());
        let done = tokio::task::spawn_blocking(move || {
            let until = |span: Span| now.saturating_add(span.millis());
            let take_on = |target: String, until: Option<Millis>| {
                let given = Acknowledgement { target, author: author.clone(), comment: comment.clone(), at: now, until };
                teller.acknowledge(&given).map_err(|reason| reason.to_string())
            };
            match act {
                Act::Acknowledge => take_on(view.id, None),
                // A group of everything has no labels, and nobody wants to silence everything.
                Act::Silence(span) if view.labels.is_empty() => take_on(view.id, Some(until(span))),
                Act::Snooze(span) => take_on(view.id, Some(until(span))),
                Act::Silence(span) => {
                    let conditions = view.labels.iter().map(|(name, value)| Condition::equal(name, value)).collect();
                    let (starts_at, ends_at) = (now, until(span));
                    let draft = Draft {
                        id: None,
                        conditions,
                        starts_at,
                        ends_at,
                        author: author.clone(),
                        comment: comment.clone(),
                        remind: None,
                    };
                    teller.silence(draft).map(drop).map_err(|reason| reason.to_string())
                }
            }
        });
        done.await.map_err(|error| error.to_string()).flatten().map_err(NotDone::Failed)?;
        audit::acted(&who.name, None, past(act), group);
        Ok(())
    }
}

fn past(act: Act) -> &'static str {
    match act {
        Act::Acknowledge => "acknowledged",
        Act::Snooze(_) => "snoozed",
        Act::Silence(_) => "silenced",
    }
}

/// How long it lasts, for people.
pub(crate) fn lasting(act: Act) -> Option<String> {
    match act {
        Act::Acknowledge => None,
        Act::Snooze(span) | Act::Silence(span) => Some(words::age(span.millis())),
    }
}

/// Marks begin with when they may go, so the first ones are the oldest.
fn mark(keep: &dyn Keep, key: &str, now: Millis) -> Result<(), StoreError> {
    for old in keep.keys(OWNER, "")?.into_iter().take_while(|old| token::expiry(old).is_some_and(|expiry| expiry <= now)) {
        keep.delete(OWNER, &old)?;
    }
    match keep.set(OWNER, key, now.to_string().as_bytes(), ROOM)? {
        Kept::Yes(_) => Ok(()),
        Kept::Full(_) => Err(StoreError(format!("more than {} links of messages were used within a week", ROOM.keys))),
    }
}

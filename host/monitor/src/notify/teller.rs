//! What pages and programs ask of telling, and have it do. All of it blocks for a moment.

use std::sync::Arc;

use vitrine_model::alert::Alert;
use vitrine_model::oncall::{Climb, Override};
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::Alerts;
use vitrine_model::port::deliveries::Deliveries;
use vitrine_model::port::notices::Notices;
use vitrine_model::port::oncall::OnCall;
use vitrine_model::port::silences::Silences;
use vitrine_model::silence::{Acknowledgement, Act, Deed, Silence};
use vitrine_model::{Clock, Labels, Millis};

use super::group::{Group, Member};
use super::groups::{DigestView, Groups};
use super::hush::Hush;
use super::notice::{fingerprint, group_id};
use super::outside::Brought;
use super::overrides::{Gift, Turn};
use super::plan::{Planner, PlannerParts};
use super::route::Routing;
use super::silence::{Draft, NotHushed};
use crate::live::{Change, Live};
use crate::metrics::Metrics;

/// Why people are not told of an alert that fires.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Muted {
    /// Numbers of silences.
    pub silenced_by: Vec<String>,
    /// Fingerprints of alerts.
    pub inhibited_by: Vec<String>,
    pub acknowledged: Option<Acknowledgement>,
}

/// An alert that fires, and who is told.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertView {
    pub alert: Alert,
    pub fingerprint: String,
    pub receivers: Vec<String>,
    pub muted: Muted,
}

/// A group of alerts, and when it is looked at next.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupView {
    /// As notifications name it.
    pub id: String,
    pub labels: Labels,
    pub receiver: String,
    pub alerts: Vec<AlertView>,
    pub due: Option<Millis>,
    /// How far its escalation has come.
    pub climb: Option<Climb>,
}

/// What a teller without a monitor is made of.
pub struct Ports {
    pub clock: Arc<dyn Clock>,
    pub alerts: Arc<dyn Alerts>,
    pub deliveries: Arc<dyn Deliveries>,
    pub notices: Arc<dyn Notices>,
    pub silences: Arc<dyn Silences>,
    pub oncall: Arc<dyn OnCall>,
    pub live: Live,
}

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Teller(pub(crate) Arc<Planner>);

impl Teller {
    /// One whose groups nobody looks after: for tests of what asks it.
    pub fn resting(ports: Ports) -> Result<Teller, StoreError> {
        let planner = Planner::new(PlannerParts {
            clock: ports.clock,
            alerts: ports.alerts,
            deliveries: ports.deliveries,
            notices: ports.notices,
            silences: ports.silences,
            oncall: ports.oncall,
            live: ports.live,
            metrics: Metrics::default(),
            events: Arc::default(),
            planned: Arc::default(),
        });
        Ok(Teller(Arc::new(planner?)))
    }

    /// The routes of now.
    pub fn routing(&self) -> Arc<Routing> {
        Arc::clone(&self.0.route.load().routing)
    }

    /// What links begin with.
    pub fn public_url(&self) -> String {
        self.0.route.load().public_url.clone()
    }

    /// Whether nothing is due now: all that happened is planned.
    pub fn is_settled(&self) -> bool {
        self.0.is_settled()
    }

    /// Whether notifications name a group so: digests and reminders are about none.
    pub fn has_group(&self, id: &str) -> bool {
        self.0.with_groups(|groups| groups.groups.values().any(|group| group_id(&group.key) == id))
    }

    /// All groups with alerts that fire, by receiver and labels.
    pub fn groups(&self) -> Vec<GroupView> {
        let (hush, now) = (self.0.hush.load_full(), self.0.clock.now());
        let mut views = self.0.with_groups(|groups| {
            groups.inhibitions();
            let all: Vec<GroupView> = groups.groups.values().filter_map(|group| view(groups, group, &hush, now)).collect();
            all
        });
        views.sort_by(|a, b| (&a.receiver, &a.labels).cmp(&(&b.receiver, &b.labels)));
        views
    }

    /// All alerts that fire, by their labels; each with everybody who is told.
    pub fn alerts(&self) -> Vec<AlertView> {
        let mut alerts: std::collections::BTreeMap<(Labels, String), AlertView> = std::collections::BTreeMap::new();
        for group in self.groups() {
            for view in group.alerts {
                let key = (view.alert.labels.clone(), view.alert.rule.clone());
                match alerts.get_mut(&key) {
                    Some(known) => known.receivers.extend(view.receivers),
                    None => drop(alerts.insert(key, view)),
                }
            }
        }
        alerts.into_values().collect()
    }

    /// What waits for a digest, by receiver and channel.
    pub fn digests(&self) -> Vec<DigestView> {
        let now = self.0.clock.now();
        self.0.with_groups(|groups| groups.digests(now))
    }

    /// All silences that are not forgotten.
    pub fn silences(&self) -> Vec<Silence> {
        self.0.hush.load().silences.iter().map(|(silence, _)| silence.clone()).collect()
    }

    pub fn acknowledgements(&self) -> Vec<Acknowledgement> {
        let mut all: Vec<Acknowledgement> = self.0.hush.load().acknowledgements.values().cloned().collect();
        all.sort_by(|a, b| a.target.cmp(&b.target));
        all
    }

    /// Tries a delivery again that was given up; whether there is such a one.
    pub fn resend(&self, id: i64) -> Result<bool, StoreError> {
        let is_sent = self.0.deliveries.resend(id, self.0.clock.now())?;
        if is_sent {
            self.0.planned.notify_one();
            self.0.live.tell(Change::Alerts);
        }
        Ok(is_sent)
    }

    /// Somebody else has written down a delivery, or what became of one.
    pub fn look_again(&self) {
        self.0.planned.notify_one();
        self.0.live.tell(Change::Alerts);
    }

    /// Makes or edits a silence; returns its number.
    pub fn silence(&self, draft: Draft) -> Result<String, NotHushed> {
        self.0.silence(draft)
    }

    /// Ends a silence now.
    pub fn expire_silence(&self, id: &str) -> Result<(), NotHushed> {
        self.0.expire_silence(id)
    }

    pub fn acknowledge(&self, given: &Acknowledgement) -> Result<(), NotHushed> {
        self.0.acknowledge(std::slice::from_ref(given))
    }

    /// Takes several on at once: all of them or none.
    pub fn acknowledge_all(&self, given: &[Acknowledgement]) -> Result<(), NotHushed> {
        self.0.acknowledge(given)
    }

    /// Takes the acknowledgement of an alert or a group back.
    pub fn withdraw(&self, target: &str, author: &str) -> Result<(), NotHushed> {
        let (target, author, text) = (target.to_owned(), author.to_owned(), String::new());
        self.0.withdraw(std::slice::from_ref(&target))?;
        self.0.record(Act { target, deed: Deed::Withdrew, author, text, at: self.0.clock.now(), until: None })
    }

    /// Says something about an alert or a group.
    pub fn comment(&self, target: &str, author: &str, text: &str) -> Result<(), NotHushed> {
        let (target, author, text) = (target.to_owned(), author.to_owned(), text.to_owned());
        self.0.record(Act { target, deed: Deed::Commented, author, text, at: self.0.clock.now(), until: None })
    }

    /// What was done about an alert or a group, the newest first.
    pub fn acts(&self, target: &str, limit: usize) -> Result<Vec<Act>, StoreError> {
        self.0.silences.acts(target, limit)
    }

    /// Puts somebody on call for a while; returns the override's number.
    pub fn put_on_call(&self, turn: Turn) -> Result<String, NotHushed> {
        self.0.put_on_call(turn)
    }

    /// Ends an override now.
    pub fn end_override(&self, id: &str) -> Result<(), NotHushed> {
        self.0.end_override(id)
    }

    /// All overrides that are not forgotten, by their start.
    pub fn overrides(&self) -> Vec<Override> {
        self.0.hush.load().overrides.clone()
    }

    /// Gives an alert or a group to somebody, who is told.
    pub fn assign(&self, gift: Gift) -> Result<(), NotHushed> {
        self.0.assign(gift)
    }

    /// Takes in alerts of another program.
    pub fn bring(&self, brought: Vec<Brought>) -> Result<(), String> {
        self.0.bring(brought)
    }
}

fn view(groups: &Groups, group: &Group, hush: &Hush, now: Millis) -> Option<GroupView> {
    let node = groups.route.routing.nodes().get(group.node?)?;
    let fires = |member: &&Member| member.ended_at.is_none() && !member.is_left;
    let id = group_id(&group.key);
    let one = |member: &Member| {
        let fingerprint = fingerprint(&member.alert.labels);
        let labels = &member.alert.labels;
        let given = hush.acknowledgements.get(&fingerprint).or_else(|| hush.acknowledgements.get(&id));
        let muted = Muted {
            silenced_by: hush.silenced_by(labels, now).map(|silence| silence.id.clone()).collect(),
            inhibited_by: groups
                .known_inhibitions()
                .source_of(labels)
                .map(|(source, _)| self::fingerprint(source))
                .into_iter()
                .collect(),
            acknowledged: given.filter(|given| given.holds(now)).cloned(),
        };
        AlertView { alert: member.alert.clone(), fingerprint, receivers: vec![node.receiver.clone()], muted }
    };
    let alerts: Vec<AlertView> = group.members.values().filter(fires).map(one).collect();
    if alerts.is_empty() {
        return None;
    }
    let due = groups.due_of(&group.key);
    Some(GroupView { id, labels: group.labels.clone(), receiver: node.receiver.clone(), alerts, due, climb: group.climb.clone() })
}

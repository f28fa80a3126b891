//! The page of one alert: what it is and since when, its curve, its history, who was told and who did what; and what can be done.

mod history;
mod strip;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use vitrine_model::alert::{Alert, EventKind, OUTSIDE};
use vitrine_model::labels::NAME;
use vitrine_model::port::StoreError;
use vitrine_model::port::alerts::StoredEvent;
use vitrine_model::port::deliveries::{DeliveryRecord, Sought};
use vitrine_model::silence::{Act, Silence, all_match};
use vitrine_model::{Labels, Millis, Span};
use vitrine_monitor::alert::Rule;
use vitrine_monitor::alert::rule::AlertRule;

use self::history::Happening;
use crate::alerts::course;
use crate::draw::link::{followed, on_this_host};
use crate::page::alerts::{AlertRow, name, row};
use crate::page::frame::Frame;
use crate::page::reader::Reader;
use crate::page::silences::{self, Caller};
use crate::page::{When, address};
use crate::web::Web;

/// Rows of each kind that the history is made of.
const ROWS: usize = 200;
const DAY: Span = Span::from_secs(86_400);
const WEEK: Span = Span::from_secs(7 * 86_400);

/// Everything that the store knows of an alert.
struct Known {
    events: Vec<StoredEvent>,
    acts: Vec<Act>,
    deliveries: Vec<DeliveryRecord>,
}

#[derive(Serialize)]
struct RuleShape {
    group: String,
    place: String,
    expression: String,
}

#[derive(Serialize)]
struct Body {
    id: String,
    name: String,
    summary: String,
    /// Not set where it is over.
    now: Option<AlertRow>,
    ended: Option<When>,
    severity: String,
    owner: String,
    /// Text, and where it leads if it leads somewhere harmless.
    runbook: Option<(String, Option<String>)>,
    labels: Vec<(String, String)>,
    annotations: Vec<(String, String, Option<String>)>,
    receivers: Vec<String>,
    link: Option<String>,
    rule: Option<RuleShape>,
    /// A picture on this host that the rule names, and its page.
    picture: Option<(String, String)>,
    course: Option<String>,
    course_trouble: Option<String>,
    is_week: bool,
    strip: String,
    happenings: Vec<Happening>,
    /// Who can be given it.
    people: Vec<String>,
    may_act: bool,
    troubles: Vec<String>,
}

pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Path(id): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
    caller: Caller,
    headers: HeaderMap,
) -> Response {
    let mut troubles = Vec::new();
    let board = web.board().await.unwrap_or_else(|reason| {
        troubles.push(reason);
        Arc::default()
    });
    let known = known(&web, id.clone()).await;
    let known = known.unwrap_or_else(|reason| {
        troubles.push(reason);
        Known { events: Vec::new(), acts: Vec::new(), deliveries: Vec::new() }
    });
    let entry = board.find(&id);
    let last = entry.map(|entry| &entry.alert).or_else(|| known.events.first().map(|stored| &stored.event.alert));
    let Some(alert) = last.cloned() else {
        let says = reader.alerting();
        let text = troubles.first().map_or(says.no_such_alert_hint, String::as_str).to_owned();
        return web.error_page(reader, StatusCode::NOT_FOUND, says.no_such_alert, &text).await;
    };
    let is_week = pairs.iter().any(|(key, value)| key == "range" && value == "7d");
    let span = if is_week { WEEK } else { DAY };
    let silences: Vec<Silence> = board.silences.iter().filter(|silence| fits(silence, &alert.labels)).cloned().collect();
    let fired = history::fired(&known.events, entry.map(|entry| &entry.alert));
    let rule = rule(&web, &alert.rule);
    let course = course(&web, reader, rule.as_ref(), &alert.labels, span, fired.clone()).await;
    let (course, course_trouble) = course.map_or_else(|reason| (None, Some(reason)), |course| (course, None));
    let strip = strip::drawn(&web, reader, &fired, entry.map(|entry| &entry.alert), &silences, &known.acts, span).await;
    let ended = known.events.first().filter(|_| entry.is_none()).filter(|one| one.event.kind == EventKind::Resolved);
    let body = Body {
        name: name(&alert.labels),
        summary: alert.annotations.get("summary").unwrap_or("").to_owned(),
        now: entry.map(|entry| row(&web, reader, &board, entry)),
        ended: ended.map(|stored| web.when(reader, stored.event.at)),
        severity: alert.labels.get("severity").unwrap_or("").to_owned(),
        owner: alert.labels.get("owner").unwrap_or("").to_owned(),
        runbook: runbook(&alert),
        labels: pairs_of(&alert.labels),
        annotations: annotations(&alert),
        receivers: entry.map(|entry| entry.receivers.clone()).unwrap_or_default(),
        link: followed(&alert.link).map(str::to_owned),
        rule: rule.map(|(group, place, rule)| RuleShape { group, place, expression: rule.expr.text().trim().to_owned() }),
        picture: alert.annotations.get("panel").and_then(|panel| picture(&web, panel)),
        course,
        course_trouble,
        is_week,
        strip,
        happenings: history::all(&web, reader, known, &silences, entry.map(|entry| &entry.alert)),
        people: web.teller.routing().roster.people.keys().cloned().collect(),
        may_act: silences::refusal(&web, &headers, caller.map(|one| one.0.0)).is_none(),
        troubles,
        id,
    };
    let title = body.name.clone();
    web.page("alert.html", &Frame::new(&web, reader, "alert", &title).await, body)
}

async fn known(web: &Web, id: String) -> Result<Known, String> {
    let (alerts, deliveries, teller) = (Arc::clone(&web.alerts), Arc::clone(&web.deliveries), web.teller.clone());
    let read = move || -> Result<Known, StoreError> {
        let sought = Sought { alert: Some(id.clone()), ..Sought::default() };
        Ok(Known { events: alerts.of(&id, ROWS)?, acts: teller.acts(&id, ROWS)?, deliveries: deliveries.list(&sought, ROWS)? })
    };
    web.blocking(read).await
}

fn fits(silence: &Silence, labels: &Labels) -> bool {
    let matchers: Option<Vec<_>> = silence.conditions.iter().map(|condition| condition.matcher().ok()).collect();
    matchers.is_some_and(|matchers| !matchers.is_empty() && all_match(&matchers, labels))
}

/// The rule it is of, as the files have it now: its group, its place and itself.
fn rule(web: &Web, key: &str) -> Option<(String, String, Arc<AlertRule>)> {
    if key == OUTSIDE {
        return None;
    }
    web.status.groups().into_iter().find_map(|status| {
        let group = status.group;
        let own = group.rules.iter().enumerate().find_map(|(place, rule)| match rule {
            Rule::Alert(rule) if rule.key == key => Some((place, Arc::clone(rule))),
            _ => None,
        });
        own.map(|(place, rule)| (group.name.clone(), group.place(place), rule))
    })
}

async fn course(
    web: &Web,
    reader: Reader,
    rule: Option<&(String, String, Arc<AlertRule>)>,
    labels: &Labels,
    span: Span,
    fired: Vec<(Millis, Option<Millis>)>,
) -> Result<Option<String>, String> {
    match rule {
        Some((_, _, rule)) => course::drawn(web, reader, &rule.expr, labels, span, fired).await,
        None => Ok(None),
    }
}

fn runbook(alert: &Alert) -> Option<(String, Option<String>)> {
    let text = alert.annotations.get("runbook_url").or_else(|| alert.annotations.get("runbook"))?;
    Some((text.to_owned(), followed(text).map(str::to_owned)))
}

fn pairs_of(labels: &Labels) -> Vec<(String, String)> {
    let pairs = labels.iter().filter(|(name, _)| *name != NAME);
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Those that stand nowhere else on the page.
fn annotations(alert: &Alert) -> Vec<(String, String, Option<String>)> {
    let told = ["summary", "runbook_url", "runbook", "panel"];
    let rest = alert.annotations.iter().filter(|(name, _)| !told.contains(name));
    rest.map(|(name, value)| (name.to_owned(), value.to_owned(), followed(value).map(str::to_owned))).collect()
}

/// The picture and the page of `dashboard/panel`.
fn picture(web: &Web, panel: &str) -> Option<(String, String)> {
    let (dashboard, _) = panel.rsplit_once('/')?;
    web.dashboard(dashboard)?;
    let path = address(panel);
    let page = format!("/d/{path}");
    on_this_host(&page).then(|| (format!("/render/{path}.svg?width=800&height=260"), page))
}

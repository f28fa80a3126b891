//! On call: who is now, until when, who is next, the two weeks to come of each schedule; and overrides, with a form to put one in.

mod strip;

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use vitrine_model::Millis;
use vitrine_model::oncall::Override;
use vitrine_monitor::Routing;
use vitrine_monitor::notify::oncall::{Cause, Schedule, Shift};
use vitrine_monitor::notify::{Gift, Turn};

use crate::audit;
use crate::page::When;
use crate::page::frame::Frame;
use crate::page::reader::Reader;
use crate::page::silences::{Caller, refusal};
use crate::web::Web;
use crate::words;
use strip::{Day, Strip, Window};

/// Overrides that ended which are shown.
const ENDED: usize = 20;

/// What stands in the form.
#[derive(Deserialize, Serialize, Default)]
#[serde(default)]
pub(crate) struct Given {
    schedule: String,
    person: String,
    /// By the schedule's wall clock; from now on, where it is empty.
    from: String,
    to: String,
    author: String,
    comment: String,
}

/// Somebody is given an alert.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Handed {
    person: String,
    author: String,
    comment: String,
}

#[derive(Serialize)]
struct Card {
    name: String,
    zone: String,
    /// Nobody, where it is none.
    person: Option<String>,
    because: String,
    until: Option<When>,
    /// Who is next; empty where nobody is.
    next: Option<String>,
    days: Vec<Day>,
    now: String,
    strips: Vec<Strip>,
    /// Whose colour is whose.
    legend: Vec<Key>,
    shifts: Vec<Row>,
}

#[derive(Serialize)]
struct Key {
    color: usize,
    person: String,
}

/// A shift, in the table.
#[derive(Serialize)]
struct Row {
    person: Option<String>,
    color: usize,
    from: When,
    until: Option<When>,
    because: String,
}

#[derive(Serialize)]
struct OverrideRow {
    id: String,
    schedule: String,
    person: String,
    state: &'static str,
    mood: &'static str,
    is_over: bool,
    from: When,
    to: When,
    author: String,
    comment: String,
}

#[derive(Serialize)]
struct Body {
    schedules: Vec<Card>,
    people: Vec<String>,
    overrides: Vec<OverrideRow>,
    given: Given,
    refusal: Option<String>,
    may_act: bool,
}

pub(crate) async fn show(State(web): State<Arc<Web>>, reader: Reader, caller: Caller, headers: HeaderMap) -> Response {
    let refusal = refusal(&web, &headers, caller.map(|one| one.0.0));
    shown(&web, reader, StatusCode::OK, Given::default(), refusal.clone(), refusal.is_none()).await
}

async fn shown(web: &Web, reader: Reader, status: StatusCode, given: Given, refusal: Option<String>, may_act: bool) -> Response {
    let frame = Frame::new(web, reader, "oncall", reader.says().oncall).await;
    let (routing, overrides) = (web.teller.routing(), web.teller.overrides());
    let people: Vec<String> = routing.roster.people.keys().cloned().collect();
    let view = View { web, reader, routing: &routing, overrides: &overrides, people: &people };
    let schedules = routing.roster.schedules.iter().map(|(name, schedule)| view.card(name, schedule)).collect();
    let rows = view.rows();
    let body = Body { schedules, overrides: rows, people: people.clone(), given, refusal, may_act };
    (status, web.page("oncall.html", &frame, body)).into_response()
}

/// What cards are made of.
struct View<'a> {
    web: &'a Web,
    reader: Reader,
    routing: &'a Routing,
    overrides: &'a [Override],
    people: &'a [String],
}

impl View<'_> {
    fn card(&self, name: &str, schedule: &Schedule) -> Card {
        let now = self.web.clock.now();
        let put = self.routing.roster.put_into(name, self.overrides);
        let (shift, next) = schedule.now_and_next(now, &put);
        let window = Window::from(now, &schedule.zone);
        let says = self.reader.says();
        let layers = schedule.layers.iter().enumerate().map(|(place, layer)| {
            let shifts = schedule.layer_shifts(place, window.from, window.until);
            window.strip(layer.name.clone(), &shifts, self.people, false)
        });
        let all = schedule.shifts(window.from, window.until, &put);
        let last = window.strip(says.oncall_final.to_owned(), &all, self.people, true);
        let seen: std::collections::BTreeSet<&str> =
            schedule.people().into_iter().chain(put.iter().map(|one| one.person.as_str())).collect();
        let key = |person: &str| Key { color: strip::color(Some(person), self.people), person: person.to_owned() };
        let strips = layers.filter(|_| schedule.layers.len() > 1 || !put.is_empty() || !schedule.overrides.is_empty());
        Card {
            name: name.to_owned(),
            zone: schedule.zone.iana_name().unwrap_or("UTC").to_owned(),
            because: self.because(shift.cause, schedule),
            person: shift.person,
            until: shift.until.map(|until| self.when(until, schedule)),
            next: next.map(|next| next.person.unwrap_or_default()),
            days: window.days(self.reader),
            now: window.place(now),
            legend: seen.into_iter().map(key).collect(),
            strips: strips.chain([last]).collect(),
            shifts: all.into_iter().filter(|shift| shift.until > Some(now)).map(|shift| self.row(shift, schedule)).collect(),
        }
    }

    fn row(&self, shift: Shift, schedule: &Schedule) -> Row {
        Row {
            color: strip::color(shift.person.as_deref(), self.people),
            because: self.because(shift.cause, schedule),
            from: self.when(shift.from, schedule),
            until: shift.until.map(|until| self.when(until, schedule)),
            person: shift.person,
        }
    }

    /// By the schedule's wall clock.
    fn when(&self, moment: Millis, schedule: &Schedule) -> When {
        let date = words::date_and_time(moment, &schedule.zone, self.reader);
        let weekday = strip::weekday(moment, &schedule.zone, self.reader);
        When {
            relative: format!("{weekday} {date}"),
            exact: words::exact_for(moment, &self.web.zone, self.reader),
            machine: words::machine(moment),
        }
    }

    fn because(&self, cause: Option<Cause>, schedule: &Schedule) -> String {
        let says = self.reader.says();
        match cause {
            Some(Cause::Layer(place)) => schedule.layers.get(place).map_or(String::new(), |layer| layer.name.clone()),
            Some(Cause::Planned | Cause::Put) => says.oncall_override.to_owned(),
            None => says.oncall_gap.to_owned(),
        }
    }

    /// Overrides that hold or are to come, by their start; then those that ended, the last one first.
    fn rows(&self) -> Vec<OverrideRow> {
        let (now, says) = (self.web.clock.now(), self.reader.says());
        let (ended, mut ahead): (Vec<&Override>, Vec<&Override>) = self.overrides.iter().partition(|one| one.ends_at <= now);
        ahead.sort_by_key(|one| one.starts_at);
        let mut ended = ended;
        ended.sort_by_key(|one| std::cmp::Reverse(one.ends_at));
        let row = |one: &Override| {
            let (state, mood) = match now {
                _ if one.ends_at <= now => (says.silence_ended, ""),
                _ if one.starts_at > now => (says.silence_pending, "warning"),
                _ => (says.silence_active, "good"),
            };
            let schedule = self.routing.roster.schedules.get(&one.schedule);
            let when = |moment| match schedule {
                Some(schedule) => self.when(moment, schedule),
                None => self.web.when(self.reader, moment),
            };
            OverrideRow {
                state,
                mood,
                is_over: one.ends_at <= now,
                from: when(one.starts_at),
                to: when(one.ends_at),
                id: one.id.clone(),
                schedule: one.schedule.clone(),
                person: one.person.clone(),
                author: one.author.clone(),
                comment: one.comment.clone(),
            }
        };
        ahead.into_iter().chain(ended.into_iter().take(ENDED)).map(row).collect()
    }
}

/// Puts somebody on call by the form. Who may was asked before this, by method and address, as for all routes.
pub(crate) async fn put(State(web): State<Arc<Web>>, reader: Reader, caller: Caller, Form(given): Form<Given>) -> Response {
    let made = match turn(&given, &web) {
        Ok(turn) => blocking(&web, move |teller| teller.put_on_call(turn).map(drop)).await,
        Err(reason) => Err(reason),
    };
    if let Err(reason) = made {
        return shown(&web, reader, StatusCode::BAD_REQUEST, given, Some(reason), true).await;
    }
    let what = format!("{} in {}", given.person, given.schedule);
    audit::acted(author(&given.author), caller.map(|one| one.0.0.ip()), "put on call", &what);
    Redirect::to("/oncall").into_response()
}

fn author(given: &str) -> &str {
    if given.is_empty() { "local" } else { given }
}

fn turn(given: &Given, web: &Web) -> Result<Turn, String> {
    let routing = web.teller.routing();
    let schedule = routing.roster.schedules.get(&given.schedule);
    let schedule = schedule.ok_or_else(|| format!("there is no schedule `{}`", given.schedule))?;
    let read =
        |text: &str| schedule.moment(text).ok_or_else(|| format!("`{text}` is not a moment: write it as `2026-12-24 09:00`"));
    Ok(Turn {
        schedule: given.schedule.clone(),
        person: given.person.clone(),
        starts_at: if given.from.is_empty() { web.clock.now() } else { read(&given.from)? },
        ends_at: read(&given.to)?,
        author: author(&given.author).to_owned(),
        comment: given.comment.clone(),
    })
}

/// Ends an override.
pub(crate) async fn end(State(web): State<Arc<Web>>, reader: Reader, caller: Caller, Path(id): Path<String>) -> Response {
    let ended = id.clone();
    if let Err(reason) = blocking(&web, move |teller| teller.end_override(&ended)).await {
        return shown(&web, reader, StatusCode::BAD_REQUEST, Given::default(), Some(reason), true).await;
    }
    audit::acted("local", caller.map(|one| one.0.0.ip()), "ended override", &id);
    Redirect::to("/oncall").into_response()
}

/// Gives an alert to somebody.
pub(crate) async fn assign(
    State(web): State<Arc<Web>>,
    reader: Reader,
    caller: Caller,
    Path(target): Path<String>,
    Form(handed): Form<Handed>,
) -> Response {
    let what = format!("{target} to {}", handed.person);
    let by = author(&handed.author).to_owned();
    let gift = Gift { target: target.clone(), person: handed.person, author: by.clone(), comment: handed.comment };
    if let Err(reason) = blocking(&web, move |teller| teller.assign(gift)).await {
        return web.error_page(reader, StatusCode::BAD_REQUEST, reader.says().alerts, &reason).await;
    }
    audit::acted(&by, caller.map(|one| one.0.0.ip()), "assigned", &what);
    Redirect::to(&format!("/alerts/{}", super::address(&target))).into_response()
}

async fn blocking(
    web: &Web,
    work: impl FnOnce(vitrine_monitor::Teller) -> Result<(), vitrine_monitor::notify::NotHushed> + Send + 'static,
) -> Result<(), String> {
    let teller = web.teller.clone();
    let done = tokio::task::spawn_blocking(move || work(teller).map_err(|reason| reason.to_string())).await;
    done.map_err(|error| error.to_string()).flatten()
}

//! Silences: those that hold, those to come, those that ended lately; a form to make one.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Form;
use axum::extract::{ConnectInfo, Extension, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use vitrine_access::{Action, Person, Thing, may};
use vitrine_model::Span;
use vitrine_model::silence::{Condition, Silence, SilenceState};
use vitrine_monitor::notify::{AlertView, Draft, matcher};

use crate::audit;
use crate::middleware;
use crate::page::When;
use crate::page::frame::Frame;
use crate::page::reader::Reader;
use crate::web::Web;

/// Ended ones that are shown.
const ENDED: usize = 50;

pub(crate) type Caller = Option<Extension<ConnectInfo<SocketAddr>>>;

/// What stands in the form.
#[derive(Deserialize, Serialize, Default)]
#[serde(default)]
pub(crate) struct Given {
    matchers: String,
    span: String,
    author: String,
    comment: String,
    /// How long before its end somebody is reminded.
    remind: String,
    /// An alert's fingerprint: the form begins with its labels.
    #[serde(skip_serializing)]
    alert: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    state: &'static str,
    /// `good`, `warning` or nothing.
    mood: &'static str,
    is_over: bool,
    matchers: Vec<String>,
    author: String,
    comment: String,
    starts: When,
    ends: When,
}

#[derive(Serialize)]
struct Body {
    silences: Vec<Row>,
    given: Given,
    /// Why none can be made from here, or what is wrong with what was given.
    refusal: Option<String>,
    may_act: bool,
}

/// Why whoever asks may not change the alerts, if they may not.
pub(crate) fn refusal(web: &Web, headers: &HeaderMap, caller: Option<SocketAddr>) -> Option<String> {
    let standing = middleware::standing(&web.writers, headers, caller, Action::Act);
    may(&Person::anyone(), Action::Act, &Thing::Alerts, standing).err().map(|refusal| refusal.to_string())
}

pub(crate) async fn show(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Query(mut given): Query<Given>,
    caller: Caller,
    headers: HeaderMap,
) -> Response {
    if !given.alert.is_empty() {
        let (teller, wanted) = (web.teller.clone(), std::mem::take(&mut given.alert));
        let alerts = tokio::task::spawn_blocking(move || teller.alerts()).await.unwrap_or_default();
        let found = alerts.into_iter().find(|view| view.fingerprint == wanted);
        given.matchers = found.map(|view| matchers_of(&view)).unwrap_or_default();
    }
    let refusal = refusal(&web, &headers, caller.map(|one| one.0.0));
    shown(&web, reader, StatusCode::OK, given, refusal.clone(), refusal.is_none()).await
}

fn matchers_of(view: &AlertView) -> String {
    let conditions = view.alert.labels.iter().map(|(name, value)| Condition::equal(name, value).to_string());
    conditions.collect::<Vec<_>>().join(", ")
}

async fn shown(web: &Web, reader: Reader, status: StatusCode, given: Given, refusal: Option<String>, may_act: bool) -> Response {
    let frame = Frame::new(web, reader, "silences", reader.says().silences).await;
    let now = web.clock.now();
    let mut silences = web.teller.silences();
    silences.sort_by_key(|silence| (silence.state(now), std::cmp::Reverse(silence.ends_at)));
    let ended = silences.iter().position(|silence| silence.state(now) == SilenceState::Expired).unwrap_or(silences.len());
    silences.truncate(ended + ENDED);
    let silences = silences.into_iter().map(|silence| row(web, reader, silence)).collect();
    (status, web.page("silences.html", &frame, Body { silences, given, refusal, may_act })).into_response()
}

fn row(web: &Web, reader: Reader, silence: Silence) -> Row {
    let says = reader.says();
    let (state, mood) = match silence.state(web.clock.now()) {
        SilenceState::Active => (says.silence_active, "good"),
        SilenceState::Pending => (says.silence_pending, "warning"),
        SilenceState::Expired => (says.silence_ended, ""),
    };
    Row {
        state,
        mood,
        is_over: mood.is_empty(),
        matchers: silence.conditions.iter().map(Condition::to_string).collect(),
        starts: web.when(reader, silence.starts_at),
        ends: web.when(reader, silence.ends_at),
        id: silence.id,
        author: silence.author,
        comment: silence.comment,
    }
}

/// Makes one from the form. Who may was asked before this, by method and address, as for all routes.
pub(crate) async fn write(State(web): State<Arc<Web>>, reader: Reader, caller: Caller, Form(given): Form<Given>) -> Response {
    let made = match draft(&given, web.clock.now()) {
        Ok(draft) => {
            let teller = web.teller.clone();
            let made = tokio::task::spawn_blocking(move || teller.silence(draft).map_err(|reason| reason.to_string())).await;
            made.map_err(|error| error.to_string()).flatten()
        }
        Err(reason) => Err(reason),
    };
    match made {
        Ok(_) => {
            let author = if given.author.is_empty() { "local" } else { &given.author };
            audit::acted(author, caller.map(|one| one.0.0.ip()), "silenced", &given.matchers);
            Redirect::to("/silences").into_response()
        }
        Err(reason) => shown(&web, reader, StatusCode::BAD_REQUEST, given, Some(reason), true).await,
    }
}

fn draft(given: &Given, now: vitrine_model::Millis) -> Result<Draft, String> {
    let span: Span = given.span.parse().map_err(|error: vitrine_model::duration::NotASpan| error.to_string())?;
    let remind = Some(given.remind.trim()).filter(|text| !text.is_empty());
    let remind = remind.map(str::parse::<Span>).transpose().map_err(|error| error.to_string())?.map(Span::millis);
    Ok(Draft {
        id: None,
        conditions: matcher::parse(&given.matchers)?,
        starts_at: now,
        ends_at: now.saturating_add(span.millis()),
        author: if given.author.is_empty() { "local".to_owned() } else { given.author.clone() },
        comment: given.comment.clone(),
        remind,
    })
}

/// Ends one.
pub(crate) async fn end(State(web): State<Arc<Web>>, reader: Reader, caller: Caller, Path(id): Path<String>) -> Response {
    let (teller, ended) = (web.teller.clone(), id.clone());
    let done = tokio::task::spawn_blocking(move || teller.expire_silence(&ended).map_err(|reason| reason.to_string())).await;
    if let Err(reason) = done.map_err(|error| error.to_string()).flatten() {
        return shown(&web, reader, StatusCode::BAD_REQUEST, Given::default(), Some(reason), true).await;
    }
    audit::acted("local", caller.map(|one| one.0.0.ip()), "ended silence", &id);
    Redirect::to("/silences").into_response()
}

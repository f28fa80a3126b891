//! What a link in a message leads to: a page that asks, and one that says what was done. Only the form's button acts.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use vitrine_model::port::links::Act;
use vitrine_monitor::notify::GroupView;

use crate::page::frame::Frame;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::reply::{NotDone, Reply, lasting, word};
use crate::share::Refused;
use crate::web::Web;

/// Alerts that the page lists.
const SHOWN: usize = 5;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Given {
    comment: String,
}

#[derive(Serialize)]
struct Body {
    /// What the message was about.
    about: String,
    /// A sentence or two.
    text: String,
    mood: &'static str,
    asking: Option<Asking>,
}

/// Where it can still be done.
#[derive(Serialize)]
struct Asking {
    person: String,
    button: &'static str,
    address: String,
    labels: Vec<(String, String)>,
    alerts: Vec<String>,
    count: String,
}

/// Shows what the link would do. Programs that look for viruses follow it too, so nothing is done here.
pub(crate) async fn ask(State(web): State<Arc<Web>>, reader: Reader, Path(token): Path<String>) -> Response {
    let reply = match opened(&web, reader, &token).await {
        Ok(reply) => reply,
        Err(response) => return *response,
    };
    let says = reader.replying();
    match web.replied_to(&reply).await {
        Err(reason) => refused(&web, reader, &reply, &reason).await,
        Ok(group) => {
            web.replies.count(word(reply.act), "asked");
            let span = lasting(reply.act).unwrap_or_default();
            let (title, text) = match reply.act {
                Act::Acknowledge => (says.reply_acknowledge.to_owned(), says.reply_acknowledge_text),
                Act::Snooze(_) => (filled(says.reply_snooze, &[&span]), says.reply_snooze_text),
                Act::Silence(_) => (filled(says.reply_silence, &[&span]), says.reply_silence_text),
            };
            let asking = asking(reader, &reply, &token, group);
            let body = Body { about: reply.title, text: text.to_owned(), mood: "warning", asking: Some(asking) };
            shown(&web, reader, StatusCode::OK, &title, body).await
        }
    }
}

fn asking(reader: Reader, reply: &Reply, token: &str, group: GroupView) -> Asking {
    let says = reader.replying();
    let names = group.alerts.iter().take(SHOWN).map(|view| {
        let annotations = &view.alert.annotations;
        annotations.get("summary").or(view.alert.labels.get("alertname")).unwrap_or("alert").to_owned()
    });
    Asking {
        person: filled(says.reply_as, &[&reply.person]),
        button: match reply.act {
            Act::Acknowledge => says.reply_do_acknowledge,
            Act::Snooze(_) => says.reply_do_snooze,
            Act::Silence(_) => says.reply_do_silence,
        },
        address: format!("/reply/{token}"),
        alerts: names.collect(),
        count: filled(says.reply_firing, &[&group.alerts.len().to_string()]),
        labels: group.labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    }
}

/// Does it.
pub(crate) async fn perform(
    State(web): State<Arc<Web>>,
    reader: Reader,
    Path(token): Path<String>,
    Form(given): Form<Given>,
) -> Response {
    let reply = match opened(&web, reader, &token).await {
        Ok(reply) => reply,
        Err(response) => return *response,
    };
    if let Err(reason) = web.reply(&reply, given.comment.trim()).await {
        return refused(&web, reader, &reply, &reason).await;
    }
    web.replies.count(word(reply.act), "done");
    let (says, span) = (reader.replying(), lasting(reply.act).unwrap_or_default());
    let text = match reply.act {
        Act::Acknowledge => says.reply_acknowledged.to_owned(),
        Act::Snooze(_) => filled(says.reply_snoozed, &[&span]),
        Act::Silence(_) => filled(says.reply_silenced, &[&span]),
    };
    let body = Body { about: reply.title, text, mood: "good", asking: None };
    shown(&web, reader, StatusCode::OK, says.reply_done, body).await
}

async fn opened(web: &Web, reader: Reader, token: &str) -> Result<Reply, Box<Response>> {
    let says = reader.replying();
    let refused = match Reply::open(token, web.seal.as_ref(), web.clock.now()) {
        Ok(reply) => return Ok(reply),
        Err(refused) => refused,
    };
    let (outcome, status, title, text) = match &refused {
        Refused::Expired => ("expired", StatusCode::GONE, says.reply_expired, says.reply_expired_text),
        Refused::Unknown => ("unknown", StatusCode::NOT_FOUND, says.reply_unknown, says.reply_unknown_text),
        Refused::Unable(reason) => {
            tracing::error!(error = reason, "a link's seal could not be looked at");
            ("failed", StatusCode::SERVICE_UNAVAILABLE, says.reply_failed, reader.says().try_again)
        }
    };
    web.replies.count("none", outcome);
    let body = Body { about: String::new(), text: text.to_owned(), mood: "", asking: None };
    Err(Box::new(shown(web, reader, status, title, body).await))
}

async fn refused(web: &Web, reader: Reader, reply: &Reply, reason: &NotDone) -> Response {
    let says = reader.replying();
    web.replies.count(word(reply.act), reason.word());
    let (status, title, text) = match reason {
        NotDone::Over => (StatusCode::OK, says.reply_over, says.reply_over_text.to_owned()),
        NotDone::Used(at) => (StatusCode::OK, says.reply_used, filled(says.reply_used_text, &[&web.when(reader, *at).relative])),
        NotDone::Taken(given) => {
            let words = [given.author.as_str(), &web.when(reader, given.at).relative];
            (StatusCode::OK, says.reply_taken, filled(says.reply_taken_text, &words))
        }
        NotDone::Refused(reason) => (StatusCode::FORBIDDEN, says.reply_failed, reason.clone()),
        NotDone::Failed(reason) => (StatusCode::INTERNAL_SERVER_ERROR, says.reply_failed, reason.clone()),
    };
    let mood = if status == StatusCode::OK { "good" } else { "bad" };
    shown(web, reader, status, title, Body { about: reply.title.clone(), text, mood, asking: None }).await
}

async fn shown(web: &Web, reader: Reader, status: StatusCode, title: &str, body: Body) -> Response {
    let frame = Frame::new(web, reader, "reply", title).await.bared();
    (status, web.page("reply.html", &frame, body)).into_response()
}

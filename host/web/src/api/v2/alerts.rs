//! Alerts: those of rules and those that other programs bring, in Alertmanager's shape.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use vitrine_model::{Labels, Millis};
use vitrine_monitor::notify::Brought;

use super::query::Wanted;
use super::{Refused, blocking, shape};
use crate::web::Web;

/// A body with alerts; alerts in it; labels or annotations of one; letters of a name or a label's value, of an annotation.
pub(crate) const BODY: usize = 8 << 20;
const ALERTS: usize = 10_000;
const PAIRS: usize = 64;
const LETTERS: usize = 4 << 10;
const TEXT: usize = 64 << 10;

/// An alert as another program brings it. What else it says is not looked at.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Postable {
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    #[serde(default, rename = "generatorURL")]
    link: String,
}

pub(crate) async fn list(State(web): State<Arc<Web>>, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    let wanted = Wanted::read(query.as_deref())?;
    blocking(move || {
        let (now, url) = (web.clock.now(), web.teller.public_url());
        let alerts = web.teller.alerts();
        let has = |view: &&vitrine_monitor::notify::AlertView| {
            wanted.has(view) && view.receivers.iter().any(|name| wanted.has_receiver(name))
        };
        let shapes: Vec<_> = alerts.iter().filter(has).map(|view| shape::alert(view, &url, now)).collect();
        Json(shapes).into_response()
    })
    .await
}

pub(crate) async fn groups(State(web): State<Arc<Web>>, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    let wanted = Wanted::read(query.as_deref())?;
    blocking(move || {
        let (now, url) = (web.clock.now(), web.teller.public_url());
        let mut groups = web.teller.groups();
        groups.retain_mut(|group| {
            group.alerts.retain(|view| wanted.has(view));
            !group.alerts.is_empty() && wanted.has_receiver(&group.receiver)
        });
        Json(groups.iter().map(|group| shape::group(group, &url, now)).collect::<Vec<_>>()).into_response()
    })
    .await
}

/// Takes alerts in. What is wrong with one is wrong with all: whoever sends them sends them again.
pub(crate) async fn take(
    State(web): State<Arc<Web>>,
    body: Result<Json<Vec<Postable>>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(posted) = body.map_err(|rejection| Refused::bad(rejection.body_text()))?;
    if posted.len() > ALERTS {
        return Err(Refused::bad(format!("a request may bring {ALERTS} alerts")));
    }
    let brought = posted.into_iter().map(checked).collect::<Result<Vec<Brought>, Refused>>()?;
    blocking(move || web.teller.bring(brought)).await?.map_err(Refused::internal)?;
    Ok(StatusCode::OK.into_response())
}

fn checked(posted: Postable) -> Result<Brought, Refused> {
    let too_long = |map: &BTreeMap<String, String>, value: usize| {
        map.len() > PAIRS || map.iter().any(|(name, text)| name.len() > LETTERS || text.len() > value)
    };
    if too_long(&posted.labels, LETTERS) || too_long(&posted.annotations, TEXT) || posted.link.len() > LETTERS {
        let reason = format!("an alert may have {PAIRS} labels and annotations, of {LETTERS} and {TEXT} bytes each");
        return Err(Refused::bad(reason));
    }
    if posted.labels.keys().chain(posted.annotations.keys()).any(String::is_empty) {
        return Err(Refused::bad("a label of an alert has no name"));
    }
    let labels = Labels::from_pairs(posted.labels);
    if labels.is_empty() {
        return Err(Refused::bad("an alert needs at least one label"));
    }
    let (starts_at, ends_at) = (moment(posted.starts_at), moment(posted.ends_at));
    if let (Some(start), Some(end)) = (starts_at, ends_at)
        && end < start
    {
        return Err(Refused::bad("an alert ends before it starts"));
    }
    Ok(Brought { labels, annotations: Labels::from_pairs(posted.annotations), starts_at, ends_at, link: posted.link })
}

/// Programs in Go send the year 1 where they have no moment.
fn moment(given: Option<Timestamp>) -> Option<Millis> {
    given.map(Timestamp::as_millisecond).filter(|moment| *moment > 0)
}

//! Alerts in Prometheus's shape.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Value, json};
use vitrine_model::Labels;
use vitrine_model::alert::Alert;
use vitrine_model::port::StoreError;
use vitrine_monitor::notify::DigestView;
use vitrine_monitor::status::HeartbeatStatus;

use crate::api::envelope::{ApiError, success};
use crate::api::number::scientific;
use crate::web::Web;
use crate::words;

#[derive(Serialize)]
struct Body {
    alerts: Vec<AlertShape>,
}

#[derive(Serialize)]
pub(crate) struct AlertShape {
    labels: Labels,
    annotations: Labels,
    state: &'static str,
    #[serde(rename = "activeAt")]
    active_at: String,
    value: String,
}

pub(crate) async fn list(State(web): State<Arc<Web>>) -> Result<Response, ApiError> {
    let alerts = web.load_alerts().await.map_err(ApiError::internal)?;
    Ok(success(Body { alerts: alerts.into_iter().map(AlertShape::from).collect() }))
}

/// What waits for a digest, by receiver and channel.
pub(crate) async fn digests(State(web): State<Arc<Web>>) -> Result<Response, ApiError> {
    let teller = web.teller.clone();
    let digests = web.blocking(move || Ok::<_, StoreError>(teller.digests())).await.map_err(ApiError::internal)?;
    let shape = |digest: DigestView| {
        json!({
            "receiver": digest.receiver,
            "channel": digest.channel,
            "since": words::machine(digest.since),
            "due": words::machine(digest.due),
            "messages": digest.put_off,
            "alerts": digest.alerts,
        })
    };
    Ok(success(json!({ "digests": digests.into_iter().map(shape).collect::<Vec<Value>>() })))
}

/// The heartbeats: when each was last taken, and what holds it back.
pub(crate) async fn heartbeats(State(web): State<Arc<Web>>) -> Response {
    let shape = |status: HeartbeatStatus| {
        json!({
            "name": status.name,
            "channel": status.channel,
            "every": status.every.to_string(),
            "lastSent": status.last_sent.map(words::machine),
            "heldBack": status.held.map(|(reason, since)| json!({ "reason": reason, "since": words::machine(since) })),
            "lastError": status.fault,
        })
    };
    success(json!({ "heartbeats": web.status.heartbeats().into_iter().map(shape).collect::<Vec<Value>>() }))
}

impl From<Alert> for AlertShape {
    fn from(alert: Alert) -> AlertShape {
        AlertShape {
            state: alert.state.word(),
            active_at: words::machine(alert.active_at),
            value: scientific(alert.value),
            labels: alert.labels,
            annotations: alert.annotations,
        }
    }
}

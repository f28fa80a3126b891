//! How each source and channel is doing, as JSON.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use vitrine_model::{Fault, Millis};

use crate::api::envelope::success;
use crate::web::Web;
use crate::words;

#[derive(Serialize)]
struct Body {
    sources: Vec<SourceShape>,
    channels: Vec<ChannelShape>,
}

#[derive(Serialize)]
struct SourceShape {
    name: String,
    plugin: String,
    schedule: String,
    #[serde(rename = "lastRun")]
    last_run: Option<String>,
    #[serde(rename = "lastGood")]
    last_good: Option<String>,
    #[serde(rename = "nextRun")]
    next_run: Option<String>,
    samples: u64,
    missed: u64,
    fault: Option<FaultShape>,
}

#[derive(Serialize)]
struct ChannelShape {
    name: String,
    plugin: String,
    #[serde(rename = "waitsFor")]
    waits_for: Option<String>,
    #[serde(rename = "lastDelivered")]
    last_delivered: Option<String>,
    fault: Option<FaultShape>,
}

#[derive(Serialize)]
struct FaultShape {
    whose: &'static str,
    reason: String,
    since: String,
}

fn fault((fault, since): (Fault, Millis)) -> FaultShape {
    FaultShape { whose: fault.whose(), reason: fault.reason().to_owned(), since: words::machine(since) }
}

pub(crate) async fn list(State(web): State<Arc<Web>>) -> Response {
    let sources = web.status.sources().into_iter().map(|one| SourceShape {
        name: one.name,
        plugin: one.plugin,
        schedule: one.schedule,
        last_run: one.last_run.map(words::machine),
        last_good: one.last_good.map(words::machine),
        next_run: one.next_run.map(words::machine),
        samples: one.samples,
        missed: one.missed,
        fault: one.fault.map(fault),
    });
    let channels = web.status.channels().into_iter().map(|one| ChannelShape {
        name: one.name,
        plugin: one.plugin,
        waits_for: one.waits_for,
        last_delivered: one.last_delivered.map(words::machine),
        fault: one.fault.map(fault),
    });
    success(Body { sources: sources.collect(), channels: channels.collect() })
}

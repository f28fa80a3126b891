//! Sources and channels: how each is doing, and whose fault it is where one is not.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use vitrine_model::{Fault, Millis};

use crate::draw::unit::marked;
use crate::page::When;
use crate::page::frame::Frame;
use crate::page::reader::Reader;
use crate::web::Web;

#[derive(Serialize)]
struct FaultRow {
    whose: &'static str,
    reason: String,
    since: When,
}

#[derive(Serialize)]
struct SourceRow {
    name: String,
    plugin: String,
    schedule: String,
    last: Option<When>,
    next: Option<When>,
    good: Option<When>,
    samples: String,
    missed: String,
    fault: Option<FaultRow>,
}

#[derive(Serialize)]
struct ChannelRow {
    name: String,
    plugin: String,
    waits_for: Option<String>,
    last: Option<When>,
    fault: Option<FaultRow>,
}

#[derive(Serialize)]
struct Body {
    sources: Vec<SourceRow>,
    channels: Vec<ChannelRow>,
}

fn fault_row(web: &Web, reader: Reader, (fault, since): (Fault, Millis)) -> FaultRow {
    let says = reader.says();
    let whose = match fault {
        Fault::Invalid(_) => says.its_settings,
        Fault::Upstream(_) => says.the_system,
        Fault::Denied(_) => says.a_grant,
        Fault::Internal(_) => says.the_plugin,
        Fault::Busy(_) => says.this_host,
    };
    FaultRow { whose, reason: fault.reason().to_owned(), since: web.when(reader, since) }
}

pub(crate) async fn show(State(web): State<Arc<Web>>, reader: Reader) -> Response {
    let frame = Frame::new(&web, reader, "sources", reader.says().sources).await;
    let source = |one: vitrine_monitor::status::SourceStatus| SourceRow {
        name: one.name,
        plugin: one.plugin,
        schedule: one.schedule,
        last: one.last_run.map(|moment| web.when(reader, moment)),
        next: one.next_run.map(|moment| web.when(reader, moment)),
        good: one.last_good.map(|moment| web.when(reader, moment)),
        samples: marked(&one.samples.to_string(), reader.language),
        missed: marked(&one.missed.to_string(), reader.language),
        fault: one.fault.map(|fault| fault_row(&web, reader, fault)),
    };
    let channel = |one: vitrine_monitor::status::ChannelStatus| ChannelRow {
        name: one.name,
        plugin: one.plugin,
        waits_for: one.waits_for,
        last: one.last_delivered.map(|moment| web.when(reader, moment)),
        fault: one.fault.map(|fault| fault_row(&web, reader, fault)),
    };
    let body = Body {
        sources: web.status.sources().into_iter().map(source).collect(),
        channels: web.status.channels().into_iter().map(channel).collect(),
    };
    web.page("sources.html", &frame, body)
}

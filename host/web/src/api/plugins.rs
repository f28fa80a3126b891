//! What each plugin may do, and what it did, as JSON.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use vitrine_model::Millis;

use crate::api::envelope::success;
use crate::plugins::{AskedRight, Build, InstanceCard, LogLine, PluginCard, Refused, RightUse};
use crate::web::Web;
use crate::words;

#[derive(Serialize)]
struct Body {
    plugins: Vec<PluginShape>,
}

#[derive(Serialize)]
struct PluginShape {
    name: String,
    kind: String,
    version: String,
    api: String,
    title: String,
    digest: String,
    from: String,
    asked: Vec<AskedShape>,
    instances: Vec<InstanceShape>,
}

#[derive(Serialize)]
struct AskedShape {
    right: String,
    reason: String,
    places: Vec<String>,
}

#[derive(Serialize)]
struct BuildShape {
    version: String,
    digest: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstanceShape {
    kind: String,
    name: String,
    state: String,
    reason: Option<String>,
    remedy: Option<String>,
    until: Option<String>,
    /// What of the newest entry or file was not taken.
    trouble: Option<String>,
    build: Option<BuildShape>,
    since: Option<String>,
    waiting: Option<WaitingShape>,
    check: Option<CheckShape>,
    rights: Vec<RightShape>,
    refusals: Vec<RefusalShape>,
    lines: Vec<LineShape>,
    calls: u64,
    faults: u64,
    memory_bytes: u64,
    limits: Vec<LimitShape>,
}

#[derive(Serialize)]
struct WaitingShape {
    version: String,
    digest: String,
    /// What it asks for beyond what was approved.
    more: Vec<String>,
}

#[derive(Serialize)]
struct CheckShape {
    good: bool,
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RightShape {
    right: String,
    asked: bool,
    reason: Option<String>,
    places: Vec<String>,
    granted: Option<Vec<String>>,
    used: u64,
    last_used: Option<String>,
    refused: u64,
    last_refused: Option<String>,
}

#[derive(Serialize)]
struct RefusalShape {
    right: String,
    reason: String,
    count: u64,
    first: String,
    last: String,
}

#[derive(Serialize)]
struct LineShape {
    number: u64,
    at: String,
    level: String,
    text: String,
}

#[derive(Serialize)]
struct LimitShape {
    name: String,
    used: Option<String>,
    allowed: String,
    reached: u64,
}

pub(crate) async fn list(State(web): State<Arc<Web>>) -> Response {
    success(Body { plugins: (web.plugins)().into_iter().map(plugin).collect() })
}

fn plugin(card: PluginCard) -> PluginShape {
    PluginShape {
        name: card.name,
        kind: card.kind,
        version: card.version,
        api: card.api,
        title: card.title,
        digest: card.digest,
        from: card.from,
        asked: card.asked.into_iter().map(asked).collect(),
        instances: card.instances.into_iter().map(instance).collect(),
    }
}

fn asked(asked: AskedRight) -> AskedShape {
    AskedShape { right: asked.right, reason: asked.reason, places: asked.places }
}

fn build(build: Build) -> BuildShape {
    BuildShape { version: build.version, digest: build.digest }
}

fn instance(card: InstanceCard) -> InstanceShape {
    InstanceShape {
        kind: card.noun,
        name: card.name,
        state: card.state.word().replace("needs a grant", "needs-grant").replace(' ', "-"),
        reason: card.reason,
        remedy: card.remedy,
        until: when(card.until),
        trouble: card.trouble,
        build: card.build.map(build),
        since: when(card.since),
        waiting: card.waiting.map(|(build, more)| WaitingShape { version: build.version, digest: build.digest, more }),
        check: card.check.map(|said| CheckShape { good: said.is_ok(), text: said.unwrap_or_else(|reason| reason) }),
        rights: card.rights.into_iter().map(right).collect(),
        refusals: card.refusals.into_iter().map(refusal).collect(),
        lines: card.lines.into_iter().map(line).collect(),
        calls: card.calls,
        faults: card.faults,
        memory_bytes: card.memory_bytes,
        limits: card
            .limits
            .into_iter()
            .map(|limit| LimitShape { name: limit.name, used: limit.used, allowed: limit.allowed, reached: limit.reached })
            .collect(),
    }
}

fn right(one: RightUse) -> RightShape {
    let is_asked = one.asked.is_some();
    let (reason, places) = one.asked.map_or((None, Vec::new()), |asked| (Some(asked.reason), asked.places));
    RightShape {
        right: one.right,
        asked: is_asked,
        reason,
        places,
        granted: one.granted,
        used: one.used,
        last_used: when(one.last_used),
        refused: one.refused,
        last_refused: when(one.last_refused),
    }
}

fn refusal(one: Refused) -> RefusalShape {
    let (first, last) = (words::machine(one.first), words::machine(one.last));
    RefusalShape { right: one.right, reason: one.reason, count: one.count, first, last }
}

fn line(one: LogLine) -> LineShape {
    LineShape { number: one.number, at: words::machine(one.at), level: one.level, text: one.text }
}

fn when(moment: Option<Millis>) -> Option<String> {
    moment.map(words::machine)
}

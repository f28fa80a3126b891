//! Plugins: what each may do, what it has done with it, and what waits for an admin.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::draw::unit::{Unit, marked};
use crate::page::When;
use crate::page::frame::Frame;
use crate::page::messages::filled;
use crate::page::reader::Reader;
use crate::plugins::{AskedRight, Build, InstanceCard, LimitUse, PluginCard, Refused, RightUse, State as Standing};
use crate::web::Web;

#[derive(Serialize)]
struct Body {
    plugins: Vec<PluginRow>,
    /// Plugins that nothing uses.
    idle: Vec<PluginRow>,
}

#[derive(Serialize)]
struct PluginRow {
    name: String,
    kind: String,
    version: String,
    title: String,
    description: String,
    from: String,
    build: BuildRow,
    asked: Vec<AskedRow>,
    instances: Vec<InstanceRow>,
}

#[derive(Serialize)]
struct BuildRow {
    version: String,
    digest: String,
    /// The digest's first letters: enough to compare by eye.
    short: String,
}

#[derive(Serialize)]
struct AskedRow {
    right: String,
    reason: String,
    places: Vec<String>,
}

#[derive(Serialize)]
struct InstanceRow {
    /// For links to it.
    id: String,
    noun: String,
    name: String,
    state: &'static str,
    mark: &'static str,
    reason: Option<String>,
    remedy: Option<String>,
    until: Option<When>,
    trouble: Option<String>,
    /// The build that runs, where it is not the file's.
    build: Option<BuildRow>,
    since: Option<When>,
    waiting: Option<WaitingRow>,
    check: Option<String>,
    check_fails: bool,
    rights: Vec<RightRow>,
    refusals: Vec<RefusedRow>,
    calls: String,
    faults: String,
    memory: String,
    limits: Vec<LimitRow>,
}

#[derive(Serialize)]
struct WaitingRow {
    build: BuildRow,
    more: Vec<String>,
}

#[derive(Serialize)]
struct RightRow {
    right: String,
    asked: Option<AskedRow>,
    is_granted: bool,
    granted: Vec<String>,
    used: String,
    last_used: Option<When>,
    refused: String,
    is_refused: bool,
    last_refused: Option<When>,
}

#[derive(Serialize)]
struct RefusedRow {
    right: String,
    reason: String,
    count: u64,
    last: When,
}

#[derive(Serialize)]
struct LimitRow {
    name: String,
    used: Option<String>,
    allowed: String,
    reached: u64,
}

pub(crate) async fn show(State(web): State<Arc<Web>>, reader: Reader) -> Response {
    let frame = Frame::new(&web, reader, "plugins", reader.says().plugins).await;
    let mut cards = (web.plugins)();
    // What needs an admin comes first, then as in a table of contents.
    let urgency = |card: &PluginCard| card.instances.iter().all(|one| one.state.mark() == "good" && one.trouble.is_none());
    let order = |kind: &str| ["source", "channel", "panel"].iter().position(|known| *known == kind);
    cards.sort_by_cached_key(|card| (urgency(card), order(&card.kind), card.name.clone()));
    let (used, idle): (Vec<_>, Vec<_>) = cards.into_iter().partition(|card| !card.instances.is_empty());
    let rows = |cards: Vec<PluginCard>| cards.into_iter().map(|card| plugin_row(&web, reader, card)).collect();
    web.page("plugins.html", &frame, Body { plugins: rows(used), idle: rows(idle) })
}

fn plugin_row(web: &Web, reader: Reader, card: PluginCard) -> PluginRow {
    PluginRow {
        build: build_row(Build { version: card.version.clone(), digest: card.digest.clone() }),
        instances: card.instances.into_iter().map(|one| instance_row(web, reader, &card.digest, one)).collect(),
        asked: card.asked.into_iter().map(asked_row).collect(),
        name: card.name,
        kind: kind_word(&card.kind, reader).to_owned(),
        version: card.version,
        title: card.title,
        description: card.description,
        from: card.from,
    }
}

fn build_row(build: Build) -> BuildRow {
    let short = build.digest.trim_start_matches("sha256:").chars().take(12).collect();
    BuildRow { version: build.version, digest: build.digest, short }
}

fn asked_row(asked: AskedRight) -> AskedRow {
    AskedRow { right: asked.right, reason: asked.reason, places: asked.places }
}

fn instance_row(web: &Web, reader: Reader, digest: &str, card: InstanceCard) -> InstanceRow {
    let says = reader.says();
    let when = |moment: Option<i64>| moment.map(|moment| web.when(reader, moment));
    InstanceRow {
        id: format!("{}-{}", card.noun, card.name),
        state: state_word(card.state, reader),
        mark: card.state.mark(),
        until: when(card.until),
        build: card.build.filter(|build| build.digest != digest).map(build_row),
        since: when(card.since),
        waiting: card.waiting.map(|(build, more)| WaitingRow { build: build_row(build), more }),
        check_fails: matches!(card.check, Some(Err(_))),
        check: card.check.map(|check| check.unwrap_or_else(|reason| reason)),
        rights: card.rights.into_iter().map(|right| right_row(web, reader, right)).collect(),
        refusals: card.refusals.into_iter().map(|refused| refused_row(web, reader, refused)).collect(),
        calls: count(card.calls, says.a_call, says.calls, reader),
        faults: count(card.faults, says.a_fault, says.faults, reader),
        memory: Unit::Bytes.figure_in(card.memory_bytes as f64, &TimeZone::UTC, reader.language).line(),
        limits: card.limits.into_iter().map(limit_row).collect(),
        noun: card.noun,
        name: card.name,
        reason: card.reason,
        remedy: card.remedy,
        trouble: card.trouble,
    }
}

fn right_row(web: &Web, reader: Reader, right: RightUse) -> RightRow {
    RightRow {
        right: right.right,
        asked: right.asked.map(asked_row),
        is_granted: right.granted.is_some(),
        granted: right.granted.unwrap_or_default(),
        used: marked(&right.used.to_string(), reader.language),
        last_used: right.last_used.map(|moment| web.when(reader, moment)),
        refused: marked(&right.refused.to_string(), reader.language),
        is_refused: right.refused > 0,
        last_refused: right.last_refused.map(|moment| web.when(reader, moment)),
    }
}

fn refused_row(web: &Web, reader: Reader, refused: Refused) -> RefusedRow {
    RefusedRow { right: refused.right, reason: refused.reason, count: refused.count, last: web.when(reader, refused.last) }
}

fn limit_row(limit: LimitUse) -> LimitRow {
    LimitRow { name: limit.name, used: limit.used, allowed: limit.allowed, reached: limit.reached }
}

fn state_word(state: Standing, reader: Reader) -> &'static str {
    let says = reader.says();
    match state {
        Standing::Running => says.running,
        Standing::BackingOff => says.backing_off,
        Standing::Quarantined => says.quarantined,
        Standing::Disabled => says.disabled,
        Standing::NeedsGrant => says.needs_grant,
        Standing::Failed => says.failed,
    }
}

fn kind_word(kind: &str, reader: Reader) -> &str {
    let says = reader.says();
    match kind {
        "source" => says.kind_source,
        "channel" => says.kind_channel,
        "panel" => says.kind_panel,
        other => other,
    }
}

/// `1 call`, `12,345 calls`.
fn count(number: u64, one: &str, many: &str, reader: Reader) -> String {
    if number == 1 { one.to_owned() } else { filled(many, &[&marked(&number.to_string(), reader.language)]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::reader::Language;

    #[test]
    fn counts_read_well() {
        let english = Reader::default();
        let calls = |number, reader: Reader| count(number, reader.says().a_call, reader.says().calls, reader);
        for (number, text) in
            [(0, "0 calls"), (1, "1 call"), (999, "999 calls"), (12_345, "12,345 calls"), (1_234_567, "1,234,567 calls")]
        {
            assert_eq!(calls(number, english), text);
        }
        assert_eq!(calls(12_345, Reader { language: Language::Portuguese }), "12.345 chamadas");
    }
}

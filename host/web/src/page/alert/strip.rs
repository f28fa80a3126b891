//! One alert over time: a lane for its state, one for silences, one for who took it on.

use vitrine_model::alert::Alert;
use vitrine_model::frame::TimeRange;
use vitrine_model::silence::{Act, Deed, Silence};
use vitrine_model::view::{Lane, State, Stretch, Timeline, View};
use vitrine_model::{Millis, Span};

use crate::draw::annotation::Annotations;
use crate::draw::look::Looked;
use crate::draw::{self, Surroundings};
use crate::page::reader::Reader;
use crate::web::Web;

const HEIGHT: u32 = 140;

pub(super) async fn drawn(
    web: &Web,
    reader: Reader,
    fired: &[(Millis, Option<Millis>)],
    now: Option<&Alert>,
    silences: &[Silence],
    acts: &[Act],
    span: Span,
) -> String {
    let end = web.clock.now();
    let range = TimeRange { start: end - span.millis(), end, step: 60_000 };
    let says = reader.alerting();
    let mut lanes = vec![Lane { name: says.alert_lane.to_owned(), spans: states(reader, fired, now, end) }];
    let quiet = silences.iter().filter(|silence| silence.starts_at < end);
    let quiet = quiet.map(|silence| stretch(silence.starts_at, silence.ends_at.min(end), State::Neutral, says.silenced_word));
    lanes.push(Lane { name: says.silence_lane.to_owned(), spans: in_order(quiet.collect()) });
    lanes.push(Lane { name: says.acts_lane.to_owned(), spans: taken(acts, fired, end) });
    lanes.retain(|lane| !lane.spans.is_empty());
    let surroundings = Surroundings {
        title: says.timeline.to_owned(),
        range,
        zone: web.zone.clone(),
        height: HEIGHT,
        annotations: Annotations::default(),
        language: reader.language,
        looked: Looked::default(),
        series_links: Vec::new(),
    };
    let work = move || draw::draw(&View::Timeline(Timeline { lanes, blocks: false }), &surroundings).html;
    tokio::task::spawn_blocking(work).await.unwrap_or_default()
}

fn stretch(start: Millis, end: Millis, state: State, text: &str) -> Stretch {
    Stretch { start, end, state, text: text.to_owned() }
}

fn in_order(mut spans: Vec<Stretch>) -> Vec<Stretch> {
    spans.retain(|one| one.start < one.end);
    spans.sort_by_key(|one| one.start);
    spans
}

/// Pending and firing: what was pending is known of those that came to fire.
fn states(reader: Reader, fired: &[(Millis, Option<Millis>)], now: Option<&Alert>, end: Millis) -> Vec<Stretch> {
    let says = reader.says();
    let mut spans: Vec<Stretch> =
        fired.iter().map(|(from, until)| stretch(*from, until.unwrap_or(end), State::Bad, says.firing_word)).collect();
    if let Some(alert) = now {
        let until = alert.fired_at.unwrap_or(end);
        spans.push(stretch(alert.active_at, until, State::Warning, says.pending_word));
    }
    in_order(spans)
}

/// From each time somebody took it on until they gave it back, it ran out, or the alert ended.
fn taken(acts: &[Act], fired: &[(Millis, Option<Millis>)], now: Millis) -> Vec<Stretch> {
    let mut spans: Vec<Stretch> = Vec::new();
    // The newest comes first.
    for act in acts.iter().rev() {
        if let Some(last) = spans.last_mut().filter(|last| last.end > act.at) {
            last.end = if act.deed == Deed::Commented { last.end } else { act.at };
        }
        if matches!(act.deed, Deed::Acknowledged | Deed::Snoozed) {
            let ended = fired.iter().filter_map(|(_, until)| *until).filter(|until| *until > act.at).min();
            let until = [act.until, ended].into_iter().flatten().min().unwrap_or(now);
            spans.push(stretch(act.at, until.min(now), State::Good, &act.author));
        }
    }
    in_order(spans)
}

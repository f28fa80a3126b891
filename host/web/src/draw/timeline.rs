//! What was the case when: a lane for each thing, a stretch for each state, its word in it where there is room.

use std::collections::BTreeMap;

use vitrine_model::frame::TimeRange;
use vitrine_model::view::{State, Stretch, Timeline};
use vitrine_model::{Labels, Millis};

use crate::draw::Surroundings;
use crate::draw::annotation;
use crate::draw::chart::{COLOUR_CLASSES, axes};
use crate::draw::colour;
use crate::draw::html::Html;
use crate::draw::twin::{self, Twin};
use crate::page::messages::filled;

pub(in crate::draw) const MOST_LANES: usize = 40;
pub(in crate::draw) const MOST_SPANS: usize = 2_000;
const MOST_KEYS: usize = 12;
const TWIN_ROWS: usize = 60;
/// The letters that have room in the whole of a lane, on a panel of usual width.
const LETTERS: f64 = 90.0;

pub fn draw(html: &mut Html, timeline: &Timeline, surroundings: &Surroundings) {
    let classes = classes(timeline);
    html.raw("<div class=\"lanes-box\" role=\"group\" tabindex=\"0\" aria-label=\"").text(&summary(timeline, surroundings));
    html.raw(if timeline.blocks { "\"><div class=\"lanes blocks\">" } else { "\"><div class=\"lanes\">" });
    let mut left = MOST_SPANS;
    for lane in timeline.lanes.iter().take(MOST_LANES) {
        html.raw("<div class=\"lane\"><span class=\"lane-name\" title=\"").text(&lane.name).raw("\">").text(&lane.name);
        html.raw("</span><svg class=\"strip\" aria-hidden=\"true\">");
        let shown: Vec<&Stretch> = lane.spans.iter().filter(|one| within(one, surroundings.range)).collect();
        // The newest are the ones that matter where not all can be drawn.
        for one in &shown[shown.len().saturating_sub(left)..] {
            stretch(html, one, timeline.blocks, class(&classes, one), surroundings);
        }
        left = left.saturating_sub(shown.len());
        annotation::draw(html, &surroundings.annotations, surroundings.range);
        html.raw("</svg></div>");
    }
    html.raw("<div class=\"lane lane-times\" aria-hidden=\"true\"><span class=\"lane-name\"></span><svg class=\"strip\">");
    axes::time_words(html, surroundings.range, &surroundings.ticks(surroundings.range));
    html.raw("</svg></div></div></div>");
    key(html, timeline, &classes, surroundings);
    table(html, timeline, surroundings);
}

pub(in crate::draw) fn within(stretch: &Stretch, range: TimeRange) -> bool {
    stretch.end > range.start && stretch.start < range.end
}

/// A colour for each text that has no state to be coloured by.
pub(in crate::draw) fn classes(timeline: &Timeline) -> BTreeMap<&str, &'static str> {
    let neutral = timeline.lanes.iter().flat_map(|lane| &lane.spans).filter(|one| one.state == State::Neutral);
    let texts: BTreeMap<&str, ()> = neutral.map(|one| (one.text.as_str(), ())).collect();
    let none = Labels::new();
    let colours = colour::distinct(texts.keys().map(|text| (&none, *text)));
    texts.into_keys().zip(colours).map(|(text, colour)| (text, COLOUR_CLASSES[colour % COLOUR_CLASSES.len()])).collect()
}

pub(in crate::draw) fn class(classes: &BTreeMap<&str, &'static str>, stretch: &Stretch) -> &'static str {
    match stretch.state {
        State::Neutral => classes.get(stretch.text.as_str()).copied().unwrap_or(""),
        state => state.word(),
    }
}

fn stretch(html: &mut Html, stretch: &Stretch, block: bool, class: &'static str, surroundings: &Surroundings) {
    let range = surroundings.range;
    let across = |time: Millis| {
        (time.clamp(range.start, range.end) - range.start) as f64 / (range.end - range.start).max(1) as f64 * 100.0
    };
    let (from, to) = (across(stretch.start), across(stretch.end));
    let width = if block { (to - from) * 0.86 } else { to - from };
    html.raw("<svg x=\"")
        .number(from)
        .raw("%\" width=\"")
        .number(width.max(0.1))
        .raw("%\" height=\"100%\"><rect class=\"stretch ");
    html.raw(class).raw("\" width=\"100%\" height=\"100%\"");
    html.raw(if block { " rx=\"2\"/>" } else { "/>" });
    html.raw("<title>").text(&told(stretch, surroundings)).raw("</title>");
    if stretch.text.chars().count() as f64 + 2.0 < width / 100.0 * LETTERS {
        html.raw("<text x=\"6\" y=\"50%\" dy=\".34em\">").text(&stretch.text).raw("</text>");
    }
    html.raw("</svg>");
}

/// `good` beside a text that says it already would be noise.
fn told(stretch: &Stretch, surroundings: &Surroundings) -> String {
    let clock = |time: Millis| surroundings.clock(time);
    let says = surroundings.says();
    let state = if stretch.state == State::Neutral { String::new() } else { format!(" ({})", says.state(stretch.state)) };
    let time = filled(says.from_to, &[&clock(stretch.start), &clock(stretch.end)]);
    format!("{}{state}, {time}", stretch.text)
}

/// Each lane and what is the case there at the end.
fn summary(timeline: &Timeline, surroundings: &Surroundings) -> String {
    let mut parts: Vec<String> = Vec::new();
    for lane in timeline.lanes.iter().take(6) {
        let last = lane.spans.last().map_or(surroundings.says().nothing, |last| last.text.as_str());
        parts.push(format!("{} {last}", lane.name));
    }
    let rest = twin::left_out(timeline.lanes.len().saturating_sub(6), surroundings.says().rest_lanes);
    if !rest.is_empty() {
        parts.push(rest);
    }
    format!("{}: {}{}", surroundings.title, parts.join(", "), surroundings.annotations.sentence(surroundings))
}

/// What each colour says, in the order of the lanes.
pub(in crate::draw) fn keys<'a>(timeline: &'a Timeline, classes: &BTreeMap<&str, &'static str>) -> Vec<(&'a str, &'static str)> {
    let mut keys: Vec<(&str, &'static str)> = Vec::new();
    for one in timeline.lanes.iter().flat_map(|lane| &lane.spans) {
        let entry = (one.text.as_str(), class(classes, one));
        if keys.len() < MOST_KEYS && !keys.contains(&entry) {
            keys.push(entry);
        }
    }
    keys
}

fn key(html: &mut Html, timeline: &Timeline, classes: &BTreeMap<&str, &'static str>, surroundings: &Surroundings) {
    let rest = timeline.lanes.len().saturating_sub(MOST_LANES);
    html.raw("<div class=\"legend-box\"><ul class=\"keys\">");
    for (text, class) in keys(timeline, classes) {
        html.raw("<li><i class=\"key ").raw(class).raw("\"></i>").text(text).raw("</li>");
    }
    html.raw("</ul>");
    twin::more(html, &twin::left_out(rest, surroundings.says().rest_lanes));
    twin::more(html, &surroundings.annotations.rest(surroundings.says()));
    html.raw("</div>");
}

fn table(html: &mut Html, timeline: &Timeline, surroundings: &Surroundings) {
    let says = surroundings.says();
    let mut twin = Twin::new(html, surroundings, [says.head_lane, says.head_was, says.head_from, says.head_until].into_iter());
    let all = || timeline.lanes.iter().flat_map(|lane| lane.spans.iter().rev().map(move |one| (lane, one)));
    for (lane, one) in all().take(TWIN_ROWS) {
        twin.row(&lane.name);
        twin.cell(&one.text);
        twin.cell(&surroundings.clock(one.start));
        twin.cell(&surroundings.clock(one.end));
    }
    let rest = twin::left_out(all().count().saturating_sub(TWIN_ROWS), surroundings.says().rest_stretches);
    twin.finish_with(&rest, |html| annotation::table(html, &surroundings.annotations, surroundings));
}

#[cfg(test)]
mod tests {
    use vitrine_model::view::Lane;

    use super::*;

    const START: Millis = 1_763_632_800_000;

    fn picture(timeline: &Timeline) -> String {
        let range = TimeRange { start: START, end: START + 3_600_000, step: 900_000 };
        let surroundings = Surroundings::tested("Targets", range);
        let mut html = Html::new();
        draw(&mut html, timeline, &surroundings);
        html.finish().replace("><", ">\n<")
    }

    fn span(from: i64, to: i64, text: &str, state: State) -> Stretch {
        Stretch { start: START + from * 60_000, end: START + to * 60_000, text: text.to_owned(), state }
    }

    fn lane(name: &str, spans: Vec<Stretch>) -> Lane {
        Lane { name: name.to_owned(), spans }
    }

    #[test]
    fn states_and_texts() {
        let shop = lane(
            "shop",
            vec![span(-30, 20, "up", State::Good), span(20, 25, "down", State::Bad), span(25, 60, "up", State::Good)],
        );
        let leader = lane("leader", vec![span(0, 30, "node-1", State::Neutral), span(30, 60, "node-2", State::Neutral)]);
        insta::assert_snapshot!(picture(&Timeline { lanes: vec![shop, leader], blocks: false }));
    }

    #[test]
    fn blocks_stand_apart() {
        let spans = (0..4).map(|place| span(place * 15, place * 15 + 15, "ok", State::Good)).collect();
        insta::assert_snapshot!(picture(&Timeline { lanes: vec![lane("shop", spans)], blocks: true }));
    }

    #[test]
    fn much_is_bounded_and_counted() {
        let spans: Vec<Stretch> = (0..60).map(|place| span(place, place + 1, "ok", State::Good)).collect();
        let drawn = picture(&Timeline { lanes: vec![lane("l", spans); 100], blocks: false });
        assert_eq!(drawn.matches("class=\"stretch").count(), MOST_SPANS);
        assert!(drawn.contains("and 60 more lanes") && drawn.contains("and 5940 more stretches"), "{drawn}");
        picture(&Timeline { lanes: Vec::new(), blocks: true });
        picture(&Timeline {
            lanes: vec![lane("l", vec![Stretch { start: i64::MIN, end: i64::MAX, text: String::new(), state: State::Bad }])],
            blocks: true,
        });
    }

    #[test]
    fn hostile_names_stay_text() {
        let name = "\"/><script>alert(1)</script>]]><img src=x onerror=alert(1)>";
        let drawn = picture(&Timeline { lanes: vec![lane(name, vec![span(0, 60, name, State::Neutral)])], blocks: false });
        assert!(!drawn.contains("<script") && !drawn.contains("<img"), "{drawn}");
    }
}

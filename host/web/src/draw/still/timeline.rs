//! What was the case when: a lane for each thing, a stretch for each state.

use vitrine_model::Millis;
use vitrine_model::view::{State, Stretch, Timeline};

use crate::draw::Surroundings;
use crate::draw::still::Area;
use crate::draw::still::bars::key;
use crate::draw::still::chart::{self, TICK, TIMES};
use crate::draw::still::ink::{Anchor, Ink};
use crate::draw::still::letters;
use crate::draw::still::words::{self, SMALL};
use crate::draw::timeline::{MOST_LANES, MOST_SPANS, class, classes, keys, within};
use crate::draw::twin;

const KEY: f64 = 20.0;
const LEAST: f64 = 14.0;

pub(super) fn draw(ink: &mut Ink, timeline: &Timeline, surroundings: &Surroundings, area: Area) {
    let theme = ink.theme;
    if timeline.lanes.is_empty() {
        return words::centred(ink, surroundings.says().no_data, area, theme.muted);
    }
    let classes = classes(timeline);
    let most = (((area.height - TIMES - KEY) / LEAST) as usize).clamp(1, MOST_LANES);
    let shown = timeline.lanes.len().min(most);
    let names = timeline.lanes.iter().take(shown).map(|lane| letters::width(&lane.name, SMALL));
    let left = names.fold(0.0, f64::max).min(area.width * 0.3) + 10.0;
    let height = (area.height - TIMES - KEY) / shown as f64;
    let thick = (height - 4.0).clamp(4.0, 34.0);
    let height = height.min(thick + 8.0);
    let body = Area { x: area.x + left, y: area.y, width: (area.width - left).max(10.0), height: height * shown as f64 };
    let mut rest = MOST_SPANS;
    for (place, lane) in timeline.lanes.iter().take(shown).enumerate() {
        let strip = Area { y: area.y + place as f64 * height + (height - thick) / 2.0, height: thick, ..body };
        let name = letters::fit(&lane.name, SMALL, left - 8.0);
        ink.text(area.x, strip.y + thick / 2.0 + 4.0, SMALL, theme.text, Anchor::Start, &name);
        let spans: Vec<&Stretch> = lane.spans.iter().filter(|one| within(one, surroundings.range)).collect();
        // The newest are the ones that matter where not all can be drawn.
        for one in &spans[spans.len().saturating_sub(rest)..] {
            stretch(ink, one, class(&classes, one), timeline.blocks, surroundings, strip);
        }
        rest = rest.saturating_sub(spans.len());
    }
    chart::marks(ink, &surroundings.annotations, surroundings.range, body);
    chart::times(ink, surroundings.range, surroundings, body, false);
    let foot = Area { y: body.y + body.height + TIMES + 14.0, ..area };
    let left_out = twin::left_out(timeline.lanes.len() - shown, surroundings.says().rest_lanes);
    let room = if left_out.is_empty() { 0.0 } else { letters::width(&left_out, TICK) + 12.0 };
    key(ink, keys(timeline, &classes).into_iter(), Area { width: area.width - room, ..foot });
    ink.text(area.x + area.width, foot.y, TICK, theme.muted, Anchor::End, &left_out);
}

fn stretch(ink: &mut Ink, one: &Stretch, class: &str, block: bool, surroundings: &Surroundings, strip: Area) {
    let range = surroundings.range;
    let across = |time: Millis| {
        (time.clamp(range.start, range.end) - range.start) as f64 / (range.end - range.start).max(1) as f64 * strip.width
    };
    let (from, to) = (across(one.start), across(one.end));
    let gap = if block { ((to - from) * 0.14).min(3.0) } else { 0.5 };
    let width = (to - from - gap).max(0.5);
    let colour = if class.is_empty() { ink.theme.muted } else { ink.theme.class(class) };
    let depth = if one.state == State::Bad { 0.65 } else { 0.45 };
    ink.rect(Area { x: strip.x + from, width, ..strip }, colour, depth, if block { 2.0 } else { 0.0 });
    if strip.height >= 12.0 && letters::width(&one.text, TICK) + 10.0 < width {
        let text = ink.theme.text;
        ink.text(strip.x + from + 5.0, strip.y + strip.height / 2.0 + 4.0, TICK, text, Anchor::Start, &one.text);
    }
}

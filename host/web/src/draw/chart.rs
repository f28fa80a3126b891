//! Charts as SVG that stretches with its panel: positions are percentages, lines keep their width, words their size.

use std::fmt::Write;

use vitrine_model::view::{Mark, State};

use crate::draw::Surroundings;
use crate::draw::html::Html;
use crate::draw::path::{self, BOX, Point};
use crate::draw::plot::Plot;
use crate::draw::scale::{Bounds, Scale, TimeTick, time_ticks};
use crate::draw::unit::Unit;

/// Up to here each line is told its last value at its end; beyond, the legend says it.
const MOST_ENDS: usize = 6;
/// What axis words and the legend take from the panel's body, in CSS pixels.
const FURNITURE: u32 = 80;
const LINE_HEIGHT: f64 = 15.0;

/// The chart and its legend.
pub fn draw(html: &mut Html, plot: &Plot, surroundings: &Surroundings) {
    let unit = Unit::parse(&plot.unit);
    let layers = plot.stacked();
    let height = f64::from(surroundings.height.saturating_sub(FURNITURE).max(60));
    let scale = Scale::new(bounds(plot, &layers), &unit, ((height / 44.0) as usize).clamp(2, 5));
    html.raw("<div class=\"chart-box\"><svg class=\"chart\" role=\"img\" aria-label=\"");
    html.text(&summary(plot, &unit, surroundings)).raw("\">");
    bands(html, plot, &scale);
    value_axis(html, &scale, &unit, surroundings);
    time_axis(html, plot, &time_ticks(plot.range, &surroundings.zone, 6));
    html.raw("<svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" width=\"100%\" height=\"100%\">");
    // The last one drawn lies on top: the first series should.
    for (place, layer) in layers.iter().enumerate().rev() {
        series(html, plot, place, layer, &scale);
    }
    html.raw("</svg>");
    ends(html, plot, &layers, &scale, &unit, surroundings, height);
    html.raw("</svg></div>");
    legend(html, plot, &unit, surroundings);
}

/// One sentence for those who cannot see it.
fn summary(plot: &Plot, unit: &Unit, surroundings: &Surroundings) -> String {
    let mut text = format!("{}: ", surroundings.title);
    for (place, series) in plot.series.iter().enumerate().take(MOST_ENDS) {
        let comma = if place == 0 { "" } else { ", " };
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}{} {}", series.name, unit.figure(plot.last(place), &surroundings.zone).line());
    }
    if plot.series.len() > MOST_ENDS {
        let _ = write!(text, ", and {} more", plot.series.len() - MOST_ENDS);
    }
    text
}

fn bounds(plot: &Plot, layers: &[Vec<(f64, f64)>]) -> Bounds {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (_, top) in layers.iter().flatten().filter(|(_, top)| !top.is_nan()) {
        low = low.min(*top);
        high = high.max(*top);
    }
    // Bars and areas stand on zero; lines may hover where zero would flatten them.
    let stands = plot.series.iter().any(|series| series.stacked || matches!(series.mark, Mark::Area | Mark::Bars));
    if low > 0.0 && (stands || low < high * 0.6) {
        low = 0.0;
    }
    if stands {
        low = low.min(0.0);
        high = high.max(0.0);
    }
    Bounds { low, high, fixed_low: plot.minimum, fixed_high: plot.maximum }
}

/// A faint band from each threshold to the next, or to the end of the axis.
fn bands(html: &mut Html, plot: &Plot, scale: &Scale) {
    let mut thresholds: Vec<_> = plot.thresholds.iter().collect();
    thresholds.sort_by(|a, b| a.value.total_cmp(&b.value));
    for (place, threshold) in thresholds.iter().enumerate() {
        let from = scale.place(threshold.value);
        let to = thresholds.get(place + 1).map_or(1.0, |next| scale.place(next.value)).min(1.0);
        if from >= 1.0 || to <= 0.0 || to <= from {
            continue;
        }
        if threshold.state != State::Neutral {
            let bottom = from.max(0.0);
            html.raw("<rect class=\"band ").raw(threshold.state.word()).raw("\" width=\"100%\" y=\"").number((1.0 - to) * 100.0);
            html.raw("%\" height=\"")
                .number((to - bottom) * 100.0)
                .raw("%\"><title>")
                .text(&threshold.name)
                .raw("</title></rect>");
        }
        let below = place.checked_sub(1).map_or(State::Neutral, |below| thresholds[below].state);
        if let Some(word) = limit(below, threshold.state)
            && from > 0.0
        {
            html.raw("<line class=\"limit ").raw(word).raw("\" x2=\"100%\" y1=\"").number((1.0 - from) * 100.0);
            html.raw("%\" y2=\"").number((1.0 - from) * 100.0).raw("%\"/>");
        }
    }
}

/// A line between two states has the worse one's colour, whichever side that is on; none where both are well.
fn limit(below: State, above: State) -> Option<&'static str> {
    let worse = [State::Bad, State::Warning, State::Good].into_iter().find(|state| below == *state || above == *state)?;
    Some(worse.word())
}

fn value_axis(html: &mut Html, scale: &Scale, unit: &Unit, surroundings: &Surroundings) {
    for (tick, word) in scale.ticks.iter().zip(scale.labels(unit, &surroundings.zone)) {
        let place = (1.0 - scale.place(*tick)) * 100.0;
        html.raw("<line class=\"grid\" x2=\"100%\" y1=\"").number(place).raw("%\" y2=\"").number(place);
        html.raw("%\"/><text class=\"tick tick-y\" dx=\"-8\" dy=\".32em\" y=\"")
            .number(place)
            .raw("%\">")
            .text(&word)
            .raw("</text>");
    }
}

/// From here on, in hundredths of the width, words end where their line is.
const EDGE: f64 = 96.0;

fn time_axis(html: &mut Html, plot: &Plot, ticks: &[TimeTick]) {
    let span = (plot.range.end - plot.range.start).max(1) as f64;
    for tick in ticks {
        let place = (tick.at - plot.range.start) as f64 / span * 100.0;
        html.raw("<line class=\"grid grid-x\" y2=\"100%\" x1=\"").number(place).raw("%\" x2=\"").number(place);
        // A word in the middle of the last line would stand half outside.
        let class = if place > EDGE { "tick tick-x tick-last" } else { "tick tick-x" };
        html.raw("%\"/><text class=\"")
            .raw(class)
            .raw("\" dy=\"18\" y=\"100%\" x=\"")
            .number(place)
            .raw("%\">")
            .text(&tick.word)
            .raw("</text>");
    }
}

fn series(html: &mut Html, plot: &Plot, place: usize, layer: &[(f64, f64)], scale: &Scale) {
    let one = &plot.series[place];
    let span = (plot.range.end - plot.range.start).max(1) as f64;
    let down = |value: f64| (1.0 - scale.place(value)) * BOX;
    let points: Vec<Point> = plot
        .times
        .iter()
        .zip(layer)
        .map(|(time, (floor, top))| Point {
            x: (time - plot.range.start) as f64 / span * BOX,
            top: down(*top),
            floor: down(*floor),
        })
        .collect();
    let mut draw = |class: &'static str, data: String| {
        if !data.is_empty() {
            html.raw("<path class=\"").raw(class).raw(COLOUR_CLASSES[one.colour % COLOUR_CLASSES.len()]);
            html.raw("\" vector-effect=\"non-scaling-stroke\" d=\"").text(&data).raw("\"/>");
        }
    };
    match one.mark {
        Mark::Line => draw("line ", path::line(&points)),
        Mark::Area => {
            draw(if one.stacked { "area stacked " } else { "area " }, path::area(&points));
            draw("line ", path::line(&points));
        }
        Mark::Bars => draw("bars ", path::bars(&points, plot.range.step.max(1) as f64 / span * BOX * 0.8)),
        Mark::Points => draw("dots ", path::dots(&points)),
    }
}

/// Class names of the colours, as program text.
pub(crate) const COLOUR_CLASSES: [&str; 8] = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"];

struct End {
    /// Percent from the top.
    place: f64,
    colour: usize,
    word: String,
}

/// The last value at each line's end, pushed apart where they would overlap.
fn ends(
    html: &mut Html,
    plot: &Plot,
    layers: &[Vec<(f64, f64)>],
    scale: &Scale,
    unit: &Unit,
    surroundings: &Surroundings,
    height: f64,
) {
    if plot.series.len() > MOST_ENDS {
        return;
    }
    let mut list: Vec<End> = Vec::new();
    for (place, layer) in layers.iter().enumerate() {
        let Some((floor, top)) = layer.last().filter(|(_, top)| !top.is_nan()) else { continue };
        let at = if plot.series[place].stacked { (floor + top) / 2.0 } else { *top };
        let percent = ((1.0 - scale.place(at)) * 100.0).clamp(0.0, 100.0);
        let word = unit.figure(plot.last(place), &surroundings.zone).line();
        list.push(End { place: percent, colour: plot.series[place].colour, word });
    }
    let distance = LINE_HEIGHT / height * 100.0;
    if distance * list.len() as f64 > 115.0 {
        return;
    }
    spread(&mut list, distance);
    for end in list {
        html.raw("<circle class=\"dot ")
            .raw(COLOUR_CLASSES[end.colour % COLOUR_CLASSES.len()])
            .raw("\" cx=\"100%\" r=\"3\" cy=\"");
        html.number(end.place)
            .raw("%\"/><text class=\"end\" x=\"100%\" dx=\"7\" dy=\".32em\" y=\"")
            .number(end.place)
            .raw("%\">");
        html.text(&end.word).raw("</text>");
    }
}

/// Down until nothing overlaps, then back up from the floor.
fn spread(list: &mut [End], distance: f64) {
    list.sort_by(|a, b| a.place.total_cmp(&b.place));
    for place in 1..list.len() {
        list[place].place = list[place].place.max(list[place - 1].place + distance);
    }
    let mut floor = 100.0;
    for end in list.iter_mut().rev() {
        end.place = end.place.min(floor);
        floor = end.place - distance;
    }
}

fn legend(html: &mut Html, plot: &Plot, unit: &Unit, surroundings: &Surroundings) {
    html.raw(
        "<div class=\"legend-box\"><table class=\"legend\"><thead class=\"visually-hidden\"><tr><th scope=\"col\">series</th>",
    );
    html.raw("<th scope=\"col\">last</th></tr></thead><tbody>");
    for (place, series) in plot.series.iter().enumerate() {
        html.raw("<tr><th scope=\"row\" class=\"name\" title=\"").text(&series.name).raw("\"><i class=\"key ");
        html.raw(COLOUR_CLASSES[series.colour % COLOUR_CLASSES.len()])
            .raw("\"></i><span>")
            .text(&series.name)
            .raw("</span></th><td class=\"last\">");
        html.text(&unit.figure(plot.last(place), &surroundings.zone).line()).raw("</td></tr>");
    }
    html.raw("</tbody></table>");
    if plot.found > plot.series.len() {
        html.raw("<p class=\"more\">").text(&format!("{} of {} series", plot.series.len(), plot.found)).raw("</p>");
    }
    html.raw("</div>");
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use vitrine_model::Millis;
    use vitrine_model::frame::TimeRange;
    use vitrine_model::view::{Chart, ChartSeries, Threshold};

    use super::*;
    use crate::draw::plot::tests::series as make;

    const START: Millis = 1_763_632_800_000;

    fn picture(series: Vec<ChartSeries>, unit: &str, thresholds: Vec<Threshold>) -> String {
        let range = TimeRange { start: START, end: START + 3_600_000, step: 900_000 };
        let chart = Chart { series, unit: unit.to_owned(), minimum: None, maximum: None, thresholds };
        let surroundings = Surroundings { title: "CPU <by> mode".to_owned(), range, zone: TimeZone::UTC, height: 260 };
        let mut html = Html::new();
        draw(&mut html, &Plot::new(&chart, range), &surroundings);
        html.finish().replace("><", ">\n<")
    }

    #[test]
    fn stacked_areas_with_a_gap_and_a_band() {
        let at = |minutes: i64, value: f64| (START + minutes * 60_000, value);
        let user = make("user", &[at(0, 0.2), at(15, 0.3), at(30, f64::NAN), at(45, 0.25), at(60, 0.37)], true, Mark::Area);
        let system = make("system", &[at(0, 0.05), at(15, 0.06), at(30, 0.07), at(45, 0.05), at(60, 0.04)], true, Mark::Area);
        let warn = Threshold { value: 0.4, state: State::Warning, name: "warn".to_owned() };
        insta::assert_snapshot!(picture(vec![user, system], "ratio", vec![warn]));
    }

    #[test]
    fn low_values_may_be_the_bad_ones() {
        let from = |value: f64, state: State| Threshold { value, state, name: String::new() };
        let levels = vec![from(f64::MIN, State::Bad), from(1.0, State::Warning), from(2.0, State::Neutral)];
        let drawn = picture(vec![make("free", &[(START, 0.0), (START + 900_000, 4.0)], false, Mark::Line)], "", levels);
        let lines: Vec<&str> = drawn.lines().filter(|line| line.contains("band") || line.contains("limit")).collect();
        assert_eq!(
            lines,
            [
                "<rect class=\"band bad\" width=\"100%\" y=\"75%\" height=\"25%\">",
                "<rect class=\"band warning\" width=\"100%\" y=\"50%\" height=\"25%\">",
                "<line class=\"limit bad\" x2=\"100%\" y1=\"75%\" y2=\"75%\"/>",
                "<line class=\"limit warning\" x2=\"100%\" y1=\"50%\" y2=\"50%\"/>",
            ]
        );
    }

    #[test]
    fn hostile_names_stay_text() {
        let name = "\"/><script>alert(1)</script><svg onload=alert(1)>";
        let drawn = picture(vec![make(name, &[(START, 1.0)], false, Mark::Line)], "<img src=x onerror=alert(1)>", Vec::new());
        assert!(!drawn.contains("<script") && !drawn.contains("<img") && !drawn.contains("<svg onload"), "{drawn}");
    }

    #[test]
    fn words_at_the_ends_keep_their_distance() {
        let mut list: Vec<End> = [99.0, 98.0, 97.0, 10.0].map(|place| End { place, colour: 0, word: String::new() }).into();
        spread(&mut list, 6.0);
        assert_eq!(list.iter().map(|end| end.place).collect::<Vec<_>>(), [10.0, 88.0, 94.0, 100.0]);
    }
}

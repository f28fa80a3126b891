//! What the host tells a page, as JSON. The only place that knows this wire.

use std::sync::Arc;

use serde::Serialize;
use vitrine_model::Millis;

use crate::dashboard::evaluate::Shown;
use crate::draw::plot::Plot;
use crate::draw::unit::Unit;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Message<'a> {
    Chart { panel: &'a str, chart: ChartShape<'a> },
    Append { panel: &'a str, from: Millis, times: &'a [Millis], values: Vec<&'a [f64]> },
    Html { panel: &'a str, html: &'a str },
    State { panel: &'a str, state: &'a str, text: &'a str },
    Status { text: &'a str, alerts: usize, stale: usize, time: Millis },
    Settings,
}

#[derive(Serialize)]
struct ChartShape<'a> {
    unit: &'a str,
    #[serde(rename = "unitLabel")]
    unit_label: String,
    min: Option<f64>,
    max: Option<f64>,
    range: [Millis; 2],
    step: Millis,
    thresholds: Vec<ThresholdShape<'a>>,
    series: Vec<SeriesShape<'a>>,
    times: &'a [Millis],
    values: &'a [Vec<f64>],
}

#[derive(Serialize)]
struct ThresholdShape<'a> {
    value: f64,
    state: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct SeriesShape<'a> {
    name: &'a str,
    color: usize,
    mark: &'a str,
    stacked: bool,
}

fn shape(plot: &Plot) -> ChartShape<'_> {
    let threshold = |one: &'_ vitrine_model::view::Threshold| (one.value, one.state.word());
    ChartShape {
        unit: &plot.unit,
        unit_label: Unit::parse(&plot.unit).label().to_owned(),
        min: plot.minimum,
        max: plot.maximum,
        range: [plot.range.start, plot.range.end],
        step: plot.range.step,
        thresholds: plot
            .thresholds
            .iter()
            .map(|one| {
                let (value, state) = threshold(one);
                ThresholdShape { value, state, name: &one.name }
            })
            .collect(),
        series: plot
            .series
            .iter()
            .map(|one| SeriesShape { name: &one.name, color: one.colour, mark: one.mark.word(), stacked: one.stacked })
            .collect(),
        times: &plot.times,
        values: &plot.values,
    }
}

fn write(message: &Message<'_>) -> Arc<str> {
    // Strings, numbers and lists of them always serialise; an empty message is ignored by pages.
    serde_json::to_string(message).unwrap_or_default().into()
}

/// The data behind a chart, to stand in a page's `script` element: no text in it can end the element.
pub fn chart_data(plot: &Plot) -> String {
    let json = serde_json::to_string(&shape(plot)).unwrap_or_default();
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// Everything about a panel, for a page that has nothing or missed something.
pub fn full(panel: &str, shown: &Shown) -> Vec<Arc<str>> {
    vec![content(panel, shown), state(panel, shown)]
}

fn content(panel: &str, shown: &Shown) -> Arc<str> {
    match &shown.plot {
        Some(plot) => write(&Message::Chart { panel, chart: shape(plot) }),
        None => write(&Message::Html { panel, html: &shown.html }),
    }
}

fn state(panel: &str, shown: &Shown) -> Arc<str> {
    write(&Message::State { panel, state: shown.state.word(), text: &shown.text })
}

/// What a page that shows `before` has to be told to show `after`.
pub fn changes(panel: &str, before: &Shown, after: &Shown) -> Vec<Arc<str>> {
    let mut list = Vec::new();
    match (&before.plot, &after.plot) {
        (Some(old), Some(new)) => list.extend(if old == new { None } else { Some(delta(panel, old, new)) }),
        (None, None) if before.html == after.html => {}
        _ => list.push(content(panel, after)),
    }
    if before.state != after.state || before.text != after.text {
        list.push(state(panel, after));
    }
    list
}

fn delta(panel: &str, old: &Plot, new: &Plot) -> Arc<str> {
    match common(old, new) {
        Some(start) => {
            let values = new.values.iter().map(|values| &values[start..]).collect();
            write(&Message::Append { panel, from: new.range.start, times: &new.times[start..], values })
        }
        None => write(&Message::Chart { panel, chart: shape(new) }),
    }
}

/// From which point on the new plot differs; nothing where it had better be sent as a whole.
fn common(old: &Plot, new: &Plot) -> Option<usize> {
    let same_frame = old.series == new.series
        && old.unit == new.unit
        && old.thresholds == new.thresholds
        && (old.minimum, old.maximum, old.range.step) == (new.minimum, new.maximum, new.range.step);
    if !same_frame {
        return None;
    }
    let offset = old.times.binary_search(new.times.first()?).ok()?;
    let equal = |place: &usize| {
        old.times.get(offset + place) == Some(&new.times[*place])
            && old.values.iter().zip(&new.values).all(|(a, b)| a[offset + place].to_bits() == b[*place].to_bits())
    };
    let same = (0..new.times.len()).take_while(equal).count();
    // One point back: a page drops what is at or after the first time sent, and the moment of now is not on the grid.
    let start = same.saturating_sub(1);
    (start * 2 >= new.times.len()).then_some(start)
}

/// The host's own health, as the footer and the bell show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub text: String,
    pub alerts: usize,
    pub stale: usize,
    pub time: Millis,
}

pub fn status(health: &Health) -> Arc<str> {
    write(&Message::Status { text: &health.text, alerts: health.alerts, stale: health.stale, time: health.time })
}

/// The dashboard's file has changed: the page should load anew.
pub fn settings() -> Arc<str> {
    write(&Message::Settings)
}

#[cfg(test)]
mod tests {
    use vitrine_model::frame::TimeRange;
    use vitrine_model::view::Mark;

    use super::*;
    use crate::draw::plot::PlotSeries;

    fn plot(start: Millis, end: Millis, now: Millis) -> Plot {
        let mut times: Vec<Millis> = (start..=end).step_by(10).collect();
        times.push(now);
        let values = times.iter().map(|time| if *time == 30 { f64::NAN } else { *time as f64 / 100.0 }).collect();
        Plot {
            unit: "ratio".to_owned(),
            minimum: None,
            maximum: Some(1.0),
            range: TimeRange { start, end: now, step: 10 },
            thresholds: Vec::new(),
            series: vec![PlotSeries { name: "</script>".to_owned(), colour: 3, mark: Mark::Line, stacked: false }],
            times,
            values: vec![values],
            found: 1,
        }
    }

    #[test]
    fn a_moved_window_is_told_by_its_newest_points() {
        let text = delta("p1", &plot(0, 100, 103), &plot(10, 110, 114));
        assert_eq!(&*text, r#"{"type":"append","panel":"p1","from":10,"times":[100,110,114],"values":[[1.0,1.1,1.14]]}"#);
        // Only now has moved: the point before it goes along, so that the old one is dropped.
        let text = delta("p1", &plot(0, 100, 103), &plot(0, 100, 104));
        assert_eq!(&*text, r#"{"type":"append","panel":"p1","from":0,"times":[100,104],"values":[[1.0,1.04]]}"#);
    }

    #[test]
    fn another_frame_is_told_as_a_whole() {
        let mut other = plot(10, 110, 114);
        other.series[0].colour = 4;
        assert!(delta("p1", &plot(0, 100, 103), &other).starts_with(r#"{"type":"chart","panel":"p1","chart":{"unit":"ratio""#));
        assert!(delta("p1", &plot(0, 100, 103), &plot(1000, 1100, 1103)).starts_with(r#"{"type":"chart""#));
    }

    #[test]
    fn data_cannot_leave_its_element() {
        let json = chart_data(&plot(0, 30, 33));
        assert!(json.contains("\\u003c/script\\u003e") && !json.contains('<'), "{json}");
        assert!(json.contains("null"), "{json}");
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    }
}

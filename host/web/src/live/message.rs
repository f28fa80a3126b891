//! What the host tells a page, as JSON. The only place that knows this wire.

use serde::Serialize;
use vitrine_model::Millis;
use vitrine_model::view::{Axis, Side};

use crate::dashboard::evaluate::Shown;
use crate::draw::annotation::Annotation;
use crate::draw::plot::{Plot, PlotSeries};
use crate::draw::unit::Unit;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Message<'a> {
    Chart {
        panel: &'a str,
        chart: Box<ChartShape<'a>>,
    },
    Append {
        panel: &'a str,
        from: Millis,
        times: &'a [Millis],
        values: Vec<&'a [f64]>,
    },
    Html {
        panel: &'a str,
        html: &'a str,
    },
    State {
        panel: &'a str,
        state: &'a str,
        text: &'a str,
    },
    /// `newest` is since when the newest alert fires that nobody has taken on.
    Status {
        sources: usize,
        alerts: usize,
        newest: Millis,
        stale: usize,
        time: Millis,
    },
    /// What a page without panels shows may be another.
    Changed,
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
    /// Powers are equally far apart.
    log: bool,
    /// Null where no series is read on it.
    right: Option<AxisShape<'a>>,
    connect: bool,
    /// What the legend says beside the last values: `min`, `max`, `mean`, `total`.
    statistics: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<AnnotationShape<'a>>,
    times: &'a [Millis],
    values: &'a [Vec<f64>],
}

/// A stretch of time; a moment where start and end are the same. Null is out of sight.
#[derive(Serialize)]
struct AnnotationShape<'a> {
    start: Option<Millis>,
    end: Option<Millis>,
    title: &'a str,
    state: &'a str,
}

#[derive(Serialize)]
struct ThresholdShape<'a> {
    value: f64,
    state: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct AxisShape<'a> {
    unit: &'a str,
    #[serde(rename = "unitLabel")]
    unit_label: String,
    min: Option<f64>,
    max: Option<f64>,
    log: bool,
}

#[derive(Serialize)]
struct SeriesShape<'a> {
    name: &'a str,
    color: usize,
    mark: &'a str,
    stacked: bool,
    /// `left` or `right`.
    side: &'a str,
    /// `solid`, `dashed` or `dotted`.
    stroke: &'a str,
    /// The space between it and this other series is filled.
    band: Option<usize>,
    /// Where its name leads.
    #[serde(skip_serializing_if = "str::is_empty")]
    link: &'a str,
}

fn shape(plot: &Plot) -> ChartShape<'_> {
    let threshold = |one: &'_ vitrine_model::view::Threshold| (one.value, one.state.word());
    ChartShape {
        unit: &plot.left.unit,
        unit_label: Unit::parse(&plot.left.unit).label().to_owned(),
        min: plot.left.minimum,
        max: plot.left.maximum,
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
        series: plot.series.iter().map(series_shape).collect(),
        log: plot.left.logarithmic,
        right: plot.series.iter().any(|one| one.side == Side::Right).then(|| axis_shape(&plot.right)),
        connect: plot.connect,
        statistics: plot.statistics.iter().map(|one| one.word()).collect(),
        annotations: plot.annotations.list.iter().map(annotation_shape).collect(),
        times: &plot.times,
        values: &plot.values,
    }
}

fn annotation_shape(one: &Annotation) -> AnnotationShape<'_> {
    AnnotationShape { start: one.start, end: one.end, title: &one.title, state: one.state.word() }
}

fn series_shape(series: &PlotSeries) -> SeriesShape<'_> {
    SeriesShape {
        name: &series.name,
        color: series.colour,
        mark: series.mark.word(),
        stacked: series.stacked,
        side: if series.side == Side::Right { "right" } else { "left" },
        stroke: series.stroke.word(),
        band: series.band,
        link: &series.link,
    }
}

fn axis_shape(axis: &Axis) -> AxisShape<'_> {
    AxisShape {
        unit: &axis.unit,
        unit_label: Unit::parse(&axis.unit).label().to_owned(),
        min: axis.minimum,
        max: axis.maximum,
        log: axis.logarithmic,
    }
}

fn write(message: &Message<'_>) -> String {
    // Strings, numbers and lists of them always serialise; an empty message is ignored by pages.
    serde_json::to_string(message).unwrap_or_default()
}

/// The data behind a chart, to stand in a page's `script` element: no text in it can end the element.
pub fn chart_data(plot: &Plot) -> String {
    let json = serde_json::to_string(&shape(plot)).unwrap_or_default();
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// Everything about a panel, for a page that has nothing or missed something.
pub fn full(panel: &str, shown: &Shown) -> Vec<String> {
    vec![content(panel, shown), state(panel, shown)]
}

fn content(panel: &str, shown: &Shown) -> String {
    match &shown.plot {
        Some(plot) => write(&Message::Chart { panel, chart: Box::new(shape(plot)) }),
        None => write(&Message::Html { panel, html: &shown.html }),
    }
}

fn state(panel: &str, shown: &Shown) -> String {
    write(&Message::State { panel, state: shown.state.word(), text: &shown.text })
}

/// What a page that shows `before` has to be told to show `after`.
pub fn changes(panel: &str, before: &Shown, after: &Shown) -> Vec<String> {
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

fn delta(panel: &str, old: &Plot, new: &Plot) -> String {
    match common(old, new) {
        Some(start) => {
            let values = new.values.iter().map(|values| &values[start..]).collect();
            write(&Message::Append { panel, from: new.range.start, times: &new.times[start..], values })
        }
        None => write(&Message::Chart { panel, chart: Box::new(shape(new)) }),
    }
}

/// From which point on the new plot differs; nothing where it had better be sent as a whole.
fn common(old: &Plot, new: &Plot) -> Option<usize> {
    let same_frame = old.series == new.series
        && (&old.left, &old.right, &old.thresholds) == (&new.left, &new.right, &new.thresholds)
        && old.annotations == new.annotations
        && (old.connect, &old.statistics, old.range.step) == (new.connect, &new.statistics, new.range.step);
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    pub sources: usize,
    /// Those that fire and that nobody has taken on, silenced or explained.
    pub alerts: usize,
    /// Since when the newest of them fires; 0 where there is none.
    pub newest: Millis,
    pub stale: usize,
    pub time: Millis,
}

pub fn status(health: &Health) -> String {
    let Health { sources, alerts, newest, stale, time } = *health;
    write(&Message::Status { sources, alerts, newest, stale, time })
}

/// A page without panels had better be fetched anew.
pub fn changed() -> String {
    write(&Message::Changed)
}

/// The dashboard's file has changed: the page should load anew.
pub fn settings() -> String {
    write(&Message::Settings)
}

#[cfg(test)]
mod tests {
    use vitrine_model::frame::TimeRange;
    use vitrine_model::view::{Mark, Stroke};

    use super::*;
    use crate::draw::annotation::Annotations;

    fn plot(start: Millis, end: Millis, now: Millis) -> Plot {
        let mut times: Vec<Millis> = (start..=end).step_by(10).collect();
        times.push(now);
        let values = times.iter().map(|time| if *time == 30 { f64::NAN } else { *time as f64 / 100.0 }).collect();
        Plot {
            left: Axis { unit: "ratio".to_owned(), maximum: Some(1.0), ..Axis::default() },
            right: Axis::default(),
            range: TimeRange { start, end: now, step: 10 },
            thresholds: Vec::new(),
            series: vec![PlotSeries {
                name: "</script>".to_owned(),
                colour: 3,
                mark: Mark::Line,
                stacked: false,
                side: Side::Left,
                stroke: Stroke::Solid,
                band: None,
                link: String::new(),
            }],
            times,
            values: vec![values],
            found: 1,
            connect: false,
            statistics: Vec::new(),
            annotations: Annotations::default(),
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

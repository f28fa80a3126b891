//! A chart's data on one time axis, with colours: what is drawn here and sent to the script alike.

use vitrine_model::Millis;
use vitrine_model::frame::TimeRange;
use vitrine_model::view::{Axis, Chart, ChartSeries, Mark, Side, Statistic, Stroke, Threshold};

use crate::draw::annotation::Annotations;
use crate::draw::colour;
use crate::draw::link;
use crate::draw::unit::Unit;

/// What a person can still tell apart; more would only cost.
pub const MOST_SERIES: usize = 64;

#[derive(Debug, Clone, PartialEq)]
pub struct PlotSeries {
    pub name: String,
    pub colour: usize,
    pub mark: Mark,
    pub stacked: bool,
    pub side: Side,
    pub stroke: Stroke,
    /// To which other series a band reaches.
    pub band: Option<usize>,
    /// Where its name leads; empty for nowhere.
    pub link: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    pub left: Axis,
    pub right: Axis,
    pub range: TimeRange,
    pub thresholds: Vec<Threshold>,
    pub series: Vec<PlotSeries>,
    /// Ascending, distinct, within the range.
    pub times: Vec<Millis>,
    /// For each series as many as there are times; NaN is a gap.
    pub values: Vec<Vec<f64>>,
    /// How many series there were before the rest was left out.
    pub found: usize,
    /// Lines run on over gaps.
    pub connect: bool,
    pub statistics: Vec<Statistic>,
    /// What is marked on its time axis.
    pub annotations: Annotations,
}

impl Plot {
    pub fn new(chart: &Chart, range: TimeRange) -> Plot {
        let shown = &chart.series[..chart.series.len().min(MOST_SERIES)];
        let colours = colour::assign(shown);
        let times = union(shown, range);
        let exact = |side: Side| Unit::parse(&axis(chart, side).unit) == Unit::Date;
        let exact = [exact(Side::Left), exact(Side::Right)];
        let is_exact = |series: &ChartSeries| exact[usize::from(series.side == Side::Right)];
        let values = shown.iter().map(|series| align(series, &times, is_exact(series))).collect();
        let series = shown.iter().zip(colours).map(|(one, colour)| plot_series(one, colour, shown.len())).collect();
        Plot {
            left: finite(&chart.left),
            right: finite(&chart.right),
            range,
            thresholds: chart.thresholds.iter().filter(|threshold| threshold.value.is_finite()).cloned().collect(),
            series,
            times,
            values,
            found: chart.series.len(),
            connect: chart.connect,
            statistics: chart.statistics.clone(),
            annotations: Annotations::default(),
        }
    }

    /// Only addresses that may be followed become links.
    pub fn lead(&mut self, links: &[String]) {
        for (series, address) in self.series.iter_mut().zip(links) {
            series.link = link::followed(address).unwrap_or_default().to_owned();
        }
    }

    pub fn axis(&self, side: Side) -> &Axis {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// When the newest value of any series is from.
    pub fn newest(&self) -> Option<Millis> {
        let has_value = |place: &usize| self.values.iter().any(|values| !values[*place].is_nan());
        let place = (0..self.times.len()).rev().find(has_value)?;
        Some(self.times[place])
    }

    /// The last value of a series, if it is not a gap.
    pub fn last(&self, series: usize) -> f64 {
        self.values[series].last().copied().unwrap_or(f64::NAN)
    }

    /// Where each series' line runs: stacked ones stand on those before them. Pairs of floor and top.
    pub fn stacked(&self) -> Vec<Vec<(f64, f64)>> {
        let mut floor = vec![0.0; self.times.len()];
        let mut layers = Vec::with_capacity(self.series.len());
        for (series, values) in self.series.iter().zip(&self.values) {
            if !series.stacked {
                layers.push(values.iter().map(|value| (0.0, *value)).collect());
                continue;
            }
            let layer: Vec<(f64, f64)> = floor.iter().zip(values).map(|(base, value)| (*base, base + value)).collect();
            for (base, (_, top)) in floor.iter_mut().zip(&layer) {
                if !top.is_nan() {
                    *base = *top;
                }
            }
            layers.push(layer);
        }
        layers
    }
}

fn axis(chart: &Chart, side: Side) -> &Axis {
    match side {
        Side::Left => &chart.left,
        Side::Right => &chart.right,
    }
}

/// The ends a person gave, where they are some.
fn finite(axis: &Axis) -> Axis {
    let given = |end: Option<f64>| end.filter(|value| value.is_finite());
    Axis { minimum: given(axis.minimum), maximum: given(axis.maximum), ..axis.clone() }
}

fn plot_series(series: &ChartSeries, colour: usize, shown: usize) -> PlotSeries {
    PlotSeries {
        name: series.name.clone(),
        colour,
        mark: series.mark,
        stacked: series.stacked,
        side: series.side,
        stroke: series.stroke,
        band: series.band.filter(|other| *other < shown),
        link: String::new(),
    }
}

/// All times of all series, as most of them share one axis.
fn union(series: &[ChartSeries], range: TimeRange) -> Vec<Millis> {
    let within = |time: &Millis| *time >= range.start && *time <= range.end;
    let mut times: Vec<Millis> = Vec::new();
    for (place, one) in series.iter().enumerate() {
        if place > 0 && std::sync::Arc::ptr_eq(&one.times, &series[place - 1].times) {
            continue;
        }
        times.extend(one.times.iter().copied().filter(within));
    }
    times.sort_unstable();
    times.dedup();
    times
}

fn align(series: &ChartSeries, times: &[Millis], exact: bool) -> Vec<f64> {
    let mut aligned = vec![f64::NAN; times.len()];
    for (time, value) in series.times.iter().zip(series.values.iter()) {
        if let Ok(place) = times.binary_search(time) {
            aligned[place] = if exact { *value } else { rounded(*value) };
        }
    }
    aligned
}

/// Seven significant digits: more than a screen shows, half of what the wire would carry.
fn rounded(value: f64) -> f64 {
    if !value.is_finite() {
        return f64::NAN;
    }
    if value.fract() == 0.0 || value.abs() < 1e-12 {
        return value;
    }
    let digits = 6 - value.abs().log10().floor() as i32;
    let power = 10f64.powi(digits.abs());
    let near = if digits >= 0 { (value * power).round() / power } else { (value / power).round() * power };
    if near.is_finite() { near } else { value }
}

#[cfg(test)]
pub(crate) mod tests {
    use vitrine_model::Labels;

    use super::*;

    pub(crate) fn series(name: &str, points: &[(Millis, f64)], stacked: bool, mark: Mark) -> ChartSeries {
        ChartSeries {
            name: name.to_owned(),
            labels: Labels::from_pairs([("mode", name)]),
            times: points.iter().map(|(time, _)| *time).collect(),
            values: points.iter().map(|(_, value)| *value).collect(),
            mark,
            stacked,
            side: Side::Left,
            stroke: Stroke::Solid,
            band: None,
        }
    }

    #[test]
    fn series_meet_on_one_axis_and_stack_over_gaps() {
        let chart = Chart {
            series: vec![
                series("a", &[(10, 1.0), (20, 2.0), (40, 4.0)], true, Mark::Area),
                series("b", &[(0, 9.0), (20, 1.0), (30, 1.0), (40, f64::INFINITY)], true, Mark::Area),
            ],
            left: Axis { maximum: Some(f64::NAN), ..Axis::default() },
            ..Chart::default()
        };
        let plot = Plot::new(&chart, TimeRange { start: 10, end: 40, step: 10 });
        assert_eq!(plot.times, [10, 20, 30, 40]);
        assert_eq!(format!("{:?}", plot.values), "[[1.0, 2.0, NaN, 4.0], [NaN, 1.0, 1.0, NaN]]");
        assert_eq!(format!("{:?}", plot.stacked()[1]), "[(1.0, NaN), (2.0, 3.0), (0.0, 1.0), (4.0, NaN)]");
        assert_eq!(plot.newest(), Some(40));
        assert_eq!(plot.left.maximum, None);
    }

    #[test]
    fn rounding_is_invisible() {
        for (value, near) in [(0.123456789, 0.1234568), (1234567890.5, 1234568000.0), (-2.0, -2.0), (1e-300, 1e-300)] {
            assert_eq!(rounded(value), near);
        }
    }
}

//! A panel that answers as the bundled one of its name would, and counts how often it is asked.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use vitrine_model::frame::{Frame, Values};
use vitrine_model::port::panel::{Panel, RenderRequest};
use vitrine_model::view::*;
use vitrine_model::{Fault, Labels, Millis};

/// A panel that counts its calls and answers as the bundled one of its name would.
pub struct FakePanel {
    pub name: &'static str,
    pub calls: Arc<AtomicUsize>,
    pub fault: Arc<Mutex<Option<Fault>>>,
}

#[async_trait]
impl Panel for FakePanel {
    async fn render(&self, request: RenderRequest) -> Result<View, Fault> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if let Some(fault) = self.fault.lock().unwrap().clone() {
            return Err(fault);
        }
        let options: serde_json::Value = serde_json::from_str(&request.options).unwrap();
        Ok(match self.name {
            "timeseries" => View::Chart(chart(&request.frames, &options)),
            "stat" => View::Stat(figures(&request.frames, &options, Shape::Number)),
            "gauge" => View::Stat(figures(&request.frames, &options, Shape::Arc)),
            "table" => View::Table(table(&request.frames, &options)),
            _ => View::Markup(options["text"].as_str().unwrap_or("").to_owned()),
        })
    }
}

fn columns(frames: &[Frame]) -> impl Iterator<Item = (&str, &Labels, Arc<[Millis]>, Arc<[f64]>)> {
    frames.iter().flat_map(|frame| {
        let times: Arc<[Millis]> = frame.times().unwrap_or_default().into();
        frame.columns.iter().filter_map(move |column| match &column.values {
            Values::Numbers(numbers) => {
                Some((column.name.as_str(), &column.labels, Arc::clone(&times), numbers.as_slice().into()))
            }
            _ => None,
        })
    })
}

fn unit(options: &serde_json::Value) -> String {
    options["unit"].as_str().unwrap_or("").to_owned()
}

fn thresholds(options: &serde_json::Value) -> Vec<Threshold> {
    let level = |key: &str, state| options[key].as_f64().map(|value| Threshold { value, state, name: key.to_owned() });
    [level("warn", State::Warning), level("bad", State::Bad)].into_iter().flatten().collect()
}

fn chart(frames: &[Frame], options: &serde_json::Value) -> Chart {
    let stacked = options["stack"].as_bool().unwrap_or(false);
    let mark = match options["draw"].as_str() {
        Some("bars") => Mark::Bars,
        Some("points") => Mark::Points,
        Some("area") => Mark::Area,
        _ if stacked => Mark::Area,
        _ => Mark::Line,
    };
    let series = columns(frames)
        .map(|(name, labels, times, values)| ChartSeries {
            name: name.to_owned(),
            labels: labels.clone(),
            times,
            values,
            mark,
            stacked,
            side: Side::Left,
            stroke: Stroke::Solid,
            band: None,
        })
        .collect();
    let left =
        Axis { unit: unit(options), minimum: options["min"].as_f64(), maximum: options["max"].as_f64(), logarithmic: false };
    Chart { series, left, thresholds: thresholds(options), ..Chart::default() }
}

fn state(value: f64, thresholds: &[Threshold]) -> State {
    thresholds.iter().rev().find(|threshold| value >= threshold.value).map_or(State::Neutral, |threshold| threshold.state)
}

fn last(values: &[f64]) -> f64 {
    values.iter().rev().copied().find(|value| !value.is_nan()).unwrap_or(f64::NAN)
}

fn figures(frames: &[Frame], options: &serde_json::Value, shape: Shape) -> Stat {
    let thresholds = thresholds(options);
    let figure = |(name, _, _, values): (&str, &Labels, Arc<[Millis]>, Arc<[f64]>)| Figure {
        name: name.to_owned(),
        value: last(&values),
        delta: f64::NAN,
        state: state(last(&values), &thresholds),
        trend: if shape == Shape::Number { values.to_vec() } else { Vec::new() },
        minimum: options["min"].as_f64().unwrap_or(0.0),
        maximum: options["max"].as_f64().unwrap_or(1.0),
        thresholds: thresholds.clone(),
    };
    Stat { shape, unit: unit(options), tinted: false, figures: columns(frames).map(figure).collect() }
}

/// A frame that has texts is shown as it is.
fn table(frames: &[Frame], options: &serde_json::Value) -> Table {
    let has_texts = |frame: &&Frame| frame.columns.iter().any(|column| matches!(column.values, Values::Texts(_)));
    if let Some(frame) = frames.iter().find(has_texts) {
        let column = |column: &vitrine_model::frame::Column| TableColumn {
            title: column.name.clone(),
            unit: String::new(),
            align: Align::Start,
            values: column.values.clone(),
            states: Vec::new(),
            cell: Cell::Plain,
            minimum: f64::NAN,
            maximum: f64::NAN,
            links: Vec::new(),
        };
        return Table { columns: frame.columns.iter().map(column).collect() };
    }
    let rows: Vec<_> = columns(frames).map(|(name, _, _, values)| (name.to_owned(), last(&values))).collect();
    let thresholds = thresholds(options);
    let column = |title: &str, align, values, states| TableColumn {
        title: title.to_owned(),
        unit: unit(options),
        align,
        values,
        states,
        cell: Cell::Plain,
        minimum: f64::NAN,
        maximum: f64::NAN,
        links: Vec::new(),
    };
    let names = Values::Texts(rows.iter().map(|row| row.0.clone()).collect());
    let states = rows.iter().map(|row| state(row.1, &thresholds)).collect();
    Table {
        columns: vec![
            column("Name", Align::Start, names, Vec::new()),
            column("Now", Align::End, Values::Numbers(rows.iter().map(|row| row.1).collect()), states),
        ],
    }
}

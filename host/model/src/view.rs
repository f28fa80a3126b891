//! Views: what a panel answers. Mirrors `rendering` in `wit/panel.wit`, with column references already checked.

use std::sync::Arc;

use crate::frame::Values;
use crate::{Labels, Millis};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum State {
    #[default]
    Neutral,
    Good,
    Warning,
    Bad,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Neutral => "",
            State::Good => "good",
            State::Warning => "warning",
            State::Bad => "bad",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Line,
    Area,
    Bars,
    Points,
}

impl Mark {
    pub fn word(self) -> &'static str {
        match self {
            Mark::Line => "line",
            Mark::Area => "area",
            Mark::Bars => "bars",
            Mark::Points => "points",
        }
    }
}

/// One line of a chart. Times and values are shared with the frame they came from.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartSeries {
    pub name: String,
    /// What the colour is chosen by, so that a series keeps it everywhere.
    pub labels: Labels,
    pub times: Arc<[Millis]>,
    /// As long as `times`; NaN is a gap.
    pub values: Arc<[f64]>,
    pub mark: Mark,
    pub stacked: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    pub value: f64,
    pub state: State,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    pub series: Vec<ChartSeries>,
    pub unit: String,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub thresholds: Vec<Threshold>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Number,
    Arc,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub name: String,
    /// NaN: there is none.
    pub value: f64,
    pub state: State,
    /// Oldest first; may be empty.
    pub trend: Vec<f64>,
    pub minimum: f64,
    pub maximum: f64,
    pub thresholds: Vec<Threshold>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Stat {
    pub shape: Shape,
    pub unit: String,
    pub figures: Vec<Figure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Start,
    End,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    pub title: String,
    pub unit: String,
    pub align: Align,
    pub values: Values,
    /// One per row, or none at all.
    pub states: Vec<State>,
}

/// Columns of the same length.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub columns: Vec<TableColumn>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum View {
    Chart(Chart),
    Table(Table),
    Stat(Stat),
    /// HTML from a plugin: not yet sanitized, whoever shows it must.
    Markup(String),
    /// SVG from a plugin: not yet sanitized, whoever shows it must.
    Svg(String),
}

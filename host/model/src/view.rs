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
    pub side: Side,
    pub stroke: Stroke,
    /// A band reaches from here to this other series of the chart.
    pub band: Option<usize>,
}

/// Which value axis a series is read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    #[default]
    Left,
    Right,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stroke {
    #[default]
    Solid,
    Dashed,
    Dotted,
}

impl Stroke {
    pub fn word(self) -> &'static str {
        match self {
            Stroke::Solid => "solid",
            Stroke::Dashed => "dashed",
            Stroke::Dotted => "dotted",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    pub unit: String,
    pub minimum: Option<f64>,
    pub maximum: Option<f64>,
    pub logarithmic: bool,
}

/// What a legend says beside the last value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    Minimum,
    Maximum,
    Mean,
    Total,
}

impl Statistic {
    pub fn word(self) -> &'static str {
        match self {
            Statistic::Minimum => "min",
            Statistic::Maximum => "max",
            Statistic::Mean => "mean",
            Statistic::Total => "total",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    pub value: f64,
    pub state: State,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    pub series: Vec<ChartSeries>,
    pub left: Axis,
    pub right: Axis,
    /// Of the left axis.
    pub thresholds: Vec<Threshold>,
    /// Lines run on over gaps.
    pub connect: bool,
    pub statistics: Vec<Statistic>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Number,
    Arc,
    Bar,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub name: String,
    /// NaN: there is none.
    pub value: f64,
    /// By how much it has changed; NaN: that is not said.
    pub delta: f64,
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
    /// The state colours the ground, not the number.
    pub tinted: bool,
    pub figures: Vec<Figure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Start,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cell {
    #[default]
    Plain,
    /// A bar between the column's ends.
    Gauge,
    /// The state colours the ground.
    Tinted,
    /// A button that leads where the column's links do: the host's own, no plugin's.
    Action,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    pub title: String,
    pub unit: String,
    pub align: Align,
    pub values: Values,
    /// One per row, or none at all.
    pub states: Vec<State>,
    pub cell: Cell,
    pub minimum: f64,
    pub maximum: f64,
    /// One per row, or none at all. Not yet looked at: whoever shows them must.
    pub links: Vec<String>,
}

/// Columns of the same length.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    pub columns: Vec<TableColumn>,
}

/// The values of one name in all categories.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub name: String,
    /// What the colour is chosen by; where there are none, by the name.
    pub labels: Labels,
    /// As many as there are categories; NaN: there is none.
    pub values: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    pub categories: Vec<String>,
    pub groups: Vec<Group>,
    pub unit: String,
    pub stacked: bool,
    pub horizontal: bool,
    pub touching: bool,
    pub thresholds: Vec<Threshold>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    pub name: String,
    pub labels: Labels,
    pub value: f64,
}

/// Parts of a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Slices {
    pub slices: Vec<Slice>,
    pub unit: String,
    pub hollow: bool,
}

/// Values in cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Times or texts, from left to right.
    pub columns: Values,
    /// Numbers or texts, from bottom to top.
    pub rows: Values,
    pub row_unit: String,
    /// Column by column, each from bottom to top; NaN: nothing there.
    pub values: Vec<f64>,
    pub unit: String,
}

/// From `start` until before `end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    pub start: Millis,
    pub end: Millis,
    pub text: String,
    pub state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub name: String,
    pub spans: Vec<Stretch>,
}

/// What was the case when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    pub lanes: Vec<Lane>,
    pub blocks: bool,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub time: Millis,
    pub state: State,
    pub level: String,
    pub text: String,
    pub fields: Vec<(String, String)>,
    /// Not yet looked at: whoever shows it must.
    pub link: String,
}

/// In the order to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    pub lines: Vec<Line>,
    pub ages: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub name: String,
    pub value: f64,
    pub state: State,
    /// Not yet looked at: whoever shows it must.
    pub link: String,
}

/// Between two nodes that there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    pub source: usize,
    pub target: usize,
    pub value: f64,
    pub state: State,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    pub node_unit: String,
    pub edge_unit: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Not yet looked at: whoever shows it must.
    pub address: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum View {
    Chart(Chart),
    Table(Table),
    Stat(Stat),
    Bars(Bars),
    Slices(Slices),
    Grid(Grid),
    Timeline(Timeline),
    Lines(Lines),
    Graph(Graph),
    Picture(Picture),
    /// HTML from a plugin: not yet sanitized, whoever shows it must.
    Markup(String),
    /// SVG from a plugin: not yet sanitized, whoever shows it must.
    Svg(String),
}

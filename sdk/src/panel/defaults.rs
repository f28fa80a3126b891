//! What a view says where a panel says nothing: each part can be written as what matters, and `..Default::default()`.
#![expect(clippy::derivable_impls, reason = "the types are generated, and their derives are those of all of them")]

use super::{
    Align, Axis, Cell, Chart, Figure, Group, Line, Mark, Node, Points, Series, Shape, Side, Slice, Stat, State, Stroke, Table,
    TableColumn,
};
use crate::Values;

impl Default for Series {
    fn default() -> Self {
        Series {
            name: String::new(),
            points: Points::Computed((0, Vec::new())),
            mark: Mark::Line,
            stacked: false,
            side: Side::Left,
            stroke: Stroke::Solid,
            band: None,
        }
    }
}

impl Default for Axis {
    fn default() -> Self {
        Axis { unit: String::new(), minimum: None, maximum: None, logarithmic: false }
    }
}

impl Default for Chart {
    fn default() -> Self {
        Chart {
            series: Vec::new(),
            left: Axis::default(),
            right: Axis::default(),
            thresholds: Vec::new(),
            connect: false,
            statistics: Vec::new(),
        }
    }
}

impl Default for Figure {
    fn default() -> Self {
        Figure {
            name: String::new(),
            value: f64::NAN,
            delta: f64::NAN,
            state: State::Neutral,
            trend: Vec::new(),
            minimum: f64::NAN,
            maximum: f64::NAN,
            thresholds: Vec::new(),
        }
    }
}

impl Default for Stat {
    fn default() -> Self {
        Stat { shape: Shape::Number, unit: String::new(), tinted: false, figures: Vec::new() }
    }
}

impl Default for TableColumn {
    fn default() -> Self {
        TableColumn {
            title: String::new(),
            unit: String::new(),
            align: Align::Start,
            values: Values::Texts(Vec::new()),
            states: Vec::new(),
            cell: Cell::Plain,
            minimum: f64::NAN,
            maximum: f64::NAN,
            links: Vec::new(),
        }
    }
}

impl Default for Table {
    fn default() -> Self {
        Table { columns: Vec::new() }
    }
}

impl Default for Group {
    fn default() -> Self {
        Group { name: String::new(), origin: None, values: Vec::new() }
    }
}

impl Default for Slice {
    fn default() -> Self {
        Slice { name: String::new(), origin: None, value: f64::NAN }
    }
}

impl Default for Line {
    fn default() -> Self {
        Line {
            time: 0,
            state: State::Neutral,
            level: String::new(),
            text: String::new(),
            fields: Vec::new(),
            link: String::new(),
        }
    }
}

impl Default for Node {
    fn default() -> Self {
        Node { name: String::new(), value: f64::NAN, state: State::Neutral, link: String::new() }
    }
}
